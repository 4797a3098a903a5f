/* case: one file a form, one entry each. */
#ifndef RARETRAIL_REPORT_CASE_PARTS_H
#define RARETRAIL_REPORT_CASE_PARTS_H

#include "detection.h"

/* Markdown or HTML. */
void case_document(FILE *out, enum report_format format, const struct casefile *casefile);
void words_join(struct buf *out, char *const *words, size_t count, const char *between);

#endif
