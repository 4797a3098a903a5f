/* Where the user has been: a browser's history of places. The breadcrumb is the way from the last root place. */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "raretrail/base.h"

struct app;
struct screen;
struct target;
struct buf;

struct place {
	const struct screen *screen;
	struct target *target;
	void *state;
	unsigned stale; /* changes it has not been told of */
	struct resume_point *point; /* where the cursor is to go when there are rows; NULL: nowhere */
};

#define HISTORY_MAX 64
struct history {
	struct place *places[HISTORY_MAX];
	size_t count;
	size_t now; /* index of the present place */
	struct place *roots[32]; /* root places by screen id, kept so that their cursor stays */
};

void history_breadcrumb(struct app *app, struct buf *out);
void history_free(struct app *app);

#endif
