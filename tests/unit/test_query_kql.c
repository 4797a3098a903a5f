/* The filter language as triples: a query, the rows it keeps, and by that the rows it drops; and errors with the column
 * they point at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/query.h"

#include "own_chunk.h"
#include "store_of.h"

#define NOW INT64_C(1778191200000) /* 2026-05-07T22:00:00Z */

struct row {
	const char *user, *type, *address, *ip, *number, *organisation, *action, *error, *agent;
	int64_t minutes_ago;
};

/* Rows a to j; oldest first, so that a letter is a row number. */
static const struct row rows[] = {
	/* a */ {"alice", "IAMUser", "10.1.2.3", "10.1.2.3", "14618", "Amazon.com, Inc.", "GetObject", NULL,
		"aws-cli/2", 60 * 48},
	/* b */
	{"bob", "IAMUser", "192.168.0.7", "192.168.0.7", "16509", "Amazon.com, Inc.", "ListBuckets", "AccessDenied",
		NULL, 60 * 24},
	/* c */
	{"ci-deploy", "AssumedRole", "2001:db8::1", "2001:db8::1", "209", NULL, "CreateUser", NULL, "Boto3/1", 600},
	/* d */ {"ci-test", "AssumedRole", "ec2.amazonaws.com", NULL, NULL, NULL, "CreateUser", NULL, "ec2", 500},
	/* e */
	{"Alice", NULL, "AWS Internal", NULL, NULL, NULL, "ConsoleLogin", "Failed authentication", "x\"y\\z", 400},
	/* f */ {NULL, "AWSService", NULL, NULL, NULL, NULL, "Decrypt", NULL, NULL, 300},
	/* g */
	{"dörte*", "IAMUser", "45.155.205.9", "45.155.205.9", "49505", "Selectel Ltd.", "GetObject", NULL, "or", 120},
	/* h */
	{"line\nbreak", "Root", "10.200.0.1", "10.200.0.1", NULL, "Selectel Ltd.", "arn:aws:x", NULL, "\xff", 60},
	/* i */
	{"a=b", "IAMUser", "::ffff:10.1.2.3", "::ffff:10.1.2.3", "1", "Google LLC", "GetObject", NULL, "not", 1},
	/* j */ {"zoe", "IAMUser", "10.0.0.0/8", NULL, NULL, "google llc", "PutObject", NULL, "a", 0},
};

static struct store *make_store(void)
{
	struct chunk *chunk = own_chunk();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event = {.timestamp = NOW - rows[i].minutes_ago * MINUTE_MS,
			.ingested = i == 3 ? NOW : TIME_NONE,
			.offset = i,
			.content = i + 1};
		char id[2] = {(char)('a' + i), 0};
		event.id = slice_of(id);
		event.fields[FIELD_USER_NAME] = slice_of(rows[i].user);
		event.fields[FIELD_IDENTITY_TYPE] = slice_of(rows[i].type);
		event.fields[FIELD_SOURCE_ADDRESS] = slice_of(rows[i].address);
		event.fields[FIELD_SOURCE_IP] = slice_of(rows[i].ip);
		event.fields[FIELD_AS_NUMBER] = slice_of(rows[i].number);
		event.fields[FIELD_AS_ORG] = slice_of(rows[i].organisation);
		event.fields[FIELD_ACTION] = slice_of(rows[i].action);
		event.fields[FIELD_ERROR_CODE] = slice_of(rows[i].error);
		event.fields[FIELD_USER_AGENT] = slice_of(rows[i].agent);
		chunk_add(chunk, &event);
	}
	struct store *store = store_of(chunk);
	assert_int_equal(store->count, COUNT_OF(rows));
	return store;
}

/* Query, the rows it keeps. */
static const char *const triples[][2] = {
	{"", "abcdefghij"},
	{"  ", "abcdefghij"},
	/* one field */
	{"user.name: alice", "a"},
	{"user: alice", "a"},
	{"user:alice", "a"},
	{"user : alice", "a"},
	{"user.name: Alice", "e"},
	{"user: nobody", ""},
	{"org: \"Amazon.com, Inc.\"", "ab"},
	{"org: google*", "j"},
	{"org: Google\\ LLC", "i"},
	{"user: *", "abcdeghij"},
	{"not user: *", "f"},
	{"NOT user: *", "f"},
	{"type: * and not org: *", "cdf"},
	/* wildcards, escapes */
	{"user: ci-*", "cd"},
	{"user: *li*", "aeh"},
	{"user: ?lice", "ae"},
	{"user: d?rte*", "g"},
	{"user: d?rte\\*", "g"},
	{"user: \"dörte*\"", "g"},
	{"user: \"ci-*\"", ""},
	{"agent: \"x\\\"y\\\\z\"", "e"},
	{"user: \"line\\nbreak\"", "h"},
	{"user: \"line\\u000abreak\"", "h"},
	{"agent: \"\\xff\"", "h"},
	{"agent: \"x\\\"y\\z\"", "e"}, /* a backslash that escapes nothing is one */
	{"user: \"dörte\\*\"", ""},
	{"agent: \\not or agent: \\OR", "i"},
	/* groups of values */
	{"user: (alice or bob)", "ab"},
	{"user: (alice or bob or not ci-*)", "abefghij"},
	{"user: (ci-* and not *test)", "c"},
	{"user: ((alice) or (zoe))", "aj"},
	{"action: (GetObject or ListBuckets) and type: IAMUser", "abgi"},
	/* and, or, not, parentheses */
	{"user: alice or user: bob and action: GetObject", "a"},
	{"(user: alice or user: bob) and action: GetObject", "a"},
	{"user: bob or user: alice and action: GetObject", "ab"},
	{"not (user: alice or user: bob)", "cdefghij"},
	{"not not user: alice", "a"},
	{"not user: alice and not user: bob and type: IAMUser", "gij"},
	{"user: alice OR user: bob", "ab"},
	{"user: alice AND type: IAMUser", "a"},
	{"type: IAMUser and (org: Selectel* or asn: 14618)", "ag"},
	{"error: AccessDenied or ip: 10.0.0.0/8 or user: zoe or ip: 45.155.205.9", "abghij"},
	/* values that look like syntax */
	{"agent: \"or\"", "g"},
	{"agent: \"not\"", "i"},
	{"user: a=b", "i"},
	{"action: arn:aws:x", "h"},
	{"\"user.name\": alice", "a"},
	/* addresses */
	{"source.ip: 10.1.2.3", "ai"},
	{"ip: 10.0.0.0/8", "ahi"},
	{"ip: 10.1.0.0/16", "ai"},
	{"ip: 0.0.0.0/0", "abghi"},
	{"ip: 2001:db8::/32", "c"},
	{"ip: \"2001:db8:0:0:0:0:0:1\"", "c"},
	{"ip: 10.*", "ah"},
	{"ip >= 45.0.0.0 and ip < 46.0.0.0", "g"},
	{"ip > 10.1.2.3 and ip <= 10.200.0.1", "h"},
	{"address: 10.0.0.0/8", "ahij"},
	{"address: \"10.0.0.0/8\"", "j"},
	{"address: \"AWS Internal\"", "e"},
	{"address: *.amazonaws.com", "d"},
	{"not ip: 10.0.0.0/8 and ip: *", "bcg"},
	/* numbers */
	{"source.as.number: 209", "c"},
	{"asn: AS209", "c"},
	{"asn >= 14618", "abg"},
	{"asn > 14618 and asn < 49505", "b"},
	{"asn: 1*", "abi"},
	{"asn: *", "abcgi"},
	/* times: a date is a day, a minute is a minute */
	{"@timestamp >= 2026-05-07", "cdefghij"},
	{"@timestamp > 2026-05-05", "bcdefghij"},
	{"@timestamp <= 2026-05-05", "a"},
	{"@timestamp < 2026-05-06", "a"},
	{"@timestamp: 2026-05-06", "b"},
	{"@timestamp: \"2026-05-07T22:00\"", "j"},
	{"@timestamp: 2026-05-07T21:59", "i"},
	{"@timestamp >= -2h", "ghij"},
	{"time > -2h", "hij"},
	{"@timestamp >= \"2026-05-07T21:59:00.000Z\"", "ij"},
	{"@timestamp <= 2026-05-07T23:59:00+02:00", "abcdefghi"},
	{"@timestamp: *", "abcdefghij"},
	{"event.ingested: *", "d"},
	{"event.ingested >= 2026-05-07", "d"},
	{"event.dataset: aws.cloudtrail and user: alice", "a"},
	{"event.dataset: \"aws.*\"", ""},
	{"event.dataset: aws.*", "abcdefghij"},
	{"event.module: azure", ""},
	{"event.module: * and user: zoe", "j"},
	/* text ranges, by bytes */
	{"user < b", "aei"},
	{"user >= ci-test", "dghj"},
	/* bare values look everywhere */
	{"alice", "a"},
	{"Selectel*", "gh"},
	{"\"AWS Internal\"", "e"},
	{"14618", "a"},
	{"not *amazon* and not *a*", "fg"},
	{"*", "abcdefghij"},
};

static void queries_keep_what_they_say(void **state)
{
	(void)state;
	struct store *store = make_store();
	for (size_t i = 0; i < COUNT_OF(triples); i++) {
		struct err err = {0};
		struct query *query = query_parse(triples[i][0], NOW, &err);
		if (!query)
			fail_msg("%s: %s (column %d)", triples[i][0], err.text, (int)err.offset + 1);
		uint32_t matched;
		uint64_t *bits = query_run(query, store, &matched);
		struct query_plan *plan = query_plan_new(query, store);
		char kept[COUNT_OF(rows) + 1];
		size_t count = 0;
		for (uint32_t row = 0; row < store->count; row++) {
			bool is_kept = bits[row / 64] >> row % 64 & 1;
			assert_int_equal(is_kept, query_plan_match(plan, row));
			if (is_kept)
				kept[count++] = (char)('a' + row);
		}
		kept[count] = 0;
		if (strcmp(kept, triples[i][1]) != 0)
			fail_msg("%s keeps \"%s\", not \"%s\"", triples[i][0], kept, triples[i][1]);
		assert_int_equal(matched, count);
		query_plan_free(plan);
		free(bits);
		query_free(query);
	}
	store_free(store);
}

static const struct {
	const char *query;
	unsigned column; /* from 0 */
	const char *reason;
} errors[] = {
	{"usr: alice", 0, "nearest known one is user"},
	{"user.nam: x", 0, "user.name"},
	{"type: IAMUser and usr.name: x", 18, "user.name"},
	{"user:", 5, "expected a value"},
	{"user: ", 6, "expected a value"},
	{"user: (alice or)", 15, "expected a value"},
	{"user: (alice bob)", 13, "expected `or`"},
	{"user: (alice", 6, "never closed"},
	{"(user: alice", 0, "never closed"},
	{"user: alice)", 11, "never opened"},
	{"user: \"alice", 6, "never closed"},
	{"user: alice bob", 12, "expected `and` or `or`"},
	{"and user: x", 0, "expected a field"},
	{"user: alice and", 15, "at the end"},
	{"user: alice or or", 15, "expected a field"},
	{"not", 3, "at the end"},
	{"()", 1, "expected"},
	{"user: or", 6, "quote the word"},
	{"user=alice", 0, "field: value"},
	{"user!=alice", 0, "field: value"},
	{"ip: 10.0.0", 4, "not an IPv4"},
	{"ip: 10.0.0.0/33", 4, "0 to 32"},
	{"ip: 08.1.2.3", 4, "not an IPv4"},
	{"ip >= 10.0.0.0/8", 6, "block"},
	{"asn: x", 5, "not a number"},
	{"asn > 1*", 6, "wildcards"},
	{"user > a*", 7, "wildcards"},
	{"user > *", 7, "wildcards"},
	{"@timestamp: yesterday", 12, "not a time"},
	{"@timestamp: 2026*", 12, "not a time"},
	{"user: a and @timestamp >= 2026-13-01", 26, "not a time"},
	{"event.dataset > aws", 16, "compared by"},
	{"< 3", 0, "expected a value"},
	{"user: DOMAIN\\alice", 6, "write two"},
	{"user: a\\*\\b*", 6, "write two"},
	{"user: alice and \\note", 16, "write two"},
	{"org: Google LLC", 12, "with a blank needs quotes"},
};

static void errors_point_at_the_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		struct err err = {0};
		struct query *query = query_parse(errors[i].query, NOW, &err);
		if (query)
			fail_msg("%s was accepted", errors[i].query);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.text, errors[i].reason) || err.offset != errors[i].column)
			fail_msg("%s: column %d \"%s\", expected column %u \"%s\"", errors[i].query, (int)err.offset,
				err.text, errors[i].column, errors[i].reason);
	}
}

static void depth_and_size_are_limited(void **state)
{
	(void)state;
	struct buf deep = BUF_EMPTY, wide = BUF_EMPTY, nots = BUF_EMPTY;
	for (int i = 0; i < 100000; i++) {
		buf_add_text(&deep, "(");
		buf_add_text(&wide, i ? " or user: x" : "user: x");
		buf_add_text(&nots, "not ");
	}
	assert_null(query_parse(deep.data, NOW, NULL));
	assert_null(query_parse(wide.data, NOW, NULL));
	assert_null(query_parse(nots.data, NOW, NULL));
	buf_free(&deep);
	buf_free(&wide);
	buf_free(&nots);
}

static void a_formatted_value_parses_back(void **state)
{
	(void)state;
	struct store *store = make_store();
	for (uint32_t row = 0; row < store->count; row++)
		for (enum event_field field = 0; field < FIELD_COUNT; field++) {
			if (event_fields[field].kind != KIND_KEYWORD)
				continue;
			struct buf text = BUF_EMPTY;
			uint32_t value = store_value(store, field, row);
			query_format_term(&text, field, store_string(store, value));
			struct err err = {0};
			struct query *query = query_parse(text.data, NOW, &err);
			if (!query)
				fail_msg("%s: %s", text.data, err.text);
			struct query_plan *plan = query_plan_new(query, store);
			for (uint32_t other = 0; other < store->count; other++)
				assert_int_equal(
					query_plan_match(plan, other), store_value(store, field, other) == value);
			query_plan_free(plan);
			query_free(query);
			buf_free(&text);
		}
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_keep_what_they_say),
		cmocka_unit_test(errors_point_at_the_column),
		cmocka_unit_test(depth_and_size_are_limited),
		cmocka_unit_test(a_formatted_value_parses_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
