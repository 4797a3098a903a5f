/* load_work: a worker's side of a piece: reads the bytes, opens their compression, hands them to the reader. Buffers are
 * kept from piece to piece. */
#include "load_worker.h"

#include <endian.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inflate.h"
#include "scan.h"

/* Files from this size on are not copied as a whole. */
#define LARGE_FROM (UINT64_C(32) << 20)
/* What a text is, its beginning tells. */
#define LOOK_SIZE ((size_t)1 << 17)
/* Buffers beyond this are given back after use. */
#define KEEP_BYTES ((size_t)64 << 20)

struct worker *worker_new(struct load *load)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));
	worker->load = load;
	worker->reader = reader_new(&load->options);
	return worker;
}

static void leave_file(struct worker *worker)
{
	if (worker->source != NULL)
		worker_close(worker->source, worker->file);
	worker->source = NULL;
}

void worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	leave_file(worker);
	reader_free(worker->reader);
	buf_free(&worker->stored);
	buf_free(&worker->plain);
	free(worker);
}

struct reader *worker_reader(struct worker *worker)
{
	return worker->reader;
}

void piece_free(struct piece *piece)
{
	chunk_free(piece->chunk);
	ledger_free(piece->skips, piece->skip_count);
	free(piece->files);
	*piece = (struct piece){0};
}

/* ---- bytes ---- */

static int tell_shorter(const struct source *source, struct err *err)
{
	return err_set(err, ERR_IO, "%s: " SOURCE_SHORTER, source->name);
}

static int check_size(const struct source *source, int file, struct err *err)
{
	struct stat info;
	if (source->path == NULL)
		return 0;
	if (fstat(file, &info) != 0)
		return err_set_errno(err, "%s", source->name);
	return (uint64_t)info.st_size < source->size ? tell_shorter(source, err) : 0;
}

int worker_open(const struct load *load, const struct source *source, int *file, struct err *err)
{
	*file = source->path != NULL ? open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : load->files.spool;
	if (*file < 0)
		return err_set_errno(err, "%s", source->name);
	if (check_size(source, *file, err) == 0)
		return 0;
	worker_close(source, *file);
	return -1;
}

void worker_close(const struct source *source, int file)
{
	if (source->path != NULL)
		close(file);
}

static void pad(struct buf *buf)
{
	buf_reserve(buf, SCAN_PADDING);
	memset(buf->data + buf->length, 0, SCAN_PADDING);
}

#define PAGE ((size_t)4096)

/* Empties the buffer, but for as many bytes as make the source's byte `from` and its copy lie alike in their pages: the
 * system copies a sixth faster then, and at less than half of the speed where they lie almost alike. */
static void begin_bytes(const struct source *source, uint64_t from, size_t length, struct buf *out)
{
	out->length = 0;
	buf_reserve(out, length + PAGE + SCAN_PADDING);
	out->length = (size_t)(source->base + from - (uintptr_t)out->data) % PAGE;
}

/* Appends bytes [from, from + length) of the source, which must have had them when it was listed. */
static int append_bytes(
	int file, const struct source *source, uint64_t from, size_t length, struct buf *out, struct err *err)
{
	buf_reserve(out, length + SCAN_PADDING);
	if (files_read(file, source, from, length, out, err) != 0)
		return -1;
	pad(out);
	return 0;
}

/* ---- whole files ---- */

/* A gz says at its end how much comes out; not always the truth, but what it means when it is much is the window. */
static bool says_it_is_large(const char *data, size_t length)
{
	uint32_t size;
	memcpy(&size, data + length - sizeof(size), sizeof(size));
	return le32toh(size) > HOLD_BYTES && le32toh(size) / 1032 <= length;
}

/* NULL: it is too large to hold. */
static const char *read_packed(struct worker *worker, const char *data, size_t length, enum compression compression)
{
	if (compression == COMPRESSION_GZIP && length >= 18 && says_it_is_large(data, length))
		return NULL;
	enum skip_reason why;
	uint64_t at;
	const char *detail;
	uint64_t most = worker->load->options.max_memory;
	uint64_t limit = most > 0 && most < HOLD_BYTES ? most : HOLD_BYTES;
	worker->plain.length = 0;
	bool is_good = decompress(data, length, compression, limit, &worker->plain, &why, &at, &detail);
	const char *wrapping = compression == COMPRESSION_GZIP ? "gzip" : "zstd";
	if (worker->plain.length > HOLD_BYTES) {
		wrapping = NULL;
	} else {
		pad(&worker->plain);
		if (worker->plain.length > 0 || is_good)
			wrapping = fast_text(worker->reader, worker->plain.data, worker->plain.length);
		if (!is_good)
			worker_tell_bad_end(worker, why, worker->plain.length, detail);
	}
	if (worker->plain.capacity > KEEP_BYTES)
		buf_free(&worker->plain);
	return wrapping;
}

static const char *read_plain(struct worker *worker, uint32_t number, int file, const char *data, size_t length)
{
	enum compression compression = compression_recognise(data, length);
	if (compression == COMPRESSION_NONE)
		return fast_text(worker->reader, data, length);
	const char *wrapping = read_packed(worker, data, length, compression);
	return wrapping != NULL ? wrapping : worker_read_stream(worker, number, file);
}

/* JSON, tables and what is compressed through a window; other text must be seen as a whole, and is mapped: the careful
 * reader alone reads it, which minds no bytes that change under its eyes. NULL: it cannot be mapped. */
static const char *read_large(struct worker *worker, uint32_t number, int file)
{
	const struct source *source = &worker->load->files.sources[number];
	struct file_view view;
	if (files_map(file, source, &view, NULL) != 0)
		return NULL;
	(void)madvise(view.mapping, view.mapping_length, MADV_SEQUENTIAL); /* a wish */
	size_t look = view.length < LOOK_SIZE ? view.length : LOOK_SIZE;
	bool is_for_window = compression_recognise(view.data, look) != COMPRESSION_NONE ||
			     fast_is_for_window(worker->reader, view.data, look);
	const char *wrapping = is_for_window ? worker_read_stream(worker, number, file)
					     : fast_text(worker->reader, view.data, view.length);
	uint64_t at;
	const char *problem = is_for_window ? NULL : files_map_problem(file, source, &view, &at);
	if (problem != NULL)
		reader_skip(worker->reader, SKIP_UNREADABLE, at, source->size - at, problem);
	files_unmap(&view);
	return wrapping;
}

static const char *read_open(struct worker *worker, uint32_t number, int file)
{
	const struct source *source = &worker->load->files.sources[number];
	if (source->size >= LARGE_FROM) {
		const char *wrapping = read_large(worker, number, file);
		if (wrapping != NULL)
			return wrapping;
	}
	struct err err;
	struct buf *stored = &worker->stored;
	begin_bytes(source, 0, (size_t)source->size, stored);
	size_t first = stored->length;
	if (append_bytes(file, source, 0, (size_t)source->size, stored, &err) != 0) {
		reader_skip(worker->reader, SKIP_UNREADABLE, 0, source->size, err.text);
		return "cannot be read";
	}
	return read_plain(worker, number, file, stored->data + first, stored->length - first);
}

static const char *read_file(struct worker *worker, uint32_t number)
{
	const struct source *source = &worker->load->files.sources[number];
	struct err err;
	int file;
	if (worker_open(worker->load, source, &file, &err) != 0) {
		reader_skip(worker->reader, SKIP_UNREADABLE, 0, source->size, err.text);
		return "cannot be read";
	}
	const char *wrapping = read_open(worker, number, file);
	worker_close(source, file);
	return wrapping;
}

/* ---- ranges ---- */

/* Read behind a range at once: seldom is a line longer. */
#define MORE_STEP ((size_t)1 << 13)

/* How much of `wanted` the source still has behind byte `at`. */
static size_t left_of(const struct source *source, uint64_t at, size_t wanted)
{
	return source->size - at < wanted ? (size_t)(source->size - at) : wanted;
}

/* Cuts the text behind the line that ends at its byte `from`, or later; reads on until there is one. */
static int complete_line(struct worker *worker, size_t from, struct err *err)
{
	struct buf *text = &worker->stored;
	const struct source *source = worker->source;
	for (size_t at = from - 1;;) {
		const char *newline = memchr(text->data + at, '\n', text->length - at);
		if (newline != NULL) {
			text->length = (size_t)(newline + 1 - text->data);
			pad(text);
			return 0;
		}
		at = text->length;
		size_t more = left_of(source, worker->begin + at, MORE_STEP);
		if (more == 0)
			return 0;
		if (append_bytes(worker->file, source, worker->begin + at, more, text, err) != 0)
			return -1;
	}
}

static bool more_lines(struct fast_range *range)
{
	struct worker *worker = range->context;
	size_t before = worker->stored.length;
	size_t step = left_of(worker->source, worker->begin + before, before);
	struct err err;
	if (step == 0 ||
		append_bytes(worker->file, worker->source, worker->begin + before, step, &worker->stored, &err) != 0 ||
		complete_line(worker, worker->stored.length, &err) != 0)
		return false;
	range->length += worker->stored.length - before;
	range->data = worker->stored.data + (range->offset - worker->begin);
	return worker->stored.length > before;
}

/* The lines that begin in [from, to), or all from byte `from` on when `is_exact`: read with the byte before them, which
 * tells whether a line begins there. */
static int read_range(struct worker *worker, struct piece *piece, uint64_t from, bool is_exact, struct err *err)
{
	struct buf *text = &worker->stored;
	uint64_t begin = is_exact || from == 0 ? from : from - 1;
	size_t length = (size_t)(piece->to - begin) + left_of(worker->source, piece->to, MORE_STEP);
	begin_bytes(worker->source, begin, length, text);
	size_t first = text->length, end = first + (size_t)(piece->to - begin);
	worker->begin = begin - first;
	if (append_bytes(worker->file, worker->source, begin, length, text, err) != 0)
		return -1;
	if (!is_exact && from > 0) {
		const char *newline = memchr(text->data + first, '\n', end - first);
		first = newline != NULL ? (size_t)(newline + 1 - text->data) : end;
	}
	piece->began = piece->stopped = worker->begin + first;
	if (first == end)
		return 0; /* no line begins here */
	if (complete_line(worker, end, err) != 0)
		return -1;
	struct fast_range range = {text->data + first, text->length - first, piece->began, more_lines, worker};
	piece->stopped = piece->began + fast_lines(worker->reader, &range, &piece->state);
	return 0;
}

/* The next range is likely of the same file. */
static int enter_file(struct worker *worker, const struct source *source, struct err *err)
{
	if (worker->source == source)
		return 0;
	leave_file(worker);
	if (worker_open(worker->load, source, &worker->file, err) != 0)
		return -1;
	worker->source = source;
	return 0;
}

static void read_piece_range(struct worker *worker, struct piece *piece, uint64_t from, bool is_exact)
{
	struct err err;
	if (enter_file(worker, &worker->load->files.sources[piece->first], &err) != 0 ||
		read_range(worker, piece, from, is_exact, &err) != 0)
		reader_skip(worker->reader, SKIP_UNREADABLE, piece->from, piece->to - piece->from, err.text);
	if (worker->stored.capacity > KEEP_BYTES)
		buf_free(&worker->stored);
}

/* ---- pieces ---- */

void worker_begin_piece(struct worker *worker, struct piece *piece)
{
	reader_begin(worker->reader);
	piece->files = xcalloc(piece->end - piece->first, sizeof(*piece->files));
}

void worker_end_piece(struct worker *worker, struct piece *piece)
{
	struct reader *reader = worker->reader;
	chunk_seal(reader->chunk);
	piece->chunk = reader->chunk;
	reader->chunk = NULL;
	piece->skips = reader->skips;
	piece->skip_count = reader->skip_count;
	reader->skips = NULL;
	reader->skip_count = reader->skip_capacity = 0;
}

void worker_take_file(struct worker *worker, struct piece *piece, uint32_t file, const char *wrapping)
{
	piece->files[file - piece->first] =
		(struct piece_file){wrapping, worker->reader->events, worker->reader->pruned};
}

void worker_read(struct worker *worker, struct piece *piece)
{
	const struct source *sources = worker->load->files.sources;
	worker_begin_piece(worker, piece);
	if (piece->is_range) {
		reader_file(worker->reader, piece->first, sources[piece->first].is_expected);
		read_piece_range(worker, piece, piece->from, false);
		worker_take_file(worker, piece, piece->first, NULL);
	}
	for (uint32_t file = piece->first; !piece->is_range && file < piece->end; file++) {
		if (sources[file].wrapping != NULL)
			continue;
		reader_file(worker->reader, file, sources[file].is_expected);
		worker_take_file(worker, piece, file, read_file(worker, file));
	}
	worker_end_piece(worker, piece);
}

void worker_reread(struct worker *worker, struct piece *piece, uint64_t from)
{
	struct piece again = {.number = piece->number,
		.first = piece->first,
		.end = piece->end,
		.is_range = true,
		.from = piece->from,
		.to = piece->to,
		.began = from,
		.stopped = from};
	piece_free(piece);
	*piece = again;
	worker_begin_piece(worker, piece);
	reader_file(worker->reader, piece->first, worker->load->files.sources[piece->first].is_expected);
	if (from < piece->to)
		read_piece_range(worker, piece, from, true);
	worker_take_file(worker, piece, piece->first, NULL);
	worker_end_piece(worker, piece);
}
