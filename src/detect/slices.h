/* slices: the slice means of Beta(a, b) by interpolation, to a part in 100,000, at a hundredth of the cost of their
 * quantiles. They tell what is rare from what is not; whatever is reported is computed exactly. */
#ifndef RARETRAIL_DETECT_SLICES_H
#define RARETRAIL_DETECT_SLICES_H

#include "beta.h"

#include <stdbool.h>

#define SLICES_A 13 /* Chebyshev terms in 1 / sqrt(a) */
#define SLICES_SHARE 8 /* and in a / (a + b) */
#define SLICES_PAIRS 4 /* pairs of slices */
#define SLICES_STEPS 64 /* of 1 / sqrt(a), in tables of bounds */
#define SLICES_ODDS 3 /* ranges of b / a, likewise */
#define SLICES_WIDENING 1.05 /* a share this much larger still counts as equal */

typedef double slices_pair __attribute__((vector_size(16)));

/* For 3, 5 and 7 slices. */
struct slices {
	slices_pair terms[3][SLICES_A][SLICES_SHARE][SLICES_PAIRS];
	double floors[3][SLICES_ODDS][SLICES_STEPS][BETA_MAX_SLICES];
	struct slices_share {
		double from[2]; /* a: beyond each, one more slice is certain to reach; INFINITY: never */
		double shares[3];
	} shares[4];
};
/* Made once for the whole program. */
const struct slices *slices_shared(void);
/* Within SLICES_ERROR (relative) of beta_slice_means; false outside a >= 0.998 and share = a / (a + b) <= 1/2. */
bool slices_means(const struct slices *slices, unsigned m, double a, double share, double means[BETA_MAX_SLICES]);
#define SLICES_ERROR 1e-5
/* Lower bounds of beta_slice_means relative to the overall mean, a few parts in a hundred below; cheapest. NULL outside
 * 0.9981 <= a <= b, 1 <= b and a + b <= 100, 1000, 10000 for 7, 5, 3 slices. */
const double *slices_floors(const struct slices *slices, unsigned m, double a, double b);
/* Which share of m slices have a mean that, widened, reaches the overall one: by a, where a <= b; shares[0] always. */
const struct slices_share *slices_share(const struct slices *slices, unsigned m);

#endif
