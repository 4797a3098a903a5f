/* slices: a Chebyshev expansion in two variables, in which the means relative to the overall mean are all but
 * polynomials. Terms of high order in both are left out. */
#include "slices.h"

#include <math.h>
#include <string.h>

#define SHARE_MAX 0.5
#define ROOT_MAX 1.001 /* of 1 / sqrt(a) */

static const unsigned slice_counts[] = {3, 5, 7};
/* The least 1 / sqrt(a) that so many slices are used for: a total weight of 10000, 1000, 100. */
static const double root_min[] = {0.01, 0.0316, 0.1};

static double node_of(unsigned i, unsigned count)
{
	return cos(M_PI * (i + 0.5) / count);
}

/* The lowest slice is the nearer to the mean the larger a and the share are. */
static void init_lowest(struct slices *slices)
{
	static const double share = 1e-4;
	for (unsigned c = 0; c < 3; c++)
		for (unsigned i = 0; i < SLICES_DOUBLINGS; i++) {
			double a = i == 0 ? 0.998 : ldexp(1, (int)i - 1), means[BETA_MAX_SLICES];
			beta_slice_means(a, a * (1 - share) / share, slice_counts[c], means);
			slices->lowest[c][i] = 0.999 * means[0] / share;
		}
}

double slices_lowest(const struct slices *slices, unsigned m, double a)
{
	int doublings = 0;
	if (m == 1)
		return 1;
	if (!(a >= 0.998))
		return 0;
	if (a >= 1)
		(void)frexp(a, &doublings);
	return slices->lowest[m == 3   ? 0
			      : m == 5 ? 1
				       : 2][doublings < SLICES_DOUBLINGS ? doublings : SLICES_DOUBLINGS - 1];
}

void slices_init(struct slices *slices)
{
	memset(slices, 0, sizeof *slices);
	init_lowest(slices);
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
	unsigned c = m == 3 ? 0 : m == 5 ? 1 : 2;
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
