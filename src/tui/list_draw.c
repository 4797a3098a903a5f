/* list_draw: header, the rows that fit, notes under them, the cursor over them. */
#include "list.h"

static void draw_header(const struct list *list, struct pane pane, bool is_focused)
{
	for (int x = 0; x < pane.width; x++)
		put_cell(pane, 0, x, ROLE_TEXT, ' ');
	for (size_t i = 0; i < list->column_count; i++) {
		int width = list->column_width[i], x = list->column_x[i];
		if (width == 0)
			continue;
		bool is_here = is_focused && list->has_cell_cursor && list->column == (int)i;
		enum ui_role role = is_here ? ROLE_HEADER_FOCUS : ROLE_HEADER;
		struct slice title = slice_of(list->columns[i].title);
		int first = list_first_cell(list, i);
		if (x + width <= first)
			continue;
		draw_fit(pane_columns(pane, first, pane.width), 0, x - first, width, list->columns[i].align, role,
			title);
		if (list->sort_column != (int)i)
			continue;
		/* The arrow stands beside the title, in the gap between columns when the title needs all of its own. */
		int cells = draw_width(pane.ui, title);
		int arrow = list->columns[i].align == ALIGN_RIGHT ? x + width - cells - 1 : x + cells;
		arrow = arrow < x - 1 ? x - 1 : arrow > x + width ? x + width : arrow;
		if (arrow >= first - 1)
			put_cell(pane, 0, arrow, role, list->is_sort_descending ? 'v' : '^');
	}
}

/* One line of a cell: `line` counts the wrapped ones. Cells scrolled out to the left are cut there. */
static void draw_cell(const struct list *list, struct pane pane, int y, size_t column, const struct list_cell *cell,
	enum ui_role role, int line, enum ui_role match_role)
{
	struct ui *ui = pane.ui;
	int x = list->column_x[column], width = list->column_width[column];
	int first = list_first_cell(list, column);
	if (cell->is_bar) {
		if (line == 0 && x >= first)
			draw_bar(pane, y, x, width, cell->fraction, role == ROLE_TEXT ? ROLE_BAR : role);
		return;
	}
	ui->shown.length = ui->flags.length = 0;
	ui->made_visible += shown_text(ui, &ui->shown, &ui->flags, cell->text);
	struct slice shown = {ui->shown.data, ui->shown.length};
	if (shown.length == 0)
		return;
	if (list->pattern != NULL)
		shown_mark_matches(list->pattern, shown, ui->flags.data);
	size_t from = 0;
	if (list->is_wrapped) {
		for (; line > 0 && from < shown.length; line--)
			from += wrap_length(shown, from, width);
		shown.length = from + wrap_length(shown, from, width);
	} else if (line > 0) {
		return;
	}
	struct slice rest = {shown.data + from, shown.length - from};
	const char *flags = ui->flags.data + from;
	int cells = (int)text_width(rest), start = 0;
	if (cells < width && list->columns[column].align != ALIGN_LEFT)
		start = list->columns[column].align == ALIGN_RIGHT ? width - cells : (width - cells) / 2;
	bool is_cut = cells > width && !list->is_wrapped;
	int skip = x + start < first ? first - x - start : 0, room = width - start - skip - (is_cut ? 1 : 0);
	if (room + (is_cut ? 1 : 0) <= 0)
		return;
	struct run run = {rest, flags, NULL, role, match_role};
	if (is_cut && list->columns[column].keeps_end && x >= first) {
		put_cell(pane, y, x, role, '~');
		put_run(pane, y, x + 1, width - 1, cells - width + 1, &run);
		return;
	}
	put_run(pane, y, x + start + skip, room, skip, &run);
	if (is_cut && x + width - 1 >= first)
		put_cell(pane, y, x + width - 1, role, '~');
}

static void draw_adjustable(const struct list *list, struct pane pane, int y, size_t column, struct slice text)
{
	int x = list->column_x[column], width = list->column_width[column];
	int cells = draw_width(pane.ui, text);
	if (cells + 2 > width || x < 0)
		return;
	int start = list->columns[column].align == ALIGN_RIGHT ? x + width - cells - 2 : x;
	put_cell(pane, y, start, ROLE_VALUE, '<');
	draw_fit(pane, y, start + 1, cells, ALIGN_LEFT, ROLE_VALUE_CHANGED, text);
	put_cell(pane, y, start + 1 + cells, ROLE_VALUE, '>');
	for (int i = start + 2 + cells; i < x + width; i++)
		put_cell(pane, y, i, ROLE_TEXT, ' ');
}

static void draw_row(
	const struct list *list, struct pane pane, int y, size_t index, const struct list_row *row, bool is_focused)
{
	bool is_here = index == list->cursor;
	size_t range_first, range_last;
	list_range(list, &range_first, &range_last);
	bool is_selected =
		row->is_selected || (list->anchor != SIZE_MAX && index >= range_first && index <= range_last);
	enum ui_role match_role = is_here ? ROLE_MATCH_NOW : ROLE_MATCH;
	enum ui_role plain = is_selected ? ROLE_SELECTED : row->role;
	int height = list_row_height(list, row), lines = height - (int)row->note_count;
	struct pane area = pane_rows(pane, y, lines);

	for (int line = 0; line < area.height; line++) {
		for (size_t i = 0; i < list->column_count; i++) {
			if (list->column_width[i] == 0)
				continue;
			const struct list_cell *cell = &row->cells[i];
			draw_cell(list, area, line, i, cell, cell->role == ROLE_TEXT ? plain : cell->role, line,
				match_role);
		}
	}
	if (is_here)
		put_cell(area, 0, 0, plain, '>');
	else if (is_selected)
		put_cell(area, 0, 0, ROLE_SELECTED, '*');
	if (list->has_marks && row->mark != '\0')
		put_cell(area, 0, 1, row->mark == '!' ? ROLE_RARE : plain, row->mark);
	if (is_here) {
		overlay_except(area, is_focused ? ROLE_CURSOR : ROLE_CURSOR_OFF, ROLE_MATCH_NOW);
		if (is_focused && list->has_cell_cursor && list->column_width[list->column] > 0)
			overlay_except(
				pane_columns(area, list->column_x[list->column], list->column_width[list->column]),
				ROLE_CURSOR_CELL, ROLE_MATCH_NOW);
		for (size_t i = 0; i < list->column_count && is_focused; i++)
			if (row->cells[i].is_adjustable && list->column_width[i] > 0)
				draw_adjustable(list, area, 0, i, row->cells[i].text);
	}
	for (size_t i = 0; i < row->note_count; i++) {
		struct pane note = pane_rows(pane, y + lines + (int)i, 1);
		put_cell(note, 0, 3, ROLE_NOTE, '`');
		put_text(note, 0, 5, note.width - 5, 0, ROLE_NOTE, row->notes[i], list->pattern, ROLE_MATCH);
	}
}

/* Lines too long for the pane are broken between words: they say why nothing is there, and the key that helps. */
static void draw_empty(const struct list *list, struct pane pane)
{
	const char *text = list->empty_text != NULL ? list->empty_text : "";
	int width = pane.width > 6 ? pane.width - 2 : 4;
	for (int y = 0; y < pane.height && *text != '\0'; y++) {
		size_t length = wrap_length((struct slice){text, strcspn(text, "\n")}, 0, width);
		draw_text(pane, y, 2, ROLE_DIM, (struct slice){text, length});
		text += length;
		text += *text == '\n';
	}
}

void list_draw(struct list *list, struct pane pane, bool is_focused)
{
	list->drawn = pane;
	if (pane.height < 1 || pane.width < 1)
		return;
	list_place_columns(list);
	list_keep_visible(list);
	int y = 0;
	if (list_top_lines(list) > 0) {
		draw_header(list, pane, is_focused);
		y = 1;
	}
	if (list->count == 0) {
		draw_empty(list, pane_rows(pane, y, pane.height - y));
		list->page = pane.height - y;
		return;
	}
	int rows = 0;
	for (size_t i = list->top; i < list->count && y < pane.height; i++) {
		struct list_row row;
		list_get_row(list, i, &row);
		if (is_focused && i == list->cursor && !pane.ui->is_cursor_shown) {
			pane.ui->cursor_y = pane.y + y;
			pane.ui->cursor_x = pane.x;
		}
		draw_row(list, pane, y, i, &row, is_focused);
		y += list_row_height(list, &row);
		rows += y <= pane.height;
	}
	list->page = rows > 0 ? rows : 1;
}
