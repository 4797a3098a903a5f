/* The counting behind the timeline: see timeline_count.h. */
#include "timeline_count.h"

#include <stdlib.h>

#include "app.h"

static const enum event_field split_fields[SPLIT_COUNT] = {
	FIELD_COUNT, FIELD_USER_NAME, FIELD_AS_ORG, FIELD_CLOUD_REGION, FIELD_ERROR_CODE};

struct count_task {
	struct task task;
	void *owner;
	void (*ready)(void *owner, struct counted *counted);
	struct results *results;
	struct selection *selection;
	enum split split;
	struct counted counted;
};

/* The values that get a row of their own: the most frequent ones over the stretch. */
static unsigned main_values(struct count_task *job, uint32_t first, uint32_t last, uint32_t out[ROWS_MAX])
{
	const struct store *store = job->results->store;
	enum event_field field = split_fields[job->split];
	uint32_t entries = store->dimensions[event_fields[field].dimension].count,
		 values = dict_count(store->strings) + 1;
	uint32_t *counts = xcalloc(values, sizeof(*counts));
	uint32_t *per_entry = xcalloc(entries + 1, sizeof(*per_entry));
	unsigned found = 0;

	for (uint32_t row = first; row < last; row++)
		if (!job->selection || selection_has(job->selection, row))
			per_entry[store->entry[event_fields[field].dimension][row]]++;
	for (uint32_t e = 0; e < entries; e++)
		counts[store_entry_value(store, field, e)] += per_entry[e];
	while (found < ROWS_MAX - 2) {
		uint32_t best = 0;

		for (uint32_t v = 1; v < values; v++)
			if (counts[v] > counts[best] || (best == 0 && counts[v]))
				best = v;
		if (best == 0 || counts[best] == 0)
			break;
		out[found++] = best;
		counts[best] = 0;
	}
	free(counts);
	free(per_entry);
	return found;
}

static void count_run(struct task *task)
{
	struct count_task *job = (struct count_task *)task;
	const struct results *results = job->results;
	const struct store *store = results->store;
	struct counted *counted = &job->counted;
	uint32_t first = store_lower_bound(store, counted->first);
	uint32_t last = store_lower_bound(store, counted->first + counted->step * counted->cells);
	uint32_t main[ROWS_MAX] = {0};
	unsigned rows = 1;

	counted->labels[0] = xstrdup("all");
	if (job->split == SPLIT_BY_TRUST) {
		counted->labels[1] = xstrdup("trusted");
		counted->labels[2] = xstrdup("rare-AS");
		counted->labels[3] = xstrdup("errors");
		rows = 4;
	} else {
		unsigned found = main_values(job, first, last, main);

		for (unsigned i = 0; i < found; i++) {
			struct slice text = store_string(store, main[i]);

			counted->labels[rows++] = xasprintf("%.*s", (int)text.length, text.data);
		}
	}
	for (uint32_t row = first; row < last; row++) {
		int cell = (int)((store->timestamp[row] - counted->first) / counted->step);

		if (row % 65536 == 0 && atomic_load(&task->is_canceled))
			return;
		if (job->selection && !selection_has(job->selection, row))
			continue;
		counted->values[0][cell]++;
		if (job->split == SPLIT_BY_TRUST) {
			uint8_t trust = results->trust[store->entry[DIMENSION_SOURCE][row]];

			counted->values[1][cell] += trust == 1;
			counted->values[2][cell] += trust == 2;
			counted->values[3][cell] += row_failed(results, row);
		} else {
			uint32_t value = store_value(store, split_fields[job->split], row);

			for (unsigned i = 1; i < rows; i++)
				counted->values[i][cell] += value == main[i - 1];
		}
	}
	counted->labels[rows] = xstrdup("alerts");
	for (size_t i = 0; i < results->alerts.count; i++) {
		int64_t at = results->views[i].seen - counted->first;

		if (at >= 0 && at < counted->step * counted->cells &&
			selection_has_any(job->selection, &results->views[i].evidence))
			counted->values[rows][at / counted->step]++;
	}
	counted->rows = rows + 1;
	for (unsigned r = 0; r < counted->rows; r++)
		for (int c = 0; c < counted->cells; c++)
			counted->totals[r] += counted->values[r][c];
}

void counted_free(struct counted *counted)
{
	for (unsigned r = 0; r < ROWS_MAX; r++) {
		free(counted->labels[r]);
		counted->labels[r] = NULL;
	}
}

static void count_discard(struct task *task)
{
	struct count_task *job = (struct count_task *)task;

	counted_free(&job->counted);
	results_free(job->results);
	selection_free(job->selection);
	free(job);
}

static void count_done(struct app *app, struct task *task)
{
	struct count_task *job = (struct count_task *)task;

	(void)app;
	job->ready(job->owner, &job->counted);
	memset(job->counted.labels, 0, sizeof(job->counted.labels));
}

struct task *timeline_count(struct app *app, enum split split, int64_t first, int64_t step, int cells, void *owner,
	void (*ready)(void *owner, struct counted *counted))
{
	struct count_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = count_run, .done = count_done, .discard = count_discard};
	job->owner = owner;
	job->ready = ready;
	job->results = results_ref(app->results);
	job->selection = app_selection(app) ? selection_ref(app->selection) : NULL;
	job->split = split;
	job->counted.first = first;
	job->counted.step = step;
	job->counted.cells = cells;
	worker_post(app->scanner, &job->task);
	return &job->task;
}
