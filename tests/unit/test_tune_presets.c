/* Presets: what is written reads back the same over any parameters; names that are none; what is replaced and deleted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/tune.h"

static char folder[] = "/tmp/raretrail-presets-XXXXXX";

static int begin(void **context)
{
	(void)context;
	return mkdtemp(folder) ? setenv("XDG_CONFIG_HOME", folder, 1) : -1;
}

static int end(void **context)
{
	(void)context;
	char *command = xasprintf("rm -rf '%s'", folder);
	int result = system(command);
	free(command);
	return result;
}

static void every_parameter_comes_back(void **context)
{
	(void)context;
	struct params drafted, other;
	struct err err;
	char *path, *before;
	params_init(&drafted);
	params_init(&other);
	assert_int_equal(params_assign(&drafted, "rare-as.max_rare_asn_ratio=0.0123", &err), 0);
	assert_int_equal(params_assign(&drafted, "rare-as.trusted=Only One, Inc.", &err), 0);
	assert_int_equal(params_assign(&drafted, "rare-as.ignored_users+=root", &err), 0);
	assert_int_equal(params_assign(&drafted, "rare-method.partition_field=user.id", &err), 0);
	assert_int_equal(params_assign(&other, "rare-as.trusted+=Somebody", &err), 0);
	assert_int_equal(params_assign(&other, "rare-as.trusted_cidr=192.0.2.0/24", &err), 0);
	assert_int_equal(params_assign(&other, "rare-method.anomaly_threshold=12", &err), 0);
	assert_int_equal(preset_write("one.two", &drafted, false, &path, &before, &err), 0);
	assert_null(before);
	assert_int_equal(preset_read("one.two", &other, &err), 0);
	assert_true(params_equal(&drafted, &other));
	free(path);
	params_free(&drafted);
	params_free(&other);
}

static void shipped_ones_are_good_and_each_differs(void **context)
{
	(void)context;
	struct preset *presets;
	size_t count = preset_list(&presets);
	assert_true(count >= 5);
	for (size_t i = 0; i < count; i++) {
		struct params params, usual;
		struct err err;
		params_init(&params);
		params_init(&usual);
		assert_int_equal(preset_read(presets[i].name, &params, &err), 0);
		if (!presets[i].path)
			assert_true(params_equal(&params, &usual) == (strcmp(presets[i].name, "published") == 0));
		assert_true(i == 0 || strcmp(presets[i - 1].name, presets[i].name) < 0);
		params_free(&params);
		params_free(&usual);
	}
	preset_list_free(presets, count);
}

static void nothing_is_lost(void **context)
{
	(void)context;
	struct params params, strict;
	struct err err;
	char *path, *before, *text;
	static const char *const wrong[] = {
		"", "../x", "a b", ".hidden", "-x", "a/b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	params_init(&params);
	params_init(&strict);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		assert_int_equal(preset_write(wrong[i], &params, true, &path, &before, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
	}
	assert_int_equal(preset_write("strict", &params, false, &path, &before, &err), 0); /* hides the shipped one */
	free(path);
	assert_int_equal(preset_read("strict", &strict, &err), 0);
	assert_true(params_equal(&params, &strict));
	assert_int_equal(params_assign(&params, "rare-as.window=3d", &err), 0);
	assert_int_equal(preset_write("strict", &params, false, &path, &before, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(preset_write("strict", &params, true, &path, &before, &err), 0);
	free(path);
	assert_int_equal(preset_restore("strict", before, &err), 0);
	free(before);
	assert_int_equal(preset_read("strict", &params, &err), 0);
	assert_true(params_equal(&params, &strict));
	assert_int_equal(preset_delete("strict", &text, &err), 0);
	free(text);
	assert_int_equal(preset_delete("strict", &text, &err), -1);
	assert_int_equal(preset_read("strict", &params, &err), 0); /* the shipped one again */
	assert_false(params_equal(&params, &strict));
	params_free(&params);
	params_free(&strict);
}

static void a_damaged_one_changes_nothing(void **context)
{
	(void)context;
	struct params params, usual;
	struct err err;
	params_init(&params);
	params_init(&usual);
	assert_int_equal(preset_restore("bad", "[rare-as]\nwindow = 3d\nmax_age = soon\n", &err), 0);
	assert_int_equal(preset_read("bad", &params, &err), -1);
	assert_non_null(strstr(err.text, "bad.ini:3: "));
	assert_true(params_equal(&params, &usual));
	params_free(&params);
	params_free(&usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_parameter_comes_back),
		cmocka_unit_test(shipped_ones_are_good_and_each_differs),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(a_damaged_one_changes_nothing),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
