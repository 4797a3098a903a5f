/* Users: every identity with its figures; or only those that share a value, for "who else". */
#include <stdlib.h>

#include "app.h"
#include "chrome.h"
#include "here.h"
#include "say.h"
#include "table.h"

enum {
	COL_USER,
	COL_TYPE,
	COL_ALERTS,
	COL_EVENTS,
	COL_ERRORS,
	COL_RARE,
	COL_NETWORKS,
	COL_ACTIONS,
	COL_LAST,
	COL_FIRST,
	COL_COUNT
};

static struct list_column columns[COL_COUNT] = {
	[COL_USER] = {.title = "USER", .width = 20, .width_min = 10, .grow = 3},
	[COL_TYPE] = {.title = "TYPE", .width = 12, .width_min = 7, .grow = 1, .priority = 4},
	[COL_ALERTS] = {.title = "ALERTS", .width = 6, .align = ALIGN_RIGHT},
	[COL_EVENTS] = {.title = "EVENTS", .width = 9, .width_min = 7, .align = ALIGN_RIGHT},
	[COL_ERRORS] = {.title = "ERRORS", .width = 6, .align = ALIGN_RIGHT, .priority = 5},
	[COL_RARE] = {.title = "OTHER AS", .width = 8, .align = ALIGN_RIGHT, .priority = 2},
	[COL_NETWORKS] = {.title = "NETS", .width = 4, .align = ALIGN_RIGHT, .priority = 3},
	[COL_ACTIONS] = {.title = "ACTS", .width = 4, .align = ALIGN_RIGHT, .priority = 6},
	[COL_LAST] = {.title = "LAST", .width = 11, .priority = 1},
	[COL_FIRST] = {.title = "FIRST", .width = 11, .priority = 7},
};

struct users_task;

struct state {
	struct list list; /* first */
	struct app *app;
	struct target target;
	struct results *results; /* the snapshot the users were counted in */
	struct user_view *users;
	uint32_t count;
	int sort;
	bool is_descending;
	struct task *task;
	char *under; /* user under the cursor */
	bool has_moved;
	struct buf empty;
};

struct users_task {
	struct task task;
	struct state *state;
	struct results *results;
	struct selection *selection;
	struct query *query;
	int sort;
	bool is_descending;
	struct user_view *users;
	uint32_t count;
};

/* ---- counting and sorting, on the scanner's thread ---- */

static int compare(const struct store *store, int column, const struct user_view *a, const struct user_view *b)
{
#define ORDER(member) (a->member < b->member ? -1 : a->member > b->member)
	switch (column) {
	case COL_TYPE: return slice_compare(store_string(store, a->type), store_string(store, b->type));
	case COL_ALERTS: return ORDER(alerts);
	case COL_EVENTS: return ORDER(events);
	case COL_ERRORS: return ORDER(errors);
	case COL_RARE: return ORDER(untrusted);
	case COL_NETWORKS: return ORDER(networks);
	case COL_ACTIONS: return ORDER(actions);
	case COL_LAST: return ORDER(last);
	case COL_FIRST: return ORDER(first);
	default: return slice_compare(store_string(store, a->user), store_string(store, b->user));
	}
#undef ORDER
}

static int by_column(const void *left, const void *right, void *context)
{
	const struct users_task *job = context;
	const struct user_view *a = left, *b = right;
	int order;

	if (job->sort < 0) { /* alerts first, then most events */
		order = compare(job->results->store, COL_ALERTS, b, a);
		order = order ? order : compare(job->results->store, COL_EVENTS, b, a);
	} else {
		order = compare(job->results->store, job->sort, a, b);
		order = job->is_descending ? -order : order;
	}
	return order ? order : a->identity < b->identity ? -1 : 1;
}

static void users_run(struct task *task)
{
	struct users_task *job = (struct users_task *)task;
	const struct results *results = job->results;
	const struct store *store = results->store;
	uint64_t *keep = NULL;

	if (job->query) {
		keep = query_run(job->query, store, NULL);
		for (uint32_t i = 0; job->selection && i <= store->count / 64; i++)
			keep[i] &= i * UINT64_C(64) < store->count ? job->selection->bits[i] : 0;
	}
	if (!keep && !job->selection) {
		job->users = xcalloc(results->user_count + 1, sizeof(*job->users));
		memcpy(job->users, results->users, results->user_count * sizeof(*job->users));
		job->count = results->user_count;
	} else {
		uint32_t *alerts = xcalloc(store->identity_count + 1, sizeof(*alerts));

		job->users = users_compute(
			store, results->trust, results->failed, keep ? keep : job->selection->bits, &job->count);
		for (uint32_t i = 0; i < results->user_count; i++)
			alerts[results->users[i].identity] = i + 1;
		for (uint32_t i = 0; i < job->count; i++) {
			uint32_t at = alerts[job->users[i].identity];

			job->users[i].alerts = at ? results->users[at - 1].alerts : 0;
			job->users[i].severity = at ? results->users[at - 1].severity : ' ';
		}
		free(alerts);
	}
	free(keep);
	qsort_r(job->users, job->count, sizeof(*job->users), by_column, job);
}

static void explain_empty(struct state *state)
{
	const struct app *app = state->app;
	struct buf filters = BUF_EMPTY;

	state->empty.length = 0;
	if (filters_active(&app->filters)) {
		filters_format(&app->filters, &filters);
		buf_printf(&state->empty,
			"0 of %u identities: filter `%s` hides them.\n\\ turns filters off, u undoes.",
			app->results->user_count, filters.data);
		buf_free(&filters);
	} else if (app->results->store->count == 0) {
		buf_add_text(&state->empty, no_events_text(app));
	} else {
		buf_add_text(&state->empty, state->target.query
						    ? "Nobody has that value. Esc goes back."
						    : "No event names a user. 8 lists the files and what was skipped.");
	}
	state->list.empty_text = state->empty.data;
}

static void users_done(struct app *app, struct task *task)
{
	struct users_task *job = (struct users_task *)task;
	struct state *state = job->state;

	(void)app;
	state->task = NULL;
	free(state->users);
	results_free(state->results);
	state->users = job->users;
	state->count = job->count;
	state->results = results_ref(job->results);
	job->users = NULL;
	list_set_count(&state->list, state->count);
	for (uint32_t i = 0; state->has_moved && state->under && i < state->count; i++)
		if (slice_equals(store_string(state->results->store, state->users[i].user), slice_of(state->under))) {
			list_goto(&state->list, i);
			break;
		}
}

static void users_discard(struct task *task)
{
	struct users_task *job = (struct users_task *)task;

	results_free(job->results);
	selection_free(job->selection);
	query_free(job->query);
	free(job->users);
	free(job);
}

static void count_users(struct state *state)
{
	struct app *app = state->app;
	struct users_task *job = xcalloc(1, sizeof(*job));
	struct err err;

	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	job->task = (struct task){.run = users_run, .done = users_done, .discard = users_discard};
	job->state = state;
	job->results = results_ref(app->results);
	job->selection = app_selection(app) ? selection_ref(app->selection) : NULL;
	job->query = state->target.query ? query_parse(state->target.query, time_now(), &err) : NULL;
	job->sort = state->sort;
	job->is_descending = state->is_descending;
	state->task = &job->task;
	worker_post(app->scanner, &job->task);
}

/* ---- the screen ---- */

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct user_view *user = &state->users[index];
	const struct store *store = state->results->store;
	char text[COUNT_TEXT_SIZE];

	cell_slice(row, COL_USER, ROLE_STRONG, store_string(store, user->user));
	cell_slice(row, COL_TYPE, ROLE_DIM, store_string(store, user->type));
	if (user->alerts)
		cell_printf(app, row, COL_ALERTS, severity_role(user->severity), "%u %c", user->alerts, user->severity);
	cell_printf(app, row, COL_EVENTS, ROLE_NUMBER, "%s", count_text(user->events, text));
	cell_printf(app, row, COL_ERRORS, user->errors ? ROLE_BAD : ROLE_DIM, "%s", count_short(user->errors, text));
	cell_printf(app, row, COL_RARE, ROLE_NUMBER, "%s", count_short(user->untrusted, text));
	cell_printf(app, row, COL_NETWORKS, ROLE_NUMBER, "%u", user->networks);
	cell_printf(app, row, COL_ACTIONS, ROLE_NUMBER, "%u", user->actions);
	cell_time(app, row, COL_LAST, user->last);
	cell_time(app, row, COL_FIRST, user->first);
}

static void open_users(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	target_copy(&state->target, target);
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->sort = -1;
	state->list.empty_text = "counting ...";
	columns[COL_LAST].width = columns[COL_FIRST].width = app_time_width(app);
	count_users(state);
}

static void close_users(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	free(state->users);
	results_free(state->results);
	target_free(&state->target);
	free(state->under);
	buf_free(&state->empty);
}

static void update(struct app *app, void *context, unsigned change)
{
	columns[COL_LAST].width = columns[COL_FIRST].width = app_time_width(app);
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		count_users(context);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	state->list.pattern = app->search;
	if (state->list.count == 0)
		explain_empty(state);
	list_draw(&state->list, body, true);
}

static void remember(struct state *state)
{
	struct slice user;

	if (state->list.cursor >= state->count)
		return;
	user = store_string(state->results->store, state->users[state->list.cursor].user);
	free(state->under);
	state->under = xasprintf("%.*s", (int)user.length, user.data);
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction = list_move(&state->list, motion);

	(void)app;
	state->has_moved = true;
	remember(state);
	return reaction;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	(void)app;
	if (state->list.cursor >= state->count)
		return false;
	*user = store_string(state->results->store, state->users[state->list.cursor].user);
	*type = store_string(state->results->store, state->users[state->list.cursor].type);
	return true;
}

static unsigned sort_by(struct state *state, const char *arguments)
{
	int column = table_sort_column(state->app, &state->list, arguments);

	if (column < 0)
		return UI_REDRAW;
	state->is_descending = state->sort == column ? !state->is_descending : column > COL_TYPE;
	state->sort = column;
	state->list.sort_column = column;
	state->list.is_sort_descending = state->is_descending;
	count_users(state);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	switch (what) {
	case ACT_OPEN: return app_run_line(app, "profile");
	case ACT_SORT: return sort_by(state, arguments);
	case ACT_REVERSE:
		state->sort = state->sort < 0 ? COL_EVENTS : state->sort;
		state->is_descending = !state->is_descending;
		state->list.sort_column = state->sort;
		state->list.is_sort_descending = state->is_descending;
		count_users(state);
		return UI_REDRAW;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	unsigned alerted = 0;

	(void)app;
	for (uint32_t i = 0; i < state->count; i++)
		alerted += state->users[i].alerts > 0;
	buf_printf(
		left, "%u %s  %u with alerts", state->count, plural(state->count, "identity", "identities"), alerted);
	if (state->count)
		buf_printf(right, "%zu/%u", state->list.cursor + 1, state->count);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct slice type;

	out->field = FIELD_USER_NAME;
	return identity(app, context, &out->text, &type);
}

static const char *const hints[] = {
	"open", "compare", "keep", "drop", "allow", "sort", "reverse", "search", "filter", "command", "help"};

const struct screen screen_users = {
	.id = SCREEN_USERS,
	.state_size = sizeof(struct state),
	.open = open_users,
	.close = close_users,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.list = first_list,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
