/* The investigation guide of an alert's rule as a document: every step with the figure that answers it and the queries
 * behind it. Lines of LINK_KEY are the questions, their text the step's name; the lines below belong to them. */
#ifndef VIEW_GUIDE_DOC_H
#define VIEW_GUIDE_DOC_H

#include "facts.h"
#include "sheet.h"

struct app;

struct guide_steps {
	const char *const *names;
	size_t count;
};
extern const struct guide_steps guide_steps[RULE_COUNT];

/* alert is a number in app's results, UINT32_MAX when it no longer fires; facts may be NULL or of older results. */
void guide_doc(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width);

#endif
