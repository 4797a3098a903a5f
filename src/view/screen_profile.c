/* Profile: what is usual for one identity. Eight breakdowns; x makes a value filter the other panes; values that are rare
 * for the identity, or first seen in its last day, are marked. */
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "say.h"
#include "table.h"
#include "tally.h"

#define PANES 8
static const enum event_field pane_fields[PANES] = {FIELD_AS_ORG, FIELD_ACTION, FIELD_SOURCE_ADDRESS, FIELD_ERROR_CODE,
	FIELD_USER_AGENT, FIELD_CLOUD_REGION, FIELD_ACCESS_KEY, FIELD_COUNTRY_NAME};
static const char *const pane_titles[PANES] = {
	"ASN", "ACTION", "IP", "ERROR CODE", "USER AGENT", "REGION", "ACCESS KEY", "COUNTRY"};

struct profile_task;

struct state {
	struct app *app;
	struct target target;
	struct results *results; /* of the tallies */
	struct tally tallies[PANES];
	uint64_t events, errors, matched;
	int64_t first, last;
	uint32_t weeks[7][24];
	double activity[200];
	uint32_t alerts;
	char account[32];
	char *picked[PANES]; /* cross-filter; NULL: none. "" is the absent value */
	struct bars bars[PANES];
	unsigned focus;
	bool is_rare_only;
	uint32_t *shown[PANES]; /* indexes into the tally */
	size_t shown_count[PANES];
	struct task *task;
	struct buf cells[3];
};

struct profile_task {
	struct task task;
	struct state *state;
	struct results *results;
	struct selection *selection;
	char *user, *type;
	uint32_t picked[PANES];
	bool is_picked[PANES];
	struct tally tallies[PANES];
	uint64_t events, errors, matched;
	int64_t first, last;
	uint32_t weeks[7][24];
	double activity[200];
	uint32_t account;
};

/* ---- counting ---- */

/* Rows that pass the picks of every pane but `except`: so a pane shows what else could be picked in it. */
static size_t rows_for_pane(
	const struct profile_task *job, const uint32_t *rows, size_t count, unsigned except, uint32_t *out)
{
	const struct store *store = job->results->store;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_kept = true;

		for (unsigned p = 0; p < PANES && is_kept; p++)
			if (job->is_picked[p] && p != except)
				is_kept = store_value(store, pane_fields[p], rows[i]) == job->picked[p];
		if (is_kept)
			out[kept++] = rows[i];
	}
	return kept;
}

static void profile_run(struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;
	const struct results *results = job->results;
	const struct store *store = results->store;
	struct slice type = job->type ? slice_of(job->type) : (struct slice){0};
	size_t count;
	uint32_t *rows =
		user_rows(store, slice_of(job->user), type, job->selection ? job->selection->bits : NULL, &count);
	uint32_t *part = xcalloc(count + 1, sizeof(*part));

	job->events = count;
	job->first = count ? store->timestamp[rows[0]] : TIME_NONE;
	job->last = count ? store->timestamp[rows[count - 1]] : TIME_NONE;
	job->account = count ? store_value(store, FIELD_ACCOUNT_ID, rows[count - 1]) : 0;
	job->matched = rows_for_pane(job, rows, count, PANES, part);
	for (size_t i = 0; i < job->matched; i++) {
		int64_t when = store->timestamp[part[i]], hours = time_floor(when, HOUR_MS) / HOUR_MS;
		int64_t days = time_floor(when, DAY_MS) / DAY_MS;
		double span = (double)(job->last - job->first + 1);

		job->errors += row_failed(results, part[i]);
		job->weeks[((days + 3) % 7 + 7) % 7][hours - days * 24]++;
		job->activity[(size_t)((double)(when - job->first) / span * 200)]++;
	}
	for (unsigned p = 0; p < PANES && !atomic_load(&task->is_canceled); p++) {
		size_t kept = rows_for_pane(job, rows, count, p, part);

		job->tallies[p] = tally_make(store, results->failed, pane_fields[p], part, kept);
	}
	free(part);
	free(rows);
}

/* At most 1% and at most half of what an even share would be, or first seen in the last day. Where there are many values,
 * as with addresses of a pool, a new one is nothing to remark on. */
static bool is_rare(const struct state *state, const struct tally *tally, const struct tally_row *row)
{
	double count = row->count, total = (double)tally->total;
	bool is_long = state->last - state->first > 2 * DAY_MS;

	return (total >= 50 && count <= 0.01 * total && count * 2 <= total / (double)tally->count) ||
	       (is_long && tally->count > 1 && tally->count <= 50 && row->first > state->last - DAY_MS);
}

static int newest_first(const void *left, const void *right, void *context)
{
	const struct tally_row *rows = context;
	const struct tally_row *a = &rows[*(const uint32_t *)left], *b = &rows[*(const uint32_t *)right];

	return a->first != b->first ? (a->first > b->first ? -1 : 1) : a < b ? -1 : a > b;
}

/* Which rows of the tallies the bars show, in what order: the most frequent, then the rare ones, those that came last
 * first, then the rest; so a short pane shows both what is usual and what is not. */
static void arrange(struct state *state)
{
	for (unsigned p = 0; p < PANES; p++) {
		const struct tally *tally = &state->tallies[p];
		size_t shown = 0, rare = 0;

		free(state->shown[p]);
		state->shown[p] = xcalloc(tally->count + 1, sizeof(**state->shown));
		for (int pass = 0; pass < 3; pass++) {
			rare = shown;
			for (size_t i = 0; i < tally->count; i++) {
				bool is = is_rare(state, tally, &tally->rows[i]);
				int turn = i == 0 ? 0 : is ? 1 : 2;

				if (!tally->rows[i].value && (pane_fields[p] == FIELD_ERROR_CODE || tally->count == 1))
					continue; /* success is not an error code, and "none" alone tells nothing */
				if (turn == pass && (!state->is_rare_only || is))
					state->shown[p][shown++] = (uint32_t)i;
			}
			if (pass == 1)
				qsort_r(&state->shown[p][rare], shown - rare, sizeof(**state->shown), newest_first,
					tally->rows);
		}
		state->shown_count[p] = shown;
		state->bars[p].count = state->bars[p].total = shown;
		if (state->bars[p].cursor >= shown)
			state->bars[p].cursor = shown ? shown - 1 : 0;
	}
}

static unsigned focus_next(struct state *state, unsigned by)
{
	for (unsigned i = 0; i < PANES; i++) {
		state->focus = (state->focus + by) % PANES;
		if (state->shown_count[state->focus])
			break;
	}
	return UI_REDRAW;
}

static void profile_done(struct app *app, struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;
	struct state *state = job->state;
	struct slice account;

	(void)app;
	state->task = NULL;
	results_free(state->results);
	state->results = results_ref(job->results);
	for (unsigned p = 0; p < PANES; p++) {
		tally_free(&state->tallies[p]);
		state->tallies[p] = job->tallies[p];
		job->tallies[p] = (struct tally){0};
	}
	state->events = job->events;
	state->errors = job->errors;
	state->matched = job->matched;
	state->first = job->first;
	state->last = job->last;
	memcpy(state->weeks, job->weeks, sizeof(state->weeks));
	memcpy(state->activity, job->activity, sizeof(state->activity));
	account = store_string(state->results->store, job->account);
	snprintf(state->account, sizeof(state->account), "%.*s", (int)account.length, account.data ? account.data : "");
	state->alerts = 0;
	for (size_t i = 0; i < state->results->alerts.count; i++)
		state->alerts += slice_equals(store_string(state->results->store, state->results->views[i].user),
			slice_of(state->target.user));
	arrange(state);
	if (!state->shown_count[state->focus])
		focus_next(state, 1);
}

static void profile_discard(struct task *task)
{
	struct profile_task *job = (struct profile_task *)task;

	for (unsigned p = 0; p < PANES; p++)
		tally_free(&job->tallies[p]);
	results_free(job->results);
	selection_free(job->selection);
	free(job->user);
	free(job->type);
	free(job);
}

static void count_profile(struct state *state)
{
	struct app *app = state->app;
	struct profile_task *job = xcalloc(1, sizeof(*job));

	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	job->task = (struct task){.run = profile_run, .done = profile_done, .discard = profile_discard};
	job->state = state;
	job->results = results_ref(app->results);
	job->selection = app_selection(app) ? selection_ref(app->selection) : NULL;
	job->user = xstrdup(state->target.user);
	job->type = state->target.type ? xstrdup(state->target.type) : NULL;
	for (unsigned p = 0; p < PANES; p++) {
		job->is_picked[p] = state->picked[p] != NULL;
		if (state->picked[p] && *state->picked[p])
			job->picked[p] = dict_find(app->results->store->strings, slice_of(state->picked[p]));
	}
	state->task = &job->task;
	worker_post(app->scanner, &job->task);
}

/* ---- drawing ---- */

struct bar_context {
	struct state *state;
	unsigned pane;
};
static void fill_bar(void *context, size_t index, struct bar_row *row);

/* One context a pane; there is one profile on the screen at a time, and each draw sets them. */
static struct bar_context contexts[PANES];

static void fill_bar(void *context, size_t index, struct bar_row *row)
{
	const struct bar_context *which = context;
	struct state *state = which->state;
	const struct tally *tally = &state->tallies[which->pane];
	const struct tally_row *from = &tally->rows[state->shown[which->pane][index]];
	struct slice text = store_string(state->results->store, from->value);
	double share = tally->total ? (double)from->count / (double)tally->total : 0;
	char count[COUNT_TEXT_SIZE];
	const char *picked = state->picked[which->pane];

	state->cells[0].length = 0;
	buf_printf(&state->cells[0], "%s %5.1f", count_text(from->count, count), share * 100);
	row->label = text.data ? text : slice_of("(none)");
	row->figures = (struct slice){state->cells[0].data, state->cells[0].length};
	row->fraction = share;
	row->is_rare = is_rare(state, tally, from);
	row->is_off = picked && !slice_equals(text.data ? text : slice_of(""), slice_of(picked));
}

static void draw_head(struct state *state, struct pane body)
{
	char errors[COUNT_TEXT_SIZE], matched[COUNT_TEXT_SIZE];
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	int width = body.width > 30 ? body.width - 24 : 0;

	if (width > 200)
		width = 200;
	draw_printf(body, 0, 1, ROLE_TEXT, "%s%s  %s events, %s failed  %u %s  %s to %s  acct %s",
		!state->target.type   ? "all types"
		: *state->target.type ? state->target.type
				      : "no type",
		state->matched != state->events ? " cross-filtered" : "", count_text(state->matched, matched),
		count_text(state->errors, errors), state->alerts, plural(state->alerts, "alert", "alerts"),
		app_time(state->app, state->first, TIME_MINUTE, first),
		app_time(state->app, state->last, TIME_MINUTE, last), state->account);
	draw_text(body, 1, 1, ROLE_DIM, slice_of("activity"));
	if (width > 10 && state->events) {
		double cells[200] = {0};

		for (int i = 0; i < 200; i++)
			cells[i * width / 200] += state->activity[i];
		draw_spark(body, 1, 10, cells, (size_t)width, 0, ROLE_SPARK);
		draw_printf(
			body, 1, 12 + width, ROLE_DIM, "%lldd", (long long)((state->last - state->first) / DAY_MS + 1));
	}
}

/* Rows a column of panes gives each: what it needs, the rest shared out. */
static void share_rows(const struct state *state, int room, unsigned first, unsigned step, int heights[PANES])
{
	int left = room;
	unsigned count = 0;

	for (unsigned p = first; p < PANES; p += step)
		count += state->shown_count[p] > 0;
	for (unsigned p = first, i = 0; p<PANES; p += step, i += state->shown_count[p - step]> 0) {
		if (!state->shown_count[p])
			continue;
		int fair = left / (int)(count - i), need = (int)state->shown_count[p] + 2;

		/* The first panes may grow into what later ones do not need. */
		int later = 0;

		for (unsigned q = p + step; q < PANES; q += step)
			later += state->shown_count[q] == 0              ? 0
				 : (int)state->shown_count[q] + 2 < fair ? (int)state->shown_count[q] + 2
									 : fair;
		heights[p] = need < left - later ? need : left - later;
		if (heights[p] < (fair < need ? fair : need))
			heights[p] = fair < need ? fair : need;
		if (heights[p] > left)
			heights[p] = left;
		left -= heights[p];
	}
}

static void draw_heat(struct state *state, struct pane pane)
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	uint32_t most = 0;

	for (unsigned d = 0; d < 7; d++)
		for (unsigned h = 0; h < 24; h++)
			most = state->weeks[d][h] > most ? state->weeks[d][h] : most;
	draw_text(pane, 0, 0, ROLE_HEADER, slice_of("HOURS OF THE WEEK, UTC"));
	draw_text(pane, 1, 4, ROLE_DIM, slice_of("00    06    12    18"));
	for (int d = 0; d < 7; d++) {
		double cells[24];

		for (int h = 0; h < 24; h++)
			cells[h] = state->weeks[d][h];
		draw_text(pane, d + 2, 0, ROLE_DIM, slice_of(days[d]));
		draw_spark(pane, d + 2, 4, cells, 24, most, ROLE_SPARK);
	}
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane panes = pane_rows(body, 3, body.height - 3);
	unsigned columns = body.width >= 160 ? 3 : body.width >= 60 ? 2 : 1;
	int heights[PANES] = {0}, y[4] = {0};

	(void)app;
	if (!state->results) {
		draw_text(body, 1, 1, ROLE_DIM, slice_of("counting ..."));
		return;
	}
	if (body.height >= 6 || columns > 1)
		draw_head(state, body);
	if (state->events == 0) {
		draw_printf(body, 3, 1, ROLE_WARN,
			filters_active(&app->filters)
				? "No event of this identity passes the filters: \\ turns them off, u undoes."
				: "This identity has no event in this snapshot.");
		return;
	}
	if (columns == 1) { /* only the pane with the keys */
		contexts[state->focus] = (struct bar_context){state, state->focus};
		bars_draw(
			&state->bars[state->focus], body.height < 6 ? body : pane_rows(body, 2, body.height - 2), true);
		return;
	}
	if (columns == 3 && panes.height >= 24) {
		draw_heat(
			state, pane_part(panes, panes.height - 10, panes.width - panes.width / 3, 10, panes.width / 3));
	}
	for (unsigned c = 0; c < columns; c++)
		share_rows(state, columns == 3 && c == 2 ? panes.height - 11 : panes.height, c, columns, heights);
	for (unsigned p = 0; p < PANES; p++) {
		unsigned column = p % columns;
		int width = panes.width / (int)columns;

		contexts[p] = (struct bar_context){state, p};
		if (heights[p] > 1)
			bars_draw(&state->bars[p],
				pane_part(panes, y[column], width * (int)column, heights[p] - (heights[p] > 3),
					width - 1),
				p == state->focus);
		y[column] += heights[p];
	}
}

/* ---- keys ---- */

static void open_profile(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	target_copy(&state->target, target);
	if (!state->target.user)
		state->target.user = xstrdup("");
	for (unsigned p = 0; p < PANES; p++)
		state->bars[p] = (struct bars){
			.title = pane_titles[p], .figures = "events     %", .row = fill_bar, .context = &contexts[p]};
	count_profile(state);
}

static void close_profile(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	for (unsigned p = 0; p < PANES; p++) {
		tally_free(&state->tallies[p]);
		free(state->picked[p]);
		free(state->shown[p]);
	}
	for (size_t i = 0; i < COUNT_OF(state->cells); i++)
		buf_free(&state->cells[i]);
	results_free(state->results);
	target_free(&state->target);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		count_profile(context);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	const struct bars *bars = &state->bars[state->focus];

	(void)app;
	if (!state->results || bars->cursor >= state->shown_count[state->focus])
		return false;
	out->field = pane_fields[state->focus];
	out->text = store_string(state->results->store,
		state->tallies[state->focus].rows[state->shown[state->focus][bars->cursor]].value);
	return true;
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;

	(void)app;
	if (motion == MOTION_LEFT || motion == MOTION_RIGHT)
		return focus_next(state, motion == MOTION_RIGHT ? 1 : PANES - 1);
	return bars_move(&state->bars[state->focus], motion);
}

static unsigned open_value(struct app *app, struct state *state)
{
	struct value here;
	struct buf query = BUF_EMPTY;
	struct target target;
	unsigned reaction;

	if (!value(app, state, &here))
		return UI_HANDLED;
	term_format(&query, FIELD_USER_NAME, slice_of(state->target.user));
	buf_add_text(&query, " and ");
	term_format(&query, here.field, here.text);
	for (unsigned p = 0; p < PANES; p++)
		if (state->picked[p] && p != state->focus) {
			buf_add_text(&query, " and ");
			term_format(&query, pane_fields[p],
				*state->picked[p] ? slice_of(state->picked[p]) : (struct slice){0});
		}
	target_init(&target);
	target.query = target.label = query.data;
	reaction = app_open(app, SCREEN_EVENTS, &target);
	buf_free(&query);
	return reaction;
}

static unsigned pick(struct app *app, struct state *state)
{
	struct value here;
	char **picked = &state->picked[state->focus], *text;

	if (!value(app, state, &here))
		return UI_HANDLED;
	text = xasprintf("%.*s", (int)here.text.length, here.text.data ? here.text.data : "");
	if (*picked && strcmp(*picked, text) == 0) {
		free(text);
		text = NULL;
	}
	free(*picked);
	*picked = text;
	count_profile(state);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	switch (what) {
	case ACT_OPEN: return open_value(app, state);
	case ACT_TAB: return focus_next(state, 1);
	case ACT_BACKTAB: return focus_next(state, PANES - 1);
	case ACT_CROSS: return pick(app, state);
	case ACT_FIRST_SEEN:
		state->is_rare_only = !state->is_rare_only;
		arrange(state);
		return UI_REDRAW;
	case ACT_LEAVE:
		for (unsigned p = 0; p < PANES; p++)
			if (state->picked[p]) {
				for (unsigned q = 0; q < PANES; q++) {
					free(state->picked[q]);
					state->picked[q] = NULL;
				}
				count_profile(state);
				return UI_REDRAW;
			}
		return UI_NONE;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	unsigned picked = 0;

	(void)app;
	buf_add_text(left, "! rare here (at most 1%) or first seen in the last day");
	if (state->is_rare_only)
		buf_add_text(left, "  only those (! all)");
	for (unsigned p = 0; p < PANES; p++)
		picked += state->picked[p] != NULL;
	if (picked)
		buf_printf(right, "cross-filter: %u (Esc ends)", picked);
	else
		buf_printf(right, "%s", pane_titles[state->focus]);
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	(void)app;
	*user = slice_of(state->target.user);
	*type = state->target.type ? slice_of(state->target.type) : (struct slice){0};
	return true;
}

static const char *const hints[] = {"pane", "open", "cross-filter", "keep", "drop", "pivot", "compare", "first-seen",
	"allow", "copy", "back", "help"};

const struct screen screen_profile = {
	.id = SCREEN_PROFILE,
	.state_size = sizeof(struct state),
	.open = open_profile,
	.close = close_profile,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
