/* The console is killed at random instants while verdicts are given: every verdict it had called saved, on the screen, is
 * there when it is started again. A verdict still under way may be there or not, but never another one. */
#include "screen/harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#define ROUNDS 14
#define ALERTS_MAX 20
#define DEADLINE_US INT64_C(60000000)

static volatile pid_t victim;

static void on_alarm(int number)
{
	(void)number;
	if (victim > 0)
		kill(victim, SIGKILL);
}

/* One row of the list: what stays the same of it names the alert. */
struct row {
	char name[256];
	char letter, asked; /* called saved; typed and not yet called so (0: nothing) */
};
struct list {
	struct row rows[ALERTS_MAX];
	size_t count, cursor;
};

static char folder[64], incident[96], journal[96], database[128];

static bool has_text(struct screen *screen, void *context)
{
	int row, column;
	return screen_find(screen, context, &row, &column);
}

/* The alerts on the screen: cursor, letter of the verdict, severity and the rest. */
static void read_list(const struct screen *screen, struct list *out)
{
	struct buf line = BUF_EMPTY;
	out->count = 0;
	out->cursor = ALERTS_MAX;
	for (int row = 3; row < screen->rows - 1 && out->count < ALERTS_MAX; row++) {
		struct row *to = &out->rows[out->count];
		line.length = 0;
		screen_line(screen, row, &line);
		if (line.length < 8 || strchr("TSB.", line.data[1]) == NULL || line.data[2] != ' ' ||
			strchr("HML", line.data[3]) == NULL)
			continue;
		if (line.data[0] == '>')
			out->cursor = out->count;
		to->letter = line.data[1];
		to->asked = 0;
		snprintf(to->name, sizeof to->name, "%s", line.data + 3);
		out->count++;
	}
	buf_free(&line);
}

static struct row *find(struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i].name, name) == 0)
			return &list->rows[i];
	return NULL;
}

/* All events judged and every alert drawn: those known, or as many as the status line counts. */
static bool is_complete(struct screen *screen, void *context)
{
	struct list *known = context, now;
	struct buf status = BUF_EMPTY;
	read_list(screen, &now);
	screen_line(screen, screen->rows - 1, &status);
	size_t counted = known->count ? known->count : status.data ? strtoul(status.data, NULL, 10) : 0;
	buf_free(&status);
	if (counted == 0 || counted != now.count || !has_text(screen, "33,118 ev"))
		return false;
	for (size_t i = 0; i < now.count; i++)
		if (known->count > 0 && find(known, now.rows[i].name) == NULL)
			return false;
	return true;
}

static struct screen *start(struct list *known)
{
	/* Limits so wide that some more identities alert. */
	const char *const argv[] = {getenv("RARETRAIL"), "--case", journal, "--set", "rare-as.max_rare_asn_ratio=0.02",
		"--set", "rare-as.max_count_distinct_asns=50", "--set",
		"rare-as.min_unique_action_from_untrusted_asn=1", incident, NULL};
	const char *const environment[] = {database, NULL};
	struct screen_options options = {
		.rows = 40, .columns = 120, .argv = argv, .environment = environment, .locale = "C.UTF-8"};
	struct err err;
	struct screen *screen = screen_start(&options, time_monotonic_us() + DEADLINE_US, &err);
	assert_non_null(screen);
	assert_true(screen_wait(screen, is_complete, known));
	return screen;
}

struct promise {
	const char *name;
	char letter;
};

static bool is_promised(struct screen *screen, void *context)
{
	const struct promise *promise = context;
	struct list now;
	read_list(screen, &now);
	const struct row *row = find(&now, promise->name);
	return row != NULL && row->letter == promise->letter && has_text(screen, ", saved");
}

static bool is_cursor_on(struct screen *screen, void *context)
{
	struct list now;
	read_list(screen, &now);
	return now.cursor == *(size_t *)context;
}

/* What is there after a start is what was promised, or what was under way. Then the list goes on from what is there. */
static void check_kept(struct list *known, const struct screen *screen)
{
	struct list now;
	read_list(screen, &now);
	assert_true(now.count >= 4 && (known->count == 0 || known->count == now.count));
	for (size_t i = 0; i < now.count; i++) {
		const struct row *was = find(known, now.rows[i].name);
		if (was != NULL && now.rows[i].letter != was->letter && now.rows[i].letter != was->asked)
			fail_msg("%s: was called saved as %c, is %c", was->name, was->letter, now.rows[i].letter);
	}
	*known = now;
}

static void press(struct screen *screen, char key)
{
	screen_type(screen, &key, 1);
}

/* Verdicts, one after the other, until the program is gone. */
static unsigned give_verdicts(struct screen *screen, struct list *known, unsigned seed)
{
	unsigned given = 0;
	for (;; seed++) {
		struct list now;
		read_list(screen, &now);
		struct row *row = now.cursor < now.count ? find(known, now.rows[now.cursor].name) : NULL;
		char letter = "TSB."[seed % 4];
		if (row == NULL || !screen->is_running)
			return given;
		if (letter == row->letter)
			letter = "TSB."[(seed + 1) % 4];
		struct promise promise = {row->name, letter};
		row->asked = letter;
		press(screen, 'm');
		press(screen, letter == 'T' ? 't' : letter == 'S' ? 's' : letter == 'B' ? 'b' : '.');
		if (!screen_wait(screen, is_promised, &promise))
			return given;
		row->letter = letter;
		row->asked = 0;
		given++;
		size_t next = now.cursor + 1 < now.count ? now.cursor + 1 : 0;
		press(screen, next == 0 ? 'g' : 'j');
		if (!screen_wait(screen, is_cursor_on, &next))
			return given;
	}
}

static void kept_whenever_it_is_killed(void **state)
{
	struct list known = {.count = 0};
	unsigned given = 0;
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct screen *screen = start(&known);
		struct itimerval timer = {.it_value.tv_usec = 1 + (suseconds_t)(random() % 180000)};
		check_kept(&known, screen);
		victim = screen->child;
		setitimer(ITIMER_REAL, &timer, NULL);
		given += give_verdicts(screen, &known, round * 5);
		assert_true(screen_wait_exit(screen));
		victim = 0;
		assert_int_equal(screen->exit_status, 128 + SIGKILL);
		screen_end(screen);
	}
	struct screen *screen = start(&known);
	check_kept(&known, screen);
	screen_end(screen);
	assert_true(given > ROUNDS);
}

static int set_up(void **state)
{
	struct sigaction action = {.sa_handler = on_alarm};
	(void)state;
	if (getenv("RARETRAIL") == NULL)
		return 0;
	snprintf(folder, sizeof folder, "/tmp/raretrail-killed-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(incident, sizeof incident, "%s/AWSLogs", folder);
	snprintf(journal, sizeof journal, "%s/night.case", folder);
	snprintf(database, sizeof database, "RARETRAIL_ASN_DB=%s/sample-asn.mmdb", folder);
	char *command = xasprintf("'%s' sample ci-key -o %s 2>/dev/null", getenv("RARETRAIL"), folder);
	assert_int_equal(system(command), 0);
	free(command);
	srandom((unsigned)time_monotonic_us());
	return sigaction(SIGALRM, &action, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	char *command = xasprintf("rm -rf %s", folder);
	int status = folder[0] != '\0' ? system(command) : 0;
	free(command);
	return status;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(kept_whenever_it_is_killed)};
	if (getenv("RARETRAIL") == NULL) {
		printf("RARETRAIL does not name the program\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
