/* Themes: each is shown while the cursor is on it; Enter keeps it, Esc brings the old one back. */
#include <stdlib.h>

#include "app.h"
#include "here.h"

static const struct list_column columns[] = {{.title = "THEME", .width = 30, .grow = 1}};

struct state {
	struct list list; /* first */
	struct app *app;
	char **names;
	char *before;
};

static void fill(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;

	row->cells[0].text = slice_of(state->names[index]);
}

static void open_themes(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->list, columns, COUNT_OF(columns), fill, state);
	state->list.empty_text = "no themes were found";
	list_set_count(&state->list, theme_list(app->ui, &state->names));
	state->before = xstrdup(theme_name(app->ui));
	for (size_t i = 0; i < state->list.count; i++)
		if (strcmp(state->names[i], state->before) == 0)
			list_goto(&state->list, i);
}

static void close_themes(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	for (size_t i = 0; i < state->list.count; i++)
		free(state->names[i]);
	free(state->names);
	free(state->before);
}

static void sample(struct pane pane)
{
	static const struct {
		enum ui_role role;
		const char *text;
	} words[] = {
		{ROLE_TEXT, "ordinary text"},
		{ROLE_STRONG, "what matters"},
		{ROLE_DIM, "what may be overlooked"},
		{ROLE_SEVERITY_HIGH, "H severity high"},
		{ROLE_SEVERITY_MEDIUM, "M severity medium"},
		{ROLE_SEVERITY_LOW, "L severity low"},
		{ROLE_VERDICT_TRUE, "T true positive"},
		{ROLE_VERDICT_SUSPICIOUS, "S suspicious"},
		{ROLE_VERDICT_BENIGN, "B benign"},
		{ROLE_RARE, "! rare network"},
		{ROLE_GOOD, "[x] a condition that holds"},
		{ROLE_BAD, "[ ] a condition that fails"},
		{ROLE_MATCH, "search hit"},
		{ROLE_JSON_KEY, "\"eventName\""},
		{ROLE_JSON_STRING, "\"CreateAccessKey\""},
	};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		draw_text(pane, (int)i + 1, 2, words[i].role, slice_of(words[i].text));
	draw_bar(pane, (int)COUNT_OF(words) + 1, 2, 24, 0.6, ROLE_BAR);
	draw_bar(pane, (int)COUNT_OF(words) + 2, 2, 24, 0.02, ROLE_BAR_RARE);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	(void)app;
	list_draw(&state->list, pane_columns(body, 0, body.width / 3), true);
	sample(pane_columns(body, body.width / 3 + 1, body.width - body.width / 3 - 1));
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	struct state *state = context;
	unsigned reaction = list_move(&state->list, motion);
	struct err err;

	if (state->list.cursor < state->list.count && theme_use(app->ui, state->names[state->list.cursor], &err) != 0)
		app_fail(app, &err);
	return reaction | UI_REDRAW;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;
	struct err err;

	(void)arguments;
	if (what == ACT_OPEN) {
		free(state->before);
		state->before = xstrdup(theme_name(app->ui));
		app_say(app, MESSAGE_INFO, "theme %s", state->before);
		return app_back(app) | UI_REDRAW;
	}
	if (what == ACT_LEAVE && theme_use(app->ui, state->before, &err) != 0)
		app_fail(app, &err);
	return UI_NONE;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	(void)context;
	buf_add_text(left, "Enter keeps this theme, Esc brings the old one back");
	buf_printf(right, "%s, %d colours", theme_name(app->ui), ui_colors(app->ui));
}

static const char *const hints[] = {"line-down", "line-up", "open", "back", "help"};

const struct screen screen_themes = {
	.id = SCREEN_THEMES,
	.state_size = sizeof(struct state),
	.open = open_themes,
	.close = close_themes,
	.draw = draw,
	.move = move,
	.status = status,
	.act = act,
	.list = first_list,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
