/* keymap: for each screen, which key runs which command, and who said so. */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include "internal.h"

/* Who bound a key; the higher one wins, so that a screen's own word beats what holds everywhere. */
enum bind_level { BIND_MOTION, BIND_EVERYWHERE, BIND_SCREEN, BIND_USER_ALL, BIND_USER_SCREEN };

struct bound_key {
	ui_key key;
	size_t command;
	char *arguments;
	enum bind_level level;
};
struct screen_keys {
	struct bound_key *keys;
	size_t count, capacity;
};
struct keymap {
	const struct ui_command *commands; /* the program's */
	size_t command_count;
	const char *const *screens;
	size_t screen_count;
	struct screen_keys by_screen[UI_SCREENS_MAX];
};

struct bound_key *keymap_bound(const struct keymap *keymap, unsigned screen, ui_key key);
/* Binds unless somebody of a higher level, or another of the same, has the key; returns that one then, else NULL. */
const struct bound_key *keymap_put(struct keymap *keymap, unsigned screen, ui_key key, size_t command,
	const char *arguments, enum bind_level level);
void keymap_remove(struct keymap *keymap, unsigned screen, struct bound_key *bound);
/* Takes all keys of command with these arguments away on a screen, as far as they are of a level up to this one. */
void keymap_clear(struct keymap *keymap, unsigned screen, size_t command, const char *arguments, enum bind_level level);
bool keymap_has_screen(const struct keymap *keymap, unsigned screen, size_t command);
bool keymap_has_key(const struct keymap *keymap, unsigned screen, size_t command);
/* Index of a screen's name; screen_count when unknown. */
unsigned keymap_screen(const struct keymap *keymap, const char *name);
/* Splits "m M-x": the next key's text, empty at the end. */
struct slice key_list_next(const char **rest);

#endif
