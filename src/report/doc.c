/* doc: the frame of a document and its lines; tables are in doc_table.c. */
#include "doc.h"

#include <stdlib.h>

static enum text_target target(const struct doc *doc)
{
	switch (doc->format) {
	case REPORT_CSV: return TEXT_CSV;
	case REPORT_MARKDOWN: return TEXT_MARKDOWN;
	case REPORT_HTML: return TEXT_HTML;
	default: return doc->look.is_ascii ? TEXT_ASCII : TEXT_TERMINAL;
	}
}

static void put(struct doc *doc, struct slice text)
{
	struct buf shown = BUF_EMPTY;
	text_show(&shown, text, target(doc));
	fwrite(shown.data, 1, shown.length, doc->file);
	buf_free(&shown);
}

static const char html_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	"'unsafe-inline'\">\n<style>\n"
	":root { color-scheme: light dark; --line: #8884; --dim: #777; --high: #c22; --low: #26a; --good: #282; }\n"
	"@media (prefers-color-scheme: dark) { :root { --high: #f77; --low: #8bf; --good: #7c7; --dim: #999; } }\n"
	"body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }\n"
	"h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }\n"
	"table { border-collapse: collapse; margin: .7rem 0; display: block; overflow-x: auto; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid "
	"var(--line); }\n"
	"td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }\n"
	".high, .bad { color: var(--high); font-weight: 600; } .low { color: var(--low); } .good { color: var(--good); "
	"}\n"
	".dim { color: var(--dim); } p { margin: .4rem 0; }\n</style>\n<title>";

void doc_begin(
	struct doc *doc, FILE *file, enum report_format format, const struct report_look *look, const char *title)
{
	*doc = (struct doc){.file = file, .format = format, .look = *look};
	if (format == REPORT_HTML) {
		fputs(html_head, file);
		put(doc, slice_of(title));
		fputs("</title>\n</head>\n<body>\n", file);
	}
	if (format == REPORT_HTML || format == REPORT_MARKDOWN)
		doc_heading(doc, 1, slice_of(title));
}

void doc_end(struct doc *doc)
{
	if (doc->format == REPORT_HTML)
		fputs("</body>\n</html>\n", doc->file);
	buf_free(&doc->waiting);
	buf_free(&doc->line);
	free(doc->cells);
}

/* An empty line between what stands apart. */
static void separate(struct doc *doc)
{
	doc->is_in_list = false;
	if (doc->has_content && (doc->format == REPORT_TABLE || doc->format == REPORT_MARKDOWN))
		fputc('\n', doc->file);
	doc->has_content = true;
}

void doc_heading(struct doc *doc, int level, struct slice text)
{
	if (doc->format == REPORT_CSV)
		return;
	separate(doc);
	if (doc->format == REPORT_HTML)
		fprintf(doc->file, "<h%d>", level);
	else if (doc->format == REPORT_MARKDOWN)
		fprintf(doc->file, "%.*s ", level, "######");
	else if (doc->look.is_colored)
		fputs("\033[1m", doc->file);
	put(doc, text);
	if (doc->format == REPORT_HTML)
		fprintf(doc->file, "</h%d>", level);
	else if (doc->format == REPORT_TABLE && doc->look.is_colored)
		fputs("\033[0m", doc->file);
	fputc('\n', doc->file);
	if (doc->format == REPORT_TABLE)
		doc->has_content = false;
}

static const char *const style_names[] = {"", "high", "low", "dim", "good", "bad"};
static const char *const style_codes[] = {"", "\033[1;31m", "\033[34m", "\033[2m", "\033[32m", "\033[31m"};

void doc_line(struct doc *doc, enum doc_style style, struct slice text)
{
	switch (doc->format) {
	case REPORT_CSV: return;
	case REPORT_HTML:
		fprintf(doc->file, "<p%s%s%s>", style ? " class=\"" : "", style_names[style], style ? "\"" : "");
		put(doc, text);
		fputs("</p>\n", doc->file);
		return;
	case REPORT_MARKDOWN:
		separate(doc);
		put(doc, text);
		fputc('\n', doc->file);
		return;
	default:
		doc->has_content = true;
		if (doc->look.is_colored && style)
			fputs(style_codes[style], doc->file);
		put(doc, text);
		fputs(doc->look.is_colored && style ? "\033[0m\n" : "\n", doc->file);
	}
}

void doc_linef(struct doc *doc, enum doc_style style, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	doc_line(doc, style, slice_of(text));
	free(text);
}

void doc_wrapped(struct doc *doc, enum doc_style style, size_t indent, struct slice text)
{
	struct buf shown = BUF_EMPTY;
	text_show(&shown, text, target(doc));
	struct slice left = {shown.data, shown.length};
	size_t room = doc->look.width > indent + 10 ? doc->look.width - indent : 10;
	while (left.length > 0) {
		size_t length = text_fit(left, room, NULL), blank = length;
		while (length < left.length && blank > 0 && left.data[blank] != ' ')
			blank--;
		if (blank > 0)
			length = blank;
		char *line = xasprintf("%*s%.*s", (int)indent, "", (int)length, left.data);
		doc_line(doc, style, slice_of(line));
		free(line);
		while (length < left.length && left.data[length] == ' ')
			length++;
		left = (struct slice){left.data + length, left.length - length};
	}
	buf_free(&shown);
}

void doc_item(struct doc *doc, struct slice text)
{
	if (doc->format == REPORT_CSV)
		return;
	if (!doc->is_in_list && doc->format == REPORT_MARKDOWN)
		separate(doc);
	doc->is_in_list = true;
	fputs(doc->format == REPORT_HTML ? "<p>&bull; " : doc->format == REPORT_MARKDOWN ? "- " : "  - ", doc->file);
	put(doc, text);
	fputs(doc->format == REPORT_HTML ? "</p>\n" : "\n", doc->file);
	doc->has_content = true;
}

const char *number_grouped(uint64_t value, char out[GROUPED_SIZE])
{
	char digits[GROUPED_SIZE];
	int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
	return out;
}

/* ---- tables ---- */

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
	buf_add_text(&doc->line, is_colored ? style_codes[style] : "");
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
			const char *number = doc->columns[i].is_number ? "n" : "", *style = style_names[cells[i].style];
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
		separate(doc);
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

void doc_cell(struct doc *doc, enum doc_style style, struct slice text)
{
	if (doc->cell_count == doc->column_count * MOST_WAITING_ROWS)
		flush_rows(doc);
	size_t column = doc->cell_count % doc->column_count, start = doc->waiting.length;
	text_show(&doc->waiting, text, target(doc));
	doc->cells = array_grow(doc->cells, &doc->cell_capacity, doc->cell_count + 1, sizeof *doc->cells);
	doc->cells[doc->cell_count++] = (struct doc_cell){start, doc->waiting.length - start, style};
	size_t width = text_width((struct slice){doc->waiting.data + start, doc->waiting.length - start});
	if (doc->look.width > 0 && width > WIDEST_CELL)
		width = WIDEST_CELL;
	if (!doc->has_started_table && width > doc->widths[column])
		doc->widths[column] = width;
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
