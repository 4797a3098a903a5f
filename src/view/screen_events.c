/* Events: every row, those of a query, or the evidence of an alert; with the raw record beside or below them. */
#include "alert_doc.h"
#include "reach.h"
#include "app.h"
#include "chrome.h"
#include "record.h"
#include "rows.h"
#include "say.h"
#include "table.h"

enum { COL_TIME, COL_USER, COL_ACTION, COL_ADDRESS, COL_NETWORK, COL_AGENT, COL_ERROR, COL_REGION, COL_KEY, COL_COUNT };

static const struct list_column usual_columns[COL_COUNT] = {
	[COL_TIME] = {.title = "TIME", .width = 11},
	[COL_USER] = {.title = "USER", .width = 13, .width_min = 10, .grow = 2, .priority = 3},
	[COL_ACTION] = {.title = "ACTION", .width = 24, .width_min = 18, .grow = 3},
	[COL_ADDRESS] = {.title = "SRC IP", .width = 15, .width_min = 15, .grow = 1, .priority = 2},
	[COL_NETWORK] = {.title = "ASN", .width = 11, .width_min = 8, .grow = 2, .priority = 1},
	[COL_AGENT] = {.title = "AGENT", .width = 11, .width_min = 8, .grow = 4, .priority = 5},
	[COL_ERROR] = {.title = "ERR", .width = 3, .width_min = 3, .grow = 1, .priority = 4},
	[COL_REGION] = {.title = "REGION", .width = 12, .priority = 7},
	[COL_KEY] = {.title = "KEY", .width = 20, .priority = 8},
};
static const enum event_field field_of_column[COL_COUNT] = {FIELD_COUNT, FIELD_USER_NAME, FIELD_ACTION,
	FIELD_SOURCE_ADDRESS, FIELD_AS_ORG, FIELD_USER_AGENT, FIELD_ERROR_CODE, FIELD_CLOUD_REGION, FIELD_ACCESS_KEY};

struct state {
	struct app *app;
	struct target target;
	struct list list;
	struct list_column columns[COL_COUNT];
	struct row_set set;
	int sort;
	bool is_descending;
	unsigned context;
	bool is_split, is_record_focused;
	bool is_either; /* no room for both: the record hides the list */
	struct record record;
	bool has_jumped; /* to where the target asked */
	uint32_t file; /* of the row under the cursor, so that it can follow its item */
	uint64_t offset;
	int64_t when;
	bool has_moved;
	bool wants_record; /* Enter came before the rows */
	struct buf empty;
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct store *store = state->set.store;
	uint32_t event = row_set_at(&state->set, index);
	const struct results *results = app->results;
	bool is_same = store == results->store;
	bool is_rare = is_same && results->trust[store->entry[DIMENSION_SOURCE][event]] == 2;
	struct slice error = store_text(store, FIELD_ERROR_CODE, event);

	cell_time(app, row, COL_TIME, store->timestamp[event]);
	cell_slice(row, COL_USER, ROLE_TEXT, store_text(store, FIELD_USER_NAME, event));
	cell_slice(row, COL_ACTION, ROLE_STRONG, action_name(store, event, &app->cells[COL_ACTION]));
	cell_slice(row, COL_ADDRESS, ROLE_TEXT, store_text(store, FIELD_SOURCE_ADDRESS, event));
	cell_slice(row, COL_NETWORK, is_rare ? ROLE_RARE : ROLE_TEXT, store_text(store, FIELD_AS_ORG, event));
	cell_slice(row, COL_AGENT, ROLE_DIM, store_text(store, FIELD_USER_AGENT, event));
	cell_slice(row, COL_ERROR, ROLE_BAD, error);
	cell_slice(row, COL_REGION, ROLE_TEXT, store_text(store, FIELD_CLOUD_REGION, event));
	cell_slice(row, COL_KEY, ROLE_DIM, store_text(store, FIELD_ACCESS_KEY, event));
	row->mark = is_rare ? '!' : 0;
	if (state->set.is_context && state->set.is_context[index / 64] >> index % 64 & 1)
		row->role = ROLE_OFF;
}

static void remember(struct state *state)
{
	uint32_t row;

	if (state->list.cursor >= state->set.count)
		return;
	row = row_set_at(&state->set, state->list.cursor);
	state->file = state->set.store->file[row];
	state->offset = state->set.store->offset[row];
	state->when = state->set.store->timestamp[row];
}

static bool is_in_time_order(const struct state *state)
{
	return state->sort <= COL_TIME && !state->is_descending;
}

static void explain_empty(struct state *state)
{
	struct app *app = state->app;
	struct buf filters = BUF_EMPTY;
	char total[COUNT_TEXT_SIZE];

	state->empty.length = 0;
	if (!state->set.store) {
		buf_add_text(&state->empty, "choosing rows ...");
	} else if (filters_active(&app->filters)) {
		filters_format(&app->filters, &filters);
		buf_printf(&state->empty,
			"0 of %s events: filter `%s`%s%s.\n\\ turns filters off, u undoes, f lists them.",
			count_text(state->set.store->count, total), filters.data, state->target.query ? " within " : "",
			state->target.query ? state->target.query : "");
		buf_free(&filters);
	} else if (state->target.query) {
		buf_printf(&state->empty, "0 of %s events match %s. Esc goes back.",
			count_text(state->set.store->count, total), state->target.query);
	} else if (state->target.is_evidence) {
		buf_add_text(&state->empty, "The alert no longer fires. Esc goes back, u undoes the last change.");
	} else {
		buf_add_text(&state->empty, no_events_text(app));
	}
	state->list.empty_text = state->empty.data;
}

static unsigned open_record(struct app *app, struct state *state);

static void rows_ready(struct app *app, void *owner)
{
	struct state *state = owner;
	int64_t hint = is_in_time_order(state) ? state->when : TIME_NONE;

	list_set_count(&state->list, state->set.count);
	if (state->target.has_row && !state->has_jumped) {
		list_goto(&state->list, row_set_find(&state->set, state->target.file, state->target.offset,
						is_in_time_order(state) ? state->target.time : TIME_NONE));
		state->has_jumped = true;
		state->has_moved = true;
	} else if (state->target.time != TIME_NONE && !state->has_jumped) {
		list_goto(&state->list, row_set_at_time(&state->set, state->target.time));
		state->has_jumped = true;
	} else if (state->has_moved) {
		list_goto(&state->list, row_set_find(&state->set, state->file, state->offset, hint));
	}
	remember(state);
	if (state->wants_record && app_place(app)->state == state)
		open_record(app, state);
	state->wants_record = false;
}

static void wish(struct state *state)
{
	struct app *app = state->app;
	struct row_wish rows = {.query = state->target.query,
		.sort = state->sort > COL_TIME ? field_of_column[state->sort] : FIELD_COUNT,
		.is_descending = state->is_descending,
		.context = state->context};
	static const uint32_t none;

	if (state->target.is_evidence) {
		uint32_t alert = results_find(app->results, state->target.alert);

		rows.rows = &none;
		if (alert != UINT32_MAX && app->results->views[alert].evidence.count) {
			rows.rows = app->results->views[alert].evidence.rows;
			rows.row_count = app->results->views[alert].evidence.count;
		}
	}
	remember(state);
	row_set_wish(app, &state->set, &rows, state, rows_ready);
}

static void open_events(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	target_copy(&state->target, target);
	memcpy(state->columns, usual_columns, sizeof(state->columns));
	state->columns[COL_USER].is_hidden = target->is_evidence; /* one and the same */
	list_init(&state->list, state->columns, COL_COUNT, fill, state);
	state->list.has_cell_cursor = true;
	state->list.column = COL_ACTION;
	state->sort = -1;
	state->when = TIME_NONE;
	state->columns[COL_TIME].width = app_time_width(app);
	wish(state);
}

static void close_events(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	row_set_free(&state->set);
	record_free(&state->record);
	target_free(&state->target);
	buf_free(&state->empty);
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	state->columns[COL_TIME].width = app_time_width(app);
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION) &&
		(change & CHANGED_SELECTION || !state->set.store || state->set.store != app->results->store ||
			state->target.is_evidence))
		wish(state);
}

static bool row_here(const struct state *state, uint32_t *row)
{
	if (!state->set.store || state->list.cursor >= state->set.count)
		return false;
	*row = row_set_at(&state->set, state->list.cursor);
	return true;
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane list = body, record, separator;
	enum split_direction direction = SPLIT_NONE;
	uint32_t row;

	state->list.pattern = app->search;
	if (state->list.count == 0)
		explain_empty(state);
	if (state->is_split && row_here(state, &row))
		direction = pane_split(body, body.width > 160 ? 55 : 35, &list, &record, &separator);
	state->is_either = state->is_split && direction == SPLIT_NONE && row_here(state, &row);
	if (state->is_either) {
		state->is_record_focused = true;
		record_show(app, &state->record, state->set.store, row);
		record_draw(app, &state->record, body, true);
		return;
	}
	list_draw(&state->list, list, !state->is_record_focused || direction == SPLIT_NONE);
	if (direction == SPLIT_NONE)
		return;
	record_show(app, &state->record, state->set.store, row);
	draw_separator(separator, direction, direction == SPLIT_BELOW ? state->record.title : NULL);
	if (direction == SPLIT_BESIDE) {
		draw_rule_path(record, 0, state->record.title, NULL);
		record = pane_rows(record, 1, record.height - 1);
	}
	record_draw(app, &state->record, record, state->is_record_focused);
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction;

	(void)app;
	if (state->is_split && state->is_record_focused)
		return pager_move(&state->record.pager, motion);
	state->wants_record = false;
	reaction = list_move(&state->list, motion);
	state->has_moved = true;
	remember(state);
	return reaction;
}

static unsigned open_record(struct app *app, struct state *state)
{
	struct target target;
	uint32_t row;

	if (!row_here(state, &row)) {
		state->wants_record = !state->set.store;
		return UI_HANDLED;
	}
	state->wants_record = false;
	target_init(&target);
	target.has_row = true;
	target.file = state->set.store->file[row];
	target.offset = state->set.store->offset[row];
	target.time = state->set.store->timestamp[row];
	return app_open(app, SCREEN_RAW, &target);
}

static unsigned sort_by(struct state *state, const char *arguments)
{
	int column = table_sort_column(state->app, &state->list, arguments);

	if (column < 0)
		return UI_REDRAW;
	state->is_descending = state->sort == column && !state->is_descending;
	state->sort = column;
	state->list.sort_column = column;
	state->list.is_sort_descending = state->is_descending;
	wish(state);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	switch (what) {
	case ACT_OPEN: return open_record(app, state);
	case ACT_RAW:
		state->is_split = !state->is_split;
		state->is_record_focused = false;
		return UI_REDRAW;
	case ACT_TAB:
	case ACT_BACKTAB:
		if (!state->is_split)
			state->is_split = true;
		else
			state->is_record_focused = !state->is_record_focused;
		return UI_REDRAW;
	case ACT_SORT: return sort_by(state, arguments);
	case ACT_REVERSE:
		state->is_descending = !state->is_descending;
		state->sort = state->sort < 0 ? COL_TIME : state->sort;
		state->list.sort_column = state->sort;
		state->list.is_sort_descending = state->is_descending;
		wish(state);
		return UI_REDRAW;
	case ACT_ZOOM_IN:
		state->context = state->context ? state->context * 2 : 3;
		app_say(app, MESSAGE_INFO, "%u events around each; Z less", state->context);
		wish(state);
		return UI_REDRAW;
	case ACT_ZOOM_OUT:
		state->context = state->context > 3 ? state->context / 2 : 0;
		wish(state);
		return UI_REDRAW;
	case ACT_LEAVE:
		if (state->is_record_focused) {
			state->is_record_focused = false;
			state->is_split = state->is_split && !state->is_either;
			return UI_REDRAW;
		}
		return UI_NONE;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	char count[COUNT_TEXT_SIZE], total[COUNT_TEXT_SIZE];
	uint32_t row;

	buf_printf(left, "%s of %s events", count_text(state->set.count, count),
		count_text(app->results->store->count, total));
	if (state->context)
		buf_printf(left, "  with %u around (Z less)", state->context);
	if (state->sort >= 0)
		buf_printf(left, "  by %s%s", usual_columns[state->sort].title,
			state->is_descending ? ", turned round" : "");
	if (state->set.task)
		buf_printf(left, "  choosing %u%%", atomic_load(&state->set.task->progress));
	if (row_here(state, &row)) {
		struct slice error = store_text(state->set.store, FIELD_ERROR_CODE, row);

		if (error.data && !state->is_split)
			buf_printf(right, "%.*s  ", (int)error.length, error.data);
		buf_printf(
			right, "%s/%s", count_text(state->list.cursor + 1, count), count_text(state->set.count, total));
	}
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	uint32_t row;

	(void)app;
	if (state->is_split && state->is_record_focused)
		return record_value(&state->record, out);
	if (!row_here(state, &row))
		return false;
	if (state->list.column <= COL_TIME || state->list.column >= COL_COUNT) {
		static char when[TIME_TEXT_SIZE];

		*out = (struct value){FIELD_COUNT, slice_of(time_format_iso(state->set.store->timestamp[row], when))};
		return true;
	}
	out->field = field_of_column[state->list.column];
	out->text = store_text(state->set.store, out->field, row);
	return true;
}

static struct list *list_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return state->is_split && state->is_record_focused ? NULL : &state->list;
}

static struct pager *pager_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return state->is_split && state->is_record_focused ? &state->record.pager : NULL;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;
	uint32_t row;

	(void)app;
	if (!row_here(state, &row))
		return false;
	*user = store_text(state->set.store, FIELD_USER_NAME, row);
	*type = store_text(state->set.store, FIELD_IDENTITY_TYPE, row);
	return user->data != NULL;
}

/* For @: the first event at or after an instant. */
bool events_goto_time(struct app *app, int64_t when)
{
	struct place *place = app_place(app);
	struct state *state = place->state;
	size_t at;

	if (place->screen->id != SCREEN_EVENTS || !state->set.store || !is_in_time_order(state))
		return false;
	at = row_set_at_time(&state->set, when);
	list_goto(&state->list, at < state->set.count ? at : state->set.count ? state->set.count - 1 : 0);
	state->has_moved = true;
	remember(state);
	return true;
}

static void keep(struct app *app, void *context, struct buf *out)
{
	const struct state *state = context;

	(void)app;
	buf_printf(out, "%d %u", state->is_split, state->context);
}

static void take(struct app *app, void *context, const char *kept)
{
	struct state *state = context;
	int is_split;
	unsigned around;

	(void)app;
	if (sscanf(kept, "%d %u", &is_split, &around) != 2 || around > 1000)
		return;
	state->is_split = is_split != 0;
	state->context = around;
	wish(state);
}

static const char *const hints[] = {"open", "raw", "keep", "drop", "profile", "context", "search", "next-hit", "sort",
	"goto-time", "copy", "pivot", "back", "help"};

const struct screen screen_events = {
	.id = SCREEN_EVENTS,
	.state_size = sizeof(struct state),
	.open = open_events,
	.close = close_events,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.list = list_of,
	.pager = pager_of,
	.identity = identity,
	.keep = keep,
	.take = take,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
