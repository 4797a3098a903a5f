/* rare_core: the frame of a run: buckets, grouping by partition, the two passes. */
#include "rare_core_parts.h"

#include <stdlib.h>

void rare_core_init(struct rare_core *core, int64_t span)
{
	*core = (struct rare_core){.pace = pace_of(span), .first_bucket = INT64_MIN, .next_bucket = INT64_MIN};
	normalizer_init(&core->records);
	normalizer_init(&core->root);
	normalizer_init(&core->partition_node);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		normalizer_init(&core->nodes[field]);
		normalizer_init(&core->totals[field]);
	}
}

void rare_core_free(struct rare_core *core)
{
	normalizer_free(&core->records);
	normalizer_free(&core->root);
	normalizer_free(&core->partition_node);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		normalizer_free(&core->nodes[field]);
		normalizer_free(&core->totals[field]);
		free(core->value_repeats[field]);
	}
	free(core->partitions);
	free(core->pairs);
	free(core->found);
	free(core->values);
	free(core->partition_rows);
	free(core->partition_row);
	*core = (struct rare_core){0};
}

void rare_core_resize(struct rare_core *core, size_t partitions, uint32_t values)
{
	core->partitions =
		array_grow(core->partitions, &core->partition_capacity, partitions, sizeof *core->partitions);
	for (; core->partition_count < partitions; core->partition_count++)
		core->partitions[core->partition_count] = (struct core_partition){.first_time = TIME_NONE, .unit = 1};
	if (values <= core->value_limit)
		return;
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		struct repeat *grown = xcalloc(values, sizeof *grown);
		if (core->value_limit > 0)
			memcpy(grown, core->value_repeats[field], core->value_limit * sizeof *grown);
		free(core->value_repeats[field]);
		core->value_repeats[field] = grown;
	}
	core->value_limit = values;
}

/* The first row at or after a time, which is not far behind `row`. */
static uint32_t row_from(const struct core_input *input, uint32_t row, int64_t time)
{
	uint32_t step = 1, end = input->rows;
	while (step < end - row && input->times[row + step] < time) {
		row += step;
		step *= 2;
	}
	if (step < end - row)
		end = row + step;
	while (row < end) {
		uint32_t middle = row + (end - row) / 2;
		if (input->times[middle] < time)
			row = middle + 1;
		else
			end = middle;
	}
	return row;
}

/* Numbers the buckets that hold events. */
static void number_buckets(struct rare_core *core, struct core_work *work)
{
	const struct core_input *input = work->input;
	int64_t span = core->pace.span;
	size_t capacity = 0, row_capacity = 0;
	for (uint32_t row = 0, next; row < input->rows; row = next) {
		int64_t bucket = time_floor(input->times[row], span) / span;
		next = row_from(input, row, (bucket + 1) * span);
		work->buckets =
			array_grow(work->buckets, &capacity, (size_t)work->when_count + 1, sizeof *work->buckets);
		work->bucket_rows = array_grow(
			work->bucket_rows, &row_capacity, (size_t)work->when_count + 2, sizeof *work->bucket_rows);
		work->buckets[work->when_count] = bucket;
		work->bucket_rows[work->when_count++] = row;
	}
	if (work->when_count == 0)
		work->bucket_rows = xmalloc(sizeof *work->bucket_rows);
	work->bucket_rows[work->when_count] = input->rows;
}

/* Where a bucket is looked up from a row. */
static void number_blocks(struct core_work *work)
{
	uint32_t blocks = work->input->rows / CORE_BLOCK + 1, when = 0;
	work->block_whens = xmalloc(blocks * sizeof *work->block_whens);
	for (uint32_t block = 0; block < blocks; block++) {
		while (when + 1 < work->when_count && work->bucket_rows[when + 1] <= block * CORE_BLOCK)
			when++;
		work->block_whens[block] = when;
	}
}

/* How many rows each partition has, summed up to where its part ends. */
static uint32_t count_rows(struct rare_core *core, const struct core_input *input)
{
	uint32_t *begin = core->partition_row = xcalloc((size_t)input->partitions + 1, sizeof *begin);
	for (uint32_t row = 0; row < input->rows; row++) {
		uint32_t partition = input->partition_of[input->who[row]];
		if (partition != CORE_NONE)
			begin[partition]++;
	}
	uint32_t total = 0;
	for (uint32_t p = 0; p <= input->partitions; p++) {
		uint32_t count = begin[p];
		begin[p] = total;
		total += count;
	}
	return total;
}

/* A partition while rows are dealt out: the place of its next one, and its first bucket that counts. */
struct hand {
	int64_t start; /* INT64_MAX before its first event ever */
	uint32_t next;
};

static struct hand *deal(const struct rare_core *core, uint32_t partitions)
{
	struct hand *hands = xmalloc(((size_t)partitions + 1) * sizeof *hands);
	for (uint32_t p = 0; p < partitions; p++) {
		const struct core_partition *partition = &core->partitions[p];
		hands[p] = (struct hand){
			partition->first_time == TIME_NONE ? INT64_MAX : partition->start, core->partition_row[p]};
	}
	return hands;
}

/* Returns the first bucket of the partition that counts. */
static int64_t meet_partition(struct rare_core *core, uint32_t partition, int64_t time)
{
	struct core_partition *own = &core->partitions[partition];
	if (own->first_time == TIME_NONE) {
		own->first_time = time;
		own->start = time_ceil(time, core->pace.span) / core->pace.span;
		if (core->first_bucket == INT64_MIN)
			core->first_bucket = core->next_bucket = own->start;
	}
	return own->start;
}

/* Counting sort: each partition's rows side by side, in time order. */
static void group_by_partition(struct rare_core *core, struct core_work *work)
{
	const struct core_input *input = work->input;
	uint32_t total = count_rows(core, input);
	core->partition_rows = xmalloc_large(((size_t)total + 1) * sizeof *core->partition_rows);
	work->actions = xmalloc_large(((size_t)total + 1) * sizeof *work->actions);
	work->is_counted = xcalloc((size_t)input->rows + 1, 1);
	struct hand *hands = deal(core, input->partitions);
	for (uint32_t when = 0; when < work->when_count; when++) {
		int64_t bucket = work->buckets[when];
		for (uint32_t row = work->bucket_rows[when]; row < work->bucket_rows[when + 1]; row++) {
			uint32_t partition = input->partition_of[input->who[row]];
			if (partition == CORE_NONE)
				continue;
			struct hand *hand = &hands[partition];
			uint32_t action = input->action_of[input->what[row]];
			core->partition_rows[hand->next] = row;
			work->actions[hand->next++] = action;
			if (bucket < hand->start)
				hand->start = meet_partition(core, partition, input->times[row]);
			work->is_counted[row] = (bucket >= hand->start) & (action != 0);
		}
	}
	free(hands);
}

void rare_core_run(struct rare_core *core, const struct core_input *input)
{
	rare_core_resize(core, input->partitions, input->values);
	struct core_work work = {.input = input, .seed = core->pairs};
	number_buckets(core, &work);
	number_blocks(&work);
	group_by_partition(core, &work);
	work.result_counts = xcalloc((size_t)work.when_count + 1, sizeof *work.result_counts);
	work.partition_counts = xcalloc((size_t)work.when_count + 1, sizeof *work.partition_counts);
	core->slices = slices_shared();
	work.screen = core_screen_shared();
	core_share_partitions(core, &work);
	free(work.seed);
	core_score_buckets(core, &work);
	free(work.buckets);
	free(work.bucket_rows);
	free(work.block_whens);
	free(work.actions);
	free(work.is_counted);
	free(work.result_counts);
	free(work.partition_counts);
	free(work.leaves);
	free(work.nodes);
}
