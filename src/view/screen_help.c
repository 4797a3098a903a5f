/* Help, made from the live keymap: the keys of the screen it was asked from; typing a key tells what it does there. */
#include "app.h"
#include "here.h"

struct state {
	struct pager pager; /* first */
	unsigned about; /* screen */
	struct help *help;
	int width;
	struct buf told;
};

static const char *const footer[] = {
	"Keys can be rebound:  :bind alerts X mark true   or in $XDG_CONFIG_HOME/raretrail/keymap.ini",
	"This screen is made from the table the program dispatches on.",
	"New here?  raretrail --tutorial on a sample:  raretrail sample -o demo && raretrail demo",
};

static void open_help(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)app;
	for (unsigned i = 0; i < SCREEN_COUNT; i++)
		if (target->label && strcmp(screen_names[i], target->label) == 0)
			state->about = i;
}

static void close_help(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	help_free(state->help);
	buf_free(&state->told);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (state->width != body.width) {
		help_free(state->help);
		state->help = help_new(app->keymap, state->about, body.width, footer, COUNT_OF(footer));
		if (!state->pager.line)
			pager_init(&state->pager, help_line, state->help);
		state->pager.context = state->help;
		pager_set_count(&state->pager, help_count(state->help));
		state->width = body.width;
	}
	state->pager.pattern = app->search;
	pager_draw(&state->pager, body, true);
}

static void crumb(struct app *app, void *context, struct buf *out)
{
	(void)app;
	buf_printf(out, "Help: %s", screen_titles[((struct state *)context)->about]);
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;

	(void)app;
	if (state->told.length)
		buf_add(left, state->told.data, state->told.length);
	else
		buf_add_text(left, "type a key to see what it does on that screen");
	buf_printf(right, "%d%%", pager_percent(&state->pager));
}

/* Any key that is not for the help itself is explained instead of obeyed. */
static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	if (what != ACT_DIGIT)
		return UI_NONE;
	state->told.length = 0;
	help_key(app->keymap, state->about, ui_key_parse(slice_of(arguments)), &state->told);
	return UI_REDRAW;
}

static const char *const hints[] = {"line-down", "page-down", "search", "back"};

const struct screen screen_help = {
	.id = SCREEN_HELP,
	.state_size = sizeof(struct state),
	.open = open_help,
	.close = close_help,
	.draw = draw,
	.crumb = crumb,
	.status = status,
	.act = act,
	.pager = first_pager,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
