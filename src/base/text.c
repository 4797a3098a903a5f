/* text: the only road from data to a screen, a file a person opens, or the clipboard. What could move a cursor, reorder
 * a line or hide itself is written out; then the target's own escaping is applied. */
#include "raretrail/base.h"

#include <utf8proc.h>

#define COMBINING_LIMIT 4

/* Characters that act instead of being seen: controls, bidirectional marks and overrides, zero-width ones, tags,
 * line and paragraph separators, interlinear annotation, and everything Unicode does not (yet) define. */
static bool is_active(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return true;
	default: break;
	}
	return c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || /* blank fillers */
	       (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF); /* variation selectors */
}

static bool is_combining(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/* How an active character is named: <ESC> for C0 and DEL, <U+XXXX> for the rest. */
static void name_character(struct buf *out, uint32_t c, enum text_target target)
{
	static const char *const c0[32] = {"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF",
		"VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM",
		"SUB", "ESC", "FS", "GS", "RS", "US"};
	const char *open = target == TEXT_HTML ? "&lt;" : target == TEXT_MARKDOWN ? "\\<" : "<";
	const char *close = target == TEXT_HTML ? "&gt;" : target == TEXT_MARKDOWN ? "\\>" : ">";
	if (c < 32)
		buf_printf(out, "%s%s%s", open, c0[c], close);
	else if (c == 0x7F)
		buf_printf(out, "%sDEL%s", open, close);
	else
		buf_printf(out, "%sU+%04X%s", open, c, close);
}

/* What stands before a character: "- a" and "1. a" are lists only where nothing but blanks comes before the marker. */
enum before { BEFORE_BLANKS, BEFORE_DIGITS, BEFORE_TEXT };

static enum before before_next(enum before before, uint32_t c)
{
	if (before == BEFORE_BLANKS && c == ' ')
		return BEFORE_BLANKS;
	return before != BEFORE_TEXT && c >= '0' && c <= '9' ? BEFORE_DIGITS : BEFORE_TEXT;
}

/* Has the character a meaning in Markdown? A parenthesis has one only behind a bare ]. */
static bool is_markup(struct slice text, size_t at, enum before before)
{
	char c = text.data[at];
	if (c == '-' || c == '+')
		return before == BEFORE_BLANKS;
	if (c == '.' || c == ')')
		return before == BEFORE_DIGITS && (at + 1 == text.length || text.data[at + 1] == ' ');
	return c != '\0' && strchr("\\`*_{}[]<>#!|~&", c) != NULL;
}

static void add_visible(struct buf *out, const char *bytes, size_t length, uint32_t c, enum text_target target)
{
	if (target == TEXT_HTML) {
		switch (c) {
		case '&': buf_add_text(out, "&amp;"); return;
		case '<': buf_add_text(out, "&lt;"); return;
		case '>': buf_add_text(out, "&gt;"); return;
		case '"': buf_add_text(out, "&quot;"); return;
		case '\'': buf_add_text(out, "&#39;"); return;
		default: break;
		}
	}
	if (target == TEXT_CSV && c == '"')
		buf_add_char(out, '"');
	buf_add(out, bytes, length);
}

static unsigned show(struct buf *out, struct slice text, enum text_target target)
{
	unsigned made_visible = 0, combining = 0;
	enum before before = BEFORE_BLANKS;
	for (size_t at = 0; at < text.length;) {
		uint32_t c;
		size_t length = utf8_decode(text.data + at, text.length - at, &c);
		if (length == 0) {
			buf_printf(
				out, target == TEXT_MARKDOWN ? "\\\\x%02X" : "\\x%02X", (unsigned char)text.data[at]);
			at++;
			made_visible++;
			combining = 0;
			before = BEFORE_TEXT;
			continue;
		}
		combining = is_combining(c) ? combining + 1 : 0;
		if (is_active(c) || combining > COMBINING_LIMIT || (target == TEXT_ASCII && c >= 0x80)) {
			name_character(out, c, target);
			made_visible++;
		} else {
			if (target == TEXT_MARKDOWN && is_markup(text, at, before))
				buf_add_char(out, '\\');
			add_visible(out, text.data + at, length, c, target);
		}
		before = before_next(before, c);
		at += length;
	}
	return made_visible;
}

unsigned text_show(struct buf *out, struct slice text, enum text_target target)
{
	buf_reserve(out, text.length);
	if (target != TEXT_CSV)
		return show(out, text, target);

	/* A cell that a spreadsheet would run gets a quote in front; one that CSV would split gets quoted. */
	bool is_formula = text.length > 0 && strchr("=+-@\t\r", text.data[0]) != NULL && text.data[0] != '\0';
	size_t start = out->length;
	if (is_formula)
		buf_add_char(out, '\'');
	unsigned made_visible = show(out, text, target);
	bool needs_quotes = false;
	for (size_t i = start; i < out->length && !needs_quotes; i++)
		needs_quotes = out->data[i] == '"' || out->data[i] == ',' || out->data[i] == ';';
	if (needs_quotes) {
		buf_add_text(out, "\"\"");
		memmove(out->data + start + 1, out->data + start, out->length - start - 2);
		out->data[start] = '"';
	}
	return made_visible;
}

size_t text_width(struct slice shown)
{
	size_t width;
	text_fit(shown, SIZE_MAX, &width);
	return width;
}

size_t text_fit(struct slice shown, size_t cells, size_t *width)
{
	size_t at = 0, used = 0;
	while (at < shown.length) {
		uint32_t c;
		size_t length = utf8_decode(shown.data + at, shown.length - at, &c);
		size_t step = length == 0 ? 1 : (size_t)utf8_width(c);
		if (used + step > cells)
			break;
		used += step;
		at += length == 0 ? 1 : length;
	}
	if (width != NULL)
		*width = used;
	return at;
}
