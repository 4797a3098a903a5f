/* The strip of time under the alerts: counted on the scanner's thread for the width it was last drawn in. */
#include "strip.h"

#include <stdlib.h>

#include "app.h"

struct strip_task {
	struct task task;
	struct results *results;
	struct selection *selection;
	struct strip *strip; /* owner */
	struct strip counted;
};

static int cell_of(const struct strip *strip, int64_t when)
{
	double part;

	if (strip->last <= strip->first)
		return 0;
	part = (double)(when - strip->first) / (double)(strip->last - strip->first + 1);
	return part < 0 ? 0 : part >= 1 ? strip->cells - 1 : (int)(part * strip->cells);
}

static void strip_run(struct task *task)
{
	struct strip_task *job = (struct strip_task *)task;
	const struct results *results = job->results;
	const struct store *store = results->store;
	struct strip *strip = &job->counted;

	if (store->count == 0)
		return;
	strip->first = store->timestamp[0];
	strip->last = store->timestamp[store->count - 1];
	for (uint32_t row = 0; row < store->count; row++) {
		int cell;

		if (row % 65536 == 0 && atomic_load(&task->is_canceled))
			return;
		if (job->selection && !selection_has(job->selection, row))
			continue;
		cell = cell_of(strip, store->timestamp[row]);
		strip->events[cell]++;
		strip->errors[cell] += row_failed(results, row);
		strip->rare[cell] += results->trust[store->entry[DIMENSION_SOURCE][row]] == 2;
	}
	for (size_t i = 0; i < results->alerts.count; i++)
		if (selection_has_any(job->selection, &results->views[i].evidence))
			strip->alerts[cell_of(strip, results->views[i].seen)]++;
}

static void strip_done(struct app *app, struct task *task)
{
	struct strip_task *job = (struct strip_task *)task;

	(void)app;
	job->counted.task = NULL;
	job->counted.wanted = job->strip->wanted;
	*job->strip = job->counted;
}

static void strip_discard(struct task *task)
{
	struct strip_task *job = (struct strip_task *)task;

	results_free(job->results);
	selection_free(job->selection);
	free(job);
}

void strip_want(struct app *app, struct strip *strip)
{
	(void)app;
	strip->wanted = 1;
}

static void strip_start(struct app *app, struct strip *strip, int cells)
{
	struct strip_task *job = xcalloc(1, sizeof(*job));

	if (strip->task)
		atomic_store(&strip->task->is_canceled, true);
	job->task = (struct task){.run = strip_run, .done = strip_done, .discard = strip_discard};
	job->results = results_ref(app->results);
	job->selection = app_selection(app) ? selection_ref(app->selection) : NULL;
	job->strip = strip;
	job->counted.cells = cells;
	strip->task = &job->task;
	strip->wanted = 0;
	worker_post(app->scanner, &job->task);
}

static void line(struct pane pane, int y, const char *label, const double *values, int cells, enum ui_role role)
{
	draw_printf(pane, y, 1, ROLE_DIM, "%s", label);
	draw_spark(pane, y, 9, values, (size_t)cells, 0, role);
}

void strip_draw(struct app *app, struct strip *strip, struct pane pane, int64_t cursor)
{
	int cells = pane.width - 11 < STRIP_CELLS ? pane.width - 11 : STRIP_CELLS, y = 0;
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

	if (cells < 8 || app->results->store->count == 0)
		return;
	if (strip->cells != cells || strip->wanted)
		if (!strip->task || strip->wanted)
			strip_start(app, strip, cells);
	if (strip->cells != cells)
		return;
	if (pane.height >= 6) {
		line(pane, y++, "events", strip->events, cells, ROLE_CHART_1);
		line(pane, y++, "rare-AS", strip->rare, cells, ROLE_CHART_3);
		line(pane, y++, "errors", strip->errors, cells, ROLE_CHART_4);
	} else {
		line(pane, y++, "events", strip->events, cells, ROLE_CHART_1);
	}
	line(pane, y++, "alerts", strip->alerts, cells, ROLE_CHART_5);
	draw_printf(pane, y, 9, ROLE_DIM, "%s", app_time(app, strip->first, TIME_HOUR, from));
	draw_printf(pane, y, 9 + cells - (int)strlen(app_time(app, strip->last, TIME_HOUR, to)), ROLE_DIM, "%s", to);
	if (cursor != TIME_NONE && cursor >= strip->first && cursor <= strip->last) {
		int cell = cell_of(strip, cursor);

		draw_overlay(pane_part(pane, 0, 9 + cell, y, 1), ROLE_CHART_CURSOR);
		if (cell > (int)strlen(from) && cell < cells - (int)strlen(to) - 1) /* the dates stay readable */
			draw_printf(pane, y, 9 + cell, ROLE_CHART_CURSOR, "^");
	}
}

void strip_free(struct strip *strip)
{
	if (strip->task)
		atomic_store(&strip->task->is_canceled, true);
}
