/* A file that somebody cuts short while it is being read: what was read before stays, the loss is told with its place,
 * and the file behind it is read as ever. The cut is made by the reader's own calls, so it falls where it is wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/ingest.h"

#define CUT_TO 300000
#define PIECE 1000

static char folder[] = "/tmp/raretrail-shorter-XXXXXX";
static char *cut_path; /* NULL: nothing is to be cut (any more) */
static off_t cut_when;

static bool is_cut_file(int file)
{
	struct stat info, wanted;
	return cut_path != NULL && fstat(file, &info) == 0 && stat(cut_path, &wanted) == 0 &&
	       info.st_ino == wanted.st_ino;
}

static void cut(void)
{
	assert_int_equal(truncate(cut_path, CUT_TO), 0);
	cut_path = NULL;
}

/* They stand before the system's: the file is cut when the reader asks for what lies behind `cut_when`, or when it has
 * mapped it and says how it will be read. */
ssize_t pread(int file, void *data, size_t length, off_t offset)
{
	if (offset >= cut_when && is_cut_file(file))
		cut();
	return syscall(SYS_pread64, file, data, length, offset);
}

int madvise(void *place, size_t length, int advice)
{
	if (advice == MADV_SEQUENTIAL && cut_path != NULL)
		cut();
	return (int)syscall(SYS_madvise, place, length, advice);
}

static char *write_file(const char *name, const struct buf *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->length, file), text->length);
	assert_int_equal(fclose(file), 0);
	return path;
}

static void add_table(struct buf *out)
{
	buf_add_text(out, "eventTime,eventSource,eventName,eventID\n");
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(out, "2026-06-01T00:00:00Z,s3.amazonaws.com,GetObject,id-%u\n", i);
}

static void add_records(struct buf *out)
{
	buf_add_text(out, "{\"Records\":[");
	for (unsigned i = 0; i < 10000; i++)
		buf_printf(out,
			"%s{\"eventTime\":\"2026-06-01T00:00:00Z\",\"eventSource\":\"s3.amazonaws.com\","
			"\"eventName\":\"GetObject\",\"eventID\":\"id-%u\"}",
			i > 0 ? ",\n" : "", i);
	buf_add_text(out, "]}");
}

/* Records behind a prefix, in a file large enough to be mapped. */
static void add_prefixed(struct buf *out)
{
	for (unsigned i = 0; out->length < (size_t)33 << 20; i++)
		buf_printf(out,
			"May 01 trail: {\"eventTime\":\"2026-06-01T00:00:00Z\",\"eventSource\":\"s3.amazonaws.com\","
			"\"eventName\":\"GetObject\",\"eventID\":\"id-%u\"}\n",
			i);
}

/* `losses`: with what the cut broke, where that is told by itself. */
static void check(const char *name, const struct buf *text, size_t headers, unsigned threads, size_t losses)
{
	static const char last[] = "{\"eventTime\":\"2026-06-02T00:00:00Z\",\"eventSource\":\"s3.amazonaws.com\","
				   "\"eventName\":\"Behind\",\"eventID\":\"behind\"}\n";
	struct buf behind = BUF_EMPTY;
	buf_add_text(&behind, last);
	char *paths[] = {write_file(name, text), write_file("behind.json", &behind)};
	size_t whole = 0;
	for (size_t i = 0; i < CUT_TO; i++)
		whole += text->data[i] == '\n';
	cut_path = paths[0];
	struct load_options options = {.paths = (const char *const *)paths,
		.path_count = 2,
		.threads = threads,
		.since = TIME_NONE,
		.until = TIME_NONE,
		.chunk_size = text->length < 32 << 20 ? PIECE : 64 << 20};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	load_wait(load);
	assert_null(cut_path);
	struct store *store = load_snapshot(load);
	/* What had been taken in before the cut may lie behind it: a reader reads ahead. */
	assert_true(store->count >= whole - headers + 1 && store->count < 15000);
	assert_true(slice_equals(store_text(store, FIELD_ACTION, store->count - 1), slice_of("Behind")));
	for (uint32_t row = 0; row + 1 < store->count; row++) /* no part of a record stands for all of it */
		assert_non_null(strchr("\n,", text->data[store->offset[row] + store->length[row]]));
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	assert_int_equal(count, losses);
	const struct skip *shorter = &skips[losses - 1];
	assert_int_equal(shorter->file, 0);
	assert_int_equal(shorter->reason, SKIP_UNREADABLE);
	assert_true(shorter->offset >= CUT_TO && shorter->offset < text->length);
	assert_string_equal(shorter->detail, "has become shorter while it was being loaded");
	ledger_free(skips, count);
	store_free(store);
	load_free(load);
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		assert_int_equal(unlink(paths[i]), 0);
		free(paths[i]);
	}
	buf_free(&behind);
}

static void a_file_read_through_a_window(void **unused)
{
	(void)unused;
	struct buf table = BUF_EMPTY, records = BUF_EMPTY;
	add_table(&table);
	add_records(&records);
	for (unsigned i = 0; i < 16; i++) { /* at another place of the last row each time */
		cut_when = 400000 + i * 4 * PIECE;
		check("table.csv", &table, 1, 1 + i % 2, 1);
		check("records.json", &records, 0, 1 + i % 2, 1);
	}
	buf_free(&table);
	buf_free(&records);
}

static void a_file_that_is_mapped(void **unused)
{
	(void)unused;
	struct buf text = BUF_EMPTY;
	add_prefixed(&text);
	check("prefixed.log", &text, 0, 2, 2);
	buf_free(&text);
}

static int make_folder(void **unused)
{
	(void)unused;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **unused)
{
	(void)unused;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_read_through_a_window),
		cmocka_unit_test(a_file_that_is_mapped),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
