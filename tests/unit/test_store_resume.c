/* A store that was finished to be gone on with: what is merged later gives the same store as everything at once, and
 * what is forgotten and merged again leaves no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/store.h"
#include "own_chunk.h"

#define EVENTS 3000
#define FILES 7

static char texts[64][32];
static char ids[EVENTS][48];
static struct event events[EVENTS];

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Few ids, so that there are duplicates, conflicts, odd ids and none; files in the order of the events. */
static int make_events(void **unused)
{
	(void)unused;
	uint32_t random = 5;
	for (unsigned i = 0; i < 64; i++)
		snprintf(texts[i], sizeof(texts[i]), "text-%u", i);
	for (unsigned i = 0; i < EVENTS; i++) {
		struct event *event = &events[i];
		uint32_t id = next_random(&random) % (EVENTS / 2);
		snprintf(ids[i], sizeof(ids[i]), id % 5 ? "%08x-0000-4000-8000-000000000000" : "odd-%u", id);
		*event = (struct event){.timestamp = id * 1000, .ingested = id % 3 ? TIME_NONE : 5 * id};
		event->id = id % 11 ? slice_of(ids[i]) : (struct slice){0};
		event->content = id + (next_random(&random) % 9 == 0);
		event->file = i * FILES / EVENTS;
		event->offset = i;
		event->length = 1 + i % 9;
		event->fields[FIELD_USER_NAME] = slice_of(texts[id % 13]);
		event->fields[FIELD_ACTION] = slice_of(texts[id % 31]);
		event->fields[FIELD_SOURCE_IP] = slice_of(texts[id % 64]);
	}
	return 0;
}

static void merge(struct builder *builder, uint32_t first_file, uint32_t end_file)
{
	struct chunk *chunk = own_chunk();
	for (unsigned i = 0; i < EVENTS; i++)
		if (events[i].file >= first_file && events[i].file < end_file)
			chunk_add(chunk, &events[i]);
	builder_merge(builder, chunk);
}

static struct store *all_at_once(bool keep_duplicates)
{
	struct builder *builder = builder_new(&(struct builder_options){.keep_duplicates = keep_duplicates});
	merge(builder, 0, FILES);
	struct store *store = builder_finish(builder, 2);
	builder_free(builder);
	return store;
}

static struct slice text_of(const struct store *store, unsigned field, uint32_t row)
{
	return store_text(store, (enum event_field)field, row);
}

static void assert_same(const struct store *store, const struct store *expected)
{
	assert_int_equal(store->count, expected->count);
	assert_int_equal(store->duplicates, expected->duplicates);
	assert_int_equal(store->conflicts, expected->conflicts);
	assert_int_equal(store->identity_count, expected->identity_count);
	for (uint32_t row = 0; row < store->count; row++) {
		assert_true(store->timestamp[row] == expected->timestamp[row]);
		assert_true(store->ingested[row] == expected->ingested[row]);
		assert_int_equal(store->file[row], expected->file[row]);
		assert_int_equal(store->offset[row], expected->offset[row]);
		assert_int_equal(store->length[row], expected->length[row]);
		assert_true(store->id_key[row] == expected->id_key[row]);
		for (unsigned field = 0; field < FIELD_COUNT; field++)
			assert_true(slice_equals(text_of(store, field, row), text_of(expected, field, row)));
	}
}

static void goes_on_as_if_it_had_not_stopped(void **unused)
{
	(void)unused;
	for (int keep_duplicates = 0; keep_duplicates < 2; keep_duplicates++) {
		struct builder_options options = {.keep_duplicates = keep_duplicates != 0, .can_resume = true};
		struct builder *builder = builder_new(&options);
		struct store *store = NULL;
		for (uint32_t file = 0; file < FILES; file++) {
			merge(builder, file, file + 1);
			store = builder_finish(builder, 2);
			builder_free(builder);
			builder = builder_resume(store, &options);
			assert_non_null(builder);
			if (file + 1 < FILES)
				store_free(store);
		}
		builder_free(builder);
		struct store *expected = all_at_once(options.keep_duplicates);
		assert_same(store, expected);
		store_free(store);
		store_free(expected);
	}
}

static void forgets_files_whole(void **unused)
{
	(void)unused;
	struct builder_options options = {.can_resume = true};
	struct builder *builder = builder_new(&options);
	merge(builder, 0, FILES);
	struct store *store = builder_finish(builder, 2);
	builder_free(builder);
	/* The last two, which no other file's duplicates lean on. */
	const bool is_gone[FILES] = {[FILES - 2] = true, [FILES - 1] = true};
	builder = builder_resume(store, &options);
	store_free(store);
	builder_forget(builder, is_gone, FILES);
	merge(builder, FILES - 2, FILES);
	store = builder_finish(builder, 2);
	builder_free(builder);
	struct store *expected = all_at_once(false);
	assert_same(store, expected);
	store_free(store);
	store_free(expected);
}

static void resumes_only_what_was_finished_for_it(void **unused)
{
	(void)unused;
	struct store *store = all_at_once(false);
	assert_null(builder_resume(store, &(struct builder_options){0}));
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on_as_if_it_had_not_stopped),
		cmocka_unit_test(forgets_files_whole),
		cmocka_unit_test(resumes_only_what_was_finished_for_it),
	};
	return cmocka_run_group_tests(tests, make_events, NULL);
}
