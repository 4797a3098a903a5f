/* dedupe: the same event met twice. One pass over a small table of bits names the few rows whose id may have been met
 * before; only those are compared, exactly, by id and content. */
#include "store_parts.h"

#include <stdlib.h>

#define CELLS_PER_ROW 8
#define LOOK_AHEAD 24

struct candidates {
	struct keyed *items; /* id high, id low, row */
	size_t count;
};

static uint64_t id_hash(const struct rows *rows, size_t row)
{
	uint64_t hash = (rows->id_high[row] ^ (rows->id_low[row] << 32 | rows->id_low[row] >> 32));
	hash *= UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 32);
}

static bool has_id(const struct rows *rows, size_t row)
{
	return rows->id_high[row] != ODD_ID || rows->id_low[row] != 0;
}

/* Rows that share a cell with another one. A cell is two bits: met, met again. */
static struct candidates find_candidates(const struct rows *rows)
{
	size_t cells = 1024;
	while (cells < rows->count * CELLS_PER_ROW)
		cells *= 2;
	size_t table_bytes = cells / 32 * sizeof(uint64_t);
	uint64_t *table = pages_alloc(table_bytes);
	memset(table, 0, table_bytes);
	for (size_t i = 0; i < rows->count; i++) {
		if (i + LOOK_AHEAD < rows->count)
			__builtin_prefetch(&table[(id_hash(rows, i + LOOK_AHEAD) & (cells - 1)) / 32], 1);
		size_t cell = (size_t)id_hash(rows, i) & (cells - 1);
		uint64_t met = UINT64_C(1) << (cell % 32 * 2);
		table[cell / 32] |= table[cell / 32] & met ? met << 1 : met;
	}
	uint32_t *met_again = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < rows->count; i++) {
		if (i + LOOK_AHEAD < rows->count)
			__builtin_prefetch(&table[(id_hash(rows, i + LOOK_AHEAD) & (cells - 1)) / 32]);
		size_t cell = (size_t)id_hash(rows, i) & (cells - 1);
		if ((table[cell / 32] >> (cell % 32 * 2) & 2) == 0 || !has_id(rows, i))
			continue;
		met_again = array_grow(met_again, &capacity, count + 1, sizeof(*met_again));
		met_again[count++] = (uint32_t)i;
	}
	pages_free(table, table_bytes); /* before the keys are spread out: memory peaks here */
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

struct dedupe_result dedupe_rows(
	const struct rows *rows, uint64_t *keep, void (*conflict)(void *context, uint32_t row), void *context)
{
	struct dedupe_result result = {0};
	struct candidates found = find_candidates(rows);
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
