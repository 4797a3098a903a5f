/* Row sets: the rows a list shows, chosen and sorted on the scanner's thread, swapped in when ready. Until then the old
 * ones stay, with the snapshot they belong to. */
#ifndef VIEW_ROWS_H
#define VIEW_ROWS_H

#include "raretrail/store.h"

struct app;
struct task;

struct row_wish {
	const char *query; /* KQL; NULL: every row */
	const uint32_t *rows; /* of the newest snapshot; NULL: all of them. Copied */
	size_t row_count;
	bool ignores_filters;
	enum event_field sort; /* FIELD_COUNT: by time */
	bool is_descending;
	unsigned context; /* rows to show before and after each, that would not be there */
};

struct row_set {
	struct store *store; /* NULL before the first time */
	uint32_t *rows; /* NULL: every row of the store, in order */
	uint64_t *is_context; /* bit per position: there for context only; NULL none */
	size_t count;
	struct task *task; /* under way */
};

/* When ready, `ready` is called with the owner, and the set holds the new rows. */
void row_set_wish(struct app *app, struct row_set *set, const struct row_wish *wish, void *owner,
	void (*ready)(struct app *app, void *owner));
void row_set_free(struct row_set *set);
static inline uint32_t row_set_at(const struct row_set *set, size_t index)
{
	return set->rows ? set->rows[index] : (uint32_t)index;
}
/* Position of the row of a file and offset (or nearest in time when time_ms is given and it is not there); 0 if none. */
size_t row_set_find(const struct row_set *set, uint32_t file, uint64_t offset, int64_t time_ms);
size_t row_set_at_time(const struct row_set *set, int64_t time_ms);

#endif
