/* micro: the parts of a load by themselves, one thread: marking and taking records (every variant of the scanner),
 * inflating, meeting known and new values, publishing. Prints one JSON object. */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/ingest/decompress.h"
#include "../../src/ingest/fast.h"
#include "../../src/ingest/memo.h"
#include "../../src/ingest/scan.h"
#include "../own_chunk.h"

static double seconds_since(int64_t started)
{
	return (double)(time_monotonic_us() - started) / 1e6;
}

static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		exit(2);
	*length = (size_t)ftell(file);
	rewind(file);
	char *data = xcalloc(*length + SCAN_PADDING, 1);
	if (fread(data, 1, *length, file) != *length)
		exit(2);
	fclose(file);
	return data;
}

/* Whole lines of `piece` bytes and a little. */
static size_t next_piece(const char *data, size_t length, size_t at, size_t piece)
{
	size_t end = length - at < piece ? length : at + piece;
	while (end < length && data[end - 1] != '\n')
		end++;
	return end;
}

static double scan_rate(const char *variant, const char *data, size_t length, uint64_t *events)
{
	struct load_options options = {.since = TIME_NONE, .until = TIME_NONE};
	struct reader *reader = reader_new(&options);
	if (!scanner_use(reader->scanner, variant))
		exit(2);
	int64_t started = time_monotonic_us();
	for (size_t at = 0, end; at < length; at = end) {
		end = next_piece(data, length, at, 1 << 20);
		reader_begin(reader);
		scanner_start(reader->scanner, data + at, end - at, at);
		while (scanner_run(reader->scanner, SCAN_LINES, SIZE_MAX) == SCAN_STOP_DECLINED)
			scanner_skip_line(reader->scanner);
		chunk_seal(reader->chunk);
		chunk_free(reader->chunk);
		reader->chunk = NULL;
	}
	double seconds = seconds_since(started);
	*events = reader->scanner->events;
	reader_free(reader);
	return (double)length / seconds / 1e9;
}

static double careful_rate(const char *data, size_t length)
{
	struct load_options options = {.since = TIME_NONE, .until = TIME_NONE};
	struct reader *reader = reader_new(&options);
	reader->is_fast = false;
	size_t end = next_piece(data, length, 0, length < 32 << 20 ? length : 32 << 20);
	int64_t started = time_monotonic_us();
	reader_begin(reader);
	char *copy = xcalloc(end + SCAN_PADDING, 1);
	memcpy(copy, data, end);
	(void)fast_text(reader, copy, end);
	double seconds = seconds_since(started);
	free(copy);
	reader_free(reader);
	return (double)end / seconds / 1e9;
}

static double inflate_rate(const char *data, size_t length)
{
	size_t piece = next_piece(data, length, 0, 3 << 20);
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_gzip_compress_bound(compressor, piece);
	char *packed = xmalloc(room);
	size_t packed_length = libdeflate_gzip_compress(compressor, data, piece, packed, room);
	libdeflate_free_compressor(compressor);
	struct buf plain = BUF_EMPTY;
	int64_t started = time_monotonic_us();
	enum { TURNS = 60 };
	for (unsigned i = 0; i < TURNS; i++) {
		enum skip_reason why;
		uint64_t at;
		const char *detail;
		plain.length = 0;
		if (!decompress(packed, packed_length, COMPRESSION_GZIP, 0, &plain, &why, &at, &detail))
			exit(2);
	}
	double rate = (double)piece * TURNS / seconds_since(started) / 1e9;
	buf_free(&plain);
	free(packed);
	return rate;
}

static bool same(const char *one, const char *other, size_t length)
{
	return memcmp(one, other, length) == 0;
}

/* Nanoseconds to meet a known value again, and to meet a new one. */
static void intern_rates(double *known, double *new)
{
	enum { VALUES = 20000, TURNS = 50 };
	struct chunk *chunk = own_chunk();
	struct memo memo;
	memo_init(&memo, 32768, 1 << 20);
	char(*texts)[24] = xcalloc(VALUES, sizeof(*texts));
	int64_t started = time_monotonic_us();
	for (unsigned i = 0; i < VALUES; i++) {
		snprintf(texts[i], sizeof(texts[i]), "\"198.51.%u.%u\"", i / 256, i % 256);
		struct slice fields[FIELD_COUNT] = {0}, key = slice_of(texts[i]);
		fields[FIELD_SOURCE_ADDRESS] = key;
		memo_put(&memo, key, hash_bytes(key.data, key.length), chunk_entry(chunk, DIMENSION_SOURCE, fields));
	}
	*new = seconds_since(started) * 1e9 / VALUES;
	uint64_t found = 0;
	started = time_monotonic_us();
	for (unsigned turn = 0; turn < TURNS; turn++)
		for (unsigned i = 0; i < VALUES; i++) {
			struct slice key = slice_of(texts[i]);
			found += memo_find(&memo, key, hash_bytes(key.data, key.length), same) != MEMO_UNKNOWN;
		}
	*known = seconds_since(started) * 1e9 / (VALUES * TURNS);
	if (found == 0)
		exit(2);
	free(texts);
	memo_free(&memo);
	chunk_free(chunk);
}

static double publish_rate(const char *data, size_t length)
{
	struct load_options options = {.since = TIME_NONE, .until = TIME_NONE};
	struct reader *reader = reader_new(&options);
	struct builder *builder = builder_new(&(struct builder_options){0});
	for (size_t at = 0, end; at < length; at = end) {
		end = next_piece(data, length, at, 1 << 20);
		reader_begin(reader);
		scanner_start(reader->scanner, data + at, end - at, at);
		(void)scanner_run(reader->scanner, SCAN_LINES, SIZE_MAX);
		builder_merge(builder, reader->chunk);
		reader->chunk = NULL;
	}
	int64_t started = time_monotonic_us();
	struct store *store = builder_finish(builder, 1);
	double rate = seconds_since(started) * 1e9 / store->count;
	store_free(store);
	builder_free(builder);
	reader_free(reader);
	return rate;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	size_t length;
	char *data = read_file(argv[1], &length);
	uint64_t events;
	/* The first pass takes memory that the others find. */
	(void)scan_rate(*scanner_variants(), data, length, &events);
	printf("{");
	for (const char *const *variant = scanner_variants(); *variant != NULL; variant++) {
		double rate = scan_rate(*variant, data, length, &events);
		printf("\"scan_%s_gb_per_second\": %.3f, ", *variant, rate);
	}
	double known, new;
	intern_rates(&known, &new);
	printf("\"careful_gb_per_second\": %.3f, \"inflate_gb_per_second\": %.3f, \"known_value_ns\": %.1f, "
	       "\"new_value_ns\": %.1f, "
	       "\"publish_ns_per_event\": %.1f}\n",
		careful_rate(data, length), inflate_rate(data, length), known, new, publish_rate(data, length));
	free(data);
	return 0;
}
