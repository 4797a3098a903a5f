/* list: cursor, motions, ranges and search of the list widget. It never holds rows, only where it is among them. */
#include "list.h"

void list_init(struct list *list, const struct list_column *columns, size_t column_count,
	void (*row)(void *context, size_t index, struct list_row *row), void *context)
{
	*list = (struct list){.columns = columns,
		.column_count = column_count < LIST_COLUMNS_MAX ? column_count : LIST_COLUMNS_MAX,
		.row = row,
		.context = context,
		.sort_column = -1,
		.has_header = true,
		.anchor = SIZE_MAX,
		.page = 1};
}

void list_get_row(const struct list *list, size_t index, struct list_row *row)
{
	memset(row, 0, sizeof *row);
	list->row(list->context, index, row);
	if (row->note_count > LIST_NOTES_MAX)
		row->note_count = LIST_NOTES_MAX;
}

void list_set_count(struct list *list, size_t count)
{
	size_t last = count > 0 ? count - 1 : 0;
	list->count = count;
	if (list->cursor > last)
		list->cursor = last;
	if (list->top > last)
		list->top = last;
	if (list->anchor != SIZE_MAX && list->anchor > last)
		list->anchor = count > 0 ? last : SIZE_MAX;
}

void list_goto(struct list *list, size_t index)
{
	list->cursor = index;
	list_set_count(list, list->count);
}

static unsigned move_cell(struct list *list, int step, bool is_far)
{
	int best = list->column;
	for (int i = list->column + step; i >= 0 && i < (int)list->column_count; i += step) {
		/* In the wide form columns may be scrolled out of sight and still be reached. */
		if (list->columns[i].is_hidden || list->column_width[i] == 0)
			continue;
		best = i;
		if (!is_far)
			break;
	}
	if (best == list->column)
		return UI_HANDLED;
	list->column = best;
	return UI_REDRAW;
}

static unsigned scroll_sideways(struct list *list, int step)
{
	int left = list->left + step;
	if (!list->is_wide || left < 0)
		left = 0;
	if (left == list->left)
		return UI_HANDLED;
	list->left = left; /* list_place_columns cuts it to what there is */
	return UI_REDRAW;
}

unsigned list_move(struct list *list, enum ui_motion motion)
{
	switch (motion) {
	case MOTION_LEFT: return list->has_cell_cursor ? move_cell(list, -1, false) : scroll_sideways(list, -8);
	case MOTION_RIGHT: return list->has_cell_cursor ? move_cell(list, 1, false) : scroll_sideways(list, 8);
	case MOTION_FAR_LEFT:
		return list->has_cell_cursor ? move_cell(list, -1, true) : scroll_sideways(list, -list->left);
	case MOTION_FAR_RIGHT: return list->has_cell_cursor ? move_cell(list, 1, true) : scroll_sideways(list, 100000);
	default: return motion_move(motion, list->count, list->page, &list->cursor);
	}
}

void list_range(const struct list *list, size_t *first, size_t *last)
{
	size_t other = list->anchor != SIZE_MAX ? list->anchor : list->cursor;
	*first = other < list->cursor ? other : list->cursor;
	*last = other < list->cursor ? list->cursor : other;
}

bool list_at(const struct list *list, int y, int x, size_t *index, int *column)
{
	int line = y - list->drawn.y - list_top_lines(list), cell = x - list->drawn.x;
	if (line < 0 || y >= list->drawn.y + list->drawn.height || cell < 0 || cell >= list->drawn.width)
		return false;
	*column = -1;
	for (size_t i = 0; i < list->column_count; i++)
		if (list->column_width[i] > 0 && cell >= list->column_x[i] &&
			cell < list->column_x[i] + list->column_width[i])
			*column = (int)i;
	for (size_t i = list->top; i < list->count; i++) {
		struct list_row row;
		list_get_row(list, i, &row);
		line -= list_row_height(list, &row);
		if (line < 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool is_hit(const struct list *list, const struct pattern *pattern, size_t index, struct buf *shown)
{
	struct list_row row;
	size_t start, end;
	list_get_row(list, index, &row);
	for (size_t i = 0; i < list->column_count + row.note_count; i++) {
		struct slice text = i < list->column_count ? row.cells[i].text : row.notes[i - list->column_count];
		if ((i < list->column_count && list->columns[i].is_hidden) || text.length == 0)
			continue;
		shown->length = 0;
		text_show(shown, text, TEXT_TERMINAL); /* what is sought is what is seen */
		if (pattern_match(pattern, (struct slice){shown->data, shown->length}, 0, &start, &end))
			return true;
	}
	return false;
}

enum list_find_result list_find(const struct list *list, const struct pattern *pattern, size_t from, bool is_forward,
	size_t max_rows, size_t *index)
{
	struct buf shown = BUF_EMPTY;
	enum list_find_result result = LIST_NOT_FOUND;
	for (size_t i = from; i < list->count; i += is_forward ? 1 : SIZE_MAX) {
		*index = i;
		if (max_rows-- == 0) {
			result = LIST_FIND_MORE;
			break;
		}
		if (is_hit(list, pattern, i, &shown)) {
			result = LIST_FOUND;
			break;
		}
	}
	buf_free(&shown);
	return result;
}
