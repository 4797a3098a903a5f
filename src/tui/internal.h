/* What the files of this room share and nobody else sees: the terminal's state and the step from text to cells. */
#ifndef TUI_INTERNAL_H
#define TUI_INTERNAL_H

#include "raretrail/tui.h"

#include <stdatomic.h>
#include <stdio.h>
#include <termios.h>

#define ESCAPE_WAIT_MS 25 /* how long a lone ESC may still become a sequence */
#define INPUT_SIZE 4096

struct prompt;

struct ui {
	char *program, *share_dir;
	struct screen *screen; /* curses' own; only the files that draw include its header */
	FILE *in, *out;
	int in_fd, out_fd;
	bool owns_in;

	int wake_read, wake_write;
	atomic_bool is_woken;
	bool has_wake; /* taken from the pipe, not told yet */

	unsigned char input[INPUT_SIZE];
	size_t input_length;
	int64_t input_time_us; /* when the last of it came */

	bool is_utf8, has_mouse, can_mouse;
	enum ui_glyphs glyphs;
	int colors;

	char *theme_name;
	uint32_t role_attributes[ROLE_COUNT];
	short role_pairs[ROLE_COUNT];

	unsigned made_visible;
	int cursor_y, cursor_x;
	bool is_cursor_shown;
	struct buf shown, flags; /* see shown_text */

	struct prompt *prompt;
};

/* ---- from text to cells (cells.c) ---- */

/* Makes text safe for this terminal. out gets the shown text; flags, when not NULL, one byte of SHOWN_* for each byte
 * of it. A character on whose width the C library and this program do not agree is written as its code, so that no line
 * can run out of step. Returns the number of characters made visible. */
enum { SHOWN_MARKER = 1, SHOWN_MATCH = 2 };
unsigned shown_text(const struct ui *ui, struct buf *out, struct buf *flags, struct slice text);

/* One cell or two: a character with the marks combined on it. Returns its bytes (0 at the end), and its width. */
size_t cluster_next(struct slice shown, size_t at, int *width);

/* Shown text with what is needed to colour it. */
struct run {
	struct slice shown;
	const char *flags; /* SHOWN_* for each byte; NULL none */
	const char *roles; /* a role for each byte; NULL: role everywhere */
	enum ui_role role, match_role;
};
/* Draws shown text from cell `skip` on into at most `width` cells. Returns the cells used. */
int put_run(struct pane pane, int y, int x, int width, int skip, const struct run *run);
/* Makes safe, finds the pattern's hits (NULL: none), draws. */
int put_text(struct pane pane, int y, int x, int width, int skip, enum ui_role role, struct slice text,
	const struct pattern *pattern, enum ui_role match_role);
/* draw_overlay that leaves alone what is drawn in another role: the hits of a search under the cursor. */
void overlay_except(struct pane pane, enum ui_role role, enum ui_role kept);
void put_cell(struct pane pane, int y, int x, enum ui_role role, char c);
/* Marks the bytes of shown text that a pattern hits in flags. */
void shown_mark_matches(const struct pattern *pattern, struct slice shown, char *flags);

/* ---- input (decode.c) ---- */

/* Takes one key from the start of bytes. Returns the bytes used, 0 when more must come first (never when is_final:
 * nothing came for ESCAPE_WAIT_MS). The event is UI_EVENT_KEY with UI_NO_KEY for a sequence that means nothing. */
size_t key_decode(const unsigned char *bytes, size_t length, bool is_final, struct ui_event *event);

/* ---- terminal, signals (terminal.c, signals.c) ---- */

void terminal_resume(struct ui *ui);
void terminal_pause(struct ui *ui);
void signals_install(struct ui *ui);
void signals_remove(void);
/* Remembers what gives the terminal back, for handlers that may call nothing else. */
void signals_remember_cooked(const struct termios *cooked);
void signals_prepare_restore(const struct ui *ui);
bool signals_take_quit(int *signal_number);
bool signals_take_resize(void);
bool signals_take_stop(void);
bool signals_take_continue(void);

/* ---- prompt, theme (prompt.c, theme.c) ---- */

void prompt_initialize(const char *program); /* readline's start, before curses has the terminal */
void prompt_release(struct ui *ui);
void theme_release(struct ui *ui);

/* ---- movement shared by the widgets (motion.c) ---- */

/* Moves *cursor within count rows. Returns UI_REDRAW, UI_HANDLED at an edge, UI_NONE for a motion that is no vertical
 * one. */
unsigned motion_move(enum ui_motion motion, size_t count, int page, size_t *cursor);
/* Moves *top so that cursor is inside a page of one-line rows. */
void motion_keep_visible(size_t count, int page, size_t cursor, size_t *top);

#endif
