/* json_damaged: an object with damage inside, read member by member. What is no JSON is passed over by its brackets and
 * quotes alone, which is how the scanner found the record's end. */
#include <stdlib.h>

#include "json_text.h"

#define MAX_DEPTH 256

/* The closing quote of a string that may hold anything but one. */
static const char *pass_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\' && at + 1 < end;
	return at < end ? at + 1 : end;
}

/* To the comma or bracket that ends the member. */
static const char *pass_member(const char *at, const char *end)
{
	for (size_t depth = 0; at < end;) {
		if (*at == '"') {
			at = pass_string(at, end);
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == '}' || *at == ']'))
			return at;
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
	}
	return end;
}

static bool ends_member(const char *at, const char *end)
{
	at = json_skip_space(at, end);
	return at == end || *at == ',' || *at == '}';
}

/* `*at` stands on `{`, and behind the object's end when it is read. */
static json_t *read_object(struct json_lexer *lexer, const char **at, const char *end, int depth)
{
	json_t *object = json_object();
	const char *next = *at + 1;
	while ((next = json_skip_space(next, end)) < end && *next != '}') {
		const char *key = next, *behind = json_lex_string(key, end);
		const char *colon = behind ? json_skip_space(behind, end) : end;
		if (!behind || colon == end || *colon != ':') {
			next = pass_member(next, end);
		} else {
			const char *value = json_skip_space(colon + 1, end);
			json_t *name = json_parse_text(key, (size_t)(behind - key)), *member = NULL;
			next = value < end ? json_lex_value(lexer, value, end) : NULL;
			if (next && ends_member(next, end)) {
				member = json_parse_text(value, (size_t)(next - value));
			} else if (value < end && *value == '{' && depth < MAX_DEPTH) {
				next = value;
				member = read_object(lexer, &next, end, depth + 1);
				next = pass_member(next, end);
			} else {
				next = pass_member(value, end);
			}
			if (member && json_is_string(name))
				json_object_setn_nocheck(
					object, json_string_value(name), json_string_length(name), member);
			json_decref(member);
			json_decref(name);
		}
		if (next < end && (*next == ',' || *next == ']'))
			next++;
	}
	*at = next < end ? next + 1 : end;
	return object;
}

json_t *json_parse_damaged(const char *text, size_t length)
{
	const char *end = text + length, *at = json_skip_space(text, end);
	if (at == end || *at != '{')
		return NULL;
	struct json_lexer *lexer = xmalloc(sizeof *lexer);
	json_t *object = read_object(lexer, &at, end, 0);
	free(lexer);
	return object;
}
