/* subject: who an alert is, so that its verdict finds it again in another session, after another tuning. */
#include "parts.h"

#include <stdlib.h>

char *text_keep(struct slice text)
{
	struct buf out = BUF_EMPTY;
	bool is_clean = true;
	if (!text.data)
		return NULL;
	for (size_t i = 0; i < text.length && is_clean;) {
		uint32_t point;
		size_t length = utf8_decode(text.data + i, text.length - i, &point);
		is_clean = length > 0 && point != 0;
		i += length;
	}
	if (is_clean)
		buf_add(&out, text.data, text.length);
	else
		text_show(&out, text, TEXT_TERMINAL);
	return out.data ? out.data : xstrdup("");
}

json_t *json_text(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	if (!json)
		base_abort("a text in a case is not UTF-8");
	return json;
}

json_t *json_time(int64_t time)
{
	char text[TIME_TEXT_SIZE];
	return time == TIME_NONE ? json_null() : json_string(time_format_iso(time, text));
}

bool json_time_read(const json_t *json, int64_t *out)
{
	const char *text = json_string_value(json);
	return text && time_parse_iso(slice_of(text), out);
}

/* ---- the figures in a line ---- */

static void set_say(struct buf *out, const struct store *store, const struct id_set *set, uint32_t most)
{
	for (uint32_t i = 0; i < set->count && i < most; i++) {
		struct slice text = store_string(store, set->items[i]);
		buf_add_text(out, i ? ", " : "");
		buf_add(out, text.data, text.length);
	}
	if (set->count > most)
		buf_printf(out, " and %u more", set->count - most);
}

static char *summary_make(const struct store *store, const struct params *params, const struct alert *alert)
{
	struct buf out = BUF_EMPTY;
	if (alert->rule == RULE_RARE_AS) {
		const struct rare_as_figures *figures = &alert->rare_as;
		buf_printf(&out, "%llu of %llu events from other networks (%.3g%%), networks: ",
			(unsigned long long)figures->untrusted_event_count,
			(unsigned long long)figures->total_events_all_asns, figures->rare_asn_ratio * 100);
		set_say(&out, store, &figures->src_asn_values, 6);
		buf_add_text(&out, "; sensitive: ");
		set_say(&out, store, &figures->untrusted_suspicious_actions, 8);
	} else {
		const struct rare_method_record *record = &alert->rare_method;
		struct slice action = store_string(store, record->action);
		buf_add(&out, action.data ? action.data : "", action.length);
		char score[NUMBER_TEXT_SIZE];
		score_format(record->initial_record_score, params->rare_method.anomaly_threshold, score);
		buf_printf(&out, ", score %s, probability 1 in %.0f", score,
			record->probability > 0 ? 1 / record->probability : 0);
		for (unsigned i = 0; i < record->influencer_count; i++) {
			buf_printf(&out, "; %s: ", record->influencers[i].field);
			set_say(&out, store, &record->influencers[i].values, 4);
		}
	}
	char *kept = text_keep((struct slice){out.data, out.length});
	buf_free(&out);
	return kept;
}

void subject_identify(struct case_subject *subject, const struct store *store, const struct alert *alert)
{
	*subject = (struct case_subject){.rule = alert->rule};
	memcpy(subject->id, alert->id, sizeof subject->id);
	if (alert->rule == RULE_RARE_AS) {
		subject->user = text_keep(store_string(store, alert->rare_as.user_name));
		subject->type = text_keep(store_string(store, alert->rare_as.identity_type));
		subject->first = alert->first_fired;
		subject->last = alert->last_fired;
	} else {
		const struct rare_method_record *record = &alert->rare_method;
		subject->user = text_keep(store_string(store, record->user_name));
		subject->action = text_keep(store_string(store, record->action));
		subject->first = record->bucket_start;
		subject->last = record->bucket_start + record->bucket_span - 1;
	}
	if (!subject->user)
		subject->user = xstrdup("");
}

void case_subject_init(
	struct case_subject *subject, const struct store *store, const struct params *params, const struct alert *alert)
{
	subject_identify(subject, store, alert);
	subject->summary = summary_make(store, params, alert);
}

void case_subject_free(struct case_subject *subject)
{
	free(subject->user);
	free(subject->type);
	free(subject->action);
	free(subject->summary);
	*subject = (struct case_subject){0};
}

void subject_owner(struct buf *out, const struct case_subject *subject)
{
	const char *const parts[] = {rules[subject->rule].key, subject->user, subject->type, subject->action};
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		buf_add_text(out, parts[i] ? parts[i] : "\x01"); /* absent is not empty */
		buf_add_char(out, 0);
	}
}

/* ---- in the journal ---- */

json_t *subject_to_json(const struct case_subject *subject)
{
	json_t *json = json_object();
	(void)json_object_set_new(json, "id", json_text(subject->id));
	(void)json_object_set_new(json, "rule", json_text(rules[subject->rule].key));
	(void)json_object_set_new(json, "user", json_text(subject->user));
	(void)json_object_set_new(json, "type", json_text(subject->type));
	(void)json_object_set_new(json, "action", json_text(subject->action));
	(void)json_object_set_new(json, "first", json_time(subject->first));
	(void)json_object_set_new(json, "last", json_time(subject->last));
	(void)json_object_set_new(json, "summary", json_text(subject->summary));
	return json;
}

static char *text_copy(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text ? xstrdup(text) : NULL;
}

int subject_from_json(struct case_subject *subject, const json_t *json, struct err *err)
{
	const char *id = json_string_value(json_object_get(json, "id"));
	const char *rule = json_string_value(json_object_get(json, "rule"));
	*subject = (struct case_subject){0};
	if (!id || strlen(id) != ALERT_ID_SIZE - 1 || !rule || rule_find(rule) == RULE_COUNT ||
		!json_is_string(json_object_get(json, "user")) ||
		!json_time_read(json_object_get(json, "first"), &subject->first) ||
		!json_time_read(json_object_get(json, "last"), &subject->last))
		return err_set(err, ERR_FORMAT, "an alert in it is incomplete");
	memcpy(subject->id, id, ALERT_ID_SIZE);
	subject->rule = rule_find(rule);
	subject->user = text_copy(json, "user");
	subject->type = text_copy(json, "type");
	subject->action = text_copy(json, "action");
	subject->summary = text_copy(json, "summary");
	return 0;
}
