/* The list: a cursor over any number of rows, of which only those shown are ever asked for; and how it is searched. */
#ifndef RARETRAIL_DOOR_TUI_LIST_H
#define RARETRAIL_DOOR_TUI_LIST_H

#include "raretrail/tui/draw.h"
#include "raretrail/tui/keymap.h"

/* ---- searching ---- */

/* A PCRE2 pattern, UTF-8, ignoring case unless it holds a capital letter. */
struct pattern;
struct pattern *pattern_new(
	const char *text, struct err *err); /* NULL when it does not compile; err->offset is the column */
void pattern_free(struct pattern *pattern);
const char *pattern_text(const struct pattern *pattern);
bool pattern_match(const struct pattern *pattern, struct slice text, size_t from, size_t *start, size_t *end);

#define LIST_COLUMNS_MAX 24
#define LIST_NOTES_MAX 4
struct list_column {
	const char *title;
	int width; /* preferred cells; columns with a grow share get more */
	int width_min; /* 0: width */
	int grow; /* share of spare room; 0: none */
	int priority; /* when the room is short the highest number goes first; 0 never goes */
	enum ui_align align;
	bool is_hidden; /* the user's choice */
	bool keeps_end; /* too long texts lose their beginning: paths, of which the end tells one from another */
};
struct list_cell {
	struct slice text;
	enum ui_role role;
	bool is_adjustable; /* drawn as < text > while under the cursor */
	bool is_bar; /* draws fraction as a bar instead of text */
	double fraction;
};
struct list_row {
	struct list_cell cells[LIST_COLUMNS_MAX]; /* zeroed before each call */
	enum ui_role role; /* for cells whose role is ROLE_TEXT */
	char mark; /* drawn when the list has_marks: '!' rare, 0 none */
	bool is_selected;
	size_t note_count;
	struct slice notes[LIST_NOTES_MAX]; /* lines under the row, led by a backquote */
};
enum list_find_result { LIST_FOUND, LIST_FIND_MORE, LIST_NOT_FOUND };

struct list {
	/* set by the owner */
	const struct list_column *columns;
	size_t column_count;
	/* Fills row; texts must live until the next call. */
	void (*row)(void *context, size_t index, struct list_row *row);
	void *context;
	size_t count;
	int sort_column; /* -1 none; its title carries the direction */
	bool is_sort_descending;
	bool has_cell_cursor; /* h and l choose a cell; else they scroll */
	bool has_header;
	bool has_marks; /* a second gutter cell, behind the cursor's `>` */
	bool is_wrapped; /* long cells take more lines */
	bool is_wide; /* columns as wide as their content, scrolled sideways */
	int fixed_columns; /* that many columns stay when scrolled sideways */
	const struct pattern *pattern; /* hits are highlighted; NULL none */
	int chosen_width[LIST_COLUMNS_MAX]; /* cells the user wants a column to have; 0: as the column says */
	const char *empty_text; /* shown when count is 0: says why, and the key that undoes it; \n allowed */
	/* kept by the list; may be read, and written through the functions below */
	size_t cursor, top, anchor; /* anchor: other end of a range, SIZE_MAX when none */
	int column; /* cell cursor */
	int left; /* cells scrolled sideways */
	int page; /* rows that fitted in the last frame */
	struct pane drawn; /* where it was drawn last */
	int column_x[LIST_COLUMNS_MAX], column_width[LIST_COLUMNS_MAX]; /* in drawn; width 0: not shown */
};

void list_init(struct list *list, const struct list_column *columns, size_t column_count,
	void (*row)(void *context, size_t index, struct list_row *row), void *context);
void list_set_count(struct list *list, size_t count); /* keeps the cursor inside */
void list_goto(struct list *list, size_t index);
unsigned list_move(
	struct list *list, enum ui_motion motion); /* UI_REDRAW, UI_HANDLED at an edge, UI_NONE if not mine */
void list_draw(struct list *list, struct pane pane, bool is_focused);
void list_range(
	const struct list *list, size_t *first, size_t *last); /* inclusive; the cursor row when there is no anchor */
bool list_at(
	const struct list *list, int y, int x, size_t *index, int *column); /* what is drawn at a screen position */
/* Looks for a row with a hit, from `from` on (itself included), at most max_rows rows so that a frame is never late. On
 * LIST_FIND_MORE call again from *index. Goes to the end (or the beginning when not forward), not around. */
enum list_find_result list_find(const struct list *list, const struct pattern *pattern, size_t from, bool is_forward,
	size_t max_rows, size_t *index);

#endif
