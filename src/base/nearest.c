/* nearest: the known word that a mistyped one most likely meant, for every "unknown X, did you mean Y". */
#include "raretrail/base.h"

#include <stdlib.h>

/* Optimal string alignment distance: insertions, deletions, replacements, swapped neighbours. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t width = b_length + 1;
	size_t *cells = xreallocarray(NULL, 3 * width, sizeof *cells);
	size_t *before = cells, *last = cells + width, *row = cells + 2 * width;
	for (size_t j = 0; j <= b_length; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		size_t *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	size_t result = last[b_length];
	free(cells);
	return result;
}

const char *text_nearest(const char *word, const char *const *known, size_t count)
{
	size_t length = strlen(word);
	if (length > 200)
		return NULL;
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		size_t steps = distance(word, length, known[i], strlen(known[i]));
		if (steps < best_distance) {
			best_distance = steps;
			best = known[i];
		}
	}
	/* Further than half of the word away is not a slip of the fingers; of a short word, than a third. */
	return best_distance <= (length > 5 ? length / 2 + 1 : (length + 1) / 3) ? best : NULL;
}
