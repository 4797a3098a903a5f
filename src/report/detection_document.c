/* detection_document: alerts for people: a table for the terminal; Markdown and HTML with every figure explained. */
#include "detection.h"

static const struct doc_column alert_columns[] = {{"SEV", false, false}, {"LAST FIRED UTC", false, false},
	{"RULE", false, false}, {"USER", false, false}, {"TYPE", false, false}, {"TIMES", true, false},
	{"EVIDENCE", false, true}};

static enum doc_style severity_style(const struct alert *alert)
{
	return strcmp(rules[alert->rule].severity, "high") == 0 ? DOC_HIGH : DOC_LOW;
}

static void add_evidence(struct buf *out, const struct report_detection *report, const struct alert *alert)
{
	if (report->verdict)
		buf_printf(out, "[%s] ", verdicts[report->verdict(report->verdict_context, alert)].word);
	alert_evidence(out, report->input.matched, report->params, alert);
}

static void put_alerts(struct doc *doc, const struct report_detection *report)
{
	const struct store *store = report->input.matched;
	doc_table(doc, alert_columns, COUNT_OF(alert_columns));
	for (size_t i = 0; i < report->alerts->count; i++) {
		const struct alert *alert = &report->alerts->items[i];
		doc_cell(doc, severity_style(alert), slice_of(rules[alert->rule].severity));
		doc_time(doc, alert->last_fired);
		doc_cell(doc, DOC_PLAIN, slice_of(rules[alert->rule].key));
		doc_cell(doc, DOC_PLAIN, store_string(store, alert_user(alert)));
		uint32_t type = alert->rule == RULE_RARE_AS ? alert->rare_as.identity_type : 0;
		doc_cell(doc, DOC_PLAIN, type ? store_string(store, type) : slice_of("-"));
		doc_cellf(doc, DOC_PLAIN, "%u", alert->times_fired);
		struct buf evidence = BUF_EMPTY;
		add_evidence(&evidence, report, alert);
		doc_cell(doc, DOC_PLAIN, (struct slice){evidence.data, evidence.length});
		buf_free(&evidence);
	}
	doc_table_end(doc);
}

#define NARROWEST_TABLE 140
#define NARROW_INDENT 6

/* On a narrow terminal a table would have no room for the evidence: two lines an alert then, the second one wrapped. */
static void put_alerts_narrow(struct doc *doc, const struct report_detection *report)
{
	const struct store *store = report->input.matched;
	for (size_t i = 0; i < report->alerts->count; i++) {
		const struct alert *alert = &report->alerts->items[i];
		char time[TIME_TEXT_SIZE];
		struct buf head = BUF_EMPTY, evidence = BUF_EMPTY;
		struct slice user = store_string(store, alert_user(alert));
		time_format_iso(alert->last_fired, time);
		buf_printf(&head, "%-4s  %.10s %.8s  %-11s  ", rules[alert->rule].severity, time,
			time + strlen("2026-05-07T"), rules[alert->rule].key);
		buf_add(&head, user.data, user.length);
		if (alert->rule == RULE_RARE_AS && alert->rare_as.identity_type) {
			struct slice type = store_string(store, alert->rare_as.identity_type);
			buf_add_text(&head, " (");
			buf_add(&head, type.data, type.length);
			buf_add_char(&head, ')');
		}
		if (alert->times_fired > 1)
			buf_printf(&head, ", %u times", alert->times_fired);
		add_evidence(&evidence, report, alert);
		doc_wrapped(doc, severity_style(alert), 0, (struct slice){head.data, head.length});
		doc_wrapped(doc, DOC_PLAIN, NARROW_INDENT, (struct slice){evidence.data, evidence.length});
		buf_free(&head);
		buf_free(&evidence);
	}
}

static void put_summary(struct doc *doc, const struct report_detection *report)
{
	const struct report_input *input = &report->input;
	size_t by_rule[RULE_COUNT] = {0};
	for (size_t i = 0; i < report->alerts->count; i++)
		by_rule[report->alerts->items[i].rule]++;
	char events[GROUPED_SIZE], files[GROUPED_SIZE], first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	struct buf line = BUF_EMPTY;
	if (report->alerts->count == 0)
		buf_add_text(&line, "no alerts");
	else
		buf_printf(&line, "%zu alert%s (", report->alerts->count, report->alerts->count == 1 ? "" : "s");
	const char *separator = "";
	for (enum rule rule = 0; rule < RULE_COUNT && report->alerts->count > 0; rule++)
		if (report->rules & 1U << rule) {
			buf_printf(&line, "%s%s %zu", separator, rules[rule].key, by_rule[rule]);
			separator = ", ";
		}
	buf_add_text(&line, report->alerts->count ? ")" : "");
	uint32_t file_count = input->load ? load_file_count(input->load) : 0;
	buf_printf(&line, " in %s event%s of %s file%s", number_grouped(input->matched->count, events),
		input->matched->count == 1 ? "" : "s", number_grouped(file_count, files), file_count == 1 ? "" : "s");
	if (input->matched->count > 0)
		buf_printf(&line, ", %s to %s", time_format_iso(input->matched->timestamp[0], first),
			time_format_iso(input->matched->timestamp[input->matched->count - 1], last));
	if (input->is_partial)
		buf_add_text(&line, ", PARTIAL");
	if (doc->format == REPORT_TABLE && doc->look.width > 0)
		doc_wrapped(doc, DOC_DIM, 0, slice_of(line.data));
	else
		doc_line(doc, DOC_DIM, slice_of(line.data));
	buf_free(&line);
}

static const struct doc_column why_columns[] = {{"", false, false}, {"condition", false, false}, {"value", true, false},
	{"limit", true, false}, {"decides", false, false}, {"silenced at", true, false}};

static void put_why(struct doc *doc, const struct alert *alert)
{
	doc_table(doc, why_columns, COUNT_OF(why_columns));
	for (unsigned i = 0; i < alert->why_count; i++) {
		const struct why *why = &alert->why[i];
		struct buf value = BUF_EMPTY, limit = BUF_EMPTY, silence = BUF_EMPTY;
		condition_format(&value, why->parameter, why->value);
		buf_printf(&limit, "%s ", condition_sign(why->parameter));
		condition_format(&limit, why->parameter, why->limit);
		condition_format(&silence, why->parameter, why_flip_typed(why));
		doc_cell(doc, why->holds ? DOC_GOOD : DOC_BAD, slice_of(why->holds ? "holds" : "fails"));
		doc_cell(doc, DOC_PLAIN, slice_of(condition_words(why->parameter)));
		doc_cell(doc, DOC_PLAIN, slice_of(value.data));
		doc_cell(doc, DOC_PLAIN, slice_of(limit.data));
		doc_cell(doc, DOC_PLAIN, slice_of(why->binds ? "yes" : why->is_dominated ? "never" : "no"));
		doc_cell(doc, DOC_PLAIN, slice_of(silence.data));
		buf_free(&value);
		buf_free(&limit);
		buf_free(&silence);
	}
	doc_table_end(doc);
}

static const struct doc_column figure_columns[] = {{"field", false, false}, {"value", false, true}};

#define MOST_LISTED 20

/* Cuts a long set; returns how many values that leaves out. */
static uint32_t shorten(struct cell *cell, struct id_set *shortened)
{
	if (cell->kind != CELL_SET || cell->set->count <= MOST_LISTED)
		return 0;
	*shortened = (struct id_set){cell->set->items, MOST_LISTED};
	uint32_t left = cell->set->count - MOST_LISTED;
	cell->set = shortened;
	return left;
}

static void put_figures(struct doc *doc, const struct report_detection *report, const struct alert *alert)
{
	const struct store *store = report->input.matched;
	struct cells cells;
	cells_init(&cells, store);
	cells_add_alert(&cells, report->params, alert);
	doc_table(doc, figure_columns, COUNT_OF(figure_columns));
	for (size_t i = 0; i < cells.count; i++) {
		struct buf text = BUF_EMPTY;
		struct id_set shortened;
		uint32_t left = shorten(&cells.items[i], &shortened);
		cell_format(&text, store, &cells.items[i]);
		if (left > 0)
			buf_printf(&text, " | and %u more", left);
		doc_cell(doc, DOC_PLAIN, slice_of(cells.items[i].name));
		doc_cell(doc, DOC_PLAIN, (struct slice){text.data, text.length});
		buf_free(&text);
	}
	cells_free(&cells);
	for (unsigned i = 0; alert->rule == RULE_RARE_METHOD && i < alert->rare_method.influencer_count; i++) {
		const struct influencer *influencer = &alert->rare_method.influencers[i];
		struct cell cell = {.name = influencer->field, .kind = CELL_SET, .set = &influencer->values};
		struct buf text = BUF_EMPTY;
		cell_format(&text, store, &cell);
		doc_cellf(doc, DOC_PLAIN, "influencer %s", influencer->field);
		buf_printf(&text, " (%.1f)", influencer->score);
		doc_cell(doc, DOC_PLAIN, (struct slice){text.data, text.length});
		buf_free(&text);
	}
	doc_table_end(doc);
}

static void put_line(void *context, struct slice text)
{
	doc_item(context, text);
}

static void put_details(struct doc *doc, const struct report_detection *report)
{
	const struct store *store = report->input.matched;
	for (size_t i = 0; i < report->alerts->count; i++) {
		const struct alert *alert = &report->alerts->items[i];
		struct slice user = store_string(store, alert_user(alert));
		struct buf title = BUF_EMPTY;
		buf_printf(&title, "%zu. %s: ", i + 1, rules[alert->rule].name);
		buf_add(&title, user.data, user.length);
		doc_heading(doc, 2, (struct slice){title.data, title.length});
		buf_free(&title);
		put_why(doc, alert);
		alert_explain(report, alert, put_line, doc);
		put_figures(doc, report, alert);
	}
}

static const struct doc_column skip_columns[] = {{"file", false, false}, {"offset", true, false},
	{"count", true, false}, {"reason", false, false}, {"detail", false, true}};

static void put_skips(struct doc *doc, const struct report_input *input)
{
	if (input->skip_count == 0)
		return;
	doc_heading(doc, 2, slice_of("Not used"));
	doc_table(doc, skip_columns, COUNT_OF(skip_columns));
	for (size_t i = 0; i < input->skip_count; i++) {
		const struct skip *skip = &input->skips[i];
		doc_cell(doc, DOC_PLAIN, slice_of(skip_file_name(input, skip)));
		doc_cellf(doc, DOC_PLAIN, "%llu", (unsigned long long)skip->offset);
		doc_cellf(doc, DOC_PLAIN, "%llu", (unsigned long long)skip->count);
		doc_cell(doc, DOC_PLAIN, slice_of(skip_reason_text(skip->reason)));
		doc_cell(doc, DOC_PLAIN, slice_of(skip->detail));
	}
	doc_table_end(doc);
}

static void put_parameters(struct doc *doc, const struct report_detection *report)
{
	static const struct doc_column columns[] = {{"parameter", false, false}, {"value", false, true}};
	doc_heading(doc, 2, slice_of("Parameters"));
	doc_table(doc, columns, COUNT_OF(columns));
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		if (!(report->rules & 1U << parameters[parameter].rule))
			continue;
		struct buf value = BUF_EMPTY, joined = BUF_EMPTY;
		params_format(&value, report->params, parameter);
		for (size_t i = 0; i < value.length; i++) {
			if (value.data[i] == '\n')
				buf_add_text(&joined, " | ");
			else
				buf_add_char(&joined, value.data[i]);
		}
		doc_cellf(doc, DOC_PLAIN, "%s.%s", rules[parameters[parameter].rule].key, parameters[parameter].key);
		doc_cell(doc, DOC_PLAIN, (struct slice){joined.data, joined.length});
		buf_free(&value);
		buf_free(&joined);
	}
	doc_table_end(doc);
}

void detection_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct report_detection *report)
{
	struct doc doc;
	doc_begin(&doc, out, format, look, "raretrail: alerts");
	bool is_narrow = format == REPORT_TABLE && look->width > 0 && look->width < NARROWEST_TABLE;
	if (report->alerts->count > 0 && is_narrow)
		put_alerts_narrow(&doc, report);
	else if (report->alerts->count > 0)
		put_alerts(&doc, report);
	put_summary(&doc, report);
	if (format != REPORT_TABLE) {
		for (size_t i = 0; report->notices && i < report->notices->count; i++)
			doc_item(&doc, slice_of(report->notices->items[i]));
		put_details(&doc, report);
		put_parameters(&doc, report);
		put_skips(&doc, &report->input);
	}
	doc_end(&doc);
}
