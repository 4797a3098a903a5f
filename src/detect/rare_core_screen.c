/* rare_core_screen: three tests, each necessary for a score: one result is rare; a few smallest are (P of order
 * statistics is at least the product of the thresholds); the sum of squares of some of them is. */
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

bool core_screen_is_dull(const struct core_screen *screen, double *floors, size_t count)
{
	if (count == 1)
		return floors[0] > SCREEN_CUTOFF;
	sort_probabilities(floors, count);
	if (floors[0] <= SCREEN_CUTOFF)
		return false;
	double product = 1, sum = 0;
	for (size_t i = 0; i < count; i++) {
		product *= floors[i];
		if (i + 1 < COUNT_OF(screen->extreme) && product <= screen->extreme[i + 1])
			return false;
		sum += screen->squares[(size_t)(floors[i] * SCREEN_STEPS)];
		if (i + 1 < SCREEN_JOINT ? sum >= screen->joint[i + 1]
					 : ln_gamma_upper((double)(i + 1) / 2, sum / 2) <= log(SCREEN_CUTOFF))
			return false;
	}
	return true;
}
