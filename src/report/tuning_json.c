/* tuning_json: what tuning would change, as one object. */
#include "tuning.h"

#include <math.h>
#include <stdlib.h>

static const char *const fate_names[] = {[TUNE_LOST] = "lost", [TUNE_GAINED] = "gained", [TUNE_KEPT] = "kept"};

static void put_key(struct json *json, const char *name, enum parameter parameter)
{
	char *key = xasprintf("%s.%s", rules[parameters[parameter].rule].key, parameters[parameter].key);
	json_put_text(json, name, slice_of(key));
	free(key);
}

/* Limits in the parameter's own unit; durations in seconds. */
static double in_unit(enum parameter parameter, double value)
{
	return parameters[parameter].type == PARAMETER_DURATION ? value / 1000 : value;
}

static void put_tally(struct json *json, const char *name, const struct tune_tally *tally)
{
	json_open(json, name, '<');
	json_put_whole(json, "lost", tally->lost);
	json_put_whole(json, "gained", tally->gained);
	json_put_whole(json, "kept", tally->kept);
	json_close(json, '}');
}

static void put_change(struct json *json, const struct report_tuning *report, const struct tune_change *change)
{
	const struct alert *alert = change->before ? change->before : change->after;
	const struct store *store = report->input.matched;
	struct buf text = BUF_EMPTY;
	json_open(json, NULL, '<');
	json_put_text(json, "fate", slice_of(fate_names[change->fate]));
	json_put_text(json, "verdict", slice_of(verdicts[change->verdict].word));
	json_put_text(json, "id", slice_of(alert->id));
	json_put_text(json, "id_after", slice_of(change->after ? change->after->id : NULL));
	json_put_text(json, "rule", slice_of(rules[alert->rule].key));
	json_put_text(json, "user.name", store_string(store, alert_user(alert)));
	json_put_text(json, "event.action",
		alert->rule == RULE_RARE_METHOD ? store_string(store, alert->rare_method.action) : slice_of(NULL));
	json_put_time(json, "last_fired", alert->last_fired);
	if (change->fate != TUNE_KEPT) {
		tune_say(&text, change);
		put_key(json, "reason", change->reason);
		json_put_text(json, "says", (struct slice){text.data, text.length});
	}
	json_close(json, '}');
	buf_free(&text);
}

static void put_diff(struct json *json, const struct report_tuning *report)
{
	const struct tune_diff *diff = report->diff;
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
		put_change(json, report, &diff->changes[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static void put_sweep(struct json *json, const struct tune_sweep *sweep)
{
	json_open(json, NULL, '{');
	put_key(json, "parameter", sweep->parameter);
	json_put_bool(json, "exact", sweep->is_exact);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < sweep->steps.count; i++) {
		json_open(json, NULL, '<');
		json_put_number(json, "limit", in_unit(sweep->parameter, sweep->steps.items[i].limit));
		json_put_whole(json, "alerts", sweep->steps.items[i].alerts);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void put_advice(struct json *json, const struct tune_advice *advice)
{
	json_open(json, NULL, '<');
	put_key(json, "parameter", advice->parameter);
	json_put_number(json, "applied", in_unit(advice->parameter, advice->applied));
	json_put_number(json, "limit", in_unit(advice->parameter, advice->limit));
	json_open(json, "silenced", '<');
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		json_put_whole(json, verdicts[verdict].word, advice->silenced[verdict]);
	json_close(json, '}');
	json_close(json, '}');
}

static void put_outlook(struct json *json, const struct report_tuning *report)
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
	for (size_t i = 0; i < outlook->user_count; i++) {
		const struct method_horizon *user = &outlook->users[i];
		json_open(json, NULL, '<');
		json_put_text(json, "partition_field_value", rare_method_string(report->rare_method, user->partition));
		json_put_number(json, "ceiling", user->ceiling);
		json_put_number(json, "probability", user->probability);
		json_put_whole(json, "active_buckets", user->active_buckets);
		json_put_number(json, "actions_per_bucket", user->actions_per_bucket);
		/* Infinite: null, never. */
		json_put_number(json, "more_buckets", user->more_buckets);
		json_put_number(
			json, "more_seconds", user->more_time == INT64_MAX ? NAN : (double)user->more_time / 1000);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void put_near_misses(struct json *json, const struct report_tuning *report)
{
	json_open(json, "near_misses", '[');
	for (size_t i = 0; i < report->near_misses->count; i++) {
		const struct alert *alert = &report->near_misses->items[i];
		const struct why *failure = near_miss_failure(alert);
		json_open(json, NULL, '{');
		json_put_number(json, "distance", near_miss_distance(alert));
		json_put_text(json, "fails", slice_of(failure ? parameters[failure->parameter].key : NULL));
		alert_json(json, "alert", report->input.matched, report->applied, alert, NULL);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void tuning_json(FILE *out, const struct report_tuning *report)
{
	struct json json;
	document_json(&json, out, report->version, &report->input);
	params_json(&json, "parameters", report->applied, report->rules);
	if (report->draft)
		params_json(&json, "draft", report->draft, report->rules);
	notices_json(&json, report->notices);
	if (report->diff)
		put_diff(&json, report);
	if (report->sweep_count > 0) {
		json_open(&json, "sweeps", '[');
		for (size_t i = 0; i < report->sweep_count; i++)
			put_sweep(&json, &report->sweeps[i]);
		json_close(&json, ']');
	}
	if (report->near_misses)
		put_near_misses(&json, report);
	if (report->outlook)
		put_outlook(&json, report);
	if (report->has_advice) {
		json_open(&json, "advice", '[');
		for (size_t i = 0; i < report->advice_count; i++)
			put_advice(&json, &report->advice[i]);
		json_close(&json, ']');
	}
	json_close(&json, '}');
	json_end_line(&json);
}
