/* Tune: a draft beside the parameters in force. At each key: what the draft would lose and gain, with the verdicts already
 * given, and the number of alerts over the whole range of the parameter under the cursor. */
#include <stdio.h>
#include <stdlib.h>

#include "alert_doc.h"
#include "app.h"
#include "draft.h"
#include "reach.h"
#include "say.h"
#include "sweep_plot.h"
#include "table.h"
#include "whatif.h"

enum { COL_RULE, COL_NAME, COL_SIDE, COL_DEFAULT, COL_APPLIED, COL_DRAFT, COL_EFFECT, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_RULE] = {.title = "RULE", .width = 4, .priority = 3},
	[COL_NAME] = {.title = "PARAMETER", .width = 28, .width_min = 16},
	[COL_SIDE] = {.title = "", .width = 2},
	[COL_DEFAULT] = {.title = "default", .width = 10, .align = ALIGN_RIGHT, .priority = 2},
	[COL_APPLIED] = {.title = "applied", .width = 10, .align = ALIGN_RIGHT},
	[COL_DRAFT] = {.title = "draft", .width = 11, .align = ALIGN_RIGHT},
	[COL_EFFECT] = {.title = "if drafted", .width = 16, .width_min = 10, .grow = 1, .priority = 1},
};

enum { DIFF_FATE, DIFF_USER, DIFF_WHAT, DIFF_VERDICT, DIFF_WHY, DIFF_COUNT };
static struct list_column diff_columns[DIFF_COUNT] = {
	[DIFF_FATE] = {.title = "", .width = 1},
	[DIFF_USER] = {.title = "USER", .width = 18, .width_min = 8, .grow = 1},
	[DIFF_WHAT] = {.title = "WHAT", .width = 16, .width_min = 8, .grow = 1, .priority = 2},
	[DIFF_VERDICT] = {.title = "VERDICT", .width = 15, .priority = 1},
	[DIFF_WHY] = {.title = "WHY", .width = 20, .width_min = 10, .grow = 3, .priority = 3},
};

struct state {
	struct app *app;
	struct params draft; /* without the allowlist */
	bool has_draft;
	struct params defaults;
	struct list list, diff;
	bool is_diff_focused;
	struct whatif whatif;
	uint32_t *shown; /* lost and gained changes */
	size_t shown_count;
	bool is_warned; /* A was given once for a draft that loses a true positive */
	enum parameter swept;
	struct buf why;
};

static enum parameter parameter_here(const struct state *state)
{
	return state->list.cursor < PARAMETER_TOTAL ? (enum parameter)state->list.cursor : PARAMETER_TOTAL;
}

/* ---- what if ---- */

static void figures_ready(struct app *app, void *owner)
{
	struct state *state = owner;
	const struct tune_diff *diff = &state->whatif.diff;
	struct case_lookup lookup = {app->verdicts.casefile, app->results->store};

	tune_judge(&state->whatif.diff, case_verdict, &lookup);
	free(state->shown);
	state->shown = xcalloc(diff->count + 1, sizeof(*state->shown));
	state->shown_count = 0;
	for (size_t i = 0; i < diff->count; i++)
		if (diff->changes[i].fate != TUNE_KEPT)
			state->shown[state->shown_count++] = (uint32_t)i;
	list_set_count(&state->diff, state->shown_count);
}

static void ask(struct state *state)
{
	struct app *app = state->app;
	struct params compiled;
	size_t count;
	const struct allow_entry *entries = case_allowlist(app->verdicts.casefile, &count);

	allow_compile(&state->draft, entries, count, time_now(), &compiled);
	state->swept = parameter_here(state);
	whatif_ask(app, &state->whatif, &compiled, state->swept, state, figures_ready);
	params_free(&compiled);
}

static void changed(struct state *state)
{
	state->is_warned = false;
	ask(state);
}

/* ---- lists ---- */

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	enum parameter parameter = (enum parameter)index;
	const struct params *base = case_base(app);
	bool differs = draft_differs(&state->draft, base, parameter);
	static const char *const signs[] = {"", ">=", "<="};
	char text[64];

	cell_text(row, COL_RULE, ROLE_DIM, parameters[parameter].rule == RULE_RARE_AS ? "ASN" : "RARE");
	cell_text(row, COL_NAME, ROLE_TEXT, parameter_words(parameter));
	cell_text(row, COL_SIDE, ROLE_DIM, signs[parameters[parameter].side]);
	draft_show(&state->defaults, parameter, text, sizeof(text));
	cell_printf(app, row, COL_DEFAULT, ROLE_DIM, "%s", text);
	draft_show(base, parameter, text, sizeof(text));
	cell_printf(app, row, COL_APPLIED, ROLE_VALUE, "%s", text);
	draft_show(&state->draft, parameter, text, sizeof(text));
	cell_printf(app, row, COL_DRAFT, differs ? ROLE_VALUE_CHANGED : ROLE_VALUE, "%s", text);
	row->cells[COL_DRAFT].is_adjustable = parameters[parameter].type != PARAMETER_LIST;
	if (differs && state->whatif.has_diff)
		cell_printf(app, row, COL_EFFECT, state->whatif.alone_lost[index] ? ROLE_LOSS : ROLE_GAIN, "-%zu +%zu",
			state->whatif.alone_lost[index], state->whatif.alone_gained[index]);
	else if (parameters[parameter].type == PARAMETER_LIST)
		cell_text(row, COL_EFFECT, ROLE_DIM, "e edits");
}

static void fill_diff(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct tune_change *change = &state->whatif.diff.changes[state->shown[index]];
	const struct alert *alert = change->before ? change->before : change->after;
	const struct store *store = app->results->store;
	bool is_lost = change->fate == TUNE_LOST;
	char letter = verdicts[change->verdict].letter;

	cell_text(row, DIFF_FATE, is_lost ? ROLE_LOSS : ROLE_GAIN, is_lost ? "-" : "+");
	if (alert->rule == RULE_RARE_AS) {
		cell_slice(row, DIFF_USER, ROLE_STRONG, store_string(store, alert->rare_as.user_name));
		cell_printf(app, row, DIFF_WHAT, ROLE_TEXT, "ASN %.2f%% of %llu", alert->rare_as.rare_asn_ratio * 100,
			(unsigned long long)alert->rare_as.total_events_all_asns);
	} else {
		cell_slice(row, DIFF_USER, ROLE_STRONG, store_string(store, alert->rare_method.user_name));
		cell_slice(row, DIFF_WHAT, ROLE_TEXT, store_string(store, alert->rare_method.action));
	}
	cell_printf(app, row, DIFF_VERDICT, verdict_role(letter), "%c %s", letter, verdicts[change->verdict].word);
	state->why.length = 0;
	tune_say(&state->why, change);
	cell_printf(app, row, DIFF_WHY, ROLE_DIM, "%s", state->why.data ? state->why.data : "");
	if (is_lost && change->verdict == VERDICT_TRUE_POSITIVE)
		row->mark = '!';
}

static void open_tune(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	params_init(&state->defaults);
	params_copy(&state->draft, case_base(app));
	list_init(&state->list, columns, COL_COUNT, fill, state);
	list_set_count(&state->list, PARAMETER_TOTAL);
	list_goto(&state->list, PARAMETER_MAX_RATIO);
	list_init(&state->diff, diff_columns, DIFF_COUNT, fill_diff, state);
	state->diff.empty_text = "The draft loses nothing and gains nothing. h and l step the value under the cursor.";
	ask(state);
}

static void close_tune(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	whatif_free(&state->whatif);
	params_free(&state->draft);
	params_free(&state->defaults);
	free(state->shown);
	buf_free(&state->why);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_CASE))
		ask(context);
}

/* ---- drawing ---- */

static void draw_sweep(struct state *state, struct pane pane)
{
	enum parameter parameter = parameter_here(state);

	if (pane.height < 4)
		return;
	draw_printf(pane, 0, 1, ROLE_HEADER, "SWEEP  alerts if %s were ...", parameter_words(parameter));
	draw_text(pane, 0, pane.width - 22, ROLE_DIM, slice_of("v applied   ^ draft"));
	if (!state->whatif.has_sweep || state->whatif.sweep.parameter != parameter)
		draw_text(pane, 1, 1, ROLE_DIM,
			slice_of(parameters[parameter].type == PARAMETER_LIST ||
						 parameters[parameter].type == PARAMETER_CHOICE
					 ? "a list has no range; e edits it, the difference below follows"
					 : "..."));
	else
		sweep_plot(pane_rows(pane, 1, pane.height - 1), &state->whatif.sweep,
			params_number(case_base(state->app), parameter), params_number(&state->draft, parameter));
}

static void draw_diff(struct state *state, struct pane pane)
{
	const struct tune_diff *diff = &state->whatif.diff;
	const struct tune_tally *good = &diff->by_verdict[VERDICT_TRUE_POSITIVE],
				*benign = &diff->by_verdict[VERDICT_BENIGN];
	char label[200];

	if (!state->whatif.has_diff || pane.height < 2)
		return;
	snprintf(label, sizeof(label), "DIFF  applied %zu, draft %zu: %zu lost, %zu gained", diff->before_count,
		diff->total.kept + diff->total.gained, diff->total.lost, diff->total.gained);
	draw_rule(pane, 0, label, NULL);
	list_draw(&state->diff, pane_rows(pane, 1, pane.height - 2), state->is_diff_focused);
	if (good->lost)
		draw_printf(pane, pane.height - 1, 1, ROLE_BAD,
			"!! this draft loses %zu %s marked TRUE POSITIVE; A twice applies it", good->lost,
			plural(good->lost, "alert", "alerts"));
	else
		draw_printf(pane, pane.height - 1, 1, ROLE_DIM,
			"kept %zu (T%zu S%zu)  true positives kept %zu of %zu  benign left %zu of %zu",
			diff->total.kept, good->kept, diff->by_verdict[VERDICT_SUSPICIOUS].kept, good->kept,
			good->kept + good->lost, benign->kept, benign->kept + benign->lost);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane left = body, right;
	int rows = body.height * 2 / 5;

	state->list.pattern = app->search;
	if (body.width >= 160) {
		left = pane_columns(body, 0, 92);
		right = pane_columns(body, 94, body.width - 94);
		list_draw(&state->list, left, !state->is_diff_focused);
		draw_sweep(state, pane_rows(right, 0, right.height / 2));
		draw_diff(state, pane_rows(right, right.height / 2, right.height - right.height / 2));
		return;
	}
	if (body.height < 14) { /* no room for everything: the difference is what counts */
		list_draw(&state->list, pane_rows(body, 0, body.height - 2), !state->is_diff_focused);
		if (state->whatif.has_diff)
			draw_printf(body, body.height - 1, 1, ROLE_TEXT, "lose %zu gain %zu keep %zu",
				state->whatif.diff.total.lost, state->whatif.diff.total.gained,
				state->whatif.diff.total.kept);
		return;
	}
	list_draw(&state->list, pane_rows(body, 0, rows), !state->is_diff_focused);
	draw_sweep(state, pane_rows(body, rows, body.height >= 20 ? 7 : 5));
	rows += body.height >= 20 ? 7 : 5;
	draw_diff(state, pane_rows(body, rows, body.height - rows));
}

/* ---- keys ---- */

static unsigned step(struct state *state, int by)
{
	if (!draft_step(&state->draft, parameter_here(state), by)) {
		app_say(state->app, MESSAGE_INFO, "a list: e edits it, +name adds, -name takes away");
		return UI_REDRAW;
	}
	changed(state);
	return UI_REDRAW;
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction;

	(void)app;
	if (state->is_diff_focused)
		return list_move(&state->diff, motion);
	switch (motion) {
	case MOTION_LEFT: return step(state, -1);
	case MOTION_RIGHT: return step(state, 1);
	case MOTION_FAR_LEFT: return step(state, -10);
	case MOTION_FAR_RIGHT: return step(state, 10);
	default: break;
	}
	reaction = list_move(&state->list, motion);
	if (state->swept != parameter_here(state))
		ask(state);
	return reaction;
}

static bool typed(struct app *app, const char *text, struct err *err)
{
	struct state *state = app_place(app)->state;
	enum parameter parameter = parameter_here(state);
	enum params_change change = CHANGE_SET;

	if (!*text)
		return true;
	if (parameters[parameter].type == PARAMETER_LIST) {
		if (*text != '+' && *text != '-') {
			err_set(err, ERR_USAGE, "+name adds an entry, -name takes one away");
			return false;
		}
		change = *text == '+' ? CHANGE_ADD : CHANGE_REMOVE;
		text++;
		if (params_set(&state->draft, parameter, change, text, err) != 0)
			return false;
	} else if (draft_type(&state->draft, parameter, text, err) != 0) {
		return false;
	}
	changed(state);
	return true;
}

static unsigned edit(struct state *state)
{
	enum parameter parameter = parameter_here(state);
	struct buf now = BUF_EMPTY;
	static char label[200];

	params_format(&now, &state->draft, parameter);
	for (size_t i = 0; i < now.length; i++)
		if (now.data[i] == '\n')
			now.data[i] = ' ';
	if (parameters[parameter].type == PARAMETER_LIST) {
		snprintf(label, sizeof(label), "%s (+ adds, - removes): ", parameter_words(parameter));
		app_say(state->app, MESSAGE_INFO, "now: %s", now.length ? now.data : "empty");
		app_ask(state->app, label, "list", "+", typed);
	} else {
		snprintf(label, sizeof(label), "%s: ", parameter_words(parameter));
		app_ask(state->app, label, "value", now.data, typed);
	}
	buf_free(&now);
	return UI_REDRAW;
}

static unsigned apply(struct app *app, struct state *state)
{
	struct err err;

	if (params_equal(&state->draft, case_base(app))) {
		app_say(app, MESSAGE_INFO, "the draft is what is applied already");
		return UI_REDRAW;
	}
	if (state->whatif.task) {
		app_say(app, MESSAGE_INFO, "still comparing; A again in a moment");
		return UI_REDRAW;
	}
	if (state->whatif.diff.by_verdict[VERDICT_TRUE_POSITIVE].lost && !state->is_warned) {
		state->is_warned = true;
		app_say(app, MESSAGE_WARNING, "it loses a TRUE POSITIVE: A again applies it all the same, D discards");
		return UI_REDRAW;
	}
	state->is_warned = false;
	if (case_apply_params(app->verdicts.casefile, &state->draft, &err) != 0) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	case_changed(app, "draft applied", true);
	return UI_REDRAW | UI_REEVAL | UI_SAVE;
}

static unsigned open_change(struct app *app, struct state *state)
{
	const struct tune_change *change;
	struct target target;
	struct slice user;
	unsigned reaction;

	if (!state->is_diff_focused) {
		if (state->shown_count == 0)
			return edit(state);
		state->is_diff_focused = true;
		return UI_REDRAW;
	}
	if (state->diff.cursor >= state->shown_count)
		return UI_HANDLED;
	change = &state->whatif.diff.changes[state->shown[state->diff.cursor]];
	target_init(&target);
	if (change->before && results_find(app->results, change->before->id) != UINT32_MAX) {
		memcpy(target.alert, change->before->id, sizeof(target.alert));
		return app_open(app, SCREEN_ALERT, &target);
	}
	user = store_string(app->results->store, change->after->rule == RULE_RARE_AS
							 ? change->after->rare_as.user_name
							 : change->after->rare_method.user_name);
	target.user = xasprintf("%.*s", (int)user.length, user.data ? user.data : "");
	target.label = xstrdup(target.user);
	reaction = app_open(app, SCREEN_PROFILE, &target);
	target_free(&target);
	return reaction;
}

static unsigned discard(struct app *app, struct state *state)
{
	if (params_equal(&state->draft, case_base(app))) {
		app_say(app, MESSAGE_INFO, "there is no draft");
		return UI_REDRAW;
	}
	undo_push(app, UNDO_DRAFT, "draft discarded");
	tune_take_draft(app, case_base(app));
	app_say(app, MESSAGE_INFO, "draft discarded (u undoes)");
	return UI_REDRAW;
}

static unsigned to_default(struct state *state)
{
	enum parameter parameter = parameter_here(state);
	struct buf text = BUF_EMPTY;

	params_format(&text, &state->defaults, parameter);
	if (params_set(&state->draft, parameter, CHANGE_SET, text.data ? text.data : "", NULL) == 0)
		changed(state);
	buf_free(&text);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	switch (what) {
	case ACT_OPEN: return open_change(app, state);
	case ACT_EDIT: return edit(state);
	case ACT_TAB:
	case ACT_BACKTAB: state->is_diff_focused = !state->is_diff_focused; return UI_REDRAW;
	case ACT_DELETE: return to_default(state);
	case ACT_APPLY: return apply(app, state);
	case ACT_DISCARD: return discard(app, state);
	case ACT_SELECT: return step(state, 1);
	case ACT_LEAVE:
		if (state->is_diff_focused) {
			state->is_diff_focused = false;
			return UI_REDRAW;
		}
		return UI_NONE;
	default: return UI_NONE;
	}
}

static void crumb(struct app *app, void *context, struct buf *out)
{
	(void)app;
	(void)context;
	buf_add_text(out, "Tune");
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	bool is_draft = !params_equal(&state->draft, case_base(app));

	buf_add_text(left,
		is_draft ? "DRAFT, not applied: A applies, D discards" : "no draft: h and l step a value, e types one");
	if (state->whatif.has_diff && ui_screen(app->ui).width >= 60)
		buf_printf(right, "compared in %.1f ms", (double)state->whatif.elapsed_us / 1000);
}

static struct list *list_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return state->is_diff_focused ? &state->diff : &state->list;
}

const struct params *tune_draft(struct app *app)
{
	const struct place *place = app->history.roots[SCREEN_TUNE];

	return place ? &((const struct state *)place->state)->draft : NULL;
}

void tune_take_draft(struct app *app, const struct params *draft)
{
	struct place *place = app->history.roots[SCREEN_TUNE];
	struct state *state = place ? place->state : NULL;
	struct params copy;

	if (!state)
		return;
	params_copy(&copy, draft);
	params_free(&state->draft);
	state->draft = copy;
	changed(state);
}

void tune_goto(struct app *app, enum parameter parameter)
{
	struct place *place = app_place(app);
	struct state *state = place->state;

	if (place->screen->id != SCREEN_TUNE || parameter == PARAMETER_TOTAL)
		return;
	state->is_diff_focused = false;
	list_goto(&state->list, (size_t)parameter);
	ask(state);
}

static const char *const hints[] = {
	"left", "right", "edit", "delete", "apply", "discard", "preset", "pane", "open", "undo", "back", "help"};

const struct screen screen_tune = {
	.id = SCREEN_TUNE,
	.state_size = sizeof(struct state),
	.open = open_tune,
	.close = close_tune,
	.update = update,
	.draw = draw,
	.move = move,
	.crumb = crumb,
	.status = status,
	.act = act,
	.list = list_of,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
