/* Commands and the keymap: the program's table of commands, the motions that every widget understands, and the keys of
 * both, which the user may change. */
#ifndef RARETRAIL_DOOR_TUI_KEYMAP_H
#define RARETRAIL_DOOR_TUI_KEYMAP_H

#include "raretrail/tui/terminal.h"

/* Motions are commands every list, pager and chart understands; they are in every keymap, bound on every screen
 * unless a screen's own command takes the key. X(identifier, name, keys, hint, help) */
#define UI_MOTIONS(X) \
	X(DOWN, "line-down", "j Down", "down", "line down") \
	X(UP, "line-up", "k Up", "up", "line up") \
	X(LEFT, "left", "h Left", "left", "left, less") \
	X(RIGHT, "right", "l Right", "right", "right, more") \
	X(HALF_DOWN, "half-page-down", "C-d", "half page", "half page down") \
	X(HALF_UP, "half-page-up", "C-u", "half page up", "half page up") \
	X(PAGE_DOWN, "page-down", "C-f PgDn", "page", "page down") \
	X(PAGE_UP, "page-up", "C-b PgUp", "page up", "page up") \
	X(TOP, "top", "g Home", "top", "top") \
	X(BOTTOM, "bottom", "G End", "bottom", "bottom") \
	X(FAR_LEFT, "far-left", "H", "far left", "far left, ten less") \
	X(FAR_RIGHT, "far-right", "L", "far right", "far right, ten more")
enum ui_motion {
	MOTION_NONE,
#define UI_MOTION_ENUM(id, name, keys, hint, help) MOTION_##id,
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

#endif
