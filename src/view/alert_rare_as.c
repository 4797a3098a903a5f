/* An alert of the rule "Rare Source AS Organization", explained. */
#include <stdlib.h>

#include "alert_doc.h"
#include "app.h"
#include "say.h"

static void who(struct app *app, struct sheet *doc, const struct results *results, uint32_t index)
{
	const struct store *store = results->store;
	const struct alert_view *view = &results->views[index];
	struct sheet_link *link = sheet_line(doc);
	struct slice type = store_string(store, view->type), user = store_string(store, view->user);
	char window[TIME_TEXT_SIZE];

	(void)app;
	link->kind = LINK_USER;
	link->field = FIELD_USER_NAME;
	link->value = user;
	link->text = sheet_keep(doc, user);
	link->other = sheet_keep(doc, type.data ? type : slice_of(""));
	sheet_printf(doc, ROLE_HEADER, " WHO      ");
	sheet_fit(doc, ROLE_STRONG, (int)(user.length < 40 ? user.length : 40), ALIGN_LEFT, user);
	sheet_printf(doc, ROLE_DIM, " (%.*s)", (int)(type.data ? type.length : 7), type.data ? type.data : "no type");
	if (view->evidence.count) {
		uint32_t row = view->evidence.rows[view->evidence.count - 1];
		struct slice account = store_text(store, FIELD_ACCOUNT_ID, row),
			     key = store_text(store, FIELD_ACCESS_KEY, row);

		if (account.data)
			sheet_printf(doc, ROLE_TEXT, "  acct %.*s", (int)account.length, account.data);
		if (key.data)
			sheet_printf(doc, ROLE_TEXT, "  key %.*s", (int)key.length, key.data);
	}
	duration_format(results->params.rare_as.window, window);
	if (sheet_room(doc) > (int)strlen(window) + 9)
		sheet_printf(doc, ROLE_DIM, "  %s window", window);
}

static void why(struct app *app, struct sheet *doc, const struct results *results, const struct alert *alert)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	unsigned failing = 0;
	int smallest = why_smallest_change(alert->why, alert->why_count);

	(void)results;
	sheet_line(doc);
	for (unsigned i = 0; i < alert->why_count; i++)
		failing += !alert->why[i].holds;
	sheet_printf(doc, ROLE_HEADER, " WHY      ");
	if (failing) {
		sheet_printf(doc, ROLE_WARN, "near miss: %u of %u conditions fails", failing, alert->why_count);
	} else {
		sheet_printf(doc, ROLE_TEXT, "all %u conditions hold; ", alert->why_count);
		if (alert->times_fired > 1)
			sheet_printf(doc, ROLE_TEXT, "fired %u times, %s to %s", alert->times_fired,
				app_time(app, alert->first_fired, TIME_MINUTE, first),
				app_time(app, alert->last_fired, TIME_MINUTE, last));
		else
			sheet_printf(doc, ROLE_TEXT, "fired once, at %s",
				app_time(app, alert->last_fired, TIME_MINUTE, last));
	}
	if (sheet_room(doc) >= 15)
		sheet_printf(doc, ROLE_DIM, "  rule %.8s", rules[RULE_RARE_AS].rule_id);
	if (smallest >= 0) {
		char limit[48];
		struct sheet_link *link = sheet_line(doc);

		link->kind = LINK_PARAMETER;
		link->parameter = alert->why[smallest].parameter;
		parameter_value(
			alert->why[smallest].parameter, why_flip_typed(&alert->why[smallest]), limit, sizeof(limit));
		sheet_printf(doc, ROLE_DIM, "          smallest change to %s it: %s to %s",
			failing ? "fire" : "silence", parameter_words(alert->why[smallest].parameter), limit);
	}
}

struct evidence_group {
	uint32_t action, network, address;
	uint32_t count;
	int64_t first, last;
};

static int by_last(const void *left, const void *right)
{
	const struct evidence_group *a = left, *b = right;

	return a->last != b->last ? (a->last > b->last ? -1 : 1) : a->action < b->action ? -1 : a->action > b->action;
}

#define GROUPS_MAX 64

static void evidence(struct app *app, struct sheet *doc, const struct results *results, uint32_t index)
{
	const struct store *store = results->store;
	const struct alert_view *view = &results->views[index];
	struct evidence_group groups[GROUPS_MAX] = {0};
	size_t count = 0;
	char events[COUNT_TEXT_SIZE], first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	struct sheet_link *link;
	bool is_one_day = true;
	enum time_form form;

	for (size_t i = 0; i < view->evidence.count; i++) {
		uint32_t row = view->evidence.rows[i], action = store_value(store, FIELD_ACTION, row);
		uint32_t network = store_value(store, FIELD_AS_ORG, row);
		size_t at = 0;

		while (at < count && (groups[at].action != action || groups[at].network != network))
			at++;
		if (at == GROUPS_MAX)
			continue;
		if (at == count) {
			groups[count++] = (struct evidence_group){.action = action,
				.network = network,
				.address = store_value(store, FIELD_SOURCE_ADDRESS, row),
				.first = store->timestamp[row]};
		}
		groups[at].count++;
		groups[at].last = store->timestamp[row];
	}
	qsort(groups, count, sizeof(*groups), by_last);
	if (view->evidence.count)
		is_one_day = strcmp(app_time(app, store->timestamp[view->evidence.rows[0]], TIME_DATE, first),
				     app_time(app, store->timestamp[view->evidence.rows[view->evidence.count - 1]],
					     TIME_DATE, last)) == 0;
	form = is_one_day ? TIME_CLOCK : TIME_SHORT;
	link = sheet_line(doc);
	link->kind = LINK_EVIDENCE;
	sheet_printf(doc, ROLE_HEADER, " EVIDENCE ");
	sheet_printf(doc, ROLE_TEXT, "%s sensitive %s from other networks", count_text(view->evidence.count, events),
		plural(view->evidence.count, "event", "events"));
	sheet_printf(doc, ROLE_DIM, "  (Enter)");
	sheet_column(doc, doc->width > 100 ? 83 : 61);
	if (is_one_day)
		sheet_printf(doc, ROLE_HEADER, "first    last");
	else if (doc->width > 83 + 2 * app_time_width(app))
		sheet_printf(doc, ROLE_HEADER, "%-*s last", app_time_width(app), "first");
	else
		sheet_printf(doc, ROLE_HEADER, "last");
	for (size_t i = 0; i < count; i++) {
		const struct evidence_group *group = &groups[i];
		char number[COUNT_TEXT_SIZE];

		link = sheet_line(doc);
		link->kind = LINK_EVIDENCE;
		link->field = FIELD_ACTION;
		link->value = store_string(store, group->action);
		sheet_printf(doc, ROLE_TEXT, "   ");
		sheet_fit(doc, ROLE_STRONG, doc->width > 100 ? 32 : 20, ALIGN_LEFT, link->value);
		sheet_fit(doc, ROLE_NUMBER, 5, ALIGN_RIGHT, slice_of(count_text(group->count, number)));
		sheet_printf(doc, ROLE_TEXT, "  ");
		sheet_fit(doc, ROLE_RARE, doc->width > 100 ? 24 : 14, ALIGN_LEFT, store_string(store, group->network));
		sheet_printf(doc, ROLE_TEXT, " ");
		sheet_fit(doc, ROLE_TEXT, 15, ALIGN_LEFT, store_string(store, group->address));
		if (is_one_day || doc->width > 83 + 2 * app_time_width(app))
			sheet_printf(doc, ROLE_TIME, " %s", app_time(app, group->first, form, first));
		if (!is_one_day || group->count > 1)
			sheet_printf(doc, ROLE_TIME, " %s", app_time(app, group->last, form, last));
	}
}

static void networks(struct app *app, struct sheet *doc, const struct results *results, const struct alert *alert,
	const struct facts *facts)
{
	const struct store *store = results->store;

	if (!facts) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " NETWORK  ");
		for (uint32_t i = 0; i < alert->rare_as.src_asn_values.count; i++) {
			struct slice name = store_string(store, alert->rare_as.src_asn_values.items[i]);

			sheet_printf(doc, ROLE_TEXT, "%s", i ? " | " : "");
			sheet_add(doc, ROLE_TEXT, name);
		}
		return;
	}
	sheet_tally(app, doc, store, " NETWORK", &facts->networks, NULL, 5);
	sheet_tally(app, doc, store, " AGENT", &facts->agents, NULL, 4);
	sheet_line(doc);
	sheet_printf(doc, ROLE_DIM, "           of the window's calls that succeeded; Enter opens all there are");
	if (facts->others_on_address) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_HEADER, " SHARED   ");
		sheet_printf(doc, ROLE_WARN, "%u other %s on these addresses:", facts->others_on_address,
			plural(facts->others_on_address, "identity", "identities"));
		for (uint32_t i = 0; i < facts->other_count; i++) {
			sheet_printf(doc, ROLE_TEXT, i ? ", " : " ");
			sheet_add(doc, ROLE_TEXT, store_string(store, facts->other_names[i]));
		}
	}
}

void alert_doc_rare_as(
	struct app *app, struct sheet *doc, const struct results *results, uint32_t index, const struct facts *facts)
{
	const struct alert *alert = &results->alerts.items[index];

	who(app, doc, results, index);
	why(app, doc, results, alert);
	sheet_conditions(app, doc, alert);
	evidence(app, doc, results, index);
	networks(app, doc, results, alert, facts);
	sheet_also(app, doc, results, index);
	sheet_verdict(app, doc, alert);
	sheet_line(doc);
	sheet_printf(doc, ROLE_DIM, " networks by %s; i guide, p profile, t tune",
		enrich_asn_label(app->enrich)[0] ? enrich_asn_label(app->enrich) : "the documents themselves");
}
