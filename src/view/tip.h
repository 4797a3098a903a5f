/* The tip: one key that is useful here, in what the status line leaves free. The first one on a screen fits what is under
 * the cursor; then those commands of the live keymap that the hints below do not show take turns: at each visit of a
 * screen, and at a key after a while. It never moves by itself. */
#ifndef VIEW_TIP_H
#define VIEW_TIP_H

#include "raretrail/base.h"

struct app;

struct tips {
	bool is_off;
	unsigned turn[32]; /* by screen */
	int64_t turned_us;
	size_t hints_shown; /* of the screen's hints, in the last frame */
};

void tip_visit(struct app *app); /* another place is shown */
void tip_key(struct app *app); /* a key was pressed */
void tip_choose(
	struct app *app, size_t room, struct buf *out); /* one of at most `room` bytes; nothing when none fits */

#endif
