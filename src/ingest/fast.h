/* fast: reads one text (the bytes of a file, or a range of its lines) as quickly as it lets itself be read: the scanner
 * where it can, the careful reader where it must. What comes out, and what is reported lost, is the careful reader's
 * reading; only the time differs. */
#ifndef RARETRAIL_INGEST_FAST_H
#define RARETRAIL_INGEST_FAST_H

#include "parts.h"
#include "scan.h"

/* What one worker reads with, and what it has read since the last reader_begin. */
struct reader {
	struct scanner *scanner;
	struct careful *careful;
	struct lexicon *lexicon;
	struct chunk *chunk;
	struct sink sink;
	bool is_fast; /* the format and the ECS class let the scanner help */
	enum input_format format;
	int64_t since, until; /* INT64_MIN, INT64_MAX: open */
	/* of the file being read */
	uint32_t file;
	bool is_expected;
	uint64_t events;
	struct skip pruned; /* outside since and until */
	/* not used, in the order of the input; neighbours of one reason are one entry already */
	struct skip *skips;
	size_t skip_count, skip_capacity;
};

struct reader *reader_new(const struct load_options *options) MUST_USE;
void reader_free(struct reader *reader);
/* A new chunk and no skips; what was there must have been taken. */
void reader_begin(struct reader *reader);
void reader_file(struct reader *reader, uint32_t file, bool is_expected);
void reader_skip(struct reader *reader, enum skip_reason reason, uint64_t offset, uint64_t length, const char *detail);
void reader_skips(struct reader *reader, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count,
	const char *detail);

/* A whole text; SCAN_PADDING zero bytes stand behind it. Returns the name of its wrapping (static). */
const char *fast_text(struct reader *reader, const char *data, size_t length);
/* Can the text, the beginning of a larger one, be read in ranges of lines? */
bool fast_is_lines(struct reader *reader, const char *data, size_t length);
/* Is it JSON or a table, so that a window onto it is enough to read it? */
bool fast_is_for_window(const struct reader *reader, const char *data, size_t length);
/* What a stream came to, so that the ranges of one file can be put together again. */
struct fast_state {
	uint64_t values, events;
	const char *container, *wrapping; /* static, NULL: none recognised */
	bool has_fault, is_cut, is_damage_reported;
	uint64_t fault_offset; /* of the first fault */
	const char *fault_text; /* static */
};
/* A range of such a text: whole lines, data[0] being byte `offset` of the file. SCAN_PADDING zero bytes stand behind it.
 * Where a value goes on behind the range, `more` is asked for text beyond it; it returns false at the end of the file
 * and may move the data. Returns how far it read: beyond the range when a value did. */
struct fast_range {
	const char *data;
	size_t length;
	uint64_t offset;
	bool (*more)(struct fast_range *range);
	void *context;
};
size_t fast_lines(struct reader *reader, struct fast_range *range, struct fast_state *state);
const char *fast_state_wrapping(const struct fast_state *state);
/* Puts the state of a later range to that of the earlier ones. */
void fast_state_join(struct fast_state *state, const struct fast_state *later);
/* The ledger entry of a fault around which nothing was lost; false when there is none to tell. */
#define FAST_DETAIL_SIZE 120
bool fast_state_fault(const struct fast_state *state, struct skip *skip, char detail[FAST_DETAIL_SIZE]);

/* A text of any length, read through a window: `read` appends more of it to the buffer (false: there is no more; it
 * sets `is_cut` where that is not the end of the text, so that what stands last need not be whole).
 * `deliver` may take over what the reader has (chunk, skips) with its state, and begins a new chunk then. What is read
 * behind the last delivery stays with the reader; its state is returned. */
struct fast_stream {
	bool (*read)(struct fast_stream *stream, struct buf *text);
	void (*deliver)(struct fast_stream *stream, const struct fast_state *state);
	void *context;
	size_t step; /* bytes by which the window slides on */
	bool is_cut;
};
struct fast_state fast_stream_read(struct reader *reader, struct fast_stream *stream);

/* ---- shared by fast.c and fast_stream.c ---- */

/* A place to come back to, when what followed must be read in another way. */
struct fast_mark {
	struct chunk_mark chunk;
	uint64_t events;
	size_t skip_count;
	struct skip last_skip, pruned;
};
struct fast_mark fast_mark(const struct reader *reader);
void fast_rewind(struct reader *reader, const struct fast_mark *mark);
/* The first byte that says what a text is, behind a byte order mark and space. */
const char *fast_first(const char *data, const char *end);
void fast_begin(struct reader *reader, const char *data, uint64_t offset);
enum scan_stop fast_scan(struct reader *reader, enum scan_mode mode);
/* `{"Records":[` or `[`. Returns the byte behind the bracket, or NULL: none, or not the format asked for. */
const char *fast_open_container(const struct reader *reader, const char *at, const char *end, bool *is_records);
/* The declined element of an array goes to the careful reader, if it is one JSON value. */
bool fast_take_element(struct reader *reader);
/* Lines from scanner->at on, up to the first that the scanner declines (false) or the end. */
bool fast_take_lines(struct reader *reader);
struct fast_state fast_state_of(const struct reader *reader);
void fast_state_restore(struct reader *reader, const struct fast_state *state, const char *data);

#endif
