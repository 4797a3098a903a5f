/* cells: see cells.h. */
#include "cells.h"

#include <math.h>

struct adding {
	const struct store *store;
	struct cell *cells;
	size_t count;
};

static struct cell *add(struct adding *adding, const char *name, enum cell_kind kind)
{
	struct cell *cell = &adding->cells[adding->count++];
	*cell = (struct cell){.name = name, .kind = kind};
	return cell;
}

static void add_text(struct adding *adding, const char *name, const char *text)
{
	add(adding, name, CELL_TEXT)->text = slice_of(text);
}

static void add_id(struct adding *adding, const char *name, uint32_t id)
{
	struct cell *cell = add(adding, name, id ? CELL_TEXT : CELL_NONE);
	if (id)
		cell->text = store_string(adding->store, id);
}

static void add_set(struct adding *adding, const char *name, const struct id_set *set)
{
	add(adding, name, CELL_SET)->set = set;
}

static void add_time(struct adding *adding, const char *name, int64_t time)
{
	add(adding, name, CELL_TIME)->time = time;
}

static void add_whole(struct adding *adding, const char *name, uint64_t whole)
{
	add(adding, name, CELL_WHOLE)->whole = whole;
}

static void add_number(struct adding *adding, const char *name, enum cell_kind kind, double number)
{
	add(adding, name, kind)->number = number;
}

static void add_rare_as(struct adding *to, const struct rare_as_figures *figures)
{
	add_id(to, "user.name", figures->user_name);
	add_id(to, "aws.cloudtrail.user_identity.type", figures->identity_type);
	add_whole(to, "Esql.total_events_all_asns", figures->total_events_all_asns);
	add_whole(to, "Esql.count_distinct_asns", figures->count_distinct_asns);
	add_set(to, "Esql.src_asn_values", &figures->src_asn_values);
	add_set(to, "Esql.user_agent_values", &figures->user_agent_values);
	add_set(to, "Esql.related_users", &figures->related_users);
	add_set(to, "Esql.source_ip_values", &figures->source_ip_values);
	add(to, "Esql.has_trusted_cloud_asn", CELL_BOOL)->truth = figures->has_trusted_cloud_asn;
	add_whole(to, "Esql.trusted_cloud_event_count", figures->trusted_cloud_event_count);
	add_whole(to, "Esql.untrusted_event_count", figures->untrusted_event_count);
	add_whole(to, "Esql.untrusted_suspicious_count", figures->untrusted_suspicious_count);
	add_set(to, "Esql.untrusted_suspicious_actions", &figures->untrusted_suspicious_actions);
	add_time(to, "Esql.most_recent_low_asn_day", figures->most_recent_low_asn_day);
	add_number(to, "Esql.rare_asn_ratio", CELL_NUMBER, figures->rare_asn_ratio);
	if (figures->has_unique_action)
		add_whole(to, "Esql.unique_action_from_untrusted_asn", figures->unique_action_from_untrusted_asn);
	else
		add(to, "Esql.unique_action_from_untrusted_asn", CELL_NONE);
}

static void add_rare_method(struct adding *to, const struct params *params, const struct rare_method_record *record)
{
	add_id(to, "user.name", record->user_name);
	add_id(to, "event.action", record->action);
	add_time(to, "@timestamp", record->bucket_start);
	add_number(to, "bucket_span", CELL_NUMBER, (double)record->bucket_span / 1000);
	add_text(to, "partition_field_name",
		params->rare_method.partition_field == PARTITION_USER_ID ? "user.id" : "user.name");
	add_id(to, "partition_field_value", record->partition);
	add_number(to, "actual", CELL_NUMBERS, record->actual);
	add_number(to, "typical", CELL_NUMBERS, record->typical);
	add_number(to, "probability", CELL_NUMBER, record->probability);
	add_number(to, "initial_record_score", CELL_NUMBER, record->initial_record_score);
	add_number(to, "record_score", CELL_NUMBER, record->record_score);
	add_number(to, "user_score", CELL_NUMBER, record->user_score);
	add_number(to, "bucket_score", CELL_NUMBER, record->bucket_score);
}

size_t alert_cells(
	const struct store *store, const struct params *params, const struct alert *alert, struct cell out[CELLS_MAX])
{
	struct adding adding = {store, out, 0};
	const struct rule_info *rule = &rules[alert->rule];
	add_text(&adding, "id", alert->id);
	add_text(&adding, "rule", rule->key);
	add_text(&adding, "rule_id", rule->rule_id);
	add_text(&adding, "rule_name", rule->name);
	add_text(&adding, "severity", rule->severity);
	add_whole(&adding, "risk_score", (uint64_t)rule->risk_score);
	add_time(&adding, "first_fired", alert->first_fired);
	add_time(&adding, "last_fired", alert->last_fired);
	add_whole(&adding, "times_fired", alert->times_fired);
	if (alert->rule == RULE_RARE_AS)
		add_rare_as(&adding, &alert->rare_as);
	else
		add_rare_method(&adding, params, &alert->rare_method);
	return adding.count;
}

void cell_format(struct buf *out, const struct store *store, const struct cell *cell)
{
	char text[TIME_TEXT_SIZE > NUMBER_TEXT_SIZE ? TIME_TEXT_SIZE : NUMBER_TEXT_SIZE];
	switch (cell->kind) {
	case CELL_NONE: break;
	case CELL_TEXT: buf_add(out, cell->text.data, cell->text.length); break;
	case CELL_SET:
		for (uint32_t i = 0; i < cell->set->count; i++) {
			struct slice item = store_string(store, cell->set->items[i]);
			if (i > 0)
				buf_add_text(out, " | ");
			buf_add(out, item.data, item.length);
		}
		break;
	case CELL_TIME:
		if (cell->time != TIME_NONE)
			buf_add_text(out, time_format_iso(cell->time, text));
		break;
	case CELL_WHOLE: buf_printf(out, "%llu", (unsigned long long)cell->whole); break;
	case CELL_NUMBER:
	case CELL_NUMBERS:
		if (isfinite(cell->number))
			buf_add_text(out, number_format(cell->number, text));
		break;
	case CELL_BOOL: buf_add_text(out, cell->truth ? "true" : "false"); break;
	}
}

uint32_t alert_user(const struct alert *alert)
{
	return alert->rule == RULE_RARE_AS ? alert->rare_as.user_name : alert->rare_method.user_name;
}
