/* beta: the few special functions that the rare-method model stands on, safe from 1e-300 to 1e7. The continued fraction
 * is Lentz's, the quantile a safeguarded Halley with a logarithmic Newton where a parameter is small. */
#ifndef RARETRAIL_DETECT_BETA_H
#define RARETRAIL_DETECT_BETA_H

/* Beta(a, b) with a, b > 0; ln_beta is ln B(a, b). */
struct beta {
	double a, b, ln_beta;
};
struct beta beta_of(double a, double b);

/* Regularised incomplete beta function I_x(a, b). */
double beta_cdf(const struct beta *beta, double x);

/* Quantile of order q. When g is not NULL it gets x^a (1-x)^b / (a B(a, b)) at the quantile x, exact even where x or
 * 1 - x underflows. */
double beta_quantile(const struct beta *beta, double q, double *g);

#define BETA_MAX_SLICES 7
/* The means of Beta(a, b) over m slices (1, 3, 5 or 7) of equal probability, ascending; their average is a / (a + b). */
void beta_slice_means(double a, double b, unsigned m, double means[BETA_MAX_SLICES]);

/* ln of the upper regularised incomplete gamma function Q(a, x), also where Q underflows. */
double ln_gamma_upper(double a, double x);

/* z with an upper normal tail of q, for q in (0, 1/2]. */
double normal_upper_quantile(double q);

#endif
