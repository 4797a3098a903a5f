/* walk: from the bytes of a file to the extents of its records. Containers are walked in the text, element by element,
 * so that a file of any size needs the tree of one record at a time, and a damaged one gives up only what is damaged. */
#ifndef RARETRAIL_INGEST_WALK_H
#define RARETRAIL_INGEST_WALK_H

#include "json_text.h"
#include "parts.h"

struct careful {
	enum input_format format;
	enum ecs_compat compat;
	struct json_lexer lexer;
	struct arena arena;
	/* of the input being read */
	const struct sink *sink;
	const char *data;
	uint64_t offset; /* of data[0] */
	uint64_t events; /* delivered, Insights and digests too */
	const char *container, *wrapping; /* recognised; static */
	bool is_table; /* a CSV file: its rows are not named one by one */
	bool is_probe; /* looking only: nothing is delivered */
	size_t values; /* of the stream */
	bool is_prefixed; /* a time stands before the value on its line, as in exports of CloudWatch */
	/* damage met: the first fault, and whether any range has been reported for it */
	const char *fault_at;
	const char *fault_text;
	bool is_cut; /* the fault was the end of the text */
	bool is_damage_reported;
	const char *lost_text; /* what broke the range that is being lost */
	bool lost_is_cut, lost_is_deep;
	const char *ancestors[JSON_TEXT_MAX_DEPTH];
	/* of the leaf being read */
	const char *leaf;
	size_t leaf_length;
	const json_t *root;
};

/* A stream of JSON values, possibly damaged, possibly between other text. */
void walk_stream(struct careful *careful, const char *at, const char *end);
/* The same value by value, for a reader that takes some of them itself: a step returns where the next one goes on. */
void walk_begin(struct careful *careful);
const char *walk_step(struct careful *careful, const char *at, const char *end) MUST_USE;
void walk_finish(struct careful *careful);
/* One whole value; deepest is what the lexer found. Returns how many records it held. */
size_t walk_value(struct careful *careful, const char *at, const char *end, size_t deepest, int nesting, bool is_quiet);
/* The value at `at` broke (the lexer knows how): delivers the records that are whole, reports what is lost, returns
 * where the stream goes on. */
const char *walk_salvage(struct careful *careful, const char *at, const char *end) MUST_USE;
/* Reports the bytes between two good values, unless they are only scaffolding. */
void walk_lost(struct careful *careful, const char *at, const char *end);
void walk_note_fault(struct careful *careful, const char *at, const char *text, bool is_cut);
/* One extent that is one JSON value: delivers its records. Without records: a ledger entry, unless is_quiet. Returns
 * how many records there were. */
size_t careful_leaf(struct careful *careful, const char *at, const char *end, bool is_quiet);
/* The same for a value that stands for the extent (a row of a table). */
size_t careful_value(struct careful *careful, const json_t *value, const char *at, const char *end, bool is_quiet);
void careful_skip(struct careful *careful, enum skip_reason reason, const char *at, const char *end, uint64_t count,
	const char *detail);

/* A table in CSV. Is the text one whose first row names the columns of an export? */
bool csv_recognise(const char *data, const char *end);
void csv_walk(struct careful *careful, const char *data, const char *end);
/* The same row by row, careful->is_table being set, for a reader that holds a part of the text at a time: each takes what
 * stands at `at` and returns where to go on. NULL: unless the text `is_ended` there, more of it is needed to tell. */
struct csv_table;
struct csv_table *csv_table_new(void) MUST_USE;
void csv_table_free(struct csv_table *table);
const char *csv_take_header(
	struct careful *careful, struct csv_table *table, const char *at, const char *end, bool is_ended) MUST_USE;
const char *csv_take_row(
	struct careful *careful, struct csv_table *table, const char *at, const char *end, bool is_ended) MUST_USE;
/* The row at `at` as a record, with the header at the top of `data`; for reading back. NULL when it is none. */
json_t *csv_read_row(const char *data, const char *end, const char *at, const char *row_end) MUST_USE;

#endif
