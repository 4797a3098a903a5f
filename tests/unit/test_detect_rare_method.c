/* Rule rare-method through its door, over stores made from published runs: records, alerts with the cap of an
 * execution. */
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

/* ---- records ---- */

static void check_golden(const char *run)
{
	struct store *store = run_store(run);
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	char *text = run_text(run, "records.csv"), *rest = text, *fields[6];
	size_t count, expected = 0;
	const struct rare_method_record *records = rare_method_records(engine, &count);
	run_line(&rest, fields, 6);
	while (run_line(&rest, fields, 6)) {
		const struct rare_method_record *record =
			find(engine, strtoll(fields[0], NULL, 10) * 1000, fields[1], fields[2]);
		if (!record)
			fail_msg("%s: no record at %s for %s", run, fields[0], fields[2]);
		assert_true(fabs(record->probability / strtod(fields[3], NULL) - 1) < 1e-6);
		assert_true(fabs(record->initial_record_score - strtod(fields[4], NULL)) < 0.01);
		assert_true(fabs(record->record_score - strtod(fields[5], NULL)) < 0.05);
		assert_true(record->typical == record->probability && record->actual == 1);
		expected++;
	}
	assert_int_equal(count, expected);
	for (size_t i = 1; i < count; i++)
		assert_true(records[i - 1].bucket_start < records[i].bucket_start ||
			    (records[i - 1].bucket_start == records[i].bucket_start &&
				    records[i - 1].initial_record_score >= records[i].initial_record_score));
	free(text);
	rare_method_free(engine);
	store_free(store);
}

static void test_records_match_published_runs(void **state)
{
	(void)state;
	check_golden("b_20_users");
	check_golden("d_burst");
	check_golden("g_repeats");
	check_golden("l_messy");
}

/* By user.id the same people have the same histories; the influencers still name them. */
static void test_partition_by_user_id(void **state)
{
	(void)state;
	struct store *store = run_store("d_burst");
	struct rare_method *by_name = rare_method_new(store, &params.rare_method, NULL, 1);
	set("rare-method.partition_field=user.id");
	struct rare_method *by_id = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t names, ids;
	const struct rare_method_record *a = rare_method_records(by_name, &names);
	const struct rare_method_record *b = rare_method_records(by_id, &ids);
	assert_int_equal(names, ids);
	for (size_t i = 0; i < names; i++) {
		assert_true(a[i].probability == b[i].probability);
		assert_true(a[i].initial_record_score == b[i].initial_record_score);
		assert_true(a[i].user_score == b[i].user_score);
		assert_int_equal(a[i].user_name, b[i].user_name);
	}
	assert_true(is_text(by_id, b[0].partition, "AIDAu2"));
	rare_method_free(by_name);
	rare_method_free(by_id);
	store_free(store);
}

static void test_evidence_and_influencers(void **state)
{
	(void)state;
	struct store *store = run_store("g_repeats");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	const struct rare_method_record *record = find(engine, INT64_C(1601974800000), "g1", "Twenty");
	assert_non_null(record);
	struct row_list rows = rare_method_evidence(engine, record);
	assert_int_equal(rows.count, 20);
	for (size_t i = 0; i < rows.count; i++) {
		assert_true(slice_equals(store_text(store, FIELD_ACTION, rows.rows[i]), slice_of("Twenty")));
		assert_true(slice_equals(store_text(store, FIELD_USER_NAME, rows.rows[i]), slice_of("g1")));
	}
	row_list_free(&rows);
	assert_int_equal(record->influencer_count, 4);
	static const char *const fields[] = {
		"user.name", "source.ip", "source.geo.city_name", "aws.cloudtrail.user_identity.arn"};
	static const char *const values[] = {"g1", "9.9.9.9", "City of 9.9.9.9", "arn:aws:iam::1:user/g1"};
	for (unsigned i = 0; i < 4; i++) {
		assert_string_equal(record->influencers[i].field, fields[i]);
		assert_int_equal(record->influencers[i].values.count, 1);
		assert_true(is_text(engine, record->influencers[i].values.items[0], values[i]));
	}
	assert_true(fabs(record->influencers[0].score - record->user_score) < 1e-12);
	rare_method_free(engine);
	store_free(store);
}

/* ---- alerts ---- */

static size_t count_alerts(const struct rare_method *engine)
{
	struct alerts alerts = {0};
	rare_method_alerts(engine, &params.rare_method, &alerts);
	size_t count = alerts.count;
	alerts_free(&alerts);
	return count;
}

static void test_threshold_and_cap(void **state)
{
	(void)state;
	struct store *store = run_store("d_burst");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t records;
	(void)rare_method_records(engine, &records);
	struct alerts alerts = {0};
	set("rare-method.anomaly_threshold=0");
	assert_int_equal(count_alerts(engine), records);
	set("rare-method.max_alerts=3");
	rare_method_alerts(engine, &params.rare_method, &alerts);
	/* Eight in one bucket, three two days later, one five hours after these: 3 + 3 + 1. */
	assert_int_equal(alerts.count, 7);
	for (size_t i = 0; i < alerts.count; i++) {
		const struct alert *alert = &alerts.items[i];
		assert_int_equal(alert->first_fired, alert->rare_method.bucket_start + HOUR_MS);
		assert_int_equal(alert->times_fired, 1);
		assert_int_equal(alert->why_count, 1);
		assert_true(alert->why[0].holds && alert->why[0].silence_at > alert->why[0].value);
	}
	alerts_free(&alerts);
	set("rare-method.max_alerts=0");
	assert_int_equal(count_alerts(engine), records);
	set("rare-method.ignored_users+=u2*");
	assert_int_equal(count_alerts(engine), records - 8);
	set("rare-method.ignored_cidr+=203.0.113.78/32");
	assert_int_equal(count_alerts(engine), records - 11);
	set("rare-method.ignored_actions+=*");
	assert_int_equal(count_alerts(engine), 0);
	rare_method_free(engine);
	store_free(store);
}

/* Four users alert in one execution, g2 before g0: the highest score leads, not the first name. */
static void test_highest_first(void **state)
{
	(void)state;
	struct store *store = run_store("g_repeats");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	struct alerts alerts = {0};
	set("rare-method.anomaly_threshold=0");
	rare_method_alerts(engine, &params.rare_method, &alerts);
	size_t against_names = 0;
	for (size_t i = 1; i < alerts.count; i++) {
		const struct alert *a = &alerts.items[i - 1], *b = &alerts.items[i];
		assert_true(a->last_fired >= b->last_fired);
		if (a->last_fired != b->last_fired)
			continue;
		assert_true(a->rare_method.initial_record_score >= b->rare_method.initial_record_score);
		struct slice first = store_string(store, a->rare_method.user_name);
		struct slice second = store_string(store, b->rare_method.user_name);
		against_names += slice_compare(first, second) > 0;
	}
	assert_true(against_names > 0);
	alerts_free(&alerts);
	rare_method_free(engine);
	store_free(store);
}

/* Two buckets share a window: what the first execution left out is taken when the window has room again. */
static void test_cap_across_buckets(void **state)
{
	(void)state;
	struct store *store = run_store("g_repeats");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	set("rare-method.anomaly_threshold=30");
	set("rare-method.max_alerts=1");
	struct alerts alerts = {0};
	rare_method_alerts(engine, &params.rare_method, &alerts);
	const struct alert *late = NULL;
	for (size_t i = 0; i < alerts.count; i++)
		if (alerts.items[i].first_fired > alerts.items[i].rare_method.bucket_start + HOUR_MS)
			late = &alerts.items[i];
	/* 74.9 in the hour after four of 88: seen only once their bucket, begun two hours ago, is out of view. */
	assert_non_null(late);
	assert_true(late->first_fired > late->rare_method.bucket_start - HOUR_MS + 2 * HOUR_MS);
	alerts_free(&alerts);
	rare_method_free(engine);
	store_free(store);
}

static void test_as_of(void **state)
{
	(void)state;
	struct store *store = run_store("d_burst");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	set("rare-method.anomaly_threshold=0");
	int64_t bucket = INT64_C(1601989200000);
	static const struct {
		int64_t after;
		size_t count;
	} cases[] = {{HOUR_MS - 1, 0}, {HOUR_MS, 8}, {2 * HOUR_MS, 8}, {2 * HOUR_MS + 1, 0}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct alerts alerts = {0};
		rare_method_at(engine, &params.rare_method, bucket + cases[i].after, &alerts);
		assert_int_equal(alerts.count, cases[i].count);
		alerts_free(&alerts);
	}
	rare_method_free(engine);
	store_free(store);
}

/* A bucket longer than the lookback is still seen, once. */
static void test_long_buckets(void **state)
{
	(void)state;
	struct store *store = run_store("b_20_users");
	set("rare-method.bucket_span=1d");
	set("rare-method.anomaly_threshold=0");
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	size_t records;
	(void)rare_method_records(engine, &records);
	assert_int_equal(count_alerts(engine), records);
	rare_method_free(engine);
	store_free(store);
}

static void test_empty_store(void **state)
{
	(void)state;
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct store *store = builder_publish(builder);
	struct rare_method *engine = rare_method_new(store, &params.rare_method, NULL, 1);
	assert_int_equal(count_alerts(engine), 0);
	struct method_outlook outlook;
	struct buf line = BUF_EMPTY;
	rare_method_outlook(engine, &params.rare_method, &outlook);
	rare_method_say_outlook(engine, &params.rare_method, &outlook, &line);
	assert_non_null(strstr(line.data, "nothing can be judged"));
	buf_free(&line);
	method_outlook_free(&outlook);
	struct rare_model *model = rare_model_train(store, &params.rare_method, NULL, TIME_NONE);
	struct buf bytes = BUF_EMPTY;
	struct rare_model *again;
	struct err err;
	rare_model_write(model, &bytes);
	if (rare_model_read((struct slice){bytes.data, bytes.length}, &again, &err) != 0)
		fail_msg("%s", err.text);
	buf_free(&bytes);
	rare_model_free(model);
	rare_model_free(again);
	rare_method_free(engine);
	builder_free(builder);
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_records_match_published_runs), TEST(test_partition_by_user_id),
		TEST(test_evidence_and_influencers), TEST(test_threshold_and_cap), TEST(test_highest_first),
		TEST(test_cap_across_buckets), TEST(test_as_of), TEST(test_long_buckets), TEST(test_empty_store)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
