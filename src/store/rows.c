/* rows: the builder's columns, growing together. */
#include "store_parts.h"

void rows_free(struct rows *rows)
{
	size_t words = rows->capacity * sizeof(uint64_t), halves = rows->capacity * sizeof(uint32_t);
	pages_free(rows->timestamp, words);
	pages_free(rows->ingested, words);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		pages_free(rows->entry[i], halves);
	pages_free(rows->file, halves);
	pages_free(rows->offset, words);
	pages_free(rows->length, halves);
	pages_free(rows->id_high, words);
	pages_free(rows->id_low, words);
	pages_free(rows->content, words);
	*rows = (struct rows){0};
}

void rows_reserve(struct rows *rows, size_t more)
{
	if (rows->capacity - rows->count >= more)
		return;
	size_t capacity = rows->capacity + rows->capacity / 2;
	if (capacity < rows->count + more)
		capacity = rows->count + more;
	size_t old_words = rows->capacity * sizeof(uint64_t), words = capacity * sizeof(uint64_t);
	size_t old_halves = rows->capacity * sizeof(uint32_t), halves = capacity * sizeof(uint32_t);
	rows->capacity = capacity;
	rows->timestamp = pages_resize(rows->timestamp, old_words, words);
	if (rows->ingested != NULL)
		rows->ingested = pages_resize(rows->ingested, old_words, words);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		rows->entry[i] = pages_resize(rows->entry[i], old_halves, halves);
	rows->file = pages_resize(rows->file, old_halves, halves);
	rows->offset = pages_resize(rows->offset, old_words, words);
	rows->length = pages_resize(rows->length, old_halves, halves);
	rows->id_high = pages_resize(rows->id_high, old_words, words);
	rows->id_low = pages_resize(rows->id_low, old_words, words);
	rows->content = pages_resize(rows->content, old_words, words);
}

/* With their share of the sieve. It has more words at first than it needs, but what is told here must follow the rows
 * alone: --max-mem goes by it. */
size_t rows_bytes(const struct rows *rows)
{
	size_t row = 5 * sizeof(uint64_t) + (2 + DIMENSION_COUNT) * sizeof(uint32_t) +
		     2 * sizeof(uint64_t) / SIEVE_ROWS_PER_WORD;
	return rows->count * (rows->ingested != NULL ? row + sizeof(uint64_t) : row);
}
