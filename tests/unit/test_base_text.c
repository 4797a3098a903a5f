/* Safe display text: what reaches a screen or a file from hostile input, per target. */
#include "raretrail/base.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	enum text_target target;
	const char *input; /* with \0 only as the end */
	const char *shown;
	unsigned made_visible;
} cases[] = {
	{TEXT_TERMINAL, "plain", "plain", 0},
	{TEXT_TERMINAL, "a\033[2Jb", "a<ESC>[2Jb", 1},
	{TEXT_TERMINAL, "tab\tnl\n", "tab<TAB>nl<LF>", 2},
	{TEXT_TERMINAL, "\x7f\xc2\x85", "<DEL><U+0085>", 2},
	{TEXT_TERMINAL,
		"\xe2\x80\xae"
		"evil",
		"<U+202E>evil", 1}, /* right-to-left override */
	{TEXT_TERMINAL,
		"a\xe2\x80\x8b"
		"b\xef\xbb\xbf",
		"a<U+200B>b<U+FEFF>", 2}, /* zero width */
	{TEXT_TERMINAL, "\xd8\x9c\xe2\x81\xa6", "<U+061C><U+2066>", 2},
	{TEXT_TERMINAL, "\xf3\xa0\x81\x81", "<U+E0041>", 1}, /* a tag character */
	{TEXT_TERMINAL, "\xff\xc0\xaf", "\\xFF\\xC0\\xAF", 3}, /* invalid, overlong */
	{TEXT_TERMINAL, "\xed\xa0\x80", "\\xED\\xA0\\x80", 3}, /* a surrogate */
	{TEXT_TERMINAL, "日本é", "日本é", 0},
	{TEXT_TERMINAL, "\xe2\x80\xaf", "\xe2\x80\xaf", 0}, /* U+202F, a space that is seen */
	{TEXT_TERMINAL, "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0301>", 1},
	{TEXT_ASCII, "caf\xc3\xa9", "caf<U+00E9>", 1},
	{TEXT_CSV, "=1+1", "'=1+1", 0},
	{TEXT_CSV, "@SUM(1,2)", "\"'@SUM(1,2)\"", 0},
	{TEXT_CSV, "\t=1", "'<TAB>=1", 1},
	{TEXT_CSV, "a\"b", "\"a\"\"b\"", 0},
	{TEXT_CSV, "a,b", "\"a,b\"", 0},
	{TEXT_CSV, "two words", "two words", 0},
	{TEXT_CSV, "", "", 0},
	{TEXT_HTML, "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;", 0},
	{TEXT_HTML, "\033", "&lt;ESC&gt;", 1},
	{TEXT_MARKDOWN, "a|b*c`", "a\\|b\\*c\\`", 0},
	{TEXT_MARKDOWN, "[x](y)", "\\[x\\](y)", 0},
	{TEXT_MARKDOWN, "a-b + c (d)", "a-b + c (d)", 0},
	{TEXT_MARKDOWN, "- a-b", "\\- a-b", 0},
	{TEXT_MARKDOWN, "  + a", "  \\+ a", 0},
	{TEXT_MARKDOWN, "---", "\\---", 0},
	{TEXT_MARKDOWN, "1. a", "1\\. a", 0},
	{TEXT_MARKDOWN, " 23) a (4) b 5. c", " 23\\) a (4) b 5. c", 0},
	{TEXT_MARKDOWN, "7.", "7\\.", 0},
	{TEXT_MARKDOWN, "0.33%", "0.33%", 0},
	{TEXT_MARKDOWN, "\033-", "\\<ESC\\>-", 1},
};

static void shows_every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf out = BUF_EMPTY;
		unsigned made_visible = text_show(&out, slice_of(cases[i].input), cases[i].target);
		assert_string_equal(out.data, cases[i].shown);
		assert_int_equal(made_visible, cases[i].made_visible);
		buf_free(&out);
	}
}

static void names_an_embedded_nul(void **state)
{
	(void)state;
	struct buf out = BUF_EMPTY;
	assert_int_equal(text_show(&out, (struct slice){"a\0b", 3}, TEXT_TERMINAL), 1);
	assert_string_equal(out.data, "a<NUL>b");
	buf_free(&out);
}

/* Whatever the bytes, what comes out is valid UTF-8 without a control character. */
static void random_bytes_come_out_safe(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (int round = 0; round < 2000; round++) {
		char bytes[40];
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			bytes[i] = (char)(seed >> 56);
		}
		struct buf out = BUF_EMPTY;
		text_show(&out, (struct slice){bytes, sizeof(bytes)}, (enum text_target)(round % 5));
		for (size_t at = 0; at < out.length;) {
			uint32_t c = 0;
			size_t length = utf8_decode(out.data + at, out.length - at, &c);
			assert_true(length > 0);
			assert_true(c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0));
			assert_false((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
				     (c >= 0x200b && c <= 0x200f));
			at += length;
		}
		buf_free(&out);
	}
}

static void measures_and_cuts_by_cells(void **state)
{
	(void)state;
	struct slice text = slice_of("日本é!");
	size_t width;
	assert_int_equal(text_width(text), 6);
	assert_int_equal(text_fit(text, 3, &width), 3); /* one wide character; the second would need cell 4 */
	assert_int_equal(width, 2);
	assert_int_equal(text_fit(slice_of("e\xcc\x81x"), 1, &width), 3); /* a combining mark stays with its letter */
	assert_int_equal(width, 1);
}

static void matches_wildcards(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pattern;
		bool ignore_case, matches;
	} likes[] = {
		{"Amazon.com, Inc.", "Amazon*", false, true},
		{"amazon.com", "Amazon*", false, false},
		{"amazon.com", "Amazon*", true, true},
		{"Amazon", "Amazon*", false, true},
		{"xAmazon", "Amazon*", false, false},
		{"abc", "a?c", false, true},
		{"a日c", "a?c", false, true},
		{"ac", "a?c", false, false},
		{"a*c", "a\\*c", false, true},
		{"abc", "a\\*c", false, false},
		{"a\\c", "a\\\\c", false, true},
		{"aXbYc", "a*b*c", false, true},
		{"mississippi", "*iss*ip*i", false, true},
		{"", "", false, true},
		{"", "*", false, true},
		{"x", "", false, false},
		{"ab", "*?", false, true},
		{"", "*?", false, false},
		{"a", "a**", false, true},
		{"a?", "a\\?", false, true},
		{"ab", "a\\?", false, false},
	};
	for (size_t i = 0; i < COUNT_OF(likes); i++)
		if (slice_like(slice_of(likes[i].text), slice_of(likes[i].pattern), likes[i].ignore_case) !=
			likes[i].matches)
			fail_msg("'%s' like '%s' should be %d", likes[i].text, likes[i].pattern, likes[i].matches);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_every_case),
		cmocka_unit_test(names_an_embedded_nul),
		cmocka_unit_test(random_bytes_come_out_safe),
		cmocka_unit_test(measures_and_cuts_by_cells),
		cmocka_unit_test(matches_wildcards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
