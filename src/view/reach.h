/* What commands reach inside of particular screens; each answers no when another screen is shown. */
#ifndef VIEW_REACH_H
#define VIEW_REACH_H

#include "raretrail/detect.h"

struct app;
struct sheet_link;

enum parameter alert_parameter_here(struct app *app); /* PARAMETER_TOTAL: none under the cursor */
/* Of the explanation beside the list of alerts, when that has the keys; NULL: none. */
const struct sheet_link *alerts_link_here(struct app *app);
enum parameter near_parameter_here(struct app *app);
bool events_goto_time(struct app *app, int64_t when);
bool timeline_goto_time(struct app *app, int64_t when);
bool timeline_time_here(struct app *app, int64_t *when);
void tune_goto(struct app *app, enum parameter parameter);
const struct params *tune_draft(struct app *app); /* without the allowlist; NULL: Tune was not opened yet */
void tune_take_draft(struct app *app, const struct params *draft); /* copies; shown or not */
void app_as_of(struct app *app, int64_t when); /* TIME_NONE: replay */
int parse_when(struct app *app, const char *text, int64_t *when, struct err *err);
unsigned do_allow(void *context, const char *arguments);

#endif
