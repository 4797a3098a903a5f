/* Parameters: defaults, strict values with ranges, list changes, keys with the nearest known one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/detect.h"

static void assert_text(const struct params *params, enum parameter parameter, const char *expected)
{
	struct buf text = BUF_EMPTY;
	params_format(&text, params, parameter);
	assert_string_equal(text.data, expected);
	buf_free(&text);
}

static void expect_refused(const char *assignment, const char *reason)
{
	struct params params, before;
	params_init(&params);
	params_copy(&before, &params);
	struct err err = {0};
	if (params_assign(&params, assignment, &err) != -1)
		fail_msg("%s was accepted", assignment);
	assert_int_equal(err.code, ERR_USAGE);
	if (!strstr(err.text, reason))
		fail_msg("%s: \"%s\" does not say \"%s\"", assignment, err.text, reason);
	assert_true(params_equal(&params, &before));
	params_free(&params);
	params_free(&before);
}

static void defaults_are_the_rules(void **state)
{
	(void)state;
	struct params params;
	params_init(&params);
	assert_text(&params, PARAMETER_HAS_TRUSTED, "true");
	assert_text(&params, PARAMETER_MIN_UNTRUSTED, "1");
	assert_text(&params, PARAMETER_MIN_TRUSTED, "100");
	assert_text(&params, PARAMETER_MAX_RATIO, "0.01");
	assert_text(&params, PARAMETER_MIN_ACTIONS, "2");
	assert_text(&params, PARAMETER_MAX_ASNS, "5");
	assert_text(&params, PARAMETER_MAX_AGE, "1h");
	assert_text(&params, PARAMETER_WINDOW, "7d");
	assert_text(&params, PARAMETER_TRUSTED, "Amazon*\nGoogle LLC\nMicrosoft Corporation\nMongoDB, Inc.");
	assert_text(&params, PARAMETER_THRESHOLD, "75");
	assert_text(&params, PARAMETER_PARTITION, "user.name");
	assert_int_equal(params.rare_as.sensitive_actions.count, 29);
	assert_int_equal(params.rare_as.interval, HOUR_MS);
	assert_int_equal(params.rare_method.bucket_span, HOUR_MS);
	assert_int_equal(params.rare_method.lookback, 2 * HOUR_MS);
	assert_int_equal(params.rare_method.interval, 15 * MINUTE_MS);
	assert_int_equal(params.rare_method.max_alerts, 100);
	params_free(&params);
}

static void values_are_read_exactly(void **state)
{
	(void)state;
	static const struct {
		const char *assignment;
		enum parameter parameter;
		const char *expected;
	} cases[] = {
		{"rare-as.has_trusted_cloud_asn=false", PARAMETER_HAS_TRUSTED, "false"},
		{"rare-as.max_rare_asn_ratio=0.02", PARAMETER_MAX_RATIO, "0.02"},
		{"rare-as.max_rare_asn_ratio=1.1%", PARAMETER_MAX_RATIO, "0.011"},
		{"rare-as.max_rare_asn_ratio=1e-3", PARAMETER_MAX_RATIO, "0.001"},
		{"rare-as.max_rare_asn_ratio=1", PARAMETER_MAX_RATIO, "1"},
		{"rare-as.min_trusted_cloud_event_count=0", PARAMETER_MIN_TRUSTED, "0"},
		{"rare-as.min_trusted_cloud_event_count=1000000000000000", PARAMETER_MIN_TRUSTED, "1000000000000000"},
		{"rare-as.max_age=90m", PARAMETER_MAX_AGE, "90m"},
		{"rare-as.window=30d", PARAMETER_WINDOW, "30d"},
		{"rare-method.anomaly_threshold=62.5", PARAMETER_THRESHOLD, "62.5"},
		{"rare-method.partition_field=user.id", PARAMETER_PARTITION, "user.id"},
		{"rare-method.bucket_span=15m", PARAMETER_BUCKET_SPAN, "15m"},
		{"rare-method.max_alerts=0", PARAMETER_MAX_ALERTS, "0"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct params params;
		params_init(&params);
		struct err err = {0};
		if (params_assign(&params, cases[i].assignment, &err) != 0)
			fail_msg("%s: %s", cases[i].assignment, err.text);
		assert_text(&params, cases[i].parameter, cases[i].expected);
		params_free(&params);
	}
}

static void wrong_values_are_refused(void **state)
{
	(void)state;
	expect_refused("rare-as.max_rare_asn_ratio=2", "from 0 to 1");
	expect_refused("rare-as.max_rare_asn_ratio=-0.1", "out of range");
	expect_refused("rare-as.max_rare_asn_ratio=nan", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=inf", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=0x1p-3", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio= 0.1", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=0,5", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=1e2%", "not a number");
	expect_refused("rare-as.max_rare_asn_ratio=101%", "out of range");
	expect_refused("rare-as.min_trusted_cloud_event_count=1.5", "whole number");
	expect_refused("rare-as.min_trusted_cloud_event_count=-1", "whole number");
	expect_refused("rare-as.min_trusted_cloud_event_count=99999999999999999999", "from 0 to 1000000000000000");
	expect_refused("rare-as.has_trusted_cloud_asn=maybe", "true");
	expect_refused("rare-as.max_age=1", "duration");
	expect_refused("rare-as.window=0s", "from 1s");
	expect_refused("rare-method.bucket_span=1m", "from 5m to 1d");
	expect_refused("rare-method.anomaly_threshold=101", "from 0 to 100");
	expect_refused("rare-method.partition_field=user", "user.name|user.id");
	expect_refused("rare-method.partition_field=", "user.name|user.id");
	expect_refused("rare-method.max_alerts+=1", "not a list");
	expect_refused("rare-as.trusted_cidr=10.0.0.0/33", "0 to 32");
	expect_refused("rare-as.trusted_cidr+=10.0.0", "CIDR");
	expect_refused("rare-method.ignored_cidr+=\x1b[2J", "<ESC>");
	expect_refused("rare-as.trusted+=\xff", "UTF-8");
	expect_refused("rare-as.trusted+=;x", "like a comment");
	expect_refused("rare-as.trusted+=#x", "like a comment");
	expect_refused("rare-as.trusted+=a ;x", "for a comment");
	expect_refused("rare-as.trusted+=a\x1bx", "control character");
}

static void keys_are_known(void **state)
{
	(void)state;
	expect_refused("rare-as.max_rare_asn_ration=1", "rare-as.max_rare_asn_ratio");
	expect_refused("rareas.window=7d", "rare-as.window");
	expect_refused("rare-method.treshold=1", "unknown parameter");
	expect_refused("window=7d", "nearest known one is rare-as.window");
	expect_refused("max_ages=7d", "nearest known one is rare-as.max_age");
	expect_refused("nothing_like_it=7d", "keys are RULE.NAME");
	expect_refused("rare-as.window", "RULE.KEY=VALUE");
	expect_refused("=7d", "RULE.KEY=VALUE");
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		char *key = xasprintf("%s.%s", rules[parameters[parameter].rule].key, parameters[parameter].key);
		enum parameter found = PARAMETER_TOTAL;
		assert_int_equal(parameter_find(key, &found, NULL), 0);
		assert_int_equal(found, parameter);
		free(key);
	}
	assert_int_equal(rule_find("rare-as"), RULE_RARE_AS);
	assert_int_equal(rule_find("rare-method"), RULE_RARE_METHOD);
	assert_int_equal(rule_find("rare"), RULE_COUNT);
}

static void lists_grow_and_shrink(void **state)
{
	(void)state;
	struct params params;
	params_init(&params);
	struct err err = {0};
	assert_int_equal(params_assign(&params, "rare-as.trusted+=Comcast*", &err), 0);
	assert_int_equal(params_assign(&params, "rare-as.trusted+=Comcast*", &err), 0);
	assert_int_equal(params_assign(&params, "rare-as.trusted-=Amazon*", &err), 0);
	assert_text(&params, PARAMETER_TRUSTED, "Google LLC\nMicrosoft Corporation\nMongoDB, Inc.\nComcast*");
	assert_int_equal(params_assign(&params, "rare-as.trusted-=Google", &err), -1);
	assert_non_null(strstr(err.text, "Google LLC"));
	assert_int_equal(params_assign(&params, "rare-as.trusted=\n  A = b \n\n A = b\n\tC\r\n", &err), 0);
	assert_text(&params, PARAMETER_TRUSTED, "A = b\nC");
	/* All or nothing. */
	assert_int_equal(params_assign(&params, "rare-as.trusted_cidr=10.0.0.0/8\nx", &err), -1);
	assert_int_equal(params.rare_as.trusted_cidr.count, 0);
	assert_int_equal(params_assign(&params, "rare-as.trusted=", &err), 0);
	assert_int_equal(params_list(&params, PARAMETER_TRUSTED)->count, 0);
	params_free(&params);
}

static void copies_are_independent(void **state)
{
	(void)state;
	struct params a, b;
	params_init(&a);
	params_copy(&b, &a);
	assert_true(params_equal(&a, &b));
	assert_int_equal(params_assign(&b, "rare-as.ignored_users+=alice", NULL), 0);
	assert_false(params_equal(&a, &b));
	assert_int_equal(a.rare_as.ignored_users.count, 0);
	assert_int_equal(params_assign(&b, "rare-as.ignored_users-=alice", NULL), 0);
	assert_true(params_equal(&a, &b));
	assert_int_equal(params_assign(&b, "rare-method.anomaly_threshold=74.999999999999", NULL), 0);
	assert_false(params_equal(&a, &b));
	params_free(&a);
	params_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_the_rules),
		cmocka_unit_test(values_are_read_exactly),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(keys_are_known),
		cmocka_unit_test(lists_grow_and_shrink),
		cmocka_unit_test(copies_are_independent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
