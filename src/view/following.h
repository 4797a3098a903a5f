/* Following: files that arrive while the console is open, and what they bring: a line and a bell for new alerts, and how
 * many came since the last key was pressed. */
#ifndef VIEW_FOLLOWING_H
#define VIEW_FOLLOWING_H

#include "raretrail/base.h"

struct app;
struct results;

struct following {
	bool is_asked; /* of the load; app->options.is_follow is what the user wants */
	bool is_rescan;
	size_t new_alerts; /* since then */
	int64_t since; /* when it began, or a key was pressed */
};
void following_tick(struct app *app); /* begins when the load has ended; tells what is worth telling */
void following_key(struct app *app); /* somebody is there: what has been seen is not new any more */
/* Tells of alerts that `before` did not have, unless they are there for another reason than new events. */
void following_compare(struct app *app, const struct results *before);
void following_title(const struct app *app, struct buf *out);
void following_status(const struct app *app, struct buf *out);
#define FOLLOWING_TICK_MS 250

#endif
