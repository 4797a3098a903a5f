/* Scores in words: rounded, but never over the threshold or to 100 when they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "raretrail/detect.h"

static void test_rounding_never_lies(void **state)
{
	static const struct {
		double score, threshold;
		const char *text;
	} cases[] = {
		{0, 75, "0"},
		{47, 75, "47"},
		{91.4, 75, "91"},
		{91.6, 75, "92"},
		{99.4, 75, "99"},
		{99.8, 75, "99.8"},
		{99.99, 75, "99.9"},
		{100, 75, "100"},
		{74.4, 75, "74"},
		{74.9, 75, "74.9"},
		{74.97, 75, "74.9"},
		{75, 75, "75"},
		{74.9, 70, "75"},
		{75.4, 75.4, "75.4"},
		{75.3, 75.4, "75"},
		{0.4, 0, "0"},
	};
	char text[NUMBER_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(score_format(cases[i].score, cases[i].threshold, text), cases[i].text);
}

/* What a table names as the limit that flips a result does so when it is typed in. */
static void test_typed_limit_flips(void **state)
{
	static const struct {
		enum parameter parameter;
		bool holds;
		double flip, typed;
	} cases[] = {
		/* Just under 2 in 251, which would be rounded to 0.80% and still let the alert through. */
		{PARAMETER_MAX_RATIO, true, 0.00796812749003984, 0.0079},
		{PARAMETER_MAX_RATIO, true, 0.0099999999999999985, 0.0099},
		{PARAMETER_MAX_RATIO, true, 0.33333333333333331, 0.333},
		{PARAMETER_MAX_RATIO, true, 0.00001, 0},
		{PARAMETER_MAX_RATIO, false, 0.01002, 0.011},
		{PARAMETER_MAX_RATIO, false, 0.0071428571428571426, 0.0072},
		{PARAMETER_MAX_RATIO, false, 0.01, 0.01},
		{PARAMETER_THRESHOLD, true, 88.62, 88.7},
		{PARAMETER_THRESHOLD, true, 75.000000000000014, 75.1},
		{PARAMETER_MAX_AGE, true, 1429999, 1429000},
		{PARAMETER_MAX_AGE, true, 999, 999},
		{PARAMETER_MAX_AGE, false, 3600001, 3601000},
		{PARAMETER_MAX_AGE, false, 3600000, 3600000},
		{PARAMETER_MIN_TRUSTED, true, 2990, 2990},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct why why = {
			.parameter = cases[i].parameter, .holds = cases[i].holds, .silence_at = cases[i].flip};
		assert_true(why_flip_typed(&why) == cases[i].typed);
	}
	assert_true(isnan(why_flip_typed(&(struct why){.parameter = PARAMETER_MAX_RATIO, .silence_at = NAN})));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rounding_never_lies), cmocka_unit_test(test_typed_limit_flips)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
