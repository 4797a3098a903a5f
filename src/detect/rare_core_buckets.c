/* rare_core_buckets: the frame of the second pass: what the first one left is sorted by bucket, the tracks turn it into
 * scores, and the records are put in order of bucket. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

/* Sorts items, which come partition by partition, by bucket; their first member is `when`. Returns where the items of
 * each bucket begin. */
static size_t *sort_by_when(void **items, size_t count, size_t size, uint32_t when_count)
{
	/* [when + 1]: at first how many come before the bucket; each item moves it on, in the end to the next one. */
	size_t *next = xcalloc((size_t)when_count + 2, sizeof *next);
	char *sorted = xmalloc((count + 1) * size);
	uint32_t when;
	for (size_t i = 0; i < count; i++) {
		memcpy(&when, (const char *)*items + i * size, sizeof when);
		next[when + 2]++;
	}
	for (uint32_t w = 0; w < when_count; w++)
		next[w + 2] += next[w + 1];
	for (size_t i = 0; i < count; i++) {
		memcpy(&when, (const char *)*items + i * size, sizeof when);
		memcpy(sorted + next[when + 1]++ * size, (const char *)*items + i * size, size);
	}
	free(*items);
	*items = sorted;
	return next;
}

static void close_buckets(struct score *score)
{
	struct rare_core *core = score->core;
	const struct core_work *work = score->work;
	score->closed = xcalloc((size_t)work->when_count + 1, sizeof *score->closed);
	for (uint32_t when = 0; when < work->when_count; when++) {
		int64_t bucket = work->buckets[when];
		if (core->first_bucket == INT64_MIN || bucket < core->next_bucket)
			continue; /* no event has a partition yet; or the incomplete bucket of the very first that has one */
		score->closed[when] = bucket - core->next_bucket + 1;
		core->next_bucket = bucket + 1;
	}
}

static void find_columns(struct score *score)
{
	const struct core_input *input = score->work->input;
	for (unsigned field = 0; field < input->fields; field++) {
		if ((int)field == input->partition_field)
			continue;
		unsigned at = 0;
		while (at < score->column_count &&
			input->field_entry[score->columns[at].fields[0]] != input->field_entry[field])
			at++;
		score->column_count += at == score->column_count;
		score->columns[at].fields[score->columns[at].field_count++] = field;
	}
}

static void run_track(void *context, size_t track, unsigned worker)
{
	(void)worker;
	const struct score *score = context;
	if (track == 0)
		score_results(score);
	else if (track <= score->column_count)
		score_values(score, &score->columns[track - 1], score->highest[track]);
	else
		score_users(score, score->highest[track]);
}

/* The records that were kept, with their bucket's score. */
static void finish_records(const struct score *score)
{
	struct rare_core *core = score->core;
	struct core_record *found = xmalloc((core->found_count + 1) * sizeof *found);
	size_t count = 0;
	for (uint32_t when = 0; when < score->work->when_count; when++) {
		double highest = 0;
		for (unsigned track = 1; track < score->column_count + 2; track++)
			highest = fmax(highest, score->highest[track][when]);
		for (size_t i = score->leaf_begin[when]; i < score->leaf_begin[when + 1]; i++) {
			size_t record = score->work->leaves[i].record;
			if (record == SIZE_MAX || core->found[record].row == CORE_NONE)
				continue;
			found[count] = core->found[record];
			found[count++].bucket_score = highest;
		}
	}
	free(core->found);
	core->found = found;
	core->found_count = count;
}

void core_score_buckets(struct rare_core *core, struct core_work *work)
{
	struct score score = {.core = core, .work = work, .is_continued = core->records.ticks > 0};
	void *leaves = work->leaves, *nodes = work->nodes;
	score.leaf_begin = sort_by_when(&leaves, work->leaf_count, sizeof *work->leaves, work->when_count);
	score.node_begin = sort_by_when(&nodes, work->node_count, sizeof *work->nodes, work->when_count);
	work->leaves = leaves;
	work->nodes = nodes;
	close_buckets(&score);
	find_columns(&score);
	unsigned tracks = score.column_count + 2;
	for (unsigned track = 1; track < tracks; track++)
		score.highest[track] = xcalloc((size_t)work->when_count + 1, sizeof *score.highest[track]);
	pool_run(work->input->threads, tracks, run_track, &score);
	finish_records(&score);
	for (unsigned track = 1; track < tracks; track++)
		free(score.highest[track]);
	free(score.closed);
	free(score.leaf_begin);
	free(score.node_begin);
}
