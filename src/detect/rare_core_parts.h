/* rare_core_parts: what the two passes of the model hand to each other. */
#ifndef RARETRAIL_DETECT_RARE_CORE_PARTS_H
#define RARETRAIL_DETECT_RARE_CORE_PARTS_H

#include "rare_core.h"

/* An event of one partition, packed for the first pass. `when` counts the buckets that hold events. */
struct core_event {
	uint32_t when, action;
};

/* A result with a score (p <= 0.035), with the maximum its pair remembers in its bucket. */
struct core_leaf {
	uint32_t when, partition, pair; /* pair: index within the partition */
	double probability, raw, maximum;
	size_t record; /* in core.found; SIZE_MAX when it is not a record */
};

/* A node of a partition whose own part is rare: the partition itself, or a value among its results. */
struct core_node {
	uint32_t when, partition, field, value; /* field CORE_NONE: the partition's own node */
	double probability;
	double maximum; /* partition nodes only */
};

struct core_work {
	const struct core_input *input;
	int64_t *buckets; /* [when] -> bucket */
	uint32_t *bucket_rows; /* [when] -> its first row; one more at the end */
	uint32_t when_count;
	struct core_event *events; /* beside core.partition_rows */

	uint32_t *result_counts, *partition_counts; /* [when] */
	struct core_leaf *leaves;
	size_t leaf_count, leaf_capacity;
	struct core_node *nodes;
	size_t node_count, node_capacity;
};

/* First pass: one partition's events. */
struct core_pass;
struct core_pass *core_pass_new(struct rare_core *core, struct core_work *work) MUST_USE;
void core_pass_free(struct core_pass *pass);
void core_pass_partition(struct core_pass *pass, uint32_t partition);

/* Second pass: all buckets. */
void core_score_buckets(struct rare_core *core, struct core_work *work);

#endif
