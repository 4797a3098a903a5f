/* What the widgets do without a terminal: geometry, motions, ranges, search in slices, charts as text, patterns,
 * menus. */
#include "raretrail/tui.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void panes_stay_inside(void **state)
{
	(void)state;
	struct pane screen = {NULL, 0, 0, 24, 80};
	struct pane body = pane_rows(screen, 1, -2);
	assert_int_equal(body.y, 1);
	assert_int_equal(body.height, 21);
	for (int y = -30; y < 60; y += 7) {
		for (int height = -5; height < 60; height += 7) {
			struct pane part = pane_part(body, y, y * 3, height, height * 2);
			assert_true(part.height >= 0 && part.width >= 0);
			assert_true(part.y >= body.y && part.y + part.height <= body.y + body.height);
			assert_true(part.x >= body.x && part.x + part.width <= body.x + body.width);
		}
	}
	struct pane all = pane_part(screen, 0, 0, INT32_MAX, INT32_MAX);
	assert_int_equal(all.height, 24);
	assert_int_equal(all.width, 80);
}

static void geometry_decides_the_split(void **state)
{
	(void)state;
	struct pane first, second, line;
	assert_int_equal(pane_split((struct pane){NULL, 0, 0, 21, 80}, 50, &first, &second, &line), SPLIT_BELOW);
	assert_int_equal(first.height + second.height + line.height, 21);
	assert_int_equal(line.height, 1);
	assert_int_equal(pane_split((struct pane){NULL, 0, 0, 47, 200}, 44, &first, &second, &line), SPLIT_BESIDE);
	assert_int_equal(first.width, 88);
	assert_int_equal(second.x, 89);
	assert_int_equal(first.width + second.width + line.width, 200);
	assert_int_equal(pane_split((struct pane){NULL, 0, 0, 3, 30}, 50, &first, &second, &line), SPLIT_NONE);
	assert_int_equal(second.height, 0);
	for (int width = 0; width < 220; width += 3)
		for (int height = 0; height < 60; height++)
			for (int percent = 0; percent <= 100; percent += 50) {
				pane_split((struct pane){NULL, 0, 0, height, width}, percent, &first, &second, &line);
				assert_true(first.width >= 0 && first.height >= 0 && second.width >= 0 &&
					    second.height >= 0);
				assert_true(second.x + second.width <= width && second.y + second.height <= height);
			}
}

static size_t rows_asked;
static void row(void *context, size_t index, struct list_row *row)
{
	static char text[32];
	(void)context;
	rows_asked++;
	snprintf(text, sizeof text, index % 1000 == 999 ? "needle %zu" : "hay\033 %zu", index);
	row->cells[0].text = slice_of(text);
	if (index == 77)
		row->notes[row->note_count++] = slice_of("a Needle in a note");
}

static const struct list_column columns[] = {{.title = "TEXT", .width = 10, .grow = 1}};

static void a_cursor_moves_over_any_number_of_rows(void **state)
{
	(void)state;
	struct list list;
	list_init(&list, columns, COUNT_OF(columns), row, NULL);
	rows_asked = 0;
	assert_int_equal(list_move(&list, MOTION_DOWN), UI_HANDLED);
	list_set_count(&list, SIZE_MAX / 2);
	list.page = 20;
	assert_int_equal(list_move(&list, MOTION_UP), UI_HANDLED);
	assert_int_equal(list_move(&list, MOTION_DOWN), UI_REDRAW);
	assert_int_equal(list_move(&list, MOTION_PAGE_DOWN), UI_REDRAW);
	assert_int_equal(list.cursor, 21);
	assert_int_equal(list_move(&list, MOTION_HALF_UP), UI_REDRAW);
	assert_int_equal(list.cursor, 11);
	assert_int_equal(list_move(&list, MOTION_BOTTOM), UI_REDRAW);
	assert_int_equal(list.cursor, SIZE_MAX / 2 - 1);
	assert_int_equal(list_move(&list, MOTION_PAGE_DOWN), UI_HANDLED);
	assert_int_equal(list_move(&list, MOTION_NONE), UI_NONE);
	list.anchor = 40;
	list_goto(&list, 30);
	size_t first, last;
	list_range(&list, &first, &last);
	assert_int_equal(first, 30);
	assert_int_equal(last, 40);
	list_set_count(&list, 5);
	assert_int_equal(list.cursor, 4);
	list_range(&list, &first, &last);
	assert_int_equal(last, 4);
	list_set_count(&list, 0);
	assert_int_equal(list.cursor, 0);
	list_range(&list, &first, &last);
	assert_int_equal(last, 0);
	assert_int_equal(rows_asked, 0);
}

static void search_goes_in_slices(void **state)
{
	(void)state;
	struct list list;
	struct err err;
	size_t index = 0;
	list_init(&list, columns, COUNT_OF(columns), row, NULL);
	list_set_count(&list, 10000);
	struct pattern *pattern = pattern_new("needle", &err);
	rows_asked = 0;
	assert_int_equal(list_find(&list, pattern, 0, true, 50, &index), LIST_FIND_MORE);
	assert_int_equal(rows_asked, 50);
	assert_int_equal(index, 50);
	assert_int_equal(list_find(&list, pattern, index, true, 50, &index), LIST_FOUND);
	assert_int_equal(index, 77); /* in the note */
	assert_int_equal(list_find(&list, pattern, 78, true, 5000, &index), LIST_FOUND);
	assert_int_equal(index, 999);
	assert_int_equal(list_find(&list, pattern, 998, false, 5000, &index), LIST_FOUND);
	assert_int_equal(index, 77);
	assert_int_equal(list_find(&list, pattern, 76, false, 5000, &index), LIST_NOT_FOUND);
	pattern_free(pattern);
	pattern = pattern_new("<ESC>", &err); /* what is seen is what is found */
	assert_int_equal(list_find(&list, pattern, 0, true, 1, &index), LIST_FOUND);
	pattern_free(pattern);
}

static bool hits(const char *pattern_text, struct slice text)
{
	struct err err;
	size_t start, end;
	struct pattern *pattern = pattern_new(pattern_text, &err);
	assert_non_null(pattern);
	bool is_hit = pattern_match(pattern, text, 0, &start, &end);
	pattern_free(pattern);
	return is_hit;
}

static void patterns(void **state)
{
	(void)state;
	assert_true(hits("getobject", slice_of("s3.GetObject")));
	assert_false(hits("GETobject", slice_of("s3.GetObject")));
	assert_true(hits("\\S+object", slice_of("s3.GetObject"))); /* \S is no capital letter */
	assert_true(hits("é", slice_of("CAFÉ")));
	assert_true(hits("b$", (struct slice){"\xff\xfe b", 4}));
	assert_false(hits("x", (struct slice){NULL, 0}));
	char many[5001];
	memset(many, 'a', sizeof many - 1);
	many[5000] = '\0';
	assert_false(hits("(a+)+$b", slice_of(many))); /* ends, and soon */
	struct err err = {0};
	assert_null(pattern_new("a(b", &err));
	assert_int_equal(err.offset, 3);
	assert_non_null(strstr(err.text, "parenthesis"));
}

static void check_bar(int width, double fraction, enum ui_glyphs glyphs, const char *wanted)
{
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, "");
	bar_text(&text, width, fraction, glyphs);
	assert_string_equal(text.data, wanted);
	buf_free(&text);
}

static void bars(void **state)
{
	(void)state;
	check_bar(11, 1, UI_GLYPHS_ASCII, "[#########]");
	check_bar(11, 0, UI_GLYPHS_ASCII, "[         ]");
	check_bar(11, 0.006, UI_GLYPHS_ASCII, "[.        ]");
	check_bar(10, 0.5, UI_GLYPHS_ASCII, "[####    ]");
	check_bar(10, 7, UI_GLYPHS_ASCII, "[########]");
	check_bar(10, -1, UI_GLYPHS_ASCII, "[        ]");
	check_bar(10, 0.0 / 0.0, UI_GLYPHS_ASCII, "[        ]");
	check_bar(2, 1, UI_GLYPHS_ASCII, "");
	check_bar(6, 0.3, UI_GLYPHS_UNICODE, "[█▎  ]");
	check_bar(6, 0.001, UI_GLYPHS_UNICODE, "[▏   ]");
}

static void sparks(void **state)
{
	(void)state;
	static const double values[] = {0, 1, 25, 26, 50, 51, 75, 76, 100, -3};
	struct buf text = BUF_EMPTY;
	spark_text(&text, values, COUNT_OF(values), 0, UI_GLYPHS_ASCII);
	assert_string_equal(text.data, "_..ooOO##_");
	text.length = 0;
	spark_text(&text, values, COUNT_OF(values), 200, UI_GLYPHS_ASCII);
	assert_string_equal(text.data, "_....oooo_");
	text.length = 0;
	spark_text(&text, values, 1, 0, UI_GLYPHS_ASCII);
	assert_string_equal(text.data, "_");
	text.length = 0;
	spark_text(&text, values, COUNT_OF(values), 0, UI_GLYPHS_UNICODE);
	assert_string_equal(text.data, "_▁▂▃▄▅▆▇█_");
	buf_free(&text);
}

static void menus(void **state)
{
	(void)state;
	static const struct menu_item items[] = {{'t', "true", 1, false}, {UI_KEY_ENTER, "open", 2, false}};
	struct menu menu = {"mark", items, COUNT_OF(items), SIZE_MAX};
	struct ui_event event = {.type = UI_EVENT_KEY, .key = 't'};
	int id = 0;
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_CHOSEN);
	assert_int_equal(id, 1);
	event.key = 'z';
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	event.key = UI_KEY_RIGHT;
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	assert_int_equal(menu.now, 0);
	event.key = UI_KEY_LEFT;
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	assert_int_equal(menu.now, 1);
	event.key = '>';
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	assert_int_equal(menu.now, 0);
	event.key = '<';
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	assert_int_equal(menu.now, 1);
	event.key = UI_KEY_ESCAPE;
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_CLOSED);
	event.type = UI_EVENT_RESIZE;
	assert_int_equal(menu_feed(&menu, &event, &id), MENU_OPEN);
	struct menu single = {"mark", items, 1, 0};
	event = (struct ui_event){.type = UI_EVENT_KEY, .key = UI_KEY_ENTER};
	assert_int_equal(menu_feed(&single, &event, &id), MENU_CHOSEN);
	assert_int_equal(id, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_stay_inside),
		cmocka_unit_test(geometry_decides_the_split),
		cmocka_unit_test(a_cursor_moves_over_any_number_of_rows),
		cmocka_unit_test(search_goes_in_slices),
		cmocka_unit_test(patterns),
		cmocka_unit_test(bars),
		cmocka_unit_test(sparks),
		cmocka_unit_test(menus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
