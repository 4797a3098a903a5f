/* The same two records in every wrapping they come in (tests/corpus/wrappings): the same events, nothing in the ledger,
 * and the way back to the record. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/ingest.h"

#define CORPUS "tests/corpus/wrappings/"

static struct load *load_one(const char *path, enum input_format format)
{
	const char *const paths[] = {path};
	struct load_options options = {
		.paths = paths, .path_count = 1, .format = format, .since = TIME_NONE, .until = TIME_NONE};
	struct load *load;
	struct err err;
	if (load_start(&options, &load, &err) != 0)
		fail_msg("%s", err.text);
	load_wait(load);
	return load;
}

/* Every field of every row, a line each. */
static void describe(struct load *load, struct buf *out)
{
	struct store *store = load_snapshot(load);
	for (uint32_t row = 0; row < store->count; row++) {
		char time[TIME_TEXT_SIZE];
		buf_printf(out, "%s", time_format_iso(store->timestamp[row], time));
		for (unsigned f = 0; f < FIELD_COUNT; f++) {
			struct slice text = store_text(store, (enum event_field)f, row);
			if (text.data)
				buf_printf(out, " %s=%.*s", event_fields[f].alias, (int)text.length, text.data);
		}
		buf_add_char(out, '\n');
	}
	store_free(store);
}

static void describe_ledger(struct load *load, struct buf *out)
{
	size_t count;
	struct skip *skips = load_ledger(load, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s at %lu: %s\n", skip_reason_text(skips[i].reason), (unsigned long)skips[i].offset,
			skips[i].detail ? skips[i].detail : "");
	ledger_free(skips, count);
}

/* Tables that hold less than the record. */
static const struct {
	const char *name, *rows;
} lesser[] = {
	{"console-event-history",
		"2026-04-02T08:15:30.000Z user=marlowe account=210987654321 key=AKIAQMARLOWE00000001 "
		"address=198.51.100.24 ip=198.51.100.24 action=GetCallerIdentity provider=sts.amazonaws.com "
		"outcome=success region=eu-central-1 read_only=true event_type=AwsApiCall category=Management "
		"agent=aws-cli/2.15.30 Python/3.11.8\n"
		"2026-04-02T08:16:02.000Z user=build-7731 account=210987654321 key=ASIAQHARBOUR00000002 "
		"address=203.0.113.77 ip=203.0.113.77 action=CreateAccessKey provider=iam.amazonaws.com "
		"outcome=failure error=AccessDenied region=us-east-1 read_only=false event_type=AwsApiCall "
		"category=Management agent=Boto3/1.34.70 md/Botocore#1.34.70\n"},
	{"ecs.csv", "2026-04-02T08:15:30.000Z user=marlowe type=IAMUser address=198.51.100.24 ip=198.51.100.24 "
		    "action=GetCallerIdentity provider=sts.amazonaws.com outcome=success\n"
		    "2026-04-02T08:16:02.000Z user=harbour-ci type=AssumedRole address=203.0.113.77 ip=203.0.113.77 "
		    "action=CreateAccessKey provider=iam.amazonaws.com outcome=failure\n"},
};

static const char rows_of_the_records[] =
	"2026-04-02T08:15:30.000Z user=marlowe type=IAMUser uid=AIDAQMARLOWE00000001 "
	"arn=arn:aws:iam::210987654321:user/ops/marlowe account=210987654321 key=AKIAQMARLOWE00000001 "
	"address=198.51.100.24 ip=198.51.100.24 action=GetCallerIdentity provider=sts.amazonaws.com outcome=success "
	"region=eu-central-1 read_only=true event_type=AwsApiCall category=Management "
	"agent=aws-cli/2.15.30 Python/3.11.8\n"
	"2026-04-02T08:16:02.000Z user=harbour-ci type=AssumedRole uid=AROAQHARBOUR00000002:build-7731 "
	"arn=arn:aws:sts::210987654321:assumed-role/harbour-ci/build-7731 account=210987654321 "
	"key=ASIAQHARBOUR00000002 session=build-7731 issuer=arn:aws:iam::210987654321:role/harbour-ci mfa=false "
	"address=203.0.113.77 ip=203.0.113.77 action=CreateAccessKey provider=iam.amazonaws.com outcome=failure "
	"error=AccessDenied region=us-east-1 read_only=false event_type=AwsApiCall category=Management "
	"agent=Boto3/1.34.70 md/Botocore#1.34.70 target=marlowe\n";

static const char *expected_rows(const char *name)
{
	if (strcmp(name, "console-event-history.json") == 0)
		return rows_of_the_records;
	for (size_t i = 0; i < COUNT_OF(lesser); i++) {
		if (strncmp(name, lesser[i].name, strlen(lesser[i].name)) == 0)
			return lesser[i].rows;
	}
	return rows_of_the_records;
}

static void reads_back(struct load *load, const char *name)
{
	struct store *store = load_snapshot(load);
	for (uint32_t row = 0; row < store->count; row++) {
		struct buf raw = BUF_EMPTY;
		struct err err;
		if (load_read_raw(load, store, row, &raw, &err) != 0)
			fail_msg("%s: %s", name, err.text);
		const char *id = row ? "6a3c1d52-0002-4a6f-8f10-5eed00000002" : "6a3c1d52-0001-4a6f-8f10-5eed00000001";
		if (!strstr(raw.data, id))
			fail_msg("%s: row %u was read back as %.200s", name, row, raw.data);
		raw.length = 0;
		assert_int_equal(load_read_original(load, store, row, &raw, &err), 0);
		if (strncmp(name, "ecs-nested", 10) == 0)
			assert_int_equal(strncmp(raw.data, "{\"eventVersion\"", 15), 0);
		buf_free(&raw);
		json_t *document = load_document(load, store, row, &err);
		if (!document)
			fail_msg("%s: %s", name, err.text);
		const char *action = json_string_value(json_object_get(json_object_get(document, "event"), "action"));
		const char *have = json_string_value(json_object_get(json_object_get(document, "event"), "id"));
		assert_string_equal(action, row ? "CreateAccessKey" : "GetCallerIdentity");
		assert_string_equal(have, id);
		json_decref(document);
	}
	store_free(store);
}

static void every_wrapping_gives_the_same_events(void **state)
{
	(void)state;
	DIR *folder = opendir(CORPUS);
	assert_non_null(folder);
	size_t files = 0;
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		char *path = xasprintf("%s%s", CORPUS, entry->d_name);
		struct load *load = load_one(path, INPUT_AUTO);
		struct buf rows = BUF_EMPTY, ledger = BUF_EMPTY;
		describe(load, &rows);
		describe_ledger(load, &ledger);
		if (ledger.length)
			fail_msg("%s: %s", entry->d_name, ledger.data);
		const char *expected = expected_rows(entry->d_name);
		if (!rows.data || strcmp(rows.data, expected) != 0)
			fail_msg(
				"%s gives\n%swanted\n%s", entry->d_name, rows.data ? rows.data : "nothing\n", expected);
		reads_back(load, entry->d_name);
		buf_free(&rows);
		buf_free(&ledger);
		load_free(load);
		free(path);
		files++;
	}
	closedir(folder);
	assert_true(files >= 50);
}

/* The whole folder at once: each record is there once, and the copies are counted. */
static void wrappings_mix_in_one_folder(void **state)
{
	(void)state;
	struct load *load = load_one(CORPUS, INPUT_AUTO);
	struct store *store = load_snapshot(load);
	struct load_progress progress;
	load_progress(load, &progress);
	assert_int_equal(progress.skipped, 0);
	assert_int_equal(store->count + store->duplicates, progress.events);
	store_free(store);
	load_free(load);
}

/* A record is one, whatever it was sent in. */
static void copies_in_envelopes_are_duplicates(void **state)
{
	(void)state;
	const char *const paths[] = {CORPUS "records.json", CORPUS "eventbridge.jsonl", CORPUS "eventbridge-array.json",
		CORPUS "lookup-events.json", CORPUS "cloudwatch-subscription.json", CORPUS "cloudwatch-export.log",
		CORPUS "elasticsearch-unprocessed.jsonl", CORPUS "opensearch-reshape.json",
		CORPUS "datadog-archive.jsonl", CORPUS "messages.csv", CORPUS "cloudtrail-lake-eventjson.csv"};
	struct load_options options = {
		.paths = paths, .path_count = COUNT_OF(paths), .since = TIME_NONE, .until = TIME_NONE};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	load_wait(load);
	struct store *store = load_snapshot(load);
	assert_int_equal(store->count, 2);
	assert_int_equal(store->conflicts, 0);
	assert_int_equal(store->duplicates, 2 * (COUNT_OF(paths) - 1));
	store_free(store);
	load_free(load);
}

/* What --input-format names is taken, what it does not name is refused with a reason. */
static void one_format_can_be_forced(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum input_format format;
		uint32_t events;
	} cases[] = {
		{"records.json", INPUT_RECORDS, 2},
		{"records.json", INPUT_ARRAY, 0},
		{"records.json", INPUT_CSV, 0},
		{"array.json", INPUT_ARRAY, 2},
		{"array.json", INPUT_RECORDS, 0},
		{"ndjson.jsonl", INPUT_NDJSON, 2},
		{"ndjson.jsonl", INPUT_EVENTBRIDGE, 0},
		{"eventbridge.jsonl", INPUT_EVENTBRIDGE, 2},
		{"eventbridge.jsonl", INPUT_LOOKUP_EVENTS, 0},
		{"cloudwatch-subscription.json", INPUT_CLOUDWATCH, 2},
		{"cloudwatch-export.log", INPUT_CLOUDWATCH, 2},
		{"ndjson.jsonl", INPUT_CLOUDWATCH, 0},
		{"lookup-events.json", INPUT_LOOKUP_EVENTS, 2},
		{"lookup-events.json", INPUT_ELASTICSEARCH, 0},
		{"elasticsearch-search.json", INPUT_ELASTICSEARCH, 2},
		{"ecs-dotted.jsonl", INPUT_ECS, 2},
		{"ecs-nested.jsonl", INPUT_ECS, 2},
		{"records.json", INPUT_ECS, 0},
		{"athena.csv", INPUT_CSV, 2},
		{"console-event-history.csv", INPUT_CSV, 2},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char *path = xasprintf("%s%s", CORPUS, cases[i].file);
		struct load *load = load_one(path, cases[i].format);
		struct store *store = load_snapshot(load);
		struct load_progress progress;
		load_progress(load, &progress);
		if (store->count != cases[i].events || (store->count == 0) != (progress.skipped > 0))
			fail_msg("%s as format %d gives %u events, %lu skips", cases[i].file, (int)cases[i].format,
				store->count, (unsigned long)progress.skipped);
		store_free(store);
		load_free(load);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wrapping_gives_the_same_events),
		cmocka_unit_test(wrappings_mix_in_one_folder),
		cmocka_unit_test(copies_in_envelopes_are_duplicates),
		cmocka_unit_test(one_format_can_be_forced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
