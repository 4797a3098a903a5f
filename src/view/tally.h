/* Tallies: how often each value of a field occurs in a set of rows, with failures and first and last time. Made on the
 * scanner's thread. */
#ifndef VIEW_TALLY_H
#define VIEW_TALLY_H

#include "raretrail/store.h"

struct tally_row {
	uint32_t value; /* string id; 0: the field is absent */
	uint32_t count, errors;
	int64_t first, last;
};
struct tally {
	enum event_field field;
	struct tally_row *rows; /* most frequent first, then by bytes */
	size_t count;
	uint64_t total; /* events counted */
};
/* failed: [call entry], as in results. */
struct tally tally_make(const struct store *store, const uint8_t *failed, enum event_field field, const uint32_t *rows,
	size_t count) MUST_USE;
void tally_free(struct tally *tally);

/* Rows of a name (of one type, or of every type when `type` is absent), ascending, those of `keep` only when given. */
uint32_t *user_rows(
	const struct store *store, struct slice user, struct slice type, const uint64_t *keep, size_t *count) MUST_USE;

#endif
