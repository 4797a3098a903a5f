/* So many events that columns are whole pages, spans are many and both lanes have work: every row of the store against a
 * plain sort of the events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/store.h"

#define EVENTS 280000
#define USERS 300

static char ids[EVENTS][40];
static char users[USERS][16];
static struct event events[EVENTS];
static uint32_t expected[EVENTS]; /* [row] -> event */
static bool is_duplicate[EVENTS];

static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

struct shape {
	uint32_t disorder; /* seconds that an event may come late */
	uint32_t burst; /* so many seconds are one */
	bool is_in_order; /* and each event is there once */
	bool has_odd_ids;
	bool can_resume;
};

static void make_events(const struct shape *shape)
{
	uint64_t random = 7;
	for (uint32_t i = 0; i < EVENTS; i++) {
		uint32_t a = next_random(&random), b = next_random(&random);
		if (shape->has_odd_ids && i % 40 == 0)
			snprintf(ids[i], sizeof(ids[i]), "odd-%u", a % 5000);
		else
			snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-%012x", a << 3 | (b & 7), b);
		struct event *event = &events[i];
		*event = (struct event){.ingested = TIME_NONE, .id = slice_of(ids[i])};
		uint32_t second = i / 2 - i / 2 % (shape->burst + 1) + a % (shape->disorder + 1);
		event->timestamp = INT64_C(1700000000000) + second * SECOND_MS;
		event->content = a;
		if (shape->is_in_order)
			event->timestamp = INT64_C(1700000000000) + i;
		else if (i > 1000 && b % 97 < 2) { /* an earlier one again, or something else under its id */
			uint32_t other = i - 1 - a % 1000;
			memcpy(ids[i], ids[other], sizeof(ids[i]));
			event->timestamp = events[other].timestamp;
			event->content = events[other].content + b % 97;
		}
		if (shape->has_odd_ids && i % 333 == 0)
			event->id = (struct slice){0};
		event->file = i / 1000;
		event->offset = i;
		event->length = 1 + a % 5000;
		if (a % 10 > 0)
			event->fields[FIELD_USER_NAME] = slice_of(users[b % USERS]);
		event->fields[FIELD_ACTION] = slice_of(users[a % 50]);
	}
}

static int by_id(const void *left, const void *right)
{
	const struct event *a = &events[*(const uint32_t *)left], *b = &events[*(const uint32_t *)right];
	int order = slice_compare(a->id, b->id);
	if (order == 0)
		order = (a->content > b->content) - (a->content < b->content);
	return order != 0 ? order : (a > b) - (a < b);
}

/* As many as have an id and content that an event before had; and those with an id that one before had otherwise. */
static void find_duplicates(uint64_t *duplicates, uint64_t *conflicts)
{
	*duplicates = *conflicts = 0;
	for (uint32_t i = 0; i < EVENTS; i++)
		expected[i] = i;
	qsort(expected, EVENTS, sizeof(*expected), by_id);
	memset(is_duplicate, 0, sizeof(is_duplicate));
	for (uint32_t first = 0, end; first < EVENTS; first = end) {
		uint32_t contents = 0;
		for (end = first; end < EVENTS; end++) {
			const struct event *event = &events[expected[end]];
			if (!slice_equals(event->id, events[expected[first]].id))
				break;
			bool is_again = end > first && event->content == events[expected[end - 1]].content;
			is_duplicate[expected[end]] = is_again && event->id.data != NULL;
			*duplicates += is_duplicate[expected[end]];
			contents += !is_again;
		}
		*conflicts += events[expected[first]].id.data != NULL ? contents - 1 : 0;
	}
}

/* What id_key is made of. */
static void copy_key(const struct event *event, char key[8])
{
	memset(key, 0, 8);
	if (event->id.data != NULL)
		memcpy(key, event->id.data, event->id.length < 8 ? event->id.length : 8);
}

static int by_time(const void *left, const void *right)
{
	const struct event *a = &events[*(const uint32_t *)left], *b = &events[*(const uint32_t *)right];
	if (a->timestamp != b->timestamp)
		return a->timestamp < b->timestamp ? -1 : 1;
	char a_key[8], b_key[8];
	copy_key(a, a_key);
	copy_key(b, b_key);
	int order = memcmp(a_key, b_key, 8);
	return order != 0 ? order : (a > b) - (a < b);
}

static uint32_t sort_events(void)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < EVENTS; i++)
		if (!is_duplicate[i])
			expected[count++] = i;
	qsort(expected, count, sizeof(*expected), by_time);
	return count;
}

static struct store *build(const struct shape *shape, size_t chunk_size)
{
	struct builder *builder = builder_new(&(struct builder_options){.can_resume = shape->can_resume});
	struct lexicon *lexicon = lexicon_new();
	builder_expect(builder, EVENTS + chunk_size % 7 * 10000);
	for (size_t first = 0; first < EVENTS; first += chunk_size) {
		struct chunk *chunk = chunk_new(lexicon);
		for (size_t i = first; i < EVENTS && i < first + chunk_size; i++)
			chunk_add(chunk, &events[i]);
		builder_merge(builder, chunk);
	}
	lexicon_free(lexicon);
	struct store *store = builder_finish(builder, 2);
	builder_free(builder);
	return store;
}

static void assert_rows(const struct store *store, uint32_t count)
{
	uint32_t named = 0;
	assert_int_equal(store->count, count);
	for (uint32_t row = 0; row < count; row++) {
		const struct event *event = &events[expected[row]];
		char key[8], expected_key[8];
		copy_key(event, expected_key);
		for (unsigned i = 0; i < 8; i++)
			key[i] = (char)(store->id_key[row] >> (56 - 8 * i));
		assert_memory_equal(key, expected_key, 8);
		assert_true(store->timestamp[row] == event->timestamp);
		assert_true(store->offset[row] == event->offset);
		assert_int_equal(store->file[row], event->file);
		assert_int_equal(store->length[row], event->length);
		assert_true(slice_equals(store_text(store, FIELD_ACTION, row), event->fields[FIELD_ACTION]));
		assert_true(slice_equals(store_text(store, FIELD_USER_NAME, row), event->fields[FIELD_USER_NAME]));
		named += event->fields[FIELD_USER_NAME].data != NULL;
	}
	assert_int_equal(store->identity_count, USERS);
	for (uint32_t i = 0; i < store->identity_count; i++) {
		const struct identity *identity = &store->identities[i];
		const uint32_t *rows = store->identity_rows + identity->first;
		named -= identity->count;
		for (uint32_t k = 0; k < identity->count; k++) {
			assert_true(k == 0 || rows[k] > rows[k - 1]);
			assert_int_equal(store_value(store, FIELD_USER_NAME, rows[k]), identity->user_name);
		}
	}
	assert_int_equal(named, 0);
}

static void assert_shape(struct shape shape)
{
	uint64_t duplicates, conflicts;
	make_events(&shape);
	find_duplicates(&duplicates, &conflicts);
	uint32_t count = sort_events();
	for (size_t chunk_size = 997; chunk_size <= EVENTS; chunk_size *= 200) {
		struct store *store = build(&shape, chunk_size);
		assert_true(store->duplicates == duplicates);
		assert_true(store->conflicts == conflicts);
		assert_rows(store, count);
		store_free(store);
	}
}

static void in_order(void **state)
{
	(void)state;
	assert_shape((struct shape){.is_in_order = true});
	assert_shape((struct shape){.is_in_order = true, .can_resume = true});
	assert_shape((struct shape){.is_in_order = true, .has_odd_ids = true});
}

static void nearly_in_order(void **state)
{
	(void)state;
	assert_shape((struct shape){.disorder = 15});
}

static void out_of_order(void **state)
{
	(void)state;
	assert_shape((struct shape){.disorder = EVENTS, .has_odd_ids = true});
}

static void in_bursts(void **state)
{
	(void)state;
	assert_shape((struct shape){.disorder = 3, .burst = 5000, .can_resume = true});
	assert_shape((struct shape){.disorder = 1, .burst = 40, .has_odd_ids = true, .can_resume = true});
}

int main(void)
{
	for (unsigned i = 0; i < USERS; i++)
		snprintf(users[i], sizeof(users[i]), "user-%u", i);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(nearly_in_order),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(in_bursts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
