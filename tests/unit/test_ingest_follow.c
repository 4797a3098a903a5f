/* Following: whatever happens to the files under a load that is followed, in the end it holds what a fresh load of them
 * holds: nothing lost, nothing twice, the same ledger. One kind of change a test. */
#include <signal.h>
#include <sys/wait.h>

#include "follow_world.h"

/* ---- what arrives ---- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BY_BOTH(takes_new_files),
		BY_BOTH(takes_complete_lines_of_a_file_that_grows),
		BY_WATCH(waits_for_the_writer_of_a_document),
		BY_BOTH(completes_what_was_loaded_in_part),
		BY_BOTH(knows_a_file_that_was_moved),
		BY_BOTH(follows_one_file_by_its_name),
		BY_BOTH(keeps_what_a_file_held_before_it_was_written_over),
		BY_BOTH(catches_up_after_a_pause),
		BY_WATCH(refuses_what_cannot_be_followed),
		BY_BOTH(can_be_freed_at_any_time),
		BY_WATCH(makes_good_what_the_system_could_not_tell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
