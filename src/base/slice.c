/* slice: byte order, and the wildcard match that ES|QL LIKE and KQL share. */
#include "raretrail/base.h"

int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

static unsigned char folded(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* Bytes of one character at text[at]; an invalid byte counts as a character of its own. */
static size_t character_length(struct slice text, size_t at)
{
	uint32_t code_point;
	size_t length = utf8_decode(text.data + at, text.length - at, &code_point);
	return length ? length : 1;
}

bool slice_like(struct slice text, struct slice pattern, bool ignore_case)
{
	size_t t = 0, p = 0;
	size_t star = SIZE_MAX, resume = 0; /* behind the last `*`, and where in the text it is tried next */
	for (;;) {
		if (p < pattern.length && pattern.data[p] == '*') {
			star = ++p;
			resume = t;
			continue;
		}
		if (p == pattern.length && t == text.length)
			return true;
		if (p < pattern.length && t < text.length) {
			if (pattern.data[p] == '?') {
				t += character_length(text, t);
				p++;
				continue;
			}
			size_t literal = p;
			if (pattern.data[p] == '\\' && p + 1 < pattern.length)
				literal++;
			unsigned char want = (unsigned char)pattern.data[literal], have = (unsigned char)text.data[t];
			if (want == have || (ignore_case && folded(want) == folded(have))) {
				p = literal + 1;
				t++;
				continue;
			}
		}
		if (star == SIZE_MAX || resume >= text.length)
			return false;
		resume += character_length(text, resume);
		t = resume;
		p = star;
	}
}
