/* mmdb_write: AS ranges from CSV into an MMDB file that any reader of the format opens. The same rows give the same
 * bytes. */
#include "raretrail/enrich.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asn_csv.h"
#include "mmdb_format.h"
#include "tree.h"

/* What a network answers: id = position + 1 in the dictionary of keys. */
struct answer {
	bool has_number;
	uint32_t number;
	uint32_t organization; /* id in organizations, 0: none */
};

struct writer {
	struct ranges ranges;
	struct dict *keys, *organizations;
	struct answer *answers;
	size_t answer_count, answer_capacity;
	struct mmdb_write_report report;
};

/* ---- encoding ---- */

static void header_add(struct buf *out, unsigned type, size_t size)
{
	unsigned small = size < 29 ? (unsigned)size : size < 285 ? 29 : size < 65821 ? 30 : 31;
	static const size_t bases[3] = {29, 285, 65821};
	buf_add_char(out, (char)((type <= 7 ? type << 5 : 0) | small));
	if (type > 7)
		buf_add_char(out, (char)(type - 7));
	for (unsigned i = small < 29 ? 0 : small - 28; i-- > 0;)
		buf_add_char(out, (char)((size - bases[small - 29]) >> (8 * i)));
}

static void string_add(struct buf *out, struct slice text)
{
	header_add(out, MMDB_STRING, text.length);
	buf_add(out, text.data, text.length);
}

static void number_add(struct buf *out, unsigned type, uint64_t number)
{
	unsigned bytes = 0;
	while (bytes < 8 && number >> (8 * bytes))
		bytes++;
	header_add(out, type, bytes);
	while (bytes-- > 0)
		buf_add_char(out, (char)(number >> (8 * bytes)));
}

static void pointer_add(struct buf *out, size_t target)
{
	static const size_t bases[4] = {0, 2048, 526336, 0};
	unsigned extra = target < 2048 ? 0 : target < 526336 ? 1 : target < 134744064 ? 2 : 3;
	size_t value = target - bases[extra];
	buf_add_char(out, (char)(MMDB_POINTER << 5 | extra << 3 | (extra < 3 ? value >> (8 * (extra + 1)) : 0)));
	for (unsigned i = extra + 1; i-- > 0;)
		buf_add_char(out, (char)(value >> (8 * i)));
}

/* A string the first time, a pointer to it after that. *known is its offset + 1, 0 when not yet written. */
static void string_share(struct buf *out, struct slice text, size_t *known)
{
	if (*known) {
		pointer_add(out, *known - 1);
	} else {
		*known = out->length + 1;
		string_add(out, text);
	}
}

static size_t *data_add(struct buf *out, const struct writer *writer)
{
	size_t *offsets = xcalloc(writer->answer_count + 1, sizeof *offsets);
	size_t *names = xcalloc((size_t)dict_count(writer->organizations) + 1, sizeof *names);
	size_t number_key = 0, organization_key = 0;
	for (size_t i = 0; i < writer->answer_count; i++) {
		const struct answer *answer = &writer->answers[i];
		offsets[i] = out->length;
		header_add(out, MMDB_MAP, (size_t)answer->has_number + (answer->organization != 0));
		if (answer->has_number) {
			string_share(out, slice_of("autonomous_system_number"), &number_key);
			number_add(out, MMDB_UINT32, answer->number);
		}
		if (answer->organization) {
			string_share(out, slice_of("autonomous_system_organization"), &organization_key);
			string_share(out, dict_get(writer->organizations, answer->organization),
				&names[answer->organization]);
		}
	}
	free(names);
	return offsets;
}

static void metadata_add(struct buf *out, size_t nodes, unsigned record_size, int64_t build_time)
{
	buf_add_text(out, MMDB_MARKER);
	header_add(out, MMDB_MAP, 9);
	string_add(out, slice_of("binary_format_major_version"));
	number_add(out, MMDB_UINT16, 2);
	string_add(out, slice_of("binary_format_minor_version"));
	number_add(out, MMDB_UINT16, 0);
	string_add(out, slice_of("build_epoch"));
	/* Readers take 0 for damage. */
	number_add(out, MMDB_UINT64, build_time < SECOND_MS ? 1 : (uint64_t)(build_time / SECOND_MS));
	string_add(out, slice_of("database_type"));
	string_add(out, slice_of("raretrail-ASN"));
	string_add(out, slice_of("description"));
	header_add(out, MMDB_MAP, 1);
	string_add(out, slice_of("en"));
	string_add(out, slice_of("Autonomous systems, imported from CSV by raretrail"));
	string_add(out, slice_of("ip_version"));
	number_add(out, MMDB_UINT16, 6);
	string_add(out, slice_of("languages"));
	header_add(out, MMDB_ARRAY, 1);
	string_add(out, slice_of("en"));
	string_add(out, slice_of("node_count"));
	number_add(out, MMDB_UINT32, nodes);
	string_add(out, slice_of("record_size"));
	number_add(out, MMDB_UINT16, record_size);
}

static void node_add(struct buf *out, uint32_t left, uint32_t right, unsigned record_size)
{
	uint8_t bytes[8] = {(uint8_t)(left >> 16), (uint8_t)(left >> 8), (uint8_t)left, (uint8_t)(right >> 16),
		(uint8_t)(right >> 8), (uint8_t)right};
	if (record_size == 28) {
		memmove(bytes + 4, bytes + 3, 3);
		bytes[3] = (uint8_t)((left >> 24 & 15) << 4 | (right >> 24 & 15));
	} else if (record_size == 32) {
		memmove(bytes + 5, bytes + 3, 3);
		memmove(bytes + 1, bytes, 3);
		bytes[0] = (uint8_t)(left >> 24);
		bytes[4] = (uint8_t)(right >> 24);
	}
	buf_add(out, (const char *)bytes, record_size / 4);
}

static int file_encode(struct buf *out, struct writer *writer, int64_t build_time, struct err *err)
{
	struct ranges disjoint;
	struct tree tree;
	struct buf data = BUF_EMPTY;
	ranges_flatten(&writer->ranges, &disjoint);
	tree_build(&tree, &disjoint);
	ranges_free(&disjoint);
	writer->report.networks = tree.networks;
	size_t *offsets = data_add(&data, writer);
	uint64_t largest = (uint64_t)tree.count + MMDB_SEPARATOR + data.length;
	unsigned record_size = largest < 1u << 24 ? 24 : largest < 1u << 28 ? 28 : 32;
	int result = 0;
	if (largest > UINT32_MAX) {
		result = err_set(err, ERR_LIMIT, "too many networks for one MMDB file (%zu nodes)", tree.count);
		goto done;
	}
	uint32_t empty = (uint32_t)tree.count;
	buf_reserve(out, tree.count * record_size / 4 + data.length + 1024);
	for (size_t i = 0; i < tree.count; i++) {
		uint32_t values[2];
		for (unsigned side = 0; side < 2; side++) {
			uint32_t record = tree.nodes[i][side];
			values[side] = record == RECORD_EMPTY ? empty
				       : record & RECORD_DATA
					       ? empty + MMDB_SEPARATOR + (uint32_t)offsets[record & ~RECORD_DATA]
					       : record;
		}
		node_add(out, values[0], values[1], record_size);
	}
	static const char separator[MMDB_SEPARATOR];
	buf_add(out, separator, sizeof separator);
	buf_add(out, data.data, data.length);
	metadata_add(out, tree.count, record_size, build_time);
done:
	free(offsets);
	buf_free(&data);
	tree_free(&tree);
	return result;
}

/* ---- rows ---- */

static address tree_address(const struct ip *ip, bool is_v4)
{
	address value = 0;
	for (unsigned i = is_v4 ? 12 : 0; i < 16; i++)
		value = value << 8 | ip->bytes[i];
	return value;
}

static void row_add(struct writer *writer, const struct asn_row *row, uint32_t answer)
{
	bool is_v4 = ip_is_v4(&row->start) && ip_is_v4(&row->end);
	ranges_add(&writer->ranges, tree_address(&row->start, is_v4), tree_address(&row->end, is_v4), answer);
}

static uint32_t answer_intern(struct writer *writer, const struct asn_row *row, struct buf *key)
{
	key->length = 0;
	buf_printf(key, "%d,%u,", row->has_number, row->number);
	buf_add(key, row->organization.data ? row->organization.data : "", row->organization.length);
	uint32_t id = dict_intern(writer->keys, (struct slice){key->data, key->length});
	if (id > writer->answer_count) {
		writer->answers = array_grow(
			writer->answers, &writer->answer_capacity, writer->answer_count + 1, sizeof *writer->answers);
		writer->answers[writer->answer_count++] = (struct answer){
			row->has_number, row->number, dict_intern(writer->organizations, row->organization)};
	}
	return id - 1;
}

static int rows_read(struct writer *writer, FILE *file, const char *name,
	void (*problem)(void *context, const char *name, uint64_t line, const char *reason), void *context,
	struct err *err)
{
	struct asn_csv csv;
	struct asn_row row;
	struct buf key = BUF_EMPTY;
	const char *reason;
	enum asn_csv_result result;
	asn_csv_init(&csv, file);
	while ((result = asn_csv_next(&csv, &row, &reason)) != ASN_CSV_END) {
		writer->report.rows++;
		if (result == ASN_CSV_ROW) {
			row_add(writer, &row, answer_intern(writer, &row, &key));
			continue;
		}
		writer->report.skipped++;
		if (problem)
			problem(context, name, csv.line, reason);
	}
	buf_free(&key);
	asn_csv_free(&csv);
	return ferror(file) ? err_set_errno(err, "%s: cannot be read", name) : 0;
}

/* ---- the file ---- */

/* Under another name first, so that a full disk never leaves half a database in place of a good one. */
static int file_replace(const char *path, const struct buf *bytes, struct err *err)
{
	struct stat status;
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return err_set(err, ERR_USAGE, "%s: is not a regular file", path);
	char *draft = xasprintf("%s.%ld.tmp", path, (long)getpid());
	int result = 0;
	int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (file < 0) {
		result = err_set_errno(err, "%s: cannot be created", draft);
	} else {
		bool is_good = write_whole(file, bytes->data, bytes->length) == 0 && fsync(file) == 0;
		is_good = close(file) == 0 && is_good;
		if (!is_good || rename(draft, path)) {
			result = err_set_errno(err, "%s: cannot be written", path);
			(void)unlink(draft);
		}
	}
	free(draft);
	return result;
}

int mmdb_write_asn(FILE *const *csv, const char *const *names, size_t count, const char *output, int64_t build_time,
	void (*problem)(void *context, const char *name, uint64_t line, const char *reason), void *context,
	struct mmdb_write_report *report, struct err *err)
{
	struct writer writer = {.keys = dict_new(), .organizations = dict_new()};
	struct buf bytes = BUF_EMPTY;
	int result = 0;
	for (size_t i = 0; i < count && result == 0; i++)
		result = rows_read(&writer, csv[i], names[i], problem, context, err);
	if (result == 0 && writer.ranges.count == 0)
		result = err_set(
			err, ERR_FORMAT, "no usable row (expected start,end,number,organisation), nothing written");
	if (result == 0)
		result = file_encode(&bytes, &writer, build_time, err);
	if (result == 0)
		result = file_replace(output, &bytes, err);
	if (report)
		*report = writer.report;
	buf_free(&bytes);
	ranges_free(&writer.ranges);
	free(writer.answers);
	dict_free(writer.keys);
	dict_free(writer.organizations);
	return result;
}
