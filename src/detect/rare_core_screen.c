/* rare_core_screen: how rare the joint and the extreme probability of some results can be at most, in a few levels, and
 * which levels together make no node rare. */
#include "rare_core_screen.h"

#include "beta.h"

#include <math.h>

/* A node's raw score is half that of its joint and half that of its extreme probability, 1/p - 20 from 0.05 on. Levels
 * end at 0.05, at the cutoff, and where one of the two suffices alone: up to level 2 in sum nothing is rare. */
static double level_end(unsigned level)
{
	static const double ends[SCREEN_LEVELS] = {0.05, SURPRISE_CUTOFF, 1 / (2 / SURPRISE_CUTOFF - 20)};
	return ends[level] * SCREEN_MARGIN;
}
#define DULL_LEVELS 2

/* The sum of n squares whose upper tail is a probability. */
static double joint_of(unsigned n, double probability)
{
	double low = 0, high = 200;
	for (unsigned step = 0; step < 60; step++) {
		double middle = (low + high) / 2;
		if (ln_gamma_upper(n / 2.0, middle / 2) > log(probability))
			low = middle;
		else
			high = middle;
	}
	return low;
}

void core_screen_init(struct core_screen *screen)
{
	for (unsigned i = 0; i <= SCREEN_STEPS; i++) {
		double z = normal_upper_quantile(fmax(1e-9, (double)i / SCREEN_STEPS) / 2);
		screen->squares[i] = z * z;
	}
	for (unsigned level = 0; level < SCREEN_LEVELS; level++) {
		for (unsigned n = 1; n < SCREEN_JOINT; n++)
			screen->joint[n][level] = joint_of(n, level_end(level));
		for (unsigned k = 1; k <= SCREEN_SMALLEST; k++)
			screen->extreme[k][level] = pow(level_end(level), 1 + log(k) / 2.1);
	}
}

static unsigned joint_level(const struct core_screen *screen, double squares, size_t count)
{
	unsigned level = 0;
	if (count < SCREEN_JOINT) {
		while (level < SCREEN_LEVELS && squares >= screen->joint[count][level])
			level++;
		return level;
	}
	double ln_joint = ln_gamma_upper((double)count / 2, squares / 2);
	while (level < SCREEN_LEVELS && ln_joint <= log(level_end(level)))
		level++;
	return level;
}

static unsigned extreme_level(const struct core_screen *screen, double probability, size_t k, unsigned level)
{
	while (level < SCREEN_LEVELS && probability <= screen->extreme[k][level])
		level++;
	return level;
}

/* The k smallest alone, as order statistics of k draws; more draws make the same ones likelier. A draw breaks its bound
 * first at the i-th place: i - 1 draws keep theirs, and all others lie above. */
static unsigned smallest_level(const struct core_screen *screen, const double *p, size_t count)
{
	static const double ways[6][6] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1}};
	double kept[SCREEN_SMALLEST + 1] = {1}, above[SCREEN_SMALLEST] = {1, 1, 1, 1, 1};
	unsigned level = 0;
	for (size_t k = 1; k <= SCREEN_SMALLEST && k <= count; k++) {
		kept[k] = 1;
		for (size_t i = 0; i < k; i++) {
			above[i] *= 1 - p[i];
			kept[k] -= ways[k][i] * kept[i] * above[i];
		}
		/* Of two or more draws, the smallest of one is the smaller of two. */
		level = extreme_level(screen, k == 1 ? 1 - above[0] * above[0] : kept[k], k, level);
	}
	return level;
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
static unsigned group_smallest_level(const struct core_screen *screen, const double *p, size_t count)
{
	double chance = 1;
	unsigned level = 0;
	for (size_t k = 1; k <= SCREEN_SMALLEST && k <= count; k++) {
		chance *= chance_of(p[k - 1], count, k);
		level = extreme_level(screen, chance, k, level);
	}
	return level;
}

bool core_screen_is_group_dull(const struct core_screen *screen, const double *p, size_t count)
{
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += square_of(screen, p[i]);
	unsigned joint = joint_level(screen, squares, count);
	return joint <= DULL_LEVELS && (joint + smallest_level(screen, p, count) <= DULL_LEVELS ||
					       joint + group_smallest_level(screen, p, count) <= DULL_LEVELS);
}

bool core_screen_is_dull(const struct core_screen *screen, const double *floors, size_t count)
{
	if (floors[0] <= SCREEN_CUTOFF)
		return false;
	if (count == 1)
		return true;
	double squares = 0;
	unsigned joint = 0;
	for (size_t i = 0; i < count && floors[i] < SCREEN_WITHOUT_WEIGHT; i++) {
		squares += square_of(screen, floors[i]);
		unsigned level = i > 0 ? joint_level(screen, squares, i + 1) : 0;
		joint = level > joint ? level : joint;
	}
	return joint <= DULL_LEVELS && joint + smallest_level(screen, floors, count) <= DULL_LEVELS;
}
