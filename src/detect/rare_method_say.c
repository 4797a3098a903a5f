/* rare_method_say: explanations and horizons in words, for the detail screen, reports and the line that stands where an
 * empty list would. Plain facts first, then what they mean for the analyst. */
#include "rare_method_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- small parts of sentences; no decimal comma whatever the locale ---- */

static void add_tenths(struct buf *out, double value)
{
	long long tenths = llround(value * 10);
	buf_printf(out, "%lld.%lld", tenths / 10, tenths % 10);
}

/* 75 and 62.5: as a threshold is set. */
static void add_threshold(struct buf *out, const struct rare_method_params *params)
{
	char text[NUMBER_TEXT_SIZE];
	buf_add_text(out, number_format(params->anomaly_threshold, text));
}

static void add_grouped(struct buf *out, double value)
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%lld", llround(fmin(value, 9e17)));
	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

/* Three significant digits. */
static void add_probability(struct buf *out, double value)
{
	if (value >= 0.9995) {
		buf_add_text(out, "1");
		return;
	}
	int exponent = (int)floor(log10(value));
	long long digits = llround(value * pow(10, 2 - exponent));
	if (digits >= 1000) {
		digits /= 10;
		exponent++;
	}
	if (exponent >= -3)
		buf_printf(out, "0.%0*lld", 2 - exponent, digits);
	else
		buf_printf(out, "%lld.%02llde%03d", digits / 100, digits % 100, exponent);
}

static void add_name(struct buf *out, const struct rare_method *engine, uint32_t id)
{
	if (id == 0)
		buf_add_text(out, "(none)");
	else
		(void)text_show(out, rare_method_string(engine, id), TEXT_TERMINAL);
}

static void add_count(struct buf *out, uint64_t count, const char *noun)
{
	add_grouped(out, (double)count);
	buf_printf(out, " %s%s", noun, count == 1 ? "" : "s");
}

/* "2026-05-07 22:00Z" */
static void add_when(struct buf *out, int64_t time)
{
	char text[TIME_TEXT_SIZE];
	(void)time_format_iso(time, text);
	text[10] = ' ';
	text[16] = 0;
	buf_printf(out, "%sZ", text);
}

/* "5 hours", "3 days", "7 weeks", "14 months": what a person would say. */
static void add_about(struct buf *out, int64_t time)
{
	static const struct {
		int64_t size, limit;
		const char *noun;
	} units[] = {{MINUTE_MS, 120 * MINUTE_MS, "minute"}, {HOUR_MS, 48 * HOUR_MS, "hour"},
		{DAY_MS, 21 * DAY_MS, "day"}, {7 * DAY_MS, 112 * DAY_MS, "week"}, {30 * DAY_MS, 730 * DAY_MS, "month"},
		{365 * DAY_MS, INT64_MAX, "year"}};
	size_t unit = 0;
	while (time >= units[unit].limit)
		unit++;
	add_count(out, (uint64_t)((time + units[unit].size / 2) / units[unit].size), units[unit].noun);
}

/* ---- facts ---- */

struct facts {
	struct method_facts *out;
	size_t capacity;
};

static char *take_text(struct buf *text)
{
	buf_reserve(text, 1);
	return text->data;
}

static void add_fact(struct facts *facts, const char *label, struct buf *value, struct buf *meaning)
{
	facts->out->items =
		array_grow(facts->out->items, &facts->capacity, facts->out->count + 1, sizeof *facts->out->items);
	facts->out->items[facts->out->count++] =
		(struct method_fact){xstrdup(label), take_text(value), take_text(meaning)};
	*value = *meaning = BUF_EMPTY;
}

void method_facts_free(struct method_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->items[i].label);
		free(facts->items[i].value);
		free(facts->items[i].meaning);
	}
	free(facts->items);
	*facts = (struct method_facts){0};
}

static void say_history(struct facts *facts, const struct method_explanation *why)
{
	struct buf value = BUF_EMPTY, meaning = BUF_EMPTY;
	add_grouped(&value, why->active_buckets);
	buf_add_text(&value, " of ");
	add_grouped(&value, why->buckets);
	buf_add_text(&meaning, "since ");
	add_when(&meaning, why->first_event);
	/* A total weight of 2,050 is the least on which a new action can reach 75. */
	buf_add_text(&meaning, why->weight < 100    ? ", hardly a history yet"
			       : why->weight < 2050 ? ", too short for the highest scores"
						    : ", a long history");
	add_fact(facts, "buckets with activity", &value, &meaning);
	add_grouped(&value, why->distinct_actions);
	double share = why->distinct_actions > 0 ? why->weight / why->distinct_actions : 0;
	buf_add_text(&meaning, why->distinct_actions <= 20 ? (share > 20 ? "a narrow, stable habit" : "a narrow habit")
			       : why->distinct_actions <= 80 ? "a broad habit"
							     : "a very broad habit: novelty is common here");
	add_fact(facts, "distinct actions", &value, &meaning);
}

static void say_action(struct facts *facts, const struct method_explanation *why)
{
	struct buf value = BUF_EMPTY, meaning = BUF_EMPTY;
	add_count(&value, why->own.buckets, "bucket");
	buf_add_text(&value, ", ");
	add_count(&value, why->own.events, "event");
	switch (why->cadence) {
	case CADENCE_FIRST: buf_add_text(&meaning, "first time ever"); break;
	case CADENCE_FEW: buf_add_text(&meaning, "too few to tell a cadence"); break;
	case CADENCE_IRREGULAR: buf_add_text(&meaning, "no regular cadence"); break;
	case CADENCE_HOURLY:
		buf_add_text(&meaning, 2 * why->own.buckets > why->active_buckets ? "in most buckets, part of the habit"
										  : "about hourly, but in few buckets");
		break;
	case CADENCE_DAILY: buf_add_text(&meaning, "about daily: looks like housekeeping"); break;
	case CADENCE_WEEKLY: buf_add_text(&meaning, "about weekly: looks like housekeeping"); break;
	case CADENCE_MONTHLY: buf_add_text(&meaning, "about monthly: looks like housekeeping"); break;
	case CADENCE_EVERY:
		buf_add_text(&meaning, "steady, about every ");
		add_about(&meaning, why->period);
		break;
	}
	if (why->previous != TIME_NONE) {
		buf_add_text(&meaning, "; before: ");
		add_when(&meaning, why->previous);
	}
	if (why->later_buckets > 0) {
		buf_add_text(&meaning, "; later in ");
		add_count(&meaning, why->later_buckets, "bucket");
	}
	add_fact(facts, "this action so far", &value, &meaning);
}

static void say_scores(struct facts *facts, const struct rare_method_params *params,
	const struct rare_method_record *record, const struct method_explanation *why)
{
	struct buf value = BUF_EMPTY, meaning = BUF_EMPTY;
	add_probability(&value, record->probability);
	buf_add_text(&meaning, "1 in ");
	add_grouped(&meaning, why->one_in);
	add_fact(facts, "probability", &value, &meaning);
	add_tenths(&value, record->initial_record_score);
	bool is_over = record->initial_record_score >= params->anomaly_threshold;
	buf_add_text(&meaning, is_over ? "reaches " : "below ");
	add_threshold(&meaning, params);
	if (record->initial_record_score < fmin(100, surprise_ceiling(record->probability)) - 0.5)
		buf_add_text(&meaning, "; damped, because it is a repeat or many score alike");
	add_fact(facts, "score when written", &value, &meaning);
	add_tenths(&value, record->record_score);
	buf_add_text(&meaning, "as of the end of the data");
	add_fact(facts, "score now", &value, &meaning);
	add_tenths(&value, record->user_score);
	if (why->same_bucket_count > 0)
		buf_add_text(&meaning, "several rare actions at once score lower one by one, higher together");
	else
		buf_add_text(&meaning, "one rare action alone");
	add_fact(facts, "user's score in the bucket", &value, &meaning);
}

static void say_same_bucket(struct facts *facts, const struct rare_method *engine, const struct method_explanation *why)
{
	static const size_t most = 4;
	struct buf value = BUF_EMPTY, meaning = BUF_EMPTY;
	add_grouped(&value, (double)why->same_bucket_count);
	for (size_t i = 0; i < why->same_bucket_count && i < most; i++) {
		const struct method_action *other = &why->same_bucket[i];
		if (i > 0)
			buf_add_text(&meaning, ", ");
		add_name(&meaning, engine, other->action);
		if (!isnan(other->score)) {
			buf_add_char(&meaning, ' ');
			add_tenths(&meaning, other->score);
		}
	}
	if (why->same_bucket_count > most) {
		buf_add_text(&meaning, " and ");
		add_grouped(&meaning, (double)(why->same_bucket_count - most));
		buf_add_text(&meaning, " more");
	}
	if (why->same_bucket_count == 0)
		buf_add_text(&meaning, "nothing else new or rare");
	add_fact(facts, "also new or rare in the bucket", &value, &meaning);
	if (why->next_rarest.action == 0)
		return;
	add_name(&value, engine, why->next_rarest.action);
	add_count(&meaning, why->next_rarest.buckets, "bucket");
	buf_add_text(&meaning, ", last ");
	add_when(&meaning, why->next_rarest.last);
	add_fact(facts, "next rarest action", &value, &meaning);
}

static void say_users(struct facts *facts, const struct rare_method *engine, const struct method_explanation *why)
{
	static const size_t most = 3;
	struct buf value = BUF_EMPTY, meaning = BUF_EMPTY;
	add_grouped(&value, (double)why->user_count);
	buf_add_text(&value, " of ");
	add_grouped(&value, why->all_users > 0 ? why->all_users - 1.0 : 0);
	for (size_t i = 0; i < why->user_count && i < most; i++) {
		if (i > 0)
			buf_add_text(&meaning, ", ");
		add_name(&meaning, engine, why->users[i].partition);
		buf_add_text(&meaning, " from ");
		add_when(&meaning, why->users[i].first);
	}
	if (why->user_count > most) {
		buf_add_text(&meaning, " and ");
		add_grouped(&meaning, (double)(why->user_count - most));
		buf_add_text(&meaning, " more");
	}
	if (why->user_count == 0)
		buf_add_text(&meaning, "nobody else ever used it");
	add_fact(facts, "other users of the action", &value, &meaning);
}

struct method_facts rare_method_say(const struct rare_method *engine, const struct rare_method_params *params,
	const struct rare_method_record *record, const struct method_explanation *explanation)
{
	struct method_facts out = {0};
	struct facts facts = {&out, 0};
	say_history(&facts, explanation);
	say_action(&facts, explanation);
	say_scores(&facts, params, record, explanation);
	say_same_bucket(&facts, engine, explanation);
	say_users(&facts, engine, explanation);
	return out;
}

/* ---- the horizon ---- */

static void say_missing(const struct method_horizon *user, struct buf *out)
{
	if (isinf(user->more_buckets) || user->more_time == INT64_MAX) {
		buf_add_text(out, "more of the same history would never reach it");
		return;
	}
	buf_add_text(out, "about ");
	add_about(out, user->more_time);
	buf_add_text(out, " more of the same would reach it");
}

void rare_method_say_horizon(const struct rare_method *engine, const struct rare_method_params *params,
	const struct method_horizon *horizon, struct buf *out)
{
	buf_add_text(out, "A brand-new action of ");
	add_name(out, engine, horizon->partition);
	buf_add_text(out, " could score at most ");
	add_tenths(out, horizon->ceiling);
	buf_add_text(out, " after ");
	add_count(out, horizon->active_buckets, "active bucket");
	if (horizon->ceiling >= params->anomaly_threshold) {
		buf_add_text(out, ": enough for ");
		add_threshold(out, params);
	} else {
		buf_add_text(out, ", not ");
		add_threshold(out, params);
		buf_add_text(out, "; ");
		say_missing(horizon, out);
	}
	buf_add_char(out, '.');
}

void rare_method_say_outlook(const struct rare_method *engine, const struct rare_method_params *params,
	const struct method_outlook *outlook, struct buf *out)
{
	if (outlook->user_count == 0) {
		buf_add_text(out, "No user has a whole bucket of history yet: nothing can be judged.");
		return;
	}
	if (outlook->reaching == 0) {
		buf_add_text(out, "Nothing new can reach ");
		add_threshold(out, params);
		buf_add_text(out, " on ");
		add_about(out, outlook->last - outlook->first);
		buf_add_text(out, " of history: ceiling ");
		add_tenths(out, outlook->highest);
		buf_add_text(out, " (");
		add_name(out, engine, outlook->users[0].partition);
		buf_add_text(out, "); for that user ");
		say_missing(&outlook->users[0], out);
	} else {
		add_grouped(out, (double)outlook->reaching);
		buf_add_text(out, " of ");
		add_count(out, outlook->user_count, "user");
		buf_add_text(out, outlook->reaching == 1 ? " has" : " have");
		buf_add_text(out, " history enough for a brand-new action to reach ");
		add_threshold(out, params);
	}
	buf_add_text(out, ". ");
	if (outlook->record_count == 0) {
		buf_add_text(out, "Nothing unusual was found at any score.");
		return;
	}
	add_count(out, outlook->record_count, "record");
	buf_add_text(out, ", highest ");
	add_tenths(out, outlook->highest_score);
	buf_add_text(out, "; ");
	add_grouped(out, (double)outlook->alert_count);
	buf_add_text(out, " at or over the threshold.");
}
