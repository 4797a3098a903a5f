/* content: one hash of a record's bytes, for both readers, by which a duplicate is told from a conflict. What it gives
 * depends on the machine and is never kept beyond a run. */
#ifndef RARETRAIL_INGEST_CONTENT_H
#define RARETRAIL_INGEST_CONTENT_H

#include <stddef.h>
#include <stdint.h>

/* Reads no byte but those of the text. */
uint64_t content_hash(const char *text, size_t length);

#endif
