/* The lines of a bucket of the timeline: see bucket_list.h. */
#include "bucket_list.h"

#include <stdlib.h>

#include "alert_doc.h"
#include "app.h"
#include "table.h"

#define LINES_MAX 400 /* events of a bucket that are listed */
#define ROWS_LOOKED_AT 60000 /* at most, that a frame is never late */

struct line {
	int64_t when;
	uint32_t row, alert; /* one of them, the other UINT32_MAX */
};

static int by_when(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	if (a->when != b->when)
		return a->when < b->when ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return a->alert < b->alert ? -1 : a->alert > b->alert;
}

static void add_row_line(struct app *app, struct bucket_list *list, uint32_t row)
{
	const struct results *results = app->results;
	const struct store *store = results->store;
	struct sheet *doc = &list->doc;
	struct sheet_link *link = sheet_line(doc);
	bool is_rare = results->trust[store->entry[DIMENSION_SOURCE][row]] == 2;
	char when[TIME_TEXT_SIZE];
	struct slice error = store_text(store, FIELD_ERROR_CODE, row);
	int room;

	link->kind = LINK_ROW;
	link->row = row;
	link->field = FIELD_USER_NAME;
	link->value = store_text(store, FIELD_USER_NAME, row);
	sheet_printf(doc, ROLE_TIME, " %s ", app_time(app, store->timestamp[row], TIME_CLOCK, when));
	sheet_fit(doc, ROLE_TEXT, doc->width < 60 ? 8 : doc->width < 120 ? 13 : 24, ALIGN_LEFT, link->value);
	sheet_printf(doc, ROLE_TEXT, " ");
	if (doc->width < 60) {
		sheet_fit(doc, is_rare ? ROLE_RARE : ROLE_STRONG, sheet_room(doc), ALIGN_LEFT,
			action_name(store, row, &app->scratch));
		return;
	}
	sheet_fit(doc, ROLE_STRONG, doc->width < 120 ? 23 : 34, ALIGN_LEFT, action_name(store, row, &app->scratch));
	sheet_printf(doc, ROLE_TEXT, " ");
	sheet_fit(doc, ROLE_TEXT, 15, ALIGN_LEFT, store_text(store, FIELD_SOURCE_ADDRESS, row));
	sheet_printf(doc, ROLE_RARE, " %c", is_rare ? '!' : ' ');
	/* A failure takes half of what the network would have. */
	room = sheet_room(doc);
	sheet_fit(doc, is_rare ? ROLE_RARE : ROLE_TEXT, error.data ? room / 2 : room, ALIGN_LEFT,
		store_text(store, FIELD_AS_ORG, row));
	if (error.data) {
		sheet_printf(doc, ROLE_BAD, " ");
		sheet_fit(doc, ROLE_BAD, sheet_room(doc), ALIGN_LEFT, error);
	}
}

static void add_alert_line(struct app *app, struct bucket_list *list, uint32_t alert)
{
	const struct results *results = app->results;
	const struct alert_view *view = &results->views[alert];
	struct sheet *doc = &list->doc;
	struct sheet_link *link = sheet_line(doc);
	char when[TIME_TEXT_SIZE], score[NUMBER_TEXT_SIZE];

	link->kind = LINK_ALERT;
	link->text = sheet_keep(doc, slice_of(results->alerts.items[alert].id));
	sheet_printf(doc, ROLE_TIME, " %s ", app_time(app, view->seen, TIME_CLOCK, when));
	sheet_printf(doc, severity_role(view->severity), "ALERT %s ",
		results->alerts.items[alert].rule == RULE_RARE_AS ? "ASN " : "RARE");
	sheet_add(doc, ROLE_STRONG, store_string(results->store, view->user));
	sheet_printf(doc, ROLE_NUMBER, "  %s",
		score_format(view->score, results->params.rare_method.anomaly_threshold, score));
}

/* At most a bounded number of rows is looked at and listed. */
static void list_lines(struct app *app, struct bucket_list *list)
{
	const struct results *results = app->results;
	const struct store *store = results->store;
	const struct selection *selection = app_selection(app);
	uint32_t first = store_lower_bound(store, list->from), last = store_lower_bound(store, list->to);
	struct line *lines = xcalloc(LINES_MAX + results->alerts.count + 1, sizeof(*lines));
	uint32_t row = first;
	size_t count = 0;

	for (; row < last && row < first + ROWS_LOOKED_AT && count < LINES_MAX; row++) {
		bool is_worth = results->trust[store->entry[DIMENSION_SOURCE][row]] == 2 || row_failed(results, row);

		if ((list->is_all || is_worth) && (!selection || selection_has(selection, row)))
			lines[count++] = (struct line){store->timestamp[row], row, UINT32_MAX};
	}
	for (size_t i = 0; i < results->alerts.count; i++)
		if (results->views[i].seen >= list->from && results->views[i].seen < list->to &&
			selection_has_any(selection, &results->views[i].evidence))
			lines[count++] = (struct line){results->views[i].seen, UINT32_MAX, (uint32_t)i};
	qsort(lines, count, sizeof(*lines), by_when);
	for (size_t i = 0; i < count; i++)
		if (lines[i].row != UINT32_MAX)
			add_row_line(app, list, lines[i].row);
		else
			add_alert_line(app, list, lines[i].alert);
	if (count == 0 && row == last) {
		sheet_line(&list->doc);
		sheet_printf(&list->doc, ROLE_DIM, " %s",
			list->is_all ? "No events in this bucket."
				     : "Nothing rare, failed or alerting in this bucket; ! lists every event.");
	}
	if (row < last) {
		sheet_line(&list->doc);
		sheet_printf(&list->doc, ROLE_WARN, " Events after this are not listed: z shortens the bucket.");
	}
	free(lines);
}

/* The line that matters most: the first alert, else the first of all. */
static size_t first_alert(const struct bucket_list *list)
{
	for (size_t i = 0; i < list->doc.count; i++) {
		const struct sheet_link *link = sheet_link_at(&list->doc, i);

		if (link && link->kind == LINK_ALERT)
			return i;
	}
	return 0;
}

void bucket_list_show(struct app *app, struct bucket_list *list, int64_t from, int64_t to, int width)
{
	if (!list->is_stale && list->from == from && list->to == to && list->doc.width == width &&
		list->of == app->results)
		return;
	bool is_other = list->from != from || list->to != to;

	list->is_stale = false;
	list->from = from;
	list->to = to;
	list->of = app->results;
	sheet_begin(&list->doc, app->ui, width);
	list_lines(app, list);
	sheet_pager(&list->doc, &list->pager);
	if (is_other)
		pager_goto(&list->pager, first_alert(list));
}

void bucket_list_free(struct bucket_list *list)
{
	sheet_free(&list->doc);
}
