/* screen: runs a screen test: a program is started in a terminal of our own, keys are typed, the screen is read. Each
 * `expect` waits until it is true, so scripts never sleep; a script has `timeout` seconds in all (30 unless told).
 *
 *	sizes 80x24 200x50 30x6        the script runs once for each size (columns x rows), terminal and locale
 *	terms xterm-256color vt100     default: 80x24, xterm-256color, C.UTF-8
 *	locales C.UTF-8 C
 *	runs 80x24/vt100/C 30x6/linux/C.UTF-8     these combinations instead of all that sizes, terms and locales make
 *	env NO_COLOR=1                 for the programs started from here on; `env NAME` takes it away
 *	start $RARETRAIL samples/x     starts a program (before that, a running one is ended)
 *	type "text\r"                  sends text; keys j C-d Enter M-x PgDn sends keys, one name after the other
 *	                               (behind Esc expect something first, else Esc and the next key are one)
 *	expect "text"                  waits until it stands somewhere on the screen; expect-not: until it is gone
 *	expect-line 3 "text"           until line 3 (from 1; -1 is the last) holds it; "" when it is to be empty
 *	expect-look "text" bold fg=1   until the first place of text looks so: bold underline italic reverse plain
 *	                               highlighted fg=N bg=N fg=#rrggbb fg=default; ! before a word negates
 *	expect-row "text"              until the highlighted row holds it
 *	expect-cursor 24 7             until the cursor is at line 24, column 7 (from 1); -1 is the last line
 *	expect-cursor-at "text"        until the cursor is on the first cell of text
 *	expect-screen … end            until the screen is exactly the lines in between (blanks at ends do not count)
 *	expect-sent "\e]52;c;"         until these bytes were sent; not-sent: they were not, so far
 *	expect-exit 0                  until the program has ended with this status (143: by SIGTERM)
 *	expect-restored                terminal settings, main screen and cursor are as before
 *	expect-clean                   no sequence the terminal does not know, nothing scrolled off, no line too long; only
 *	                               ASCII in the C locale
 *	resize 200x50   signal TERM   hang-up (the terminal goes away)   dump   timeout 60
 *	write $DIR/x.ini … end         writes a file;  shell COMMAND runs sh -c, which must succeed
 *	need COMMAND                   skips the test (77) unless sh -c COMMAND succeeds
 *	@80x24 @vt100 @C WORDS…        the line is for these sizes, terminals, locales only (two of a kind:
 *	                               either); @!30x6 for all others
 *
 * Words are separated by blanks; "…" holds blanks and the escapes \n \r \t \e \a \" \\ \xNN; '…' is taken as it is;
 * $NAME and ${NAME} are environment variables, and $DIR a folder of the script's own. # starts a comment.
 * Usage: screen FILE [COLUMNSxROWS] */
#include "harness_words.h"
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_SECONDS 30

struct script {
	const char *path;
	char **lines;
	size_t line_count;
	size_t at; /* line being run */

	char size[32];
	const char *term, *locale;
	int rows, columns;
	char folder[64];
	struct words environment;
	struct screen *screen;
	int64_t deadline_us;
};

static void die(struct script *script, const char *format, ...) PRINTF_LIKE(2, 3) __attribute__((noreturn));

static void remove_folder(const struct script *script)
{
	char *command = xasprintf("rm -rf '%s'", script->folder);
	if (system(command) != 0)
		fprintf(stderr, "%s was not removed\n", script->folder);
	free(command);
}

static void print_screen(const struct script *script)
{
	struct buf text = BUF_EMPTY;
	int row, column;
	if (script->screen == NULL)
		return;
	screen_dump(script->screen, &text);
	screen_cursor(script->screen, &row, &column);
	printf("---- %s %s %s, cursor %d %d%s\n", script->size, script->term, script->locale, row, column,
		script->screen->is_running ? "" : ", the program has ended");
	for (char *line = text.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		printf("|%.*s\n", (int)(end - line), line);
	printf("---- the last bytes sent: ");
	const struct buf *sent = &script->screen->sent;
	for (size_t i = sent->length > 100 ? sent->length - 100 : 0; i < sent->length; i++) {
		unsigned char c = (unsigned char)sent->data[i];
		if (c >= 0x20 && c < 0x7F)
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	printf("\n");
	buf_free(&text);
}

static void die(struct script *script, const char *format, ...)
{
	va_list args;
	print_screen(script);
	printf("%s:%zu: ", script->path, script->at + 1);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n  %s\n", script->lines[script->at]);
	if (script->screen != NULL && script->screen->unknown.length > 0)
		printf("unknown to the terminal: %s", script->screen->unknown.data);
	screen_end(script->screen);
	remove_folder(script);
	exit(1);
}

static void split(struct script *script, const char *line, struct words *words)
{
	struct err err;
	if (words_split(words, line, script->folder, &err) != 0)
		die(script, "%s", err.text);
}

/* ---- waiting ---- */

struct question {
	const char *text, *look;
	int row, column;
	bool is_exact;
	struct buf found;
};

static int real_row(const struct screen *screen, int row)
{
	return row < 0 ? screen->rows + 1 + row : row;
}

static bool is_there(struct screen *screen, void *context)
{
	struct question *question = context;
	return screen_find(screen, question->text, &question->row, &question->column);
}
static bool is_gone(struct screen *screen, void *context)
{
	return !is_there(screen, context);
}
static bool is_in_line(struct screen *screen, void *context)
{
	struct question *question = context;
	question->found.length = 0;
	screen_line(screen, real_row(screen, question->row), &question->found);
	if (question->text[0] == '\0')
		return question->found.length == 0;
	return strstr(question->found.data, question->text) != NULL;
}
static bool has_look(struct screen *screen, void *context)
{
	struct question *question = context;
	int row, column;
	return screen_find(screen, question->text, &row, &column) &&
	       screen_has_attributes(screen, row, column, question->text, question->look);
}
static bool is_highlighted(struct screen *screen, void *context)
{
	struct question *question = context;
	for (int row = 1; row <= screen->rows; row++) {
		question->found.length = 0;
		screen_line(screen, row, &question->found);
		const char *hit = strstr(question->found.data, question->text);
		if (hit == NULL)
			continue;
		int column =
			(int)text_width((struct slice){question->found.data, (size_t)(hit - question->found.data)}) + 1;
		if (screen_has_attributes(screen, row, column, question->text, "highlighted"))
			return true;
	}
	return false;
}
static bool is_cursor_there(struct screen *screen, void *context)
{
	struct question *question = context;
	int row, column;
	screen_cursor(screen, &row, &column);
	return row == real_row(screen, question->row) && column == question->column;
}
static bool is_cursor_on(struct screen *screen, void *context)
{
	struct question *question = context;
	int row, column;
	if (!screen_find(screen, question->text, &question->row, &question->column))
		return false;
	screen_cursor(screen, &row, &column);
	return row == question->row && column == question->column;
}
static bool is_same_screen(struct screen *screen, void *context)
{
	struct question *question = context;
	question->found.length = 0;
	screen_dump(screen, &question->found);
	return strcmp(question->found.data, question->text) == 0;
}
static bool was_sent(struct screen *screen, void *context)
{
	struct question *question = context;
	return memmem(screen->sent.data, screen->sent.length, question->text, strlen(question->text)) != NULL;
}

static void wait_for(
	struct script *script, bool (*check)(struct screen *, void *), struct question *question, const char *failure)
{
	if (script->screen == NULL)
		die(script, "no program was started");
	bool is_ok = screen_wait(script->screen, check, question);
	buf_free(&question->found);
	if (!is_ok)
		die(script, "%s%s", failure, script->screen->is_running ? "" : " (the program has ended)");
	screen_settled(script->screen);
}

/* ---- commands ---- */

static const char *word_at(struct script *script, const struct words *words, size_t index)
{
	if (index >= words->count)
		die(script, "%s wants more words", words->items[0]);
	return words->items[index];
}

static void read_size(struct script *script, const char *text, int *columns, int *rows)
{
	if (sscanf(text, "%dx%d", columns, rows) != 2 || *columns < 1 || *rows < 1 || *columns > 1000 || *rows > 1000)
		die(script, "`%s` is not a size such as 80x24", text);
}

/* The lines up to `end`. */
static char *read_block(struct script *script)
{
	struct buf text = BUF_EMPTY;
	size_t start = script->at;
	buf_add_text(&text, "");
	for (script->at++; script->at < script->line_count; script->at++) {
		const char *line = script->lines[script->at];
		if (strcmp(line, "end") == 0)
			return text.data;
		buf_add_text(&text, line);
		buf_add_char(&text, '\n');
	}
	script->at = start;
	die(script, "no `end` follows");
}

static void run_start(struct script *script, const struct words *words)
{
	struct err err = {0};
	screen_end(script->screen);
	word_at(script, words, 1);
	struct screen_options options = {.rows = script->rows,
		.columns = script->columns,
		.argv = (const char *const *)(words->items + 1),
		.environment = (const char *const *)script->environment.items,
		.term = script->term,
		.locale = script->locale};
	script->screen = screen_start(&options, script->deadline_us, &err);
	if (script->screen == NULL)
		die(script, "%s", err.text);
}

static void run_expect_screen(struct script *script)
{
	size_t line = script->at;
	char *block = read_block(script);
	struct buf wanted = BUF_EMPTY;
	int rows = 0;
	for (char *rest = block, *one; (one = strsep(&rest, "\n")) != NULL;) {
		size_t length = strlen(one);
		while (length > 0 && one[length - 1] == ' ')
			length--;
		if (rest == NULL)
			break;
		buf_add(&wanted, one, length);
		buf_add_char(&wanted, '\n');
		rows++;
	}
	for (; rows < script->rows; rows++)
		buf_add_char(&wanted, '\n');
	struct question question = {.text = wanted.data};
	size_t end = script->at;
	script->at = line;
	wait_for(script, is_same_screen, &question, "the screen is not this");
	script->at = end;
	buf_free(&wanted);
	free(block);
}

static void run_write(struct script *script, const char *path)
{
	char *copy = xstrdup(path), *text = read_block(script);
	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0777);
		*slash = '/';
	}
	FILE *file = fopen(copy, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		die(script, "%s: %s", copy, strerror(errno));
	free(copy);
	free(text);
}

static void run_signal(struct script *script, const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP}, {"INT", SIGINT}, {"TSTP", SIGTSTP}, {"CONT", SIGCONT},
		{"KILL", SIGKILL}, {"ABRT", SIGABRT}, {"SEGV", SIGSEGV}, {"WINCH", SIGWINCH}};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			kill(script->screen->child, known[i].number);
			return;
		}
	}
	die(script, "unknown signal %s", name);
}

static void check_clean(struct script *script)
{
	const struct screen *screen = script->screen;
	if (screen->unknown.length > 0)
		die(script, "the terminal does not know what was sent");
	if (screen->is_resizing)
		die(script, "the screen was not drawn anew for the last size");
	if (screen->scrolled > 0)
		die(script, "%u lines scrolled off the top", screen->scrolled);
	if (memmem(screen->sent.data, screen->sent.length, "\033[?2004h", 8) != NULL)
		die(script, "bracketed paste was switched on");
	bool is_ascii = strcmp(script->locale, "C") == 0;
	for (size_t i = 0; is_ascii && i < screen->sent.length; i++)
		if ((unsigned char)screen->sent.data[i] >= 0x80)
			die(script, "byte %02x was sent in the C locale", (unsigned char)screen->sent.data[i]);
}

/* Commands that need a running program. */
static bool run_screen_command(struct script *script, const struct words *words)
{
	const char *name = words->items[0];
	struct question question = {.text = words->count > 1 ? words->items[1] : ""};
	if (strcmp(name, "type") == 0) {
		if (script->screen->has_lone_escape)
			die(script, "Esc was typed before: expect what it does first");
		screen_type(script->screen, word_at(script, words, 1), strlen(words->items[1]));
	} else if (strcmp(name, "keys") == 0) {
		for (size_t i = 1; i < words->count; i++)
			if (screen_type_key(script->screen, words->items[i]) != 0)
				die(script, "unknown key %s, or Esc before it: expect what Esc does first",
					words->items[i]);
	} else if (strcmp(name, "expect") == 0) {
		word_at(script, words, 1);
		wait_for(script, is_there, &question, "this text does not come");
	} else if (strcmp(name, "expect-not") == 0) {
		word_at(script, words, 1);
		wait_for(script, is_gone, &question, "this text does not go");
	} else if (strcmp(name, "expect-line") == 0) {
		question.row = atoi(word_at(script, words, 1));
		question.text = word_at(script, words, 2);
		wait_for(script, is_in_line, &question, "the line is not this");
	} else if (strcmp(name, "expect-look") == 0) {
		struct buf look = BUF_EMPTY;
		for (size_t i = 2; i < words->count; i++)
			buf_printf(&look, "%s ", word_at(script, words, i));
		question.look = look.data != NULL ? look.data : "";
		wait_for(script, has_look, &question, "it does not look so");
		buf_free(&look);
	} else if (strcmp(name, "expect-row") == 0) {
		word_at(script, words, 1);
		wait_for(script, is_highlighted, &question, "no highlighted row holds it");
	} else if (strcmp(name, "expect-cursor") == 0) {
		question.row = atoi(word_at(script, words, 1));
		question.column = atoi(word_at(script, words, 2));
		wait_for(script, is_cursor_there, &question, "the cursor is elsewhere");
	} else if (strcmp(name, "expect-cursor-at") == 0) {
		word_at(script, words, 1);
		wait_for(script, is_cursor_on, &question, "the cursor is elsewhere");
	} else if (strcmp(name, "expect-sent") == 0) {
		wait_for(script, was_sent, &question, "these bytes were not sent");
	} else if (strcmp(name, "not-sent") == 0) {
		if (was_sent(script->screen, &question))
			die(script, "these bytes were sent");
	} else if (strcmp(name, "expect-exit") == 0) {
		if (!screen_wait_exit(script->screen))
			die(script, "the program does not end");
		if (script->screen->exit_status != atoi(word_at(script, words, 1)))
			die(script, "the status is %d", script->screen->exit_status);
	} else if (strcmp(name, "expect-restored") == 0) {
		struct buf why = BUF_EMPTY;
		if (!screen_is_restored(script->screen, &why))
			die(script, "%s", why.data);
		buf_free(&why);
	} else if (strcmp(name, "expect-clean") == 0) {
		check_clean(script);
	} else if (strcmp(name, "resize") == 0) {
		read_size(script, word_at(script, words, 1), &script->columns, &script->rows);
		screen_resize(script->screen, script->rows, script->columns);
	} else if (strcmp(name, "hang-up") == 0) {
		screen_hang_up(script->screen);
	} else if (strcmp(name, "signal") == 0) {
		run_signal(script, word_at(script, words, 1));
	} else {
		return false;
	}
	return true;
}

static bool succeeds(const char *command)
{
	fflush(stdout);
	int status = system(command);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Returns false when the test is to be skipped. */
static bool run_line(struct script *script, const struct words *words)
{
	const char *name = words->items[0];
	if (strcmp(name, "sizes") == 0 || strcmp(name, "terms") == 0 || strcmp(name, "locales") == 0 ||
		strcmp(name, "runs") == 0)
		return true;
	if (strcmp(name, "start") == 0) {
		run_start(script, words);
	} else if (strcmp(name, "env") == 0) {
		for (size_t i = 1; i < words->count && script->environment.count < WORDS_MAX; i++)
			script->environment.items[script->environment.count++] = xstrdup(words->items[i]);
		script->environment.items[script->environment.count] = NULL;
	} else if (strcmp(name, "timeout") == 0) {
		script->deadline_us = time_monotonic_us() + atoi(word_at(script, words, 1)) * INT64_C(1000000);
		if (script->screen != NULL)
			script->screen->deadline_us = script->deadline_us;
	} else if (strcmp(name, "dump") == 0) {
		print_screen(script);
	} else if (strcmp(name, "write") == 0) {
		run_write(script, word_at(script, words, 1));
	} else if (strcmp(name, "shell") == 0 || strcmp(name, "need") == 0) {
		struct buf command = BUF_EMPTY;
		buf_printf(&command, "DIR=%s; export DIR; ", script->folder);
		buf_add_text(&command, strstr(script->lines[script->at], name) + strlen(name));
		bool is_ok = succeeds(command.data);
		buf_free(&command);
		if (!is_ok && strcmp(name, "need") == 0) {
			printf("needs%s\n", strstr(script->lines[script->at], name) + strlen(name));
			return false;
		}
		if (!is_ok)
			die(script, "the command failed");
	} else if (strcmp(name, "expect-screen") == 0) {
		run_expect_screen(script);
	} else if (script->screen == NULL) {
		die(script, "no program was started, or no such command");
	} else if (!run_screen_command(script, words)) {
		die(script, "no such command");
	}
	return true;
}

/* Whether the @ words in front of a line let it run here; takes them off. Sizes, terminals and locales must each
 * fit. */
static bool is_for_us(struct script *script, struct words *words)
{
	enum { SIZE, TERM, LOCALE, KINDS };
	bool is_asked[KINDS] = {false}, is_met[KINDS] = {false}, is_excluded = false;
	const char *here[KINDS] = {script->size, script->term, script->locale};
	while (words->count > 0 && words->items[0][0] == '@') {
		const char *wanted = words->items[0] + 1;
		bool is_negated = wanted[0] == '!';
		wanted += is_negated;
		size_t digits = strspn(wanted, "0123456789");
		int kind = digits > 0 && wanted[digits] == 'x' ? SIZE : wanted[0] == 'C' ? LOCALE : TERM;
		bool is_same = strcmp(wanted, here[kind]) == 0;
		if (is_negated)
			is_excluded = is_excluded || is_same;
		else
			is_asked[kind] = true, is_met[kind] = is_met[kind] || is_same;
		free(words->items[0]);
		memmove(words->items, words->items + 1, words->count * sizeof *words->items);
		words->count--;
	}
	for (int kind = 0; kind < KINDS; kind++)
		is_excluded = is_excluded || (is_asked[kind] && !is_met[kind]);
	return !is_excluded;
}

static bool skips_block(const char *name)
{
	return strcmp(name, "write") == 0 || strcmp(name, "expect-screen") == 0;
}

static bool run_once(struct script *script, const char *size, const char *term, const char *locale)
{
	snprintf(script->size, sizeof script->size, "%s", size);
	script->term = term;
	script->locale = locale;
	script->at = 0;
	read_size(script, size, &script->columns, &script->rows);
	script->deadline_us = time_monotonic_us() + TIMEOUT_SECONDS * INT64_C(1000000);
	snprintf(script->folder, sizeof script->folder, "/tmp/screen.XXXXXX");
	if (mkdtemp(script->folder) == NULL)
		die(script, "no folder: %s", strerror(errno));
	bool is_skipped = false;
	for (; script->at < script->line_count && !is_skipped; script->at++) {
		struct words words = {0};
		split(script, script->lines[script->at], &words);
		bool is_ours = is_for_us(script, &words);
		if (words.count > 0 && is_ours)
			is_skipped = !run_line(script, &words);
		else if (words.count > 0 && skips_block(words.items[0]))
			free(read_block(script));
		words_free(&words);
	}
	screen_end(script->screen);
	script->screen = NULL;
	words_free(&script->environment);
	remove_folder(script);
	return !is_skipped;
}

static void read_script(struct script *script, FILE *file)
{
	size_t capacity = 0, size = 0;
	char *line = NULL;
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		script->lines = array_grow(script->lines, &capacity, script->line_count + 1, sizeof *script->lines);
		script->lines[script->line_count++] = xstrdup(line);
	}
	free(line);
}

/* The words of a `sizes`, `terms` or `locales` line, else the default. */
static void read_variants(struct script *script, const char *name, const char *standard, struct words *out)
{
	for (script->at = 0; script->at < script->line_count; script->at++) {
		if (strncmp(script->lines[script->at], name, strlen(name)) != 0)
			continue;
		split(script, script->lines[script->at], out);
		if (out->count > 1 && strcmp(out->items[0], name) == 0)
			return;
		words_free(out);
	}
	out->items[0] = xstrdup(name);
	out->items[1] = xstrdup(standard);
	out->count = 2;
}

/* Every combination of sizes, terms and locales, or those of `runs`. Returns whether the test is to be skipped. */
static bool run_variants(struct script *script, const char *only_size)
{
	struct words sizes = {0}, terms = {0}, locales = {0}, runs = {0};
	bool is_skipped = false;
	read_variants(script, "sizes", "80x24", &sizes);
	read_variants(script, "terms", "xterm-256color", &terms);
	read_variants(script, "locales", "C.UTF-8", &locales);
	read_variants(script, "runs", "", &runs);
	bool is_listed = runs.items[1][0] != '\0';
	for (size_t i = 1; is_listed && i < runs.count && !is_skipped; i++) {
		char *rest = runs.items[i];
		const char *size = strsep(&rest, "/"), *term = strsep(&rest, "/");
		if (rest == NULL)
			die(script, "`runs` takes SIZE/TERM/LOCALE");
		if (only_size == NULL || strcmp(only_size, size) == 0)
			is_skipped = !run_once(script, size, term, rest);
	}
	for (size_t i = 1; !is_listed && i < sizes.count && !is_skipped; i++)
		for (size_t k = 1; k < terms.count && !is_skipped; k++)
			for (size_t n = 1; n < locales.count && !is_skipped; n++)
				if (only_size == NULL || strcmp(only_size, sizes.items[i]) == 0)
					is_skipped =
						!run_once(script, sizes.items[i], terms.items[k], locales.items[n]);
	words_free(&sizes);
	words_free(&terms);
	words_free(&locales);
	words_free(&runs);
	return is_skipped;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: screen FILE [COLUMNSxROWS]\n");
		return 2;
	}
	struct script script = {.path = argv[1]};
	FILE *file = fopen(argv[1], "re");
	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	read_script(&script, file);
	fclose(file);
	signal(SIGPIPE, SIG_IGN);
	bool is_skipped = run_variants(&script, argc > 2 ? argv[2] : NULL);
	for (size_t i = 0; i < script.line_count; i++)
		free(script.lines[i]);
	free(script.lines);
	return is_skipped ? 77 : 0;
}
