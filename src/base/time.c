/* time: ISO 8601 to milliseconds and back, without libc's time zones, and the durations and sizes people type. */
#include "raretrail/base.h"

#include <stdio.h>
#include <time.h>

/* Days since 1970-01-01 of a proleptic Gregorian date, counting years from March so that the leap day comes last. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;
	*day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* A cursor over the text; every take_* moves it only on success. */
struct reader {
	const char *at, *end;
};

static bool take_digits(struct reader *reader, int count, unsigned *value)
{
	if (reader->end - reader->at < count)
		return false;
	unsigned result = 0;
	for (int i = 0; i < count; i++) {
		char c = reader->at[i];
		if (c < '0' || c > '9')
			return false;
		result = result * 10 + (unsigned)(c - '0');
	}
	reader->at += count;
	*value = result;
	return true;
}

static bool take_char(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
}

/* Fraction of a second, any number of digits, cut to milliseconds. */
static bool take_fraction(struct reader *reader, unsigned *ms)
{
	*ms = 0;
	if (!take_char(reader, '.') && !take_char(reader, ','))
		return true;
	unsigned scale = 100, digits = 0;
	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
		*ms += (unsigned)(*reader->at++ - '0') * scale;
		scale /= 10;
		digits++;
	}
	return digits > 0;
}

static bool take_offset(struct reader *reader, int *minutes)
{
	*minutes = 0;
	if (reader->at == reader->end || take_char(reader, 'Z') || take_char(reader, 'z'))
		return true;
	int sign = take_char(reader, '+') ? 1 : take_char(reader, '-') ? -1 : 0;
	unsigned hours, rest = 0;
	if (sign == 0 || !take_digits(reader, 2, &hours))
		return false;
	take_char(reader, ':');
	if (reader->at < reader->end && !take_digits(reader, 2, &rest))
		return false;
	if (hours > 18 || rest > 59)
		return false;
	*minutes = sign * (int)(hours * 60 + rest);
	return true;
}

bool time_parse_iso(struct slice text, int64_t *ms)
{
	struct reader reader = {text.data, text.data + text.length};
	unsigned year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;
	int offset = 0;
	if (text.length == 0 || !take_digits(&reader, 4, &year))
		return false;
	bool is_basic = !take_char(&reader, '-');
	if (!take_digits(&reader, 2, &month) || (!is_basic && !take_char(&reader, '-')) ||
		!take_digits(&reader, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	if (reader.at < reader.end) {
		if (!take_char(&reader, 'T') && !take_char(&reader, 't') && !take_char(&reader, ' '))
			return false;
		if (!take_digits(&reader, 2, &hour) || (!is_basic && !take_char(&reader, ':')) ||
			!take_digits(&reader, 2, &minute))
			return false;
		if (is_basic || take_char(&reader, ':')) {
			if (!take_digits(&reader, 2, &second) || !take_fraction(&reader, &fraction))
				return false;
		}
		if (!take_offset(&reader, &offset))
			return false;
	}
	if (reader.at != reader.end || hour > 23 || minute > 59 || second > 59)
		return false;
	*ms = days_from_date(year, month, day) * DAY_MS + (int64_t)hour * HOUR_MS + (int64_t)minute * MINUTE_MS +
	      (int64_t)second * SECOND_MS + fraction - offset * MINUTE_MS;
	return true;
}

const char *time_format_iso(int64_t ms, char out[TIME_TEXT_SIZE])
{
	if (ms == TIME_NONE) {
		out[0] = '\0';
		return out;
	}
	int64_t days = time_floor(ms, DAY_MS) / DAY_MS, rest = ms - days * DAY_MS, year;
	unsigned month, day;
	date_from_days(days, &year, &month, &day);
	snprintf(out, TIME_TEXT_SIZE, "%04lld-%02u-%02uT%02u:%02u:%02u.%03uZ", (long long)year, month, day,
		(unsigned)(rest / HOUR_MS), (unsigned)(rest / MINUTE_MS % 60), (unsigned)(rest / SECOND_MS % 60),
		(unsigned)(rest % SECOND_MS));
	return out;
}

/* Units, longest first; a bare number has none. */
static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {{"d", DAY_MS}, {"h", HOUR_MS}, {"ms", 1}, {"m", MINUTE_MS}, {"s", SECOND_MS}};

int duration_parse(const char *text, int64_t *ms, struct err *err)
{
	const char *at = text;
	int64_t total = 0;
	do {
		int64_t number = 0, part;
		bool is_too_long = false;
		const char *digits = at;
		for (; *at >= '0' && *at <= '9'; at++)
			is_too_long |= __builtin_mul_overflow(number, 10, &number) ||
				       __builtin_add_overflow(number, *at - '0', &number);
		const struct unit *unit = NULL;
		for (size_t i = 0; i < COUNT_OF(units) && unit == NULL; i++)
			if (strncmp(at, units[i].name, strlen(units[i].name)) == 0)
				unit = &units[i];
		if (at == digits || unit == NULL)
			return err_set(err, ERR_USAGE, "'%s' is not a duration: write 90s, 15m, 1h or 7d", text);
		at += strlen(unit->name);
		if (is_too_long || __builtin_mul_overflow(number, unit->ms, &part) ||
			__builtin_add_overflow(total, part, &total))
			return err_set(err, ERR_USAGE, "'%s' is too long a time", text);
	} while (*at != '\0');
	*ms = total;
	return 0;
}

const char *duration_format(int64_t ms, char out[TIME_TEXT_SIZE])
{
	static const struct unit exact[] = {
		{"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1}};
	const struct unit *unit = &exact[COUNT_OF(exact) - 1];
	for (size_t i = COUNT_OF(exact); i-- > 0;)
		if (ms != 0 && ms % exact[i].ms == 0)
			unit = &exact[i];
	if (ms == 0)
		unit = &exact[3];
	snprintf(out, TIME_TEXT_SIZE, "%lld%s", (long long)(ms / unit->ms), unit->name);
	return out;
}

/* What ISO text with a year of four digits can name. */
#define YEAR_0_MS (-719528 * DAY_MS)
#define YEAR_10000_MS (2932897 * DAY_MS)

int time_parse_user(const char *text, int64_t now, int64_t *ms, struct err *err)
{
	if (strcmp(text, "now") == 0) {
		*ms = now;
		return 0;
	}
	if (time_parse_iso(slice_of(text), ms))
		return 0;
	int64_t distance;
	if ((text[0] == '-' || text[0] == '+') && duration_parse(text + 1, &distance, NULL) == 0) {
		bool is_far = text[0] == '-' ? __builtin_sub_overflow(now, distance, ms)
					     : __builtin_add_overflow(now, distance, ms);
		if (!is_far && *ms >= YEAR_0_MS && *ms < YEAR_10000_MS)
			return 0;
		return err_set(err, ERR_USAGE, "'%s' is outside the years 0 to 9999", text);
	}
	return err_set(err, ERR_USAGE, "'%s' is not a time: write 2026-05-07, 2026-05-07T22:36:10Z or -2h", text);
}

int size_parse(const char *text, uint64_t *bytes, struct err *err)
{
	static const char suffixes[] = "KMGT";
	uint64_t number = 0;
	const char *at = text;
	bool is_valid = *at >= '0' && *at <= '9';
	for (; *at >= '0' && *at <= '9' && is_valid; at++)
		is_valid = !__builtin_mul_overflow(number, 10u, &number) &&
			   !__builtin_add_overflow(number, (uint64_t)(*at - '0'), &number);
	const char *suffix = *at == '\0' ? NULL : strchr(suffixes, *at >= 'a' && *at <= 'z' ? *at - 32 : *at);
	if (suffix != NULL) {
		for (long step = 0; step <= suffix - suffixes && is_valid; step++)
			is_valid = !__builtin_mul_overflow(number, UINT64_C(1024), &number);
		at++;
		if (*at == 'i')
			at++;
	}
	if (is_valid && (*at == 'B' || *at == 'b'))
		at++;
	if (!is_valid || *at != '\0')
		return err_set(err, ERR_USAGE, "'%s' is not a size: write 512M or 2G", text);
	*bytes = number;
	return 0;
}

int64_t time_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t time_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t time_floor(int64_t ms, int64_t step)
{
	int64_t rest = ms % step;
	return rest < 0 ? ms - rest - step : ms - rest;
}

int64_t time_ceil(int64_t ms, int64_t step)
{
	int64_t floor = time_floor(ms, step);
	return floor == ms ? ms : floor + step;
}
