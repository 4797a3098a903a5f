/* rare_core_values: the track of the influencer values in a column of entries: how many distinct ones each field has in
 * a bucket, how many users the rare ones have, their nodes and scores. Rows are many and values few: an entry is looked
 * at once a bucket. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

/* A value's node in the bucket at hand. */
struct value_node {
	uint32_t field, value;
	double smallest; /* of its users' parts */
	double users;
	struct node_score node;
	double score;
};

struct values {
	const struct score *score;
	unsigned fields[CORE_FIELDS], field_count;
	const uint32_t *entries; /* [row] */
	uint32_t entry_count; /* entries lie below */
	uint32_t *stamps; /* [entry] -> the newest bucket it occurred in, plus one */
	uint8_t *own; /* [entry] -> bits of the fields whose value no other entry has, unless remembered */
	uint32_t *fresh, fresh_count; /* the entries of the bucket at hand, each once */
	uint8_t *is_asked; /* [entry], of those: scratch of counting users */
	/* Per field. */
	struct value_field {
		/* [value] -> twice the newest bucket it occurred in plus one; odd when the value is remembered. */
		uint32_t *stamps;
		uint32_t *flags; /* [value] -> its node in the bucket at hand, plus one */
		uint32_t *own_entry; /* [value] -> its one entry plus one, while it is counted with that entry */
		uint32_t distinct; /* values in the bucket at hand */
	} of[CORE_FIELDS];

	/* The bucket at hand. */
	uint32_t when;
	uint32_t recent; /* the first bucket that is not too long ago for memories */
	struct value_node *nodes;
	size_t node_count, node_capacity;
	uint32_t *asked; /* rows: scratch of counting users */
	size_t asked_capacity;
	uint64_t *seen; /* [partition]: scratch of counting users */
	struct raws raws;
};

/* ---- how many there are ---- */

/* The entries of the bucket, each once; without a branch, which would be a coin toss. Rows that do not count have the
 * last entry of all, which is never new. */
static void find_entries(struct values *values)
{
	const struct core_work *work = values->score->work;
	const uint32_t *entries = values->entries;
	const uint8_t *is_counted = work->is_counted;
	uint32_t count = 0, *fresh = values->fresh, *stamps = values->stamps, stamp = values->when + 1;
	uint32_t end = work->bucket_rows[values->when + 1], none = values->entry_count;
	stamps[none] = stamp;
	for (uint32_t row = work->bucket_rows[values->when]; row < end; row++) {
		uint32_t entry = is_counted[row] ? entries[row] : none;
		fresh[count] = entry;
		count += stamps[entry] != stamp;
		stamps[entry] = stamp;
	}
	values->fresh_count = count;
}

/* A remembered value that did not occur for long is forgotten. */
static bool is_forgotten(const struct values *values, struct repeat *repeat, uint32_t stamp)
{
	const int64_t *buckets = values->score->work->buckets;
	if (stamp >> 1 > 0)
		repeat->last = buckets[(stamp >> 1) - 1];
	repeat_keep(repeat, buckets[values->when]);
	return !(repeat->maximum > 0);
}

static void count_value(struct values *values, unsigned field, uint32_t value)
{
	struct value_field *of = &values->of[field];
	uint32_t *stamp = &of->stamps[value], before = *stamp, when = values->when;
	bool is_new = (before >> 1 != when + 1) & (value != 0);
	of->distinct += is_new;
	*stamp = (when + 1) << 1 | (before & 1);
	if ((before & 1) && before >> 1 <= values->recent &&
		is_forgotten(values, &values->score->core->value_repeats[field][value], before))
		*stamp &= ~1U;
}

static void count_values(struct values *values)
{
	const int64_t *buckets = values->score->work->buckets;
	while (buckets[values->when] - buckets[values->recent] > REPEAT_MEMORY)
		values->recent++;
	find_entries(values);
	for (unsigned i = 0; i < values->field_count; i++) {
		unsigned field = values->fields[i];
		const uint32_t *value_of = values->score->work->input->field_value[field];
		uint32_t own = 0;
		values->of[field].distinct = 0;
		for (uint32_t j = 0; j < values->fresh_count; j++) {
			if (values->own[values->fresh[j]] >> field & 1)
				own++;
			else
				count_value(values, field, value_of[values->fresh[j]]);
		}
		values->of[field].distinct += own;
	}
}

/* ---- the rare ones and their users ---- */

/* Values [first, first + 64) of the rare ones are asked for: their users are counted, each once by a bit. */
static bool is_asked(uint32_t flag, uint32_t first)
{
	return flag - 1 - first < 64;
}

static void count_user(struct values *values, uint32_t flag, uint32_t first, uint32_t partition)
{
	uint64_t bit = UINT64_C(1) << (flag - 1 - first);
	if (!(values->seen[partition] & bit))
		values->nodes[flag - 1].users += 1;
	values->seen[partition] |= bit;
}

static uint32_t flag_of(const struct values *values, unsigned field, uint32_t entry)
{
	return values->of[field].flags[values->score->work->input->field_value[field][entry]];
}

/* Rows are many, and few have such a value: they are found by their entries, without a branch. */
static uint32_t find_asked(struct values *values, uint32_t first, uint32_t *found)
{
	const struct core_work *work = values->score->work;
	uint8_t *is_entry_asked = values->is_asked;
	uint32_t count = 0, end = work->bucket_rows[values->when + 1];
	for (uint32_t i = 0; i < values->fresh_count; i++) {
		bool is = false;
		for (unsigned f = 0; f < values->field_count; f++)
			is |= is_asked(flag_of(values, values->fields[f], values->fresh[i]), first);
		is_entry_asked[values->fresh[i]] = is;
	}
	const uint32_t *entries = values->entries;
	for (uint32_t row = work->bucket_rows[values->when]; row < end; row++) {
		found[count] = row;
		count += is_entry_asked[entries[row]] & work->is_counted[row];
	}
	return count;
}

static void count_users(struct values *values, uint32_t first)
{
	const struct core_work *work = values->score->work;
	const struct core_input *input = work->input;
	uint32_t rows = work->bucket_rows[values->when + 1] - work->bucket_rows[values->when];
	values->asked = array_grow(values->asked, &values->asked_capacity, (size_t)rows + 1, sizeof *values->asked);
	uint32_t count = find_asked(values, first, values->asked);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = values->asked[i];
		for (unsigned f = 0; f < values->field_count; f++) {
			uint32_t flag = flag_of(values, values->fields[f], values->entries[row]);
			if (is_asked(flag, first))
				count_user(values, flag, first, input->partition_of[input->who[row]]);
		}
	}
	for (uint32_t i = 0; i < count; i++)
		values->seen[input->partition_of[input->who[values->asked[i]]]] = 0;
}

/* From now on the value is looked at in every bucket, though only one entry has it. */
static void remember(struct values *values, uint32_t field, uint32_t value)
{
	struct value_field *of = &values->of[field];
	of->stamps[value] |= 1;
	if (of->own_entry[value] > 0)
		values->own[of->own_entry[value] - 1] &= (uint8_t) ~(1U << field);
	of->own_entry[value] = 0;
}

/* The rare values of the bucket, with the number of their users. */
static void gather_values(struct values *values)
{
	const struct score *score = values->score;
	values->node_count = 0;
	for (size_t i = score->node_begin[values->when]; i < score->node_begin[values->when + 1]; i++) {
		const struct core_node *part = &score->work->nodes[i];
		if (part->field == CORE_NONE || values->of[part->field].flags == NULL)
			continue;
		uint32_t *flag = &values->of[part->field].flags[part->value];
		if (*flag == 0) {
			values->nodes = array_grow(
				values->nodes, &values->node_capacity, values->node_count + 1, sizeof *values->nodes);
			values->nodes[values->node_count++] =
				(struct value_node){.field = part->field, .value = part->value, .smallest = 1};
			*flag = (uint32_t)values->node_count;
		}
		struct value_node *node = &values->nodes[*flag - 1];
		node->smallest = fmin(node->smallest, part->probability);
		remember(values, part->field, part->value);
	}
	for (uint32_t first = 0; first < values->node_count; first += 64)
		count_users(values, first);
}

/* ---- scores ---- */

static void score_nodes(struct values *values)
{
	struct rare_core *core = values->score->core;
	int64_t bucket = values->score->work->buckets[values->when];
	for (size_t i = 0; i < values->node_count; i++) {
		struct value_node *node = &values->nodes[i];
		struct repeat *repeat = &core->value_repeats[node->field][node->value];
		node->node = combine_last(combine_users_of(node->smallest, node->users));
		repeat->last = bucket;
		repeat_update(repeat, &core->pace, bucket, node->node.raw);
	}
	for (unsigned f = 0; f < values->field_count; f++) {
		unsigned field = values->fields[f];
		for (size_t i = 0; i < values->node_count; i++)
			if (values->nodes[i].field == field && values->nodes[i].node.raw > 0)
				raws_push(&values->raws, values->nodes[i].node.raw);
		raws_update(&values->raws, &core->nodes[field], values->of[field].distinct);
	}
	for (size_t i = 0; i < values->node_count; i++) {
		struct value_node *node = &values->nodes[i];
		node->score = score_node(values->score, &core->nodes[node->field], &node->node,
			repeat_maximum(&core->value_repeats[node->field][node->value], &core->pace, bucket));
	}
}

/* The nodes over all values of a field; returns the highest of their scores. */
static double score_fields(struct values *values)
{
	struct rare_core *core = values->score->core;
	double highest = 0;
	for (unsigned f = 0; f < values->field_count; f++) {
		unsigned field = values->fields[f];
		if (values->of[field].distinct == 0)
			continue;
		double smallest = 1;
		for (size_t i = 0; i < values->node_count; i++)
			if (values->nodes[i].field == field)
				smallest = fmin(smallest, values->nodes[i].node.probability);
		highest = fmax(highest,
			score_total(values->score, &values->raws, &core->totals[field], &core->total_repeats[field],
				smallest, values->of[field].distinct, values->score->work->buckets[values->when]));
	}
	return highest;
}

/* Hands the values' scores to the records of the bucket, and forgets the nodes. */
static void give_scores(struct values *values)
{
	const struct score *score = values->score;
	struct rare_core *core = score->core;
	for (size_t i = score->leaf_begin[values->when]; i < score->leaf_begin[values->when + 1]; i++) {
		if (score->work->leaves[i].record == SIZE_MAX)
			continue;
		const struct core_record *record = &core->found[score->work->leaves[i].record];
		for (size_t j = record->value; j < record->value + record->values; j++) {
			struct core_value *value = &core->values[j];
			if (values->of[value->field].flags == NULL)
				continue;
			uint32_t flag = values->of[value->field].flags[value->value];
			value->score = flag > 0 ? values->nodes[flag - 1].score : 0;
		}
	}
	for (size_t i = 0; i < values->node_count; i++)
		values->of[values->nodes[i].field].flags[values->nodes[i].value] = 0;
}

/* ---- the track ---- */

/* A value that only one entry has is counted with its entry. */
static void find_own(struct values *values, unsigned field, uint32_t entries)
{
	struct value_field *of = &values->of[field];
	const uint32_t *value_of = values->score->work->input->field_value[field];
	uint32_t *uses = of->flags;
	for (uint32_t entry = 0; entry < entries; entry++)
		uses[value_of[entry]]++;
	for (uint32_t entry = 0; entry < entries; entry++) {
		uint32_t value = value_of[entry];
		if (value == 0 || uses[value] != 1 || (of->stamps[value] & 1))
			continue;
		values->own[entry] |= (uint8_t)(1 << field);
		of->own_entry[value] = entry + 1;
	}
	for (uint32_t entry = 0; entry < entries; entry++)
		uses[value_of[entry]] = 0;
}

static void init(struct values *values, const struct score_column *column)
{
	const struct core_input *input = values->score->work->input;
	const struct rare_core *core = values->score->core;
	uint32_t entries = input->field_entries[column->fields[0]];
	values->entries = input->field_entry[column->fields[0]];
	values->entry_count = entries;
	values->stamps = xcalloc((size_t)entries + 1, sizeof *values->stamps);
	values->fresh = xcalloc((size_t)entries + 1, sizeof *values->fresh);
	values->is_asked = xcalloc((size_t)entries + 1, 1);
	values->own = xcalloc((size_t)entries + 1, 1);
	values->seen = xcalloc(core->partition_count + 1, sizeof *values->seen);
	for (unsigned f = 0; f < column->field_count; f++) {
		unsigned field = values->fields[values->field_count++] = column->fields[f];
		struct value_field *of = &values->of[field];
		of->stamps = xcalloc((size_t)core->value_limit + 1, sizeof *of->stamps);
		of->flags = xcalloc((size_t)core->value_limit + 1, sizeof *of->flags);
		of->own_entry = xcalloc((size_t)core->value_limit + 1, sizeof *of->own_entry);
		/* Only an earlier life can have left memories. */
		for (uint32_t value = 0; values->score->is_continued && value < core->value_limit; value++)
			of->stamps[value] = core->value_repeats[field][value].maximum > 0;
		find_own(values, field, entries);
	}
}

/* What is remembered knows when it occurred last. */
static void settle_memories(const struct values *values, unsigned field)
{
	struct rare_core *core = values->score->core;
	for (uint32_t value = 0; value < core->value_limit; value++) {
		uint32_t stamp = values->of[field].stamps[value];
		if ((stamp & 1) && stamp >> 1 > 0)
			core->value_repeats[field][value].last = values->score->work->buckets[(stamp >> 1) - 1];
	}
}

static void finish(struct values *values)
{
	for (unsigned f = 0; f < values->field_count; f++) {
		struct value_field *of = &values->of[values->fields[f]];
		settle_memories(values, values->fields[f]);
		free(of->stamps);
		free(of->flags);
		free(of->own_entry);
	}
	free(values->stamps);
	free(values->fresh);
	free(values->is_asked);
	free(values->own);
	free(values->seen);
	free(values->asked);
	free(values->nodes);
	free(values->raws.items);
}

void score_values(const struct score *score, const struct score_column *column, double *highest)
{
	struct rare_core *core = score->core;
	struct values values = {.score = score};
	init(&values, column);
	for (values.when = 0; values.when < score->work->when_count; values.when++) {
		int64_t closed = score->closed[values.when];
		if (closed == 0)
			continue;
		for (unsigned f = 0; f < values.field_count; f++) {
			normalizer_tick(&core->nodes[values.fields[f]], &core->pace, closed);
			normalizer_tick(&core->totals[values.fields[f]], &core->pace, closed);
		}
		if (score->work->result_counts[values.when] == 0)
			continue;
		count_values(&values);
		gather_values(&values);
		score_nodes(&values);
		highest[values.when] = score_fields(&values);
		give_scores(&values);
	}
	finish(&values);
}
