/* Two identities beside each other: the share of each value of eight fields for the one and for the other. */
#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "say.h"
#include "sheet.h"
#include "tally.h"

static const enum event_field fields[] = {FIELD_AS_ORG, FIELD_ACTION, FIELD_SOURCE_ADDRESS, FIELD_USER_AGENT,
	FIELD_CLOUD_REGION, FIELD_ERROR_CODE, FIELD_ACCESS_KEY, FIELD_COUNTRY_NAME};
#define FIELDS COUNT_OF(fields)
#define SHOWN 8 /* values a field */

struct compare_task;

struct state {
	struct pager pager; /* first */
	struct app *app;
	struct target target;
	struct results *results;
	struct tally tallies[2][FIELDS];
	uint64_t events[2];
	struct sheet doc;
	int width;
	struct task *task;
};

struct compare_task {
	struct task task;
	struct state *state;
	struct results *results;
	struct selection *selection;
	char *users[2];
	struct tally tallies[2][FIELDS];
	uint64_t events[2];
};

static void compare_run(struct task *task)
{
	struct compare_task *job = (struct compare_task *)task;
	const struct store *store = job->results->store;

	for (int side = 0; side < 2; side++) {
		size_t count;
		uint32_t *rows = user_rows(store, slice_of(job->users[side]), (struct slice){0},
			job->selection ? job->selection->bits : NULL, &count);

		job->events[side] = count;
		for (size_t f = 0; f < FIELDS; f++)
			job->tallies[side][f] = tally_make(store, job->results->failed, fields[f], rows, count);
		free(rows);
	}
}

static void compare_done(struct app *app, struct task *task)
{
	struct compare_task *job = (struct compare_task *)task;
	struct state *state = job->state;

	(void)app;
	state->task = NULL;
	results_free(state->results);
	state->results = results_ref(job->results);
	for (int side = 0; side < 2; side++)
		for (size_t f = 0; f < FIELDS; f++) {
			tally_free(&state->tallies[side][f]);
			state->tallies[side][f] = job->tallies[side][f];
			job->tallies[side][f] = (struct tally){0};
		}
	memcpy(state->events, job->events, sizeof(state->events));
	state->width = 0;
}

static void compare_discard(struct task *task)
{
	struct compare_task *job = (struct compare_task *)task;

	for (int side = 0; side < 2; side++) {
		for (size_t f = 0; f < FIELDS; f++)
			tally_free(&job->tallies[side][f]);
		free(job->users[side]);
	}
	results_free(job->results);
	selection_free(job->selection);
	free(job);
}

static void count_both(struct state *state)
{
	struct compare_task *job = xcalloc(1, sizeof(*job));

	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	job->task = (struct task){.run = compare_run, .done = compare_done, .discard = compare_discard};
	job->state = state;
	job->results = results_ref(state->app->results);
	job->selection = app_selection(state->app) ? selection_ref(state->app->selection) : NULL;
	job->users[0] = xstrdup(state->target.user);
	job->users[1] = xstrdup(state->target.other_user);
	state->task = &job->task;
	worker_post(state->app->scanner, &job->task);
}

static double share_of(const struct tally *tally, uint32_t value)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].value == value)
			return (double)tally->rows[i].count / (double)tally->total;
	return 0;
}

static void add_value(struct state *state, size_t field, uint32_t value)
{
	struct sheet *doc = &state->doc;
	double left = share_of(&state->tallies[0][field], value), right = share_of(&state->tallies[1][field], value);
	int bar = doc->width >= 120 ? 24 : 10, label = doc->width - 2 * (bar + 9) - 5;
	struct sheet_link *link = sheet_line(doc);
	struct slice text = store_string(state->results->store, value);
	char percent[COUNT_TEXT_SIZE];
	bool is_alone = left <= 0 || right <= 0;

	link->kind = LINK_QUERY;
	link->field = fields[field];
	link->value = text;
	sheet_printf(doc, ROLE_RARE, " %c ", is_alone ? '!' : ' ');
	sheet_fit(doc, is_alone ? ROLE_RARE : ROLE_TEXT, label, ALIGN_LEFT, text.data ? text : slice_of("(none)"));
	sheet_fit(doc, ROLE_NUMBER, 8, ALIGN_RIGHT, slice_of(left > 0 ? percent_text(left, percent) : "-"));
	sheet_printf(doc, ROLE_TEXT, " ");
	sheet_bar(doc, ROLE_BAR, bar, left);
	sheet_fit(doc, ROLE_NUMBER, 8, ALIGN_RIGHT, slice_of(right > 0 ? percent_text(right, percent) : "-"));
	sheet_printf(doc, ROLE_TEXT, " ");
	sheet_bar(doc, ROLE_BAR, bar, right);
}

static bool is_among(const struct tally *tally, uint32_t value, size_t first)
{
	for (size_t i = 0; i < tally->count && i < first; i++)
		if (tally->rows[i].value == value)
			return true;
	return false;
}

static void sheet_name(struct sheet *doc, const char *name, int most)
{
	int cells = draw_width(doc->ui, slice_of(name));

	sheet_fit(doc, ROLE_HEADER, cells < most ? cells : most, ALIGN_LEFT, slice_of(name));
}

static void build(struct state *state, int width)
{
	struct sheet *doc = &state->doc;
	char count[COUNT_TEXT_SIZE], left[COUNT_TEXT_SIZE + 10], right[COUNT_TEXT_SIZE + 10];
	int name;

	sheet_begin(doc, state->app->ui, width);
	sheet_line(doc);
	/* Names are as long as they like; the figures are not to be lost behind them. */
	snprintf(left, sizeof(left), ": %s events", count_text(state->events[0], count));
	snprintf(right, sizeof(right), ": %s events", count_text(state->events[1], count));
	name = (width - 19 - (int)strlen(left) - (int)strlen(right)) / 2;
	sheet_printf(doc, ROLE_HEADER, " left  ");
	sheet_name(doc, state->target.user, name);
	sheet_printf(doc, ROLE_HEADER, "%s    right  ", left);
	sheet_name(doc, state->target.other_user, name);
	sheet_printf(doc, ROLE_HEADER, "%s", right);
	for (size_t f = 0; f < FIELDS && state->results; f++) {
		const struct tally *a = &state->tallies[0][f], *b = &state->tallies[1][f];

		sheet_line(doc);
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " %s  [%zu | %zu]", event_fields[fields[f]].alias, a->count, b->count);
		for (size_t i = 0; i < a->count && i < SHOWN; i++)
			add_value(state, f, a->rows[i].value);
		for (size_t i = 0; i < b->count && i < SHOWN; i++)
			if (!is_among(a, b->rows[i].value, SHOWN))
				add_value(state, f, b->rows[i].value);
	}
	sheet_pager(doc, &state->pager);
	state->width = width;
}

static void open_compare(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	target_copy(&state->target, target);
	count_both(state);
}

static void close_compare(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	for (int side = 0; side < 2; side++)
		for (size_t f = 0; f < FIELDS; f++)
			tally_free(&state->tallies[side][f]);
	results_free(state->results);
	sheet_free(&state->doc);
	target_free(&state->target);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_SELECTION))
		count_both(context);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (state->width != body.width)
		build(state, body.width);
	state->pager.pattern = app->search;
	pager_draw(&state->pager, body, true);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	const struct sheet_link *link = sheet_link_at(&state->doc, state->pager.cursor);

	(void)app;
	if (!link)
		return false;
	*out = (struct value){link->field, link->value};
	return true;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct value here;
	struct buf query = BUF_EMPTY;
	struct state *state = context;
	unsigned reaction;

	(void)arguments;
	if (what != ACT_OPEN || !value(app, context, &here))
		return UI_NONE;
	buf_add_char(&query, '(');
	term_format(&query, FIELD_USER_NAME, slice_of(state->target.user));
	buf_add_text(&query, " or ");
	term_format(&query, FIELD_USER_NAME, slice_of(state->target.other_user));
	buf_add_text(&query, ") and ");
	term_format(&query, here.field, here.text);
	reaction = app_open_events(app, query.data);
	buf_free(&query);
	return reaction;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	(void)app;
	buf_add_text(left, "the share of each value; ! only one of them has it");
	buf_printf(right, "%d%%", pager_percent(&((struct state *)context)->pager));
}

static const char *const hints[] = {"open", "keep", "drop", "pivot", "search", "copy", "back", "help"};

const struct screen screen_compare = {
	.id = SCREEN_COMPARE,
	.state_size = sizeof(struct state),
	.open = open_compare,
	.close = close_compare,
	.update = update,
	.draw = draw,
	.status = status,
	.value = value,
	.act = act,
	.pager = first_pager,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
