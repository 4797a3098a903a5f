/* digest: a q-digest kept as one sorted array. A node whose family (itself, its sibling, its parent) counts less than
 * total / 201 melts into the parent, so that frequent values stay exact and rare ones share a range. */
#include "digest.h"

#include "limit.h"

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

static void node_remove_at(struct digest *digest, size_t place)
{
	digest->count--;
	memmove(digest->nodes + place, digest->nodes + place + 1, (digest->count - place) * sizeof *digest->nodes);
}

static void node_insert_at(struct digest *digest, size_t place, struct digest_node node)
{
	digest->nodes = array_grow(digest->nodes, &digest->capacity, digest->count + 1, sizeof *digest->nodes);
	memmove(digest->nodes + place + 1, digest->nodes + place, (digest->count - place) * sizeof *digest->nodes);
	digest->nodes[place] = node;
	digest->count++;
}

/* Returns where the node is. */
static size_t node_add(struct digest *digest, uint32_t lo, uint32_t hi, uint64_t count)
{
	size_t place = node_place(digest, lo, hi);
	if (node_is(digest, place, lo, hi))
		digest->nodes[place].count += count;
	else
		node_insert_at(digest, place, (struct digest_node){lo, hi, count});
	return place;
}

/* A node with its sibling and its parent: the unit of merging. Where they are, or would stand. */
struct family {
	size_t place, sibling_place, parent_place;
	uint32_t sibling_hi, parent_lo, parent_hi;
	bool has_sibling, has_parent;
	uint64_t count;
};

/* Of the node at a place. The family stands close together: what lies between belongs to the right one of the two. */
static bool family_of(const struct digest *digest, size_t place, struct family *family)
{
	const struct digest_node *nodes = digest->nodes, *node = &nodes[place];
	uint32_t span = node->hi - node->lo + 1, sibling = node->lo ^ span, parent = node->lo & ~span;
	if (span == 0 || span >= digest->span)
		return false;
	*family = (struct family){.place = place,
		.sibling_hi = sibling + span - 1,
		.parent_lo = parent,
		.parent_hi = parent + 2 * span - 1,
		.count = node->count};
	size_t at = place;
	if (sibling < node->lo) {
		while (at > 0 && nodes[at - 1].hi >= node->lo)
			at--;
		family->has_sibling = at > 0 && node_is(digest, at - 1, sibling, family->sibling_hi);
		family->sibling_place = at - family->has_sibling;
		family->parent_place = place + 1;
	} else {
		at++;
		while (at < digest->count && (nodes[at].hi < family->sibling_hi ||
						     (nodes[at].hi == family->sibling_hi && nodes[at].lo > sibling)))
			at++;
		family->has_sibling = node_is(digest, at, sibling, family->sibling_hi);
		family->sibling_place = at;
		family->parent_place = at + family->has_sibling;
	}
	family->has_parent = node_is(digest, family->parent_place, parent, family->parent_hi);
	family->count += family->has_sibling ? nodes[family->sibling_place].count : 0;
	family->count += family->has_parent ? nodes[family->parent_place].count : 0;
	return true;
}

/* Both children melt into the parent; returns where that is then. */
static size_t family_merge(struct digest *digest, const struct family *family)
{
	size_t parent = family->parent_place;
	struct digest_node merged = {family->parent_lo, family->parent_hi, family->count};
	if (family->has_parent)
		digest->nodes[parent] = merged;
	else
		node_insert_at(digest, parent, merged);
	/* The parent stands behind its children. */
	size_t first = family->place, second = family->sibling_place;
	if (family->has_sibling && second > first) {
		node_remove_at(digest, second);
		parent--;
	}
	node_remove_at(digest, first);
	parent--;
	if (family->has_sibling && second < first) {
		node_remove_at(digest, second);
		parent--;
	}
	return parent;
}

/* Upward from a leaf only; a merge that took an inner node away may let its children merge at the next squeeze. */
static void squeeze_up(struct digest *digest, size_t place)
{
	struct family family;
	uint64_t threshold = merge_threshold(digest);
	while (family_of(digest, place, &family)) {
		if (family.count >= threshold) {
			if (family.count < digest->slack)
				digest->slack = family.count;
			return;
		}
		if (digest->nodes[place].lo != digest->nodes[place].hi)
			digest->slack = 0;
		place = family_merge(digest, &family);
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
		size_t place = node_place(digest, los[i], hi);
		if (!node_is(digest, place, los[i], hi))
			continue;
		if (!family_of(digest, place, &family) || family.count >= threshold)
			continue;
		(void)family_merge(digest, &family);
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
		if (family_of(digest, i, &family) && family.count < digest->slack)
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
	size_t place = node_add(digest, value, value, count);
	if (is_grown)
		digest->slack = 0;
	if (is_grown || merge_threshold(digest) > threshold) {
		struct family family;
		if (family_of(digest, place, &family) && family.count < digest->slack)
			digest->slack = family.count;
		squeeze(digest);
	} else {
		squeeze_up(digest, place);
	}
}

bool digest_age(struct digest *digest, double factor)
{
	bool is_changed = false;
	digest->total = 0;
	for (size_t i = 0; i < digest->count; i++) {
		struct digest_node *node = &digest->nodes[i];
		uint64_t aged = (uint64_t)floor(at_least(1, (double)node->count * factor + 0.5));
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

/* The bounds, given how many values the nodes hold that end, and that begin, above. */
static struct bounds share_of(const struct digest *digest, uint64_t ends_above, uint64_t begins_above)
{
	double total = digest->total ? (double)digest->total : 1;
	return (struct bounds){
		(double)(digest->total - ends_above) / total, (double)(digest->total - begins_above) / total};
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
	return share_of(digest, ends_above, begins_above);
}

/* Between the highest end below the value and the lowest above it of a node that no other lies around, the root aside:
 * the detector looks no deeper. */
struct bounds digest_density(const struct digest *digest, uint32_t value, struct bounds *cdf)
{
	size_t first = node_place(digest, value, value);
	uint32_t below = first > 0 ? digest->nodes[first - 1].hi : 0, above = UINT32_MAX;
	/* What ends and begins above the value, above `below` and above `above`; all that was seen, the root aside. */
	uint64_t ends_above = 0, begins_above = 0, ends_past = 0, begins_past = 0, ends_next = 0, begins_next = 0;
	uint64_t seen = 0, root = 0, outermost = UINT64_MAX;
	for (size_t i = digest->count; i > first; i--) {
		const struct digest_node *node = &digest->nodes[i - 1];
		ends_above += node->hi > value ? node->count : 0;
		begins_above += node->lo > value ? node->count : 0;
		ends_past += node->hi > below ? node->count : 0;
		begins_past += node->lo > below ? node->count : 0;
		if (node->lo == 0 && (uint64_t)node->hi + 1 == digest->span) {
			root = node->count;
			above = node->hi > value ? node->hi : above;
			continue;
		}
		if (node->hi < outermost) {
			outermost = node->lo;
			if (node->hi > value) {
				above = node->hi;
				ends_next = seen + ((uint64_t)above + 1 < digest->span ? root : 0);
				begins_next = seen;
			}
		}
		seen += node->count;
	}
	*cdf = share_of(digest, ends_above, begins_above);
	struct bounds at_above = share_of(digest, ends_next, begins_next);
	struct bounds at_below = share_of(digest, ends_past, begins_past);
	double distance = above > below ? (double)above - below : 1;
	return (struct bounds){at_least(0, at_above.low - at_below.high) / distance,
		at_least(0, at_above.high - at_below.low) / distance};
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
