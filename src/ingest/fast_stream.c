/* fast_stream: a text of any length through a window that slides over it: the same turns of scanner and careful reader
 * as over a text in memory, with a bounded part of it held at a time. Where a value goes on behind the window, the
 * window grows until it holds the value. */
#include "fast.h"

#include <stdlib.h>

#include "walk.h"

/* An envelope's opening is seen as a whole when this much stands behind its first byte. */
#define OPENING_SIZE 256

/* A table's header is seen as a whole in this much. */
#define HEADER_SIZE ((size_t)1 << 17)

/* A text that is no JSON is looked at for so long, before the rest of it is read. */
#define LOOK_SIZE ((size_t)16 << 20)

struct window {
	struct reader *reader;
	struct fast_stream *stream;
	struct buf text;
	uint64_t base; /* of text.data[0] */
	bool is_ended;
	bool in_array, is_records;
};

static void begin_window(struct window *window)
{
	struct scanner *scanner = window->reader->scanner;
	bool is_behind_comma = scanner->is_behind_comma;
	fast_begin(window->reader, window->text.data, window->base);
	scanner_start(scanner, window->text.data, window->text.length, window->base);
	scanner->is_behind_comma = is_behind_comma;
}

/* Hands over what has been read, and goes on with the text from `keep` on and at least as much more, unless it ends. */
static void slide(struct window *window, size_t keep)
{
	struct fast_state state = fast_state_of(window->reader);
	window->stream->deliver(window->stream, &state);
	struct buf *text = &window->text;
	text->length -= keep;
	if (text->length > 0)
		memmove(text->data, text->data + keep, text->length);
	window->base += keep;
	size_t before = text->length, step = window->stream->step;
	size_t wanted = before + (before > step ? before : step);
	while (!window->is_ended && text->length < wanted)
		window->is_ended = !window->stream->read(window->stream, text);
	buf_reserve(text, SCAN_PADDING);
	memset(text->data + text->length, 0, SCAN_PADDING);
	begin_window(window);
}

/* Behind the last line end, or all of it at the end of the text. */
static size_t whole_lines(const struct window *window, size_t at)
{
	const struct buf *text = &window->text;
	if (window->is_ended)
		return text->length;
	const char *newline = memrchr(text->data + at, '\n', text->length - at);
	return newline != NULL ? (size_t)(newline + 1 - text->data) : at;
}

/* One careful step; SIZE_MAX when it needs more text than the window holds. */
static size_t step_over(struct window *window, size_t at)
{
	struct reader *reader = window->reader;
	struct careful *careful = reader->careful;
	const struct fast_mark mark = fast_mark(reader);
	const struct fast_state before = fast_state_of(reader);
	const char *data = window->text.data;
	careful->lexer.has_met_end = false;
	size_t next = (size_t)(walk_step(careful, data + at, data + window->text.length) - data);
	if ((!careful->lexer.has_met_end && next < window->text.length) || window->is_ended)
		return next;
	fast_rewind(reader, &mark);
	fast_state_restore(reader, &before, data);
	return SIZE_MAX;
}

/* Values at the top. Returns where to go on; SIZE_MAX: at `*need` the window must slide. */
static size_t take_top(struct window *window, size_t at, size_t *need)
{
	struct reader *reader = window->reader;
	const char *data = window->text.data, *end = data + window->text.length;
	at = (size_t)(json_skip_space(data + at, end) - data);
	*need = at;
	if (at == window->text.length || (window->text.length - at < OPENING_SIZE && !window->is_ended))
		return SIZE_MAX;
	bool is_container = data[at] == '{' || data[at] == '[';
	const char *inside = is_container ? fast_open_container(reader, data + at, end, &window->is_records) : NULL;
	if (inside != NULL) {
		window->in_array = true;
		reader->scanner->is_behind_comma = false;
		reader->careful->values++;
		if (reader->careful->container == NULL)
			reader->careful->container = window->is_records ? "records" : "array";
		return (size_t)(inside - data);
	}
	if (data[at] == '{' && reader->format != INPUT_RECORDS && reader->format != INPUT_ARRAY) {
		size_t limit = whole_lines(window, at);
		if (limit == at)
			return SIZE_MAX;
		scanner_start(reader->scanner, data, limit, window->base);
		scanner_restart(reader->scanner, at);
		if (fast_take_lines(reader))
			return limit;
		at = reader->scanner->at;
		*need = at;
	}
	return step_over(window, at);
}

/* Does the text at `at` break, or does it (or what must follow it) only stand behind the window? */
static bool is_broken(struct window *window, size_t at)
{
	struct json_lexer *lexer = &window->reader->careful->lexer;
	const char *data = window->text.data, *end = data + window->text.length;
	if (window->is_ended)
		return true;
	const char *behind = json_lex_value(lexer, data + at, end);
	return behind != NULL ? json_skip_space(behind, end) < end : lexer->fault != JSON_FAULT_ENDS;
}

/* Behind the bracket that closes the records. */
static size_t close_array(struct window *window, size_t at)
{
	const char *data = window->text.data, *end = data + window->text.length;
	const char *behind = json_skip_space(data + at, end);
	if (behind == end && window->is_records && !window->is_ended)
		return SIZE_MAX;
	window->in_array = false;
	return (size_t)(behind - data) + (window->is_records && behind < end && *behind == '}');
}

/* Records of an array. What breaks is left to the top: there its remaining elements are values like others. */
static size_t take_array(struct window *window, size_t at, size_t *need)
{
	struct reader *reader = window->reader;
	struct scanner *scanner = reader->scanner;
	bool is_behind_comma = scanner->is_behind_comma;
	scanner_start(scanner, window->text.data, window->text.length, window->base);
	scanner_restart(scanner, at);
	scanner->is_behind_comma = is_behind_comma;
	enum scan_stop stop;
	do
		stop = fast_scan(reader, SCAN_ARRAY);
	while (stop == SCAN_STOP_DECLINED && fast_take_element(reader));
	*need = scanner->at;
	if (stop == SCAN_STOP_CLOSED) {
		*need = scanner->at - 1; /* the bracket */
		return close_array(window, scanner->at);
	}
	if (!window->is_ended && (scanner->at == window->text.length || !is_broken(window, scanner->at)))
		return SIZE_MAX;
	window->in_array = false;
	if (scanner->at == window->text.length)
		reader_skip(reader, SKIP_TRUNCATED_JSON, window->base + scanner->at, 0, "the text ends early");
	return scanner->at;
}

static bool is_json(const struct reader *reader, const char *data, size_t length)
{
	const char *end = data + length, *first = fast_first(data, end);
	return reader->is_fast && first < end && (*first == '{' || *first == '[') &&
	       memchr(data, 0, length < 64 ? length : 64) == NULL;
}

static size_t mark_size(const char *data, size_t length)
{
	return length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool is_table(const struct reader *reader, const char *data, size_t length)
{
	return (reader->format == INPUT_AUTO || reader->format == INPUT_CSV) &&
	       csv_recognise(data + mark_size(data, length), data + length);
}

bool fast_is_for_window(const struct reader *reader, const char *data, size_t length)
{
	return is_json(reader, data, length) || is_table(reader, data, length);
}

static void read_window(struct window *window)
{
	for (size_t at = 0, need = 0;;) {
		at = window->in_array ? take_array(window, at, &need) : take_top(window, at, &need);
		if (at != SIZE_MAX)
			continue;
		if (window->is_ended)
			return;
		at = 0;
		slide(window, need);
	}
}

/* Rows of a table. */
static void read_table(struct window *window)
{
	struct careful *careful = window->reader->careful;
	const struct buf *text = &window->text;
	struct csv_table *table = csv_table_new();
	careful->is_table = true;
	size_t at = mark_size(text->data, text->length);
	for (bool has_header = false;;) {
		const char *data = text->data, *end = data + text->length, *next = NULL;
		bool is_whole = window->is_ended && !window->stream->is_cut;
		if (!has_header)
			next = csv_take_header(careful, table, data + at, end, is_whole);
		else if (at < text->length)
			next = csv_take_row(careful, table, data + at, end, is_whole);
		if (next != NULL) {
			has_header = true;
			at = (size_t)(next - data);
			continue;
		}
		if (window->is_ended)
			break;
		slide(window, at);
		at = 0;
	}
	careful->is_table = false;
	csv_table_free(table);
}

static void note_rest(struct reader *reader)
{
	if (reader->skip_count == 0)
		return;
	struct skip *last = &reader->skips[reader->skip_count - 1];
	char *told = last->detail;
	last->detail = xasprintf("%s%sthe rest was not looked at", told ? told : "", told ? "; " : "");
	free(told);
}

/* Shapes that need to be seen as a whole; but where the beginning tells that nothing can be read, it is enough. */
static void read_whole(struct window *window)
{
	struct reader *reader = window->reader;
	struct buf *text = &window->text;
	bool is_hopeless = false;
	size_t looked = 0;
	while (!window->is_ended && !is_hopeless) {
		slide(window, 0);
		if (looked == 0 && text->length >= LOOK_SIZE) {
			looked = text->length;
			is_hopeless = careful_is_hopeless(reader->careful, text->data, looked);
		}
	}
	struct careful *careful = reader->careful;
	const char *wrapping = careful_file(careful, text->data, text->length, 0, &reader->sink);
	if (careful->container == NULL)
		careful->container = wrapping;
	careful->fault_at = NULL; /* told already */
	if (is_hopeless)
		note_rest(reader);
}

struct fast_state fast_stream_read(struct reader *reader, struct fast_stream *stream)
{
	struct window window = {.reader = reader, .stream = stream};
	fast_begin(reader, "", 0);
	slide(&window, 0);
	struct buf *text = &window.text;
	bool is_value = is_json(reader, text->data, text->length);
	while (!is_value && !window.is_ended && text->length < HEADER_SIZE)
		slide(&window, 0);
	if (is_value)
		read_window(&window);
	else if (is_table(reader, text->data, text->length))
		read_table(&window);
	else
		read_whole(&window);
	buf_free(&window.text);
	return fast_state_of(reader);
}
