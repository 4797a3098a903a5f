/* csv: tables as RFC 4180 writes them, with the separators that spreadsheets use (comma, semicolon, tab). A row that
 * cannot be read costs itself only: reading goes on at the next line. */
#include "unwrap.h"
#include "walk.h"

#define MAX_COLUMNS 512

struct csv {
	char separator;
	struct buf text; /* unquoted cells of the current row, each NUL-terminated */
	size_t starts[MAX_COLUMNS], lengths[MAX_COLUMNS];
	size_t count;
	const char *why; /* of a row that cannot be read */
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
			const char *quote = memchr(c, '"', (size_t)(end - c));
			if (!quote) {
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
	for (;;) {
		if (!csv_cell(csv, &at, end))
			return NULL;
		if (at == end || *at != csv->separator)
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
		*export = table_recognise(names, header->count);
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

void csv_walk(struct careful *careful, const char *data, const char *end)
{
	struct csv header = {0}, row = {0};
	const char *export;
	const char *at = csv_header(&header, data, end, &export);
	careful->is_table = true;
	careful->wrapping = export ? export : "csv";
	if (!at || !export) {
		careful_skip(careful, SKIP_NOT_CLOUDTRAIL, data, end, 1,
			"the first row does not name the columns of a CloudTrail export");
		at = end;
	}
	row.separator = header.separator;
	for (at = next_line(at, end); at < end;) {
		if (*at == '\n' || *at == '\r') {
			at = next_line(at, end);
			continue;
		}
		const char *behind = csv_row(&row, at, end);
		if (behind && row.count != header.count) {
			row.why = row.count < header.count ? "too few columns" : "too many columns";
			behind = NULL;
		}
		if (behind) {
			deliver_row(careful, &header, &row, at, behind);
		} else {
			behind = line_end(at, end);
			careful_skip(careful, SKIP_BAD_CSV, at, behind, 1, row.why);
		}
		at = next_line(behind, end);
	}
	careful->is_table = false;
	buf_free(&header.text);
	buf_free(&row.text);
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
