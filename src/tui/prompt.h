/* prompt: the state of the one prompt. readline has its own globals, so there can be no second. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "internal.h"

struct candidate {
	char *replacement, *display;
};
struct completions {
	struct candidate *items;
	size_t count, capacity;
};

struct prompt {
	struct prompt_options options; /* strings owned */
	bool is_open, is_done;
	char *text; /* of the last line accepted */
	struct completions completions;
	bool is_listing;
	size_t chosen; /* candidate put into the line; SIZE_MAX none */
	size_t start, end; /* part of the line that candidates replace */
	struct buf typed, before; /* the word as typed; the line before a key */
	unsigned char queue[64];
	size_t queue_start, queue_end;
};

void completions_clear(struct completions *list);
/* Tab and Shift-Tab: completes what all candidates share, then goes through them. */
void completion_step(struct prompt *prompt, int step);
/* After the line changed: the list follows it. */
void completion_refresh(struct prompt *prompt);
int completion_lines(const struct prompt *prompt, struct pane pane);
void completion_draw(const struct prompt *prompt, struct pane pane);

/* Histories by kind, each in its own file. */
void history_select(const struct ui *ui, const char *kind);
void history_keep(const struct ui *ui, const char *kind, const char *line);
void history_release(void);

#endif
