/* harness: a program run in a terminal of our own. It is started under a pty, what it writes is understood by libvterm,
 * and the cells of the screen can be asked. Nothing sleeps: every question waits until the answer is yes, or until a
 * deadline. */
#ifndef SCREEN_HARNESS_H
#define SCREEN_HARNESS_H

#include "raretrail/base.h"

#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct screen_options {
	int rows, columns;
	const char *const *argv;
	const char *const *environment; /* NAME=value, on top of the caller's; NAME alone takes it away */
	const char *term, *locale;
};

struct screen {
	VTerm *vterm;
	VTermScreen *cells;
	int master, slave; /* the slave side stays open: its settings can be asked after the program has gone */
	pid_t child;
	bool is_running;
	int exit_status; /* 128 + signal when it was killed */
	int64_t deadline_us;
	struct termios before;
	bool has_lone_escape; /* the last byte typed is an ESC that nobody has seen the effect of */

	bool is_alternate, is_cursor_visible, has_mouse;
	unsigned scrolled; /* lines pushed off the top */
	unsigned scrolled_before; /* the resize that is not yet answered */
	size_t resized_at; /* bytes sent before it */
	bool is_resizing;
	unsigned bells;
	struct buf unknown; /* sequences the terminal did not know, one a line */
	struct buf sent; /* every byte the program wrote */
	int rows, columns;
};

struct screen *screen_start(const struct screen_options *options, int64_t deadline_us, struct err *err);
void screen_end(struct screen *screen); /* kills what still runs */

void screen_type(struct screen *screen, const char *bytes, size_t length);
/* "j", "C-d", "Enter", "PgDn". -1 when unknown, or when it comes right behind a lone Esc: the two would be one key, so
 * first wait for what Esc does. */
int screen_type_key(struct screen *screen, const char *key);
void screen_resize(struct screen *screen, int rows, int columns);
/* What was expected is there, and the screen was cleared for the new size: until then a frame drawn for the old one, already on its way, may have
 * scrolled a smaller screen, as it would on any terminal. Those lines are forgotten. */
void screen_settled(struct screen *screen);
void screen_hang_up(struct screen *screen); /* the terminal goes away, as when a connection breaks */

/* Takes in what the program writes until check(context) holds. Returns false at the deadline, or when the program has
 * ended and said everything without it. */
bool screen_wait(struct screen *screen, bool (*check)(struct screen *screen, void *context), void *context);
bool screen_wait_exit(struct screen *screen);

/* Questions about what is there now. Rows and columns count from 1. */
void screen_line(const struct screen *screen, int row, struct buf *out); /* without blanks at the end */
void screen_dump(const struct screen *screen, struct buf *out);
bool screen_find(const struct screen *screen, const char *text, int *row, int *column); /* within one line */
/* All cells of text at row, column have what `wanted` says: bold, underline, italic, reverse, plain (none of these),
 * highlighted (reverse, or a background of its own), fg=N, bg=N, fg=#rrggbb, fg=default; several separated by
 * spaces. */
bool screen_has_attributes(const struct screen *screen, int row, int column, const char *text, const char *wanted);
void screen_cursor(const struct screen *screen, int *row, int *column);
/* Whether the terminal is as it was found: settings, main screen, cursor. What is not is told in why. */
bool screen_is_restored(const struct screen *screen, struct buf *why);

#endif
