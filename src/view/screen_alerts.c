/* Alerts: what is worst, and have I dealt with it? Open ones first, then severity and score; alerts of one user and hour
 * stay together. On a wide terminal the explanation and the evidence stand beside the list. */
#include <stdlib.h>

#include "alerts_shown.h"
#include "app.h"
#include "beside.h"
#include "here.h"
#include "reach.h"
#include "say.h"
#include "strip.h"
#include "table.h"

static struct list_column columns[COL_COUNT] = {
	[COL_VERDICT] = {.title = "V", .width = 1},
	[COL_SEVERITY] = {.title = "S", .width = 1},
	[COL_SEEN] = {.title = "LAST SEEN", .width = 11, .priority = 3},
	[COL_RULE] = {.title = "RULE", .width = 4, .priority = 5},
	[COL_USER] = {.title = "USER", .width = 16, .width_min = 8, .grow = 2},
	[COL_NETWORK] = {.title = "NETWORK", .width = 14, .width_min = 8, .grow = 2, .priority = 4},
	[COL_EVIDENCE] = {.title = "EVIDENCE", .width = 18, .width_min = 10, .grow = 1, .priority = 1},
	[COL_SCORE] = {.title = "SCORE", .width = 5, .align = ALIGN_RIGHT, .priority = 2},
	[COL_FIRED] = {.title = "FIRED", .width = 5, .align = ALIGN_RIGHT, .priority = 9, .is_hidden = true},
};

struct state {
	struct list list; /* first */
	struct app *app;
	struct alerts_shown shown;
	char under[ALERT_ID_SIZE]; /* alert under the cursor, so that it can follow its item */
	bool has_moved;
	char (*selected)[ALERT_ID_SIZE];
	size_t selected_count, selected_capacity;

	struct beside beside; /* wide layout */
	bool is_wide;
	struct strip strip;
};

/* The alert under the cursor, UINT32_MAX when the list is empty. */
static uint32_t here(const struct state *state)
{
	return state->list.cursor < state->shown.count ? state->shown.alerts[state->list.cursor] : UINT32_MAX;
}

static bool is_selected(const struct state *state, const char *id)
{
	for (size_t i = 0; i < state->selected_count; i++)
		if (strcmp(state->selected[i], id) == 0)
			return true;
	return false;
}

static void rare_as_evidence_words(struct app *app, struct list_row *row, const struct rare_as_figures *figures)
{
	char percent[COUNT_TEXT_SIZE], total[COUNT_TEXT_SIZE];

	cell_printf(app, row, COL_EVIDENCE, ROLE_TEXT, "%llu/%s %s %uact",
		(unsigned long long)figures->untrusted_event_count, count_short(figures->total_events_all_asns, total),
		percent_text(figures->rare_asn_ratio, percent), figures->unique_action_from_untrusted_asn);
}

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct results *results = app->results;
	const struct alert *alert = &results->alerts.items[state->shown.alerts[index]];
	const struct alert_view *view = &results->views[state->shown.alerts[index]];
	char verdict = verdict_letter(app, alert), score[NUMBER_TEXT_SIZE];

	cell_printf(app, row, COL_VERDICT, verdict_role(verdict), "%c", verdict);
	cell_printf(app, row, COL_SEVERITY, severity_role(view->severity), "%c", view->severity);
	cell_time(app, row, COL_SEEN, view->seen);
	cell_text(row, COL_RULE, ROLE_DIM, alert->rule == RULE_RARE_AS ? "ASN" : "RARE");
	cell_slice(row, COL_USER, ROLE_STRONG, store_string(results->store, view->user));
	cell_slice(row, COL_NETWORK, ROLE_RARE, store_string(results->store, view->network));
	if (alert->rule == RULE_RARE_AS)
		rare_as_evidence_words(app, row, &alert->rare_as);
	else
		cell_slice(row, COL_EVIDENCE, ROLE_TEXT, store_string(results->store, alert->rare_method.action));
	cell_printf(app, row, COL_SCORE, ROLE_NUMBER, "%s%s",
		score_format(view->score, results->params.rare_method.anomaly_threshold, score),
		results->is_partial ? "?" : "");
	cell_printf(app, row, COL_FIRED, ROLE_NUMBER, "%u", alert->times_fired);
	row->is_selected = is_selected(state, alert->id);
	row->note_count = verdict_note_lines(app, alert, row->notes, LIST_NOTES_MAX);
}

static void follow_item(struct state *state)
{
	size_t at = 0;

	list_set_count(&state->list, state->shown.count);
	if (!state->has_moved)
		return;
	for (; at < state->shown.count; at++)
		if (strcmp(state->app->results->alerts.items[state->shown.alerts[at]].id, state->under) == 0)
			break;
	if (at < state->shown.count)
		list_goto(&state->list, at);
}

static void remember(struct state *state)
{
	if (here(state) != UINT32_MAX)
		memcpy(state->under, state->app->results->alerts.items[here(state)].id, sizeof(state->under));
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	/* A verdict moves nothing: what was marked stays under the cursor for its note, the next open one below it. Who
	 * asks for the screen anew gets the open ones first again, and is led to the first when nothing is left here. */
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION | CHANGED_OPENED)) {
		alerts_shown_arrange(app, &state->shown);
		alerts_shown_explain(app, &state->shown);
		state->list.empty_text = state->shown.empty.data;
		follow_item(state);
		if (change & CHANGED_OPENED && here(state) != UINT32_MAX && state->shown.sort < 0 &&
			verdict_letter(app, &app->results->alerts.items[here(state)]) != '.')
			list_goto(&state->list, 0);
	}
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION | CHANGED_CASE)) {
		state->beside.width = 0;
		if (here(state) == UINT32_MAX)
			state->beside.focus = BESIDE_NONE;
		else if (state->beside.focus != BESIDE_NONE)
			beside_show(app, &state->beside, here(state));
	}
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		strip_want(app, &state->strip);
	columns[COL_SEEN].width = app_time_width(app);
}

static void open_alerts(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	state->shown.sort = -1;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->list.has_cell_cursor = true;
	state->list.column = COL_USER;
	update(app, state, CHANGED_RESULTS);
}

static void close_alerts(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	beside_free(&state->beside);
	strip_free(&state->strip);
	alerts_shown_free(&state->shown);
	free(state->selected);
}

static int draw_near(struct state *state, struct pane pane)
{
	size_t near = state->app->results->near.count;

	if (!near || pane.height < 8 || !state->shown.count)
		return 0;
	draw_printf(pane, pane.height - 1, 1, ROLE_TIP, "~ near misses: %zu %s exactly one condition (~ shows them)",
		near, plural(near, "identity fails", "identities fail"));
	return 1;
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	int strip = body.height >= 18 ? (body.height >= 40 ? 6 : 3) : 0;
	struct pane top = pane_rows(body, 0, body.height - strip), left = top;

	state->list.pattern = app->search;
	state->is_wide = body.width >= 160 && body.height >= 16;
	if (!state->is_wide || here(state) == UINT32_MAX)
		state->beside.focus = BESIDE_NONE;
	if (state->is_wide) {
		struct pane right = pane_columns(top, 90, top.width - 90);

		left = pane_columns(top, 0, 88);
		draw_separator(pane_columns(top, 88, 1), SPLIT_BESIDE, NULL);
		if (here(state) != UINT32_MAX)
			beside_draw(app, &state->beside, here(state), right);
	}
	list_draw(&state->list, pane_rows(left, 0, left.height - draw_near(state, left)),
		state->beside.focus == BESIDE_NONE);
	if (strip)
		strip_draw(app, &state->strip, pane_rows(body, body.height - strip, strip),
			here(state) != UINT32_MAX ? app->results->views[here(state)].seen : TIME_NONE);
}

/* ---- keys ---- */

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction;

	(void)app;
	if (state->beside.focus != BESIDE_NONE)
		return beside_move(&state->beside, motion);
	reaction = list_move(&state->list, motion);
	state->has_moved = state->has_moved || state->list.cursor > 0;
	remember(state);
	return reaction;
}

static unsigned open_cursor(struct state *state)
{
	struct target target;

	if (here(state) == UINT32_MAX)
		return UI_HANDLED;
	remember(state);
	state->has_moved = true;
	target_init(&target);
	memcpy(target.alert, state->under, sizeof(target.alert));
	return app_open(state->app, SCREEN_ALERT, &target);
}

static void select_one(struct state *state, size_t index, bool is_on)
{
	const char *id = state->app->results->alerts.items[state->shown.alerts[index]].id;

	for (size_t i = 0; i < state->selected_count; i++)
		if (strcmp(state->selected[i], id) == 0) {
			if (!is_on)
				memmove(&state->selected[i], &state->selected[i + 1],
					(--state->selected_count - i) * sizeof(*state->selected));
			return;
		}
	if (!is_on)
		return;
	state->selected = array_grow(
		state->selected, &state->selected_capacity, state->selected_count + 1, sizeof(*state->selected));
	memcpy(state->selected[state->selected_count++], id, ALERT_ID_SIZE);
}

static unsigned toggle_selected(struct state *state)
{
	size_t first, last;

	if (here(state) == UINT32_MAX)
		return UI_HANDLED;
	list_range(&state->list, &first, &last);
	if (state->list.anchor != SIZE_MAX) {
		for (size_t i = first; i <= last && i < state->shown.count; i++)
			select_one(state, i, true);
		state->list.anchor = SIZE_MAX;
	} else {
		size_t at = state->list.cursor;

		select_one(
			state, at, !is_selected(state, state->app->results->alerts.items[state->shown.alerts[at]].id));
		list_move(&state->list, MOTION_DOWN);
	}
	return UI_REDRAW;
}

static unsigned sort_by(struct state *state, const char *arguments)
{
	int column = table_sort_column(state->app, &state->list, arguments);

	if (column < 0)
		return UI_REDRAW;
	if (state->shown.sort == column) {
		state->shown.sort = -1;
		app_say(state->app, MESSAGE_INFO, "worst first again");
	} else {
		state->shown.sort = column;
		state->shown.is_descending =
			column == COL_SEEN || column == COL_SCORE || column == COL_FIRED || column == COL_EVIDENCE;
	}
	state->list.sort_column = state->shown.sort;
	state->list.is_sort_descending = state->shown.is_descending;
	remember(state);
	alerts_shown_arrange(state->app, &state->shown);
	follow_item(state);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	switch (what) {
	case ACT_OPEN: return state->beside.focus == BESIDE_NONE ? open_cursor(state) : beside_open(&state->beside);
	case ACT_TAB:
	case ACT_BACKTAB:
		if (!state->is_wide || here(state) == UINT32_MAX)
			return UI_NONE;
		state->beside.focus = (state->beside.focus + (what == ACT_TAB ? 1 : BESIDE_COUNT - 1)) % BESIDE_COUNT;
		return UI_REDRAW;
	case ACT_RAW:
		if (state->beside.focus == BESIDE_EVENTS)
			return beside_open(&state->beside);
		if (here(state) == UINT32_MAX)
			return UI_HANDLED;
		open_cursor(state);
		return app_act(app, ACT_RAW, arguments);
	case ACT_SELECT: return toggle_selected(state);
	case ACT_RANGE:
		state->list.anchor = state->list.anchor == SIZE_MAX ? state->list.cursor : SIZE_MAX;
		return UI_REDRAW;
	case ACT_UNSELECT:
		state->selected_count = 0;
		state->list.anchor = SIZE_MAX;
		return UI_REDRAW;
	case ACT_SORT: return sort_by(state, arguments);
	case ACT_REVERSE:
		state->shown.is_descending = !state->shown.is_descending;
		state->list.is_sort_descending = state->shown.is_descending;
		remember(state);
		alerts_shown_arrange(state->app, &state->shown);
		follow_item(state);
		return UI_REDRAW;
	case ACT_LEAVE:
		if (state->beside.focus != BESIDE_NONE) {
			state->beside.focus = BESIDE_NONE;
			return UI_REDRAW;
		}
		if (state->list.anchor != SIZE_MAX) {
			state->list.anchor = SIZE_MAX;
			return UI_REDRAW;
		}
		return UI_NONE;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	unsigned open = 0, true_count = 0, suspicious = 0, benign = 0;

	for (size_t i = 0; i < state->shown.count && i < 20000; i++) {
		char verdict = verdict_letter(app, &app->results->alerts.items[state->shown.alerts[i]]);

		open += verdict == '.';
		true_count += verdict == 'T';
		suspicious += verdict == 'S';
		benign += verdict == 'B';
	}
	buf_printf(left, "%zu %s  %u open", state->shown.count, plural(state->shown.count, "alert", "alerts"), open);
	if (true_count + suspicious + benign)
		buf_printf(left, "  %u true  %u susp  %u benign", true_count, suspicious, benign);
	if (state->shown.hidden)
		buf_printf(left, "  %zu hidden by filter(\\)", state->shown.hidden);
	if (app->results->silenced)
		buf_printf(left, "  %llu hidden by allowlist(6)", (unsigned long long)app->results->silenced);
	if (state->selected_count)
		buf_printf(left, "  %zu selected", state->selected_count);
	if (state->beside.focus != BESIDE_NONE)
		beside_status(&state->beside, right);
	else if (state->shown.count)
		buf_printf(right, "%zu/%zu", state->list.cursor + 1, state->shown.count);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	const struct results *results = app->results;
	const struct alert_view *view;

	if (here(state) == UINT32_MAX)
		return false;
	if (state->beside.focus != BESIDE_NONE)
		return beside_value(&state->beside, out);
	view = &results->views[here(state)];
	switch (state->list.column) {
	case COL_NETWORK: *out = (struct value){FIELD_AS_ORG, store_string(results->store, view->network)}; return true;
	case COL_EVIDENCE:
		if (view->evidence.count) {
			*out = (struct value){
				FIELD_ACTION, store_text(results->store, FIELD_ACTION, view->evidence.rows[0])};
			return true;
		}
		return false;
	default: *out = (struct value){FIELD_USER_NAME, store_string(results->store, view->user)}; return true;
	}
}

static struct list *list_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return state->beside.focus == BESIDE_NONE     ? &state->list
	       : state->beside.focus == BESIDE_EVENTS ? &state->beside.events
						      : NULL;
}

static struct pager *pager_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return state->beside.focus == BESIDE_WHY ? &state->beside.pager : NULL;
}

const struct sheet_link *alerts_link_here(struct app *app)
{
	struct place *place = app_place(app);

	return place->screen->id == SCREEN_ALERTS ? beside_link(&((struct state *)place->state)->beside) : NULL;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;
	const struct alert_view *view;

	if (here(state) == UINT32_MAX)
		return false;
	view = &app->results->views[here(state)];
	*user = store_string(app->results->store, view->user);
	*type = store_string(app->results->store, view->type);
	return true;
}

static size_t chosen_alerts(struct app *app, void *context, uint32_t *out, size_t max)
{
	struct state *state = context;
	size_t count = 0;

	for (size_t i = 0; i < state->selected_count && count < max; i++) {
		uint32_t alert = results_find(app->results, state->selected[i]);

		if (alert != UINT32_MAX)
			out[count++] = alert;
	}
	if (count == 0 && max && here(state) != UINT32_MAX)
		out[count++] = here(state);
	return count;
}

static const char *const hints[] = {"open", "select", "mark", "allow", "keep", "drop", "near-misses", "profile",
	"guide", "tune", "search", "filter", "pane", "command", "help"};

const struct screen screen_alerts = {
	.id = SCREEN_ALERTS,
	.state_size = sizeof(struct state),
	.open = open_alerts,
	.close = close_alerts,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.list = list_of,
	.pager = pager_of,
	.identity = identity,
	.alerts = chosen_alerts,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
