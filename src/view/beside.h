/* The explanation and the evidence of an alert beside the list, on wide terminals. */
#ifndef VIEW_ALERT_BESIDE_H
#define VIEW_ALERT_BESIDE_H

#include "facts.h"
#include "sheet.h"

struct app;

struct beside {
	struct sheet doc;
	struct pager pager;
	char explained[ALERT_ID_SIZE];
	const struct results *from; /* only compared */
	int width;
	struct facts_wanted facts;
};

void beside_draw(struct app *app, struct beside *beside, uint32_t alert, struct pane pane);
void beside_free(struct beside *beside);

#endif
