/* tree: see tree.h. The recursion is as deep as an address has bits. */
#include "tree.h"

#include <stdlib.h>

#define V4_DEPTH 96
#define MAPPED_BASE ((address)0xffff << 32)

struct growth {
	struct tree *tree;
	const struct range *ranges;
	uint32_t v4_record; /* what ::/96 became, once it is known */
};

static uint32_t record_build(struct growth *growth, address base, unsigned depth, size_t first, size_t last)
{
	struct tree *tree = growth->tree;
	address mask = depth == 0 ? ~(address)0 : ((address)1 << (128 - depth)) - 1;
	if (first == last) {
		bool leads_to_v4 = depth <= V4_DEPTH && (MAPPED_BASE & ~mask) == base;
		if (!leads_to_v4 || growth->v4_record == RECORD_EMPTY)
			return RECORD_EMPTY;
		if (depth == V4_DEPTH)
			return growth->v4_record;
	} else if (depth > 0 && growth->ranges[first].start <= base && growth->ranges[first].end >= base + mask) {
		tree->networks++;
		return RECORD_DATA | growth->ranges[first].data;
	}
	address middle = base + (mask >> 1) + 1;
	size_t low = first, high = last; /* first range that starts at or behind the middle */
	while (low < high) {
		size_t probe = low + (high - low) / 2;
		if (growth->ranges[probe].start < middle)
			low = probe + 1;
		else
			high = probe;
	}
	bool straddles = low > first && growth->ranges[low - 1].end >= middle;
	tree->nodes = array_grow(tree->nodes, &tree->capacity, tree->count + 1, sizeof *tree->nodes);
	size_t node = tree->count++;
	uint32_t left = record_build(growth, base, depth + 1, first, low);
	uint32_t right = record_build(growth, middle, depth + 1, straddles ? low - 1 : low, last);
	tree->nodes[node][0] = left;
	tree->nodes[node][1] = right;
	if (depth == V4_DEPTH && base == 0)
		growth->v4_record = (uint32_t)node;
	return (uint32_t)node;
}

void tree_build(struct tree *tree, const struct ranges *disjoint)
{
	*tree = (struct tree){0};
	struct growth growth = {.tree = tree, .ranges = disjoint->items, .v4_record = RECORD_EMPTY};
	record_build(&growth, 0, 0, 0, disjoint->count);
}

void tree_free(struct tree *tree)
{
	free(tree->nodes);
	*tree = (struct tree){0};
}
