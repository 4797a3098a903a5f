/* The one undo of the session: see undo.h. */
#include "undo.h"

#include <stdio.h>
#include <stdlib.h>

#include "app.h"

static void step_free(struct undo_step *step)
{
	if (step->kind == UNDO_FILTERS)
		filters_free(&step->filters);
	free(step);
}

static void forget_from(struct undo *undo, size_t first)
{
	for (size_t i = first; i < undo->count; i++)
		step_free(undo->steps[i]);
	undo->count = first;
}

void undo_push(struct app *app, enum undo_kind kind, const char *what)
{
	struct undo *undo = &app->undo;
	struct undo_step *step = xcalloc(1, sizeof(*step));

	forget_from(undo, undo->done);
	if (undo->count == UNDO_MAX) {
		step_free(undo->steps[0]);
		memmove(&undo->steps[0], &undo->steps[1], (UNDO_MAX - 1) * sizeof(undo->steps[0]));
		undo->count--;
	}
	step->kind = kind;
	snprintf(step->what, sizeof(step->what), "%s", what);
	if (kind == UNDO_FILTERS)
		filters_copy(&step->filters, &app->filters);
	undo->steps[undo->count++] = step;
	undo->done = undo->count;
}

void undo_push_width(struct app *app, size_t choice, const char *title, bool is_one_step)
{
	struct undo *undo = &app->undo;
	const struct undo_step *last = undo->done ? undo->steps[undo->done - 1] : NULL;
	char what[sizeof(last->what)];

	if (is_one_step && undo->done == undo->count && last && last->kind == UNDO_WIDTH && last->choice == choice)
		return;
	snprintf(what, sizeof(what), "width of column %s", title);
	undo_push(app, UNDO_WIDTH, what);
	undo->steps[undo->done - 1]->choice = choice;
	undo->steps[undo->done - 1]->cells = app->widths.items[choice].cells;
}

static bool swap(struct app *app, struct undo_step *step, bool is_redo, struct err *err)
{
	if (step->kind == UNDO_FILTERS) {
		struct filters now = app->filters;

		app->filters = step->filters;
		step->filters = now;
		app_want_selection(app);
		return true;
	}
	if (step->kind == UNDO_WIDTH) {
		int now = app->widths.items[step->choice].cells;

		app->widths.items[step->choice].cells = step->cells;
		step->cells = now;
		return true;
	}
	return verdicts_undo(app, is_redo, err) == 0;
}

unsigned undo_take(struct app *app, bool is_redo)
{
	struct undo *undo = &app->undo;
	struct undo_step *step;
	struct err err;

	if (!is_redo && undo->done == 0 && case_can_undo(app->verdicts.casefile)) { /* from an earlier session */
		if (verdicts_undo(app, false, &err) != 0)
			app_fail(app, &err);
		else
			app_say(app, MESSAGE_INFO, "undone: the last entry of the case");
		return UI_REDRAW;
	}
	if (is_redo ? undo->done == undo->count : undo->done == 0) {
		app_say(app, MESSAGE_INFO, is_redo ? "nothing to redo" : "nothing to undo");
		return UI_REDRAW;
	}
	step = undo->steps[is_redo ? undo->done : undo->done - 1];
	if (!swap(app, step, is_redo, &err)) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	if (is_redo)
		undo->done++;
	else
		undo->done--;
	app_say(app, MESSAGE_INFO, "%s: %s", is_redo ? "done again" : "undone", step->what);
	return UI_REDRAW;
}

void undo_free(struct undo *undo)
{
	forget_from(undo, 0);
	undo->done = 0;
}
