/* Arena, dictionary, pool and hash: the containers everything else leans on. */
#include "raretrail/base.h"

#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <cmocka.h>

static void arena_keeps_what_it_gave(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena);
	char *texts[3000];
	for (int i = 0; i < 3000; i++) {
		char text[64];
		int length = snprintf(text, sizeof(text), "text number %d", i * 7919);
		texts[i] = arena_copy(&arena, text, (size_t)length);
	}
	char *big = arena_alloc(&arena, 5 << 20);
	memset(big, 1, 5 << 20);
	for (int i = 0; i < 3000; i++) {
		char text[64];
		snprintf(text, sizeof(text), "text number %d", i * 7919);
		assert_string_equal(texts[i], text);
		assert_int_equal((uintptr_t)texts[i] % 16, 0);
	}
	arena_reset(&arena);
	assert_int_equal(arena.used, 0);
	arena_free(&arena);
}

/* Whatever pages it lies in: every byte is there, a line of the cache begins with it, and it is given back like any other. */
static void large_blocks_hold_every_byte(void **state)
{
	(void)state;
	static const size_t sizes[] = {
		0, 1, 4096, (3 << 19) - 1, (3 << 19) + 1, 2 << 20, (3 << 20) + 1, (4 << 20) + 64};
	unsigned char *blocks[COUNT_OF(sizes)];
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		blocks[i] = xmalloc_large(sizes[i]);
		assert_int_equal((uintptr_t)blocks[i] % 64, 0);
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		for (size_t at = 0; at < sizes[i]; at++)
			if (blocks[i][at] != i + 1)
				fail_msg("byte %zu of block %zu", at, i);
		free(blocks[i]);
	}
}

/* Also where something else lay before. */
static void large_tables_begin_empty(void **state)
{
	(void)state;
	static const size_t items[] = {0, 1, 64, 8192, (5 << 15) + 1, 1 << 18, (3 << 18) + 1};
	for (size_t i = 0; i < COUNT_OF(items); i++) {
		size_t bytes = items[i] * sizeof(uint64_t);
		void *before = xmalloc_large(bytes);
		memset(before, 0xFF, bytes);
		free(before);
		uint64_t *table = xcalloc_large(items[i], sizeof(*table));
		assert_int_equal((uintptr_t)table % 64, 0);
		for (size_t at = 0; at < items[i]; at++)
			if (table[at] != 0)
				fail_msg("item %zu of %zu", at, items[i]);
		free(table);
	}
}

static void dictionary_gives_dense_ids(void **state)
{
	(void)state;
	struct dict *dict = dict_new();
	assert_int_equal(dict_intern(dict, (struct slice){NULL, 0}), 0);
	uint32_t empty = dict_intern(dict, slice_of(""));
	assert_int_equal(empty, 1);
	for (uint32_t i = 0; i < 100000; i++) {
		char text[32];
		int length = snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(dict_intern(dict, (struct slice){text, (size_t)length}), i + 2);
	}
	assert_int_equal(dict_intern(dict, slice_of("4711")), 4713);
	assert_int_equal(dict_find(dict, slice_of("4711")), 4713);
	assert_int_equal(dict_find(dict, slice_of("unknown")), 0);
	assert_string_equal(dict_get(dict, 4713).data, "4711");
	assert_null(dict_get(dict, 0).data);
	assert_int_equal(dict_intern(dict, (struct slice){"a\0b", 3}), 100002);
	assert_int_equal(dict_get(dict, 100002).length, 3);
	assert_int_equal(dict_count(dict), 100002);
	dict_free(dict);
}

struct tally {
	atomic_uint visits[10000];
	atomic_uint wrong_worker;
};

static void visit(void *context, size_t index, unsigned worker)
{
	struct tally *tally = context;
	atomic_fetch_add(&tally->visits[index], 1);
	if (worker >= 7)
		atomic_fetch_add(&tally->wrong_worker, 1);
}

static void pool_visits_each_index_once(void **state)
{
	(void)state;
	struct tally *tally = calloc(1, sizeof(*tally));
	pool_run(7, COUNT_OF(tally->visits), visit, tally);
	for (size_t i = 0; i < COUNT_OF(tally->visits); i++)
		assert_int_equal(tally->visits[i], 1);
	assert_int_equal(tally->wrong_worker, 0);
	pool_run(7, 0, visit, tally);
	free(tally);
}

static void sha256_is_the_standard_one(void **state)
{
	(void)state;
	char hex[SHA256_HEX_SIZE];
	sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void errors_say_what_and_where(void **state)
{
	(void)state;
	struct err err;
	assert_int_equal(err_set(&err, ERR_FORMAT, "bad %s", "thing"), -1);
	assert_string_equal(err.text, "bad thing");
	assert_int_equal(err.code, ERR_FORMAT);
	assert_int_equal(err_set(NULL, ERR_FORMAT, "nobody listens"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(large_blocks_hold_every_byte),
		cmocka_unit_test(large_tables_begin_empty),
		cmocka_unit_test(dictionary_gives_dense_ids),
		cmocka_unit_test(pool_visits_each_index_once),
		cmocka_unit_test(sha256_is_the_standard_one),
		cmocka_unit_test(errors_say_what_and_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
