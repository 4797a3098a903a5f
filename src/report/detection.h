/* detection: one file a form, one entry each. */
#ifndef RARETRAIL_REPORT_DETECTION_H
#define RARETRAIL_REPORT_DETECTION_H

#include "cells.h"
#include "doc.h"
#include "json.h"

void detection_json(FILE *out, const struct report_detection *report);
void detection_ndjson(FILE *out, const struct report_detection *report);
void detection_csv(FILE *out, const struct report_detection *report);
void detection_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct report_detection *report);
/* Parts that other outputs share. */
/* Every value as a member of the object that is open. */
void cells_json(struct json *json, const struct cells *cells);
/* CSV: a header of the names, then row after row; what a row has not stays empty. Cells are empty afterwards, for the
 * next row. */
struct cells_csv {
	struct doc doc;
	struct doc_column columns[DOC_MAX_COLUMNS];
};
void cells_csv_begin(struct cells_csv *csv, FILE *out, struct cells *names);
void cells_csv_row(struct cells_csv *csv, struct cells *row);
void cells_csv_end(struct cells_csv *csv);
/* Begins the one object that a command prints: who wrote it, and what it was made from. */
void document_json(struct json *json, FILE *out, const char *version, const struct report_input *input);
void params_json(struct json *json, const char *name, const struct params *params, uint32_t rule_bits);
void notices_json(struct json *json, const struct report_notices *notices);
const char *skip_file_name(const struct report_input *input, const struct skip *skip);
/* With a report that is explained, the explanation too; report may be NULL. */
void alert_json(struct json *json, const char *name, const struct store *store, const struct params *params,
	const struct alert *alert, const struct report_detection *report);
/* What is behind an alert, line by line; safe to show. */
void alert_explain(const struct report_detection *report, const struct alert *alert,
	void (*line)(void *context, struct slice text), void *context);
/* 0, or -1 when the stream has failed. */
int report_finish(FILE *out, struct err *err) MUST_USE;

#endif
