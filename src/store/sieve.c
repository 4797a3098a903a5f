/* sieve: which ids may have been met before, told while rows are merged and their ids are still at hand. An id sets
 * three bits of one word; a row that finds all three set is noted as a repetition. Few are noted that are none, and
 * dedupe looks at those that are noted, so without repetitions the end of a load has next to nothing to look at. */
#include "store_parts.h"

#include <stdlib.h>

#define LOOK_AHEAD 16

static uint64_t bits_of(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 58) | UINT64_C(1) << (hash >> 52 & 63) | UINT64_C(1) << (hash >> 46 & 63);
}

void sieve_free(struct sieve *sieve)
{
	pages_free(sieve->words, sieve->count * sizeof(*sieve->words));
	free(sieve->repeats);
	*sieve = (struct sieve){0};
}

static void note(struct sieve *sieve, size_t row)
{
	sieve->repeats =
		array_grow(sieve->repeats, &sieve->repeat_capacity, sieve->repeat_count + 1, sizeof(*sieve->repeats));
	sieve->repeats[sieve->repeat_count++] = (uint32_t)row;
}

void sieve_add(struct sieve *sieve, const struct rows *rows, size_t from, size_t end)
{
	if (end > sieve->count * SIEVE_ROWS_PER_WORD) {
		sieve_free(sieve);
		for (sieve->count = 128; sieve->count * SIEVE_ROWS_PER_WORD < rows->capacity;)
			sieve->count *= 2;
		sieve->words = pages_alloc(sieve->count * sizeof(*sieve->words));
		memset(sieve->words, 0, sieve->count * sizeof(*sieve->words));
		from = 0;
	}
	uint64_t *words = sieve->words;
	size_t mask = sieve->count - 1;
	for (size_t i = from; i < end; i++) {
		if (i + LOOK_AHEAD < end)
			__builtin_prefetch(&words[row_id_hash(rows, i + LOOK_AHEAD) & mask], 1);
		uint64_t hash = row_id_hash(rows, i), bits = bits_of(hash), *word = &words[hash & mask];
		if ((*word & bits) == bits && row_has_id(rows, i))
			note(sieve, i);
		*word |= bits;
	}
}
