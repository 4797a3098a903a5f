/* bars: one breakdown: title, then a row for each value with its figures and a bar. Wide panes have longer bars, narrow
 * ones none; what does not fit is counted in the last line. */
#include "internal.h"

#define GUTTER 2 /* the cursor's > and the rare value's ! */
#define BAR_MAX 32
#define BAR_MIN 6
#define LABEL_MIN 12

struct columns {
	int label, figures, bar, tail;
};

static size_t rows_that_fit(const struct bars *bars)
{
	int room = bars->drawn.height - 1;
	if (room < 1)
		return 0;
	size_t rows = (size_t)room;
	if (rows >= bars->total && rows >= bars->count)
		return bars->count;
	return rows > 1 ? rows - 1 : rows; /* the last line tells how many more there are */
}

static struct columns measure(const struct bars *bars, size_t rows)
{
	struct columns widths = {0};
	int room = bars->drawn.width - GUTTER, label = LABEL_MIN;
	widths.figures = bars->figures != NULL ? draw_width(bars->drawn.ui, slice_of(bars->figures)) : 0;
	for (size_t i = bars->top; i < bars->count && i < bars->top + rows; i++) {
		struct bar_row row = {0};
		bars->row(bars->context, i, &row);
		int cells = draw_width(bars->drawn.ui, row.figures);
		widths.figures = cells > widths.figures ? cells : widths.figures;
		cells = draw_width(bars->drawn.ui, row.tail);
		widths.tail = cells > widths.tail ? cells : widths.tail;
		cells = draw_width(bars->drawn.ui, row.label);
		label = cells > label ? cells : label;
	}
	int spare = room - widths.figures - 1 - (widths.tail > 0 ? widths.tail + 1 : 0);
	/* A third of what is left goes to the bar, more when the labels do not need it. */
	int bar = spare - label - 1;
	if (bar < spare / 3)
		bar = spare / 3;
	bar = bar > BAR_MAX ? BAR_MAX : bar;
	if (bar < BAR_MIN || spare - bar - 1 < LABEL_MIN)
		bar = 0;
	widths.bar = bar;
	widths.label = spare - (bar > 0 ? bar + 1 : 0);
	if (widths.label < 1) { /* too narrow for figures */
		widths = (struct columns){.label = room};
	} else if (widths.label > label && bar == BAR_MAX) {
		widths.label = label;
	}
	return widths;
}

static void draw_bar_row(const struct bars *bars, struct columns widths, int y, size_t index, bool is_focused)
{
	struct pane pane = bars->drawn;
	struct bar_row row = {0};
	bars->row(bars->context, index, &row);
	enum ui_role role = row.is_off ? ROLE_OFF : row.is_rare ? ROLE_RARE : ROLE_TEXT;
	bool is_here = index == bars->cursor;
	int x = GUTTER;
	if (is_here && is_focused)
		put_cell(pane, y, 0, ROLE_TEXT, '>');
	if (row.is_picked)
		put_cell(pane, y, 1, ROLE_SELECTED, '*');
	else if (row.is_rare)
		put_cell(pane, y, 1, role, '!');
	draw_fit(pane, y, x, widths.label, ALIGN_LEFT, role, row.label);
	x += widths.label + 1;
	if (widths.figures > 0) {
		draw_fit(pane, y, x, widths.figures, ALIGN_RIGHT, row.is_off ? ROLE_OFF : ROLE_NUMBER, row.figures);
		x += widths.figures + 1;
	}
	if (widths.bar > 0) {
		draw_bar(pane, y, x, widths.bar, row.fraction,
			row.is_off    ? ROLE_OFF
			: row.is_rare ? ROLE_BAR_RARE
				      : ROLE_BAR);
		x += widths.bar + 1;
	}
	if (widths.tail > 0)
		draw_fit(pane, y, x, widths.tail, ALIGN_LEFT, ROLE_DIM, row.tail);
	if (is_here && is_focused) {
		draw_overlay(pane_rows(pane, y, 1), ROLE_CURSOR);
		if (!pane.ui->is_cursor_shown) {
			pane.ui->cursor_y = pane.y + y;
			pane.ui->cursor_x = pane.x;
		}
	}
}

unsigned bars_move(struct bars *bars, enum ui_motion motion)
{
	return motion_move(motion, bars->count, bars->page, &bars->cursor);
}

void bars_draw(struct bars *bars, struct pane pane, bool is_focused)
{
	bars->drawn = pane;
	if (pane.height < 1 || pane.width < 4)
		return;
	if (bars->cursor >= bars->count)
		bars->cursor = bars->count > 0 ? bars->count - 1 : 0;
	size_t rows = rows_that_fit(bars);
	bars->page = rows > 0 ? (int)rows : 1;
	motion_keep_visible(bars->count, bars->page, bars->cursor, &bars->top);
	struct columns widths = measure(bars, rows);

	char title[128];
	snprintf(title, sizeof title, "%s [%zu]", bars->title, bars->total);
	enum ui_role role = is_focused ? ROLE_HEADER_FOCUS : ROLE_HEADER;
	draw_fit(pane, 0, 1, widths.label + 1, ALIGN_LEFT, role, slice_of(title));
	if (widths.figures > 0 && bars->figures != NULL)
		draw_fit(pane, 0, GUTTER + widths.label + 1, widths.figures, ALIGN_RIGHT, ROLE_HEADER,
			slice_of(bars->figures));

	int y = 1;
	size_t index = bars->top;
	for (; index < bars->count && index < bars->top + rows; index++)
		draw_bar_row(bars, widths, y++, index, is_focused);
	size_t all = bars->total > bars->count ? bars->total : bars->count;
	if (all > rows && y < pane.height)
		draw_printf(pane, y, GUTTER, ROLE_DIM, "+%zu more", all - (index - bars->top));
}
