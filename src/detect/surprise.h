/* surprise: from a probability to the raw score that a normalizer ranks, and from several probabilities to one. Pure
 * functions of Elastic's anomaly detection, in its published form. */
#ifndef RARETRAIL_DETECT_SURPRISE_H
#define RARETRAIL_DETECT_SURPRISE_H

#include <stddef.h>

/* Above this probability a result is uninteresting and its score is 0. */
#define SURPRISE_CUTOFF 0.035
/* Raw scores run from 0 to this. */
#define SURPRISE_MAX 100.0

double surprise_of(double probability); /* 0 from 0.05 on, 1 at 1e-4, 50 at 1e-50, 100 at the smallest double */
double surprise_inverse(double surprise); /* the probability; 0.525 for 0 */
/* 5 at 0.05, 100 at 1e-4, a straight line in the logarithm between and beyond: the score's ceiling c3. */
double surprise_ceiling(double probability);

/* What a node above the record (a user, an influencer value, a bucket) is worth. */
struct node_score {
	double probability;
	double raw; /* 0 when uninteresting */
};

/* How the probabilities of a node's children become one: weights of their joint and of their extreme probability, and
 * how many of the smallest the latter looks at. */
struct combination {
	double joint, extreme;
	unsigned smallest;
};
extern const struct combination combine_activity; /* the results of one user */
extern const struct combination combine_users; /* users that share a node */
extern const struct combination combine_final; /* the last step of every node */

/* Ascending; most lists are short. */
void sort_probabilities(double *items, size_t count);
/* Reorders probabilities (ascending). count >= 1. */
struct node_score combine(double *probabilities, size_t count, const struct combination *how);
/* 1 - (1 - smallest)^count: combine_users, for which only the smallest matters. */
double combine_users_of(double smallest, double count);
/* A node of one child: the probability stays, the raw score is damped. */
struct node_score combine_last(double probability);
/* The probability that is reported for a node. */
double node_reported(const struct node_score *node);

#endif
