/* Drawing: panes are rectangles of the screen, and everything is drawn into one, in a role. */
#ifndef RARETRAIL_DOOR_TUI_DRAW_H
#define RARETRAIL_DOOR_TUI_DRAW_H

#include "raretrail/tui/terminal.h"
#include "raretrail/tui/theme.h"

/* A rectangle of the screen, by value. Coordinates given to draw_* are relative to it. */
struct pane {
	struct ui *ui;
	int y, x, height, width;
};
enum ui_align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTER };
struct span {
	struct slice text;
	enum ui_role role;
};

void ui_frame_begin(struct ui *ui); /* an empty screen in ROLE_TEXT, cursor hidden */
void ui_frame_end(struct ui *ui); /* sends what differs from the last frame */
void ui_repaint(struct ui *ui); /* the next frame sends every cell (C-l) */
struct pane ui_screen(struct ui *ui);
unsigned ui_made_visible(const struct ui *ui); /* control characters made visible in this frame so far */

/* Cut panes: never outside the parent, possibly empty. */
struct pane pane_part(struct pane pane, int y, int x, int height, int width);
struct pane pane_rows(struct pane pane, int y, int height); /* height < 0: up to that many rows before the end */
struct pane pane_columns(struct pane pane, int x, int width);

enum split_direction { SPLIT_NONE, SPLIT_BELOW, SPLIT_BESIDE };
/* Places two panes beside each other when the parent is wide (over 160, or from 120 on over 4 * (height - 1)), else one
 * below the other with room for a separator line; draws nothing. first_percent is the first pane's share. Too small
 * for two (under 8 rows and not wide): the first gets all and the second is empty. */
enum split_direction pane_split(
	struct pane pane, int first_percent, struct pane *first, struct pane *second, struct pane *separator);
void draw_separator(struct pane separator, enum split_direction direction, const char *label);

/* Each returns the cells used. Too long texts are cut; draw_fit marks the cut with `~` and fills its field. */
int draw_text(struct pane pane, int y, int x, enum ui_role role, struct slice text);
int draw_printf(struct pane pane, int y, int x, enum ui_role role, const char *format, ...) PRINTF_LIKE(5, 6);
void draw_fit(struct pane pane, int y, int x, int width, enum ui_align align, enum ui_role role, struct slice text);
/* Fills a line: left text from the left, right text at the right edge; the left one is cut first. */
void draw_ends(struct pane pane, int y, enum ui_role role, struct slice left, struct slice right);
void draw_fill(struct pane pane, enum ui_role role);
void draw_overlay(struct pane pane, enum ui_role role); /* recolours what is drawn there: cursor rows, brushes */
/* " -- label ------------- right --" over the pane's width; either text may be NULL. */
void draw_rule(struct pane pane, int y, const char *label, const char *right);
/* The same, but a label too long loses its beginning: of a path the end tells one from another. */
void draw_rule_path(struct pane pane, int y, const char *label, const char *right);
void draw_box(struct pane pane, const char *title); /* the pane's border; draw inside with pane_part(…1, 1…) */
/* "[####    ]" of width cells; a fraction above 0 that rounds to nothing shows as `.`. */
void draw_bar(struct pane pane, int y, int x, int width, double fraction, enum ui_role role);
/* One cell a value, scaled to max (0: the largest value). 0 draws as `_`, anything above 0 as at least `.`. */
void draw_spark(struct pane pane, int y, int x, const double *values, size_t count, double max, enum ui_role role);
/* Shows the terminal's cursor there in this frame; without it the cursor is hidden at the last focused row drawn. */
void draw_cursor(struct pane pane, int y, int x);
int draw_width(const struct ui *ui, struct slice text); /* cells the text will take on this terminal */

/* The same as text, for export and tests. */
void bar_text(struct buf *out, int width, double fraction, enum ui_glyphs glyphs);
void spark_text(struct buf *out, const double *values, size_t count, double max, enum ui_glyphs glyphs);

#endif
