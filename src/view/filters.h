/* Filters: KQL terms laid over every screen, each of which can be turned off, and the rows they keep. */
#ifndef VIEW_FILTERS_H
#define VIEW_FILTERS_H

#include <stdatomic.h>

#include "raretrail/query.h"
#include "raretrail/store.h"

struct app;
struct row_list;

struct filter {
	char *text; /* KQL */
	bool is_off;
	uint64_t hits; /* rows it keeps by itself; UINT64_MAX: not counted yet */
};
#define FILTERS_MAX 32
struct filters {
	struct filter items[FILTERS_MAX];
	size_t count;
	bool is_off; /* all of them, by one key */
	uint64_t version;
};
void filters_free(struct filters *filters);
void filters_copy(struct filters *to, const struct filters *from); /* to is uninitialised */
bool filters_active(const struct filters *filters);
void filters_format(const struct filters *filters, struct buf *out); /* those in force, joined by " & " */

/* Immutable once published; reference-counted. */
struct selection {
	atomic_int references;
	struct store *store;
	uint64_t version; /* of the filters */
	uint64_t *bits;
	uint32_t matched;
};
struct selection *selection_ref(struct selection *selection);
void selection_free(struct selection *selection);
static inline bool selection_has(const struct selection *selection, uint32_t row)
{
	return selection->bits[row / 64] >> row % 64 & 1;
}

/* Whether the filters keep an alert: any event of its evidence. NULL keeps everything. */
bool selection_has_any(const struct selection *selection, const struct row_list *rows);

/* As query_format_term, with the short name of the field: what people read in the title line. */
void term_format(struct buf *out, enum event_field field, struct slice value);
/* One more term that must hold, after " and " unless it is the first. */
void term_and(struct buf *query, enum event_field field, struct slice value);

/* Commands. Each makes the rows be chosen again. */
int filter_add(struct app *app, const char *text, struct err *err);
void filter_remove(struct app *app, size_t index);
void filter_toggle(struct app *app, size_t index); /* SIZE_MAX: all */
/* The selection of the newest results, or NULL when no filter is in force or it is still being computed for another
 * snapshot. */
const struct selection *app_selection(const struct app *app);
void selection_start(struct app *app);

#endif
