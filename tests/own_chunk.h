/* own_chunk: a chunk with a lexicon of its own, for tests that fill one and no more. */
#ifndef OWN_CHUNK_H
#define OWN_CHUNK_H

#include "raretrail/store.h"

static inline struct chunk *own_chunk(void)
{
	struct lexicon *lexicon = lexicon_new();
	struct chunk *chunk = chunk_new(lexicon);
	lexicon_free(lexicon); /* the chunk alone keeps it */
	return chunk;
}

#endif
