/* slices: a Chebyshev expansion in two variables, in which the means relative to the overall mean are all but
 * polynomials. Terms of high order in both are left out. */
#include "slices.h"

#include "limit.h"
#include "raretrail/base.h"

#include <math.h>
#include <pthread.h>

#define SHARE_MAX 0.5
#define ROOT_MAX 1.001 /* of 1 / sqrt(a) */

static const unsigned slice_counts[] = {3, 5, 7};
/* The least 1 / sqrt(a) that so many slices are used for: a total weight of 10000, 1000, 100. */
static const double root_min[] = {0.01, 0.0316, 0.1};
static const double weight_max[] = {10000, 1000, 100};
/* The least b / a of each range of the bounds. */
static const double least_odds[SLICES_ODDS] = {7, 3, 1};
#define CELL_MARGIN 1e-6 /* for rounding */
/* For what interpolation may do to the quotient of two means, and so to a bound. */
#define FLOOR_MARGIN (3 * SLICES_ERROR)

static unsigned table_of(unsigned m)
{
	return m == 3 ? 0 : m == 5 ? 1 : 2;
}

static double node_of(unsigned i, unsigned count)
{
	return cos(M_PI * (i + 0.5) / count);
}

/* How many terms in the share go with one in a: where both are of high order they are left out. */
static unsigned orders_of(unsigned p)
{
	unsigned orders = (SLICES_A - p) * SLICES_SHARE / SLICES_A + 1;
	return orders < SLICES_SHARE ? orders : SLICES_SHARE;
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
					for (unsigned q = 0; q < orders_of(p); q++) {
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
		for (unsigned q = 0; q < orders_of(p); q++) {
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
		means[s] = share * at_least(0, sums[s]);
	return true;
}

/* ---- lower bounds ---- */

/* Interpolated, which the margin of the bounds allows for; at the edges of the table exact. */
static void corner_means(const struct slices *slices, double a, double b, unsigned m, double means[BETA_MAX_SLICES])
{
	if (!slices_means(slices, m, a, a / (a + b), means))
		beta_slice_means(a, b, m, means);
}

/* Beta distributions are star-ordered: let a fall or b >= 1 grow, and the new quantile of an order, divided by the old
 * one, grows with the order. (For any c the logarithm of the density of X over that of cX' has a derivative with one
 * change of sign at most; so the densities cross twice at most, and the distribution functions once.) The slices'
 * means then change by factors that grow from slice to slice, while those relative to the overall mean add up to m.
 *
 * In a cell of a and b let u be the relative means where a is largest and b least, v where a is least and b largest,
 * and x that of slice i anywhere between. Slices before i have at most u_j x / u_i, slices behind it at most
 * v_j x / v_i, all have m: so x is at least m / (sum of u_j / u_i before + 1 + sum of v_j / v_i behind). */
static void cell_floors(
	const struct slices *slices, const double a[2], const double b[2], unsigned m, double floors[BETA_MAX_SLICES])
{
	double u[BETA_MAX_SLICES], v[BETA_MAX_SLICES], before = 0, behind = 0;
	corner_means(slices, a[1], b[0], m, u);
	corner_means(slices, a[0], b[1], m, v);
	for (unsigned i = 0; i < m; i++)
		behind += v[i];
	for (unsigned i = 0; i < m; i++) {
		behind -= v[i];
		floors[i] = (1 - FLOOR_MARGIN) * m / (before / u[i] + 1 + behind / v[i]);
		before += u[i];
	}
}

static void init_floors(struct slices *slices)
{
	for (unsigned c = 0; c < COUNT_OF(slice_counts); c++)
		for (unsigned odds = 0; odds < SLICES_ODDS; odds++)
			for (unsigned step = 0; step < SLICES_STEPS; step++) {
				double width = (ROOT_MAX - root_min[c]) / SLICES_STEPS,
				       root = root_min[c] + step * width;
				double a[2] = {(1 - CELL_MARGIN) / ((root + width) * (root + width)),
					(1 + CELL_MARGIN) / (root * root)};
				double b[2] = {at_least(1, a[0] * least_odds[odds]),
					odds > 0 ? a[1] * least_odds[odds - 1] : weight_max[c]};
				if (b[0] < b[1])
					cell_floors(slices, a, b, slice_counts[c], slices->floors[c][odds][step]);
			}
}

const double *slices_floors(const struct slices *slices, unsigned m, double a, double b)
{
	unsigned c = table_of(m), odds = b >= a * least_odds[0] ? 0 : b >= a * least_odds[1] ? 1 : 2;
	double root = 1 / sqrt(a), step = (root - root_min[c]) * (SLICES_STEPS / (ROOT_MAX - root_min[c]));
	return step >= 0 && step < SLICES_STEPS && b >= a && b >= 1 ? slices->floors[c][odds][(unsigned)step] : NULL;
}

/* How many slices reach the overall mean in a cell; all of them where the cell is empty. */
static unsigned cell_reaching(const double floors[BETA_MAX_SLICES], unsigned m)
{
	unsigned reaching = 0;
	for (unsigned i = 0; i < m; i++)
		reaching += SLICES_WIDENING * floors[i] > 1 + CELL_MARGIN;
	return floors[0] > 0 ? reaching : m;
}

/* From the largest a downward, as long as enough slices do. */
static double first_reaching(const struct slices *slices, unsigned c, unsigned n)
{
	double width = (ROOT_MAX - root_min[c]) / SLICES_STEPS, first = INFINITY;
	for (unsigned step = 0; step < SLICES_STEPS; step++) {
		for (unsigned odds = 0; odds < SLICES_ODDS; odds++)
			if (cell_reaching(slices->floors[c][odds][step], slice_counts[c]) < n)
				return first;
		double root = root_min[c] + (step + 1) * width;
		first = (1 + CELL_MARGIN) / (root * root);
	}
	return first;
}

static void init_shares(struct slices *slices)
{
	for (unsigned c = 0; c < COUNT_OF(slice_counts); c++) {
		unsigned m = slice_counts[c], least = m / 2;
		for (unsigned i = 0; i < 2; i++)
			slices->shares[c].from[i] = first_reaching(slices, c, least + i + 1);
		for (unsigned i = 0; i <= 2; i++)
			slices->shares[c].shares[i] = (least + i) / (double)m;
	}
	slices->shares[COUNT_OF(slice_counts)] = (struct slices_share){{INFINITY, INFINITY}, {1, 1, 1}};
}

const struct slices_share *slices_share(const struct slices *slices, unsigned m)
{
	return &slices->shares[m == 1 ? COUNT_OF(slice_counts) : table_of(m)];
}

/* ---- one for all ---- */

static struct slices shared;

static void init_shared(void)
{
	init_terms(&shared);
	init_floors(&shared);
	init_shares(&shared);
}

const struct slices *slices_shared(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, init_shared);
	return &shared;
}
