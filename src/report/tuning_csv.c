/* tuning_csv: a table for each part that was asked for: one row an alert, a limit, a near miss, a user, an advice. */
#include "tuning.h"

static void put_changes(FILE *out, const struct tune_diff *diff, struct cells *row)
{
	struct cells_csv csv;
	cells_add_change(row, &(struct tune_change){.after = &(struct alert){.rule = RULE_RARE_AS}});
	cells_csv_begin(&csv, out, row);
	for (size_t i = 0; i < diff->count; i++) {
		cells_add_change(row, &diff->changes[i]);
		cells_csv_row(&csv, row);
	}
	cells_csv_end(&csv);
}

static void add_step(struct cells *row, const struct tune_sweep *sweep, const struct limit_step *step)
{
	cells_add_sweep(row, sweep);
	cells_add_step(row, sweep, step);
}

static void put_sweeps(FILE *out, const struct report_tuning *report, struct cells *row)
{
	struct cells_csv csv;
	add_step(row, &(struct tune_sweep){.is_exact = false}, &(struct limit_step){.limit = 0});
	cells_csv_begin(&csv, out, row);
	for (size_t i = 0; i < report->sweep_count; i++)
		for (size_t j = 0; j < report->sweeps[i].steps.count; j++) {
			add_step(row, &report->sweeps[i], &report->sweeps[i].steps.items[j]);
			cells_csv_row(&csv, row);
		}
	cells_csv_end(&csv);
}

/* With the figures of the condition that fails, and every column of the alert that it would be. */
static void add_near_miss(struct cells *row, const struct params *params, const struct alert *near_miss)
{
	const struct why *failure = near_miss_failure(near_miss);
	cells_add_near_miss(row, near_miss);
	cells_add_figure(row, "value", failure->parameter, failure->value);
	cells_add_figure(row, "limit", failure->parameter, failure->limit);
	cells_add_text(row, "unit", figure_unit(failure->parameter));
	cells_add_figure(row, "fires_at", failure->parameter, failure->silence_at);
	cells_add_alert(row, params, near_miss);
}

static void put_near_misses(FILE *out, const struct report_tuning *report, struct cells *row)
{
	struct cells_csv csv;
	add_near_miss(row, report->applied, &(struct alert){.rule = RULE_RARE_AS});
	cells_csv_begin(&csv, out, row);
	for (size_t i = 0; i < report->near_misses->count; i++) {
		add_near_miss(row, report->applied, &report->near_misses->items[i]);
		cells_csv_row(&csv, row);
	}
	cells_csv_end(&csv);
}

static void put_outlook(FILE *out, const struct report_tuning *report, struct cells *row)
{
	struct cells_csv csv;
	cells_add_horizon(row, report->rare_method, &(struct method_horizon){.partition = 0});
	cells_csv_begin(&csv, out, row);
	for (size_t i = 0; i < report->outlook->user_count; i++) {
		cells_add_horizon(row, report->rare_method, &report->outlook->users[i]);
		cells_csv_row(&csv, row);
	}
	cells_csv_end(&csv);
}

static void add_advice(struct cells *row, const struct tune_advice *advice)
{
	static const char *const silenced[VERDICT_COUNT] = {
#define X(id, word, letter) "silenced." word,
		VERDICTS(X)
#undef X
	};
	cells_add_advice(row, advice);
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		cells_add_whole(row, silenced[verdict], advice->silenced[verdict]);
}

static void put_advice(FILE *out, const struct report_tuning *report, struct cells *row)
{
	struct cells_csv csv;
	add_advice(row, &(struct tune_advice){.applied = 0});
	cells_csv_begin(&csv, out, row);
	for (size_t i = 0; i < report->advice_count; i++) {
		add_advice(row, &report->advice[i]);
		cells_csv_row(&csv, row);
	}
	cells_csv_end(&csv);
}

void tuning_csv(FILE *out, const struct report_tuning *report)
{
	struct cells row;
	cells_init(&row, report->input.matched);
	if (report->diff)
		put_changes(out, report->diff, &row);
	if (report->sweep_count > 0)
		put_sweeps(out, report, &row);
	if (report->near_misses)
		put_near_misses(out, report, &row);
	if (report->outlook)
		put_outlook(out, report, &row);
	if (report->has_advice)
		put_advice(out, report, &row);
	cells_free(&row);
}
