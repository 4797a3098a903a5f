/* list_layout: how wide columns are and how high rows. When the room is short, columns first shrink to their least
 * width, then the least important ones go, the highest priority number first; what is left over goes to those that
 * grow. A width chosen by the user stays as it is, and its column goes last. */
#include "list.h"

#include <limits.h>

#define COLUMN_GAP 1
#define WIDE_CELL_MAX 500

static int gutter_of(const struct list *list)
{
	return list->has_marks ? 2 : 1;
}

int list_top_lines(const struct list *list)
{
	return list->has_header && list->drawn.height > 1 ? 1 : 0;
}

int list_first_cell(const struct list *list, size_t column)
{
	int first = gutter_of(list);
	if ((int)column < list->fixed_columns || list->left == 0)
		return first;
	for (int i = 0; i < list->fixed_columns && i < (int)list->column_count; i++)
		first += list->column_width[i] > 0 ? list->column_width[i] + COLUMN_GAP : 0;
	return first;
}

static int usual_width(const struct list *list, size_t column)
{
	return list->chosen_width[column] > 0 ? list->chosen_width[column] : list->columns[column].width;
}

static int least_width(const struct list *list, size_t index)
{
	const struct list_column *column = &list->columns[index];
	if (list->chosen_width[index] > 0)
		return list->chosen_width[index];
	return column->width_min > 0 && column->width_min < column->width ? column->width_min : column->width;
}

static int total_width(const struct list *list)
{
	int total = gutter_of(list), shown = 0;
	for (size_t i = 0; i < list->column_count; i++) {
		if (list->column_width[i] == 0)
			continue;
		total += list->column_width[i] + (shown++ > 0 ? COLUMN_GAP : 0);
	}
	return total;
}

/* Takes `excess` cells from the columns that may shrink, the least important first. Returns what could not be taken. */
static int shrink(struct list *list, int excess)
{
	for (int priority = INT_MAX; excess > 0 && priority >= 0;) {
		int below = -1;
		for (size_t i = 0; i < list->column_count; i++) {
			const struct list_column *column = &list->columns[i];
			if (list->column_width[i] == 0)
				continue;
			if (column->priority == priority) {
				int spare = list->column_width[i] - least_width(list, i);
				int taken = spare < excess ? spare : excess;
				list->column_width[i] -= taken;
				excess -= taken;
			} else if (column->priority < priority && column->priority > below) {
				below = column->priority;
			}
		}
		priority = below;
	}
	return excess;
}

static bool drop_one(struct list *list)
{
	size_t victim = SIZE_MAX;
	for (int is_chosen = 0; is_chosen <= 1 && victim == SIZE_MAX; is_chosen++) {
		int worst = 1;
		for (size_t i = 0; i < list->column_count; i++) {
			if (list->column_width[i] > 0 && (list->chosen_width[i] > 0) == is_chosen &&
				list->columns[i].priority >= worst) {
				worst = list->columns[i].priority;
				victim = i;
			}
		}
	}
	if (victim == SIZE_MAX)
		return false;
	list->column_width[victim] = 0;
	return true;
}

static void restore_widths(struct list *list)
{
	for (size_t i = 0; i < list->column_count; i++)
		if (list->column_width[i] > 0)
			list->column_width[i] = usual_width(list, i);
}

static int grow_share(const struct list *list, size_t column)
{
	return list->column_width[column] > 0 && list->chosen_width[column] == 0 ? list->columns[column].grow : 0;
}

static void grow(struct list *list, int spare)
{
	int shares = 0;
	for (size_t i = 0; i < list->column_count; i++)
		shares += grow_share(list, i);
	for (size_t i = 0; i < list->column_count && shares > 0; i++) {
		int part = spare * grow_share(list, i) / shares;
		list->column_width[i] += part;
		spare -= part;
		shares -= grow_share(list, i);
	}
}

static void fit_columns(struct list *list)
{
	int width = list->drawn.width;
	for (size_t i = 0; i < list->column_count; i++)
		list->column_width[i] = list->columns[i].is_hidden ? 0 : usual_width(list, i);
	while (shrink(list, total_width(list) - width) > 0) {
		bool is_dropped = drop_one(list);
		if (!is_dropped)
			break;
		restore_widths(list);
	}
	int spare = width - total_width(list);
	if (spare > 0)
		grow(list, spare);
}

/* As wide as what the rows on screen hold. */
static void measure_columns(struct list *list)
{
	for (size_t i = 0; i < list->column_count; i++) {
		const struct list_column *column = &list->columns[i];
		int title = draw_width(list->drawn.ui, slice_of(column->title));
		int usual = list->chosen_width[i] > 0 ? list->chosen_width[i]
			    : title > column->width   ? title
						      : column->width;
		list->column_width[i] = column->is_hidden ? 0 : usual;
	}
	for (size_t index = list->top; index < list->count && index < list->top + (size_t)list->drawn.height; index++) {
		struct list_row row;
		list_get_row(list, index, &row);
		for (size_t i = 0; i < list->column_count; i++) {
			if (list->column_width[i] == 0 || list->chosen_width[i] > 0)
				continue;
			int cells = draw_width(list->drawn.ui, row.cells[i].text);
			cells = cells < WIDE_CELL_MAX ? cells : WIDE_CELL_MAX;
			if (cells > list->column_width[i])
				list->column_width[i] = cells;
		}
	}
}

static void scroll_to_cell(struct list *list, int total)
{
	int width = list->drawn.width;
	if (list->has_cell_cursor && list->column < list->fixed_columns)
		list->left = 0;
	if (list->has_cell_cursor && list->column < (int)list->column_count && list->column >= list->fixed_columns) {
		int start = gutter_of(list), fixed_end = start;
		for (int i = 0; i < list->column; i++) {
			if (list->column_width[i] > 0)
				start += list->column_width[i] + COLUMN_GAP;
			if (i < list->fixed_columns)
				fixed_end = start;
		}
		int end = start + list->column_width[list->column];
		if (end - list->left > width)
			list->left = end - width;
		if (start - list->left < fixed_end)
			list->left = start - fixed_end;
	}
	if (list->left > total - width)
		list->left = total - width;
	if (list->left < 0)
		list->left = 0;
}

void list_place_columns(struct list *list)
{
	if (list->is_wide)
		measure_columns(list);
	else
		fit_columns(list);
	if (list->column >= (int)list->column_count || list->column_width[list->column] == 0) {
		list->column = 0;
		while (list->column + 1 < (int)list->column_count && list->column_width[list->column] == 0)
			list->column++;
	}
	if (list->is_wide)
		scroll_to_cell(list, total_width(list));
	else
		list->left = 0;
	int x = gutter_of(list);
	for (size_t i = 0; i < list->column_count; i++) {
		list->column_x[i] = x - ((int)i < list->fixed_columns ? 0 : list->left);
		if (list->column_width[i] > 0)
			x += list->column_width[i] + COLUMN_GAP;
	}
}

size_t wrap_length(struct slice shown, size_t at, int width)
{
	size_t start = at, after_space = 0;
	int used = 0, cells;
	for (size_t length; (length = cluster_next(shown, at, &cells)) > 0; at += length) {
		if (used + cells > width && at > start)
			break;
		used += cells;
		if (shown.data[at] == ' ')
			after_space = at + 1;
	}
	if (at == shown.length)
		return at - start;
	if (shown.data[at] == ' ')
		return at + 1 - start;
	return after_space > start + (at - start) / 2 ? after_space - start : at - start;
}

static int wrapped_lines(const struct list *list, struct slice text, int width)
{
	struct buf shown = BUF_EMPTY;
	shown_text(list->drawn.ui, &shown, NULL, text);
	int lines = 0;
	for (size_t at = 0; at < shown.length && lines < list->drawn.height; lines++)
		at += wrap_length((struct slice){shown.data, shown.length}, at, width);
	buf_free(&shown);
	return lines > 0 ? lines : 1;
}

int list_row_height(const struct list *list, const struct list_row *row)
{
	int height = 1;
	for (size_t i = 0; list->is_wrapped && i < list->column_count; i++) {
		if (list->column_width[i] == 0 || row->cells[i].is_bar)
			continue;
		int lines = wrapped_lines(list, row->cells[i].text, list->column_width[i]);
		height = lines > height ? lines : height;
	}
	return height + (int)row->note_count;
}

void list_keep_visible(struct list *list)
{
	int room = list->drawn.height - list_top_lines(list), used = 0;
	if (list->cursor < list->top)
		list->top = list->cursor;
	/* Walk up from the cursor until the room is used: that is the lowest top that still shows it. */
	size_t lowest = list->cursor;
	for (size_t i = list->cursor; list->count > 0; i--) {
		struct list_row row;
		list_get_row(list, i, &row);
		used += list_row_height(list, &row);
		if (used > room && i < list->cursor)
			break;
		lowest = i;
		if (i == 0 || i <= list->top || used > room)
			break;
	}
	if (list->top < lowest)
		list->top = lowest;
	/* No empty lines at the end while there are rows above. */
	used = 0;
	for (size_t i = list->top; i < list->count && used < room; i++) {
		struct list_row row;
		list_get_row(list, i, &row);
		used += list_row_height(list, &row);
	}
	while (used < room && list->top > 0) {
		struct list_row row;
		list_get_row(list, list->top - 1, &row);
		int height = list_row_height(list, &row);
		if (used + height > room)
			break;
		used += height;
		list->top--;
	}
}
