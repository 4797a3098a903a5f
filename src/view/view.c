/* The main loop: collect what workers finished, draw a frame, wait for an event, give it to whoever it is for. */
#include "raretrail/view.h"

#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "chrome.h"
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

/* ---- evaluating beside the frame ---- */

struct evaluate_task {
	struct task task;
	struct load *load; /* NULL: the snapshot has not changed */
	struct engines *engines;
	struct params params, without;
	bool has_without;
	uint64_t params_version, generation;
	uint32_t rules;
	const struct rare_model *baseline;
	int64_t now;
	bool is_partial;
	struct results *results;
};

static void evaluate_run(struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;
	struct store *store = job->load ? load_snapshot(job->load) : NULL;

	job->results = results_compute(store, store ? NULL : job->engines, &job->params,
		job->has_without ? &job->without : NULL, job->rules, job->baseline, job->now, job->is_partial);
	if (store)
		store_free(store);
}

/* What the data themselves make one wary of, such as labels that the trusted list hardly meets; each said once. */
static void say_notices(struct app *app)
{
	const struct notices *notices = &app->results->notices;

	if (app->results->is_partial)
		return;
	for (size_t i = 0; i < notices->count; i++)
		app_note(app, notices->items[i].text);
}

static void drop_results(void *results)
{
	results_free(results);
}

static void evaluate_done(struct app *app, struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;
	struct results *before = app->results;

	app->evaluating = NULL;
	app->results = job->results;
	job->results = NULL;
	verdicts_refresh(app);
	if (job->load)
		app->seen_generation = job->generation;
	if (job->params_version != app->params_version || job->now != app->now)
		app->wants_results = true;
	say_notices(app);
	following_compare(app, before);
	worker_drop(app->evaluator, drop_results, before);
	app_changed(app, CHANGED_RESULTS);
	if (filters_active(&app->filters))
		app->wants_selection = true;
}

static void evaluate_discard(struct task *task)
{
	struct evaluate_task *job = (struct evaluate_task *)task;

	results_free(job->results);
	engines_free(job->engines);
	params_free(&job->params);
	if (job->has_without)
		params_free(&job->without);
	free(job);
}

static void evaluate_start(struct app *app, uint64_t generation)
{
	struct evaluate_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = evaluate_run, .done = evaluate_done, .discard = evaluate_discard};
	if (generation != app->seen_generation)
		job->load = app->load;
	else
		job->engines = engines_ref(app->results->engines);
	params_copy(&job->params, &app->params);
	job->has_without = !params_equal(case_base(app), &app->params);
	if (job->has_without)
		params_copy(&job->without, case_base(app));
	job->params_version = app->params_version;
	job->generation = generation;
	job->rules = app->options.rules;
	job->baseline = app->options.baseline;
	job->now = app->now;
	job->is_partial = !app->progress.is_finished;
	app->wants_results = false;
	app->evaluating = &job->task;
	app->evaluated_us = time_monotonic_us();
	worker_post(app->evaluator, &job->task);
}

#define EVALUATE_EVERY_US 500000

/* Looks at the load and starts what is due. Returns how many milliseconds may pass before it must be called again. */
static int tick(struct app *app)
{
	uint64_t generation;
	int64_t since = time_monotonic_us() - app->evaluated_us;
	bool is_new, is_last;

	worker_collect(app->evaluator, app);
	worker_collect(app->scanner, app);
	load_progress(app->load, &app->progress);
	generation = load_generation(app->load);
	is_last = app->progress.is_finished && !app->options.is_follow;
	if (app->progress.is_finished && !app->was_finished) {
		app->was_finished = true;
		input_note_start(app);
		app->wants_results = true;
	}
	following_tick(app);
	resume_tick(app);
	is_new = generation != app->seen_generation;
	if (!app->evaluating && (app->wants_results || (is_new && (since > EVALUATE_EVERY_US || is_last))))
		evaluate_start(app, generation);
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

void app_want_results(struct app *app)
{
	app->wants_results = true;
}

void app_want_selection(struct app *app)
{
	app->filters.version++;
	app->wants_selection = true;
}

void app_use_params(struct app *app, const struct params *params)
{
	struct params copy;

	params_copy(&copy, params);
	params_free(&app->params);
	app->params = copy;
	app->params_version++;
	app->wants_results = true;
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

static struct results *empty_results(const struct params *params)
{
	struct builder_options options = {0};
	struct builder *builder = builder_new(&options);
	struct store *store = builder_publish(builder);
	struct results *results = results_compute(store, NULL, params, NULL, 0, NULL, TIME_NONE, true);

	store_free(store);
	builder_free(builder);
	return results;
}

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
	app->seen_generation =
		UINT64_MAX; /* so that a first snapshot is asked for at once: a load makes none unasked */
	params_copy(&app->started_with, params);
	params_copy(&app->params, params);
	app->keymap = keymap_new(view_command_table, view_command_count, screen_names, SCREEN_COUNT);
	app->results = empty_results(params);
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
