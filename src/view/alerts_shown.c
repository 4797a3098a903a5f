/* Which alerts the list shows: see alerts_shown.h. */
#include "alerts_shown.h"

#include <stdlib.h>

#include "app.h"
#include "chrome.h"
#include "say.h"

static int compare_column(const struct app *app, int column, uint32_t a, uint32_t b)
{
	const struct results *results = app->results;
	const struct alert_view *left = &results->views[a], *right = &results->views[b];
	const struct store *store = results->store;

	switch (column) {
	case COL_VERDICT:
		return verdict_letter(app, &results->alerts.items[a]) - verdict_letter(app, &results->alerts.items[b]);
	case COL_SEVERITY: return left->severity - right->severity;
	case COL_SEEN: return left->seen < right->seen ? -1 : left->seen > right->seen;
	case COL_RULE: return (int)results->alerts.items[a].rule - (int)results->alerts.items[b].rule;
	case COL_USER: return slice_compare(store_string(store, left->user), store_string(store, right->user));
	case COL_NETWORK: return slice_compare(store_string(store, left->network), store_string(store, right->network));
	case COL_SCORE: return left->score < right->score ? -1 : left->score > right->score;
	case COL_FIRED: return (int)results->alerts.items[a].times_fired - (int)results->alerts.items[b].times_fired;
	case COL_EVIDENCE:
		return left->evidence.count < right->evidence.count ? -1 : left->evidence.count > right->evidence.count;
	default: return 0;
	}
}

struct ordering {
	const struct app *app;
	const struct alerts_shown *shown;
};

static int by_column(const void *left, const void *right, void *context)
{
	const struct ordering *ordering = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = compare_column(ordering->app, ordering->shown->sort, a, b);

	if (ordering->shown->is_descending)
		order = -order;
	return order ? order : a < b ? -1 : a > b;
}

/* The order of results, those without a verdict first; a sort by the user's choice over that. */
void alerts_shown_arrange(struct app *app, struct alerts_shown *shown)
{
	const struct results *results = app->results;
	struct ordering ordering = {app, shown};
	size_t count = results->alerts.count;

	free(shown->alerts);
	shown->alerts = xcalloc(count + 1, sizeof(*shown->alerts));
	shown->count = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count; i++) {
			uint32_t alert = results->order[i];

			if ((verdict_letter(app, &results->alerts.items[alert]) == '.') == (pass == 0) &&
				selection_has_any(app_selection(app), &results->views[alert].evidence))
				shown->alerts[shown->count++] = alert;
		}
	shown->hidden = count - shown->count;
	if (shown->sort >= 0)
		qsort_r(shown->alerts, shown->count, sizeof(*shown->alerts), by_column, &ordering);
}

void alerts_shown_explain(struct app *app, struct alerts_shown *shown)
{
	struct buf *out = &shown->empty;
	struct buf filters = BUF_EMPTY;

	out->length = 0;
	if (app->results->alerts.count) {
		filters_format(&app->filters, &filters);
		buf_printf(out,
			"0 of %zu alerts: filter `%s` hides %zu.\n\\ turns filters off, u undoes, f lists them.",
			app->results->alerts.count, filters.data ? filters.data : "", shown->hidden);
		buf_free(&filters);
	} else if (!app->progress.is_finished) {
		buf_add_text(out, "No alerts so far. Loading goes on; 3 shows the events that are in.");
	} else if (app->results->store->count == 0) {
		buf_add_text(out, no_events_text(app));
	} else {
		if (app->results->silenced)
			buf_printf(out, "The allowlist hides %llu %s: 6 shows its entries, u undoes the last one.\n",
				(unsigned long long)app->results->silenced,
				plural((size_t)app->results->silenced, "alert", "alerts"));
		if (app->now != TIME_NONE) {
			char when[TIME_TEXT_SIZE];

			buf_printf(out, "One execution only, as of %s: A Enter brings all back.\n",
				app_time(app, app->now, TIME_LONG, when));
		}
		buf_printf(out, "No alerts: nothing %s fires with the present parameters.\n",
			app->results->silenced ? "else" : "here");
		if (app->results->near.count)
			buf_printf(out, "%zu near %s: ~ shows who fails exactly one condition.\n",
				app->results->near.count, plural(app->results->near.count, "miss", "misses"));
		else
			buf_add_text(out, "No near misses either: nobody fails exactly one condition.\n");
		buf_add_text(out, "5 tries other limits, 2 lists the identities.");
		if (app->results->outlook_words.length) {
			buf_add_char(out, '\n');
			buf_wrap(out, app->results->outlook_words.data, ui_screen(app->ui).width - 4);
		}
		if (!enrich_has_asn(app->enrich))
			buf_add_text(out,
				"\nNo AS database is open, so networks are known only where documents carry them:\n"
				"start with --asn-db FILE.mmdb.");
	}
}

void alerts_shown_free(struct alerts_shown *shown)
{
	free(shown->alerts);
	buf_free(&shown->empty);
}
