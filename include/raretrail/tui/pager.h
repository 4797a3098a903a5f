/* The pager: lines of coloured text to scroll and search, or to walk with a cursor. */
#ifndef RARETRAIL_DOOR_TUI_PAGER_H
#define RARETRAIL_DOOR_TUI_PAGER_H

#include "raretrail/tui/list.h"

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

#endif
