/* follow_world: a folder whose files change in every way that files do, for the tests of following; and all that a load
 * of it holds as text, to compare a followed load with a fresh one. Every wait is for a condition, with a deadline. */
#ifndef FOLLOW_WORLD_H
#define FOLLOW_WORLD_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "raretrail/ingest.h"

#define DEADLINE_US INT64_C(60000000)

static char folder[64]; /* of the test */
static char inside[80], outside[80]; /* what is followed, and a place to move files from and to */

static inline int make_folder(void **unused)
{
	(void)unused;
	snprintf(folder, sizeof(folder), "/tmp/raretrail-follow-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(inside, sizeof(inside), "%s/in", folder);
	snprintf(outside, sizeof(outside), "%s/out", folder);
	return mkdir(inside, 0700) != 0 || mkdir(outside, 0700) != 0;
}

static inline int remove_folder(void **unused)
{
	(void)unused;
	char *command = xasprintf("rm -rf '%s'", folder);
	int status = system(command);
	free(command);
	return status;
}

/* ---- what is written ---- */

static inline void add_record(struct buf *out, unsigned number, bool has_id)
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

static inline struct buf make_lines(unsigned first, unsigned count, bool has_id)
{
	struct buf text = BUF_EMPTY;
	for (unsigned i = first; i < first + count; i++) {
		add_record(&text, i, has_id);
		buf_add_char(&text, '\n');
	}
	return text;
}

static inline struct buf make_records(unsigned first, unsigned count)
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

static inline char *path_of(const char *root, const char *name)
{
	return xasprintf("%s/%s", root, name);
}

static inline int open_file(const char *name, int flags)
{
	char *path = path_of(inside, name);
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	assert_true(file >= 0);
	free(path);
	return file;
}

static inline void put(int file, const char *data, size_t length)
{
	assert_int_equal(write(file, data, length), (ssize_t)length);
}

static inline void write_text(const char *root, const char *name, int flags, struct buf text)
{
	char *path = path_of(root, name);
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	assert_true(file >= 0);
	put(file, text.data != NULL ? text.data : "", text.length);
	close(file);
	buf_free(&text);
	free(path);
}

static inline void write_gzip(const char *root, const char *name, struct buf text)
{
	char *path = path_of(root, name);
	gzFile file = gzopen(path, "wb1");
	assert_non_null(file);
	assert_int_equal(gzwrite(file, text.data, (unsigned)text.length), (int)text.length);
	gzclose(file);
	buf_free(&text);
	free(path);
}

static inline void move(const char *from_root, const char *from, const char *to_root, const char *to)
{
	char *old = path_of(from_root, from), *new = path_of(to_root, to);
	assert_int_equal(rename(old, new), 0);
	free(old);
	free(new);
}

static inline void make_subfolder(const char *root, const char *name)
{
	char *path = path_of(root, name);
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

/* ---- loads ---- */

static inline struct load *load_path(const char *path, bool can_follow, bool keep_duplicates)
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

static inline struct load *follow(const char *path, enum follow_way way)
{
	struct load *load = load_path(path, true, false);
	struct err err;
	assert_int_equal(load_follow(load, way, &err), 0);
	return load;
}

static inline uint64_t event_count(struct load *load)
{
	struct load_progress progress;
	load_progress(load, &progress);
	return progress.events;
}

static inline void breathe(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static inline void wait_for_events(struct load *load, uint64_t events)
{
	int64_t until = time_monotonic_us() + DEADLINE_US;
	while (event_count(load) != events && time_monotonic_us() < until)
		breathe();
	assert_int_equal(event_count(load), events);
}

static inline struct follow_status wait_settled(struct load *load)
{
	int64_t until = time_monotonic_us() + DEADLINE_US;
	struct follow_status status;
	for (load_follow_status(load, &status); !status.is_settled && time_monotonic_us() < until; breathe())
		load_follow_status(load, &status);
	assert_true(status.is_settled);
	return status;
}

/* ---- everything a load holds, as sorted lines that name files and not numbers ---- */

static inline int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void add_rows(struct load *load, const struct store *store, struct buf *out)
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

static inline char *describe(struct load *load)
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

static inline char *describe_fresh(const char *path)
{
	struct load *load = load_path(path, false, false);
	load_wait(load);
	char *text = describe(load);
	load_free(load);
	return text;
}

static inline void print_difference(const char *text, const char *expected)
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
static inline void assert_becomes_fresh(struct load *load, const char *path)
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

static inline enum follow_way way_of(void **state)
{
	return *(const enum follow_way *)*state;
}

/* A test of each way, in a folder of its own. */
static enum follow_way watch = FOLLOW_WATCH, rescan = FOLLOW_RESCAN;
/* clang-format off */
#define BY_WATCH(test) {#test, test, make_folder, remove_folder, &watch}
#define BY_BOTH(test) BY_WATCH(test), {#test "_by_rescan", test, make_folder, remove_folder, &rescan}
/* clang-format on */

#endif
