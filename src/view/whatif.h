/* What if: the difference a draft of the parameters makes, and the sweep of one parameter, computed on the evaluator's
 * thread. The newest wish wins; results arrive whole. */
#ifndef VIEW_WHATIF_H
#define VIEW_WHATIF_H

#include "raretrail/tune.h"
#include "results.h"

struct app;
struct task;
struct tune_box;

struct whatif {
	struct tune_box *box; /* the tuning engine of the newest results, shared with tasks */
	struct task *task;
	bool has_diff, has_sweep;
	struct tune_diff diff;
	struct tune_sweep sweep;
	size_t alone_lost[PARAMETER_TOTAL], alone_gained[PARAMETER_TOTAL]; /* of each changed parameter by itself */
	int64_t elapsed_us;
};

/* Compares `draft` (allowlist compiled in) with the parameters in force; sweeps `parameter` unless PARAMETER_TOTAL.
 * ready is called when the figures are new. */
void whatif_ask(struct app *app, struct whatif *whatif, const struct params *draft, enum parameter parameter,
	void *owner, void (*ready)(struct app *app, void *owner));
void whatif_free(struct whatif *whatif);

#endif
