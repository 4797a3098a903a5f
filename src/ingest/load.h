/* load: the state of a load that its files share. One background thread lists the files; workers take pieces of them in
 * order; whoever completes the next piece in line merges it. Readers take copies under the lock. */
#ifndef RARETRAIL_INGEST_LOAD_H
#define RARETRAIL_INGEST_LOAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "fast.h"
#include "files.h"
#include "ledger.h"
#include "parts.h"

/* A part of the input that one worker reads at a time: some small files, one file, or a range of a large one. */
struct piece {
	uint64_t number; /* pieces are merged in this order */
	uint32_t first, end; /* files */
	bool is_range; /* of the one file: its lines that begin in [from, to) */
	bool is_stream; /* one file too large to hold: read and merged part by part, when its turn has come */
	uint64_t from, to;
	/* What became of it. */
	struct chunk *chunk;
	struct skip *skips;
	size_t skip_count;
	struct piece_file {
		const char *wrapping;
		uint64_t events;
		struct skip pruned;
	} * files; /* [file - first] */
	uint64_t began, stopped; /* range: where its first line begins, and how far it read */
	struct fast_state state; /* range */
};

struct load {
	struct load_options options;
	char **paths; /* what options.paths points to */
	size_t piece_size; /* bytes a worker takes at once */
	struct files files;
	atomic_bool is_listed; /* files are complete; from then on only wrapping and events change */
	struct ledger *ledger;
	pthread_t thread;
	bool has_thread;
	atomic_bool is_canceled;
	atomic_bool is_asked; /* a snapshot was taken since the last publication */

	pthread_mutex_t lock; /* guards what follows, and sources[].wrapping and .events */
	struct load_progress progress;
	struct store *snapshot;
	uint64_t generation;
	struct load_conflict *conflicts;
	size_t conflict_count, conflict_capacity;

	struct readback *readback;
	struct follow *follow; /* NULL until it is first asked for */
};

struct readback *readback_new(void) MUST_USE;
void readback_free(struct readback *readback);
void readback_forget(struct readback *readback, uint32_t file); /* it will be read anew */

void follow_free(struct follow *follow);
struct builder_options load_builder_options(struct load *load);

/* The builder's question for one address. */
void load_enrich(void *context, struct slice ip, struct slice fields[FIELD_COUNT]);

/* Reads every file and publishes the last snapshot; on the load's own thread. */
void load_run(struct load *load);
/* Replaces the snapshot. */
void load_publish(struct load *load, struct store *store, size_t memory);

/* ---- pieces: what is read next ---- */

struct plan {
	struct load *load;
	uint64_t number;
	uint32_t file;
	uint64_t from; /* in a file that is read in ranges */
	bool in_ranges;
	uint64_t bytes; /* in the pieces so far */
};
/* The next piece; false when there is none. `reader` looks at the beginning of large files. */
bool plan_next(struct plan *plan, struct reader *reader, struct piece *piece);

/* ---- work: the bytes of a piece through the reader ---- */

struct worker;
struct worker *worker_new(struct load *load) MUST_USE;
void worker_free(struct worker *worker);
struct reader *worker_reader(struct worker *worker);
void worker_read(struct worker *worker, struct piece *piece);
/* Reads a stream; each part is delivered as a range of its own. */
void worker_stream(struct worker *worker, const struct piece *piece, void (*deliver)(void *context, struct piece *part),
	void *context);
/* Reads a range again from where the one before it really stopped. */
void worker_reread(struct worker *worker, struct piece *piece, uint64_t from);
void piece_free(struct piece *piece);

/* ---- merge: pieces in order into the builder and the ledger ---- */

struct merger {
	struct load *load;
	struct builder *builder;
	uint32_t file; /* the first that was not merged whole */
	/* of that file, when it is put together from ranges */
	bool in_ranges;
	uint64_t stopped, events;
	struct skip pruned;
	struct fast_state state;
	int64_t published_us, publish_cost_us;
	uint64_t published_count;
	bool is_full; /* --max-mem reached */
	struct worker *rereader; /* with a lexicon of its own; NULL until needed */
};
void merger_init(struct merger *merger, struct load *load);
void merger_take(struct merger *merger, struct piece *piece);
/* Nothing more comes: publishes the last snapshot. True when not everything was read. */
bool merger_finish(struct merger *merger);

#endif
