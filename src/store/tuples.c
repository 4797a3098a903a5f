/* tuples: distinct combinations of string ids, numbered in the order they are met. A dimension entry is one of these.
 * Columns are kept apart because readers want one field of every entry. */
#include "store_parts.h"

#include <stdlib.h>

#define FIRST_MASK 63

void tuples_init(struct tuples *tuples, unsigned columns)
{
	*tuples = (struct tuples){.columns = columns, .mask = FIRST_MASK};
	tuples->slots = xcalloc(FIRST_MASK + 1, sizeof(*tuples->slots));
	uint32_t absent[DIMENSION_MAX_COLUMNS] = {0};
	(void)tuples_intern(tuples, absent);
}

void tuples_free(struct tuples *tuples)
{
	for (unsigned i = 0; i < DIMENSION_MAX_COLUMNS; i++)
		free(tuples->column[i]);
	free(tuples->slots);
	*tuples = (struct tuples){0};
}

size_t tuples_bytes(const struct tuples *tuples)
{
	return tuples->columns * tuples->capacity * sizeof(uint32_t) + (tuples->mask + 1) * sizeof(*tuples->slots);
}

static uint32_t tag_of(const struct tuples *tuples, const uint32_t *values)
{
	return (uint32_t)(hash_bytes(values, tuples->columns * sizeof *values) >> 32);
}

/* The tag decides the place, so growing does not look at the columns. */
static void grow_slots(struct tuples *tuples)
{
	size_t mask = tuples->mask * 2 + 1;
	struct tuple_slot *slots = xcalloc_large(mask + 1, sizeof(*slots));
	for (size_t i = 0; i <= tuples->mask; i++) {
		if (tuples->slots[i].entry == 0)
			continue;
		size_t at = tuples->slots[i].tag & mask;
		while (slots[at].entry != 0)
			at = (at + 1) & mask;
		slots[at] = tuples->slots[i];
	}
	free(tuples->slots);
	tuples->slots = slots;
	tuples->mask = mask;
}

static bool entry_equals(const struct tuples *tuples, uint32_t entry, const uint32_t *values)
{
	for (unsigned i = 0; i < tuples->columns; i++)
		if (tuples->column[i][entry] != values[i])
			return false;
	return true;
}

static void grow_columns(struct tuples *tuples)
{
	size_t capacity = tuples->capacity;
	for (unsigned i = 0; i < tuples->columns; i++) {
		tuples->capacity = capacity;
		tuples->column[i] =
			array_grow(tuples->column[i], &tuples->capacity, (size_t)tuples->count + 1, sizeof(uint32_t));
	}
}

static uint32_t append(struct tuples *tuples, const uint32_t *values)
{
	if (tuples->count == UINT32_MAX - 1)
		base_abort("more than %u distinct combinations of values", tuples->count);
	if (tuples->count == tuples->capacity)
		grow_columns(tuples);
	for (unsigned i = 0; i < tuples->columns; i++)
		tuples->column[i][tuples->count] = values[i];
	return tuples->count++;
}

uint32_t tuples_intern(struct tuples *tuples, const uint32_t *values)
{
	uint32_t tag = tag_of(tuples, values);
	if (tuples->count + UINT64_C(1) > (tuples->mask + 1) / 4 * 3)
		grow_slots(tuples);
	size_t at = tag & tuples->mask;
	for (; tuples->slots[at].entry != 0; at = (at + 1) & tuples->mask)
		if (tuples->slots[at].tag == tag && entry_equals(tuples, tuples->slots[at].entry - 1, values))
			return tuples->slots[at].entry - 1;
	uint32_t entry = append(tuples, values);
	tuples->slots[at] = (struct tuple_slot){tag, entry + 1};
	return entry;
}
