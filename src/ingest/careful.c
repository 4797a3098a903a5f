/* careful: the reader that takes any accepted shape and any damage. It decides what a file is by its first bytes and
 * turns each record into an event. */
#include <stdlib.h>

#include "content.h"
#include "map.h"
#include "unwrap.h"
#include "walk.h"

struct careful *careful_new(enum input_format format, enum ecs_compat compat)
{
	struct careful *careful = xcalloc(1, sizeof *careful);
	careful->format = format;
	careful->compat = compat;
	arena_init(&careful->arena);
	return careful;
}

void careful_free(struct careful *careful)
{
	if (!careful)
		return;
	arena_free(&careful->arena);
	free(careful);
}

void careful_skip(struct careful *careful, enum skip_reason reason, const char *at, const char *end, uint64_t count,
	const char *detail)
{
	if (careful->is_probe)
		return;
	uint64_t offset = careful->offset + (uint64_t)(at - careful->data);
	careful->sink->skip(careful->sink->context, reason, offset, (uint64_t)(end - at), count, detail);
}

static void note_wrapping(struct careful *careful, const char *wrapping)
{
	if (!wrapping || careful->is_table)
		return;
	if (!careful->wrapping)
		careful->wrapping = wrapping;
	else if (strcmp(careful->wrapping, wrapping) != 0)
		careful->wrapping = "several wrappings";
}

static void skip_untimed(struct careful *careful, const struct mapping *mapping)
{
	const char *end = careful->leaf + careful->leaf_length;
	if (!mapping->bad_time.data) {
		careful_skip(careful, SKIP_NO_TIME, careful->leaf, end, 1, NULL);
		return;
	}
	struct buf text = BUF_EMPTY;
	buf_add_char(&text, '"');
	buf_add(&text, mapping->bad_time.data, mapping->bad_time.length < 60 ? mapping->bad_time.length : 60);
	buf_add_char(&text, '"');
	careful_skip(careful, SKIP_BAD_TIME, careful->leaf, end, 1, text.data);
	buf_free(&text);
}

/* The record's own content, without its envelope: the same record in a message of CloudWatch, in an event of EventBridge
 * and in an object of S3 is one. Inside an envelope that is JSON it is written as CloudTrail writes it, without space. */
static uint64_t content_of(const struct careful *careful, const struct found *found)
{
	if (found->text.data)
		return content_hash(found->text.data, found->text.length);
	bool is_bare = found->record == careful->root && !careful->is_table;
	char *text = is_bare ? NULL : json_dumps(found->record, JSON_COMPACT);
	uint64_t content = text ? content_hash(text, strlen(text)) : content_hash(careful->leaf, careful->leaf_length);
	free(text);
	return content;
}

static void take(void *context, const struct found *found)
{
	struct careful *careful = context;
	careful->events++;
	note_wrapping(careful, found->wrapping);
	if (careful->is_probe)
		return;
	const char *end = careful->leaf + careful->leaf_length;
	if (found->shape == SHAPE_DIGEST || found->shape == SHAPE_INSIGHT) {
		bool is_digest = found->shape == SHAPE_DIGEST;
		note_wrapping(careful, is_digest ? "digest" : NULL);
		careful_skip(careful, is_digest ? SKIP_DIGEST : SKIP_INSIGHT, careful->leaf, end, 1, NULL);
		return;
	}
	struct mapping mapping;
	if (found->shape == SHAPE_ECS)
		map_ecs(found->record, &careful->arena, &mapping);
	else
		map_cloudtrail(found->record, found->around, careful->compat, &careful->arena, &mapping);
	if (mapping.timestamp == TIME_NONE) {
		skip_untimed(careful, &mapping);
		return;
	}
	struct event event = {0};
	mapping_to_event(&mapping, &event);
	event.offset = careful->offset + (uint64_t)(careful->leaf - careful->data);
	event.length = (uint32_t)careful->leaf_length;
	event.content = content_of(careful, found);
	careful->sink->event(careful->sink->context, &event);
}

size_t careful_value(struct careful *careful, const json_t *value, const char *at, const char *end, bool is_quiet)
{
	careful->leaf = at;
	careful->leaf_length = (size_t)(end - at);
	careful->root = value;
	struct unwrap_reason why = {SKIP_NOT_CLOUDTRAIL, "", 0};
	bool is_export = careful->format == INPUT_CLOUDWATCH && careful->is_prefixed;
	size_t count = unwrap_value(value, is_export ? INPUT_AUTO : careful->format, take, careful, &why);
	arena_reset(&careful->arena);
	if (is_quiet || why.reason == SKIP_REASON_COUNT)
		return count;
	if (count == 0)
		careful_skip(careful, why.reason, at, end, 1, why.text);
	else if (why.refused) /* their bytes stand inside the extent of events */
		careful_skip(careful, why.reason, at, at, why.refused, why.text);
	return count;
}

size_t careful_leaf(struct careful *careful, const char *at, const char *end, bool is_quiet)
{
	if ((size_t)(end - at) > RECORD_MAX_BYTES) {
		careful_skip(careful, SKIP_TOO_LONG, at, end, 1, NULL);
		return 0;
	}
	json_t *value = json_parse_text(at, (size_t)(end - at));
	if (!value) {
		if (!is_quiet)
			careful_skip(careful, SKIP_BAD_JSON, at, end, 1, "invalid JSON");
		return 0;
	}
	size_t count = careful_value(careful, value, at, end, is_quiet);
	json_decref(value);
	return count;
}

/* ---- what a file is ---- */

/* So much of a file tells whether it is text. */
#define LOOK_SIZE 4096

/* UTF-16 or UTF-32, by its mark or by the zero bytes of its first characters. */
static const char *wide_text(const char *data, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)data;
	if (length >= 4 && memcmp(bytes, "\xff\xfe\0\0", 4) == 0)
		return "UTF-32";
	if (length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
		return "UTF-16";
	size_t look = length < 64 ? length & ~(size_t)1 : 64, even = 0, odd = 0;
	for (size_t i = 0; i < look; i++) {
		if (bytes[i] == 0)
			*(i % 2 ? &odd : &even) += 1;
	}
	return look >= 8 && ((even == 0 && odd >= look / 2 - 2) || (odd == 0 && even >= look / 2 - 2)) ? "UTF-16"
												       : NULL;
}

static bool is_text(const char *data, size_t length)
{
	size_t strange = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];
		strange += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b && c != 0x1e;
	}
	return strange * 20 <= length;
}

/* Formats that have no CloudTrail records in text form, by their first bytes. */
static const char *foreign_format(const char *data, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *name;
	} known[] = {
		{"\x1f\x8b", 2, "compressed twice, unpack it once"},
		{"\x28\xb5\x2f\xfd", 4, "compressed twice, unpack it once"},
		{"\x89PNG", 4, "PNG image"},
		{"\xff\xd8\xff", 3, "JPEG image"},
		{"GIF8", 4, "GIF image"},
		{"%PDF", 4, "PDF document"},
		{"\x7f"
		 "ELF",
			4, "program"},
		{"MZ", 2, "program"},
		{"PAR1", 4, "Parquet file, export it as JSON or CSV"},
		{"Obj\x01", 4, "Avro file, export it as JSON or CSV"},
		{"ORC", 3, "ORC file, export it as JSON or CSV"},
		{"SQLite format 3", 15, "SQLite database"},
		{"\xab\xcd\xefMaxMind.com", 14, "MaxMind database"},
		{"\x00\x05\x16\x07", 4, "resource fork of macOS"},
		{"\x00\x00\x00\x01"
		 "Bud1",
			8, "folder settings of macOS"},
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (length >= known[i].length && memcmp(data, known[i].magic, known[i].length) == 0)
			return known[i].name;
	}
	return NULL;
}

/* Text that begins like neither JSON nor a known table may still carry records line by line (a prefix before each). */
static bool holds_records(struct careful *careful, const char *at, const char *end)
{
	careful->is_probe = true;
	walk_stream(careful, at, end);
	bool holds = careful->events > 0;
	careful->is_probe = false;
	careful->events = 0;
	careful->container = careful->wrapping = NULL;
	return holds;
}

static const char *whole_file(
	struct careful *careful, enum skip_reason reason, const char *end, const char *detail, const char *wrapping)
{
	careful_skip(careful, reason, careful->data, end, 1, detail);
	return wrapping;
}

const char *careful_file(
	struct careful *careful, const char *data, size_t length, uint64_t offset, const struct sink *sink)
{
	careful->sink = sink;
	careful->data = data;
	careful->offset = offset;
	careful->events = 0;
	careful->container = careful->wrapping = NULL;
	careful->is_probe = false;
	const char *at = data, *end = data + length;
	if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	const char *first = json_skip_space(at, end);
	if (first == end)
		return whole_file(careful, SKIP_EMPTY_FILE, end, NULL, "empty");
	const char *wide = wide_text(at, (size_t)(end - at));
	if (wide)
		return whole_file(careful, SKIP_UTF16, end, wide, wide);
	careful->is_table = false;
	if (careful->format == INPUT_CSV || (careful->format == INPUT_AUTO && csv_recognise(at, end))) {
		csv_walk(careful, at, end);
		return careful->wrapping ? careful->wrapping : "csv";
	}
	bool is_json = *first == '{' || *first == '[' || *first == '"';
	if (!is_json && careful->format == INPUT_AUTO) {
		const char *foreign = foreign_format(at, (size_t)(end - at));
		if (foreign)
			return whole_file(careful, SKIP_OTHER_FILE, end, foreign, foreign);
		if (!holds_records(careful, at, end)) {
			bool is_readable = is_text(at, end - at < LOOK_SIZE ? (size_t)(end - at) : LOOK_SIZE);
			return whole_file(careful, is_readable ? SKIP_OTHER_FILE : SKIP_BINARY, end,
				is_readable ? "text, but neither JSON nor a CloudTrail table" : NULL,
				is_readable ? "text" : "binary");
		}
	}
	walk_stream(careful, at, end);
	if (careful->wrapping)
		return careful->wrapping;
	return careful->container ? careful->container : "json";
}

bool careful_is_hopeless(struct careful *careful, const char *data, size_t length)
{
	const char *end = data + length, *first = json_skip_space(data, end);
	careful->data = data;
	if (wide_text(data, length))
		return true;
	if (first == end || memchr("{[\"\xef", *first, 4) || careful->format != INPUT_AUTO || csv_recognise(data, end))
		return false;
	return foreign_format(data, length) || (!is_text(data, length) && !holds_records(careful, data, end));
}
