/* A load gives the same store and the same ledger for any number of threads and any size of the pieces, whatever the
 * files hold, and stops cleanly when it must. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libdeflate.h>
#include <zstd.h>

#include "raretrail/ingest.h"

static char folder[] = "/tmp/raretrail-load-XXXXXX";

static void write_file(const char *name, const void *data, size_t length)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void add_record(struct buf *out, unsigned number)
{
	buf_printf(out,
		"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"user-%u\","
		"\"accountId\":\"1\"},"
		"\"eventTime\":\"2026-05-%02uT%02u:%02u:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"
		"\"Call%u\","
		"\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"192.0.2.%u\",\"userAgent\":\"agent \\\"%u\\\"\","
		"\"requestParameters\":{\"key\":\"%*s\"},\"eventID\":\"%08x-0000-4000-8000-000000000000\"}",
		number % 17, number % 28 + 1, number % 24, number % 60, number % 7, number % 200, number % 5,
		(int)(number % 300), "x", number - (number % 50 == 0)); /* some ids twice, with other content */
}

static void add_lines(struct buf *out, unsigned first, unsigned count)
{
	for (unsigned i = first; i < first + count; i++) {
		add_record(out, i);
		buf_add_char(out, '\n');
	}
}

/* More of it than a header's room, with rows and their ends of every kind. */
static void add_table(struct buf *out)
{
	buf_add_text(out, "\xef\xbb\xbf"
			  "eventTime,eventSource,eventName,userAgent,eventID,userIdentity\n");
	for (unsigned i = 0; i < 6000; i++) {
		static const char *const agents[] = {"plain", "\"two\r\nlines, \"\"quoted\"\"\"", "", "\"b\"ad", "a,b"};
		buf_printf(out, "2026-06-01T%02u:00:00Z,s3.amazonaws.com,Row%u,%s,csv-%u,\"{type=Root}\"%s", i % 24,
			i % 9, agents[i % 25 < 5 ? i % 5 : 0], i, i % 3 ? "\n" : "\r\n\n");
	}
	buf_add_text(out, "2026-06-02T00:00:00Z,s3.amazonaws.com,Last,,csv-last,\"never closed\nx,y");
}

/* Of which only so many thousandths are written. */
static void write_cut_gzip(const char *name, const struct buf *text, size_t thousandths)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_gzip_compress_bound(compressor, text->length);
	char *packed = xmalloc(room);
	size_t length = libdeflate_gzip_compress(compressor, text->data, text->length, packed, room);
	write_file(name, packed, length * thousandths / 1000);
	libdeflate_free_compressor(compressor);
	free(packed);
}

static void write_gzip(const char *name, const struct buf *text)
{
	write_cut_gzip(name, text, 1000);
}

static int make_files(void **unused)
{
	(void)unused;
	if (mkdtemp(folder) == NULL)
		return -1;
	struct buf text = BUF_EMPTY;
	/* Lines with everything that a cut can fall into. */
	add_lines(&text, 0, 300);
	buf_add_text(&text, "{\"eventVersion\":\"1.08\",\"eventName\":\"Cut");
	buf_add_text(&text, "\n\n   \n");
	add_lines(&text, 300, 200);
	buf_add_text(&text, "no JSON at all\n{\"other\":\"document\"}\n");
	add_lines(&text, 500, 100);
	buf_add_text(&text, "{\n  \"eventName\": \"Pretty\",\n  \"eventSource\": \"a.amazonaws.com\",\n  "
			    "\"eventTime\": \"2026-05-01T00:00:00Z\"\n}\n");
	add_lines(&text, 600, 100);
	buf_add_text(&text, "{\"Records\":[");
	for (unsigned i = 700; i < 800; i++) {
		add_record(&text, i);
		buf_add_text(&text, i < 799 ? ",\n" : "\n]}\n");
	}
	add_lines(&text, 800, 100);
	buf_add_text(
		&text, "{\"eventName\":\"Long\",\"eventSource\":\"a\",\"eventTime\":\"2026-05-02T00:00:00Z\",\"x\":\"");
	for (unsigned i = 0; i < 9000; i++)
		buf_add_char(&text, 'y');
	buf_add_text(&text, "\"}\n");
	add_record(&text, 900); /* no newline behind */
	write_file("lines.json", text.data, text.length);
	write_gzip("lines.json.gz", &text);
	size_t room = ZSTD_compressBound(text.length);
	char *packed = xmalloc(room);
	write_file("lines.zst", packed, ZSTD_compress(packed, room, text.data, text.length, 3));
	free(packed);
	/* Damage whose end is far behind: a bracket that never closes, text without any brace. */
	text.length = 0;
	add_lines(&text, 1000, 50);
	buf_add_text(&text, "{\"eventName\":[[[\n");
	add_lines(&text, 1050, 50);
	for (unsigned i = 0; i < 400; i++)
		buf_add_text(&text, "plain words\n");
	add_lines(&text, 1100, 50);
	buf_add_text(&text, "{\"a\":1,\n");
	write_file("open.json", text.data, text.length);
	/* Streams that end early, in records of both shapes; one that is no text. */
	text.length = 0;
	add_lines(&text, 1200, 100);
	write_cut_gzip("cut-lines.json.gz", &text, 700);
	text.length = 0;
	buf_add_text(&text, "{\"Records\":[");
	for (unsigned i = 1300; i < 1400; i++) {
		add_record(&text, i);
		buf_add_char(&text, ',');
	}
	write_cut_gzip("cut-records.json.gz", &text, 700);
	write_cut_gzip("cut-nothing.json.gz", &text, 999); /* of the text itself */
	for (size_t i = 0; i < text.length; i++)
		text.data[i] = (char)(i * i % 31);
	write_gzip("noise.json.gz", &text);
	text.length = 0;
	add_table(&text);
	write_file("table.csv", text.data, text.length);
	write_gzip("table.csv.gz", &text);
	/* Small files, some empty, some foreign. */
	for (unsigned i = 0; i < 40; i++) {
		char name[32];
		snprintf(name, sizeof(name), "small-%02u.json%s", i, i % 3 ? ".gz" : "");
		text.length = 0;
		buf_add_text(&text, "{\"Records\":[");
		for (unsigned k = 0; k < i % 6; k++) {
			buf_add_text(&text, k > 0 ? "," : "");
			add_record(&text, 2000 + i * 10 + k);
		}
		buf_add_text(&text, "]}");
		if (i % 3)
			write_gzip(name, &text);
		else
			write_file(name, text.data, i % 9 ? text.length : 0);
	}
	buf_free(&text);
	return 0;
}

static int remove_files(void **unused)
{
	(void)unused;
	char *command = xasprintf("rm -r '%s'", folder);
	int status = system(command);
	free(command);
	return status;
}

static struct load *start(struct load_options options)
{
	const char *paths[] = {folder};
	options.paths = paths;
	options.path_count = 1;
	if (options.since == 0)
		options.since = options.until = TIME_NONE;
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	return load;
}

static struct load *load_all(struct load_options options)
{
	struct load *load = start(options);
	load_wait(load);
	return load;
}

static void assert_same_ledger(struct load *a, struct load *b)
{
	size_t count, other;
	struct skip *one = load_ledger(a, &count), *two = load_ledger(b, &other);
	assert_int_equal(count, other);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(one[i].file, two[i].file);
		assert_int_equal(one[i].offset, two[i].offset);
		assert_int_equal(one[i].length, two[i].length);
		assert_int_equal(one[i].reason, two[i].reason);
		assert_int_equal(one[i].count, two[i].count);
		assert_string_equal(one[i].detail ? one[i].detail : "", two[i].detail ? two[i].detail : "");
	}
	ledger_free(one, count);
	ledger_free(two, count);
}

static void assert_same_store(const struct store *a, const struct store *b)
{
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->duplicates, b->duplicates);
	assert_int_equal(a->conflicts, b->conflicts);
	assert_memory_equal(a->timestamp, b->timestamp, a->count * sizeof(*a->timestamp));
	assert_memory_equal(a->file, b->file, a->count * sizeof(*a->file));
	assert_memory_equal(a->offset, b->offset, a->count * sizeof(*a->offset));
	assert_memory_equal(a->length, b->length, a->count * sizeof(*a->length));
	for (uint32_t row = 0; row < a->count; row++)
		for (unsigned field = 0; field < FIELD_COUNT; field++)
			assert_true(slice_equals(store_text(a, (enum event_field)field, row),
				store_text(b, (enum event_field)field, row)));
}

static void threads_and_piece_sizes_do_not_show(void **unused)
{
	(void)unused;
	struct load *expected = load_all((struct load_options){.threads = 1, .chunk_size = 64 << 20});
	struct store *store = load_snapshot(expected);
	assert_true(store->count > 1000 && store->conflicts > 0 && store->duplicates > 0);
	static const size_t sizes[] = {7, 333, 1000, 4096, 20000, 100000};
	for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
		for (unsigned threads = 1; threads <= 8; threads = threads * 2 + 1) {
			struct load *load = load_all((struct load_options){.threads = threads, .chunk_size = sizes[i]});
			struct store *again = load_snapshot(load);
			assert_same_store(store, again);
			assert_same_ledger(expected, load);
			for (uint32_t file = 0; file < load_file_count(load); file++) {
				struct load_file one, two;
				assert_true(load_file_info(expected, file, &one) && load_file_info(load, file, &two));
				assert_string_equal(one.wrapping, two.wrapping);
				assert_int_equal(one.events, two.events);
			}
			store_free(again);
			load_free(load);
		}
	}
	store_free(store);
	load_free(expected);
}

/* A stream that ends in a record is told once, with the record. */
static void a_cut_stream_is_one_loss(void **unused)
{
	(void)unused;
	static const size_t sizes[] = {200, 1000000};
	for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
		struct load *load = load_all((struct load_options){.threads = 2, .chunk_size = sizes[i]});
		size_t count, cut = 0;
		struct skip *skips = load_ledger(load, &count);
		for (size_t k = 0; k < count; k++) {
			if (strstr(load_file_name(load, skips[k].file), "/cut-") == NULL)
				continue;
			cut++;
			assert_int_equal(skips[k].reason, SKIP_TRUNCATED);
			assert_int_equal(skips[k].count, 1);
			assert_true(skips[k].length > 0 ||
				    strstr(load_file_name(load, skips[k].file), "cut-nothing") != NULL);
			assert_string_equal(skips[k].detail, "the gzip stream ends early");
		}
		assert_int_equal(cut, 3);
		ledger_free(skips, count);
		load_free(load);
	}
}

static void a_window_of_time_is_the_same_too(void **unused)
{
	(void)unused;
	struct load_options options = {.threads = 1, .chunk_size = 64 << 20};
	assert_true(time_parse_iso(slice_of("2026-05-05"), &options.since) &&
		    time_parse_iso(slice_of("2026-05-09"), &options.until));
	struct load *expected = load_all(options);
	struct store *store = load_snapshot(expected);
	assert_true(store->count > 100 && store->timestamp[0] >= options.since &&
		    store->timestamp[store->count - 1] <= options.until);
	options.chunk_size = 2000;
	options.threads = 3;
	struct load *load = load_all(options);
	struct store *again = load_snapshot(load);
	assert_same_store(store, again);
	assert_same_ledger(expected, load);
	store_free(again);
	store_free(store);
	load_free(load);
	load_free(expected);
}

static void every_row_is_read_back(void **unused)
{
	(void)unused;
	struct load *load = load_all((struct load_options){.threads = 2, .chunk_size = 5000});
	struct store *store = load_snapshot(load);
	struct buf raw = BUF_EMPTY;
	struct err err;
	for (uint32_t row = 0; row < store->count; row += 13) {
		raw.length = 0;
		assert_int_equal(load_read_raw(load, store, row, &raw, &err), 0);
		assert_int_equal(raw.length, store->length[row]);
		if (strstr(load_file_name(load, store->file[row]), ".csv") == NULL)
			assert_true(raw.data[0] == '{' && raw.data[raw.length - 1] == '}');
		struct slice action = store_text(store, FIELD_ACTION, row);
		assert_non_null(memmem(raw.data, raw.length, action.data, action.length));
	}
	buf_free(&raw);
	store_free(store);
	load_free(load);
}

static void the_memory_limit_stops_it_cleanly(void **unused)
{
	(void)unused;
	struct load *load = load_all((struct load_options){.threads = 2, .chunk_size = 2000, .max_memory = 60000});
	struct load_progress progress;
	load_progress(load, &progress);
	assert_true(progress.is_finished && progress.is_partial);
	size_t count, found = 0;
	struct skip *skips = load_ledger(load, &count);
	for (size_t i = 0; i < count; i++)
		found += skips[i].reason == SKIP_MEMORY;
	assert_true(found > 0 && progress.skipped > 0);
	ledger_free(skips, count);
	load_free(load);
}

static void the_first_snapshot_is_there_at_once(void **unused)
{
	(void)unused;
	struct load *load = start((struct load_options){.threads = 2, .chunk_size = 1000});
	struct store *store = load_snapshot(load);
	assert_non_null(store);
	store_free(store);
	load_cancel(load);
	load_wait(load);
	struct load_progress progress;
	load_progress(load, &progress);
	assert_true(progress.is_finished);
	store = load_snapshot(load);
	assert_true(progress.is_partial || store->count > 1000);
	store_free(store);
	load_free(load);
}

/* What comes through a pipe may never end: a load that is canceled does not wait for it, and keeps what came. */
static void a_silent_pipe_can_be_left(void **unused)
{
	(void)unused;
	char *pipe = xasprintf("%s/pipe", folder);
	const char *paths[] = {pipe, folder};
	struct load_options options = {
		.paths = paths, .path_count = 2, .threads = 2, .since = TIME_NONE, .until = TIME_NONE};
	struct load *load;
	struct err err;
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(load_start(&options, &load, &err), 0);
	int file = open(pipe, O_WRONLY | O_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(write(file, "{}\n", 3), 3);
	load_cancel(load);
	load_wait(load);
	struct load_progress progress;
	load_progress(load, &progress);
	assert_true(progress.is_finished && progress.is_partial);
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	assert_true(count >= 2);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(skips[i].reason, SKIP_CANCELED);
	assert_string_equal(skips[0].detail, "it was not read to its end");
	assert_string_equal(load_file_name(load, skips[0].file), pipe);
	assert_string_equal(load_file_name(load, skips[count - 1].file), folder);
	ledger_free(skips, count);
	load_free(load);
	close(file);
	unlink(pipe);
	free(pipe);
}

/* How many threads of ours give way, by what the system says of them. */
static unsigned count_giving_way(void)
{
	unsigned count = 0;
	DIR *threads = opendir("/proc/self/task");
	assert_non_null(threads);
	for (struct dirent *entry; (entry = readdir(threads)) != NULL;)
		count += entry->d_name[0] != '.' && getpriority(PRIO_PROCESS, (id_t)atoi(entry->d_name)) > 0;
	closedir(threads);
	return count;
}

/* The load waits at a pipe for what we write, so that its thread can be looked at. */
static void look_at_threads(bool gives_way, unsigned expected)
{
	char *pipe = xasprintf("%s/pipe", folder);
	const char *paths[] = {pipe};
	struct load_options options = {.paths = paths,
		.path_count = 1,
		.threads = 1,
		.since = TIME_NONE,
		.until = TIME_NONE,
		.gives_way = gives_way};
	struct load *load;
	struct err err;
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(load_start(&options, &load, &err), 0);
	int file = open(pipe, O_WRONLY | O_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(count_giving_way(), expected);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), 0);
	close(file);
	load_wait(load);
	load_free(load);
	unlink(pipe);
	free(pipe);
}

static void a_load_gives_way_to_a_terminal_only(void **unused)
{
	(void)unused;
	if (getpriority(PRIO_PROCESS, 0) != 0)
		skip(); /* run below others already */
	look_at_threads(false, 0);
	look_at_threads(true, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_and_piece_sizes_do_not_show),
		cmocka_unit_test(a_cut_stream_is_one_loss),
		cmocka_unit_test(a_silent_pipe_can_be_left),
		cmocka_unit_test(a_window_of_time_is_the_same_too),
		cmocka_unit_test(every_row_is_read_back),
		cmocka_unit_test(the_memory_limit_stops_it_cleanly),
		cmocka_unit_test(the_first_snapshot_is_there_at_once),
		cmocka_unit_test(a_load_gives_way_to_a_terminal_only),
	};
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
