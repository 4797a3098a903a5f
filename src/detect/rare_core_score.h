/* rare_core_score: what the files of the second pass share: the bucket at hand, its rows, its values, its nodes. */
#ifndef RARETRAIL_DETECT_RARE_CORE_SCORE_H
#define RARETRAIL_DETECT_RARE_CORE_SCORE_H

#include "rare_core_parts.h"

/* A value's node in the bucket at hand. */
struct value_node {
	uint32_t field, value;
	double smallest; /* of its users' parts */
	double users;
	struct node_score node;
	double score;
};

/* Fields that share a column of entries: an entry seen once in a bucket need not be looked at again. */
struct column {
	const uint32_t *entries; /* [row] */
	uint32_t *stamps; /* [entry] -> the newest bucket it occurred in, plus one */
	uint8_t *own; /* [entry] -> bits of the fields whose value no other entry has, unless remembered */
	unsigned fields[CORE_FIELDS], field_count;
	uint32_t *fresh, fresh_count; /* the entries of the bucket at hand, each once */
	uint8_t *is_asked; /* [entry], of those: scratch of counting users */
};

struct score {
	struct rare_core *core;
	struct core_work *work;
	/* Per field. */
	/* [value] -> twice the newest bucket it occurred in plus one; odd when the value is remembered. */
	uint32_t *stamps[CORE_FIELDS];
	uint32_t *flags[CORE_FIELDS]; /* [value] -> its node in the bucket at hand, plus one */
	uint32_t *own_entry[CORE_FIELDS]; /* [value] -> its one entry plus one, while it is counted with that entry */
	uint32_t distinct[CORE_FIELDS]; /* values in the bucket at hand */
	struct column columns[CORE_FIELDS];
	unsigned column_count;
	int64_t *starts; /* [partition] -> first bucket that counts */
	double *partition_scores; /* [partition], of the bucket at hand */

	/* Rows of the bucket at hand that count. */
	uint32_t *rows, row_count;
	uint32_t *asked; /* rows: scratch of counting users */
	size_t row_capacity, asked_capacity;
	uint32_t recent; /* the first bucket that is not too long ago for memories */

	struct value_node *values;
	size_t value_count, value_capacity;
	double *raws;
	size_t raw_count, raw_capacity;
	uint64_t *seen; /* [partition]: scratch of counting users */
};

void score_init_values(struct score *score);
void score_free_values(struct score *score);
/* The rows of a bucket that count, and how many distinct values each field has in them; values that are remembered
 * stay so. */
void score_count_values(struct score *score, uint32_t when);
/* The rare values of the bucket, whose users' parts are nodes[first..last), with the number of their users. */
void score_gather_values(struct score *score, size_t first, size_t last);
void score_forget_values(struct score *score);
/* What is remembered of a value of the bucket. */
struct repeat *score_value_repeat(struct score *score, const struct value_node *value, uint32_t when);

#endif
