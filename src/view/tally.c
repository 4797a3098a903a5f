/* Counting values: first per entry of the field's dimension, which costs one addition a row, then per value. */
#include "tally.h"

#include <stdlib.h>

struct sums {
	const struct store *store;
	struct tally_row *items;
	size_t count;
};

static struct sums sum_entries(
	const struct store *store, const uint8_t *failed, enum event_field field, const uint32_t *rows, size_t count)
{
	enum event_dimension dimension = event_fields[field].dimension;
	uint32_t entries = store->dimensions[dimension].count;
	const uint32_t *entry = store->entry[dimension], *call = store->entry[DIMENSION_CALL];
	struct tally_row *all = xcalloc(entries + 1, sizeof(*all));
	struct sums sums = {.store = store, .items = all};

	for (size_t i = 0; i < count; i++) {
		struct tally_row *sum = &all[entry[rows[i]]];

		if (sum->count++ == 0)
			sum->first = store->timestamp[rows[i]];
		sum->last = store->timestamp[rows[i]];
		sum->errors += failed[call[rows[i]]];
	}
	for (uint32_t e = 0; e < entries; e++) {
		if (all[e].count == 0)
			continue;
		all[e].value = store_entry_value(store, field, e);
		all[sums.count++] = all[e];
	}
	return sums;
}

static int by_value(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	return a->value < b->value ? -1 : a->value > b->value;
}

static int by_count(const void *left, const void *right, void *context)
{
	const struct tally_row *a = left, *b = right;
	const struct store *store = context;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return slice_compare(store_string(store, a->value), store_string(store, b->value));
}

struct tally tally_make(
	const struct store *store, const uint8_t *failed, enum event_field field, const uint32_t *rows, size_t count)
{
	struct sums sums = sum_entries(store, failed, field, rows, count);
	struct tally tally = {.field = field, .total = count};

	qsort(sums.items, sums.count, sizeof(*sums.items), by_value);
	for (size_t i = 0; i < sums.count; i++) {
		struct tally_row *to = tally.count ? &sums.items[tally.count - 1] : NULL, *from = &sums.items[i];

		if (to && to->value == from->value) {
			to->count += from->count;
			to->errors += from->errors;
			to->first = from->first < to->first ? from->first : to->first;
			to->last = from->last > to->last ? from->last : to->last;
		} else {
			sums.items[tally.count++] = *from;
		}
	}
	qsort_r(sums.items, tally.count, sizeof(*sums.items), by_count, (void *)(uintptr_t)store);
	tally.rows = xreallocarray(sums.items, tally.count + 1, sizeof(*sums.items));
	return tally;
}

void tally_free(struct tally *tally)
{
	free(tally->rows);
	*tally = (struct tally){0};
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

uint32_t *user_rows(
	const struct store *store, struct slice user, struct slice type, const uint64_t *keep, size_t *count)
{
	uint32_t name = dict_find(store->strings, user), wanted = dict_find(store->strings, type);
	uint32_t *rows = NULL;
	size_t capacity = 0, found = 0, groups = 0;

	for (uint32_t i = 0; i < store->identity_count; i++) {
		const struct identity *identity = &store->identities[i];

		if (!name || identity->user_name != name)
			continue;
		if (type.data && (type.length == 0 ? identity->type != 0 : identity->type != wanted))
			continue;
		groups++;
		rows = array_grow(rows, &capacity, found + identity->count, sizeof(*rows));
		for (uint32_t k = 0; k < identity->count; k++) {
			uint32_t row = store->identity_rows[identity->first + k];

			if (!keep || keep[row / 64] >> row % 64 & 1)
				rows[found++] = row;
		}
	}
	if (groups > 1)
		qsort(rows, found, sizeof(*rows), ascending);
	*count = found;
	return rows;
}
