/* What rule rare-method says about its records and about what a history can reach: cadences, bursts, other users,
 * ceilings, over stores made from published runs and a few of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rare_method_engine.h"

/* ---- explanations ---- */

static void test_cadence(void **state)
{
	(void)state;
	struct store *store = run_store("c_weekly");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t count;
	const struct rare_method_record *records = rare_method_records(engine, &count);
	const struct rare_method_record *weekly = NULL, *daily = NULL;
	for (size_t i = 0; i < count; i++) {
		if (is_text(engine, records[i].action, "WeeklyBackup"))
			weekly = &records[i];
		if (is_text(engine, records[i].action, "DailyRotate"))
			daily = &records[i];
	}
	struct method_explanation why;
	rare_method_explain(engine, weekly, &why);
	assert_int_equal(why.cadence, CADENCE_WEEKLY);
	assert_int_equal(why.previous, weekly->bucket_start - 7 * DAY_MS);
	assert_int_equal(why.later_buckets, 0);
	rare_method_explanation_free(&why);
	rare_method_explain(engine, daily, &why);
	assert_int_equal(why.cadence, CADENCE_DAILY);
	assert_int_equal(why.period, DAY_MS);
	rare_method_explanation_free(&why);
	/* The same from a baseline that ended the day before. */
	struct store *rest = rows_from(store, daily->bucket_start);
	struct rare_model *model =
		through_bytes(rare_model_train(store, &params.rare_method, NULL, daily->bucket_start));
	struct rare_method *after = rare_method_new(rest, &params.rare_method, model, 1);
	struct method_explanation whole, split;
	rare_method_explain(engine, daily, &whole);
	rare_method_explain(after, find(after, daily->bucket_start, "svc", "DailyRotate"), &split);
	assert_int_equal(split.cadence, CADENCE_DAILY);
	assert_int_equal(split.active_buckets, whole.active_buckets);
	assert_int_equal(split.distinct_actions, whole.distinct_actions);
	assert_int_equal(split.own.buckets, whole.own.buckets);
	assert_int_equal(split.own.events, whole.own.events);
	assert_int_equal(split.previous, whole.previous);
	assert_true(fabs(split.weight / whole.weight - 1) < 1e-9);
	assert_true(split.first_event == whole.first_event);
	rare_method_explanation_free(&whole);
	rare_method_explanation_free(&split);
	rare_method_free(after);
	rare_model_free(model);
	store_free(rest);
	rare_method_free(engine);
	store_free(store);
}

/* A user's hourly habit, and one more action at these hours after its 40 days. */
static struct store *habit_store(const unsigned *hours, size_t count)
{
	static const char *const usual[] = {"ListBuckets", "GetObject", "PutObject"};
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct chunk *chunk = own_chunk();
	uint32_t number = 0;
	for (unsigned hour = 0; hour < 60 * 24; hour++)
		for (size_t i = 0; i < COUNT_OF(usual) + count; i++) {
			if (i >= COUNT_OF(usual) && hour != 40 * 24 + hours[i - COUNT_OF(usual)])
				continue;
			struct event event = {.timestamp = INT64_C(1700006400000) + hour * HOUR_MS + (int64_t)i,
				.ingested = TIME_NONE,
				.offset = number,
				.length = 1,
				.content = number++};
			event.fields[FIELD_USER_NAME] = slice_of("kim");
			event.fields[FIELD_ACTION] = slice_of(i < COUNT_OF(usual) ? usual[i] : "CreateAccessKey");
			chunk_add(chunk, &event);
		}
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

static void check_said(const unsigned *hours, size_t count, const char *span, enum cadence cadence, const char *said)
{
	struct store *store = habit_store(hours, count);
	set(span);
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t records;
	const struct rare_method_record *first = rare_method_records(engine, &records);
	assert_true(records > 0);
	/* The same action in the last bucket it occurs in, whether that is a record or not. */
	struct rare_method_record last = *first;
	struct row_list rows = rare_method_rows(engine, last.partition, last.action, 0, INT64_MAX);
	last.bucket_start = time_floor(store->timestamp[rows.rows[rows.count - 1]], last.bucket_span);
	row_list_free(&rows);
	struct method_explanation why;
	rare_method_explain(engine, &last, &why);
	struct method_facts facts = rare_method_say(engine, &params.rare_method, &last, &why);
	bool is_said = false;
	for (size_t i = 0; i < facts.count; i++)
		is_said |= strstr(facts.items[i].meaning, said) != NULL;
	if (why.cadence != cadence || !is_said)
		fail_msg("%s: cadence %d, not %d \"%s\"", span, why.cadence, cadence, said);
	method_facts_free(&facts);
	rare_method_explanation_free(&why);
	rare_method_free(engine);
	store_free(store);
}

/* Hour after hour for a while is not a habit, and every other day is not daily. */
static void test_cadence_of_a_spell(void **state)
{
	(void)state;
	static const unsigned spell[] = {3, 4, 5, 6, 7}, other_days[] = {0, 48, 96, 144, 192, 240};
	check_said(spell, COUNT_OF(spell), "rare-method.bucket_span=60m", CADENCE_HOURLY,
		"about hourly, but in few buckets");
	check_said(
		other_days, COUNT_OF(other_days), "rare-method.bucket_span=60m", CADENCE_EVERY, "about every 2 days");
	check_said(other_days, COUNT_OF(other_days), "rare-method.bucket_span=1d", CADENCE_EVERY, "about every 2 days");
}

static void test_burst_explained(void **state)
{
	(void)state;
	struct store *store = run_store("d_burst");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t count;
	const struct rare_method_record *record = rare_method_records(engine, &count);
	struct method_explanation why;
	rare_method_explain(engine, record, &why);
	assert_int_equal(why.cadence, CADENCE_FIRST);
	assert_int_equal(why.own.buckets, 1);
	assert_true(why.own.is_new && why.own.is_in_bucket);
	assert_true(why.own.probability == record->probability);
	assert_int_equal(why.same_bucket_count, 7);
	for (size_t i = 0; i < why.same_bucket_count; i++)
		assert_true(why.same_bucket[i].is_new && why.same_bucket[i].score == record->initial_record_score);
	assert_true(why.next_rarest.action != 0 && why.next_rarest.share > why.own.share);
	assert_int_equal(why.user_count, 0);
	assert_int_equal(why.all_users, 5);
	double shares = 0;
	for (size_t i = 0; i < why.habit_count; i++) {
		shares += why.habit[i].share;
		assert_true(i == 0 || why.habit[i].buckets <= why.habit[i - 1].buckets);
	}
	assert_true(fabs(shares - 1) < 1e-9);
	assert_true(record->user_score > record->initial_record_score);
	uint64_t week = 0;
	for (unsigned day = 0; day < 7; day++)
		for (unsigned hour = 0; hour < 24; hour++)
			week += why.week[day][hour];
	struct row_list rows = rare_method_rows(engine, record->partition, 0, 0, INT64_MAX);
	assert_int_equal(week, rows.count);
	row_list_free(&rows);
	/* 2020-10-06 was a Tuesday. */
	assert_int_equal(why.day, 1);
	assert_int_equal(why.hour, 13);
	struct method_facts facts = rare_method_say(engine, &params.rare_method, record, &why);
	assert_true(facts.count >= 8);
	bool has_first = false;
	for (size_t i = 0; i < facts.count; i++)
		has_first |= strstr(facts.items[i].meaning, "first time ever") != NULL;
	assert_true(has_first);
	method_facts_free(&facts);
	rare_method_explanation_free(&why);
	rare_method_free(engine);
	store_free(store);
}

/* Who else: also those who used the action before their model began. */
static void test_other_users(void **state)
{
	(void)state;
	struct store *store = run_store("l_messy");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t count;
	const struct rare_method_record *records = rare_method_records(engine, &count);
	for (size_t i = 0; i < count; i++) {
		struct method_explanation why;
		rare_method_explain(engine, &records[i], &why);
		size_t users = 0;
		for (uint32_t id = 1; id <= dict_count(store->strings); id++) {
			bool has_used = false;
			for (uint32_t row = 0; row < store->count && !has_used; row++)
				has_used = store_value(store, FIELD_USER_NAME, row) == id &&
					   store_value(store, FIELD_ACTION, row) == records[i].action;
			users += has_used && id != records[i].partition;
		}
		assert_int_equal(why.user_count, users);
		rare_method_explanation_free(&why);
	}
	rare_method_free(engine);
	store_free(store);
}

/* ---- horizons ---- */

/* What the horizon promises for the next hour is what a brand-new action then got. */
static void test_ceiling_comes_true(void **state)
{
	(void)state;
	/* Ten actions in every hour: measured, a new one first reaches 75 after 1,215 hours. */
	static const char *const runs[] = {"e_history_1d", "e_history_3d", "e_history_7d", "e_history_21d"};
	static const double hours[] = {24, 72, 168, 504};
	for (size_t i = 0; i < COUNT_OF(runs); i++) {
		struct store *store = run_store(runs[i]);
		struct rare_method *whole = rare_method_new(store, &params.rare_method, NULL, 1);
		size_t count;
		const struct rare_method_record *record = rare_method_records(whole, &count);
		uint64_t keep[1024] = {0};
		for (uint32_t row = 0; store->timestamp[row] < record->bucket_start; row++)
			keep[row / 64] |= UINT64_C(1) << row % 64;
		struct store *before = store_subset(store, keep);
		struct rare_method *engine = rare_method_new(before, &params.rare_method, NULL, 1);
		struct method_horizon horizon;
		assert_true(rare_method_horizon(engine, &params.rare_method, record->partition, &horizon));
		/* In that hour the ten usual actions came along, which the horizon does not count on. */
		assert_true(fabs(horizon.ceiling - record->initial_record_score) < 1);
		if (fabs(horizon.more_buckets + hours[i] - 1215) > 30)
			fail_msg("%s: 75 after %g more hours", runs[i], horizon.more_buckets);
		struct method_outlook outlook;
		struct buf line = BUF_EMPTY;
		rare_method_outlook(engine, &params.rare_method, &outlook);
		assert_int_equal(outlook.reaching, 0);
		assert_true(outlook.highest == horizon.ceiling);
		rare_method_say_outlook(engine, &params.rare_method, &outlook, &line);
		assert_non_null(strstr(line.data, "Nothing new can reach 75 on "));
		buf_free(&line);
		method_outlook_free(&outlook);
		rare_method_free(engine);
		rare_method_free(whole);
		store_free(before);
		store_free(store);
	}
}

static void test_unknown_partition_has_no_horizon(void **state)
{
	(void)state;
	struct store *store = run_store("e_history_2h");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	struct method_horizon horizon;
	assert_false(rare_method_horizon(engine, &params.rare_method, 0, &horizon));
	assert_false(rare_method_horizon(engine, &params.rare_method, UINT32_MAX, &horizon));
	rare_method_free(engine);
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_cadence), TEST(test_cadence_of_a_spell),
		TEST(test_burst_explained), TEST(test_other_users), TEST(test_ceiling_comes_true),
		TEST(test_unknown_partition_has_no_horizon)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
