/* detection_csv: one row an alert, the columns of both rules together. */
#include "detection.h"

static void put_field(FILE *out, bool is_first, const struct buf *text)
{
	struct buf shown = BUF_EMPTY;
	text_show(&shown, (struct slice){text->data, text->length}, TEXT_CSV);
	if (!is_first)
		fputc(',', out);
	fwrite(shown.data, 1, shown.length, out);
	buf_free(&shown);
}

static void format_influencers(struct buf *out, const struct store *store, const struct alert *alert)
{
	if (alert->rule != RULE_RARE_METHOD)
		return;
	const struct rare_method_record *record = &alert->rare_method;
	for (unsigned i = 0; i < record->influencer_count; i++)
		for (uint32_t j = 0; j < record->influencers[i].values.count; j++) {
			struct slice value = store_string(store, record->influencers[i].values.items[j]);
			buf_printf(out, "%s%s=", out->length ? " | " : "", record->influencers[i].field);
			buf_add(out, value.data, value.length);
		}
}

static void format_binding(struct buf *out, const struct alert *alert)
{
	for (unsigned i = 0; i < alert->why_count; i++)
		if (alert->why[i].binds)
			buf_printf(out, "%s%s", out->length ? " | " : "", parameters[alert->why[i].parameter].key);
}

/* The union of both rules' columns, in the order of the cells. */
static size_t column_names(const struct report_detection *report, const char *names[2 * CELLS_MAX])
{
	size_t count = 0;
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		struct alert empty = {.rule = rule};
		struct cell cells[CELLS_MAX];
		size_t cell_count = alert_cells(report->input.matched, report->params, &empty, cells);
		for (size_t i = 0; i < cell_count; i++) {
			size_t known = 0;
			while (known < count && strcmp(names[known], cells[i].name) != 0)
				known++;
			if (known == count)
				names[count++] = cells[i].name;
		}
	}
	return count;
}

void detection_csv(FILE *out, const struct report_detection *report)
{
	const char *names[2 * CELLS_MAX];
	size_t name_count = column_names(report, names);
	for (size_t i = 0; i < name_count; i++)
		fprintf(out, "%s%s", i ? "," : "", names[i]);
	fputs(",influencers,binding_conditions", out);
	fputs(report->verdict ? ",verdict\r\n" : "\r\n", out);
	const struct store *store = report->input.matched;
	for (size_t row = 0; row < report->alerts->count; row++) {
		const struct alert *alert = &report->alerts->items[row];
		struct cell cells[CELLS_MAX];
		size_t cell_count = alert_cells(store, report->params, alert, cells);
		struct buf text = BUF_EMPTY;
		for (size_t i = 0; i < name_count; i++) {
			text.length = 0;
			for (size_t j = 0; j < cell_count; j++)
				if (strcmp(cells[j].name, names[i]) == 0)
					cell_format(&text, store, &cells[j]);
			put_field(out, i == 0, &text);
		}
		text.length = 0;
		format_influencers(&text, store, alert);
		put_field(out, false, &text);
		text.length = 0;
		format_binding(&text, alert);
		put_field(out, false, &text);
		if (report->verdict)
			fprintf(out, ",%s", verdicts[report->verdict(report->verdict_context, alert)].word);
		fputs("\r\n", out);
		buf_free(&text);
	}
}
