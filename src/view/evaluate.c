/* Judging beside the frame: when events, parameters or the as-of instant have changed, both rules are evaluated on the
 * evaluator's thread, and the results published: they take the place of the old ones, and who shows them is told.
 * Of the session it writes the results, the parameters in force and what says that an evaluation is due or under way
 * (wants_results, evaluating, evaluated_us, seen_generation, params_version), and asks for a new selection. */
#include "evaluate.h"

#include <stdlib.h>

#include "app.h"

#define EVALUATE_EVERY_US 500000

struct evaluate_task {
	struct task task;
	struct load *load; /* NULL: the snapshot has not changed */
	struct engines *engines;
	struct params params, without;
	bool has_without;
	uint64_t params_version, generation;
	uint32_t rules;
	const struct rare_model *baseline;
	int64_t now;
	bool is_partial;
	struct results *results;
};

static void evaluate_run(struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;
	struct store *store = job->load ? load_snapshot(job->load) : NULL;

	job->results = results_compute(store, store ? NULL : job->engines, &job->params,
		job->has_without ? &job->without : NULL, job->rules, job->baseline, job->now, job->is_partial);
	if (store)
		store_free(store);
}

/* What the data themselves make one wary of, such as labels that the trusted list hardly meets; each said once. */
static void say_notices(struct app *app)
{
	const struct notices *notices = &app->results->notices;

	if (app->results->is_partial)
		return;
	for (size_t i = 0; i < notices->count; i++)
		app_note(app, notices->items[i].text);
}

static void drop_results(void *results)
{
	results_free(results);
}

static void evaluate_done(struct app *app, struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;
	struct results *before = app->results;

	app->evaluating = NULL;
	app->results = job->results;
	job->results = NULL;
	verdicts_refresh(app);
	if (job->load)
		app->seen_generation = job->generation;
	if (job->params_version != app->params_version || job->now != app->now)
		app->wants_results = true;
	say_notices(app);
	following_compare(app, before);
	worker_drop(app->evaluator, drop_results, before);
	app_changed(app, CHANGED_RESULTS);
	if (filters_active(&app->filters))
		app->wants_selection = true;
}

static void evaluate_discard(struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;

	results_free(job->results);
	engines_free(job->engines);
	params_free(&job->params);
	if (job->has_without)
		params_free(&job->without);
	free(job);
}

static void evaluate_start(struct app *app, uint64_t generation)
{
	struct evaluate_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = evaluate_run, .done = evaluate_done, .discard = evaluate_discard};
	if (generation != app->seen_generation)
		job->load = app->load;
	else
		job->engines = engines_ref(app->results->engines);
	params_copy(&job->params, &app->params);
	job->has_without = !params_equal(case_base(app), &app->params);
	if (job->has_without)
		params_copy(&job->without, case_base(app));
	job->params_version = app->params_version;
	job->generation = generation;
	job->rules = app->options.rules;
	job->baseline = app->options.baseline;
	job->now = app->now;
	job->is_partial = !app->progress.is_finished;
	app->wants_results = false;
	app->evaluating = &job->task;
	app->evaluated_us = time_monotonic_us();
	worker_post(app->evaluator, &job->task);
}

void evaluate_begin(struct app *app)
{
	struct builder_options options = {0};
	struct builder *builder = builder_new(&options);
	struct store *store = builder_publish(builder);

	app->results = results_compute(store, NULL, &app->params, NULL, 0, NULL, TIME_NONE, true);
	app->seen_generation =
		UINT64_MAX; /* so that a first snapshot is asked for at once: a load makes none unasked */
	store_free(store);
	builder_free(builder);
}

void evaluate_tick(struct app *app)
{
	uint64_t generation = load_generation(app->load);
	int64_t since = time_monotonic_us() - app->evaluated_us;
	bool is_new = generation != app->seen_generation;
	bool is_last = app->progress.is_finished && !app->options.is_follow;

	if (!app->evaluating && (app->wants_results || (is_new && (since > EVALUATE_EVERY_US || is_last))))
		evaluate_start(app, generation);
}

void app_want_results(struct app *app)
{
	app->wants_results = true;
}

void app_use_params(struct app *app, const struct params *params)
{
	struct params copy;

	params_copy(&copy, params);
	params_free(&app->params);
	app->params = copy;
	app->params_version++;
	app->wants_results = true;
}
