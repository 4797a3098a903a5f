/* builder: the merged rows and tables, shared by merging (builder.c) and publishing (publish.c). */
#ifndef RARETRAIL_STORE_BUILDER_H
#define RARETRAIL_STORE_BUILDER_H

#include "store_parts.h"

struct builder {
	struct builder_options options;
	struct dict *strings;
	struct dict *odd_ids; /* ids that are no UUIDs; not part of a store */
	struct tuples tuples[DIMENSION_COUNT];
	struct rows rows; /* in file order */
	struct sieve sieve; /* of these rows */
	/* What the enrichment hook said: entries over the columns of a source, by string id of the address. */
	struct tuples answers;
	uint32_t *answer_of; /* REMAP_OPEN: not asked */
	size_t answer_capacity;
	/* The files of duplicates that the store gone on with had left out. */
	uint32_t *dropped;
	size_t dropped_count;
};
void builder_reset(struct builder *builder); /* empty tables */
void builder_clear(struct builder *builder); /* frees everything but the builder */
struct dict *builder_copy_strings(const struct dict *strings) MUST_USE; /* the same texts under the same ids */

#endif
