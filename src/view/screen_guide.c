/* The investigation guide of a rule, live: a step's lines open its evidence, and a step can be ticked; ticks are kept in
 * the case. What the steps say is in guide_doc.c. */
#include "alert_place.h"
#include "guide_doc.h"
#include "here.h"

static void open_guide(struct app *app, void *state, const struct target *target)
{
	struct alert_place *place = state;

	alert_place_open(app, place, target);
	place->pager.cursor = 1;
}

static void draw(struct app *app, void *state, struct pane body)
{
	alert_place_draw(app, state, body, guide_doc);
}

/* The step a line belongs to: the nearest one above. */
static const char *step_here(struct app *app, struct alert_place *place)
{
	for (size_t line = place->pager.cursor + 1; line-- > 0;) {
		const struct sheet_link *link = sheet_link_at(&place->doc, line);

		if (link && link->kind == LINK_KEY)
			return link->text;
	}
	return guide_steps[app->results->alerts.items[place->alert].rule].names[0];
}

static unsigned tick(struct app *app, struct alert_place *place)
{
	const char *name;
	const struct alert *alert;
	const struct finding *finding;
	struct case_subject subject;
	struct err err;
	bool is_on;

	if (place->alert == UINT32_MAX)
		return UI_HANDLED;
	name = step_here(app, place);
	alert = &app->results->alerts.items[place->alert];
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	is_on = !finding || !finding_has_tick(finding, name);
	case_subject_init(&subject, app->results->store, &app->results->params, alert);
	if (case_tick(app->verdicts.casefile, &subject, name, is_on, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, is_on ? "step ticked" : "tick taken away", false);
	case_subject_free(&subject);
	return UI_REDRAW;
}

static unsigned open_line(struct app *app, struct alert_place *place)
{
	const struct sheet_link *link = alert_place_link(place);
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	if (link && link->kind == LINK_KEY)
		return tick(app, place);
	if (!link || link->kind != LINK_QUERY || (link->field == FIELD_COUNT && !*link->text))
		return alert_place_evidence(app, place);
	if (link->field == FIELD_COUNT)
		return app_open_events(app, link->text);
	term_and(&query, FIELD_USER_NAME, store_string(app->results->store, app->results->views[place->alert].user));
	term_and(&query, link->field, link->value);
	reaction = app_open_events(app, query.data);
	buf_free(&query);
	return reaction;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct alert_place *place = context;

	switch (what) {
	case ACT_OPEN: return open_line(app, place);
	case ACT_SELECT: return tick(app, place);
	case ACT_RAW:
		if (place->alert == UINT32_MAX)
			return UI_HANDLED;
		alert_place_evidence(app, place);
		return app_act(app, ACT_RAW, arguments);
	case ACT_TAB:
	case ACT_BACKTAB:
		for (size_t i = 1; i < place->doc.count; i++) {
			size_t count = place->doc.count, at = place->pager.cursor;
			size_t next = what == ACT_TAB ? (at + i) % count : (at + count - i) % count;
			const struct sheet_link *link = sheet_link_at(&place->doc, next);

			if (link && link->kind == LINK_KEY) {
				pager_goto(&place->pager, next);
				break;
			}
		}
		return UI_REDRAW;
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct alert_place *place = context;
	const struct alert *alert;
	const struct finding *finding;

	if (place->alert == UINT32_MAX)
		return;
	alert = &app->results->alerts.items[place->alert];
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	buf_printf(left, "%zu of %zu steps ticked  Tab next step, Space ticks",
		finding ? finding->tick_count : (size_t)0, guide_steps[alert->rule].count);
	buf_printf(right, "%d%%", pager_percent(&place->pager));
}

static const char *const hints[] = {
	"open", "tick", "next-step", "keep", "mark", "comment", "profile", "raw", "undo", "back", "help"};

const struct screen screen_guide = {
	.id = SCREEN_GUIDE,
	.state_size = sizeof(struct alert_place),
	.open = open_guide,
	.close = alert_place_close,
	.update = alert_place_update,
	.draw = draw,
	.status = status,
	.value = alert_place_value,
	.act = act,
	.pager = first_pager,
	.alerts = alert_place_alerts,
	.identity = alert_place_identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
