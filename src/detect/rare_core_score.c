/* rare_core_score: the tracks of the results and of the users, and what all tracks do alike. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

#define RECORDS_PER_BUCKET 500 /* written per bucket, the least probable first */

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

void raws_push(struct raws *raws, double raw)
{
	raws->items = array_grow(raws->items, &raws->capacity, raws->count + 1, sizeof *raws->items);
	raws->items[raws->count++] = raw;
}

/* Zeros first, then ascending, so that the outcome does not depend on how users and values are numbered. */
void raws_update(struct raws *raws, struct normalizer *normalizer, uint64_t total)
{
	if (raws->count > 1)
		qsort(raws->items, raws->count, sizeof *raws->items, compare_doubles);
	normalizer_update_zeros(normalizer, total - raws->count);
	for (size_t i = 0; i < raws->count; i++)
		normalizer_update(normalizer, raws->items[i]);
	raws->count = 0;
}

double score_node(
	const struct score *score, const struct normalizer *normalizer, const struct node_score *node, double maximum)
{
	double reported = node_reported(node);
	if (!(node->raw > 0) || reported > SURPRISE_CUTOFF)
		return 0;
	double ceiling = fmin(repeat_ceiling(maximum, node->raw), surprise_ceiling(reported));
	return normalizer_score(normalizer, &score->core->pace, node->raw, ceiling);
}

double score_total(const struct score *score, struct raws *raws, struct normalizer *normalizer, struct repeat *repeat,
	double smallest, double count, int64_t bucket)
{
	const struct pace *pace = &score->core->pace;
	struct node_score node = combine_last(combine_users_of(smallest, count));
	repeat_update(repeat, pace, bucket, node.raw);
	if (node.raw > 0)
		raws_push(raws, node.raw);
	raws_update(raws, normalizer, 1);
	return score_node(score, normalizer, &node, repeat_maximum(repeat, pace, bucket));
}

/* ---- results ---- */

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

/* A record's score, when its pair remembers a maximum. */
static double leaf_score(const struct rare_core *core, const struct core_leaf *leaf, double maximum)
{
	double ceiling = fmin(repeat_ceiling(maximum, leaf->raw), surprise_ceiling(leaf->probability));
	return normalizer_score(&core->records, &core->pace, leaf->raw, ceiling);
}

/* Results of the bucket: the normalizer sees all, records get their scores. */
static void score_leaves(const struct score *score, struct raws *raws, uint32_t when)
{
	struct rare_core *core = score->core;
	const struct core_leaf *leaves = score->work->leaves;
	size_t first = score->leaf_begin[when], end = score->leaf_begin[when + 1];
	for (size_t i = first; i < end; i++)
		raws_push(raws, leaves[i].raw);
	raws_update(raws, &core->records, score->work->result_counts[when]);
	if (end - first > RECORDS_PER_BUCKET)
		cap_records(core, leaves + first, end - first);
	for (size_t i = first; i < end; i++)
		if (leaves[i].record != SIZE_MAX)
			core->found[leaves[i].record].initial_score = leaf_score(core, &leaves[i], leaves[i].maximum);
}

/* `record_score`: the scores of the state at the end of the data, in which repeats may be forgotten again. */
static void score_again(const struct score *score)
{
	struct rare_core *core = score->core;
	for (size_t i = 0; i < score->work->leaf_count; i++) {
		const struct core_leaf *leaf = &score->work->leaves[i];
		if (leaf->record == SIZE_MAX)
			continue;
		const struct core_pair *pair = &core->pairs[core->partitions[leaf->partition].pair + leaf->pair];
		double maximum = repeat_maximum(&pair->repeat, &core->pace, core->next_bucket - 1);
		core->found[leaf->record].final_score = leaf_score(core, leaf, maximum);
	}
}

void score_results(const struct score *score)
{
	struct rare_core *core = score->core;
	struct raws raws = {0};
	for (uint32_t when = 0; when < score->work->when_count; when++) {
		if (score->closed[when] == 0)
			continue;
		normalizer_tick(&core->records, &core->pace, score->closed[when]);
		if (score->work->result_counts[when] > 0)
			score_leaves(score, &raws, when);
	}
	score_again(score);
	free(raws.items);
}

/* ---- users ---- */

/* Kinds of nodes that no track of values sees: the bucket's own, and those of fields without a column. */
static void tick_users(const struct score *score, int64_t buckets)
{
	struct rare_core *core = score->core;
	const struct core_input *input = score->work->input;
	normalizer_tick(&core->partition_node, &core->pace, buckets);
	normalizer_tick(&core->root, &core->pace, buckets);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		if (field < input->fields && (int)field != input->partition_field)
			continue;
		normalizer_tick(&core->nodes[field], &core->pace, buckets);
		normalizer_tick(&core->totals[field], &core->pace, buckets);
	}
}

/* Scores of the partitions' nodes; returns the smallest of their probabilities. */
static double score_partitions(const struct score *score, struct raws *raws, uint32_t when, double *scores)
{
	struct rare_core *core = score->core;
	const struct core_node *nodes = score->work->nodes;
	size_t first = score->node_begin[when], end = score->node_begin[when + 1];
	double smallest = 1;
	for (size_t i = first; i < end; i++) {
		if (nodes[i].field != CORE_NONE)
			continue;
		raws_push(raws, combine_last(nodes[i].probability).raw);
		smallest = fmin(smallest, nodes[i].probability);
	}
	raws_update(raws, &core->partition_node, score->work->partition_counts[when]);
	for (size_t i = first; i < end; i++) {
		if (nodes[i].field != CORE_NONE)
			continue;
		struct node_score last = combine_last(nodes[i].probability);
		scores[nodes[i].partition] = score_node(score, &core->partition_node, &last, nodes[i].maximum);
	}
	return smallest;
}

/* Hands the partitions' scores to their records, and forgets them. */
static void give_partition_scores(const struct score *score, uint32_t when, double *scores)
{
	struct rare_core *core = score->core;
	int field = score->work->input->partition_field;
	for (size_t i = score->leaf_begin[when]; i < score->leaf_begin[when + 1]; i++) {
		if (score->work->leaves[i].record == SIZE_MAX)
			continue;
		struct core_record *record = &core->found[score->work->leaves[i].record];
		record->partition_score = scores[record->partition];
		for (size_t j = record->value; j < record->value + record->values; j++)
			if ((int)core->values[j].field == field)
				core->values[j].score = record->partition_score;
	}
	for (size_t i = score->node_begin[when]; i < score->node_begin[when + 1]; i++)
		scores[score->work->nodes[i].partition] = 0;
}

void score_users(const struct score *score, double *highest)
{
	struct rare_core *core = score->core;
	int field = score->work->input->partition_field;
	double *scores = xcalloc(core->partition_count + 1, sizeof *scores);
	struct raws raws = {0};
	for (uint32_t when = 0; when < score->work->when_count; when++) {
		if (score->closed[when] == 0)
			continue;
		tick_users(score, score->closed[when]);
		if (score->work->result_counts[when] == 0)
			continue;
		int64_t bucket = score->work->buckets[when];
		double smallest = score_partitions(score, &raws, when, scores);
		double count = score->work->partition_counts[when];
		highest[when] = score_total(score, &raws, &core->root, &core->root_repeat, smallest, count, bucket);
		if (field >= 0)
			highest[when] =
				fmax(highest[when], score_total(score, &raws, &core->totals[field],
							    &core->total_repeats[field], smallest, count, bucket));
		give_partition_scores(score, when, scores);
	}
	free(scores);
	free(raws.items);
}
