/* dedupe: the same event met twice. The sieve names the few rows whose id may have been met before; those and the rows
 * with their ids are compared, exactly, by id and content. */
#include "store_parts.h"

#include <stdlib.h>

#define BITS_PER_REPEAT 256

struct candidates {
	struct keyed *items; /* id high, id low, row */
	size_t count;
};

/* Rows with the id of a repetition, and few others: a bit for each id that is repeated, and a look at every row. */
static struct candidates find_candidates(const struct rows *rows, const struct sieve *sieve)
{
	if (sieve->repeat_count == 0)
		return (struct candidates){NULL, 0};
	size_t bits = 1024;
	while (bits < sieve->repeat_count * BITS_PER_REPEAT && bits < rows->count * 8)
		bits *= 2;
	uint64_t *table = xcalloc(bits / 64, sizeof(*table));
	for (size_t i = 0; i < sieve->repeat_count; i++) {
		size_t bit = (size_t)row_id_hash(rows, sieve->repeats[i]) & (bits - 1);
		table[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	uint32_t *met_again = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < rows->count; i++) {
		size_t bit = (size_t)row_id_hash(rows, i) & (bits - 1);
		if ((table[bit / 64] >> bit % 64 & 1) == 0 || !row_has_id(rows, i))
			continue;
		met_again = array_grow(met_again, &capacity, count + 1, sizeof(*met_again));
		met_again[count++] = (uint32_t)i;
	}
	free(table); /* before the keys are spread out: memory peaks here */
	struct candidates found = {xreallocarray(NULL, count, sizeof(*found.items)), count};
	for (size_t i = 0; i < count; i++)
		found.items[i] = (struct keyed){rows->id_high[met_again[i]], rows->id_low[met_again[i]], met_again[i]};
	free(met_again);
	return found;
}

static int compare_rows(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

struct dedupe_result dedupe_rows(const struct rows *rows, const struct sieve *sieve, uint64_t *keep,
	void (*conflict)(void *context, uint32_t row), void *context)
{
	struct dedupe_result result = {0};
	struct candidates found = find_candidates(rows, sieve);
	keyed_sort(found.items, found.count);
	uint32_t *conflicts = NULL;
	size_t capacity = 0, count = 0;
	for (size_t first = 0, end; first < found.count; first = end) {
		end = first + 1;
		while (end < found.count && found.items[end].first == found.items[first].first &&
			found.items[end].second == found.items[first].second)
			end++;
		if (end - first == 1)
			continue;
		/* One id: in the order of content, then row. The first row of each content stays. */
		uint32_t original = found.items[first].row;
		for (size_t i = first; i < end; i++)
			found.items[i] = (struct keyed){rows->content[found.items[i].row], 0, found.items[i].row};
		keyed_sort(found.items + first, end - first);
		for (size_t i = first; i < end; i++) {
			uint32_t row = found.items[i].row;
			if (i > first && found.items[i].first == found.items[i - 1].first) {
				keep[row / 64] &= ~(UINT64_C(1) << row % 64);
				result.duplicates++;
			} else if (row != original) {
				conflicts = array_grow(conflicts, &capacity, count + 1, sizeof(*conflicts));
				conflicts[count++] = row;
			}
		}
	}
	result.conflicts = count;
	if (count > 0)
		qsort(conflicts, count, sizeof(*conflicts), compare_rows);
	for (size_t i = 0; conflict != NULL && i < count; i++)
		conflict(context, conflicts[i]);
	free(conflicts);
	free(found.items);
	return result;
}
