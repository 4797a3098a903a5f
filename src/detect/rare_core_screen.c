/* rare_core_screen: how rare the joint and the extreme probability of some results can be at most, in a few levels, and
 * which levels together make no node rare. */
#include "rare_core_screen.h"

#include "beta.h"

#include <math.h>
#include <pthread.h>

/* A node's raw score is half that of its joint and half that of its extreme probability, 1/p - 20 from 0.05 on. Levels
 * end at 0.05, at the cutoff, and where one of the two suffices alone: up to level 2 in sum nothing is rare. */
static double level_end(unsigned level)
{
	static const double ends[SCREEN_LEVELS] = {0.05, SURPRISE_CUTOFF, 1 / (2 / SURPRISE_CUTOFF - 20)};
	return ends[level] * SCREEN_MARGIN;
}
#define DULL_LEVELS 2

#define JOINT_STEP 8 /* a probability's sum grows by less from n squares to n + 1, and is less for one */

/* The sum of n squares whose upper tail is a probability, from below; it lies above that of fewer. */
static double joint_of(unsigned n, double probability, double fewer)
{
	double low = fewer, high = fewer + JOINT_STEP, ln_probability = log(probability);
	for (unsigned step = 0; step < 24; step++) {
		double middle = (low + high) / 2;
		if (ln_gamma_upper(n / 2.0, middle / 2) > ln_probability)
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
		screen->joint[0][level] = 0;
		for (unsigned n = 1; n < SCREEN_JOINT; n++)
			screen->joint[n][level] = joint_of(n, level_end(level), screen->joint[n - 1][level]);
		for (unsigned k = 1; k <= SCREEN_SMALLEST; k++)
			screen->extreme[k][level] = pow(level_end(level), 1 + log(k) / 2.1);
	}
}

static struct core_screen shared;

static void init_shared(void)
{
	core_screen_init(&shared);
}

const struct core_screen *core_screen_shared(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, init_shared);
	return &shared;
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
static unsigned smallest_level(const struct core_screen *screen, const double *p, size_t count, double *kept)
{
	static const double ways[6][6] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1}};
	double above[SCREEN_SMALLEST] = {1, 1, 1, 1, 1};
	unsigned level = 0;
	kept[0] = 1;
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

static double power_of(double base, size_t exponent)
{
	double power = 1;
	for (; exponent > 0; exponent /= 2, base *= base)
		power *= exponent % 2 == 1 ? base : 1;
	return power;
}

/* The same of just so many draws, given how likely fewer keep their bounds. */
static unsigned group_smallest_level(
	const struct core_screen *screen, const double *p, size_t count, const double *kept)
{
	double all = 1, ways = 1;
	unsigned level = 0;
	for (size_t i = 0; i < SCREEN_SMALLEST && i < count; i++) {
		all -= ways * kept[i] * power_of(1 - p[i], count - i);
		ways *= (double)(count - i) / (double)(i + 1);
		level = extreme_level(screen, all, i + 1, level);
	}
	return level;
}

static double square_of(const struct core_screen *screen, double floor)
{
	return screen->squares[(size_t)(floor * SCREEN_STEPS)];
}

bool core_screen_is_group_dull(const struct core_screen *screen, const double *p, size_t count)
{
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += square_of(screen, p[i]);
	unsigned joint = joint_level(screen, squares, count);
	double kept[SCREEN_SMALLEST + 1];
	return joint <= DULL_LEVELS && (joint + smallest_level(screen, p, count, kept) <= DULL_LEVELS ||
					       joint + group_smallest_level(screen, p, count, kept) <= DULL_LEVELS);
}

bool core_screen_is_dull(const struct core_screen *screen, const double *floors, size_t count)
{
	if (floors[0] <= SCREEN_CUTOFF)
		return false;
	if (count == 1)
		return true;
	double squares = 0, kept[SCREEN_SMALLEST + 1];
	unsigned joint = 0;
	for (size_t i = 0; i < count && floors[i] < SCREEN_WITHOUT_WEIGHT; i++) {
		squares += square_of(screen, floors[i]);
		unsigned level = i > 0 ? joint_level(screen, squares, i + 1) : 0;
		joint = level > joint ? level : joint;
	}
	return joint <= DULL_LEVELS && joint + smallest_level(screen, floors, count, kept) <= DULL_LEVELS;
}
