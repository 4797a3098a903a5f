/* rare_core_parts: what the two passes of the model hand to each other. */
#ifndef RARETRAIL_DETECT_RARE_CORE_PARTS_H
#define RARETRAIL_DETECT_RARE_CORE_PARTS_H

#include "rare_core.h"
#include "rare_core_screen.h"

/* A result with a score (p <= 0.035), with the maximum its pair remembers in its bucket. */
struct core_leaf {
	uint32_t when; /* counts the buckets that hold events */
	uint32_t partition, pair; /* pair: index within the partition */
	double probability, raw, maximum;
	size_t record; /* in `found`; SIZE_MAX when it is not a record */
};

/* A node of a partition whose own part is rare: the partition itself, or a value among its results. */
struct core_node {
	uint32_t when, partition, field, value; /* field CORE_NONE: the partition's own node */
	double probability;
	double maximum; /* partition nodes only */
};

/* What the first pass leaves of partitions that stand next to each other; numbers count within the part, until it is
 * joined to those before it. */
struct core_part {
	uint32_t first, end; /* partitions */
	struct core_pair *pairs;
	struct core_record *found;
	struct core_value *values;
	struct core_leaf *leaves;
	struct core_node *nodes;
	size_t pair_count, pair_capacity, found_count, found_capacity, value_count, value_capacity;
	size_t leaf_count, leaf_capacity, node_count, node_capacity;
};

/* So many rows share an entry of block_whens. */
#define CORE_BLOCK 64

struct core_work {
	const struct core_input *input;
	const struct core_screen *screen;
	struct core_pair *seed; /* pairs of the core's earlier life */
	int64_t *buckets; /* [when] -> bucket */
	uint32_t *bucket_rows; /* [when] -> its first row; one more at the end */
	uint32_t when_count;
	uint32_t *block_whens; /* [row / CORE_BLOCK] -> the bucket of the block's first row */
	uint32_t *actions; /* as core.partition_rows: of each row */
	uint8_t *is_counted; /* [row]: it has an action, in a complete bucket of its partition */

	uint32_t *result_counts, *partition_counts; /* [when] */
	struct core_leaf *leaves;
	size_t leaf_count;
	struct core_node *nodes;
	size_t node_count;
};

/* First pass: one partition's events. */
struct core_pass;
struct core_pass *core_pass_new(struct rare_core *core, const struct core_work *work) MUST_USE;
/* Adds what it counted of each bucket to the work. */
void core_pass_free(struct core_pass *pass, struct core_work *work);
/* The partitions of the part; several passes may take a part each at the same time. */
void core_pass_part(struct core_pass *pass, struct core_part *part);

/* The first pass over all partitions, on as many threads as the input says. The outcome does not depend on them. */
void core_share_partitions(struct rare_core *core, struct core_work *work);

/* Second pass: all buckets. */
void core_score_buckets(struct rare_core *core, struct core_work *work);

#endif
