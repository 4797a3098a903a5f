/* The checksum of gzip: what the library says of the same bytes, for every length around the sizes it is taken in, from
 * every place; and what becomes of members whose header or trailer is unusual or untrue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "../../src/ingest/checksum.h"
#include "../../src/ingest/decompress.h"

#define TEXT_SIZE ((size_t)70000)
#define HEADER_SIZE ((size_t)10)

static char *random_text(void)
{
	char *text = xmalloc(TEXT_SIZE);
	uint64_t state = 11;
	for (size_t i = 0; i < TEXT_SIZE; i++) {
		state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
		text[i] = (char)(state >> 56);
	}
	return text;
}

static void every_length_and_place(void **unused)
{
	(void)unused;
	char *text = random_text();
	for (size_t length = 0; length < 1200; length++) {
		/* A copy as long as it is told, so that reading beyond it shows. */
		char *copy = xmalloc(length + 1);
		memcpy(copy, text + length, length);
		assert_int_equal(checksum_crc32(copy, length), libdeflate_crc32(0, copy, length));
		free(copy);
	}
	for (size_t from = 0; from < 70; from++)
		for (size_t length = TEXT_SIZE - 70 - 300; length <= TEXT_SIZE - 70; length += 13)
			assert_int_equal(checksum_crc32(text + from, length), libdeflate_crc32(0, text + from, length));
	free(text);
}

static void known_values(void **unused)
{
	(void)unused;
	assert_int_equal(checksum_crc32("123456789", 9), 0xcbf43926);
	char *text = xcalloc(4096, 1);
	assert_int_equal(checksum_crc32(text, 4096), 0xc71c0011);
	memset(text, 0xff, 4096);
	assert_int_equal(checksum_crc32(text, 4096), 0xf154670a);
	free(text);
}

/* ---- members ---- */

/* A member of the text with `flags`, and what they say stands in the header (`extra`), between header and data. */
static void add_member(
	struct buf *out, const char *text, size_t length, char flags, const char *extra, size_t extra_length)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_gzip_compress_bound(compressor, length);
	char *packed = xmalloc(room);
	size_t packed_length = libdeflate_gzip_compress(compressor, text, length, packed, room);
	libdeflate_free_compressor(compressor);
	size_t from = out->length;
	buf_add(out, packed, HEADER_SIZE);
	out->data[from + 3] = flags;
	buf_add(out, extra, extra_length);
	buf_add(out, packed + HEADER_SIZE, packed_length - HEADER_SIZE);
	free(packed);
}

#define GOOD SKIP_REASON_COUNT

static void assert_unpacks(const struct buf *stored, enum skip_reason verdict, const char *text, size_t length)
{
	struct buf out = BUF_EMPTY;
	enum skip_reason why = GOOD;
	uint64_t at;
	const char *detail;
	bool is_good = decompress(stored->data, stored->length, COMPRESSION_GZIP, 0, &out, &why, &at, &detail);
	assert_int_equal(is_good ? GOOD : why, verdict);
	assert_int_equal(out.length, length);
	assert_true(length == 0 || memcmp(out.data, text, length) == 0);
	buf_free(&out);
}

static void headers_of_every_kind(void **unused)
{
	(void)unused;
	static const struct {
		char flags;
		const char *extra;
		size_t length;
	} headers[] = {
		{0, "", 0},
		{1, "", 0}, /* "is text", which says nothing */
		{4, "\3\0abc", 5},
		{8, "", 1},
		{8, "a file.json", 12},
		{16, "a comment", 10},
		{8 | 16, "a file\0a comment", 17},
		{4 | 8 | 16,
			"\2\0xy"
			"a file\0a comment",
			21},
	};
	char *text = random_text();
	struct buf all = BUF_EMPTY;
	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		struct buf stored = BUF_EMPTY;
		add_member(&stored, text, TEXT_SIZE, headers[i].flags, headers[i].extra, headers[i].length);
		assert_unpacks(&stored, GOOD, text, TEXT_SIZE);
		buf_free(&stored);
		size_t from = i * TEXT_SIZE / COUNT_OF(headers), to = (i + 1) * TEXT_SIZE / COUNT_OF(headers);
		add_member(&all, text + from, to - from, headers[i].flags, headers[i].extra, headers[i].length);
	}
	assert_unpacks(&all, GOOD, text, TEXT_SIZE);
	buf_free(&all);
	struct buf reserved = BUF_EMPTY;
	add_member(&reserved, text, 500, 32, "", 0);
	assert_unpacks(&reserved, SKIP_CORRUPT, text, 0);
	buf_free(&reserved);
	free(text);
}

/* A header may have a sum of its own: the lower half of the CRC-32 of what stands before it. */
static void a_header_with_a_sum(void **unused)
{
	(void)unused;
	char *text = random_text();
	struct buf stored = BUF_EMPTY;
	add_member(&stored, text, 500, 2, "\0", 2);
	uint32_t sum = checksum_crc32(stored.data, HEADER_SIZE);
	stored.data[HEADER_SIZE] = (char)sum;
	stored.data[HEADER_SIZE + 1] = (char)(sum >> 8);
	assert_unpacks(&stored, GOOD, text, 500);
	stored.data[HEADER_SIZE + 1] ^= 1;
	assert_unpacks(&stored, SKIP_CORRUPT, text, 0);
	buf_free(&stored);
	free(text);
}

static void an_empty_member(void **unused)
{
	(void)unused;
	struct buf stored = BUF_EMPTY;
	add_member(&stored, "", 0, 0, "", 0);
	assert_unpacks(&stored, GOOD, NULL, 0);
	add_member(&stored, "x", 1, 8, "name", 5);
	assert_unpacks(&stored, GOOD, "x", 1);
	buf_free(&stored);
}

static void every_bit_of_the_trailer(void **unused)
{
	(void)unused;
	char *text = random_text();
	struct buf stored = BUF_EMPTY;
	add_member(&stored, text, 3000, 8, "name", 5);
	for (size_t bit = 0; bit < 64; bit++) {
		char *byte = stored.data + stored.length - 8 + bit / 8;
		*byte = (char)(*byte ^ 1 << bit % 8);
		assert_unpacks(&stored, SKIP_CORRUPT, text, 3000);
		*byte = (char)(*byte ^ 1 << bit % 8);
	}
	assert_unpacks(&stored, GOOD, text, 3000);
	buf_free(&stored);
	free(text);
}

/* Cut anywhere, a member has ended early: no byte behind its end is read, and what came out before stays. */
static void every_end(void **unused)
{
	(void)unused;
	char *text = random_text();
	memset(text + 40, 'a', 400);
	struct buf stored = BUF_EMPTY;
	add_member(&stored, text, 500, 8, "name", 5);
	for (size_t length = 2; length < stored.length; length++) {
		struct buf out = BUF_EMPTY;
		enum skip_reason why = GOOD;
		uint64_t at;
		const char *detail;
		char *copy = xmalloc(length);
		memcpy(copy, stored.data, length);
		assert_false(decompress(copy, length, COMPRESSION_GZIP, 0, &out, &why, &at, &detail));
		assert_int_equal(why, SKIP_TRUNCATED);
		assert_true(out.length <= 500 && (out.length == 0 || memcmp(out.data, text, out.length) == 0));
		free(copy);
		buf_free(&out);
	}
	buf_free(&stored);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_and_place),
		cmocka_unit_test(known_values),
		cmocka_unit_test(headers_of_every_kind),
		cmocka_unit_test(a_header_with_a_sum),
		cmocka_unit_test(an_empty_member),
		cmocka_unit_test(every_bit_of_the_trailer),
		cmocka_unit_test(every_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
