/* decompress: libdeflate for gz in one piece where all is well, zlib where it is not (any number of members), libzstd for
 * zst (any number of frames). */
#include "decompress.h"

#include <endian.h>
#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include "checksum.h"

enum compression compression_recognise(const char *data, size_t length)
{
	if (length >= 2 && memcmp(data, "\x1f\x8b", 2) == 0)
		return COMPRESSION_GZIP;
	if (length >= 4 && memcmp(data, "\x28\xb5\x2f\xfd", 4) == 0)
		return COMPRESSION_ZSTD;
	return COMPRESSION_NONE;
}

struct job {
	const char *data;
	size_t length;
	uint64_t limit;
	struct buf *out;
	enum skip_reason why;
	uint64_t at;
	const char *detail;
};

static bool fail(struct job *job, enum skip_reason why, uint64_t at, const char *detail)
{
	job->why = why;
	job->at = at;
	job->detail = detail;
	return false;
}

static bool within_caps(struct job *job, uint64_t used)
{
	uint64_t made = job->out->length;
	if (job->limit && made > job->limit)
		return fail(job, SKIP_RATIO, used, "larger than --max-mem allows");
	if (made > DECOMPRESS_FREE_BYTES && made / DECOMPRESS_MAX_RATIO > used)
		return fail(job, SKIP_RATIO, used, "more than 500 times its size: a decompression bomb");
	return true;
}

#define STEP ((size_t)1 << 20)
/* Compressed bytes up to which a file is decompressed in one piece. */
#define WHOLE_MAX ((size_t)64 << 20)

/* The most that may come out, by the same caps as within_caps. */
static uint64_t most_output(const struct job *job)
{
	uint64_t most = job->length * (uint64_t)DECOMPRESS_MAX_RATIO;
	if (most < DECOMPRESS_FREE_BYTES)
		most = DECOMPRESS_FREE_BYTES;
	return job->limit && job->limit < most ? job->limit : most;
}

#define HEADER_SIZE ((size_t)10)
#define TRAILER_SIZE ((size_t)8)
#define HAS_HEADER_SUM 2
#define HAS_NAME 8

/* The length of a member's header, if that is as plain as headers are: with a file's name at most. Else 0. */
static size_t plain_header(const char *at, size_t length)
{
	if (length < HEADER_SIZE + TRAILER_SIZE || memcmp(at, "\x1f\x8b\x08", 3) != 0 || (at[3] & ~HAS_NAME) != 0)
		return 0;
	size_t header = HEADER_SIZE;
	if (at[3] == HAS_NAME) {
		const char *end = memchr(at + header, 0, length - header);
		header = end != NULL ? (size_t)(end + 1 - at) : 0;
	}
	return length - header >= TRAILER_SIZE ? header : 0;
}

/* One member as the library reads it, but that the sum of a plain one is taken here, in less time. A header with a sum of
 * its own, which the library leaves unread, is for zlib. */
static enum libdeflate_result unpack(struct libdeflate_decompressor *decompressor, const char *at, size_t length,
	char *out, size_t room, size_t *taken, size_t *made)
{
	size_t header = plain_header(at, length);
	if (header == 0 && (at[3] & HAS_HEADER_SUM) != 0)
		return LIBDEFLATE_BAD_DATA;
	if (header == 0)
		return libdeflate_gzip_decompress_ex(decompressor, at, length, out, room, taken, made);
	enum libdeflate_result result = libdeflate_deflate_decompress_ex(
		decompressor, at + header, length - header - TRAILER_SIZE, out, room, taken, made);
	if (result != LIBDEFLATE_SUCCESS)
		return result;
	uint32_t trailer[2];
	memcpy(trailer, at + header + *taken, sizeof(trailer));
	*taken += header + TRAILER_SIZE;
	bool is_good = le32toh(trailer[0]) == checksum_crc32(out, *made) && le32toh(trailer[1]) == (uint32_t)*made;
	return is_good ? LIBDEFLATE_SUCCESS : LIBDEFLATE_BAD_DATA;
}

/* One member, appended to out; *used grows by what it took. The room is guessed from the size at the end of the data,
 * which is right for a single member, and doubled while it is too small. */
static bool gunzip_member(struct job *job, struct libdeflate_decompressor *decompressor, size_t *used)
{
	struct buf *out = job->out;
	const char *at = job->data + *used;
	size_t left = job->length - *used, taken, made;
	uint32_t size_field;
	memcpy(&size_field, job->data + job->length - sizeof size_field, sizeof size_field);
	uint64_t room = le32toh(size_field), most = most_output(job) - out->length;
	if (room > left * UINT64_C(1032) || room < left)
		room = left * UINT64_C(4);
	for (;; room *= 2) {
		if (room > most)
			room = most;
		/* More than logs come to: the stream tells earlier whether it is a bomb. */
		if (room > DECOMPRESS_FREE_BYTES && room / 100 > left)
			return false;
		buf_reserve(out, (size_t)room + 1);
		enum libdeflate_result result =
			unpack(decompressor, at, left, out->data + out->length, (size_t)room, &taken, &made);
		if (result == LIBDEFLATE_SUCCESS) {
			out->length += made;
			*used += taken;
			return true;
		}
		if (result != LIBDEFLATE_INSUFFICIENT_SPACE || room == most)
			return false;
	}
}

/* All members at once; false, with nothing done, when anything is unusual. */
static bool gunzip_whole(struct job *job)
{
	size_t before = job->out->length, used = 0;
	if (job->length < 18 || job->length > WHOLE_MAX)
		return false;
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	bool is_good = decompressor != NULL;
	while (is_good && used < job->length)
		is_good = job->length - used >= 18 && gunzip_member(job, decompressor, &used);
	libdeflate_free_decompressor(decompressor);
	if (!is_good)
		job->out->length = before;
	return is_good;
}

static bool gunzip(struct job *job)
{
	z_stream stream = {0};
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		return fail(job, SKIP_CORRUPT, 0, "zlib cannot start");
	bool is_good = true;
	size_t used = 0;
	for (;;) {
		buf_reserve(job->out, STEP);
		size_t input = job->length - used < STEP ? job->length - used : STEP;
		stream.next_in = (Bytef *)(job->data + used);
		stream.avail_in = (uInt)input;
		stream.next_out = (Bytef *)(job->out->data + job->out->length);
		stream.avail_out = (uInt)STEP;
		int status = inflate(&stream, Z_NO_FLUSH);
		used += input - stream.avail_in;
		job->out->length += STEP - stream.avail_out;
		if (!(is_good = within_caps(job, used)))
			break;
		if (status == Z_STREAM_END) {
			/* Another member may follow; zeroes behind the last one are padding. */
			size_t next = used;
			while (next < job->length && job->data[next] == 0)
				next++;
			if (next == job->length)
				break;
			if (job->length - next < 2 || memcmp(job->data + next, "\x1f\x8b", 2) != 0) {
				is_good = fail(job, SKIP_CORRUPT, next, "bytes behind the end of the gzip stream");
				break;
			}
			used = next;
			inflateReset(&stream);
		} else if (status == Z_BUF_ERROR || (status == Z_OK && used == job->length && stream.avail_out)) {
			if (used == job->length) {
				is_good = fail(job, SKIP_TRUNCATED, used, "the gzip stream ends early");
				break;
			}
		} else if (status != Z_OK) {
			is_good = fail(job, SKIP_CORRUPT, used, stream.msg ? stream.msg : "damaged gzip stream");
			break;
		}
	}
	inflateEnd(&stream);
	return is_good;
}

static bool unzstd(struct job *job)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	if (!stream)
		return fail(job, SKIP_CORRUPT, 0, "libzstd cannot start");
	ZSTD_inBuffer input = {job->data, job->length, 0};
	bool is_good = true;
	size_t status = 1, step = ZSTD_DStreamOutSize();
	while (is_good) {
		/* A block at a time: what a failed call says it made is not to be trusted, and lost. */
		buf_reserve(job->out, step);
		ZSTD_outBuffer output = {job->out->data + job->out->length, step, 0};
		status = ZSTD_decompressStream(stream, &output, &input);
		if (!ZSTD_isError(status))
			job->out->length += output.pos;
		if (ZSTD_isError(status)) {
			is_good = fail(job, SKIP_CORRUPT, input.pos, ZSTD_getErrorName(status));
		} else if (!within_caps(job, input.pos)) {
			is_good = false;
		} else if (input.pos == input.size && output.pos < output.size) {
			if (status != 0)
				is_good = fail(job, SKIP_TRUNCATED, input.pos, "the zstd stream ends early");
			break;
		}
	}
	ZSTD_freeDStream(stream);
	return is_good;
}

bool decompress(const char *data, size_t length, enum compression compression, uint64_t limit, struct buf *out,
	enum skip_reason *why, uint64_t *at, const char **detail)
{
	struct job job = {data, length, limit, out, SKIP_CORRUPT, 0, NULL};
	bool is_good = compression == COMPRESSION_ZSTD ? unzstd(&job) : gunzip_whole(&job) || gunzip(&job);
	if (!is_good) {
		*why = job.why;
		*at = job.at;
		*detail = job.detail;
	}
	return is_good;
}
