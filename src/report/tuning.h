/* tuning: one file a form, one entry each. */
#ifndef RARETRAIL_REPORT_TUNING_H
#define RARETRAIL_REPORT_TUNING_H

#include "detection.h"

void tuning_json(FILE *out, const struct report_tuning *report);
void tuning_ndjson(FILE *out, const struct report_tuning *report);
void tuning_csv(FILE *out, const struct report_tuning *report);
void tuning_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct report_tuning *report);

/* What JSON and CSV both say of an item. A zeroed item gives the names; of a change `after` must be there. */
void cells_add_change(struct cells *cells, const struct tune_change *change);
void cells_add_sweep(struct cells *cells, const struct tune_sweep *sweep);
void cells_add_step(struct cells *cells, const struct tune_sweep *sweep, const struct limit_step *step);
void cells_add_near_miss(struct cells *cells, const struct alert *near_miss);
void cells_add_horizon(struct cells *cells, const struct rare_method *engine, const struct method_horizon *user);
void cells_add_advice(struct cells *cells, const struct tune_advice *advice);

#endif
