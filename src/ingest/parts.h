/* parts: what the files of this room share. A file's bytes become pieces; a piece is read by the fast scanner where it
 * can, by the careful reader where it must; both deliver into a sink. */
#ifndef RARETRAIL_INGEST_PARTS_H
#define RARETRAIL_INGEST_PARTS_H

#include "raretrail/ingest.h"

/* Limits of one record; beyond them it goes to the ledger as too deep or too long. */
#define RECORD_MAX_DEPTH 256
#define RECORD_MAX_BYTES (UINT32_C(1) << 30)

/* Where a reader of bytes delivers what it found, in the order it stands in the input. */
struct sink {
	void *context;
	/* The event's slices live until the call returns. `file` is filled by the receiver. */
	void (*event)(void *context, struct event *event);
	/* A byte range that gave no event; offsets as in struct skip. `detail` may be NULL and is copied. */
	void (*skip)(void *context, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count,
		const char *detail);
};

/* The careful reader: any accepted shape, any damage, through jansson. One per worker; reuses its memory. */
struct careful;
struct careful *careful_new(enum input_format format, enum ecs_compat compat) MUST_USE;
void careful_free(struct careful *careful);
/* A whole (decompressed) file. offset is the position of data[0] in it, normally 0. Returns the name of the wrapping
 * it recognised (static text, for the sources screen). */
const char *careful_file(
	struct careful *careful, const char *data, size_t length, uint64_t offset, const struct sink *sink);
/* Does the beginning of a file tell that nothing of it can be read, whatever follows? */
bool careful_is_hopeless(struct careful *careful, const char *data, size_t length);

#endif
