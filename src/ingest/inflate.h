/* inflate: a gz, zst or plain source read from front to back in bounded memory, for files too large to hold. On the way
 * through a gz it takes checkpoints, from which a record far inside is read back without starting over. */
#ifndef RARETRAIL_INGEST_INFLATE_H
#define RARETRAIL_INGEST_INFLATE_H

#include "decompress.h"

struct checkpoints; /* immutable once the stream has ended */
void checkpoints_free(struct checkpoints *checkpoints);

struct inflate;
/* Reads the stored bytes [base, base + size) of an open file, which stays the caller's. With `checkpoints` non-NULL,
 * the places taken are left there at the end (NULL for zst: a zst has no place to begin but its start). */
struct inflate *inflate_open(int file, uint64_t base, uint64_t size, enum compression compression) MUST_USE;
void inflate_close(struct inflate *stream, struct checkpoints **checkpoints);
/* Appends at most `step` bytes to out. False when there is no more; then inflate_problem says whether that is the end. */
bool inflate_read(struct inflate *stream, struct buf *out, size_t step) MUST_USE;
uint64_t inflate_used(const struct inflate *stream); /* stored bytes so far */
uint64_t inflate_made(const struct inflate *stream); /* bytes that came out */
/* True when the stream did not end well. */
bool inflate_problem(const struct inflate *stream, enum skip_reason *why, const char **detail);

/* Appends decompressed bytes [offset, offset + length), from the checkpoint before them (or the start). */
int inflate_extract(int file, uint64_t base, uint64_t size, enum compression compression,
	const struct checkpoints *checkpoints, uint64_t offset, size_t length, struct buf *out,
	struct err *err) MUST_USE;

#endif
