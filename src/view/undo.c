/* The one undo of the session: see undo.h. */
#include "undo.h"

#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "raretrail/tune.h"
#include "reach.h"

static void step_free(struct undo_step *step)
{
	if (step->kind == UNDO_FILTERS)
		filters_free(&step->filters);
	if (step->kind == UNDO_DRAFT)
		params_free(&step->draft);
	free(step->preset);
	free(step->text);
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
	if (kind == UNDO_DRAFT)
		params_copy(&step->draft, tune_draft(app));
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

void undo_push_preset(struct app *app, const char *name, char *text, const char *what)
{
	struct undo_step *step;

	undo_push(app, UNDO_PRESET, what);
	step = app->undo.steps[app->undo.done - 1];
	step->preset = xstrdup(name);
	step->text = text;
}

/* The file as it was; what it is now is kept for the other way. */
static bool swap_preset(struct app *app, struct undo_step *step, struct err *err)
{
	char *now = NULL;

	if (preset_delete(step->preset, &now, err) != 0 && !step->text)
		return false;
	if (step->text && preset_restore(step->preset, step->text, err) != 0) {
		free(now);
		return false;
	}
	free(step->text);
	step->text = now;
	app_changed(app, CHANGED_CASE);
	return true;
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
	if (step->kind == UNDO_DRAFT) {
		struct params now;

		params_copy(&now, tune_draft(app));
		tune_take_draft(app, &step->draft);
		params_free(&step->draft);
		step->draft = now;
		return true;
	}
	if (step->kind == UNDO_PRESET)
		return swap_preset(app, step, err);
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
