/* json_text: the strict lexer of JSON values (RFC 8259). It allocates nothing and is linear, so that a damaged file of
 * any size is walked once. */
#include "json_text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

const char *json_skip_space(const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return at;
}

static const char *fault(struct json_lexer *lexer, const char *at, const char *token, const char *end, const char *text)
{
	lexer->fault = at >= end ? JSON_FAULT_ENDS : JSON_FAULT_SYNTAX;
	if (at >= end)
		lexer->has_met_end = true; /* whoever wants to know has cleared it */
	lexer->fault_at = at;
	lexer->fault_token = token;
	lexer->fault_text = at >= end ? "the text ends early" : text;
	return NULL;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Bytes from `at` on that need no look each: no control character, no quote, no backslash. As many as are seen at once;
 * where they are all plain, there may be more. */
#if defined(__SSE2__)
#define AT_ONCE 16
static inline size_t count_plain(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(control, quote), backslash));
	return (size_t)__builtin_ctz((unsigned)found | 1u << AT_ONCE);
}
#else
#define AT_ONCE 8
static inline size_t count_plain(const char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
	uint64_t word, found;
	memcpy(&word, at, sizeof word);
	uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
	found = (word - ones * 0x20) & ~word;
	found |= (quote - ones) & ~quote;
	found |= (backslash - ones) & ~backslash;
	return (found & highs) == 0 ? AT_ONCE : 0;
}
#endif

/* Returns the byte behind the closing quote, or NULL with *bad on the byte that breaks the string. */
static const char *lex_string(const char *at, const char *end, const char **bad, const char **why)
{
	for (at++; at < end;) {
		if (end - at >= AT_ONCE) {
			size_t plain = count_plain(at);
			at += plain;
			if (plain == AT_ONCE)
				continue;
		}
		unsigned char c = (unsigned char)*at;
		if (c == '"')
			return at + 1;
		if (c < 0x20) {
			*bad = at;
			*why = c == 0 ? "NUL byte inside a string" : "control character inside a string";
			return NULL;
		}
		if (c != '\\') {
			at++;
			continue;
		}
		at++;
		if (at == end)
			break;
		if (*at == 'u') {
			for (int digit = 1; digit <= 4; digit++) {
				if (at + digit < end && is_hex(at[digit]))
					continue;
				*bad = at + digit < end ? at + digit : end;
				*why = "bad \\u escape";
				return NULL;
			}
			at += 5;
		} else if (strchr("\"\\/bfnrt", *at) && *at) {
			at++;
		} else {
			*bad = at;
			*why = "unknown escape in a string";
			return NULL;
		}
	}
	*bad = end;
	*why = "";
	return NULL;
}

const char *json_lex_string(const char *at, const char *end)
{
	const char *bad, *why;
	return at < end && *at == '"' ? lex_string(at, end, &bad, &why) : NULL;
}

static const char *lex_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

static const char *lex_number(struct json_lexer *lexer, const char *at, const char *end)
{
	const char *token = at;
	if (*at == '-')
		at++;
	const char *digits = at;
	at = lex_digits(at, end);
	if (at == digits)
		return fault(lexer, at, token, end, "a number without digits");
	if (*digits == '0' && at > digits + 1)
		return fault(lexer, digits + 1, token, end, "a number with a leading zero");
	if (at < end && *at == '.') {
		digits = ++at;
		at = lex_digits(at, end);
		if (at == digits)
			return fault(lexer, at, token, end, "a number that ends in a point");
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		at = lex_digits(at, end);
		if (at == digits)
			return fault(lexer, at, token, end, "a number without an exponent");
	}
	return at;
}

static const char *lex_word(struct json_lexer *lexer, const char *at, const char *end)
{
	static const char *const words[] = {"true", "false", "null"};
	for (size_t w = 0; w < COUNT_OF(words); w++) {
		if (*at != words[w][0])
			continue;
		size_t length = 0;
		while (at + length < end && words[w][length] && at[length] == words[w][length])
			length++;
		if (words[w][length])
			return fault(lexer, at + length, at, end, "an unknown word");
		return at + length;
	}
	return fault(lexer, at, at, end, "a value expected");
}

/* A scalar, or NULL with the fault filled. */
static const char *lex_scalar(struct json_lexer *lexer, const char *at, const char *end)
{
	if (*at == '"') {
		const char *bad, *why;
		const char *behind = lex_string(at, end, &bad, &why);
		return behind ? behind : fault(lexer, bad, at, end, why);
	}
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return lex_number(lexer, at, end);
	return lex_word(lexer, at, end);
}

/* After `{` or `,` in an object: the key and its colon. Returns the first byte of the value. */
static const char *lex_key(struct json_lexer *lexer, const char *at, const char *end)
{
	at = json_skip_space(at, end);
	if (at == end || *at != '"')
		return fault(lexer, at, at, end, "a key in quotes expected");
	const char *bad, *why;
	const char *token = at;
	at = lex_string(at, end, &bad, &why);
	if (!at)
		return fault(lexer, bad, token, end, why);
	at = json_skip_space(at, end);
	if (at == end || *at != ':')
		return fault(lexer, at, token, end, "a colon after the key expected");
	at = json_skip_space(at + 1, end);
	return at == end ? fault(lexer, at, at, end, "") : at;
}

const char *json_lex_value(struct json_lexer *lexer, const char *at, const char *end)
{
	lexer->depth = lexer->deepest = 0;
	lexer->fault = JSON_FAULT_NONE;
	if (at == end)
		return fault(lexer, at, at, end, "");
	for (;;) {
		/* Here a value begins. */
		const char *scalar = NULL;
		if (*at == '{' || *at == '[') {
			if (lexer->depth == JSON_TEXT_MAX_DEPTH) {
				fault(lexer, at, at, end, "nested too deeply");
				lexer->fault = JSON_FAULT_DEEP;
				return NULL;
			}
			lexer->open[lexer->depth++] = at;
			if (lexer->depth > lexer->deepest)
				lexer->deepest = lexer->depth;
			char close = *at == '{' ? '}' : ']';
			const char *inside = json_skip_space(at + 1, end);
			if (inside < end && *inside == close) {
				at = inside + 1;
				lexer->depth--;
			} else {
				at = close == '}' ? lex_key(lexer, inside, end) : inside;
				if (!at)
					return NULL;
				if (at == end)
					return fault(lexer, at, at, end, "");
				continue;
			}
		} else {
			scalar = at;
			at = lex_scalar(lexer, at, end);
			if (!at)
				return NULL;
		}
		/* Here a value has ended: close what closes, then the next member. */
		for (;;) {
			if (lexer->depth == 0)
				return at;
			char open = *lexer->open[lexer->depth - 1];
			at = json_skip_space(at, end);
			if (at < end && *at == (open == '{' ? '}' : ']')) {
				lexer->depth--;
				at++;
				scalar = NULL;
				continue;
			}
			/* A string that ended at a wrong quote is part of the damage: a record may begin inside it. */
			if (at == end || *at != ',')
				return fault(lexer, at, scalar && *scalar == '"' ? scalar : at, end,
					open == '{' ? "a comma or } expected" : "a comma or ] expected");
			at = open == '{' ? lex_key(lexer, at + 1, end) : json_skip_space(at + 1, end);
			if (!at)
				return NULL;
			if (at == end)
				return fault(lexer, at, at, end, "");
			break;
		}
	}
}
