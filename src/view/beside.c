/* An alert beside the list: see beside.h. What takes a walk over rows comes when the scanner has it. */
#include "beside.h"

#include "alert_doc.h"
#include "app.h"

static void draw_explanation(struct app *app, struct beside *beside, uint32_t number, struct pane pane)
{
	const struct alert *alert = &app->results->alerts.items[number];

	if (strcmp(alert->id, beside->explained) != 0 || beside->from != app->results) {
		memcpy(beside->explained, alert->id, sizeof(beside->explained));
		beside->from = app->results;
		beside->width = 0;
		facts_want(app, &beside->facts, number);
		pager_goto(&beside->pager, 0);
	}
	if (beside->width != pane.width || beside->facts.is_new) {
		alert_doc(app, &beside->doc, number, beside->facts.newest, pane.width);
		sheet_pager(&beside->doc, &beside->pager);
		beside->pager.has_cursor = false;
		beside->width = pane.width;
		beside->facts.is_new = false;
	}
	pager_draw(&beside->pager, pane, false);
}

static void draw_evidence(struct app *app, uint32_t number, struct pane pane)
{
	const struct results *results = app->results;
	const struct alert_view *view = &results->views[number];
	const struct store *store = results->store;

	draw_rule(pane, 0, "events in evidence", "Enter Enter opens them");
	for (size_t i = 0; i < view->evidence.count && (int)i + 1 < pane.height; i++) {
		uint32_t row = view->evidence.rows[i];
		char when[TIME_TEXT_SIZE];
		int y = (int)i + 1;

		draw_printf(pane, y, 1, ROLE_TIME, "%s", app_time(app, store->timestamp[row], TIME_SHORT, when));
		draw_fit(pane, y, 17, 34, ALIGN_LEFT, ROLE_STRONG, action_name(store, row, &app->scratch));
		draw_fit(pane, y, 52, 16, ALIGN_LEFT, ROLE_TEXT, store_text(store, FIELD_SOURCE_ADDRESS, row));
		draw_fit(pane, y, 69, 20, ALIGN_LEFT, ROLE_RARE, row_network(store, row));
		draw_fit(pane, y, 90, pane.width - 91, ALIGN_LEFT, ROLE_DIM, store_text(store, FIELD_USER_AGENT, row));
	}
}

void beside_draw(struct app *app, struct beside *beside, uint32_t alert, struct pane pane)
{
	int events = pane.height / 3;

	draw_explanation(app, beside, alert, pane_rows(pane, 0, pane.height - events));
	draw_evidence(app, alert, pane_rows(pane, pane.height - events, events));
}

void beside_free(struct beside *beside)
{
	facts_wanted_free(&beside->facts);
	sheet_free(&beside->doc);
}
