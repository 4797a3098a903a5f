/* inflate: see inflate.h. zlib stops at every block of a gz, which is where a checkpoint can be taken: the position in
 * bits and the last 32 kB of output are all that decompression needs to go on from there. */
#include "inflate.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "files.h"

#define INPUT_SIZE ((size_t)1 << 18)
#define STEP ((size_t)1 << 20)
#define WINDOW_SIZE 32768
#define CHECKPOINT_EVERY (UINT64_C(16) << 20)

struct checkpoint {
	uint64_t made, used; /* output and input before it */
	int bits; /* of the byte before `used` that still belong to what follows */
	unsigned window_length;
	unsigned char *window;
};

struct checkpoints {
	struct checkpoint *items;
	size_t count, capacity;
};

struct inflate {
	int file;
	uint64_t base, size;
	enum compression compression;
	z_stream zlib;
	ZSTD_DStream *zstd;
	unsigned char *input;
	size_t input_length, input_at;
	uint64_t read; /* stored bytes taken into `input` */
	uint64_t made;
	bool is_raw; /* a deflate stream begun at a checkpoint, without a gzip header */
	bool is_ended, has_problem;
	enum skip_reason why;
	const char *detail;
	struct checkpoints *checkpoints;
};

void checkpoints_free(struct checkpoints *checkpoints)
{
	if (checkpoints == NULL)
		return;
	for (size_t i = 0; i < checkpoints->count; i++)
		free(checkpoints->items[i].window);
	free(checkpoints->items);
	free(checkpoints);
}

struct inflate *inflate_open(int file, uint64_t base, uint64_t size, enum compression compression)
{
	struct inflate *stream = xcalloc(1, sizeof(*stream));
	stream->file = file;
	stream->base = base;
	stream->size = size;
	stream->compression = compression;
	stream->input = xmalloc(INPUT_SIZE);
	stream->checkpoints = xcalloc(1, sizeof(*stream->checkpoints));
	if (compression == COMPRESSION_ZSTD) {
		stream->zstd = ZSTD_createDStream();
		if (stream->zstd == NULL)
			base_abort("out of memory (zstd)");
	} else if (compression == COMPRESSION_GZIP && inflateInit2(&stream->zlib, 15 + 16) != Z_OK) {
		base_abort("out of memory (zlib)");
	}
	return stream;
}

void inflate_close(struct inflate *stream, struct checkpoints **checkpoints)
{
	if (stream->compression == COMPRESSION_ZSTD)
		ZSTD_freeDStream(stream->zstd);
	else if (stream->compression == COMPRESSION_GZIP)
		inflateEnd(&stream->zlib);
	if (checkpoints != NULL)
		*checkpoints = stream->checkpoints;
	else
		checkpoints_free(stream->checkpoints);
	free(stream->input);
	free(stream);
}

uint64_t inflate_used(const struct inflate *stream)
{
	return stream->read - (stream->input_length - stream->input_at);
}

uint64_t inflate_made(const struct inflate *stream)
{
	return stream->made;
}

bool inflate_problem(const struct inflate *stream, enum skip_reason *why, const char **detail)
{
	if (stream->has_problem) {
		*why = stream->why;
		*detail = stream->detail;
	}
	return stream->has_problem;
}

static bool end_badly(struct inflate *stream, enum skip_reason why, const char *detail)
{
	stream->is_ended = stream->has_problem = true;
	stream->why = why;
	stream->detail = detail;
	return false;
}

/* Stored bytes that were there when the source was listed cannot be had. */
static bool break_off(struct inflate *stream, ssize_t got)
{
	return end_badly(stream, SKIP_UNREADABLE, got == 0 ? SOURCE_SHORTER : "cannot be read any further");
}

/* More input when there is none; false at the end of the source. */
static bool refill(struct inflate *stream)
{
	if (stream->input_at < stream->input_length)
		return true;
	uint64_t left = stream->size - stream->read;
	size_t want = left < INPUT_SIZE ? (size_t)left : INPUT_SIZE;
	ssize_t got = want > 0 ? pread(stream->file, stream->input, want, (off_t)(stream->base + stream->read)) : 0;
	if (got < 0 || (got == 0 && want > 0))
		return break_off(stream, got);
	stream->input_at = 0;
	stream->input_length = (size_t)got;
	stream->read += (uint64_t)got;
	return got > 0;
}

static bool within_ratio(struct inflate *stream)
{
	if (stream->made <= DECOMPRESS_FREE_BYTES || stream->made / DECOMPRESS_MAX_RATIO <= inflate_used(stream))
		return true;
	return end_badly(stream, SKIP_RATIO, "more than 500 times its size: a decompression bomb");
}

/* ---- gzip ---- */

/* Stops at the end of every block. */
static int step_block(z_stream *zlib)
{
	return inflate(zlib, Z_BLOCK);
}

/* At the end of a block, when the last checkpoint is far enough behind. */
static void take_checkpoint(struct inflate *stream)
{
	struct checkpoints *all = stream->checkpoints;
	uint64_t last = all->count > 0 ? all->items[all->count - 1].made : 0;
	bool is_block_end = (stream->zlib.data_type & 128) != 0 && (stream->zlib.data_type & 64) == 0;
	if (!is_block_end || stream->made < last + CHECKPOINT_EVERY)
		return;
	struct checkpoint checkpoint = {
		.made = stream->made,
		.used = inflate_used(stream),
		.bits = stream->zlib.data_type & 7,
		.window_length = WINDOW_SIZE,
		.window = xmalloc(WINDOW_SIZE),
	};
	inflateGetDictionary(&stream->zlib, checkpoint.window, &checkpoint.window_length);
	all->items = array_grow(all->items, &all->capacity, all->count + 1, sizeof(*all->items));
	all->items[all->count++] = checkpoint;
}

static bool take_byte(struct inflate *stream, unsigned char *byte)
{
	if (!refill(stream))
		return false;
	*byte = stream->input[stream->input_at++];
	return true;
}

/* Behind the end of a member: another member, padding, or the end. */
static bool next_member(struct inflate *stream)
{
	unsigned char byte;
	for (unsigned i = 0; stream->is_raw && i < 8; i++) /* the trailer that a raw stream leaves */
		if (!take_byte(stream, &byte))
			return false;
	stream->is_raw = false;
	do
		if (!take_byte(stream, &byte)) {
			stream->is_ended = true;
			return false;
		}
	while (byte == 0);
	stream->input_at--;
	if (byte != 0x1f)
		return end_badly(stream, SKIP_CORRUPT, "bytes behind the end of the gzip stream");
	inflateReset2(&stream->zlib, 15 + 16);
	return true;
}

static bool read_gzip(struct inflate *stream, struct buf *out, size_t step)
{
	z_stream *zlib = &stream->zlib;
	buf_reserve(out, step);
	size_t before = out->length;
	while (out->length - before < step) {
		if (!refill(stream)) {
			if (!stream->is_ended)
				end_badly(stream, SKIP_TRUNCATED, "the gzip stream ends early");
			break;
		}
		size_t room = step - (out->length - before);
		zlib->next_in = stream->input + stream->input_at;
		zlib->avail_in = (uInt)(stream->input_length - stream->input_at);
		zlib->next_out = (Bytef *)(out->data + out->length);
		zlib->avail_out = (uInt)room;
		int status = step_block(zlib);
		stream->input_at = stream->input_length - zlib->avail_in;
		out->length += room - zlib->avail_out;
		stream->made += room - zlib->avail_out;
		if (status == Z_STREAM_END) {
			if (!next_member(stream))
				break;
		} else if (status != Z_OK && status != Z_BUF_ERROR) {
			end_badly(stream, SKIP_CORRUPT, zlib->msg != NULL ? zlib->msg : "damaged gzip stream");
			break;
		} else {
			take_checkpoint(stream);
		}
	}
	return out->length > before;
}

/* ---- zstd ---- */

static bool read_zstd(struct inflate *stream, struct buf *out, size_t step)
{
	buf_reserve(out, step);
	size_t before = out->length;
	size_t status = 1;
	while (out->length - before < step) {
		if (!refill(stream)) {
			if (!stream->is_ended && stream->is_raw) /* inside a frame */
				end_badly(stream, SKIP_TRUNCATED, "the zstd stream ends early");
			stream->is_ended = true;
			break;
		}
		ZSTD_inBuffer input = {stream->input, stream->input_length, stream->input_at};
		size_t room = step - (out->length - before), block = ZSTD_DStreamOutSize();
		ZSTD_outBuffer output = {out->data + out->length, room < block ? room : block, 0};
		status = ZSTD_decompressStream(stream->zstd, &output, &input);
		stream->input_at = input.pos;
		if (ZSTD_isError(status)) { /* what the call says it made is not to be trusted */
			end_badly(stream, SKIP_CORRUPT, ZSTD_getErrorName(status));
			break;
		}
		out->length += output.pos;
		stream->made += output.pos;
		stream->is_raw = status != 0;
	}
	return out->length > before;
}

/* ---- not compressed at all ---- */

static bool read_stored(struct inflate *stream, struct buf *out, size_t step)
{
	buf_reserve(out, step);
	uint64_t left = stream->size - stream->read;
	ssize_t got = pread(stream->file, out->data + out->length, left < step ? (size_t)left : step,
		(off_t)(stream->base + stream->read));
	if (got < 0 || (got == 0 && left > 0))
		return break_off(stream, got);
	stream->is_ended = got == 0;
	out->length += (size_t)got;
	stream->read += (uint64_t)got;
	stream->made += (uint64_t)got;
	return got > 0;
}

bool inflate_read(struct inflate *stream, struct buf *out, size_t step)
{
	if (stream->is_ended)
		return false;
	if (stream->compression == COMPRESSION_NONE)
		return read_stored(stream, out, step);
	bool has_more =
		stream->compression == COMPRESSION_ZSTD ? read_zstd(stream, out, step) : read_gzip(stream, out, step);
	if (!stream->is_ended)
		(void)within_ratio(stream);
	return has_more;
}

/* ---- reading back ---- */

static const struct checkpoint *find_checkpoint(const struct checkpoints *checkpoints, uint64_t offset)
{
	const struct checkpoint *found = NULL;
	for (size_t i = 0; checkpoints != NULL && i < checkpoints->count && checkpoints->items[i].made <= offset; i++)
		found = &checkpoints->items[i];
	return found;
}

static bool begin_at(struct inflate *stream, const struct checkpoint *checkpoint)
{
	inflateReset2(&stream->zlib, -15);
	stream->is_raw = true;
	stream->made = checkpoint->made;
	stream->read = checkpoint->used - (checkpoint->bits > 0);
	unsigned char byte;
	if (checkpoint->bits > 0) {
		if (!take_byte(stream, &byte))
			return false;
		inflatePrime(&stream->zlib, checkpoint->bits, byte >> (8 - checkpoint->bits));
	}
	inflateSetDictionary(&stream->zlib, checkpoint->window, checkpoint->window_length);
	return true;
}

int inflate_extract(int file, uint64_t base, uint64_t size, enum compression compression,
	const struct checkpoints *checkpoints, uint64_t offset, size_t length, struct buf *out, struct err *err)
{
	struct inflate *stream = inflate_open(file, base, size, compression);
	const struct checkpoint *checkpoint =
		compression == COMPRESSION_GZIP ? find_checkpoint(checkpoints, offset) : NULL;
	bool is_good = checkpoint == NULL || begin_at(stream, checkpoint);
	struct buf text = BUF_EMPTY;
	uint64_t from = stream->made; /* of text.data[0] */
	while (is_good && from + text.length < offset + length) {
		if (offset > from + text.length) { /* all of it lies before */
			from += text.length;
			text.length = 0;
		}
		is_good = inflate_read(stream, &text, STEP);
	}
	inflate_close(stream, NULL);
	if (is_good)
		buf_add(out, text.data + (offset - from), length);
	buf_free(&text);
	return is_good ? 0 : err_set(err, ERR_IO, "the compressed stream cannot be read there again");
}
