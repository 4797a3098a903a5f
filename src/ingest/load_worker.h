/* load_worker: what the files share that read a worker's pieces: its reader, its buffers, the beginning and the end of a
 * piece. */
#ifndef RARETRAIL_INGEST_LOAD_WORKER_H
#define RARETRAIL_INGEST_LOAD_WORKER_H

#include "load.h"

struct worker {
	struct load *load;
	struct reader *reader;
	struct buf stored, plain;
	/* of the range being read; the file stays open for the next one */
	const struct source *source; /* NULL: none is open */
	int file;
	uint64_t begin; /* where in the file `stored` begins; its first bytes need not be filled */
};

void worker_begin_piece(struct worker *worker, struct piece *piece);
void worker_end_piece(struct worker *worker, struct piece *piece);
void worker_take_file(struct worker *worker, struct piece *piece, uint32_t file, const char *wrapping);
/* Opens what a source's bytes lie in. A file that became shorter is an error. */
int worker_open(const struct load *load, const struct source *source, int *file, struct err *err) MUST_USE;
void worker_close(const struct source *source, int file);

/* A stream that ends badly at byte `at` of what came out of it. */
void worker_tell_bad_end(struct worker *worker, enum skip_reason why, uint64_t at, const char *detail);
/* Reads a source that is too large to hold, but not large enough to be a piece of its own; within its piece, as if it
 * had been held. `number` is the source's. Returns the name of its wrapping. */
const char *worker_read_stream(struct worker *worker, uint32_t number, int file);

/* What decompresses to more than this is read through a window. */
#define HOLD_BYTES DECOMPRESS_FREE_BYTES

#endif
