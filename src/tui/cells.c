/* cells: from bytes to terminal cells. Text is made safe, hits of a search are marked, and characters are placed one
 * cluster at a time at columns this program counted itself, so that a line never runs out of step. */
#include "internal.h"

#include <curses.h>
#include <wchar.h>

#define CLUSTER_MARKS_MAX 4

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7F;
}

/* Length of one character and the zero-width characters behind it; an invalid byte stands alone. */
static size_t unit_length(struct slice text, size_t at)
{
	uint32_t c;
	size_t length = utf8_decode(text.data + at, text.length - at, &c);
	if (length == 0)
		return 1;
	while (at + length < text.length) {
		size_t next = utf8_decode(text.data + at + length, text.length - at - length, &c);
		if (next == 0 || c < 0x80 || utf8_width(c) != 0)
			break;
		length += next;
	}
	return length;
}

/* Writes the characters of out[from..) on whose width the C library and this program do not agree as codes. */
static unsigned name_disputed(struct buf *out, size_t from)
{
	unsigned count = 0;
	for (size_t at = from; at < out->length;) {
		uint32_t c;
		char code[16];
		size_t length = utf8_decode(out->data + at, out->length - at, &c);
		if (length == 0 || wcwidth((wchar_t)c) == utf8_width(c)) {
			at += length > 0 ? length : 1;
			continue;
		}
		size_t size = (size_t)snprintf(code, sizeof code, "<U+%04X>", (unsigned)c);
		buf_reserve(out, size);
		memmove(out->data + at + size, out->data + at + length, out->length - at - length);
		memcpy(out->data + at, code, size);
		out->length += size - length;
		out->data[out->length] = '\0';
		at += size;
		count++;
	}
	return count;
}

static void add_flags(struct buf *flags, size_t length, char flag)
{
	if (flags == NULL)
		return;
	buf_reserve(flags, length);
	for (size_t i = 0; i < length; i++)
		buf_add_char(flags, flag);
}

/* Flags a unit in which something was made visible: what stands in the shown text as it stood before is itself, and the
 * rest are codes in angle brackets, or \xNN. */
static void add_unit_flags(struct buf *flags, struct slice unit, struct slice shown)
{
	size_t done = 0;
	for (size_t at = 0; at < unit.length && done < shown.length;) {
		uint32_t c;
		size_t length = utf8_decode(unit.data + at, unit.length - at, &c);
		bool is_itself = length > 0 && length <= shown.length - done &&
				 memcmp(unit.data + at, shown.data + done, length) == 0;
		size_t used = length;
		if (!is_itself) {
			const char *end = memchr(shown.data + done, '>', shown.length - done);
			used = shown.data[done] == '<' && end != NULL ? (size_t)(end - shown.data) - done + 1 : 4;
		}
		add_flags(flags, used, is_itself ? 0 : SHOWN_MARKER);
		done += used;
		at += length > 0 ? length : 1;
	}
	if (done < shown.length)
		add_flags(flags, shown.length - done, 0);
}

unsigned shown_text(const struct ui *ui, struct buf *out, struct buf *flags, struct slice text)
{
	unsigned made_visible = 0;
	for (size_t at = 0; at < text.length;) {
		size_t plain = at;
		while (plain < text.length && is_plain(text.data[plain]))
			plain++;
		/* The last plain character may carry combining marks: leave it to the unit. */
		if (plain > at && plain < text.length && (text.data[plain] & 0x80))
			plain--;
		if (plain > at) {
			buf_add(out, text.data + at, plain - at);
			add_flags(flags, plain - at, 0);
			at = plain;
			continue;
		}
		size_t length = unit_length(text, at);
		struct slice unit = {text.data + at, length};
		size_t before = out->length;
		unsigned count = text_show(out, unit, ui_text_target(ui));
		if (ui->is_utf8)
			count += name_disputed(out, before);
		made_visible += count;
		if (count == 0)
			add_flags(flags, out->length - before, 0);
		else if (flags != NULL)
			add_unit_flags(flags, unit, (struct slice){out->data + before, out->length - before});
		at += length;
	}
	return made_visible;
}

size_t cluster_next(struct slice shown, size_t at, int *width)
{
	if (at >= shown.length)
		return 0;
	if (is_plain(shown.data[at]) && (at + 1 == shown.length || !(shown.data[at + 1] & 0x80))) {
		*width = 1;
		return 1;
	}
	uint32_t c;
	size_t length = utf8_decode(shown.data + at, shown.length - at, &c);
	if (length == 0) {
		*width = 1;
		return 1;
	}
	*width = utf8_width(c);
	if (*width < 1)
		*width = 1; /* a mark with nothing to stand on gets a cell */
	for (int marks = 0; at + length < shown.length && marks < CLUSTER_MARKS_MAX; marks++) {
		size_t next = utf8_decode(shown.data + at + length, shown.length - at - length, &c);
		if (next == 0 || c < 0x80 || utf8_width(c) != 0)
			break;
		length += next;
	}
	return length;
}

static void put_cluster(struct pane pane, int y, int x, attr_t attributes, short pair, struct slice cluster)
{
	wchar_t characters[CCHARW_MAX + 1];
	size_t count = 0;
	for (size_t at = 0; at < cluster.length && count < CCHARW_MAX;) {
		uint32_t c;
		size_t length = utf8_decode(cluster.data + at, cluster.length - at, &c);
		if (length == 0) {
			c = '?';
			length = 1;
		}
		if (count == 0 && utf8_width(c) == 0)
			characters[count++] = L' ';
		if (count < CCHARW_MAX)
			characters[count++] = (wchar_t)c;
		at += length;
	}
	characters[count] = L'\0';
	cchar_t cell;
	setcchar(&cell, characters, attributes, pair, NULL);
	mvadd_wch(pane.y + y, pane.x + x, &cell);
}

static enum ui_role role_at(const struct run *run, size_t at)
{
	enum ui_role role = run->roles != NULL ? (enum ui_role)run->roles[at] : run->role;
	if (run->flags == NULL)
		return role;
	if (run->flags[at] & SHOWN_MATCH)
		return run->match_role;
	return run->flags[at] & SHOWN_MARKER ? ROLE_VISIBLE : role;
}

int put_run(struct pane pane, int y, int x, int width, int skip, const struct run *run)
{
	const struct ui *ui = pane.ui;
	if (y < 0 || y >= pane.height || width <= 0)
		return 0;
	int limit = x + width < pane.width ? x + width : pane.width;
	int column = x - skip;
	for (size_t at = 0; at < run->shown.length && column < limit;) {
		int cells = 0;
		size_t length = cluster_next(run->shown, at, &cells);
		enum ui_role role = role_at(run, at);
		if (column >= x && column >= 0 && column + cells <= limit) {
			put_cluster(pane, y, column, ui->role_attributes[role], ui->role_pairs[role],
				(struct slice){run->shown.data + at, length});
		} else if (column + cells > x && column + cells <= limit) {
			put_cell(pane, y, column + cells - 1, role, ' '); /* right half of a cut wide character */
		} else if (column >= x && column < limit) {
			put_cell(pane, y, column, role, ' '); /* left half */
		}
		column += cells;
		at += length;
	}
	if (column > limit)
		column = limit;
	return column > x ? column - x : 0;
}

void shown_mark_matches(const struct pattern *pattern, struct slice shown, char *flags)
{
	size_t from = 0, start, end;
	while (from <= shown.length && pattern_match(pattern, shown, from, &start, &end)) {
		for (size_t i = start; i < end; i++)
			flags[i] |= SHOWN_MATCH;
		from = end > start ? end : end + 1;
	}
}

int put_text(struct pane pane, int y, int x, int width, int skip, enum ui_role role, struct slice text,
	const struct pattern *pattern, enum ui_role match_role)
{
	struct ui *ui = pane.ui;
	ui->shown.length = 0;
	ui->flags.length = 0;
	ui->made_visible += shown_text(ui, &ui->shown, &ui->flags, text);
	struct slice shown = {ui->shown.data, ui->shown.length};
	if (pattern != NULL && shown.length > 0)
		shown_mark_matches(pattern, shown, ui->flags.data);
	struct run run = {shown, ui->flags.data, NULL, role, match_role};
	return put_run(pane, y, x, width, skip, &run);
}

void put_cell(struct pane pane, int y, int x, enum ui_role role, char c)
{
	if (y < 0 || x < 0 || y >= pane.height || x >= pane.width)
		return;
	struct slice one = {&c, 1};
	put_cluster(pane, y, x, pane.ui->role_attributes[role], pane.ui->role_pairs[role], one);
}

int draw_width(const struct ui *ui, struct slice text)
{
	struct buf shown = BUF_EMPTY;
	shown_text(ui, &shown, NULL, text);
	int width = 0, cells;
	for (size_t at = 0, length; (length = cluster_next((struct slice){shown.data, shown.length}, at, &cells)) > 0;
		at += length)
		width += cells;
	buf_free(&shown);
	return width;
}
