/* rare_core_screen: three tests, each necessary for a score: one result is rare; a few smallest are; the sum of
 * squares of some of them is. */
#include "rare_core_screen.h"

#include "beta.h"

#include <math.h>

void core_screen_init(struct core_screen *screen)
{
	for (unsigned i = 0; i <= SCREEN_STEPS; i++) {
		double z = normal_upper_quantile(fmax(1e-9, (double)i / SCREEN_STEPS) / 2);
		screen->squares[i] = z * z;
	}
	for (unsigned n = 1; n < SCREEN_JOINT; n++) {
		double low = 0, high = 200;
		for (unsigned step = 0; step < 60; step++) {
			double middle = (low + high) / 2;
			if (ln_gamma_upper(n / 2.0, middle / 2) > log(SCREEN_CUTOFF))
				low = middle;
			else
				high = middle;
		}
		screen->joint[n] = low;
	}
	for (unsigned k = 1; k < COUNT_OF(screen->extreme); k++)
		screen->extreme[k] = pow(SCREEN_CUTOFF, 1 + log(k) / 2.1);
}

/* The k smallest alone, as order statistics of k draws; more draws make the same ones likelier. A draw breaks its bound
 * first at the i-th place: i - 1 draws keep theirs, and all others lie above. */
static bool is_extreme(const struct core_screen *screen, const double *p, size_t count)
{
	static const double ways[6][6] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1}};
	double kept[6] = {1};
	for (size_t k = 1; k < COUNT_OF(screen->extreme) && k <= count; k++) {
		kept[k] = 1;
		for (size_t i = 1; i <= k; i++) {
			double above = 1;
			for (size_t j = i; j <= k; j++)
				above *= 1 - p[i - 1];
			kept[k] -= ways[k][i - 1] * kept[i - 1] * above;
		}
		if (kept[k] <= screen->extreme[k])
			return true;
	}
	return false;
}

bool core_screen_is_dull(const struct core_screen *screen, double *floors, size_t count)
{
	if (count == 1)
		return floors[0] > SCREEN_CUTOFF;
	sort_probabilities(floors, count);
	if (floors[0] <= SCREEN_CUTOFF)
		return false;
	double sum = 0;
	for (size_t i = 0; i < count; i++) {
		sum += screen->squares[(size_t)(floors[i] * SCREEN_STEPS)];
		if (i + 1 < SCREEN_JOINT ? sum >= screen->joint[i + 1]
					 : ln_gamma_upper((double)(i + 1) / 2, sum / 2) <= log(SCREEN_CUTOFF))
			return false;
	}
	return !is_extreme(screen, floors, count);
}
