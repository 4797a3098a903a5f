/* json_text: JSON as it stands in files. A strict lexer that finds where a value ends without building it, says
 * exactly where and why a text breaks, and remembers which containers were open there; and the parse into a jansson
 * tree that also takes what jansson refuses but logs contain (integers beyond 64 bits, lone surrogates, bytes that
 * are not UTF-8). */
#ifndef RARETRAIL_INGEST_JSON_TEXT_H
#define RARETRAIL_INGEST_JSON_TEXT_H

#include <jansson.h>

#include "raretrail/base.h"

/* The lexer follows this many open containers; a record may use RECORD_MAX_DEPTH of them (parts.h). */
#define JSON_TEXT_MAX_DEPTH 10000

enum json_fault { JSON_FAULT_NONE, JSON_FAULT_SYNTAX, JSON_FAULT_ENDS, JSON_FAULT_DEEP };

struct json_lexer {
	const char *open[JSON_TEXT_MAX_DEPTH]; /* where each container that is open began */
	size_t depth; /* of `open`, after a fault; 0 after success */
	size_t deepest; /* of the value lexed last */
	enum json_fault fault;
	const char *fault_at; /* the first byte that cannot be right */
	const char *fault_token; /* start of the string, number or word it belongs to or follows; else fault_at */
	const char *fault_text; /* what was expected, static */
	bool has_met_end; /* sticky: some text ended early; for readers of a part of a text */
};

/* `at` points at the first byte of a value. Returns the byte behind it, or NULL with the fault filled. */
const char *json_lex_value(struct json_lexer *lexer, const char *at, const char *end) MUST_USE;
/* The same for a string only; NULL when it is none. */
const char *json_lex_string(const char *at, const char *end) MUST_USE;
const char *json_skip_space(const char *at, const char *end);

/* Parses a text that json_lex_value accepted. Numbers beyond 64 bits become strings of their digits; what is not UTF-8
 * and surrogates without their other half become U+FFFD; U+0000 stays, except in keys (U+FFFD). NULL only when the
 * text is not one JSON value. */
json_t *json_parse_text(const char *text, size_t length) MUST_USE;
/* An object that is damaged inside: the members that can be read, at any depth. NULL when it is no object. For records
 * that the scanner took although a value that no field reads is not JSON. */
json_t *json_parse_damaged(const char *text, size_t length) MUST_USE;

#endif
