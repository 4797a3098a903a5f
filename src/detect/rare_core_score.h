/* rare_core_score: what the files of the second pass share. Kinds of nodes do not need each other: each has normalizers
 * of its own, which go through all buckets in time order. So the pass has tracks: the results; the users, with the
 * bucket's own node; the values of each column of entries. Several threads may take a track each. */
#ifndef RARETRAIL_DETECT_RARE_CORE_SCORE_H
#define RARETRAIL_DETECT_RARE_CORE_SCORE_H

#include "rare_core_parts.h"

#define SCORE_TRACKS (2 + CORE_FIELDS)

/* What every track reads; each writes members of its own in the records. Leaves and nodes are sorted by bucket. */
struct score {
	struct rare_core *core;
	struct core_work *work;
	bool is_continued; /* the core has an earlier life */
	int64_t *closed; /* [when] -> buckets that close with it, empty ones included; 0: it is no complete bucket */
	size_t *leaf_begin, *node_begin; /* [when]; one more at the end */
	/* Columns of entries: fields that share one are one track. */
	struct score_column {
		unsigned fields[CORE_FIELDS], field_count;
	} columns[CORE_FIELDS];
	unsigned column_count;
	double *highest[SCORE_TRACKS]; /* [track][when] -> the highest score of a node over all of a kind */
};

void score_results(const struct score *score);
void score_users(const struct score *score, double *highest);
void score_values(const struct score *score, const struct score_column *column, double *highest);

/* ---- for the tracks ---- */

/* Raw scores of one kind of node in a bucket, collected for its normalizer. */
struct raws {
	double *items;
	size_t count, capacity;
};
void raws_push(struct raws *raws, double raw);
/* Gives what was collected to the normalizer, and as many zeros as make up `total`. */
void raws_update(struct raws *raws, struct normalizer *normalizer, uint64_t total);

double score_node(
	const struct score *score, const struct normalizer *normalizer, const struct node_score *node, double maximum);
/* The node over all users, or over all values of a field: over `count` of which the least probable is `smallest`. */
double score_total(const struct score *score, struct raws *raws, struct normalizer *normalizer, struct repeat *repeat,
	double smallest, double count, int64_t bucket);

#endif
