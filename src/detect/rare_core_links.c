/* rare_core_links: which influencer values the results of a partition's bucket have, and the nodes over those that
 * share one. Mostly all results share all values, and the partition's own node stands for theirs. */
#include "rare_core_pass.h"

#include <stdlib.h>

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

static uint32_t value_of(const struct core_pass *pass, unsigned field, size_t event)
{
	const struct core_input *input = pass->work->input;
	return input->field_value[field][input->field_entry[field][pass->rows[event]]];
}

/* The value of all rows that carry an action. */
static uint32_t common_value(const struct core_pass *pass, unsigned field)
{
	size_t i = pass->first;
	while (pass->actions[i] == 0)
		i++;
	uint32_t value = value_of(pass, field, i);
	if ((int)field == pass->work->input->partition_field)
		return value;
	while (++i < pass->end)
		if (pass->actions[i] != 0 && value_of(pass, field, i) != value)
			return CORE_NONE;
	return value;
}

static size_t find_links(struct core_pass *pass, unsigned field, size_t begin)
{
	struct core_links *links = &pass->links;
	links->items =
		array_grow(links->items, &links->capacity, begin + (pass->end - pass->first), sizeof *links->items);
	size_t end = begin, kept = begin;
	for (size_t i = pass->first; i < pass->end; i++) {
		uint32_t action = pass->actions[i];
		uint64_t value = value_of(pass, field, i);
		if (action == 0 || value == 0)
			continue;
		uint64_t link = value << 32 | pass->rank_of[pass->places[action].slot];
		if (end == begin || links->items[end - 1] != link)
			links->items[end++] = link;
	}
	sort_links(links->items + begin, end - begin);
	for (size_t i = begin; i < end; i++)
		if (i == begin || links->items[i] != links->items[kept - 1])
			links->items[kept++] = links->items[i];
	return kept;
}

static void find_values(struct core_pass *pass)
{
	size_t end = 0;
	for (unsigned field = 0; field < pass->work->input->fields; field++) {
		struct core_link_field *own = &pass->links.fields[field];
		own->value = common_value(pass, field);
		own->first = end;
		if (own->value == CORE_NONE)
			end = find_links(pass, field, end);
		own->end = end;
	}
}

static void push_node(struct core_pass *pass, uint32_t field, uint32_t value, double probability, double maximum)
{
	struct core_part *part = pass->part;
	part->nodes = array_grow(part->nodes, &part->node_capacity, part->node_count + 1, sizeof *part->nodes);
	part->nodes[part->node_count++] =
		(struct core_node){pass->when, pass->partition, field, value, probability, maximum};
}

/* Of the node over all results (links NULL) or over those linked; 1 when it is not rare, which is nearly always plain
 * to see from the bounds. */
static double node_probability(struct core_pass *pass, const uint64_t *links, uint32_t count)
{
	uint32_t first = links ? (uint32_t)links[0] : 0;
	if (count == 1)
		return pass->probabilities[first] < 0 ? 1 : pass->probabilities[first];
	for (uint32_t i = 0; i < count; i++)
		pass->scratch[i] = pass->floors[links ? (uint32_t)links[i] : i];
	if (core_screen_is_group_dull(pass->work->screen, pass->scratch, count))
		return 1;
	core_complete_odds(pass);
	for (uint32_t i = 0; i < count; i++)
		pass->scratch[i] = pass->probabilities[links ? (uint32_t)links[i] : i];
	sort_probabilities(pass->scratch, count);
	if (core_screen_is_group_dull(pass->work->screen, pass->scratch, count))
		return 1;
	return combine(pass->scratch, count, &combine_activity).probability;
}

/* The partition's own node: its results together. */
static double make_partition_node(struct core_pass *pass)
{
	struct core_partition *partition = &pass->core->partitions[pass->partition];
	const struct pace *pace = &pass->core->pace;
	int64_t bucket = pass->work->buckets[pass->when];
	double probability = node_probability(pass, NULL, pass->count);
	repeat_update(&partition->repeat, pace, bucket, combine_last(probability).raw);
	if (probability <= SURPRISE_CUTOFF)
		push_node(pass, CORE_NONE, 0, probability, repeat_maximum(&partition->repeat, pace, bucket));
	return probability;
}

static void make_value_node(struct core_pass *pass, uint32_t field, uint32_t value, double probability)
{
	if (value != 0 && probability <= SURPRISE_CUTOFF)
		push_node(pass, field, value, probability, 0);
}

void core_make_nodes(struct core_pass *pass)
{
	const struct core_input *input = pass->work->input;
	double of_all = make_partition_node(pass);
	find_values(pass);
	for (unsigned field = 0; field < input->fields; field++) {
		const struct core_link_field *own = &pass->links.fields[field];
		if ((int)field == input->partition_field)
			continue;
		if (own->value != CORE_NONE)
			make_value_node(pass, field, own->value, of_all);
		for (size_t i = own->first, next; i < own->end; i = next) {
			const uint64_t *links = pass->links.items;
			uint32_t value = (uint32_t)(links[i] >> 32);
			for (next = i; next < own->end && links[next] >> 32 == value; next++) {
			}
			uint32_t count = (uint32_t)(next - i);
			make_value_node(pass, field, value,
				count < pass->count ? node_probability(pass, links + i, count) : of_all);
		}
	}
}

static void push_value(struct core_part *part, uint32_t field, uint32_t value)
{
	part->values = array_grow(part->values, &part->value_capacity, part->value_count + 1, sizeof *part->values);
	part->values[part->value_count++] = (struct core_value){field, value, 0};
}

void core_push_values(struct core_pass *pass, uint32_t rank)
{
	for (unsigned field = 0; field < pass->work->input->fields; field++) {
		const struct core_link_field *own = &pass->links.fields[field];
		if (own->value != CORE_NONE && own->value != 0)
			push_value(pass->part, field, own->value);
		for (size_t i = own->first; i < own->end; i++)
			if ((uint32_t)pass->links.items[i] == rank)
				push_value(pass->part, field, (uint32_t)(pass->links.items[i] >> 32));
	}
}
