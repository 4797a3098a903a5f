/* rare_core_screen: can anything in this bucket of a partition score? Decided from lower bounds of its probabilities,
 * because nearly always nothing can, and exact probabilities cost a hundred times more. */
#ifndef RARETRAIL_DETECT_RARE_CORE_SCREEN_H
#define RARETRAIL_DETECT_RARE_CORE_SCREEN_H

#include "raretrail/base.h"
#include "surprise.h"

#define SCREEN_JOINT 33
#define SCREEN_STEPS 1024
/* A little above the cutoff, for what rounding may do to a bound. */
#define SCREEN_CUTOFF (SURPRISE_CUTOFF * 1.0001)

struct core_screen {
	double squares[SCREEN_STEPS + 1]; /* z squared of a probability of i / SCREEN_STEPS */
	double joint[SCREEN_JOINT]; /* [n]: the sum of n squares at which n results are jointly rare */
	double extreme[6]; /* [k]: the probability of the k smallest at which they are rare */
};
void core_screen_init(struct core_screen *screen);
/* True when no result, no group of results and no node above them can be rare, whatever the probabilities are above
 * these bounds. Reorders floors (ascending). */
bool core_screen_is_dull(const struct core_screen *screen, double *floors, size_t count);
/* True when the node over exactly these results (ascending, two or more) cannot be rare. */
bool core_screen_is_group_dull(const struct core_screen *screen, const double *p, size_t count);

#endif
