/* Any text is either refused with a column inside it, or a query that runs, agrees with itself row by row, and whose
 * values survive being written as a query again. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "raretrail/query.h"

#include "own_chunk.h"
#include "store_of.h"

#define NOW INT64_C(1778191200000)

static struct store *make_store(void)
{
	static const char *const users[] = {"alice", "ci-deploy", "d\xc3\xb6rte*", "line\nbreak", "\xff", NULL};
	static const char *const addresses[] = {"10.1.2.3", "2001:db8::1", "ec2.amazonaws.com", NULL};
	struct chunk *chunk = own_chunk();
	for (uint32_t i = 0; i < 200; i++) {
		char id[8] = {'e', (char)('0' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10)};
		struct event event = {.timestamp = NOW - (int64_t)i * HOUR_MS,
			.ingested = TIME_NONE,
			.id = slice_of(id),
			.offset = i,
			.content = i};
		event.fields[FIELD_USER_NAME] = slice_of(users[i % COUNT_OF(users)]);
		event.fields[FIELD_SOURCE_ADDRESS] = slice_of(addresses[i % COUNT_OF(addresses)]);
		if (i % COUNT_OF(addresses) < 2) {
			event.fields[FIELD_SOURCE_IP] = event.fields[FIELD_SOURCE_ADDRESS];
			event.fields[FIELD_AS_NUMBER] = slice_of(i % 2 ? "14618" : "209");
		}
		event.fields[FIELD_ACTION] = slice_of(i % 3 ? "GetObject" : "CreateUser");
		chunk_add(chunk, &event);
	}
	return store_of(chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct store *store;
	if (!store)
		store = make_store();
	char *text = xmalloc(size + 1);
	memcpy(text, data, size);
	text[size] = 0;
	struct err err = {0};
	struct query *query = query_parse(text, NOW, &err);
	if (!query) {
		assert(err.code != ERR_NONE && err.text[0]);
		assert(err.offset <= strlen(text));
		free(text);
		return 0;
	}
	uint32_t matched;
	uint64_t *bits = query_run(query, store, &matched);
	struct query_plan *plan = query_plan_new(query, store);
	uint32_t counted = 0;
	for (uint32_t row = 0; row < store->count; row++) {
		bool is_kept = bits[row / 64] >> row % 64 & 1;
		assert(is_kept == query_plan_match(plan, row));
		counted += is_kept;
	}
	assert(counted == matched);
	query_plan_free(plan);
	free(bits);
	query_free(query);

	struct buf term = BUF_EMPTY;
	query_format_term(&term, FIELD_USER_NAME, slice_of(text));
	query = query_parse(term.data, NOW, &err);
	assert(query);
	query_free(query);
	buf_free(&term);
	free(text);
	return 0;
}
