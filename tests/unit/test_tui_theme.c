/* Themes: those built in are whole and readable, and what is wrong in one of somebody's own is told. */
#include "raretrail/tui.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static void built_in_themes_are_whole(void **state)
{
	(void)state;
	static const char *const names[] = {"default", "dark", "light", "mono", "deutan", "high-contrast"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct buf report = BUF_EMPTY;
		struct err err = {0};
		int lines = theme_check(NULL, names[i], &report, &err);
		if (lines != 0)
			print_message("%s", lines < 0 ? err.text : report.data);
		assert_int_equal(lines, 0);
		buf_free(&report);
	}
}

static int check(const char *text, struct buf *report, struct err *err)
{
	char path[] = "/tmp/theme.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int lines = theme_check(NULL, path, report, err);
	unlink(path);
	for (char *at; report->data != NULL && (at = strstr(report->data, path)) != NULL;)
		memmove(at, at + strlen(path), strlen(at + strlen(path)) + 1);
	return lines;
}

static void what_is_wrong_is_told(void **state)
{
	(void)state;
	struct buf report = BUF_EMPTY;
	struct err err = {0};
	assert_int_equal(
		check("[theme]\ninherit = default\ncolour = no\n[palette]\nsea = #0000ff\nmud = brown\n[roles]\n"
		      "title = sea default bold\nseverity.hihg = red\ncursor = red #ggg\nrare = sea #000080\nnote = "
		      "white black green\n[rolls]\na = b\n",
			&report, &err),
		7);
	assert_string_equal(report.data, ": unknown setting `colour`\n"
					 ": not a colour: `brown`\n"
					 ": unknown section `rolls`\n"
					 ": unknown role `severity.hihg`; did you mean `severity.high`?\n"
					 ": neither a colour nor an attribute: `#ggg`\n"
					 ": a third colour: `green`\n"
					 ": role `rare` has contrast 1.9:1, below 3:1\n");
	report.length = 0;
	int lines = check("[roles]\ntext = default default\n", &report, &err);
	assert_int_equal(lines, ROLE_COUNT - 1);
	assert_non_null(strstr(report.data, ": role `dim` is missing, it looks like `text`\n"));
	report.length = 0;
	assert_int_equal(check("[theme]\ninherit = nowhere\n", &report, &err), -1);
	assert_non_null(strstr(err.text, "no theme `nowhere`"));
	assert_int_equal(theme_check(NULL, "/nowhere/x.ini", &report, &err), -1);
	assert_int_equal(theme_check(NULL, ".hidden", &report, &err), -1);
	assert_int_equal(theme_check(NULL, "", &report, &err), -1);
	buf_free(&report);
}

static void circles_end(void **state)
{
	(void)state;
	char path[] = "/tmp/theme.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	dprintf(fd, "[theme]\ninherit = %s\n", path);
	close(fd);
	struct buf report = BUF_EMPTY;
	struct err err = {0};
	assert_int_equal(theme_check(NULL, path, &report, &err), -1);
	assert_non_null(strstr(err.text, "inherits in a circle"));
	unlink(path);
	buf_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_themes_are_whole),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(circles_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
