/* habit: weights per action and the smoothed tail probability. The ladder, actions by weight, is kept up with every
 * bucket, because hardly an action ever passes another; its sums are made for the few buckets that need them. */
#include "habit.h"

#include "limit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define UNIT_MAX 1e100
#define FEW_RUNGS 8 /* as fast to walk as to search */
#define NEARLY_EQUAL 0.8 /* above this share of the mean the lowest slice stands for all that are below it */

void habit_init(struct habit *habit)
{
	*habit = (struct habit){.unit = 1, .slice_count = 7};
}

void habit_free(struct habit *habit)
{
	free(habit->weights);
	free(habit->order);
	free(habit->rung_of);
	free(habit->rungs);
	free(habit->sums);
	habit_init(habit);
}

void habit_reset(struct habit *habit)
{
	habit->count = habit->ordered = 0;
	habit->total = 0;
	habit->unit = 1;
	habit->slice_count = 7;
}

uint32_t habit_new_slot(struct habit *habit)
{
	if (habit->count == habit->capacity) {
		size_t capacity = habit->capacity = habit->capacity ? 2 * habit->capacity : 32;
		habit->weights = xreallocarray(habit->weights, capacity, sizeof *habit->weights);
		habit->order = xreallocarray(habit->order, capacity + 1, sizeof *habit->order);
		habit->rung_of = xreallocarray(habit->rung_of, capacity, sizeof *habit->rung_of);
		habit->rungs = xreallocarray(habit->rungs, capacity + 2, sizeof *habit->rungs);
		habit->sums = xreallocarray(habit->sums, capacity + 2, sizeof *habit->sums);
		habit->rungs[0] = habit->sums[0] = 0;
	}
	habit->weights[habit->count] = 0;
	return habit->count++;
}

double habit_weight(const struct habit *habit)
{
	return habit->total / habit->unit;
}

/* How many slices stand for the uncertainty of a share. */
static void count_slices(struct habit *habit)
{
	double weight = habit_weight(habit);
	habit->slice_count = weight <= 100 ? 7 : weight <= 1000 ? 5 : weight <= 10000 ? 3 : 1;
}

/* ---- the ladder ---- */

static void put(struct habit *habit, uint32_t rung, uint32_t slot, double weight)
{
	habit->rungs[rung] = weight;
	habit->order[rung] = slot;
	habit->rung_of[slot] = rung;
}

/* From a rung that is free upward, or downward, to where the weight belongs. */
static void put_above(struct habit *habit, uint32_t rung, uint32_t slot, double weight)
{
	for (; habit->rungs[rung + 1] < weight; rung++)
		put(habit, rung, habit->order[rung + 1], habit->rungs[rung + 1]);
	put(habit, rung, slot, weight);
}

static void put_below(struct habit *habit, uint32_t rung, uint32_t slot, double weight)
{
	for (; habit->rungs[rung - 1] > weight; rung--)
		put(habit, rung, habit->order[rung - 1], habit->rungs[rung - 1]);
	put(habit, rung, slot, weight);
}

void habit_close(struct habit *habit, const uint32_t *slots, uint32_t count, double growth)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t slot = slots[i];
		double weight = habit->weights[slot] += habit->unit;
		if (slot < habit->ordered) {
			put_above(habit, habit->rung_of[slot], slot, weight);
		} else if (slot == habit->ordered) {
			habit->rungs[++habit->ordered + 1] = INFINITY;
			put_below(habit, habit->ordered, slot, weight);
		}
	}
	habit->total += count * habit->unit;
	habit->unit *= growth;
	count_slices(habit);
	if (habit->unit < UNIT_MAX)
		return;
	for (uint32_t i = 0; i < habit->count; i++)
		habit->weights[i] /= habit->unit;
	for (uint32_t rung = 1; rung <= habit->ordered; rung++)
		habit->rungs[rung] = habit->weights[habit->order[rung]];
	habit->total /= habit->unit;
	habit->unit = 1;
}

void habit_sum(struct habit *habit)
{
	double sum = 0;
	for (uint32_t rung = 1; rung <= habit->count; rung++)
		habit->sums[rung] = sum += habit->rungs[rung];
	for (uint32_t rung = habit->count; rung > 1; rung--)
		if (habit->rungs[rung - 1] == habit->rungs[rung])
			habit->sums[rung - 1] = habit->sums[rung];
}

void habit_climb(struct habit *habit)
{
	if (habit->count == 0)
		return;
	for (uint32_t rung = 1; rung <= habit->count; rung++) {
		uint32_t slot = rung <= habit->ordered ? habit->order[rung] : rung - 1;
		put_below(habit, rung, slot, habit->weights[slot]);
	}
	habit->ordered = habit->count;
	habit->rungs[habit->count + 1] = INFINITY;
	count_slices(habit);
	habit_sum(habit);
}

/* ---- tails ---- */

double habit_tail(const struct habit *habit, uint32_t slot)
{
	double tail = habit->sums[habit->rung_of[slot]] / habit->total;
	return tail < 1 ? tail : 1;
}

bool habit_tail_reaches(const struct habit *habit, uint32_t slot, double share)
{
	double limit = share * habit->total, sum = 0;
	for (uint32_t rung = habit->rung_of[slot]; rung > 0 && sum <= limit; rung--)
		sum += habit->rungs[rung];
	return sum > limit;
}

/* The lowest rung that reaches a weight. */
static inline uint32_t rung_above(const struct habit *habit, double weight)
{
	/* Without a branch on the comparison: it is a coin toss. */
	const double *base = habit->rungs + 1;
	for (uint32_t left = habit->count; left > 1; left -= left / 2)
		base += base[left / 2 - 1] < weight ? left / 2 : 0;
	return (uint32_t)(base - habit->rungs) + (*base < weight);
}

/* The stored weight of the tail up to a stored weight that lies between those of two actions: along the chord. */
static inline double tail_weight_below(const struct habit *habit, double threshold, uint32_t above)
{
	if (above > habit->count)
		return habit->total;
	double below = habit->rungs[above - 1], sum = habit->sums[above - 1];
	double along = (threshold - below) / (habit->rungs[above] - below);
	return sum + along * (habit->sums[above] - sum);
}

static inline double tail_weight_at(const struct habit *habit, double threshold)
{
	return tail_weight_below(habit, threshold, rung_above(habit, threshold));
}

static inline double tail_at(const struct habit *habit, double share)
{
	double tail = tail_weight_at(habit, share * habit->total) / habit->total;
	return tail < 1 ? tail : 1;
}

static const double widening = SLICES_WIDENING;

double habit_probability(const struct habit *habit, uint32_t slot)
{
	if (habit->count <= 1 || !(habit->total > 0))
		return 1;
	double a = habit->weights[slot] / habit->unit, b = (habit->total - habit->weights[slot]) / habit->unit;
	double mean = habit->weights[slot] / habit->total, means[BETA_MAX_SLICES] = {mean};
	unsigned m = habit->slice_count;
	if (m > 1 && a > 0 && b > 1e-9 * a)
		beta_slice_means(a, b, m, means);
	else
		m = 1;
	double sum = 0;
	for (unsigned i = 0; i < m; i++)
		sum += tail_at(habit, widening * means[i]);
	return at_most(1, at_least(DBL_MIN, sum / m));
}

/* Only slices whose mean reaches the action's own share count; fewer never do. */
double habit_tail_share(const struct habit *habit)
{
	switch (habit->slice_count) {
	case 7: return 3.0 / 7;
	case 5: return 2.0 / 5;
	case 3: return 1.0 / 3;
	default: return 1;
	}
}

/* Of common actions: the slices that reach the action's own share count its tail, the others at least that of the
 * lowest of them. */
static double common_floor(const struct habit *habit, double weight, double tail, double lowest)
{
	double share = habit_tail_share(habit),
	       least = tail_weight_at(habit, widening * lowest * weight) / habit->total;
	return share * tail + (1 - share) * (least < tail ? least : tail);
}

double habit_probability_floor(const struct habit *habit, const struct slices *slices, uint32_t slot)
{
	double weight = habit->weights[slot], sum = 0;
	unsigned m = habit->slice_count;
	if (m == 1)
		return tail_at(habit, widening * weight / habit->total * (1 - SLICES_ERROR));
	const double *floors = slices_floors(slices, m, weight / habit->unit, (habit->total - weight) / habit->unit);
	if (!floors)
		return habit_tail_share(habit) * habit_tail(habit, slot);
	if (floors[0] > NEARLY_EQUAL)
		return common_floor(habit, weight, habit_tail(habit, slot), floors[0]);
	/* Slices ascend: each is looked for from the last one on. */
	uint32_t rung = habit->rung_of[slot] <= FEW_RUNGS ? 1 : rung_above(habit, widening * weight * floors[0]);
	for (unsigned i = 0; i < m; i++) {
		double threshold = widening * weight * floors[i];
		while (habit->rungs[rung] < threshold)
			rung++;
		sum += tail_weight_below(habit, threshold, rung);
	}
	sum /= m * habit->total;
	return sum < 1 ? sum : 1;
}

double habit_probability_near(const struct habit *habit, const struct slices *slices, uint32_t slot)
{
	double share = habit->weights[slot] / habit->total, means[BETA_MAX_SLICES] = {share}, sum = 0;
	unsigned m = habit->slice_count;
	if (m > 1 && !slices_means(slices, m, habit->weights[slot] / habit->unit, share, means))
		return -1;
	for (unsigned i = 0; i < m; i++)
		sum += tail_at(habit, widening * (1 - SLICES_ERROR) * means[i]);
	return at_most(1, sum / m);
}
