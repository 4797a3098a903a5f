/* An alert beside the list: see beside.h. What takes a walk over rows comes when the scanner has it. */
#include "beside.h"

#include "alert_doc.h"
#include "alert_open.h"
#include "app.h"
#include "table.h"

enum { COL_TIME, COL_ACTION, COL_ADDRESS, COL_NETWORK, COL_AGENT, COL_ERROR, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_TIME] = {.title = "TIME", .width = 11},
	[COL_ACTION] = {.title = "ACTION", .width = 30, .width_min = 18, .grow = 2},
	[COL_ADDRESS] = {.title = "SRC IP", .width = 15},
	[COL_NETWORK] = {.title = "ASN", .width = 18, .width_min = 8, .grow = 1, .priority = 1},
	[COL_AGENT] = {.title = "AGENT", .width = 12, .width_min = 8, .grow = 1, .priority = 3},
	[COL_ERROR] = {.title = "ERR", .width = 12, .width_min = 4, .priority = 2},
};
static const enum event_field column_fields[COL_COUNT] = {
	FIELD_COUNT, FIELD_ACTION, FIELD_SOURCE_ADDRESS, FIELD_AS_ORG, FIELD_USER_AGENT, FIELD_ERROR_CODE};

static const struct row_list *evidence_of(const struct beside *beside)
{
	return &beside->app->results->views[beside->alert].evidence;
}

static void fill(void *context, size_t index, struct list_row *row)
{
	struct beside *beside = context;
	struct app *app = beside->app;
	const struct results *results = app->results;
	const struct store *store = results->store;
	uint32_t event = evidence_of(beside)->rows[index];
	bool is_rare = results->trust[store->entry[DIMENSION_SOURCE][event]] == 2;

	cell_time(app, row, COL_TIME, store->timestamp[event]);
	cell_slice(row, COL_ACTION, ROLE_STRONG, action_name(store, event, &app->cells[COL_ACTION]));
	cell_slice(row, COL_ADDRESS, ROLE_TEXT, store_text(store, FIELD_SOURCE_ADDRESS, event));
	cell_slice(row, COL_NETWORK, is_rare ? ROLE_RARE : ROLE_TEXT, row_network(store, event));
	cell_slice(row, COL_AGENT, ROLE_DIM, store_text(store, FIELD_USER_AGENT, event));
	cell_slice(row, COL_ERROR, ROLE_BAD, store_text(store, FIELD_ERROR_CODE, event));
}

void beside_show(struct app *app, struct beside *beside, uint32_t number)
{
	const struct alert *alert = &app->results->alerts.items[number];
	bool is_other = strcmp(alert->id, beside->explained) != 0;

	beside->alert = number;
	if (!is_other && beside->from == app->results)
		return;
	memcpy(beside->explained, alert->id, sizeof(beside->explained));
	beside->from = app->results;
	beside->width = 0;
	facts_want(app, &beside->facts, number);
	if (!beside->app) {
		beside->app = app;
		list_init(&beside->events, columns, COL_COUNT, fill, beside);
		beside->events.has_header = true;
		beside->events.has_cell_cursor = true;
		beside->events.column = COL_ACTION;
		beside->events.sort_column = -1;
	}
	columns[COL_TIME].width = app_time_width(app);
	list_set_count(&beside->events, evidence_of(beside)->count);
	if (is_other) {
		pager_goto(&beside->pager, 0);
		list_goto(&beside->events, 0);
	}
}

static void draw_explanation(struct app *app, struct beside *beside, struct pane pane)
{
	if (beside->width != pane.width || beside->facts.is_new) {
		alert_doc(app, &beside->doc, beside->alert, beside->facts.newest, pane.width);
		sheet_pager(&beside->doc, &beside->pager);
		beside->width = pane.width;
		beside->facts.is_new = false;
	}
	beside->pager.has_cursor = beside->focus == BESIDE_WHY;
	beside->pager.pattern = app->search;
	pager_draw(&beside->pager, pane, beside->focus == BESIDE_WHY);
}

void beside_draw(struct app *app, struct beside *beside, uint32_t alert, struct pane pane)
{
	int events = pane.height / 3;

	beside_show(app, beside, alert);
	draw_explanation(app, beside, pane_rows(pane, 0, pane.height - events));
	draw_rule(pane, pane.height - events, "events in evidence", NULL);
	beside->events.pattern = app->search;
	list_draw(
		&beside->events, pane_rows(pane, pane.height - events + 1, events - 1), beside->focus == BESIDE_EVENTS);
}

unsigned beside_move(struct beside *beside, enum ui_motion motion)
{
	return beside->focus == BESIDE_WHY ? pager_move(&beside->pager, motion) : list_move(&beside->events, motion);
}

static bool row_of(const struct beside *beside, uint32_t *row)
{
	if (beside->focus != BESIDE_EVENTS || beside->events.cursor >= evidence_of(beside)->count)
		return false;
	*row = evidence_of(beside)->rows[beside->events.cursor];
	return true;
}

const struct sheet_link *beside_link(const struct beside *beside)
{
	return beside->focus == BESIDE_WHY ? sheet_link_at(&beside->doc, beside->pager.cursor) : NULL;
}

bool beside_value(const struct beside *beside, struct value *out)
{
	const struct sheet_link *link = beside_link(beside);
	uint32_t row;

	if (link && link->field != FIELD_COUNT) {
		*out = (struct value){link->field, link->value};
		return true;
	}
	if (!row_of(beside, &row) || column_fields[beside->events.column] == FIELD_COUNT)
		return false;
	out->field = column_fields[beside->events.column];
	out->text = store_text(beside->app->results->store, out->field, row);
	return true;
}

unsigned beside_open(struct beside *beside)
{
	const struct store *store = beside->app->results->store;
	struct target target;
	uint32_t row;

	if (beside->focus == BESIDE_WHY)
		return alert_open_link(beside->app, beside->alert, beside_link(beside));
	if (!row_of(beside, &row))
		return UI_HANDLED;
	target_init(&target);
	target.has_row = true;
	target.file = store->file[row];
	target.offset = store->offset[row];
	target.time = store->timestamp[row];
	return app_open(beside->app, SCREEN_RAW, &target);
}

void beside_status(const struct beside *beside, struct buf *right)
{
	if (beside->focus == BESIDE_WHY)
		buf_printf(right, "why  %zu/%zu", beside->pager.cursor + 1, beside->pager.count);
	else
		buf_printf(right, "evidence  %zu/%zu", beside->events.cursor + 1, beside->events.count);
}

void beside_free(struct beside *beside)
{
	facts_wanted_free(&beside->facts);
	sheet_free(&beside->doc);
}
