/* The samples are the same bytes every time, never overwrite what is not theirs, and bring their own AS database. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/enrich.h"
#include "raretrail/sample.h"

static char folder[] = "/tmp/raretrail-sample-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct buf bytes_of(const char *path)
{
	struct buf bytes = BUF_EMPTY;
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	for (int c; (c = getc(file)) != EOF;)
		buf_add_char(&bytes, (char)c);
	(void)fclose(file);
	return bytes;
}

/* The sum over names and contents below a folder does not depend on the order of readdir. */
static uint64_t sum;
static size_t root_length;
static uint64_t file_count;
static int sum_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)at;
	if (type != FTW_F)
		return 0;
	struct buf bytes = bytes_of(path);
	buf_add_text(&bytes, path + root_length);
	sum += hash_bytes(bytes.data, bytes.length);
	file_count++;
	buf_free(&bytes);
	return 0;
}

static uint64_t folder_sum(const char *path)
{
	sum = file_count = 0;
	root_length = strlen(path);
	assert_int_equal(nftw(path, sum_one, 16, FTW_PHYS), 0);
	return sum;
}

static void same_bytes_every_time(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SAMPLE_COUNT; i++) {
		char *one = xasprintf("%s/one%u", folder, i), *two = xasprintf("%s/two%u", folder, i);
		struct sample_report report, again;
		struct err err;
		assert_int_equal(sample_write((enum sample)i, one, &report, &err), 0);
		assert_int_equal(sample_write((enum sample)i, two, &again, &err), 0);
		assert_int_equal(report.events, again.events);
		assert_true(report.events > 20000 && report.events < 40000);
		uint64_t expected = folder_sum(one);
		assert_int_equal(file_count, report.files + 2);
		assert_int_equal(folder_sum(two), expected);
		/* once more over the first: nothing new, nothing left behind */
		assert_int_equal(sample_write((enum sample)i, one, NULL, &err), 0);
		assert_int_equal(folder_sum(one), expected);
		free(one);
		free(two);
	}
}

static void foreign_folders_are_left_alone(void **state)
{
	(void)state;
	char *path = xasprintf("%s/foreign", folder), *file = xasprintf("%s/foreign/evidence.json", folder);
	struct err err = {0};
	assert_int_equal(mkdir(path, 0700), 0);
	FILE *stream = fopen(file, "w");
	assert_non_null(stream);
	(void)fclose(stream);
	assert_int_equal(sample_write(SAMPLE_CI_KEY, path, NULL, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_int_equal(sample_write(SAMPLE_CI_KEY, file, NULL, &err), -1);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(path), 0); /* so nothing was written into it */
	char *other = xasprintf("%s/one%u", folder, SAMPLE_FIRST_KEY);
	assert_int_equal(sample_write(SAMPLE_CI_KEY, other, NULL, &err), -1);
	free(other);
	free(path);
	free(file);
}

static void names(void **state)
{
	(void)state;
	assert_int_equal(sample_find("ci-key"), SAMPLE_CI_KEY);
	assert_int_equal(sample_find("first-key"), SAMPLE_FIRST_KEY);
	assert_int_equal(sample_find("ci"), SAMPLE_COUNT);
}

static void networks(void **state)
{
	(void)state;
	char *path = xasprintf("%s/one0/" SAMPLE_ASN_DB, folder);
	struct enrich *enrich;
	struct enrich_answer answer;
	struct err err = {0};
	assert_int_equal(enrich_open(&(struct enrich_options){.asn_db = path}, &enrich, &err), 0);
	assert_int_equal(enrich_lookup(enrich, slice_of("203.0.113.77"), &answer, &err), 0);
	assert_int_equal(answer.as_number, 65551);
	assert_true(slice_equals(answer.as_organization, slice_of("Vantreon Hosting B.V.")));
	assert_int_equal(enrich_lookup(enrich, slice_of("198.19.192.7"), &answer, &err), 0);
	assert_true(answer.has_as_number);
	assert_null(answer.as_organization.data);
	enrich_free(enrich);
	free(path);
	/* samples/asn.csv is the same table, for people to read and to import */
	struct buf table = BUF_EMPTY, file = bytes_of("samples/asn.csv");
	sample_asn_csv(&table);
	assert_int_equal(table.length, file.length);
	assert_memory_equal(table.data, file.data, table.length);
	buf_free(&table);
	buf_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_every_time),
		cmocka_unit_test(foreign_folders_are_left_alone),
		cmocka_unit_test(names),
		cmocka_unit_test(networks),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
