/* Timeline: stacked rows on one axis of time, the bucket under the cursor below. b brushes a range into a filter, A shows
 * the alerts as one execution at the cursor's instant would have given them. */
#include <stdio.h>

#include "app.h"
#include "bucket_list.h"
#include "chrome.h"
#include "reach.h"
#include "say.h"
#include "timeline_count.h"

static const char *const split_names[SPLIT_COUNT] = {"trust", "user", "organisation", "region", "error"};

struct state {
	struct app *app;
	struct counted counted;
	bool has_counts;
	struct task *task;
	int64_t first, step; /* wished: start of the left cell, length of a bucket; step 0: all of the data */
	int64_t cursor; /* an instant; TIME_NONE: the newest alert */
	int64_t brush; /* other end; TIME_NONE: none */
	int cells; /* wished */
	enum split split;
	bool is_list_focused;
	struct bucket_list list;
};

static const int64_t steps[] = {SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS,
	15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS, 8 * HOUR_MS,
	12 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS};

static int64_t data_first(const struct state *state)
{
	const struct store *store = state->app->results->store;

	return store->count ? store->timestamp[0] : 0;
}

static int64_t data_last(const struct state *state)
{
	const struct store *store = state->app->results->store;

	return store->count ? store->timestamp[store->count - 1] : 0;
}

static void counts_ready(void *owner, struct counted *counted)
{
	struct state *state = owner;

	state->task = NULL;
	counted_free(&state->counted);
	state->counted = *counted;
	state->has_counts = true;
	state->list.is_stale = true;
}

static void count_cells(struct state *state)
{
	if (state->cells < 4 || state->app->results->store->count == 0)
		return;
	if (state->step == 0) { /* the shortest bucket with which all of the data fit */
		size_t i = 0;

		while (i + 1 < COUNT_OF(steps) &&
			(data_last(state) - time_floor(data_first(state), steps[i])) / steps[i] >= state->cells)
			i++;
		state->step = steps[i];
		state->first = time_floor(data_first(state), state->step);
	}
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	state->task =
		timeline_count(state->app, state->split, state->first, state->step, state->cells, state, counts_ready);
}

static int64_t bucket_of(const struct state *state)
{
	return state->first + time_floor(state->cursor - state->first, state->step);
}

/* ---- drawing ---- */

static int cell_of(const struct state *state, int64_t when)
{
	return when < state->counted.first ? -1 : (int)((when - state->counted.first) / state->counted.step);
}

static void draw_axis(struct state *state, struct pane pane, int y, int left)
{
	const struct counted *counted = &state->counted;
	enum time_form form = counted->step >= DAY_MS ? TIME_DATE : counted->step >= HOUR_MS ? TIME_HOUR : TIME_MINUTE;
	char text[TIME_TEXT_SIZE];
	int cells = counted->cells, length = (int)strlen(app_time(state->app, counted->first, form, text));
	int every = cells / 6 < length + 2 ? length + 2 : cells / 6;

	for (int c = 0; c + length <= cells || c == 0; c += every)
		draw_printf(pane, y, left + c, ROLE_DIM, "%s",
			app_time(state->app, counted->first + c * counted->step, form, text));
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	bool is_narrow = body.width < 60, is_low = body.height < 8;
	int left = is_narrow ? 8 : 10, right = is_narrow ? 1 : 8, cells = body.width - left - right, y = 0, at;
	static const enum ui_role roles[] = {ROLE_CHART_1, ROLE_CHART_2, ROLE_CHART_3, ROLE_CHART_4, ROLE_CHART_5};
	char range[2 * TIME_TEXT_SIZE], count[COUNT_TEXT_SIZE], label[200];

	cells = cells > CELLS_MAX ? CELLS_MAX : cells;
	if (app->results->store->count == 0 || cells < 8) {
		const char *why = cells < 8 ? "no room" : no_events_text(app);
		size_t length = strcspn(why, "\n");

		draw_text(body, 1, 1, ROLE_DIM, (struct slice){why, length});
		if (why[length])
			draw_text(body, 2, 1, ROLE_DIM, slice_of(why + length + 1));
		return;
	}
	if (state->cells != cells) {
		if (state->cells)
			state->step = 0;
		state->cells = cells;
		count_cells(state);
	}
	if (!state->has_counts) {
		draw_text(body, 1, 1, ROLE_DIM, slice_of("counting ..."));
		return;
	}
	for (unsigned r = 0; r < state->counted.rows && (y < body.height - 4 || (is_low && y == 0)); r++, y++) {
		draw_fit(body, y, 1, left - 2, ALIGN_LEFT, ROLE_HEADER, slice_of(state->counted.labels[r]));
		draw_spark(body, y, left, state->counted.values[r], (size_t)state->counted.cells, 0,
			roles[r < COUNT_OF(roles) ? r : COUNT_OF(roles) - 1]);
		if (!is_narrow)
			draw_printf(body, y, left + cells + 1, ROLE_NUMBER, "%6s",
				count_short((uint64_t)state->counted.totals[r], count));
	}
	if (state->cursor == TIME_NONE)
		state->cursor = app->results->alerts.count ? app->results->views[app->results->order[0]].seen
							   : data_last(state);
	at = cell_of(state, state->cursor);
	if (state->brush != TIME_NONE) {
		int other = cell_of(state, state->brush), low = other < at ? other : at, high = other < at ? at : other;

		low = low < 0 ? 0 : low;
		high = high >= state->counted.cells ? state->counted.cells - 1 : high;
		draw_overlay(pane_part(body, 0, left + low, y, high - low + 1), ROLE_SELECTED);
	}
	if (at >= 0 && at < state->counted.cells)
		draw_overlay(pane_part(body, 0, left + at, y, 1), ROLE_CHART_CURSOR);
	if (!is_low)
		draw_axis(state, body, y++, left);
	bucket_list_show(app, &state->list, bucket_of(state), bucket_of(state) + state->step, body.width);
	snprintf(label, sizeof(label), "%s %s",
		app_time_range(app, bucket_of(state), bucket_of(state) + state->step, range), app_zone(app));
	draw_rule(body, y++, label, state->list.is_all ? "all events" : "alerts, rare, failed (! all)");
	state->list.pager.pattern = app->search;
	state->list.pager.has_cursor = true;
	pager_draw(&state->list.pager, pane_rows(body, y, body.height - y), state->is_list_focused);
}

/* ---- keys ---- */

/* The cursor in the middle, but no emptiness beyond the data where there is enough of them to fill the row. */
static void center(struct state *state)
{
	int64_t last = time_floor(data_last(state), state->step) - state->step * (state->cells - 1);

	state->first = time_floor(state->cursor - state->step * state->cells / 2, state->step);
	if (state->first > last)
		state->first = last;
	if (state->first < data_first(state))
		state->first = time_floor(data_first(state), state->step);
}

static void keep_in_sight(struct state *state)
{
	int64_t span = state->step * state->cells;

	if (state->cursor < data_first(state))
		state->cursor = data_first(state);
	if (state->cursor > data_last(state))
		state->cursor = data_last(state);
	if (state->cursor < state->first || state->cursor >= state->first + span) {
		center(state);
		count_cells(state);
	}
}

static unsigned shift(struct state *state, int64_t by)
{
	if (state->cursor == TIME_NONE || state->step == 0)
		return UI_HANDLED;
	state->cursor = bucket_of(state) + by;
	keep_in_sight(state);
	return UI_REDRAW;
}

static unsigned zoom(struct state *state, int by)
{
	size_t at = 0;

	if (state->step == 0 || state->cursor == TIME_NONE)
		return UI_HANDLED;
	while (at + 1 < COUNT_OF(steps) && steps[at] < state->step)
		at++;
	if ((by < 0 && at == 0) || (by > 0 && at + 1 == COUNT_OF(steps)))
		return UI_HANDLED;
	state->step = steps[by < 0 ? at - 1 : at + 1];
	center(state);
	count_cells(state);
	return UI_REDRAW;
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;

	(void)app;
	switch (motion) {
	case MOTION_LEFT: return shift(state, -state->step);
	case MOTION_RIGHT: return shift(state, state->step);
	case MOTION_FAR_LEFT: return shift(state, -(state->step > DAY_MS / 2 ? 7 * DAY_MS : DAY_MS));
	case MOTION_FAR_RIGHT: return shift(state, state->step > DAY_MS / 2 ? 7 * DAY_MS : DAY_MS);
	default: state->is_list_focused = true; return pager_move(&state->list.pager, motion);
	}
}

static unsigned brush(struct app *app, struct state *state)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], text[200];
	int64_t low, high;
	struct err err;

	if (state->brush == TIME_NONE) {
		state->brush = bucket_of(state);
		app_say(app, MESSAGE_INFO, "move with h and l, b again keeps that time as a filter, Esc gives up");
		return UI_REDRAW;
	}
	low = state->brush < bucket_of(state) ? state->brush : bucket_of(state);
	high = (state->brush < bucket_of(state) ? bucket_of(state) : state->brush) + state->step - 1;
	state->brush = TIME_NONE;
	snprintf(text, sizeof(text), "@timestamp >= \"%s\" and @timestamp <= \"%s\"", time_format_iso(low, from),
		time_format_iso(high, to));
	if (filter_add(app, text, &err) != 0)
		app_fail(app, &err);
	return UI_REDRAW;
}

static const struct sheet_link *here(struct state *state)
{
	return sheet_link_at(&state->list.doc, state->list.pager.cursor);
}

static unsigned open_line(struct app *app, struct state *state)
{
	const struct sheet_link *link = here(state);
	struct target target;
	const struct store *store = app->results->store;

	target_init(&target);
	if (link && link->kind == LINK_ALERT) {
		snprintf(target.alert, sizeof(target.alert), "%s", link->text);
		return app_open(app, SCREEN_ALERT, &target);
	}
	target.time = bucket_of(state);
	if (link && link->kind == LINK_ROW) {
		target.has_row = true;
		target.file = store->file[link->row];
		target.offset = store->offset[link->row];
		target.time = store->timestamp[link->row];
	}
	return app_open(app, SCREEN_EVENTS, &target);
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;
	unsigned reaction;

	switch (what) {
	case ACT_OPEN: return open_line(app, state);
	case ACT_RAW:
		reaction = open_line(app, state);
		return reaction | (app_place(app)->screen->id == SCREEN_EVENTS ? app_act(app, ACT_RAW, arguments) : 0);
	case ACT_ZOOM_IN: return zoom(state, -1);
	case ACT_ZOOM_OUT: return zoom(state, 1);
	case ACT_BRUSH: return brush(app, state);
	case ACT_SPLIT:
		state->split = (state->split + 1) % SPLIT_COUNT;
		count_cells(state);
		app_say(app, MESSAGE_INFO, "rows by %s", split_names[state->split]);
		return UI_REDRAW;
	case ACT_FIRST_SEEN:
		state->list.is_all = !state->list.is_all;
		state->list.is_stale = true;
		return UI_REDRAW;
	case ACT_TAB:
	case ACT_BACKTAB: { /* the next alert in time */
		int64_t best = TIME_NONE;

		for (size_t i = 0; i < app->results->alerts.count; i++) {
			int64_t seen = app->results->views[i].seen;
			bool is_beyond =
				what == ACT_TAB ? seen >= bucket_of(state) + state->step : seen < bucket_of(state);

			if (is_beyond && (best == TIME_NONE || (what == ACT_TAB ? seen < best : seen > best)))
				best = seen;
		}
		if (best == TIME_NONE)
			app_say(app, MESSAGE_INFO, "no %s alert", what == ACT_TAB ? "later" : "earlier");
		else
			timeline_goto_time(app, best);
		return UI_REDRAW;
	}
	case ACT_LEAVE:
		if (state->brush != TIME_NONE) {
			state->brush = TIME_NONE;
			return UI_REDRAW;
		}
		return UI_NONE;
	default: return UI_NONE;
	}
}

static void open_timeline(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	state->cursor = target->time;
	state->brush = TIME_NONE;
}

static void close_timeline(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	counted_free(&state->counted);
	bucket_list_free(&state->list);
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	(void)app;
	if (change & CHANGED_RESULTS && !app->progress.is_finished)
		state->step = 0;
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		count_cells(state);
	state->list.is_stale = true;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	char text[TIME_TEXT_SIZE], when[TIME_TEXT_SIZE];

	(void)app;
	if (!state->has_counts)
		return;
	buf_printf(
		left, "bucket %s, rows by %s", duration_format(state->counted.step, text), split_names[state->split]);
	if (state->brush != TIME_NONE)
		buf_add_text(left, "  brushing: b ends it");
	if (state->cursor != TIME_NONE)
		buf_printf(right, "cursor %s", app_time(app, bucket_of(state), TIME_SHORT, when));
}

static bool value(struct app *app, void *context, struct value *out)
{
	const struct sheet_link *link = here(context);

	(void)app;
	if (!link || link->field == FIELD_COUNT)
		return false;
	*out = (struct value){link->field, link->value};
	return true;
}

static bool row_of(struct app *app, void *context, uint32_t *row)
{
	const struct sheet_link *link = here(context);

	(void)app;
	if (!link || link->kind != LINK_ROW)
		return false;
	*row = link->row;
	return true;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	uint32_t row;

	if (!row_of(app, context, &row))
		return false;
	*user = store_text(app->results->store, FIELD_USER_NAME, row);
	*type = store_text(app->results->store, FIELD_IDENTITY_TYPE, row);
	return user->data != NULL;
}

static size_t chosen(struct app *app, void *context, uint32_t *out, size_t max)
{
	const struct sheet_link *link = here(context);
	uint32_t alert = link && link->kind == LINK_ALERT ? results_find(app->results, link->text) : UINT32_MAX;

	if (alert == UINT32_MAX || !max)
		return 0;
	out[0] = alert;
	return 1;
}

static struct pager *pager_of(struct app *app, void *context)
{
	(void)app;
	return &((struct state *)context)->list.pager;
}

bool timeline_goto_time(struct app *app, int64_t when)
{
	struct place *place = app_place(app);
	struct state *state = place->state;

	if (place->screen->id != SCREEN_TIMELINE || state->step == 0)
		return false;
	state->cursor = when;
	keep_in_sight(state);
	return true;
}

/* The end of the bucket under the cursor: what the rule would have known by then. */
bool timeline_time_here(struct app *app, int64_t *when)
{
	struct place *place = app_place(app);
	struct state *state = place->state;

	if (place->screen->id != SCREEN_TIMELINE || state->step == 0 || state->cursor == TIME_NONE)
		return false;
	*when = bucket_of(state) + state->step;
	return true;
}

static void keep(struct app *app, void *context, struct buf *out)
{
	const struct state *state = context;

	(void)app;
	buf_printf(out, "%lld %lld %lld %d %d", (long long)state->cursor, (long long)state->first,
		(long long)state->step, (int)state->split, state->list.is_all);
}

static void take(struct app *app, void *context, const char *kept)
{
	struct state *state = context;
	long long cursor, first, step;
	int split, is_all;

	(void)app;
	if (sscanf(kept, "%lld %lld %lld %d %d", &cursor, &first, &step, &split, &is_all) != 5 || step < SECOND_MS ||
		split < 0 || split >= SPLIT_COUNT)
		return;
	state->cursor = cursor;
	state->first = first;
	state->step = step;
	state->split = (enum split)split;
	state->list.is_all = is_all != 0;
	keep_in_sight(state);
}

static const char *const hints[] = {"left", "right", "zoom-in", "zoom-out", "later-alert", "brush", "as-of", "split",
	"first-seen", "open", "goto-time", "back", "help"};

const struct screen screen_timeline = {
	.id = SCREEN_TIMELINE,
	.state_size = sizeof(struct state),
	.open = open_timeline,
	.close = close_timeline,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.pager = pager_of,
	.identity = identity,
	.alerts = chosen,
	.keep = keep,
	.take = take,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
