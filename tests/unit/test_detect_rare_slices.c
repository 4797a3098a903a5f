/* The beta distribution under rare-method: quantiles and slice means for any positive weights, the order of slices, and
 * the lower bounds that stand on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "../../src/detect/slices.h"
#include "random_unit.h"

static void check_slices(double a, double b)
{
	for (unsigned m = 3; m <= 7; m += 2) {
		double means[BETA_MAX_SLICES], sum = 0, mean = a / (a + b);
		beta_slice_means(a, b, m, means);
		for (unsigned i = 0; i < m; i++) {
			if (!(means[i] >= 0 && means[i] <= 1))
				fail_msg("slice %u of %u of Beta(%g, %g): %g", i, m, a, b, means[i]);
			if (i > 0 && means[i] < means[i - 1] - 1e-9)
				fail_msg("slices of Beta(%g, %g) are not ascending", a, b);
			sum += means[i];
		}
		if (fabs(sum / m - mean) > 1e-9 * fmax(mean, 1e-3))
			fail_msg("%u slices of Beta(%g, %g) average %g, not %g", m, a, b, sum / m, mean);
	}
}

static void test_slices_are_sound_for_any_weight(void **state)
{
	(void)state;
	for (double a = -300; a <= 7; a += 3.7)
		for (double b = -300; b <= 7; b += 4.1)
			check_slices(pow(10, a), pow(10, b));
	for (double a = -3; a <= 4; a += 0.31)
		for (double b = -3; b <= 7; b += 0.37)
			check_slices(pow(10, a), pow(10, b));
}

static void test_quantiles_invert(void **state)
{
	(void)state;
	for (double a = -2; a <= 5; a += 0.43)
		for (double b = -2; b <= 5; b += 0.47)
			for (double q = 0.05; q < 1; q += 0.18) {
				struct beta beta = beta_of(pow(10, a), pow(10, b));
				double x = beta_quantile(&beta, q, NULL), back = beta_cdf(&beta, x);
				/* Next to 1 a double cannot hold the quantile itself. */
				if (x < 1 - 1e-6 && fabs(back - q) > 1e-9)
					fail_msg("Beta(%g, %g): quantile %g of %g gives %g back", beta.a, beta.b, x, q,
						back);
			}
}

/* Beta(1, b) has a closed form: the quantile of order q is 1 - (1 - q)^(1/b). */
static void test_quantiles_of_one(void **state)
{
	(void)state;
	for (double b = 1; b < 1e6; b *= 3)
		for (double q = 0.1; q < 1; q += 0.2) {
			struct beta beta = beta_of(1, b);
			double expected = -expm1(log1p(-q) / b), got = beta_quantile(&beta, q, NULL);
			/* lgamma of a large number loses digits; the model asks for weights up to 10,000. */
			if (fabs(got / expected - 1) > (b <= 1e4 ? 1e-10 : 1e-8))
				fail_msg("quantile %g of Beta(1, %g): %.15g, not %.15g", q, b, got, expected);
		}
}

/* The order that the bounds stand on: as a falls or b >= 1 grows, the slices' means change by factors that grow. */
static void test_slices_are_ordered(void **state)
{
	(void)state;
	for (int round = 0; round < 20000; round++) {
		unsigned m = 3 + 2 * (unsigned)(random_unit() * 3);
		double a = random_between(0.9, 5000), b = random_between(1, 10000), from[BETA_MAX_SLICES],
		       to[BETA_MAX_SLICES];
		double less = round % 3 == 0 ? a : random_between(0.9, a),
		       more = round % 3 == 1 ? b : random_between(b, 1e4);
		beta_slice_means(a, b, m, from);
		beta_slice_means(less, more, m, to);
		for (unsigned i = 1; i < m; i++)
			if (to[i] / from[i] < to[i - 1] / from[i - 1] * (1 - 1e-8))
				fail_msg("from Beta(%g, %g) to Beta(%g, %g) slice %u of %u grows less than the one "
					 "before",
					a, b, less, more, i, m);
	}
}

/* Everywhere in their domain, at its corners and at the borders of cells too; and they must be worth having. */
static void test_floors_are_bounds(void **state)
{
	(void)state;
	const struct slices *slices = slices_shared();
	double worth = 0;
	unsigned worths = 0;
	for (int round = 0; round < 60000; round++) {
		unsigned m = 3 + 2 * (unsigned)(random_unit() * 3);
		double most = m == 3 ? 10000 : m == 5 ? 1000 : 100, root_min = m == 3 ? 0.01 : m == 5 ? 0.0316 : 0.1;
		double a = random_between(0.9981, most / 2), b = random_between(fmax(1, a), most - a);
		double step = floor(random_unit() * SLICES_STEPS) * (1.001 - root_min) / SLICES_STEPS + root_min;
		switch (round % 6) {
		case 0:
			a = fmax(0.9981, fmin(most / 2, 1 / (step * step) * (1 + 4e-16 * (random_unit() - 0.5))));
			break;
		case 1: b = fmax(1, a); break;
		case 2: b = most - a; break;
		case 3: b = fmax(1, a * (random_unit() < 0.5 ? 7 : 3) * (1 + 4e-16 * (random_unit() - 0.5))); break;
		case 4: a = 0.9995; break;
		default: break;
		}
		const double *floors = a <= b ? slices_floors(slices, m, a, b) : NULL;
		if (!floors) {
			if (a <= b)
				fail_msg("no bounds for %u slices of Beta(%g, %g)", m, a, b);
			continue;
		}
		double means[BETA_MAX_SLICES], mean = a / (a + b);
		beta_slice_means(a, b, m, means);
		for (unsigned i = 0; i < m; i++) {
			if (!(floors[i] * mean <= means[i]))
				fail_msg("slice %u of %u of Beta(%.17g, %.17g): bound %g over %g", i, m, a, b,
					floors[i] * mean, means[i]);
			worth += floors[i] * mean / means[i];
			worths++;
		}
	}
	if (!(worth / worths > 0.95))
		fail_msg("the bounds are worth %g of the means", worth / worths);
	assert_null(slices_floors(slices, 7, 1, 0.99));
	assert_null(slices_floors(slices, 7, 30, 29));
	assert_null(slices_floors(slices, 5, 0.5, 10));
}

/* From so large an a on so many slices reach the overall mean. */
static void test_shares_are_reached(void **state)
{
	(void)state;
	const struct slices *slices = slices_shared();
	unsigned more = 0;
	for (int round = 0; round < 30000; round++) {
		unsigned m = 3 + 2 * (unsigned)(random_unit() * 3), step = (unsigned)(random_unit() * 3);
		const struct slices_share *share = slices_share(slices, m);
		double most = m == 3 ? 10000 : m == 5 ? 1000 : 100, least = step > 0 ? share->from[step - 1] : 0.9981;
		if (least > most / 2)
			continue;
		double a = round % 3 ? random_between(least, most / 2) : least,
		       b = random_between(fmax(1, a), most - a);
		double means[BETA_MAX_SLICES], mean = a / (a + b);
		beta_slice_means(a, b, m, means);
		unsigned reaching = 0;
		for (unsigned i = 0; i < m; i++)
			reaching += SLICES_WIDENING * means[i] >= mean;
		if (reaching < share->shares[step] * m)
			fail_msg("%u of %u slices of Beta(%.17g, %.17g) reach the mean, not %g of them", reaching, m, a,
				b, share->shares[step]);
		more += step > 0;
	}
	assert_true(more > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices_are_sound_for_any_weight),
		cmocka_unit_test(test_quantiles_invert),
		cmocka_unit_test(test_quantiles_of_one),
		cmocka_unit_test(test_slices_are_ordered),
		cmocka_unit_test(test_floors_are_bounds),
		cmocka_unit_test(test_shares_are_reached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
