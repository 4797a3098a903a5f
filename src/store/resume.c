/* resume: a finished store becomes a builder again. Its rows are in the order of time then, which changes nothing: ties
 * keep their order, and what comes later stands behind. */
#include "builder.h"

static void resume_tables(struct builder *builder, const struct store_body *body)
{
	const struct store *store = &body->store;
	dict_free(builder->strings);
	dict_free(builder->odd_ids);
	builder->strings = builder_copy_strings(store->strings);
	builder->odd_ids = builder_copy_strings(body->rest.odd_ids);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
		const struct dimension *dimension = &store->dimensions[d];
		for (uint32_t entry = 1; entry < dimension->count; entry++) {
			uint32_t values[DIMENSION_MAX_COLUMNS];
			for (unsigned c = 0; c < dimension_fields[d].columns; c++)
				values[c] = dimension->columns[c][entry];
			(void)tuples_intern(&builder->tuples[d], values);
		}
	}
}

static void resume_rows(struct builder *builder, const struct store_body *body)
{
	const struct store *store = &body->store;
	struct rows *rows = &builder->rows;
	size_t words = store->count * sizeof(uint64_t), halves = store->count * sizeof(uint32_t);
	if (store->count == 0)
		return;
	rows_reserve(rows, store->count);
	if (store->ingested != NULL) {
		rows->ingested = pages_alloc(rows->capacity * sizeof(*rows->ingested));
		memcpy(rows->ingested, store->ingested, words);
	}
	memcpy(rows->timestamp, store->timestamp, words);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		memcpy(rows->entry[d], store->entry[d], halves);
	memcpy(rows->file, store->file, halves);
	memcpy(rows->offset, store->offset, words);
	memcpy(rows->length, store->length, halves);
	memcpy(rows->id_high, body->rest.id_high, words);
	memcpy(rows->id_low, body->rest.id_low, words);
	memcpy(rows->content, body->rest.content, words);
	rows->count = store->count;
	sieve_add(&builder->sieve, rows, 0, rows->count);
}

struct builder *builder_resume(const struct store *store, const struct builder_options *options)
{
	const struct store_body *body = (const struct store_body *)store;
	if (body->rest.odd_ids == NULL)
		return NULL;
	struct builder *builder = builder_new(options);
	resume_tables(builder, body);
	resume_rows(builder, body);
	builder->dropped_count = body->rest.dropped_count;
	builder->dropped = xreallocarray(NULL, builder->dropped_count, sizeof(*builder->dropped));
	if (builder->dropped_count > 0)
		memcpy(builder->dropped, body->rest.dropped, builder->dropped_count * sizeof(*builder->dropped));
	return builder;
}

static void move_row(struct rows *rows, size_t from, size_t to)
{
	rows->timestamp[to] = rows->timestamp[from];
	if (rows->ingested != NULL)
		rows->ingested[to] = rows->ingested[from];
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		rows->entry[d][to] = rows->entry[d][from];
	rows->file[to] = rows->file[from];
	rows->offset[to] = rows->offset[from];
	rows->length[to] = rows->length[from];
	rows->id_high[to] = rows->id_high[from];
	rows->id_low[to] = rows->id_low[from];
	rows->content[to] = rows->content[from];
}

void builder_forget(struct builder *builder, const bool *is_gone, size_t count)
{
	struct rows *rows = &builder->rows;
	size_t kept = 0;
	for (size_t i = 0; i < rows->count; i++)
		if (rows->file[i] >= count || !is_gone[rows->file[i]])
			move_row(rows, i, kept++);
	rows->count = kept;
	sieve_free(&builder->sieve);
	sieve_add(&builder->sieve, rows, 0, kept);
	kept = 0;
	for (size_t i = 0; i < builder->dropped_count; i++)
		if (builder->dropped[i] >= count || !is_gone[builder->dropped[i]])
			builder->dropped[kept++] = builder->dropped[i];
	builder->dropped_count = kept;
}
