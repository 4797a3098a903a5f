/* Widths of columns chosen by hand: the two keys, the command, and their undo: see widths.h. */
#include "widths.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"

/* The choice for a column of a screen; one that changes nothing is added where there is none. */
static size_t choice_on(struct app *app, int screen, const char *title)
{
	struct widths *widths = &app->widths;

	for (size_t i = 0; i < widths->count; i++)
		if (widths->items[i].screen == screen && strcmp(widths->items[i].title, title) == 0)
			return i;
	if (widths->count == widths->capacity) {
		widths->capacity = widths->capacity ? widths->capacity * 2 : 16;
		widths->items = xrealloc(widths->items, widths->capacity * sizeof(*widths->items));
	}
	widths->items[widths->count] = (struct width_choice){screen, title, 0};
	return widths->count++;
}

static size_t choice_of(struct app *app, const char *title)
{
	return choice_on(app, (int)app_place(app)->screen->id, title);
}

void widths_take(struct app *app, int screen, const char *title, int cells)
{
	size_t choice = choice_on(app, screen, title); /* it may move the items */

	if (cells >= 0 && cells <= WIDTH_CHOICE_MAX)
		app->widths.items[choice].cells = cells;
}

void widths_use(struct app *app)
{
	const struct widths *widths = &app->widths;
	int screen = (int)app_place(app)->screen->id;
	struct list *list = widths->count ? list_here(app) : NULL;

	for (size_t i = 0; list && i < widths->count; i++)
		for (size_t column = 0; column < list->column_count; column++)
			if (widths->items[i].screen == screen &&
				strcmp(widths->items[i].title, list->columns[column].title) == 0)
				list->chosen_width[column] = widths->items[i].cells;
}

void widths_free(struct widths *widths)
{
	free(widths->items);
	*widths = (struct widths){0};
}

static unsigned choose(struct app *app, const char *title, int cells, bool is_one_step)
{
	size_t choice = choice_of(app, title);

	if (app->widths.items[choice].cells != cells) {
		undo_push_width(app, choice, title, is_one_step);
		app->widths.items[choice].cells = cells;
	}
	if (cells)
		app_say(app, MESSAGE_INFO, "column %s: %d wide; :width %s 0 as it was", title, cells, title);
	else
		app_say(app, MESSAGE_INFO, "column %s: as wide as it fits", title);
	return UI_REDRAW;
}

/* From one key to the next is one step of undo. */
static unsigned change_width(struct app *app, int by)
{
	struct list *list = list_here(app);
	size_t choice;
	int column, cells;

	if (!list)
		return UI_NONE;
	column = list->has_cell_cursor ? list->column : list->sort_column;
	if (column < 0 || column >= (int)list->column_count || list->column_width[column] == 0) {
		app_say(app, MESSAGE_INFO, "no column is under the cursor or sorted by; :width TITLE CELLS names one");
		return UI_REDRAW;
	}
	/* what is drawn may be older than the last key */
	choice = choice_of(app, list->columns[column].title);
	cells = app->widths.items[choice].cells;
	cells = (cells ? cells : list->column_width[column]) + by;
	if (cells < 1 || cells > WIDTH_CHOICE_MAX)
		return UI_HANDLED;
	return choose(app, list->columns[column].title, cells, true);
}

unsigned do_narrow(void *context, const char *arguments)
{
	(void)arguments;
	return change_width(context, -1);
}

unsigned do_broaden(void *context, const char *arguments)
{
	(void)arguments;
	return change_width(context, 1);
}

/* "LAST SEEN 20": what stands before the last word is the title, or the beginning of one. */
unsigned do_width(void *context, const char *arguments)
{
	struct app *app = context;
	const struct list *list = list_here(app);
	size_t end = strlen(arguments), title_end;
	char title[64];
	int column;
	uint64_t cells;

	if (!list)
		return UI_NONE;
	while (end > 0 && isspace((unsigned char)arguments[end - 1]))
		end--;
	for (title_end = end; title_end > 0 && isdigit((unsigned char)arguments[title_end - 1]);)
		title_end--;
	if (title_end == end || title_end == 0 || arguments[title_end - 1] != ' ') {
		app_say(app, MESSAGE_INFO, ":width USER 24   (the column's title, cells; 0: as it was)");
		return UI_REDRAW;
	}
	cells = strtoull(arguments + title_end, NULL, 10);
	while (title_end > 0 && arguments[title_end - 1] == ' ')
		title_end--;
	snprintf(title, sizeof(title), "%.*s", (int)title_end, arguments);
	column = table_column(list, title);
	if (column < 0)
		app_say(app, MESSAGE_WARNING, "there is no column %s here", title);
	else if (cells > WIDTH_CHOICE_MAX)
		app_say(app, MESSAGE_WARNING, "a column is at most %d wide", WIDTH_CHOICE_MAX);
	else
		return choose(app, list->columns[column].title, (int)cells, false);
	return UI_REDRAW;
}
