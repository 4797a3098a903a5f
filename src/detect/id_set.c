/* id_set: a few string ids without repetition, in the order of their bytes, as VALUES() shows them here. */
#include "parts.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

static int compare_bytes(const void *a, const void *b, void *strings)
{
	return slice_compare(dict_get(strings, *(const uint32_t *)a), dict_get(strings, *(const uint32_t *)b));
}

struct id_set id_set_make(const struct dict *strings, uint32_t *ids, size_t count)
{
	if (count > 1)
		qsort(ids, count, sizeof *ids, compare_ids);
	size_t distinct = 0;
	for (size_t i = 0; i < count; i++)
		if (ids[i] != 0 && (distinct == 0 || ids[distinct - 1] != ids[i]))
			ids[distinct++] = ids[i];
	struct id_set set = {NULL, (uint32_t)distinct};
	if (distinct == 0)
		return set;
	qsort_r(ids, distinct, sizeof *ids, compare_bytes, (void *)(uintptr_t)strings);
	set.items = xreallocarray(NULL, distinct, sizeof *set.items);
	memcpy(set.items, ids, distinct * sizeof *set.items);
	return set;
}

struct id_set id_set_copy(const struct id_set *set)
{
	struct id_set copy = {NULL, set->count};
	if (set->count > 0) {
		copy.items = xreallocarray(NULL, set->count, sizeof *copy.items);
		memcpy(copy.items, set->items, set->count * sizeof *copy.items);
	}
	return copy;
}

void id_set_free(struct id_set *set)
{
	free(set->items);
	*set = (struct id_set){0};
}
