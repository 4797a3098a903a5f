/* A draft of the parameters: one value a row, stepped, typed or edited as a list. Knows no screen. */
#ifndef VIEW_DRAFT_H
#define VIEW_DRAFT_H

#include "raretrail/detect.h"

/* Moves a scalar by so many steps of a size that suits its value; flips a BOOL, goes round a CHOICE. Lists do not move:
 * false. The value stays inside its range. */
bool draft_step(struct params *draft, enum parameter parameter, int steps);
/* "0.5%", "0.005", "1h30m", "200": what a person types. */
int draft_type(struct params *draft, enum parameter parameter, const char *text, struct err *err) MUST_USE;
bool draft_differs(const struct params *a, const struct params *b, enum parameter parameter);
/* "1.0% -> 0.50%", of a list "+Comcast* -Amazon*"; text from files, not yet shown. */
void draft_describe(struct buf *out, const struct params *from, const struct params *to, enum parameter parameter);
unsigned draft_differences(const struct params *a, const struct params *b);
void draft_show(
	const struct params *params, enum parameter parameter, char *out, size_t size); /* "1.0%", "6 entries" */

#endif
