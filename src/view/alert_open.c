/* Opening what an alert's explanation speaks of: see alert_open.h. */
#include "alert_open.h"

#include <stdio.h>

#include "app.h"
#include "sheet.h"

unsigned alert_open_evidence(struct app *app, uint32_t alert)
{
	struct target target;

	if (alert == UINT32_MAX)
		return UI_HANDLED;
	target_init(&target);
	memcpy(target.alert, app->results->alerts.items[alert].id, sizeof(target.alert));
	target.is_evidence = true;
	target.label = (char *)(uintptr_t) "evidence";
	return app_open(app, SCREEN_EVENTS, &target);
}

/* Events of the identity with the value of a line: for networks, agents, addresses and habits. */
static unsigned open_value(struct app *app, uint32_t alert, const struct sheet_link *link)
{
	const struct alert_view *view = &app->results->views[alert];
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	term_and(&query, FIELD_USER_NAME, store_string(app->results->store, view->user));
	term_and(&query, link->field, link->value);
	reaction = app_open_events(app, query.data);
	buf_free(&query);
	return reaction;
}

unsigned alert_open_link(struct app *app, uint32_t alert, const struct sheet_link *link)
{
	struct target target;

	if (!link)
		return alert_open_evidence(app, alert);
	target_init(&target);
	switch (link->kind) {
	case LINK_ALERT:
		snprintf(target.alert, sizeof(target.alert), "%s", link->text);
		return app_open(app, SCREEN_ALERT, &target);
	case LINK_QUERY: return alert == UINT32_MAX ? UI_HANDLED : open_value(app, alert, link);
	default: return alert_open_evidence(app, alert);
	}
}
