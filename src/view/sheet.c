/* Documents: see sheet.h. Texts live in the document's arena until it is begun anew. */
#include "sheet.h"

#include <stdlib.h>

void sheet_begin(struct sheet *doc, struct ui *ui, int width)
{
	doc->ui = ui;
	doc->width = width;
	doc->count = 0;
	arena_reset(&doc->arena);
}

void sheet_free(struct sheet *doc)
{
	arena_free(&doc->arena);
	free(doc->lines);
	buf_free(&doc->scratch);
}

static void pager_fill(void *context, size_t index, struct pager_line *line)
{
	const struct sheet *doc = context;

	*line = doc->lines[index].line;
}

void sheet_pager(struct sheet *doc, struct pager *pager)
{
	if (!pager->line)
		pager_init(pager, pager_fill, doc);
	pager->has_cursor = true;
	pager_set_count(pager, doc->count);
}

struct sheet_link *sheet_line(struct sheet *doc)
{
	struct sheet_line *line;

	doc->lines = array_grow(doc->lines, &doc->capacity, doc->count + 1, sizeof(*doc->lines));
	line = &doc->lines[doc->count++];
	memset(line, 0, sizeof(*line));
	line->link.field = FIELD_COUNT;
	line->link.parameter = PARAMETER_TOTAL;
	return &line->link;
}

const char *sheet_keep(struct sheet *doc, struct slice text)
{
	return arena_copy(&doc->arena, text.data ? text.data : "", text.length);
}

void sheet_add(struct sheet *doc, enum ui_role role, struct slice text)
{
	struct sheet_line *line = &doc->lines[doc->count - 1];
	struct pager_line *spans = &line->line;

	if (spans->count == PAGER_SPANS_MAX || text.length == 0)
		return;
	spans->spans[spans->count++] = (struct span){{sheet_keep(doc, text), text.length}, role};
	line->column += draw_width(doc->ui, text);
}

PRINTF_LIKE(2, 0)
static void format_scratch(struct sheet *doc, const char *format, va_list arguments)
{
	char *text = xvasprintf(format, arguments);

	doc->scratch.length = 0;
	buf_add_text(&doc->scratch, text);
	free(text);
}

void sheet_printf(struct sheet *doc, enum ui_role role, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_scratch(doc, format, arguments);
	va_end(arguments);
	sheet_add(doc, role, (struct slice){doc->scratch.data, doc->scratch.length});
}

static void add_spaces(struct sheet *doc, int count)
{
	static const char spaces[] = "                                                                                ";

	while (count > 0) {
		int part = count < (int)sizeof(spaces) - 1 ? count : (int)sizeof(spaces) - 1;
		struct sheet_line *line = &doc->lines[doc->count - 1];
		struct pager_line *to = &line->line;

		if (to->count == PAGER_SPANS_MAX)
			return;
		to->spans[to->count++] = (struct span){{spaces, (size_t)part}, ROLE_TEXT};
		line->column += part;
		count -= part;
	}
}

void sheet_fit(struct sheet *doc, enum ui_role role, int width, enum ui_align align, struct slice text)
{
	struct buf shown = BUF_EMPTY;
	size_t used = 0, bytes;
	int blank;

	if (width <= 0)
		return;
	text_show(&shown, text, ui_text_target(doc->ui));
	bytes = text_fit((struct slice){shown.data, shown.length}, (size_t)width, &used);
	if (bytes < shown.length) {
		bytes = text_fit((struct slice){shown.data, shown.length}, (size_t)width - 1, &used);
		shown.length = bytes;
		buf_add_char(&shown, '~');
		used++;
	}
	blank = width - (int)used;
	if (blank > 0) {
		struct buf padded = BUF_EMPTY;
		int left = align == ALIGN_RIGHT ? blank : align == ALIGN_CENTER ? blank / 2 : 0;

		for (int i = 0; i < left; i++)
			buf_add_char(&padded, ' ');
		buf_add(&padded, shown.data, shown.length);
		for (int i = left; i < blank; i++)
			buf_add_char(&padded, ' ');
		buf_free(&shown);
		shown = padded;
	}
	sheet_add(doc, role, (struct slice){shown.data, shown.length});
	buf_free(&shown);
}

void sheet_fit_printf(struct sheet *doc, enum ui_role role, int width, enum ui_align align, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_scratch(doc, format, arguments);
	va_end(arguments);
	sheet_fit(doc, role, width, align, (struct slice){doc->scratch.data, doc->scratch.length});
}

void sheet_column(struct sheet *doc, int column)
{
	int blank = column - doc->lines[doc->count - 1].column;

	add_spaces(doc, blank > 0 ? blank : 1);
}

int sheet_room(const struct sheet *doc)
{
	return doc->width - doc->lines[doc->count - 1].column;
}

void sheet_bar(struct sheet *doc, enum ui_role role, int width, double fraction)
{
	doc->scratch.length = 0;
	bar_text(&doc->scratch, width, fraction, ui_glyphs(doc->ui));
	sheet_add(doc, role, (struct slice){doc->scratch.data, doc->scratch.length});
}

void sheet_wrap(struct sheet *doc, enum ui_role role, int indent, struct slice text)
{
	size_t at = 0;

	while (at < text.length) {
		size_t width = doc->width > indent + 8 ? (size_t)(doc->width - indent) : 8, end = at, used = 0;

		while (at < text.length && text.data[at] == ' ')
			at++;
		end = at;
		for (size_t i = at; i <= text.length && used <= width; i++, used++)
			if (i == text.length || text.data[i] == ' ' || text.data[i] == '\n') {
				end = i;
				if (i < text.length && text.data[i] == '\n')
					break;
			}
		if (end == at)
			end = at + width < text.length ? at + width : text.length;
		if (end == at)
			break;
		sheet_line(doc);
		add_spaces(doc, indent);
		sheet_add(doc, role, (struct slice){text.data + at, end - at});
		at = end < text.length && text.data[end] == '\n' ? end + 1 : end;
	}
}

void sheet_flow(struct sheet *doc, enum ui_role role, int indent, struct slice text)
{
	size_t room = sheet_room(doc) > 0 ? (size_t)sheet_room(doc) : 0, end = room < text.length ? room : text.length;

	while (end > 0 && end < text.length && text.data[end] != ' ')
		end--;
	sheet_add(doc, role, (struct slice){text.data, end});
	sheet_wrap(doc, role, indent, (struct slice){text.data + end, text.length - end});
}

const struct sheet_link *sheet_link_at(const struct sheet *doc, size_t line)
{
	return line < doc->count &&
			       (doc->lines[line].link.kind != LINK_NONE || doc->lines[line].link.field != FIELD_COUNT)
		       ? &doc->lines[line].link
		       : NULL;
}
