/* slices: a Chebyshev expansion in two variables, in which the means relative to the overall mean are all but
 * polynomials. Terms of high order in both are left out. */
#include "slices.h"

#include "raretrail/base.h"

#include <math.h>
#include <string.h>

#define SHARE_MAX 0.5
#define ROOT_MAX 1.001 /* of 1 / sqrt(a) */

static const unsigned slice_counts[] = {3, 5, 7};
/* The least 1 / sqrt(a) that so many slices are used for: a total weight of 10000, 1000, 100. */
static const double root_min[] = {0.01, 0.0316, 0.1};

static unsigned table_of(unsigned m)
{
	return m == 3 ? 0 : m == 5 ? 1 : 2;
}

static double node_of(unsigned i, unsigned count)
{
	return cos(M_PI * (i + 0.5) / count);
}

static void init_terms(struct slices *slices)
{
	double cosines_a[SLICES_A][SLICES_A], cosines_share[SLICES_SHARE][SLICES_SHARE];
	for (unsigned i = 0; i < SLICES_A; i++)
		for (unsigned p = 0; p < SLICES_A; p++)
			cosines_a[p][i] = cos(M_PI * p * (i + 0.5) / SLICES_A);
	for (unsigned i = 0; i < SLICES_SHARE; i++)
		for (unsigned q = 0; q < SLICES_SHARE; q++)
			cosines_share[q][i] = cos(M_PI * q * (i + 0.5) / SLICES_SHARE);
	for (unsigned c = 0; c < 3; c++)
		for (unsigned i = 0; i < SLICES_A; i++)
			for (unsigned j = 0; j < SLICES_SHARE; j++) {
				double root = root_min[c] + (ROOT_MAX - root_min[c]) * (1 + node_of(i, SLICES_A)) / 2;
				double share = SHARE_MAX * (1 + node_of(j, SLICES_SHARE)) / 2;
				double a = 1 / (root * root), means[BETA_MAX_SLICES];
				beta_slice_means(a, a * (1 - share) / share, slice_counts[c], means);
				for (unsigned p = 0; p < SLICES_A; p++)
					for (unsigned q = 0; q < SLICES_SHARE; q++) {
						double factor = cosines_a[p][i] * cosines_share[q][j] * (p ? 2 : 1) *
								(q ? 2 : 1) / (SLICES_A * SLICES_SHARE * share);
						for (unsigned s = 0; s < slice_counts[c]; s++)
							slices->terms[c][p][q][s / 2][s % 2] += factor * means[s];
					}
			}
}

/* The sum of the expansion; inlined for each number of pairs, with the sums in names of their own, so that they stay
 * in registers. */
static inline __attribute__((always_inline)) void expand(
	const slices_pair terms[SLICES_A][SLICES_SHARE][SLICES_PAIRS], double u, double v, unsigned pairs, double *sums)
{
	double along_share[SLICES_SHARE] = {1, v}, before = u, here = 1;
	for (unsigned q = 2; q < SLICES_SHARE; q++)
		along_share[q] = 2 * v * along_share[q - 1] - along_share[q - 2];
	slices_pair first = {0}, second = {0}, third = {0}, fourth = {0};
	for (unsigned p = 0; p < SLICES_A; p++) {
		unsigned orders = (SLICES_A - p) * SLICES_SHARE / SLICES_A + 1;
		if (orders > SLICES_SHARE)
			orders = SLICES_SHARE;
		for (unsigned q = 0; q < orders; q++) {
			double factor = here * along_share[q];
			first += factor * terms[p][q][0];
			second += factor * terms[p][q][1];
			if (pairs > 2)
				third += factor * terms[p][q][2];
			if (pairs > 3)
				fourth += factor * terms[p][q][3];
		}
		double next = 2 * u * here - before;
		before = here;
		here = next;
	}
	const slices_pair totals[SLICES_PAIRS] = {first, second, third, fourth};
	for (unsigned i = 0; i < pairs; i++) {
		sums[2 * i] = totals[i][0];
		sums[2 * i + 1] = totals[i][1];
	}
}

bool slices_means(const struct slices *slices, unsigned m, double a, double share, double means[BETA_MAX_SLICES])
{
	unsigned c = table_of(m);
	double root = 1 / sqrt(a);
	if (!(share <= SHARE_MAX) || !(root <= ROOT_MAX) || root < root_min[c] || slice_counts[c] != m)
		return false;
	double u = 2 * (root - root_min[c]) / (ROOT_MAX - root_min[c]) - 1, v = 2 * share / SHARE_MAX - 1;
	double sums[2 * SLICES_PAIRS];
	switch (m) {
	case 3: expand(slices->terms[c], u, v, 2, sums); break;
	case 5: expand(slices->terms[c], u, v, 3, sums); break;
	default: expand(slices->terms[c], u, v, 4, sums); break;
	}
	for (unsigned s = 0; s < m; s++)
		means[s] = share * fmax(0, sums[s]);
	return true;
}

/* The least of each slice where a step begins, from the least share to the largest. */
static void floors_at(const struct slices *slices, unsigned c, double root, double floors[BETA_MAX_SLICES])
{
	static const double shares[] = {1e-6, 0.1, 0.2, 0.3, 0.4, SHARE_MAX};
	unsigned m = slice_counts[c];
	for (unsigned i = 0; i < COUNT_OF(shares); i++) {
		double means[BETA_MAX_SLICES] = {0};
		(void)slices_means(slices, m, 1 / (root * root), shares[i], means);
		for (unsigned s = 0; s < m; s++)
			floors[s] = i == 0 ? means[s] / shares[i] : fmin(floors[s], means[s] / shares[i]);
	}
}

/* Within a step and between shares the means are all but straight: the ends tell, but for a little. */
static void init_floors(struct slices *slices)
{
	for (unsigned c = 0; c < COUNT_OF(slice_counts); c++) {
		double here[BETA_MAX_SLICES], next[BETA_MAX_SLICES], step = (ROOT_MAX - root_min[c]) / SLICES_STEPS;
		floors_at(slices, c, root_min[c] * (1 + 1e-9), here);
		for (unsigned i = 0; i < SLICES_STEPS; i++) {
			floors_at(slices, c, root_min[c] + (i + 1 - 1e-9) * step, next);
			for (unsigned s = 0; s < slice_counts[c]; s++) {
				slices->floors[c][i][s] = 0.999 * fmin(here[s], next[s]);
				here[s] = next[s];
			}
		}
	}
}

void slices_init(struct slices *slices)
{
	memset(slices, 0, sizeof *slices);
	init_terms(slices);
	init_floors(slices);
}

const double *slices_floors(const struct slices *slices, unsigned m, double a)
{
	unsigned c = table_of(m);
	double root = 1 / sqrt(a), step = (root - root_min[c]) * (SLICES_STEPS / (ROOT_MAX - root_min[c]));
	return step >= 0 && step < SLICES_STEPS ? slices->floors[c][(unsigned)step] : NULL;
}
