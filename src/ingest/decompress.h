/* decompress: a whole gz or zst source into memory, recognised by its first bytes; with caps, and keeping what came out
 * before a damaged place. */
#ifndef RARETRAIL_INGEST_DECOMPRESS_H
#define RARETRAIL_INGEST_DECOMPRESS_H

#include "raretrail/ingest.h"

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };
enum compression compression_recognise(const char *data, size_t length);

/* Appends to out at most `limit` bytes (0: only the ratio cap). Returns true when all went well; else what is there
 * stays in out, *why says what happened at byte *at of the input, and detail (static) what exactly. */
bool decompress(const char *data, size_t length, enum compression compression, uint64_t limit, struct buf *out,
	enum skip_reason *why, uint64_t *at, const char **detail) MUST_USE;

/* JSON logs compress 10 to 100 times. What exceeds this ratio, and a size that matters, is a bomb. */
#define DECOMPRESS_MAX_RATIO 500
#define DECOMPRESS_FREE_BYTES (UINT64_C(256) << 20)

#endif
