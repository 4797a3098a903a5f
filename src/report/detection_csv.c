/* detection_csv: one row an alert, the columns of both rules together. */
#include "detection.h"

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

static bool is_named(const struct cells *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i].name, name) == 0)
			return true;
	return false;
}

/* The union of both rules' columns, in the order of the cells. */
static void add_names(struct cells *names, const struct report_detection *report)
{
	struct cells cells;
	cells_init(&cells, names->store);
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		cells_clear(&cells);
		cells_add_alert(&cells, report->params, &(struct alert){.rule = rule});
		for (size_t i = 0; i < cells.count; i++)
			if (!is_named(names, cells.items[i].name))
				cells_add_none(names, cells.items[i].name);
	}
	cells_free(&cells);
	cells_add_none(names, "influencers");
	cells_add_none(names, "binding_conditions");
	if (report->verdict)
		cells_add_none(names, "verdict");
}

static void add_alert(struct cells *row, const struct report_detection *report, const struct alert *alert)
{
	struct buf influencers = BUF_EMPTY, binding = BUF_EMPTY;
	format_influencers(&influencers, row->store, alert);
	format_binding(&binding, alert);
	cells_add_alert(row, report->params, alert);
	cells_add_copy(row, "influencers", &influencers);
	cells_add_copy(row, "binding_conditions", &binding);
	if (report->verdict)
		cells_add_text(
			row, "verdict", slice_of(verdicts[report->verdict(report->verdict_context, alert)].word));
	buf_free(&influencers);
	buf_free(&binding);
}

void detection_csv(FILE *out, const struct report_detection *report)
{
	struct cells row;
	struct cells_csv csv;
	cells_init(&row, report->input.matched);
	add_names(&row, report);
	cells_csv_begin(&csv, out, &row);
	for (size_t i = 0; i < report->alerts->count; i++) {
		add_alert(&row, report, &report->alerts->items[i]);
		cells_csv_row(&csv, &row);
	}
	cells_csv_end(&csv);
	cells_free(&row);
}
