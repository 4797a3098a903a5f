/* rare_core_values: the influencer values of a bucket: how many distinct ones each field has, and of the rare ones how
 * many users they have. Rows are many and values few: an entry is looked at once a bucket. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

static void find_rows(struct score *score, uint32_t when)
{
	uint32_t first = score->work->bucket_rows[when], end = score->work->bucket_rows[when + 1], count = 0;
	const uint32_t *partitions = score->work->row_partitions;
	int64_t bucket = score->work->buckets[when];
	score->rows = array_grow(score->rows, &score->row_capacity, end - first, sizeof *score->rows);
	for (uint32_t row = first; row < end; row++)
		if (partitions[row] != CORE_NONE && bucket >= score->starts[partitions[row]])
			score->rows[count++] = row;
	score->row_count = count;
}

/* The entries of the bucket, each once; without a branch, which would be a coin toss. */
static void find_entries(struct score *score, struct column *column, uint32_t when)
{
	uint32_t count = 0, *fresh = column->fresh, *stamps = column->stamps;
	for (uint32_t i = 0; i < score->row_count; i++) {
		uint32_t entry = column->entries[score->rows[i]];
		fresh[count] = entry;
		count += stamps[entry] != when + 1;
		stamps[entry] = when + 1;
	}
	column->fresh_count = count;
}

/* A remembered value that did not occur for long is forgotten. */
static bool is_forgotten(const struct score *score, struct repeat *repeat, uint32_t stamp, uint32_t when)
{
	if (stamp >> 1 > 0)
		repeat->last = score->work->buckets[(stamp >> 1) - 1];
	repeat_keep(repeat, score->work->buckets[when]);
	return !(repeat->maximum > 0);
}

static void count_value(struct score *score, unsigned field, uint32_t value, uint32_t when)
{
	uint32_t *stamp = &score->stamps[field][value], before = *stamp;
	bool is_new = (before >> 1 != when + 1) & (value != 0);
	score->distinct[field] += is_new;
	*stamp = (when + 1) << 1 | (before & 1);
	if ((before & 1) && before >> 1 <= score->recent &&
		is_forgotten(score, &score->core->value_repeats[field][value], before, when))
		*stamp &= ~1U;
}

void score_count_values(struct score *score, uint32_t when)
{
	find_rows(score, when);
	memset(score->distinct, 0, sizeof score->distinct);
	const int64_t *buckets = score->work->buckets;
	while (buckets[when] - buckets[score->recent] > REPEAT_MEMORY)
		score->recent++;
	for (unsigned c = 0; c < score->column_count; c++) {
		struct column *column = &score->columns[c];
		find_entries(score, column, when);
		for (unsigned i = 0; i < column->field_count; i++) {
			unsigned field = column->fields[i];
			const uint32_t *values = score->work->input->field_value[field];
			uint32_t own = 0;
			for (uint32_t j = 0; j < column->fresh_count; j++) {
				if (column->own[column->fresh[j]] >> field & 1)
					own++;
				else
					count_value(score, field, values[column->fresh[j]], when);
			}
			score->distinct[field] += own;
		}
	}
	if (score->work->input->partition_field >= 0)
		score->distinct[score->work->input->partition_field] = score->work->partition_counts[when];
}

struct repeat *score_value_repeat(struct score *score, const struct value_node *value, uint32_t when)
{
	struct repeat *repeat = &score->core->value_repeats[value->field][value->value];
	repeat->last = score->work->buckets[when];
	return repeat;
}

/* A value that only one entry has is counted with its entry. */
static void find_own(struct score *score, struct column *column, uint32_t entries)
{
	const struct core_input *input = score->work->input;
	column->own = xcalloc((size_t)entries + 1, 1);
	for (unsigned i = 0; i < column->field_count; i++) {
		unsigned field = column->fields[i];
		uint32_t *uses = score->flags[field];
		for (uint32_t entry = 0; entry < entries; entry++)
			uses[input->field_value[field][entry]]++;
		for (uint32_t entry = 0; entry < entries; entry++) {
			uint32_t value = input->field_value[field][entry];
			if (value == 0 || uses[value] != 1 || (score->stamps[field][value] & 1))
				continue;
			column->own[entry] |= (uint8_t)(1 << field);
			score->own_entry[field][value] = entry + 1;
		}
		for (uint32_t entry = 0; entry < entries; entry++)
			uses[input->field_value[field][entry]] = 0;
	}
}

static void make_columns(struct score *score)
{
	const struct core_input *input = score->work->input;
	for (unsigned field = 0; field < input->fields; field++) {
		if ((int)field == input->partition_field)
			continue;
		unsigned at = 0;
		while (at < score->column_count && score->columns[at].entries != input->field_entry[field])
			at++;
		struct column *column = &score->columns[at];
		if (at == score->column_count) {
			score->column_count++;
			column->entries = input->field_entry[field];
			column->stamps = xcalloc((size_t)input->field_entries[field] + 1, sizeof *column->stamps);
			column->fresh = xcalloc((size_t)input->field_entries[field] + 1, sizeof *column->fresh);
			column->is_asked = xcalloc((size_t)input->field_entries[field] + 1, 1);
		}
		column->fields[column->field_count++] = field;
	}
	for (unsigned i = 0; i < score->column_count; i++)
		find_own(score, &score->columns[i], input->field_entries[score->columns[i].fields[0]]);
}

/* Values [first, first + 64) of the rare ones are asked for: their users are counted, each once by a bit. */
static bool is_asked(uint32_t flag, uint32_t first)
{
	return flag - 1 - first < 64;
}

static void count_user(struct score *score, uint32_t flag, uint32_t first, uint32_t partition)
{
	uint64_t bit = UINT64_C(1) << (flag - 1 - first);
	if (!(score->seen[partition] & bit))
		score->values[flag - 1].users += 1;
	score->seen[partition] |= bit;
}

/* Rows are many, and few have such a value: they are found by their entries, without a branch. */
static uint32_t find_asked(struct score *score, struct column *column, uint32_t first, uint32_t *found)
{
	const struct core_input *input = score->work->input;
	uint8_t *is_entry_asked = column->is_asked;
	uint32_t count = 0;
	for (uint32_t i = 0; i < column->fresh_count; i++) {
		uint32_t entry = column->fresh[i];
		bool is = false;
		for (unsigned f = 0; f < column->field_count; f++) {
			unsigned field = column->fields[f];
			is |= is_asked(score->flags[field][input->field_value[field][entry]], first);
		}
		is_entry_asked[entry] = is;
	}
	for (uint32_t i = 0; i < score->row_count; i++) {
		found[count] = score->rows[i];
		count += is_entry_asked[column->entries[score->rows[i]]];
	}
	return count;
}

static void count_users(struct score *score, struct column *column, uint32_t first)
{
	const struct core_input *input = score->work->input;
	const uint32_t *partitions = score->work->row_partitions;
	score->asked =
		array_grow(score->asked, &score->asked_capacity, (size_t)score->row_count + 1, sizeof *score->asked);
	uint32_t count = find_asked(score, column, first, score->asked);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = score->asked[i], entry = column->entries[row];
		for (unsigned f = 0; f < column->field_count; f++) {
			unsigned field = column->fields[f];
			uint32_t flag = score->flags[field][input->field_value[field][entry]];
			if (is_asked(flag, first))
				count_user(score, flag, first, partitions[row]);
		}
	}
	for (uint32_t i = 0; i < count; i++)
		score->seen[partitions[score->asked[i]]] = 0;
}

/* From now on the value is looked at in every bucket, though only one entry has it. */
static void remember(struct score *score, uint32_t field, uint32_t value)
{
	score->stamps[field][value] |= 1;
	uint32_t entry = score->own_entry[field][value];
	for (unsigned c = 0; c < score->column_count && entry > 0; c++)
		if (score->columns[c].entries == score->work->input->field_entry[field])
			score->columns[c].own[entry - 1] &= (uint8_t) ~(1U << field);
	score->own_entry[field][value] = 0;
}

void score_gather_values(struct score *score, size_t first, size_t last)
{
	score->value_count = 0;
	for (size_t i = first; i < last; i++) {
		const struct core_node *part = &score->work->nodes[i];
		if (part->field == CORE_NONE)
			continue;
		uint32_t *flag = &score->flags[part->field][part->value];
		if (*flag == 0) {
			score->values = array_grow(
				score->values, &score->value_capacity, score->value_count + 1, sizeof *score->values);
			score->values[score->value_count++] =
				(struct value_node){.field = part->field, .value = part->value, .smallest = 1};
			*flag = (uint32_t)score->value_count;
		}
		struct value_node *value = &score->values[*flag - 1];
		value->smallest = fmin(value->smallest, part->probability);
		remember(score, part->field, part->value);
	}
	for (uint32_t i = 0; i < score->value_count; i += 64)
		for (unsigned c = 0; c < score->column_count; c++)
			count_users(score, &score->columns[c], i);
}

void score_init_values(struct score *score)
{
	struct rare_core *core = score->core;
	for (unsigned field = 0; field < score->work->input->fields; field++) {
		score->stamps[field] = xcalloc((size_t)core->value_limit + 1, sizeof(uint32_t));
		score->flags[field] = xcalloc((size_t)core->value_limit + 1, sizeof(uint32_t));
		score->own_entry[field] = xcalloc((size_t)core->value_limit + 1, sizeof(uint32_t));
		/* Only an earlier life can have left memories. */
		for (uint32_t value = 0; core->records.ticks > 0 && value < core->value_limit; value++)
			score->stamps[field][value] = core->value_repeats[field][value].maximum > 0;
	}
	make_columns(score);
	score->seen = xcalloc(core->partition_count + 1, sizeof *score->seen);
	score->starts = xcalloc(core->partition_count + 1, sizeof *score->starts);
	for (size_t p = 0; p < core->partition_count; p++)
		score->starts[p] = core->partitions[p].start;
}

/* What is remembered knows when it occurred last. */
static void settle_memories(struct score *score)
{
	for (unsigned field = 0; field < score->work->input->fields; field++)
		for (uint32_t value = 0; value < score->core->value_limit; value++) {
			uint32_t stamp = score->stamps[field][value];
			if ((stamp & 1) && stamp >> 1 > 0)
				score->core->value_repeats[field][value].last = score->work->buckets[(stamp >> 1) - 1];
		}
}

void score_free_values(struct score *score)
{
	settle_memories(score);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		free(score->stamps[field]);
		free(score->flags[field]);
		free(score->own_entry[field]);
	}
	for (unsigned i = 0; i < score->column_count; i++) {
		free(score->columns[i].stamps);
		free(score->columns[i].fresh);
		free(score->columns[i].is_asked);
		free(score->columns[i].own);
	}
	free(score->starts);
	free(score->rows);
	free(score->asked);
	free(score->values);
	free(score->seen);
}

void score_forget_values(struct score *score)
{
	for (size_t i = 0; i < score->value_count; i++)
		score->flags[score->values[i].field][score->values[i].value] = 0;
	score->value_count = 0;
}
