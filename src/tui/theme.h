/* theme: a parsed theme file, before any terminal is involved. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "color.h"
#include "raretrail/tui.h"

enum {
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_ITALIC = 4,
	STYLE_UNDERLINE = 8,
	STYLE_REVERSE = 16,
};
struct style {
	struct color foreground, background;
	unsigned attributes;
	bool is_set;
};
struct theme {
	struct style roles[ROLE_COUNT];
};

extern const char *const theme_role_names[ROLE_COUNT];

/* Where themes are looked for; members may be NULL. */
struct theme_places {
	const char *program, *share_dir;
};

/* Reads a theme and those it inherits from. What is wrong in its text is added to report when that is not NULL; only a
 * theme that cannot be read at all is an error. */
int theme_read(
	struct theme *theme, const struct theme_places *places, const char *name, struct buf *report, struct err *err);

/* Text of a theme: a file's, or a built-in one. Appends to text. */
int theme_find(const struct theme_places *places, const char *name, struct buf *text, struct err *err);
const char *theme_builtin(const char *name, size_t *length); /* NULL when there is none */
const char *theme_builtin_name(size_t index); /* NULL behind the last */

#endif
