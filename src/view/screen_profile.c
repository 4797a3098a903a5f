/* Profile: what is usual for one identity. Eight breakdowns; x makes a value filter the other panes; values that are rare
 * for the identity, or first seen in its last day, are marked. What they show is counted in profile_count.c. */
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "profile_count.h"
#include "say.h"
#include "table.h"

static const char *const pane_titles[PROFILE_PANES] = {
	"ASN", "ACTION", "IP", "ERROR CODE", "USER AGENT", "REGION", "ACCESS KEY", "COUNTRY"};

struct state {
	struct app *app;
	struct target target;
	struct profile_counts counts; /* results NULL: none yet */
	uint32_t alerts;
	char account[32];
	char *picked[PROFILE_PANES]; /* cross-filter; NULL: none. "" is the absent value */
	struct bars bars[PROFILE_PANES];
	unsigned focus;
	bool is_rare_only;
	uint32_t *shown[PROFILE_PANES]; /* indexes into the tally */
	size_t shown_count[PROFILE_PANES];
	struct task *task;
	struct buf cells[3];
};

/* ---- which values, in what order ---- */

/* At most 1% and at most half of what an even share would be, or first seen in the last day. Where there are many values,
 * as with addresses of a pool, a new one is nothing to remark on. */
static bool is_rare(const struct state *state, const struct tally *tally, const struct tally_row *row)
{
	double count = row->count, total = (double)tally->total;
	bool is_long = state->counts.last - state->counts.first > 2 * DAY_MS;

	return (total >= 50 && count <= 0.01 * total && count * 2 <= total / (double)tally->count) ||
	       (is_long && tally->count > 1 && tally->count <= 50 && row->first > state->counts.last - DAY_MS);
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
	for (unsigned p = 0; p < PROFILE_PANES; p++) {
		const struct tally *tally = &state->counts.tallies[p];
		size_t shown = 0, rare = 0;

		free(state->shown[p]);
		state->shown[p] = xcalloc(tally->count + 1, sizeof(**state->shown));
		for (int pass = 0; pass < 3; pass++) {
			rare = shown;
			for (size_t i = 0; i < tally->count; i++) {
				bool is = is_rare(state, tally, &tally->rows[i]);
				int turn = i == 0 ? 0 : is ? 1 : 2;

				if (!tally->rows[i].value &&
					(profile_fields[p] == FIELD_ERROR_CODE || tally->count == 1))
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
	for (unsigned i = 0; i < PROFILE_PANES; i++) {
		state->focus = (state->focus + by) % PROFILE_PANES;
		if (state->shown_count[state->focus])
			break;
	}
	return UI_REDRAW;
}

static void counts_ready(void *owner, struct profile_counts *counts)
{
	struct state *state = owner;
	struct slice account;

	state->task = NULL;
	profile_counts_free(&state->counts);
	state->counts = *counts;
	account = store_string(counts->results->store, counts->account);
	snprintf(state->account, sizeof(state->account), "%.*s", (int)account.length, account.data ? account.data : "");
	state->alerts = 0;
	for (size_t i = 0; i < counts->results->alerts.count; i++)
		state->alerts += slice_equals(store_string(counts->results->store, counts->results->views[i].user),
			slice_of(state->target.user));
	arrange(state);
	if (!state->shown_count[state->focus])
		focus_next(state, 1);
}

static void count_again(struct state *state)
{
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	state->task =
		profile_count(state->app, state->target.user, state->target.type, state->picked, state, counts_ready);
}

/* ---- drawing ---- */

struct bar_context {
	struct state *state;
	unsigned pane;
};
static void fill_bar(void *context, size_t index, struct bar_row *row);

/* One context a pane; there is one profile on the screen at a time, and each draw sets them. */
static struct bar_context contexts[PROFILE_PANES];

static void fill_bar(void *context, size_t index, struct bar_row *row)
{
	const struct bar_context *which = context;
	struct state *state = which->state;
	const struct tally *tally = &state->counts.tallies[which->pane];
	const struct tally_row *from = &tally->rows[state->shown[which->pane][index]];
	struct slice text = store_string(state->counts.results->store, from->value);
	double share = tally->total ? (double)from->count / (double)tally->total : 0;
	char count[COUNT_TEXT_SIZE];
	const char *picked = state->picked[which->pane];

	state->cells[0].length = 0;
	buf_printf(&state->cells[0], "%s %5.1f", count_text(from->count, count), share * 100);
	row->label = text.data ? text : slice_of("(none)");
	row->figures = (struct slice){state->cells[0].data, state->cells[0].length};
	row->fraction = share;
	row->is_rare = is_rare(state, tally, from);
	row->is_picked = picked && slice_equals(text.data ? text : slice_of(""), slice_of(picked));
	row->is_off = picked && !row->is_picked;
}

/* First and last seen, in the longest form that fits: a time cut in two would read as another one. */
static const char *seen_words(const struct state *state, int room, char out[2 * TIME_TEXT_SIZE + 4])
{
	static const enum time_form forms[] = {TIME_LONG, TIME_MINUTE, TIME_DATE};
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE], day[TIME_TEXT_SIZE], last_day[TIME_TEXT_SIZE];
	bool is_one_day = strcmp(app_time(state->app, state->counts.first, TIME_DATE, day),
				  app_time(state->app, state->counts.last, TIME_DATE, last_day)) == 0;

	for (size_t i = room >= 50 ? 0 : 1; i < COUNT_OF(forms) && state->counts.events; i++) {
		app_time(state->app, state->counts.first, forms[i], first);
		app_time(state->app, state->counts.last, forms[i], last);
		if (!is_one_day)
			snprintf(out, 2 * TIME_TEXT_SIZE + 4, "%s to %s", first, last);
		else if (forms[i] == TIME_DATE)
			snprintf(out, 2 * TIME_TEXT_SIZE + 4, "%s", first);
		else
			snprintf(out, 2 * TIME_TEXT_SIZE + 4, "%s to %s", first,
				strrchr(last, ' ') ? strrchr(last, ' ') + 1 : last);
		if ((int)strlen(out) <= room)
			return out;
	}
	return "";
}

static void draw_head(struct state *state, struct pane body)
{
	char errors[COUNT_TEXT_SIZE], matched[COUNT_TEXT_SIZE], seen[2 * TIME_TEXT_SIZE + 4];
	int width = body.width > 30 ? body.width - 24 : 0, used;

	if (width > PROFILE_SLICES)
		width = PROFILE_SLICES;
	used = draw_printf(body, 0, 1, ROLE_TEXT, "%s%s  %s events, %s failed  %u %s  ",
		!state->target.type   ? "all types"
		: *state->target.type ? state->target.type
				      : "no type",
		state->counts.matched != state->counts.events ? " cross-filtered" : "",
		count_text(state->counts.matched, matched), count_text(state->counts.errors, errors), state->alerts,
		plural(state->alerts, "alert", "alerts"));
	if (used >= body.width - 1) /* the events are worth more than the end of a word */
		draw_text(body, 0, body.width - 1, ROLE_TEXT, slice_of("~"));
	used += draw_text(body, 0, 1 + used, ROLE_TEXT, slice_of(seen_words(state, body.width - 1 - used, seen)));
	if (state->account[0]) { /* whole or not at all, in the next line where this one has no room */
		int cells = (int)strlen(state->account) + 7;

		if (used + 1 + cells <= body.width) {
			draw_printf(body, 0, used + 1, ROLE_TEXT, "  acct %s", state->account);
		} else if (width >= 40) {
			width -= cells;
			draw_printf(body, 1, body.width - cells, ROLE_TEXT, "  acct %s", state->account);
		}
	}
	draw_text(body, 1, 1, ROLE_DIM, slice_of("activity"));
	if (width > 10 && state->counts.events) {
		double cells[PROFILE_SLICES] = {0};

		for (int i = 0; i < PROFILE_SLICES; i++)
			cells[i * width / PROFILE_SLICES] += state->counts.activity[i];
		draw_spark(body, 1, 10, cells, (size_t)width, 0, ROLE_SPARK);
		draw_printf(body, 1, 12 + width, ROLE_DIM, "%lldd",
			(long long)((state->counts.last - state->counts.first) / DAY_MS + 1));
	}
}

/* Rows a column of panes gives each: what it needs, the rest shared out. */
static void share_rows(const struct state *state, int room, unsigned first, unsigned step, int heights[PROFILE_PANES])
{
	int left = room;
	unsigned count = 0;

	for (unsigned p = first; p < PROFILE_PANES; p += step)
		count += state->shown_count[p] > 0;
	for (unsigned p = first, i = 0; p < PROFILE_PANES; i += state->shown_count[p] ? 1 : 0, p += step) {
		if (!state->shown_count[p])
			continue;
		int fair = left / (int)(count - i), need = (int)state->shown_count[p] + 2;

		/* The first panes may grow into what later ones do not need. */
		int later = 0;

		for (unsigned q = p + step; q < PROFILE_PANES; q += step)
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
			most = state->counts.weeks[d][h] > most ? state->counts.weeks[d][h] : most;
	draw_text(pane, 0, 0, ROLE_HEADER, slice_of("HOURS OF THE WEEK, UTC"));
	draw_text(pane, 1, 4, ROLE_DIM, slice_of("00    06    12    18"));
	for (int d = 0; d < 7; d++) {
		double cells[24];

		for (int h = 0; h < 24; h++)
			cells[h] = state->counts.weeks[d][h];
		draw_text(pane, d + 2, 0, ROLE_DIM, slice_of(days[d]));
		draw_spark(pane, d + 2, 4, cells, 24, most, ROLE_SPARK);
	}
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane panes = pane_rows(body, 3, body.height - 3);
	unsigned columns = body.width >= 160 ? 3 : body.width >= 60 ? 2 : 1;
	int heights[PROFILE_PANES] = {0}, y[4] = {0};

	(void)app;
	if (!state->counts.results) {
		draw_text(body, 1, 1, ROLE_DIM, slice_of("counting ..."));
		return;
	}
	if (body.height >= 6 || columns > 1)
		draw_head(state, body);
	if (state->counts.events == 0) {
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
	for (unsigned p = 0; p < PROFILE_PANES; p++) {
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
	for (unsigned p = 0; p < PROFILE_PANES; p++)
		state->bars[p] = (struct bars){
			.title = pane_titles[p], .figures = "events     %", .row = fill_bar, .context = &contexts[p]};
	count_again(state);
}

static void close_profile(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	for (unsigned p = 0; p < PROFILE_PANES; p++) {
		free(state->picked[p]);
		free(state->shown[p]);
	}
	for (size_t i = 0; i < COUNT_OF(state->cells); i++)
		buf_free(&state->cells[i]);
	profile_counts_free(&state->counts);
	target_free(&state->target);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		count_again(context);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	const struct bars *bars = &state->bars[state->focus];

	(void)app;
	if (!state->counts.results || bars->cursor >= state->shown_count[state->focus])
		return false;
	out->field = profile_fields[state->focus];
	out->text = store_string(state->counts.results->store,
		state->counts.tallies[state->focus].rows[state->shown[state->focus][bars->cursor]].value);
	return true;
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;

	(void)app;
	if (motion == MOTION_LEFT || motion == MOTION_RIGHT)
		return focus_next(state, motion == MOTION_RIGHT ? 1 : PROFILE_PANES - 1);
	return bars_move(&state->bars[state->focus], motion);
}

static unsigned open_value(struct app *app, struct state *state)
{
	struct value here;
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	if (!value(app, state, &here))
		return UI_HANDLED;
	term_and(&query, FIELD_USER_NAME, slice_of(state->target.user));
	term_and(&query, here.field, here.text);
	for (unsigned p = 0; p < PROFILE_PANES; p++)
		if (state->picked[p] && p != state->focus)
			term_and(&query, profile_fields[p],
				*state->picked[p] ? slice_of(state->picked[p]) : (struct slice){0});
	reaction = app_open_events(app, query.data);
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
	count_again(state);
	return UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	switch (what) {
	case ACT_OPEN: return open_value(app, state);
	case ACT_TAB: return focus_next(state, 1);
	case ACT_BACKTAB: return focus_next(state, PROFILE_PANES - 1);
	case ACT_CROSS: return pick(app, state);
	case ACT_FIRST_SEEN:
		state->is_rare_only = !state->is_rare_only;
		arrange(state);
		return UI_REDRAW;
	case ACT_LEAVE:
		for (unsigned p = 0; p < PROFILE_PANES; p++)
			if (state->picked[p]) {
				for (unsigned q = 0; q < PROFILE_PANES; q++) {
					free(state->picked[q]);
					state->picked[q] = NULL;
				}
				count_again(state);
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
	for (unsigned p = 0; p < PROFILE_PANES; p++)
		picked += state->picked[p] != NULL;
	if (picked)
		buf_printf(right, "cross-filter by %u * (Esc ends)", picked);
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

/* "focus rare", then a line for each pane that filters the others. */
static void keep(struct app *app, void *context, struct buf *out)
{
	const struct state *state = context;

	(void)app;
	buf_printf(out, "%u %d", state->focus, state->is_rare_only);
	for (unsigned p = 0; p < PROFILE_PANES; p++)
		if (state->picked[p])
			buf_printf(out, "\n%u %s", p, state->picked[p]);
}

static void take(struct app *app, void *context, const char *kept)
{
	struct state *state = context;
	unsigned focus, pane;
	int is_rare_only, used;

	(void)app;
	if (sscanf(kept, "%u %d", &focus, &is_rare_only) != 2 || focus >= PROFILE_PANES)
		return;
	state->focus = focus;
	state->is_rare_only = is_rare_only != 0;
	while ((kept = strchr(kept, '\n')) && sscanf(++kept, "%u%n", &pane, &used) == 1)
		if (pane < PROFILE_PANES && kept[used] == ' ') {
			free(state->picked[pane]);
			state->picked[pane] = xasprintf("%.*s", (int)strcspn(kept + used + 1, "\n"), kept + used + 1);
		}
	count_again(state);
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
	.keep = keep,
	.take = take,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
