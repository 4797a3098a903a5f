/* keyed_sort: a stable order over (first, second, row) for pieces that fit a cache: insertion for a handful, merging
 * for the rest. Input that is already in order, the usual case, costs one look at each item. */
#include "store_parts.h"

#include <stdlib.h>

#define HANDFUL 24

static bool is_before(const struct keyed *a, const struct keyed *b)
{
	if (a->first != b->first)
		return a->first < b->first;
	return a->second != b->second ? a->second < b->second : a->row < b->row;
}

static void insertion_sort(struct keyed *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct keyed item = items[i];
		size_t at = i;
		for (; at > 0 && is_before(&item, &items[at - 1]); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

static void merge(const struct keyed *left, const struct keyed *middle, const struct keyed *end, struct keyed *out)
{
	const struct keyed *right = middle;
	while (left < middle && right < end)
		*out++ = is_before(right, left) ? *right++ : *left++;
	memcpy(out, left, (size_t)(middle - left) * sizeof(*out));
	out += middle - left;
	memcpy(out, right, (size_t)(end - right) * sizeof(*out));
}

void keyed_sort(struct keyed *items, size_t count)
{
	size_t sorted = 1;
	while (sorted < count && !is_before(&items[sorted], &items[sorted - 1]))
		sorted++;
	if (sorted >= count)
		return;
	for (size_t i = 0; i < count; i += HANDFUL)
		insertion_sort(items + i, count - i < HANDFUL ? count - i : HANDFUL);
	if (count <= HANDFUL)
		return;
	struct keyed *spare = xreallocarray(NULL, count, sizeof(*spare));
	struct keyed *from = items, *to = spare;
	for (size_t width = HANDFUL; width < count; width *= 2) {
		for (size_t i = 0; i < count; i += 2 * width) {
			size_t middle = i + width < count ? i + width : count;
			size_t end = middle + width < count ? middle + width : count;
			merge(from + i, from + middle, from + end, to + i);
		}
		struct keyed *swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
	free(spare);
}
