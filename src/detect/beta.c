/* beta: incomplete beta function and its quantile, slice means, upper gamma tail, normal quantile. Written for the
 * sizes the model meets: thousands of quantiles in the time of one, no NaN for any positive weight. */
#include "beta.h"

#include "limit.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define TINY 1e-300
#define MAX_TERMS 100000

static double ln_gamma(double x)
{
	int sign;
	return lgamma_r(x, &sign);
}

struct beta beta_of(double a, double b)
{
	return (struct beta){a, b, ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)};
}

static double nonzero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* I_x(a, b) = g(x) * beta_fraction(x), for x below (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / nonzero(1 - (a + b) * x / (a + 1)), h = d;
	for (int i = 1; i < MAX_TERMS; i++) {
		double m = i, even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m));
		d = 1 / nonzero(1 + even * d);
		c = nonzero(1 + even / c);
		h *= d * c;
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m));
		d = 1 / nonzero(1 + odd * d);
		c = nonzero(1 + odd / c);
		double step = d * c;
		h *= step;
		if (fabs(step - 1) < 4 * DBL_EPSILON)
			break;
	}
	return h;
}

/* The same as a power series: all terms positive, one division each, so faster where a is not large. */
static double beta_series(double a, double b, double x)
{
	double term = 1, sum = 1;
	for (int i = 0; i < MAX_TERMS; i++) {
		double ratio = (a + b + i) * x / (a + 1 + i);
		term *= ratio;
		sum += term;
		if (term < sum * DBL_EPSILON / 8 && ratio < 1)
			break;
	}
	return sum;
}

/* ln g(x) from ln x, so that x may lie below the smallest double. */
static double ln_g(const struct beta *beta, double ln_x)
{
	return beta->a * ln_x + beta->b * log1p(-exp(ln_x)) - beta->ln_beta - log(beta->a);
}

static struct beta beta_mirror(const struct beta *beta)
{
	return (struct beta){beta->b, beta->a, beta->ln_beta};
}

double beta_cdf(const struct beta *beta, double x)
{
	if (!(x > 0))
		return 0;
	if (x >= 1)
		return 1;
	if (x < (beta->a + 1) / (beta->a + beta->b + 2))
		return exp(ln_g(beta, log(x))) * beta_fraction(beta->a, beta->b, x);
	struct beta mirror = beta_mirror(beta);
	double ln_g_mirror = beta->b * log1p(-x) + beta->a * log(x) - beta->ln_beta - log(beta->b);
	double upper = exp(ln_g_mirror) * beta_fraction(mirror.a, mirror.b, 1 - x);
	return upper > 1 ? 0 : 1 - upper;
}

double normal_upper_quantile(double q)
{
	if (q >= 0.5)
		return 0;
	if (q < DBL_MIN)
		q = DBL_MIN;
	double t = sqrt(-2 * log(q));
	double z =
		t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < 2; i++) {
		/* Halley on the ratio of tail and density, which stays finite deep in the tail. */
		double density = exp(-z * z / 2) * 0.39894228040143267794;
		double error = (0.5 * erfc(z * M_SQRT1_2) - q) / density;
		z += error / (1 - z * error / 2);
	}
	return z < 0 ? 0 : z;
}

/* Newton on ln I(e^t) = ln q for a root at x <= 1/2: the function is concave and nearly straight for small a. */
static double quantile_by_log(const struct beta *beta, double q, double *g)
{
	double ln_q = log(q), high = log(0.5), low = -DBL_MAX;
	double t = (ln_q + log(beta->a) + beta->ln_beta) / beta->a;
	if (!(t > low))
		t = low;
	if (t > high)
		t = high;
	for (int i = 0; i < 200; i++) {
		double x = exp(t), ln_here = ln_g(beta, t), f;
		double fraction;
		if (x < (beta->a + 1) / (beta->a + beta->b + 2)) {
			fraction = beta_fraction(beta->a, beta->b, x);
			f = ln_here + log(fraction) - ln_q;
		} else {
			double p = beta_cdf(beta, x);
			fraction = p / exp(ln_here);
			f = log(p) - ln_q;
		}
		if (f > 0)
			high = t;
		else
			low = t;
		double next = t - f * fraction * (1 - x) / beta->a;
		if (!(next >= low && next <= high))
			next = low == -DBL_MAX ? high : low / 2 + high / 2;
		bool is_done = fabs(next - t) * at_least(1, beta->a) <= 1e-14 || next == t;
		t = next;
		if (is_done)
			break;
	}
	if (g)
		*g = exp(ln_g(beta, t));
	return exp(t);
}

/* The quantile where a parameter is below one: on the side of the median bound where the root is at most 1/2. */
static double quantile_small(const struct beta *beta, double q, double *g)
{
	if (q <= beta_cdf(beta, 0.5))
		return quantile_by_log(beta, q, g);
	struct beta mirror = beta_mirror(beta);
	double x = 1 - quantile_by_log(&mirror, 1 - q, g);
	if (g)
		*g *= beta->b / beta->a;
	return x;
}

/* z: the normal quantile of order q. */
static double quantile(const struct beta *beta, double q, double z, double *g)
{
	double a = beta->a, b = beta->b;
	if (q <= 0 || q >= 1) {
		if (g)
			*g = 0;
		return q <= 0 ? 0 : 1;
	}
	if (a < 0.9 || b < 0.9)
		return quantile_small(beta, q, g);
	if (a > b) {
		struct beta mirror = beta_mirror(beta);
		double x = 1 - quantile(&mirror, 1 - q, -z, g);
		if (g)
			*g *= b / a;
		return x;
	}
	/* First guess: Cornish-Fisher for the ratio of two gammas (Abramowitz and Stegun 26.5.22). */
	z = -z;
	double third = (z * z - 3) / 6, inverse_a = 1 / (2 * a - 1), inverse_b = 1 / (2 * b - 1);
	double h = 2 / (inverse_a + inverse_b);
	double root = h + third > 0 ? sqrt(h + third) : 0;
	double w = z * root / h - (inverse_b - inverse_a) * (third + 5.0 / 6 - 2 / (3 * h));
	double x = a / (a + b * exp(2 * w)), low = 0, high = 1, ln_scale = -beta->ln_beta - log(a);
	for (int i = 0; i < 60; i++) {
		double here = exp(a * log(x) + b * log1p(-x) + ln_scale), error;
		if (a < 1000 && x < 0.6)
			error = here * beta_series(a, b, x) - q;
		else if (x < (a + 1) / (a + b + 2))
			error = here * beta_fraction(a, b, x) - q;
		else
			error = 1 - q - here * a / b * beta_fraction(b, a, 1 - x);
		if (error > 0)
			high = x;
		else
			low = x;
		double step = error * x * (1 - x) / (here * a);
		double curvature = (a - 1) / x - (b - 1) / (1 - x);
		double halley = step / (1 - at_most(1, at_least(-1, step * curvature)) / 2);
		if (fabs(halley) * at_least(1, sqrt(a)) <= 1e-4 * at_most(x, 1 - x)) {
			/* The next error is the cube of this one: carry g over instead of evaluating again. */
			if (g)
				*g = here * exp(a * log1p(-halley / x) + b * log1p(halley / (1 - x)));
			return x - halley;
		}
		double next = x - halley;
		if (!(next > low && next < high))
			next = (low + high) / 2;
		x = next;
	}
	return quantile_small(beta, q, g);
}

double beta_quantile(const struct beta *beta, double q, double *g)
{
	double z = 0;
	if (q > 0 && q < 1)
		z = q < 0.5 ? -normal_upper_quantile(q) : normal_upper_quantile(1 - q);
	return quantile(beta, q, z, g);
}

void beta_slice_means(double a, double b, unsigned m, double means[BETA_MAX_SLICES])
{
	/* Normal quantiles of 1/m, 2/m, ... for 3, 5 and 7 slices. */
	static const double z3[] = {-0.43072729929545756, 0.43072729929545756};
	static const double z5[] = {
		-0.84162123357291452, -0.25334710313579978, 0.25334710313579978, 0.84162123357291452};
	static const double z7[] = {-1.0675705238781414, -0.56594882193286299, -0.18001236979270513,
		0.18001236979270513, 0.56594882193286299, 1.0675705238781414};
	const double *z = m == 3 ? z3 : m == 5 ? z5 : z7;
	double mean = a / (a + b), before = 0;
	struct beta beta = beta_of(a, b);
	for (unsigned i = 1; i <= m; i++) {
		double g = 0;
		if (i < m)
			(void)quantile(&beta, (double)i / m, z[i - 1], &g);
		double y = mean * (1 - m * (g - before));
		means[i - 1] = at_most(1, at_least(0, y));
		before = g;
	}
}

double ln_gamma_upper(double a, double x)
{
	if (!(x > 0))
		return 0;
	double ln_head = a * log(x) - x - ln_gamma(a);
	if (x < a + 1) {
		double term = 1 / a, sum = term;
		for (int i = 1; i < MAX_TERMS && term > sum * DBL_EPSILON / 4; i++) {
			term *= x / (a + i);
			sum += term;
		}
		double lower = sum * exp(ln_head);
		return lower < 1 ? log1p(-lower) : log(DBL_MIN);
	}
	double b = x + 1 - a, c = 1 / TINY, d = 1 / nonzero(b), h = d;
	for (int i = 1; i < MAX_TERMS; i++) {
		double n = -i * (i - a);
		b += 2;
		d = 1 / nonzero(n * d + b);
		c = nonzero(b + n / c);
		double step = d * c;
		h *= step;
		if (fabs(step - 1) < 4 * DBL_EPSILON)
			break;
	}
	return ln_head + log(h);
}
