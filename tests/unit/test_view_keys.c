/* The keys of the console's command table: each is one, and no two commands want the same on one screen. A screen's own
 * command may take the key of one that holds everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/view/commands.h"

/* The next key of a list such as "? F1"; empty at its end. */
static struct slice next_key(const char **rest)
{
	struct slice key;

	*rest += strspn(*rest, " ");
	key = (struct slice){*rest, strcspn(*rest, " ")};
	*rest += key.length;
	return key;
}

static bool has_key(const struct ui_command *command, ui_key key)
{
	const char *rest = command->keys;

	for (struct slice word; (word = next_key(&rest)).length > 0;)
		if (ui_key_parse(word) == key)
			return true;
	return false;
}

static bool are_rivals(const struct ui_command *a, const struct ui_command *b)
{
	return (a->screens & b->screens) && (a->screens == UI_ALL_SCREENS) == (b->screens == UI_ALL_SCREENS);
}

static void no_key_is_wanted_twice(void **state)
{
	size_t keys = 0;

	(void)state;
	for (size_t i = 0; i < view_command_count; i++) {
		const struct ui_command *command = &view_command_table[i];
		const char *rest = command->keys;

		for (struct slice word; (word = next_key(&rest)).length > 0; keys++) {
			ui_key key = ui_key_parse(word);

			if (key == UI_NO_KEY)
				fail_msg("%s: %.*s is not a key", command->name, (int)word.length, word.data);
			for (size_t other = 0; other < i; other++)
				if (are_rivals(command, &view_command_table[other]) &&
					has_key(&view_command_table[other], key))
					fail_msg("%s and %s both want %.*s", view_command_table[other].name,
						command->name, (int)word.length, word.data);
		}
	}
	assert_true(keys > view_command_count / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_key_is_wanted_twice)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
