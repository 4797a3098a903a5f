/* Near misses: who fails exactly one condition of rare-as, closest first, each with its conditions. */
#include "alert_doc.h"
#include "reach.h"
#include "app.h"
#include "here.h"
#include "say.h"
#include "table.h"

enum { COL_USER, COL_TYPE, COL_FAILS, COL_HAS, COL_NEEDS, COL_AT, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_USER] = {.title = "USER", .width = 18, .width_min = 14, .grow = 1},
	[COL_TYPE] = {.title = "TYPE", .width = 11, .priority = 3},
	[COL_FAILS] = {.title = "FAILS ONLY", .width = 29, .width_min = 16},
	[COL_HAS] = {.title = "HAS", .width = 9, .align = ALIGN_RIGHT},
	[COL_NEEDS] = {.title = "LIMIT", .width = 9, .align = ALIGN_RIGHT, .priority = 2},
	[COL_AT] = {.title = "EVALUATED", .width = 11, .priority = 4},
};

struct state {
	struct list list; /* first */
	struct app *app;
	struct sheet doc;
	struct pager pager;
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct alert *miss = &app->results->near.items[index];
	const struct why *fails = near_miss_failure(miss);
	const struct store *store = app->results->store;
	char text[48];

	cell_slice(row, COL_USER, ROLE_STRONG, store_string(store, miss->rare_as.user_name));
	cell_slice(row, COL_TYPE, ROLE_DIM, store_string(store, miss->rare_as.identity_type));
	cell_text(row, COL_FAILS, ROLE_BAD, parameter_words(fails->parameter));
	parameter_value(fails->parameter, fails->value, text, sizeof(text));
	cell_printf(app, row, COL_HAS, ROLE_NUMBER, "%s", text);
	parameter_value(fails->parameter, fails->limit, text, sizeof(text));
	cell_printf(app, row, COL_NEEDS, ROLE_NUMBER, "%s", text);
	cell_time(app, row, COL_AT, miss->last_fired);
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	(void)change;
	columns[COL_AT].width = app_time_width(app);
	list_set_count(&state->list, app->results->near.count);
}

static void open_near(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->list.empty_text = "Nobody fails exactly one condition. 5 tries other limits, 2 lists the identities.";
	update(app, state, 0);
}

static void close_near(struct app *app, void *context)
{
	(void)app;
	sheet_free(&((struct state *)context)->doc);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane list = body, doc, separator;
	enum split_direction direction = SPLIT_NONE;

	state->list.pattern = app->search;
	if (state->list.cursor < app->results->near.count)
		direction = pane_split(body, 45, &list, &doc, &separator);
	list_draw(&state->list, list, true);
	if (direction == SPLIT_NONE)
		return;
	draw_separator(separator, direction, "conditions at its closest");
	sheet_begin(&state->doc, app->ui, doc.width);
	sheet_conditions(app, &state->doc, &app->results->near.items[state->list.cursor]);
	sheet_pager(&state->doc, &state->pager);
	state->pager.has_cursor = false;
	pager_draw(&state->pager, doc, false);
}

static const struct alert *here(struct app *app, struct state *state)
{
	return state->list.cursor < app->results->near.count ? &app->results->near.items[state->list.cursor] : NULL;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	const struct alert *miss = here(app, context);

	if (!miss)
		return false;
	*user = store_string(app->results->store, miss->rare_as.user_name);
	*type = store_string(app->results->store, miss->rare_as.identity_type);
	return true;
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct slice type;

	out->field = FIELD_USER_NAME;
	return identity(app, context, &out->text, &type);
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	(void)context;
	(void)arguments;
	return what == ACT_OPEN ? app_run_line(app, "profile") : UI_NONE;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	size_t count = app->results->near.count;

	buf_printf(left, "%zu near %s: one condition fails, closest first", count, plural(count, "miss", "misses"));
	if (count)
		buf_printf(right, "%zu/%zu", state->list.cursor + 1, count);
}

/* The parameter that the near miss under the cursor fails. */
enum parameter near_parameter_here(struct app *app)
{
	struct place *place = app_place(app);
	const struct alert *miss = place->screen->id == SCREEN_NEAR ? here(app, place->state) : NULL;

	return miss ? near_miss_failure(miss)->parameter : PARAMETER_TOTAL;
}

static const char *const hints[] = {"open", "tune", "keep", "drop", "allow", "search", "back", "help"};

const struct screen screen_near = {
	.id = SCREEN_NEAR,
	.state_size = sizeof(struct state),
	.open = open_near,
	.close = close_near,
	.update = update,
	.draw = draw,
	.status = status,
	.value = value,
	.act = act,
	.list = first_list,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
