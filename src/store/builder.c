/* builder: takes the workers' chunks in file order. A local entry gets its place in the common tables when a row first
 * uses it, so the numbers follow the rows alone: any cut into chunks, and any number of workers, gives the same store. */
#include "builder.h"

#include <stdlib.h>

struct builder *builder_new(const struct builder_options *options)
{
	struct builder *builder = xcalloc(1, sizeof(*builder));
	builder->options = *options;
	builder_reset(builder);
	return builder;
}

void builder_reset(struct builder *builder)
{
	builder->strings = dict_new();
	builder->odd_ids = dict_new();
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		tuples_init(&builder->tuples[i], dimension_fields[i].columns);
	tuples_init(&builder->answers, dimension_fields[DIMENSION_SOURCE].columns);
}

void builder_clear(struct builder *builder)
{
	dict_free(builder->strings);
	dict_free(builder->odd_ids);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		tuples_free(&builder->tuples[i]);
	tuples_free(&builder->answers);
	free(builder->answer_of);
	builder->answer_of = NULL;
	builder->answer_capacity = 0;
	free(builder->dropped);
	builder->dropped = NULL;
	builder->dropped_count = 0;
	rows_free(&builder->rows);
	sieve_free(&builder->sieve);
}

void builder_free(struct builder *builder)
{
	if (builder == NULL)
		return;
	builder_clear(builder);
	free(builder);
}

size_t builder_bytes(const struct builder *builder)
{
	size_t bytes = sizeof(*builder) + rows_bytes(&builder->rows) + dict_bytes(builder->strings) +
		       dict_bytes(builder->odd_ids) + builder->answer_capacity * sizeof(*builder->answer_of);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		bytes += tuples_bytes(&builder->tuples[i]);
	return bytes;
}

void builder_expect(struct builder *builder, uint64_t rows)
{
	if (rows < UINT32_MAX && rows > builder->rows.count)
		rows_reserve(&builder->rows, (size_t)rows - builder->rows.count);
}

uint64_t builder_count(const struct builder *builder)
{
	return builder->rows.count;
}

/* ---- the network and the place of an address, asked for once ---- */

#define SOURCE_COLUMN(field) (FIELD_##field - FIELD_SOURCE_ADDRESS)

/* The entry of `answers` that holds what the hook said of an address (0: nothing). */
static uint32_t ask(struct builder *builder, uint32_t ip)
{
	if (ip >= builder->answer_capacity) {
		size_t known = builder->answer_capacity;
		builder->answer_of =
			array_grow(builder->answer_of, &builder->answer_capacity, (size_t)ip + 1, sizeof(uint32_t));
		memset(builder->answer_of + known, 0xFF, (builder->answer_capacity - known) * sizeof(uint32_t));
	}
	if (builder->answer_of[ip] != REMAP_OPEN)
		return builder->answer_of[ip];
	struct slice fields[FIELD_COUNT] = {0};
	struct slice text = dict_get(builder->strings, ip);
	fields[FIELD_SOURCE_IP] = text;
	builder->options.enrich(builder->options.enrich_context, text, fields);
	uint32_t values[DIMENSION_MAX_COLUMNS] = {0};
	for (unsigned i = SOURCE_COLUMN(AS_NUMBER); i <= SOURCE_COLUMN(CITY_NAME); i++)
		values[i] = dict_intern(builder->strings, fields[FIELD_SOURCE_ADDRESS + i]);
	return builder->answer_of[ip] = tuples_intern(&builder->answers, values);
}

/* Fills the columns from..to that the document left out, unless it says something else in column `key`: its own number
 * never gets another one's name, its own country no other one's city. */
static void complete_columns(
	struct builder *builder, uint32_t *values, uint32_t answer, unsigned key, unsigned from, unsigned to)
{
	uint32_t found = builder->answers.column[key][answer];
	if (values[key] != 0 && found != 0 && values[key] != found)
		return;
	for (unsigned i = from; i <= to; i++)
		if (values[i] == 0)
			values[i] = builder->answers.column[i][answer];
}

static void complete_source(struct builder *builder, uint32_t *values)
{
	uint32_t ip = values[SOURCE_COLUMN(SOURCE_IP)];
	bool has_network = values[SOURCE_COLUMN(AS_ORG)] != 0;
	bool has_place = true;
	for (unsigned i = SOURCE_COLUMN(COUNTRY_CODE); i <= SOURCE_COLUMN(CITY_NAME); i++)
		has_place &= values[i] != 0;
	if (builder->options.enrich == NULL || ip == 0 || (has_network && has_place))
		return;
	uint32_t answer = ask(builder, ip);
	if (!has_network)
		complete_columns(builder, values, answer, SOURCE_COLUMN(AS_NUMBER), SOURCE_COLUMN(AS_NUMBER),
			SOURCE_COLUMN(AS_ORG));
	complete_columns(builder, values, answer, SOURCE_COLUMN(COUNTRY_CODE), SOURCE_COLUMN(COUNTRY_CODE),
		SOURCE_COLUMN(CITY_NAME));
}

/* ---- local ids to common ids ---- */

static void make_room(uint32_t **ids, size_t *capacity, size_t need)
{
	size_t known = *capacity;
	*ids = array_grow(*ids, capacity, need, sizeof(**ids));
	memset(*ids + known, 0xFF, (*capacity - known) * sizeof(**ids));
}

static void open_remap(struct remap *remap, const struct chunk *chunk)
{
	for (unsigned k = 0; k < LEXICON_DICTS; k++)
		make_room(&remap->strings[k], &remap->string_capacity[k],
			(size_t)chunk->first_string[k] + chunk->string_count[k]);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		make_room(&remap->entries[d], &remap->entry_capacity[d],
			(size_t)chunk->first_entry[d] + chunk->entry_count[d]);
}

static uint32_t common_string(struct dict *common, const struct chunk *chunk, enum lexicon_dict kind, uint32_t local)
{
	if (local == 0)
		return 0;
	uint32_t *known = &chunk->lexicon->remap.strings[kind][local];
	if (*known == REMAP_OPEN)
		*known = dict_intern(common, chunk->strings[kind][local - chunk->first_string[kind]]);
	return *known;
}

static uint32_t learn_entry(struct builder *builder, const struct chunk *chunk, unsigned dimension, uint32_t local)
{
	const uint32_t *entries = chunk->entries[dimension] + (local - chunk->first_entry[dimension]);
	uint32_t values[DIMENSION_MAX_COLUMNS];
	for (unsigned i = 0; i < dimension_fields[dimension].columns; i++)
		values[i] = common_string(
			builder->strings, chunk, LEXICON_VALUES, entries[(size_t)i * chunk->entry_count[dimension]]);
	if (dimension == DIMENSION_SOURCE)
		complete_source(builder, values);
	uint32_t common = tuples_intern(&builder->tuples[dimension], values);
	chunk->lexicon->remap.entries[dimension][local] = common;
	return common;
}

/* A later chunk may use what this one learned and did not use; only this one can say what it is. */
static void learn_rest(struct builder *builder, const struct chunk *chunk)
{
	struct remap *remap = &chunk->lexicon->remap;
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		for (uint32_t i = 0; i < chunk->entry_count[d]; i++)
			if (remap->entries[d][chunk->first_entry[d] + i] == REMAP_OPEN)
				(void)learn_entry(builder, chunk, d, chunk->first_entry[d] + i);
	for (size_t i = 0; i < chunk->string_count[LEXICON_ODD_IDS]; i++)
		(void)common_string(
			builder->odd_ids, chunk, LEXICON_ODD_IDS, chunk->first_string[LEXICON_ODD_IDS] + (uint32_t)i);
}

static void merge_rows(struct builder *builder, const struct chunk *chunk)
{
	struct rows *rows = &builder->rows;
	struct remap *remap = &chunk->lexicon->remap;
	rows_reserve(rows, chunk->count);
	size_t run = 0;
	uint32_t file = 0;
	for (size_t i = 0, at = rows->count; i < chunk->count; i++, at++) {
		const struct chunk_row *row = &chunk->rows[i];
		for (; run < chunk->run_count && chunk->runs[run].first == i; run++)
			file = chunk->runs[run].file;
		for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
			uint32_t common = remap->entries[d][row->entry[d]];
			rows->entry[d][at] =
				common != REMAP_OPEN ? common : learn_entry(builder, chunk, d, row->entry[d]);
		}
		rows->timestamp[at] = row->timestamp;
		rows->file[at] = file;
		rows->offset[at] = row->offset;
		rows->length[at] = row->length;
		rows->id_high[at] = row->id_high;
		rows->id_low[at] = row->id_low;
		if (row->id_high == ODD_ID)
			rows->id_low[at] =
				common_string(builder->odd_ids, chunk, LEXICON_ODD_IDS, (uint32_t)row->id_low);
		rows->content[at] = row->content;
	}
}

static void merge_ingested(struct rows *rows, const struct chunk *chunk)
{
	if (chunk->ingested_count == 0 && rows->ingested == NULL)
		return;
	if (rows->ingested == NULL) {
		rows->ingested = pages_alloc(rows->capacity * sizeof(*rows->ingested));
		for (size_t i = 0; i < rows->count; i++)
			rows->ingested[i] = TIME_NONE;
	}
	for (size_t i = 0; i < chunk->count; i++)
		rows->ingested[rows->count + i] = i < chunk->ingested_count ? chunk->ingested[i] : TIME_NONE;
}

void builder_merge(struct builder *builder, struct chunk *chunk)
{
	chunk_seal(chunk);
	if (builder->rows.count + chunk->count > UINT32_MAX - 1)
		base_abort("more than %u events", UINT32_MAX - 1);
	open_remap(&chunk->lexicon->remap, chunk);
	merge_rows(builder, chunk);
	sieve_add(&builder->sieve, &builder->rows, builder->rows.count, builder->rows.count + chunk->count);
	learn_rest(builder, chunk);
	merge_ingested(&builder->rows, chunk);
	builder->rows.count += chunk->count;
	chunk_free(chunk);
}
