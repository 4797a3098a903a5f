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

struct breakdown rows_breakdown(const struct store *store, const struct row_list *rows, enum event_field field)
{
	struct breakdown out = {xreallocarray(NULL, rows->count + 1, sizeof *out.items), 0};
	for (size_t i = 0; i < rows->count; i++) {
		int64_t timestamp = store->timestamp[rows->rows[i]];
		out.items[i] =
			(struct breakdown_row){store_value(store, field, rows->rows[i]), 1, timestamp, timestamp};
	}
	if (rows->count > 1)
		qsort(out.items, rows->count, sizeof *out.items, compare_values);
	for (size_t i = 0; i < rows->count; i++) {
		struct breakdown_row *last = out.count > 0 ? &out.items[out.count - 1] : NULL;
		if (last && last->value == out.items[i].value) {
			last->count++;
			last->last = out.items[i].last;
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

struct row_list rows_with(
	const struct store *store, const struct row_list *rows, enum event_field field, uint32_t value)
{
	struct row_list out = {xreallocarray(NULL, rows->count + 1, sizeof *out.rows), 0};
	for (size_t i = 0; i < rows->count; i++)
		if (store_value(store, field, rows->rows[i]) == value)
			out.rows[out.count++] = rows->rows[i];
	return out;
}
