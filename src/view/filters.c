/* Filters and the rows they keep. The rows are chosen on the scanner's thread, in slices, with progress, and a newer
 * wish cancels an older one. */
#include "filters.h"

#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "raretrail/detect.h"

void filters_free(struct filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		free(filters->items[i].text);
	filters->count = 0;
}

void filters_copy(struct filters *to, const struct filters *from)
{
	*to = *from;
	for (size_t i = 0; i < to->count; i++)
		to->items[i].text = xstrdup(from->items[i].text);
}

bool filters_active(const struct filters *filters)
{
	if (filters->is_off)
		return false;
	for (size_t i = 0; i < filters->count; i++)
		if (!filters->items[i].is_off)
			return true;
	return false;
}

void filters_format(const struct filters *filters, struct buf *out)
{
	bool is_first = true;

	buf_reserve(out, 1);
	for (size_t i = 0; i < filters->count; i++) {
		if (filters->items[i].is_off)
			continue;
		if (!is_first)
			buf_add_text(out, " & ");
		buf_add_text(out, filters->items[i].text);
		is_first = false;
	}
}

struct selection *selection_ref(struct selection *selection)
{
	atomic_fetch_add(&selection->references, 1);
	return selection;
}

void selection_free(struct selection *selection)
{
	if (!selection || atomic_fetch_sub(&selection->references, 1) > 1)
		return;
	store_free(selection->store);
	free(selection->bits);
	free(selection);
}

bool selection_has_any(const struct selection *selection, const struct row_list *rows)
{
	for (size_t i = 0; selection && i < rows->count; i++)
		if (selection_has(selection, rows->rows[i]))
			return true;
	return !selection;
}

/* ---- choosing rows ---- */

struct selection_task {
	struct task task;
	struct store *store;
	struct query *queries[FILTERS_MAX];
	bool is_off[FILTERS_MAX];
	uint64_t hits[FILTERS_MAX];
	size_t count;
	uint64_t version;
	struct selection *result;
};

#define SLICE_ROWS 65536

static void selection_run(struct task *task)
{
	struct selection_task *job = (struct selection_task *)task;
	struct query_plan *plans[FILTERS_MAX];
	uint32_t count = job->store->count;
	struct selection *selection = xcalloc(1, sizeof(*selection));

	atomic_init(&selection->references, 1);
	selection->store = store_ref(job->store);
	selection->version = job->version;
	selection->bits = xcalloc(count / 64 + 1, sizeof(*selection->bits));
	job->result = selection;
	for (size_t i = 0; i < job->count; i++)
		plans[i] = query_plan_new(job->queries[i], job->store);
	for (uint32_t first = 0; first < count && !atomic_load(&task->is_canceled); first += SLICE_ROWS) {
		uint32_t last = count - first < SLICE_ROWS ? count : first + SLICE_ROWS;

		for (uint32_t row = first; row < last; row++) {
			bool is_kept = true;

			for (size_t i = 0; i < job->count; i++) {
				bool matches = query_plan_match(plans[i], row);

				job->hits[i] += matches;
				is_kept = is_kept && (matches || job->is_off[i]);
			}
			if (is_kept) {
				selection->bits[row / 64] |= UINT64_C(1) << row % 64;
				selection->matched++;
			}
		}
		atomic_store(&task->progress, (unsigned)((uint64_t)last * 100 / count));
	}
	for (size_t i = 0; i < job->count; i++)
		query_plan_free(plans[i]);
}

static void selection_done(struct app *app, struct task *task)
{
	struct selection_task *job = (struct selection_task *)task;

	app->selecting = NULL;
	if (job->version != app->filters.version) {
		app->wants_selection = true;
		return;
	}
	for (size_t i = 0; i < job->count && i < app->filters.count; i++)
		app->filters.items[i].hits = job->hits[i];
	selection_free(app->selection);
	app->selection = job->result;
	job->result = NULL;
	if (app->selection->store != app->results->store)
		app->wants_selection = true;
	app_changed(app, CHANGED_SELECTION);
}

static void selection_discard(struct task *task)
{
	struct selection_task *job = (struct selection_task *)task;

	for (size_t i = 0; i < job->count; i++)
		query_free(job->queries[i]);
	selection_free(job->result);
	store_free(job->store);
	free(job);
}

void app_want_selection(struct app *app)
{
	app->filters.version++;
	app->wants_selection = true;
}

void selection_start(struct app *app)
{
	struct selection_task *job;

	if (app->selecting) {
		if (((struct selection_task *)app->selecting)->version == app->filters.version)
			return;
		atomic_store(&app->selecting->is_canceled, true);
		app->selecting = NULL;
	}
	app->wants_selection = false;
	if (!filters_active(&app->filters)) {
		selection_free(app->selection);
		app->selection = NULL;
		app_changed(app, CHANGED_SELECTION);
		return;
	}
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = selection_run, .done = selection_done, .discard = selection_discard};
	job->store = store_ref(app->results->store);
	job->version = app->filters.version;
	for (size_t i = 0; i < app->filters.count; i++) {
		struct err err;
		struct query *query = query_parse(app->filters.items[i].text, time_now(), &err);

		if (!query) { /* cannot happen for what filter_add took; then it keeps everything */
			query = query_parse("", 0, &err);
			app_fail(app, &err);
		}
		job->queries[i] = query;
		job->is_off[i] = app->filters.items[i].is_off;
		job->count++;
	}
	app->selecting = &job->task;
	worker_post(app->scanner, &job->task);
}

const struct selection *app_selection(const struct app *app)
{
	if (!app->selection || app->selection->store != app->results->store || !filters_active(&app->filters))
		return NULL;
	return app->selection;
}

void term_format(struct buf *out, enum event_field field, struct slice value)
{
	struct buf term = BUF_EMPTY;
	const char *name;

	query_format_term(&term, field, value);
	name = strstr(term.data, event_fields[field].name);
	if (name && (size_t)(name - term.data) <= strlen("not ")) {
		buf_add(out, term.data, (size_t)(name - term.data));
		buf_add_text(out, event_fields[field].alias);
		buf_add_text(out, name + strlen(event_fields[field].name));
	} else {
		buf_add(out, term.data, term.length);
	}
	buf_free(&term);
}

void term_and(struct buf *query, enum event_field field, struct slice value)
{
	if (query->length)
		buf_add_text(query, " and ");
	term_format(query, field, value);
}

/* ---- changing ---- */

int filter_add(struct app *app, const char *text, struct err *err)
{
	struct query *query;
	char what[96];

	if (!*text)
		return 0;
	query = query_parse(text, time_now(), err);
	if (!query)
		return -1;
	query_free(query);
	for (size_t i = 0; i < app->filters.count; i++) {
		if (strcmp(app->filters.items[i].text, text) != 0)
			continue;
		if (app->filters.is_off || app->filters.items[i].is_off) {
			undo_push(app, UNDO_FILTERS, "filter on");
			app->filters.is_off = app->filters.items[i].is_off = false;
			app_want_selection(app);
		}
		return 0;
	}
	if (app->filters.count == FILTERS_MAX)
		return err_set(
			err, ERR_LIMIT, "there are %d filters already; f lists them, d there deletes one", FILTERS_MAX);
	snprintf(what, sizeof(what), "filter %s", text);
	undo_push(app, UNDO_FILTERS, what);
	app->filters.items[app->filters.count++] =
		(struct filter){.text = xstrdup(text), .is_off = false, .hits = UINT64_MAX};
	app->filters.is_off = false;
	app_want_selection(app);
	return 0;
}

void filter_remove(struct app *app, size_t index)
{
	struct filters *filters = &app->filters;

	if (index >= filters->count)
		return;
	undo_push(app, UNDO_FILTERS, "delete filter");
	free(filters->items[index].text);
	memmove(&filters->items[index], &filters->items[index + 1],
		(filters->count - index - 1) * sizeof(filters->items[0]));
	filters->count--;
	app_want_selection(app);
}

void filter_toggle(struct app *app, size_t index)
{
	if (index != SIZE_MAX && index >= app->filters.count)
		return;
	if (index == SIZE_MAX) { /* no step of undo: the same key takes it back */
		app->filters.is_off = !app->filters.is_off;
	} else {
		undo_push(app, UNDO_FILTERS, "filter on or off");
		app->filters.items[index].is_off = !app->filters.items[index].is_off;
	}
	app_want_selection(app);
}
