/* Damaged and odd input: what can be read is read, what is lost is in the ledger with offset, reason and count. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "raretrail/ingest.h"
#include "map_document.h"

static char folder[] = "/tmp/raretrail-damage-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* One record with the given eventID; the minute of its time is the last digit. */
#define RECORD(id) \
	"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"u" id "\"}," \
	"\"eventTime\":\"2026-04-02T08:0" id ":00Z\",\"eventSource\":\"s3.amazonaws.com\"," \
	"\"eventName\":\"ListBuckets\",\"eventID\":\"id-" id "\"}"

struct outcome {
	struct buf ids; /* "1 2 3" by their eventName's user */
	struct buf ledger;
	uint64_t skipped;
};

static void outcome_free(struct outcome *outcome)
{
	buf_free(&outcome->ids);
	buf_free(&outcome->ledger);
}

static struct outcome outcome_of(struct load *load)
{
	struct outcome outcome = {0};
	buf_add_text(&outcome.ids, "");
	buf_add_text(&outcome.ledger, "");
	struct store *store = load_snapshot(load);
	for (uint32_t row = 0; row < store->count; row++) {
		struct slice name = store_text(store, FIELD_USER_NAME, row);
		buf_printf(&outcome.ids, "%s%.*s", row ? " " : "", (int)name.length, name.data);
	}
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&outcome.ledger, "%s x%lu at %lu+%lu\n", skip_reason_text(skips[i].reason),
			(unsigned long)skips[i].count, (unsigned long)skips[i].offset, (unsigned long)skips[i].length);
	ledger_free(skips, count);
	struct load_progress progress;
	load_progress(load, &progress);
	outcome.skipped = progress.skipped;
	store_free(store);
	return outcome;
}

static struct outcome load_bytes(const char *name, const void *data, size_t length, uint64_t max_memory)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	fclose(file);
	const char *const paths[] = {path};
	struct load_options options = {
		.paths = paths, .path_count = 1, .since = TIME_NONE, .until = TIME_NONE, .max_memory = max_memory};
	struct load *load;
	struct err err;
	if (load_start(&options, &load, &err) != 0)
		fail_msg("%s", err.text);
	load_wait(load);
	struct outcome outcome = outcome_of(load);
	load_free(load);
	unlink(path);
	free(path);
	return outcome;
}

static void check(const char *what, struct outcome outcome, const char *ids, const char *ledger)
{
	if (strcmp(outcome.ids.data, ids) != 0 || strcmp(outcome.ledger.data, ledger) != 0)
		fail_msg("%s: events \"%s\", ledger:\n%swanted \"%s\":\n%s", what, outcome.ids.data,
			outcome.ledger.data, ids, ledger);
	outcome_free(&outcome);
}

static const struct {
	const char *what, *text, *ids, *ledger;
} cases[] = {
	{"a record cut off before the next",
		"{\"Records\":[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"x" RECORD("2") "]}", "u1 u2",
		"invalid JSON x1 at 197+37\n"},
	{"a bad record in a list", "{\"Records\":[" RECORD("1") ",{\"eventVersion\":\"1.08\",oops}," RECORD("2") "]}",
		"u1 u2", "invalid JSON x1 at 197+28\n"},
	{"a bad record first", "{\"Records\":[{\"eventVersion\":\"1.08\",oops}," RECORD("1") "]}", "u1",
		"invalid JSON x1 at 12+28\n"},
	{"a bad record last", "{\"Records\":[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"x\":tru}]}", "u1",
		"invalid JSON x1 at 197+33\n"},
	{"two bad records",
		"{\"Records\":[" RECORD(
			"1") ",{\"eventVersion\":\"1.08\",oops},{\"eventVersion\":\"1.08\",oops}," RECORD("2") "]}",
		"u1 u2", "invalid JSON x2 at 197+57\n"},
	{"bad records apart",
		"[{\"eventVersion\":\"1.08\",oops}," RECORD("1") ",{\"eventVersion\":\"1.08\",oops}," RECORD(
			"2") ",{\"eventVersion\":\"1.08\",oops}]",
		"u1 u2", "invalid JSON x3 at 1+85\n"},
	{"a file cut inside a record",
		"{\"Records\":[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"use",
		"u1", "JSON ends early x1 at 197+60\n"},
	{"a file cut behind a record", "{\"Records\":[" RECORD("1") "," RECORD("2"), "u1 u2",
		"JSON ends early x1 at 381+0\n"},
	{"a missing comma", "{\"Records\":[" RECORD("1") RECORD("2") "]}", "u1 u2", "invalid JSON x1 at 196+0\n"},
	{"a comma too many", "{\"Records\":[" RECORD("1") "," RECORD("2") ",]}", "u1 u2", "invalid JSON x1 at 382+0\n"},
	{"a stray wrapper",
		"[" RECORD("1") "}},{\"aws\":{\"cloudtrail\":" RECORD("2") "," RECORD("3") "}}," RECORD("4") "]",
		"u1 u2 u3 u4", "invalid JSON x1 at 185+0\n"},
	{"bad lines", RECORD("1") "\n{\"eventVersion\": oops}\nnot json\n\n" RECORD("2") "\n", "u1 u2",
		"invalid JSON x2 at 185+31\n"},
	{"a last line cut off", RECORD("1") "\n{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAM", "u1",
		"JSON ends early x1 at 185+50\n"},
	{"a string without its end", RECORD("1") "\n{\"eventVersion\":\"1.08\",\"a\":\"unterminated\n" RECORD("2") "\n",
		"u1 u2", "invalid JSON x1 at 185+40\n"},
	{"a missing quote",
		"[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"ListBuckets,\"eventID\":\"x\"}," RECORD(
			"2") "]",
		"u1 u2", "invalid JSON x1 at 186+62\n"},
	{"text with braces between lines", RECORD("1") "\nerror {not} json {\"a\":1}\n" RECORD("2") "\n", "u1 u2",
		"invalid JSON x2 at 185+23\n"},
	{"other JSON between lines", RECORD("1") "\n{\"level\":\"info\",\"msg\":\"x\"}\n" RECORD("2"), "u1 u2",
		"JSON, but not CloudTrail x1 at 185+26\n"},
	{"no time", "[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"X\",\"eventSource\":\"a\"}]", "u1",
		"no usable time x1 at 186+57\n"},
	{"an unreadable time",
		"[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"X\",\"eventTime\":\"yesterday\"}]", "u1",
		"unparsable time x1 at 186+63\n"},
	{"an unreadable time, but an arrival",
		"[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"userIdentity\":{\"userName\":\"late\"},\"eventName\":"
				"\"X\",\"eventTime\":\"yesterday\",\"@timestamp\":\"2026-04-03T00:00:00Z\"}]",
		"u1 late", ""},
	{"brackets too many", "[" RECORD("1") "]]}", "u1", "invalid JSON x1 at 186+0\n"},
	{"a bad record over many lines",
		"{\n  \"Records\": [\n    " RECORD("1") ",\n    {\n      \"eventVersion\": \"1.08\",\n      "
							"\"userIdentity\": {\n        \"type\": IAMUser\n      },\n    "
							"  \"eventName\": \"X\"\n    },\n    " RECORD("2") "\n  ]\n}\n",
		"u1 u2", "invalid JSON x1 at 211+117\n"},
	{"single quotes", "{'Records':[{'eventVersion':'1.08'}]}", "", "invalid JSON x1 at 0+37\n"},
	{"a word JSON does not know",
		"[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"X\",\"x\":NaN}," RECORD("2") "]", "u1 u2",
		"invalid JSON x1 at 186+47\n"},
	{"a control character", "[" RECORD("1") ",{\"eventVersion\":\"1.08\",\"eventName\":\"a\tb\"}," RECORD("2") "]",
		"u1 u2", "invalid JSON x1 at 186+41\n"},
	{"text only", "hello world\nsecond line\n", "", "invalid JSON x1 at 0+24\n"},
	{"text before the records", "-----BEGIN-----\n{\"Records\":[" RECORD("1") "]}", "u1",
		"invalid JSON x1 at 0+15\n"},
	{"a line without its beginning",
		"type\":\"IAMUser\",\"userName\":\"u1\"},\"eventTime\":\"2026-04-02T08:01:00Z\",\"eventSource\":\"s3."
		"amazonaws.com\",\"eventName\":\"ListBuckets\",\"eventID\":\"id-1\"}\n" RECORD("2"),
		"u2", "invalid JSON x1 at 0+144\n"},
	{"two lists", "[" RECORD("1") "]\n[" RECORD("2") "]\n", "u1 u2", ""},
	{"a digest",
		"{\"awsAccountId\":\"1\",\"digestStartTime\":\"2026-01-01T00:00:00Z\",\"digestEndTime\":\"2026-01-"
		"01T01:00:00Z\"}",
		"", "CloudTrail digest file x1 at 0+100\n"},
	{"an Insight event",
		"{\"Records\":[" RECORD("1") ",{\"eventVersion\":\"1.07\",\"eventTime\":\"2026-04-02T08:00:00Z\","
					     "\"eventType\":\"AwsCloudTrailInsight\",\"eventCategory\":\"Insight\"}]}",
		"u1", "CloudTrail Insight event x1 at 197+119\n"},
	{"a notification",
		"{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:"
		"Put\",\"eventTime\":\"2026-01-01T00:00:00Z\"}]}",
		"", "JSON, but not CloudTrail x1 at 12+112\n"},
	{"documents of another data set",
		"{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"event\":{\"dataset\":\"okta.system\",\"action\":\"x\"},"
		"\"user\":{\"name\":\"y\"}}",
		"", "JSON, but not CloudTrail x1 at 0+104\n"},
	{"an empty object", "{}", "", "JSON, but not CloudTrail x1 at 0+2\n"},
	{"an empty list", "[]", "", ""},
	{"no records", "{\"Records\":[]}", "", ""},
	{"blank", "  \n\r\n ", "", "empty file x1 at 0+6\n"},
	{"nothing", "", "", "empty file x1 at 0+0\n"},
	{"a number", "42\n", "", "invalid JSON x1 at 0+3\n"},
	{"a broken message",
		"{\"logEvents\":[{\"message\":\"{\\\"eventVersion\\\":\"},{\"message\":\"{\\\"eventVersion\\\":\\\"1."
		"08\\\",\\\"userIdentity\\\":{\\\"type\\\":\\\"IAMUser\\\",\\\"userName\\\":\\\"u1\\\"},"
		"\\\"eventTime\\\":\\\"2026-04-02T08:01:00Z\\\",\\\"eventSource\\\":\\\"s3.amazonaws.com\\\","
		"\\\"eventName\\\":\\\"ListBuckets\\\",\\\"eventID\\\":\\\"id-1\\\"}\"}]}",
		"u1", "invalid JSON x1 at 14+32\n"},
	{"a message with something else",
		"{\"logEvents\":[{\"message\":\"[{\\\"eventName\\\":\\\"A\\\",\\\"eventSource\\\":\\\"s\\\","
		"\\\"userIdentity\\\":{\\\"userName\\\":\\\"in\\\"},\\\"eventTime\\\":\\\"2026-04-02T08:00:00Z\\\"},{"
		"\\\"x\\\":1}]\"}]}",
		"in", "JSON, but not CloudTrail x1 at 14+0\n"},
	{"two marks, two files", "\357\273\277" RECORD("1") "\n\357\273\277" RECORD("2"), "u1 u2", ""},
	{"a table with bad rows",
		"Event name,Event time,Event source,User "
		"name\nA,2026-04-02T08:01:00Z,s3.amazonaws.com,u1\nB,2026-04-02T08:02:00Z\nC,\"2026-04-02T08:02:00Z\"x,"
		"s,u\nD,\"2026-04-02T08:03:00Z\",\"s3\n.amazonaws.com\",\"u\"\"3\"\nE,never,s,u\nF,2026-04-02T08:04:"
		"00Z,\"s,u4\nG,2026-04-02T08:05:00Z,s,u5\n",
		"u1 u\"3 u5",
		"unusable CSV row x2 at 88+51\n"
		"unparsable time x1 at 193+11\n"
		"unusable CSV row x1 at 205+28\n"},
};

static void reads_around_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(cases[i].what, load_bytes("case.json", cases[i].text, strlen(cases[i].text), 0), cases[i].ids,
			cases[i].ledger);
}

static struct outcome load_text(const char *text)
{
	return load_bytes("case.json", text, strlen(text), 0);
}

static void names_wide_text(void **state)
{
	(void)state;
	static const char little[] = "\xff\xfe{\0\"\0R\0e\0c\0o\0r\0d\0s\0\"\0:\0[\0]\0}\0";
	static const char unmarked[] = "{\0\"\0R\0e\0c\0o\0r\0d\0s\0\"\0:\0[\0]\0}\0";
	static const char big[] = "\xfe\xff\0{\0\"\0R\0e\0c\0o\0r\0d\0s\0\"\0:\0[\0]\0}";
	check("UTF-16LE", load_bytes("a.json", little, sizeof little - 1, 0), "",
		"UTF-16 text, convert to UTF-8 x1 at 0+30\n");
	check("UTF-16LE without mark", load_bytes("a.json", unmarked, sizeof unmarked - 1, 0), "",
		"UTF-16 text, convert to UTF-8 x1 at 0+28\n");
	check("UTF-16BE", load_bytes("a.json", big, sizeof big - 1, 0), "",
		"UTF-16 text, convert to UTF-8 x1 at 0+30\n");
}

static void names_what_is_no_log(void **state)
{
	(void)state;
	check("a picture", load_bytes("a.dat", "\x89PNG\r\n\x1a\n\0\0\0\0", 12, 0), "", "not text x1 at 0+12\n");
	check("random bytes", load_bytes("a.dat", "\x01\x02\x03\x04\x80\x81\x82\x05\x06\x07\x08", 11, 0), "",
		"not text x1 at 0+11\n");
	static const char padded[] = RECORD("1") "\n\0\0\0\0\0\0";
	check("zeroes at the end", load_bytes("a.json", padded, sizeof padded - 1, 0), "u1",
		"invalid JSON x1 at 185+6\n");
}

/* Nesting as a value of requestParameters. */
static struct outcome load_nested(size_t depth)
{
	struct buf text = BUF_EMPTY;
	buf_add_text(&text,
		"{\"Records\":[{\"eventName\":\"A\",\"eventSource\":\"s\",\"userIdentity\":{\"userName\":\"deep\"},"
		"\"eventTime\":\"2026-04-02T08:00:00Z\",\"requestParameters\":");
	for (size_t i = 1; i < depth; i++)
		buf_add_text(&text, i % 2 ? "{\"a\":" : "[");
	buf_add_text(&text, "1");
	for (size_t i = depth - 1; i > 0; i--)
		buf_add_text(&text, i % 2 ? "}" : "]");
	buf_add_text(&text, "}," RECORD("1") "]}");
	struct outcome outcome = load_bytes("deep.json", text.data, text.length, 0);
	buf_free(&text);
	return outcome;
}

static void takes_depth_200_and_refuses_more_than_256(void **state)
{
	(void)state;
	check("200", load_nested(200), "deep u1", "");
	check("256", load_nested(256), "deep u1", "");
	check("257", load_nested(257), "u1", "nested too deeply x1 at 12+1151\n");
	struct outcome far = load_nested(20000);
	assert_string_equal(far.ids.data, "u1");
	assert_true(strncmp(far.ledger.data, "nested too deeply x1 at 12+", 27) == 0);
	outcome_free(&far);
}

static void takes_long_strings(void **state)
{
	(void)state;
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, "{\"eventName\":\"A\",\"eventSource\":\"s\",\"userIdentity\":{\"userName\":\"long\"},"
			    "\"eventTime\":\"2026-04-02T08:00:00Z\",\"requestParameters\":{\"policy\":\"");
	for (size_t i = 0; i < (1 << 20); i++)
		buf_add_text(&text, "0123456\\u003d89abcdef");
	buf_add_text(&text, "\"}}\n" RECORD("1"));
	check("20 MB", load_bytes("long.json", text.data, text.length, 0), "long u1", "");
	buf_free(&text);
}

static void keeps_odd_values(void **state)
{
	(void)state;
	check("numbers",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":\"2026-04-02T08:00:00Z\","
			  "\"userIdentity\":{\"userName\":123456789012345678901234567890},\"requestParameters\":"
			  "{\"a\":9007199254740993,\"b\":1.68E9,\"c\":1e400,\"d\":-0,\"e\":791.0}}"),
		"123456789012345678901234567890", "");
	check("a double",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":\"2026-04-02T08:00:00Z\","
			  "\"userIdentity\":{\"userName\":791.0}}"),
		"791.0", "");
	check("escapes",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":\"2026-04-02T08:00:00Z\","
			  "\"userIdentity\":{\"userName\":\"\\ud83d\\ude00\\u003d\\u202f\\/\"}}"),
		"\xf0\x9f\x98\x80=\xe2\x80\xaf/", "");
	check("half a surrogate",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":"
			  "\"2026-04-02T08:00:00Z\",\"userIdentity\":{\"userName\":\"a\\ud83d!\"}}"),
		"a\xef\xbf\xbd!", "");
	check("not UTF-8",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":\"2026-04-02T08:00:00Z\","
			  "\"userIdentity\":{\"userName\":\"a\xff\xc3!\"}}"),
		"a\xef\xbf\xbd\xef\xbf\xbd!", "");
	check("a zero in a key",
		load_text("{\"eventName\":\"A\",\"eventSource\":\"s\",\"eventTime\":"
			  "\"2026-04-02T08:00:00Z\",\"userIdentity\":{\"userName\":\"k\"},\"a\\u0000b\":1}"),
		"k", "");
}

static void keeps_zeroes_in_strings(void **state)
{
	(void)state;
	json_t *record =
		json_loads("{\"eventName\":\"A\",\"eventSource\":\"s\",\"userIdentity\":{\"userName\":\"a\\u0000b\"}}",
			JSON_ALLOW_NUL, NULL);
	json_t *documents = map_document(record, ECS_COMPAT_8_9, NULL);
	json_t *name = json_object_get(json_object_get(json_array_get(documents, 0), "user"), "name");
	assert_int_equal(json_string_length(name), 3);
	assert_memory_equal(json_string_value(name), "a\0b", 3);
	json_decref(documents);
	json_decref(record);
}

/* ---- compression ---- */

static struct buf gzipped(const char *data, size_t length)
{
	struct buf out = BUF_EMPTY;
	uLong bound = compressBound(length) + 64;
	buf_reserve(&out, bound);
	z_stream stream = {0};
	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (Bytef *)data;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)out.data;
	stream.avail_out = (uInt)bound;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out.length = stream.total_out;
	deflateEnd(&stream);
	return out;
}

static void keeps_what_comes_before_a_cut(void **state)
{
	(void)state;
	struct buf text = BUF_EMPTY;
	for (int i = 0; i < 2000; i++)
		buf_printf(&text, RECORD("1") "%*s\n", (i * 7919) % 97, "");
	buf_add_text(&text, RECORD("2") "\n");
	struct buf packed = gzipped(text.data, text.length);
	struct outcome outcome = load_bytes("cut.json.gz", packed.data, packed.length - packed.length / 3, 0);
	assert_true(strncmp(outcome.ids.data, "u1", 2) == 0);
	assert_non_null(strstr(outcome.ledger.data, "truncated compression x1 at "));
	outcome_free(&outcome);
	packed.data[packed.length / 2] ^= 0x55;
	packed.data[packed.length / 2 + 1] ^= 0x55;
	outcome = load_bytes("bad.json.gz", packed.data, packed.length, 0);
	assert_non_null(strstr(outcome.ledger.data, "corrupt compression x1 at "));
	outcome_free(&outcome);
	buf_free(&packed);
	buf_free(&text);
}

static void stops_a_bomb(void **state)
{
	(void)state;
	struct buf text = BUF_EMPTY;
	static const char record[] = RECORD("1") "\n";
	buf_add_text(&text, record);
	size_t size = (size_t)8 << 20;
	buf_reserve(&text, size);
	memset(text.data + text.length, ' ', size);
	text.length += size;
	struct buf packed = gzipped(text.data, text.length);
	struct outcome outcome = load_bytes("bomb.json.gz", packed.data, packed.length, 4 << 20);
	assert_non_null(strstr(outcome.ledger.data, "decompression cap reached x1 at "));
	assert_string_equal(outcome.ids.data, "u1");
	outcome_free(&outcome);
	buf_free(&packed);
	buf_free(&text);
}

/* What comes out of a small file may be much: where its beginning is no text, the rest is not even decompressed. */
static void does_not_hold_what_is_no_text(void **state)
{
	(void)state;
	size_t size = (size_t)300 << 20;
	char *zeros = calloc(1, size);
	struct buf packed = gzipped(zeros, size);
	free(zeros);
	struct outcome outcome = load_bytes("zeros.json.gz", packed.data, packed.length, 0);
	unsigned long length = 0;
	assert_int_equal(sscanf(outcome.ledger.data, "not text x1 at 0+%lu", &length), 1);
	assert_true(length >= 16 << 20 && length < 64 << 20);
	outcome_free(&outcome);
	buf_free(&packed);
}

/* ---- the ledger ---- */

static void a_million_bad_lines_stay_readable(void **state)
{
	(void)state;
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, RECORD("1") "\n");
	for (int i = 0; i < 200000; i++)
		buf_add_text(&text, "{\"eventVersion\": }\n{\"no\":\"record\"}\n");
	buf_add_text(&text, RECORD("2") "\n");
	struct outcome outcome = load_bytes("lines.json", text.data, text.length, 0);
	assert_string_equal(outcome.ids.data, "u1 u2");
	assert_int_equal(outcome.skipped, 400000);
	assert_true(outcome.ledger.length < 8000);
	outcome_free(&outcome);
	buf_free(&text);
}

static void a_missing_path_goes_to_the_ledger(void **state)
{
	(void)state;
	const char *const paths[] = {"/nowhere/at/all.json"};
	struct load_options options = {.paths = paths, .path_count = 1, .since = TIME_NONE, .until = TIME_NONE};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	load_wait(load);
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	assert_int_equal(count, 1);
	assert_int_equal(skips[0].reason, SKIP_UNREADABLE);
	assert_string_equal(load_file_name(load, skips[0].file), "/nowhere/at/all.json");
	ledger_free(skips, count);
	load_free(load);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_around_damage),
		cmocka_unit_test(names_wide_text),
		cmocka_unit_test(names_what_is_no_log),
		cmocka_unit_test(takes_depth_200_and_refuses_more_than_256),
		cmocka_unit_test(takes_long_strings),
		cmocka_unit_test(keeps_odd_values),
		cmocka_unit_test(keeps_zeroes_in_strings),
		cmocka_unit_test(keeps_what_comes_before_a_cut),
		cmocka_unit_test(stops_a_bomb),
		cmocka_unit_test(does_not_hold_what_is_no_text),
		cmocka_unit_test(a_million_bad_lines_stay_readable),
		cmocka_unit_test(a_missing_path_goes_to_the_ledger),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
