/* A screen about one alert: it finds its alert again in newer results, has the facts gathered, and builds its document
 * when one of them or the width has changed. The alert's detail and the guide differ only in what the document says. */
#ifndef VIEW_ALERT_PLACE_H
#define VIEW_ALERT_PLACE_H

#include "app.h"
#include "facts.h"
#include "sheet.h"

struct alert_place {
	struct pager pager; /* first: see first_pager */
	struct sheet doc;
	int width; /* the document was built for; 0: to be built again */
	char id[ALERT_ID_SIZE];
	uint32_t alert; /* number in the newest results; UINT32_MAX: it no longer fires */
	struct facts_wanted facts;
};
void alert_place_open(struct app *app, struct alert_place *place, const struct target *target);
void alert_place_draw(struct app *app, struct alert_place *place, struct pane body,
	void (*build)(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width));
const struct sheet_link *alert_place_link(struct alert_place *place); /* of the line under the cursor; NULL: none */
/* The events in evidence, in the events screen. */
unsigned alert_place_evidence(struct app *app, struct alert_place *place);

/* For the screens' tables; the state begins with a struct alert_place. */
void alert_place_close(struct app *app, void *state);
void alert_place_update(struct app *app, void *state, unsigned change);
bool alert_place_value(struct app *app, void *state, struct value *out);
bool alert_place_identity(struct app *app, void *state, struct slice *user, struct slice *type);
size_t alert_place_alerts(struct app *app, void *state, uint32_t *out, size_t max);

#endif
