/* ahead: a stream decompressed by a thread of its own, a few blocks before they are asked for, so that decompressing and
 * reading go on side by side. Memory is bounded by the blocks. */
#ifndef RARETRAIL_INGEST_AHEAD_H
#define RARETRAIL_INGEST_AHEAD_H

#include "inflate.h"

struct ahead;
/* Reads the stream (borrowed; the caller leaves it alone until ahead_free) in blocks of `block` bytes. Without a thread
 * (`is_threaded` false, or none to be had) blocks are made when they are asked for. */
struct ahead *ahead_new(struct inflate *stream, size_t block, bool is_threaded) MUST_USE;
/* Ends the thread, also in the middle of the stream. */
void ahead_free(struct ahead *ahead);
/* Appends the next block. False when there is no more, or it was stopped. */
bool ahead_read(struct ahead *ahead, struct buf *out) MUST_USE;
uint64_t ahead_used(const struct ahead *ahead); /* stored bytes behind the blocks read so far */

#endif
