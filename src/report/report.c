/* report: the door's common parts: names of formats, notices, the choice of a form. */
#include "detection.h"

#include <stdlib.h>

const char *const report_format_names[REPORT_FORMAT_COUNT] = {
#define X(id, name) name,
	REPORT_FORMATS(X)
#undef X
};

void report_notice(struct report_notices *notices, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(text), TEXT_TERMINAL);
	free(text);
	notices->items = array_grow(notices->items, &notices->capacity, notices->count + 1, sizeof *notices->items);
	notices->items[notices->count++] = shown.data ? shown.data : xstrdup("");
}

void report_notices_free(struct report_notices *notices)
{
	for (size_t i = 0; i < notices->count; i++)
		free(notices->items[i]);
	free(notices->items);
	*notices = (struct report_notices){0};
}

int report_finish(FILE *out, struct err *err)
{
	return ferror(out) ? err_set(err, ERR_IO, "writing failed") : 0;
}

int report_detection(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_detection *report, struct err *err)
{
	switch (format) {
	case REPORT_JSON: detection_json(out, report); break;
	case REPORT_NDJSON: detection_ndjson(out, report); break;
	case REPORT_CSV: detection_csv(out, report); break;
	default: detection_document(out, format, look, report);
	}
	return report_finish(out, err);
}
