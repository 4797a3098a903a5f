/* An alert of the rule "Unusual AWS Command for a User", explained with what the rule itself leaves out: the length of
 * the history, the habit of the user, the cadence of the action, the hours, and who else ever used it. */
#include <math.h>
#include <stdio.h>

#include "alert_doc.h"
#include "app.h"
#include "heatmap.h"
#include "say.h"

static void what(struct app *app, struct sheet *doc, const struct results *results, uint32_t index)
{
	const struct rare_method_record *record = &results->alerts.items[index].rare_method;
	const struct alert_view *view = &results->views[index];
	const struct store *store = results->store;
	struct sheet_link *link = sheet_line(doc);
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	struct slice user = store_string(store, view->user);

	link->kind = LINK_USER;
	link->field = FIELD_USER_NAME;
	link->value = user;
	link->text = sheet_keep(doc, user);
	sheet_printf(doc, ROLE_HEADER, " WHO      ");
	sheet_add(doc, ROLE_STRONG, user);
	if (results->params.rare_method.partition_field == PARTITION_USER_ID) {
		sheet_printf(doc, ROLE_DIM, "  partition ");
		sheet_add(doc, ROLE_DIM, store_string(store, record->partition));
	}
	link = sheet_line(doc);
	link->kind = LINK_EVIDENCE;
	link->field = FIELD_ACTION;
	link->value = store_string(store, record->action);
	sheet_printf(doc, ROLE_HEADER, " WHAT     ");
	if (view->evidence.count)
		sheet_add(doc, ROLE_STRONG, action_name(store, view->evidence.rows[0], &app->scratch));
	else
		sheet_add(doc, ROLE_STRONG, link->value);
	sheet_printf(doc, ROLE_TEXT, "  x%.0f in the bucket %s to %s", record->actual,
	        app_time(app, record->bucket_start, TIME_MINUTE, from),
	        app_time(app, record->bucket_start + record->bucket_span, TIME_CLOCK, to));
}

static void fact(struct sheet *doc, const char *name, const char *value, const char *reads_as)
{
	sheet_line(doc);
	sheet_printf(doc, ROLE_TEXT, "   ");
	sheet_fit(doc, ROLE_TEXT, 34, ALIGN_LEFT, slice_of(name));
	sheet_fit(doc, ROLE_STRONG, 12, ALIGN_RIGHT, slice_of(value));
	sheet_printf(doc, ROLE_DIM, "   %s", reads_as);
}

static void odds(double probability, char *out, size_t size)
{
	char count[COUNT_TEXT_SIZE];

	if (probability > 0)
		snprintf(out, size, "1 in %s", count_text((uint64_t)(1 / probability + 0.5), count));
	else
		snprintf(out, size, "beyond measure");
}

static uint32_t buckets_of(const struct facts *facts, uint32_t action)
{
	for (size_t i = 0; i < facts->habit_count; i++)
		if (facts->habit[i].action == action)
			return facts->habit[i].buckets;
	return 0;
}

static void history(struct sheet *doc, const struct facts *facts, const struct rare_method_record *record)
{
	char value[64], text[96];
	uint32_t holding = buckets_of(facts, record->action);

	snprintf(value, sizeof(value), "%u/%u", facts->active_buckets, facts->span_buckets);
	fact(doc, "buckets with activity", value,
	        facts->active_buckets < 20 ? "short history: expect noise" : "enough history");
	snprintf(value, sizeof(value), "%zu", facts->habit_count);
	fact(doc, "distinct actions of this user", value,
	        facts->habit_count <= 20 ? "narrow, stable habit" : "wide habit");
	snprintf(value, sizeof(value), "%u", holding);
	snprintf(text, sizeof(text), holding <= 1 ? "first time ever" : "seen in %u buckets in all", holding);
	fact(doc, "buckets holding this action", value, text);
}

static void scores(struct sheet *doc, const struct rare_method_record *record, double threshold)
{
	char value[64], text[96];

	snprintf(value, sizeof(value), "%.2g", record->probability);
	odds(record->probability, text, sizeof(text));
	fact(doc, "probability p", value, text);
	snprintf(value, sizeof(value), "%.1f", record->initial_record_score);
	snprintf(text, sizeof(text), "what the rule reads; limit %.0f", threshold);
	fact(doc, "score when first written", value, text);
	snprintf(value, sizeof(value), "%.1f", record->record_score);
	fact(doc, "score now", value, "after renormalisation over all the data");
}

static void influencers(struct sheet *doc, const struct store *store, const struct rare_method_record *record)
{
	for (unsigned i = 0; i < record->influencer_count; i++) {
		const struct influencer *influencer = &record->influencers[i];
		struct sheet_link *link = sheet_line(doc);
		enum event_field field = event_field_find(slice_of(influencer->field));

		sheet_printf(doc, ROLE_HEADER, i ? "          " : " INFLUENCE");
		sheet_printf(doc, ROLE_DIM, " %-38s ", influencer->field);
		sheet_printf(doc, ROLE_NUMBER, "%5.1f  ", influencer->score);
		for (uint32_t k = 0; k < influencer->values.count && k < 3; k++) {
			sheet_printf(doc, ROLE_TEXT, "%s", k ? ", " : "");
			sheet_add(doc, ROLE_TEXT, store_string(store, influencer->values.items[k]));
		}
		if (influencer->values.count && field != FIELD_COUNT) {
			link->kind = LINK_QUERY;
			link->field = field;
			link->value = store_string(store, influencer->values.items[0]);
		}
	}
}

static void habit(struct app *app, struct sheet *doc, const struct store *store, const struct facts *facts,
        const struct rare_method_record *record)
{
	size_t shown = 0, max = 6;

	(void)app;
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " HABIT");
	sheet_column(doc, 28);
	sheet_printf(doc, ROLE_HEADER, "share of active buckets");
	sheet_column(doc, 60);
	sheet_printf(doc, ROLE_HEADER, "buckets   events");
	for (size_t i = 0; i < facts->habit_count; i++) {
		const struct habit_row *row = &facts->habit[i];
		bool is_this = row->action == record->action;
		struct sheet_link *link;

		if (shown >= max && !is_this)
			continue;
		link = sheet_line(doc);
		link->kind = LINK_QUERY;
		link->field = FIELD_ACTION;
		link->value = store_string(store, row->action);
		sheet_printf(doc, ROLE_RARE, "  %c", is_this ? '!' : ' ');
		sheet_fit(doc, is_this ? ROLE_RARE : ROLE_TEXT, 24, ALIGN_LEFT, link->value);
		sheet_printf(doc, ROLE_TEXT, " ");
		sheet_bar(doc, is_this ? ROLE_BAR_RARE : ROLE_BAR, 30,
		        facts->active_buckets ? (double)row->buckets / facts->active_buckets : 0);
		sheet_printf(doc, ROLE_NUMBER, " %8u %8u", row->buckets, row->events);
		shown++;
	}
	if (facts->habit_count > shown) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, "   +%zu more actions", facts->habit_count - shown);
	}
}

/* How regularly the action came: housekeeping has a cadence, an intruder has not. */
static void cadence(struct app *app, struct sheet *doc, const struct facts *facts)
{
	char text[TIME_TEXT_SIZE], least_text[TIME_TEXT_SIZE];
	int64_t least = INT64_MAX, most = 0;

	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " CADENCE  ");
	if (facts->cadence_total <= 1) {
		sheet_printf(doc, ROLE_TEXT, "first ever: no earlier bucket of this user holds it");
		return;
	}
	for (uint32_t i = 1; i < facts->cadence_count; i++) {
		int64_t gap = facts->cadence[i] - facts->cadence[i - 1];

		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
	}
	sheet_printf(doc, ROLE_TEXT, "%u buckets, %s to %s apart%s; first ", facts->cadence_total, span_text(least, least_text),
	        span_text(most, text), facts->cadence_count > 2 && most < least + least / 4 ? " (regular)" : "");
	sheet_printf(doc, ROLE_TIME, "%s", app_time(app, facts->cadence[0], TIME_MINUTE, text));
}

static void peers(struct sheet *doc, const struct store *store, const struct facts *facts)
{
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " PEERS    ");
	sheet_printf(doc, ROLE_TEXT, "%u of %u identities ever used it", facts->peers, facts->users);
	for (uint32_t i = 0; i < facts->peer_count; i++) {
		sheet_printf(doc, ROLE_TEXT, i ? ", " : ": ");
		sheet_add(doc, ROLE_TEXT, store_string(store, facts->peer_names[i]));
	}
}

void alert_doc_rare_method(struct app *app, struct sheet *doc, const struct results *results, uint32_t index,
        const struct facts *facts)
{
	const struct alert *alert = &results->alerts.items[index];
	const struct rare_method_record *record = &alert->rare_method;
	struct sheet_link *link;

	what(app, doc, results, index);
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " WHY      ");
	sheet_printf(doc, ROLE_TEXT, "this user hardly ever uses this action");
	sheet_printf(doc, ROLE_DIM, "  rule %.8s", rules[RULE_RARE_METHOD].rule_id);
	if (facts)
		history(doc, facts, record);
	scores(doc, record, results->params.rare_method.anomaly_threshold);
	link = &doc->lines[doc->count - 2].link;
	link->kind = LINK_PARAMETER;
	link->parameter = PARAMETER_THRESHOLD;
	influencers(doc, results->store, record);
	if (facts) {
		habit(app, doc, results->store, facts, record);
		cadence(app, doc, facts);
		peers(doc, results->store, facts);
		sheet_heatmap(doc, facts->week, facts->is_week);
	} else {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, " counting this user's habit ...");
	}
	sheet_also(app, doc, results, index);
	sheet_verdict(app, doc, alert);
}
