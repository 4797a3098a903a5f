/* detection_json: alerts for scripts. The object of `detect --format json`, and alerts one a line. */
#include "detection.h"

static void put_set(
	struct json *json, const char *name, const struct store *store, const struct id_set *set, bool is_null_empty)
{
	if (set->count == 0 && is_null_empty) {
		json_put_none(json, name);
		return;
	}
	json_open(json, name, '(');
	for (uint32_t i = 0; i < set->count; i++)
		json_put_text(json, NULL, store_string(store, set->items[i]));
	json_close(json, ']');
}

static void cell_json(struct json *json, const struct store *store, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NONE: json_put_none(json, cell->name); break;
	case CELL_TEXT: json_put_text(json, cell->name, cell->text); break;
	case CELL_SET: put_set(json, cell->name, store, cell->set, true); break;
	case CELL_TIME: json_put_time(json, cell->name, cell->time); break;
	case CELL_WHOLE: json_put_whole(json, cell->name, cell->whole); break;
	case CELL_NUMBER: json_put_number(json, cell->name, cell->number); break;
	case CELL_NUMBERS:
		json_open(json, cell->name, '(');
		json_put_number(json, NULL, cell->number);
		json_close(json, ']');
		break;
	case CELL_BOOL: json_put_bool(json, cell->name, cell->truth); break;
	}
}

void cells_json(struct json *json, const struct cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		cell_json(json, cells->store, &cells->items[i]);
}

static void put_why(struct json *json, const struct why *why)
{
	const struct parameter_info *info = &parameters[why->parameter];
	struct cells cells;
	cells_init(&cells, NULL);
	cells_add_text(&cells, "condition", slice_of(info->key));
	cells_add_figure(&cells, "value", why->parameter, why->value);
	cells_add_figure(&cells, "limit", why->parameter, why->limit);
	cells_add_text(&cells, "unit", figure_unit(why->parameter));
	cells_add_bool(&cells, "holds", why->holds);
	cells_add_bool(&cells, "binds", why->binds);
	if (info->type == PARAMETER_BOOL)
		cells_add_none(&cells, "margin");
	else
		cells_add_figure(&cells, "margin", why->parameter, why->margin);
	cells_add_figure(&cells, "silence_at", why->parameter, why->silence_at);
	cells_add_bool(&cells, "is_dominated", why->is_dominated);
	json_open(json, NULL, '<');
	cells_json(json, &cells);
	json_close(json, '}');
	cells_free(&cells);
}

static void put_influencers(struct json *json, const struct store *store, const struct rare_method_record *record)
{
	json_open(json, "influencers", '[');
	for (unsigned i = 0; i < record->influencer_count; i++) {
		const struct influencer *influencer = &record->influencers[i];
		json_open(json, NULL, '<');
		json_put_text(json, "influencer_field_name", slice_of(influencer->field));
		put_set(json, "influencer_field_values", store, &influencer->values, false);
		json_put_number(json, "influencer_score", influencer->score);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_line(void *context, struct slice text)
{
	json_put_text(context, NULL, text);
}

void alert_json(struct json *json, const char *name, const struct store *store, const struct params *params,
	const struct alert *alert, const struct report_detection *report)
{
	struct cells cells;
	cells_init(&cells, store);
	cells_add_alert(&cells, params, alert);
	json_open(json, name, '{');
	cells_json(json, &cells);
	cells_free(&cells);
	if (report && report->verdict)
		json_put_text(
			json, "verdict", slice_of(verdicts[report->verdict(report->verdict_context, alert)].word));
	if (alert->rule == RULE_RARE_METHOD)
		put_influencers(json, store, &alert->rare_method);
	json_open(json, "why", '[');
	for (unsigned i = 0; i < alert->why_count; i++)
		put_why(json, &alert->why[i]);
	json_close(json, ']');
	if (report && report->is_explained) {
		json_open(json, "explanation", '[');
		alert_explain(report, alert, put_line, json);
		json_close(json, ']');
	}
	json_close(json, '}');
}

void params_json(struct json *json, const char *name, const struct params *params, uint32_t rule_bits)
{
	json_open(json, name, '{');
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		if (!(rule_bits & 1U << rule))
			continue;
		json_open(json, rules[rule].key, '{');
		for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
			const struct parameter_info *info = &parameters[parameter];
			if (info->rule != rule)
				continue;
			struct buf text = BUF_EMPTY;
			params_format(&text, params, parameter);
			switch (info->type) {
			case PARAMETER_BOOL:
				json_put_bool(json, info->key, params_number(params, parameter) > 0);
				break;
			case PARAMETER_COUNT:
			case PARAMETER_RATIO:
			case PARAMETER_SCORE: json_put_number(json, info->key, params_number(params, parameter)); break;
			case PARAMETER_DURATION:
			case PARAMETER_CHOICE:
				json_put_text(json, info->key, (struct slice){text.data, text.length});
				break;
			case PARAMETER_LIST:
				json_open(json, info->key, '[');
				for (const char *line = text.data; line && *line;) {
					size_t length = strcspn(line, "\n");
					json_put_text(json, NULL, (struct slice){line, length});
					line += length + (line[length] != 0);
				}
				json_close(json, ']');
				break;
			}
			buf_free(&text);
		}
		json_close(json, '}');
	}
	json_close(json, '}');
}

const char *skip_file_name(const struct report_input *input, const struct skip *skip)
{
	return input->load ? load_file_name(input->load, skip->file) : "";
}

static void input_json(struct json *json, const struct report_input *input)
{
	const struct store *store = input->store;
	json_open(json, "input", '{');
	json_put_whole(json, "files", input->load ? load_file_count(input->load) : 0);
	json_put_whole(json, "events", store->count);
	json_put_whole(json, "duplicates", store->duplicates);
	json_put_whole(json, "conflicts", store->conflicts);
	json_put_time(json, "first", store->count ? store->timestamp[0] : TIME_NONE);
	json_put_time(json, "last", store->count ? store->timestamp[store->count - 1] : TIME_NONE);
	json_put_bool(json, "partial", input->is_partial);
	json_put_text(json, "filter", slice_of(input->filter));
	json_put_whole(json, "matched", input->matched->count);
	json_open(json, "conflicting", '[');
	for (size_t i = 0; i < input->conflict_count; i++) {
		const struct load_conflict *conflict = &input->conflicts[i];
		json_open(json, NULL, '<');
		json_put_text(json, "event.id", slice_of(conflict->id));
		json_put_text(json, "file", slice_of(load_file_name(input->load, conflict->file)));
		json_put_whole(json, "offset", conflict->offset);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_open(json, "skipped", '[');
	for (size_t i = 0; i < input->skip_count; i++) {
		const struct skip *skip = &input->skips[i];
		json_open(json, NULL, '<');
		json_put_text(json, "file", slice_of(skip_file_name(input, skip)));
		json_put_whole(json, "offset", skip->offset);
		json_put_whole(json, "length", skip->length);
		json_put_text(json, "reason", slice_of(skip_reason_text(skip->reason)));
		json_put_whole(json, "count", skip->count);
		json_put_text(json, "detail", slice_of(skip->detail));
		json_put_bool(json, "incomplete", skip_reason_is_incomplete(skip->reason));
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void notices_json(struct json *json, const struct report_notices *notices)
{
	json_open(json, "notices", '[');
	for (size_t i = 0; notices && i < notices->count; i++)
		json_put_text(json, NULL, slice_of(notices->items[i]));
	json_close(json, ']');
}

void document_json(struct json *json, FILE *out, const char *version, const struct report_input *input)
{
	json_init(json, out, true);
	json_open(json, NULL, '{');
	json_put_text(json, "raretrail", slice_of(version));
	json_put_whole(json, "schema", 1);
	input_json(json, input);
}

void detection_json(FILE *out, const struct report_detection *report)
{
	struct json json;
	document_json(&json, out, report->version, &report->input);
	json_put_text(&json, "asn_database",
		report->asn_label && report->asn_label[0] ? slice_of(report->asn_label) : slice_of(NULL));
	json_put_time(&json, "now", report->now);
	params_json(&json, "parameters", report->params, report->rules);
	notices_json(&json, report->notices);
	json_open(&json, "alerts", '[');
	for (size_t i = 0; i < report->alerts->count; i++)
		alert_json(&json, NULL, report->input.matched, report->params, &report->alerts->items[i], report);
	json_close(&json, ']');
	json_close(&json, '}');
	json_end_line(&json);
}

void detection_ndjson(FILE *out, const struct report_detection *report)
{
	struct json json;
	json_init(&json, out, false);
	for (size_t i = 0; i < report->alerts->count; i++) {
		alert_json(&json, NULL, report->input.matched, report->params, &report->alerts->items[i], report);
		json_end_line(&json);
	}
}
