/* Writing what a session shows, for the time it is resumed: see resume.h. */
#include "resume.h"

#include <stdlib.h>

#include <jansson.h>

#include "app.h"
#include "here.h"
#include "reach.h"

#define PLACES_KEPT 16
#define SAVE_EVERY_US (5 * INT64_C(1000000))

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
