/* Bringing back the view a session was left in: see resume.h. */
#include "resume.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "commands.h"
#include "here.h"
#include "say.h"

#define LINES_LOOKED_AT 2000

void resume_point_free(struct resume_point *point)
{
	if (point)
		free(point->line);
	free(point);
}

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
	if (saved == TIME_NONE || time_now() - saved < 60000)
		app_say(app, MESSAGE_INFO, "resumed what was left%s; :start-over forgets it",
			saved == TIME_NONE ? "" : " just now");
	else
		app_say(app, MESSAGE_INFO, "resumed what was left %s ago; :start-over forgets it",
			span_text(time_now() - saved, ago));
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
