/* A sheet: lines of coloured text with a link behind some of them, built once for a width and shown by a pager.
 * Alert details, guides, comparisons and the sources screen are documents. */
#ifndef VIEW_SHEET_H
#define VIEW_SHEET_H

#include "raretrail/detect.h"
#include "raretrail/tui.h"

enum link_kind { LINK_NONE, LINK_QUERY, LINK_EVIDENCE, LINK_PARAMETER, LINK_USER, LINK_ALERT, LINK_ROW, LINK_KEY };
struct sheet_link {
	enum link_kind kind;
	enum event_field field; /* value under the cursor, for + - y P; FIELD_COUNT: none */
	struct slice value;
	const char *text; /* QUERY: KQL; ALERT: id; USER: name; KEY: command line to run */
	const char *other; /* USER: identity type, NULL: any */
	enum parameter parameter;
	uint32_t row;
};

struct sheet_line {
	struct pager_line line;
	struct sheet_link link;
	int column; /* where the next span goes */
};

struct sheet {
	struct ui *ui;
	struct arena arena;
	struct sheet_line *lines;
	size_t count, capacity;
	int width;
	struct buf scratch;
};

void sheet_begin(struct sheet *doc, struct ui *ui, int width); /* empties it */
void sheet_free(struct sheet *doc);
void sheet_pager(struct sheet *doc, struct pager *pager); /* shows it; keeps the cursor's line where it can */
struct sheet_link *sheet_line(struct sheet *doc); /* a new line; its link, to be filled in. Valid until the next line */
void sheet_add(struct sheet *doc, enum ui_role role, struct slice text);
void sheet_printf(struct sheet *doc, enum ui_role role, const char *format, ...) PRINTF_LIKE(3, 4);
/* Text cut or padded to a field of `width` cells. */
void sheet_fit(struct sheet *doc, enum ui_role role, int width, enum ui_align align, struct slice text);
void sheet_fit_printf(struct sheet *doc, enum ui_role role, int width, enum ui_align align, const char *format, ...)
	PRINTF_LIKE(5, 6);
void sheet_column(struct sheet *doc, int column); /* spaces up to a column; at least one when text is in the way */
void sheet_bar(struct sheet *doc, enum ui_role role, int width, double fraction);
/* Words broken over lines of the width, each led by `indent` spaces. */
void sheet_wrap(struct sheet *doc, enum ui_role role, int indent, struct slice text);
/* The same, but beginning on the present line, where there is room left. */
void sheet_flow(struct sheet *doc, enum ui_role role, int indent, struct slice text);
int sheet_room(const struct sheet *doc); /* cells left on the line */
const char *sheet_keep(struct sheet *doc, struct slice text); /* a copy that lives as long as the lines */
const struct sheet_link *sheet_link_at(const struct sheet *doc, size_t line); /* NULL when the line has none */
#endif
