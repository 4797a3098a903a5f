/* load: the state of a load that its files share. The loading thread fills it; the readers take copies under the lock. */
#ifndef RARETRAIL_INGEST_LOAD_H
#define RARETRAIL_INGEST_LOAD_H

#include <pthread.h>

#include "files.h"
#include "ledger.h"
#include "parts.h"

struct load {
	struct load_options options; /* paths are not kept */
	struct files files; /* complete before the thread starts, then only wrapping and events change */
	struct ledger *ledger;
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock; /* guards what follows, and sources[].wrapping and .events */
	struct load_progress progress;
	struct store *snapshot;
	uint64_t generation;
	bool is_canceled;

	struct readback *readback;
};

struct readback *readback_new(void) MUST_USE;
void readback_free(struct readback *readback);

/* The builder's question for one address. */
void load_enrich(void *context, struct slice ip, struct slice fields[FIELD_COUNT]);

#endif
