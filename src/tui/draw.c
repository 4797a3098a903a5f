/* draw: text, fields, lines, fills and boxes inside panes. Everything clips at the pane's edges. */
#include "internal.h"

#include <curses.h>

int draw_text(struct pane pane, int y, int x, enum ui_role role, struct slice text)
{
	return put_text(pane, y, x, pane.width - x, 0, role, text, NULL, ROLE_MATCH);
}

int draw_printf(struct pane pane, int y, int x, enum ui_role role, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length < 0)
		return 0;
	size_t used = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
	return draw_text(pane, y, x, role, (struct slice){text, used});
}

void draw_fit(struct pane pane, int y, int x, int width, enum ui_align align, enum ui_role role, struct slice text)
{
	if (width <= 0)
		return;
	int cells = draw_width(pane.ui, text);
	int start = 0;
	if (cells < width && align != ALIGN_LEFT)
		start = align == ALIGN_RIGHT ? width - cells : (width - cells) / 2;
	for (int i = 0; i < start; i++)
		put_cell(pane, y, x + i, role, ' ');
	bool is_cut = cells > width;
	int used = start + put_text(pane, y, x + start, width - start - (is_cut ? 1 : 0), 0, role, text, NULL, role);
	if (is_cut)
		put_cell(pane, y, x + used++, role, '~');
	for (; used < width; used++)
		put_cell(pane, y, x + used, role, ' ');
}

void draw_ends(struct pane pane, int y, enum ui_role role, struct slice left, struct slice right)
{
	int right_cells = draw_width(pane.ui, right);
	if (right_cells > pane.width - 8)
		right_cells = right_cells < pane.width / 2 ? right_cells : pane.width / 2;
	int left_cells = pane.width - right_cells - (right_cells > 0 ? 1 : 0);
	draw_fit(pane, y, 0, left_cells, ALIGN_LEFT, role, left);
	if (right_cells > 0) {
		put_cell(pane, y, left_cells, role, ' ');
		draw_fit(pane, y, pane.width - right_cells, right_cells, ALIGN_RIGHT, role, right);
	}
}

void draw_fill(struct pane pane, enum ui_role role)
{
	for (int y = 0; y < pane.height; y++)
		for (int x = 0; x < pane.width; x++)
			put_cell(pane, y, x, role, ' ');
}

/* The role's colours over what is there; bold, underline and the like of the cells stay. */
void draw_overlay(struct pane pane, enum ui_role role)
{
	overlay_except(pane, role, role);
}

void overlay_except(struct pane pane, enum ui_role role, enum ui_role excepted)
{
	const struct ui *ui = pane.ui;
	const attr_t kept = A_BOLD | A_UNDERLINE | A_ITALIC;
	for (int y = 0; y < pane.height; y++) {
		for (int x = 0; x < pane.width; x++) {
			cchar_t cell;
			wchar_t characters[CCHARW_MAX + 1];
			attr_t attributes;
			short pair;
			if (mvin_wch(pane.y + y, pane.x + x, &cell) == ERR ||
				getcchar(&cell, characters, &attributes, &pair, NULL) == ERR || characters[0] == L'\0')
				continue;
			if (excepted != role && pair == ui->role_pairs[excepted] &&
				(attributes & A_ATTRIBUTES & ~A_COLOR) == ui->role_attributes[excepted])
				continue;
			attributes = (attributes & kept) | ui->role_attributes[role];
			setcchar(&cell, characters, attributes, ui->role_pairs[role], NULL);
			mvadd_wch(pane.y + y, pane.x + x, &cell);
			int column = getcurx(stdscr) - pane.x; /* a wide character covers the next cell too */
			if (column > x + 1)
				x = column - 1;
		}
	}
}

static void put_rule(struct pane pane, int y, const char *label, const char *right, bool keeps_end)
{
	for (int x = 0; x < pane.width; x++)
		put_cell(pane, y, x, ROLE_RULE, x == 0 ? ' ' : '-');
	int room = pane.width - 4;
	if (right != NULL && right[0] != '\0') {
		int cells = draw_width(pane.ui, slice_of(right)) + 2;
		if (cells + 8 <= room) {
			put_cell(pane, y, pane.width - cells, ROLE_RULE, ' ');
			draw_text(pane, y, pane.width - cells + 1, ROLE_HEADER, slice_of(right));
			put_cell(pane, y, pane.width - 1, ROLE_RULE, ' ');
			room -= cells + 1;
		}
	}
	if (label != NULL && label[0] != '\0' && room > 3) {
		int whole = draw_width(pane.ui, slice_of(label)), cells = whole < room - 2 ? whole : room - 2;
		put_cell(pane, y, 3, ROLE_RULE, ' ');
		if (whole <= cells || !keeps_end) {
			draw_fit(pane, y, 4, cells, ALIGN_LEFT, ROLE_HEADER, slice_of(label));
		} else {
			put_cell(pane, y, 4, ROLE_HEADER, '~');
			put_text(pane, y, 5, cells - 1, whole - cells + 1, ROLE_HEADER, slice_of(label), NULL,
				ROLE_HEADER);
		}
		put_cell(pane, y, 4 + cells, ROLE_RULE, ' ');
	}
}

void draw_rule(struct pane pane, int y, const char *label, const char *right)
{
	put_rule(pane, y, label, right, false);
}

void draw_rule_path(struct pane pane, int y, const char *label, const char *right)
{
	put_rule(pane, y, label, right, true);
}

void draw_box(struct pane pane, const char *title)
{
	if (pane.height < 2 || pane.width < 2)
		return;
	for (int x = 1; x < pane.width - 1; x++) {
		put_cell(pane, 0, x, ROLE_RULE, '-');
		put_cell(pane, pane.height - 1, x, ROLE_RULE, '-');
	}
	for (int y = 1; y < pane.height - 1; y++) {
		put_cell(pane, y, 0, ROLE_RULE, '|');
		put_cell(pane, y, pane.width - 1, ROLE_RULE, '|');
	}
	int right = pane.width - 1, bottom = pane.height - 1;
	put_cell(pane, 0, 0, ROLE_RULE, '+');
	put_cell(pane, 0, right, ROLE_RULE, '+');
	put_cell(pane, bottom, 0, ROLE_RULE, '+');
	put_cell(pane, bottom, right, ROLE_RULE, '+');
	if (title != NULL && pane.width > 8) {
		int cells = draw_width(pane.ui, slice_of(title));
		cells = cells < pane.width - 6 ? cells : pane.width - 6;
		put_cell(pane, 0, 2, ROLE_RULE, ' ');
		draw_fit(pane, 0, 3, cells, ALIGN_LEFT, ROLE_HEADER, slice_of(title));
		put_cell(pane, 0, 3 + cells, ROLE_RULE, ' ');
	}
}

void draw_cursor(struct pane pane, int y, int x)
{
	if (y < 0 || x < 0 || y >= pane.height || x >= pane.width)
		return;
	pane.ui->cursor_y = pane.y + y;
	pane.ui->cursor_x = pane.x + x;
	pane.ui->is_cursor_shown = true;
}
