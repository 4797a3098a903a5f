/* surprise: raw scores and the combination of probabilities. The joint probability is Fisher-like (a chi-squared of the
 * normal quantiles), the extreme one asks how likely the few smallest would be as order statistics of uniform draws. */
#include "surprise.h"

#include "beta.h"
#include "limit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* -ln of 1e-4, 1e-50 and the smallest normal double: the corners of the raw score. */
#define CORNER_1 9.2103403719761836
#define CORNER_50 115.12925464970229
#define CORNER_100 708.39641853226408

double surprise_of(double probability)
{
	if (probability >= 0.05)
		return 0;
	if (probability >= 1e-4)
		return (1 / probability - 20) / 9980;
	double depth = -log(at_least(DBL_MIN, probability));
	if (depth < CORNER_50)
		return 1 + 49 * (depth - CORNER_1) / (CORNER_50 - CORNER_1);
	return 50 + 50 * (depth - CORNER_50) / (CORNER_100 - CORNER_50);
}

double surprise_inverse(double surprise)
{
	if (!(surprise > 0))
		return 0.525;
	if (surprise <= 1)
		return 1 / (20 + 9980 * surprise);
	if (surprise <= 50)
		return exp(-(CORNER_1 + (surprise - 1) / 49 * (CORNER_50 - CORNER_1)));
	return exp(-(CORNER_50 + (at_most(SURPRISE_MAX, surprise) - 50) / 50 * (CORNER_100 - CORNER_50)));
}

double surprise_ceiling(double probability)
{
	static const double ln_top = -2.9957322735539909; /* ln 0.05 */
	return 5 + 95 * (ln_top - log(at_least(DBL_MIN, probability))) / (ln_top + CORNER_1);
}

const struct combination combine_activity = {0.5, 0.5, 5};
const struct combination combine_users = {0, 1, 1};
const struct combination combine_final = {0.5, 0.5, 1};

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

void sort_probabilities(double *items, size_t count)
{
	if (count > 24) {
		qsort(items, count, sizeof *items, compare_doubles);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		double item = items[i];
		size_t j = i;
		for (; j > 0 && items[j - 1] > item; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static double ln_joint(const double *p, size_t count)
{
	if (count == 1)
		return log(p[0]);
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		double z = normal_upper_quantile(p[i] / 2);
		squares += z * z;
	}
	double n = (double)count;
	return squares / n < 1e-8 ? 0 : ln_gamma_upper(n / 2, squares / 2);
}

/* How likely it is that `more` of `left` draws fall into a share, for more = 0..k - 1, and (in ways[k]) for k or more. */
static void binomial_ways(double left, double share, unsigned k, double *ways)
{
	double rest = 1 - share, way = exp(left * log1p(-share)), few = 0;
	for (unsigned more = 0; more < k; more++) {
		ways[more] = way;
		few += way;
		way *= left > more && rest > 0 ? (left - more) / (more + 1) * share / rest : 0;
	}
	/* Where many are rare their terms are added up, because 1 - few would cancel. */
	ways[k] = at_least(0, 1 - few);
	if (few < 0.99)
		return;
	ways[k] = 0;
	for (double more = k; way > ways[k] * DBL_EPSILON && more <= left; more++) {
		ways[k] += way;
		way *= left > more ? (left - more) / (more + 1) * share / rest : 0;
	}
}

/* ln P(for `count` uniform draws the i-th smallest is at most p[i], for all i < k); p ascending, k <= 5. The state is
 * how many draws lie below the present threshold, all from k on being one. */
static double ln_order_statistics(const double *p, size_t count, unsigned k)
{
	double n = (double)count;
	if (k == 1)
		return p[0] < 1 ? log(at_least(DBL_MIN, -expm1(n * log1p(-p[0])))) : 0;
	double state[8] = {1}, before = 0;
	for (unsigned i = 0; i < k; i++) {
		double next[8] = {0}, ways[8], share = before < 1 ? (p[i] - before) / (1 - before) : 1;
		for (unsigned j = 0; j < k; j++) {
			if (state[j] == 0)
				continue;
			binomial_ways(n - j, at_most(1, share), k - j, ways);
			for (unsigned more = 0; j + more < k; more++)
				if (j + more > i)
					next[j + more] += state[j] * ways[more];
			next[k] += state[j] * ways[k - j];
		}
		next[k] += state[k];
		for (unsigned j = 0; j <= k; j++)
			state[j] = next[j];
		before = p[i];
	}
	double total = 0;
	for (unsigned j = 0; j <= k; j++)
		total += state[j];
	return log(at_least(DBL_MIN, total));
}

static double ln_extreme(const double *p, size_t count, unsigned smallest)
{
	double least = 0;
	for (unsigned k = 1; k <= smallest && k <= count; k++) {
		double here = ln_order_statistics(p, count, k) / (1 + log(k) / 2.1);
		if (here < least)
			least = here;
	}
	return least;
}

static struct node_score node_of(double ln_j, double ln_e, const struct combination *how)
{
	static const double damping = 0.8;
	struct node_score node = {exp(how->joint * ln_j + how->extreme * ln_e), 0};
	double cutoff = log(SURPRISE_CUTOFF);
	if ((ln_j > cutoff || how->joint == 0) && ln_e > cutoff)
		return node;
	double surprise = how->joint * surprise_of(exp(ln_j)) + how->extreme * surprise_of(exp(ln_e));
	/* Below the smallest double the damping ends, linearly, in what the logarithms still tell apart. */
	double floor = -CORNER_100, lift = 0;
	if (how->joint > 0 && ln_j < floor)
		lift = at_least(lift, (floor - ln_j) / (floor + 100000));
	if (ln_e < floor)
		lift = at_least(lift, (floor - ln_e) / (floor + 1500));
	node.raw = (damping + (1 - damping) * at_most(1, lift)) * surprise;
	if (surprise > 0)
		node.probability = surprise_inverse(surprise);
	return node;
}

struct node_score combine(double *probabilities, size_t count, const struct combination *how)
{
	sort_probabilities(probabilities, count);
	double ln_j = how->joint > 0 ? ln_joint(probabilities, count) : 0;
	return node_of(ln_j, ln_extreme(probabilities, count, how->smallest), how);
}

double combine_users_of(double smallest, double count)
{
	if (count <= 1 || smallest >= 1)
		return smallest;
	double ln_e = log(at_least(DBL_MIN, -expm1(count * log1p(-smallest))));
	return node_of(0, ln_e, &combine_users).probability;
}

struct node_score combine_last(double probability)
{
	double ln_p = log(at_least(DBL_MIN, probability));
	return node_of(ln_p, ln_p, &combine_final);
}

double node_reported(const struct node_score *node)
{
	return node->raw > 0 ? surprise_inverse(node->raw) : node->probability;
}
