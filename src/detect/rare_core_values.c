/* rare_core_values: the influencer values of a bucket: how many distinct ones each field has, and of the rare ones how
 * many users they have. Rows are many and values few: an entry is looked at once a bucket. */
#include "rare_core_score.h"

#include <math.h>
#include <stdlib.h>

static void find_rows(struct score *score, uint32_t when)
{
	const struct core_input *input = score->work->input;
	uint32_t first = score->work->bucket_rows[when], end = score->work->bucket_rows[when + 1], count = 0;
	int64_t bucket = score->work->buckets[when];
	score->rows = array_grow(score->rows, &score->row_capacity, end - first, sizeof *score->rows);
	score->row_partitions = array_grow(
		score->row_partitions, &score->row_partition_capacity, end - first, sizeof *score->row_partitions);
	for (uint32_t row = first; row < end; row++) {
		uint32_t partition = input->partition_of[input->who[row]];
		if (partition == CORE_NONE || bucket < score->starts[partition] ||
			input->action_of[input->what[row]] == 0)
			continue;
		score->rows[count] = row;
		score->row_partitions[count++] = partition;
	}
	score->row_count = count;
}

static void count_entry(struct score *score, struct column *column, uint32_t entry, uint32_t when)
{
	column->own_counts[column->own[entry]]++;
	for (unsigned i = 0; i < column->field_count; i++) {
		unsigned field = column->fields[i];
		if (column->own[entry] >> field & 1)
			continue;
		uint32_t value = score->work->input->field_value[field][entry];
		uint32_t *stamp = &score->stamps[field][value];
		if (value == 0 || *stamp >> 1 == when + 1)
			continue;
		*stamp = (when + 1) << 1 | (*stamp & 1);
		score->distinct[field]++;
		if (!(*stamp & 1))
			continue;
		struct repeat *repeat = &score->core->value_repeats[field][value];
		repeat_keep(repeat, score->work->buckets[when]);
		if (!(repeat->maximum > 0))
			*stamp &= ~1U;
	}
}

void score_count_values(struct score *score, uint32_t when)
{
	find_rows(score, when);
	memset(score->distinct, 0, sizeof score->distinct);
	for (unsigned c = 0; c < score->column_count; c++) {
		struct column *column = &score->columns[c];
		for (uint32_t i = 0; i < score->row_count; i++) {
			uint32_t entry = column->entries[score->rows[i]];
			if (column->stamps[entry] == when + 1)
				continue;
			column->stamps[entry] = when + 1;
			count_entry(score, column, entry, when);
		}
		for (unsigned bits = 1; bits < COUNT_OF(column->own_counts); bits++)
			for (unsigned field = 0; field < CORE_FIELDS; field++)
				score->distinct[field] += bits >> field & 1 ? column->own_counts[bits] : 0;
		memset(column->own_counts, 0, sizeof column->own_counts);
	}
	if (score->work->input->partition_field >= 0)
		score->distinct[score->work->input->partition_field] = score->work->partition_counts[when];
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
		}
		column->fields[column->field_count++] = field;
	}
	for (unsigned i = 0; i < score->column_count; i++)
		find_own(score, &score->columns[i], input->field_entries[score->columns[i].fields[0]]);
}

/* How many users each rare value has in the bucket, for 64 values at a time: a bit of a partition says it was counted. */
static void count_users(struct score *score, size_t first)
{
	const struct core_input *input = score->work->input;
	for (unsigned field = 0; field < input->fields; field++) {
		bool is_flagged = false;
		for (size_t i = first; i < score->value_count && i < first + 64; i++)
			is_flagged |= score->values[i].field == field;
		const uint32_t *flags = score->flags[field], *values = input->field_value[field];
		const uint32_t *entries = input->field_entry[field];
		for (uint32_t i = 0; i < score->row_count && is_flagged; i++) {
			uint32_t flag = flags[values[entries[score->rows[i]]]];
			if (flag == 0 || flag - 1 < first || flag - 1 >= first + 64)
				continue;
			uint64_t bit = UINT64_C(1) << (flag - 1 - first),
				 *seen = &score->seen[score->row_partitions[i]];
			if (!(*seen & bit))
				score->values[flag - 1].users += 1;
			*seen |= bit;
		}
	}
	for (uint32_t i = 0; i < score->row_count; i++)
		score->seen[score->row_partitions[i]] = 0;
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
	for (size_t i = 0; i < score->value_count; i += 64)
		count_users(score, i);
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

void score_free_values(struct score *score)
{
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		free(score->stamps[field]);
		free(score->flags[field]);
		free(score->own_entry[field]);
	}
	for (unsigned i = 0; i < score->column_count; i++) {
		free(score->columns[i].stamps);
		free(score->columns[i].own);
	}
	free(score->starts);
	free(score->rows);
	free(score->row_partitions);
	free(score->values);
	free(score->seen);
}

void score_forget_values(struct score *score)
{
	for (size_t i = 0; i < score->value_count; i++)
		score->flags[score->values[i].field][score->values[i].value] = 0;
	score->value_count = 0;
}
