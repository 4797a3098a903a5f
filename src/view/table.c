/* Common ways of list screens: see table.h. */
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "here.h"

void cell_slice(struct list_row *row, int column, enum ui_role role, struct slice text)
{
	row->cells[column].text = text;
	row->cells[column].role = role;
}

void cell_text(struct list_row *row, int column, enum ui_role role, const char *text)
{
	cell_slice(row, column, role, slice_of(text));
}

void cell_printf(struct app *app, struct list_row *row, int column, enum ui_role role, const char *format, ...)
{
	struct buf *cell = &app->cells[column];
	char text[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	cell->length = 0;
	buf_add(cell, text, length < 0 ? 0 : (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
	cell_slice(row, column, role, (struct slice){cell->data, cell->length});
}

void cell_time(struct app *app, struct list_row *row, int column, int64_t ms)
{
	char text[TIME_TEXT_SIZE];

	cell_printf(app, row, column, ROLE_TIME, "%s", app_time(app, ms, TIME_SHORT, text));
}

int table_column(const struct list *list, const char *title)
{
	size_t length = strlen(title);

	for (size_t i = 0; i < list->column_count && length; i++)
		if (strncasecmp(list->columns[i].title, title, length) == 0)
			return (int)i;
	return -1;
}

static unsigned sort_chosen(struct app *app, int id)
{
	struct list *list = list_here(app);

	return app_act(app, ACT_SORT, list->columns[id].title);
}

/* A letter of the title that no earlier choice took. */
static ui_key free_letter(const struct menu *menu, const char *title)
{
	for (const char *at = title; *at; at++) {
		ui_key key = (ui_key)tolower((unsigned char)*at);
		bool is_taken = !isalnum((unsigned char)*at);

		for (size_t i = 0; i < menu->count; i++)
			is_taken |= menu->items[i].key == key;
		if (!is_taken)
			return key;
	}
	return (ui_key)('0' + menu->count % 10);
}

static void sort_menu(struct app *app, const struct list *list)
{
	app_choose(app, "sort by", sort_chosen);
	for (size_t i = 0; i < list->column_count; i++)
		app_choice(app, free_letter(&app->choice.menu, list->columns[i].title), list->columns[i].title, (int)i,
			list->sort_column == (int)i);
}

int table_sort_column(struct app *app, const struct list *list, const char *title)
{
	int column = table_column(list, title);

	if (!*title)
		sort_menu(app, list);
	else if (column < 0)
		app_say(app, MESSAGE_WARNING, "no column %s; s offers those there are", title);
	return column;
}

static unsigned column_chosen(struct app *app, int id)
{
	struct list *list = list_here(app);
	struct list_column *columns = (struct list_column *)(uintptr_t)list->columns;

	columns[id].is_hidden = !columns[id].is_hidden;
	return table_columns_menu(app);
}

unsigned table_columns_menu(struct app *app)
{
	struct list *list = list_here(app);

	if (!list)
		return UI_NONE;
	app_choose(app, "columns", column_chosen);
	for (size_t i = 0; i < list->column_count; i++) {
		const struct list_column *column = &list->columns[i];

		app_choice(
			app, free_letter(&app->choice.menu, column->title), column->title, (int)i, !column->is_hidden);
	}
	return UI_REDRAW;
}

enum ui_role severity_role(char severity)
{
	return severity == 'H' ? ROLE_SEVERITY_HIGH : severity == 'M' ? ROLE_SEVERITY_MEDIUM : ROLE_SEVERITY_LOW;
}

enum ui_role verdict_role(char verdict)
{
	return verdict == 'T'   ? ROLE_VERDICT_TRUE
	       : verdict == 'S' ? ROLE_VERDICT_SUSPICIOUS
	       : verdict == 'B' ? ROLE_VERDICT_BENIGN
				: ROLE_VERDICT_OPEN;
}

const char *verdict_word(char verdict)
{
	return verdict == 'T' ? "true positive" : verdict == 'S' ? "suspicious" : verdict == 'B' ? "benign" : "open";
}
