/* rare_model_read: bytes as a model. Whatever they are, reading them gives a sound model or an error: every number is
 * held against its range, and the first one out of it fails all that follows. */
#include "rare_model.h"

#include <math.h>
#include <stdlib.h>

#define TIME_LIMIT (INT64_C(400000) * 366 * DAY_MS) /* no time or bucket start lies further from 1970 */

struct reader {
	const unsigned char *data;
	size_t length, at;
	bool is_bad;
};

static uint64_t get_u64(struct reader *reader)
{
	if (reader->is_bad || reader->length - reader->at < 8) {
		reader->is_bad = true;
		return 0;
	}
	uint64_t value = 0;
	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)reader->data[reader->at + i] << (8 * i);
	reader->at += 8;
	return value;
}

static void expect(struct reader *reader, bool holds)
{
	reader->is_bad |= !holds;
}

static uint64_t get_upto(struct reader *reader, uint64_t highest)
{
	uint64_t value = get_u64(reader);
	expect(reader, value <= highest);
	return reader->is_bad ? 0 : value;
}

/* A number of things that take at least `size` bytes each. */
static size_t get_count(struct reader *reader, size_t size)
{
	uint64_t count = get_u64(reader);
	expect(reader, count <= (reader->length - reader->at) / size);
	return reader->is_bad ? 0 : (size_t)count;
}

static double get_double(struct reader *reader, double lowest, double highest)
{
	uint64_t bits = get_u64(reader);
	double value;
	memcpy(&value, &bits, sizeof value);
	expect(reader, value >= lowest && value <= highest);
	return reader->is_bad ? 0 : value;
}

static int64_t get_time(struct reader *reader, bool can_be_none)
{
	int64_t value = (int64_t)get_u64(reader);
	expect(reader, (can_be_none && value == TIME_NONE) || (value >= -TIME_LIMIT && value <= TIME_LIMIT));
	return reader->is_bad ? 0 : value;
}

static int64_t get_bucket(struct reader *reader, int64_t span)
{
	int64_t value = (int64_t)get_u64(reader);
	expect(reader, value >= -TIME_LIMIT / span && value <= TIME_LIMIT / span);
	return reader->is_bad ? 0 : value;
}

static void get_digest(struct reader *reader, struct digest *digest)
{
	digest->span = get_upto(reader, 1u << 20);
	expect(reader, (digest->span & (digest->span - 1)) == 0 && digest->span != 1);
	digest->count = digest->capacity = get_count(reader, 16);
	digest->nodes = xcalloc(digest->count + 1, sizeof *digest->nodes);
	for (size_t i = 0; i < digest->count && !reader->is_bad; i++) {
		uint64_t ends = get_u64(reader);
		struct digest_node node = {(uint32_t)ends, (uint32_t)(ends >> 32), get_upto(reader, UINT64_C(1) << 48)};
		uint64_t size = (uint64_t)node.hi - node.lo + 1;
		expect(reader, node.lo <= node.hi && node.hi < digest->span && node.count > 0);
		expect(reader, (size & (size - 1)) == 0 && (node.lo & (size - 1)) == 0);
		const struct digest_node *before = i > 0 ? &digest->nodes[i - 1] : NULL;
		expect(reader, !before || before->hi < node.hi || (before->hi == node.hi && before->lo > node.lo));
		digest->nodes[i] = node;
		digest->total += node.count;
	}
}

static void get_normalizer(struct reader *reader, struct normalizer *normalizer)
{
	normalizer->border = get_upto(reader, UINT32_MAX);
	normalizer->below = get_upto(reader, UINT64_C(1) << 60);
	normalizer->ticks = (int64_t)get_upto(reader, INT64_C(1) << 50);
	get_digest(reader, &normalizer->all);
	get_digest(reader, &normalizer->high);
	expect(reader, normalizer->below <= normalizer->all.total);
}

static struct repeat get_repeat(struct reader *reader, int64_t span)
{
	struct repeat repeat = {.maximum = get_double(reader, 0, SURPRISE_MAX)};
	repeat.since = get_bucket(reader, span);
	repeat.last = get_bucket(reader, span);
	return repeat;
}

static void get_strings(struct reader *reader, struct rare_model *model)
{
	model->strings = dict_new();
	size_t count = get_count(reader, 8);
	for (size_t i = 0; i < count && !reader->is_bad; i++) {
		size_t length = get_count(reader, 1);
		if (reader->is_bad)
			break;
		uint32_t id =
			dict_intern(model->strings, (struct slice){(const char *)reader->data + reader->at, length});
		expect(reader, id == i + 1);
		reader->at += length;
	}
}

static uint32_t get_string(struct reader *reader, const struct rare_model *model)
{
	return (uint32_t)get_upto(reader, dict_count(model->strings));
}

static void get_pair(struct reader *reader, struct rare_model *model, struct core_partition *partition)
{
	struct rare_core *core = &model->core;
	size_t capacity = core->pair_capacity;
	core->pairs = array_grow(core->pairs, &core->pair_capacity, core->pair_count + 1, sizeof *core->pairs);
	if (core->pair_capacity != capacity)
		model->pair_history =
			xreallocarray(model->pair_history, core->pair_capacity, sizeof *model->pair_history);
	struct core_pair *pair = &core->pairs[core->pair_count];
	struct model_pair_history *history = &model->pair_history[core->pair_count];
	*pair = (struct core_pair){.action = get_string(reader, model),
		.buckets = (uint32_t)get_upto(reader, UINT32_MAX / 2),
		.events = get_upto(reader, UINT64_C(1) << 48)};
	pair->first = get_bucket(reader, model->span);
	pair->weight = get_double(reader, 0, 1e200);
	pair->repeat = get_repeat(reader, model->span);
	expect(reader, pair->action != 0 && pair->weight > 0);
	*history = (struct model_pair_history){.count = (uint32_t)get_upto(reader, MODEL_RECENT)};
	for (uint32_t i = 0; i < history->count; i++) {
		history->recent[i] = get_bucket(reader, model->span);
		expect(reader, i == 0 || history->recent[i] > history->recent[i - 1]);
	}
	expect(reader, pair->repeat.last < core->next_bucket);
	core->pair_count++;
	partition->pairs++;
}

static void get_partition(struct reader *reader, struct rare_model *model, size_t number)
{
	struct core_partition *partition = &model->core.partitions[number];
	model->partition_names[number] = get_string(reader, model);
	partition->first_time = get_time(reader, false);
	partition->start = get_bucket(reader, model->span);
	partition->unit = get_double(reader, 1, 1e101);
	partition->total = get_double(reader, 0, 1e201);
	partition->active = (uint32_t)get_upto(reader, UINT32_MAX / 2);
	partition->results = (uint32_t)get_upto(reader, UINT32_MAX / 2);
	partition->events = get_upto(reader, UINT64_C(1) << 48);
	partition->repeat = get_repeat(reader, model->span);
	uint64_t next_hour = 0;
	for (size_t left = get_count(reader, 8); left > 0 && !reader->is_bad; left--) {
		uint64_t hour = get_u64(reader);
		expect(reader, hour >> 32 >= next_hour && hour >> 32 < MODEL_WEEK && (uint32_t)hour > 0);
		if (reader->is_bad)
			break;
		model->weeks[number][hour >> 32] = (uint32_t)hour;
		next_hour = (hour >> 32) + 1;
	}
	partition->pair = model->core.pair_count;
	double sum = 0;
	for (size_t left = get_count(reader, 64); left > 0 && !reader->is_bad; left--) {
		get_pair(reader, model, partition);
		sum += model->core.pairs[model->core.pair_count - 1].weight;
	}
	expect(reader, fabs(sum - partition->total) <= 1e-6 * sum);
}

/* Names of partitions, and the actions of one, must differ. */
static void check_names(struct reader *reader, const struct rare_model *model)
{
	if (reader->is_bad)
		return;
	size_t strings = (size_t)dict_count(model->strings) + 1;
	uint32_t *seen = xcalloc(strings, sizeof *seen), *owner = xcalloc(strings, sizeof *owner);
	for (size_t p = 0; p < model->core.partition_count; p++) {
		const struct core_partition *partition = &model->core.partitions[p];
		expect(reader, seen[model->partition_names[p]]++ == 0);
		for (size_t i = partition->pair; i < partition->pair + partition->pairs; i++) {
			uint32_t *last = &owner[model->core.pairs[i].action];
			expect(reader, *last != p + 1);
			*last = (uint32_t)(p + 1);
		}
	}
	free(seen);
	free(owner);
}

static void get_open(struct reader *reader, struct rare_model *model)
{
	model->open_count = get_count(reader, 48);
	model->open = xcalloc(model->open_count + 1, sizeof *model->open);
	uint32_t strings = dict_count(model->strings);
	int64_t start = model->last_time == TIME_NONE ? 0 : time_floor(model->last_time, model->span);
	expect(reader, model->open_count == 0 || model->last_time != TIME_NONE);
	expect(reader, model->open_count == 0 || start / model->span >= model->core.next_bucket ||
			       model->core.next_bucket == INT64_MIN || model->core.first_bucket > start / model->span);
	for (size_t i = 0; i < model->open_count && !reader->is_bad; i++) {
		struct model_event *event = &model->open[i];
		event->time = get_time(reader, false);
		expect(reader, event->time >= start && event->time < start + model->span);
		uint64_t who = get_u64(reader);
		event->partition = (uint32_t)(who >> 32);
		event->action = (uint32_t)who;
		expect(reader, event->partition <= strings && event->action <= strings);
		for (unsigned field = 0; field < CORE_FIELDS; field++)
			event->values[field] = get_string(reader, model);
	}
}

static void get_payload(struct reader *reader, struct rare_model *model)
{
	struct rare_core *core = &model->core;
	model->span = (int64_t)get_upto(reader, DAY_MS);
	expect(reader, model->span >= 5 * MINUTE_MS);
	if (reader->is_bad)
		return;
	rare_core_init(core, model->span);
	model->partition_field = get_upto(reader, 1) ? PARTITION_USER_ID : PARTITION_USER_NAME;
	model->first_time = get_time(reader, true);
	model->last_time = get_time(reader, true);
	model->events = get_upto(reader, UINT64_C(1) << 48);
	expect(reader, (model->first_time == TIME_NONE) == (model->last_time == TIME_NONE));
	int64_t first = (int64_t)get_u64(reader), next = (int64_t)get_u64(reader);
	expect(reader,
		(first == INT64_MIN && next == INT64_MIN) ||
			(first >= -TIME_LIMIT / model->span && first <= next && next <= TIME_LIMIT / model->span));
	core->first_bucket = first;
	core->next_bucket = next;
	get_strings(reader, model);
	get_normalizer(reader, &core->records);
	get_normalizer(reader, &core->root);
	get_normalizer(reader, &core->partition_node);
	core->root_repeat = get_repeat(reader, model->span);
	for (unsigned field = 0; field < CORE_FIELDS; field++) {
		get_normalizer(reader, &core->nodes[field]);
		get_normalizer(reader, &core->totals[field]);
		core->total_repeats[field] = get_repeat(reader, model->span);
	}
	size_t partitions = get_count(reader, 88);
	rare_core_resize(core, partitions, 0);
	model->partition_names = xcalloc(partitions + 1, sizeof *model->partition_names);
	model->weeks = xcalloc(partitions + 1, sizeof *model->weeks);
	for (size_t i = 0; i < partitions && !reader->is_bad; i++)
		get_partition(reader, model, i);
	check_names(reader, model);
	model->value_count = get_count(reader, 24);
	model->values = xcalloc(model->value_count + 1, sizeof *model->values);
	for (size_t i = 0; i < model->value_count && !reader->is_bad; i++) {
		uint64_t which = get_u64(reader);
		model->values[i] =
			(struct model_value){(uint32_t)(which >> 32), (uint32_t)which, get_repeat(reader, model->span)};
		expect(reader,
			model->values[i].field < CORE_FIELDS && model->values[i].value <= dict_count(model->strings));
	}
	get_open(reader, model);
	expect(reader, reader->at == reader->length);
}

int rare_model_read(struct slice bytes, struct rare_model **out, struct err *err)
{
	static const size_t magic = sizeof MODEL_MAGIC - 1;
	*out = NULL;
	if (bytes.length < magic || memcmp(bytes.data, MODEL_MAGIC, magic) != 0)
		return err_set(err, ERR_FORMAT, "not a raretrail model");
	unsigned version = 0;
	size_t at = magic;
	for (; at < bytes.length && bytes.data[at] >= '0' && bytes.data[at] <= '9' && version < 1000000; at++)
		version = version * 10 + (unsigned)(bytes.data[at] - '0');
	if (version != MODEL_VERSION)
		return err_set(err, ERR_FORMAT,
			"a model of version %u; this raretrail reads version %d: train it again", version,
			MODEL_VERSION);
	size_t start = at + 1 + SHA256_HEX_SIZE;
	char hex[SHA256_HEX_SIZE];
	if (bytes.length < start || bytes.data[at] != '\n' || bytes.data[start - 1] != '\n')
		return err_set(err, ERR_FORMAT, "a damaged model (cut off): train it again or copy it anew");
	sha256_hex(bytes.data + start, bytes.length - start, hex);
	if (memcmp(hex, bytes.data + at + 1, SHA256_HEX_SIZE - 1) != 0)
		return err_set(
			err, ERR_FORMAT, "a damaged model (its checksum differs): train it again or copy it anew");
	struct reader reader = {(const unsigned char *)bytes.data + start, bytes.length - start, 0, false};
	struct rare_model *model = xcalloc(1, sizeof *model);
	get_payload(&reader, model);
	if (!reader.is_bad) {
		*out = model;
		return 0;
	}
	if (!model->strings)
		model->strings = dict_new();
	rare_model_free(model);
	if (err)
		err->offset = start + reader.at;
	return err_set(
		err, ERR_FORMAT, "a model whose content makes no sense at byte %zu: train it again", start + reader.at);
}
