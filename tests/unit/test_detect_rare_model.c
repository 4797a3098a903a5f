/* Baselines and models of rule rare-method: learning first and judging later changes nothing, in one step or several,
 * through bytes and files; what is damaged is refused. */
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

/* ---- baselines ---- */

/* Learning up to a time, then judging the rest, finds what one run over everything finds. */
static void check_split(const char *run, int64_t time)
{
	struct store *store = run_store(run), *rest = rows_from(store, time);
	struct rare_method *whole = rare_method_new(store, &params.rare_method, NULL, 1);
	struct rare_model *model = through_bytes(rare_model_train(store, &params.rare_method, NULL, time));
	struct rare_method *after = rare_method_new(rest, &params.rare_method, model, 1);
	assert_int_equal(rare_method_late_events(after), 0);
	size_t all, count, expected = 0;
	const struct rare_method_record *a = rare_method_records(whole, &all);
	(void)rare_method_records(after, &count);
	for (size_t i = 0; i < all; i++) {
		struct row_list rows = rare_method_evidence(whole, &a[i]);
		bool is_expected = store->timestamp[rows.rows[rows.count - 1]] >= time;
		row_list_free(&rows);
		if (!is_expected)
			continue;
		expected++;
		struct buf user = BUF_EMPTY, action = BUF_EMPTY;
		struct slice text = rare_method_string(whole, a[i].partition);
		buf_add(&user, text.data, text.length);
		text = rare_method_string(whole, a[i].action);
		buf_add(&action, text.data, text.length);
		const struct rare_method_record *b = find(after, a[i].bucket_start, user.data, action.data);
		if (!b)
			fail_msg("%s from %lld: no record of %s", run, (long long)time, action.data);
		assert_true(fabs(b->probability / a[i].probability - 1) < 1e-9);
		assert_true(fabs(b->initial_record_score - a[i].initial_record_score) < 1e-6);
		assert_true(fabs(b->record_score - a[i].record_score) < 1e-6);
		assert_true(fabs(b->user_score - a[i].user_score) < 1e-6);
		assert_true(fabs(b->bucket_score - a[i].bucket_score) < 1e-6);
		buf_free(&user);
		buf_free(&action);
	}
	assert_int_equal(count, expected);
	rare_method_free(after);
	rare_method_free(whole);
	rare_model_free(model);
	store_free(rest);
	store_free(store);
}

static void test_baseline_goes_on(void **state)
{
	(void)state;
	static const char *const runs[] = {"d_burst", "g_repeats", "l_messy", "b_20_users"};
	for (size_t i = 0; i < COUNT_OF(runs); i++) {
		struct store *store = run_store(runs[i]);
		int64_t first = store->timestamp[0], length = store->timestamp[store->count - 1] - first;
		store_free(store);
		for (int part = 1; part < 12; part += 2) {
			int64_t time = first + length * part / 12 + part * 977 * SECOND_MS;
			check_split(runs[i], part % 4 == 1 ? time : time_floor(time, HOUR_MS));
		}
	}
	check_split("g_repeats", INT64_C(1601974800000) + 30 * MINUTE_MS);
	check_split("d_burst", 0);
}

/* Training in two steps writes the very bytes of training in one. */
static void test_training_in_steps(void **state)
{
	(void)state;
	struct store *store = run_store("l_messy");
	int64_t middle = store->timestamp[store->count / 2];
	struct store *rest = rows_from(store, middle);
	struct rare_model *half = rare_model_train(store, &params.rare_method, NULL, middle);
	struct rare_model *steps = rare_model_train(rest, &params.rare_method, half, TIME_NONE);
	struct rare_model *once = rare_model_train(store, &params.rare_method, NULL, TIME_NONE);
	struct buf a = BUF_EMPTY, b = BUF_EMPTY;
	rare_model_write(steps, &a);
	rare_model_write(once, &b);
	assert_int_equal(a.length, b.length);
	assert_memory_equal(a.data, b.data, a.length);
	buf_free(&a);
	buf_free(&b);
	rare_model_free(half);
	rare_model_free(steps);
	rare_model_free(once);
	store_free(rest);
	store_free(store);
}

static void test_late_events_are_told(void **state)
{
	(void)state;
	struct store *store = run_store("d_burst");
	struct rare_model *model = rare_model_train(store, &params.rare_method, NULL, TIME_NONE);
	struct rare_method *engine = rare_method_new(store, &params.rare_method, model, 1);
	int64_t open = time_floor(store->timestamp[store->count - 1], HOUR_MS);
	assert_int_equal(rare_method_late_events(engine), store_lower_bound(store, open));
	rare_method_free(engine);
	rare_model_free(model);
	store_free(store);
}

/* ---- model files ---- */

static void expect_refusal(const char *data, size_t length, const char *says)
{
	struct rare_model *model;
	struct err err;
	assert_int_equal(rare_model_read((struct slice){data, length}, &model, &err), -1);
	assert_null(model);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void test_damaged_models_are_refused(void **state)
{
	(void)state;
	struct store *store = run_store("e_history_1d");
	struct rare_model *model = rare_model_train(store, &params.rare_method, NULL, TIME_NONE);
	struct buf bytes = BUF_EMPTY;
	rare_model_write(model, &bytes);
	expect_refusal("", 0, "not a raretrail model");
	expect_refusal("{\"Records\":[]}", 14, "not a raretrail model");
	expect_refusal("raretrail model 2\n", 18, "version 2");
	for (size_t length = 20; length < bytes.length; length += 97)
		expect_refusal(bytes.data, length, "damaged");
	for (size_t at = 20; at < bytes.length; at += 61) {
		bytes.data[at] ^= 4;
		expect_refusal(bytes.data, bytes.length, "damaged");
		bytes.data[at] ^= 4;
	}
	struct err err;
	assert_int_equal(rare_model_fits(model, &params.rare_method, &err), 0);
	set("rare-method.bucket_span=15m");
	assert_int_equal(rare_model_fits(model, &params.rare_method, &err), -1);
	assert_non_null(strstr(err.text, "bucket_span=1h"));
	set("rare-method.bucket_span=60m");
	set("rare-method.partition_field=user.id");
	assert_int_equal(rare_model_fits(model, &params.rare_method, &err), -1);
	buf_free(&bytes);
	rare_model_free(model);
	store_free(store);
}

static void test_model_files(void **state)
{
	(void)state;
	struct store *store = run_store("l_messy");
	struct rare_model *model = rare_model_train(store, &params.rare_method, NULL, TIME_NONE), *again;
	char folder[] = "/tmp/raretrail-model-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *path = xasprintf("%s/model", folder), *nowhere = xasprintf("%s/none/model", folder);
	struct err err;
	assert_int_equal(rare_model_load(path, &again, &err), -1);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(rare_model_save(model, nowhere, &err), -1);
	assert_int_equal(rare_model_save(model, path, &err), 0);
	assert_int_equal(rare_model_save(model, path, &err), 0);
	assert_int_equal(rare_model_load(path, &again, &err), 0);
	struct rare_model_info a, b;
	rare_model_info(model, &a);
	rare_model_info(again, &b);
	assert_true(a.first == b.first && a.last == b.last && a.events == b.events && a.actions == b.actions);
	assert_true(a.users == b.users && a.bucket_span == b.bucket_span);
	assert_int_equal(a.users, 8);
	rare_model_free(model);
	rare_model_free(again);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(path);
	free(nowhere);
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_baseline_goes_on), TEST(test_training_in_steps),
		TEST(test_late_events_are_told), TEST(test_damaged_models_are_refused), TEST(test_model_files)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
