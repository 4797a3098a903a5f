/* demo_widgets: a small program on the terminal room, for its tests and for trying it by hand: a list, a text,
 * breakdowns, help; a command table, menu, prompt, search, themes. It knows no more of logs than the room
 * does. */
#include "demo_data.h"

#include <pthread.h>
#include <stdlib.h>

enum { SCREEN_LIST, SCREEN_TEXT, SCREEN_BARS, SCREEN_HELP };
static const char *const screen_names[] = {"list", "text", "bars", "help"};

struct demo {
	struct ui *ui;
	struct keymap *keymap;
	struct list list;
	struct pager text, help_pager;
	struct bars bars[2];
	struct menu menu;
	struct help *help;
	struct pattern *pattern;
	struct ui_notice notice;
	struct buf notice_text, status, last_key;
	unsigned screen, before_help;
	int focus;
	char marks[ROWS_MAX];
	bool is_menu_open, has_notice, is_over;
	size_t search_start;
	unsigned wakes;
};

static const struct menu_item marks[] = {{'t', "true", 'T', false}, {'s', "suspicious", 'S', false},
	{'b', "benign", 'B', false}, {'.', "open", '.', false}};

/* ---- commands ---- */

static void say(struct demo *demo, const char *text)
{
	demo->status.length = 0;
	buf_add_text(&demo->status, text);
}

static void complain(struct demo *demo, const char *text, const char *help, size_t column, bool has_column)
{
	demo->notice_text.length = 0;
	buf_add_text(&demo->notice_text, text);
	demo->notice = (struct ui_notice){demo->notice_text.data, help, column, has_column};
	demo->has_notice = true;
}

static unsigned run_quit(void *app, const char *arguments)
{
	(void)app;
	(void)arguments;
	return UI_QUIT;
}
static unsigned run_screen(void *app, const char *arguments)
{
	struct demo *demo = app;
	for (unsigned i = 0; i < COUNT_OF(screen_names); i++)
		if (strcmp(arguments, screen_names[i]) == 0)
			demo->screen = i;
	return UI_RELAYOUT;
}
static unsigned run_next(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->screen = demo->screen < SCREEN_BARS ? demo->screen + 1 : SCREEN_LIST;
	return UI_RELAYOUT;
}
static unsigned run_focus(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->focus = (demo->focus + 1) % (int)COUNT_OF(demo->bars);
	return UI_REDRAW;
}
static unsigned run_wide(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->list.is_wide = !demo->list.is_wide;
	return UI_REDRAW;
}
static unsigned run_wrap(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->list.is_wrapped = !demo->list.is_wrapped;
	demo->text.is_wrapped = !demo->text.is_wrapped;
	return UI_REDRAW;
}
static unsigned run_mark(void *app, const char *arguments)
{
	struct demo *demo = app;
	if (arguments[0] != '\0') {
		demo->marks[demo->list.cursor] = (char)(arguments[0] & ~0x20);
		return UI_REDRAW;
	}
	demo->menu = (struct menu){"mark", marks, COUNT_OF(marks), SIZE_MAX};
	demo->is_menu_open = true;
	return UI_REDRAW;
}
static unsigned run_theme(void *app, const char *arguments)
{
	struct demo *demo = app;
	struct err err;
	if (theme_use(demo->ui, arguments, &err) != 0)
		say(demo, err.text);
	else
		say(demo, "theme changed");
	return UI_REDRAW;
}
static unsigned run_glyphs(void *app, const char *arguments)
{
	struct demo *demo = app;
	ui_set_glyphs(demo->ui, strcmp(arguments, "unicode") == 0 ? UI_GLYPHS_UNICODE : UI_GLYPHS_ASCII);
	return UI_REDRAW;
}
static unsigned run_copy(void *app, const char *arguments)
{
	struct demo *demo = app;
	struct err err;
	char *big = NULL;
	struct slice text = slice_of("ci-deploy\033[0m\n");
	if (strcmp(arguments, "big") == 0) {
		big = xmalloc(60000);
		memset(big, 'x', 60000);
		text = (struct slice){big, 60000};
	}
	demo->status.length = 0;
	if (clip_copy(demo->ui, text, false, &demo->status, &err) != 0)
		say(demo, err.text);
	free(big);
	return UI_REDRAW;
}
static unsigned run_abort(void *app, const char *arguments)
{
	(void)app;
	if (strcmp(arguments, "now") != 0)
		return UI_HANDLED;
	base_abort("broken on purpose");
}
static unsigned run_suspend(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	ui_suspend(demo->ui);
	return UI_REDRAW;
}
static void *waker(void *context)
{
	for (int i = 0; i < 1000; i++)
		ui_wake(context);
	return NULL;
}
static unsigned run_wake(void *app, const char *arguments)
{
	struct demo *demo = app;
	pthread_t thread;
	(void)arguments;
	if (pthread_create(&thread, NULL, waker, demo->ui) == 0)
		pthread_detach(thread);
	return UI_HANDLED;
}
static unsigned run_bind(void *app, const char *arguments)
{
	struct demo *demo = app;
	struct err err;
	char screen[32], key[32], command[64];
	if (sscanf(arguments, "%31s %31s %63[^\n]", screen, key, command) != 3)
		say(demo, "bind SCREEN KEY COMMAND");
	else if (keymap_bind(demo->keymap, screen, key, command, &err) != 0)
		say(demo, err.text);
	else
		say(demo, "bound");
	return UI_REDRAW;
}
static unsigned run_mouse(void *app, const char *arguments)
{
	struct demo *demo = app;
	ui_set_mouse(demo->ui, strcmp(arguments, "on") == 0);
	return UI_REDRAW;
}
static unsigned run_prompt(void *app, const char *arguments);
static unsigned run_search(void *app, const char *arguments);
static unsigned run_search_next(void *app, const char *arguments);
static unsigned run_help(void *app, const char *arguments);
static unsigned run_range(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->list.anchor = demo->list.anchor == SIZE_MAX ? demo->list.cursor : SIZE_MAX;
	return UI_REDRAW;
}
static unsigned run_empty(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	list_set_count(&demo->list, demo->list.count > 0 ? 0 : ROWS_MAX);
	return UI_REDRAW;
}

#define ON(screen) (1u << SCREEN_##screen)
static const struct ui_command commands[] = {
	{"quit", NULL, "Q", UI_ALL_SCREENS, "GO", "quit", "leave the program", run_quit, MOTION_NONE},
	{"screen", "list|text|bars", "", UI_ALL_SCREENS, "GO", "screen", "go to a screen", run_screen, MOTION_NONE},
	{"next-screen", NULL, "1", UI_ALL_SCREENS, "GO", "next", "next screen", run_next, MOTION_NONE},
	{"focus", NULL, "Tab", ON(BARS), "GO", "pane", "next pane", run_focus, MOTION_NONE},
	{"mark", "[true|suspicious|benign|open]", "m", ON(LIST), "TRIAGE", "mark", "give a verdict", run_mark,
		MOTION_NONE},
	{"range", NULL, "v", ON(LIST), "TRIAGE", "range", "select a range", run_range, MOTION_NONE},
	{"copy", "[big]", "y", UI_ALL_SCREENS, "TRIAGE", "copy", "copy the cell", run_copy, MOTION_NONE},
	{"search", NULL, "/", UI_ALL_SCREENS, "FIND", "search", "search", run_search, MOTION_NONE},
	{"search-next", NULL, "n", UI_ALL_SCREENS, "FIND", "next hit", "next hit", run_search_next, MOTION_NONE},
	{"wide", NULL, "W", ON(LIST), "LOOK", "wide", "columns as wide as their content", run_wide, MOTION_NONE},
	{"wrap", NULL, "w", ON(LIST) | ON(TEXT), "LOOK", "wrap", "wrap long cells", run_wrap, MOTION_NONE},
	{"theme", "NAME", "", UI_ALL_SCREENS, "LOOK", "theme", "change the theme", run_theme, MOTION_NONE},
	{"glyphs", "ascii|unicode", "", UI_ALL_SCREENS, "LOOK", "glyphs", "change the glyphs", run_glyphs, MOTION_NONE},
	{"mouse", "on|off", "", UI_ALL_SCREENS, "LOOK", "mouse", "report the mouse", run_mouse, MOTION_NONE},
	{"bind", "SCREEN KEY COMMAND", "", UI_ALL_SCREENS, "MISC", "bind", "bind a key", run_bind, MOTION_NONE},
	{"command", NULL, ":", UI_ALL_SCREENS, "MISC", "command", "type a command", run_prompt, MOTION_NONE},
	{"help", NULL, "? F1", UI_ALL_SCREENS, "MISC", "help", "what the keys do", run_help, MOTION_NONE},
	{"abort", "now", "", UI_ALL_SCREENS, "MISC", "abort", "break on purpose", run_abort, MOTION_NONE},
	{"suspend", NULL, "C-z", UI_ALL_SCREENS, "MISC", "suspend", "stop until continued", run_suspend, MOTION_NONE},
	{"wake", NULL, "", UI_ALL_SCREENS, "MISC", "wake", "wake from another thread", run_wake, MOTION_NONE},
	{"empty", NULL, "", ON(LIST), "MISC", "empty", "show no rows", run_empty, MOTION_NONE},
};

/* ---- prompts ---- */

static void complete(void *context, const char *line, size_t *start, size_t end, struct completions *out)
{
	struct demo *demo = context;
	if (*start > 0)
		return;
	for (size_t i = 0; i < keymap_command_count(demo->keymap); i++) {
		const char *name = keymap_command(demo->keymap, i)->name;
		if (strncmp(name, line, end) == 0)
			completions_add(out, name, NULL);
	}
}

static unsigned run_prompt(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	struct prompt_options options = {.label = ":", .history = "command", .complete = complete, .context = demo};
	prompt_open(demo->ui, &options);
	return UI_REDRAW;
}

static void set_pattern(struct demo *demo, const char *text)
{
	struct err err = {0};
	pattern_free(demo->pattern);
	demo->pattern = text[0] != '\0' ? pattern_new(text, &err) : NULL;
	demo->list.pattern = demo->text.pattern = demo->pattern;
	demo->has_notice = false;
	if (text[0] != '\0' && demo->pattern == NULL)
		complain(demo, err.text, NULL, (size_t)err.offset, true);
}

static void search_from(struct demo *demo, size_t from)
{
	size_t index = 0;
	if (demo->pattern == NULL)
		return;
	if (demo->screen == SCREEN_LIST &&
		list_find(&demo->list, demo->pattern, from, true, ROWS_MAX, &index) == LIST_FOUND)
		list_goto(&demo->list, index);
	else if (demo->screen == SCREEN_TEXT &&
		 pager_find(&demo->text, demo->pattern, from, true, ROWS_MAX, &index) == LIST_FOUND)
		pager_goto(&demo->text, index);
	else
		say(demo, "not found");
}

static void on_search_changed(void *context, const char *line)
{
	struct demo *demo = context;
	set_pattern(demo, line);
	search_from(demo, demo->search_start);
}

static unsigned run_search(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	demo->search_start = demo->screen == SCREEN_TEXT ? demo->text.cursor : demo->list.cursor;
	struct prompt_options options = {
		.label = "/", .history = "search", .changed = on_search_changed, .context = demo};
	prompt_open(demo->ui, &options);
	return UI_REDRAW;
}

static unsigned run_search_next(void *app, const char *arguments)
{
	struct demo *demo = app;
	(void)arguments;
	search_from(demo, (demo->screen == SCREEN_TEXT ? demo->text.cursor : demo->list.cursor) + 1);
	return UI_REDRAW;
}

static unsigned run_help(void *app, const char *arguments)
{
	static const char *const footer[] = {"Keys come from your keymap.", "type a key to see what it does"};
	struct demo *demo = app;
	(void)arguments;
	if (demo->screen != SCREEN_HELP)
		demo->before_help = demo->screen;
	help_free(demo->help);
	demo->help = help_new(demo->keymap, demo->before_help, ui_screen(demo->ui).width, footer, COUNT_OF(footer));
	pager_init(&demo->help_pager, help_line, demo->help);
	pager_set_count(&demo->help_pager, help_count(demo->help));
	demo->screen = SCREEN_HELP;
	return UI_RELAYOUT;
}

/* ---- drawing ---- */

static void draw_bars(struct demo *demo, struct pane body)
{
	static const double values[] = {0, 1, 0, 3, 7, 12, 30, 4, 0, 1, 100};
	struct pane top = pane_rows(body, 0, body.height / 2), below = pane_rows(body, body.height / 2, body.height);
	bars_draw(&demo->bars[0], pane_columns(top, 0, body.width / 2 - 1), demo->focus == 0);
	bars_draw(&demo->bars[1], pane_columns(top, body.width / 2, body.width), demo->focus == 1);
	draw_rule(below, 0, "NEW", "[1/31]");
	draw_text(below, 1, 1, ROLE_DIM, slice_of("activity/h "));
	draw_spark(below, 1, 12, values, COUNT_OF(values), 0, ROLE_SPARK);
}

static void draw(struct demo *demo)
{
	static const char *const hints[] = {
		"mark", "focus", "wrap", "search", "next-screen", "command", "help", "quit"};
	ui_frame_begin(demo->ui);
	struct pane screen = ui_screen(demo->ui), body = pane_rows(screen, 1, screen.height - 3);
	char title[64];
	snprintf(title, sizeof title, " demo  %s > all", screen_names[demo->screen]);
	draw_ends(screen, 0, ROLE_TITLE, slice_of(title), slice_of("200,000 rows  UTC"));
	if (demo->screen == SCREEN_LIST) {
		struct pane second, line;
		enum split_direction direction = pane_split(body, 60, &body, &second, &line);
		rows_asked = 0;
		list_draw(&demo->list, body, true);
		if (rows_asked >
			5 * (size_t)body.height) /* placed, measured, drawn: a few times each that is shown, no more */
			say(demo, "too many rows asked");
		draw_separator(line, direction, "JSON");
		pager_draw(&demo->text, second, false);
	} else if (demo->screen == SCREEN_TEXT) {
		pager_draw(&demo->text, body, true);
	} else if (demo->screen == SCREEN_BARS) {
		draw_bars(demo, body);
	} else {
		pager_draw(&demo->help_pager, body, true);
	}
	char right[64];
	snprintf(right, sizeof right, "%s %u visible", demo->last_key.data, ui_made_visible(demo->ui));
	draw_ends(screen, screen.height - 2, ROLE_STATUS, (struct slice){demo->status.data, demo->status.length},
		slice_of(right));
	if (prompt_is_open(demo->ui))
		prompt_draw(screen);
	else if (demo->is_menu_open)
		menu_draw(&demo->menu, screen);
	else
		draw_hints(screen, screen.height - 1, demo->keymap, demo->screen, hints, COUNT_OF(hints));
	if (demo->has_notice)
		ui_notice_draw(&demo->notice, pane_rows(screen, 0, screen.height - 1));
	ui_frame_end(demo->ui);
}

/* ---- events ---- */

static unsigned move(struct demo *demo, enum ui_motion motion)
{
	switch (demo->screen) {
	case SCREEN_LIST: return list_move(&demo->list, motion);
	case SCREEN_TEXT: return pager_move(&demo->text, motion);
	case SCREEN_HELP: return pager_move(&demo->help_pager, motion);
	default: break;
	}
	return bars_move(&demo->bars[demo->focus], motion);
}

static unsigned run_binding(struct demo *demo, const struct binding *binding)
{
	if (binding->command->motion != MOTION_NONE)
		return move(demo, binding->command->motion);
	return binding->command->run(demo, binding->arguments);
}

static unsigned run_line(struct demo *demo, const char *line)
{
	struct binding binding;
	struct err err = {0};
	if (line[0] == '\0')
		return UI_REDRAW;
	if (keymap_parse(demo->keymap, line, &binding, &err) == 0)
		return run_binding(demo, &binding);
	complain(demo, err.text, "Tab lists the commands", (size_t)err.offset, true);
	prompt_reopen(demo->ui, strlen(line));
	return UI_REDRAW;
}

static unsigned on_key(struct demo *demo, const struct ui_event *event)
{
	struct binding binding;
	char key[UI_KEY_TEXT_SIZE];
	int id;
	if (prompt_is_open(demo->ui)) {
		demo->has_notice = demo->has_notice && demo->search_start != SIZE_MAX;
		enum prompt_result result = prompt_feed(demo->ui, event);
		if (result == PROMPT_DONE && demo->search_start == SIZE_MAX) {
			char *line = xstrdup(prompt_text(demo->ui));
			unsigned reaction = run_line(demo, line);
			free(line);
			return reaction;
		}
		if (result == PROMPT_CANCELED && demo->search_start != SIZE_MAX)
			list_goto(&demo->list, demo->search_start);
		if (result != PROMPT_EDITING) {
			demo->search_start = SIZE_MAX;
			demo->has_notice = false;
		}
		return UI_REDRAW;
	}
	if (demo->is_menu_open) {
		enum menu_result result = menu_feed(&demo->menu, event, &id);
		demo->is_menu_open = result == MENU_OPEN;
		if (result == MENU_CHOSEN)
			demo->marks[demo->list.cursor] = (char)id;
		return UI_REDRAW;
	}
	demo->last_key.length = 0;
	if (keymap_find(demo->keymap, demo->screen, event->key, &binding)) {
		buf_printf(&demo->last_key, "%s %s", ui_key_format(event->key, key), binding.command->name);
		if (demo->screen != SCREEN_HELP || binding.command->motion != MOTION_NONE ||
			strcmp(binding.command->name, "quit") == 0)
			return run_binding(demo, &binding);
	}
	if (demo->screen == SCREEN_HELP && (event->key == UI_KEY_ESCAPE || event->key == (UI_CTRL | 'c'))) {
		demo->screen = demo->before_help;
		return UI_RELAYOUT;
	}
	if (demo->screen == SCREEN_HELP) {
		demo->status.length = 0;
		help_key(demo->keymap, demo->before_help, event->key, &demo->status);
		return UI_REDRAW;
	}
	if (demo->last_key.length == 0)
		buf_printf(&demo->last_key, "%s nothing", ui_key_format(event->key, key));
	return UI_REDRAW;
}

static int run(struct demo *demo)
{
	struct ui_event event = {.type = UI_EVENT_RESIZE};
	for (;;) {
		draw(demo);
		do {
			ui_wait(demo->ui, -1, &event);
			size_t index;
			int column;
			char text[64];
			switch (event.type) {
			case UI_EVENT_KEY:
				if (on_key(demo, &event) & UI_QUIT)
					return 0;
				break;
			case UI_EVENT_MOUSE:
				if (event.button == UI_MOUSE_LEFT &&
					list_at(&demo->list, event.y, event.x, &index, &column)) {
					list_goto(&demo->list, index);
					snprintf(text, sizeof text, "clicked %zu, column %d", index, column);
					say(demo, text);
				}
				break;
			case UI_EVENT_WAKE:
				demo->wakes++;
				say(demo, "woken");
				break;
			case UI_EVENT_RESIZE:
				if (demo->screen == SCREEN_HELP)
					run_help(demo, "");
				break;
			case UI_EVENT_QUIT: return event.signal != 0 ? 10 : 11;
			case UI_EVENT_TIMEOUT: break;
			}
		} while (ui_has_input(demo->ui));
	}
}

int main(int argc, char **argv)
{
	static struct demo demo;
	struct err err = {0};
	struct ui_options options = {.program = "raretrail", .batch_hint = "raretrail detect"};
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--theme=", 8) == 0)
			options.theme = argv[i] + 8;
	demo.ui = ui_start(&options, &err);
	if (demo.ui == NULL) {
		fprintf(stderr, "demo: %s\n", err.text);
		return 2;
	}
	demo.search_start = SIZE_MAX;
	say(&demo, "ready");
	buf_add_text(&demo.last_key, "");
	demo.keymap = keymap_new(commands, COUNT_OF(commands), screen_names, COUNT_OF(screen_names));
	struct buf report = BUF_EMPTY;
	if (keymap_load_user(demo.keymap, "raretrail", &report, &err) != 0)
		complain(&demo, report.data != NULL ? report.data : err.text, NULL, 0, false);
	list_init(&demo.list, columns, COUNT_OF(columns), list_row, demo.marks);
	demo.list.has_marks = demo.list.has_cell_cursor = true;
	demo.list.fixed_columns = 1;
	demo.list.column = 2;
	demo.list.sort_column = 6;
	demo.list.is_sort_descending = true;
	demo.list.empty_text = "0 of 200,000 rows: a filter hides them.\n`\\` turns filters off";
	list_set_count(&demo.list, ROWS_MAX);
	pager_init(&demo.text, text_line, &demo);
	demo.text.has_cursor = true;
	pager_set_count(&demo.text, 60);
	for (size_t i = 0; i < COUNT_OF(demo.bars); i++)
		demo.bars[i] = (struct bars){.title = i == 0 ? "ASN" : "IP",
			.figures = "ok ev     %",
			.total = i == 0 ? 3 : 10,
			.row = bar_row,
			.count = 3};

	int status = run(&demo);
	ui_stop(demo.ui);
	keymap_free(demo.keymap);
	help_free(demo.help);
	pattern_free(demo.pattern);
	buf_free(&demo.notice_text);
	buf_free(&demo.status);
	buf_free(&demo.last_key);
	buf_free(&report);
	return status;
}
