/* unwrap: what a JSON value is. CloudTrail reaches analysts inside many envelopes; this finds the records in one value
 * by its content, whatever the file was called. */
#ifndef RARETRAIL_INGEST_UNWRAP_H
#define RARETRAIL_INGEST_UNWRAP_H

#include <jansson.h>

#include "raretrail/ingest.h"

enum shape {
	SHAPE_CLOUDTRAIL, /* a raw record */
	SHAPE_ECS, /* a document that went through the pipeline */
	SHAPE_DIGEST, /* a digest file */
	SHAPE_INSIGHT /* an Insight event */
};

struct found {
	enum shape shape;
	const json_t *record;
	const json_t *around; /* the document a shipper put it in, or NULL */
	const char *wrapping; /* static: "eventbridge", "lookup-events"…; NULL for a bare record */
	struct slice text; /* the record as it stood inside a string; absent when it did not */
};

/* Calls `each` for every record in the value, in order; borrowed for the call. Returns how many there were. A value
 * that is none leaves a reason (SKIP_REASON_COUNT when nothing is lost by leaving it out) in `why` (may be NULL). `format` restricts what is accepted (INPUT_AUTO: anything). */
struct unwrap_reason {
	enum skip_reason reason;
	char text[160];
	uint64_t refused; /* values beside the records that are none */
};
size_t unwrap_value(const json_t *value, enum input_format format,
	void (*each)(void *context, const struct found *found), void *context, struct unwrap_reason *why);

/* The keys under which envelopes keep an array of records; NULL-terminated. */
extern const char *const unwrap_list_keys[];
bool unwrap_is_list_key(const char *key, size_t length);
/* Names that only envelopes use, and lists: text made of them alone is scaffolding, not a lost record. */
bool unwrap_is_envelope_key(const char *key, size_t length);
/* A key that stands at the top of CloudTrail records. */
bool unwrap_is_record_key(const char *key, size_t length);

/* ---- tables: a row of a CSV file or of a query result ---- */

/* Do these column names belong to an export of CloudTrail? The name of the export, or NULL. */
const char *table_recognise(const struct slice *names, size_t count);
/* The row as a raw record, or as an ECS document with dotted keys; the caller owns it. */
json_t *table_row(const struct slice *names, json_t *const *cells, size_t count) MUST_USE;
json_t *table_cell(struct slice cell) MUST_USE; /* the text of a cell */
/* The same for an object whose keys are columns. NULL with *export NULL when they belong to no export. */
json_t *table_object(const json_t *object, const char **export) MUST_USE;

#endif
