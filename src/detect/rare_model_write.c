/* rare_model_write: a model as bytes. Two lines of text (what it is and its version; the sha256 of the rest), then
 * little-endian numbers, all in the order of names: the same model gives the same bytes. */
#include "rare_model.h"

static void put_u64(struct buf *out, uint64_t value)
{
	char bytes[8];
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (char)(value >> (8 * i) & 0xff);
	buf_add(out, bytes, sizeof bytes);
}

static void put_i64(struct buf *out, int64_t value)
{
	put_u64(out, (uint64_t)value);
}

static void put_double(struct buf *out, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	put_u64(out, bits);
}

static void put_digest(struct buf *out, const struct digest *digest)
{
	put_u64(out, digest->span);
	put_u64(out, digest->count);
	for (size_t i = 0; i < digest->count; i++) {
		put_u64(out, (uint64_t)digest->nodes[i].hi << 32 | digest->nodes[i].lo);
		put_u64(out, digest->nodes[i].count);
	}
}

static void put_normalizer(struct buf *out, const struct normalizer *normalizer)
{
	put_u64(out, normalizer->border);
	put_u64(out, normalizer->below);
	put_i64(out, normalizer->ticks);
	put_digest(out, &normalizer->all);
	put_digest(out, &normalizer->high);
}

static void put_repeat(struct buf *out, const struct repeat *repeat)
{
	put_double(out, repeat->maximum);
	put_i64(out, repeat->since);
	put_i64(out, repeat->last);
}

static void put_pair(struct buf *out, const struct core_pair *pair, const struct model_pair_history *history)
{
	put_u64(out, pair->action);
	put_u64(out, pair->buckets);
	put_u64(out, pair->events);
	put_i64(out, pair->first);
	put_double(out, pair->weight);
	put_repeat(out, &pair->repeat);
	put_u64(out, history->count);
	for (uint32_t i = 0; i < history->count; i++)
		put_i64(out, history->recent[i]);
}

static void put_partition(struct buf *out, const struct rare_model *model, size_t number)
{
	const struct core_partition *partition = &model->core.partitions[number];
	put_u64(out, model->partition_names[number]);
	put_i64(out, partition->first_time);
	put_i64(out, partition->start);
	put_double(out, partition->unit);
	put_double(out, partition->total);
	put_u64(out, partition->active);
	put_u64(out, partition->results);
	put_u64(out, partition->events);
	put_repeat(out, &partition->repeat);
	uint64_t hours = 0;
	for (unsigned hour = 0; hour < MODEL_WEEK; hour++)
		hours += model->weeks[number][hour] > 0;
	put_u64(out, hours);
	for (unsigned hour = 0; hour < MODEL_WEEK; hour++)
		if (model->weeks[number][hour] > 0)
			put_u64(out, (uint64_t)hour << 32 | model->weeks[number][hour]);
	put_u64(out, partition->pairs);
	for (size_t i = partition->pair; i < partition->pair + partition->pairs; i++)
		put_pair(out, &model->core.pairs[i], &model->pair_history[i]);
}

static void put_payload(struct buf *out, const struct rare_model *model)
{
	const struct rare_core *core = &model->core;
	put_i64(out, model->span);
	put_u64(out, model->partition_field);
	put_i64(out, model->first_time);
	put_i64(out, model->last_time);
	put_u64(out, model->events);
	put_i64(out, core->first_bucket);
	put_i64(out, core->next_bucket);
	uint32_t strings = dict_count(model->strings);
	put_u64(out, strings);
	for (uint32_t id = 1; id <= strings; id++) {
		struct slice text = dict_get(model->strings, id);
		put_u64(out, text.length);
		buf_add(out, text.data, text.length);
	}
	put_normalizer(out, &core->records);
	put_normalizer(out, &core->root);
	put_normalizer(out, &core->partition_node);
	put_repeat(out, &core->root_repeat);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		put_normalizer(out, &core->nodes[field]);
		put_normalizer(out, &core->totals[field]);
		put_repeat(out, &core->total_repeats[field]);
	}
	put_u64(out, core->partition_count);
	for (size_t i = 0; i < core->partition_count; i++)
		put_partition(out, model, i);
	put_u64(out, model->value_count);
	for (size_t i = 0; i < model->value_count; i++) {
		put_u64(out, (uint64_t)model->values[i].field << 32 | model->values[i].value);
		put_repeat(out, &model->values[i].repeat);
	}
	put_u64(out, model->open_count);
	for (size_t i = 0; i < model->open_count; i++) {
		const struct model_event *event = &model->open[i];
		put_i64(out, event->time);
		put_u64(out, (uint64_t)event->partition << 32 | event->action);
		for (unsigned field = 0; field < CORE_FIELDS; field++)
			put_u64(out, event->values[field]);
	}
}

void rare_model_write(const struct rare_model *model, struct buf *out)
{
	struct buf payload = BUF_EMPTY;
	put_payload(&payload, model);
	char hex[SHA256_HEX_SIZE];
	sha256_hex(payload.data, payload.length, hex);
	buf_printf(out, MODEL_MAGIC "%d\n%s\n", MODEL_VERSION, hex);
	buf_add(out, payload.data, payload.length);
	buf_free(&payload);
}
