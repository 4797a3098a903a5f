/* node: a parsed query. Terms are resolved as far as that is possible without a store: kinds of values, CIDR blocks,
 * times; what they match is decided per dimension entry by the plan. */
#ifndef RARETRAIL_QUERY_NODE_H
#define RARETRAIL_QUERY_NODE_H

#include "raretrail/query.h"

#define QUERY_MAX_DEPTH 100
#define QUERY_MAX_TERMS 4096

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TERM };
enum comparison { COMPARE_IS, COMPARE_LESS, COMPARE_LESS_EQUAL, COMPARE_GREATER, COMPARE_GREATER_EQUAL };

/* What a term looks at, besides the fields of the store. */
enum target {
	TARGET_FIELD,
	TARGET_ANY, /* a bare value: every field */
	TARGET_TIMESTAMP, /* @timestamp */
	TARGET_INGESTED, /* event.ingested */
	TARGET_CONSTANT /* event.dataset, event.module: the same for every event */
};

enum value_kind {
	VALUE_EXISTS, /* * */
	VALUE_LITERAL, /* text, byte by byte */
	VALUE_PATTERN, /* text with wildcards, escapes kept */
	VALUE_CIDR, /* and what it says as a literal, for source.address */
	VALUE_IP,
	VALUE_NUMBER,
	VALUE_TIME /* [time, time + precision) */
};

struct term {
	enum target target;
	enum event_field field;
	enum comparison op;
	enum value_kind kind;
	char *text;
	size_t length;
	struct cidr cidr;
	double number;
	int64_t time, precision;
	bool holds; /* TARGET_CONSTANT: decided while parsing */
};

struct node {
	enum node_kind kind;
	struct node *left, *right; /* NOT: left only */
	struct term term;
};

struct query {
	struct node *root; /* NULL: everything matches */
};

/* A value as the lexer found it. */
struct raw_value {
	const char *text; /* in the query, quotes left out */
	size_t length;
	size_t column;
	bool is_quoted;
};

/* Fills the term from `target: value`; -1 with the column when the value cannot be meant. */
int term_resolve(
	struct term *term, const char *constant, const struct raw_value *value, int64_t now, struct err *err) MUST_USE;
void node_free(struct node *node);

#endif
