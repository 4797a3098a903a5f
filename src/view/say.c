/* What the console says and how it writes common things: messages, times, counts. */
#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app.h"

static void keep_message(struct app *app, enum message_kind kind, char *text)
{
	struct message *newest = app->message_count ? &app->messages[app->message_count - 1] : NULL;

	if (newest && newest->kind == kind && strcmp(newest->text, text) == 0) { /* said again */
		newest->when = time_now();
		free(text);
		return;
	}
	app->messages =
		array_grow(app->messages, &app->message_capacity, app->message_count + 1, sizeof(*app->messages));
	app->messages[app->message_count++] = (struct message){time_now(), kind, text};
}

/* While files arrive the same is found of ever more events: that is news once. */
static bool is_same_but_figures(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, "0123456789");
		b += strspn(b, "0123456789");
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Worth knowing, not worth a line of the screen: the status line counts such notices until M was looked at. */
void app_note(struct app *app, const char *text)
{
	for (size_t i = 0; i < app->message_count; i++) {
		if (!is_same_but_figures(app->messages[i].text, text))
			continue;
		free(app->messages[i].text);
		app->messages[i].text = xstrdup(text);
		return;
	}
	keep_message(app, MESSAGE_WARNING, xstrdup(text));
	app->unread++;
}

void app_say(struct app *app, enum message_kind kind, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = xvasprintf(format, arguments);
	va_end(arguments);
	snprintf(app->status, sizeof(app->status), "%s", text);
	keep_message(app, kind, text);
	app->status_role = kind == MESSAGE_INFO ? ROLE_STATUS : kind == MESSAGE_WARNING ? ROLE_STATUS_WARN : ROLE_ERROR;
	app->status_until_us = time_monotonic_us() + (kind == MESSAGE_INFO ? 5 : 12) * INT64_C(1000000);
}

void app_fail(struct app *app, const struct err *err)
{
	app_say(app, MESSAGE_ERROR, "%s", err->text);
	app->failure = *err;
	app->has_failed = true;
}

int64_t app_zone_offset(const struct app *app, int64_t ms)
{
	time_t seconds = (time_t)(time_floor(ms, SECOND_MS) / SECOND_MS);
	struct tm local;

	if (!app->is_local_time || !localtime_r(&seconds, &local))
		return 0;
	return local.tm_gmtoff * SECOND_MS;
}

static int zone_format(int64_t offset, char *out, size_t size)
{
	int64_t minutes = llabs(offset) / MINUTE_MS;

	return snprintf(
		out, size, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(minutes / 60 % 100), (int)(minutes % 60));
}

/* Of the data, not of today: half a year lies between them, and clocks were changed. */
const char *app_zone(const struct app *app)
{
	static char text[24];
	const struct store *store = app->results->store;
	int64_t last = store->count ? store->timestamp[store->count - 1] : time_now();
	int64_t first = store->count ? store->timestamp[0] : last;
	int64_t from = app_zone_offset(app, first), to = app_zone_offset(app, last);
	int length;

	if (!app->is_local_time)
		return "UTC";
	for (int month = 1; month < 12 && to == from; month++) /* there and back again within the data */
		if (first + month * 30 * DAY_MS < last)
			to = app_zone_offset(app, first + month * 30 * DAY_MS);
	length = zone_format(from, text, sizeof(text));
	if (to != from) {
		text[length] = '/';
		zone_format(to, text + length + 1, sizeof(text) - (size_t)length - 1);
	}
	return text;
}

/* Bytes of "2026-05-07 22:36:10" that say nothing new: where the data span more than four weeks a day alone would be
 * ambiguous, and where they go over the end of a year a month would be. */
static int date_start(const struct app *app)
{
	const struct store *store = app->results->store;
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	int64_t from, to;

	if (store->count == 0)
		return 5;
	from = store->timestamp[0];
	to = store->timestamp[store->count - 1];
	if (to - from <= 27 * DAY_MS)
		return 8;
	time_format_iso(from + app_zone_offset(app, from), first);
	time_format_iso(to + app_zone_offset(app, to), last);
	return memcmp(first, last, 4) == 0 ? 5 : 0;
}

int app_time_width(const struct app *app)
{
	return 19 - date_start(app);
}

const char *app_time(const struct app *app, int64_t ms, enum time_form form, char out[TIME_TEXT_SIZE])
{
	char iso[TIME_TEXT_SIZE];
	const char *day = iso + date_start(app);

	out[0] = '\0';
	if (ms == TIME_NONE)
		return "-";
	if (form == TIME_SHORT && app->listing.is_asking)
		form = TIME_LONG;
	time_format_iso(ms + app_zone_offset(app, ms), iso); /* 2026-05-07T22:36:10.000Z */
	iso[10] = ' ';
	switch (form) {
	case TIME_SHORT: snprintf(out, TIME_TEXT_SIZE, "%.*s", (int)(iso + 19 - day), day); break;
	case TIME_CLOCK: snprintf(out, TIME_TEXT_SIZE, "%.8s", iso + 11); break;
	case TIME_MINUTE: snprintf(out, TIME_TEXT_SIZE, "%.*s", (int)(iso + 16 - day), day); break;
	case TIME_HOUR: snprintf(out, TIME_TEXT_SIZE, "%.*sh", (int)(iso + 13 - day), day); break;
	case TIME_DATE: snprintf(out, TIME_TEXT_SIZE, "%.10s", iso); break;
	case TIME_LONG: snprintf(out, TIME_TEXT_SIZE, "%.19s%s", iso, app->is_local_time ? "" : "Z"); break;
	}
	return out;
}

const char *app_done_at(const struct app *app, int64_t ms, char out[TIME_TEXT_SIZE])
{
	char today[TIME_TEXT_SIZE];

	if (ms == TIME_NONE)
		return app_time(app, ms, TIME_LONG, out);
	app_time(app, time_now(), TIME_DATE, today);
	if (strcmp(app_time(app, ms, TIME_DATE, out), today) == 0)
		return app_time(app, ms, TIME_CLOCK, out);
	app_time(app, ms, TIME_LONG, out);
	out[16] = '\0';
	return out;
}

const char *app_time_range(const struct app *app, int64_t from, int64_t to, char out[2 * TIME_TEXT_SIZE])
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	bool is_one_day = strcmp(app_time(app, from, TIME_DATE, first), app_time(app, to, TIME_DATE, last)) == 0;
	int seconds = from % MINUTE_MS == 0 && to % MINUTE_MS == 0 ? 0 : 3;

	app_time(app, from, TIME_LONG, first);
	app_time(app, to, is_one_day ? TIME_CLOCK : TIME_LONG, last);
	snprintf(out, 2 * TIME_TEXT_SIZE, "%.*s to %.*s", 16 + seconds, first, (is_one_day ? 5 : 16) + seconds, last);
	return out;
}

const char *count_text(uint64_t count, char out[COUNT_TEXT_SIZE])
{
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count), at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

const char *count_short(uint64_t count, char out[COUNT_TEXT_SIZE])
{
	if (count < 100000)
		return count_text(count, out);
	if (count < 10000000)
		snprintf(out, COUNT_TEXT_SIZE, "%.1fM", (double)count / 1e6);
	else
		snprintf(out, COUNT_TEXT_SIZE, "%.0fM", (double)count / 1e6);
	if (count < 1000000)
		snprintf(out, COUNT_TEXT_SIZE, "%lluk", (unsigned long long)(count / 1000));
	return out;
}

const char *percent_text(double ratio, char out[COUNT_TEXT_SIZE])
{
	double percent = ratio * 100;

	if (percent > 0 && percent < 0.005)
		snprintf(out, COUNT_TEXT_SIZE, "<.01%%");
	else if (percent < 1)
		snprintf(out, COUNT_TEXT_SIZE, "%.2f%%", percent);
	else if (percent < 99.95)
		snprintf(out, COUNT_TEXT_SIZE, "%.1f%%", percent);
	else
		snprintf(out, COUNT_TEXT_SIZE, "%.0f%%", percent);
	return out;
}

const char *plural(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

const char *span_text(int64_t ms, char out[TIME_TEXT_SIZE])
{
	const char *sign = ms < 0 ? "-" : "";
	int64_t seconds = (ms < 0 ? -ms : ms) / 1000;

	if (seconds < 3600)
		snprintf(out, TIME_TEXT_SIZE, "%s%02dm%02ds", sign, (int)(seconds / 60), (int)(seconds % 60));
	else if (seconds < 86400)
		snprintf(out, TIME_TEXT_SIZE, "%s%dh%02dm", sign, (int)(seconds / 3600), (int)(seconds / 60 % 60));
	else
		snprintf(out, TIME_TEXT_SIZE, "%s%lldd%02dh", sign, (long long)(seconds / 86400),
			(int)(seconds / 3600 % 24));
	return out;
}

void buf_wrap(struct buf *out, const char *text, int width)
{
	size_t room = width > 20 ? (size_t)width : 20;

	while (strlen(text) > room) {
		size_t end = room;

		while (end > 0 && text[end] != ' ')
			end--;
		end = end ? end : room;
		buf_add(out, text, end);
		buf_add_char(out, '\n');
		text += end + strspn(text + end, " ");
	}
	buf_add_text(out, text);
}
