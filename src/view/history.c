/* Places: opening, going back and forward, the breadcrumb. */
#include "history.h"

#include <stdlib.h>

#include "app.h"

void target_init(struct target *target)
{
	*target = (struct target){.time = TIME_NONE};
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void target_copy(struct target *to, const struct target *from)
{
	*to = *from;
	to->label = copy_text(from->label);
	to->user = copy_text(from->user);
	to->type = copy_text(from->type);
	to->other_user = copy_text(from->other_user);
	to->other_type = copy_text(from->other_type);
	to->query = copy_text(from->query);
}

void target_free(struct target *target)
{
	free(target->label);
	free(target->user);
	free(target->type);
	free(target->other_user);
	free(target->other_type);
	free(target->query);
	target_init(target);
}

static struct place *place_new(struct app *app, const struct screen *screen, const struct target *target)
{
	struct place *place = xcalloc(1, sizeof(*place));

	place->screen = screen;
	place->target = xmalloc(sizeof(*place->target));
	if (target)
		target_copy(place->target, target);
	else
		target_init(place->target);
	place->state = xcalloc(1, screen->state_size ? screen->state_size : 1);
	if (screen->open)
		screen->open(app, place->state, place->target);
	return place;
}

static void place_free(struct app *app, struct place *place)
{
	if (place->screen->close)
		place->screen->close(app, place->state);
	resume_point_free(place->point);
	target_free(place->target);
	free(place->target);
	free(place->state);
	free(place);
}

static bool is_root(const struct app *app, const struct place *place)
{
	return app->history.roots[place->screen->id] == place;
}

static void drop(struct app *app, struct place *place)
{
	if (!is_root(app, place))
		place_free(app, place);
}

struct place *app_place(struct app *app)
{
	return app->history.places[app->history.now];
}

static void refresh(struct app *app, struct place *place)
{
	unsigned stale = place->stale;

	place->stale = 0;
	if (stale && place->screen->update)
		place->screen->update(app, place->state, stale);
}

unsigned app_open(struct app *app, enum screen_id id, const struct target *target)
{
	struct history *history = &app->history;
	struct place *place;

	if (!target && history->roots[id])
		history->roots[id]->stale |= CHANGED_OPENED;
	if (history->count > 0 && !target && history->roots[id] == app_place(app)) {
		refresh(app, app_place(app));
		return UI_REDRAW;
	}
	if (!target && history->roots[id])
		place = history->roots[id];
	else
		place = place_new(app, screens[id], target);
	if (!target)
		history->roots[id] = place;
	for (size_t i = history->now + 1; i < history->count; i++)
		drop(app, history->places[i]);
	if (history->count > 0)
		history->count = history->now + 1;
	if (history->count == HISTORY_MAX) {
		drop(app, history->places[0]);
		memmove(&history->places[0], &history->places[1], (HISTORY_MAX - 1) * sizeof(history->places[0]));
		history->count--;
	}
	history->places[history->count] = place;
	history->now = history->count++;
	app->has_notice = false;
	refresh(app, place);
	tip_visit(app);
	return UI_REDRAW;
}

unsigned app_open_events(struct app *app, const char *query)
{
	struct target target;

	target_init(&target);
	target.query = target.label = (char *)(uintptr_t)query;
	return app_open(app, SCREEN_EVENTS, &target);
}

unsigned app_back(struct app *app)
{
	if (app->history.now == 0)
		return UI_NONE;
	app->history.now--;
	refresh(app, app_place(app));
	tip_visit(app);
	return UI_REDRAW;
}

unsigned app_forward(struct app *app)
{
	if (app->history.now + 1 >= app->history.count)
		return UI_NONE;
	app->history.now++;
	refresh(app, app_place(app));
	tip_visit(app);
	return UI_REDRAW;
}

void app_changed(struct app *app, unsigned change)
{
	struct history *history = &app->history;

	if (history->count == 0)
		return;
	for (size_t i = 0; i < history->count; i++)
		history->places[i]->stale |= change;
	for (size_t i = 0; i < SCREEN_COUNT; i++)
		if (history->roots[i])
			history->roots[i]->stale |= change;
	refresh(app, app_place(app));
}

static void crumb(struct app *app, struct place *place, struct buf *out)
{
	const struct screen *screen = place->screen;

	if (screen->crumb)
		screen->crumb(app, place->state, out);
	else if (place->target->label)
		buf_add_text(out, place->target->label);
	else
		buf_add_text(out, screen_titles[screen->id]);
}

void history_breadcrumb(struct app *app, struct buf *out)
{
	struct history *history = &app->history;
	size_t first = history->now;

	while (first > 0 && !is_root(app, history->places[first]))
		first--;
	for (size_t i = first; i <= history->now; i++) {
		struct place *place = history->places[i];

		if (i > first)
			buf_add_text(out, " > ");
		if (is_root(app, place)) {
			static const char digits[SCREEN_COUNT] = {
#define X(id, name, title, digit) digit,
				SCREENS(X)
#undef X
			};
			if (digits[place->screen->id])
				buf_add_char(out, digits[place->screen->id]);
			buf_add_text(out, screen_titles[place->screen->id]);
		} else {
			crumb(app, place, out);
		}
	}
}

void history_free(struct app *app)
{
	struct history *history = &app->history;

	for (size_t i = 0; i < history->count; i++)
		drop(app, history->places[i]);
	for (size_t i = 0; i < SCREEN_COUNT; i++)
		if (history->roots[i])
			place_free(app, history->roots[i]);
	*history = (struct history){0};
}
