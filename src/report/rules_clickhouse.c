/* rules_clickhouse: rare-as as one query over a table of ECS columns, with the current parameters and lists. */
#include "rules.h"

/* LIKE of ES|QL as LIKE of SQL: `*` and `?` become % and _, which themselves are escaped. */
static void add_like(struct buf *out, const char *column, const char *pattern)
{
	struct buf text = BUF_EMPTY;
	for (const char *c = pattern; *c; c++) {
		if (*c == '\\' && c[1]) {
			c++;
			if (strchr("%_\\", *c))
				buf_add_char(&text, '\\');
			buf_add_char(&text, *c);
		} else if (*c == '*' || *c == '?') {
			buf_add_char(&text, *c == '*' ? '%' : '_');
		} else {
			if (strchr("%_\\", *c))
				buf_add_char(&text, '\\');
			buf_add_char(&text, *c);
		}
	}
	buf_printf(out, "`%s` LIKE ", column);
	add_quoted(out, '\'', (struct slice){text.data ? text.data : "", text.length});
	buf_free(&text);
}

/* A block, which here must have its length even when it is one address. */
static void add_block(struct buf *out, const char *block)
{
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, block);
	if (!strchr(block, '/'))
		buf_add_text(&text, strchr(block, ':') ? "/128" : "/32");
	add_quoted(out, '\'', (struct slice){text.data, text.length});
	buf_free(&text);
}

static void add_trust(struct buf *out, const struct rare_as_params *params)
{
	const char *separator = "";
	for (size_t i = 0; i < params->trusted.count; i++) {
		buf_add_text(out, separator);
		add_like(out, "source.as.organization.name", params->trusted.items[i]);
		separator = " OR ";
	}
	for (size_t i = 0; i < params->trusted_cidr.count; i++) {
		buf_printf(
			out, "%s(isNotNull(`source.ip`) AND isIPAddressInRange(ifNull(`source.ip`, '::'), ", separator);
		add_block(out, params->trusted_cidr.items[i]);
		buf_add_text(out, "))");
		separator = " OR ";
	}
	if (!separator[0])
		buf_add_text(out, "0");
}

static void add_sensitive(struct buf *out, const struct rare_as_params *params)
{
	if (params->sensitive_actions.count == 0) {
		buf_add_text(out, "0");
		return;
	}
	buf_add_text(out, "ifNull(`event.action` IN (");
	add_list(out, &params->sensitive_actions, '\'');
	buf_add_char(out, ')');
	for (size_t i = 0; i < params->ignored_actions.count; i++) {
		buf_add_text(out, " AND NOT ");
		add_like(out, "event.action", params->ignored_actions.items[i]);
	}
	buf_add_text(out, ", 0)");
}

void rules_clickhouse(struct buf *out, const struct rare_as_params *params)
{
	char number[NUMBER_TEXT_SIZE];
	buf_add_text(out,
		"-- Over a table with one row an event and one column an ECS field, NULL where the event has none:\n"
		"-- CREATE TABLE cloudtrail (`@timestamp` DateTime64(3, 'UTC'), `event.ingested` "
		"Nullable(DateTime64(3, 'UTC')), "
		"`event.outcome` Nullable(String), `event.action` Nullable(String), `user.name` Nullable(String), "
		"`user.changes.name` Nullable(String), `aws.cloudtrail.user_identity.type` Nullable(String), "
		"`source.address` Nullable(String), `source.ip` Nullable(String), `source.as.organization.name` "
		"Nullable(String), "
		"`user_agent.original` Nullable(String)) ENGINE = MergeTree ORDER BY `@timestamp`\n"
		"-- evaluated_at is when the rule runs; over history, put an instant there. An empty list is the "
		"rule's null.\n"
		"WITH\n  now64(3, 'UTC') AS evaluated_at,\n  (");
	add_trust(out, params);
	buf_add_text(out, ") AS is_trusted,\n  (NOT is_trusted AND ");
	add_sensitive(out, params);
	buf_add_text(out,
		") AS is_suspicious\n"
		"SELECT\n"
		"  `user.name`,\n"
		"  `aws.cloudtrail.user_identity.type`,\n"
		"  count() AS `Esql.total_events_all_asns`,\n"
		"  uniqExact(`source.as.organization.name`) AS `Esql.count_distinct_asns`,\n"
		"  arraySort(groupUniqArray(`source.as.organization.name`)) AS `Esql.src_asn_values`,\n"
		"  arraySort(groupUniqArray(`user_agent.original`)) AS `Esql.user_agent_values`,\n"
		"  arraySort(groupUniqArray(`user.changes.name`)) AS `Esql.related_users`,\n"
		"  arraySort(groupUniqArray(`source.address`)) AS `Esql.source_ip_values`,\n"
		"  max(is_trusted) = 1 AS `Esql.has_trusted_cloud_asn`,\n"
		"  countIf(is_trusted) AS `Esql.trusted_cloud_event_count`,\n"
		"  countIf(NOT is_trusted) AS `Esql.untrusted_event_count`,\n"
		"  countIf(is_suspicious) AS `Esql.untrusted_suspicious_count`,\n"
		"  arraySort(groupUniqArrayIf(`event.action`, is_suspicious)) AS `Esql.untrusted_suspicious_actions`,\n"
		"  uniqExactIf(`event.action`, is_suspicious) AS `Esql.unique_action_from_untrusted_asn`,\n"
		"  maxIf(`@timestamp`, NOT is_trusted) AS `Esql.most_recent_low_asn_day`,\n"
		"  `Esql.untrusted_event_count` / `Esql.total_events_all_asns` AS `Esql.rare_asn_ratio`\n"
		"FROM cloudtrail\n"
		"WHERE `event.outcome` = 'success'\n"
		"  AND `source.as.organization.name` IS NOT NULL\n"
		"  AND `user.name` IS NOT NULL\n");
	for (size_t i = 0; i < params->ignored_users.count; i++) {
		buf_add_text(out, "  AND NOT ");
		add_like(out, "user.name", params->ignored_users.items[i]);
		buf_add_char(out, '\n');
	}
	buf_printf(out,
		"  AND ifNull(`event.ingested`, `@timestamp`) BETWEEN evaluated_at - toIntervalMillisecond(%lld) AND "
		"evaluated_at\n",
		(long long)params->window);
	buf_add_text(out, "GROUP BY `user.name`, `aws.cloudtrail.user_identity.type`\nHAVING ");
	if (params->has_trusted_cloud_asn)
		buf_add_text(out, "`Esql.has_trusted_cloud_asn`\n  AND ");
	buf_printf(out, "`Esql.untrusted_event_count` >= %lld\n", (long long)params->min_untrusted_event_count);
	buf_printf(out, "  AND `Esql.trusted_cloud_event_count` >= %lld\n",
		(long long)params->min_trusted_cloud_event_count);
	buf_printf(out, "  AND `Esql.rare_asn_ratio` <= %s\n", number_format(params->max_rare_asn_ratio, number));
	buf_add_text(out, "  AND `Esql.untrusted_suspicious_count` > 0\n");
	buf_printf(out, "  AND `Esql.unique_action_from_untrusted_asn` >= %lld\n",
		(long long)params->min_unique_action_from_untrusted_asn);
	buf_printf(out, "  AND `Esql.count_distinct_asns` <= %lld\n", (long long)params->max_count_distinct_asns);
	buf_printf(out, "  AND `Esql.most_recent_low_asn_day` >= evaluated_at - toIntervalMillisecond(%lld)\n",
		(long long)params->max_age);
	buf_add_text(out, "ORDER BY `user.name`, `aws.cloudtrail.user_identity.type`\n");
}
