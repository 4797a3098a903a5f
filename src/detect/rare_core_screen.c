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

static bool is_joint(const struct core_screen *screen, double squares, size_t count)
{
	if (count < SCREEN_JOINT)
		return squares >= screen->joint[count];
	return ln_gamma_upper((double)count / 2, squares / 2) <= log(SCREEN_CUTOFF);
}

static double square_of(const struct core_screen *screen, double floor)
{
	return screen->squares[(size_t)(floor * SCREEN_STEPS)];
}

/* How likely it is that at least `least` of `count` draws fall into a share; less, where it is nearly all. */
static double chance_of(double share, size_t count, size_t least)
{
	double inside = fmin(share, 0.9), outside = 1 - inside, way = 1, fewer = 0, power = outside;
	for (size_t left = count; left > 0; left /= 2, power *= power)
		way *= left % 2 == 1 ? power : 1;
	for (size_t few = 0; few < least; few++) {
		fewer += way;
		way *= (double)(count - few) / (double)(few + 1) * inside / outside;
	}
	return 1 - fewer;
}

/* That one of the smallest keeps its bound only makes it likelier that the others do: all together are at least as
 * likely as the product of their chances (Harris). */
static bool is_group_extreme(const struct core_screen *screen, const double *p, size_t count)
{
	double chance = 1;
	for (size_t k = 1; k < COUNT_OF(screen->extreme) && k <= count; k++) {
		chance *= chance_of(p[k - 1], count, k);
		if (chance <= screen->extreme[k])
			return true;
	}
	return false;
}

bool core_screen_is_group_dull(const struct core_screen *screen, const double *p, size_t count)
{
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += square_of(screen, p[i]);
	return !is_joint(screen, squares, count) && !is_group_extreme(screen, p, count);
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
		sum += square_of(screen, floors[i]);
		if (is_joint(screen, sum, i + 1))
			return false;
	}
	return !is_extreme(screen, floors, count);
}
