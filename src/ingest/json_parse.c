/* json_parse: from the text of one JSON value to a jansson tree. jansson refuses some texts that are JSON and that real
 * logs contain; those are rewritten first, so that one odd value never costs a record. */
#include "json_text.h"

#include <errno.h>
#include <stdlib.h>

#define REPLACEMENT "\xef\xbf\xbd"

static int hex_value(const char *digits)
{
	char copy[5] = {digits[0], digits[1], digits[2], digits[3], 0};
	return (int)strtol(copy, NULL, 16);
}

/* One escape at text[0] == '\\'; returns its length in the input. */
static size_t mend_escape(struct buf *out, const char *text, size_t length, bool is_key)
{
	if (text[1] != 'u') {
		buf_add(out, text, 2);
		return 2;
	}
	int code = hex_value(text + 2);
	if (code >= 0xd800 && code <= 0xdbff && length >= 12 && text[6] == '\\' && text[7] == 'u') {
		int low = hex_value(text + 8);
		if (low >= 0xdc00 && low <= 0xdfff) {
			buf_add(out, text, 12);
			return 12;
		}
	}
	if ((code >= 0xd800 && code <= 0xdfff) || (code == 0 && is_key))
		buf_add_text(out, REPLACEMENT);
	else
		buf_add(out, text, 6);
	return 6;
}

/* A string without its quotes, made acceptable. */
static void mend_string(struct buf *out, const char *text, size_t length, bool is_key)
{
	for (size_t at = 0; at < length;) {
		if (text[at] == '\\') {
			at += mend_escape(out, text + at, length - at, is_key);
			continue;
		}
		uint32_t code_point;
		size_t size = utf8_decode(text + at, length - at, &code_point);
		if (size) {
			buf_add(out, text + at, size);
			at += size;
		} else {
			buf_add_text(out, REPLACEMENT);
			at++;
		}
	}
}

/* Would jansson refuse it? Integers beyond 64 bits, reals beyond a double. */
static bool number_is_beyond(const char *text, size_t length)
{
	struct buf copy = BUF_EMPTY;
	buf_add(&copy, text, length);
	bool is_beyond;
	errno = 0;
	if (strpbrk(copy.data, ".eE")) {
		double value = strtod(copy.data, NULL);
		is_beyond = value - value != 0.0;
	} else {
		(void)strtoll(copy.data, NULL, 10);
		is_beyond = errno == ERANGE;
	}
	buf_free(&copy);
	return is_beyond;
}

/* The whole value rewritten. The text is known to be well-formed. */
static void mend_value(struct buf *out, const char *text, size_t length)
{
	const char *end = text + length;
	for (const char *at = text; at < end;) {
		if (*at == '"') {
			const char *behind = json_lex_string(at, end);
			if (!behind)
				return;
			const char *next = json_skip_space(behind, end);
			buf_add_char(out, '"');
			mend_string(out, at + 1, (size_t)(behind - at) - 2, next < end && *next == ':');
			buf_add_char(out, '"');
			at = behind;
		} else if (*at == '-' || (*at >= '0' && *at <= '9')) {
			const char *behind = at + 1;
			while (behind < end && *behind && strchr("0123456789.eE+-", *behind))
				behind++;
			bool is_beyond = number_is_beyond(at, (size_t)(behind - at));
			if (is_beyond)
				buf_add_char(out, '"');
			buf_add(out, at, (size_t)(behind - at));
			if (is_beyond)
				buf_add_char(out, '"');
			at = behind;
		} else {
			buf_add_char(out, *at++);
		}
	}
}

json_t *json_parse_text(const char *text, size_t length)
{
	const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	json_t *value = json_loadb(text, length, flags, NULL);
	if (value)
		return value;
	struct buf mended = BUF_EMPTY;
	mend_value(&mended, text, length);
	value = mended.length ? json_loadb(mended.data, mended.length, flags, NULL) : NULL;
	buf_free(&mended);
	return value;
}
