/* Counting what allowlist entries do: see allow_figures.h. */
#include "allow_figures.h"

#include <stdlib.h>

#include "app.h"

void allow_entry_copy(struct allow_entry *to, const struct allow_entry *from)
{
	*to = *from;
	to->match = from->match ? xstrdup(from->match) : NULL;
	to->reason = from->reason ? xstrdup(from->reason) : NULL;
	to->author = from->author ? xstrdup(from->author) : NULL;
}

void allow_entry_drop(struct allow_entry *entry)
{
	free(entry->match);
	free(entry->reason);
	free(entry->author);
	*entry = (struct allow_entry){.expires = TIME_NONE};
}

static struct allow_line *lines_of(const struct app *app, size_t *count)
{
	size_t entry_count;
	const struct allow_entry *entries = case_allowlist(app->verdicts.casefile, &entry_count);
	const struct string_list *own = &case_base(app)->rare_as.trusted;
	struct allow_line *lines = xcalloc(own->count + entry_count + 1, sizeof(*lines));

	*count = 0;
	for (size_t i = 0; i < own->count; i++) {
		struct allow_entry entry = {.kind = ALLOW_ORGANIZATION,
			.match = own->items[i],
			.rules = 1U << RULE_RARE_AS,
			.reason = (char *)(uintptr_t) "trusted by the rule",
			.author = (char *)(uintptr_t) "rule",
			.expires = TIME_NONE,
			.is_on = true};

		allow_entry_copy(&lines[*count].entry, &entry);
		lines[(*count)++].is_own = true;
	}
	for (size_t i = 0; i < entry_count; i++)
		allow_entry_copy(&lines[(*count)++].entry, &entries[i]);
	return lines;
}

static void lines_free(struct allow_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		allow_entry_drop(&lines[i].entry);
	free(lines);
}

struct allow_task {
	struct task task;
	struct allow_figures *figures;
	struct results *results;
	struct params base;
	struct allow_line *lines;
	size_t count;
	struct allow_line candidate;
	bool has_diff;
	struct tune_diff diff;
	unsigned rules;
	int64_t now;
	void *owner;
	void (*ready)(struct app *app, void *owner);
};

static void allow_run(struct task *task)
{
	struct allow_task *job = (struct allow_task *)task;
	const struct results *results = job->results;
	struct tune_setup setup = {.store = results->store,
		.rare_as = results->engines->rare_as,
		.rare_method = results->engines->rare_method,
		.rules = job->rules,
		.now = job->now};
	struct tune *tune = tune_new(&setup, &results->params);
	struct allow_entry *entries = xcalloc(job->count + 1, sizeof(*entries));
	size_t entry_count = 0;

	for (size_t i = 0; i < job->count; i++)
		if (!job->lines[i].is_own)
			entries[entry_count++] = job->lines[i].entry;
	for (size_t i = 0; i < job->count && !atomic_load(&task->is_canceled); i++) {
		struct allow_line *line = &job->lines[i];
		struct tune_diff diff;

		line->hits = allow_hits(results->store, &line->entry);
		if (!line->is_own) {
			allow_effect(tune, &job->base, entries, entry_count, &line->entry, time_now(), &diff);
			line->silenced = diff.total.lost;
			tune_diff_free(&diff);
		}
		line->has_figures = true;
	}
	if (job->candidate.entry.match) {
		job->candidate.hits = allow_hits(results->store, &job->candidate.entry);
		allow_effect(tune, &job->base, entries, entry_count, &job->candidate.entry, time_now(), &job->diff);
		job->candidate.silenced = job->diff.total.lost;
		job->candidate.has_figures = true;
		job->has_diff = true;
	}
	free(entries);
	tune_free(tune);
}

static void take(struct allow_figures *figures, struct allow_task *job)
{
	lines_free(figures->lines, figures->count);
	allow_entry_drop(&figures->candidate.entry);
	if (figures->has_diff)
		tune_diff_free(&figures->diff);
	results_free(figures->results);
	figures->lines = job->lines;
	figures->count = job->count;
	figures->candidate = job->candidate;
	figures->has_diff = job->has_diff;
	figures->diff = job->diff;
	figures->results = results_ref(job->results);
	job->lines = NULL;
	job->count = 0;
	job->candidate.entry = (struct allow_entry){0};
	job->has_diff = false;
}

static void allow_done(struct app *app, struct task *task)
{
	struct allow_task *job = (struct allow_task *)task;
	struct case_lookup lookup = {app->verdicts.casefile, job->results->store};

	job->figures->task = NULL;
	take(job->figures, job);
	if (job->figures->has_diff)
		tune_judge(&job->figures->diff, case_verdict, &lookup);
	job->ready(app, job->owner);
}

static void allow_discard(struct task *task)
{
	struct allow_task *job = (struct allow_task *)task;

	lines_free(job->lines, job->count);
	allow_entry_drop(&job->candidate.entry);
	if (job->has_diff)
		tune_diff_free(&job->diff);
	params_free(&job->base);
	results_free(job->results);
	free(job);
}

void allow_figures_ask(struct app *app, struct allow_figures *figures, const struct allow_entry *candidate, void *owner,
	void (*ready)(struct app *app, void *owner))
{
	struct allow_task *job = xcalloc(1, sizeof(*job));

	if (figures->task)
		atomic_store(&figures->task->is_canceled, true);
	job->task = (struct task){.run = allow_run, .done = allow_done, .discard = allow_discard};
	job->figures = figures;
	job->results = results_ref(app->results);
	params_copy(&job->base, case_base(app));
	job->lines = lines_of(app, &job->count);
	if (candidate)
		allow_entry_copy(&job->candidate.entry, candidate);
	job->rules = app->options.rules ? app->options.rules : 3;
	job->now = app->now;
	job->owner = owner;
	job->ready = ready;
	/* The entries are shown at once; their figures follow. */
	if (figures->count != job->count || !figures->lines) {
		lines_free(figures->lines, figures->count);
		figures->lines = lines_of(app, &figures->count);
	}
	figures->task = &job->task;
	worker_post(app->evaluator, &job->task);
}

void allow_figures_free(struct allow_figures *figures)
{
	if (figures->task)
		atomic_store(&figures->task->is_canceled, true);
	lines_free(figures->lines, figures->count);
	allow_entry_drop(&figures->candidate.entry);
	if (figures->has_diff)
		tune_diff_free(&figures->diff);
	results_free(figures->results);
	*figures = (struct allow_figures){0};
}
