/* publish: a store on its way out of the builder: its order (publish.c), then its columns (columns.c). */
#ifndef RARETRAIL_STORE_PUBLISH_H
#define RARETRAIL_STORE_PUBLISH_H

#include "builder.h"

/* Columns are taken in two lanes at once. */
enum lane { LANE_ACTORS, LANE_REST, LANES };

struct publication {
	struct builder *builder;
	struct store_body *body;
	uint32_t *order; /* [row of the store] -> row of the builder */
	size_t count;
	bool in_place; /* order is the identity */
	bool is_last;
	bool keeps_rest; /* the store is to be gone on with */
	unsigned threads;
	struct block room[LANES]; /* memory that is free to be used again, or none */
};

/* Fills the columns and the identities of the store; its tables are there. */
void columns_take(struct publication *publication);

#endif
