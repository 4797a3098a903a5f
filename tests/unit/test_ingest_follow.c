/* Following: whatever happens to the files under a load that is followed, in the end it holds what a fresh load of them
 * holds: nothing lost, nothing twice, the same ledger. Every wait is for a condition, with a deadline. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "raretrail/ingest.h"

#define DEADLINE_US INT64_C(60000000)

static char folder[64]; /* of the test */
static char inside[80], outside[80];

static int make_folder(void **unused)
{
	(void)unused;
	snprintf(folder, sizeof(folder), "/tmp/raretrail-follow-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(inside, sizeof(inside), "%s/in", folder);
	snprintf(outside, sizeof(outside), "%s/out", folder);
	return mkdir(inside, 0700) != 0 || mkdir(outside, 0700) != 0;
}

static int remove_folder(void **unused)
{
	(void)unused;
	char *command = xasprintf("rm -rf '%s'", folder);
	int status = system(command);
	free(command);
	return status;
}

/* ---- what is written ---- */

static void add_record(struct buf *out, unsigned number, bool has_id)
{
	buf_printf(out,
		"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"user-%u\"},"
		"\"eventTime\":\"2026-05-%02uT%02u:%02u:%02uZ\",\"eventSource\":\"s3.amazonaws.com\","
		"\"eventName\":\"Call%u\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"192.0.2.%u\"",
		number % 17, number % 28 + 1, number % 24, number % 60, number % 59, number % 7, number % 200);
	if (has_id)
		buf_printf(out, ",\"eventID\":\"%08x-0000-4000-8000-000000000000\"", number);
	buf_add_text(out, "}");
}

static struct buf make_lines(unsigned first, unsigned count, bool has_id)
{
	struct buf text = BUF_EMPTY;
	for (unsigned i = first; i < first + count; i++) {
		add_record(&text, i, has_id);
		buf_add_char(&text, '\n');
	}
	return text;
}

static struct buf make_records(unsigned first, unsigned count)
{
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, "{\"Records\":[");
	for (unsigned i = first; i < first + count; i++) {
		buf_add_text(&text, i > first ? "," : "");
		add_record(&text, i, true);
	}
	buf_add_text(&text, "]}");
	return text;
}

static char *path_of(const char *root, const char *name)
{
	return xasprintf("%s/%s", root, name);
}

static int open_file(const char *name, int flags)
{
	char *path = path_of(inside, name);
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	assert_true(file >= 0);
	free(path);
	return file;
}

static void put(int file, const char *data, size_t length)
{
	assert_int_equal(write(file, data, length), (ssize_t)length);
}

static void write_text(const char *root, const char *name, int flags, struct buf text)
{
	char *path = path_of(root, name);
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	assert_true(file >= 0);
	put(file, text.data != NULL ? text.data : "", text.length);
	close(file);
	buf_free(&text);
	free(path);
}

static void write_gzip(const char *root, const char *name, struct buf text)
{
	char *path = path_of(root, name);
	gzFile file = gzopen(path, "wb1");
	assert_non_null(file);
	assert_int_equal(gzwrite(file, text.data, (unsigned)text.length), (int)text.length);
	gzclose(file);
	buf_free(&text);
	free(path);
}

static void move(const char *from_root, const char *from, const char *to_root, const char *to)
{
	char *old = path_of(from_root, from), *new = path_of(to_root, to);
	assert_int_equal(rename(old, new), 0);
	free(old);
	free(new);
}

static void make_subfolder(const char *root, const char *name)
{
	char *path = path_of(root, name);
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

/* ---- loads ---- */

static struct load *load_path(const char *path, bool can_follow, bool keep_duplicates)
{
	struct load_options options = {.paths = &path,
		.path_count = 1,
		.since = TIME_NONE,
		.until = TIME_NONE,
		.can_follow = can_follow,
		.keep_duplicates = keep_duplicates};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	return load;
}

static struct load *follow(const char *path, enum follow_way way)
{
	struct load *load = load_path(path, true, false);
	struct err err;
	assert_int_equal(load_follow(load, way, &err), 0);
	return load;
}

static uint64_t event_count(struct load *load)
{
	struct load_progress progress;
	load_progress(load, &progress);
	return progress.events;
}

static void breathe(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static void wait_for_events(struct load *load, uint64_t events)
{
	int64_t until = time_monotonic_us() + DEADLINE_US;
	while (event_count(load) != events && time_monotonic_us() < until)
		breathe();
	assert_int_equal(event_count(load), events);
}

static struct follow_status wait_settled(struct load *load)
{
	int64_t until = time_monotonic_us() + DEADLINE_US;
	struct follow_status status;
	for (load_follow_status(load, &status); !status.is_settled && time_monotonic_us() < until; breathe())
		load_follow_status(load, &status);
	assert_true(status.is_settled);
	return status;
}

/* ---- everything a load holds, as sorted lines that name files and not numbers ---- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_rows(struct load *load, const struct store *store, struct buf *out)
{
	for (uint32_t row = 0; row < store->count; row++) {
		buf_printf(out, "row %lld %016llx %u", (long long)store->timestamp[row],
			(unsigned long long)store->id_key[row], store->length[row]);
		for (unsigned field = 0; field < FIELD_COUNT; field++) {
			struct slice text = store_text(store, (enum event_field)field, row);
			buf_add_char(out, ' ');
			buf_add(out, text.data != NULL ? text.data : "-", text.data != NULL ? text.length : 1);
		}
		struct buf raw = BUF_EMPTY;
		struct err err;
		bool is_readable =
			load_read_raw(load, store, row, &raw, &err) == 0; /* not between a change and its round */
		buf_printf(out, " %016llx\n", is_readable ? (unsigned long long)hash_bytes(raw.data, raw.length) : 0);
		buf_free(&raw);
	}
}

static char *describe(struct load *load)
{
	struct buf out = BUF_EMPTY;
	struct store *store = load_snapshot(load);
	add_rows(load, store, &out);
	buf_printf(&out, "store %llu duplicates %llu conflicts\n", (unsigned long long)store->duplicates,
		(unsigned long long)store->conflicts);
	store_free(store);
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "skip %s %llu %llu %s %llu %s\n", load_file_name(load, skips[i].file),
			(unsigned long long)skips[i].offset, (unsigned long long)skips[i].length,
			skip_reason_text(skips[i].reason), (unsigned long long)skips[i].count,
			skips[i].detail != NULL ? skips[i].detail : "");
	ledger_free(skips, count);
	struct load_file info;
	for (uint32_t file = 0; load_file_info(load, file, &info); file++)
		buf_printf(&out, "file %s %s %llu bytes %llu events\n", info.name, info.wrapping,
			(unsigned long long)info.bytes, (unsigned long long)info.events);
	struct load_progress progress;
	load_progress(load, &progress);
	buf_printf(&out, "%llu files, %llu done, %llu events\n", (unsigned long long)progress.files_total,
		(unsigned long long)progress.files_done, (unsigned long long)progress.events);
	size_t lines = 0, capacity = 0;
	char **starts = NULL;
	for (char *line = strtok(out.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		starts = array_grow(starts, &capacity, lines + 1, sizeof(*starts));
		starts[lines++] = line;
	}
	qsort(starts, lines, sizeof(*starts), compare_lines);
	struct buf sorted = BUF_EMPTY;
	for (size_t i = 0; i < lines; i++)
		buf_printf(&sorted, "%s\n", starts[i]);
	free(starts);
	buf_free(&out);
	return sorted.data;
}

static char *describe_fresh(const char *path)
{
	struct load *load = load_path(path, false, false);
	load_wait(load);
	char *text = describe(load);
	load_free(load);
	return text;
}

static void print_difference(const char *text, const char *expected)
{
	while (*text != '\0' && *text == *expected) {
		const char *end = strchr(text, '\n'), *expected_end = strchr(expected, '\n');
		if (end - text != expected_end - expected || memcmp(text, expected, (size_t)(end - text)) != 0)
			break;
		text = end + 1;
		expected = expected_end + 1;
	}
	print_message("followed: %.400s\nfresh:    %.400s\n", text, expected);
}

/* The files do not change any more. */
static void assert_becomes_fresh(struct load *load, const char *path)
{
	char *expected = describe_fresh(path);
	int64_t until = time_monotonic_us() + DEADLINE_US;
	char *text = describe(load);
	while (strcmp(text, expected) != 0 && time_monotonic_us() < until) {
		breathe();
		free(text);
		text = describe(load);
	}
	if (strcmp(text, expected) != 0) {
		print_difference(text, expected);
		fail_msg("the followed load differs from a fresh one");
	}
	free(text);
	free(expected);
}

/* ---- what arrives ---- */

static enum follow_way way_of(void **state)
{
	return *(const enum follow_way *)*state;
}

static void takes_new_files(void **way)
{
	write_text(inside, "first.ndjson", 0, make_lines(0, 10, true));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load);
	uint64_t generation = load_generation(load);
	write_text(inside, "records.json", 0, make_records(10, 5));
	write_gzip(inside, "packed.json.gz", make_records(20, 5));
	write_text(inside, "again.json", 0, make_records(8, 4)); /* two are in already */
	make_subfolder(inside, "2026");
	make_subfolder(inside, "2026/05");
	write_text(inside, "2026/05/deep.json", 0, make_records(30, 5));
	write_text(outside, "moved.json", 0, make_records(40, 5));
	move(outside, "moved.json", inside, "moved.json");
	make_subfolder(outside, "tree");
	write_text(outside, "tree/a.json", 0, make_records(50, 5));
	move(outside, "tree", inside, "tree");
	write_text(inside, "tree/b.json", 0, make_records(60, 5));
	write_text(inside, "broken.json", 0, make_lines(70, 1, true));
	write_text(inside, "broken.json", O_APPEND, (struct buf){.data = xstrdup("{\"oops\": 1"), .length = 10});
	write_text(inside, "empty.json", 0, BUF_EMPTY);
	wait_for_events(load, 10 + 5 + 5 + 4 + 5 + 5 + 5 + 5 + 1);
	assert_becomes_fresh(load, inside);
	assert_true(load_generation(load) > generation);
	load_free(load);
}

static void takes_complete_lines_of_a_file_that_grows(void **way)
{
	struct buf lines = make_lines(0, 3, false); /* without ids nothing could be told apart afterwards */
	size_t line = lines.length / 3;
	int file = open_file("grows.ndjson", 0);
	put(file, lines.data, line);
	struct load *load = follow(inside, way_of(way));
	wait_for_events(load, 1);
	wait_settled(load);
	put(file, lines.data + line, line / 2);
	write_text(inside, "mark-1.json", 0, make_records(100, 1));
	wait_for_events(load, 2); /* the mark alone: half a line is none */
	put(file, lines.data + line + line / 2, lines.length - line - line / 2);
	wait_for_events(load, 4);
	put(file, lines.data, line - 1); /* the newline never comes */
	close(file);
	wait_for_events(load, 5);
	assert_becomes_fresh(load, inside);
	load_free(load);
	buf_free(&lines);
}

static void waits_for_the_writer_of_a_document(void **way)
{
	(void)way;
	struct load *load = follow(inside, FOLLOW_WATCH);
	wait_settled(load);
	struct buf text = make_records(0, 20);
	int file = open_file("slow.json", 0);
	put(file, text.data, text.length / 2);
	write_text(inside, "mark.json", 0, make_records(100, 1));
	wait_for_events(load, 1);
	put(file, text.data + text.length / 2, text.length - text.length / 2);
	close(file);
	wait_for_events(load, 21);
	assert_becomes_fresh(load, inside);
	load_free(load);
	buf_free(&text);
}

static void completes_what_was_loaded_in_part(void **way)
{
	struct buf text = make_records(0, 20), lines = make_lines(100, 20, false);
	int file = open_file("slow.json", 0), grows = open_file("slow.ndjson", 0);
	put(file, text.data, text.length / 2);
	put(grows, lines.data, lines.length / 2);
	struct load *load = follow(inside, way_of(way));
	load_wait(load);
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	assert_int_equal(count, 2);
	ledger_free(skips, count);
	put(file, text.data + text.length / 2, text.length - text.length / 2);
	put(grows, lines.data + lines.length / 2, lines.length - lines.length / 2);
	close(file);
	close(grows);
	assert_becomes_fresh(load, inside);
	skips = load_ledger(load, &count);
	assert_int_equal(count, 0);
	ledger_free(skips, count);
	load_free(load);
	buf_free(&text);
	buf_free(&lines);
}

static void knows_a_file_that_was_moved(void **way)
{
	write_text(inside, "app.log", 0, make_lines(0, 10, false));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load);
	move(inside, "app.log", inside, "app.log.1");
	write_text(inside, "app.log", 0, make_lines(10, 10, false));
	wait_for_events(load, 20);
	move(inside, "app.log.1", inside, "app.log.2");
	move(inside, "app.log", inside, "app.log.1");
	write_text(inside, "app.log", 0, make_lines(20, 10, false));
	wait_for_events(load, 30);
	assert_becomes_fresh(load, inside);
	load_free(load);
}

static void follows_one_file_by_its_name(void **way)
{
	write_text(inside, "app.log", 0, make_lines(0, 10, false));
	char *path = path_of(inside, "app.log");
	struct load *load = follow(path, way_of(way));
	wait_settled(load);
	write_text(inside, "other.log", 0, make_lines(50, 10, false));
	write_text(inside, "app.log", O_APPEND, make_lines(10, 5, false));
	wait_for_events(load, 15);
	assert_becomes_fresh(load, path);
	load_free(load);
	free(path);
}

static void keeps_what_a_file_held_before_it_was_written_over(void **way)
{
	write_text(inside, "a.json", 0, make_records(0, 10));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load);
	write_text(inside, "a.json", O_TRUNC, make_records(50, 5));
	wait_for_events(load, 15);
	char *note = load_follow_note(load);
	assert_non_null(note);
	assert_non_null(strstr(note, "a.json"));
	free(note);
	assert_null(load_follow_note(load));
	wait_settled(load); /* published, too */
	struct store *store = load_snapshot(load);
	assert_int_equal(store->count, 15);
	unsigned readable = 0;
	for (uint32_t row = 0; row < store->count; row++) {
		struct buf raw = BUF_EMPTY;
		struct err err;
		bool is_new = store->file[row] == 1;
		assert_int_equal(load_read_raw(load, store, row, &raw, &err), is_new ? 0 : -1);
		readable += is_new;
		buf_free(&raw);
	}
	assert_int_equal(readable, 5);
	store_free(store);
	load_free(load);
}

static void catches_up_after_a_pause(void **way)
{
	write_text(inside, "a.ndjson", 0, make_lines(0, 10, false));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load);
	load_unfollow(load);
	struct follow_status status;
	load_follow_status(load, &status);
	assert_false(status.is_on);
	write_text(inside, "a.ndjson", O_APPEND, make_lines(10, 10, false));
	make_subfolder(inside, "sub");
	write_text(inside, "sub/b.json", 0, make_records(50, 10));
	struct err err;
	assert_int_equal(load_follow(load, way_of(way), &err), 0);
	wait_for_events(load, 30);
	assert_becomes_fresh(load, inside);
	load_free(load);
}

static void refuses_what_cannot_be_followed(void **way)
{
	(void)way;
	struct err err;
	struct load *load = load_path(inside, false, false);
	assert_int_equal(load_follow(load, FOLLOW_WATCH, &err), -1);
	struct follow_status status;
	load_follow_status(load, &status);
	assert_false(status.is_on);
	assert_null(load_follow_note(load));
	load_unfollow(load);
	load_free(load);
}

/* Can be freed whatever it is doing. */
static void can_be_freed_at_any_time(void **way)
{
	for (unsigned turn = 0; turn < 8; turn++) {
		struct load *load = follow(inside, way_of(way));
		for (unsigned i = 0; i < turn; i++) {
			char name[32];
			snprintf(name, sizeof(name), "%u-%u.json", turn, i);
			write_text(inside, name, 0, make_records(turn * 100 + i * 10, 10));
		}
		load_free(load);
	}
}

/* ---- more than the system can tell ---- */

#define BURST 9000 /* files, three events each */

/* The one that follows, in a process of its own so that it can be stopped. Its status: was the loss told of, and made good? */
static int follow_burst(int ready)
{
	struct load *load = follow(inside, FOLLOW_WATCH);
	wait_settled(load);
	if (write(ready, "", 1) != 1)
		return 1;
	int64_t until = time_monotonic_us() + DEADLINE_US;
	bool was_told = false;
	while ((event_count(load) != BURST || !was_told) && time_monotonic_us() < until) {
		char *note = load_follow_note(load);
		was_told |= note != NULL && strstr(note, "looked through again") != NULL;
		free(note);
		breathe();
	}
	bool is_whole = event_count(load) == BURST;
	load_free(load);
	return is_whole && was_told ? 0 : 2;
}

static void makes_good_what_the_system_could_not_tell(void **way)
{
	(void)way;
	unsigned queue = 0;
	FILE *limit = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	if (limit == NULL || fscanf(limit, "%u", &queue) != 1 || queue > 3 * BURST - 1000)
		skip();
	fclose(limit);
	int ready[2], status;
	char byte;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(follow_burst(ready[1]));
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(kill(child, SIGSTOP), 0);
	for (unsigned i = 0; i < BURST; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%u.json", i);
		write_text(inside, name, 0, make_lines(i, 1, true));
	}
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(ready[0]);
	close(ready[1]);
}

/* ---- the property ---- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

struct writer {
	int file;
	struct buf text;
	size_t at;
	char name[32];
};

/* Each writer has a file that grows by pieces cut anywhere, lines or a document. */
static void write_on(struct writer *writer, uint32_t *random, unsigned *number)
{
	if (writer->file < 0) {
		snprintf(writer->name, sizeof(writer->name), "w-%u.json", *number);
		bool is_lines = next_random(random) % 3 != 0;
		unsigned count = 1 + next_random(random) % 40;
		writer->text = is_lines ? make_lines(*number, count, false) : make_records(*number, count);
		*number += 50;
		writer->at = 0;
		writer->file = open_file(writer->name, 0);
	}
	size_t left = writer->text.length - writer->at, step = 1 + next_random(random) % 900;
	step = step < left ? step : left;
	put(writer->file, writer->text.data + writer->at, step);
	writer->at += step;
	if (next_random(random) % 4 == 0) { /* as `>>` does it */
		close(writer->file);
		writer->file = open_file(writer->name, O_APPEND);
	}
	if (next_random(random) % 7 == 0) {
		char old[32];
		memcpy(old, writer->name, sizeof(old));
		snprintf(writer->name, sizeof(writer->name), "w-%u.log", (*number)++);
		move(inside, old, inside, writer->name);
	}
	if (writer->at == writer->text.length) {
		close(writer->file);
		buf_free(&writer->text);
		writer->file = -1;
	}
}

static void act_at_random(uint32_t *random, unsigned *number)
{
	char name[48];
	unsigned first = *number;
	*number += 50;
	switch (next_random(random) % 8) {
	case 0:
		snprintf(name, sizeof(name), "%u.json.gz", first);
		write_gzip(inside, name, make_records(first, 1 + next_random(random) % 20));
		break;
	case 1:
		snprintf(name, sizeof(name), "d%u", first);
		make_subfolder(inside, name);
		snprintf(name, sizeof(name), "d%u/x.json", first);
		write_text(inside, name, 0, make_records(first, 3));
		break;
	case 2:
		write_text(outside, "x.json", 0, make_lines(first, 7, true));
		snprintf(name, sizeof(name), "%u.json", first);
		move(outside, "x.json", inside, name);
		break;
	case 3:
		snprintf(name, sizeof(name), "t%u", first);
		make_subfolder(outside, name);
		snprintf(name, sizeof(name), "t%u/y.json", first);
		write_text(outside, name, 0, make_records(first, 2));
		snprintf(name, sizeof(name), "t%u", first);
		move(outside, name, inside, name);
		break;
	case 4: /* the same events again */
		snprintf(name, sizeof(name), "%u.json", first);
		write_text(inside, name, 0, make_records(next_random(random) % first / 50 * 50, 10));
		break;
	default: breathe();
	}
}

static void equals_a_fresh_load_whatever_happens(void **way)
{
	uint32_t random = 7;
	unsigned number = 1000;
	write_text(inside, "first.json", 0, make_records(0, 10));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load); /* what is renamed before it was looked at is a file of its own */
	struct writer writers[4] = {{.file = -1}, {.file = -1}, {.file = -1}, {.file = -1}};
	for (unsigned turn = 0; turn < 600; turn++) {
		write_on(&writers[next_random(&random) % COUNT_OF(writers)], &random, &number);
		if (turn % 5 == 0)
			act_at_random(&random, &number);
		if (turn == 200)
			load_unfollow(load);
		struct err err;
		if (turn == 300)
			assert_int_equal(load_follow(load, way_of(way), &err), 0);
	}
	for (size_t i = 0; i < COUNT_OF(writers); i++)
		while (writers[i].file >= 0)
			write_on(&writers[i], &random, &number);
	assert_becomes_fresh(load, inside);
	load_free(load);
}

int main(void)
{
	static enum follow_way watch = FOLLOW_WATCH, rescan = FOLLOW_RESCAN;
#define BOTH(function) \
	{#function, function, make_folder, remove_folder, &watch}, \
	{ \
#function "_by_rescan", function, make_folder, remove_folder, &rescan \
	}
	const struct CMUnitTest tests[] = {
		BOTH(takes_new_files),
		BOTH(takes_complete_lines_of_a_file_that_grows),
		{"waits_for_the_writer_of_a_document", waits_for_the_writer_of_a_document, make_folder, remove_folder,
			&watch},
		BOTH(completes_what_was_loaded_in_part),
		BOTH(knows_a_file_that_was_moved),
		BOTH(follows_one_file_by_its_name),
		BOTH(keeps_what_a_file_held_before_it_was_written_over),
		BOTH(catches_up_after_a_pause),
		{"refuses_what_cannot_be_followed", refuses_what_cannot_be_followed, make_folder, remove_folder,
			&watch},
		BOTH(can_be_freed_at_any_time),
		{"makes_good_what_the_system_could_not_tell", makes_good_what_the_system_could_not_tell, make_folder,
			remove_folder, &watch},
		BOTH(equals_a_fresh_load_whatever_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
