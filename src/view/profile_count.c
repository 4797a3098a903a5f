/* The counting behind the profile: see profile_count.h. */
#include "profile_count.h"

#include <stdlib.h>

#include "app.h"

const enum event_field profile_fields[PROFILE_PANES] = {FIELD_AS_ORG, FIELD_ACTION, FIELD_SOURCE_ADDRESS,
	FIELD_ERROR_CODE, FIELD_USER_AGENT, FIELD_CLOUD_REGION, FIELD_ACCESS_KEY, FIELD_COUNTRY_NAME};

struct profile_task {
	struct task task;
	void *owner;
	void (*ready)(void *owner, struct profile_counts *counts);
	struct selection *selection;
	char *user, *type;
	uint32_t picked[PROFILE_PANES];
	bool is_picked[PROFILE_PANES];
	struct profile_counts counts;
};

/* Rows that pass the picks of every pane but `except`: so a pane shows what else could be picked in it. */
static size_t rows_for_pane(
	const struct profile_task *job, const uint32_t *rows, size_t count, unsigned except, uint32_t *out)
{
	const struct store *store = job->counts.results->store;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_kept = true;

		for (unsigned p = 0; p < PROFILE_PANES && is_kept; p++)
			if (job->is_picked[p] && p != except)
				is_kept = store_value(store, profile_fields[p], rows[i]) == job->picked[p];
		if (is_kept)
			out[kept++] = rows[i];
	}
	return kept;
}

static void profile_run(struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;
	struct profile_counts *counts = &job->counts;
	const struct results *results = counts->results;
	const struct store *store = results->store;
	struct slice type = job->type ? slice_of(job->type) : (struct slice){0};
	size_t count;
	uint32_t *rows =
		user_rows(store, slice_of(job->user), type, job->selection ? job->selection->bits : NULL, &count);
	uint32_t *part = xcalloc(count + 1, sizeof(*part));

	counts->events = count;
	counts->first = count ? store->timestamp[rows[0]] : TIME_NONE;
	counts->last = count ? store->timestamp[rows[count - 1]] : TIME_NONE;
	counts->account = count ? store_value(store, FIELD_ACCOUNT_ID, rows[count - 1]) : 0;
	counts->matched = rows_for_pane(job, rows, count, PROFILE_PANES, part);
	for (size_t i = 0; i < counts->matched; i++) {
		int64_t when = store->timestamp[part[i]], hours = time_floor(when, HOUR_MS) / HOUR_MS;
		int64_t days = time_floor(when, DAY_MS) / DAY_MS;
		double span = (double)(counts->last - counts->first + 1);

		counts->errors += row_failed(results, part[i]);
		counts->weeks[((days + 3) % 7 + 7) % 7][hours - days * 24]++;
		counts->activity[(size_t)((double)(when - counts->first) / span * PROFILE_SLICES)]++;
	}
	for (unsigned p = 0; p < PROFILE_PANES && !atomic_load(&task->is_canceled); p++) {
		size_t kept = rows_for_pane(job, rows, count, p, part);

		counts->tallies[p] = tally_make(store, results->failed, profile_fields[p], part, kept);
	}
	free(part);
	free(rows);
}

static void profile_done(struct app *app, struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;

	(void)app;
	job->ready(job->owner, &job->counts);
	job->counts = (struct profile_counts){0};
}

void profile_counts_free(struct profile_counts *counts)
{
	for (unsigned p = 0; p < PROFILE_PANES; p++)
		tally_free(&counts->tallies[p]);
	results_free(counts->results);
}

static void profile_discard(struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;

	profile_counts_free(&job->counts);
	selection_free(job->selection);
	free(job->user);
	free(job->type);
	free(job);
}

struct task *profile_count(struct app *app, const char *user, const char *type, char *const picked[PROFILE_PANES],
	void *owner, void (*ready)(void *owner, struct profile_counts *counts))
{
	struct profile_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = profile_run, .done = profile_done, .discard = profile_discard};
	job->owner = owner;
	job->ready = ready;
	job->counts.results = results_ref(app->results);
	job->selection = app_selection(app) ? selection_ref(app->selection) : NULL;
	job->user = xstrdup(user);
	job->type = type ? xstrdup(type) : NULL;
	for (unsigned p = 0; p < PROFILE_PANES; p++) {
		job->is_picked[p] = picked[p] != NULL;
		if (picked[p] && *picked[p])
			job->picked[p] = dict_find(app->results->store->strings, slice_of(picked[p]));
	}
	worker_post(app->scanner, &job->task);
	return &job->task;
}
