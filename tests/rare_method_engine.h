/* rare_method_engine: what tests of rule rare-method through its door share: parameters for each test, records by name,
 * stores cut in two, models sent through bytes. */
#ifndef RARE_METHOD_ENGINE_H
#define RARE_METHOD_ENGINE_H

#include "raretrail/detect.h"
#include "rare_method_runs.h"

static struct params params;

static inline int set_up(void **state)
{
	(void)state;
	params_init(&params);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	params_free(&params);
	return 0;
}

static inline void set(const char *assignment)
{
	struct err err;
	if (params_assign(&params, assignment, &err) != 0)
		fail_msg("%s", err.text);
}

static inline bool is_text(const struct rare_method *engine, uint32_t id, const char *text)
{
	return slice_equals(rare_method_string(engine, id), slice_of(text));
}

static inline const struct rare_method_record *find(
	const struct rare_method *engine, int64_t time, const char *user, const char *action)
{
	size_t count;
	const struct rare_method_record *records = rare_method_records(engine, &count);
	for (size_t i = 0; i < count; i++)
		if (records[i].bucket_start == time && is_text(engine, records[i].partition, user) &&
			is_text(engine, records[i].action, action))
			return &records[i];
	return NULL;
}

static inline struct store *rows_from(const struct store *store, int64_t time)
{
	uint64_t *keep = xcalloc((size_t)store->count / 64 + 1, sizeof *keep);
	for (uint32_t row = store_lower_bound(store, time); row < store->count; row++)
		keep[row / 64] |= UINT64_C(1) << row % 64;
	struct store *subset = store_subset(store, keep);
	free(keep);
	return subset;
}

static inline struct rare_model *through_bytes(struct rare_model *model)
{
	struct buf bytes = BUF_EMPTY, copy = BUF_EMPTY;
	struct rare_model *again;
	struct err err;
	rare_model_write(model, &bytes);
	if (rare_model_read((struct slice){bytes.data, bytes.length}, &again, &err) != 0)
		fail_msg("%s", err.text);
	rare_model_write(again, &copy);
	assert_int_equal(bytes.length, copy.length);
	assert_memory_equal(bytes.data, copy.data, bytes.length);
	buf_free(&bytes);
	buf_free(&copy);
	rare_model_free(model);
	return again;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
