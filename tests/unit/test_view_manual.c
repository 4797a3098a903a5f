/* The command table as text, as the manual and the help take it: everything is there, nothing breaks the formatter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/view.h"

static const char *const names[] = {"open", "back", "alerts", "users", "events", "timeline", "tuning", "allowlist",
	"findings", "sources", "filter", "keep", "drop", "toggle-filters", "mark", "comment", "tag", "undo", "redo",
	"copy", "export", "raw", "profile", "guide", "tune", "near-misses", "cross-filter", "compare", "theme", "set",
	"bind", "help", "quit"};

static void every_command_is_in_the_plain_text(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	view_manual(&out, VIEW_MANUAL_TEXT);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char *word = xasprintf(" %s ", names[i]);

		if (!strstr(out.data, word))
			fail_msg("%s is missing", names[i]);
		free(word);
	}
	assert_non_null(strstr(out.data, "MOVE\n"));
	buf_free(&out);
}

/* A line of text that begins with a dot or a quote would be a request; a lone backslash an escape. */
static void the_manual_source_holds_no_accidents(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	view_manual(&out, VIEW_MANUAL_ROFF);
	for (const char *line = out.data; *line;) {
		size_t length = strcspn(line, "\n");

		assert_true(length < 400);
		if (*line == '.')
			assert_true(strncmp(line, ".TP", 3) == 0 || strncmp(line, ".B ", 3) == 0 ||
				    strncmp(line, ".SS ", 4) == 0);
		assert_true(*line != '\'');
		for (size_t i = 0; i < length; i++)
			if (line[i] == '\\') {
				assert_true(i + 1 < length && strchr("e-&", line[i + 1]) != NULL);
				i++;
			}
		line += length + (line[length] == '\n');
	}
	buf_free(&out);
}

static void options_begin_with_a_replay(void **state)
{
	struct view_options options;

	(void)state;
	view_options_init(&options);
	assert_int_equal(options.now, TIME_NONE);
	assert_int_equal(options.rules, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_in_the_plain_text),
		cmocka_unit_test(the_manual_source_holds_no_accidents),
		cmocka_unit_test(options_begin_with_a_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
