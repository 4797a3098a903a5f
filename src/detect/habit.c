/* habit: weights per action and the smoothed tail probability. The tail is read off the weights as they lie, in one
 * pass a slice, because users have tens of actions, rarely thousands. */
#include "habit.h"

#include "beta.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define UNIT_MAX 1e100
#define GRID_STEP 1.25 /* between weights of the grid of bounds */
#define GRID_FIRST 0.99

void habit_init(struct habit *habit)
{
	*habit = (struct habit){.unit = 1};
}

void habit_free(struct habit *habit)
{
	free(habit->weights);
	*habit = (struct habit){.unit = 1};
}

void habit_reset(struct habit *habit)
{
	habit->count = 0;
	habit->total = 0;
	habit->unit = 1;
}

uint32_t habit_new_slot(struct habit *habit)
{
	size_t capacity = habit->capacity;
	habit->weights = array_grow(habit->weights, &capacity, (size_t)habit->count + 1, sizeof *habit->weights);
	habit->capacity = (uint32_t)capacity;
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

double habit_tail(const struct habit *habit, uint32_t slot)
{
	const double *weights = habit->weights, limit = weights[slot];
	double sums[4] = {0};
	uint32_t i = 0;
	for (; i + 4 <= habit->count; i += 4)
		for (unsigned lane = 0; lane < 4; lane++)
			sums[lane] += weights[i + lane] <= limit ? weights[i + lane] : 0;
	for (; i < habit->count; i++)
		sums[0] += weights[i] <= limit ? weights[i] : 0;
	return fmin(1, (sums[0] + sums[1] + sums[2] + sums[3]) / habit->total);
}

/* The tail at a share that lies between those of two actions: along the chord between them. */
static double tail_at(const struct habit *habit, double share)
{
	const double *weights = habit->weights, threshold = share * habit->total;
	double below = 0, nearest_below = 0, nearest_above = INFINITY, equal = 0;
	for (uint32_t i = 0; i < habit->count; i++) {
		double weight = weights[i];
		if (weight < threshold) {
			below += weight;
			nearest_below = weight > nearest_below ? weight : nearest_below;
		} else {
			nearest_above = weight < nearest_above ? weight : nearest_above;
		}
	}
	if (nearest_above == INFINITY)
		return 1;
	for (uint32_t i = 0; i < habit->count; i++)
		equal += weights[i] == nearest_above ? nearest_above : 0;
	double along = (threshold - nearest_below) / (nearest_above - nearest_below);
	return fmin(1, (below + along * equal) / habit->total);
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

/* ---- bounds ---- */

static double grid_weight(unsigned i)
{
	return GRID_FIRST * pow(GRID_STEP, i);
}

void habit_bounds_init(struct habit_bounds *bounds)
{
	static const unsigned counts[] = {7, 5, 3};
	/* Shares up to a quarter: relative means move in one direction with the share, so its ends bound them. */
	static const double shares[] = {1e-4, 0.25};
	static const double margin = 0.999; /* for what rounding may do between grid points */
	for (unsigned i = 0; i < HABIT_GRID; i++) {
		unsigned column = 0;
		for (unsigned c = 0; c < COUNT_OF(counts); c++) {
			double low[BETA_MAX_SLICES], high[BETA_MAX_SLICES], a = grid_weight(i);
			beta_slice_means(a, a * (1 - shares[0]) / shares[0], counts[c], low);
			beta_slice_means(a, a * (1 - shares[1]) / shares[1], counts[c], high);
			for (unsigned s = 0; s < counts[c]; s++)
				bounds->means[i][column++] = margin * fmin(low[s] / shares[0], high[s] / shares[1]);
		}
	}
}

/* Only slices whose mean reaches the action's own share count; fewer never do. */
double habit_tail_floor(const struct habit *habit, double tail)
{
	switch (slice_count(habit_weight(habit))) {
	case 7: return tail * 3 / 7;
	case 5: return tail * 2 / 5;
	case 3: return tail * 1 / 3;
	default: return tail;
	}
}

double habit_probability_floor(const struct habit *habit, const struct habit_bounds *bounds, uint32_t slot)
{
	double share = habit->weights[slot] / habit->total, a = habit->weights[slot] / habit->unit;
	unsigned m = slice_count(habit_weight(habit));
	if (m == 1)
		return tail_at(habit, widening * share);
	double position = log(a / GRID_FIRST) / log(GRID_STEP);
	if (share > 0.25 || !(position >= 0) || position >= HABIT_GRID - 1)
		return 0;
	unsigned row = (unsigned)position, column = m == 7 ? 0 : m == 5 ? 7 : 12;
	double sum = 0;
	for (unsigned i = 0; i < m; i++) {
		double mean = fmin(bounds->means[row][column + i], bounds->means[row + 1][column + i]);
		sum += tail_at(habit, widening * share * mean);
	}
	return sum / m;
}
