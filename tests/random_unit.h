/* random_unit: the same random numbers in every run of a test. */
#ifndef RANDOM_UNIT_H
#define RANDOM_UNIT_H

#include <math.h>
#include <stdint.h>

static uint64_t seed = 7;
/* In [0, 1). */
static inline double random_unit(void)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15U);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* Even in the logarithm. */
static inline double random_between(double low, double high)
{
	return exp(log(low) + (log(high) - log(low)) * random_unit());
}

#endif
