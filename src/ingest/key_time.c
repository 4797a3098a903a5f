/* key_time: which times an S3 object can hold, read from its key. CloudTrail names a log file by the minute it was
 * delivered (…_20230710T1145Z_…) under folders of its day (…/2023/07/10/…).
 *
 * The margin: an object is closed within about 15 minutes of the calls in it, but events that arrive late (a service or
 * a region that was behind) are delivered in later objects, hours after they happened, and the name's clock is rounded
 * up. An object is therefore taken to hold events from 24 hours before its time to 1 hour after it. A day's folder
 * covers its whole day with the same margins. Too wide a span only costs the opening of a file. */
#include "files.h"

#define EARLIER (24 * HOUR_MS)
#define LATER (1 * HOUR_MS)

static bool digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

/* _YYYYMMDDTHHMMZ_ in the file's name. */
static bool name_time(const char *name, int64_t *time)
{
	for (const char *at = name; (at = strchr(at, '_')); at++) {
		const char *stamp = at + 1;
		if (strlen(stamp) < 15 || !digits(stamp, 8) || stamp[8] != 'T' || !digits(stamp + 9, 4) ||
			stamp[13] != 'Z' || stamp[14] != '_')
			continue;
		char text[20] = {stamp[0], stamp[1], stamp[2], stamp[3], '-', stamp[4], stamp[5], '-', stamp[6],
			stamp[7], 'T', stamp[9], stamp[10], ':', stamp[11], stamp[12], ':', '0', '0'};
		text[19] = 0;
		if (time_parse_iso((struct slice){text, 19}, time))
			return true;
	}
	return false;
}

/* /CloudTrail/<region>/YYYY/MM/DD/ in the path. */
static bool folder_day(const char *path, int64_t *day)
{
	const char *at = strstr(path, "/CloudTrail/");
	for (; at && (at = strchr(at, '/')); at++) {
		const char *date = at + 1;
		if (strlen(date) < 11 || !digits(date, 4) || date[4] != '/' || !digits(date + 5, 2) || date[7] != '/' ||
			!digits(date + 8, 2) || date[10] != '/')
			continue;
		char text[11] = {date[0], date[1], date[2], date[3], '-', date[5], date[6], '-', date[8], date[9], 0};
		if (time_parse_iso((struct slice){text, 10}, day))
			return true;
	}
	return false;
}

bool key_time_span(const char *path, int64_t *first, int64_t *last)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int64_t time;
	if (strstr(name, "_CloudTrail") && name_time(name, &time)) {
		*first = time - EARLIER;
		*last = time + LATER;
		return true;
	}
	if (folder_day(path, &time)) {
		*first = time - EARLIER;
		*last = time + DAY_MS + LATER;
		return true;
	}
	return false;
}
