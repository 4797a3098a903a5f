/* The explanation and the evidence of an alert beside the list, on wide terminals: the widgets of the alert's own screen and
 * of the events', each of which can have the keys. */
#ifndef VIEW_ALERT_BESIDE_H
#define VIEW_ALERT_BESIDE_H

#include "facts.h"
#include "sheet.h"

struct app;
struct value;

enum beside_focus { BESIDE_NONE, BESIDE_WHY, BESIDE_EVENTS, BESIDE_COUNT }; /* NONE: the list has the keys */

struct beside {
	struct app *app;
	struct sheet doc;
	struct pager pager;
	struct list events;
	enum beside_focus focus;
	uint32_t alert; /* number in the newest results, as drawn last */
	char explained[ALERT_ID_SIZE];
	const struct results *from; /* only compared */
	int width;
	struct facts_wanted facts;
};

void beside_show(struct app *app, struct beside *beside, uint32_t alert); /* before it is next asked anything */
void beside_draw(struct app *app, struct beside *beside, uint32_t alert, struct pane pane);
void beside_free(struct beside *beside);

/* These are about the pane that has the keys, which is not the list. */
unsigned beside_move(struct beside *beside, enum ui_motion motion);
unsigned beside_open(struct beside *beside);
bool beside_value(const struct beside *beside, struct value *out);
const struct sheet_link *beside_link(const struct beside *beside); /* only in the explanation */
void beside_status(const struct beside *beside, struct buf *right);

#endif
