/* walk: the stream of JSON values that a file is. Whole values are walked container by container; where the text
 * breaks, the records that are still whole are found again (salvage), and only what lies between them is lost. */
#include "walk.h"

#include <stdio.h>

#include "unwrap.h"

#define MAX_LIST_NESTING 4

/* A member of an object known to be well-formed. `at` stands behind `{` or `,`; returns false at the end. */
struct member {
	const char *key;
	size_t key_length;
	const char *value, *behind;
};

static bool next_member(struct careful *careful, const char **at, const char *end, struct member *member)
{
	const char *key = json_skip_space(*at, end);
	if (key < end && *key == ',')
		key = json_skip_space(key + 1, end);
	const char *behind = json_lex_string(key, end);
	if (!behind)
		return false;
	member->key = key + 1;
	member->key_length = (size_t)(behind - key) - 2;
	member->value = json_skip_space(json_skip_space(behind, end) + 1, end);
	member->behind = json_lex_value(&careful->lexer, member->value, end);
	*at = member->behind;
	return member->behind != NULL;
}

static size_t walk_elements(struct careful *careful, const char *at, const char *end, int nesting, bool is_quiet)
{
	size_t count = 0;
	for (at = json_skip_space(at + 1, end); at < end && *at != ']';) {
		const char *behind = json_lex_value(&careful->lexer, at, end);
		if (!behind)
			break;
		count += walk_value(careful, at, behind, careful->lexer.deepest, nesting + 1, is_quiet);
		at = json_skip_space(behind, end);
		if (at < end && *at == ',')
			at = json_skip_space(at + 1, end);
	}
	return count;
}

/* Does the object keep its records in a list? Records themselves never do: a key of theirs ends the search. */
static bool find_list(struct careful *careful, const char *at, const char *end, struct member *list)
{
	struct member member;
	bool has_list = false;
	for (const char *next = at + 1; next_member(careful, &next, end, &member);) {
		if (unwrap_is_record_key(member.key, member.key_length))
			return false;
		bool is_container = *member.value == '[' || *member.value == '{';
		if (!has_list && is_container && unwrap_is_list_key(member.key, member.key_length)) {
			*list = member;
			has_list = true;
		}
	}
	return has_list;
}

/* A row of query results is an array of cells, objects of one or two members: it is read whole. */
static bool is_row(struct careful *careful, const char *at, const char *end)
{
	at = json_skip_space(at + 1, end);
	if (at == end || *at != '{')
		return false;
	size_t members = 0;
	struct member member;
	for (const char *next = at + 1; members < 3 && next_member(careful, &next, end, &member); members++) {
		if (*member.value != '"')
			return false;
	}
	return members == 1 || members == 2;
}

static void note_container(struct careful *careful, const char *name)
{
	if (!careful->container)
		careful->container = name;
}

static bool is_records(const struct member *list)
{
	return list->key_length == 7 && memcmp(list->key, "Records", 7) == 0;
}

size_t walk_value(struct careful *careful, const char *at, const char *end, size_t deepest, int nesting, bool is_quiet)
{
	struct member list;
	if (*at == '[' && nesting < MAX_LIST_NESTING && !(nesting > 0 && is_row(careful, at, end))) {
		note_container(careful, "array");
		return walk_elements(careful, at, end, nesting, is_quiet);
	}
	if (*at == '{' && nesting < MAX_LIST_NESTING && find_list(careful, at, end, &list)) {
		note_container(careful, is_records(&list) ? "records" : "list");
		if (*list.value == '[')
			return walk_elements(careful, list.value, list.behind, nesting, is_quiet);
		return walk_value(careful, list.value, list.behind, deepest, nesting + 1, is_quiet);
	}
	if (deepest > RECORD_MAX_DEPTH) {
		if (!is_quiet)
			careful_skip(careful, SKIP_TOO_DEEP, at, end, 1, NULL);
		return 0;
	}
	return careful_leaf(careful, at, end, is_quiet);
}

/* ---- the stream ---- */

/* Does the value have the shape that --input-format asks for? */
static bool is_asked(struct careful *careful, const char *at, const char *end)
{
	struct member list;
	switch (careful->format) {
	case INPUT_RECORDS: return *at == '{' && find_list(careful, at, end, &list) && is_records(&list);
	case INPUT_ARRAY: return *at == '[';
	case INPUT_NDJSON: return *at == '{';
	default: return true;
	}
}

static bool is_between(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == 0x1e;
}

/* Space, commas and byte order marks (of files put behind each other) part values. */
static const char *pass_between(const char *at, const char *end)
{
	for (;;) {
		if (at < end && is_between(*at))
			at++;
		else if (end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
			at += 3;
		else
			return at;
	}
}

/* The next byte where a value may begin: any `{`, and `[` at the start of a line. The window grows so that the far one
 * of the two is not sought again and again. */
static const char *next_start(const char *at, const char *end)
{
	for (size_t window = 64;; window *= 2) {
		const char *stop = (size_t)(end - at) > window ? at + window : end;
		const char *brace = memchr(at, '{', (size_t)(stop - at));
		const char *before = brace ? brace : stop;
		for (const char *from = at + 1; from < before; from++) {
			from = memchr(from, '[', (size_t)(before - from));
			if (!from)
				break;
			if (from[-1] == '\n')
				return from;
		}
		if (before < stop || stop == end)
			return before;
	}
}

/* A time, a host, a priority before a record on its line: what log shippers put there. */
static bool is_line_prefix(const char *at, const char *end)
{
	if (at == end || !((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || *at == '<'))
		return false;
	if (end[-1] != ' ' && end[-1] != '\t')
		return false;
	return !memchr(at, '\n', (size_t)(end - at)) && !memchr(at, '"', (size_t)(end - at));
}

static void take_value(struct careful *careful, const char *at, const char *behind)
{
	size_t deepest = careful->lexer.deepest;
	if (is_asked(careful, at, behind))
		walk_value(careful, at, behind, deepest, 0, false);
	else
		careful_skip(careful, SKIP_NOT_CLOUDTRAIL, at, behind, 1, "not the --input-format asked for");
}

static size_t count_zeros(const char *at, const char *end)
{
	const char *from = at;
	while (at < end && *at == 0)
		at++;
	return (size_t)(at - from);
}

/* Text that begins no value. Returns where the stream goes on. */
static const char *pass_text(struct careful *careful, const char *at, const char *end)
{
	const char *start = next_start(at, end);
	const char *line = start;
	while (line > at && line[-1] != '\n')
		line--;
	bool is_blank = start > at && count_zeros(at, start) == (size_t)(start - at);
	const char *text = is_blank ? "NUL bytes" : "a value expected";
	careful->lost_text = text;
	careful->lost_is_cut = careful->lost_is_deep = false;
	careful->is_prefixed = start < end && is_line_prefix(line, start);
	if (!careful->is_prefixed)
		line = start;
	if (line > at)
		walk_note_fault(careful, at, text, false);
	walk_lost(careful, at, line);
	return start;
}

/* What a broken container was meant to be. */
static void note_broken_container(struct careful *careful, const char *at, const char *end)
{
	const char *key = json_skip_space(at + 1, end);
	const char *behind = *at == '{' ? json_lex_string(key, end) : NULL;
	if (*at == '[')
		note_container(careful, "array");
	else if (behind && behind - key == 9 && memcmp(key, "\"Records\"", 9) == 0)
		note_container(careful, "records");
}

void walk_begin(struct careful *careful)
{
	careful->fault_at = NULL;
	careful->is_damage_reported = false;
	careful->values = 0;
	careful->is_prefixed = false;
}

const char *walk_step(struct careful *careful, const char *at, const char *end)
{
	at = pass_between(at, end);
	if (at == end)
		return end;
	const char *behind = json_lex_value(&careful->lexer, at, end);
	bool is_container = *at == '{' || *at == '[';
	if (behind && (is_container || behind == end || is_between(*behind))) {
		take_value(careful, at, behind);
		careful->is_prefixed = false;
		careful->values++;
		return behind;
	}
	if (!is_container)
		return pass_text(careful, at, end);
	note_broken_container(careful, at, end);
	careful->values++;
	return walk_salvage(careful, at, end);
}

void walk_finish(struct careful *careful)
{
	if (!careful->container)
		careful->container = careful->values > 1 ? "ndjson" : "object";
	if (careful->fault_at && !careful->is_damage_reported) {
		char detail[120];
		snprintf(detail, sizeof detail, "%s%s", careful->fault_text,
			careful->events ? "; every record around it was read" : "");
		careful_skip(careful, careful->is_cut ? SKIP_TRUNCATED_JSON : SKIP_BAD_JSON, careful->fault_at,
			careful->fault_at, 1, detail);
	}
}

void walk_stream(struct careful *careful, const char *at, const char *end)
{
	walk_begin(careful);
	while (at < end && !(careful->is_probe && careful->events))
		at = walk_step(careful, at, end);
	walk_finish(careful);
}
