/* tree: the binary search tree of an MMDB, built from disjoint ranges. */
#ifndef RARETRAIL_ENRICH_TREE_H
#define RARETRAIL_ENRICH_TREE_H

#include "ranges.h"

#define RECORD_EMPTY UINT32_MAX
#define RECORD_DATA 0x80000000u /* set: the rest is the data id; clear: a node number */

struct tree {
	uint32_t (*nodes)[2]; /* left, right; node 0 is the root, parents before children */
	size_t count, capacity;
	uint64_t networks; /* leaves with data */
};
/* IPv4 lies at ::/96; ::ffff:0:0/96 leads there too unless a range of its own says otherwise. */
void tree_build(struct tree *tree, const struct ranges *disjoint);
void tree_free(struct tree *tree);

#endif
