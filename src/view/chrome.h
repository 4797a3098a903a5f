/* What surrounds every screen. */
#ifndef VIEW_CHROME_H
#define VIEW_CHROME_H

#include "raretrail/ingest.h"
#include "raretrail/tui.h"

struct app;

/* Why there is no event to show: still loading, stopped before the first, or none found. */
const char *no_events_text(const struct app *app);

void draw_title(struct app *app, struct pane pane);
void draw_status(struct app *app, struct pane pane, int y);
int draw_load(struct app *app, struct pane body); /* lines it took from the bottom of the body */
void draw_bottom(struct app *app, struct pane screen); /* hints, menu or prompt */

#endif
