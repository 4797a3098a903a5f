/* doc: headings, lines and tables, once described, written as terminal text, CSV, Markdown or HTML. Callers give raw
 * text; it goes through text_show() here, for the target at hand, and nowhere else. */
#ifndef RARETRAIL_REPORT_DOC_H
#define RARETRAIL_REPORT_DOC_H

#include "raretrail/report.h"

#define DOC_MAX_COLUMNS 48

enum doc_style { DOC_PLAIN, DOC_HIGH, DOC_LOW, DOC_DIM, DOC_GOOD, DOC_BAD };

struct doc_column {
	const char *name;
	bool is_number; /* right-aligned */
	bool is_last; /* takes what is left of the line; in a limited width it is cut */
};

struct doc {
	FILE *file;
	enum report_format format; /* TABLE, CSV, MARKDOWN or HTML */
	struct report_look look;
	const struct doc_column *columns;
	size_t column_count;
	/* Rows wait until the widths are known, or too many wait. */
	struct buf waiting;
	struct buf line; /* of the terminal's table, under way */
	struct doc_cell {
		size_t start, length; /* in `waiting`, shown text */
		enum doc_style style;
	} * cells;
	size_t cell_count, cell_capacity;
	size_t widths[DOC_MAX_COLUMNS];
	bool has_started_table, has_content, is_in_list;
};

void doc_begin(
	struct doc *doc, FILE *file, enum report_format format, const struct report_look *look, const char *title);
void doc_end(struct doc *doc);
void doc_heading(struct doc *doc, int level, struct slice text);
void doc_line(struct doc *doc, enum doc_style style, struct slice text);
void doc_linef(struct doc *doc, enum doc_style style, const char *format, ...) PRINTF_LIKE(3, 4);
/* A line for a terminal of limited width: broken at blanks, all parts indented. */
void doc_wrapped(struct doc *doc, enum doc_style style, size_t indent, struct slice text);
void doc_item(struct doc *doc, struct slice text); /* of a list with dots */
void doc_field(struct doc *doc, const char *name, enum doc_style style, struct slice text); /* an item "name: text" */
void doc_fieldf(struct doc *doc, const char *name, enum doc_style style, const char *format, ...) PRINTF_LIKE(4, 5);
void doc_code(struct doc *doc, struct slice text); /* line by line as it stands */

void doc_table(struct doc *doc, const struct doc_column *columns, size_t count);
void doc_cell(struct doc *doc, enum doc_style style, struct slice text); /* column by column, row by row */
void doc_cellf(struct doc *doc, enum doc_style style, const char *format, ...) PRINTF_LIKE(3, 4);
void doc_cell_lines(struct doc *doc, enum doc_style style, struct slice text); /* broken where the text is; not CSV */
void doc_time(struct doc *doc, int64_t time); /* 2026-05-07 22:00:00 */
void doc_table_end(struct doc *doc);

/* For the file of the tables. */
extern const char *const doc_style_names[],
	*const doc_style_codes[]; /* [style]: class of HTML, start of it on a terminal */
enum text_target doc_target(const struct doc *doc);
void doc_separate(struct doc *doc); /* an empty line between what stands apart */

/* "1,234,567" */
#define GROUPED_SIZE 32
const char *number_grouped(uint64_t value, char out[GROUPED_SIZE]);

#endif
