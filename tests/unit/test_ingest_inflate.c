/* Decompression in one piece and as a stream: the same bytes, the same verdicts, and reading back from a checkpoint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <libdeflate.h>
#include <zstd.h>

#include "../../src/ingest/inflate.h"

static struct buf text;

static int make_text(void **unused)
{
	(void)unused;
	uint64_t state = 7;
	for (unsigned i = 0; text.length < (size_t)40 << 20; i++) {
		state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
		buf_printf(&text, "{\"number\":%u,\"random\":\"%016llx\"}\n", i, (unsigned long long)state);
	}
	return 0;
}

static int free_text(void **unused)
{
	(void)unused;
	buf_free(&text);
	return 0;
}

static void add_gzip(struct buf *out, const char *data, size_t length)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	size_t room = libdeflate_gzip_compress_bound(compressor, length);
	buf_reserve(out, room);
	out->length += libdeflate_gzip_compress(compressor, data, length, out->data + out->length, room);
	libdeflate_free_compressor(compressor);
}

static void add_zstd(struct buf *out, const char *data, size_t length)
{
	size_t room = ZSTD_compressBound(length);
	buf_reserve(out, room);
	out->length += ZSTD_compress(out->data + out->length, room, data, length, 1);
}

static int open_file(const struct buf *stored)
{
	int file = memfd_create("stored", MFD_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(write(file, stored->data, stored->length), stored->length);
	return file;
}

#define GOOD SKIP_REASON_COUNT

/* Reads both ways; both must say `verdict` and give the first `length` bytes of the text. */
static struct checkpoints *assert_reads(const struct buf *stored, enum skip_reason verdict, size_t length)
{
	struct buf out = BUF_EMPTY;
	enum skip_reason why = GOOD;
	uint64_t at;
	const char *detail;
	enum compression compression = compression_recognise(stored->data, stored->length);
	bool is_good = decompress(stored->data, stored->length, compression, 0, &out, &why, &at, &detail);
	assert_int_equal(is_good ? GOOD : why, verdict);
	assert_int_equal(out.length, length);
	assert_true(length == 0 || memcmp(out.data, text.data, length) == 0);
	out.length = 0;
	int file = open_file(stored);
	struct inflate *stream = inflate_open(file, 0, stored->length, compression);
	while (inflate_read(stream, &out, 1 << 20))
		;
	why = GOOD;
	(void)inflate_problem(stream, &why, &detail);
	assert_int_equal(why, verdict);
	assert_int_equal(out.length, length);
	assert_true(length == 0 || memcmp(out.data, text.data, length) == 0);
	assert_int_equal(inflate_made(stream), length);
	struct checkpoints *checkpoints;
	inflate_close(stream, &checkpoints);
	close(file);
	buf_free(&out);
	return checkpoints;
}

static void assert_extracts(const struct buf *stored, const struct checkpoints *checkpoints)
{
	int file = open_file(stored);
	enum compression compression = compression_recognise(stored->data, stored->length);
	for (size_t offset = 0; offset + 100 < text.length; offset += 7919 * 1200) {
		struct buf out = BUF_EMPTY;
		struct err err;
		assert_int_equal(
			inflate_extract(file, 0, stored->length, compression, checkpoints, offset, 100, &out, &err), 0);
		assert_int_equal(out.length, 100);
		assert_memory_equal(out.data, text.data + offset, 100);
		buf_free(&out);
	}
	struct buf out = BUF_EMPTY;
	struct err err;
	assert_int_equal(
		inflate_extract(file, 0, stored->length, compression, checkpoints, text.length - 50, 100, &out, &err),
		-1);
	buf_free(&out);
	close(file);
}

static void one_member(void **unused)
{
	(void)unused;
	struct buf stored = BUF_EMPTY;
	add_gzip(&stored, text.data, text.length);
	struct checkpoints *checkpoints = assert_reads(&stored, GOOD, text.length);
	assert_extracts(&stored, checkpoints);
	assert_extracts(&stored, NULL);
	checkpoints_free(checkpoints);
	buf_free(&stored);
}

static void many_members_and_padding(void **unused)
{
	(void)unused;
	struct buf stored = BUF_EMPTY;
	for (size_t at = 0; at < text.length; at += 1 << 20)
		add_gzip(&stored, text.data + at, text.length - at < 1 << 20 ? text.length - at : 1 << 20);
	struct checkpoints *checkpoints = assert_reads(&stored, GOOD, text.length);
	assert_extracts(&stored, checkpoints);
	checkpoints_free(checkpoints);
	buf_add(&stored, "\0\0\0\0\0\0\0\0\0", 9);
	checkpoints_free(assert_reads(&stored, GOOD, text.length));
	buf_add(&stored, "rest", 4);
	checkpoints_free(assert_reads(&stored, SKIP_CORRUPT, text.length));
	buf_free(&stored);
}

static void zstd_frames(void **unused)
{
	(void)unused;
	struct buf stored = BUF_EMPTY;
	add_zstd(&stored, text.data, text.length / 2);
	add_zstd(&stored, text.data + text.length / 2, text.length - text.length / 2);
	struct checkpoints *checkpoints = assert_reads(&stored, GOOD, text.length);
	assert_extracts(&stored, checkpoints);
	checkpoints_free(checkpoints);
	buf_free(&stored);
}

static void damage(void **unused)
{
	(void)unused;
	struct buf stored = BUF_EMPTY;
	add_gzip(&stored, text.data, 5000);
	size_t length = stored.length;
	stored.length = length - 3; /* inside the trailer */
	checkpoints_free(assert_reads(&stored, SKIP_TRUNCATED, 5000));
	stored.length = 10; /* the header alone */
	checkpoints_free(assert_reads(&stored, SKIP_TRUNCATED, 0));
	stored.length = length;
	stored.data[length - 6] ^= 1; /* the checksum */
	checkpoints_free(assert_reads(&stored, SKIP_CORRUPT, 5000));
	stored.length = 0;
	add_zstd(&stored, text.data, 5000);
	stored.length = 6;
	checkpoints_free(assert_reads(&stored, SKIP_TRUNCATED, 0));
	buf_free(&stored);
}

static void a_bomb_is_stopped(void **unused)
{
	(void)unused;
	struct buf zeroes = BUF_EMPTY, stored = BUF_EMPTY;
	buf_reserve(&zeroes, (size_t)64 << 20);
	memset(zeroes.data, ' ', (size_t)64 << 20);
	for (unsigned i = 0; i < 8; i++)
		add_gzip(&stored, zeroes.data, (size_t)64 << 20);
	struct buf out = BUF_EMPTY;
	enum skip_reason why = GOOD;
	uint64_t at;
	const char *detail;
	assert_false(decompress(stored.data, stored.length, COMPRESSION_GZIP, 0, &out, &why, &at, &detail));
	assert_int_equal(why, SKIP_RATIO);
	assert_true(out.length <= DECOMPRESS_FREE_BYTES + ((size_t)64 << 20));
	buf_free(&out);
	int file = open_file(&stored);
	struct inflate *stream = inflate_open(file, 0, stored.length, COMPRESSION_GZIP);
	while (inflate_read(stream, &out, 1 << 20))
		out.length = 0;
	assert_true(inflate_problem(stream, &why, &detail));
	assert_int_equal(why, SKIP_RATIO);
	inflate_close(stream, NULL);
	close(file);
	buf_free(&out);
	buf_free(&stored);
	buf_free(&zeroes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_member),
		cmocka_unit_test(many_members_and_padding),
		cmocka_unit_test(zstd_frames),
		cmocka_unit_test(damage),
		cmocka_unit_test(a_bomb_is_stopped),
	};
	return cmocka_run_group_tests(tests, make_text, free_text);
}
