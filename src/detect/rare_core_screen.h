/* rare_core_screen: can anything in this bucket of a partition score? Decided from lower bounds of its probabilities,
 * because nearly always nothing can, and exact probabilities cost a hundred times more. */
#ifndef RARETRAIL_DETECT_RARE_CORE_SCREEN_H
#define RARETRAIL_DETECT_RARE_CORE_SCREEN_H

#include "raretrail/base.h"
#include "surprise.h"

#define SCREEN_JOINT 33
#define SCREEN_STEPS 1024
#define SCREEN_LEVELS 3
#define SCREEN_SMALLEST 5 /* so many of the smallest count as extremes */
/* For what rounding may do to a bound. */
#define SCREEN_MARGIN 1.0001
#define SCREEN_CUTOFF (SURPRISE_CUTOFF * SCREEN_MARGIN)
/* Above this a result makes no group rare: its square is less than what it adds to the sum at which groups are. */
#define SCREEN_WITHOUT_WEIGHT 0.32

struct core_screen {
	double squares[SCREEN_STEPS + 1]; /* z squared of a probability of i / SCREEN_STEPS */
	double joint[SCREEN_JOINT][SCREEN_LEVELS]; /* [n]: the sum of n squares from which on a level is reached */
	double extreme[SCREEN_SMALLEST + 1][SCREEN_LEVELS]; /* [k]: the probability of the k smallest, likewise */
};
void core_screen_init(struct core_screen *screen);
/* Made once for the whole program. */
const struct core_screen *core_screen_shared(void);
/* True when no result, no group of results and no node above them can be rare, whatever the probabilities are above
 * these bounds (ascending). */
bool core_screen_is_dull(const struct core_screen *screen, const double *floors, size_t count);
/* True when the node over exactly these results (ascending, two or more) cannot be rare. */
bool core_screen_is_group_dull(const struct core_screen *screen, const double *p, size_t count);

#endif
