/* habit: weights per action and the smoothed tail probability. Most buckets ask
 * for the plain tail only, which one pass over the unordered weights gives; the ladder is made for the few others. */
#include "habit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define UNIT_MAX 1e100

void habit_init(struct habit *habit)
{
	*habit = (struct habit){.unit = 1};
}

void habit_free(struct habit *habit)
{
	free(habit->weights);
	free(habit->order);
	free(habit->rungs);
	free(habit->sums);
	*habit = (struct habit){.unit = 1};
}

void habit_reset(struct habit *habit)
{
	habit->count = habit->ordered = 0;
	habit->total = 0;
	habit->unit = 1;
}

uint32_t habit_new_slot(struct habit *habit)
{
	if (habit->count == habit->capacity) {
		habit->capacity = habit->capacity ? 2 * habit->capacity : 32;
		habit->weights = xreallocarray(habit->weights, habit->capacity, sizeof *habit->weights);
		habit->order = xreallocarray(habit->order, habit->capacity, sizeof *habit->order);
		habit->rungs = xreallocarray(habit->rungs, habit->capacity, sizeof *habit->rungs);
		habit->sums = xreallocarray(habit->sums, habit->capacity, sizeof *habit->sums);
	}
	habit->weights[habit->count] = 0;
	return habit->count++;
}

void habit_close(struct habit *habit, const uint32_t *slots, uint32_t count, double growth)
{
	for (uint32_t i = 0; i < count; i++)
		habit->weights[slots[i]] += habit->unit;
	habit->total += count * habit->unit;
	habit->unit *= growth;
	if (habit->unit < UNIT_MAX)
		return;
	for (uint32_t i = 0; i < habit->count; i++)
		habit->weights[i] /= habit->unit;
	habit->total /= habit->unit;
	habit->unit = 1;
}

double habit_weight(const struct habit *habit)
{
	return habit->total / habit->unit;
}

typedef double pair __attribute__((vector_size(16), aligned(8)));
typedef int64_t pair_mask __attribute__((vector_size(16)));

static pair keep_up_to(pair weights, double limit)
{
	return (pair)((pair_mask)weights & (pair_mask)(weights <= limit));
}

static double tail_up_to(const struct habit *habit, double limit)
{
	const double *weights = habit->weights;
	pair even = {0}, odd = {0};
	uint32_t i = 0;
	for (; i + 4 <= habit->count; i += 4) {
		even += keep_up_to(*(const pair *)(weights + i), limit);
		odd += keep_up_to(*(const pair *)(weights + i + 2), limit);
	}
	even += odd;
	double sum = even[0] + even[1];
	for (; i < habit->count; i++)
		sum += weights[i] <= limit ? weights[i] : 0;
	return fmin(1, sum / habit->total);
}

double habit_tail(const struct habit *habit, uint32_t slot)
{
	return tail_up_to(habit, habit->weights[slot]);
}

/* Where the next weight belongs among the first `count`, which are in order. */
static uint32_t rung_above(const struct habit *habit, uint32_t count, double weight)
{
	if (count == 0)
		return 0;
	/* Without a branch on the comparison: it is a coin toss. */
	const double *base = habit->rungs;
	for (uint32_t left = count; left > 1; left -= left / 2)
		base += base[left / 2 - 1] < weight ? left / 2 : 0;
	return (uint32_t)(base - habit->rungs) + (*base < weight);
}

void habit_climb(struct habit *habit)
{
	for (uint32_t slot = habit->ordered; slot < habit->count; slot++)
		habit->order[slot] = slot;
	habit->ordered = habit->count;
	for (uint32_t i = 0; i < habit->count; i++) {
		uint32_t slot = habit->order[i], at = i;
		double weight = habit->weights[slot];
		for (; at > 0 && habit->rungs[at - 1] > weight; at--) {
			habit->rungs[at] = habit->rungs[at - 1];
			habit->order[at] = habit->order[at - 1];
		}
		habit->rungs[at] = weight;
		habit->order[at] = slot;
	}
	double sum = 0;
	for (uint32_t i = 0, next; i < habit->count; i = next) {
		for (next = i; next < habit->count && habit->rungs[next] == habit->rungs[i]; next++)
			sum += habit->rungs[next];
		for (uint32_t j = i; j < next; j++)
			habit->sums[j] = sum;
	}
}

/* The stored weight of the tail up to a stored weight that lies between those of two actions: along the chord. */
static inline double tail_weight_at(const struct habit *habit, double threshold)
{
	uint32_t above = rung_above(habit, habit->count, threshold);
	if (above == habit->count)
		return habit->total;
	double below = above > 0 ? habit->rungs[above - 1] : 0, sum = above > 0 ? habit->sums[above - 1] : 0;
	double along = (threshold - below) / (habit->rungs[above] - below);
	return sum + along * (habit->sums[above] - sum);
}

static inline double tail_at(const struct habit *habit, double share)
{
	double tail = tail_weight_at(habit, share * habit->total) / habit->total;
	return tail < 1 ? tail : 1;
}

/* How many slices stand for the uncertainty of a share. */
static unsigned slice_count(double weight)
{
	return weight <= 100 ? 7 : weight <= 1000 ? 5 : weight <= 10000 ? 3 : 1;
}

static const double widening = 1.05; /* a share this much larger still counts as equal */

double habit_probability(const struct habit *habit, uint32_t slot)
{
	if (habit->count <= 1 || !(habit->total > 0))
		return 1;
	double a = habit->weights[slot] / habit->unit, b = (habit->total - habit->weights[slot]) / habit->unit;
	double mean = habit->weights[slot] / habit->total, means[BETA_MAX_SLICES] = {mean};
	unsigned m = slice_count(habit_weight(habit));
	if (m > 1 && a > 0 && b > 1e-9 * a)
		beta_slice_means(a, b, m, means);
	else
		m = 1;
	double sum = 0;
	for (unsigned i = 0; i < m; i++)
		sum += tail_at(habit, widening * means[i]);
	return fmin(1, fmax(DBL_MIN, sum / m));
}

/* Only slices whose mean reaches the action's own share count; fewer never do. */
double habit_tail_share(const struct habit *habit)
{
	switch (slice_count(habit_weight(habit))) {
	case 7: return 3.0 / 7;
	case 5: return 2.0 / 5;
	case 3: return 1.0 / 3;
	default: return 1;
	}
}

/* The slices that reach the action's own share count its tail, the others at least that of the lowest of them. */
double habit_common_floor(const struct habit *habit, const struct slices *slices, uint32_t slot, double tail)
{
	double weight = habit->weights[slot], share = habit_tail_share(habit);
	unsigned m = slice_count(habit_weight(habit));
	const double *floors =
		m > 1 && 2 * weight <= habit->total ? slices_floors(slices, m, weight / habit->unit) : NULL;
	if (!floors)
		return share * tail;
	return share * tail + (1 - share) * fmin(tail, tail_up_to(habit, widening * floors[0] * weight * (1 - 1e-9)));
}

double habit_probability_floor(const struct habit *habit, const struct slices *slices, uint32_t slot)
{
	double weight = habit->weights[slot], share = weight / habit->total, sum = 0;
	unsigned m = slice_count(habit_weight(habit));
	if (m == 1)
		return tail_at(habit, widening * share * (1 - SLICES_ERROR));
	const double *floors = share <= 0.5 ? slices_floors(slices, m, weight / habit->unit) : NULL;
	for (unsigned i = 0; floors && i < m; i++)
		sum += tail_weight_at(habit, widening * weight * floors[i]);
	return fmin(1, sum / (m * habit->total));
}

double habit_probability_near(const struct habit *habit, const struct slices *slices, uint32_t slot)
{
	double share = habit->weights[slot] / habit->total, means[BETA_MAX_SLICES] = {share}, sum = 0;
	unsigned m = slice_count(habit_weight(habit));
	if (m > 1 && !slices_means(slices, m, habit->weights[slot] / habit->unit, share, means))
		return -1;
	for (unsigned i = 0; i < m; i++)
		sum += tail_at(habit, widening * (1 - SLICES_ERROR) * means[i]);
	return fmin(1, sum / m);
}
