/* Keys at random, sizes at random, bytes at random, against the demo of the widgets in a terminal of our own: it never
 * falls over, never sends what a terminal does not know, answers afterwards, and gives the terminal back. Seeds are
 * fixed. */
#include "screen/harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define STEPS 400
#define DEADLINE_US INT64_C(120000000)

static uint32_t state_of;
static uint32_t next_random(uint32_t below)
{
	state_of = state_of * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)state_of * below >> 32);
}

static bool has_text(struct screen *screen, void *context)
{
	int row, column;
	return screen_find(screen, context, &row, &column);
}

static struct screen *start(const char *term, const char *locale)
{
	static char path[512];
	const char *build = getenv("BUILD");
	snprintf(path, sizeof path, "%s/tests/demo_widgets", build != NULL ? build : "build");
	const char *const argv[] = {path, NULL};
	struct screen_options options = {.rows = 24, .columns = 80, .argv = argv, .term = term, .locale = locale};
	struct err err = {0};
	struct screen *screen = screen_start(&options, time_monotonic_us() + DEADLINE_US, &err);
	assert_non_null(screen);
	assert_true(screen_wait(screen, has_text, "Q quit"));
	return screen;
}

static void finish(struct screen *screen)
{
	struct buf why = BUF_EMPTY;
	kill(screen->child, SIGTERM);
	assert_true(screen_wait_exit(screen));
	assert_int_equal(screen->exit_status, 10);
	if (!screen_is_restored(screen, &why))
		fail_msg("%s", why.data);
	if (screen->unknown.length > 0)
		fail_msg("%s", screen->unknown.data);
	buf_free(&why);
	screen_end(screen);
}

static bool answers(struct screen *screen)
{
	/* Out of whatever is open, then a command that says so. C-c closes prompts and menus and does nothing
	 * elsewhere. */
	screen_resize(screen, 24, 80);
	screen_type(screen, "\003\003", 2);
	screen_type(screen, ":screen list\r", 13);
	screen_type(screen, ":theme mono\r", 12);
	return screen_wait(screen, has_text, "theme changed");
}

static void keys_and_sizes(const char *term, const char *locale, uint32_t seed)
{
	static const char *const keys[] = {"j", "k", "h", "l", "g", "G", "C-d", "C-u", "PgDn", "PgUp", "H", "L", "m",
		"t", "v", "w", "W", "/", "n", ":", "1", "Tab", "S-Tab", "Enter", "Up", "Down", "Left", "Right", "Home",
		"End", "?", "y", "C-l", "C-r", "C-a", "C-k", "C-w", "C-y", "C-t", "C-v", "M-b", "M-d", "M-u", "M-t",
		"C-_", "Bksp", "Del", "a", "e", "s", "(", "[", "*", "\\", "é", "日", "C-c", "C-x", "M-?", "C-s", "C-g"};
	struct screen *screen = start(term, locale);
	state_of = seed;
	for (int i = 0; i < STEPS; i++) {
		if (next_random(100) == 0)
			screen_resize(screen, 1 + (int)next_random(60), 1 + (int)next_random(220));
		else if (next_random(150) == 0)
			screen_type(screen, "\003:screen bars\r", 14);
		else
			assert_int_equal(screen_type_key(screen, keys[next_random(COUNT_OF(keys))]), 0);
	}
	if (!answers(screen)) {
		struct buf text = BUF_EMPTY;
		screen_dump(screen, &text);
		fail_msg("no answer after seed %u (%s, status %d):\n%s", seed, screen->is_running ? "runs" : "ended",
			screen->exit_status, text.data);
	}
	finish(screen);
}

static void random_keys(void **state)
{
	(void)state;
	keys_and_sizes("xterm-256color", "C.UTF-8", 1);
	keys_and_sizes("vt100", "C", 2);
	keys_and_sizes("linux", "C.UTF-8", 3);
	keys_and_sizes("screen", "C.UTF-8", 4);
}

static void random_bytes(void **state)
{
	(void)state;
	struct screen *screen = start("xterm-256color", "C.UTF-8");
	state_of = 7;
	for (int i = 0; i < STEPS; i++) {
		char bytes[8];
		size_t length = 1 + next_random(sizeof bytes - 1);
		for (size_t k = 0; k < length; k++)
			bytes[k] = next_random(4) == 0 ? "\033[O]P;<M~"[next_random(9)] : (char)next_random(256);
		for (size_t k = 0; k < length; k++)
			if (bytes[k] == 'Q' || bytes[k] == 26) /* quit, suspend */
				bytes[k] = '\033';
		screen_type(screen, bytes, length);
	}
	screen_type(screen, "\007\033\\", 3); /* ends a string sequence that may be open */
	assert_true(answers(screen));
	finish(screen);
}

/* Not one of many keys typed at once is lost, however the frames fall. */
static void a_burst_of_keys(void **state)
{
	(void)state;
	char keys[3000];
	memset(keys, 'j', sizeof keys);
	struct screen *screen = start("xterm-256color", "C.UTF-8");
	screen_type(screen, ":wake\r", 6);
	screen_type(screen, keys, sizeof keys);
	assert_true(screen_wait(screen, has_text, "row 3000 "));
	finish(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_keys),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(a_burst_of_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
