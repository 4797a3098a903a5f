/* Alerts on paper: exact numbers, nulls, one line an alert, the columns of CSV, hostile text, a stream that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/report.h"

#include "own_chunk.h"
#include "store_of.h"

static struct store *make_store(void)
{
	struct chunk *chunk = own_chunk();
	struct event event = {
		.timestamp = INT64_C(1778191200000), .ingested = TIME_NONE, .id = slice_of("e1"), .content = 1};
	event.fields[FIELD_USER_NAME] = slice_of("al\x1b\"ice\xe2\x80\xae\xff");
	event.fields[FIELD_ACTION] = slice_of("CreateUser");
	event.fields[FIELD_AS_ORG] = slice_of("=Selectel, Ltd.");
	chunk_add(chunk, &event);
	return store_of(chunk);
}

/* An alert of rare-as without any sensitive action, and a record of rare-method. */
static void make_alerts(const struct store *store, struct alert alerts[2], uint32_t *organisation)
{
	memset(alerts, 0, 2 * sizeof *alerts);
	*organisation = store_value(store, FIELD_AS_ORG, 0);
	alerts[0].rule = RULE_RARE_AS;
	strcpy(alerts[0].id, "0123");
	alerts[0].first_fired = alerts[0].last_fired = INT64_C(1778194800000);
	alerts[0].times_fired = 1;
	alerts[0].rare_as.user_name = store_value(store, FIELD_USER_NAME, 0);
	alerts[0].rare_as.total_events_all_asns = UINT64_C(9007199254740993);
	alerts[0].rare_as.src_asn_values = (struct id_set){organisation, 1};
	alerts[0].rare_as.most_recent_low_asn_day = TIME_NONE;
	alerts[0].rare_as.rare_asn_ratio = 2.0 / 3;
	alerts[0].why[0] = (struct why){
		.parameter = PARAMETER_MIN_ACTIONS, .value = NAN, .limit = 2, .margin = NAN, .silence_at = NAN};
	alerts[0].why[1] = (struct why){.parameter = PARAMETER_MAX_AGE,
		.value = 1500,
		.limit = 3600000,
		.holds = true,
		.binds = true,
		.margin = 3598500,
		.silence_at = 1499};
	alerts[0].why_count = 2;
	alerts[1].rule = RULE_RARE_METHOD;
	strcpy(alerts[1].id, "4567");
	alerts[1].first_fired = alerts[1].last_fired = INT64_C(1778194800000);
	alerts[1].times_fired = 1;
	alerts[1].rare_method = (struct rare_method_record){.partition = alerts[0].rare_as.user_name,
		.user_name = alerts[0].rare_as.user_name,
		.action = store_value(store, FIELD_ACTION, 0),
		.bucket_start = INT64_C(1778191200000),
		.bucket_span = HOUR_MS,
		.actual = 1,
		.typical = 0.1,
		.probability = 7.299252208808921e-05,
		.initial_record_score = 99.84555006267684,
		.record_score = 1e-300};
}

static char *print(enum report_format format)
{
	struct store *store = make_store();
	struct alert items[2];
	uint32_t organisation;
	make_alerts(store, items, &organisation);
	struct alerts alerts = {.items = items, .count = 2};
	struct params params;
	params_init(&params);
	struct report_look look = {0};
	struct report_detection report = {.version = "1",
		.input = {.store = store, .matched = store},
		.params = &params,
		.alerts = &alerts,
		.rules = 3,
		.now = TIME_NONE};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err err;
	assert_int_equal(report_detection(out, format, &look, &report, &err), 0);
	fclose(out);
	FILE *full = fopen("/dev/full", "w");
	if (full) {
		setvbuf(full, NULL, _IONBF, 0);
		assert_int_equal(report_detection(full, format, &look, &report, &err), -1);
		assert_int_equal(err.code, ERR_IO);
		fclose(full);
	}
	params_free(&params);
	store_free(store);
	return text;
}

static void ndjson_is_exact(void **state)
{
	(void)state;
	char *text = print(REPORT_NDJSON);
	assert_string_equal(text,
		"{\"id\":\"0123\",\"rule\":\"rare-as\",\"rule_id\":\"d1b37c0b-4f8b-4cfb-9a1d-639bf8c028b7\","
		"\"rule_name\":\"AWS Rare Source AS Organization Activity\",\"severity\":\"high\",\"risk_score\":73,"
		"\"first_fired\":\"2026-05-07T23:00:00.000Z\",\"last_fired\":\"2026-05-07T23:00:00.000Z\",\"times_"
		"fired\":1,"
		"\"user.name\":\"al\\u001b\\\"ice\\u202e\xef\xbf\xbd\",\"aws.cloudtrail.user_identity.type\":null,"
		"\"Esql.total_events_all_asns\":9007199254740993,\"Esql.count_distinct_asns\":0,"
		"\"Esql.src_asn_values\":[\"=Selectel, "
		"Ltd.\"],\"Esql.user_agent_values\":null,\"Esql.related_users\":null,"
		"\"Esql.source_ip_values\":null,\"Esql.has_trusted_cloud_asn\":false,\"Esql.trusted_cloud_event_"
		"count\":0,"
		"\"Esql.untrusted_event_count\":0,\"Esql.untrusted_suspicious_count\":0,\"Esql.untrusted_suspicious_"
		"actions\":null,"
		"\"Esql.most_recent_low_asn_day\":null,\"Esql.rare_asn_ratio\":0.6666666666666666,"
		"\"Esql.unique_action_from_untrusted_asn\":null,\"why\":["
		"{\"condition\":\"min_unique_action_from_untrusted_asn\",\"value\":null,\"limit\":2,\"unit\":"
		"\"actions\",\"holds\":false,"
		"\"binds\":false,\"margin\":null,\"silence_at\":null,\"is_dominated\":false},"
		"{\"condition\":\"max_age\",\"value\":1.5,\"limit\":3600,\"unit\":\"s\",\"holds\":true,\"binds\":true,"
		"\"margin\":3598.5,\"silence_at\":1.499,\"is_dominated\":false}]}\n"
		"{\"id\":\"4567\",\"rule\":\"rare-method\",\"rule_id\":\"ac706eae-d5ec-4b14-b4fd-e8ba8086f0e1\","
		"\"rule_name\":\"Unusual AWS Command for a User\",\"severity\":\"low\",\"risk_score\":21,"
		"\"first_fired\":\"2026-05-07T23:00:00.000Z\",\"last_fired\":\"2026-05-07T23:00:00.000Z\",\"times_"
		"fired\":1,"
		"\"user.name\":\"al\\u001b\\\"ice\\u202e\xef\xbf\xbd\",\"event.action\":\"CreateUser\","
		"\"@timestamp\":\"2026-05-07T22:00:00.000Z\",\"bucket_span\":3600,\"partition_field_name\":\"user."
		"name\","
		"\"partition_field_value\":\"al\\u001b\\\"ice\\u202e\xef\xbf\xbd\",\"actual\":[1],\"typical\":[0.1],"
		"\"probability\":7.299252208808921e-05,\"initial_record_score\":99.84555006267684,\"record_score\":1e-"
		"300,"
		"\"user_score\":0,\"bucket_score\":0,\"influencers\":[],\"why\":[]}\n");
	free(text);
}

static void csv_has_the_columns_of_both_rules(void **state)
{
	(void)state;
	char *text = print(REPORT_CSV);
	char *end = strstr(text, "\r\n");
	assert_non_null(end);
	*end = 0;
	size_t columns = 1;
	for (const char *c = text; *c; c++)
		columns += *c == ',';
	assert_non_null(strstr(text, "Esql.rare_asn_ratio"));
	assert_non_null(strstr(text, "initial_record_score"));
	/* Quoted commas aside, each row has as many cells; nulls are empty, a formula is not one. */
	for (char *line = end + 2; *line; line += 2) {
		size_t cells = 1;
		bool is_quoted = false;
		for (; *line && strncmp(line, "\r\n", 2) != 0; line++) {
			is_quoted ^= *line == '"';
			cells += *line == ',' && !is_quoted;
		}
		assert_int_equal(cells, columns);
	}
	assert_non_null(strstr(end + 2, "\"'=Selectel, Ltd.\""));
	assert_non_null(strstr(end + 2, ",9007199254740993,"));
	free(text);
}

static void documents_escape_what_they_show(void **state)
{
	(void)state;
	static const enum report_format formats[] = {REPORT_TABLE, REPORT_MARKDOWN, REPORT_HTML};
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		char *text = print(formats[i]);
		assert_null(strchr(text, 0x1b));
		assert_null(strstr(text, "\xe2\x80\xae"));
		assert_non_null(strstr(text, "202E"));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ndjson_is_exact),
		cmocka_unit_test(csv_has_the_columns_of_both_rules),
		cmocka_unit_test(documents_escape_what_they_show),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
