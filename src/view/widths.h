/* Widths of columns chosen by hand: for the session, by screen and title, so that every place of a screen has them. */
#ifndef VIEW_WIDTHS_H
#define VIEW_WIDTHS_H

#include "raretrail/tui.h"

struct app;

#define WIDTH_CHOICE_MAX 500
struct width_choice {
	int screen; /* an enum screen_id */
	const char *title; /* the column's own, a literal */
	int cells; /* 0: as the column says */
};
struct widths {
	struct width_choice *items;
	size_t count, capacity;
};

/* Gives the list of the present screen the widths chosen for it; before every frame. */
void widths_use(struct app *app);
void widths_take(struct app *app, int screen, const char *title, int cells); /* title: borrowed for good */
void widths_free(struct widths *widths);

#endif
