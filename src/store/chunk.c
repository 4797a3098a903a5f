/* chunk: rows one worker has read, with ids of the worker's own lexicon. No locks: what the lexicon learned is handed
 * over in the sealed chunk, so the merging thread never looks into a lexicon that is still in use. */
#include "store_parts.h"

#include <stdlib.h>

/* Chunks of about as many rows take the same memory, so that one fits where another was. */
#define ROWS_STEP ((size_t)128)

struct lexicon *lexicon_new(void)
{
	struct lexicon *lexicon = xcalloc(1, sizeof(*lexicon));
	atomic_init(&lexicon->references, 1);
	for (unsigned i = 0; i < LEXICON_DICTS; i++)
		lexicon->strings[i] = dict_new();
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		tuples_init(&lexicon->tuples[i], dimension_fields[i].columns);
	return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
	if (lexicon == NULL || atomic_fetch_sub(&lexicon->references, 1) != 1)
		return;
	for (unsigned i = 0; i < LEXICON_DICTS; i++) {
		dict_free(lexicon->strings[i]);
		free(lexicon->remap.strings[i]);
	}
	for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
		tuples_free(&lexicon->tuples[i]);
		free(lexicon->remap.entries[i]);
	}
	free(lexicon);
}

struct chunk *chunk_new(struct lexicon *lexicon)
{
	struct chunk *chunk = xcalloc(1, sizeof(*chunk));
	chunk->lexicon = lexicon;
	atomic_fetch_add(&lexicon->references, 1);
	return chunk;
}

void chunk_free(struct chunk *chunk)
{
	if (chunk == NULL)
		return;
	lexicon_free(chunk->lexicon);
	free(chunk->rows);
	free(chunk->runs);
	free(chunk->ingested);
	for (unsigned i = 0; i < LEXICON_DICTS; i++)
		free(chunk->strings[i]);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		free(chunk->entries[i]);
	free(chunk);
}

uint32_t chunk_entry(struct chunk *chunk, enum event_dimension dimension, const struct slice fields[FIELD_COUNT])
{
	const struct dimension_fields *block = &dimension_fields[dimension];
	uint32_t values[DIMENSION_MAX_COLUMNS];
	dict_intern_all(chunk->lexicon->strings[LEXICON_VALUES], fields + block->first, block->columns, values);
	return tuples_intern(&chunk->lexicon->tuples[dimension], values);
}

void chunk_id(struct chunk *chunk, struct slice id, uint64_t *high, uint64_t *low)
{
	event_id_pack(id, high, low);
	if (*high == ODD_ID)
		*low = dict_intern(chunk->lexicon->strings[LEXICON_ODD_IDS], id);
}

void chunk_file(struct chunk *chunk, uint32_t file)
{
	if (chunk->run_count > 0 && chunk->runs[chunk->run_count - 1].file == file)
		return;
	if (chunk->run_count > 0 && chunk->runs[chunk->run_count - 1].first == chunk->count)
		chunk->run_count--; /* a file without rows */
	chunk->runs = array_grow(chunk->runs, &chunk->run_capacity, chunk->run_count + 1, sizeof(*chunk->runs));
	chunk->runs[chunk->run_count++] = (struct file_run){(uint32_t)chunk->count, file};
}

struct chunk_row *chunk_room(struct chunk *chunk, size_t more)
{
	if (chunk->rows == NULL && chunk->lexicon->usual_rows >= more) {
		chunk->capacity = chunk->lexicon->usual_rows;
		chunk->rows = xreallocarray(NULL, chunk->capacity, sizeof(*chunk->rows));
	}
	if (chunk->capacity - chunk->count < more)
		chunk->rows = array_grow(chunk->rows, &chunk->capacity, chunk->count + more, sizeof(*chunk->rows));
	return chunk->rows + chunk->count;
}

void chunk_claim(struct chunk *chunk, size_t rows)
{
	chunk->count += rows;
}

struct chunk_mark chunk_mark(const struct chunk *chunk)
{
	return (struct chunk_mark){chunk->count, chunk->ingested_count};
}

void chunk_rewind(struct chunk *chunk, const struct chunk_mark *mark)
{
	chunk->count = mark->count;
	chunk->ingested_count = mark->ingested_count;
}

/* Rows without event.ingested before the first one with it get TIME_NONE. */
static void set_ingested(struct chunk *chunk, int64_t ingested)
{
	size_t need = chunk->count;
	chunk->ingested = array_grow(chunk->ingested, &chunk->ingested_capacity, need, sizeof(*chunk->ingested));
	while (chunk->ingested_count + 1 < need)
		chunk->ingested[chunk->ingested_count++] = TIME_NONE;
	chunk->ingested[chunk->ingested_count++] = ingested;
}

void chunk_add(struct chunk *chunk, const struct event *event)
{
	chunk_file(chunk, event->file);
	struct chunk_row *row = chunk_room(chunk, 1);
	*row = (struct chunk_row){
		.timestamp = event->timestamp,
		.content = event->content,
		.offset = event->offset,
		.length = event->length,
	};
	chunk_id(chunk, event->id, &row->id_high, &row->id_low);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		row->entry[i] = chunk_entry(chunk, (enum event_dimension)i, event->fields);
	chunk_claim(chunk, 1);
	if (event->ingested != TIME_NONE)
		set_ingested(chunk, event->ingested);
}

void chunk_seal(struct chunk *chunk)
{
	if (chunk->is_sealed)
		return;
	chunk->is_sealed = true;
	struct lexicon *lexicon = chunk->lexicon;
	lexicon->usual_rows = (chunk->count + chunk->count / 16 + ROWS_STEP - 1) / ROWS_STEP * ROWS_STEP;
	for (unsigned k = 0; k < LEXICON_DICTS; k++) {
		uint32_t first = lexicon->told_strings[k] + 1;
		size_t count = dict_count(lexicon->strings[k]) - lexicon->told_strings[k];
		chunk->first_string[k] = first;
		chunk->string_count[k] = count;
		chunk->strings[k] = xreallocarray(NULL, count, sizeof(*chunk->strings[k]));
		for (size_t i = 0; i < count; i++)
			chunk->strings[k][i] = dict_get(lexicon->strings[k], first + (uint32_t)i);
		lexicon->told_strings[k] += (uint32_t)count;
	}
	for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
		const struct tuples *tuples = &lexicon->tuples[d];
		uint32_t first = lexicon->told_entries[d];
		uint32_t count = tuples->count - first;
		chunk->first_entry[d] = first;
		chunk->entry_count[d] = count;
		chunk->entries[d] = xreallocarray(NULL, (size_t)count * tuples->columns, sizeof(uint32_t));
		for (unsigned c = 0; c < tuples->columns && count > 0; c++)
			memcpy(chunk->entries[d] + (size_t)c * count, tuples->column[c] + first,
				count * sizeof(uint32_t));
		lexicon->told_entries[d] = tuples->count;
	}
}
