/* What both kinds of alert have in common, and the table of conditions. */
#include "alert_doc.h"

#include <math.h>
#include <stdio.h>

#include "app.h"
#include "say.h"
#include "table.h"

void parameter_value(enum parameter parameter, double value, char *out, size_t size)
{
	char text[TIME_TEXT_SIZE], count[COUNT_TEXT_SIZE];

	if (isnan(value)) {
		snprintf(out, size, "none");
		return;
	}
	switch (parameters[parameter].type) {
	case PARAMETER_BOOL: snprintf(out, size, value > 0 ? "yes" : "no"); return;
	case PARAMETER_RATIO: snprintf(out, size, "%s", percent_text(value, count)); return;
	case PARAMETER_SCORE: snprintf(out, size, "%.1f", value); return;
	case PARAMETER_DURATION: snprintf(out, size, "%s", span_text((int64_t)value, text)); return;
	case PARAMETER_COUNT:
		snprintf(out, size, "%s%s", value < 0 ? "-" : "", count_text((uint64_t)fabs(value), count));
		return;
	case PARAMETER_CHOICE:
	case PARAMETER_LIST: snprintf(out, size, "%g", value); return;
	}
}

const char *parameter_words(enum parameter parameter)
{
	switch (parameter) {
	case PARAMETER_HAS_TRUSTED: return "trusted network seen";
	case PARAMETER_MIN_TRUSTED: return "trusted events";
	case PARAMETER_MIN_UNTRUSTED: return "rare-AS events";
	case PARAMETER_MAX_RATIO: return "rare-AS ratio";
	case PARAMETER_MIN_ACTIONS: return "sensitive actions, distinct";
	case PARAMETER_MAX_ASNS: return "AS organisations, distinct";
	case PARAMETER_MAX_AGE: return "age of newest rare-AS event";
	case PARAMETER_THRESHOLD: return "record score";
	case PARAMETER_WINDOW: return "window";
	case PARAMETER_INTERVAL: return "time between executions";
	case PARAMETER_TRUSTED: return "trusted networks";
	case PARAMETER_SENSITIVE: return "sensitive actions";
	case PARAMETER_TRUSTED_CIDR: return "trusted addresses";
	case PARAMETER_AS_IGNORED_USERS:
	case PARAMETER_RM_IGNORED_USERS: return "ignored users";
	case PARAMETER_AS_IGNORED_ACTIONS:
	case PARAMETER_RM_IGNORED_ACTIONS: return "ignored actions";
	case PARAMETER_RM_IGNORED_CIDR: return "ignored addresses";
	case PARAMETER_BUCKET_SPAN: return "bucket span";
	case PARAMETER_PARTITION: return "partition field";
	case PARAMETER_LOOKBACK: return "look-back";
	case PARAMETER_RM_INTERVAL: return "time between executions";
	case PARAMETER_MAX_ALERTS: return "alerts per execution";
	case PARAMETER_TOTAL: break;
	}
	return "";
}

struct slice action_name(const struct store *store, uint32_t row, struct buf *out)
{
	struct slice provider = store_text(store, FIELD_PROVIDER, row), action = store_text(store, FIELD_ACTION, row);

	out->length = 0;
	buf_reserve(out, 1);
	for (size_t i = 0; i < provider.length && provider.data[i] != '.'; i++)
		buf_add_char(out, provider.data[i]);
	if (provider.length)
		buf_add_char(out, '.');
	if (action.data)
		buf_add(out, action.data, action.length);
	return (struct slice){out->data, out->length};
}

/* What the limit would have to become: at or over the value for a minimum to silence means "above it". */
static void silence_words(const struct why *why, char *out, size_t size)
{
	char limit[48];

	if (isnan(why->silence_at)) {
		snprintf(out, size, "%s", why->is_dominated ? "never decides" : "-");
		return;
	}
	if (parameters[why->parameter].type == PARAMETER_BOOL) {
		snprintf(out, size, "%s", why->silence_at > 0 ? "limit yes" : "limit no");
		return;
	}
	parameter_value(why->parameter, why_flip_typed(why), limit, sizeof(limit));
	snprintf(out, size, "limit %s", limit);
}

static void margin_words(const struct why *why, char *out, size_t size)
{
	double ratio;

	out[0] = '\0';
	if (isnan(why->value) || parameters[why->parameter].type == PARAMETER_BOOL)
		return;
	if (parameters[why->parameter].side == SIDE_MIN && why->limit > 0) {
		ratio = why->value / why->limit;
		snprintf(out, size, ratio < 10 ? "%.1fx" : "%.0fx", ratio);
	} else if (parameters[why->parameter].side == SIDE_MAX && why->limit > 0) {
		snprintf(out, size, "%.0f%%", why->value / why->limit * 100);
	}
}

static const char *side_sign(enum parameter parameter)
{
	return parameters[parameter].side == SIDE_MIN ? ">=" : parameters[parameter].side == SIDE_MAX ? "<=" : "";
}

void sheet_conditions(struct app *app, struct sheet *doc, const struct alert *alert)
{
	bool fires = true;

	(void)app;
	for (unsigned i = 0; i < alert->why_count; i++)
		fires = fires && alert->why[i].holds;
	sheet_line(doc);
	sheet_fit_printf(doc, ROLE_HEADER, doc->width, ALIGN_LEFT,
		"   ok condition                         value    limit margin  %s", fires ? "to silence" : "to fire");
	for (unsigned i = 0; i < alert->why_count; i++) {
		const struct why *why = &alert->why[i];
		struct sheet_link *link = sheet_line(doc);
		char value[48], limit[48], margin[48], silence[64];
		enum ui_role role = !why->holds ? ROLE_BAD : why->binds ? ROLE_STRONG : ROLE_TEXT;

		link->kind = LINK_PARAMETER;
		link->parameter = why->parameter;
		parameter_value(why->parameter, why->value, value, sizeof(value));
		parameter_value(why->parameter, why->limit, limit, sizeof(limit));
		margin_words(why, margin, sizeof(margin));
		silence_words(why, silence, sizeof(silence));
		sheet_printf(doc, why->holds ? ROLE_GOOD : ROLE_BAD, "  [%c] ", why->holds ? 'x' : ' ');
		sheet_fit(doc, role, 28, ALIGN_LEFT, slice_of(parameter_words(why->parameter)));
		sheet_fit(doc, ROLE_DIM, 3, ALIGN_LEFT, slice_of(side_sign(why->parameter)));
		sheet_fit(doc, role, 8, ALIGN_RIGHT, slice_of(value));
		sheet_fit(doc, ROLE_NUMBER, 9, ALIGN_RIGHT, slice_of(limit));
		sheet_fit(doc, ROLE_DIM, 7, ALIGN_RIGHT, slice_of(margin));
		sheet_printf(doc, why->is_dominated ? ROLE_DIM : ROLE_TEXT, "  %s", silence);
	}
}

void sheet_verdict(struct app *app, struct sheet *doc, const struct alert *alert)
{
	char verdict = verdict_letter(app, alert);
	struct buf note = BUF_EMPTY;

	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " VERDICT  ");
	sheet_printf(doc, verdict_role(verdict), "%c %s", verdict, verdict_word(verdict));
	if (verdict == '.')
		sheet_printf(doc, ROLE_DIM, "  (m marks, c notes, # tags)");
	buf_reserve(&note, 1);
	verdict_notes(app, alert, &note);
	if (note.length)
		sheet_wrap(doc, ROLE_NOTE, 10, (struct slice){note.data, note.length});
	buf_free(&note);
}

/* Other alerts of the same user or the same addresses. */
void sheet_also(struct app *app, struct sheet *doc, const struct results *results, uint32_t alert)
{
	const struct alert_view *view = &results->views[alert];
	unsigned shown = 0, more = 0;

	for (size_t i = 0; i < results->alerts.count; i++) {
		const struct alert_view *other = &results->views[i];
		struct sheet_link *link;
		char apart[TIME_TEXT_SIZE], when[TIME_TEXT_SIZE], score[NUMBER_TEXT_SIZE];

		if (i == alert || other->user != view->user || !view->user)
			continue;
		if (shown == 4) {
			more++;
			continue;
		}
		link = sheet_line(doc);
		link->kind = LINK_ALERT;
		link->text = sheet_keep(doc, slice_of(results->alerts.items[i].id));
		sheet_printf(doc, ROLE_HEADER, shown ? "          " : " ALSO     ");
		sheet_printf(doc, severity_role(other->severity), "%c ", other->severity);
		if (results->alerts.items[i].rule == RULE_RARE_AS) {
			sheet_printf(doc, ROLE_TEXT, "ASN  ");
			sheet_fit(doc, ROLE_RARE, 24, ALIGN_LEFT, store_string(results->store, other->network));
		} else {
			sheet_printf(doc, ROLE_TEXT, "RARE ");
			sheet_fit(doc, ROLE_RARE, 24, ALIGN_LEFT,
				store_string(results->store, results->alerts.items[i].rare_method.action));
		}
		sheet_printf(doc, ROLE_NUMBER, " %3s",
			score_format(other->score, results->params.rare_method.anomaly_threshold, score));
		sheet_printf(doc, ROLE_TIME, "  %s", app_time(app, other->seen, TIME_SHORT, when));
		sheet_printf(doc, ROLE_DIM, "  (%s%s)", other->seen >= view->seen ? "+" : "",
			span_text(other->seen - view->seen, apart));
		shown++;
	}
	if (more) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, "          and %u more of this user (p profile)", more);
	}
}

void sheet_tally(struct app *app, struct sheet *doc, const struct store *store, const char *title,
	const struct tally *tally, const uint8_t *trust_of_name, size_t max)
{
	(void)app;
	for (size_t i = 0; i < tally->count && i < max; i++) {
		const struct tally_row *row = &tally->rows[i];
		struct sheet_link *link = sheet_line(doc);
		double share = tally->total ? (double)row->count / (double)tally->total : 0;
		bool is_rare = share <= 0.01 || (trust_of_name && trust_of_name[i] == 2);
		char count[COUNT_TEXT_SIZE], percent[COUNT_TEXT_SIZE];
		struct slice text = store_string(store, row->value);
		int label = doc->width > 100 ? 40 : 28;

		link->kind = LINK_QUERY;
		link->field = tally->field;
		link->value = text;
		sheet_fit(doc, ROLE_HEADER, 10, ALIGN_LEFT, slice_of(i == 0 ? title : ""));
		sheet_printf(doc, ROLE_RARE, "%c", is_rare ? '!' : ' ');
		sheet_fit(
			doc, is_rare ? ROLE_RARE : ROLE_TEXT, label, ALIGN_LEFT, text.data ? text : slice_of("(none)"));
		sheet_fit(doc, ROLE_NUMBER, 9, ALIGN_RIGHT, slice_of(count_text(row->count, count)));
		sheet_fit(doc, ROLE_NUMBER, 8, ALIGN_RIGHT, slice_of(percent_text(share, percent)));
		sheet_printf(doc, ROLE_TEXT, " ");
		sheet_bar(doc, is_rare ? ROLE_BAR_RARE : ROLE_BAR, sheet_room(doc) > 32 ? 24 : sheet_room(doc) - 2,
			share);
	}
	if (tally->count > max) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, "           +%zu more (p profile)", tally->count - max);
	}
}

void alert_doc(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width)
{
	const struct results *results = app->results;

	sheet_begin(doc, app->ui, width);
	if (alert == UINT32_MAX) {
		sheet_line(doc);
		sheet_wrap(doc, ROLE_WARN, 1,
			slice_of("This alert no longer fires with the present parameters and data. u undoes the last "
				 "change, 5 shows the limits, Esc goes back."));
		return;
	}
	if (facts && (facts->results != results || strcmp(facts->alert, results->alerts.items[alert].id) != 0))
		facts = NULL;
	if (results->alerts.items[alert].rule == RULE_RARE_AS)
		alert_doc_rare_as(app, doc, results, alert, facts);
	else
		alert_doc_rare_method(app, doc, results, alert, facts);
}
