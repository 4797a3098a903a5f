/* ranges: from ranges that may overlap (the later one wins) to disjoint ranges in order. */
#ifndef RARETRAIL_ENRICH_RANGES_H
#define RARETRAIL_ENRICH_RANGES_H

#include "raretrail/base.h"

__extension__ typedef unsigned __int128 address;

struct range {
	address start, end; /* inclusive */
	uint32_t data;
};
struct ranges {
	struct range *items;
	size_t count, capacity;
};
void ranges_add(struct ranges *ranges, address start, address end, uint32_t data);
void ranges_free(struct ranges *ranges);
/* Neighbours with the same data become one. Consumes nothing; *out is new. */
void ranges_flatten(const struct ranges *ranges, struct ranges *out);

#endif
