/* layout: cutting panes. Geometry alone decides whether two panes stand beside or below each other. */
#include "internal.h"

#define WIDE_COLUMNS 160
#define WIDE_COLUMNS_MIN 120
#define CELL_SHAPE 4 /* a screen wider than this many times its height is split side by side */
#define SPLIT_HEIGHT_MIN 8

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct pane pane_part(struct pane pane, int y, int x, int height, int width)
{
	int top = clamp(y, 0, pane.height), left = clamp(x, 0, pane.width);
	int bottom = height > pane.height - top ? pane.height : clamp(y + height, top, pane.height);
	int right = width > pane.width - left ? pane.width : clamp(x + width, left, pane.width);
	return (struct pane){pane.ui, pane.y + top, pane.x + left, bottom - top, right - left};
}

struct pane pane_rows(struct pane pane, int y, int height)
{
	return pane_part(pane, y, 0, height < 0 ? pane.height - y + height : height, pane.width);
}

struct pane pane_columns(struct pane pane, int x, int width)
{
	return pane_part(pane, 0, x, pane.height, width);
}

enum split_direction pane_split(
	struct pane pane, int first_percent, struct pane *first, struct pane *second, struct pane *separator)
{
	bool is_wide = pane.width > WIDE_COLUMNS ||
		       (pane.width >= WIDE_COLUMNS_MIN && pane.width > CELL_SHAPE * (pane.height - 1));
	if (is_wide) {
		int left = clamp(pane.width * first_percent / 100, 1, pane.width - 2);
		*first = pane_columns(pane, 0, left);
		*separator = pane_columns(pane, left, 1);
		*second = pane_columns(pane, left + 1, pane.width - left - 1);
		return SPLIT_BESIDE;
	}
	if (pane.height < SPLIT_HEIGHT_MIN) {
		*first = pane;
		*second = *separator = pane_part(pane, pane.height, 0, 0, 0);
		return SPLIT_NONE;
	}
	int top = clamp(pane.height * first_percent / 100, 2, pane.height - 3);
	*first = pane_rows(pane, 0, top);
	*separator = pane_rows(pane, top, 1);
	*second = pane_rows(pane, top + 1, pane.height - top - 1);
	return SPLIT_BELOW;
}

void draw_separator(struct pane separator, enum split_direction direction, const char *label)
{
	if (direction == SPLIT_BELOW)
		draw_rule_path(separator, 0, label, NULL);
	if (direction != SPLIT_BESIDE)
		return;
	for (int y = 0; y < separator.height; y++)
		put_cell(separator, y, 0, ROLE_RULE, '|');
}
