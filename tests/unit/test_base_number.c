/* Numbers as text and back, addresses and blocks, the nearest known word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/base.h"

static void the_shortest_text_reads_back(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0.01, "0.01"}, {0.1, "0.1"}, {1, "1"}, {-0.5, "-0.5"}, {2.0 / 200, "0.01"},
		{1.0 / 3, "0.3333333333333333"}, {3.1e-05, "3.1e-05"}, {1e15, "1e+15"}, {123456789, "123456789"},
		{5e-324, "4.94065645841247e-324"}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[NUMBER_TEXT_SIZE];
		assert_string_equal(number_format(cases[i].value, text), cases[i].text);
	}
	uint64_t random = 88172645463325252u;
	for (int i = 0; i < 200000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		double value, again;
		memcpy(&value, &random, sizeof value);
		if (!(value - value == 0)) /* infinities and NaN */
			continue;
		char text[NUMBER_TEXT_SIZE];
		assert_true(number_parse(number_format(value, text), &again));
		assert_memory_equal(&value, &again, sizeof value);
	}
}

static void only_plain_decimals_are_numbers(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"", " 1", "1 ", "+1", "0x10", "inf", "nan", "1e999", "1,5", "1.5.2", "e5", "--1", "1e", "."};
	double value;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (number_parse(wrong[i], &value))
			fail_msg("\"%s\" was taken for %g", wrong[i], value);
	assert_true(number_parse("1.5e2", &value));
	assert_true(value > 149.999 && value < 150.001);
	assert_true(number_parse(".5", &value));
}

static void blocks_contain_their_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *block, *ip;
		bool is_inside;
	} cases[] = {
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.1.2.3/8", "10.9.9.9", true},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.128/25", "192.0.2.128", true},
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7/31", "192.0.2.6", true},
		{"0.0.0.0/0", "255.255.255.255", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"::/0", "2001:db8::1", true},
		{"::/0", "192.0.2.1", true},
		{"2001:db8::/33", "2001:db8:7fff::", true},
		{"2001:db8::/33", "2001:db8:8000::", false},
		{"::ffff:10.0.0.0/104", "10.1.1.1", true},
		{"10.0.0.0/8", "::ffff:10.1.1.1", true},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cidr block;
		struct ip ip;
		struct err err = {0};
		if (cidr_parse(slice_of(cases[i].block), &block, &err) != 0)
			fail_msg("%s: %s", cases[i].block, err.text);
		assert_true(ip_parse(slice_of(cases[i].ip), &ip));
		if (cidr_contains(&block, &ip) != cases[i].is_inside)
			fail_msg("%s in %s", cases[i].ip, cases[i].block);
	}
	static const char *const wrong[] = {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ",
		"10.0.0.0/008x", "010.0.0.0/8", "10.0.0/8", "::/129", "fe80::1%eth0/64", "10.0.0.0/8/8", "name/8",
		"10.0.0.0/0008"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct cidr block;
		if (cidr_parse(slice_of(wrong[i]), &block, NULL) == 0)
			fail_msg("\"%s\" was taken for a block", wrong[i]);
	}
	struct ip ip;
	assert_true(ip_parse(slice_of("192.0.2.1"), &ip));
	assert_true(ip_is_v4(&ip));
	assert_true(ip_parse(slice_of("2001:db8::1"), &ip));
	assert_false(ip_is_v4(&ip));
	assert_false(ip_parse((struct slice){0}, &ip));
	assert_false(ip_parse((struct slice){"1.2.3.4\0x", 9}, &ip));
}

static void the_nearest_word_is_near(void **state)
{
	(void)state;
	static const char *const known[] = {"rare-as.window", "rare-as.max_age", "color", "config", "case"};
	assert_string_equal(text_nearest("colour", known, COUNT_OF(known)), "color");
	assert_string_equal(text_nearest("cnofig", known, COUNT_OF(known)), "config");
	assert_string_equal(text_nearest("rare-as.widow", known, COUNT_OF(known)), "rare-as.window");
	assert_null(text_nearest("cone", known, COUNT_OF(known))); /* case is two letters of four away: another word */
	assert_string_equal(text_nearest("case", known, COUNT_OF(known)), "case");
	assert_null(text_nearest("zzzzzzzz", known, COUNT_OF(known)));
	assert_null(text_nearest("x", known, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shortest_text_reads_back),
		cmocka_unit_test(only_plain_decimals_are_numbers),
		cmocka_unit_test(blocks_contain_their_addresses),
		cmocka_unit_test(the_nearest_word_is_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
