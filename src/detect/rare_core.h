/* rare_core: the rare-method model over plain columns of numbers: who (partition), did what (action), when, from which
 * influencer values. It knows no store and no strings, so that it can be checked against published runs directly.
 *
 * A run has two passes. The first goes partition by partition: weights, probabilities, the partition's own memory, and
 * only what is rare leaves it. The second goes bucket by bucket: what is rare meets what happened elsewhere in the
 * same bucket, the normalizers turn all into scores. */
#ifndef RARETRAIL_DETECT_RARE_CORE_H
#define RARETRAIL_DETECT_RARE_CORE_H

#include "habit.h"
#include "normalizer.h"
#include "surprise.h"

#define CORE_FIELDS 4
#define CORE_NONE UINT32_MAX

/* Rows in time order; every array is borrowed for the run. */
struct core_input {
	uint32_t rows;
	const int64_t *times; /* ms */
	const uint32_t *who; /* [row] -> entry of partition_of */
	const uint32_t *what; /* [row] -> entry of action_of */
	const uint32_t *partition_of; /* [entry] -> partition, CORE_NONE: the row is not fed */
	const uint32_t *action_of; /* [entry] -> action, 0: absent */
	uint32_t partitions, actions; /* numbers lie below these */
	unsigned fields;
	/* Influencer fields: [row] -> entry, [entry] -> value, 0: absent; values lie below `values`. */
	const uint32_t *field_entry[CORE_FIELDS], *field_value[CORE_FIELDS];
	uint32_t field_entries[CORE_FIELDS]; /* entries lie below */
	uint32_t values;
	int partition_field; /* the field whose values are the partitions one to one, or -1 */
	unsigned threads; /* that the run may use; 0: one */
};

/* An action of a partition: its habit slot, its memory, its history. */
struct core_pair {
	uint32_t action;
	uint32_t buckets; /* in which it occurred, incomplete and open ones not counted */
	uint64_t events;
	int64_t first; /* bucket of its first occurrence that counts */
	double weight; /* in the partition's unit */
	struct repeat repeat; /* repeat.last: bucket of its newest occurrence that counts */
};

struct core_partition {
	int64_t first_time; /* ms, of its first event; TIME_NONE: none yet */
	int64_t start; /* first bucket that counts */
	double unit, total;
	uint32_t active; /* buckets with an action */
	uint32_t results; /* distinct actions, summed over those */
	uint64_t events; /* that carried an action and counted */
	struct repeat repeat; /* of its node */
	size_t pair, pairs; /* pairs[pair .. pair + pairs) */
};

struct core_value {
	uint32_t field, value;
	double score;
};

struct core_record {
	uint32_t partition, action;
	int64_t bucket; /* number: start / span */
	double probability, initial_score, final_score;
	double partition_score, bucket_score;
	size_t value, values; /* core.values[value .. value + values), by field */
	uint32_t row; /* one of its rows */
};

struct rare_core {
	struct pace pace;
	const struct slices *slices;
	int64_t first_bucket; /* first that counts; INT64_MIN before any event */
	int64_t next_bucket; /* first that is not closed */

	struct core_partition *partitions;
	size_t partition_count, partition_capacity;
	struct core_pair *pairs;
	size_t pair_count, pair_capacity;

	struct normalizer records, root, nodes[CORE_FIELDS], totals[CORE_FIELDS], partition_node;
	struct repeat root_repeat, total_repeats[CORE_FIELDS];
	struct repeat *value_repeats[CORE_FIELDS]; /* [value], for fields other than the partition's */
	uint32_t value_limit;

	/* Results of the run. */
	struct core_record *found;
	size_t found_count;
	struct core_value *values;
	size_t value_count;
	uint32_t
		*partition_rows; /* rows grouped by partition, ascending; the part of each begins at partition_row[p] */
	uint32_t *partition_row; /* partitions + 1 */
};

void rare_core_init(struct rare_core *core, int64_t span);
void rare_core_free(struct rare_core *core);
/* Makes room for partitions and values; new ones are empty. */
void rare_core_resize(struct rare_core *core, size_t partitions, uint32_t values);
/* Runs the model over the input, from the state that init or an earlier life left; no row may lie
 * before next_bucket; all buckets of the input are closed.
 * Once per core. Records come in order of bucket. */
void rare_core_run(struct rare_core *core, const struct core_input *input);

#endif
