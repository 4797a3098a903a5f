/* habit: what one user usually does, as one decaying weight per action, and how improbable an action is against it.
 * Weights are kept in a growing unit, so that forgetting costs nothing until a probability is asked for. */
#ifndef RARETRAIL_DETECT_HABIT_H
#define RARETRAIL_DETECT_HABIT_H

#include "raretrail/base.h"
#include "slices.h"

struct habit {
	double *weights; /* stored: the true weight times `unit` */
	uint32_t count, capacity;
	double total; /* stored: the sum of weights */
	double unit; /* >= 1 */
	unsigned slice_count; /* 7, 5, 3 or 1: how many stand for the uncertainty of a share; by the total weight */
	/* The ladder: slots ascending by weight. habit_close keeps it, the sums are made when they are asked for. */
	uint32_t *order; /* [rung] -> slot; rungs begin at 1 */
	uint32_t *rung_of; /* [slot] -> rung */
	double *rungs,
		*sums; /* [rung] -> its weight, INFINITY behind the last; the sum up to and including all of the same weight */
	uint32_t ordered; /* slots that are on the ladder */
};

void habit_init(struct habit *habit);
void habit_free(struct habit *habit);
/* Starts over with the memory of the old one. */
void habit_reset(struct habit *habit);
/* A slot of weight 0 for an action not seen before. */
uint32_t habit_new_slot(struct habit *habit);
/* One bucket in which these distinct slots occurred: each gains 1, then all is forgotten by 1 / growth. New slots come
 * in ascending order. */
void habit_close(struct habit *habit, const uint32_t *slots, uint32_t count, double growth);

/* True total weight A. */
double habit_weight(const struct habit *habit);
/* After weights were set by hand: puts the ladder in order, and sums it up. */
void habit_climb(struct habit *habit);
/* After habit_close, before what follows. */
void habit_sum(struct habit *habit);
/* The probability of seeing an action as rare as this one: the tail, smoothed over what the true share may be. */
double habit_probability(const struct habit *habit, uint32_t slot);

/* The same to about SLICES_ERROR, from below and cheaply; -1 where that is not possible. */
double habit_probability_near(const struct habit *habit, const struct slices *slices, uint32_t slot);
/* The share of all weight held by actions no commoner than this one. */
double habit_tail(const struct habit *habit, uint32_t slot);
/* habit_probability is at least this share of habit_tail, whatever the action. */
double habit_tail_share(const struct habit *habit);
/* The same by the action's stored weight: the heavier it is, the more certain is its share. */
static inline double habit_share_of(const struct habit *habit, const struct slices_share *share, double weight)
{
	int step = (weight >= share->from[0] * habit->unit) + (weight >= share->from[1] * habit->unit);
	return share->shares[2 * weight <= habit->total ? step : 0];
}
/* Whether the tail reaches a share, as far as that is plain to see without sums. */
bool habit_tail_reaches(const struct habit *habit, uint32_t slot, double share);
/* A better bound, mostly a few parts in a hundred below. */
double habit_probability_floor(const struct habit *habit, const struct slices *slices, uint32_t slot);

#endif
