/* What every list screen does alike: fill cells, sort by a column through a menu, keep the cursor on its item. */
#ifndef VIEW_TABLE_H
#define VIEW_TABLE_H

#include "app.h"

void cell_slice(struct list_row *row, int column, enum ui_role role, struct slice text);
void cell_text(struct list_row *row, int column, enum ui_role role, const char *text); /* static or long-lived text */
void cell_printf(struct app *app, struct list_row *row, int column, enum ui_role role, const char *format, ...)
	PRINTF_LIKE(5, 6);
void cell_time(struct app *app, struct list_row *row, int column, int64_t ms);

/* The column that `sort TITLE` names; -1 when there is none, which is said, or no title, which opens a menu of them. */
int table_sort_column(struct app *app, const struct list *list, const char *title);
/* A column by the beginning of its title, ignoring case; -1 when there is none. */
int table_column(const struct list *list, const char *title);
/* A menu that hides and shows columns of the list's table. */
unsigned table_columns_menu(struct app *app);
enum ui_role severity_role(char severity);
enum ui_role verdict_role(char verdict);
const char *verdict_word(char verdict); /* "true positive" */

#endif
