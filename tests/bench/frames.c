/* frames: how long a frame of the console takes, and how long a key takes to show, over millions of events. The console
 * runs in a terminal of ours and is used as a person would; what a frame cost it says itself (:set frames on), key to
 * paint is measured from outside: from the key being sent until the screen it leads to has been received.
 *
 *   frames COLUMNSxROWS RARETRAIL ARGUMENT…     prints JSON; times in milliseconds */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../screen/harness.h"

#define QUIET_US 12000 /* so long without a byte: the frame is out */
#define SETTLED_US 250000 /* so long: nothing goes on beside it either */
#define PATIENCE_US INT64_C(20000000)

/* What is done on each screen. Keys are separated by blanks; `text…` is typed, _ in it is a blank; ~text waits until it
 * stands on the screen, =: until nothing moves any more. */
static const struct visit {
	const char *name, *keys;
} visits[] = {
	{"alerts", "1 ~1_alert = j j k G g C-d C-u s `u s `s S = Space Space C-l"},
	{"alert", "1 = g Enter ~WHO = j j j j G g C-d C-u C-l"},
	{"guide", "1 = g i ~steps_ticked = j j G g Space Space C-l"},
	{"users", "2 ~identities = j j j C-d C-f G g s `e = G g s `a = S = G g w W W w C-l"},
	{"profile", "2 = / `ci-dep\r = p ~ACTION = Tab Tab Tab j j x = Tab j Esc = ! ! C-l"},
	{"compare", "2 = / `ci-dep\r = C `etl-nightly\r ~left = j j G g C-l"},
	{"events", "3 = g j k C-d C-d C-u C-f G g l l h W W w w @ `05-12_12:00\r C-l"},
	{"events, sorted", "3 = s `u = ~by_USER j G g C-d s `a = ~by_ACTION G g C-d S = G g C-d s `e = G g C-d C-l"},
	{"events, filtered",
		"3 = & `error:_*\r ~error:_* = j G g C-d & `action:_G*\r ~G* = G g C-d s `u = G g C-d C-l"},
	{"filters off and on", "3 = \\ = \\ = f ~KEEPS = d d = C-l"},
	{"events, record", "3 = r ~eventVersion = j j j Tab j G g Tab r C-l"},
	{"record", "3 = g Enter ~eventVersion = j j G g C-d C-u w C-l"},
	{"search over all", "3 = g / `NoSuchThing\r = / `CreateAccessK\r = n n N C-l"},
	{"timeline", "4 ~rows_by = l l h h z = z = Z = Z = o = o = o = ! = Tab j G g Tab C-l"},
	{"as of", "4 = A = 1 ~AS_OF = A `05-10\r = 4 = A = 1 = C-l"},
	{"tune", "5 ~PARAMETER = j j j l l l h h h h = L H j l l = j l = D = C-l"},
	{"allowlist", "6 ~SCOPE = j j G g Space = Space = u u = C-l"},
	{"findings", "1 = g m `s 7 ~finding = j k u C-l"},
	{"sources", "8 ~ledger = Tab j G g Tab j G g Tab j G g C-d C-u / `0099\r n C-l"},
	{"near misses", "~ ~FAILS = j j G g C-d C-l"},
	{"help", "? ~MOVE = j G g m t C-l"},
	{"themes", "T ~deutan = j j j j = C-l"},
};

struct watch {
	size_t length; /* bytes received before */
	int64_t sent_us, first_us, last_us, quiet_us, until_us;
};
struct figures {
	double paint_worst, paint_sum, beside_worst, frame_worst;
	unsigned keys;
	char worst_key[32];
};

static bool is_quiet(struct screen *screen, void *context)
{
	struct watch *watch = context;
	int64_t now = time_monotonic_us();
	if (screen->sent.length != watch->length) {
		watch->length = screen->sent.length;
		watch->last_us = now;
		if (watch->first_us == 0)
			watch->first_us = now;
	}
	return now >= watch->until_us || (watch->first_us != 0 && now - watch->last_us >= watch->quiet_us);
}

static struct watch watch_begin(struct screen *screen, int64_t quiet_us, int64_t patience_us)
{
	int64_t now = time_monotonic_us();
	screen->deadline_us = now + PATIENCE_US;
	return (struct watch){
		.length = screen->sent.length, .sent_us = now, .quiet_us = quiet_us, .until_us = now + patience_us};
}

static void settle(struct screen *screen)
{
	struct watch watch = watch_begin(screen, SETTLED_US, PATIENCE_US);
	watch.first_us = watch.last_us = watch.sent_us;
	screen_wait(screen, is_quiet, &watch);
}

static bool has_text(struct screen *screen, void *context)
{
	int row, column;
	return screen_find(screen, context, &row, &column);
}

static bool wait_for_text(struct screen *screen, const char *text)
{
	screen->deadline_us = time_monotonic_us() + PATIENCE_US;
	return screen_wait(screen, has_text, (void *)(uintptr_t)text);
}

static double milliseconds(int64_t from, int64_t to)
{
	return (double)(to - from) / 1000;
}

static void note_paint(struct figures *figures, const struct watch *watch, const char *key)
{
	double paint = milliseconds(watch->sent_us, watch->first_us);
	if (watch->first_us == 0) /* a key that changes nothing paints nothing */
		return;
	figures->keys++;
	figures->paint_sum += paint;
	if (paint > figures->paint_worst) {
		figures->paint_worst = paint;
		snprintf(figures->worst_key, sizeof figures->worst_key, "%s", key);
	}
}

static void press(struct screen *screen, const char *key, struct figures *figures)
{
	struct watch watch = watch_begin(screen, QUIET_US, 100000);
	if (screen_type_key(screen, key) != 0) { /* behind Esc: one moment, else the two are one key */
		settle(screen);
		watch = watch_begin(screen, QUIET_US, 100000);
		screen_type_key(screen, key);
	}
	screen_wait(screen, is_quiet, &watch);
	note_paint(figures, &watch, key);
}

/* Typed text is measured at its last key; what is before it is on its way already. */
static void type(struct screen *screen, const char *text, struct figures *figures)
{
	char copy[200];
	size_t length = (size_t)snprintf(copy, sizeof copy, "%s", text);
	for (size_t i = 0; i < length; i++) {
		copy[i] = copy[i] == '_' ? ' ' : copy[i];
		struct watch watch = watch_begin(screen, QUIET_US, 100000);
		screen_type(screen, copy + i, 1);
		screen_wait(screen, is_quiet, &watch);
		note_paint(figures, &watch, text);
	}
}

static double slowest_shown(const struct screen *screen)
{
	struct buf line = BUF_EMPTY;
	double slowest = -1;
	buf_add_text(&line, "");
	screen_line(screen, screen->rows - 1, &line);
	const char *at = strstr(line.data, "slowest ");
	if (at != NULL)
		slowest = strtod(at + 8, NULL);
	buf_free(&line);
	return slowest;
}

static void visit(struct screen *screen, const char *keys, struct figures *figures)
{
	static const char command[] = "\003\003:set frames on\r"; /* C-c: out of whatever is open */
	char *copy = xstrdup(keys), *rest = copy;
	screen_type(screen, command, sizeof command - 1);
	settle(screen);
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		int64_t before = time_monotonic_us();
		if (strcmp(word, "=") == 0) {
			settle(screen);
			double beside = milliseconds(before, time_monotonic_us() - SETTLED_US);
			figures->beside_worst = beside > figures->beside_worst ? beside : figures->beside_worst;
		} else if (word[0] == '~' && word[1] != '\0') {
			for (char *c = word; *c != '\0'; c++)
				*c = *c == '_' ? ' ' : *c;
			if (!wait_for_text(screen, word + 1))
				fprintf(stderr, "%s: %s does not come\n", keys, word);
		} else if (word[0] == '`') {
			type(screen, word + 1, figures);
		} else {
			press(screen, word, figures);
		}
	}
	settle(screen);
	figures->frame_worst = slowest_shown(screen);
	if (figures->frame_worst < 0) {
		struct buf text = BUF_EMPTY;
		screen_dump(screen, &text);
		fprintf(stderr, "%s: no frame times on this screen:\n%s", keys, text.data);
		buf_free(&text);
	}
	free(copy);
}

static bool is_loaded(struct screen *screen)
{
	struct buf line = BUF_EMPTY;
	buf_add_text(&line, "");
	screen_line(screen, 1, &line);
	/* The number of events is there in whole frames only. */
	bool is_done = strstr(line.data, " ev") != NULL && strstr(line.data, "LOADING") == NULL &&
		       strstr(line.data, "EVALUATING") == NULL && strstr(line.data, " 0 ev") == NULL;
	buf_free(&line);
	return is_done;
}

static void print_figures(const char *name, const struct figures *figures, bool is_last)
{
	printf("  {\"screen\": \"%s\", \"frame\": %.2f, \"paint\": %.2f, \"paint_worst\": %.2f, \"worst_key\": ", name,
		figures->frame_worst, figures->keys ? figures->paint_sum / figures->keys : 0, figures->paint_worst);
	putchar('"');
	for (const char *c = figures->worst_key; *c != '\0'; c++)
		if (*c == '\\' || *c == '"')
			printf("\\%c", *c);
		else if ((unsigned char)*c >= ' ')
			putchar(*c);
	printf("\", \"beside\": %.0f}%s\n", figures->beside_worst, is_last ? "" : ",");
}

/* Keys all through the load, on the screens that fill. */
static void use_while_loading(struct screen *screen, struct figures *figures)
{
	static const char *const keys[] = {"3", "2", "4", "8", "5", "1"};
	static const char command[] = ":set frames on\r";
	screen_type(screen, command, sizeof command - 1);
	for (size_t i = 0; screen->is_running && !is_loaded(screen); i++)
		press(screen, keys[i % COUNT_OF(keys)], figures);
	figures->frame_worst = slowest_shown(screen);
}

int main(int argc, char **argv)
{
	struct err err;
	int columns, rows;
	if (argc < 4 || sscanf(argv[1], "%dx%d", &columns, &rows) != 2) {
		fprintf(stderr, "usage: frames COLUMNSxROWS RARETRAIL ARGUMENT…\n");
		return 2;
	}
	struct screen_options options = {
		.rows = rows, .columns = columns, .argv = (const char *const *)(argv + 2), .locale = "C.UTF-8"};
	int64_t started = time_monotonic_us();
	struct screen *screen = screen_start(&options, started + PATIENCE_US, &err);
	struct figures loading = {0};
	if (screen == NULL || !wait_for_text(screen, "1Alerts")) {
		fprintf(stderr, "the console does not start\n");
		return 1;
	}
	double first = milliseconds(started, time_monotonic_us());
	use_while_loading(screen, &loading);
	double loaded = milliseconds(started, time_monotonic_us());
	screen_type(screen, "1", 1);
	settle(screen);
	printf("{\"size\": \"%s\", \"first_screen\": %.1f, \"loaded\": %.0f, \"screens\": [\n", argv[1], first, loaded);
	print_figures("while loading", &loading, false);
	for (size_t i = 0; i < COUNT_OF(visits); i++) {
		struct figures figures = {0};
		visit(screen, visits[i].keys, &figures);
		print_figures(visits[i].name, &figures, i + 1 == COUNT_OF(visits));
		fflush(stdout);
	}
	printf("]}\n");
	if (!screen->is_running)
		fprintf(stderr, "the console ended on its own\n");
	int status = screen->is_running ? 0 : 1;
	screen_end(screen);
	return status;
}
