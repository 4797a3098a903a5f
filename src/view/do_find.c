/* Commands that find: search, filters, going to a time, keep, drop and pivot on a value. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"

/* ---- search ---- */

static size_t cursor_here(struct app *app)
{
	struct place *place = app_place(app);
	struct list *list = place->screen->list ? place->screen->list(app, place->state) : NULL;
	struct pager *pager = place->screen->pager ? place->screen->pager(app, place->state) : NULL;

	return list ? list->cursor : pager ? (pager->has_cursor ? pager->cursor : pager->top) : 0;
}

static void cursor_back(struct app *app)
{
	struct place *place = app_place(app);
	struct list *list = place->screen->list ? place->screen->list(app, place->state) : NULL;
	struct pager *pager = place->screen->pager ? place->screen->pager(app, place->state) : NULL;

	if (list)
		list_goto(list, app->search_origin);
	else if (pager)
		pager_goto(pager, app->search_origin);
}

static unsigned search_from(struct app *app, bool is_forward, bool skips_current)
{
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);
	size_t count = list ? list->count : pager ? pager->count : 0;
	size_t at = cursor_here(app);

	if (!app->search) {
		app_say(app, MESSAGE_INFO, "nothing searched for yet; / asks");
		return UI_REDRAW;
	}
	if (count == 0) {
		app_say(app, MESSAGE_INFO, "nothing to search here");
		return UI_REDRAW;
	}
	app->search_left = 1;
	app->search_forward = is_forward;
	if (skips_current && is_forward && at + 1 == count) {
		at = 0;
		app->search_left = 0;
	} else if (skips_current && !is_forward && at == 0) {
		at = count - 1;
		app->search_left = 0;
	} else if (skips_current) {
		at = is_forward ? at + 1 : at - 1;
	}
	app->search_at = at;
	app->is_searching = true;
	return UI_REDRAW;
}

static bool search_set(struct app *app, const char *text, struct err *err)
{
	struct pattern *pattern = *text ? pattern_new(text, err) : NULL;

	if (*text && !pattern)
		return false;
	pattern_free(app->search);
	app->search = pattern;
	if (pattern)
		search_from(app, true, false);
	return true;
}

/* Each letter looks anew from where the search began, so that taking one back takes its move back, too. */
static void search_typed(struct app *app, const char *text)
{
	struct err err;
	struct pattern *pattern = *text ? pattern_new(text, &err) : NULL;

	if (*text && !pattern)
		return; /* not finished typing */
	pattern_free(app->search);
	app->search = pattern;
	app->is_searching = false;
	app->status[0] = '\0'; /* that the letters before had no hit */
	cursor_back(app);
	if (pattern)
		search_from(app, true, false);
}

static void search_given_up(struct app *app)
{
	pattern_free(app->search);
	app->search = NULL;
	app->is_searching = false;
	app->status[0] = '\0';
	cursor_back(app);
}

unsigned do_search(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (*arguments) {
		if (!search_set(app, arguments, &err))
			app_fail(app, &err);
		return UI_REDRAW;
	}
	app->search_origin = cursor_here(app);
	app_ask(app, "/", "search", NULL, search_set);
	app_ask_watching(app, search_typed, search_given_up);
	return UI_REDRAW;
}

unsigned do_next(void *context, const char *arguments)
{
	(void)arguments;
	return search_from(context, true, true);
}

unsigned do_previous(void *context, const char *arguments)
{
	(void)arguments;
	return search_from(context, false, true);
}

/* ---- time ---- */

/* An ISO time that says nothing of a zone: it is in the one that is shown. */
static bool is_without_zone(const char *text)
{
	return isdigit((unsigned char)text[0]) && !strpbrk(text, "Zz+") &&
	       !(strlen(text) > 11 && strchr(text + 11, '-'));
}

/* A time of day alone means the last such time in the data; "05-07 22:31" the year of the newest event. */
int parse_when(struct app *app, const char *text, int64_t *when, struct err *err)
{
	const struct store *store = app->results->store;
	int64_t newest = store->count ? store->timestamp[store->count - 1] : time_now();
	char iso[TIME_TEXT_SIZE], full[64];
	int month, day, hour, minute, second = 0;
	bool is_clock = false;

	time_format_iso(newest + app_zone_offset(app, newest), iso);
	if (sscanf(text, "%2d-%2d %2d:%2d:%2d", &month, &day, &hour, &minute, &second) >= 4)
		snprintf(full, sizeof(full), "%.4s-%02d-%02dT%02d:%02d:%02d", iso, month, day, hour, minute, second);
	else if (strchr(text, ':') && !strchr(text, '-') && sscanf(text, "%2d:%2d:%2d", &hour, &minute, &second) >= 2) {
		is_clock = true;
		snprintf(full, sizeof(full), "%.10sT%02d:%02d:%02d", iso, hour, minute, second);
	} else {
		snprintf(full, sizeof(full), "%.60s", text);
	}
	if (time_parse_user(full, newest, when, err) != 0)
		return err_set(err, ERR_USAGE,
			"'%s' is not a time: write 22:31, 05-07 22:31, 2026-05-07, 2026-05-07T22:36:10Z or -2h", text);
	if (is_without_zone(full))
		*when -= app_zone_offset(app, *when);
	if (is_clock && *when > newest)
		*when -= DAY_MS;
	return 0;
}

static bool goto_done(struct app *app, const char *text, struct err *err)
{
	int64_t when;
	struct target target;

	if (!*text)
		return true;
	if (parse_when(app, text, &when, err) != 0)
		return false;
	if (events_goto_time(app, when) || timeline_goto_time(app, when))
		return true;
	target_init(&target);
	target.time = when;
	target.label = (char *)(uintptr_t)text;
	app_open(app, SCREEN_EVENTS, &target);
	return true;
}

unsigned do_goto_time(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (!*arguments) {
		app_ask(app, "@ ", "time", NULL, goto_done);
		return UI_REDRAW;
	}
	if (!goto_done(app, arguments, &err))
		app_fail(app, &err);
	return UI_REDRAW;
}

/* ---- filters ---- */

static bool filter_done(struct app *app, const char *text, struct err *err)
{
	return filter_add(app, text, err) == 0;
}

unsigned do_filter(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (*arguments) {
		if (filter_add(app, arguments, &err) != 0)
			app_fail(app, &err);
		return UI_REDRAW;
	}
	app_ask(app, "& ", "filter", NULL, filter_done);
	app_ask_completing(app, complete_query);
	return UI_REDRAW;
}

unsigned do_toggle_filters(void *context, const char *arguments)
{
	struct app *app = context;

	(void)arguments;
	if (app->filters.count == 0) {
		app_say(app, MESSAGE_INFO, "there is no filter; & makes one, + keeps the value under the cursor");
		return UI_REDRAW;
	}
	filter_toggle(app, SIZE_MAX);
	app_say(app, MESSAGE_INFO, app->filters.is_off ? "filters off; \\ turns them on again" : "filters on");
	return UI_REDRAW;
}

static unsigned keep_or_drop(struct app *app, bool is_drop)
{
	struct value value;
	struct buf term = BUF_EMPTY;
	struct err err;

	if (!value_here(app, &value) || value.field == FIELD_COUNT) {
		app_say(app, MESSAGE_INFO, "no field of events is under the cursor; h and l choose a cell");
		return UI_REDRAW;
	}
	if (is_drop)
		buf_add_text(&term, "not ");
	term_format(&term, value.field, value.text);
	if (is_drop && strncmp(term.data, "not not ", 8) == 0)
		memmove(term.data, term.data + 8, term.length - 7);
	if (filter_add(app, term.data, &err) != 0)
		app_fail(app, &err);
	else
		app_say(app, MESSAGE_INFO, "filter %s  (\\ off, u undo, f list)", term.data);
	buf_free(&term);
	return UI_REDRAW;
}

unsigned do_keep(void *context, const char *arguments)
{
	unsigned reaction = app_act(context, ACT_ADD, arguments);

	return reaction ? reaction : keep_or_drop(context, false);
}

unsigned do_drop(void *context, const char *arguments)
{
	unsigned reaction = app_act(context, ACT_REMOVE, arguments);

	return reaction ? reaction : keep_or_drop(context, true);
}

unsigned do_pivot(void *context, const char *arguments)
{
	struct app *app = context;
	struct value value;
	struct buf query = BUF_EMPTY;
	struct target target;
	unsigned reaction;

	(void)arguments;
	if (!value_here(app, &value) || value.field == FIELD_COUNT) {
		app_say(app, MESSAGE_INFO, "no field of events is under the cursor");
		return UI_REDRAW;
	}
	term_format(&query, value.field, value.text);
	target_init(&target);
	target.query = query.data;
	target.label = xasprintf("who: %s", query.data);
	reaction = app_open(app, SCREEN_USERS, &target);
	free(target.label);
	buf_free(&query);
	return reaction;
}
