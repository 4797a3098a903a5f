/* limit: a number kept at or above a bound, or at or below it: fmax and fmin of the two, without the call that each of
 * those costs. Where the number is none (NaN) it is the bound. */
#ifndef RARETRAIL_DETECT_LIMIT_H
#define RARETRAIL_DETECT_LIMIT_H

static inline double at_least(double bound, double x)
{
	return x > bound ? x : bound;
}

static inline double at_most(double bound, double x)
{
	return x < bound ? x : bound;
}

#endif
