/* An alert of the rule "Unusual AWS Command for a User", explained with what the rule itself leaves out: the length of
 * the history, the habit of the user, the cadence of the action, the hours, and who else ever used it. */
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
	sheet_printf(doc, ROLE_TEXT, "  x%.0f in the bucket %s to %.5s", record->actual,
		app_time(app, record->bucket_start, TIME_MINUTE, from),
		app_time(app, record->bucket_start + record->bucket_span, TIME_CLOCK, to));
}

/* The engine's own words: what, how much, what that means. */
static void words(struct sheet *doc, const struct method_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct method_fact *fact = &facts->items[i];

		sheet_line(doc);
		sheet_printf(doc, ROLE_TEXT, "   ");
		sheet_fit(doc, ROLE_TEXT, 30, ALIGN_LEFT, slice_of(fact->label));
		sheet_printf(doc, ROLE_TEXT, " ");
		sheet_fit(doc, ROLE_STRONG, (int)(strlen(fact->value) > 14 ? strlen(fact->value) : 14), ALIGN_RIGHT,
			slice_of(fact->value));
		sheet_printf(doc, ROLE_DIM, "  ");
		if (doc->width >= 70)
			sheet_flow(doc, ROLE_DIM, 50, slice_of(fact->meaning));
		else
			sheet_add(doc, ROLE_DIM, slice_of(fact->meaning));
	}
}

static void threshold(struct sheet *doc, const struct alert *alert)
{
	for (unsigned i = 0; i < alert->why_count; i++) {
		const struct why *why = &alert->why[i];
		struct sheet_link *link = sheet_line(doc);

		link->kind = LINK_PARAMETER;
		link->parameter = why->parameter;
		sheet_printf(doc, why->holds ? ROLE_GOOD : ROLE_BAD, "  [%c] ", why->holds ? 'x' : ' ');
		sheet_printf(doc, ROLE_STRONG, "%s %.1f", parameter_words(why->parameter), why->value);
		sheet_printf(doc, ROLE_TEXT, " is at least %.1f", why->limit);
		sheet_printf(doc, ROLE_DIM, "  a limit of %.1f would silence it", why_flip_typed(why));
	}
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

static void habit(struct sheet *doc, const struct results *results, const struct method_explanation *explanation)
{
	const struct rare_method *engine = results->engines->rare_method;
	size_t shown = 0, max = 6;

	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " HABIT");
	sheet_column(doc, 28);
	sheet_printf(doc, ROLE_HEADER, "share of active buckets");
	sheet_column(doc, 60);
	sheet_printf(doc, ROLE_HEADER, "buckets   events");
	for (size_t i = 0; i < explanation->habit_count; i++) {
		const struct method_action *row = &explanation->habit[i];
		bool is_this = row->action == explanation->own.action;
		struct sheet_link *link;

		if (shown >= max && !is_this)
			continue;
		link = sheet_line(doc);
		link->kind = LINK_QUERY;
		link->field = FIELD_ACTION;
		link->value = rare_method_string(engine, row->action);
		sheet_printf(doc, ROLE_RARE, "  %c", is_this ? '!' : ' ');
		sheet_fit(doc, is_this ? ROLE_RARE : ROLE_TEXT, 24, ALIGN_LEFT, link->value);
		sheet_printf(doc, ROLE_TEXT, " ");
		sheet_bar(doc, is_this ? ROLE_BAR_RARE : ROLE_BAR, 30,
			explanation->active_buckets ? (double)row->buckets / explanation->active_buckets : 0);
		sheet_printf(doc, ROLE_NUMBER, " %8u %8llu", row->buckets, (unsigned long long)row->events);
		shown++;
	}
	if (explanation->habit_count > shown) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, "   +%zu more actions", explanation->habit_count - shown);
	}
}

static void peers(struct sheet *doc, const struct results *results, const struct method_explanation *explanation)
{
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " PEERS    ");
	sheet_printf(doc, ROLE_TEXT, "%zu of %u other users ever used it", explanation->user_count,
		explanation->all_users ? explanation->all_users - 1 : 0);
	for (size_t i = 0; i < explanation->user_count && i < 5; i++) {
		sheet_printf(doc, ROLE_TEXT, i ? ", " : ": ");
		sheet_add(doc, ROLE_TEXT,
			rare_method_string(results->engines->rare_method, explanation->users[i].partition));
	}
}

void alert_doc_rare_method(
	struct app *app, struct sheet *doc, const struct results *results, uint32_t index, const struct facts *facts)
{
	const struct alert *alert = &results->alerts.items[index];
	const struct rare_method_record *record = &alert->rare_method;

	what(app, doc, results, index);
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " WHY      ");
	sheet_printf(doc, ROLE_TEXT, "%s",
		facts && facts->has_explanation && facts->explanation.cadence == CADENCE_FIRST
			? "this user never used this action before"
			: "this user hardly ever uses this action");
	sheet_printf(doc, ROLE_DIM, "  rule %.8s", rules[RULE_RARE_METHOD].rule_id);
	threshold(doc, alert);
	if (facts && facts->has_explanation)
		words(doc, &facts->words);
	influencers(doc, results->store, record);
	if (facts && facts->has_explanation) {
		habit(doc, results, &facts->explanation);
		peers(doc, results, &facts->explanation);
		sheet_heatmap(doc, facts->explanation.week, facts->is_week);
	} else {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, " counting this user's habit ...");
	}
	sheet_also(app, doc, results, index);
	sheet_verdict(app, doc, alert);
}
