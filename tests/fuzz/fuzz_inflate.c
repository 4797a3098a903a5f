/* Fuzzes decompression: in one piece (libdeflate, else zlib) and as a stream give the same bytes and the same verdict
 * (before damage, one may get further than the other), and a record is read back from where it stands. The first byte picks the step of the stream. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/ingest/inflate.h"

/* The format has codes of lengths and distances that nobody may use: zlib refuses them, libdeflate takes them for the last
 * one in use. */
static bool takes_unused_code(const char *detail)
{
	return strcmp(detail, "invalid literal/length code") == 0 || strcmp(detail, "invalid distance code") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	const char *stored = (const char *)data + 1;
	size_t length = size - 1, step = (size_t)1 << data[0] % 18;
	enum compression compression = compression_recognise(stored, length);
	if (compression == COMPRESSION_NONE)
		return 0;
	struct buf whole = BUF_EMPTY, parts = BUF_EMPTY, again = BUF_EMPTY;
	enum skip_reason why = SKIP_REASON_COUNT, stream_why = SKIP_REASON_COUNT;
	uint64_t at;
	const char *detail;
	bool is_good = decompress(stored, length, compression, 0, &whole, &why, &at, &detail);

	int file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0 || write(file, stored, length) != (ssize_t)length)
		abort();
	struct inflate *stream = inflate_open(file, 0, length, compression);
	while (inflate_read(stream, &parts, step))
		;
	bool has_problem = inflate_problem(stream, &stream_why, &detail);
	struct checkpoints *checkpoints;
	inflate_close(stream, &checkpoints);
	size_t common = whole.length < parts.length ? whole.length : parts.length;
	bool is_unused_code = is_good && has_problem && takes_unused_code(detail);
	is_good = is_good && !is_unused_code;
	if (is_good == has_problem || (is_good && whole.length != parts.length) ||
		(common > 0 && memcmp(whole.data, parts.data, common) != 0)) {
		fprintf(stderr, "in one piece: %zu bytes, %s; as a stream: %zu bytes, %s\n", whole.length,
			is_good ? "good" : skip_reason_text(why), parts.length,
			has_problem ? skip_reason_text(stream_why) : "good");
		abort();
	}
	if (is_good && whole.length > 10) {
		size_t from = whole.length / 3;
		struct err err;
		if (inflate_extract(file, 0, length, compression, checkpoints, from, 7, &again, &err) != 0 ||
			memcmp(again.data, whole.data + from, 7) != 0)
			abort();
	}
	checkpoints_free(checkpoints);
	close(file);
	buf_free(&whole);
	buf_free(&parts);
	buf_free(&again);
	return 0;
}
