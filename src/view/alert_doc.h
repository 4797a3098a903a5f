/* An alert explained: the document that the alert screen and the wide layout show. */
#ifndef VIEW_ALERT_DOC_H
#define VIEW_ALERT_DOC_H

#include "sheet.h"
#include "facts.h"

struct app;

/* alert is a number in app's results, UINT32_MAX when it no longer fires; facts may be NULL or of another alert: then what
 * takes a walk over rows is left for later. */
void alert_doc(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width);
void alert_doc_rare_as(
	struct app *app, struct sheet *doc, const struct results *results, uint32_t alert, const struct facts *facts);
void alert_doc_rare_method(
	struct app *app, struct sheet *doc, const struct results *results, uint32_t alert, const struct facts *facts);
/* Conditions with value, limit, margin and what would silence; for alerts and near misses. */
void sheet_conditions(struct app *app, struct sheet *doc, const struct alert *alert);
void sheet_verdict(struct app *app, struct sheet *doc, const struct alert *alert);
void sheet_also(struct app *app, struct sheet *doc, const struct results *results, uint32_t alert);
/* "  label  1,380  92.6% [#####   ]" lines of a tally, at most `max`; values under the cursor can be kept or dropped. */
void sheet_tally(struct app *app, struct sheet *doc, const struct store *store, const char *title,
	const struct tally *tally, const uint8_t *trust_of_name, size_t max);
void parameter_value(enum parameter parameter, double value, char *out, size_t size); /* "0.60%", "1,482", "1h" */
const char *parameter_words(enum parameter parameter); /* "rare-AS ratio" */
struct slice action_name(const struct store *store, uint32_t row, struct buf *out); /* "sts.GetCallerIdentity" */

#endif
