/* Which alerts the list of alerts shows, and in what order: those that the filters keep, open ones first, or by a column.
 * When there are none, why. */
#ifndef VIEW_ALERTS_SHOWN_H
#define VIEW_ALERTS_SHOWN_H

#include "raretrail/base.h"

struct app;

enum alert_column {
	COL_VERDICT,
	COL_SEVERITY,
	COL_SEEN,
	COL_RULE,
	COL_USER,
	COL_NETWORK,
	COL_EVIDENCE,
	COL_SCORE,
	COL_FIRED,
	COL_COUNT
};

struct alerts_shown {
	uint32_t *alerts; /* numbers in the newest results */
	size_t count, hidden; /* kept by the filters, and not */
	int sort; /* a column; -1: worst first, as in the results */
	bool is_descending;
	struct buf empty; /* what an empty list says */
};
void alerts_shown_arrange(struct app *app, struct alerts_shown *shown);
void alerts_shown_explain(struct app *app, struct alerts_shown *shown); /* after arranging: writes `empty` */
void alerts_shown_free(struct alerts_shown *shown);

#endif
