/* completion: the candidates above the prompt. Tab completes what they share, then goes through them one by one; typing
 * on keeps the list in step. */
#include "prompt.h"

#include <readline/readline.h>
#include <stdlib.h>

#define LIST_LINES_MAX 6
#define CANDIDATES_MAX 2000

void completions_add(struct completions *list, const char *replacement, const char *display)
{
	if (list->count == CANDIDATES_MAX)
		return;
	list->items = array_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] =
		(struct candidate){xstrdup(replacement), xstrdup(display != NULL ? display : replacement)};
}

void completions_clear(struct completions *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].replacement);
		free(list->items[i].display);
	}
	list->count = 0;
}

static void ask(struct prompt *prompt)
{
	completions_clear(&prompt->completions);
	prompt->chosen = SIZE_MAX;
	prompt->end = (size_t)rl_point;
	prompt->start = prompt->end;
	while (prompt->start > 0 && rl_line_buffer[prompt->start - 1] != ' ')
		prompt->start--;
	prompt->options.complete(
		prompt->options.context, rl_line_buffer, &prompt->start, prompt->end, &prompt->completions);
	if (prompt->start > prompt->end)
		prompt->start = prompt->end;
	prompt->typed.length = 0;
	buf_add(&prompt->typed, rl_line_buffer + prompt->start, prompt->end - prompt->start);
}

/* Puts a text in the place of the word. */
static void replace_word(struct prompt *prompt, const char *text)
{
	rl_delete_text((int)prompt->start, (int)prompt->end);
	rl_point = (int)prompt->start;
	rl_insert_text(text);
	prompt->end = prompt->start + strlen(text);
}

/* Bytes that all candidates begin with, cut at a character's end. */
static size_t common_length(const struct completions *list)
{
	size_t length = strlen(list->items[0].replacement);
	for (size_t i = 1; i < list->count; i++) {
		size_t same = 0;
		while (same < length && list->items[0].replacement[same] == list->items[i].replacement[same])
			same++;
		length = same;
	}
	while (length > 0 && (list->items[0].replacement[length] & 0xC0) == 0x80)
		length--;
	return length;
}

void completion_step(struct prompt *prompt, int step)
{
	if (prompt->options.complete == NULL)
		return;
	if (prompt->is_listing && prompt->completions.count > 1) {
		size_t count = prompt->completions.count;
		if (prompt->chosen == SIZE_MAX)
			prompt->chosen = step > 0 ? 0 : count - 1;
		else
			prompt->chosen = (prompt->chosen + (step > 0 ? 1 : count - 1)) % count;
		replace_word(prompt, prompt->completions.items[prompt->chosen].replacement);
		return;
	}
	ask(prompt);
	if (prompt->completions.count == 0)
		return;
	size_t common = common_length(&prompt->completions);
	if (common > prompt->typed.length || prompt->completions.count == 1) {
		char *text = xasprintf("%.*s", (int)common, prompt->completions.items[0].replacement);
		replace_word(prompt, text);
		free(text);
	}
	prompt->is_listing = prompt->completions.count > 1;
	if (!prompt->is_listing)
		completions_clear(&prompt->completions);
}

void completion_refresh(struct prompt *prompt)
{
	if (!prompt->is_listing)
		return;
	ask(prompt);
	prompt->is_listing = prompt->completions.count > 0;
}

struct grid {
	int columns, cell, lines;
};

static struct grid lay_out(const struct prompt *prompt, struct pane pane)
{
	int widest = 1;
	for (size_t i = 0; i < prompt->completions.count; i++) {
		int cells = draw_width(pane.ui, slice_of(prompt->completions.items[i].display)) + 2;
		widest = cells > widest ? cells : widest;
	}
	struct grid grid = {.cell = widest < pane.width - 1 ? widest : pane.width - 1};
	grid.columns = grid.cell > 0 ? (pane.width - 1) / grid.cell : 1;
	grid.columns = grid.columns > 0 ? grid.columns : 1;
	int needed = ((int)prompt->completions.count + grid.columns - 1) / grid.columns;
	int most = pane.height - 2 < LIST_LINES_MAX ? pane.height - 2 : LIST_LINES_MAX;
	grid.lines = needed < most ? needed : most > 0 ? most : 0;
	return grid;
}

int completion_lines(const struct prompt *prompt, struct pane pane)
{
	return prompt->is_listing ? lay_out(prompt, pane).lines : 0;
}

void completion_draw(const struct prompt *prompt, struct pane pane)
{
	struct pane measured = pane;
	measured.height = LIST_LINES_MAX + 2;
	struct grid grid = lay_out(prompt, measured);
	draw_fill(pane, ROLE_COMPLETION);
	size_t shown = (size_t)(pane.height * grid.columns), count = prompt->completions.count, first = 0;
	if (prompt->chosen != SIZE_MAX && shown > 0) /* turn pages so that the chosen one is in sight */
		first = prompt->chosen / shown * shown;
	for (size_t i = first; i < count && i < first + shown; i++) {
		int y = (int)(i - first) / grid.columns, x = 1 + (int)(i - first) % grid.columns * grid.cell;
		bool is_last_cell = i == first + shown - 1 && i + 1 < count;
		if (is_last_cell) {
			char more[32];
			snprintf(more, sizeof more, "+%zu more", count - i);
			draw_fit(pane, y, x, grid.cell - 1, ALIGN_LEFT, ROLE_DIM, slice_of(more));
			break;
		}
		struct slice text = slice_of(prompt->completions.items[i].display);
		draw_fit(pane, y, x, grid.cell - 1, ALIGN_LEFT, ROLE_COMPLETION, text);
		size_t typed = prompt->typed.length;
		if (typed <= text.length &&
			memcmp(text.data, prompt->typed.data != NULL ? prompt->typed.data : "", typed) == 0)
			put_text(pane, y, x, grid.cell - 1, 0, ROLE_COMPLETION_NOW, (struct slice){text.data, typed},
				NULL, ROLE_COMPLETION);
		if (i == prompt->chosen)
			draw_overlay(pane_part(pane, y, x, 1, grid.cell - 1), ROLE_CURSOR);
	}
}
