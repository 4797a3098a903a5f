/* normalizer: two digests and the rules by which Elastic turns a rank into a score. The rank binds only for extreme
 * probabilities and short buckets, so a cheap bound is tried before the quantiles are computed. */
#include "normalizer.h"

#include "beta.h"
#include "limit.h"

#include <float.h>
#include <math.h>

#define AGING_PERIOD 20 /* buckets */

struct pace pace_of(int64_t span)
{
	double halves = (double)span / (double)(30 * MINUTE_MS);
	struct pace pace = {.span = span, .nu = at_most(1, halves)};
	pace.forgetting = 0.0005 * pace.nu;
	pace.growth = exp(pace.forgetting);
	pace.repeat_forgetting = 2 * pace.forgetting * at_least(1, halves);
	return pace;
}

void normalizer_init(struct normalizer *normalizer)
{
	*normalizer = (struct normalizer){.border = UINT32_MAX};
}

void normalizer_free(struct normalizer *normalizer)
{
	digest_free(&normalizer->all);
	digest_free(&normalizer->high);
}

void normalizer_tick(struct normalizer *normalizer, const struct pace *pace, int64_t buckets)
{
	int64_t agings = (normalizer->ticks + buckets) / AGING_PERIOD - normalizer->ticks / AGING_PERIOD;
	normalizer->ticks += buckets;
	double factor = exp(-pace->forgetting);
	for (; agings > 0; agings--) {
		uint64_t before = normalizer->all.total;
		bool is_changed = digest_age(&normalizer->all, factor);
		is_changed |= digest_age(&normalizer->high, factor);
		if (!is_changed)
			return;
		if (before > 0)
			normalizer->below = (uint64_t)((double)normalizer->below *
							       ((double)normalizer->all.total / (double)before) +
						       0.5);
	}
}

/* ---- the border of the highest tenth ---- */

/* Value and cumulative count of the last node that ends at the same value as node i. */
static size_t step_end(const struct digest *digest, size_t i)
{
	while (i + 1 < digest->count && digest->nodes[i + 1].hi == digest->nodes[i].hi)
		i++;
	return i;
}

/* The first nine tenths are settled when the digest is about to hold 201 scores. */
static void border_start(struct normalizer *normalizer)
{
	const struct digest *all = &normalizer->all;
	if (all->count == 0)
		return;
	uint64_t target = (uint64_t)floor(0.9 * (double)all->total + 0.5), sum = 0, previous_sum = 0;
	uint32_t previous = 0;
	bool is_found = false;
	for (size_t i = 0; i < all->count;) {
		size_t end = step_end(all, i);
		uint64_t step = 0;
		for (size_t j = i; j <= end; j++)
			step += all->nodes[j].count;
		sum += step;
		if (i == 0) {
			normalizer->border = all->nodes[end].hi;
			normalizer->below = sum;
		} else {
			if (!is_found && sum > target) {
				is_found = true;
				normalizer->border = previous;
				normalizer->below = previous_sum;
			}
			if (is_found)
				digest_add(&normalizer->high, all->nodes[end].hi, step);
		}
		previous = all->nodes[end].hi;
		previous_sum = sum;
		i = end + 1;
	}
}

static void border_move(struct normalizer *normalizer)
{
	const struct digest *all = &normalizer->all;
	uint64_t target = (uint64_t)floor(0.9 * (double)all->total + 0.5), sum = 0;
	if (normalizer->below <= target) {
		normalizer->border = digest_quantile(all, 0.9);
		double share = digest_cdf(all, (uint32_t)normalizer->border).low;
		normalizer->below = (uint64_t)floor((double)all->total * share + 0.5);
		return;
	}
	/* Too much lies below the border: it goes down, and what now lies above it joins `high`. */
	uint64_t lowest_high = UINT64_MAX;
	for (size_t i = 0; i < normalizer->high.count; i++)
		if (normalizer->high.nodes[i].lo < lowest_high)
			lowest_high = normalizer->high.nodes[i].lo;
	bool is_found = false;
	for (size_t i = 0; i < all->count;) {
		size_t end = step_end(all, i);
		uint64_t step = 0;
		for (size_t j = i; j <= end; j++)
			step += all->nodes[j].count;
		sum += step;
		uint32_t value = all->nodes[end].hi;
		if (is_found) {
			if (value < lowest_high)
				digest_add(&normalizer->high, value, step);
		} else if (sum >= target || end + 1 == all->count) {
			is_found = true;
			normalizer->border = value;
			normalizer->below = sum;
		}
		i = end + 1;
	}
}

static void add(struct normalizer *normalizer, uint32_t value, uint64_t count)
{
	uint64_t after = normalizer->all.total + count;
	if (after == DIGEST_SIZE)
		border_start(normalizer);
	digest_add(&normalizer->all, value, count);
	if (value <= normalizer->border)
		normalizer->below += count;
	else
		digest_add(&normalizer->high, value, count);
	if (after > DIGEST_SIZE && after % DIGEST_SIZE == 0)
		border_move(normalizer);
}

static uint32_t thousandths(double raw)
{
	return (uint32_t)floor(1000 * raw + 0.5);
}

void normalizer_update(struct normalizer *normalizer, double raw)
{
	add(normalizer, thousandths(raw), 1);
}

void normalizer_update_zeros(struct normalizer *normalizer, uint64_t count)
{
	while (count > 0) {
		uint64_t step = digest_room(&normalizer->all, 0);
		if (step > count)
			step = count;
		add(normalizer, 0, step);
		count -= step;
	}
}

/* ---- scoring ---- */

static double rank_score(double percentile)
{
	static const double knots[][2] = {
		{0, 0}, {70, 1}, {85, 1.2}, {90, 1.5}, {95, 3}, {97, 20}, {99, 50}, {99.9, 90}, {100, 100}};
	for (size_t i = 1; i < COUNT_OF(knots); i++)
		if (percentile <= knots[i][0]) {
			double along = (percentile - knots[i - 1][0]) / (knots[i][0] - knots[i - 1][0]);
			return knots[i - 1][1] + along * (knots[i][1] - knots[i - 1][1]);
		}
	return 100;
}

/* Short buckets make many scores: ranks count for less. */
static double percentile(const struct pace *pace, double share)
{
	return 100 * (pace->nu < 1 ? pow(share, 1 / pace->nu) : share);
}

/* c0: a score that is not above the median, when most scores are not 0. */
static double noise_ceiling(const struct normalizer *normalizer, uint32_t value)
{
	const struct digest *all = &normalizer->all;
	if (all->count > 0 && all->nodes[0].hi == 0 && 2 * all->nodes[0].count >= all->total)
		return INFINITY; /* most scores are 0: no ceiling */
	struct bounds zero = digest_cdf(all, 0);
	double share = (zero.low + zero.high) / 2;
	double median = digest_quantile(all, 0.5);
	return at_least(0, 1 + (value - median) / 100) + 100 * at_least(0, 2 * at_most(1, 2 * share) - 1);
}

/* A share of n counts, as the quantile of its posterior. */
static double share_quantile(double n, double share, double order)
{
	struct beta beta = beta_of(n * share + 1.0 / 3, n * at_least(0, 1 - share) + 1.0 / 3);
	return beta_quantile(&beta, order, NULL);
}

/* More than that quantile of order 0.15 ever leaves above itself. */
static double share_above(double n, double above)
{
	double count = n * above + 1.0 / 3;
	return at_most(1, (count + 3 * sqrt(count) + 3) / n);
}

static double clamp(double x, double low, double high)
{
	return at_most(high, at_least(low, x));
}

/* The share of scores below a value: `share` holds the two bounds before the posterior is taken. */
static struct bounds rank_shares(const struct normalizer *normalizer, uint32_t value, struct bounds settled)
{
	const struct digest *all = &normalizer->all, *high = &normalizer->high;
	if (value <= normalizer->border || high->total == 0) {
		struct bounds cdf, density = digest_density(all, value, &cdf);
		return (struct bounds){
			clamp(cdf.low - density.high, 0, settled.low), clamp(cdf.high - density.low, 0, settled.high)};
	}
	struct bounds border = digest_cdf(high, (uint32_t)normalizer->border);
	struct bounds cdf, density = digest_density(high, value, &cdf);
	double low = at_least(0, cdf.low - border.high - density.high) / at_least(DBL_EPSILON, 1 - border.high);
	double upper = at_least(0, cdf.high - border.low - density.low) / at_least(DBL_EPSILON, 1 - border.low);
	return (struct bounds){settled.low + (1 - settled.low) * low, settled.high + (1 - settled.high) * upper};
}

/* c1: the rank of the score; exact only where it may be the lowest ceiling. */
static double rank_ceiling(const struct normalizer *normalizer, const struct pace *pace, uint32_t value, double ceiling)
{
	double n = (double)normalizer->all.total, settled = at_most(1, (double)normalizer->below / n);
	double least_settled = 1 - share_above(n, 1 - settled);
	struct bounds least = rank_shares(normalizer, value, (struct bounds){least_settled, 1});
	double least_rank = at_least(0, 1 - share_above(n, 1 - at_most(1, least.low)));
	if (rank_score(percentile(pace, least_rank)) >= ceiling)
		return ceiling;
	struct bounds border = {share_quantile(n, settled, 0.15), share_quantile(n, settled, 0.85)};
	struct bounds share = rank_shares(normalizer, value, border);
	double low = share_quantile(n, clamp(share.low, 0, 1), 0.15);
	double high = share_quantile(n, clamp(share.high, 0, 1), 0.85);
	return (rank_score(percentile(pace, low)) + rank_score(percentile(pace, high))) / 2;
}

double normalizer_score(const struct normalizer *normalizer, const struct pace *pace, double raw, double ceiling)
{
	if (!(raw > 0))
		return 0;
	ceiling = at_most(100, ceiling);
	if (normalizer->all.total == 0)
		return at_least(0, ceiling);
	uint32_t value = thousandths(raw);
	ceiling = at_most(ceiling, noise_ceiling(normalizer, value));
	return at_least(0, at_most(ceiling, rank_ceiling(normalizer, pace, value, ceiling)));
}

/* ---- repeats ---- */

double repeat_maximum(const struct repeat *repeat, const struct pace *pace, int64_t bucket)
{
	if (!(repeat->maximum > 0) || bucket - repeat->last > REPEAT_MEMORY)
		return 0;
	return repeat->maximum * exp(-pace->repeat_forgetting * (double)(bucket - repeat->since));
}

void repeat_update(struct repeat *repeat, const struct pace *pace, int64_t bucket, double raw)
{
	if (!(raw > 0)) {
		repeat_keep(repeat, bucket);
		return;
	}
	repeat->maximum = at_least(raw, repeat_maximum(repeat, pace, bucket));
	repeat->since = repeat->last = bucket;
}

double repeat_ceiling(double maximum, double raw)
{
	if (!(maximum > 0))
		return 100;
	double share = raw / maximum;
	return 100 * at_most(1.5 * share, 0.5 + 0.5 * share);
}
