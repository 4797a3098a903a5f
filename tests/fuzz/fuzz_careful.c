/* Fuzzes the careful reader: whatever the bytes are, every event and every skip lies inside them, events come in order,
 * and the bytes of an event alone give a record again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/ingest/json_text.h"
#include "../../src/ingest/parts.h"
#include "../../src/ingest/unwrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
	const char *data;
	size_t size;
	uint64_t behind; /* no event may begin before it */
	bool is_table;
};

static void bad(const char *what)
{
	fprintf(stderr, "%s\n", what);
	abort();
}

static void take_skip(
	void *context, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count, const char *detail)
{
	struct check *check = context;
	if (reason >= SKIP_REASON_COUNT || count == 0)
		bad("a skip without reason or count");
	if (offset > check->size || length > check->size - offset)
		bad("a skip outside the input");
	if (detail && strlen(detail) > 400)
		bad("a detail too long to read");
}

static void take_again(void *context, const struct found *found)
{
	(void)found;
	++*(size_t *)context;
}

static void take_event(void *context, struct event *event)
{
	struct check *check = context;
	if (event->timestamp == TIME_NONE)
		bad("an event without a time");
	if (event->offset > check->size || event->length == 0 || event->length > check->size - event->offset)
		bad("an event outside the input");
	if (event->offset < check->behind)
		bad("events out of order");
	check->behind = event->offset;
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (event->fields[f].data && event->fields[f].length == 0)
			bad("an empty field");
	}
	if (check->is_table)
		return;
	json_t *value = json_parse_text(check->data + event->offset, event->length);
	size_t count = 0;
	if (!value || unwrap_value(value, INPUT_AUTO, take_again, &count, NULL) == 0 || count == 0)
		bad("an event that its bytes do not give again");
	json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size + 1);
	memcpy(copy, data, size);
	copy[size] = 0;
	struct careful *careful = careful_new(INPUT_AUTO, ECS_COMPAT_8_9);
	/* Rows of a table need their header, so only their place is checked. */
	struct check check = {copy, size, 0, size > 0 && copy[0] != '{' && copy[0] != '['};
	struct sink sink = {&check, take_event, take_skip};
	if (!careful_file(careful, copy, size, 0, &sink))
		bad("no name for what it was");
	careful_free(careful);
	free(copy);
	return 0;
}
