/* Judging beside the frame: the session's results, from the first, empty ones on; see also app_want_results. */
#ifndef VIEW_EVALUATE_H
#define VIEW_EVALUATE_H

struct app;

void evaluate_begin(struct app *app); /* results of no events under its parameters, to be replaced by the first ones */
void evaluate_tick(struct app *app); /* after the load's progress was taken: starts an evaluation when one is due */

#endif
