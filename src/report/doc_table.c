/* doc_table: the tables of a document. Rows wait until the widths of their columns are known, or too many wait. */
#include "doc.h"

#include <stdlib.h>

#define MOST_WAITING_ROWS 1000
#define GAP 2
#define WIDEST_CELL 40 /* where the width of a line is limited */

void doc_table(struct doc *doc, const struct doc_column *columns, size_t count)
{
	doc->columns = columns;
	doc->column_count = count;
	doc->cell_count = 0;
	doc->waiting.length = 0;
	doc->has_started_table = false;
	buf_reserve(&doc->waiting, 1);
	for (size_t i = 0; i < count; i++)
		doc->widths[i] = strlen(columns[i].name);
}

static void add_blanks(struct buf *line, size_t count)
{
	while (count-- > 0)
		buf_add_char(line, ' ');
}

/* A cell of the terminal's table: padded, the last column cut where the width is limited. */
static void add_terminal_cell(struct doc *doc, size_t column, struct slice text, enum doc_style style, size_t *used)
{
	const struct doc_column *info = &doc->columns[column];
	size_t width = text_width(text);
	size_t room = info->is_last && doc->look.width > *used ? doc->look.width - *used : WIDEST_CELL;
	bool is_cut = doc->look.width > 0 && width > room;
	if (is_cut)
		text.length = text_fit(text, room - 1, &width);
	width += is_cut;
	size_t pad = doc->widths[column] > width ? doc->widths[column] - width : 0;
	add_blanks(&doc->line, info->is_number ? pad : 0);
	bool is_colored = doc->look.is_colored && style && text.length;
	buf_add_text(&doc->line, is_colored ? doc_style_codes[style] : "");
	buf_add(&doc->line, text.data, text.length);
	buf_add_text(&doc->line, is_colored ? "\033[0m" : "");
	buf_add_text(&doc->line, is_cut ? "~" : "");
	add_blanks(&doc->line, (info->is_number ? 0 : pad) + GAP);
	*used += (width > doc->widths[column] ? width : doc->widths[column]) + GAP;
}

static void put_line(struct doc *doc)
{
	while (doc->line.length > 0 && doc->line.data[doc->line.length - 1] == ' ')
		doc->line.length--;
	fwrite(doc->line.data, 1, doc->line.length, doc->file);
	fputc('\n', doc->file);
	doc->line.length = 0;
}

/* What ends a row of the format at hand. */
static void end_row(struct doc *doc)
{
	if (doc->format == REPORT_TABLE)
		put_line(doc);
	else
		fputs(doc->format == REPORT_HTML ? "</tr>\n" : doc->format == REPORT_CSV ? "\r\n" : "\n", doc->file);
}

static void put_row(struct doc *doc, const struct doc_cell *cells)
{
	size_t used = 0;
	if (doc->format == REPORT_HTML)
		fputs("<tr>", doc->file);
	if (doc->format == REPORT_MARKDOWN)
		fputs("|", doc->file);
	for (size_t i = 0; i < doc->column_count; i++) {
		struct slice text = {doc->waiting.data + cells[i].start, cells[i].length};
		switch (doc->format) {
		case REPORT_CSV:
			fputs(i ? "," : "", doc->file);
			fwrite(text.data, 1, text.length, doc->file);
			break;
		case REPORT_MARKDOWN: fprintf(doc->file, " %.*s |", (int)text.length, text.data); break;
		case REPORT_HTML: {
			const char *number = doc->columns[i].is_number ? "n" : "",
				   *style = doc_style_names[cells[i].style];
			bool has_class = *number || *style;
			fprintf(doc->file, "<td%s%s%s%s%s>%.*s</td>", has_class ? " class=\"" : "", number,
				*number && *style ? " " : "", style, has_class ? "\"" : "", (int)text.length,
				text.data);
			break;
		}
		default: add_terminal_cell(doc, i, text, cells[i].style, &used);
		}
	}
	end_row(doc);
}

static void put_header(struct doc *doc)
{
	if (doc->format != REPORT_CSV)
		doc_separate(doc);
	size_t used = 0;
	if (doc->format == REPORT_HTML)
		fputs("<table>\n<tr>", doc->file);
	if (doc->format == REPORT_MARKDOWN)
		fputs("|", doc->file);
	for (size_t i = 0; i < doc->column_count; i++) {
		const struct doc_column *column = &doc->columns[i];
		switch (doc->format) {
		case REPORT_CSV: fprintf(doc->file, "%s%s", i ? "," : "", column->name); break;
		case REPORT_MARKDOWN: fprintf(doc->file, " %s |", column->name); break;
		case REPORT_HTML:
			fprintf(doc->file, "<th%s>%s</th>", column->is_number ? " class=\"n\"" : "", column->name);
			break;
		default: add_terminal_cell(doc, i, slice_of(column->name), DOC_DIM, &used);
		}
	}
	end_row(doc);
	if (doc->format == REPORT_MARKDOWN) {
		fputs("|", doc->file);
		for (size_t i = 0; i < doc->column_count; i++)
			fputs(doc->columns[i].is_number ? "---:|" : "---|", doc->file);
		fputc('\n', doc->file);
	}
	doc->has_started_table = true;
}

static void flush_rows(struct doc *doc)
{
	if (!doc->has_started_table)
		put_header(doc);
	for (size_t i = 0; i + doc->column_count <= doc->cell_count; i += doc->column_count)
		put_row(doc, doc->cells + i);
	doc->cell_count = 0;
	doc->waiting.length = 0;
}

/* Room for one more cell; its text is what is added to `waiting` until cell_end. */
static size_t cell_begin(struct doc *doc)
{
	if (doc->cell_count == doc->column_count * MOST_WAITING_ROWS)
		flush_rows(doc);
	return doc->waiting.length;
}

static void cell_end(struct doc *doc, enum doc_style style, size_t start)
{
	size_t column = doc->cell_count % doc->column_count;
	doc->cells = array_grow(doc->cells, &doc->cell_capacity, doc->cell_count + 1, sizeof *doc->cells);
	doc->cells[doc->cell_count++] = (struct doc_cell){start, doc->waiting.length - start, style};
	size_t width = text_width((struct slice){doc->waiting.data + start, doc->waiting.length - start});
	if (doc->look.width > 0 && width > WIDEST_CELL)
		width = WIDEST_CELL;
	if (!doc->has_started_table && width > doc->widths[column])
		doc->widths[column] = width;
}

void doc_cell(struct doc *doc, enum doc_style style, struct slice text)
{
	size_t start = cell_begin(doc);
	text_show(&doc->waiting, text, doc_target(doc));
	cell_end(doc, style, start);
}

void doc_cell_lines(struct doc *doc, enum doc_style style, struct slice text)
{
	const char *line_break = doc->format == REPORT_TABLE ? " / " : "<br>";
	size_t start = cell_begin(doc);
	for (size_t at = 0; at < text.length;) {
		size_t length = 0;
		while (at + length < text.length && !strchr("\r\n", text.data[at + length]))
			length++;
		text_show(&doc->waiting, (struct slice){text.data + at, length}, doc_target(doc));
		at += length;
		if (at < text.length)
			buf_add_text(&doc->waiting, line_break);
		while (at < text.length && strchr("\r\n", text.data[at]))
			at++;
	}
	cell_end(doc, style, start);
}

void doc_cellf(struct doc *doc, enum doc_style style, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	doc_cell(doc, style, slice_of(text));
	free(text);
}

void doc_time(struct doc *doc, int64_t time)
{
	char text[TIME_TEXT_SIZE];
	if (time == TIME_NONE) {
		doc_cell(doc, DOC_DIM, slice_of("-"));
		return;
	}
	time_format_iso(time, text);
	char *letter = strchr(text, 'T'), *dot = strchr(text, '.');
	if (letter)
		*letter = ' ';
	if (dot)
		*dot = 0;
	doc_cell(doc, DOC_PLAIN, slice_of(text));
}

void doc_table_end(struct doc *doc)
{
	flush_rows(doc);
	if (doc->format == REPORT_HTML)
		fputs("</table>\n", doc->file);
	doc->has_content = true;
}
