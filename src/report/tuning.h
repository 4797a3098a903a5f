/* tuning: one file a form, one entry each. */
#ifndef RARETRAIL_REPORT_TUNING_H
#define RARETRAIL_REPORT_TUNING_H

#include "detection.h"

void tuning_json(FILE *out, const struct report_tuning *report);
void tuning_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct report_tuning *report);

#endif
