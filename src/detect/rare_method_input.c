/* rare_method_input: from the store's columns to the core's: partitions and actions get dense numbers, one per
 * dimension entry; the baseline's open bucket goes before the first row. */
#include "rare_method_parts.h"

#include <stdlib.h>

const enum event_field method_fields[METHOD_FIELDS] = {
	FIELD_USER_NAME, FIELD_SOURCE_IP, FIELD_CITY_NAME, FIELD_IDENTITY_ARN};

/* Arrays by string id follow the strings that the baseline adds. */
static void reserve_strings(struct rare_method *engine)
{
	uint32_t limit = dict_count(engine->store->strings) + dict_count(engine->extra) + 1;
	if (limit <= engine->string_limit)
		return;
	uint32_t *partitions = xcalloc(limit, sizeof *partitions), *actions = xcalloc(limit, sizeof *actions);
	if (engine->string_limit > 0) {
		memcpy(partitions, engine->partition_by_name, engine->string_limit * sizeof *partitions);
		memcpy(actions, engine->action_by_name, engine->string_limit * sizeof *actions);
	}
	free(engine->partition_by_name);
	free(engine->action_by_name);
	engine->partition_by_name = partitions;
	engine->action_by_name = actions;
	engine->string_limit = limit;
}

uint32_t method_string_id(struct rare_method *engine, struct slice text)
{
	if (!text.data)
		return 0;
	uint32_t id = dict_find(engine->store->strings, text);
	return id ? id : dict_count(engine->store->strings) + dict_intern(engine->extra, text);
}

struct slice rare_method_string(const struct rare_method *engine, uint32_t id)
{
	uint32_t own = dict_count(engine->store->strings);
	return id <= own ? dict_get(engine->store->strings, id) : dict_get(engine->extra, id - own);
}

uint32_t method_partition(struct rare_method *engine, uint32_t name)
{
	if (name >= engine->string_limit)
		reserve_strings(engine);
	if (engine->partition_by_name[name] > 0)
		return engine->partition_by_name[name] - 1;
	engine->partition_names = array_grow(engine->partition_names, &engine->partition_capacity,
		(size_t)engine->partitions + 1, sizeof *engine->partition_names);
	engine->partition_names[engine->partitions] = name;
	engine->partition_by_name[name] = engine->partitions + 1;
	return engine->partitions++;
}

uint32_t method_action(struct rare_method *engine, uint32_t name)
{
	if (name == 0)
		return 0;
	if (name >= engine->string_limit)
		reserve_strings(engine);
	if (engine->action_by_name[name] > 0)
		return engine->action_by_name[name];
	engine->action_names = array_grow(engine->action_names, &engine->action_capacity, (size_t)engine->actions + 1,
		sizeof *engine->action_names);
	engine->action_names[engine->actions] = name;
	engine->action_by_name[name] = engine->actions;
	return engine->actions++;
}

/* A copy of a column with room before and behind it. */
static uint32_t *extend(const uint32_t *items, size_t count, size_t before, size_t behind)
{
	uint32_t *copy = xcalloc(before + count + behind + 1, sizeof *copy);
	if (count > 0)
		memcpy(copy + before, items, count * sizeof *copy);
	return copy;
}

/* Rows before the baseline's newest bucket are late: it was closed when that one began. */
static void find_late(struct rare_method *engine, uint32_t rows)
{
	const struct rare_model *model = engine->baseline;
	const struct store *store = engine->store;
	if (!model || model->last_time == TIME_NONE)
		return;
	engine->lead = (uint32_t)model->open_count;
	engine->skip = store_lower_bound(store, time_floor(model->last_time, engine->span));
	if (engine->skip > rows)
		engine->skip = rows;
	for (uint32_t row = 0; row < engine->skip; row++)
		engine->late += store_value(store, FIELD_USER_NAME, row) != 0;
}

/* Each event of the open bucket becomes a row with entries of its own. */
static void lead_rows(struct rare_method *engine, uint32_t count)
{
	const struct store *store = engine->store;
	const struct rare_model *model = engine->baseline;
	struct method_input *input = &engine->input;
	uint32_t lead = engine->lead;
	input->times = xcalloc((size_t)lead + count + 1, sizeof *input->times);
	if (count > 0)
		memcpy(input->times + lead, store->timestamp + engine->skip, count * sizeof *input->times);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
		input->entries[d] = extend(store->entry[d] + engine->skip, count, lead, 0);
		for (uint32_t i = 0; i < lead; i++)
			input->entries[d][i] = store->dimensions[d].count + i;
	}
	for (unsigned f = 0; f < METHOD_FIELDS; f++) {
		const struct event_field_info *info = &event_fields[method_fields[f]];
		const struct dimension *dimension = &store->dimensions[info->dimension];
		input->values[f] = extend(dimension->columns[info->column], dimension->count, 0, lead);
		for (uint32_t i = 0; i < lead; i++)
			input->values[f][dimension->count + i] =
				method_string_id(engine, dict_get(model->strings, model->open[i].values[f]));
	}
	for (uint32_t i = 0; i < lead; i++) {
		const struct model_event *event = &model->open[i];
		input->times[i] = event->time;
		input->partition_of[store->dimensions[DIMENSION_ACTOR].count + i] =
			method_partition(engine, method_string_id(engine, dict_get(model->strings, event->partition)));
		input->action_of[store->dimensions[DIMENSION_CALL].count + i] =
			method_action(engine, method_string_id(engine, dict_get(model->strings, event->action)));
	}
}

void method_input_init(struct rare_method *engine, uint32_t rows)
{
	const struct store *store = engine->store;
	struct method_input *input = &engine->input;
	const struct dimension *actors = &store->dimensions[DIMENSION_ACTOR],
			       *calls = &store->dimensions[DIMENSION_CALL];
	enum event_field key = engine->partition_field == PARTITION_USER_ID ? FIELD_USER_ID : FIELD_USER_NAME;
	find_late(engine, rows);
	reserve_strings(engine);
	input->partition_of = xcalloc((size_t)actors->count + engine->lead + 1, sizeof *input->partition_of);
	input->action_of = xcalloc((size_t)calls->count + engine->lead + 1, sizeof *input->action_of);
	/* Entries that no row uses (after store_subset) would make empty partitions: number what rows use. */
	for (uint32_t entry = 0; entry < actors->count; entry++)
		input->partition_of[entry] = CORE_NONE;
	uint8_t *is_used = xcalloc((size_t)actors->count + 1, 1);
	for (uint32_t row = engine->skip; row < rows; row++)
		is_used[store->entry[DIMENSION_ACTOR][row]] = 1;
	for (uint32_t entry = 0; entry < actors->count; entry++)
		if (is_used[entry] && store_entry_value(store, FIELD_USER_NAME, entry) != 0)
			input->partition_of[entry] = method_partition(engine, store_entry_value(store, key, entry));
	free(is_used);
	for (uint32_t entry = 0; entry < calls->count; entry++)
		input->action_of[entry] = method_action(engine, store_entry_value(store, FIELD_ACTION, entry));
	if (engine->lead > 0)
		lead_rows(engine, rows - engine->skip);
	reserve_strings(engine);
	bool is_led = engine->lead > 0;
	input->core = (struct core_input){.rows = engine->lead + rows - engine->skip,
		.times = is_led ? input->times : store->timestamp + engine->skip,
		.who = is_led ? input->entries[DIMENSION_ACTOR] : store->entry[DIMENSION_ACTOR] + engine->skip,
		.what = is_led ? input->entries[DIMENSION_CALL] : store->entry[DIMENSION_CALL] + engine->skip,
		.partition_of = input->partition_of,
		.action_of = input->action_of,
		.partitions = engine->partitions,
		.actions = engine->actions,
		.fields = METHOD_FIELDS,
		.values = engine->string_limit,
		.partition_field = engine->partition_field == PARTITION_USER_NAME ? 0 : -1};
	for (unsigned f = 0; f < METHOD_FIELDS; f++) {
		const struct event_field_info *info = &event_fields[method_fields[f]];
		input->core.field_entries[f] = store->dimensions[info->dimension].count + engine->lead;
		input->core.field_entry[f] =
			is_led ? input->entries[info->dimension] : store->entry[info->dimension] + engine->skip;
		input->core.field_value[f] =
			is_led ? input->values[f] : store->dimensions[info->dimension].columns[info->column];
	}
}

void method_input_free(struct method_input *input)
{
	free(input->times);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		free(input->entries[d]);
	for (unsigned f = 0; f < METHOD_FIELDS; f++)
		free(input->values[f]);
	free(input->partition_of);
	free(input->action_of);
	*input = (struct method_input){0};
}
