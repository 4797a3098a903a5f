/* Times, durations and sizes as people and logs write them. */
#include "raretrail/base.h"

#include <setjmp.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static void reads_iso_times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_valid;
		const char *back;
	} cases[] = {
		{"2026-05-07T22:36:10Z", true, "2026-05-07T22:36:10.000Z"},
		{"2026-05-07T22:36:10.1234567Z", true, "2026-05-07T22:36:10.123Z"},
		{"2026-05-07 22:36:10", true, "2026-05-07T22:36:10.000Z"},
		{"2022-02-08 09:23:37+11:00", true, "2022-02-07T22:23:37.000Z"},
		{"2022-02-08T09:23:37-0330", true, "2022-02-08T12:53:37.000Z"},
		{"2026-05-07", true, "2026-05-07T00:00:00.000Z"},
		{"20131102T010628Z", true, "2013-11-02T01:06:28.000Z"},
		{"1969-12-31T23:59:59.999Z", true, "1969-12-31T23:59:59.999Z"},
		{"0000-03-01T00:00:00Z", true, "0000-03-01T00:00:00.000Z"},
		{"9999-12-31T23:59:59Z", true, "9999-12-31T23:59:59.000Z"},
		{"2024-02-29T12:00Z", true, "2024-02-29T12:00:00.000Z"},
		{"2023-02-29T12:00:00Z", false, NULL},
		{"2026-13-01", false, NULL},
		{"2026-05-07T24:00:00Z", false, NULL},
		{"2026-05-07T22:36:10.Z", false, NULL},
		{"2026-05-07T22:36:10Zx", false, NULL},
		{"2026-5-7", false, NULL},
		{"", false, NULL},
		{"yesterday", false, NULL},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t ms = 0;
		char back[TIME_TEXT_SIZE];
		if (time_parse_iso(slice_of(cases[i].text), &ms) != cases[i].is_valid)
			fail_msg("'%s' should %sbe a time", cases[i].text, cases[i].is_valid ? "" : "not ");
		if (cases[i].is_valid)
			assert_string_equal(time_format_iso(ms, back), cases[i].back);
	}
}

/* Every hour of eight centuries agrees with libc's calendar. */
static void agrees_with_libc(void **state)
{
	(void)state;
	for (int64_t second = -INT64_C(12219292800); second < INT64_C(13000000000); second += 86400 * 13 + 3601) {
		time_t libc = (time_t)second;
		struct tm parts;
		char expected[40], ours[TIME_TEXT_SIZE];
		gmtime_r(&libc, &parts);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
		assert_string_equal(time_format_iso(second * 1000, ours), expected);
		int64_t back;
		assert_true(time_parse_iso(slice_of(ours), &back));
		assert_true(back == second * 1000);
	}
}

static void reads_durations_and_sizes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *back;
		int64_t ms;
	} durations[] = {{"90s", "90s", 90000}, {"15m", "15m", 15 * MINUTE_MS}, {"60m", "1h", HOUR_MS},
		{"7d", "7d", 7 * DAY_MS}, {"250ms", "250ms", 250}, {"1h30m", "90m", 90 * MINUTE_MS}, {"0s", "0s", 0}};
	char back[TIME_TEXT_SIZE];
	int64_t ms;
	for (size_t i = 0; i < COUNT_OF(durations); i++) {
		assert_int_equal(duration_parse(durations[i].text, &ms, NULL), 0);
		assert_int_equal(ms, durations[i].ms);
		assert_string_equal(duration_format(ms, back), durations[i].back);
	}
	static const char *const bad[] = {"", "7", "d", "1x", "1h-", "-1h", "99999999999999999999d", "106751991168d"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(duration_parse(bad[i], &ms, NULL), -1);

	uint64_t bytes;
	assert_int_equal(size_parse("512M", &bytes, NULL), 0);
	assert_true(bytes == UINT64_C(512) << 20);
	assert_int_equal(size_parse("2GiB", &bytes, NULL), 0);
	assert_true(bytes == UINT64_C(2) << 30);
	assert_int_equal(size_parse("17", &bytes, NULL), 0);
	assert_true(bytes == 17);
	static const char *const bad_sizes[] = {"", "M", "-1", "1X", "99999999999999999999", "17179869184G"};
	for (size_t i = 0; i < COUNT_OF(bad_sizes); i++)
		assert_int_equal(size_parse(bad_sizes[i], &bytes, NULL), -1);
}

static void reads_what_people_type(void **state)
{
	(void)state;
	int64_t ms, now = 10 * DAY_MS;
	struct err err;
	assert_int_equal(time_parse_user("-2h", now, &ms, &err), 0);
	assert_int_equal(ms, now - 2 * HOUR_MS);
	assert_int_equal(time_parse_user("now", now, &ms, &err), 0);
	assert_int_equal(ms, now);
	assert_int_equal(time_parse_user("soon", now, &ms, &err), -1);
	assert_non_null(strstr(err.text, "soon"));
	static const char *const far[] = {"+9223372036854775807ms", "-9223372036854775807ms", "-1000000d", "+4000000d"};
	for (size_t i = 0; i < COUNT_OF(far); i++) {
		assert_int_equal(time_parse_user(far[i], now, &ms, &err), -1);
		assert_non_null(strstr(err.text, "years 0 to 9999"));
	}
	int64_t first, last;
	assert_true(time_parse_iso(slice_of("0000-01-01"), &first));
	assert_true(time_parse_iso(slice_of("9999-12-31T23:59:59.999Z"), &last));
	assert_int_equal(time_parse_user("-1ms", first, &ms, NULL), -1);
	assert_int_equal(time_parse_user("-1ms", first + 1, &ms, NULL), 0);
	assert_int_equal(time_parse_user("+1ms", last, &ms, NULL), -1);
	assert_int_equal(time_parse_user("+1ms", last - 1, &ms, NULL), 0);
	assert_int_equal(time_floor(-1, 1000), -1000);
	assert_int_equal(time_ceil(-1, 1000), 0);
	assert_int_equal(time_ceil(1000, 1000), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_iso_times),
		cmocka_unit_test(agrees_with_libc),
		cmocka_unit_test(reads_durations_and_sizes),
		cmocka_unit_test(reads_what_people_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
