/* menu: the transient one-line menu: every choice with its key, gone after one key. */
#include "internal.h"

#include <string.h>

enum menu_result menu_feed(struct menu *menu, const struct ui_event *event, int *id)
{
	if (event->type != UI_EVENT_KEY)
		return MENU_OPEN;
	for (size_t i = 0; i < menu->count; i++) {
		if (menu->items[i].key == event->key) {
			*id = menu->items[i].id;
			return MENU_CHOSEN;
		}
	}
	switch (event->key) {
	case UI_KEY_ESCAPE:
	case UI_KEY_BACKSPACE:
	case UI_CTRL | 'c':
	case UI_CTRL | 'g': return MENU_CLOSED;
	case UI_KEY_LEFT:
	case '<': /* as the line shows where it goes on */
	case UI_KEY_TAB | UI_SHIFT:
		if (menu->count > 0)
			menu->now = menu->now == 0 || menu->now >= menu->count ? menu->count - 1 : menu->now - 1;
		return MENU_OPEN;
	case UI_KEY_RIGHT:
	case '>':
	case UI_KEY_TAB:
		if (menu->count > 0)
			menu->now = menu->now + 1 >= menu->count ? 0 : menu->now + 1;
		return MENU_OPEN;
	case UI_KEY_ENTER:
		if (menu->now >= menu->count)
			return MENU_OPEN;
		*id = menu->items[menu->now].id;
		return MENU_CHOSEN;
	default: return MENU_OPEN;
	}
}

static int item_width(const struct menu *menu, struct pane pane, size_t index)
{
	char key[UI_KEY_TEXT_SIZE];
	const struct menu_item *item = &menu->items[index];
	return draw_width(pane.ui, slice_of(ui_key_format(item->key, key))) + 1 +
	       draw_width(pane.ui, slice_of(item->label)) + (item->is_now ? 1 : 0) + 2;
}

void menu_draw(const struct menu *menu, struct pane pane)
{
	static const char way_out[] = "Esc";
	struct pane line = pane_rows(pane, pane.height - 1, 1);
	for (int x = 0; x < line.width; x++)
		put_cell(line, 0, x, ROLE_HINT, ' ');
	size_t length = strlen(menu->title);
	bool is_question = length > 0 && menu->title[length - 1] == '?';
	int x = 1 + draw_printf(line, 0, 1, ROLE_PROMPT, is_question ? "%s " : "%s: ", menu->title);
	int end = line.width - (int)sizeof way_out - 2;
	/* Begin so far right that the chosen item is in sight. */
	size_t first = 0;
	for (int used = x; menu->now < menu->count;) {
		used = x;
		for (size_t i = first; i <= menu->now; i++)
			used += item_width(menu, pane, i);
		if (used <= end || first >= menu->now)
			break;
		first++;
	}
	if (first > 0)
		x += draw_text(line, 0, x, ROLE_DIM, slice_of("< "));
	size_t i = first;
	for (; i < menu->count && x + item_width(menu, pane, i) <= end; i++) {
		const struct menu_item *item = &menu->items[i];
		char key[UI_KEY_TEXT_SIZE];
		int start = x;
		x += draw_text(line, 0, x, ROLE_HINT_KEY, slice_of(ui_key_format(item->key, key))) + 1;
		x += draw_text(line, 0, x, ROLE_TEXT, slice_of(item->label));
		if (item->is_now)
			x += draw_text(line, 0, x, ROLE_TEXT, slice_of("*"));
		if (i == menu->now)
			draw_overlay(pane_columns(line, start, x - start), ROLE_CURSOR);
		x += 2;
	}
	if (i < menu->count)
		x += draw_text(line, 0, x, ROLE_DIM, slice_of("> "));
	draw_text(line, 0, x < line.width - 4 ? x : line.width - 4, ROLE_HINT_KEY, slice_of(way_out));
}
