/* scan_compare: one text read twice, by the fast path and by the careful reader alone, and what came out compared: every
 * row with every field, and the ledger. Shared by the unit test and the fuzz target. */
#ifndef SCAN_COMPARE_H
#define SCAN_COMPARE_H

#include <stdio.h>
#include <stdlib.h>

#include "../src/ingest/fast.h"
#include "../src/ingest/json_text.h"
#include "../src/ingest/scan.h"
#include "own_chunk.h"

struct heard {
	struct store *store;
	struct skip *skips;
	size_t skip_count;
};

static inline void heard_free(struct heard *heard)
{
	store_free(heard->store);
	ledger_free(heard->skips, heard->skip_count);
}

/* variant NULL: the careful reader alone. */
static inline struct heard hear(const char *text, size_t length, const char *variant, enum input_format format)
{
	struct load_options options = {.format = format, .since = TIME_NONE, .until = TIME_NONE};
	struct reader *reader = reader_new(&options);
	if (variant == NULL)
		reader->is_fast = false;
	else if (!scanner_use(reader->scanner, variant))
		abort();
	/* At the end of its own allocation, so that a sanitizer sees a step beyond. */
	char *copy = xcalloc(length + SCAN_PADDING, 1);
	if (length > 0)
		memcpy(copy, text, length);
	reader_begin(reader);
	reader_file(reader, 0, true);
	(void)fast_text(reader, copy, length);
	struct builder *builder = builder_new(&(struct builder_options){.keep_duplicates = true});
	builder_merge(builder, reader->chunk);
	reader->chunk = NULL;
	struct heard heard = {builder_finish(builder, 1), reader->skips, reader->skip_count};
	reader->skips = NULL;
	reader->skip_count = 0;
	builder_free(builder);
	reader_free(reader);
	free(copy);
	return heard;
}

static inline const char *row_difference(const struct store *a, const struct store *b, uint32_t row)
{
	if (a->timestamp[row] != b->timestamp[row])
		return "@timestamp";
	if (a->id_key[row] != b->id_key[row])
		return "event.id";
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		struct slice one = store_text(a, (enum event_field)field, row),
			     two = store_text(b, (enum event_field)field, row);
		if ((one.data == NULL) != (two.data == NULL) || !slice_equals(one, two))
			return event_fields[field].name;
	}
	return NULL;
}

/* What differs, or NULL. Offsets and lengths too, unless only the meaning counts. */
static inline const char *heard_difference(const struct heard *a, const struct heard *b, bool with_places)
{
	if (a->store->count != b->store->count)
		return "the number of events";
	if (a->store->conflicts != b->store->conflicts)
		return "the number of conflicts";
	for (uint32_t row = 0; row < a->store->count; row++) {
		if (with_places && (a->store->offset[row] != b->store->offset[row] ||
					   a->store->length[row] != b->store->length[row]))
			return "the place of a record";
		const char *difference = row_difference(a->store, b->store, row);
		if (difference != NULL)
			return difference;
	}
	if (!with_places)
		return NULL;
	if (a->skip_count != b->skip_count)
		return "the number of ledger entries";
	for (size_t i = 0; i < a->skip_count; i++) {
		const struct skip *one = &a->skips[i], *two = &b->skips[i];
		if (one->reason != two->reason || one->offset != two->offset || one->length != two->length ||
			one->count != two->count)
			return "a ledger entry";
		if ((one->detail == NULL) != (two->detail == NULL) ||
			(one->detail != NULL && strcmp(one->detail, two->detail) != 0))
			return "the detail of a ledger entry";
	}
	return NULL;
}

static inline bool is_json(const char *text, size_t length)
{
	static struct json_lexer lexer;
	return json_lex_value(&lexer, text, text + length) == text + length;
}

/* The one allowed difference: a record that is no JSON, but only inside values that no field reads. Those values are
 * replaced by null; then both readers must agree, and the fast one must find the same as before. */
static inline bool is_garbage_unread(const char *text, size_t length, const char *variant)
{
	/* In an array, for a record may hold line ends; behind some space, so that a NUL early in it is not taken for the mark
	 * of UTF-16 text. */
	struct buf wrapped = BUF_EMPTY;
	buf_printf(&wrapped, "[%80s", "");
	buf_add(&wrapped, text, length);
	buf_add_char(&wrapped, ']');
	char *copy = xcalloc(wrapped.length + SCAN_PADDING, 1);
	memcpy(copy, wrapped.data, wrapped.length);
	struct scanner *scanner = scanner_new();
	scanner_use(scanner, variant);
	struct chunk *chunk = own_chunk();
	scanner->chunk = chunk;
	scanner_start(scanner, copy, wrapped.length, 0);
	scanner->at = 1;
	bool is_taken = scanner_run(scanner, SCAN_ARRAY, SIZE_MAX) == SCAN_STOP_CLOSED && scanner->events == 1;
	const struct scan_record *record = &scanner->turns[0].record;
	struct buf mended = BUF_EMPTY;
	buf_add_char(&mended, '{');
	for (unsigned key = 0; is_taken && key < SCAN_KEY_COUNT; key++) {
		if ((record->seen >> key & 1) == 0)
			continue;
		struct slice value = record->values[key];
		if (mended.length > 1)
			buf_add_char(&mended, ',');
		buf_add(&mended, scan_patterns[key].text, scan_patterns[key].length);
		bool is_long = key == SCAN_errorMessage && value.length > 32;
		bool is_unread = key == SCAN_eventVersion || key == SCAN_requestParameters ||
				 key == SCAN_responseElements || key == SCAN_additionalEventData ||
				 key == SCAN_requestID || key == SCAN_resources || key == SCAN_apiVersion ||
				 key == SCAN_managementEvent || key == SCAN_recipientAccountId ||
				 key == SCAN_sharedEventID || key == SCAN_vpcEndpointId ||
				 key == SCAN_vpcEndpointAccountId || key >= SCAN_serviceEventDetails;
		if (is_json(value.data, value.length) || (!is_long && !is_unread))
			buf_add(&mended, value.data, value.length);
		else
			buf_add_text(&mended, is_long ? "\"the message\"" : "null");
	}
	buf_add_char(&mended, '}');
	bool is_allowed = false;
	if (is_taken) {
		struct heard before = hear(wrapped.data, wrapped.length, variant, INPUT_AUTO);
		struct heard fast = hear(mended.data, mended.length, variant, INPUT_AUTO);
		struct heard careful = hear(mended.data, mended.length, NULL, INPUT_AUTO);
		is_allowed = heard_difference(&fast, &careful, true) == NULL &&
			     heard_difference(&before, &fast, false) == NULL;
		heard_free(&before);
		heard_free(&fast);
		heard_free(&careful);
	}
	buf_free(&mended);
	buf_free(&wrapped);
	chunk_free(chunk);
	scanner_free(scanner);
	free(copy);
	return is_allowed;
}

/* NULL when both readings agree, or differ only as they may. `garbage` counts the latter. */
static inline const char *compare_readings(
	const char *text, size_t length, const char *variant, enum input_format format, unsigned *garbage)
{
	struct heard fast = hear(text, length, variant, format), careful = hear(text, length, NULL, format);
	const char *difference = heard_difference(&fast, &careful, true);
	for (uint32_t row = 0; difference != NULL && row < fast.store->count; row++) {
		const char *record = text + fast.store->offset[row];
		if (is_json(record, fast.store->length[row]))
			continue;
		if (is_garbage_unread(record, fast.store->length[row], variant)) {
			(*garbage)++;
			difference = NULL;
		}
	}
	heard_free(&fast);
	heard_free(&careful);
	return difference;
}

#endif
