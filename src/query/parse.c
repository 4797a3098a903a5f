/* parse: KQL text to a tree. Recursive descent; every error points at a byte of the text. */
#include "node.h"

#include <stdlib.h>

struct parser {
	const char *text;
	size_t length, at;
	int64_t now;
	unsigned depth, terms;
	struct err *err;
};

static struct node *parse_or(struct parser *parser);

static struct node *fail(struct parser *parser, size_t column, const char *text)
{
	err_set(parser->err, ERR_USAGE, "%s", text);
	if (parser->err)
		parser->err->offset = column;
	return NULL;
}

void node_free(struct node *node)
{
	while (node) {
		struct node *right = node->right;
		node_free(node->left);
		free(node->term.text);
		free(node);
		node = right;
	}
}

static struct node *combine(enum node_kind kind, struct node *left, struct node *right)
{
	struct node *node = xcalloc(1, sizeof *node);
	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

/* ---- words ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct parser *parser)
{
	while (parser->at < parser->length && is_space(parser->text[parser->at]))
		parser->at++;
}

static bool at_char(struct parser *parser, char c)
{
	skip_space(parser);
	return parser->at < parser->length && parser->text[parser->at] == c;
}

/* Length of the word at the cursor. A value may hold `:`, `<`, `>` and `=`, a field name ends there. */
static size_t word_length(const struct parser *parser, bool is_value)
{
	size_t at = parser->at;
	while (at < parser->length) {
		char c = parser->text[at];
		if (is_space(c) || c == '(' || c == ')' || c == '"')
			break;
		if (!is_value && (c == ':' || c == '<' || c == '>'))
			break;
		at += c == '\\' && at + 1 < parser->length ? 2 : 1;
	}
	return at - parser->at;
}

static bool is_keyword(struct parser *parser, const char *keyword)
{
	skip_space(parser);
	size_t length = word_length(parser, false), wanted = strlen(keyword);
	char after = parser->at + length < parser->length ? parser->text[parser->at + length] : ' ';
	if (length != wanted || after == ':')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((parser->text[parser->at + i] | 0x20) != keyword[i])
			return false;
	return true;
}

static bool take_keyword(struct parser *parser, const char *keyword)
{
	if (!is_keyword(parser, keyword))
		return false;
	parser->at += strlen(keyword);
	return true;
}

/* A word or a quoted text; NULL error left to the caller when there is none. */
static bool take_value(struct parser *parser, bool is_bare, struct raw_value *out)
{
	if (is_keyword(parser, "or") || is_keyword(parser, "and") || (!is_bare && is_keyword(parser, "not"))) {
		fail(parser, parser->at, "expected a value; quote the word if it is meant as one");
		return false;
	}
	*out = (struct raw_value){.text = parser->text + parser->at, .column = parser->at};
	if (!at_char(parser, '"')) {
		out->length = word_length(parser, !is_bare);
		parser->at += out->length;
		if (out->length == 0)
			fail(parser, out->column, "expected a value");
		return out->length > 0;
	}
	out->text++;
	out->is_quoted = true;
	for (size_t at = parser->at + 1; at < parser->length; at++) {
		if (parser->text[at] == '\\')
			at++;
		else if (parser->text[at] == '"') {
			out->length = at - parser->at - 1;
			parser->at = at + 1;
			return true;
		}
	}
	fail(parser, out->column, "this quote is never closed");
	return false;
}

/* ---- terms ---- */

struct field_name {
	enum target target;
	enum event_field field;
	const char *constant;
};

static const struct {
	const char *name;
	enum target target;
	const char *constant;
} special_fields[] = {{"@timestamp", TARGET_TIMESTAMP, NULL}, {"time", TARGET_TIMESTAMP, NULL},
	{"event.ingested", TARGET_INGESTED, NULL}, {"event.dataset", TARGET_CONSTANT, "aws.cloudtrail"},
	{"event.module", TARGET_CONSTANT, "aws"}};

static bool find_field(struct slice name, struct field_name *out)
{
	*out = (struct field_name){TARGET_FIELD, event_field_find(name), NULL};
	if (out->field != FIELD_COUNT)
		return true;
	for (size_t i = 0; i < COUNT_OF(special_fields); i++)
		if (slice_equals(name, slice_of(special_fields[i].name))) {
			out->target = special_fields[i].target;
			out->constant = special_fields[i].constant;
			return true;
		}
	return false;
}

static struct node *unknown_field(struct parser *parser, size_t column, struct slice name)
{
	const char *known[2 * FIELD_COUNT + COUNT_OF(special_fields)];
	size_t count = 0;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		known[count++] = event_fields[i].name;
		known[count++] = event_fields[i].alias;
	}
	for (size_t i = 0; i < COUNT_OF(special_fields); i++)
		known[count++] = special_fields[i].name;
	char *word = xasprintf("%.*s", (int)(name.length < 1000 ? name.length : 1000), name.data);
	const char *nearest = text_nearest(word, known, count);
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(word), TEXT_TERMINAL);
	err_set(parser->err, ERR_USAGE, "unknown field \"%s\"%s%s; a value with a colon needs quotes",
		shown.length ? shown.data : "", nearest ? ", the nearest known one is " : "", nearest ? nearest : "");
	if (parser->err)
		parser->err->offset = column;
	buf_free(&shown);
	free(word);
	return NULL;
}

static struct node *make_term(
	struct parser *parser, const struct field_name *name, enum comparison op, const struct raw_value *value)
{
	if (++parser->terms > QUERY_MAX_TERMS)
		return fail(parser, value->column, "too many terms");
	struct node *node = combine(NODE_TERM, NULL, NULL);
	node->term.target = name->target;
	node->term.field = name->field;
	node->term.op = op;
	if (term_resolve(&node->term, name->constant, value, parser->now, parser->err) == 0)
		return node;
	node_free(node);
	return NULL;
}

static bool enter(struct parser *parser)
{
	if (++parser->depth <= QUERY_MAX_DEPTH)
		return true;
	fail(parser, parser->at, "nested too deeply");
	return false;
}

/* `field: (a or b and not c)` */
static struct node *parse_values(struct parser *parser, const struct field_name *name, unsigned level);

static struct node *parse_one_value(struct parser *parser, const struct field_name *name)
{
	if (!enter(parser))
		return NULL;
	struct node *node = NULL;
	struct raw_value value;
	if (take_keyword(parser, "not")) {
		struct node *inner = parse_one_value(parser, name);
		node = inner ? combine(NODE_NOT, inner, NULL) : NULL;
	} else if (at_char(parser, '(')) {
		size_t open = parser->at++;
		node = parse_values(parser, name, 0);
		if (node && !at_char(parser, ')')) {
			node_free(node);
			node = fail(parser, parser->at < parser->length ? parser->at : open,
				parser->at < parser->length
					? "expected `or`, `and` or `)`; a value with a blank needs quotes"
					: "this parenthesis is never closed");
		} else if (node) {
			parser->at++;
		}
	} else if (take_value(parser, false, &value)) {
		node = make_term(parser, name, COMPARE_IS, &value);
	}
	parser->depth--;
	return node;
}

/* Level 0: or, level 1: and. */
static struct node *parse_values(struct parser *parser, const struct field_name *name, unsigned level)
{
	struct node *left = level == 0 ? parse_values(parser, name, 1) : parse_one_value(parser, name);
	while (left && take_keyword(parser, level == 0 ? "or" : "and")) {
		struct node *right = level == 0 ? parse_values(parser, name, 1) : parse_one_value(parser, name);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = combine(level == 0 ? NODE_OR : NODE_AND, left, right);
	}
	return left;
}

static bool take_range(struct parser *parser, enum comparison *op)
{
	bool is_less = at_char(parser, '<');
	if (!is_less && !at_char(parser, '>'))
		return false;
	parser->at++;
	bool has_equal = parser->at < parser->length && parser->text[parser->at] == '=';
	parser->at += has_equal;
	*op = is_less ? (has_equal ? COMPARE_LESS_EQUAL : COMPARE_LESS)
		      : (has_equal ? COMPARE_GREATER_EQUAL : COMPARE_GREATER);
	return true;
}

/* A bare value that reads like another language's comparison. */
static bool looks_like_equals(const struct raw_value *value)
{
	const char *equals = value->is_quoted ? NULL : memchr(value->text, '=', value->length);
	struct field_name name;
	if (!equals)
		return false;
	size_t length = (size_t)(equals - value->text);
	if (length > 0 && value->text[length - 1] == '!')
		length--;
	return find_field((struct slice){value->text, length}, &name);
}

static struct node *parse_term(struct parser *parser)
{
	struct raw_value value;
	enum comparison op;
	if (!take_value(parser, true, &value))
		return NULL;
	bool has_colon = at_char(parser, ':');
	if (!has_colon && !take_range(parser, &op)) {
		if (looks_like_equals(&value))
			return fail(parser, value.column, "write `field: value`, or `not field: value`");
		return make_term(parser, &(struct field_name){TARGET_ANY, FIELD_COUNT, NULL}, COMPARE_IS, &value);
	}
	struct field_name name;
	if (!find_field((struct slice){value.text, value.length}, &name))
		return unknown_field(parser, value.column, (struct slice){value.text, value.length});
	if (!has_colon)
		return take_value(parser, false, &value) ? make_term(parser, &name, op, &value) : NULL;
	parser->at++;
	skip_space(parser);
	if (at_char(parser, '('))
		return parse_one_value(parser, &name);
	return take_value(parser, false, &value) ? make_term(parser, &name, COMPARE_IS, &value) : NULL;
}

/* ---- the whole ---- */

static struct node *parse_not(struct parser *parser)
{
	if (!enter(parser))
		return NULL;
	struct node *node;
	if (take_keyword(parser, "not")) {
		struct node *inner = parse_not(parser);
		node = inner ? combine(NODE_NOT, inner, NULL) : NULL;
	} else if (at_char(parser, '(')) {
		size_t open = parser->at++;
		node = parse_or(parser);
		if (node && !at_char(parser, ')')) {
			node_free(node);
			node = fail(parser, parser->at < parser->length ? parser->at : open,
				parser->at < parser->length ? "expected `and`, `or` or `)`"
							    : "this parenthesis is never closed");
		} else if (node) {
			parser->at++;
		}
	} else if (is_keyword(parser, "and") || is_keyword(parser, "or")) {
		node = fail(parser, parser->at, "expected a field or a value before this");
	} else if (parser->at == parser->length) {
		node = fail(parser, parser->at, "expected a field or a value at the end");
	} else {
		node = parse_term(parser);
	}
	parser->depth--;
	return node;
}

static struct node *parse_and(struct parser *parser)
{
	struct node *left = parse_not(parser);
	while (left && take_keyword(parser, "and")) {
		struct node *right = parse_not(parser);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = combine(NODE_AND, left, right);
	}
	return left;
}

static struct node *parse_or(struct parser *parser)
{
	struct node *left = parse_and(parser);
	while (left && take_keyword(parser, "or")) {
		struct node *right = parse_and(parser);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = combine(NODE_OR, left, right);
	}
	return left;
}

struct query *query_parse(const char *text, int64_t now, struct err *err)
{
	struct parser parser = {.text = text, .length = strlen(text), .now = now, .err = err};
	struct node *root = NULL;
	skip_space(&parser);
	if (parser.at < parser.length) {
		root = parse_or(&parser);
		if (!root)
			return NULL;
		skip_space(&parser);
		if (parser.at < parser.length) {
			node_free(root);
			fail(&parser, parser.at,
				parser.text[parser.at] == ')' ? "this parenthesis was never opened"
							      : "expected `and` or `or` before this; a value "
								"with a blank needs quotes");
			return NULL;
		}
	}
	struct query *query = xcalloc(1, sizeof *query);
	query->root = root;
	return query;
}

void query_free(struct query *query)
{
	if (!query)
		return;
	node_free(query->root);
	free(query);
}
