/* Choosing and sorting rows beside the frame: see rows.h. */
#include "rows.h"

#include <stdlib.h>

#include "app.h"

struct rows_task {
	struct task task;
	struct store *store;
	struct selection *selection;
	struct query *query;
	uint32_t *given;
	size_t given_count;
	enum event_field sort;
	bool is_descending;
	unsigned context;

	struct row_set *set;
	void *owner;
	void (*ready)(struct app *app, void *owner);
	uint32_t *rows;
	uint64_t *is_context;
	size_t count;
};

static bool is_kept(const struct rows_task *job, const struct query_plan *plan, uint32_t row)
{
	return (!job->selection || selection_has(job->selection, row)) && (!plan || query_plan_match(plan, row));
}

static void choose(struct rows_task *job)
{
	const struct query_plan *plan = job->query ? query_plan_new(job->query, job->store) : NULL;
	size_t candidates = job->given ? job->given_count : job->store->count;
	uint32_t *rows;

	if (!job->given && !job->selection && !plan) {
		job->count = job->store->count;
		return;
	}
	rows = xcalloc(candidates + 1, sizeof(*rows));
	for (size_t i = 0; i < candidates; i++) {
		uint32_t row = job->given ? job->given[i] : (uint32_t)i;

		if (i % 65536 == 0) {
			if (atomic_load(&job->task.is_canceled))
				break;
			atomic_store(&job->task.progress, (unsigned)(i * 100 / candidates));
		}
		if (is_kept(job, plan, row))
			rows[job->count++] = row;
	}
	job->rows = xreallocarray(rows, job->count + 1, sizeof(*rows));
	if (plan)
		query_plan_free((struct query_plan *)(uintptr_t)plan);
}

/* Rows around the chosen ones, marked as such. */
static void add_context(struct rows_task *job)
{
	size_t words = job->store->count / 64 + 1, out = 0;
	uint64_t *chosen = xcalloc(words, sizeof(*chosen)), *shown = xcalloc(words, sizeof(*shown));
	size_t total = 0;
	uint32_t *rows;

	for (size_t i = 0; i < job->count; i++) {
		uint32_t row = job->rows[i], first = row > job->context ? row - job->context : 0;
		uint32_t last = job->store->count - row > job->context ? row + job->context : job->store->count - 1;

		chosen[row / 64] |= UINT64_C(1) << row % 64;
		for (uint32_t r = first; r <= last; r++)
			shown[r / 64] |= UINT64_C(1) << r % 64;
	}
	for (size_t i = 0; i < words; i++)
		total += (size_t)__builtin_popcountll(shown[i]);
	rows = xcalloc(total + 1, sizeof(*rows));
	job->is_context = xcalloc(total / 64 + 1, sizeof(*job->is_context));
	for (uint32_t row = 0; row < job->store->count; row++) {
		if (!(shown[row / 64] >> row % 64 & 1))
			continue;
		if (!(chosen[row / 64] >> row % 64 & 1))
			job->is_context[out / 64] |= UINT64_C(1) << out % 64;
		rows[out++] = row;
	}
	free(job->rows);
	free(chosen);
	free(shown);
	job->rows = rows;
	job->count = out;
}

struct ranked {
	struct slice text;
	uint32_t entry;
};

static int by_text(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int order = slice_compare(a->text, b->text);

	return order ? order : a->entry < b->entry ? -1 : 1;
}

/* A counting sort over the ranks of the field's values: stable, so rows of one value stay in time order. */
static void sort_by_field(struct rows_task *job)
{
	const struct store *store = job->store;
	enum event_dimension dimension = event_fields[job->sort].dimension;
	uint32_t entries = store->dimensions[dimension].count, rank = 0;
	struct ranked *ranked = xcalloc(entries + 1, sizeof(*ranked));
	uint32_t *rank_of = xcalloc(entries + 1, sizeof(*rank_of));
	uint32_t *start, *sorted = xcalloc(job->count + 1, sizeof(*sorted));

	for (uint32_t e = 0; e < entries; e++)
		ranked[e] = (struct ranked){store_string(store, store_entry_value(store, job->sort, e)), e};
	qsort(ranked, entries, sizeof(*ranked), by_text);
	for (uint32_t i = 0; i < entries; i++) {
		if (i > 0 && !slice_equals(ranked[i].text, ranked[i - 1].text))
			rank++;
		rank_of[ranked[i].entry] = rank;
	}
	start = xcalloc(rank + 2, sizeof(*start));
	for (size_t i = 0; i < job->count; i++)
		start[rank_of[store->entry[dimension][job->rows ? job->rows[i] : i]] + 1]++;
	for (uint32_t r = 0; r <= rank; r++)
		start[r + 1] += start[r];
	for (size_t i = 0; i < job->count; i++) {
		uint32_t row = job->rows ? job->rows[i] : (uint32_t)i;

		sorted[start[rank_of[store->entry[dimension][row]]]++] = row;
	}
	free(ranked);
	free(rank_of);
	free(start);
	free(job->rows);
	job->rows = sorted;
}

static void turn_round(struct rows_task *job)
{
	if (!job->rows) {
		job->rows = xcalloc(job->count + 1, sizeof(*job->rows));
		for (size_t i = 0; i < job->count; i++)
			job->rows[i] = (uint32_t)i;
	}
	for (size_t i = 0; i < job->count / 2; i++) {
		uint32_t row = job->rows[i];

		job->rows[i] = job->rows[job->count - 1 - i];
		job->rows[job->count - 1 - i] = row;
	}
}

static void rows_run(struct task *task)
{
	struct rows_task *job = (struct rows_task *)task;

	choose(job);
	if (job->context && job->rows && job->sort == FIELD_COUNT && !job->is_descending)
		add_context(job);
	if (job->sort != FIELD_COUNT)
		sort_by_field(job);
	if (job->is_descending)
		turn_round(job);
}

static void drop_store(void *store)
{
	store_free(store);
}

static void rows_done(struct app *app, struct task *task)
{
	struct rows_task *job = (struct rows_task *)task;
	struct row_set *set = job->set;

	free(set->rows);
	free(set->is_context);
	worker_drop(app->scanner, drop_store, set->store);
	*set = (struct row_set){
		.store = job->store, .rows = job->rows, .is_context = job->is_context, .count = job->count};
	job->store = NULL;
	job->rows = NULL;
	job->is_context = NULL;
	job->ready(app, job->owner);
}

static void rows_discard(struct task *task)
{
	struct rows_task *job = (struct rows_task *)task;

	store_free(job->store);
	selection_free(job->selection);
	query_free(job->query);
	free(job->given);
	free(job->rows);
	free(job->is_context);
	free(job);
}

void row_set_wish(struct app *app, struct row_set *set, const struct row_wish *wish, void *owner,
	void (*ready)(struct app *app, void *owner))
{
	struct rows_task *job = xcalloc(1, sizeof(*job));
	struct err err;

	if (set->task)
		atomic_store(&set->task->is_canceled, true);
	job->task = (struct task){.run = rows_run, .done = rows_done, .discard = rows_discard};
	job->store = store_ref(app->results->store);
	if (!wish->ignores_filters && app_selection(app))
		job->selection = selection_ref(app->selection);
	if (wish->query)
		job->query = query_parse(wish->query, time_now(), &err);
	if (wish->rows) {
		job->given = xcalloc(wish->row_count + 1, sizeof(*job->given));
		memcpy(job->given, wish->rows, wish->row_count * sizeof(*job->given));
		job->given_count = wish->row_count;
	}
	job->sort = wish->sort;
	job->is_descending = wish->is_descending;
	job->context = wish->context;
	job->set = set;
	job->owner = owner;
	job->ready = ready;
	set->task = &job->task;
	worker_post(app->scanner, &job->task);
}

void row_set_free(struct row_set *set)
{
	if (set->task)
		atomic_store(&set->task->is_canceled, true);
	free(set->rows);
	free(set->is_context);
	store_free(set->store);
	*set = (struct row_set){0};
}

/* First position at or after a time; the set must be in time order. */
size_t row_set_at_time(const struct row_set *set, int64_t time_ms)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->store->timestamp[row_set_at(set, middle)] < time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t row_set_find(const struct row_set *set, uint32_t file, uint64_t offset, int64_t time_ms)
{
	size_t first = 0, last = set->count;

	/* In time order only the rows of that instant are looked at; else at most a bounded number. */
	if (time_ms != TIME_NONE) {
		first = row_set_at_time(set, time_ms);
		last = row_set_at_time(set, time_ms + 1);
	} else if (last > 100000) {
		last = 100000;
	}
	for (size_t i = first; i < last; i++) {
		uint32_t row = row_set_at(set, i);

		if (set->store->file[row] == file && set->store->offset[row] == offset)
			return i;
	}
	return first < set->count ? first : 0;
}
