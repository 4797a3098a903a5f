/* json: see json.h. */
#include "json.h"

#include <math.h>

void json_init(struct json *json, FILE *file, bool is_pretty)
{
	memset(json, 0, sizeof *json);
	json->file = file;
	json->is_pretty = is_pretty;
}

static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static void put_escape(FILE *file, uint32_t c)
{
	if (c >= 0x10000) {
		c -= 0x10000;
		fprintf(file, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
	} else {
		fprintf(file, "\\u%04x", c);
	}
}

static void put_string(FILE *file, const char *text, size_t length)
{
	putc_unlocked('"', file);
	size_t plain = 0; /* start of the run not yet written */
	for (size_t i = 0; i < length;) {
		unsigned char byte = (unsigned char)text[i];
		if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
			i++;
			continue;
		}
		uint32_t c;
		size_t bytes = utf8_decode(text + i, length - i, &c);
		if (bytes > 1 && !is_hidden(c)) {
			i += bytes;
			continue;
		}
		fwrite_unlocked(text + plain, 1, i - plain, file);
		if (bytes == 0)
			fputs_unlocked("\xef\xbf\xbd", file);
		else if (c == '"' || c == '\\')
			fprintf(file, "\\%c", (int)c);
		else if (c == '\n' || c == '\t' || c == '\r')
			fprintf(file, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		else
			put_escape(file, c);
		i += bytes ? bytes : 1;
		plain = i;
	}
	fwrite_unlocked(text + plain, 1, length - plain, file);
	putc_unlocked('"', file);
}

static void new_line(struct json *json)
{
	putc_unlocked('\n', json->file);
	for (unsigned i = 0; i < json->depth; i++)
		fputs_unlocked("  ", json->file);
}

/* Comma, line and name before an item. */
static void begin_item(struct json *json, const char *name, size_t name_length)
{
	bool is_inline = json->is_inline[json->depth];
	if (json->has_items[json->depth])
		fputs_unlocked(is_inline && json->is_pretty ? ", " : ",", json->file);
	json->has_items[json->depth] = true;
	if (json->is_pretty && json->depth > 0 && !is_inline)
		new_line(json);
	if (name) {
		put_string(json->file, name, name_length);
		fputs_unlocked(json->is_pretty ? ": " : ":", json->file);
	}
}

static void begin(struct json *json, const char *name)
{
	begin_item(json, name, name ? strlen(name) : 0);
}

static void push(struct json *json, char bracket)
{
	bool is_inline = bracket == '(' || bracket == '<';
	putc_unlocked(bracket == '(' ? '[' : bracket == '<' ? '{' : bracket, json->file);
	if (++json->depth >= JSON_MAX_DEPTH)
		base_abort("JSON nested deeper than %d", JSON_MAX_DEPTH);
	json->has_items[json->depth] = false;
	json->is_inline[json->depth] = is_inline || json->is_inline[json->depth - 1];
}

void json_open(struct json *json, const char *name, char bracket)
{
	begin(json, name);
	push(json, bracket);
}

void json_close(struct json *json, char bracket)
{
	bool on_own_line = json->is_pretty && json->has_items[json->depth] && !json->is_inline[json->depth];
	json->depth--;
	if (on_own_line)
		new_line(json);
	putc_unlocked(bracket, json->file);
}

void json_put_text(struct json *json, const char *name, struct slice value)
{
	begin(json, name);
	if (value.data)
		put_string(json->file, value.data, value.length);
	else
		fputs_unlocked("null", json->file);
}

void json_put_number(struct json *json, const char *name, double value)
{
	char text[NUMBER_TEXT_SIZE];
	begin(json, name);
	fputs_unlocked(isfinite(value) ? number_format(value, text) : "null", json->file);
}

void json_put_whole(struct json *json, const char *name, uint64_t value)
{
	begin(json, name);
	fprintf(json->file, "%llu", (unsigned long long)value);
}

void json_put_bool(struct json *json, const char *name, bool value)
{
	begin(json, name);
	fputs_unlocked(value ? "true" : "false", json->file);
}

void json_put_time(struct json *json, const char *name, int64_t value)
{
	char text[TIME_TEXT_SIZE];
	if (value == TIME_NONE)
		json_put_none(json, name);
	else
		json_put_text(json, name, slice_of(time_format_iso(value, text)));
}

void json_put_none(struct json *json, const char *name)
{
	begin(json, name);
	fputs_unlocked("null", json->file);
}

static void put_tree(struct json *json, const json_t *value)
{
	char text[NUMBER_TEXT_SIZE];
	const char *key;
	size_t key_length, index;
	json_t *item;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		push(json, '{');
		json_object_keylen_foreach((json_t *)(uintptr_t)value, key, key_length, item)
		{
			begin_item(json, key, key_length);
			put_tree(json, item);
		}
		json_close(json, '}');
		break;
	case JSON_ARRAY:
		push(json, '[');
		json_array_foreach(value, index, item)
		{
			begin(json, NULL);
			put_tree(json, item);
		}
		json_close(json, ']');
		break;
	case JSON_STRING: put_string(json->file, json_string_value(value), json_string_length(value)); break;
	case JSON_INTEGER: fprintf(json->file, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
	case JSON_REAL:
		fputs_unlocked(number_format(json_real_value(value), text), json->file);
		if (!strpbrk(text, ".e"))
			fputs_unlocked(".0", json->file); /* a real stays one for the next reader */
		break;
	case JSON_TRUE: fputs_unlocked("true", json->file); break;
	case JSON_FALSE: fputs_unlocked("false", json->file); break;
	case JSON_NULL: fputs_unlocked("null", json->file); break;
	}
}

void json_put_value(struct json *json, const char *name, const json_t *value)
{
	begin(json, name);
	put_tree(json, value);
}

void json_end_line(struct json *json)
{
	putc_unlocked('\n', json->file);
	json->has_items[0] = false;
}
