/* The terminal, taken over and given back whatever happens; its keys and events; the clipboard behind it. */
#ifndef RARETRAIL_DOOR_TUI_TERMINAL_H
#define RARETRAIL_DOOR_TUI_TERMINAL_H

#include "raretrail/base.h"

/* ---- keys ---- */

/* A key is a Unicode code point, or one of KEY_* below, plus modifier bits. Ctrl-d is UI_CTRL | 'd'; Shift is part of
 * the letter and a modifier only for named keys. Text form: "j", "G", "C-d", "M-x", "S-Tab", "Enter", "Space", "F1". */
typedef uint32_t ui_key;
#define UI_CTRL UINT32_C(0x01000000)
#define UI_ALT UINT32_C(0x02000000)
#define UI_SHIFT UINT32_C(0x04000000)
#define UI_NO_KEY UINT32_C(0xFFFFFFFF)

/* X(identifier, name) */
#define UI_NAMED_KEYS(X) \
	X(UP, "Up") \
	X(DOWN, "Down") \
	X(LEFT, "Left") \
	X(RIGHT, "Right") \
	X(HOME, "Home") \
	X(END, "End") \
	X(PAGE_UP, "PgUp") \
	X(PAGE_DOWN, "PgDn") \
	X(INSERT, "Ins") \
	X(DELETE, "Del") \
	X(BACKSPACE, "Bksp") \
	X(ENTER, "Enter") \
	X(TAB, "Tab") \
	X(ESCAPE, "Esc") \
	X(F1, "F1") \
	X(F2, "F2") \
	X(F3, "F3") \
	X(F4, "F4") \
	X(F5, "F5") \
	X(F6, "F6") \
	X(F7, "F7") \
	X(F8, "F8") \
	X(F9, "F9") \
	X(F10, "F10") \
	X(F11, "F11") \
	X(F12, "F12")
enum ui_named_key {
	UI_KEY_BEFORE_FIRST = 0x110000,
#define UI_KEY_ENUM(id, name) UI_KEY_##id,
	UI_NAMED_KEYS(UI_KEY_ENUM)
#undef UI_KEY_ENUM
		UI_KEY_AFTER_LAST
};

#define UI_KEY_TEXT_SIZE 24
const char *ui_key_format(ui_key key, char out[UI_KEY_TEXT_SIZE]);
ui_key ui_key_parse(struct slice text); /* UI_NO_KEY when it names none */

/* ---- the terminal and its events ---- */

struct ui;

enum ui_glyphs {
	UI_GLYPHS_ASCII, /* _.oO#, the default: reads the same everywhere */
	UI_GLYPHS_UNICODE /* U+2581 and friends; falls back to ASCII outside UTF-8 */
};

struct ui_options {
	const char *program; /* names the folders below XDG_*_HOME: "raretrail" */
	const char *batch_hint; /* what to run where there is no terminal: "raretrail detect" */
	const char *share_dir; /* where themes were installed, "/usr/share/raretrail"; NULL: none */
	const char *theme; /* name or path; NULL: "default", or "mono" under NO_COLOR */
	enum ui_glyphs glyphs;
	bool has_mouse; /* off unless asked for: it breaks selecting text */
};

enum ui_event_type {
	UI_EVENT_TIMEOUT, /* timeout_ms passed */
	UI_EVENT_KEY,
	UI_EVENT_MOUSE,
	UI_EVENT_RESIZE, /* also after the program was suspended and continued: draw everything again */
	UI_EVENT_WAKE, /* some thread called ui_wake, once or often */
	UI_EVENT_QUIT /* SIGTERM or SIGHUP, or the terminal is gone: save, ui_stop, leave */
};
enum ui_mouse { UI_MOUSE_LEFT, UI_MOUSE_MIDDLE, UI_MOUSE_RIGHT, UI_MOUSE_WHEEL_UP, UI_MOUSE_WHEEL_DOWN };
struct ui_event {
	enum ui_event_type type;
	ui_key key; /* UI_EVENT_KEY */
	enum ui_mouse button; /* UI_EVENT_MOUSE: pressed at y, x of the screen */
	int y, x;
	int signal; /* UI_EVENT_QUIT: 0 when the terminal went away */
};

/* Takes over the terminal (standard output; keys from standard input, or /dev/tty when that is a pipe). Fails without
 * touching anything when there is no terminal or TERM is dumb; err then names options->batch_hint. Installs handlers
 * for SIGWINCH, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and the fatal signals, ignores SIGINT, and sets base_on_abort, so
 * that the terminal is given back whatever happens. NULL on failure. */
struct ui *ui_start(const struct ui_options *options, struct err *err);
void ui_stop(struct ui *ui); /* NULL is allowed */

/* Waits for the next event. timeout_ms < 0: no timeout; 0: only what is already there. The terminal thread sleeps
 * nowhere else. Several keys typed at once come one a call; ui_has_input says that more are waiting, so that a held
 * key needs not paint a frame each time. */
void ui_wait(struct ui *ui, int timeout_ms, struct ui_event *event);
bool ui_has_input(struct ui *ui);
void ui_wake(struct ui *ui); /* from any thread, never blocks; calls before the next ui_wait melt into one event */

void ui_suspend(struct ui *ui); /* gives the terminal back and stops, as C-z does elsewhere; returns when continued */

enum text_target ui_text_target(const struct ui *ui); /* TEXT_TERMINAL or TEXT_ASCII */
int ui_colors(const struct ui *ui); /* 0 mono, 8, 16, 256, or 1 << 24 */
void ui_set_glyphs(struct ui *ui, enum ui_glyphs glyphs);
enum ui_glyphs ui_glyphs(const struct ui *ui); /* what is in force */
void ui_set_mouse(struct ui *ui, bool is_on);
void ui_bell(struct ui *ui);

/* ---- clipboard ---- */

/* OSC 52 (wrapped for tmux and screen); too long for it, or a terminal that has none: into the file
 * $XDG_STATE_HOME/<program>/clip, mode 0600. `told` gets what happened, for the status line: "copied 312 bytes".
 * The text is made safe first unless is_raw. */
int clip_copy(struct ui *ui, struct slice text, bool is_raw, struct buf *told, struct err *err);

#endif
