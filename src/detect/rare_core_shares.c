/* rare_core_shares: the first pass on several threads. Partitions do not need each other: they are cut into parts of
 * about as many events each, and the parts are joined in the order of partitions, as if one thread had gone through. */
#include "rare_core_parts.h"

#include <stdlib.h>

#define PARTS_PER_THREAD 16

struct shares {
	struct rare_core *core;
	const struct core_work *work;
	struct core_pass **passes; /* [worker]; NULL until it takes its first part */
	struct core_part *parts;
	struct core_part *behind; /* [part] -> what stands before it in the whole: counts only */
	struct core_part whole;
};

/* Parts of about as many events each. */
static void cut(const struct rare_core *core, uint32_t partitions, struct core_part *parts, size_t count)
{
	uint64_t events = core->partition_row[partitions];
	uint32_t partition = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_last = i + 1 == count;
		parts[i].first = partition;
		while (partition < partitions && (is_last || core->partition_row[partition] < events * (i + 1) / count))
			partition++;
		parts[i].end = partition;
	}
}

static void take_part(void *context, size_t index, unsigned worker)
{
	struct shares *shares = context;
	if (shares->passes[worker] == NULL)
		shares->passes[worker] = core_pass_new(shares->core, shares->work);
	core_pass_part(shares->passes[worker], &shares->parts[index]);
}

/* ---- from parts to the whole ---- */

static void append(void *items, size_t at, const void *more, size_t count, size_t size)
{
	if (count > 0)
		memcpy((char *)items + at * size, more, count * size);
}

/* A part goes to its place; the numbers in it count from there. */
static void place_part(void *context, size_t index, unsigned worker)
{
	(void)worker;
	struct shares *shares = context;
	struct core_part *part = &shares->parts[index], *whole = &shares->whole;
	const struct core_part *behind = &shares->behind[index];
	for (uint32_t partition = part->first; partition < part->end; partition++)
		shares->core->partitions[partition].pair += behind->pair_count;
	for (size_t i = 0; i < part->found_count; i++)
		part->found[i].value += behind->value_count;
	for (size_t i = 0; i < part->leaf_count; i++)
		part->leaves[i].record += part->leaves[i].record != SIZE_MAX ? behind->found_count : 0;
	append(whole->pairs, behind->pair_count, part->pairs, part->pair_count, sizeof *part->pairs);
	append(whole->found, behind->found_count, part->found, part->found_count, sizeof *part->found);
	append(whole->values, behind->value_count, part->values, part->value_count, sizeof *part->values);
	append(whole->leaves, behind->leaf_count, part->leaves, part->leaf_count, sizeof *part->leaves);
	append(whole->nodes, behind->node_count, part->nodes, part->node_count, sizeof *part->nodes);
	free(part->pairs);
	free(part->found);
	free(part->values);
	free(part->leaves);
	free(part->nodes);
}

static void join(struct shares *shares, size_t count, unsigned threads)
{
	struct core_part *whole = &shares->whole;
	for (size_t i = 0; i < count; i++) {
		const struct core_part *part = &shares->parts[i];
		shares->behind[i] = *whole;
		whole->pair_count += part->pair_count;
		whole->found_count += part->found_count;
		whole->value_count += part->value_count;
		whole->leaf_count += part->leaf_count;
		whole->node_count += part->node_count;
	}
	whole->pairs = xreallocarray(NULL, whole->pair_count, sizeof *whole->pairs);
	whole->found = xreallocarray(NULL, whole->found_count, sizeof *whole->found);
	whole->values = xreallocarray(NULL, whole->value_count, sizeof *whole->values);
	whole->leaves = xreallocarray(NULL, whole->leaf_count, sizeof *whole->leaves);
	whole->nodes = xreallocarray(NULL, whole->node_count, sizeof *whole->nodes);
	pool_run(threads, count, place_part, shares);
}

/* ---- the pass ---- */

void core_share_partitions(struct rare_core *core, struct core_work *work)
{
	const struct core_input *input = work->input;
	unsigned threads = input->threads > 1 ? input->threads : 1;
	size_t count = threads > 1 ? (size_t)threads * PARTS_PER_THREAD : 1;
	struct shares shares = {.core = core,
		.work = work,
		.passes = xcalloc(threads, sizeof(struct core_pass *)),
		.parts = xcalloc(count, sizeof(struct core_part)),
		.behind = xcalloc(count, sizeof(struct core_part))};
	cut(core, input->partitions, shares.parts, count);
	pool_run(threads, count, take_part, &shares);
	for (unsigned i = 0; i < threads; i++)
		if (shares.passes[i] != NULL)
			core_pass_free(shares.passes[i], work);
	if (count > 1)
		join(&shares, count, threads);
	else
		shares.whole = shares.parts[0];
	core->pairs = shares.whole.pairs;
	core->pair_count = core->pair_capacity = shares.whole.pair_count;
	core->found = shares.whole.found;
	core->found_count = shares.whole.found_count;
	core->values = shares.whole.values;
	core->value_count = shares.whole.value_count;
	work->leaves = shares.whole.leaves;
	work->leaf_count = shares.whole.leaf_count;
	work->nodes = shares.whole.nodes;
	work->node_count = shares.whole.node_count;
	free(shares.passes);
	free(shares.parts);
	free(shares.behind);
}
