/* The smaller widgets: bars, menus. */
#ifndef RARETRAIL_DOOR_TUI_WIDGETS_H
#define RARETRAIL_DOOR_TUI_WIDGETS_H

#include "raretrail/tui/draw.h"
#include "raretrail/tui/keymap.h"

/* ---- bars: one breakdown, most frequent first ---- */

struct bar_row {
	struct slice label;
	struct slice figures; /* right-aligned before the bar: "1,380  92.6" */
	struct slice tail; /* behind the bar: "RU" */
	double fraction; /* 0..1 */
	bool is_rare; /* marked ! and drawn in the rare roles */
	bool is_off; /* filtered out by the user */
	bool is_picked; /* what the user filters by, marked * */
};
struct bars {
	const char *title; /* "ASN" */
	const char *figures; /* heading above the figures: "ok ev     %" */
	size_t total; /* number in brackets behind the title; may exceed count */
	void (*row)(void *context, size_t index, struct bar_row *row);
	void *context;
	size_t count, cursor, top;
	int page;
	struct pane drawn;
};
unsigned bars_move(struct bars *bars, enum ui_motion motion);
void bars_draw(struct bars *bars, struct pane pane, bool is_focused); /* title line, rows, "+7 more" when cut */

/* ---- one-line menu: "mark: t true  s suspicious  b benign  . open  Esc" ---- */

struct menu_item {
	ui_key key;
	const char *label;
	int id;
	bool is_now; /* the value in force */
};
struct menu {
	const char *title;
	const struct menu_item *items;
	size_t count;
	size_t now; /* item under the cursor (Left < and Right > move it, Enter takes it); SIZE_MAX none */
};
enum menu_result { MENU_OPEN, MENU_CHOSEN, MENU_CLOSED };
enum menu_result menu_feed(struct menu *menu, const struct ui_event *event, int *id);
void menu_draw(const struct menu *menu, struct pane pane); /* into the last line of the pane */

#endif
