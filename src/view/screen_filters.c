/* The filters with the number of events each keeps by itself: Space off or on, e change, d delete. */
#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "say.h"
#include "table.h"

enum { COL_ON, COL_TEXT, COL_HITS, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_ON] = {.title = "ON", .width = 3},
	[COL_TEXT] = {.title = "FILTER", .width = 40, .width_min = 12, .grow = 1},
	[COL_HITS] = {.title = "EVENTS IT KEEPS", .width = 15, .align = ALIGN_RIGHT},
};

struct state {
	struct list list; /* first */
	struct app *app;
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	const struct filter *filter = &state->app->filters.items[index];
	bool is_off = filter->is_off || state->app->filters.is_off;
	char text[COUNT_TEXT_SIZE];

	cell_text(row, COL_ON, ROLE_TEXT, filter->is_off ? "[ ]" : is_off ? "[-]" : "[x]");
	cell_text(row, COL_TEXT, is_off ? ROLE_OFF : ROLE_VALUE, filter->text);
	if (filter->hits != UINT64_MAX)
		cell_printf(state->app, row, COL_HITS, ROLE_NUMBER, "%s", count_text(filter->hits, text));
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)change;
	list_set_count(&((struct state *)context)->list, app->filters.count);
}

static void open_filters(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->list.empty_text = "No filters. & writes one; + and - on any value keep or drop it.";
	update(app, state, 0);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	list_set_count(&state->list, app->filters.count);
	list_draw(&state->list, body, true);
}

static size_t edited;

static bool edit_done(struct app *app, const char *text, struct err *err)
{
	struct query *query = query_parse(text, time_now(), err);

	if (!query)
		return false;
	query_free(query);
	if (!*text) {
		filter_remove(app, edited);
	} else if (edited < app->filters.count) {
		undo_push(app, UNDO_FILTERS, "change of a filter");
		free(app->filters.items[edited].text);
		app->filters.items[edited].text = xstrdup(text);
		app->filters.items[edited].hits = UINT64_MAX;
		app_want_selection(app);
	}
	return true;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	if (state->list.cursor >= app->filters.count)
		return UI_NONE;
	switch (what) {
	case ACT_SELECT: filter_toggle(app, state->list.cursor); return UI_REDRAW;
	case ACT_DELETE: filter_remove(app, state->list.cursor); return UI_REDRAW;
	case ACT_OPEN:
	case ACT_EDIT:
		edited = state->list.cursor;
		app_ask(app, "& ", "filter", app->filters.items[edited].text, edit_done);
		app_ask_completing(app, complete_query);
		return UI_REDRAW;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	char count[COUNT_TEXT_SIZE], total[COUNT_TEXT_SIZE];
	const struct selection *selection = app_selection(app);

	(void)context;
	(void)right;
	if (selection)
		buf_printf(left, "together they keep %s of %s events", count_text(selection->matched, count),
			count_text(selection->store->count, total));
	else if (app->filters.is_off)
		buf_add_text(left, "all filters are off; \\ turns them on");
}

static const char *const hints[] = {"switch", "edit", "delete", "filter", "toggle-filters", "undo", "back", "help"};

const struct screen screen_filters = {
	.id = SCREEN_FILTERS,
	.state_size = sizeof(struct state),
	.open = open_filters,
	.update = update,
	.draw = draw,
	.status = status,
	.act = act,
	.list = first_list,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
