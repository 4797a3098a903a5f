/* rare_model: training a model and going on from one. A model is written in the order of names, so that it does not
 * depend on how the engine numbered anything. */
#include "rare_method_parts.h"

#include <stdlib.h>

void rare_model_free(struct rare_model *model)
{
	if (!model)
		return;
	rare_core_free(&model->core);
	dict_free(model->strings);
	free(model->partition_names);
	free(model->weeks);
	free(model->pair_history);
	free(model->values);
	free(model->open);
	free(model);
}

void rare_model_info(const struct rare_model *model, struct rare_model_info *out)
{
	uint8_t *is_action = xcalloc((size_t)dict_count(model->strings) + 1, 1);
	uint32_t actions = 0;
	for (size_t i = 0; i < model->core.pair_count; i++) {
		actions += !is_action[model->core.pairs[i].action];
		is_action[model->core.pairs[i].action] = 1;
	}
	free(is_action);
	*out = (struct rare_model_info){model->first_time, model->last_time, model->events,
		(uint32_t)model->core.partition_count, actions, model->span, model->partition_field};
}

int rare_model_fits(const struct rare_model *model, const struct rare_method_params *params, struct err *err)
{
	char own[TIME_TEXT_SIZE], asked[TIME_TEXT_SIZE];
	static const char *const fields[] = {"user.name", "user.id"};
	if (model->span != params->bucket_span)
		return err_set(err, ERR_USAGE,
			"the model was trained with rare-method.bucket_span=%s, not %s: train it again or set the same",
			duration_format(model->span, own), duration_format(params->bucket_span, asked));
	if (model->partition_field != params->partition_field)
		return err_set(err, ERR_USAGE,
			"the model was trained with rare-method.partition_field=%s, not %s: train it again or set the "
			"same",
			fields[model->partition_field], fields[params->partition_field]);
	return 0;
}

/* ---- from a model into an engine ---- */

static void digest_copy(struct digest *to, const struct digest *from)
{
	*to = *from;
	to->capacity = from->count;
	to->nodes = xmalloc((from->count + 1) * sizeof *to->nodes);
	if (from->count > 0)
		memcpy(to->nodes, from->nodes, from->count * sizeof *to->nodes);
}

static void normalizer_copy(struct normalizer *to, const struct normalizer *from)
{
	normalizer_free(to);
	*to = *from;
	digest_copy(&to->all, &from->all);
	digest_copy(&to->high, &from->high);
}

static void core_copy_nodes(struct rare_core *to, const struct rare_core *from)
{
	to->first_bucket = from->first_bucket;
	to->next_bucket = from->next_bucket;
	to->root_repeat = from->root_repeat;
	normalizer_copy(&to->records, &from->records);
	normalizer_copy(&to->root, &from->root);
	normalizer_copy(&to->partition_node, &from->partition_node);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		to->total_repeats[field] = from->total_repeats[field];
		normalizer_copy(&to->nodes[field], &from->nodes[field]);
		normalizer_copy(&to->totals[field], &from->totals[field]);
	}
}

void method_seed_names(struct rare_method *engine)
{
	const struct rare_model *model = engine->baseline;
	for (size_t p = 0; p < model->core.partition_count; p++)
		(void)method_partition(
			engine, method_string_id(engine, dict_get(model->strings, model->partition_names[p])));
	for (size_t i = 0; i < model->core.pair_count; i++)
		(void)method_action(
			engine, method_string_id(engine, dict_get(model->strings, model->core.pairs[i].action)));
	for (size_t i = 0; i < model->value_count; i++)
		(void)method_string_id(engine, dict_get(model->strings, model->values[i].value));
}

void method_seed_state(struct rare_method *engine)
{
	const struct rare_model *model = engine->baseline;
	struct rare_core *core = &engine->core;
	rare_core_resize(core, engine->partitions, engine->string_limit);
	core_copy_nodes(core, &model->core);
	if (model->core.partition_count > 0)
		memcpy(core->partitions, model->core.partitions,
			model->core.partition_count * sizeof *core->partitions);
	core->pairs = array_grow(NULL, &core->pair_capacity, model->core.pair_count + 1, sizeof *core->pairs);
	core->pair_count = model->core.pair_count;
	for (size_t i = 0; i < core->pair_count; i++) {
		core->pairs[i] = model->core.pairs[i];
		core->pairs[i].action = method_action(
			engine, method_string_id(engine, dict_get(model->strings, core->pairs[i].action)));
	}
	for (size_t i = 0; i < model->value_count; i++) {
		uint32_t value = method_string_id(engine, dict_get(model->strings, model->values[i].value));
		core->value_repeats[model->values[i].field][value] = model->values[i].repeat;
	}
}

/* ---- from an engine to a model ---- */

struct naming {
	const struct rare_method *engine;
	const uint32_t *names; /* [number] -> string id */
};

static int compare_names(const void *left, const void *right, void *context)
{
	const struct naming *naming = context;
	return slice_compare(rare_method_string(naming->engine, naming->names[*(const uint32_t *)left]),
		rare_method_string(naming->engine, naming->names[*(const uint32_t *)right]));
}

/* The numbers below count, in the order of their names. */
static uint32_t *order_by_name(const struct rare_method *engine, const uint32_t *names, uint32_t count)
{
	uint32_t *order = xmalloc(((size_t)count + 1) * sizeof *order);
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	struct naming naming = {engine, names};
	if (count > 1)
		qsort_r(order, count, sizeof *order, compare_names, &naming);
	return order;
}

static uint32_t intern(struct rare_model *model, const struct rare_method *engine, uint32_t id)
{
	return dict_intern(model->strings, rare_method_string(engine, id));
}

static void history_add(struct model_pair_history *history, int64_t bucket)
{
	if (history->count > 0 && history->recent[history->count - 1] == bucket)
		return;
	if (history->count == MODEL_RECENT) {
		memmove(history->recent, history->recent + 1, (MODEL_RECENT - 1) * sizeof *history->recent);
		history->count--;
	}
	history->recent[history->count++] = bucket;
}

/* When the partition was active and each of its actions occurred: the baseline's record, and the rows since. */
static void take_history(struct rare_model *model, const struct rare_method *engine, uint32_t partition,
	uint32_t number, struct model_pair_history *by_action)
{
	const struct core_input *input = &engine->input.core;
	const struct core_partition *own = &engine->core.partitions[partition];
	const struct rare_model *baseline = engine->baseline;
	if (baseline && partition < baseline->core.partition_count) {
		memcpy(model->weeks[number], baseline->weeks[partition], sizeof model->weeks[number]);
		const struct core_partition *before = &baseline->core.partitions[partition];
		for (size_t i = 0; i < before->pairs; i++)
			by_action[engine->core.pairs[own->pair + i].action] = baseline->pair_history[before->pair + i];
	}
	for (uint32_t i = engine->core.partition_row[partition]; i < engine->core.partition_row[partition + 1]; i++) {
		uint32_t row = engine->core.partition_rows[i], action = input->action_of[input->what[row]];
		int64_t bucket = method_bucket(engine, input->times[row]);
		if (action == 0 || bucket < own->start)
			continue;
		model->weeks[number][method_hour_of_week(input->times[row])]++;
		history_add(&by_action[action], bucket);
	}
}

static void take_partitions(struct rare_model *model, const struct rare_method *engine)
{
	const struct rare_core *core = &engine->core;
	uint32_t *order = order_by_name(engine, engine->partition_names, engine->partitions);
	uint32_t *action_order = order_by_name(engine, engine->action_names, engine->actions);
	uint32_t *slot_of = xmalloc(((size_t)engine->actions + 1) * sizeof *slot_of);
	struct model_pair_history *by_action = xcalloc((size_t)engine->actions + 1, sizeof *by_action);
	for (uint32_t a = 0; a < engine->actions; a++)
		slot_of[a] = CORE_NONE;
	rare_core_resize(&model->core, engine->partitions, 0);
	model->partition_names = xcalloc((size_t)engine->partitions + 1, sizeof *model->partition_names);
	model->weeks = xcalloc((size_t)engine->partitions + 1, sizeof *model->weeks);
	model->core.pairs =
		array_grow(NULL, &model->core.pair_capacity, core->pair_count + 1, sizeof *model->core.pairs);
	model->pair_history = xcalloc(core->pair_count + 1, sizeof *model->pair_history);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < engine->partitions; i++) {
		const struct core_partition *own = &core->partitions[order[i]];
		/* One that only the open bucket knows begins when that bucket is read again. */
		if (own->first_time == TIME_NONE)
			continue;
		struct core_partition *partition = &model->core.partitions[kept];
		*partition = *own;
		partition->pair = model->core.pair_count;
		model->partition_names[kept] = intern(model, engine, engine->partition_names[order[i]]);
		take_history(model, engine, order[i], kept, by_action);
		for (size_t j = 0; j < own->pairs; j++)
			slot_of[core->pairs[own->pair + j].action] = (uint32_t)j;
		for (uint32_t a = 0; a < engine->actions; a++) {
			uint32_t action = action_order[a], slot = slot_of[action];
			if (slot == CORE_NONE)
				continue;
			model->pair_history[model->core.pair_count] = by_action[action];
			struct core_pair *pair = &model->core.pairs[model->core.pair_count++];
			*pair = core->pairs[own->pair + slot];
			pair->action = intern(model, engine, engine->action_names[action]);
			slot_of[action] = CORE_NONE;
			by_action[action] = (struct model_pair_history){0};
		}
		kept++;
	}
	model->core.partition_count = kept;
	free(order);
	free(action_order);
	free(slot_of);
	free(by_action);
}

/* Influencer values that are still remembered. */
static void take_values(struct rare_model *model, const struct rare_method *engine)
{
	const struct rare_core *core = &engine->core;
	size_t capacity = 0;
	for (unsigned field = 0; field < METHOD_FIELDS; field++) {
		uint32_t *ids = NULL, count = 0;
		size_t id_capacity = 0;
		for (uint32_t id = 1; id < core->value_limit; id++) {
			const struct repeat *repeat = &core->value_repeats[field][id];
			if (!(repeat_maximum(repeat, &core->pace, core->next_bucket) > 0))
				continue;
			ids = array_grow(ids, &id_capacity, (size_t)count + 1, sizeof *ids);
			ids[count++] = id;
		}
		uint32_t *order = order_by_name(engine, ids, count);
		for (uint32_t i = 0; i < count; i++) {
			model->values =
				array_grow(model->values, &capacity, model->value_count + 1, sizeof *model->values);
			model->values[model->value_count++] = (struct model_value){
				field, intern(model, engine, ids[order[i]]), core->value_repeats[field][ids[order[i]]]};
		}
		free(order);
		free(ids);
	}
}

static void take_open(struct rare_model *model, const struct rare_method *engine, uint32_t first, uint32_t end)
{
	const struct core_input *input = &engine->input.core;
	size_t capacity = 0;
	for (uint32_t row = first; row < end; row++) {
		uint32_t partition = input->partition_of[input->who[row]];
		if (partition == CORE_NONE)
			continue;
		struct model_event event = {.time = input->times[row],
			.partition = intern(model, engine, engine->partition_names[partition]),
			.action = intern(model, engine, engine->action_names[input->action_of[input->what[row]]])};
		for (unsigned field = 0; field < METHOD_FIELDS; field++)
			event.values[field] =
				intern(model, engine, input->field_value[field][input->field_entry[field][row]]);
		model->open = array_grow(model->open, &capacity, model->open_count + 1, sizeof *model->open);
		model->open[model->open_count++] = event;
	}
}

struct rare_model *rare_model_train(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, int64_t until)
{
	uint32_t rows = until == TIME_NONE ? store->count : store_lower_bound(store, until);
	struct rare_method *engine = method_prepare(store, params, baseline, rows);
	struct core_input *input = &engine->input.core;
	struct rare_model *model = xcalloc(1, sizeof *model);
	model->span = engine->span;
	model->partition_field = engine->partition_field;
	model->first_time = baseline ? baseline->first_time : TIME_NONE;
	model->last_time = baseline ? baseline->last_time : TIME_NONE;
	model->events = baseline ? baseline->events : 0;
	uint32_t end = input->rows, open = end;
	for (uint32_t row = 0; row < end; row++) {
		if (input->partition_of[input->who[row]] == CORE_NONE)
			continue;
		if (model->first_time == TIME_NONE)
			model->first_time = input->times[row];
		if (model->last_time == TIME_NONE || input->times[row] > model->last_time)
			model->last_time = input->times[row];
		model->events += row >= engine->lead;
	}
	if (model->last_time != TIME_NONE) {
		int64_t start = time_floor(model->last_time, engine->span);
		while (open > 0 && input->times[open - 1] >= start)
			open--;
	}
	/* All but the newest bucket is learned. */
	input->rows = open;
	rare_core_run(&engine->core, input);
	model->strings = dict_new();
	rare_core_init(&model->core, engine->span);
	core_copy_nodes(&model->core, &engine->core);
	take_partitions(model, engine);
	take_values(model, engine);
	take_open(model, engine, open, end);
	rare_method_free(engine);
	return model;
}
