/* tuning: what a draft would change, for people: tables for the terminal, Markdown and HTML. */
#include "tuning.h"

#include <stdlib.h>

static const struct doc_column change_columns[] = {{"", false, false}, {"RULE", false, false}, {"USER", false, false},
	{"LAST FIRED UTC", false, false}, {"VERDICT", false, false}, {"WHY", false, true}};

static void put_change(struct doc *doc, const struct report_tuning *report, const struct tune_change *change)
{
	static const char *const signs[] = {[TUNE_LOST] = "lost", [TUNE_GAINED] = "gained", [TUNE_KEPT] = "kept"};
	const struct alert *alert = change->before ? change->before : change->after;
	bool is_serious = change->fate == TUNE_LOST &&
			  (change->verdict == VERDICT_TRUE_POSITIVE || change->verdict == VERDICT_SUSPICIOUS);
	struct buf why = BUF_EMPTY;
	if (change->fate == TUNE_KEPT)
		alert_evidence(&why, report->input.matched, report->applied, alert);
	else
		tune_say(&why, change);
	doc_cell(doc,
		change->fate == TUNE_KEPT ? DOC_PLAIN
		: is_serious              ? DOC_BAD
					  : DOC_GOOD,
		slice_of(signs[change->fate]));
	doc_cell(doc, DOC_PLAIN, slice_of(rules[alert->rule].key));
	doc_cell(doc, DOC_PLAIN, store_string(report->input.matched, alert_user(alert)));
	doc_time(doc, alert->last_fired);
	doc_cell(doc, is_serious ? DOC_BAD : DOC_PLAIN, slice_of(verdicts[change->verdict].word));
	doc_cell(doc, DOC_PLAIN, (struct slice){why.data, why.length});
	buf_free(&why);
}

static void put_diff(struct doc *doc, const struct report_tuning *report)
{
	const struct tune_diff *diff = report->diff;
	doc_heading(doc, 2, slice_of("Draft"));
	doc_linef(doc, DOC_PLAIN, "alerts: applied %zu, draft %zu: lost %zu, gained %zu, kept %zu", diff->before_count,
		diff->after.count, diff->total.lost, diff->total.gained, diff->total.kept);
	size_t serious = diff->by_verdict[VERDICT_TRUE_POSITIVE].lost + diff->by_verdict[VERDICT_SUSPICIOUS].lost;
	if (serious > 0)
		doc_linef(doc, DOC_BAD, "this draft loses %zu alert%s marked true positive or suspicious", serious,
			serious == 1 ? "" : "s");
	if (diff->count == 0)
		return;
	doc_table(doc, change_columns, COUNT_OF(change_columns));
	for (size_t i = 0; i < diff->count; i++)
		put_change(doc, report, &diff->changes[i]);
	doc_table_end(doc);
}

static void format_limit(struct buf *out, enum parameter parameter, double limit)
{
	char text[NUMBER_TEXT_SIZE];
	if (parameters[parameter].type == PARAMETER_DURATION)
		condition_format(out, parameter, limit);
	else
		buf_add_text(out, number_format(limit, text));
}

static void put_sweep(struct doc *doc, const struct report_tuning *report, const struct tune_sweep *sweep)
{
	static const struct doc_column columns[] = {
		{"from limit", true, false}, {"alerts", true, false}, {"", false, true}};
	const struct parameter_info *info = &parameters[sweep->parameter];
	char *title = xasprintf("Alerts for every limit of %s.%s", rules[info->rule].key, info->key);
	doc_heading(doc, 2, slice_of(title));
	free(title);
	if (!sweep->is_exact)
		doc_line(doc, DOC_DIM, slice_of("only these limits were tried; what lies between is not known"));
	const struct params *params = report->draft ? report->draft : report->applied;
	double here = params_number(params, sweep->parameter);
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < sweep->steps.count; i++) {
		const struct limit_step *step = &sweep->steps.items[i];
		bool is_here =
			step->limit <= here && (i + 1 == sweep->steps.count || sweep->steps.items[i + 1].limit > here);
		struct buf limit = BUF_EMPTY, mark = BUF_EMPTY;
		format_limit(&limit, sweep->parameter, step->limit);
		if (is_here) {
			buf_printf(&mark, "<- %s ", report->draft ? "draft" : "applied");
			format_limit(&mark, sweep->parameter, here);
		}
		doc_cell(doc, DOC_PLAIN, slice_of(limit.data));
		doc_cellf(doc, DOC_PLAIN, "%zu", step->alerts);
		doc_cell(doc, DOC_DIM, (struct slice){mark.data, mark.length});
		buf_free(&limit);
		buf_free(&mark);
	}
	doc_table_end(doc);
}

static void put_near_misses(struct doc *doc, const struct report_tuning *report)
{
	static const struct doc_column columns[] = {{"DISTANCE", true, false}, {"USER", false, false},
		{"TYPE", false, false}, {"AT UTC", false, false}, {"FAILS", false, false}, {"FIRES AT", true, false},
		{"EVIDENCE", false, true}};
	doc_heading(doc, 2, slice_of("Near misses: one condition away from an alert"));
	if (report->near_misses->count == 0) {
		doc_line(doc, DOC_PLAIN, slice_of("none"));
		return;
	}
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < report->near_misses->count; i++) {
		const struct alert *alert = &report->near_misses->items[i];
		const struct why *failure = near_miss_failure(alert);
		const struct store *store = report->input.matched;
		struct buf fails = BUF_EMPTY, fires = BUF_EMPTY, evidence = BUF_EMPTY;
		if (failure) {
			rare_as_say_condition(&fails, failure);
			condition_format(&fires, failure->parameter, why_flip_typed(failure));
		}
		alert_evidence(&evidence, store, report->applied, alert);
		doc_cellf(doc, DOC_PLAIN, "%.3f", near_miss_distance(alert));
		doc_cell(doc, DOC_PLAIN, store_string(store, alert->rare_as.user_name));
		doc_cell(doc, DOC_PLAIN, store_string(store, alert->rare_as.identity_type));
		doc_time(doc, alert->last_fired);
		doc_cell(doc, DOC_BAD, (struct slice){fails.data, fails.length});
		doc_cell(doc, DOC_PLAIN, (struct slice){fires.data, fires.length});
		doc_cell(doc, DOC_PLAIN, (struct slice){evidence.data, evidence.length});
		buf_free(&fails);
		buf_free(&fires);
		buf_free(&evidence);
	}
	doc_table_end(doc);
}

#define MOST_USERS 50

static void put_outlook(struct doc *doc, const struct report_tuning *report)
{
	static const struct doc_column columns[] = {{"CEILING", true, false}, {"USER", false, false},
		{"ACTIVE BUCKETS", true, false}, {"ACTIONS A BUCKET", true, false}, {"", false, true}};
	const struct method_outlook *outlook = report->outlook;
	const struct rare_method_params *params =
		report->draft ? &report->draft->rare_method : &report->applied->rare_method;
	struct buf line = BUF_EMPTY;
	doc_heading(doc, 2, slice_of("How high a brand-new action could score"));
	rare_method_say_outlook(report->rare_method, params, outlook, &line);
	doc_line(doc, DOC_PLAIN, (struct slice){line.data, line.length});
	buf_free(&line);
	size_t shown = outlook->user_count < MOST_USERS ? outlook->user_count : MOST_USERS;
	if (shown == 0)
		return;
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < shown; i++) {
		const struct method_horizon *user = &outlook->users[i];
		struct buf words = BUF_EMPTY;
		rare_method_say_horizon(report->rare_method, params, user, &words);
		doc_cellf(
			doc, user->ceiling >= params->anomaly_threshold ? DOC_GOOD : DOC_PLAIN, "%.1f", user->ceiling);
		doc_cell(doc, DOC_PLAIN, rare_method_string(report->rare_method, user->partition));
		doc_cellf(doc, DOC_PLAIN, "%u", user->active_buckets);
		doc_cellf(doc, DOC_PLAIN, "%.1f", user->actions_per_bucket);
		doc_cell(doc, DOC_PLAIN, (struct slice){words.data, words.length});
		buf_free(&words);
	}
	doc_table_end(doc);
	if (shown < outlook->user_count)
		doc_linef(doc, DOC_DIM, "and %zu more; --format json lists them all", outlook->user_count - shown);
}

static void put_advice(struct doc *doc, const struct report_tuning *report)
{
	static const struct doc_column columns[] = {{"PARAMETER", false, false}, {"APPLIED", true, false},
		{"COULD BE", true, false}, {"BENIGN SILENCED", true, false}, {"OPEN SILENCED", true, false}};
	doc_heading(doc, 2, slice_of("Advice from the verdicts"));
	if (report->advice_count == 0) {
		doc_line(doc, DOC_PLAIN,
			slice_of("no single limit silences an alert marked benign and keeps every true positive and "
				 "suspicious one"));
		return;
	}
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < report->advice_count; i++) {
		const struct tune_advice *advice = &report->advice[i];
		struct buf applied = BUF_EMPTY, limit = BUF_EMPTY;
		format_limit(&applied, advice->parameter, advice->applied);
		format_limit(&limit, advice->parameter, advice->limit);
		doc_cellf(doc, DOC_PLAIN, "%s.%s", rules[parameters[advice->parameter].rule].key,
			parameters[advice->parameter].key);
		doc_cell(doc, DOC_PLAIN, slice_of(applied.data));
		doc_cell(doc, DOC_PLAIN, slice_of(limit.data));
		doc_cellf(doc, DOC_GOOD, "%zu", advice->silenced[VERDICT_BENIGN]);
		doc_cellf(doc, DOC_PLAIN, "%zu", advice->silenced[VERDICT_OPEN]);
		buf_free(&applied);
		buf_free(&limit);
	}
	doc_table_end(doc);
}

void tuning_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct report_tuning *report)
{
	struct doc doc;
	doc_begin(&doc, out, format, look, "raretrail: tuning");
	if (report->diff)
		put_diff(&doc, report);
	for (size_t i = 0; i < report->sweep_count; i++)
		put_sweep(&doc, report, &report->sweeps[i]);
	if (report->near_misses)
		put_near_misses(&doc, report);
	if (report->outlook)
		put_outlook(&doc, report);
	if (report->has_advice)
		put_advice(&doc, report);
	doc_end(&doc);
}

int report_tuning(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_tuning *report, struct err *err)
{
	switch (format) {
	case REPORT_JSON: tuning_json(out, report); break;
	case REPORT_NDJSON: tuning_ndjson(out, report); break;
	case REPORT_CSV: tuning_csv(out, report); break;
	default: tuning_document(out, format, look, report);
	}
	return report_finish(out, err);
}
