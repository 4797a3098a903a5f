/* A sweep as a plot: the number of alerts over the whole range of a limit, with the limits in force and in the draft. */
#ifndef VIEW_SWEEP_PLOT_H
#define VIEW_SWEEP_PLOT_H

#include "raretrail/tui.h"
#include "raretrail/tune.h"

void sweep_plot(struct pane pane, const struct tune_sweep *sweep, double applied, double draft);

#endif
