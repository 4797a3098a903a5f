/* The hash by which a duplicate is told from a conflict: the bytes of a record decide it, all of them and nothing else, and
 * both readers get the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scan_compare.h"

#include "../../src/ingest/content.h"

#define LONGEST 700

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *state >> 33;
}

static int compare_hashes(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
	return a < b ? -1 : a > b;
}

static void all_differ(uint64_t *hashes, size_t count)
{
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	for (size_t i = 1; i < count; i++)
		assert_true(hashes[i] != hashes[i - 1]);
}

/* Each length in memory of its own, so that a sanitizer sees a look beyond, and amid other bytes, wherever it lies. */
static void depends_on_its_bytes_alone(void **unused)
{
	(void)unused;
	uint64_t state = 5;
	for (size_t length = 0; length <= LONGEST; length++) {
		char *exact = xmalloc(length), amid[64 + LONGEST + 256];
		for (size_t i = 0; i < length; i++)
			exact[i] = (char)next_random(&state);
		uint64_t hash = content_hash(exact, length);
		size_t at = next_random(&state) % 64;
		for (size_t i = 0; i < sizeof(amid); i++)
			amid[i] = (char)next_random(&state);
		memcpy(amid + at, exact, length);
		assert_int_equal(content_hash(amid + at, length), hash);
		free(exact);
	}
}

static void depends_on_every_bit_and_the_length(void **unused)
{
	(void)unused;
	static char text[LONGEST];
	static uint64_t hashes[LONGEST * 8 + LONGEST + 1];
	size_t count = 0;
	for (size_t length = 0; length <= LONGEST; length++)
		hashes[count++] = content_hash(text, length);
	for (size_t bit = 0; bit < (size_t)LONGEST * 8; bit++) {
		text[bit / 8] = (char)(1 << bit % 8);
		hashes[count++] = content_hash(text, LONGEST);
		text[bit / 8] = 0;
	}
	all_differ(hashes, count);
}

/* What stands in another place of the text is another text, also where lanes and steps of the hash are as wide. */
static void depends_on_the_order(void **unused)
{
	(void)unused;
	static const size_t widths[] = {1, 8, 16, 32, 64, 128, 256};
	static uint64_t hashes[COUNT_OF(widths) * LONGEST];
	size_t count = 0;
	uint64_t state = 3;
	char text[LONGEST];
	for (size_t i = 0; i < LONGEST; i++)
		text[i] = (char)next_random(&state);
	for (size_t w = 0; w < COUNT_OF(widths); w++)
		for (size_t at = 0; at + 2 * widths[w] <= LONGEST; at += widths[w]) {
			char other[LONGEST];
			memcpy(other, text, LONGEST);
			memcpy(other + at, text + at + widths[w], widths[w]);
			memcpy(other + at + widths[w], text + at, widths[w]);
			if (memcmp(other, text, LONGEST) != 0)
				hashes[count++] = content_hash(other, LONGEST);
		}
	all_differ(hashes, count);
}

/* The second event stands in a form that the scanner leaves to the careful reader: one of the same bytes is a duplicate, one
 * of other bytes a conflict. */
static void is_the_same_for_both_readers(void **unused)
{
	(void)unused;
	static const char format[] =
		"{\"userIdentity\":null,\"eventTime\":\"2026-05-07T22:36:10Z\",\"eventSource\":\"s3.amazonaws.com\","
		"\"eventName\":\"GetObject\",\"requestID\":\"%0*d\",\"eventID\":\"one\"}";
	for (int digits = 1; digits < 600; digits += 7) {
		struct buf text = BUF_EMPTY;
		buf_printf(&text, format, digits, 1);
		buf_add_text(&text, "\n{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":");
		buf_printf(&text, format, digits, 1);
		buf_add_text(&text, "}\n{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":");
		buf_printf(&text, format, digits, 2);
		buf_add_text(&text, "}\n");
		struct load_options options = {.since = TIME_NONE, .until = TIME_NONE};
		struct reader *reader = reader_new(&options);
		reader_begin(reader);
		reader_file(reader, 0, true);
		buf_reserve(&text, SCAN_PADDING);
		memset(text.data + text.length, 0, SCAN_PADDING);
		(void)fast_text(reader, text.data, text.length);
		assert_int_equal(reader->scanner->events, 1);
		assert_int_equal(reader->events, 3);
		struct builder *builder = builder_new(&(struct builder_options){0});
		builder_merge(builder, reader->chunk);
		reader->chunk = NULL;
		struct store *store = builder_finish(builder, 1);
		assert_int_equal(store->count, 2);
		assert_int_equal(store->duplicates, 1);
		assert_int_equal(store->conflicts, 1);
		store_free(store);
		builder_free(builder);
		reader_free(reader);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depends_on_its_bytes_alone),
		cmocka_unit_test(depends_on_every_bit_and_the_length),
		cmocka_unit_test(depends_on_the_order),
		cmocka_unit_test(is_the_same_for_both_readers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
