/* What the screens about one alert do alike: see alert_place.h. */
#include "alert_place.h"

#include "alert_open.h"

void alert_place_open(struct app *app, struct alert_place *place, const struct target *target)
{
	memcpy(place->id, target->alert, sizeof(place->id));
	alert_place_update(app, place, CHANGED_RESULTS);
}

void alert_place_close(struct app *app, void *state)
{
	struct alert_place *place = state;

	(void)app;
	facts_wanted_free(&place->facts);
	sheet_free(&place->doc);
}

void alert_place_update(struct app *app, void *state, unsigned change)
{
	struct alert_place *place = state;

	if (change & CHANGED_RESULTS) {
		place->alert = results_find(app->results, place->id);
		facts_want(app, &place->facts, place->alert);
	}
	place->width = 0;
}

void alert_place_draw(struct app *app, struct alert_place *place, struct pane body,
	void (*build)(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width))
{
	if (place->width != body.width || place->facts.is_new) {
		build(app, &place->doc, place->alert, place->facts.newest, body.width);
		sheet_pager(&place->doc, &place->pager);
		place->width = body.width;
		place->facts.is_new = false;
	}
	place->pager.pattern = app->search;
	pager_draw(&place->pager, body, true);
}

const struct sheet_link *alert_place_link(struct alert_place *place)
{
	return sheet_link_at(&place->doc, place->pager.cursor);
}

unsigned alert_place_evidence(struct app *app, struct alert_place *place)
{
	return alert_open_evidence(app, place->alert);
}

bool alert_place_value(struct app *app, void *state, struct value *out)
{
	const struct sheet_link *link = alert_place_link(state);

	(void)app;
	if (!link || link->field == FIELD_COUNT)
		return false;
	*out = (struct value){link->field, link->value};
	return true;
}

bool alert_place_identity(struct app *app, void *state, struct slice *user, struct slice *type)
{
	const struct alert_place *place = state;
	const struct alert_view *view;

	if (place->alert == UINT32_MAX)
		return false;
	view = &app->results->views[place->alert];
	*user = store_string(app->results->store, view->user);
	*type = store_string(app->results->store, view->type);
	return true;
}

size_t alert_place_alerts(struct app *app, void *state, uint32_t *out, size_t max)
{
	const struct alert_place *place = state;

	(void)app;
	if (place->alert == UINT32_MAX || !max)
		return 0;
	out[0] = place->alert;
	return 1;
}
