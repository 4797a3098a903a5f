/* rules_esql: rare-as as the ES|QL query that computes its columns, with the current parameters and lists. */
#include "rules.h"

void add_quoted(struct buf *out, char quote, struct slice text)
{
	buf_add_char(out, quote);
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == quote || text.data[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, text.data[i]);
	}
	buf_add_char(out, quote);
}

#define LIST_WIDTH 76

void add_list(struct buf *out, const struct string_list *list, char quote)
{
	size_t line = out->length;
	for (size_t i = 0; i < list->count; i++) {
		buf_add_text(out, i ? "," : "");
		if (i > 0 && out->length - line > LIST_WIDTH) {
			line = out->length;
			buf_add_text(out, "\n     ");
		}
		buf_add_text(out, i ? " " : "");
		add_quoted(out, quote, slice_of(list->items[i]));
	}
}

bool is_pattern(const char *text)
{
	return strpbrk(text, "*?\\") != NULL;
}

static void add_trust(struct buf *out, const struct rare_as_params *params)
{
	const char *separator = "";
	for (size_t i = 0; i < params->trusted.count; i++) {
		buf_printf(out, "%ssource.as.organization.name %s ", separator,
			is_pattern(params->trusted.items[i]) ? "like" : "==");
		add_quoted(out, '"', slice_of(params->trusted.items[i]));
		separator = " or\n      ";
	}
	if (params->trusted_cidr.count > 0) {
		buf_printf(out, "%scidr_match(source.ip, ", separator);
		add_list(out, &params->trusted_cidr, '"');
		buf_add_text(out, ")");
		separator = " or ";
	}
	if (!separator[0])
		buf_add_text(out, "false");
}

static void add_sensitive(struct buf *out, const struct rare_as_params *params)
{
	if (params->sensitive_actions.count == 0) {
		buf_add_text(out, "false");
		return;
	}
	buf_add_text(out, "event.action in (");
	add_list(out, &params->sensitive_actions, '"');
	buf_add_text(out, ")");
	for (size_t i = 0; i < params->ignored_actions.count; i++) {
		buf_add_text(out, " and not event.action like ");
		add_quoted(out, '"', slice_of(params->ignored_actions.items[i]));
	}
}

/* 1 hour: the largest unit that is exact. */
static void add_timespan(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = {
		{DAY_MS, "day"}, {HOUR_MS, "hour"}, {MINUTE_MS, "minute"}, {SECOND_MS, "second"}, {1, "millisecond"}};
	size_t i = 0;
	while (ms == 0 ? i < 4 : ms % units[i].ms != 0)
		i++;
	buf_printf(out, "%lld %s%s", (long long)(ms / units[i].ms), units[i].unit, ms == units[i].ms ? "" : "s");
}

void rules_esql(struct buf *out, const struct rare_as_params *params)
{
	char number[NUMBER_TEXT_SIZE];
	buf_add_text(out, "from logs-aws.cloudtrail-*\n"
			  "| where event.dataset == \"aws.cloudtrail\" and event.outcome == \"success\"\n"
			  "    and source.as.organization.name is not null and user.name is not null\n");
	for (size_t i = 0; i < params->ignored_users.count; i++) {
		buf_add_text(out, "    and not user.name like ");
		add_quoted(out, '"', slice_of(params->ignored_users.items[i]));
		buf_add_char(out, '\n');
	}
	buf_add_text(out, "| eval Esql.is_trusted = case(\n      ");
	add_trust(out, params);
	buf_add_text(out, ",\n      true, false)\n| eval Esql.is_suspicious = not Esql.is_trusted and (");
	add_sensitive(out, params);
	buf_add_text(out,
		")\n"
		"| stats\n"
		"    Esql.total_events_all_asns = count(*),\n"
		"    Esql.count_distinct_asns = count_distinct(source.as.organization.name),\n"
		"    Esql.src_asn_values = values(source.as.organization.name),\n"
		"    Esql.user_agent_values = values(user_agent.original),\n"
		"    Esql.related_users = values(user.changes.name),\n"
		"    Esql.source_ip_values = values(source.address),\n"
		"    Esql.trusted_cloud_event_count = count(*) where Esql.is_trusted,\n"
		"    Esql.untrusted_event_count = count(*) where not Esql.is_trusted,\n"
		"    Esql.untrusted_suspicious_count = count(*) where Esql.is_suspicious,\n"
		"    Esql.untrusted_suspicious_actions = values(event.action) where Esql.is_suspicious,\n"
		"    Esql.unique_action_from_untrusted_asn = count_distinct(event.action) where Esql.is_suspicious,\n"
		"    Esql.most_recent_low_asn_day = max(@timestamp) where not Esql.is_trusted\n"
		"  by user.name, aws.cloudtrail.user_identity.type\n"
		"| eval Esql.has_trusted_cloud_asn = Esql.trusted_cloud_event_count > 0,\n"
		"    Esql.rare_asn_ratio = to_double(Esql.untrusted_event_count) / Esql.total_events_all_asns\n"
		"| where ");
	if (params->has_trusted_cloud_asn)
		buf_add_text(out, "Esql.has_trusted_cloud_asn\n    and ");
	buf_printf(out, "Esql.untrusted_event_count >= %lld\n", (long long)params->min_untrusted_event_count);
	buf_printf(out, "    and Esql.trusted_cloud_event_count >= %lld\n",
		(long long)params->min_trusted_cloud_event_count);
	buf_printf(out, "    and Esql.rare_asn_ratio <= %s\n", number_format(params->max_rare_asn_ratio, number));
	buf_add_text(out, "    and Esql.untrusted_suspicious_count > 0\n");
	buf_printf(out, "    and Esql.unique_action_from_untrusted_asn >= %lld\n",
		(long long)params->min_unique_action_from_untrusted_asn);
	buf_printf(out, "    and Esql.count_distinct_asns <= %lld\n", (long long)params->max_count_distinct_asns);
	buf_add_text(out, "    and Esql.most_recent_low_asn_day >= now() - ");
	add_timespan(out, params->max_age);
	buf_add_char(out, '\n');
}
