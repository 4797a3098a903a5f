/* Presets: parameters under a name. The one under the cursor is compared with what is applied: which parameters it changes,
 * which alerts that would lose and gain; Enter makes it the draft, i keeps the draft as one more. */
#include <stdio.h>
#include <stdlib.h>

#include "alert_doc.h"
#include "commands.h"
#include "draft.h"
#include "say.h"
#include "whatif.h"

enum { COL_NAME, COL_FROM, COL_CHANGES, COL_ABOUT, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_NAME] = {.title = "PRESET", .width = 20, .width_min = 10, .grow = 1},
	[COL_FROM] = {.title = "FROM", .width = 7, .priority = 2},
	[COL_CHANGES] = {.title = "CHANGES", .width = 9, .align = ALIGN_RIGHT},
	[COL_ABOUT] = {.title = "WHAT FOR", .width = 30, .width_min = 12, .grow = 4, .priority = 3},
};

struct item {
	struct params params; /* laid over what is applied */
	bool is_good;
	struct err err; /* why it cannot be used */
	unsigned changes;
};

struct state {
	struct list list; /* first */
	struct app *app;
	struct preset *presets;
	struct item *items;
	size_t count;
	struct whatif whatif;
	size_t asked; /* the item compared; SIZE_MAX: none */
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	const struct item *item = &state->items[index];

	cell_text(row, COL_NAME, ROLE_STRONG, state->presets[index].name);
	cell_text(row, COL_FROM, ROLE_DIM, state->presets[index].path ? "yours" : "shipped");
	if (!item->is_good)
		cell_text(row, COL_CHANGES, ROLE_BAD, "damaged");
	else if (item->changes)
		cell_printf(state->app, row, COL_CHANGES, ROLE_VALUE_CHANGED, "%u", item->changes);
	else
		cell_text(row, COL_CHANGES, ROLE_DIM, "applied");
	cell_text(row, COL_ABOUT, ROLE_TEXT, state->presets[index].about);
}

static void drop_items(struct state *state)
{
	for (size_t i = 0; i < state->count; i++)
		params_free(&state->items[i].params);
	free(state->items);
	preset_list_free(state->presets, state->count);
	state->items = NULL;
	state->presets = NULL;
	state->count = 0;
}

static void compared(struct app *app, void *owner)
{
	struct state *state = owner;
	struct case_lookup lookup = {app->verdicts.casefile, app->results->store};

	tune_judge(&state->whatif.diff, case_verdict, &lookup);
}

static void ask(struct state *state)
{
	struct app *app = state->app;
	struct params compiled;
	size_t count, at = state->list.cursor;
	const struct allow_entry *entries = case_allowlist(app->verdicts.casefile, &count);

	if (at >= state->count || !state->items[at].is_good)
		return;
	state->asked = at;
	allow_compile(&state->items[at].params, entries, count, time_now(), &compiled);
	whatif_ask(app, &state->whatif, &compiled, PARAMETER_TOTAL, state, compared);
	params_free(&compiled);
}

static void read_presets(struct state *state, const char *under)
{
	const struct params *base = case_base(state->app);

	drop_items(state);
	state->count = preset_list(&state->presets);
	state->items = xcalloc(state->count + 1, sizeof(*state->items));
	for (size_t i = 0; i < state->count; i++) {
		struct item *item = &state->items[i];

		params_copy(&item->params, base);
		item->is_good = preset_read(state->presets[i].name, &item->params, &item->err) == 0;
		item->changes = draft_differences(base, &item->params);
	}
	list_set_count(&state->list, state->count);
	for (size_t i = 0; under && i < state->count; i++)
		if (strcmp(state->presets[i].name, under) == 0)
			list_goto(&state->list, i);
	state->asked = SIZE_MAX;
	ask(state);
}

static void open_presets(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	read_presets(state, NULL);
}

static void close_presets(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	whatif_free(&state->whatif);
	drop_items(state);
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;
	char *under = state->list.cursor < state->count ? xstrdup(state->presets[state->list.cursor].name) : NULL;

	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_CASE))
		read_presets(state, under);
	free(under);
}

/* ---- drawing ---- */

static void draw_changes(struct state *state, struct pane pane)
{
	const struct item *item = &state->items[state->list.cursor];
	const struct params *base = case_base(state->app);
	struct buf text = BUF_EMPTY;
	int y = 0;

	for (int i = 0; i < PARAMETER_TOTAL && y < pane.height; i++) {
		if (!draft_differs(base, &item->params, (enum parameter)i))
			continue;
		draft_describe(&text, base, &item->params, (enum parameter)i);
		draw_text(pane, y, 1, ROLE_DIM, slice_of(parameters[i].rule == RULE_RARE_AS ? "ASN" : "RARE"));
		draw_fit(pane, y, 6, 32, ALIGN_LEFT, ROLE_TEXT, slice_of(parameter_words((enum parameter)i)));
		draw_fit(pane, y++, 39, pane.width - 40, ALIGN_LEFT, ROLE_VALUE_CHANGED,
			(struct slice){text.data, text.length});
	}
	if (y == 0)
		draw_text(pane, y, 1, ROLE_DIM, slice_of("Nothing: it says what is applied already."));
	buf_free(&text);
}

static void draw_error(struct pane pane, const char *text)
{
	struct buf lines = BUF_EMPTY;
	int y = 0;

	buf_wrap(&lines, text, pane.width - 2);
	for (char *at = lines.data; at && y < pane.height; y++) {
		size_t length = strcspn(at, "\n");

		draw_text(pane, y, 1, ROLE_ERROR, (struct slice){at, length});
		at = at[length] ? at + length + 1 : NULL;
	}
	buf_free(&lines);
}

static void draw_preset(struct state *state, struct pane pane)
{
	const struct item *item = &state->items[state->list.cursor];
	const struct tune_diff *diff = &state->whatif.diff;
	char label[160];

	if (pane.height < 2)
		return;
	snprintf(label, sizeof(label), "what %s changes", state->presets[state->list.cursor].name);
	if (!item->is_good) {
		draw_rule(pane, 0, state->presets[state->list.cursor].name, "damaged");
		draw_error(pane_rows(pane, 1, pane.height - 1), item->err.text);
		return;
	}
	draw_rule(pane, 0, label, NULL);
	draw_changes(state, pane_rows(pane, 1, pane.height - 2));
	if (state->asked != state->list.cursor || state->whatif.task || !state->whatif.has_diff)
		draw_text(pane, pane.height - 1, 1, ROLE_DIM, slice_of("comparing ..."));
	else
		draw_printf(pane, pane.height - 1, 1,
			diff->by_verdict[VERDICT_TRUE_POSITIVE].lost ? ROLE_BAD : ROLE_TEXT,
			"alerts: applied %zu, with it %zu: %zu lost, %zu gained%s", diff->before_count,
			diff->total.kept + diff->total.gained, diff->total.lost, diff->total.gained,
			diff->by_verdict[VERDICT_TRUE_POSITIVE].lost ? "  !! a TRUE POSITIVE among the lost" : "");
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	int rows = body.height >= 10 ? (int)state->count + 2 : body.height;

	if (body.height >= 10 && rows > body.height / 2)
		rows = body.height / 2;
	state->list.pattern = app->search;
	list_draw(&state->list, pane_rows(body, 0, rows), true);
	if (state->list.cursor < state->count)
		draw_preset(state, pane_rows(body, rows, body.height - rows));
}

/* ---- keys ---- */

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction = list_move(&state->list, motion);

	(void)app;
	if (state->asked != state->list.cursor)
		ask(state);
	return reaction;
}

static unsigned delete (struct app *app, struct state *state)
{
	const struct preset *preset = &state->presets[state->list.cursor];
	char *text, *what;
	struct err err;

	if (!preset->path) {
		app_say(app, MESSAGE_INFO, "%s is shipped with the program and stays", preset->name);
		return UI_REDRAW;
	}
	if (preset_delete(preset->name, &text, &err) != 0) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	what = xasprintf("deletion of preset %s", preset->name);
	undo_push_preset(app, preset->name, text, what);
	app_say(app, MESSAGE_INFO, "preset %s deleted (u undoes)", preset->name);
	free(what);
	read_presets(state, NULL);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;
	char *line;
	unsigned reaction;

	if (what == ACT_INSERT)
		return do_save_preset(app, arguments);
	if (state->list.cursor >= state->count)
		return UI_NONE;
	switch (what) {
	case ACT_OPEN:
		if (!state->items[state->list.cursor].is_good) {
			app_fail(app, &state->items[state->list.cursor].err);
			return UI_REDRAW;
		}
		line = xstrdup(state->presets[state->list.cursor].name);
		app_back(app);
		reaction = app_place(app)->screen->id == SCREEN_TUNE ? UI_REDRAW : app_open(app, SCREEN_TUNE, NULL);
		reaction |= do_preset(app, line);
		free(line);
		return reaction;
	case ACT_DELETE: return delete (app, state);
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct params *draft = tune_draft(app);
	unsigned changes = draft ? draft_differences(case_base(app), draft) : 0;

	buf_add_text(left, "Enter makes it the draft");
	if (changes)
		buf_printf(left, "; i keeps the draft of now, %u %s", changes, plural(changes, "change", "changes"));
	buf_printf(right, "%zu/%zu", state->list.cursor + 1, state->count);
}

static const char *const hints[] = {"open", "insert", "delete", "undo", "search", "back", "help"};

const struct screen screen_presets = {
	.id = SCREEN_PRESETS,
	.state_size = sizeof(struct state),
	.open = open_presets,
	.close = close_presets,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.act = act,
	.list = first_list,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};

/* ---- commands ---- */

unsigned do_preset(void *context, const char *arguments)
{
	struct app *app = context;
	struct params draft;
	struct err err;
	unsigned changes;
	char *what;

	if (!*arguments) {
		struct target target;

		target_init(&target);
		return app_open(app, SCREEN_PRESETS, &target);
	}
	params_copy(&draft, case_base(app));
	if (preset_read(arguments, &draft, &err) != 0) {
		params_free(&draft);
		app_fail(app, &err);
		return UI_REDRAW;
	}
	changes = draft_differences(case_base(app), &draft);
	what = xasprintf("draft of preset %s", arguments);
	undo_push(app, UNDO_DRAFT, what);
	tune_take_draft(app, &draft);
	if (changes)
		app_say(app, MESSAGE_INFO, "draft of preset %s: %u %s (u undoes)", arguments, changes,
			plural(changes, "change", "changes"));
	else
		app_say(app, MESSAGE_INFO, "preset %s is what is applied already", arguments);
	free(what);
	params_free(&draft);
	return UI_REDRAW;
}

/* What a prompt or a menu in between is about. */
static char saving[64];

static int save_as(struct app *app, const char *name, bool may_replace, struct err *err)
{
	char *path, *before, *what;

	if (preset_write(name, tune_draft(app), may_replace, &path, &before, err) != 0)
		return -1;
	what = xasprintf("preset %s", name);
	undo_push_preset(app, name, before, what);
	app_changed(app, CHANGED_CASE);
	app_say(app, MESSAGE_INFO, "saved as %s (u undoes)", path);
	free(what);
	free(path);
	return 0;
}

static unsigned replace_answered(struct app *app, int id)
{
	struct err err;

	if (id && save_as(app, saving, true, &err) != 0)
		app_fail(app, &err);
	return UI_REDRAW;
}

static bool save_done(struct app *app, const char *text, struct err *err)
{
	char title[128];

	if (!*text || save_as(app, text, false, err) == 0)
		return true;
	if (err->code != ERR_LIMIT)
		return false;
	snprintf(saving, sizeof(saving), "%s", text);
	snprintf(title, sizeof(title), "replace preset %s?", text);
	app_choose(app, title, replace_answered);
	app_choice(app, 'r', "replace it", 1, false);
	app_choice(app, 'n', "no", 0, false);
	return true;
}

unsigned do_save_preset(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (!tune_draft(app)) {
		app_say(app, MESSAGE_INFO, "there is no draft: 5 makes one");
		return UI_REDRAW;
	}
	if (!*arguments)
		app_ask(app, "preset name: ", "preset", NULL, save_done);
	else if (!save_done(app, arguments, &err))
		app_fail(app, &err);
	return UI_REDRAW;
}
