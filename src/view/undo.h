/* One undo for everything: filters here, all else in the case. A step of filters holds the state it would bring back;
 * taking it swaps that with the present one, so the same step redoes. Cursor moves are never steps. */
#ifndef VIEW_UNDO_H
#define VIEW_UNDO_H

#include "filters.h"

struct app;

enum undo_kind { UNDO_FILTERS, UNDO_CASE };
struct undo_step {
	enum undo_kind kind;
	struct filters filters;
	char what[96]; /* "filter user: alice" */
};
#define UNDO_MAX 200
struct undo {
	struct undo_step *steps[UNDO_MAX];
	size_t done, count; /* steps[0..done) can be undone, steps[done..count) redone */
};

/* Before a change: remembers what it will change. */
void undo_push(struct app *app, enum undo_kind kind, const char *what);
unsigned undo_take(struct app *app, bool is_redo);
void undo_free(struct undo *undo);

#endif
