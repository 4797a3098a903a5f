/* ranges: a sweep over the starts with a heap of the ranges that are open, the latest on top: O(n log n). */
#include "ranges.h"

#include <stdlib.h>

struct opening {
	address start;
	uint32_t index; /* in the input: its rank */
};

struct heap {
	uint32_t *items;
	size_t count, capacity;
};

void ranges_add(struct ranges *ranges, address start, address end, uint32_t data)
{
	ranges->items = array_grow(ranges->items, &ranges->capacity, ranges->count + 1, sizeof *ranges->items);
	ranges->items[ranges->count++] = (struct range){start, end, data};
}

void ranges_free(struct ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct ranges){0};
}

static void heap_push(struct heap *heap, uint32_t item)
{
	heap->items = array_grow(heap->items, &heap->capacity, heap->count + 1, sizeof *heap->items);
	size_t at = heap->count++;
	for (; at > 0 && heap->items[(at - 1) / 2] < item; at = (at - 1) / 2)
		heap->items[at] = heap->items[(at - 1) / 2];
	heap->items[at] = item;
}

static void heap_pop(struct heap *heap)
{
	uint32_t item = heap->items[--heap->count];
	size_t at = 0;
	for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
		child += child + 1 < heap->count && heap->items[child + 1] > heap->items[child];
		if (heap->items[child] <= item)
			break;
		heap->items[at] = heap->items[child];
	}
	heap->items[at] = item;
}

static int opening_compare(const void *a, const void *b)
{
	const struct opening *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void emit(struct ranges *out, address start, address end, uint32_t data)
{
	struct range *last = out->count ? &out->items[out->count - 1] : NULL;
	if (last && last->data == data && last->end + 1 == start)
		last->end = end;
	else
		ranges_add(out, start, end, data);
}

void ranges_flatten(const struct ranges *ranges, struct ranges *out)
{
	struct opening *openings = xmalloc((ranges->count ? ranges->count : 1) * sizeof *openings);
	struct heap open = {0};
	size_t next = 0;
	*out = (struct ranges){0};
	for (size_t i = 0; i < ranges->count; i++)
		openings[i] = (struct opening){ranges->items[i].start, (uint32_t)i};
	qsort(openings, ranges->count, sizeof *openings, opening_compare);
	for (address at = 0; next < ranges->count || open.count;) {
		if (!open.count)
			at = openings[next].start;
		for (; next < ranges->count && openings[next].start <= at; next++)
			heap_push(&open, openings[next].index);
		while (open.count && ranges->items[open.items[0]].end < at)
			heap_pop(&open);
		if (!open.count)
			continue;
		const struct range *top = &ranges->items[open.items[0]];
		address end = top->end;
		if (next < ranges->count && openings[next].start <= end)
			end = openings[next].start - 1;
		emit(out, at, end, top->data);
		if (end == ~(address)0)
			break;
		at = end + 1;
	}
	free(open.items);
	free(openings);
}
