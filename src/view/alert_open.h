/* What stands behind the lines of an alert's explanation, wherever it is shown. */
#ifndef VIEW_ALERT_OPEN_H
#define VIEW_ALERT_OPEN_H

#include "raretrail/base.h"

struct app;
struct sheet_link;

/* alert: number in the newest results; UINT32_MAX opens nothing. link NULL: the evidence. */
unsigned alert_open_evidence(struct app *app, uint32_t alert);
unsigned alert_open_link(struct app *app, uint32_t alert, const struct sheet_link *link);

#endif
