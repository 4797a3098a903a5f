/* What stands around a screen: hints, notices, and the help that is made from the live keymap. */
#ifndef RARETRAIL_DOOR_TUI_CHROME_H
#define RARETRAIL_DOOR_TUI_CHROME_H

#include "raretrail/tui/pager.h"

/* "Enter why Space sel m mark": keys from the live keymap, labels from the commands' hints; those that do not fit are
 * left out from the end, except the last name, which always stays. Commands without a key on this screen are left
 * out. Returns how many of the names, from the first on, are shown or have no key. */
size_t draw_hints(struct pane pane, int y, const struct keymap *keymap, unsigned screen, const char *const *commands,
	size_t count);

/* A boxed error above the prompt: what is wrong, what to do, and a caret under the column it speaks of. */
struct ui_notice {
	const char *text;
	const char *help; /* NULL none */
	size_t column; /* byte offset into the prompt's text */
	bool has_column;
};
void ui_notice_draw(const struct ui_notice *notice, struct pane pane); /* into the last lines of the pane */

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

#endif
