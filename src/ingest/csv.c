/* csv: tables as RFC 4180 writes them, with the separators that spreadsheets use (comma, semicolon, tab). A row that
 * cannot be read costs itself only: reading goes on at the next line. */
#include <stdlib.h>

#include "unwrap.h"
#include "walk.h"

#define MAX_COLUMNS 512

/* A quote that is not closed so far behind it never is: a window need not hold more. */
#define MAX_QUOTED ((size_t)64 << 20)

struct csv {
	char separator;
	struct buf text; /* unquoted cells of the current row, each NUL-terminated */
	size_t starts[MAX_COLUMNS], lengths[MAX_COLUMNS];
	size_t count;
	const char *why; /* of a row that cannot be read */
	bool is_open; /* the text ends before the row does, unless it ends with it */
};

static bool csv_cell(struct csv *csv, const char **at, const char *end)
{
	const char *c = *at;
	if (csv->count == MAX_COLUMNS) {
		csv->why = "too many columns";
		return false;
	}
	csv->starts[csv->count] = csv->text.length;
	if (c < end && *c == '"') {
		for (c++;;) {
			size_t left = (size_t)(end - c);
			const char *quote = memchr(c, '"', left < MAX_QUOTED ? left : MAX_QUOTED);
			if (!quote) {
				csv->is_open = left < MAX_QUOTED;
				csv->why = "a quote is never closed";
				return false;
			}
			buf_add(&csv->text, c, (size_t)(quote - c));
			c = quote + 1;
			if (c == end || *c != '"')
				break;
			buf_add_char(&csv->text, '"');
			c++;
		}
		if (c < end && *c != csv->separator && *c != '\n' && *c != '\r') {
			csv->why = "text after a closing quote";
			return false;
		}
	} else {
		const char *from = c;
		while (c < end && *c != csv->separator && *c != '\n' && *c != '\r')
			c++;
		buf_add(&csv->text, from, (size_t)(c - from));
	}
	csv->lengths[csv->count] = csv->text.length - csv->starts[csv->count];
	buf_add_char(&csv->text, 0);
	csv->count++;
	*at = c;
	return true;
}

static const char *line_end(const char *at, const char *end)
{
	while (at < end && *at != '\n' && *at != '\r')
		at++;
	return at;
}

static const char *next_line(const char *at, const char *end)
{
	if (at < end && *at == '\r')
		at++;
	if (at < end && *at == '\n')
		at++;
	return at;
}

/* Reads the row at `at`. Returns the byte at its line end; NULL when it cannot be read. */
static const char *csv_row(struct csv *csv, const char *at, const char *end)
{
	csv->text.length = 0;
	csv->count = 0;
	csv->is_open = false;
	for (;;) {
		if (!csv_cell(csv, &at, end))
			return NULL;
		csv->is_open = at == end;
		if (csv->is_open || *at != csv->separator)
			return at;
		at++;
	}
}

static void csv_slices(const struct csv *csv, struct slice *out)
{
	for (size_t i = 0; i < csv->count; i++)
		out[i] = (struct slice){csv->text.data + csv->starts[i], csv->lengths[i]};
}

/* Excel's "sep=;" line may stand before the header. */
static const char *skip_hint(const char *at, const char *end)
{
	if (end - at >= 5 && memcmp(at, "sep=", 4) == 0)
		at = next_line(line_end(at, end), end);
	while (at < end && (*at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* The header row, whichever separator it uses. *export is NULL when the columns are unknown. */
static const char *csv_header(struct csv *header, const char *at, const char *end, const char **export)
{
	static const char separators[] = ",;\t";
	struct slice names[MAX_COLUMNS];
	*export = NULL;
	at = skip_hint(at, end);
	const char *behind = NULL;
	for (const char *separator = separators; *separator; separator++) {
		header->separator = *separator;
		behind = csv_row(header, at, end);
		if (!behind)
			continue;
		csv_slices(header, names);
		/* Zeroes, where a file was never written to its end, would hide in a name. */
		*export = memchr(at, 0, (size_t)(behind - at)) ? NULL : table_recognise(names, header->count);
		if (*export)
			return behind;
	}
	header->separator = ',';
	return csv_row(header, at, end);
}

bool csv_recognise(const char *data, const char *end)
{
	if (data == end || *data == '{' || *data == '[')
		return false;
	/* A header is one line of some length; more is not looked at. */
	const char *stop = line_end(skip_hint(data, end), end);
	if (stop == data || stop - data > 65536)
		return false;
	struct csv header = {0};
	const char *export;
	bool is_table = csv_header(&header, data, stop, &export) && export;
	buf_free(&header.text);
	return is_table;
}

static json_t *row_record(const struct csv *header, const struct csv *row)
{
	struct slice names[MAX_COLUMNS], values[MAX_COLUMNS];
	json_t *cells[MAX_COLUMNS];
	csv_slices(header, names);
	csv_slices(row, values);
	for (size_t i = 0; i < row->count; i++)
		cells[i] = table_cell(values[i]);
	json_t *record = table_row(names, cells, row->count);
	for (size_t i = 0; i < row->count; i++)
		json_decref(cells[i]);
	return record;
}

static void deliver_row(
	struct careful *careful, const struct csv *header, const struct csv *row, const char *at, const char *behind)
{
	json_t *record = row_record(header, row);
	careful_value(careful, record, at, behind, false);
	json_decref(record);
}

struct csv_table {
	struct csv header, row;
};

struct csv_table *csv_table_new(void)
{
	return xcalloc(1, sizeof(struct csv_table));
}

void csv_table_free(struct csv_table *table)
{
	buf_free(&table->header.text);
	buf_free(&table->row.text);
	free(table);
}

const char *csv_take_header(
	struct careful *careful, struct csv_table *table, const char *at, const char *end, bool is_ended)
{
	const char *export;
	const char *behind = csv_header(&table->header, at, end, &export);
	if (!is_ended && (!behind || behind == end))
		return NULL;
	table->row.separator = table->header.separator;
	careful->wrapping = export ? export : "csv";
	if (behind && export)
		return next_line(behind, end);
	careful_skip(careful, SKIP_NOT_CLOUDTRAIL, at, end, 1,
		"the first row does not name the columns of a CloudTrail export");
	return end;
}

const char *csv_take_row(
	struct careful *careful, struct csv_table *table, const char *at, const char *end, bool is_ended)
{
	const struct csv *header = &table->header;
	struct csv *row = &table->row;
	if (*at == '\n' || *at == '\r')
		return next_line(at, end);
	const char *behind = csv_row(row, at, end);
	if (behind && row->count != header->count)
		row->why = row->count < header->count ? "too few columns" : "too many columns";
	bool is_good = behind && row->count == header->count;
	if (!is_good)
		behind = line_end(at, end);
	if (!is_ended && (row->is_open || behind == end))
		return NULL;
	if (is_good)
		deliver_row(careful, header, row, at, behind);
	else
		careful_skip(careful, SKIP_BAD_CSV, at, behind, 1, row->why);
	return next_line(behind, end);
}

void csv_walk(struct careful *careful, const char *data, const char *end)
{
	struct csv_table *table = csv_table_new();
	careful->is_table = true;
	const char *at = csv_take_header(careful, table, data, end, true);
	while (at < end)
		at = csv_take_row(careful, table, at, end, true);
	careful->is_table = false;
	csv_table_free(table);
}

json_t *csv_read_row(const char *data, const char *end, const char *at, const char *row_end)
{
	struct csv header = {0}, row = {0};
	const char *export;
	json_t *record = NULL;
	if (csv_header(&header, data, end, &export) && export) {
		row.separator = header.separator;
		if (csv_row(&row, at, row_end) && row.count == header.count)
			record = row_record(&header, &row);
	}
	buf_free(&header.text);
	buf_free(&row.text);
	return record;
}
