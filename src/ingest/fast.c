/* fast: the scanner and the careful reader, taking turns over one text. The scanner takes records; at the first byte it
 * is not sure of, the careful reader takes one step, and the scanner goes on behind it. */
#include "fast.h"

#include <stdio.h>
#include <stdlib.h>

#include "scan.h"
#include "walk.h"

/* ---- what comes out ---- */

static void take_event(void *context, struct event *event)
{
	struct reader *reader = context;
	if (event->timestamp < reader->since || event->timestamp > reader->until) {
		reader_skip(reader, SKIP_PRUNED_TIME, event->offset, event->length, NULL);
		return;
	}
	event->file = reader->file;
	chunk_add(reader->chunk, event);
	reader->events++;
}

static void take_skip(
	void *context, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count, const char *detail)
{
	struct reader *reader = context;
	if (reason == SKIP_PRUNED_TIME) {
		if (reader->pruned.count == 0)
			reader->pruned.offset = offset;
		reader->pruned.count += count;
		reader->pruned.length += length;
		return;
	}
	/* A file that should have been a log is a loss, whatever it is. */
	if (reason == SKIP_OTHER_FILE && reader->is_expected)
		reason = detail && strncmp(detail, "text", 4) == 0 ? SKIP_BAD_JSON : SKIP_BINARY;
	struct skip *last = reader->skip_count > 0 ? &reader->skips[reader->skip_count - 1] : NULL;
	if (last != NULL && last->file == reader->file && last->reason == reason) {
		last->count += count;
		last->length += length;
		return;
	}
	reader->skips =
		array_grow(reader->skips, &reader->skip_capacity, reader->skip_count + 1, sizeof(*reader->skips));
	reader->skips[reader->skip_count++] = (struct skip){reader->file, offset, length, reason, count,
		detail != NULL && *detail != '\0' ? xstrdup(detail) : NULL};
}

void reader_skip(struct reader *reader, enum skip_reason reason, uint64_t offset, uint64_t length, const char *detail)
{
	take_skip(reader, reason, offset, length, 1, detail);
}

void reader_skips(struct reader *reader, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count,
	const char *detail)
{
	take_skip(reader, reason, offset, length, count, detail);
}

/* ---- the reader ---- */

struct reader *reader_new(const struct load_options *options)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));
	reader->format = options->format;
	reader->since = options->since != TIME_NONE ? options->since : INT64_MIN;
	reader->until = options->until != TIME_NONE ? options->until : INT64_MAX;
	reader->sink = (struct sink){reader, take_event, take_skip};
	reader->careful = careful_new(options->format, options->compat);
	reader->scanner = scanner_new();
	reader->scanner->since = reader->since;
	reader->scanner->until = reader->until;
	reader->scanner->sink = &reader->sink;
	reader->lexicon = lexicon_new();
	reader->is_fast = options->compat == ECS_COMPAT_8_9 &&
			  (options->format == INPUT_AUTO || options->format == INPUT_RECORDS ||
				  options->format == INPUT_ARRAY || options->format == INPUT_NDJSON);
	return reader;
}

void reader_free(struct reader *reader)
{
	if (reader == NULL)
		return;
	chunk_free(reader->chunk);
	ledger_free(reader->skips, reader->skip_count);
	careful_free(reader->careful);
	scanner_free(reader->scanner);
	lexicon_free(reader->lexicon);
	free(reader);
}

void reader_begin(struct reader *reader)
{
	reader->chunk = chunk_new(reader->lexicon);
	reader->scanner->chunk = reader->chunk;
	reader->skips = NULL;
	reader->skip_count = reader->skip_capacity = 0;
}

void reader_file(struct reader *reader, uint32_t file, bool is_expected)
{
	chunk_file(reader->chunk, file);
	reader->file = file;
	reader->is_expected = is_expected;
	reader->events = 0;
	reader->pruned = (struct skip){.file = file, .reason = SKIP_PRUNED_TIME};
}

struct fast_mark fast_mark(const struct reader *reader)
{
	struct fast_mark mark = {
		.chunk = chunk_mark(reader->chunk),
		.events = reader->events,
		.skip_count = reader->skip_count,
		.pruned = reader->pruned,
	};
	if (reader->skip_count > 0)
		mark.last_skip = reader->skips[reader->skip_count - 1];
	return mark;
}

void fast_rewind(struct reader *reader, const struct fast_mark *mark)
{
	chunk_rewind(reader->chunk, &mark->chunk);
	reader->events = mark->events;
	reader->pruned = mark->pruned;
	for (size_t i = mark->skip_count; i < reader->skip_count; i++)
		free(reader->skips[i].detail);
	reader->skip_count = mark->skip_count;
	if (mark->skip_count > 0)
		reader->skips[mark->skip_count - 1] = mark->last_skip;
}

/* ---- texts ---- */

void fast_begin(struct reader *reader, const char *data, uint64_t offset)
{
	struct careful *careful = reader->careful;
	careful->sink = &reader->sink;
	careful->data = data;
	careful->offset = offset;
	careful->events = 0;
	careful->container = careful->wrapping = NULL;
	careful->is_probe = false;
	walk_begin(careful);
}

enum scan_stop fast_scan(struct reader *reader, enum scan_mode mode)
{
	struct scanner *scanner = reader->scanner;
	uint64_t events = scanner->events, records = scanner->records;
	enum scan_stop stop = scanner_run(scanner, mode, SIZE_MAX);
	reader->events += scanner->events - events;
	reader->careful->events += scanner->records - records;
	return stop;
}

const char *fast_open_container(const struct reader *reader, const char *at, const char *end, bool *is_records)
{
	static const char key[] = "\"Records\"";
	*is_records = *at == '{';
	if ((*is_records ? reader->format == INPUT_ARRAY : reader->format == INPUT_RECORDS) ||
		reader->format == INPUT_NDJSON)
		return NULL;
	if (*is_records) {
		at = json_skip_space(at + 1, end);
		if ((size_t)(end - at) < sizeof(key) - 1 || memcmp(at, key, sizeof(key) - 1) != 0)
			return NULL;
		at = json_skip_space(at + sizeof(key) - 1, end);
		if (at == end || *at != ':')
			return NULL;
		at = json_skip_space(at + 1, end);
	}
	return at < end && *at == '[' ? at + 1 : NULL;
}

bool fast_take_element(struct reader *reader)
{
	struct scanner *scanner = reader->scanner;
	struct careful *careful = reader->careful;
	const char *at = scanner->data + scanner->at, *behind = scanner->data + scanner->end;
	if (json_lex_value(&careful->lexer, at, scanner->data + scanner->length) != behind ||
		!scanner_skip_element(scanner))
		return false;
	(void)walk_value(careful, at, behind, careful->lexer.deepest, 1, false);
	return true;
}

/* A whole container from `at` on. Returns the byte behind it, or NULL when it must be read carefully (nothing was
 * taken then). */
static const char *take_container(struct reader *reader, const char *at, const char *end)
{
	bool is_records;
	const char *inside = fast_open_container(reader, at, end, &is_records);
	if (inside == NULL)
		return NULL;
	struct fast_mark mark = fast_mark(reader);
	struct scanner *scanner = reader->scanner;
	scanner_restart(scanner, (size_t)(inside - scanner->data));
	enum scan_stop stop;
	while ((stop = fast_scan(reader, SCAN_ARRAY)) == SCAN_STOP_DECLINED)
		if (!fast_take_element(reader))
			break;
	const char *behind = scanner->data + scanner->at;
	if (is_records && stop == SCAN_STOP_CLOSED) {
		behind = json_skip_space(behind, end);
		stop = behind < end && *behind == '}' ? stop : SCAN_STOP_LOST;
		behind++;
	}
	if (stop != SCAN_STOP_CLOSED) {
		fast_rewind(reader, &mark);
		return NULL;
	}
	if (reader->careful->container == NULL)
		reader->careful->container = is_records ? "records" : "array";
	reader->careful->values++;
	return behind;
}

bool fast_take_lines(struct reader *reader)
{
	uint64_t before = reader->scanner->records;
	enum scan_stop stop = fast_scan(reader, SCAN_LINES);
	reader->careful->values += reader->scanner->records - before;
	return stop == SCAN_STOP_END;
}

const char *fast_first(const char *data, const char *end)
{
	if (end - data >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		data += 3;
	return json_skip_space(data, end);
}

const char *fast_text(struct reader *reader, const char *data, size_t length)
{
	const char *end = data + length, *at = fast_first(data, end);
	bool is_json = at < end && (*at == '{' || *at == '[');
	if (!reader->is_fast || !is_json || memchr(data, 0, length < 64 ? length : 64) != NULL ||
		csv_recognise(data, end))
		return careful_file(reader->careful, data, length, 0, &reader->sink);
	struct careful *careful = reader->careful;
	struct scanner *scanner = reader->scanner;
	scanner_start(scanner, data, length, 0);
	fast_begin(reader, data, 0);
	while (at < end) {
		if (*at == '{' || *at == '[') {
			const char *behind = take_container(reader, at, end);
			if (behind != NULL) {
				at = json_skip_space(behind, end);
				continue;
			}
		}
		if (*at == '{' && reader->format != INPUT_RECORDS && reader->format != INPUT_ARRAY) {
			scanner_restart(scanner, (size_t)(at - data));
			if (fast_take_lines(reader))
				break;
			at = data + scanner->at;
		}
		at = json_skip_space(walk_step(careful, at, end), end);
	}
	walk_finish(careful);
	return careful->wrapping != NULL ? careful->wrapping : careful->container;
}

/* ---- ranges of lines ---- */

bool fast_is_lines(struct reader *reader, const char *data, size_t length)
{
	const char *end = data + length, *at = fast_first(data, end);
	bool is_records, is_asked = reader->format == INPUT_AUTO || reader->format == INPUT_NDJSON;
	if (!reader->is_fast || !is_asked || at == end || *at != '{' ||
		fast_open_container(reader, at, end, &is_records) != NULL)
		return false;
	const char *newline = memchr(at, '\n', (size_t)(end - at));
	if (newline == NULL || memchr(data, 0, length < 64 ? length : 64) != NULL)
		return false;
	struct json_lexer *lexer = &reader->careful->lexer;
	const char *behind = json_lex_value(lexer, at, newline);
	return behind != NULL && json_skip_space(behind, newline) == newline;
}

struct fast_state fast_state_of(const struct reader *reader)
{
	const struct careful *careful = reader->careful;
	struct fast_state state = {
		.values = careful->values,
		.events = careful->events,
		.container = careful->container,
		.wrapping = careful->wrapping,
		.has_fault = careful->fault_at != NULL,
		.is_cut = careful->is_cut,
		.is_damage_reported = careful->is_damage_reported,
		.fault_text = careful->fault_text,
	};
	if (state.has_fault)
		state.fault_offset = careful->offset + (uint64_t)(careful->fault_at - careful->data);
	return state;
}

void fast_state_restore(struct reader *reader, const struct fast_state *state, const char *data)
{
	struct careful *careful = reader->careful;
	careful->data = data;
	careful->values = state->values;
	careful->events = state->events;
	careful->container = state->container;
	careful->wrapping = state->wrapping;
	careful->fault_at = state->has_fault ? data + (state->fault_offset - careful->offset) : NULL;
	careful->is_cut = state->is_cut;
	careful->is_damage_reported = state->is_damage_reported;
	careful->fault_text = state->fault_text;
}

/* One careful step that may need text behind the range. */
static size_t step_over(struct reader *reader, struct fast_range *range, size_t at)
{
	struct careful *careful = reader->careful;
	const struct fast_mark mark = fast_mark(reader);
	const struct fast_state before = fast_state_of(reader);
	for (;;) {
		careful->lexer.has_met_end = false;
		size_t length = range->length;
		size_t next = (size_t)(walk_step(careful, range->data + at, range->data + length) - range->data);
		bool is_open = careful->lexer.has_met_end || next == length;
		if (!is_open || !range->more(range))
			return next;
		fast_rewind(reader, &mark);
		fast_state_restore(reader, &before, range->data);
	}
}

size_t fast_lines(struct reader *reader, struct fast_range *range, struct fast_state *state)
{
	const size_t length = range->length;
	fast_begin(reader, range->data, range->offset);
	size_t at = 0;
	scanner_start(reader->scanner, range->data, length, range->offset);
	while (!fast_take_lines(reader)) {
		const char *data = range->data;
		at = step_over(reader, range, reader->scanner->at);
		if (at >= length)
			break;
		if (range->data != data)
			scanner_start(reader->scanner, range->data, length, range->offset);
		scanner_restart(reader->scanner, at);
	}
	*state = fast_state_of(reader);
	return at > length ? at : length;
}

const char *fast_state_wrapping(const struct fast_state *state)
{
	if (state->wrapping != NULL)
		return state->wrapping;
	return state->container != NULL ? state->container : state->values > 1 ? "ndjson" : "object";
}

void fast_state_join(struct fast_state *state, const struct fast_state *later)
{
	state->values += later->values;
	state->events += later->events;
	if (state->container == NULL)
		state->container = later->container;
	if (state->wrapping == NULL)
		state->wrapping = later->wrapping;
	else if (later->wrapping != NULL && strcmp(state->wrapping, later->wrapping) != 0)
		state->wrapping = "several wrappings";
	if (!state->has_fault && later->has_fault) {
		state->has_fault = true;
		state->is_cut = later->is_cut;
		state->fault_offset = later->fault_offset;
		state->fault_text = later->fault_text;
	}
	state->is_damage_reported |= later->is_damage_reported;
}

bool fast_state_fault(const struct fast_state *state, struct skip *skip, char detail[FAST_DETAIL_SIZE])
{
	if (!state->has_fault || state->is_damage_reported)
		return false;
	skip->reason = state->is_cut ? SKIP_TRUNCATED_JSON : SKIP_BAD_JSON;
	skip->offset = state->fault_offset;
	skip->length = 0;
	skip->count = 1;
	snprintf(detail, FAST_DETAIL_SIZE, "%s; every record around it was read", state->fault_text);
	skip->detail = detail;
	return true;
}
