/* tui: widgets, terminal, theme, keymap and prompt. It knows nothing of logs: whoever uses it owns the data, the
 * event loop and the meaning of every key; this room owns the terminal and what a cell looks like.
 *
 * The shape of a program:
 *
 *	ui = ui_start(&options, &err);
 *	while (running) {
 *		ui_frame_begin(ui);  draw into ui_screen(ui) and panes cut from it  ui_frame_end(ui);
 *		ui_wait(ui, timeout_ms, &event);
 *		prompt open? prompt_feed : menu open? menu_feed : keymap_find -> your handler -> reaction flags
 *	}
 *	ui_stop(ui);
 *
 * Rules: one struct ui at a time, used by one thread (only ui_wake may be called from others). Every drawing function
 * passes its text through text_show() itself, so bytes from logs may be given as they are, and clips at the pane's
 * edges. Widgets are plain structs: set them up, draw them, hand them motions; they never act on their own but return
 * reaction flags. Text given to a widget is borrowed for the call only, unless a comment says otherwise. */
#ifndef RARETRAIL_TUI_H
#define RARETRAIL_TUI_H

#include "raretrail/base.h"

/* ---- reactions: what a handler asks of the main loop ---- */

enum ui_reaction {
	UI_NONE = 0,
	UI_HANDLED = 1 << 0, /* the key was for me, nothing changed */
	UI_REDRAW = 1 << 1, /* paint a frame */
	UI_REEVAL = 1 << 2, /* results depend on what changed: compute them again */
	UI_RELAYOUT = 1 << 3, /* panes must be placed again */
	UI_SAVE = 1 << 4, /* something worth keeping changed */
	UI_BACK = 1 << 5, /* leave this screen */
	UI_QUIT = 1 << 6 /* leave the program */
};

/* ---- roles: the only names by which colours are asked for ---- */

/* X(identifier, name in theme files, meaning) */
#define UI_ROLES(X) \
	X(TEXT, "text", "ordinary text; also the background of every screen") \
	X(DIM, "dim", "what may be overlooked: units, ids, separators of values") \
	X(STRONG, "strong", "what must not be overlooked") \
	X(TITLE, "title", "top line") \
	X(TITLE_NOW, "title.now", "last element of the breadcrumb") \
	X(TITLE_ALERT, "title.alert", "top line: PARTIAL, LOADING, DRAFT") \
	X(HEADER, "header", "column headings and pane titles") \
	X(HEADER_FOCUS, "header.focus", "title of the pane that has the keys") \
	X(RULE, "rule", "separator lines and boxes") \
	X(CURSOR, "cursor", "row under the cursor") \
	X(CURSOR_OFF, "cursor.off", "row under the cursor of a pane without the keys") \
	X(CURSOR_CELL, "cursor.cell", "cell under the cursor, inside the row") \
	X(SELECTED, "selected", "selected rows and brushed ranges") \
	X(STATUS, "status", "status line") \
	X(STATUS_WARN, "status.warn", "status line: something needs attention") \
	X(HINT, "hint", "hint line") \
	X(HINT_KEY, "hint.key", "keys in hints, menus and help") \
	X(TIP, "tip", "rotating tip") \
	X(PROMPT, "prompt", "prompt and what is typed into it") \
	X(COMPLETION, "completion", "candidates listed above the prompt") \
	X(COMPLETION_NOW, "completion.now", "the part of a candidate already typed") \
	X(ERROR, "error", "error text") \
	X(CARET, "caret", "caret under the offending column") \
	X(MATCH, "match", "search hit") \
	X(MATCH_NOW, "match.now", "search hit under the cursor") \
	X(NOTE, "note", "note under a row") \
	X(TAG, "tag", "tag") \
	X(VISIBLE, "visible", "a control character made visible, such as <ESC>") \
	X(BAR, "bar", "bars") \
	X(BAR_RARE, "bar.rare", "bars of rare values") \
	X(SPARK, "spark", "sparklines") \
	X(RARE, "rare", "a rare or first-seen value, also marked !") \
	X(SEVERITY_HIGH, "severity.high", "severity high, also H") \
	X(SEVERITY_MEDIUM, "severity.medium", "severity medium, also M") \
	X(SEVERITY_LOW, "severity.low", "severity low, also L") \
	X(VERDICT_TRUE, "verdict.true", "verdict true positive, also T") \
	X(VERDICT_SUSPICIOUS, "verdict.suspicious", "verdict suspicious, also S") \
	X(VERDICT_BENIGN, "verdict.benign", "verdict benign, also B") \
	X(VERDICT_OPEN, "verdict.open", "no verdict yet, also .") \
	X(GOOD, "good", "a condition met, a wanted loss, a saved entry") \
	X(BAD, "bad", "a condition failed, an unwanted loss") \
	X(WARN, "warn", "a warning inside a screen") \
	X(GAIN, "gain", "added by a draft, also +") \
	X(LOSS, "loss", "removed by a draft, also -") \
	X(OFF, "off", "disabled, filtered out, expired") \
	X(VALUE, "value", "a value that can be edited") \
	X(VALUE_CHANGED, "value.changed", "an edited value not yet applied") \
	X(TIME, "time", "times and dates") \
	X(NUMBER, "number", "figures") \
	X(JSON_KEY, "json.key", "JSON member name") \
	X(JSON_STRING, "json.string", "JSON string") \
	X(JSON_NUMBER, "json.number", "JSON number") \
	X(JSON_LITERAL, "json.literal", "JSON true, false, null") \
	X(CHART_1, "chart.1", "first row of a stacked chart") \
	X(CHART_2, "chart.2", "second row") \
	X(CHART_3, "chart.3", "third row") \
	X(CHART_4, "chart.4", "fourth row") \
	X(CHART_5, "chart.5", "fifth row") \
	X(CHART_CURSOR, "chart.cursor", "bucket under the cursor") \
	X(SHOWCMD, "showcmd", "last key and its command")

enum ui_role {
#define UI_ROLE_ENUM(id, name, meaning) ROLE_##id,
	UI_ROLES(UI_ROLE_ENUM)
#undef UI_ROLE_ENUM
		ROLE_COUNT
};

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
/* Gives the terminal to a program run by argv (never by a shell) and takes it back. *status is its exit status. */
int ui_run(struct ui *ui, const char *const argv[], int *status, struct err *err);

bool ui_is_utf8(const struct ui *ui);
enum text_target ui_text_target(const struct ui *ui); /* TEXT_TERMINAL or TEXT_ASCII */
int ui_colors(const struct ui *ui); /* 0 mono, 8, 16, 256, or 1 << 24 */
void ui_set_glyphs(struct ui *ui, enum ui_glyphs glyphs);
enum ui_glyphs ui_glyphs(const struct ui *ui); /* what is in force */
void ui_set_mouse(struct ui *ui, bool is_on);
void ui_bell(struct ui *ui);

/* ---- drawing ---- */

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
int draw_spans(struct pane pane, int y, int x, const struct span *spans, size_t count);
void draw_fit(struct pane pane, int y, int x, int width, enum ui_align align, enum ui_role role, struct slice text);
/* Fills a line: left text from the left, right text at the right edge; the left one is cut first. */
void draw_ends(struct pane pane, int y, enum ui_role role, struct slice left, struct slice right);
void draw_fill(struct pane pane, enum ui_role role);
void draw_overlay(struct pane pane, enum ui_role role); /* recolours what is drawn there: cursor rows, brushes */
/* " -- label ------------- right --" over the pane's width; either text may be NULL. */
void draw_rule(struct pane pane, int y, const char *label, const char *right);
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

/* ---- commands and the keymap ---- */

/* Motions are commands every list, pager, chart and form understands; they are in every keymap, bound on every screen
 * unless a screen's own command takes the key. X(identifier, name, keys, help) */
#define UI_MOTIONS(X) \
	X(DOWN, "line-down", "j Down", "line down") \
	X(UP, "line-up", "k Up", "line up") \
	X(LEFT, "left", "h Left", "left, less") \
	X(RIGHT, "right", "l Right", "right, more") \
	X(HALF_DOWN, "half-page-down", "C-d", "half page down") \
	X(HALF_UP, "half-page-up", "C-u", "half page up") \
	X(PAGE_DOWN, "page-down", "C-f PgDn", "page down") \
	X(PAGE_UP, "page-up", "C-b PgUp", "page up") \
	X(TOP, "top", "g Home", "top") \
	X(BOTTOM, "bottom", "G End", "bottom") \
	X(FAR_LEFT, "far-left", "H", "far left, ten less") \
	X(FAR_RIGHT, "far-right", "L", "far right, ten more")
enum ui_motion {
	MOTION_NONE,
#define UI_MOTION_ENUM(id, name, keys, help) MOTION_##id,
	UI_MOTIONS(UI_MOTION_ENUM)
#undef UI_MOTION_ENUM
};

#define UI_SCREENS_MAX 32
#define UI_ALL_SCREENS UINT32_MAX
/* One row of the program's command table: it feeds dispatch, help, hints, completion, keymap files, man page. */
struct ui_command {
	const char *name; /* "mark", "keep-value"; what is typed after `:` and written in keymap files */
	const char *arguments; /* shown behind the name, "[true|suspicious|benign|open]"; NULL: takes none */
	const char *keys; /* default keys separated by spaces, "m" or "? F1"; "" for none */
	uint32_t screens; /* bit n: available on screen n */
	const char *group; /* heading in the help screen: "MOVE", "TRIAGE" */
	const char *hint; /* one or two words for the hint line: "mark" */
	const char *help; /* one line without a final stop: "give a verdict to the selected rows" */
	/* Called by the program, never by this room; app is the program's own object; arguments never NULL. */
	unsigned (*run)(void *app, const char *arguments);
	enum ui_motion motion; /* set in the rows made from UI_MOTIONS, MOTION_NONE in the program's own */
};

struct keymap;
struct binding {
	const struct ui_command *command;
	const char *arguments; /* never NULL; belongs to the keymap until the key is bound anew */
};
/* Both tables must outlive the keymap. screens[n] is the name of screen n in keymap files: "alerts". */
struct keymap *keymap_new(
	const struct ui_command *commands, size_t command_count, const char *const *screens, size_t screen_count);
void keymap_free(struct keymap *keymap);
/* What is wrong with the command table itself (two commands wanting one key on one screen, keys that are none), one
 * line each; a screen's command may take the key of a motion or of a command of all screens. For tests. */
int keymap_table_check(const struct keymap *keymap, struct buf *report);
/* Reads an INI file: [screen] or [all], then "command [arguments] = key key …", which replaces that command's keys on
 * that screen (none after = takes them away). What is wrong or clashes is added to report, one line each, with file and
 * line; the rest is used. Returns the number of such lines, or -1 when the file cannot be read. */
int keymap_load(struct keymap *keymap, const char *path, struct buf *report, struct err *err);
/* Reads $XDG_CONFIG_HOME/<program>/keymap.ini when there is one: 0 lines wrong when there is none. */
int keymap_load_user(struct keymap *keymap, const char *program, struct buf *report, struct err *err);
/* `:bind screen key command…`; screen "all" for every screen. Adds the key, takes it away from what had it. */
int keymap_bind(struct keymap *keymap, const char *screen, const char *key, const char *command_line, struct err *err);
bool keymap_find(const struct keymap *keymap, unsigned screen, ui_key key, struct binding *binding);
/* Splits "mark true" into command and arguments. Unknown names fail and err names the nearest one. The arguments
 * point into line. A beginning that only one command has will do. */
int keymap_parse(const struct keymap *keymap, const char *line, struct binding *binding, struct err *err);
/* The keys of a command on a screen, best first, joined by `separator`: "? F1"; "" when it has none. */
void keymap_keys(
	const struct keymap *keymap, unsigned screen, const char *command, const char *separator, struct buf *out);
/* Every command, motions first: for completion, help, documentation. */
size_t keymap_command_count(const struct keymap *keymap);
const struct ui_command *keymap_command(const struct keymap *keymap, size_t index);

/* ---- searching ---- */

/* A PCRE2 pattern, UTF-8, ignoring case unless it holds a capital letter. */
struct pattern;
struct pattern *pattern_new(
	const char *text, struct err *err); /* NULL when it does not compile; err->offset is the column */
void pattern_free(struct pattern *pattern);
const char *pattern_text(const struct pattern *pattern);
bool pattern_match(const struct pattern *pattern, struct slice text, size_t from, size_t *start, size_t *end);

/* ---- list: a cursor over any number of rows, of which only those shown are ever asked for ---- */

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

/* ---- pager: lines of coloured text ---- */

#define PAGER_SPANS_MAX 16
struct pager_line {
	struct span spans[PAGER_SPANS_MAX];
	size_t count;
	int indent; /* wrapped continuation lines start there */
};
struct pager {
	void (*line)(void *context, size_t index, struct pager_line *line); /* texts must live until the next call */
	void *context;
	size_t count;
	bool has_cursor; /* j and k move a cursor line; else they scroll */
	bool is_wrapped;
	const struct pattern *pattern;
	size_t cursor, top;
	int left;
	int page;
	struct pane drawn;
	size_t bottom; /* behind the last line shown */
	bool is_at_end;
};
void pager_init(struct pager *pager, void (*line)(void *context, size_t index, struct pager_line *line), void *context);
void pager_set_count(struct pager *pager, size_t count);
void pager_goto(struct pager *pager, size_t index);
unsigned pager_move(struct pager *pager, enum ui_motion motion);
void pager_draw(struct pager *pager, struct pane pane, bool is_focused);
enum list_find_result pager_find(const struct pager *pager, const struct pattern *pattern, size_t from, bool is_forward,
	size_t max_lines, size_t *index);
int pager_percent(const struct pager *pager); /* how far down the last line shown is, 0..100 */

/* ---- bars: one breakdown, most frequent first ---- */

struct bar_row {
	struct slice label;
	struct slice figures; /* right-aligned before the bar: "1,380  92.6" */
	struct slice tail; /* behind the bar: "RU" */
	double fraction; /* 0..1 */
	bool is_rare; /* marked ! and drawn in the rare roles */
	bool is_off; /* filtered out by the user */
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
bool bars_at(const struct bars *bars, int y, int x, size_t *index);

/* ---- form: labelled values, edited one at a time through the prompt ---- */

struct form_field {
	const char *label;
	struct slice value;
	const char *note; /* behind the value: unit, range, or what is wrong with it; NULL none */
	bool is_wrong; /* the note is an error */
	bool is_changed;
};
struct form {
	const struct form_field *fields; /* borrowed while the form is in use */
	size_t count, cursor, top;
	int page;
};
unsigned form_move(struct form *form, enum ui_motion motion);
void form_draw(struct form *form, struct pane pane, bool is_focused);

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
	size_t now; /* item under the cursor (Left and Right, Enter takes it); SIZE_MAX none */
};
enum menu_result { MENU_OPEN, MENU_CHOSEN, MENU_CLOSED };
enum menu_result menu_feed(struct menu *menu, const struct ui_event *event, int *id);
void menu_draw(const struct menu *menu, struct pane pane); /* into the last line of the pane */

/* ---- chrome ---- */

/* "Enter why Space sel m mark": keys from the live keymap, labels from the commands' hints; those that do not fit are
 * left out from the end, except the last name, which always stays. Commands without a key on this screen are left
 * out. */
void draw_hints(struct pane pane, int y, const struct keymap *keymap, unsigned screen, const char *const *commands,
	size_t count);

/* A boxed error above the prompt: what is wrong, what to do, and a caret under the column it speaks of. */
struct ui_notice {
	const char *text;
	const char *help; /* NULL none */
	size_t column; /* byte offset into the prompt's text */
	bool has_column;
};
int ui_notice_height(const struct ui_notice *notice, struct pane pane); /* lines it wants, border included; at most 5 */
void ui_notice_draw(const struct ui_notice *notice, struct pane pane); /* into the last lines of the pane */

/* ---- prompt: readline inside the last line ---- */

/* What a completion callback fills. Texts are copied. */
struct completions;
void completions_add(
	struct completions *list, const char *replacement, const char *display); /* display NULL: the same */

struct prompt_options {
	const char *label; /* ":" "/" "&" "@ " */
	const char *history; /* kind: histories of different kinds do not mix, each is kept in a file; NULL none */
	const char *initial; /* text to begin with; NULL none */
	/* Candidates for the word line[start..end); NULL none. Set *start lower or higher to complete another part. */
	void (*complete)(void *context, const char *line, size_t *start, size_t end, struct completions *out);
	void (*changed)(void *context, const char *line); /* after each change of the text; NULL none */
	void *context;
};
enum prompt_result { PROMPT_EDITING, PROMPT_DONE, PROMPT_CANCELED };
void prompt_open(struct ui *ui, const struct prompt_options *options);
bool prompt_is_open(const struct ui *ui);
/* Feeds a key. On PROMPT_DONE the text stays readable until the next prompt_open, and the prompt is closed; call
 * prompt_reopen to keep it open with its text, as after an error. Keys that are no keys of the prompt are ignored. */
enum prompt_result prompt_feed(struct ui *ui, const struct ui_event *event);
const char *prompt_text(const struct ui *ui);
void prompt_reopen(struct ui *ui, size_t cursor); /* cursor: byte offset */
void prompt_close(struct ui *ui);
void prompt_draw(struct pane pane); /* last line of the pane, candidates above it; shows the cursor */
int prompt_column(const struct ui *ui, struct pane pane, size_t offset); /* screen cell of a byte of the text */

/* ---- themes ---- */

/* Takes a name (looked up in $XDG_CONFIG_HOME/<program>/themes, share_dir/themes, then among those built in) or a path
 * with a slash. The old theme stays in force on error. Nothing is drawn until the next frame. */
int theme_use(struct ui *ui, const char *name, struct err *err);
const char *theme_name(const struct ui *ui);
/* Names of all themes to be found, sorted, each once; free every name and the array. */
size_t theme_list(const struct ui *ui, char ***names);
/* `:theme check`: unknown and missing roles, unreadable pairs (contrast below 3:1 where both colours are known), one
 * line each. Works without a terminal (ui NULL: built-in themes and paths only). Returns the number of lines, -1 when
 * it cannot be read. */
int theme_check(const struct ui *ui, const char *name, struct buf *report, struct err *err);

/* ---- help, made from the live keymap ---- */

struct help;
struct help *help_new(
	const struct keymap *keymap, unsigned screen, int width, const char *const *footer, size_t footer_count);
void help_free(struct help *help);
size_t help_count(const struct help *help);
void help_line(
	void *help, size_t index, struct pager_line *line); /* a pager's line callback, with the help as context */
/* "m  mark [true|…]: give a verdict to the selected rows", or that the key does nothing here. */
void help_key(const struct keymap *keymap, unsigned screen, ui_key key, struct buf *out);

/* ---- clipboard ---- */

/* OSC 52 (wrapped for tmux and screen); too long for it, or a terminal that has none: into the file
 * $XDG_STATE_HOME/<program>/clip, mode 0600. `told` gets what happened, for the status line: "copied 312 bytes".
 * The text is made safe first unless is_raw. */
int clip_copy(struct ui *ui, struct slice text, bool is_raw, struct buf *told, struct err *err);

#endif
