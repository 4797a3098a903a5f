/* chrome: the hint line made from the live keymap, and the boxed error above the prompt. */
#include "internal.h"

#define NOTICE_LINES_MAX 5

/* One hint: key and label; returns its cells without drawing when y < 0. */
static int put_hint(struct pane pane, int y, int x, const struct keymap *keymap, unsigned screen, const char *name)
{
	struct buf keys = BUF_EMPTY;
	struct binding binding;
	keymap_keys(keymap, screen, name, " ", &keys);
	int cells = 0;
	if (keys.length > 0 && keymap_parse(keymap, name, &binding, NULL) == 0) {
		struct slice key = {keys.data, strcspn(keys.data, " ")}; /* the best one */
		struct slice label = slice_of(binding.command->hint != NULL ? binding.command->hint : name);
		cells = draw_width(pane.ui, key) + 1 + draw_width(pane.ui, label);
		if (y >= 0) {
			x += draw_text(pane, y, x, ROLE_HINT_KEY, key);
			draw_text(pane, y, x + 1, ROLE_HINT, label);
		}
	}
	buf_free(&keys);
	return cells;
}

size_t draw_hints(struct pane pane, int y, const struct keymap *keymap, unsigned screen, const char *const *commands,
	size_t count)
{
	if (count == 0)
		return 0;
	size_t shown = 0;
	int x = 1, last = put_hint(pane, -1, 0, keymap, screen, commands[count - 1]);
	for (size_t i = 0; i + 1 < count; i++) {
		int cells = put_hint(pane, -1, 0, keymap, screen, commands[i]);
		if (cells == 0)
			continue;
		if (x + cells + 2 + last > pane.width)
			break;
		put_hint(pane, y, x, keymap, screen, commands[i]);
		x += cells + 2;
		shown = i + 1;
	}
	put_hint(pane, y, x, keymap, screen, commands[count - 1]);
	return shown;
}

/* Lines that a text takes, broken at spaces where possible; drawn when y >= 0. */
static int put_paragraph(struct pane pane, int y, int x, int width, enum ui_role role, const char *text, int most)
{
	struct buf shown = BUF_EMPTY;
	shown_text(pane.ui, &shown, NULL, slice_of(text));
	int lines = 0;
	for (size_t at = 0; at < shown.length && lines < most; lines++) {
		struct slice rest = {shown.data + at, shown.length - at};
		size_t length = text_fit(rest, (size_t)width, NULL), end = length;
		while (length < rest.length && end > 0 && rest.data[end] != ' ')
			end--;
		if (end == 0)
			end = length > 0 ? length : 1;
		if (y >= 0)
			draw_fit(pane, y + lines, x, width, ALIGN_LEFT, role,
				lines + 1 == most ? rest : (struct slice){rest.data, end});
		at += end;
		while (at < shown.length && shown.data[at] == ' ')
			at++;
	}
	buf_free(&shown);
	return lines;
}

/* At most two lines say what is wrong, three say all. */
static int text_lines(const struct ui_notice *notice, struct pane pane)
{
	int width = pane.width - 4;
	if (width < 4)
		return 1;
	int lines = put_paragraph(pane, -1, 0, width, ROLE_ERROR, notice->text, 2);
	if (notice->help != NULL)
		lines += put_paragraph(pane, -1, 0, width, ROLE_TEXT, notice->help, 3 - lines > 0 ? 3 - lines : 1);
	return lines;
}

static int notice_height(const struct ui_notice *notice, struct pane pane)
{
	int height = text_lines(notice, pane) + 2;
	height = height < NOTICE_LINES_MAX ? height : NOTICE_LINES_MAX;
	return height < pane.height ? height : pane.height;
}

void ui_notice_draw(const struct ui_notice *notice, struct pane pane)
{
	int height = notice_height(notice, pane);
	if (height < 1 || pane.width < 8)
		return;
	struct pane box = pane_rows(pane, pane.height - height, height);
	draw_fill(box, ROLE_TEXT);
	if (height < 3) { /* no room for a frame */
		draw_fit(box, 0, 0, box.width, ALIGN_LEFT, ROLE_ERROR, slice_of(notice->text));
		return;
	}
	draw_box(box, NULL);
	int inner = height - 2, width = box.width - 4;
	int used = put_paragraph(box, 1, 2, width, ROLE_ERROR, notice->text, inner < 2 ? inner : 2);
	if (notice->help != NULL && used < inner)
		put_paragraph(box, 1 + used, 2, width, ROLE_TEXT, notice->help, inner - used);
	if (notice->has_column) {
		int cell = prompt_column(pane.ui, pane, notice->column);
		put_cell(box, height - 1, cell < box.width ? cell : box.width - 1, ROLE_CARET, 'v');
	}
}
