/* A record over the whole screen, with the fields of the store behind its leaves. */
#include "app.h"
#include "record.h"
#include "rows.h"
#include "say.h"

struct state {
	struct app *app;
	struct target target;
	struct record record;
	struct store *store;
	uint32_t row;
	bool is_found;
};

/* Rows of that instant are few, so the row is found again by its file and offset in any snapshot. */
static void find(struct app *app, struct state *state)
{
	struct row_set all = {
		.store = (struct store *)(uintptr_t)app->results->store, .count = app->results->store->count};
	size_t at = row_set_find(&all, state->target.file, state->target.offset, state->target.time);

	if (at >= all.count || all.store->file[at] != state->target.file ||
		all.store->offset[at] != state->target.offset)
		return;
	store_free(state->store);
	state->store = store_ref(all.store);
	state->row = (uint32_t)at;
	state->is_found = true;
}

static void open_raw(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	target_copy(&state->target, target);
	find(app, state);
}

static void close_raw(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	record_free(&state->record);
	store_free(state->store);
	target_free(&state->target);
}

static void update(struct app *app, void *context, unsigned change)
{
	if (change & CHANGED_RESULTS)
		find(app, context);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (!state->is_found) {
		draw_text(body, 1, 1, ROLE_WARN, slice_of("This event is not in the snapshot. Esc goes back."));
		return;
	}
	record_show(app, &state->record, state->store, state->row);
	draw_rule_path(body, 0, state->record.title, NULL);
	record_draw(app, &state->record, pane_rows(body, 1, body.height - 1), true);
}

static void crumb(struct app *app, void *context, struct buf *out)
{
	struct state *state = context;
	struct slice action = {0};
	char when[TIME_TEXT_SIZE];

	if (state->is_found)
		action = store_text(state->store, FIELD_ACTION, state->row);
	buf_printf(out, "%.*s %s", (int)action.length, action.data ? action.data : "",
		app_time(app, state->target.time, TIME_SHORT, when));
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	char bytes[COUNT_TEXT_SIZE];

	(void)app;
	buf_printf(left, "record of %s bytes, read back from its file", count_text(state->record.raw.length, bytes));
	buf_printf(right, "%d%%", pager_percent(&state->record.pager));
}

static bool value(struct app *app, void *context, struct value *out)
{
	(void)app;
	return record_value(&((struct state *)context)->record, out);
}

static struct pager *pager_of(struct app *app, void *context)
{
	(void)app;
	return &((struct state *)context)->record.pager;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	(void)app;
	if (!state->is_found)
		return false;
	*user = store_text(state->store, FIELD_USER_NAME, state->row);
	*type = store_text(state->store, FIELD_IDENTITY_TYPE, state->row);
	return user->data != NULL;
}

/* Enter on a leaf: the events that share it. */
static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct value here;
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	(void)arguments;
	if (what != ACT_OPEN)
		return UI_NONE;
	if (!value(app, context, &here) || here.field == FIELD_COUNT) {
		app_say(app, MESSAGE_INFO, "no field of the store is behind this line; y copies it");
		return UI_REDRAW;
	}
	term_format(&query, here.field, here.text);
	reaction = app_open_events(app, query.data);
	buf_free(&query);
	return reaction;
}

static const char *const hints[] = {
	"keep", "drop", "open", "profile", "pivot", "wrap", "search", "next-hit", "copy", "copy-row", "back", "help"};

const struct screen screen_raw = {
	.id = SCREEN_RAW,
	.state_size = sizeof(struct state),
	.open = open_raw,
	.close = close_raw,
	.update = update,
	.draw = draw,
	.crumb = crumb,
	.status = status,
	.value = value,
	.act = act,
	.pager = pager_of,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
