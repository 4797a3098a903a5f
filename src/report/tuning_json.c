/* tuning_json: what tuning would change, as one object; and its items alone, one a line. */
#include "tuning.h"

static void put_tally(struct json *json, const char *name, const struct tune_tally *tally)
{
	json_open(json, name, '<');
	json_put_whole(json, "lost", tally->lost);
	json_put_whole(json, "gained", tally->gained);
	json_put_whole(json, "kept", tally->kept);
	json_close(json, '}');
}

/* Into the object that is open. */
static void take_cells(struct json *json, struct cells *cells)
{
	cells_json(json, cells);
	cells_clear(cells);
}

/* An object on one line. */
static void put_cells(struct json *json, struct cells *cells)
{
	json_open(json, NULL, '<');
	take_cells(json, cells);
	json_close(json, '}');
}

static void put_change(struct json *json, struct cells *cells, const struct tune_change *change)
{
	cells_add_change(cells, change);
	put_cells(json, cells);
}

static void put_diff(struct json *json, struct cells *cells, const struct tune_diff *diff)
{
	json_open(json, "diff", '{');
	json_put_whole(json, "before", diff->before_count);
	json_put_whole(json, "after", diff->after.count);
	put_tally(json, "total", &diff->total);
	json_open(json, "by_verdict", '{');
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		put_tally(json, verdicts[verdict].word, &diff->by_verdict[verdict]);
	json_close(json, '}');
	json_open(json, "changes", '[');
	for (size_t i = 0; i < diff->count; i++)
		put_change(json, cells, &diff->changes[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static void put_sweep(struct json *json, struct cells *cells, const struct tune_sweep *sweep)
{
	json_open(json, NULL, '{');
	cells_add_sweep(cells, sweep);
	take_cells(json, cells);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < sweep->steps.count; i++) {
		cells_add_step(cells, sweep, &sweep->steps.items[i]);
		put_cells(json, cells);
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void put_near_miss(
	struct json *json, struct cells *cells, const struct report_tuning *report, const struct alert *alert)
{
	json_open(json, NULL, '{');
	cells_add_near_miss(cells, alert);
	take_cells(json, cells);
	alert_json(json, "alert", report->input.matched, report->applied, alert, NULL);
	json_close(json, '}');
}

static void put_user(
	struct json *json, struct cells *cells, const struct report_tuning *report, const struct method_horizon *user)
{
	cells_add_horizon(cells, report->rare_method, user);
	put_cells(json, cells);
}

static void put_outlook(struct json *json, struct cells *cells, const struct report_tuning *report)
{
	const struct method_outlook *outlook = report->outlook;
	json_open(json, "horizon", '{');
	json_put_number(json, "highest_ceiling", outlook->highest);
	json_put_number(json, "highest_score", outlook->highest_score);
	json_put_whole(json, "records", outlook->record_count);
	json_put_whole(json, "reaching", outlook->reaching);
	json_put_time(json, "first", outlook->first);
	json_put_time(json, "last", outlook->last);
	json_open(json, "users", '[');
	for (size_t i = 0; i < outlook->user_count; i++)
		put_user(json, cells, report, &outlook->users[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static void put_advice(struct json *json, struct cells *cells, const struct tune_advice *advice)
{
	json_open(json, NULL, '<');
	cells_add_advice(cells, advice);
	take_cells(json, cells);
	json_open(json, "silenced", '<');
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		json_put_whole(json, verdicts[verdict].word, advice->silenced[verdict]);
	json_close(json, '}');
	json_close(json, '}');
}

void tuning_json(FILE *out, const struct report_tuning *report)
{
	struct json json;
	struct cells cells;
	cells_init(&cells, report->input.matched);
	document_json(&json, out, report->version, &report->input);
	params_json(&json, "parameters", report->applied, report->rules);
	if (report->draft)
		params_json(&json, "draft", report->draft, report->rules);
	notices_json(&json, report->notices);
	if (report->diff)
		put_diff(&json, &cells, report->diff);
	if (report->sweep_count > 0) {
		json_open(&json, "sweeps", '[');
		for (size_t i = 0; i < report->sweep_count; i++)
			put_sweep(&json, &cells, &report->sweeps[i]);
		json_close(&json, ']');
	}
	if (report->near_misses) {
		json_open(&json, "near_misses", '[');
		for (size_t i = 0; i < report->near_misses->count; i++)
			put_near_miss(&json, &cells, report, &report->near_misses->items[i]);
		json_close(&json, ']');
	}
	if (report->outlook)
		put_outlook(&json, &cells, report);
	if (report->has_advice) {
		json_open(&json, "advice", '[');
		for (size_t i = 0; i < report->advice_count; i++)
			put_advice(&json, &cells, &report->advice[i]);
		json_close(&json, ']');
	}
	json_close(&json, '}');
	json_end_line(&json);
	cells_free(&cells);
}

void tuning_ndjson(FILE *out, const struct report_tuning *report)
{
	struct json json;
	struct cells cells;
	json_init(&json, out, false);
	cells_init(&cells, report->input.matched);
	for (size_t i = 0; report->diff && i < report->diff->count; i++) {
		put_change(&json, &cells, &report->diff->changes[i]);
		json_end_line(&json);
	}
	for (size_t i = 0; i < report->sweep_count; i++)
		for (size_t j = 0; j < report->sweeps[i].steps.count; j++) {
			cells_add_sweep(&cells, &report->sweeps[i]);
			cells_add_step(&cells, &report->sweeps[i], &report->sweeps[i].steps.items[j]);
			put_cells(&json, &cells);
			json_end_line(&json);
		}
	for (size_t i = 0; report->near_misses && i < report->near_misses->count; i++) {
		put_near_miss(&json, &cells, report, &report->near_misses->items[i]);
		json_end_line(&json);
	}
	for (size_t i = 0; report->outlook && i < report->outlook->user_count; i++) {
		put_user(&json, &cells, report, &report->outlook->users[i]);
		json_end_line(&json);
	}
	for (size_t i = 0; i < report->advice_count; i++) {
		put_advice(&json, &cells, &report->advice[i]);
		json_end_line(&json);
	}
	cells_free(&cells);
}
