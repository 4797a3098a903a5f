/* json: a streaming JSON writer. Numbers are the shortest text that reads back as the same double, whatever the
 * locale; text keeps its exact value, but what a terminal could obey or hide (C1 controls, bidi, zero-width) stands
 * there as \u escapes, so that output shown in a terminal is as safe as the table. Bytes that are not UTF-8 become
 * U+FFFD: invalid JSON cannot leave the program. */
#ifndef RARETRAIL_REPORT_JSON_H
#define RARETRAIL_REPORT_JSON_H

#include <stdio.h>

#include <jansson.h>

#include "raretrail/base.h"

#define JSON_MAX_DEPTH 512

struct json {
	FILE *file;
	bool is_pretty; /* one member a line, two blanks a level */
	unsigned depth;
	bool has_items[JSON_MAX_DEPTH];
	bool is_inline[JSON_MAX_DEPTH]; /* stays on its line, with all that is in it */
};

void json_init(struct json *json, FILE *file, bool is_pretty);
/* `name` is the member's name inside an object, NULL inside an array and at the top. */
void json_open(struct json *json, const char *name, char bracket); /* '{', '['; '<', '(' for such on one line */
void json_close(struct json *json, char bracket); /* '}' or ']' */
void json_put_text(struct json *json, const char *name, struct slice value); /* absent: null */
void json_put_number(struct json *json, const char *name, double value); /* NAN: null */
void json_put_whole(struct json *json, const char *name, uint64_t value);
void json_put_bool(struct json *json, const char *name, bool value);
void json_put_time(struct json *json, const char *name, int64_t value); /* TIME_NONE: null */
void json_put_none(struct json *json, const char *name);
void json_put_value(
	struct json *json, const char *name, const json_t *value); /* a whole tree, members in their order */
void json_end_line(struct json *json);

#endif
