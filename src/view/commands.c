/* The command table as an array, and going about by commands: screens, history, search, the command line. */
#include "commands.h"

#include <stdlib.h>

const struct ui_command view_command_table[] = {
#define X(handler, name, arguments, keys, where, group, hint, help_text) \
	{name, arguments, keys, where, group, hint, help_text, do_##handler, MOTION_NONE},
	COMMANDS(X)
#undef X
};
const size_t view_command_count = COUNT_OF(view_command_table);

unsigned app_act(struct app *app, enum act act, const char *arguments)
{
	struct place *place = app_place(app);
	unsigned reaction = UI_NONE;

	if (place->screen->act)
		reaction = place->screen->act(app, place->state, act, arguments);
	return reaction;
}

unsigned do_open(void *context, const char *arguments)
{
	return app_act(context, ACT_OPEN, arguments);
}

unsigned do_pane(void *context, const char *arguments)
{
	return app_act(context, ACT_TAB, arguments);
}

unsigned do_pane_back(void *context, const char *arguments)
{
	return app_act(context, ACT_BACKTAB, arguments);
}

static unsigned answer_quit(struct app *app, int id)
{
	if (id == 2)
		return do_export(app, "");
	return id ? UI_QUIT : UI_REDRAW;
}

/* Leaving loses what people decided when no file is behind the case; the first line of a journal only opens it. */
static bool ask_about_losing(struct app *app)
{
	if (app->verdicts.is_saved || case_entries(app->verdicts.casefile) <= 1)
		return false;
	app_choose(app, "lose what is in memory only?", answer_quit);
	app_choice(app, 'q', "quit", 1, false);
	app_choice(app, 'e', "export", 2, false);
	app_choice(app, 'n', "stay", 0, false);
	return true;
}

unsigned do_back(void *context, const char *arguments)
{
	struct app *app = context;
	unsigned reaction = app_act(app, ACT_LEAVE, arguments);

	if (reaction)
		return reaction;
	if (app->is_searching) {
		app->is_searching = false;
		return UI_REDRAW;
	}
	if (app->listing.is_on) {
		listing_stop(app, "stopped");
		return UI_REDRAW;
	}
	if (app->history.now > 0)
		return app_back(app);
	if (ask_about_losing(app))
		return UI_REDRAW;
	app_choose(app, "leave raretrail?", answer_quit);
	app_choice(app, 'q', "quit", 1, false);
	app_choice(app, 'n', "stay", 0, false);
	return UI_REDRAW;
}

unsigned do_backward(void *context, const char *arguments)
{
	(void)arguments;
	return app_back(context);
}

unsigned do_forward(void *context, const char *arguments)
{
	(void)arguments;
	return app_forward(context);
}

#define GO_TO(handler, screen) \
	unsigned do_##handler(void *context, const char *arguments) \
	{ \
		(void)arguments; \
		return app_open(context, screen, NULL); \
	}
GO_TO(alerts, SCREEN_ALERTS)
GO_TO(users, SCREEN_USERS)
GO_TO(timeline, SCREEN_TIMELINE)
GO_TO(tuning, SCREEN_TUNE)
GO_TO(allowlist, SCREEN_ALLOWLIST)
GO_TO(findings, SCREEN_FINDINGS)
GO_TO(sources, SCREEN_SOURCES)
GO_TO(filter_list, SCREEN_FILTERS)
GO_TO(near_misses, SCREEN_NEAR)
#undef GO_TO

unsigned do_events(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;
	struct query *query;

	if (!*arguments)
		return app_open(app, SCREEN_EVENTS, NULL);
	query = query_parse(arguments, time_now(), &err);
	if (!query) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	query_free(query);
	return app_open_events(app, arguments);
}

unsigned do_messages(void *context, const char *arguments)
{
	unsigned reaction = app_open(context, SCREEN_SOURCES, NULL);

	(void)arguments;
	return reaction | app_act(context, ACT_TAB, "messages");
}

unsigned do_quit(void *context, const char *arguments)
{
	(void)arguments;
	return ask_about_losing(context) ? UI_REDRAW : UI_QUIT;
}

unsigned do_help(void *context, const char *arguments)
{
	struct app *app = context;
	struct target target;

	(void)arguments;
	if (app_place(app)->screen->id == SCREEN_HELP)
		return UI_HANDLED;
	target_init(&target);
	target.label = (char *)(uintptr_t)screen_names[app_place(app)->screen->id];
	return app_open(app, SCREEN_HELP, &target);
}

unsigned do_redraw(void *context, const char *arguments)
{
	struct app *app = context;

	(void)arguments;
	ui_repaint(app->ui);
	return UI_REDRAW;
}

unsigned do_suspend(void *context, const char *arguments)
{
	struct app *app = context;

	(void)arguments;
	ui_suspend(app->ui);
	return UI_REDRAW | UI_RELAYOUT;
}

unsigned do_stop(void *context, const char *arguments)
{
	struct app *app = context;

	(void)arguments;
	if (app->is_searching) {
		app->is_searching = false;
		app_say(app, MESSAGE_INFO, "search stopped");
	} else if (app->listing.is_on) {
		listing_stop(app, "stopped");
	} else if (!app->progress.is_finished && !app->is_canceled) {
		app->is_canceled = true;
		load_cancel(app->load);
		app_say(app, MESSAGE_WARNING, "loading stopped; what is in stays, marked PARTIAL");
	} else {
		app_say(app, MESSAGE_INFO, "nothing to stop; Q quits");
	}
	return UI_REDRAW;
}

unsigned app_run_line(struct app *app, const char *line)
{
	struct binding binding;
	struct err err;

	while (*line == ' ' || *line == ':')
		line++;
	if (!*line)
		return UI_REDRAW;
	if (keymap_parse(app->keymap, line, &binding, &err) != 0) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	if (!(binding.command->screens >> app_place(app)->screen->id & 1)) {
		app_say(app, MESSAGE_WARNING, "%s does nothing on this screen", binding.command->name);
		return UI_REDRAW;
	}
	if (binding.command->motion != MOTION_NONE)
		return move_here(app, binding.command->motion) | UI_REDRAW;
	return binding.command->run(app, binding.arguments) | UI_REDRAW;
}

static bool command_done(struct app *app, const char *text, struct err *err)
{
	struct binding binding;

	if (*text && keymap_parse(app->keymap, text, &binding, err) != 0)
		return false;
	app->has_failed = false;
	app->line_reaction |= app_run_line(app, text);
	if (!app->has_failed || app->ask.is_open || app->choice.is_open)
		return true;
	/* A column is known of usage alone, and counts from where the arguments begin. */
	*err = app->failure;
	err->offset = (uint64_t)(binding.arguments - text) + (err->code == ERR_USAGE ? err->offset : 0);
	return false;
}

unsigned do_command(void *context, const char *arguments)
{
	app_ask(context, ":", "command", arguments, command_done);
	app_ask_completing(context, complete_command);
	return UI_REDRAW;
}

/* Acts that a screen alone can answer. */
#define ASK_SCREEN(handler, act) \
	unsigned do_##handler(void *context, const char *arguments) \
	{ \
		return app_act(context, act, arguments); \
	}
ASK_SCREEN(select, ACT_SELECT)
ASK_SCREEN(range, ACT_RANGE)
ASK_SCREEN(unselect, ACT_UNSELECT)
ASK_SCREEN(raw, ACT_RAW)
ASK_SCREEN(zoom_in, ACT_ZOOM_IN)
ASK_SCREEN(zoom_out, ACT_ZOOM_OUT)
ASK_SCREEN(brush, ACT_BRUSH)
ASK_SCREEN(split, ACT_SPLIT)
ASK_SCREEN(first_seen, ACT_FIRST_SEEN)
ASK_SCREEN(cross, ACT_CROSS)
ASK_SCREEN(insert, ACT_INSERT)
ASK_SCREEN(edit, ACT_EDIT)
ASK_SCREEN(delete, ACT_DELETE)
ASK_SCREEN(lower, ACT_MOVE_DOWN)
ASK_SCREEN(raise, ACT_MOVE_UP)
ASK_SCREEN(apply, ACT_APPLY)
ASK_SCREEN(discard, ACT_DISCARD)
ASK_SCREEN(sort, ACT_SORT)
ASK_SCREEN(reverse, ACT_REVERSE)
#undef ASK_SCREEN
