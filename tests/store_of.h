/* store_of: a store of the events of one chunk, for tests that need a few events and no load. */
#ifndef STORE_OF_H
#define STORE_OF_H

#include "raretrail/store.h"

/* Takes the chunk. */
static inline struct store *store_of(struct chunk *chunk)
{
	struct builder *builder = builder_new(&(struct builder_options){0});
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

#endif
