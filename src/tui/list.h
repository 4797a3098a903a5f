/* list: what the parts of the list widget share: where columns are, how high a row is. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "internal.h"

/* Places the columns in list->drawn: column_x (from the pane's left edge, negative when scrolled out), column_width. */
void list_place_columns(struct list *list);
int list_first_cell(const struct list *list, size_t column); /* scrolled cells end there */
/* Fills *row with zeroes, then by the owner's callback. */
void list_get_row(const struct list *list, size_t index, struct list_row *row);
int list_row_height(const struct list *list, const struct list_row *row);
int list_top_lines(const struct list *list); /* lines above the first row: the header */
/* Moves top so that the cursor's row is inside the pane. Asks for no more rows than fit. */
void list_keep_visible(struct list *list);
/* Bytes of shown[at..] that fill a line of `width` cells: wrapping, behind a blank where one is near. At least one
 * cluster. */
size_t wrap_length(struct slice shown, size_t at, int width);

#endif
