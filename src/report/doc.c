/* doc: the frame of a document and its lines; tables are in doc_table.c. */
#include "doc.h"

#include <stdlib.h>

const char *const doc_style_names[] = {"", "high", "low", "dim", "good", "bad"};
const char *const doc_style_codes[] = {"", "\033[1;31m", "\033[34m", "\033[2m", "\033[32m", "\033[31m"};

enum text_target doc_target(const struct doc *doc)
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
	text_show(&shown, text, doc_target(doc));
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

void doc_separate(struct doc *doc)
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
	doc_separate(doc);
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

void doc_line(struct doc *doc, enum doc_style style, struct slice text)
{
	switch (doc->format) {
	case REPORT_CSV: return;
	case REPORT_HTML:
		fprintf(doc->file, "<p%s%s%s>", style ? " class=\"" : "", doc_style_names[style], style ? "\"" : "");
		put(doc, text);
		fputs("</p>\n", doc->file);
		return;
	case REPORT_MARKDOWN:
		doc_separate(doc);
		put(doc, text);
		fputc('\n', doc->file);
		return;
	default:
		doc->has_content = true;
		if (doc->look.is_colored && style)
			fputs(doc_style_codes[style], doc->file);
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
	text_show(&shown, text, doc_target(doc));
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
	doc_field(doc, NULL, DOC_PLAIN, text);
}

/* In Markdown, which has no colours, a text of any style is bold. */
void doc_field(struct doc *doc, const char *name, enum doc_style style, struct slice text)
{
	if (doc->format == REPORT_CSV)
		return;
	if (!doc->is_in_list && doc->format == REPORT_MARKDOWN)
		doc_separate(doc);
	doc->is_in_list = true;
	bool is_html = doc->format == REPORT_HTML, is_markdown = doc->format == REPORT_MARKDOWN,
	     is_colored = style && doc->look.is_colored;
	fputs(is_html ? "<p>&bull; " : is_markdown ? "- " : "  - ", doc->file);
	if (name)
		fprintf(doc->file, "%s: ", name);
	if (style && is_html)
		fprintf(doc->file, "<span class=\"%s\">", doc_style_names[style]);
	else
		fputs(style && is_markdown ? "**" : is_colored ? doc_style_codes[style] : "", doc->file);
	put(doc, text);
	fputs(!style ? "" : is_html ? "</span>" : is_markdown ? "**" : is_colored ? "\033[0m" : "", doc->file);
	fputs(is_html ? "</p>\n" : "\n", doc->file);
	doc->has_content = true;
}

void doc_fieldf(struct doc *doc, const char *name, enum doc_style style, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	doc_field(doc, name, style, slice_of(text));
	free(text);
}

/* In Markdown a block by indentation: no text in it can end it, and none has a meaning. */
void doc_code(struct doc *doc, struct slice text)
{
	enum text_target target = doc->format == REPORT_MARKDOWN ? TEXT_TERMINAL : doc_target(doc);
	if (doc->format == REPORT_CSV)
		return;
	doc_separate(doc);
	fputs(doc->format == REPORT_HTML ? "<pre>" : "", doc->file);
	for (size_t at = 0; at < text.length;) {
		const char *end = memchr(text.data + at, '\n', text.length - at);
		size_t length = end ? (size_t)(end - text.data) - at : text.length - at;
		struct buf shown = BUF_EMPTY;
		text_show(&shown, (struct slice){text.data + at, length}, target);
		fprintf(doc->file, "%s%s\n", doc->format == REPORT_HTML ? "" : "    ", shown.data ? shown.data : "");
		buf_free(&shown);
		at += length + 1;
	}
	fputs(doc->format == REPORT_HTML ? "</pre>\n" : "", doc->file);
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
