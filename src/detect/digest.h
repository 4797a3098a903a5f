/* digest: how often each whole number was seen, in at most a few hundred nodes: a q-digest. Exact for small counts,
 * coarse where the mass is thin; the normalizers rank scores against it, as Elastic's do. */
#ifndef RARETRAIL_DETECT_DIGEST_H
#define RARETRAIL_DETECT_DIGEST_H

#include "raretrail/base.h"

/* A node stands for the values lo..hi (a power of two of them, aligned) that no smaller node holds. */
struct digest_node {
	uint32_t lo, hi;
	uint64_t count;
};

struct digest {
	struct digest_node *nodes; /* by hi, then the narrower first: the post-order of the trie */
	size_t count, capacity;
	uint64_t total;
	uint64_t span; /* the root stands for 0..span - 1 */
	uint64_t slack; /* no merge is possible while the merge threshold is at most this */
};

#define DIGEST_SIZE 201

void digest_free(struct digest *digest);
/* Adds a value `count` times at once; see digest_room for how large a count equals single additions. */
void digest_add(struct digest *digest, uint32_t value, uint64_t count);
/* How many of a value may be added in one step with the same outcome as one by one; at least 1. */
uint64_t digest_room(const struct digest *digest, uint32_t value);
/* Shrinks every count by a factor; false when nothing changed. */
bool digest_age(struct digest *digest, double factor);

struct bounds {
	double low, high;
};
struct bounds digest_cdf(const struct digest *digest, uint32_t value);
/* How steep the former is at the value; gives both, which takes no longer. */
struct bounds digest_density(const struct digest *digest, uint32_t value, struct bounds *cdf);
uint32_t digest_quantile(const struct digest *digest, double order);

#endif
