/* breakdown: a list of rows counted by the values of one field, with first and last time: what an analyst reads first
 * about the evidence of an alert. */
#include "parts.h"

#include <stdlib.h>

static int compare_values(const void *left, const void *right)
{
	const struct breakdown_row *a = left, *b = right;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static int compare_counts(const void *left, const void *right, void *context)
{
	const struct breakdown_row *a = left, *b = right;
	const struct store *store = context;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return slice_compare(store_string(store, a->value), store_string(store, b->value));
}

/* Rows are counted by entry of the field's dimension first, so that a list of a million rows costs one pass and the
 * sorting is over distinct values alone. */
struct entry_count {
	uint32_t count, first, last; /* rows */
};

struct breakdown rows_breakdown(const struct store *store, const struct row_list *rows, enum event_field field)
{
	enum event_dimension dimension = event_fields[field].dimension;
	const uint32_t *entry_of_row = store->entry[dimension];
	struct entry_count *counts = xcalloc(store->dimensions[dimension].count + (size_t)1, sizeof *counts);
	size_t capacity = 0, met = 0;
	uint32_t *entries = NULL;
	for (size_t i = 0; i < rows->count; i++) {
		uint32_t row = rows->rows[i], entry = entry_of_row[row];
		if (counts[entry].count++ == 0) {
			counts[entry].first = row;
			entries = array_grow(entries, &capacity, met + 1, sizeof *entries);
			entries[met++] = entry;
		}
		counts[entry].last = row;
	}
	struct breakdown out = {xreallocarray(NULL, met + 1, sizeof *out.items), 0};
	for (size_t i = 0; i < met; i++) {
		const struct entry_count *count = &counts[entries[i]];
		out.items[i] = (struct breakdown_row){store_entry_value(store, field, entries[i]), count->count,
			store->timestamp[count->first], store->timestamp[count->last]};
	}
	free(entries);
	free(counts);
	if (met > 1)
		qsort(out.items, met, sizeof *out.items, compare_values);
	for (size_t i = 0; i < met; i++) {
		struct breakdown_row *last = out.count > 0 ? &out.items[out.count - 1] : NULL;
		if (last && last->value == out.items[i].value) {
			last->count += out.items[i].count;
			last->last = out.items[i].last > last->last ? out.items[i].last : last->last;
		} else {
			out.items[out.count++] = out.items[i];
		}
	}
	if (out.count > 1)
		qsort_r(out.items, out.count, sizeof *out.items, compare_counts, (void *)(uintptr_t)store);
	return out;
}

void breakdown_free(struct breakdown *breakdown)
{
	free(breakdown->items);
	*breakdown = (struct breakdown){0};
}
