/* Findings: every verdict, note and tag of the case, in the order of the report, with what was said of the one under the
 * cursor and what it was found on. */
#include "app.h"
#include "here.h"
#include "say.h"
#include "sheet.h"
#include "table.h"

enum { COL_NUMBER, COL_VERDICT, COL_WHEN, COL_RULE, COL_SUBJECT, COL_TITLE, COL_NOTES, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_NUMBER] = {.title = "#", .width = 3, .align = ALIGN_RIGHT, .priority = 5},
	[COL_VERDICT] = {.title = "V", .width = 1},
	[COL_WHEN] = {.title = "WHEN", .width = 16, .priority = 3},
	[COL_RULE] = {.title = "RULE", .width = 4, .priority = 4},
	[COL_SUBJECT] = {.title = "SUBJECT", .width = 18, .width_min = 10, .grow = 1},
	[COL_TITLE] = {.title = "TITLE", .width = 24, .width_min = 12, .grow = 3},
	[COL_NOTES] = {.title = "NOTES", .width = 5, .align = ALIGN_RIGHT, .priority = 2},
};

struct state {
	struct list list; /* first */
	struct app *app;
	const struct finding *findings;
	size_t count;
	struct sheet doc;
	struct pager pager;
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct finding *finding = &state->findings[index];
	char letter = verdicts[finding->verdict].letter, when[TIME_TEXT_SIZE];

	cell_printf(app, row, COL_NUMBER, ROLE_DIM, "%zu", index + 1);
	cell_printf(app, row, COL_VERDICT, verdict_role(letter), "%c", letter);
	cell_printf(app, row, COL_WHEN, ROLE_TIME, "%.16s", app_time(app, finding->subject.last, TIME_LONG, when));
	cell_text(row, COL_RULE, ROLE_DIM, finding->subject.rule == RULE_RARE_AS ? "ASN" : "RARE");
	cell_text(row, COL_SUBJECT, ROLE_STRONG, finding->subject.user);
	cell_text(row, COL_TITLE, ROLE_TEXT,
		finding->title             ? finding->title
		: finding->subject.summary ? finding->subject.summary
					   : "");
	cell_printf(app, row, COL_NOTES, ROLE_NUMBER, "%zu", finding->note_count);
	if (results_find(app->results, finding->subject.id) == UINT32_MAX)
		row->role = ROLE_OFF;
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	(void)change;
	state->findings = case_findings(app->verdicts.casefile, &state->count);
	list_set_count(&state->list, state->count);
}

static void open_findings(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->list.empty_text = "Nothing decided yet. On an alert: m gives a verdict, c writes a note, # adds a tag.\n"
				 "Everything is kept in the case and undone with u.";
	update(app, state, 0);
}

static void close_findings(struct app *app, void *context)
{
	(void)app;
	sheet_free(&((struct state *)context)->doc);
}

static void add_context(struct app *app, struct sheet *doc)
{
	const struct case_context *context = case_context(app->verdicts.casefile);

	if (context && context->input) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " INPUT    ");
		sheet_add(doc, ROLE_TEXT, slice_of(context->input));
	}
	if (context && context->database) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " MMDB     ");
		sheet_add(doc, ROLE_TEXT, slice_of(context->database));
	}
}

static void explain(struct app *app, struct state *state, int width)
{
	const struct finding *finding = &state->findings[state->list.cursor];
	struct sheet *doc = &state->doc;
	char when[TIME_TEXT_SIZE];

	sheet_begin(doc, app->ui, width);
	for (size_t i = finding->line_count; i-- > 0;) {
		const struct case_line *line = &finding->lines[i];

		sheet_line(doc);
		sheet_printf(doc, ROLE_TIME, " %s ", app_done_at(app, line->at, when));
		sheet_printf(doc, ROLE_DIM, "%s  ", line->by);
		sheet_add(doc, line->is_note ? ROLE_NOTE : ROLE_TEXT, slice_of(line->text));
	}
	if (finding->tag_count) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " TAGS    ");
		for (size_t i = 0; i < finding->tag_count; i++)
			sheet_printf(doc, ROLE_TAG, " #%s", finding->tags[i]);
	}
	if (finding->tick_count) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " GUIDE   ");
		sheet_printf(doc, ROLE_TEXT, " %zu %s ticked", finding->tick_count,
			plural(finding->tick_count, "step", "steps"));
	}
	if (finding->subject.summary) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " EVIDENCE ");
		sheet_add(doc, ROLE_TEXT, slice_of(finding->subject.summary));
	}
	if (results_find(app->results, finding->subject.id) == UINT32_MAX) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_WARN, " This alert does not fire with the present parameters and data.");
	}
	add_context(app, doc);
	sheet_pager(doc, &state->pager);
	state->pager.has_cursor = false;
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct pane list = body, doc, separator;
	enum split_direction direction = SPLIT_NONE;

	state->list.pattern = app->search;
	if (state->list.cursor < state->count)
		direction = pane_split(body, 45, &list, &doc, &separator);
	list_draw(&state->list, list, true);
	if (direction == SPLIT_NONE)
		return;
	draw_separator(separator, direction, "what was said and done, newest first");
	explain(app, state, doc.width);
	pager_draw(&state->pager, doc, false);
}

static const struct finding *here(struct state *state)
{
	return state->list.cursor < state->count ? &state->findings[state->list.cursor] : NULL;
}

static unsigned reorder(struct app *app, struct state *state, int by)
{
	const struct finding *finding = here(state);
	size_t to = state->list.cursor + (size_t)by;
	struct err err;

	if (!finding || to >= state->count)
		return UI_HANDLED;
	if (case_move(app->verdicts.casefile, finding->subject.id, to, &err) != 0) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	case_changed(app, "findings reordered", false);
	list_goto(&state->list, to);
	return UI_REDRAW;
}

static char titled[ALERT_ID_SIZE];

static bool title_done(struct app *app, const char *text, struct err *err)
{
	const struct finding *finding = case_find_id(app->verdicts.casefile, titled);

	if (!finding)
		return true;
	if (case_title(app->verdicts.casefile, &finding->subject, text, err) != 0)
		return false;
	case_changed(app, "title", false);
	return true;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;
	const struct finding *finding = here(state);
	struct target target;

	(void)arguments;
	if (!finding)
		return UI_NONE;
	switch (what) {
	case ACT_OPEN:
		target_init(&target);
		memcpy(target.alert, finding->subject.id, sizeof(target.alert));
		return app_open(app, SCREEN_ALERT, &target);
	case ACT_EDIT:
		memcpy(titled, finding->subject.id, sizeof(titled));
		app_ask(app, "title: ", "title", finding->title, title_done);
		return UI_REDRAW;
	case ACT_MOVE_DOWN: return reorder(app, state, 1);
	case ACT_MOVE_UP: return reorder(app, state, -1);
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct casefile *casefile = app->verdicts.casefile;
	const char *path = case_path(casefile);
	char when[TIME_TEXT_SIZE];

	if (path && ui_screen(app->ui).width < 120 && strrchr(path, '/'))
		path = strrchr(path, '/') + 1;
	buf_printf(left, "%zu %s  ", state->count, plural(state->count, "finding", "findings"));
	if (app->verdicts.is_saved && case_entries(casefile) <= 1) /* the first names the journal */
		buf_printf(left, "nothing to save yet in %s", path);
	else if (app->verdicts.is_saved)
		buf_printf(left, "%s  %llu entries, saved %s", path, (unsigned long long)case_entries(casefile),
			app_done_at(app, case_saved_at(casefile), when));
	else
		buf_add_text(left, app->verdicts.is_refused ? "in memory only: M says why, E exports them"
							    : "in memory only: start with --case FILE to keep them");
	if (state->count)
		buf_printf(right, "%zu/%zu", state->list.cursor + 1, state->count);
}

static size_t chosen(struct app *app, void *context, uint32_t *out, size_t max)
{
	const struct finding *finding = here(context);
	uint32_t alert = finding ? results_find(app->results, finding->subject.id) : UINT32_MAX;

	if (alert == UINT32_MAX || !max)
		return 0;
	out[0] = alert;
	return 1;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	const struct finding *finding = here(context);

	(void)app;
	if (!finding || !finding->subject.user)
		return false;
	*user = slice_of(finding->subject.user);
	*type = slice_of(finding->subject.type ? finding->subject.type : "");
	return true;
}

static const char *const hints[] = {
	"open", "comment", "tag", "mark", "edit", "lower", "raise", "export", "undo", "search", "back", "help"};

const struct screen screen_findings = {
	.id = SCREEN_FINDINGS,
	.state_size = sizeof(struct state),
	.open = open_findings,
	.close = close_findings,
	.update = update,
	.draw = draw,
	.status = status,
	.act = act,
	.list = first_list,
	.identity = identity,
	.alerts = chosen,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
