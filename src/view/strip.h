/* A strip of time: how many alerts and events fell into each stretch of the data, as sparklines over the pane's width. */
#ifndef VIEW_STRIP_H
#define VIEW_STRIP_H

#include "raretrail/tui.h"

struct app;
struct task;

#define STRIP_CELLS 400
struct strip {
	struct task *task;
	int64_t first, last;
	int cells; /* for which it was counted */
	int wanted;
	double events[STRIP_CELLS], alerts[STRIP_CELLS], errors[STRIP_CELLS], rare[STRIP_CELLS];
};

void strip_want(struct app *app, struct strip *strip); /* count anew when next drawn */
void strip_draw(struct app *app, struct strip *strip, struct pane pane, int64_t cursor);
void strip_free(struct strip *strip);

#endif
