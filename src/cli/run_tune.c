/* run_tune: what-if without a terminal: the difference a draft makes, the sweep of a parameter, near misses, advice. */
#include "run.h"

#include <stdlib.h>

#include "evaluate.h"
#include "output.h"
#include "raretrail/tune.h"

#define MOST_ADVICE 20

struct tuning {
	struct params draft;
	bool has_draft;
	struct tune_diff diff;
	struct tune_sweep *sweeps;
	size_t sweep_count;
	struct alerts near_misses;
	bool has_outlook;
	struct method_outlook outlook;
	struct tune_advice advice[MOST_ADVICE];
	size_t advice_count;
};

static bool is_asked(const struct arguments *arguments, enum option option)
{
	return arguments->last[option] != NULL;
}

/* Is there something to compute, can it be, and can it be printed? */
static int check_parts(const struct session *session, struct err *err)
{
	static const enum option parts[] = {
		OPTION_DRAFT, OPTION_SWEEP, OPTION_NEAR_MISSES, OPTION_HORIZON, OPTION_ADVISE};
	const struct arguments *arguments = session->arguments;
	size_t asked = 0;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		asked += is_asked(arguments, parts[i]);
	if (asked == 0)
		return err_set(err, ERR_USAGE,
			"nothing to compute: give --draft KEY=VALUE, --sweep KEY, --near-misses, --horizon or "
			"--advise");
	if (asked > 1 && (session->format == REPORT_CSV || session->format == REPORT_NDJSON))
		return err_set(err, ERR_USAGE,
			"--format %s prints rows of one kind: give only one of --draft, --sweep, --near-misses, "
			"--horizon and --advise (parameters to see the others under: --set)",
			report_format_names[session->format]);
	if (is_asked(arguments, OPTION_NEAR_MISSES) && !(session->rules & 1U << RULE_RARE_AS))
		return err_set(err, ERR_USAGE, "--near-misses is about rare-as, which --rule leaves out");
	if (is_asked(arguments, OPTION_HORIZON) && !(session->rules & 1U << RULE_RARE_METHOD))
		return err_set(err, ERR_USAGE, "--horizon is about rare-method, which --rule leaves out");
	if (is_asked(arguments, OPTION_ADVISE) && !is_asked(arguments, OPTION_CASE))
		return err_set(
			err, ERR_USAGE, "--advise learns from verdicts: name the case they are in with --case FILE");
	return 0;
}

/* Everything that can be wrong with the request is found before the load ends. */
static int read_request(const struct session *session, struct tuning *out, struct err *err)
{
	const struct arguments *arguments = session->arguments;
	params_copy(&out->draft, &session->config.params);
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct given *given = &arguments->given[i];
		enum parameter parameter;
		if (given->option == OPTION_DRAFT && params_assign(&out->draft, given->value, err) != 0)
			return -1;
		if (given->option == OPTION_SWEEP && parameter_find(given->value, &parameter, err) != 0)
			return -1;
		out->has_draft |= given->option == OPTION_DRAFT;
	}
	return check_parts(session, err);
}

static int sweep_all(const struct arguments *arguments, struct tune *tune, const struct params *params,
	struct tuning *out, struct err *err)
{
	out->sweeps = xcalloc(arguments->given_count + 1, sizeof *out->sweeps);
	for (size_t i = 0; i < arguments->given_count; i++) {
		enum parameter parameter = 0;
		if (arguments->given[i].option != OPTION_SWEEP)
			continue;
		if (parameter_find(arguments->given[i].value, &parameter, err) != 0 ||
			tune_sweep(tune, params, parameter, &out->sweeps[out->sweep_count], err) != 0)
			return -1;
		out->sweep_count++;
	}
	return 0;
}

static int compute(struct session *session, struct evaluation *evaluation, struct tuning *out, struct err *err)
{
	const struct arguments *arguments = session->arguments;
	const struct params *applied = &session->config.params;
	struct tune_setup setup = {.store = session->matched,
		.rare_as = evaluation->rare_as,
		.rare_method = evaluation->rare_method,
		.baseline = session->baseline,
		.rules = session->rules,
		.now = session->now};
	struct tune *tune = tune_new(&setup, applied);
	const struct params *params = out->has_draft ? &out->draft : applied;
	int result = sweep_all(arguments, tune, params, out, err);
	if (result == 0 && out->has_draft) {
		tune_compare(tune, &out->draft, &out->diff);
		tune_judge(&out->diff, session_verdict, session);
	}
	if (result == 0 && is_asked(arguments, OPTION_NEAR_MISSES))
		rare_as_near_misses(evaluation->rare_as, &params->rare_as, session->now, &out->near_misses);
	if (result == 0 && is_asked(arguments, OPTION_HORIZON)) {
		rare_method_outlook(evaluation->rare_method, &params->rare_method, &out->outlook);
		out->has_outlook = true;
	}
	if (result == 0 && is_asked(arguments, OPTION_ADVISE))
		out->advice_count = tune_advise(tune, session_verdict, session, out->advice, MOST_ADVICE);
	tune_free(tune);
	return result;
}

static void tuning_free(struct tuning *tuning)
{
	params_free(&tuning->draft);
	if (tuning->has_draft)
		tune_diff_free(&tuning->diff);
	for (size_t i = 0; i < tuning->sweep_count; i++)
		tune_sweep_free(&tuning->sweeps[i]);
	free(tuning->sweeps);
	alerts_free(&tuning->near_misses);
	if (tuning->has_outlook)
		method_outlook_free(&tuning->outlook);
}

static int print(
	struct session *session, const struct evaluation *evaluation, const struct tuning *tuning, struct err *err)
{
	const struct arguments *arguments = session->arguments;
	struct output output;
	if (output_open(&output, arguments->last[OPTION_OUTPUT], err) != 0)
		return -1;
	struct report_tuning report = {.version = RARETRAIL_VERSION,
		.input = session_input(session),
		.applied = &session->config.params,
		.draft = tuning->has_draft ? &tuning->draft : NULL,
		.diff = tuning->has_draft ? &tuning->diff : NULL,
		.sweeps = tuning->sweeps,
		.sweep_count = tuning->sweep_count,
		.near_misses = is_asked(arguments, OPTION_NEAR_MISSES) ? &tuning->near_misses : NULL,
		.advice = tuning->advice,
		.advice_count = tuning->advice_count,
		.has_advice = is_asked(arguments, OPTION_ADVISE),
		.rare_method = evaluation->rare_method,
		.outlook = tuning->has_outlook ? &tuning->outlook : NULL,
		.rules = session->rules,
		.notices = &session->notices};
	int result = report_tuning(output.file, session->format, &session->look, &report, err);
	return output_end(&output, result, err);
}

int run_tune(const struct arguments *arguments, struct err *err)
{
	struct session session;
	struct tuning tuning = {0};
	struct evaluation evaluation = {0};
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	int result = read_request(&session, &tuning, err);
	if (result == 0)
		result = session_finish_load(&session, err);
	if (result == 0) {
		evaluate(&session, &evaluation);
		session_tell(&session);
		result = compute(&session, &evaluation, &tuning, err);
	}
	if (result == 0)
		result = print(&session, &evaluation, &tuning, err);
	if (result == 0)
		result = (int)session_status(&session, evaluation.alerts.count > 0);
	tuning_free(&tuning);
	evaluation_free(&evaluation);
	session_close(&session);
	return result;
}
