/* pager: lines of coloured text, wrapped or scrolled sideways, with the hits of a search. Lines are asked for one at a
 * time. */
#include "list.h"

#define CONTINUATION_LINES_MAX \
	2000 /* of one wrapped line that are counted: a line of megabytes must not stop a frame */

/* One line made safe and ready to draw. */
struct shown_line {
	struct buf shown, flags, roles;
	int indent;
};

void pager_init(struct pager *pager, void (*line)(void *context, size_t index, struct pager_line *line), void *context)
{
	*pager = (struct pager){.line = line, .context = context, .page = 1};
}

void pager_set_count(struct pager *pager, size_t count)
{
	size_t last = count > 0 ? count - 1 : 0;
	pager->count = count;
	if (pager->cursor > last)
		pager->cursor = last;
	if (pager->top > last)
		pager->top = last;
}

void pager_goto(struct pager *pager, size_t index)
{
	pager->cursor = index;
	if (!pager->has_cursor) {
		pager->top = index;
		pager->is_at_end = false;
	}
	pager_set_count(pager, pager->count);
}

unsigned pager_move(struct pager *pager, enum ui_motion motion)
{
	if (motion == MOTION_LEFT || motion == MOTION_RIGHT || motion == MOTION_FAR_LEFT ||
		motion == MOTION_FAR_RIGHT) {
		int step = motion == MOTION_LEFT       ? -8
			   : motion == MOTION_RIGHT    ? 8
			   : motion == MOTION_FAR_LEFT ? -pager->left
						       : 100000;
		int left = pager->left + step;
		if (pager->is_wrapped || left < 0)
			left = 0;
		if (left == pager->left)
			return UI_HANDLED;
		pager->left = left;
		return UI_REDRAW;
	}
	if (pager->has_cursor)
		return motion_move(motion, pager->count, pager->page, &pager->cursor);
	size_t before = pager->top;
	unsigned reaction = motion_move(motion, pager->count, pager->page, &pager->top);
	if (reaction == UI_NONE)
		return UI_NONE;
	if (pager->is_at_end && pager->top > before) {
		pager->top = before;
		return UI_HANDLED;
	}
	pager->is_at_end = false;
	return reaction;
}

static void show_line(const struct pager *pager, size_t index, struct shown_line *out)
{
	struct pager_line line = {0};
	struct ui *ui = pager->drawn.ui;
	pager->line(pager->context, index, &line);
	out->shown.length = out->flags.length = out->roles.length = 0;
	out->indent = line.indent;
	for (size_t i = 0; i < line.count && i < PAGER_SPANS_MAX; i++) {
		size_t before = out->shown.length;
		ui->made_visible += shown_text(ui, &out->shown, &out->flags, line.spans[i].text);
		for (size_t k = before; k < out->shown.length; k++)
			buf_add_char(&out->roles, (char)line.spans[i].role);
	}
	struct slice shown = {out->shown.data, out->shown.length};
	if (pager->pattern != NULL && shown.length > 0)
		shown_mark_matches(pager->pattern, shown, out->flags.data);
}

static void free_line(struct shown_line *line)
{
	buf_free(&line->shown);
	buf_free(&line->flags);
	buf_free(&line->roles);
}

static int continuation_indent(const struct pager *pager, const struct shown_line *line)
{
	return line->indent < pager->drawn.width / 2 ? line->indent : pager->drawn.width / 2;
}

static int line_height(const struct pager *pager, const struct shown_line *line)
{
	if (!pager->is_wrapped || line->shown.length == 0)
		return 1;
	int lines = 0, indent = continuation_indent(pager, line);
	for (size_t at = 0; at < line->shown.length && lines < CONTINUATION_LINES_MAX; lines++)
		at += wrap_length((struct slice){line->shown.data, line->shown.length}, at,
			pager->drawn.width - (lines > 0 ? indent : 0));
	return lines;
}

static int height_at(const struct pager *pager, size_t index, struct shown_line *line)
{
	if (!pager->is_wrapped)
		return 1;
	unsigned kept = pager->drawn.ui->made_visible; /* only what is drawn counts */
	show_line(pager, index, line);
	pager->drawn.ui->made_visible = kept;
	return line_height(pager, line);
}

/* Lines from the end that fill the pane: no top lies below the first of them. */
static size_t last_top(const struct pager *pager, struct shown_line *line)
{
	int used = 0;
	size_t top = pager->count;
	while (top > 0) {
		used += height_at(pager, top - 1, line);
		if (used > pager->drawn.height)
			break;
		top--;
	}
	return top < pager->count ? top : pager->count > 0 ? pager->count - 1 : 0;
}

static void keep_visible(struct pager *pager, struct shown_line *line)
{
	if (pager->has_cursor) {
		if (pager->cursor < pager->top)
			pager->top = pager->cursor;
		int used = 0;
		size_t lowest = pager->cursor;
		for (size_t i = pager->cursor;; i--) {
			used += height_at(pager, i, line);
			if (used > pager->drawn.height && i < pager->cursor)
				break;
			lowest = i;
			if (i == 0 || i <= pager->top)
				break;
		}
		if (pager->top < lowest)
			pager->top = lowest;
	}
	size_t last = last_top(pager, line);
	pager->is_at_end = pager->top >= last;
	if (pager->top > last)
		pager->top = last;
}

static int draw_line(const struct pager *pager, int y, const struct shown_line *line, bool is_here)
{
	struct run run = {.match_role = is_here ? ROLE_MATCH_NOW : ROLE_MATCH};
	if (!pager->is_wrapped) {
		run.shown = (struct slice){line->shown.data, line->shown.length};
		run.flags = line->flags.data;
		run.roles = line->roles.data;
		put_run(pager->drawn, y, 0, pager->drawn.width, pager->left, &run);
		if (line->shown.length > 0 && (int)text_width(run.shown) - pager->left > pager->drawn.width)
			put_cell(pager->drawn, y, pager->drawn.width - 1, ROLE_DIM, '~');
		return 1;
	}
	int lines = 0, indent = continuation_indent(pager, line);
	for (size_t at = 0; at < line->shown.length && y + lines < pager->drawn.height; lines++) {
		int x = lines > 0 ? indent : 0, width = pager->drawn.width - x;
		size_t length = wrap_length((struct slice){line->shown.data, line->shown.length}, at, width);
		run.shown = (struct slice){line->shown.data + at, length};
		run.flags = line->flags.data + at;
		run.roles = line->roles.data + at;
		put_run(pager->drawn, y + lines, x, width, 0, &run);
		at += length;
	}
	return lines > 0 ? lines : 1;
}

/* Sideways no further than the longest line on screen. */
static void limit_left(struct pager *pager, struct shown_line *line)
{
	if (pager->left == 0)
		return;
	int longest = 0;
	for (size_t i = pager->top; i < pager->count && i < pager->top + (size_t)pager->drawn.height; i++) {
		show_line(pager, i, line);
		int width = line->shown.length > 0
				    ? (int)text_width((struct slice){line->shown.data, line->shown.length})
				    : 0;
		longest = width > longest ? width : longest;
	}
	int most = longest > pager->drawn.width ? longest - pager->drawn.width : 0;
	if (pager->left > most)
		pager->left = most;
}

void pager_draw(struct pager *pager, struct pane pane, bool is_focused)
{
	pager->drawn = pane;
	pager->page = pane.height > 1 ? pane.height : 1;
	if (pane.height < 1 || pane.width < 1 || pager->count == 0)
		return;
	struct shown_line line = {0};
	unsigned counted = pane.ui->made_visible;
	keep_visible(pager, &line);
	limit_left(pager, &line);
	pane.ui->made_visible = counted;
	int y = 0;
	pager->bottom = pager->top;
	for (size_t i = pager->top; i < pager->count && y < pane.height; i++) {
		show_line(pager, i, &line);
		int height = draw_line(pager, y, &line, pager->has_cursor && i == pager->cursor);
		if (pager->has_cursor && i == pager->cursor) {
			overlay_except(
				pane_rows(pane, y, height), is_focused ? ROLE_CURSOR : ROLE_CURSOR_OFF, ROLE_MATCH_NOW);
			if (is_focused && !pane.ui->is_cursor_shown) {
				pane.ui->cursor_y = pane.y + y;
				pane.ui->cursor_x = pane.x;
			}
		}
		y += height;
		pager->bottom = i + 1;
	}
	free_line(&line);
}

enum list_find_result pager_find(const struct pager *pager, const struct pattern *pattern, size_t from, bool is_forward,
	size_t max_lines, size_t *index)
{
	struct buf shown = BUF_EMPTY;
	enum list_find_result result = LIST_NOT_FOUND;
	for (size_t i = from; i < pager->count && result == LIST_NOT_FOUND; i += is_forward ? 1 : SIZE_MAX) {
		*index = i;
		if (max_lines-- == 0) {
			result = LIST_FIND_MORE;
			break;
		}
		struct pager_line line = {0};
		size_t start, end;
		pager->line(pager->context, i, &line);
		shown.length = 0;
		for (size_t k = 0; k < line.count && k < PAGER_SPANS_MAX; k++)
			text_show(&shown, line.spans[k].text, TEXT_TERMINAL);
		if (pattern_match(pattern, (struct slice){shown.data, shown.length}, 0, &start, &end))
			result = LIST_FOUND;
	}
	buf_free(&shown);
	return result;
}

int pager_percent(const struct pager *pager)
{
	return pager->count == 0 ? 100 : (int)(pager->bottom * 100 / pager->count);
}
