/* The prompt: readline inside the last line, with history and completion. */
#ifndef RARETRAIL_DOOR_TUI_PROMPT_H
#define RARETRAIL_DOOR_TUI_PROMPT_H

#include "raretrail/tui/draw.h"

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

#endif
