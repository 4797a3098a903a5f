/* rare_core_pass: the first pass, one partition at a time: its habit bucket by bucket, what of it is rare, and the
 * groups of its results by influencer value. Everything common ends here. */
#include "rare_core_parts.h"

#include <math.h>
#include <stdlib.h>

struct core_pass {
	struct rare_core *core;
	const struct core_work *work;
	struct core_part *part;
	uint32_t *result_counts, *partition_counts; /* [when] */
	struct place {
		uint32_t owner, slot; /* slot of partition owner - 1 */
	} * places; /* [action] */

	/* The partition at hand. */
	uint32_t partition;
	struct habit habit;
	struct core_pair *pairs; /* [slot] */
	uint32_t *seen; /* [slot] -> the newest bucket it occurred in, plus one */
	uint32_t *leaf_of; /* [slot] -> its place in the bucket at hand */
	size_t pair_capacity, seen_capacity, leaf_of_capacity;

	/* The bucket at hand. */
	uint32_t *slots;
	double *floors, *probabilities, *scratch;
	uint32_t count;
	size_t slot_capacity, floor_capacity, probability_capacity, scratch_capacity;
	/* Influencer values of results, each once: value << 32 | leaf, ascending; those of a field begin at links_of[field]. */
	uint64_t *links;
	size_t links_of[CORE_FIELDS + 1], link_capacity;
};

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
	free(pass->leaf_of);
	free(pass->slots);
	free(pass->floors);
	free(pass->probabilities);
	free(pass->scratch);
	free(pass->links);
	free(pass);
}

static uint32_t slot_new(struct core_pass *pass, uint32_t action)
{
	uint32_t slot = habit_new_slot(&pass->habit);
	size_t need = (size_t)slot + 1;
	pass->pairs = array_grow(pass->pairs, &pass->pair_capacity, need, sizeof *pass->pairs);
	pass->seen = array_grow(pass->seen, &pass->seen_capacity, need, sizeof *pass->seen);
	pass->leaf_of = array_grow(pass->leaf_of, &pass->leaf_of_capacity, need, sizeof *pass->leaf_of);
	pass->slots = array_grow(pass->slots, &pass->slot_capacity, need, sizeof *pass->slots);
	pass->floors = array_grow(pass->floors, &pass->floor_capacity, need, sizeof *pass->floors);
	pass->probabilities =
		array_grow(pass->probabilities, &pass->probability_capacity, need, sizeof *pass->probabilities);
	pass->scratch = array_grow(pass->scratch, &pass->scratch_capacity, need, sizeof *pass->scratch);
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

/* ---- probabilities of the bucket at hand ---- */

/* Below this a near probability may be a record's. */
#define PROBABLY_RARE (1.01 * SURPRISE_CUTOFF)
/* Above this a result makes no group rare: its square is less than what it adds to the sum at which groups are. */
#define WITHOUT_WEIGHT 0.32

static bool is_dull(struct core_pass *pass)
{
	if (pass->count == 1)
		return pass->floors[0] > SCREEN_CUTOFF;
	memcpy(pass->scratch, pass->floors, pass->count * sizeof *pass->floors);
	return core_screen_is_dull(&pass->work->screen, pass->scratch, pass->count);
}

static void complete_probabilities(struct core_pass *pass)
{
	for (uint32_t i = 0; i < pass->count; i++) {
		if (pass->probabilities[i] >= 0)
			continue;
		double near = habit_probability_near(&pass->habit, &pass->core->slices, pass->slots[i]);
		if (near < 0)
			near = habit_probability(&pass->habit, pass->slots[i]);
		pass->probabilities[i] = near;
	}
}

/* The rows of a bucket that is probably not dull are needed soon, and lie far apart. */
static void fetch_rows(const struct core_pass *pass, size_t first, size_t last)
{
	const struct core_input *input = pass->work->input;
	for (size_t i = first; i < last; i++)
		for (unsigned field = 0; field < input->fields; field++)
			__builtin_prefetch(&input->field_entry[field][pass->core->partition_rows[i]]);
}

/* False when nothing of the bucket can score; otherwise every probability is there: exact for records, near for the
 * common ones, of which only nodes above the record take notice. */
static bool find_probabilities(struct core_pass *pass, size_t first, size_t last)
{
	const struct habit *habit = &pass->habit;
	if (habit->count == 1)
		return false;
	double share = habit_tail_share(habit);
	for (uint32_t i = 0; i < pass->count; i++) {
		pass->probabilities[i] = habit_tail(habit, pass->slots[i]);
		pass->floors[i] = share * pass->probabilities[i];
	}
	if (is_dull(pass))
		return false;
	if (pass->count > 1) {
		for (uint32_t i = 0; i < pass->count; i++)
			pass->floors[i] =
				habit_common_floor(habit, &pass->core->slices, pass->slots[i], pass->probabilities[i]);
		if (is_dull(pass))
			return false;
	}
	habit_climb(&pass->habit);
	for (uint32_t i = 0; i < pass->count; i++)
		if (pass->floors[i] < WITHOUT_WEIGHT)
			pass->floors[i] = fmax(
				pass->floors[i], habit_probability_floor(habit, &pass->core->slices, pass->slots[i]));
	if (is_dull(pass))
		return false;
	fetch_rows(pass, first, last);
	bool is_complete = true;
	for (uint32_t i = 0; i < pass->count; i++) {
		double near = -1;
		if (pass->probabilities[i] < 0.3)
			near = habit_probability_near(habit, &pass->core->slices, pass->slots[i]);
		pass->probabilities[i] = near;
		pass->floors[i] = fmax(pass->floors[i], near);
		is_complete &= near >= 0;
	}
	if (is_dull(pass))
		return false;
	if (!is_complete)
		complete_probabilities(pass);
	for (uint32_t i = 0; i < pass->count; i++)
		if (pass->probabilities[i] < PROBABLY_RARE)
			pass->probabilities[i] = habit_probability(habit, pass->slots[i]);
	return true;
}

/* ---- what is rare ---- */

static int compare_u64(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
	return (a > b) - (a < b);
}

static void sort_links(uint64_t *links, size_t count)
{
	if (count > 32) {
		qsort(links, count, sizeof *links, compare_u64);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		uint64_t link = links[i];
		size_t j = i;
		for (; j > 0 && links[j - 1] > link; j--)
			links[j] = links[j - 1];
		links[j] = link;
	}
}

/* The influencer values of each result of the bucket, each once. */
static void find_links(struct core_pass *pass, size_t first, size_t last)
{
	const struct core_input *input = pass->work->input;
	pass->links =
		array_grow(pass->links, &pass->link_capacity, (last - first) * CORE_FIELDS + 1, sizeof *pass->links);
	size_t end = 0;
	for (unsigned field = 0; field < input->fields; field++) {
		size_t begin = end;
		for (size_t i = first; i < last; i++) {
			uint32_t action = pass->work->events[i].action, row = pass->core->partition_rows[i];
			uint64_t value = input->field_value[field][input->field_entry[field][row]];
			if (action == 0 || value == 0)
				continue;
			uint64_t link = value << 32 | pass->leaf_of[pass->places[action].slot];
			if (end == begin || pass->links[end - 1] != link)
				pass->links[end++] = link;
		}
		sort_links(pass->links + begin, end - begin);
		size_t kept = begin;
		for (size_t i = begin; i < end; i++)
			if (i == begin || pass->links[i] != pass->links[kept - 1])
				pass->links[kept++] = pass->links[i];
		pass->links_of[field] = begin;
		end = kept;
	}
	pass->links_of[input->fields] = end;
}

static void push_node(struct core_part *part, struct core_node node)
{
	part->nodes = array_grow(part->nodes, &part->node_capacity, part->node_count + 1, sizeof *part->nodes);
	part->nodes[part->node_count++] = node;
}

/* Of the node over the results in `scratch`; 1 when it is not rare, which is nearly always plain to see. */
static double group_probability(struct core_pass *pass, uint32_t count)
{
	if (count == 1)
		return pass->scratch[0];
	sort_probabilities(pass->scratch, count);
	if (core_screen_is_group_dull(&pass->work->screen, pass->scratch, count))
		return 1;
	return combine(pass->scratch, count, &combine_activity).probability;
}

/* The partition's own node: its results together. */
static double make_partition_node(struct core_pass *pass, uint32_t when)
{
	struct core_partition *partition = &pass->core->partitions[pass->partition];
	int64_t bucket = pass->work->buckets[when];
	memcpy(pass->scratch, pass->probabilities, pass->count * sizeof *pass->scratch);
	double probability = group_probability(pass, pass->count);
	double raw = combine_last(probability).raw;
	repeat_update(&partition->repeat, &pass->core->pace, bucket, raw);
	if (probability <= SURPRISE_CUTOFF)
		push_node(pass->part, (struct core_node){when, pass->partition, CORE_NONE, 0, probability,
					      repeat_maximum(&partition->repeat, &pass->core->pace, bucket)});
	return probability;
}

/* The partition's part of each value of the other fields; most values take part in all its results. */
static void make_value_nodes(struct core_pass *pass, uint32_t when, double of_all)
{
	const struct core_input *input = pass->work->input;
	for (unsigned field = 0; field < input->fields; field++) {
		if ((int)field == input->partition_field)
			continue;
		for (size_t i = pass->links_of[field], next; i < pass->links_of[field + 1]; i = next) {
			uint32_t value = (uint32_t)(pass->links[i] >> 32), count = 0;
			for (next = i; next < pass->links_of[field + 1] && pass->links[next] >> 32 == value; next++)
				pass->scratch[count++] = pass->probabilities[(uint32_t)pass->links[next]];
			double probability = count < pass->count ? group_probability(pass, count) : of_all;
			if (probability <= SURPRISE_CUTOFF)
				push_node(pass->part,
					(struct core_node){when, pass->partition, field, value, probability, 0});
		}
	}
}

static size_t push_record(struct core_pass *pass, uint32_t when, uint32_t leaf, size_t first, size_t last)
{
	struct core_part *part = pass->part;
	struct core_record record = {.partition = pass->partition,
		.action = pass->pairs[pass->slots[leaf]].action,
		.bucket = pass->work->buckets[when],
		.probability = pass->probabilities[leaf],
		.value = part->value_count};
	for (unsigned field = 0; field < pass->work->input->fields; field++)
		for (size_t i = pass->links_of[field]; i < pass->links_of[field + 1]; i++) {
			if ((uint32_t)pass->links[i] != leaf)
				continue;
			part->values = array_grow(
				part->values, &part->value_capacity, part->value_count + 1, sizeof *part->values);
			part->values[part->value_count++] =
				(struct core_value){field, (uint32_t)(pass->links[i] >> 32), 0};
		}
	record.values = part->value_count - record.value;
	for (size_t i = first; i < last; i++)
		if (pass->work->events[i].action == record.action) {
			record.row = pass->core->partition_rows[i];
			break;
		}
	part->found = array_grow(part->found, &part->found_capacity, part->found_count + 1, sizeof *part->found);
	part->found[part->found_count] = record;
	return part->found_count++;
}

static void make_leaves(struct core_pass *pass, uint32_t when, size_t first, size_t last)
{
	const struct core_work *work = pass->work;
	struct core_part *part = pass->part;
	for (uint32_t i = 0; i < pass->count; i++) {
		struct core_pair *pair = &pass->pairs[pass->slots[i]];
		double probability = pass->probabilities[i];
		double raw = probability <= SURPRISE_CUTOFF ? surprise_of(probability) : 0;
		repeat_update(&pair->repeat, &pass->core->pace, work->buckets[when], raw);
		if (!(raw > 0))
			continue;
		part->leaves =
			array_grow(part->leaves, &part->leaf_capacity, part->leaf_count + 1, sizeof *part->leaves);
		part->leaves[part->leaf_count++] = (struct core_leaf){when, pass->partition, pass->slots[i],
			probability, raw, repeat_maximum(&pair->repeat, &pass->core->pace, work->buckets[when]),
			probability < SURPRISE_CUTOFF ? push_record(pass, when, i, first, last) : SIZE_MAX};
	}
}

/* ---- one bucket, one partition ---- */

static void take_bucket(struct core_pass *pass, uint32_t when, size_t first, size_t last)
{
	struct core_partition *partition = &pass->core->partitions[pass->partition];
	const struct core_work *work = pass->work;
	int64_t bucket = work->buckets[when];
	pass->count = 0;
	for (size_t i = first; i < last; i++) {
		uint32_t action = work->events[i].action;
		if (action == 0)
			continue;
		uint32_t slot = slot_of_action(pass, action);
		struct core_pair *pair = &pass->pairs[slot];
		pair->events++;
		partition->events++;
		if (pass->seen[slot] == when + 1)
			continue;
		pass->seen[slot] = when + 1;
		pass->leaf_of[slot] = pass->count;
		pass->slots[pass->count++] = slot;
		if (pair->buckets++ == 0)
			pair->first = bucket;
	}
	if (pass->count == 0)
		return;
	habit_close(&pass->habit, pass->slots, pass->count, pass->core->pace.growth);
	partition->active++;
	partition->results += pass->count;
	pass->result_counts[when] += pass->count;
	pass->partition_counts[when]++;
	if (!find_probabilities(pass, first, last)) {
		for (uint32_t i = 0; i < pass->count; i++)
			repeat_keep(&pass->pairs[pass->slots[i]].repeat, bucket);
		repeat_keep(&partition->repeat, bucket);
		return;
	}
	find_links(pass, first, last);
	make_leaves(pass, when, first, last);
	make_value_nodes(pass, when, make_partition_node(pass, when));
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
}

static void take_partition(struct core_pass *pass, uint32_t number)
{
	struct rare_core *core = pass->core;
	struct core_part *part = pass->part;
	pass->partition = number;
	load_seed(pass);
	struct core_partition *partition = &core->partitions[number];
	const struct core_event *events = pass->work->events;
	size_t end = core->partition_row[number + 1];
	for (size_t i = core->partition_row[number], next; i < end; i = next) {
		uint32_t when = events[i].when;
		for (next = i; next < end && events[next].when == when; next++) {
		}
		if (pass->work->buckets[when] >= partition->start)
			take_bucket(pass, when, i, next);
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
