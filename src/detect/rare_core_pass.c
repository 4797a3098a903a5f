/* rare_core_pass: the first pass, one partition at a time: its habit bucket by bucket, and what of it is rare.
 * Everything common ends here. */
#include "rare_core_pass.h"

#include <stdlib.h>

struct core_pass *core_pass_new(struct rare_core *core, const struct core_work *work)
{
	struct core_pass *pass = xcalloc(1, sizeof *pass);
	pass->core = core;
	pass->work = work;
	pass->result_counts = xcalloc((size_t)work->when_count + 1, sizeof *pass->result_counts);
	pass->partition_counts = xcalloc((size_t)work->when_count + 1, sizeof *pass->partition_counts);
	pass->places = xcalloc((size_t)work->input->actions + 1, sizeof *pass->places);
	habit_init(&pass->habit);
	return pass;
}

void core_pass_free(struct core_pass *pass, struct core_work *work)
{
	for (uint32_t when = 0; when < work->when_count; when++) {
		work->result_counts[when] += pass->result_counts[when];
		work->partition_counts[when] += pass->partition_counts[when];
	}
	habit_free(&pass->habit);
	free(pass->result_counts);
	free(pass->partition_counts);
	free(pass->places);
	free(pass->pairs);
	free(pass->seen);
	free(pass->slots);
	free(pass->ranked);
	free(pass->rank_of);
	free(pass->floors);
	free(pass->probabilities);
	free(pass->scratch);
	free(pass->marks);
	free(pass->links.items);
	free(pass);
}

static void grow_slots(struct core_pass *pass)
{
	uint32_t old = pass->slot_capacity, wanted = old > 0 ? 2 * old : 64;
	pass->pairs = xreallocarray(pass->pairs, wanted, sizeof *pass->pairs);
	pass->seen = xreallocarray(pass->seen, wanted, sizeof *pass->seen);
	pass->slots = xreallocarray(pass->slots, wanted, sizeof *pass->slots);
	pass->ranked = xreallocarray(pass->ranked, wanted, sizeof *pass->ranked);
	pass->rank_of = xreallocarray(pass->rank_of, wanted, sizeof *pass->rank_of);
	pass->floors = xreallocarray(pass->floors, wanted, sizeof *pass->floors);
	pass->probabilities = xreallocarray(pass->probabilities, wanted, sizeof *pass->probabilities);
	pass->scratch = xreallocarray(pass->scratch, wanted, sizeof *pass->scratch);
	free(pass->marks);
	pass->marks = xcalloc((size_t)wanted / 64 + 1, sizeof *pass->marks);
	pass->slot_capacity = wanted;
}

static uint32_t slot_new(struct core_pass *pass, uint32_t action)
{
	uint32_t slot = habit_new_slot(&pass->habit);
	if (slot == pass->slot_capacity)
		grow_slots(pass);
	pass->pairs[slot] = (struct core_pair){.action = action};
	pass->seen[slot] = 0;
	pass->places[action] = (struct place){pass->partition + 1, slot};
	return slot;
}

static uint32_t slot_of_action(struct core_pass *pass, uint32_t action)
{
	const struct place *place = &pass->places[action];
	return place->owner == pass->partition + 1 ? place->slot : slot_new(pass, action);
}

/* ---- what is rare ---- */

static size_t push_record(struct core_pass *pass, uint32_t slot)
{
	struct core_part *part = pass->part;
	uint32_t rank = pass->rank_of[slot];
	struct core_record record = {.partition = pass->partition,
		.action = pass->pairs[slot].action,
		.bucket = pass->work->buckets[pass->when],
		.probability = pass->probabilities[rank],
		.value = part->value_count};
	core_push_values(pass, rank);
	record.values = part->value_count - record.value;
	size_t event = pass->first;
	while (pass->actions[event] != record.action)
		event++;
	record.row = pass->rows[event];
	part->found = array_grow(part->found, &part->found_capacity, part->found_count + 1, sizeof *part->found);
	part->found[part->found_count] = record;
	return part->found_count++;
}

static void make_leaves(struct core_pass *pass)
{
	const struct pace *pace = &pass->core->pace;
	struct core_part *part = pass->part;
	int64_t bucket = pass->work->buckets[pass->when];
	for (uint32_t i = 0; i < pass->count; i++) {
		uint32_t slot = pass->slots[i];
		double probability = pass->probabilities[pass->rank_of[slot]];
		if (probability < 0 || probability > SURPRISE_CUTOFF)
			continue;
		struct repeat *repeat = &pass->pairs[slot].repeat;
		double raw = surprise_of(probability);
		repeat_update(repeat, pace, bucket, raw);
		part->leaves =
			array_grow(part->leaves, &part->leaf_capacity, part->leaf_count + 1, sizeof *part->leaves);
		part->leaves[part->leaf_count++] = (struct core_leaf){pass->when, pass->partition, slot, probability,
			raw, repeat_maximum(repeat, pace, bucket),
			probability < SURPRISE_CUTOFF ? push_record(pass, slot) : SIZE_MAX};
	}
}

/* ---- one bucket, one partition ---- */

/* The partition's events of one bucket, from pass->first on; those before its first complete one only advance. */
static void take_events(struct core_pass *pass)
{
	const uint32_t *rows = pass->rows, *actions = pass->actions;
	struct core_partition *partition = &pass->core->partitions[pass->partition];
	uint32_t when = pass->when, end_row = pass->work->bucket_rows[when + 1], count = 0;
	int64_t bucket = pass->work->buckets[when];
	bool is_complete = bucket >= partition->start;
	uint64_t taken = 0;
	size_t i = pass->first;
	for (; i < pass->event_count && rows[i] < end_row; i++) {
		uint32_t action = actions[i];
		if (action == 0 || !is_complete)
			continue;
		uint32_t slot = slot_of_action(pass, action);
		struct core_pair *pair = &pass->pairs[slot];
		pair->events++;
		taken++;
		if (pass->seen[slot] == when + 1)
			continue;
		pass->seen[slot] = when + 1;
		pass->slots[count++] = slot;
		repeat_keep(&pair->repeat, bucket);
		if (pair->buckets++ == 0)
			pair->first = bucket;
	}
	pass->end = i;
	pass->count = count;
	partition->events += taken;
}

static void take_bucket(struct core_pass *pass)
{
	struct core_partition *partition = &pass->core->partitions[pass->partition];
	habit_close(&pass->habit, pass->slots, pass->count, pass->core->pace.growth);
	partition->active++;
	partition->results += pass->count;
	repeat_keep(&partition->repeat, pass->work->buckets[pass->when]);
	pass->result_counts[pass->when] += pass->count;
	pass->partition_counts[pass->when]++;
	if (!core_find_odds(pass))
		return;
	for (uint32_t rank = 0; rank < pass->count; rank++)
		pass->rank_of[pass->ranked[rank]] = rank;
	core_make_nodes(pass);
	make_leaves(pass);
}

static void load_seed(struct core_pass *pass)
{
	const struct core_partition *partition = &pass->core->partitions[pass->partition];
	habit_reset(&pass->habit);
	pass->habit.unit = partition->unit;
	pass->habit.total = partition->total;
	for (size_t i = 0; i < partition->pairs; i++) {
		const struct core_pair *pair = &pass->work->seed[partition->pair + i];
		uint32_t slot = slot_new(pass, pair->action);
		pass->pairs[slot] = *pair;
		pass->habit.weights[slot] = pair->weight;
	}
	habit_climb(&pass->habit);
}

static void find_events(struct core_pass *pass)
{
	const uint32_t *begin = pass->core->partition_row + pass->partition;
	pass->rows = pass->core->partition_rows + begin[0];
	pass->actions = pass->work->actions + begin[0];
	pass->event_count = begin[1] - begin[0];
}

/* The bucket of a row. */
static uint32_t when_of(const struct core_work *work, uint32_t row)
{
	uint32_t when = work->block_whens[row / CORE_BLOCK];
	while (row >= work->bucket_rows[when + 1])
		when++;
	return when;
}

static void take_partition(struct core_pass *pass, uint32_t number)
{
	struct core_part *part = pass->part;
	pass->partition = number;
	load_seed(pass);
	find_events(pass);
	struct core_partition *partition = &pass->core->partitions[number];
	for (pass->first = 0; pass->first < pass->event_count; pass->first = pass->end) {
		pass->when = when_of(pass->work, pass->rows[pass->first]);
		take_events(pass);
		if (pass->count > 0)
			take_bucket(pass);
	}
	partition->unit = pass->habit.unit;
	partition->total = pass->habit.total;
	partition->pair = part->pair_count;
	partition->pairs = pass->habit.count;
	part->pairs = array_grow(
		part->pairs, &part->pair_capacity, part->pair_count + pass->habit.count + 1, sizeof *part->pairs);
	for (uint32_t slot = 0; slot < pass->habit.count; slot++) {
		struct core_pair *pair = &part->pairs[part->pair_count++];
		*pair = pass->pairs[slot];
		pair->weight = pass->habit.weights[slot];
	}
}

void core_pass_part(struct core_pass *pass, struct core_part *part)
{
	pass->part = part;
	for (uint32_t partition = part->first; partition < part->end; partition++)
		take_partition(pass, partition);
}
