/* rows: the builder's columns, growing. Large columns grow by remapping pages, so growth costs little. */
#include "store_parts.h"

#include <stdlib.h>

void rows_free(struct rows *rows)
{
	free(rows->timestamp);
	free(rows->ingested);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		free(rows->entry[i]);
	free(rows->file);
	free(rows->offset);
	free(rows->length);
	free(rows->id_high);
	free(rows->id_low);
	free(rows->content);
	*rows = (struct rows){0};
}

static void *resize(void *column, size_t capacity, size_t item_size)
{
	return xreallocarray(column, capacity, item_size);
}

void rows_reserve(struct rows *rows, size_t more)
{
	if (rows->capacity - rows->count >= more)
		return;
	size_t capacity = rows->capacity + rows->capacity / 2;
	if (capacity < rows->count + more)
		capacity = rows->count + more;
	rows->capacity = capacity;
	rows->timestamp = resize(rows->timestamp, capacity, sizeof(*rows->timestamp));
	if (rows->ingested != NULL)
		rows->ingested = resize(rows->ingested, capacity, sizeof(*rows->ingested));
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		rows->entry[i] = resize(rows->entry[i], capacity, sizeof(*rows->entry[i]));
	rows->file = resize(rows->file, capacity, sizeof(*rows->file));
	rows->offset = resize(rows->offset, capacity, sizeof(*rows->offset));
	rows->length = resize(rows->length, capacity, sizeof(*rows->length));
	rows->id_high = resize(rows->id_high, capacity, sizeof(*rows->id_high));
	rows->id_low = resize(rows->id_low, capacity, sizeof(*rows->id_low));
	rows->content = resize(rows->content, capacity, sizeof(*rows->content));
}

size_t rows_bytes(const struct rows *rows)
{
	size_t row = sizeof(*rows->timestamp) + DIMENSION_COUNT * sizeof(*rows->entry[0]) + sizeof(*rows->file) +
		     sizeof(*rows->offset) + sizeof(*rows->length) + sizeof(*rows->id_high) + sizeof(*rows->id_low) +
		     sizeof(*rows->content) + (rows->ingested != NULL ? sizeof(*rows->ingested) : 0);
	return rows->count * row;
}
