/* Fuzzes the reading of models: the bytes as a file, and as the content of a file whose checksum is right. Whatever is
 * accepted must carry a run of the model without a NaN, and be written as it was read. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "raretrail/detect.h"

#include "own_chunk.h"
#include "store_of.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *make_store(const struct rare_model_info *info)
{
	static const char *const users[] = {"alice", "eve", "svc"}, *const actions[] = {
									    "GetObject", "BrandNew", "Decrypt"};
	struct chunk *chunk = own_chunk();
	int64_t start = info->last == TIME_NONE ? 0 : info->last;
	for (uint32_t i = 0; i < 60; i++) {
		char id[2] = {(char)('A' + i), 0};
		struct event event = {.timestamp = start + (int64_t)(i / 9) * HOUR_MS,
			.ingested = TIME_NONE,
			.id = slice_of(id),
			.offset = i,
			.length = 1,
			.content = i};
		event.fields[FIELD_USER_NAME] = slice_of(users[i % 3]);
		event.fields[FIELD_ACTION] = slice_of(actions[i / 3 % 3]);
		event.fields[FIELD_SOURCE_IP] = slice_of("192.0.2.1");
		chunk_add(chunk, &event);
	}
	return store_of(chunk);
}

static void use_model(const struct rare_model *model)
{
	struct rare_model_info info;
	struct params params;
	struct err err;
	rare_model_info(model, &info);
	params_init(&params);
	params.rare_method.bucket_span = info.bucket_span;
	params.rare_method.partition_field = info.partition_field;
	if (rare_model_fits(model, &params.rare_method, &err) != 0)
		abort();
	struct store *store = make_store(&info);
	struct rare_method *engine = rare_method_new(store, &params.rare_method, model, 1);
	size_t count;
	const struct rare_method_record *records = rare_method_records(engine, &count);
	for (size_t i = 0; i < count; i++) {
		if (!(records[i].probability > 0 && records[i].probability <= 1) ||
			!isfinite(records[i].initial_record_score) || !isfinite(records[i].record_score) ||
			!isfinite(records[i].user_score))
			abort();
		struct method_explanation why;
		rare_method_explain(engine, &records[i], &why);
		struct method_facts facts = rare_method_say(engine, &params.rare_method, &records[i], &why);
		method_facts_free(&facts);
		rare_method_explanation_free(&why);
	}
	struct method_outlook outlook;
	struct buf line = BUF_EMPTY;
	rare_method_outlook(engine, &params.rare_method, &outlook);
	rare_method_say_outlook(engine, &params.rare_method, &outlook, &line);
	buf_free(&line);
	method_outlook_free(&outlook);
	rare_model_free(rare_model_train(store, &params.rare_method, model, TIME_NONE));
	rare_method_free(engine);
	store_free(store);
	params_free(&params);
}

static void read_model(struct slice bytes)
{
	struct rare_model *model;
	struct err err = {0};
	if (rare_model_read(bytes, &model, &err) != 0) {
		if (model || !err.text[0])
			abort();
		return;
	}
	struct buf again = BUF_EMPTY;
	rare_model_write(model, &again);
	if (again.length != bytes.length || memcmp(again.data, bytes.data, bytes.length) != 0)
		abort();
	buf_free(&again);
	use_model(model);
	rare_model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_model((struct slice){(const char *)data, size});
	struct buf whole = BUF_EMPTY;
	char hex[SHA256_HEX_SIZE];
	sha256_hex(data, size, hex);
	buf_printf(&whole, "raretrail model 1\n%s\n", hex);
	buf_add(&whole, (const char *)data, size);
	read_model((struct slice){whole.data, whole.length});
	buf_free(&whole);
	return 0;
}
