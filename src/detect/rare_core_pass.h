/* rare_core_pass: what the files of the first pass share: the partition at hand, and the results of its bucket at hand
 * from the rarest to the most common. */
#ifndef RARETRAIL_DETECT_RARE_CORE_PASS_H
#define RARETRAIL_DETECT_RARE_CORE_PASS_H

#include "rare_core_parts.h"

/* The influencer values of the results at hand, field by field. */
struct core_links {
	struct core_link_field {
		uint32_t value; /* of every row; CORE_NONE: they differ, items[first .. end) are those of each result */
		size_t first, end;
	} fields[CORE_FIELDS];
	uint64_t *items; /* value << 32 | rank, each once, ascending */
	size_t capacity;
};

struct core_pass {
	struct rare_core *core;
	const struct core_work *work;
	struct core_part *part;
	uint32_t *result_counts, *partition_counts; /* [when] */
	struct place {
		uint32_t owner, slot; /* slot of partition owner - 1 */
	} * places; /* [action] */

	/* The partition at hand, and its events. */
	uint32_t partition;
	const uint32_t *rows, *actions; /* [event] */
	size_t event_count;
	struct habit habit;
	struct core_pair *pairs; /* [slot] */
	uint32_t *seen; /* [slot] -> the newest bucket it occurred in, plus one */
	uint32_t slot_capacity;

	/* The bucket at hand: its events, its results as they came. */
	uint32_t when;
	size_t first, end; /* events */
	uint32_t *slots, count;
	/* Its results by rank, the rarest first. */
	uint32_t *ranked; /* [rank] -> slot */
	uint32_t *rank_of; /* [slot] */
	double *floors; /* [rank]: the probability is not below; ascending */
	double *probabilities; /* [rank]: exact for records, near for others, of which only nodes take notice; -1 unknown */
	double *scratch; /* as many */
	uint64_t *marks; /* a bit for each rung; 0 between uses */
	/* Its influencer values. */
	struct core_links links;
};

/* False when nothing of the bucket can score. Otherwise what can be a record has its probability. */
bool core_find_odds(struct core_pass *pass);
/* The others', too. */
void core_complete_odds(struct core_pass *pass);

/* The nodes of the partition in the bucket: its own, and its part of each influencer value. */
void core_make_nodes(struct core_pass *pass);
/* Appends the influencer values of a result to the part's, field by field. */
void core_push_values(struct core_pass *pass, uint32_t rank);

#endif
