/* pattern: a PCRE2 search pattern. Small letters match both cases; a capital one makes the search exact. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "internal.h"

#include <stdlib.h>

#define MATCH_STEPS_MAX 100000 /* a pattern that backtracks without end finds nothing instead of freezing a frame */

struct pattern {
	char *text;
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

static bool has_capital(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++; /* \S, \W: not letters of the text sought */
		else if (*text >= 'A' && *text <= 'Z')
			return true;
	}
	return false;
}

struct pattern *pattern_new(const char *text, struct err *err)
{
	int number;
	size_t offset;
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (has_capital(text) ? 0 : PCRE2_CASELESS);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &number, &offset, NULL);
	if (code == NULL) {
		PCRE2_UCHAR message[256] = "";
		pcre2_get_error_message(number, message, sizeof message);
		err_set(err, ERR_USAGE, "pattern: %s", (const char *)message);
		if (err != NULL)
			err->offset = offset;
		return NULL;
	}
	struct pattern *pattern = xcalloc(1, sizeof *pattern);
	pattern->text = xstrdup(text);
	pattern->code = code;
	pattern->match = pcre2_match_data_create_from_pattern(code, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	if (pattern->match == NULL || pattern->context == NULL)
		base_abort("out of memory");
	pcre2_set_match_limit(pattern->context, MATCH_STEPS_MAX);
	return pattern;
}

void pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->match);
	pcre2_code_free(pattern->code);
	free(pattern->text);
	free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

bool pattern_match(const struct pattern *pattern, struct slice text, size_t from, size_t *start, size_t *end)
{
	if (text.data == NULL || from > text.length)
		return false;
	int count = pcre2_match(
		pattern->code, (PCRE2_SPTR)text.data, text.length, from, 0, pattern->match, pattern->context);
	if (count < 0)
		return false;
	const size_t *span = pcre2_get_ovector_pointer(pattern->match);
	if (span[1] < span[0]) /* \K may turn them round */
		return false;
	*start = span[0];
	*end = span[1];
	return true;
}
