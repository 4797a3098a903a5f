/* Keeping and bringing back the view of a session: see resume.h. */
#include "resume.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "commands.h"
#include "here.h"
#include "say.h"

#define PLACES_KEPT 16
#define LINES_LOOKED_AT 2000
#define SAVE_EVERY_US (5 * INT64_C(1000000))

void resume_point_free(struct resume_point *point)
{
	if (point)
		free(point->line);
	free(point);
}

/* ---- writing ---- */

/* Text that is no UTF-8 cannot be kept; neither can what needs it. */
static void put(json_t *object, const char *key, const char *text)
{
	if (text)
		(void)json_object_set_new(object, key, json_string(text));
}

static json_t *keep_target(struct app *app, const struct target *target)
{
	json_t *json = json_object();
	char text[TIME_TEXT_SIZE];

	put(json, "label", target->label);
	put(json, "user", target->user);
	put(json, "type", target->type);
	put(json, "other_user", target->other_user);
	put(json, "other_type", target->other_type);
	put(json, "query", target->query);
	put(json, "alert", *target->alert ? target->alert : NULL);
	if (target->is_evidence)
		(void)json_object_set_new(json, "is_evidence", json_true());
	if (target->has_row) {
		put(json, "file", load_file_name(app->load, target->file));
		(void)json_object_set_new(json, "offset", json_integer((json_int_t)target->offset));
	}
	if (target->time != TIME_NONE)
		put(json, "time", time_format_iso(target->time, text));
	return json;
}

static void keep_list(json_t *json, const struct list *list)
{
	json_t *hidden = json_array();

	(void)json_object_set_new(json, "index", json_integer((json_int_t)list->cursor));
	(void)json_object_set_new(json, "column", json_integer(list->column));
	(void)json_object_set_new(json, "is_wrapped", json_boolean(list->is_wrapped));
	(void)json_object_set_new(json, "is_wide", json_boolean(list->is_wide));
	for (size_t i = 0; i < list->column_count; i++)
		if (list->columns[i].is_hidden)
			(void)json_array_append_new(hidden, json_string(list->columns[i].title));
	(void)json_object_set_new(json, "hidden", hidden);
	if (list->sort_column >= 0) {
		put(json, "sort", list->columns[list->sort_column].title);
		(void)json_object_set_new(json, "is_descending", json_boolean(list->is_sort_descending));
	}
}

/* Only of the place that is shown is the text of a row asked for: the others may not have heard of the newest results. */
static json_t *keep_place(struct app *app, struct place *place)
{
	const struct screen *screen = place->screen;
	json_t *json = json_object();
	struct list *list = screen->list ? screen->list(app, place->state) : NULL;
	struct pager *pager = screen->pager && !list ? screen->pager(app, place->state) : NULL;
	struct buf text = BUF_EMPTY;

	put(json, "screen", screen_names[screen->id]);
	if (app->history.roots[screen->id] != place)
		(void)json_object_set_new(json, "target", keep_target(app, place->target));
	if (screen->keep) {
		screen->keep(app, place->state, &text);
		put(json, "kept", text.data);
	}
	if (list)
		keep_list(json, list);
	else if (pager)
		(void)json_object_set_new(json, "index", json_integer((json_int_t)pager->cursor));
	text.length = 0;
	if (place == app_place(app) && !place->stale && line_text(app, line_here(app), &text))
		put(json, "line", text.data);
	buf_free(&text);
	return json;
}

static json_t *keep_places(struct app *app)
{
	const struct history *history = &app->history;
	json_t *places = json_array();
	size_t first = history->now + 1 > PLACES_KEPT ? history->now + 1 - PLACES_KEPT : 0;

	for (size_t i = first; i <= history->now; i++)
		if (history->places[i]->screen->id != SCREEN_HELP)
			(void)json_array_append_new(places, keep_place(app, history->places[i]));
	return places;
}

static void keep_filters(struct app *app, json_t *view)
{
	json_t *filters = json_array(), *widths = json_array();

	for (size_t i = 0; i < app->filters.count; i++)
		(void)json_array_append_new(filters, json_pack("{s:s, s:b}", "text", app->filters.items[i].text,
							     "is_off", app->filters.items[i].is_off));
	(void)json_object_set_new(view, "filters", filters);
	(void)json_object_set_new(view, "filters_off", json_boolean(app->filters.is_off));
	for (size_t i = 0; i < app->widths.count; i++)
		(void)json_array_append_new(
			widths, json_pack("{s:s, s:s, s:i}", "screen", screen_names[app->widths.items[i].screen],
					"title", app->widths.items[i].title, "cells", app->widths.items[i].cells));
	(void)json_object_set_new(view, "widths", widths);
}

static json_t *keep_view(struct app *app)
{
	json_t *view = json_object();
	const struct params *draft = tune_draft(app);
	struct buf text = BUF_EMPTY;
	char when[TIME_TEXT_SIZE];

	(void)json_object_set_new(view, "places", keep_places(app));
	keep_filters(app, view);
	if (app->now != TIME_NONE)
		put(view, "as_of", time_format_iso(app->now, when));
	if (draft && !params_equal(draft, case_base(app))) {
		params_write(&text, draft, false);
		put(view, "draft", text.data);
	}
	buf_free(&text);
	put(view, "search", app->search ? pattern_text(app->search) : NULL);
	put(view, "theme", theme_name(app->ui));
	(void)json_object_set_new(view, "is_local_time", json_boolean(app->is_local_time));
	(void)json_object_set_new(view, "copies_raw", json_boolean(app->copies_raw));
	(void)json_object_set_new(view, "shows_commands", json_boolean(app->shows_commands));
	(void)json_object_set_new(view, "has_no_tips", json_boolean(app->tips.is_off));
	return view;
}

/* NULL: this session cannot be opened again, or is not where it will be. */
static char *keep(struct app *app, struct buf *body)
{
	char *path = app->resume.is_waiting ? NULL : session_path(app->options.paths, app->options.path_count), *text;
	json_t *root, *paths, *given;
	char when[TIME_TEXT_SIZE];

	if (!path)
		return NULL;
	root = json_object();
	paths = json_array();
	given = json_array();
	for (size_t i = 0; i < app->options.path_count; i++) {
		char *real = realpath(app->options.paths[i], NULL);

		(void)json_array_append_new(paths, json_string(real ? real : app->options.paths[i]));
		free(real);
	}
	for (size_t i = 0; i < app->options.given_count; i++)
		(void)json_array_append_new(
			given, json_pack("[s, s]", app->options.given[i].option, app->options.given[i].value));
	put(root, "saved", time_format_iso(time_now(), when));
	(void)json_object_set_new(root, "paths", paths);
	(void)json_object_set_new(root, "options", given);
	(void)json_object_set_new(root, "view", keep_view(app));
	text = json_dumps(root, JSON_INDENT(1));
	if (text)
		buf_add_text(body, text);
	free(text);
	json_decref(root);
	if (body->length)
		return path;
	free(path);
	return NULL;
}

void resume_save(struct app *app)
{
	struct buf body = BUF_EMPTY;
	char *path = keep(app, &body);

	if (path)
		session_write(path, (struct slice){body.data, body.length});
	free(path);
	buf_free(&body);
}

struct save_task {
	struct task task;
	char *path;
	struct buf body;
};

static void save_run(struct task *task)
{
	struct save_task *job = (struct save_task *)task;

	session_write(job->path, (struct slice){job->body.data, job->body.length});
}

static void save_done(struct app *app, struct task *task)
{
	(void)task;
	app->resume.is_busy = false;
}

static void save_discard(struct task *task)
{
	struct save_task *job = (struct save_task *)task;

	free(job->path);
	buf_free(&job->body);
	free(job);
}

void resume_save_beside(struct app *app)
{
	struct save_task *job;
	int64_t now = time_monotonic_us();

	if (app->resume.is_busy || now - app->resume.written_us < SAVE_EVERY_US)
		return;
	app->resume.written_us = now;
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = save_run, .done = save_done, .discard = save_discard};
	job->path = keep(app, &job->body);
	if (!job->path) {
		save_discard(&job->task);
		return;
	}
	app->resume.is_busy = true;
	worker_post(app->scanner, &job->task);
}

/* ---- bringing back ---- */

static const char *get(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_set(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static void take_filters(struct app *app, const json_t *view)
{
	size_t index;
	json_t *item;
	struct err err;

	json_array_foreach(json_object_get(view, "filters"), index, item)
	{
		if (!get(item, "text") || filter_add(app, get(item, "text"), &err) != 0)
			continue;
		if (is_set(item, "is_off"))
			app->filters.items[app->filters.count - 1].is_off = true;
	}
	app->filters.is_off = is_set(view, "filters_off") && app->filters.count;
	json_array_foreach(json_object_get(view, "widths"), index,
		item) for (int screen = 0; screen < SCREEN_COUNT;
			   screen++) if (get(item, "screen") && get(item, "title") &&
					 strcmp(get(item, "screen"), screen_names[screen]) == 0)
		widths_take(app, screen, get(item, "title"), (int)json_integer_value(json_object_get(item, "cells")));
}

void resume_begin(struct app *app)
{
	const json_t *view = app->options.resume ? session_view(app->options.resume) : NULL;
	struct err err;
	int64_t when;

	if (!json_is_object(view))
		return;
	take_filters(app, view);
	if (get(view, "as_of") && time_parse_iso(slice_of(get(view, "as_of")), &when))
		app->now = when;
	if (get(view, "search"))
		app->search = pattern_new(get(view, "search"), &err);
	if (!app->options.theme && get(view, "theme") && theme_use(app->ui, get(view, "theme"), &err) != 0)
		app_fail(app, &err);
	app->is_local_time = is_set(view, "is_local_time");
	app->copies_raw = is_set(view, "copies_raw");
	app->shows_commands = app->shows_commands || is_set(view, "shows_commands");
	app->tips.is_off = app->tips.is_off || is_set(view, "has_no_tips");
	app->resume.is_waiting = true;
}

/* Names of files are known when the load has ended. */
static bool find_file(struct app *app, const char *name, uint32_t *file)
{
	uint32_t count = load_file_count(app->load);

	for (uint32_t i = 0; name && i < count; i++)
		if (strcmp(load_file_name(app->load, i), name) == 0) {
			*file = i;
			return true;
		}
	return false;
}

/* Borrows its texts from the session. */
static void take_target(struct app *app, const json_t *json, struct target *target)
{
	target_init(target);
	target->label = (char *)(uintptr_t)get(json, "label");
	target->user = (char *)(uintptr_t)get(json, "user");
	target->type = (char *)(uintptr_t)get(json, "type");
	target->other_user = (char *)(uintptr_t)get(json, "other_user");
	target->other_type = (char *)(uintptr_t)get(json, "other_type");
	target->query = (char *)(uintptr_t)get(json, "query");
	if (get(json, "alert"))
		snprintf(target->alert, sizeof(target->alert), "%s", get(json, "alert"));
	target->is_evidence = is_set(json, "is_evidence");
	target->has_row = find_file(app, get(json, "file"), &target->file);
	target->offset = (uint64_t)json_integer_value(json_object_get(json, "offset"));
	if (get(json, "time") && !time_parse_iso(slice_of(get(json, "time")), &target->time))
		target->time = TIME_NONE;
}

static bool is_named(const json_t *names, const char *name)
{
	size_t index;
	json_t *item;

	json_array_foreach(names, index,
		item) if (json_string_value(item) && strcmp(json_string_value(item), name) == 0) return true;
	return false;
}

static void take_list(struct app *app, const json_t *json, struct list *list)
{
	struct list_column *columns = (struct list_column *)(uintptr_t)list->columns;
	json_int_t column = json_integer_value(json_object_get(json, "column"));

	list->is_wrapped = is_set(json, "is_wrapped");
	list->is_wide = is_set(json, "is_wide");
	for (size_t i = 0; i < list->column_count; i++)
		columns[i].is_hidden = is_named(json_object_get(json, "hidden"), columns[i].title);
	if (column >= 0 && column < (json_int_t)list->column_count)
		list->column = (int)column;
	if (get(json, "sort")) {
		app_act(app, ACT_SORT, get(json, "sort"));
		if (list->sort_column >= 0 && list->is_sort_descending != is_set(json, "is_descending"))
			app_act(app, ACT_REVERSE, "");
	}
}

/* Opens a place and hands it what it had. */
static void take_place(struct app *app, const json_t *json)
{
	const json_t *target_json = json_object_get(json, "target");
	struct place *place;
	struct target target;
	struct list *list;
	int screen = 0;

	while (screen < SCREEN_COUNT &&
		(!get(json, "screen") || strcmp(get(json, "screen"), screen_names[screen]) != 0))
		screen++;
	if (screen == SCREEN_COUNT)
		return;
	if (target_json)
		take_target(app, target_json, &target);
	if (screen == SCREEN_RAW && !(target_json && target.has_row))
		return;
	app_open(app, (enum screen_id)screen, target_json ? &target : NULL);
	place = app_place(app);
	if (place->screen->take && get(json, "kept"))
		place->screen->take(app, place->state, get(json, "kept"));
	list = list_here(app);
	if (list)
		take_list(app, json, list);
	if (json_object_get(json, "index")) {
		resume_point_free(place->point);
		place->point = xcalloc(1, sizeof(*place->point));
		place->point->index = (size_t)json_integer_value(json_object_get(json, "index"));
		place->point->line = get(json, "line") ? xstrdup(get(json, "line")) : NULL;
	}
}

static void take_draft(struct app *app, const char *text)
{
	struct params draft;
	struct err err;

	if (!text || !tune_draft(app))
		return;
	params_copy(&draft, case_base(app));
	if (params_read(&draft, "draft", slice_of(text), NULL, NULL, &err) == 0)
		tune_take_draft(app, &draft);
	params_free(&draft);
}

static void take_places(struct app *app)
{
	const json_t *view = session_view(app->options.resume);
	int64_t saved = session_saved(app->options.resume);
	size_t index;
	json_t *item;
	char ago[TIME_TEXT_SIZE];

	json_array_foreach(json_object_get(view, "places"), index, item) take_place(app, item);
	take_draft(app, get(view, "draft"));
	app_say(app, MESSAGE_INFO, "resumed what was left %s ago; :start-over forgets it",
		saved == TIME_NONE ? "some time" : span_text(time_now() - saved, ago));
}

/* ---- cursors ---- */

static bool is_line(struct app *app, size_t index, const char *line)
{
	struct buf text = BUF_EMPTY;
	bool is = line_text(app, index, &text) && text.data && strcmp(text.data, line) == 0;

	buf_free(&text);
	return is;
}

static void settle(struct app *app, struct place *place)
{
	const struct resume_point *point = place->point;
	struct list *list = list_here(app);
	struct pager *pager = list ? NULL : pager_here(app);
	size_t count = list ? list->count : pager ? pager->count : 1, at = point->index;

	if (count == 0)
		return;
	for (size_t i = 0; point->line && !is_line(app, at, point->line); i++) {
		if (i == count || i == LINES_LOOKED_AT) {
			at = point->index;
			break;
		}
		at = i;
	}
	at = at < count ? at : count - 1;
	if (list) {
		list_goto(list, at);
		place->screen->move(app, place->state, MOTION_NONE); /* it remembers the item */
	} else if (pager) {
		pager_goto(pager, at);
	}
	resume_point_free(place->point);
	place->point = NULL;
}

void resume_tick(struct app *app)
{
	struct place *place;

	if (app->resume.is_waiting && app->progress.is_finished && !app->evaluating && !app->wants_results &&
		!app->results->is_partial) {
		app->resume.is_waiting = false;
		take_places(app);
	}
	place = app_place(app);
	if (place->point && !place->stale && !app->wants_selection && !app->resume.is_waiting &&
		worker_is_idle(app->scanner) && worker_is_idle(app->evaluator))
		settle(app, place);
}

void resume_key(struct app *app)
{
	struct place *place = app_place(app);

	resume_point_free(place->point);
	place->point = NULL;
}

unsigned do_start_over(void *context, const char *arguments)
{
	struct app *app = context;

	(void)arguments;
	app->resume.is_waiting = false;
	if (app->filters.count) {
		undo_push(app, UNDO_FILTERS, "start over");
		filters_free(&app->filters);
		app->filters.is_off = false;
		app_want_selection(app);
	}
	if (app->now != TIME_NONE) {
		app->now = TIME_NONE;
		app_want_results(app);
	}
	pattern_free(app->search);
	app->search = NULL;
	for (size_t i = 0; i < app->widths.count; i++)
		app->widths.items[i].cells = 0;
	app_open(app, SCREEN_ALERTS, NULL);
	app_say(app, MESSAGE_INFO, "a fresh view: no filters, no search; verdicts and notes stay");
	return UI_REDRAW;
}
