/* rare_core_buckets: the second pass, bucket by bucket: rare results and nodes meet what else happened in the bucket,
 * and the normalizers, which all users share, turn raw scores into scores. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

#define RECORDS_PER_BUCKET 500 /* written per bucket, the least probable first */

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

/* Sorts items, which come partition by partition, by bucket; their first member is `when`. */
static void *sort_by_when(const void *items, size_t count, size_t size, uint32_t when_count)
{
	size_t *next = xcalloc((size_t)when_count + 2, sizeof *next);
	char *sorted = xmalloc((count + 1) * size);
	uint32_t when;
	for (size_t i = 0; i < count; i++) {
		memcpy(&when, (const char *)items + i * size, sizeof when);
		next[when + 1]++;
	}
	for (uint32_t w = 0; w < when_count; w++)
		next[w + 1] += next[w];
	for (size_t i = 0; i < count; i++) {
		memcpy(&when, (const char *)items + i * size, sizeof when);
		memcpy(sorted + next[when]++ * size, (const char *)items + i * size, size);
	}
	free(next);
	return sorted;
}

static void push_raw(struct score *score, double raw)
{
	score->raws = array_grow(score->raws, &score->raw_capacity, score->raw_count + 1, sizeof *score->raws);
	score->raws[score->raw_count++] = raw;
}

/* The collected raw scores of one kind of node, and as many zeros as make up `total`: zeros first, then ascending, so
 * that the outcome does not depend on how users and values are numbered. */
static void update(struct score *score, struct normalizer *normalizer, uint64_t total)
{
	if (score->raw_count > 1)
		qsort(score->raws, score->raw_count, sizeof *score->raws, compare_doubles);
	normalizer_update_zeros(normalizer, total - score->raw_count);
	for (size_t i = 0; i < score->raw_count; i++)
		normalizer_update(normalizer, score->raws[i]);
	score->raw_count = 0;
}

static double score_node(
	const struct score *score, const struct normalizer *normalizer, const struct node_score *node, double maximum)
{
	double reported = node_reported(node);
	if (!(node->raw > 0) || reported > SURPRISE_CUTOFF)
		return 0;
	double ceiling = fmin(repeat_ceiling(maximum, node->raw), surprise_ceiling(reported));
	return normalizer_score(normalizer, &score->core->pace, node->raw, ceiling);
}

static void score_values(struct score *score, uint32_t when)
{
	struct rare_core *core = score->core;
	const struct core_input *input = score->work->input;
	int64_t bucket = score->work->buckets[when];
	for (size_t i = 0; i < score->value_count; i++) {
		struct value_node *value = &score->values[i];
		value->node = combine_last(combine_users_of(value->smallest, value->users));
		repeat_update(score_value_repeat(score, value, when), &core->pace, bucket, value->node.raw);
	}
	for (unsigned field = 0; field < input->fields; field++) {
		if ((int)field == input->partition_field)
			continue;
		for (size_t i = 0; i < score->value_count; i++)
			if (score->values[i].field == field && score->values[i].node.raw > 0)
				push_raw(score, score->values[i].node.raw);
		update(score, &core->nodes[field], score->distinct[field]);
	}
	for (size_t i = 0; i < score->value_count; i++) {
		struct value_node *value = &score->values[i];
		value->score = score_node(score, &core->nodes[value->field], &value->node,
			repeat_maximum(&core->value_repeats[value->field][value->value], &core->pace, bucket));
	}
}

/* The node over all values of a field, or over all users. */
static double score_total(struct score *score, struct normalizer *normalizer, struct repeat *repeat, double smallest,
	double count, int64_t bucket)
{
	struct node_score node = combine_last(combine_users_of(smallest, count));
	repeat_update(repeat, &score->core->pace, bucket, node.raw);
	if (node.raw > 0)
		push_raw(score, node.raw);
	update(score, normalizer, 1);
	return score_node(score, normalizer, &node, repeat_maximum(repeat, &score->core->pace, bucket));
}

/* Scores of the partitions' nodes; returns the smallest of their probabilities. */
static double score_partitions(struct score *score, uint32_t when, size_t first, size_t last)
{
	struct rare_core *core = score->core;
	double smallest = 1;
	for (size_t i = first; i < last; i++) {
		const struct core_node *node = &score->work->nodes[i];
		if (node->field != CORE_NONE)
			continue;
		push_raw(score, combine_last(node->probability).raw);
		smallest = fmin(smallest, node->probability);
	}
	update(score, &core->partition_node, score->work->partition_counts[when]);
	for (size_t i = first; i < last; i++) {
		const struct core_node *node = &score->work->nodes[i];
		if (node->field != CORE_NONE)
			continue;
		struct node_score last_node = combine_last(node->probability);
		score->partition_scores[node->partition] =
			score_node(score, &core->partition_node, &last_node, node->maximum);
	}
	return smallest;
}

static double score_totals(struct score *score, double smallest_partition, int64_t bucket)
{
	struct rare_core *core = score->core;
	const struct core_input *input = score->work->input;
	double highest = 0;
	for (unsigned field = 0; field < input->fields; field++) {
		if (score->distinct[field] == 0)
			continue;
		double smallest = 1;
		if ((int)field == input->partition_field)
			smallest = smallest_partition;
		else
			for (size_t i = 0; i < score->value_count; i++)
				if (score->values[i].field == field)
					smallest = fmin(smallest, score->values[i].node.probability);
		highest = fmax(highest, score_total(score, &core->totals[field], &core->total_repeats[field], smallest,
						score->distinct[field], bucket));
	}
	return highest;
}

/* The least probable 500 of a bucket are kept; the others lose their row. */
static void cap_records(struct rare_core *core, const struct core_leaf *leaves, size_t count)
{
	size_t records = 0;
	double *probabilities = xmalloc((count + 1) * sizeof *probabilities);
	for (size_t i = 0; i < count; i++)
		if (leaves[i].record != SIZE_MAX)
			probabilities[records++] = leaves[i].probability;
	if (records > RECORDS_PER_BUCKET) {
		qsort(probabilities, records, sizeof *probabilities, compare_doubles);
		double limit = probabilities[RECORDS_PER_BUCKET - 1];
		size_t room = RECORDS_PER_BUCKET;
		for (size_t i = 0; i < records; i++)
			room -= probabilities[i] < limit ? 1 : 0;
		for (size_t i = 0; i < count; i++) {
			if (leaves[i].record == SIZE_MAX || leaves[i].probability < limit)
				continue;
			if (leaves[i].probability == limit && room > 0)
				room--;
			else
				core->found[leaves[i].record].row = CORE_NONE;
		}
	}
	free(probabilities);
}

/* Results of the bucket: the normalizer sees all, records get their scores. */
static void score_leaves(struct score *score, uint32_t when, size_t first, size_t last)
{
	struct rare_core *core = score->core;
	const struct core_leaf *leaves = score->work->leaves;
	for (size_t i = first; i < last; i++)
		push_raw(score, leaves[i].raw);
	update(score, &core->records, score->work->result_counts[when]);
	if (last - first > RECORDS_PER_BUCKET)
		cap_records(core, leaves + first, last - first);
	for (size_t i = first; i < last; i++) {
		if (leaves[i].record == SIZE_MAX)
			continue;
		double ceiling =
			fmin(repeat_ceiling(leaves[i].maximum, leaves[i].raw), surprise_ceiling(leaves[i].probability));
		core->found[leaves[i].record].initial_score =
			normalizer_score(&core->records, &core->pace, leaves[i].raw, ceiling);
	}
}

static void finish_records(struct score *score, size_t first, size_t last, double bucket_score)
{
	struct rare_core *core = score->core;
	for (size_t i = first; i < last; i++) {
		if (score->work->leaves[i].record == SIZE_MAX)
			continue;
		struct core_record *record = &core->found[score->work->leaves[i].record];
		record->partition_score = score->partition_scores[record->partition];
		record->bucket_score = bucket_score;
		for (size_t j = record->value; j < record->value + record->values; j++) {
			struct core_value *value = &core->values[j];
			if ((int)value->field == score->work->input->partition_field) {
				value->score = record->partition_score;
				continue;
			}
			uint32_t flag = score->flags[value->field][value->value];
			value->score = flag > 0 ? score->values[flag - 1].score : 0;
		}
	}
}

static void forget_bucket(struct score *score, size_t first, size_t last)
{
	score_forget_values(score);
	for (size_t i = first; i < last; i++)
		score->partition_scores[score->work->nodes[i].partition] = 0;
}

static void tick(struct rare_core *core, int64_t buckets)
{
	normalizer_tick(&core->records, &core->pace, buckets);
	normalizer_tick(&core->root, &core->pace, buckets);
	normalizer_tick(&core->partition_node, &core->pace, buckets);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		normalizer_tick(&core->nodes[field], &core->pace, buckets);
		normalizer_tick(&core->totals[field], &core->pace, buckets);
	}
}

/* `record_score`: the scores of the state at the end of the data, in which repeats may be forgotten again. */
static void score_again(struct score *score)
{
	struct rare_core *core = score->core;
	for (size_t i = 0; i < score->work->leaf_count; i++) {
		const struct core_leaf *leaf = &score->work->leaves[i];
		if (leaf->record == SIZE_MAX)
			continue;
		const struct core_pair *pair = &core->pairs[core->partitions[leaf->partition].pair + leaf->pair];
		double maximum = repeat_maximum(&pair->repeat, &core->pace, core->next_bucket - 1);
		double ceiling = fmin(repeat_ceiling(maximum, leaf->raw), surprise_ceiling(leaf->probability));
		core->found[leaf->record].final_score =
			normalizer_score(&core->records, &core->pace, leaf->raw, ceiling);
	}
	size_t kept = 0;
	for (size_t i = 0; i < core->found_count; i++)
		if (core->found[i].row != CORE_NONE)
			core->found[kept++] = core->found[i];
	core->found_count = kept;
}

static void close_bucket(struct score *score, uint32_t when, size_t leaf, size_t leaf_end, size_t node, size_t node_end)
{
	struct rare_core *core = score->core;
	int64_t bucket = score->work->buckets[when];
	if (core->first_bucket == INT64_MIN || bucket < core->next_bucket)
		return; /* no event has a partition yet; or the incomplete bucket of the very first that has one */
	tick(core, bucket - core->next_bucket + 1);
	core->next_bucket = bucket + 1;
	if (score->work->result_counts[when] == 0)
		return;
	score_count_values(score, when);
	score_gather_values(score, node, node_end);
	score_leaves(score, when, leaf, leaf_end);
	double smallest = score_partitions(score, when, node, node_end);
	double partitions = score->work->partition_counts[when];
	double root = score_total(score, &core->root, &core->root_repeat, smallest, partitions, bucket);
	score_values(score, when);
	double bucket_score = fmax(root, score_totals(score, smallest, bucket));
	finish_records(score, leaf, leaf_end, bucket_score);
	forget_bucket(score, node, node_end);
}

void core_score_buckets(struct rare_core *core, struct core_work *work)
{
	struct score score = {.core = core, .work = work};
	score_init_values(&score);
	score.partition_scores = xcalloc(core->partition_count + 1, sizeof *score.partition_scores);
	struct core_leaf *leaves = sort_by_when(work->leaves, work->leaf_count, sizeof *leaves, work->when_count);
	free(work->leaves);
	work->leaves = leaves;
	struct core_node *nodes = sort_by_when(work->nodes, work->node_count, sizeof *nodes, work->when_count);
	free(work->nodes);
	work->nodes = nodes;
	size_t leaf = 0, node = 0;
	for (uint32_t when = 0; when < work->when_count; when++) {
		size_t leaf_end = leaf, node_end = node;
		while (leaf_end < work->leaf_count && work->leaves[leaf_end].when == when)
			leaf_end++;
		while (node_end < work->node_count && work->nodes[node_end].when == when)
			node_end++;
		close_bucket(&score, when, leaf, leaf_end, node, node_end);
		leaf = leaf_end;
		node = node_end;
	}
	score_again(&score);
	score_free_values(&score);
	free(score.partition_scores);
	free(score.raws);
}
