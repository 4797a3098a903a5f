/* normalizer: from raw scores (surprise) to 0..100. One for every kind of node, shared by all users: it ranks a score
 * among those seen so far. The memory that damps repeats is kept by its callers (struct repeat), one a scope. */
#ifndef RARETRAIL_DETECT_NORMALIZER_H
#define RARETRAIL_DETECT_NORMALIZER_H

#include "digest.h"

/* What a bucket span decides. */
struct pace {
	int64_t span; /* ms */
	double nu; /* how much of half an hour a bucket is, at most 1 */
	double forgetting; /* of weights and counts, per bucket: exp(-this) */
	double growth; /* exp(forgetting) */
	double repeat_forgetting; /* of remembered maxima, per bucket */
};
struct pace pace_of(int64_t span);

struct normalizer {
	struct digest all; /* every score, in thousandths */
	struct digest high; /* those above the highest tenth's border, finer */
	uint64_t border; /* scores up to here are not in `high` */
	uint64_t below; /* how many those are */
	int64_t ticks; /* buckets closed until now */
};

void normalizer_init(struct normalizer *normalizer);
void normalizer_free(struct normalizer *normalizer);
/* `buckets` more buckets were closed, empty ones included. Before the updates of the last of them. */
void normalizer_tick(struct normalizer *normalizer, const struct pace *pace, int64_t buckets);
void normalizer_update(struct normalizer *normalizer, double raw);
void normalizer_update_zeros(struct normalizer *normalizer, uint64_t count);
/* The score of a raw score > 0, given the ceiling that repeats and probability leave. */
double normalizer_score(const struct normalizer *normalizer, const struct pace *pace, double raw, double ceiling);

/* The largest score of a scope, remembered while the scope keeps producing results. */
struct repeat {
	double maximum; /* as of `since`; 0: nothing */
	int64_t since;
	int64_t last; /* bucket of the scope's newest result */
};
#define REPEAT_MEMORY 50 /* buckets without a result after which a scope is forgotten */
/* The scope produced a result with this raw score in a bucket. */
void repeat_update(struct repeat *repeat, const struct pace *pace, int64_t bucket, double raw);
/* The same for a raw score of 0, which only keeps the memory alive: nearly every result. */
static inline void repeat_keep(struct repeat *repeat, int64_t bucket)
{
	if (repeat->maximum > 0 && bucket - repeat->last > REPEAT_MEMORY)
		repeat->maximum = 0;
	repeat->last = bucket;
}
/* The maximum as of a later bucket. */
double repeat_maximum(const struct repeat *repeat, const struct pace *pace, int64_t bucket);
/* The ceiling c2 that a remembered maximum leaves to a raw score. */
double repeat_ceiling(double maximum, double raw);

#endif
