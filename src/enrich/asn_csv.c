/* asn_csv: see asn_csv.h. Lines are the unit of recovery: no quoted field may hold a line break, so a forgotten quote
 * costs one line and not the file. */
#include "asn_csv.h"

#define LINE_MAX_LENGTH (64 * 1024)
#define FIELDS_MAX 5

void asn_csv_init(struct asn_csv *csv, FILE *file)
{
	*csv = (struct asn_csv){.file = file};
}

void asn_csv_free(struct asn_csv *csv)
{
	buf_free(&csv->text);
	buf_free(&csv->field_text);
}

/* False at the end of the file. A line over the limit is cut there and *is_long set; the rest of it is passed over. */
static bool line_read(struct asn_csv *csv, bool *is_long)
{
	int c = getc_unlocked(csv->file);
	csv->text.length = 0;
	*is_long = false;
	if (c == EOF)
		return false;
	csv->line++;
	for (; c != EOF && c != '\n'; c = getc_unlocked(csv->file)) {
		if (csv->text.length < LINE_MAX_LENGTH)
			buf_add_char(&csv->text, (char)c);
		else
			*is_long = true;
	}
	if (csv->text.length && csv->text.data[csv->text.length - 1] == '\r')
		csv->text.length--;
	if (csv->line == 1 && csv->text.length >= 3 && memcmp(csv->text.data, "\xef\xbb\xbf", 3) == 0) {
		csv->text.length -= 3;
		memmove(csv->text.data, csv->text.data + 3, csv->text.length);
	}
	return true;
}

static struct slice trim(struct slice text)
{
	while (text.length && (text.data[0] == ' ' || text.data[0] == '\t')) {
		text.data++;
		text.length--;
	}
	while (text.length && (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t'))
		text.length--;
	return text;
}

/* The unquoted text of the fields lies in csv->field_text. Returns their number (FIELDS_MAX: that or more), or 0. */
static size_t fields_split(struct asn_csv *csv, struct slice fields[FIELDS_MAX], const char **reason)
{
	const char *at = csv->text.data, *end = at + csv->text.length;
	size_t count = 0;
	csv->field_text.length = 0;
	buf_reserve(&csv->field_text, csv->text.length + 1); /* so that it does not move below */
	for (;;) {
		const char *start = csv->field_text.data + csv->field_text.length;
		bool is_quoted = at < end && *at == '"';
		if (is_quoted) {
			for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
				at += *at == '"';
				buf_add_char(&csv->field_text, *at);
			}
			if (at == end) {
				*reason = "a quote is not closed on its line";
				return 0;
			}
			at++;
		} else {
			for (; at < end && *at != ','; at++)
				buf_add_char(&csv->field_text, *at);
		}
		struct slice text = {start, (size_t)(csv->field_text.data + csv->field_text.length - start)};
		if (at < end && *at != ',') {
			*reason = "text behind a closing quote";
			return 0;
		}
		fields[count++] = is_quoted ? text : trim(text);
		if (at == end || count == FIELDS_MAX)
			return count;
		at++;
	}
}

static bool number_read(struct slice text, uint32_t *out)
{
	uint64_t number = 0;
	if (text.length > 2 && (text.data[0] | 32) == 'a' && (text.data[1] | 32) == 's')
		text = (struct slice){text.data + 2, text.length - 2};
	if (text.length == 0 || text.length > 10)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	*out = (uint32_t)number;
	return number <= UINT32_MAX;
}

static bool is_clean_text(struct slice text)
{
	for (size_t i = 0; i < text.length;) {
		uint32_t point;
		size_t length = utf8_decode(text.data + i, text.length - i, &point);
		if (length == 0 || point < 0x20)
			return false;
		i += length;
	}
	return true;
}

static bool is_written_as_v6(struct slice text)
{
	return memchr(text.data, ':', text.length) != NULL;
}

static const char *range_read(const struct slice *fields, bool is_block, struct asn_row *row)
{
	if (is_block) {
		struct cidr block;
		if (cidr_parse(fields[0], &block, NULL))
			return "the network is no CIDR block";
		row->start = row->end = block.base;
		for (unsigned bit = block.bits; bit < 128; bit++)
			row->end.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
		return NULL;
	}
	if (!ip_parse(fields[0], &row->start))
		return "the start is no IPv4 or IPv6 address";
	if (!ip_parse(fields[1], &row->end))
		return "the end is no IPv4 or IPv6 address";
	if (is_written_as_v6(fields[0]) != is_written_as_v6(fields[1]))
		return "start and end are of different families";
	return ip_compare(&row->start, &row->end) > 0 ? "the end lies before the start" : NULL;
}

static const char *row_read(const struct slice *fields, size_t count, struct asn_row *row)
{
	bool is_block = memchr(fields[0].data, '/', fields[0].length) != NULL;
	size_t expected = is_block ? 3 : 4;
	if (count != expected)
		return count < expected ? "fewer fields than start,end,number,organisation"
					: "more fields than start,end,number,organisation (quote the name)";
	const char *reason = range_read(fields, is_block, row);
	if (reason)
		return reason;
	struct slice number = fields[expected - 2], organization = fields[expected - 1];
	row->has_number = number.length > 0;
	row->organization = organization.length ? organization : (struct slice){0};
	if (row->has_number && !number_read(number, &row->number))
		return "the AS number is not a number up to 4294967295";
	if (!row->has_number && !row->organization.data)
		return "neither a number nor an organisation";
	if (!is_clean_text(organization))
		return "the organisation is not clean UTF-8 text";
	return NULL;
}

static bool is_header(const struct slice *fields, size_t count)
{
	struct ip ip;
	struct cidr block;
	uint32_t number;
	return count >= 3 && count < FIELDS_MAX && !ip_parse(fields[0], &ip) && cidr_parse(fields[0], &block, NULL) &&
	       !number_read(fields[count - 2], &number);
}

enum asn_csv_result asn_csv_next(struct asn_csv *csv, struct asn_row *row, const char **reason)
{
	struct slice fields[FIELDS_MAX];
	bool is_long;
	while (line_read(csv, &is_long)) {
		if (is_long) {
			*reason = "longer than 64 KiB";
			return ASN_CSV_BAD;
		}
		struct slice text = trim((struct slice){csv->text.data, csv->text.length});
		if (text.length == 0 || text.data[0] == '#')
			continue;
		size_t count = fields_split(csv, fields, reason);
		if (count && csv->line == 1 && is_header(fields, count))
			continue;
		*row = (struct asn_row){0};
		if (count && !(*reason = row_read(fields, count, row)))
			return ASN_CSV_ROW;
		return ASN_CSV_BAD;
	}
	return ASN_CSV_END;
}
