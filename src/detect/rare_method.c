/* rare_method: the engine of rule rare-method: one run of the model over a store, its records in the order of output,
 * and the rows behind each. */
#include "rare_core_screen.h"
#include "rare_method_parts.h"

#include <stdlib.h>

struct rare_method *method_prepare(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, uint32_t rows)
{
	struct rare_method *engine = xcalloc(1, sizeof *engine);
	engine->store = store_ref(store);
	engine->span = params->bucket_span;
	engine->partition_field = params->partition_field;
	engine->baseline = baseline;
	engine->extra = dict_new();
	/* Action 0 is "no action". */
	engine->action_names = array_grow(NULL, &engine->action_capacity, 1, sizeof *engine->action_names);
	engine->action_names[0] = 0;
	engine->actions = 1;
	rare_core_init(&engine->core, engine->span);
	if (baseline)
		method_seed_names(engine);
	method_input_init(engine, rows);
	if (baseline)
		method_seed_state(engine);
	return engine;
}

/* ---- records ---- */

struct order {
	const struct rare_method *engine;
	const struct core_record *records;
};

/* Of one bucket. */
static int compare_found(const void *left, const void *right, void *context)
{
	const struct order *order = context;
	const struct core_record *a = &order->records[*(const uint32_t *)left];
	const struct core_record *b = &order->records[*(const uint32_t *)right];
	if (a->initial_score != b->initial_score)
		return a->initial_score > b->initial_score ? -1 : 1;
	if (a->probability != b->probability)
		return a->probability < b->probability ? -1 : 1;
	const struct rare_method *engine = order->engine;
	int names = slice_compare(rare_method_string(engine, engine->partition_names[a->partition]),
		rare_method_string(engine, engine->partition_names[b->partition]));
	if (names != 0)
		return names;
	return slice_compare(rare_method_string(engine, engine->action_names[a->action]),
		rare_method_string(engine, engine->action_names[b->action]));
}

/* Values of one field of a record, ordered by their bytes, into `items`. */
static uint32_t field_values(const struct rare_method *engine, const struct core_record *found, unsigned field,
	uint32_t *items, double *score)
{
	uint32_t count = 0;
	*score = 0;
	for (size_t i = found->value; i < found->value + found->values; i++) {
		const struct core_value *value = &engine->core.values[i];
		if (value->field != field)
			continue;
		uint32_t at = count++;
		for (; at > 0 && slice_compare(rare_method_string(engine, items[at - 1]),
					 rare_method_string(engine, value->value)) > 0;
			at--)
			items[at] = items[at - 1];
		items[at] = value->value;
		if (value->score > *score)
			*score = value->score;
	}
	return count;
}

static void fill_record(struct rare_method *engine, const struct core_record *found, struct rare_method_record *record,
	uint32_t **values)
{
	const struct core_input *input = &engine->input.core;
	*record = (struct rare_method_record){.partition = engine->partition_names[found->partition],
		.user_name = input->field_value[0][input->field_entry[0][found->row]],
		.action = engine->action_names[found->action],
		.bucket_start = found->bucket * engine->span,
		.bucket_span = engine->span,
		.actual = 1,
		.typical = found->probability,
		.probability = found->probability,
		.initial_record_score = found->initial_score,
		.record_score = found->final_score,
		.user_score = found->partition_score,
		.bucket_score = found->bucket_score};
	for (unsigned field = 0; field < METHOD_FIELDS; field++) {
		double score;
		uint32_t count = field_values(engine, found, field, *values, &score);
		if (count == 0)
			continue;
		record->influencers[record->influencer_count++] =
			(struct influencer){event_fields[method_fields[field]].name, {*values, count}, score};
		*values += count;
	}
}

/* Records of the baseline's open bucket belong to the baseline, unless the store adds to them. */
static bool is_listed(const struct rare_method *engine, const struct core_record *found)
{
	if (found->row >= engine->lead)
		return true;
	int64_t start = found->bucket * engine->span;
	struct row_list rows = rare_method_rows(engine, engine->partition_names[found->partition],
		engine->action_names[found->action], start, start + engine->span);
	bool has_rows = rows.count > 0;
	row_list_free(&rows);
	return has_rows;
}

/* The core gives them in order of bucket. */
static void sort_found(const struct rare_method *engine, uint32_t *order, uint32_t count)
{
	const struct core_record *found = engine->core.found;
	struct order context = {engine, found};
	for (uint32_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && found[order[next]].bucket == found[order[i]].bucket; next++) {
		}
		if (next - i > 1)
			qsort_r(order + i, next - i, sizeof *order, compare_found, &context);
	}
}

static void make_records(struct rare_method *engine)
{
	const struct rare_core *core = &engine->core;
	uint32_t *order = xmalloc((core->found_count + 1) * sizeof *order), count = 0;
	for (size_t i = 0; i < core->found_count; i++)
		if (is_listed(engine, &core->found[i]))
			order[count++] = (uint32_t)i;
	sort_found(engine, order, count);
	engine->records = xmalloc(((size_t)count + 1) * sizeof *engine->records);
	engine->influencer_values = xmalloc((core->value_count + 1) * sizeof *engine->influencer_values);
	uint32_t *values = engine->influencer_values;
	for (uint32_t i = 0; i < count; i++)
		fill_record(engine, &core->found[order[i]], &engine->records[i], &values);
	engine->record_count = count;
	free(order);
}

/* ---- pairs by action ---- */

static void index_pairs(struct rare_method *engine)
{
	const struct rare_core *core = &engine->core;
	engine->action_pair = xcalloc((size_t)engine->actions + 2, sizeof *engine->action_pair);
	engine->pairs_by_action = xmalloc((core->pair_count + 1) * sizeof *engine->pairs_by_action);
	engine->pair_partition = xmalloc((core->pair_count + 1) * sizeof *engine->pair_partition);
	uint32_t *begin = engine->action_pair + 1;
	for (size_t i = 0; i < core->pair_count; i++)
		begin[core->pairs[i].action]++;
	uint32_t total = 0;
	for (uint32_t action = 0; action < engine->actions; action++) {
		uint32_t count = begin[action];
		begin[action] = total;
		total += count;
	}
	for (uint32_t p = 0; p < engine->partitions; p++)
		for (size_t i = 0; i < core->partitions[p].pairs; i++) {
			size_t pair = core->partitions[p].pair + i;
			engine->pair_partition[pair] = p;
			engine->pairs_by_action[begin[core->pairs[pair].action]++] = (uint32_t)pair;
		}
}

const struct core_pair *method_pair(const struct rare_method *engine, uint32_t partition, uint32_t action)
{
	const struct core_partition *own = &engine->core.partitions[partition];
	for (size_t i = own->pair; i < own->pair + own->pairs; i++)
		if (engine->core.pairs[i].action == action)
			return &engine->core.pairs[i];
	return NULL;
}

/* ---- the door ---- */

void rare_method_make_tables(void)
{
	(void)slices_shared();
	(void)core_screen_shared();
}

struct rare_method *rare_method_new(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, unsigned threads)
{
	struct rare_method *engine = method_prepare(store, params, baseline, store->count);
	engine->input.core.threads = threads;
	rare_core_run(&engine->core, &engine->input.core);
	index_pairs(engine);
	make_records(engine);
	return engine;
}

void rare_method_free(struct rare_method *engine)
{
	if (!engine)
		return;
	method_input_free(&engine->input);
	rare_core_free(&engine->core);
	dict_free(engine->extra);
	free(engine->partition_names);
	free(engine->partition_by_name);
	free(engine->action_names);
	free(engine->action_by_name);
	free(engine->records);
	free(engine->influencer_values);
	free(engine->pairs_by_action);
	free(engine->action_pair);
	free(engine->pair_partition);
	store_free(engine->store);
	free(engine);
}

const struct rare_method_record *rare_method_records(const struct rare_method *engine, size_t *count)
{
	*count = engine->record_count;
	return engine->records;
}

uint64_t rare_method_late_events(const struct rare_method *engine)
{
	return engine->late;
}

struct row_list rare_method_rows(
	const struct rare_method *engine, uint32_t partition, uint32_t action, int64_t first, int64_t end)
{
	struct row_list list = {0};
	size_t capacity = 0;
	uint32_t number = partition < engine->string_limit ? engine->partition_by_name[partition] : 0;
	if (number-- == 0)
		return list;
	uint32_t only = action < engine->string_limit ? engine->action_by_name[action] : 0;
	if (action != 0 && only == 0)
		return list;
	const struct core_input *input = &engine->input.core;
	const uint32_t *rows = engine->core.partition_rows;
	uint32_t low = engine->core.partition_row[number], high = engine->core.partition_row[number + 1], last = high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (input->times[rows[middle]] < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < last && input->times[rows[low]] < end; low++) {
		uint32_t row = rows[low];
		if (method_row(engine, row) == CORE_NONE || (only != 0 && input->action_of[input->what[row]] != only))
			continue;
		list.rows = array_grow(list.rows, &capacity, list.count + 1, sizeof *list.rows);
		list.rows[list.count++] = method_row(engine, row);
	}
	return list;
}

struct row_list rare_method_evidence(const struct rare_method *engine, const struct rare_method_record *record)
{
	return rare_method_rows(engine, record->partition, record->action, record->bucket_start,
		record->bucket_start + record->bucket_span);
}
