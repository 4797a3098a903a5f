/* Fuzzes the reader of tables: behind the header of an export, whatever follows is a row, or a skip that lies inside the
 * input; and a row can be read again by its place. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/ingest/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char header[] = "User name,Event time,Event source,Event name,userIdentity,requestParameters\n";

struct check {
	const char *data;
	size_t size;
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
	(void)reason;
	(void)detail;
	if (count == 0 || offset > check->size || length > check->size - offset)
		bad("a skip outside the input");
}

static void take_event(void *context, struct event *event)
{
	struct check *check = context;
	if (event->length == 0 || event->offset > check->size || event->length > check->size - event->offset)
		bad("a row outside the input");
	const char *at = check->data + event->offset;
	json_t *row = csv_read_row(check->data, check->data + check->size, at, at + event->length);
	if (!row)
		bad("a row that its place does not give again");
	json_decref(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = sizeof header - 1 + size;
	char *text = xmalloc(length + 1);
	memcpy(text, header, sizeof header - 1);
	memcpy(text + sizeof header - 1, data, size);
	text[length] = 0;
	struct check check = {text, length};
	struct sink sink = {&check, take_event, take_skip};
	struct careful *careful = careful_new(INPUT_CSV, ECS_COMPAT_8_9);
	careful_file(careful, text, length, 0, &sink);
	careful_free(careful);
	free(text);
	return 0;
}
