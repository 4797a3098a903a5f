/* cells: see cells.h. */
#include "cells.h"

#include <math.h>

void cells_init(struct cells *cells, const struct store *store)
{
	cells->store = store;
	cells->count = 0;
	arena_init(&cells->texts);
}

void cells_clear(struct cells *cells)
{
	cells->count = 0;
	arena_reset(&cells->texts);
}

void cells_free(struct cells *cells)
{
	cells->count = 0;
	arena_free(&cells->texts);
}

static struct cell *add(struct cells *cells, const char *name, enum cell_kind kind)
{
	struct cell *cell = &cells->items[cells->count++];
	*cell = (struct cell){.name = name, .kind = kind};
	return cell;
}

void cells_add_none(struct cells *cells, const char *name)
{
	add(cells, name, CELL_NONE);
}

void cells_add_text(struct cells *cells, const char *name, struct slice text)
{
	add(cells, name, text.data ? CELL_TEXT : CELL_NONE)->text = text;
}

void cells_add_copy(struct cells *cells, const char *name, const struct buf *text)
{
	const char *copy = text->data ? arena_copy(&cells->texts, text->data, text->length) : NULL;
	cells_add_text(cells, name, (struct slice){copy, text->length});
}

void cells_add_id(struct cells *cells, const char *name, uint32_t id)
{
	cells_add_text(cells, name, store_string(cells->store, id));
}

void cells_add_set(struct cells *cells, const char *name, const struct id_set *set)
{
	add(cells, name, CELL_SET)->set = set;
}

void cells_add_time(struct cells *cells, const char *name, int64_t time)
{
	add(cells, name, CELL_TIME)->time = time;
}

void cells_add_whole(struct cells *cells, const char *name, uint64_t whole)
{
	add(cells, name, CELL_WHOLE)->whole = whole;
}

void cells_add_number(struct cells *cells, const char *name, double number)
{
	add(cells, name, CELL_NUMBER)->number = number;
}

void cells_add_bool(struct cells *cells, const char *name, bool truth)
{
	add(cells, name, CELL_BOOL)->truth = truth;
}

double figure_in_unit(enum parameter parameter, double value)
{
	return parameters[parameter].type == PARAMETER_DURATION ? value / 1000 : value;
}

void cells_add_figure(struct cells *cells, const char *name, enum parameter parameter, double value)
{
	if (parameters[parameter].type == PARAMETER_BOOL && isfinite(value))
		cells_add_bool(cells, name, value > 0);
	else
		cells_add_number(cells, name, figure_in_unit(parameter, value));
}

struct slice figure_unit(enum parameter parameter)
{
	const struct parameter_info *info = &parameters[parameter];
	return slice_of(info->type == PARAMETER_DURATION ? "s" : info->unit[0] ? info->unit : NULL);
}

static void add_rare_as(struct cells *to, const struct rare_as_figures *figures)
{
	cells_add_id(to, "user.name", figures->user_name);
	cells_add_id(to, "aws.cloudtrail.user_identity.type", figures->identity_type);
	cells_add_whole(to, "Esql.total_events_all_asns", figures->total_events_all_asns);
	cells_add_whole(to, "Esql.count_distinct_asns", figures->count_distinct_asns);
	cells_add_set(to, "Esql.src_asn_values", &figures->src_asn_values);
	cells_add_set(to, "Esql.user_agent_values", &figures->user_agent_values);
	cells_add_set(to, "Esql.related_users", &figures->related_users);
	cells_add_set(to, "Esql.source_ip_values", &figures->source_ip_values);
	cells_add_bool(to, "Esql.has_trusted_cloud_asn", figures->has_trusted_cloud_asn);
	cells_add_whole(to, "Esql.trusted_cloud_event_count", figures->trusted_cloud_event_count);
	cells_add_whole(to, "Esql.untrusted_event_count", figures->untrusted_event_count);
	cells_add_whole(to, "Esql.untrusted_suspicious_count", figures->untrusted_suspicious_count);
	cells_add_set(to, "Esql.untrusted_suspicious_actions", &figures->untrusted_suspicious_actions);
	cells_add_time(to, "Esql.most_recent_low_asn_day", figures->most_recent_low_asn_day);
	cells_add_number(to, "Esql.rare_asn_ratio", figures->rare_asn_ratio);
	if (figures->has_unique_action)
		cells_add_whole(to, "Esql.unique_action_from_untrusted_asn", figures->unique_action_from_untrusted_asn);
	else
		cells_add_none(to, "Esql.unique_action_from_untrusted_asn");
}

static void add_rare_method(struct cells *to, const struct params *params, const struct rare_method_record *record)
{
	cells_add_id(to, "user.name", record->user_name);
	cells_add_id(to, "event.action", record->action);
	cells_add_time(to, "@timestamp", record->bucket_start);
	cells_add_number(to, "bucket_span", (double)record->bucket_span / 1000);
	cells_add_text(to, "partition_field_name",
		slice_of(params->rare_method.partition_field == PARTITION_USER_ID ? "user.id" : "user.name"));
	cells_add_id(to, "partition_field_value", record->partition);
	add(to, "actual", CELL_NUMBERS)->number = record->actual;
	add(to, "typical", CELL_NUMBERS)->number = record->typical;
	cells_add_number(to, "probability", record->probability);
	cells_add_number(to, "initial_record_score", record->initial_record_score);
	cells_add_number(to, "record_score", record->record_score);
	cells_add_number(to, "user_score", record->user_score);
	cells_add_number(to, "bucket_score", record->bucket_score);
}

void cells_add_alert(struct cells *cells, const struct params *params, const struct alert *alert)
{
	const struct rule_info *rule = &rules[alert->rule];
	cells_add_text(cells, "id", slice_of(alert->id));
	cells_add_text(cells, "rule", slice_of(rule->key));
	cells_add_text(cells, "rule_id", slice_of(rule->rule_id));
	cells_add_text(cells, "rule_name", slice_of(rule->name));
	cells_add_text(cells, "severity", slice_of(rule->severity));
	cells_add_whole(cells, "risk_score", (uint64_t)rule->risk_score);
	cells_add_time(cells, "first_fired", alert->first_fired);
	cells_add_time(cells, "last_fired", alert->last_fired);
	cells_add_whole(cells, "times_fired", alert->times_fired);
	if (alert->rule == RULE_RARE_AS)
		add_rare_as(cells, &alert->rare_as);
	else
		add_rare_method(cells, params, &alert->rare_method);
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
