/* What if, beside the frame: see whatif.h. */
#include "whatif.h"

#include <stdlib.h>

#include "app.h"

/* A tuning engine with the results it borrows its engines from. Only the evaluator's thread uses the engine; whoever
 * lets go last frees both. */
struct tune_box {
	atomic_int references;
	struct results *results;
	struct tune *tune;
};

static struct tune_box *box_new(struct app *app)
{
	struct tune_box *box = xcalloc(1, sizeof(*box));

	atomic_init(&box->references, 1);
	box->results = results_ref(app->results);
	return box;
}

static void box_free(struct tune_box *box)
{
	if (!box || atomic_fetch_sub(&box->references, 1) > 1)
		return;
	tune_free(box->tune);
	results_free(box->results);
	free(box);
}

struct whatif_task {
	struct task task;
	struct whatif *whatif;
	struct tune_box *box;
	struct params draft;
	enum parameter parameter;
	unsigned rules;
	int64_t now;
	void *owner;
	void (*ready)(struct app *app, void *owner);
	struct tune_diff diff;
	struct tune_sweep sweep;
	bool has_diff, has_sweep;
	size_t alone_lost[PARAMETER_TOTAL], alone_gained[PARAMETER_TOTAL];
	int64_t elapsed_us;
};

/* The effect of each changed parameter by itself, where more than one is changed. */
static void compare_alone(struct whatif_task *job)
{
	const struct params *applied = tune_applied(job->box->tune);
	bool is_changed[PARAMETER_TOTAL];
	unsigned changed = 0;

	for (int i = 0; i < PARAMETER_TOTAL; i++) {
		struct buf before = BUF_EMPTY, after = BUF_EMPTY;

		params_format(&before, applied, (enum parameter)i);
		params_format(&after, &job->draft, (enum parameter)i);
		is_changed[i] = strcmp(before.data ? before.data : "", after.data ? after.data : "") != 0;
		changed += is_changed[i];
		buf_free(&before);
		buf_free(&after);
	}
	for (int i = 0; i < PARAMETER_TOTAL; i++) {
		struct params alone;
		struct tune_diff diff;
		struct buf text = BUF_EMPTY;

		if (!is_changed[i])
			continue;
		if (changed == 1) {
			job->alone_lost[i] = job->diff.total.lost;
			job->alone_gained[i] = job->diff.total.gained;
			break;
		}
		params_copy(&alone, applied);
		params_format(&text, &job->draft, (enum parameter)i);
		if (params_set(&alone, (enum parameter)i, CHANGE_SET, text.data ? text.data : "", NULL) == 0) {
			tune_compare(job->box->tune, &alone, &diff);
			job->alone_lost[i] = diff.total.lost;
			job->alone_gained[i] = diff.total.gained;
			tune_diff_free(&diff);
		}
		buf_free(&text);
		params_free(&alone);
	}
}

static void whatif_run(struct task *task)
{
	struct whatif_task *job = (struct whatif_task *)task;
	struct results *results = job->box->results;
	int64_t started = time_monotonic_us();

	if (!job->box->tune) {
		struct tune_setup setup = {.store = results->store,
			.rare_as = results->engines->rare_as,
			.rare_method = results->engines->rare_method,
			.rules = job->rules,
			.now = job->now};

		job->box->tune = tune_new(&setup, &results->params);
	}
	tune_compare(job->box->tune, &job->draft, &job->diff);
	job->has_diff = true;
	job->elapsed_us = time_monotonic_us() - started;
	compare_alone(job);
	if (job->parameter != PARAMETER_TOTAL && parameters[job->parameter].type != PARAMETER_LIST &&
		parameters[job->parameter].type != PARAMETER_CHOICE)
		job->has_sweep = tune_sweep(job->box->tune, &job->draft, job->parameter, &job->sweep, NULL) == 0;
}

static void drop_figures(struct whatif *whatif)
{
	if (whatif->has_diff)
		tune_diff_free(&whatif->diff);
	if (whatif->has_sweep)
		tune_sweep_free(&whatif->sweep);
	whatif->has_diff = whatif->has_sweep = false;
}

static void whatif_done(struct app *app, struct task *task)
{
	struct whatif_task *job = (struct whatif_task *)task;
	struct whatif *whatif = job->whatif;

	drop_figures(whatif);
	whatif->task = NULL;
	whatif->diff = job->diff;
	whatif->sweep = job->sweep;
	whatif->has_diff = job->has_diff;
	whatif->has_sweep = job->has_sweep;
	job->has_diff = job->has_sweep = false;
	memcpy(whatif->alone_lost, job->alone_lost, sizeof(whatif->alone_lost));
	memcpy(whatif->alone_gained, job->alone_gained, sizeof(whatif->alone_gained));
	whatif->elapsed_us = job->elapsed_us;
	job->ready(app, job->owner);
}

static void whatif_discard(struct task *task)
{
	struct whatif_task *job = (struct whatif_task *)task;

	if (job->has_diff)
		tune_diff_free(&job->diff);
	if (job->has_sweep)
		tune_sweep_free(&job->sweep);
	box_free(job->box);
	params_free(&job->draft);
	free(job);
}

void whatif_ask(struct app *app, struct whatif *whatif, const struct params *draft, enum parameter parameter,
	void *owner, void (*ready)(struct app *app, void *owner))
{
	struct whatif_task *job = xcalloc(1, sizeof(*job));

	if (whatif->task)
		atomic_store(&whatif->task->is_canceled, true);
	if (!whatif->box || whatif->box->results != app->results) {
		box_free(whatif->box);
		whatif->box = box_new(app);
	}
	atomic_fetch_add(&whatif->box->references, 1);
	job->task = (struct task){.run = whatif_run, .done = whatif_done, .discard = whatif_discard};
	job->whatif = whatif;
	job->box = whatif->box;
	params_copy(&job->draft, draft);
	job->parameter = parameter;
	job->rules = app->options.rules ? app->options.rules : 3;
	job->now = app->now;
	job->owner = owner;
	job->ready = ready;
	whatif->task = &job->task;
	worker_post(app->evaluator, &job->task);
}

void whatif_free(struct whatif *whatif)
{
	if (whatif->task)
		atomic_store(&whatif->task->is_canceled, true);
	drop_figures(whatif);
	box_free(whatif->box);
}
