/* digest: a q-digest kept as one sorted array. A node whose family (itself, its sibling, its parent) counts less than
 * total / 201 melts into the parent, so that frequent values stay exact and rare ones share a range. */
#include "digest.h"

#include <math.h>
#include <stdlib.h>

void digest_free(struct digest *digest)
{
	free(digest->nodes);
	*digest = (struct digest){0};
}

static uint64_t merge_threshold(const struct digest *digest)
{
	return digest->total / DIGEST_SIZE;
}

/* Where a range is, or where it would stand. */
static size_t node_place(const struct digest *digest, uint32_t lo, uint32_t hi)
{
	size_t first = 0, last = digest->count;
	while (first < last) {
		size_t middle = first + (last - first) / 2;
		const struct digest_node *node = &digest->nodes[middle];
		if (node->hi < hi || (node->hi == hi && node->lo > lo))
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

static bool node_is(const struct digest *digest, size_t place, uint32_t lo, uint32_t hi)
{
	return place < digest->count && digest->nodes[place].lo == lo && digest->nodes[place].hi == hi;
}

static uint64_t node_count(const struct digest *digest, uint32_t lo, uint32_t hi)
{
	size_t place = node_place(digest, lo, hi);
	return node_is(digest, place, lo, hi) ? digest->nodes[place].count : 0;
}

static void node_remove(struct digest *digest, uint32_t lo, uint32_t hi)
{
	size_t place = node_place(digest, lo, hi);
	if (!node_is(digest, place, lo, hi))
		return;
	digest->count--;
	memmove(digest->nodes + place, digest->nodes + place + 1, (digest->count - place) * sizeof *digest->nodes);
}

static void node_add(struct digest *digest, uint32_t lo, uint32_t hi, uint64_t count)
{
	size_t place = node_place(digest, lo, hi);
	if (node_is(digest, place, lo, hi)) {
		digest->nodes[place].count += count;
		return;
	}
	digest->nodes = array_grow(digest->nodes, &digest->capacity, digest->count + 1, sizeof *digest->nodes);
	memmove(digest->nodes + place + 1, digest->nodes + place, (digest->count - place) * sizeof *digest->nodes);
	digest->nodes[place] = (struct digest_node){lo, hi, count};
	digest->count++;
}

/* A node with its sibling and its parent: the unit of merging. */
struct family {
	uint32_t lo, hi, sibling_lo, sibling_hi, parent_lo, parent_hi;
	uint64_t count;
};

static bool family_of(const struct digest *digest, uint32_t lo, uint32_t hi, struct family *family)
{
	uint32_t span = hi - lo + 1;
	if (span == 0 || span >= digest->span)
		return false;
	uint32_t sibling = lo ^ span, parent = lo & ~span;
	*family = (struct family){lo, hi, sibling, sibling + span - 1, parent, parent + 2 * span - 1, 0};
	family->count = node_count(digest, lo, hi) + node_count(digest, family->sibling_lo, family->sibling_hi) +
			node_count(digest, family->parent_lo, family->parent_hi);
	return true;
}

static void family_merge(struct digest *digest, const struct family *family)
{
	uint64_t count = family->count - node_count(digest, family->parent_lo, family->parent_hi);
	node_remove(digest, family->lo, family->hi);
	node_remove(digest, family->sibling_lo, family->sibling_hi);
	node_add(digest, family->parent_lo, family->parent_hi, count);
}

/* Upward from a leaf only; a merge that took an inner node away may let its children merge at the next squeeze. */
static void squeeze_up(struct digest *digest, uint32_t lo, uint32_t hi)
{
	struct family family;
	uint64_t threshold = merge_threshold(digest);
	while (family_of(digest, lo, hi, &family)) {
		if (family.count >= threshold) {
			if (family.count < digest->slack)
				digest->slack = family.count;
			return;
		}
		if (lo != hi)
			digest->slack = 0;
		family_merge(digest, &family);
		lo = family.parent_lo;
		hi = family.parent_hi;
	}
}

static bool squeeze_level(struct digest *digest, uint64_t span, uint64_t threshold, uint32_t *los)
{
	size_t count = 0;
	for (size_t i = 0; i < digest->count; i++)
		if ((uint64_t)digest->nodes[i].hi - digest->nodes[i].lo + 1 == span)
			los[count++] = digest->nodes[i].lo;
	bool is_changed = false;
	for (size_t i = 0; i < count; i++) {
		uint32_t hi = los[i] + (uint32_t)(span - 1);
		struct family family;
		if (!node_is(digest, node_place(digest, los[i], hi), los[i], hi))
			continue;
		if (!family_of(digest, los[i], hi, &family) || family.count >= threshold)
			continue;
		family_merge(digest, &family);
		is_changed = true;
	}
	return is_changed;
}

/* To a fixed point: the narrowest nodes first, from the left. */
static void squeeze(struct digest *digest)
{
	uint64_t threshold = merge_threshold(digest);
	if (threshold <= digest->slack || digest->count == 0)
		return;
	uint32_t *los = xmalloc(digest->count * sizeof *los);
	bool is_changed = true;
	while (is_changed) {
		is_changed = false;
		for (uint64_t span = 1; span < digest->span; span *= 2)
			is_changed |= squeeze_level(digest, span, threshold, los);
	}
	free(los);
	digest->slack = UINT64_MAX;
	for (size_t i = 0; i < digest->count; i++) {
		struct family family;
		if (family_of(digest, digest->nodes[i].lo, digest->nodes[i].hi, &family) &&
			family.count < digest->slack)
			digest->slack = family.count;
	}
}

uint64_t digest_room(const struct digest *digest, uint32_t value)
{
	uint64_t room = DIGEST_SIZE - digest->total % DIGEST_SIZE;
	bool is_first = digest->count > 0 && digest->nodes[0].hi == value && digest->nodes[0].lo == value;
	uint64_t count = is_first ? digest->nodes[0].count : node_count(digest, value, value);
	return count > merge_threshold(digest) + 1 ? room : 1;
}

void digest_add(struct digest *digest, uint32_t value, uint64_t count)
{
	uint64_t threshold = merge_threshold(digest);
	bool is_grown = false;
	if (digest->span == 0)
		digest->span = 2;
	while (value >= digest->span) {
		digest->span *= 2;
		is_grown = true;
	}
	digest->total += count;
	node_add(digest, value, value, count);
	if (is_grown)
		digest->slack = 0;
	if (is_grown || merge_threshold(digest) > threshold) {
		struct family family;
		if (family_of(digest, value, value, &family) && family.count < digest->slack)
			digest->slack = family.count;
		squeeze(digest);
	} else {
		squeeze_up(digest, value, value);
	}
}

bool digest_age(struct digest *digest, double factor)
{
	bool is_changed = false;
	digest->total = 0;
	for (size_t i = 0; i < digest->count; i++) {
		struct digest_node *node = &digest->nodes[i];
		uint64_t aged = (uint64_t)floor(fmax((double)node->count * factor + 0.5, 1));
		is_changed |= aged != node->count;
		node->count = aged;
		digest->total += aged;
	}
	if (is_changed) {
		digest->slack = 0;
		squeeze(digest);
	}
	return is_changed;
}

/* From the highest node downward: scores that are asked for are high, and few lie above them. */
struct bounds digest_cdf(const struct digest *digest, uint32_t value)
{
	uint64_t ends_above = 0, begins_above = 0;
	for (size_t i = digest->count; i > 0 && digest->nodes[i - 1].hi > value; i--) {
		ends_above += digest->nodes[i - 1].count;
		if (digest->nodes[i - 1].lo > value)
			begins_above += digest->nodes[i - 1].count;
	}
	double total = digest->total ? (double)digest->total : 1;
	return (struct bounds){
		(double)(digest->total - ends_above) / total, (double)(digest->total - begins_above) / total};
}

struct bounds digest_density(const struct digest *digest, uint32_t value)
{
	uint32_t below = 0, above = UINT32_MAX;
	for (size_t i = digest->count; i > 0; i--) {
		const struct digest_node *node = &digest->nodes[i - 1];
		if (node->lo > value && node->lo < above)
			above = node->lo;
		if (node->hi > value && node->hi < above)
			above = node->hi;
		if (node->lo < value && node->lo > below)
			below = node->lo;
		if (node->hi < value) {
			if (node->hi > below)
				below = node->hi;
			break;
		}
	}
	struct bounds at_below = digest_cdf(digest, below), at_above = digest_cdf(digest, above);
	double distance = above > below ? (double)above - below : 1;
	return (struct bounds){
		fmax(at_above.low - at_below.high, 0) / distance, fmax(at_above.high - at_below.low, 0) / distance};
}

uint32_t digest_quantile(const struct digest *digest, double order)
{
	uint64_t target = (uint64_t)floor(order * (double)digest->total + 0.5), sum = 0;
	for (size_t i = 0; i < digest->count; i++) {
		sum += digest->nodes[i].count;
		if (sum >= target)
			return digest->nodes[i].hi;
	}
	return digest->count ? digest->nodes[digest->count - 1].hi : 0;
}
