/* Scores in words: rounded, but never over the threshold or to 100 when they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rounding_never_lies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
