/* value: what a word or a quoted text means for the field it is compared with. */
#include "node.h"

#include <ctype.h>
#include <strings.h>

static int refuse(const struct raw_value *value, struct err *err, const char *why)
{
	struct buf shown = BUF_EMPTY;
	text_show(&shown, (struct slice){value->text, value->length}, TEXT_TERMINAL);
	err_set(err, ERR_USAGE, "\"%s\" %s", shown.length ? shown.data : "", why);
	if (err)
		err->offset = value->column;
	buf_free(&shown);
	return -1;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Up to `digits` hexadecimal digits at text; -1 when there are fewer. */
static int64_t hex_number(const char *text, size_t length, size_t digits)
{
	int64_t value = 0;
	if (length < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		if (hex(text[i]) < 0)
			return -1;
		value = value * 16 + hex(text[i]);
	}
	return value;
}

/* Takes the escapes out. In quotes these are \" \\ \n \t \r \uXXXX and, for bytes that are not UTF-8, \xNN; any other
 * backslash there is one, as in Kibana. */
static void unescape(struct buf *out, const struct raw_value *value)
{
	buf_reserve(out, value->length + 1);
	for (size_t i = 0; i < value->length; i++) {
		char c = value->text[i];
		if (c != '\\' || i + 1 == value->length) {
			buf_add_char(out, c);
			continue;
		}
		c = value->text[++i];
		const char *rest = value->text + i + 1;
		size_t left = value->length - i - 1;
		if (value->is_quoted && (c == 'n' || c == 't' || c == 'r')) {
			buf_add_char(out, c == 'n' ? '\n' : c == 't' ? '\t' : '\r');
		} else if (value->is_quoted && c == 'u' && hex_number(rest, left, 4) >= 0) {
			char bytes[4];
			buf_add(out, bytes, utf8_encode((uint32_t)hex_number(rest, left, 4), bytes));
			i += 4;
		} else if (value->is_quoted && c == 'x' && hex_number(rest, left, 2) >= 0) {
			buf_add_char(out, (char)hex_number(rest, left, 2));
			i += 2;
		} else {
			if (value->is_quoted && c != '"' && c != '\\')
				buf_add_char(out, '\\');
			buf_add_char(out, c);
		}
	}
}

/* A letter needs no escape, except those of and, or and not: DOMAIN\alice is a slip that would find nothing. */
static bool has_idle_backslash(const struct raw_value *value)
{
	static const char *const keywords[] = {"and", "or", "not"};
	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		if (value->length == strlen(keywords[i]) + 1 && value->text[0] == '\\' &&
			strncasecmp(value->text + 1, keywords[i], value->length - 1) == 0)
			return false;
	for (size_t i = 0; i + 1 < value->length; i++)
		if (value->text[i] == '\\' && isalnum((unsigned char)value->text[++i]))
			return true;
	return false;
}

static bool has_wildcard(const struct raw_value *value)
{
	for (size_t i = 0; i < value->length; i++) {
		if (value->text[i] == '\\')
			i++;
		else if (value->text[i] == '*' || value->text[i] == '?')
			return true;
	}
	return false;
}

/* How much time the text leaves open: 2026-05-07 is a day, 22:36 a minute. As in Elasticsearch, <= means to its end. */
static int64_t time_precision(const char *text)
{
	if (text[0] < '0' || text[0] > '9')
		return 1;
	const char *letter = strpbrk(text, "Tt ");
	if (!letter)
		return DAY_MS;
	size_t length = strcspn(letter + 1, "Zz+-");
	const char *clock = letter + 1;
	if (memchr(clock, '.', length) || memchr(clock, ',', length))
		return 1;
	return length > 5 ? SECOND_MS : MINUTE_MS;
}

static int resolve_time(struct term *term, const struct raw_value *value, int64_t now, struct err *err)
{
	if (term->kind == VALUE_PATTERN)
		return refuse(value, err,
			"is not a time: @timestamp takes no wildcards, write @timestamp >= 2026-05-07 or -2h");
	if (time_parse_user(term->text, now, &term->time, NULL) != 0)
		return refuse(value, err, "is not a time: write 2026-05-07, \"2026-05-07T22:36:10Z\" or -2h");
	term->kind = VALUE_TIME;
	term->precision = time_precision(term->text);
	return 0;
}

static int resolve_ip(struct term *term, const struct raw_value *value, struct err *err)
{
	if (term->kind == VALUE_PATTERN)
		return term->op == COMPARE_IS ? 0 : refuse(value, err, "is a pattern: only `:` takes wildcards");
	struct err bad;
	if (cidr_parse((struct slice){term->text, term->length}, &term->cidr, &bad) != 0) {
		int result = err_set(err, ERR_USAGE, "%s", bad.text);
		if (err)
			err->offset = value->column;
		return result;
	}
	term->kind = term->cidr.bits == 128 ? VALUE_IP : VALUE_CIDR;
	if (term->op != COMPARE_IS && term->kind == VALUE_CIDR)
		return refuse(value, err, "is a block: compare an address with it by `:`");
	return 0;
}

static int resolve_number(struct term *term, const struct raw_value *value, struct err *err)
{
	if (term->kind == VALUE_PATTERN)
		return term->op == COMPARE_IS ? 0 : refuse(value, err, "is a pattern: only `:` takes wildcards");
	const char *digits = term->text;
	if ((digits[0] == 'A' || digits[0] == 'a') && (digits[1] == 'S' || digits[1] == 's'))
		digits += 2;
	if (!number_parse(digits, &term->number))
		return refuse(value, err, "is not a number");
	term->kind = VALUE_NUMBER;
	return 0;
}

static int resolve_keyword(struct term *term, const struct raw_value *value, struct err *err)
{
	if (term->kind == VALUE_PATTERN)
		return term->op == COMPARE_IS ? 0 : refuse(value, err, "is a pattern: only `:` takes wildcards");
	bool is_address = term->target == TARGET_FIELD && term->field == FIELD_SOURCE_ADDRESS;
	if (is_address && term->op == COMPARE_IS && !value->is_quoted && memchr(term->text, '/', term->length) &&
		cidr_parse((struct slice){term->text, term->length}, &term->cidr, NULL) == 0)
		term->kind = VALUE_CIDR;
	return 0;
}

int term_resolve(struct term *term, const char *constant, const struct raw_value *value, int64_t now, struct err *err)
{
	struct buf text = BUF_EMPTY;
	bool is_pattern = !value->is_quoted && has_wildcard(value);
	if (!value->is_quoted && has_idle_backslash(value))
		return refuse(value, err, "has a backslash before a letter or digit: write two, or quote the value");
	if (is_pattern) {
		buf_reserve(&text, value->length + 1);
		buf_add(&text, value->text, value->length);
	} else {
		unescape(&text, value);
	}
	if (!text.data)
		buf_add(&text, "", 0);
	term->text = text.data ? text.data : xstrdup("");
	term->length = text.length;
	bool is_star = is_pattern && term->length == 1 && term->text[0] == '*';
	if (is_star && term->op != COMPARE_IS)
		return refuse(value, err, "is a pattern: only `:` takes wildcards");
	term->kind = is_star ? VALUE_EXISTS : is_pattern ? VALUE_PATTERN : VALUE_LITERAL;
	if (is_star && term->target != TARGET_CONSTANT)
		return 0;
	struct slice wanted = {term->text, term->length};
	switch (term->target) {
	case TARGET_TIMESTAMP:
	case TARGET_INGESTED: return resolve_time(term, value, now, err);
	case TARGET_CONSTANT:
		if (term->op != COMPARE_IS)
			return refuse(value, err, "can only be compared by `:` here");
		term->holds = is_pattern ? slice_like(slice_of(constant), wanted, false)
					 : slice_equals(slice_of(constant), wanted);
		return 0;
	case TARGET_ANY: return 0;
	case TARGET_FIELD: break;
	}
	switch (event_fields[term->field].kind) {
	case KIND_IP: return resolve_ip(term, value, err);
	case KIND_LONG: return resolve_number(term, value, err);
	case KIND_KEYWORD: break;
	}
	return resolve_keyword(term, value, err);
}
