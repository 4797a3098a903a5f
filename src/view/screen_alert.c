/* One alert explained: who, why with every condition and its margin, the evidence, what is usual for the identity. */
#include "alert_doc.h"
#include "alert_open.h"
#include "alert_place.h"
#include "here.h"
#include "reach.h"
#include "say.h"
#include "table.h"

static void open_alert(struct app *app, void *state, const struct target *target)
{
	alert_place_open(app, state, target);
}

static void draw(struct app *app, void *state, struct pane body)
{
	alert_place_draw(app, state, body, alert_doc);
}

static void crumb(struct app *app, void *context, struct buf *out)
{
	struct alert_place *place = context;
	const struct alert_view *view;
	struct slice user;

	if (place->alert == UINT32_MAX) {
		buf_add_text(out, "gone");
		return;
	}
	view = &app->results->views[place->alert];
	user = store_string(app->results->store, view->user);
	buf_add(out, user.data ? user.data : "", user.length);
	buf_add_text(out, app->results->alerts.items[place->alert].rule == RULE_RARE_AS ? " / ASN" : " / RARE");
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct alert_place *place = context;
	const struct alert_view *view;
	char count[COUNT_TEXT_SIZE];
	size_t below;

	if (place->alert == UINT32_MAX)
		return;
	view = &app->results->views[place->alert];
	below = place->pager.count > place->pager.bottom ? place->pager.count - place->pager.bottom : 0;
	buf_printf(left, "%s  %s %s in evidence",
		verdict_word(verdict_letter(app, &app->results->alerts.items[place->alert])),
		count_text(view->evidence.count, count), plural(view->evidence.count, "event", "events"));
	if (below)
		buf_printf(left, "  %zu more %s below", below, plural(below, "line", "lines"));
	else
		buf_printf(left, "  %s", rules[app->results->alerts.items[place->alert].rule].name);
	for (size_t i = 0; i < app->results->alerts.count; i++)
		if (app->results->order[i] == place->alert)
			buf_printf(right, "%zu of %zu", i + 1, app->results->alerts.count);
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct alert_place *place = context;

	switch (what) {
	case ACT_OPEN: return alert_open_link(app, place->alert, alert_place_link(place));
	case ACT_RAW:
		if (place->alert == UINT32_MAX)
			return UI_HANDLED;
		alert_place_evidence(app, place);
		return app_act(app, ACT_RAW, arguments);
	case ACT_TAB:
	case ACT_BACKTAB: { /* the next line with something behind it, of another kind than here */
		size_t at = place->pager.cursor, count = place->doc.count;
		const struct sheet_link *here = alert_place_link(place);
		enum link_kind kind = here ? here->kind : LINK_NONE;

		for (size_t i = 1; i < count; i++) {
			size_t next = what == ACT_TAB ? (at + i) % count : (at + count - i) % count;
			const struct sheet_link *link = sheet_link_at(&place->doc, next);

			if (link && (link->kind != kind || (here && link->field != here->field))) {
				pager_goto(&place->pager, next);
				break;
			}
		}
		return UI_REDRAW;
	}
	default: return UI_NONE;
	}
}

enum parameter alert_parameter_here(struct app *app)
{
	struct place *place = app_place(app);
	const struct sheet_link *link =
		place->screen->id == SCREEN_ALERT ? alert_place_link(place->state) : alerts_link_here(app);

	return link && link->kind == LINK_PARAMETER ? link->parameter : PARAMETER_TOTAL;
}

static const char *const hints[] = {
	"open", "profile", "raw", "guide", "mark", "comment", "allow", "tune", "keep", "drop", "copy", "back", "help"};

const struct screen screen_alert = {
	.id = SCREEN_ALERT,
	.state_size = sizeof(struct alert_place),
	.open = open_alert,
	.close = alert_place_close,
	.update = alert_place_update,
	.draw = draw,
	.crumb = crumb,
	.status = status,
	.value = alert_place_value,
	.act = act,
	.pager = first_pager,
	.identity = alert_place_identity,
	.alerts = alert_place_alerts,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
