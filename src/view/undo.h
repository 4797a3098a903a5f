/* One undo for everything: filters, widths, drafts and presets here, all else in the case. A step of those holds the state it would bring back;
 * taking it swaps that with the present one, so the same step redoes. Cursor moves are never steps. */
#ifndef VIEW_UNDO_H
#define VIEW_UNDO_H

#include "filters.h"
#include "raretrail/detect.h"

struct app;

enum undo_kind { UNDO_FILTERS, UNDO_CASE, UNDO_WIDTH, UNDO_DRAFT, UNDO_PRESET };
struct undo_step {
	enum undo_kind kind;
	struct filters filters;
	size_t choice; /* a width: which, and the cells it would get */
	int cells;
	struct params draft; /* of Tune */
	char *preset, *text; /* a preset's name and what its file held; text NULL: there was none */
	char what[96]; /* "filter user: alice" */
};
#define UNDO_MAX 200
struct undo {
	struct undo_step *steps[UNDO_MAX];
	size_t done, count; /* steps[0..done) can be undone, steps[done..count) redone */
};

/* Before a change: remembers what it will change. */
void undo_push(struct app *app, enum undo_kind kind, const char *what);
/* The same for the width of a column; where the last step is about the same one and both are to be one step, nothing. */
void undo_push_width(struct app *app, size_t choice, const char *title, bool is_one_step);
/* A preset's file, after it was written, replaced (text: what it held) or deleted. Takes text. */
void undo_push_preset(struct app *app, const char *name, char *text, const char *what);
unsigned undo_take(struct app *app, bool is_redo);
void undo_free(struct undo *undo);

#endif
