/* The main loop: collect what workers finished, draw a frame, wait for an event, give it to whoever it is for. It makes
 * the session and frees it; in between it looks at the load, moves a search on and notes the last key. What a key does
 * is for commands and screens, what the results are for evaluate.c. */
#include "raretrail/view.h"

#include <stdlib.h>

#include "app.h"
#include "chrome.h"
#include "evaluate.h"
#include "here.h"
#include "raretrail/report.h"

const char *const screen_names[SCREEN_COUNT] = {
#define X(id, name, title, digit) name,
	SCREENS(X)
#undef X
};
const char *const screen_titles[SCREEN_COUNT] = {
#define X(id, name, title, digit) title,
	SCREENS(X)
#undef X
};
const struct screen *const screens[SCREEN_COUNT] = {
	&screen_alerts,
	&screen_users,
	&screen_events,
	&screen_timeline,
	&screen_tune,
	&screen_allowlist,
	&screen_findings,
	&screen_sources,
	&screen_alert,
	&screen_profile,
	&screen_raw,
	&screen_guide,
	&screen_near,
	&screen_compare,
	&screen_filters,
	&screen_themes,
	&screen_presets,
	&screen_help,
};

void view_options_init(struct view_options *options)
{
	*options = (struct view_options){.now = TIME_NONE};
}

static struct pane body_of(struct pane screen)
{
	return pane_rows(screen, 1, screen.height > 3 ? screen.height - 3 : 0);
}

static void draw(struct app *app)
{
	struct place *place = app_place(app);
	struct pane screen, body;
	int64_t started = time_monotonic_us();

	ui_frame_begin(app->ui);
	screen = ui_screen(app->ui);
	body = body_of(screen);
	draw_title(app, screen);
	if (place->screen->id == SCREEN_ALERTS) {
		int taken = draw_load(app, body);

		body = pane_rows(body, 0, body.height - taken);
	}
	widths_use(app);
	place->screen->draw(app, place->state, body);
	if (screen.height > 2)
		draw_status(app, screen, screen.height - 2);
	draw_bottom(app, screen);
	ui_frame_end(app->ui);
	app->frame_us = time_monotonic_us() - started;
	app->slowest_us = app->frame_us > app->slowest_us ? app->frame_us : app->slowest_us;
}

/* ---- search ---- */

/* Looks on for a few milliseconds; true when it has ended. */
static bool search_step(struct app *app)
{
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);
	int64_t until = time_monotonic_us() + 6000;
	enum list_find_result found = LIST_NOT_FOUND;

	if (!app->search || (!list && !pager))
		return true;
	do {
		size_t at = app->search_at;

		found = list ? list_find(list, app->search, at, app->search_forward, 200, &at)
			     : pager_find(pager, app->search, at, app->search_forward, 200, &at);
		app->search_at = at;
	} while (found == LIST_FIND_MORE && time_monotonic_us() < until);
	if (found == LIST_FIND_MORE)
		return false;
	if (found == LIST_FOUND) {
		if (list)
			list_goto(list, app->search_at);
		else
			pager_goto(pager, app->search_at);
	} else if (app->search_left) { /* once round */
		app->search_left = 0;
		app->search_at = app->search_forward ? 0
				 : list              ? (list->count ? list->count - 1 : 0)
						     : (pager->count ? pager->count - 1 : 0);
		return false;
	} else {
		app_say(app, MESSAGE_WARNING, "nothing matches %s", pattern_text(app->search));
	}
	return true;
}

/* ---- what is due ---- */

/* Looks at the load and starts what is due. Returns how many milliseconds may pass before it must be called again. */
static int tick(struct app *app)
{
	worker_collect(app->evaluator, app);
	worker_collect(app->scanner, app);
	load_progress(app->load, &app->progress);
	if (app->progress.is_finished && !app->was_finished) {
		app->was_finished = true;
		input_note_start(app);
		app_want_results(app);
	}
	following_tick(app);
	resume_tick(app);
	evaluate_tick(app);
	if (app->wants_selection)
		selection_start(app);
	if (app->is_searching || app->listing.is_on)
		return 0;
	if (!app->progress.is_finished)
		return 100;
	if (app->selecting)
		return 100;
	if (app->status[0]) {
		int64_t left = app->status_until_us - time_monotonic_us();

		if (left > 0)
			return app->options.is_follow ? FOLLOWING_TICK_MS : (int)(left / 1000) + 1;
		app->status[0] = '\0';
	}
	return app->options.is_follow ? FOLLOWING_TICK_MS : -1;
}

/* ---- events ---- */

/* In help every other key is explained, not obeyed. */
static bool is_for_help(const struct ui_command *command)
{
	static const char *const names[] = {
		"back", "quit", "search", "next-hit", "previous-hit", "redraw", "suspend", "help"};

	if (command->motion != MOTION_NONE)
		return true;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(command->name, names[i]) == 0)
			return true;
	return false;
}

static unsigned handle_key(struct app *app, ui_key key)
{
	struct place *place = app_place(app);
	struct binding binding;

	tip_key(app);
	resume_key(app);
	ui_key_format(key, app->last_key);
	app->status[0] = '\0'; /* what was said has been read */
	if (!keymap_find(app->keymap, place->screen->id, key, &binding)) {
		app->last_command = "-";
		if (place->screen->id == SCREEN_HELP)
			return app_act(app, ACT_DIGIT, app->last_key);
		app_say(app, MESSAGE_INFO, "%s does nothing here; ? lists the keys", app->last_key);
		return UI_REDRAW;
	}
	app->last_command = binding.command->name;
	if (strcmp(binding.command->name, "stop") != 0 && strcmp(binding.command->name, "back") != 0)
		app->is_searching = false; /* whoever goes elsewhere does not want to be carried off by a late hit */
	if (place->screen->id == SCREEN_HELP && !is_for_help(binding.command))
		return app_act(app, ACT_DIGIT, app->last_key);
	if (binding.command->motion != MOTION_NONE)
		return move_here(app, binding.command->motion);
	return binding.command->run(app, binding.arguments);
}

static unsigned handle_mouse(struct app *app, const struct ui_event *event)
{
	struct list *list = list_here(app);
	size_t index;
	int column;

	if (event->button == UI_MOUSE_WHEEL_UP || event->button == UI_MOUSE_WHEEL_DOWN) {
		unsigned reaction = UI_NONE;

		for (int i = 0; i < 3; i++)
			reaction |= move_here(app, event->button == UI_MOUSE_WHEEL_UP ? MOTION_UP : MOTION_DOWN);
		return reaction;
	}
	if (event->button != UI_MOUSE_LEFT || !list || !list_at(list, event->y, event->x, &index, &column))
		return UI_NONE;
	if (list->cursor == index)
		return app_act(app, ACT_OPEN, "");
	list_goto(list, index);
	return UI_REDRAW;
}

static unsigned handle(struct app *app, const struct ui_event *event)
{
	switch (event->type) {
	case UI_EVENT_QUIT: return UI_QUIT;
	case UI_EVENT_RESIZE: app_changed(app, CHANGED_SIZE); return UI_REDRAW;
	case UI_EVENT_TIMEOUT:
	case UI_EVENT_WAKE: return UI_REDRAW;
	case UI_EVENT_MOUSE: return app->ask.is_open || app->choice.is_open ? UI_NONE : handle_mouse(app, event);
	case UI_EVENT_KEY: following_key(app); break;
	}
	if (app->ask.is_open)
		return app_feed_prompt(app, event);
	if (app->choice.is_open)
		return app_feed_choice(app, event);
	return handle_key(app, event->key);
}

static void loop(struct app *app)
{
	bool is_dirty = true;

	for (;;) {
		struct ui_event event;
		unsigned reaction;
		int timeout = tick(app);

		if (app->is_searching && search_step(app)) {
			app->is_searching = false;
			is_dirty = true;
		}
		if (app->listing.is_on) {
			listing_step(app);
			is_dirty = true;
		}
		if (is_dirty && !ui_has_input(app->ui)) {
			draw(app);
			is_dirty = false;
		}
		ui_wait(app->ui, app->is_searching || app->listing.is_on ? 0 : timeout, &event);
		reaction = handle(app, &event);
		if (reaction & UI_QUIT)
			return;
		if (event.type == UI_EVENT_KEY)
			resume_save_beside(app);
		if (reaction & UI_REEVAL)
			app_want_results(app);
		is_dirty = is_dirty || reaction != UI_NONE;
	}
}

/* ---- beginning and end ---- */

static void greet(struct app *app)
{
	struct buf report = BUF_EMPTY;
	struct err err;
	int wrong = keymap_load_user(app->keymap, "raretrail", &report, &err);

	if (wrong < 0)
		app_fail(app, &err);
	else if (wrong > 0)
		app_say(app, MESSAGE_WARNING, "keymap.ini: %.*s", (int)strcspn(report.data, "\n"), report.data);
	buf_free(&report);
	for (size_t i = 0; app->options.notices && i < app->options.notices->count; i++) {
		app_say(app, MESSAGE_WARNING, "%s", app->options.notices->items[i]);
		app->unread++;
	}
	if (app->options.filter && filter_add(app, app->options.filter, &err) != 0)
		app_say(app, MESSAGE_ERROR, "--filter: %s", err.text);
	if (app->options.is_tutorial) {
		app->shows_commands = true;
		app_say(app, MESSAGE_INFO,
			"Row 1 is the worst alert. Enter says why it fired; ? lists the keys of any screen.");
	}
}

/* Returns false, with what is saved closed and nothing else freed, when a thread is still at work. */
static bool app_free(struct app *app)
{
	bool is_idle = task_worker_stop(app->evaluator);

	listing_stop(app, "left before its end");

	is_idle = task_worker_stop(app->scanner) && is_idle;
	if (!is_idle || !app->progress.is_finished) {
		verdicts_close(app);
		return false;
	}
	history_free(app); /* cancels what its places wait for, while those tasks still exist */
	task_worker_free(app->evaluator);
	task_worker_free(app->scanner);
	undo_free(&app->undo);
	widths_free(&app->widths);
	filters_free(&app->filters);
	verdicts_close(app);
	selection_free(app->selection);
	results_free(app->results);
	params_free(&app->params);
	params_free(&app->started_with);
	pattern_free(app->search);
	keymap_free(app->keymap);
	for (size_t i = 0; i < app->message_count; i++)
		free(app->messages[i].text);
	free(app->messages);
	for (size_t i = 0; i < LIST_COLUMNS_MAX; i++)
		buf_free(&app->cells[i]);
	buf_free(&app->scratch);
	free(app->input_note);
	free(app);
	return true;
}

int view_run(struct load *load, const struct enrich *enrich, const struct params *params,
	const struct view_options *options, struct err *err)
{
	struct ui_options ui_options = {.program = "raretrail",
		.batch_hint = "raretrail detect",
		.share_dir = options->share_dir,
		.theme = options->theme,
		.glyphs = options->has_unicode_glyphs ? UI_GLYPHS_UNICODE : UI_GLYPHS_ASCII,
		.has_mouse = options->has_mouse};
	struct ui *ui = ui_start(&ui_options, err);
	struct app *app;
	bool is_over;

	if (!ui)
		return -1;
	app = xcalloc(1, sizeof(*app));
	app->ui = ui;
	app->load = load;
	app->enrich = enrich;
	app->options = *options;
	app->now = options->now;
	app->tips.is_off = options->has_no_tips;
	params_copy(&app->started_with, params);
	params_copy(&app->params, params);
	app->keymap = keymap_new(view_command_table, view_command_count, screen_names, SCREEN_COUNT);
	evaluate_begin(app);
	app->evaluator = task_worker_new(ui);
	app->scanner = task_worker_new(ui);
	verdicts_open(app);
	greet(app);
	resume_begin(app);
	app_open(app, SCREEN_ALERTS, NULL);
	loop(app);
	resume_save(app);
	is_over = app_free(app);
	ui_stop(ui);
	return is_over ? 0 : 1;
}
