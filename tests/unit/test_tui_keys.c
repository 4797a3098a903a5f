/* Keys as text, the keymap with its levels and clashes, help written from it. */
#include "raretrail/tui.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static void keys_read_as_they_are_written(void **state)
{
	(void)state;
	static const char *const texts[] = {"j", "G", "C-d", "M-x", "C-M-x", "S-Tab", "Enter", "Space", "F1", "F12",
		"PgDn", "Bksp", "?", ":", "#", "=", "Semicolon", "-", "C-\\", "\xc3\xa9", "\xe6\x97\xa5", "C-Right"};
	char out[UI_KEY_TEXT_SIZE];
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_string_equal(ui_key_format(ui_key_parse(slice_of(texts[i])), out), texts[i]);
	assert_int_equal(ui_key_parse(slice_of("C-D")), UI_CTRL | 'd');
	assert_int_equal(ui_key_parse(slice_of("^d")), UI_CTRL | 'd');
	assert_int_equal(ui_key_parse(slice_of("S-a")), 'A');
	assert_int_equal(ui_key_parse(slice_of("enter")), UI_KEY_ENTER);
	static const char *const wrong[] = {"", "jj", "X-a", "C-", "F13", "\033", "\x7f", "\xff"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_int_equal(ui_key_parse(slice_of(wrong[i])), UI_NO_KEY);
}

enum { LIST, DETAIL };
static const char *const screens[] = {"list", "detail"};

static unsigned run(void *app, const char *arguments)
{
	(void)app;
	(void)arguments;
	return UI_REDRAW;
}

static const struct ui_command commands[] = {
	{"quit", NULL, "Q", UI_ALL_SCREENS, "GO", "quit", "leave the program", run, MOTION_NONE},
	{"open", NULL, "Enter", 1u << LIST, "GO", "why", "open the row", run, MOTION_NONE},
	{"mark", "[true|open]", "m", 1u << LIST, "TRIAGE", "mark", "give a verdict", run, MOTION_NONE},
	{"less", NULL, "h", 1u << DETAIL, "TUNE", "less", "a smaller value", run, MOTION_NONE},
	{"note", "TEXT", "c", UI_ALL_SCREENS, "TRIAGE", "note", "write a note", run, MOTION_NONE},
	{"hidden", NULL, "", UI_ALL_SCREENS, "MISC", "hidden", "has no key", run, MOTION_NONE},
};

static struct keymap *make(void)
{
	return keymap_new(commands, COUNT_OF(commands), screens, COUNT_OF(screens));
}

static const char *command_of(const struct keymap *keymap, unsigned screen, const char *key)
{
	struct binding binding;
	if (!keymap_find(keymap, screen, ui_key_parse(slice_of(key)), &binding))
		return "-";
	return binding.command->name;
}

static void a_screen_beats_motions(void **state)
{
	(void)state;
	struct keymap *keymap = make();
	struct buf report = BUF_EMPTY;
	assert_string_equal(command_of(keymap, LIST, "h"), "left");
	assert_string_equal(command_of(keymap, DETAIL, "h"), "less");
	assert_string_equal(command_of(keymap, DETAIL, "Left"), "left");
	assert_string_equal(command_of(keymap, DETAIL, "m"), "-");
	assert_string_equal(command_of(keymap, LIST, "m"), "mark");
	assert_string_equal(command_of(keymap, 7, "m"), "-");
	keymap_keys(keymap, LIST, "line-down", " ", &report);
	assert_string_equal(report.data, "j Down");
	buf_free(&report);
	keymap_free(keymap);
}

static int load(struct keymap *keymap, const char *text, struct buf *report)
{
	char path[] = "/tmp/keymap.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	struct err err = {0};
	int wrong = keymap_load(keymap, path, report, &err);
	unlink(path);
	for (char *at; (at = report->data != NULL ? strstr(report->data, path) : NULL) != NULL;)
		memmove(at, at + strlen(path), strlen(at + strlen(path)) + 1);
	return wrong;
}

static void the_users_file_rebinds(void **state)
{
	(void)state;
	struct keymap *keymap = make();
	struct buf report = BUF_EMPTY, keys = BUF_EMPTY;
	assert_int_equal(
		load(keymap,
			"; mine\n[list]\nmark = X C-x\nmark true = T\nopen =\n[all]\nquit = C-q\nless = h Semicolon\n",
			&report),
		0);
	assert_string_equal(command_of(keymap, LIST, "m"), "-");
	assert_string_equal(command_of(keymap, LIST, "X"), "mark");
	assert_string_equal(command_of(keymap, LIST, "Enter"), "-");
	assert_string_equal(command_of(keymap, DETAIL, "C-q"), "quit");
	assert_string_equal(command_of(keymap, DETAIL, ";"), "less");
	assert_string_equal(command_of(keymap, LIST, "Q"), "-");
	struct binding binding;
	assert_true(keymap_find(keymap, LIST, 'T', &binding));
	assert_string_equal(binding.arguments, "true");
	buf_add_text(&keys, "");
	keymap_keys(keymap, LIST, "mark", " ", &keys);
	assert_string_equal(keys.data, "X C-x");
	keys.length = 0;
	keymap_keys(keymap, LIST, "mark true", " ", &keys);
	assert_string_equal(keys.data, "T");
	buf_free(&keys);
	buf_free(&report);
	keymap_free(keymap);
}

static void clashes_are_reported_with_their_line(void **state)
{
	(void)state;
	struct keymap *keymap = make();
	struct buf report = BUF_EMPTY;
	int wrong = load(keymap,
		"[list]\nmark = X\nopen = X\n[detial]\nquit = q\n[list]\nmrak = z\nmark = C-foo\nless = y\nquit now = "
		"p\nnote = j Down\nnonsense\n",
		&report);
	assert_string_equal(report.data, ":3: `X` is already bound to mark on list\n"
					 ":5: no screen `detial`; did you mean detail\n"
					 ":7: no command `mrak`; did you mean `mark`?\n"
					 ":8: `C-foo` is not a key; keys look like x, X, C-x, M-x, Enter, F1\n"
					 ":9: less does nothing on list\n"
					 ":10: `quit` takes no arguments\n"
					 ":12: not `command = keys`\n"
					 ": on list line-down has lost its key `j` to note\n");
	assert_int_equal(wrong, 8);
	buf_free(&report);
	keymap_free(keymap);
	struct err err;
	keymap = make();
	assert_int_equal(keymap_load(keymap, "/nowhere/keymap.ini", &report, &err), -1);
	keymap_free(keymap);
}

static void binding_by_hand(void **state)
{
	(void)state;
	struct keymap *keymap = make();
	struct err err = {0};
	assert_int_equal(keymap_bind(keymap, "list", "X", "mark true", &err), 0);
	assert_string_equal(command_of(keymap, LIST, "X"), "mark");
	assert_string_equal(command_of(keymap, LIST, "m"), "mark");
	assert_int_equal(keymap_bind(keymap, "list", "m", "note", &err), 0);
	assert_string_equal(command_of(keymap, LIST, "m"), "note");
	assert_int_equal(keymap_bind(keymap, "all", "C-k", "quit", &err), 0);
	assert_string_equal(command_of(keymap, DETAIL, "C-k"), "quit");
	assert_int_equal(keymap_bind(keymap, "detail", "X", "mark", &err), -1);
	assert_string_equal(err.text, "mark does nothing on detail");
	assert_int_equal(keymap_bind(keymap, "nowhere", "X", "mark", &err), -1);
	assert_int_equal(keymap_bind(keymap, "list", "XX", "mark", &err), -1);
	keymap_free(keymap);
}

static void command_lines(void **state)
{
	(void)state;
	struct keymap *keymap = make();
	struct binding binding;
	struct err err = {0};
	assert_int_equal(keymap_parse(keymap, "  mark   true positive ", &binding, &err), 0);
	assert_string_equal(binding.command->name, "mark");
	assert_string_equal(binding.arguments, "true positive ");
	assert_int_equal(keymap_parse(keymap, "q", &binding, &err), 0);
	assert_string_equal(binding.command->name, "quit");
	assert_int_equal(keymap_parse(keymap, "le", &binding, &err), -1); /* left, less */
	assert_int_equal(keymap_parse(keymap, " qiut", &binding, &err), -1);
	assert_string_equal(err.text, "no command `qiut`; did you mean `quit`?");
	assert_int_equal(err.offset, 1);
	assert_int_equal(keymap_parse(keymap, "quit now", &binding, &err), -1);
	assert_int_equal(err.offset, 5);
	assert_int_equal(keymap_parse(keymap, "   ", &binding, &err), -1);
	keymap_free(keymap);
}

static void line_text(struct help *help, size_t index, struct buf *out)
{
	struct pager_line line = {0};
	help_line(help, index, &line);
	out->length = 0;
	for (size_t i = 0; i < line.count; i++)
		buf_add(out, line.spans[i].text.data, line.spans[i].text.length);
}

static void help_is_made_of_the_live_keymap(void **state)
{
	(void)state;
	static const char *const footer[] = {"the end"};
	struct keymap *keymap = make();
	struct err err;
	struct buf text = BUF_EMPTY, all = BUF_EMPTY;
	assert_int_equal(keymap_bind(keymap, "list", "X", "mark", &err), 0);
	for (int width = 1; width <= 240; width++) {
		struct help *help = help_new(keymap, LIST, width, footer, 1);
		for (size_t i = 0; i < help_count(help); i++) {
			line_text(help, i, &text);
			if (width >= 40)
				assert_true(text_width((struct slice){text.data, text.length}) <= (size_t)width);
			if (width == 80)
				buf_printf(&all, "%s\n", text.data);
		}
		help_free(help);
	}
	assert_non_null(strstr(all.data, " MOVE     j Down   line down                 k Up     line up"));
	assert_non_null(strstr(all.data, " TRIAGE   X m      give a verdict            c        write a note"));
	assert_null(strstr(all.data, "has no key"));
	assert_null(strstr(all.data, "smaller"));
	text.length = 0;
	help_key(keymap, LIST, 'X', &text);
	assert_string_equal(text.data, "X  :mark [true|open]  give a verdict");
	text.length = 0;
	help_key(keymap, LIST, '%', &text);
	assert_string_equal(text.data, "% does nothing here");
	buf_free(&text);
	buf_free(&all);
	keymap_free(keymap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_read_as_they_are_written),
		cmocka_unit_test(a_screen_beats_motions),
		cmocka_unit_test(the_users_file_rebinds),
		cmocka_unit_test(clashes_are_reported_with_their_line),
		cmocka_unit_test(binding_by_hand),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(help_is_made_of_the_live_keymap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
