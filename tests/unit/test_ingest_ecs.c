/* ECS documents: their own fields count, the databases add what is missing, other data sets are refused; and raw records
 * around which a shipper's document stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/ingest.h"
#include "map_document.h"

static char database[] = "/tmp/raretrail-ecs-XXXXXX";
static struct enrich *enrich;

static int make_database(void **state)
{
	(void)state;
	static char rows[] =
		"192.0.2.0,192.0.2.255,64500,Harbour Networks\n198.51.100.0,198.51.100.255,64501,Quay Cloud\n";
	FILE *csv = fmemopen(rows, sizeof rows - 1, "r");
	FILE *const files[] = {csv};
	static const char *const names[] = {"rows"};
	struct err err;
	int handle = mkstemp(database);
	close(handle);
	if (mmdb_write_asn(files, names, 1, database, INT64_C(1775116800000), NULL, NULL, NULL, &err) != 0) {
		print_error("%s\n", err.text);
		return -1;
	}
	fclose(csv);
	int result = enrich_open(&(struct enrich_options){.asn_db = database}, &enrich, &err);
	if (result != 0)
		print_error("%s\n", err.text);
	return result;
}

static int remove_database(void **state)
{
	(void)state;
	enrich_free(enrich);
	return unlink(database);
}

#define HEAD \
	"{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event\":{\"dataset\":\"aws.cloudtrail\",\"action\":\"A\"," \
	"\"outcome\":\"success\"},\"user\":{\"name\":\"u\"},"

/* Loads one document, and gives the value of a field in the store and in the document; both must be the same. */
static char *field_of(const char *text, enum event_field field, const struct enrich *with)
{
	char path[] = "/tmp/raretrail-ecs-doc-XXXXXX";
	int file = mkstemp(path);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
	const char *const paths[] = {path};
	struct load_options options = {
		.paths = paths, .path_count = 1, .since = TIME_NONE, .until = TIME_NONE, .enrich = with};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	load_wait(load);
	struct store *store = load_snapshot(load);
	char *result = NULL;
	if (store->count == 1) {
		struct slice value = store_text(store, field, 0);
		result = value.data ? xstrdup(value.data) : xstrdup("absent");
		json_t *document = load_document(load, store, 0, &err);
		assert_non_null(document);
		json_t *at = document;
		const char *rest = event_fields[field].name;
		for (const char *dot; at && (dot = strchr(rest, '.')); rest = dot + 1)
			at = json_object_getn(at, rest, (size_t)(dot - rest));
		at = json_object_get(at, rest);
		char *shown = json_is_integer(at) ? xasprintf("%lld", (long long)json_integer_value(at))
			      : at                ? xstrdup(json_string_value(at))
						  : xstrdup("absent");
		assert_string_equal(shown, result);
		free(shown);
		json_decref(document);
	}
	store_free(store);
	load_free(load);
	unlink(path);
	return result;
}

static void check(const char *text, enum event_field field, const struct enrich *with, const char *expected)
{
	char *have = field_of(text, field, with);
	if (!have || !expected) {
		if (have || expected)
			fail_msg("%s: %s, not %s", text, have ? have : "no event", expected ? expected : "no event");
		return;
	}
	if (strcmp(have, expected) != 0)
		fail_msg("%s: %s is %s, not %s", text, event_fields[field].name, have, expected);
	free(have);
}

static void own_networks_count(void **state)
{
	(void)state;
	static const char own[] =
		HEAD "\"source\":{\"ip\":\"192.0.2.9\",\"address\":\"192.0.2.9\",\"as\":{\"number\":64999,"
		     "\"organization\":{\"name\":\"Own Name\"}}}}";
	static const char named[] =
		HEAD "\"source\":{\"ip\":\"192.0.2.9\",\"as\":{\"organization\":{\"name\":\"Own Name\"}}}}";
	static const char numbered[] = HEAD "\"source\":{\"ip\":\"192.0.2.9\",\"as\":{\"number\":64500}}}";
	static const char other[] = HEAD "\"source\":{\"ip\":\"192.0.2.9\",\"as\":{\"number\":64999}}}";
	static const char nothing[] = HEAD "\"source\":{\"ip\":\"192.0.2.9\"}}";
	static const char nowhere[] = HEAD "\"source\":{\"ip\":\"203.0.113.1\"}}";
	check(own, FIELD_AS_ORG, enrich, "Own Name");
	check(own, FIELD_AS_NUMBER, enrich, "64999");
	check(named, FIELD_AS_ORG, enrich, "Own Name");
	check(named, FIELD_AS_NUMBER, enrich, "absent");
	check(numbered, FIELD_AS_ORG, enrich, "Harbour Networks");
	check(other, FIELD_AS_ORG, enrich, "absent");
	check(other, FIELD_AS_NUMBER, enrich, "64999");
	check(nothing, FIELD_AS_ORG, enrich, "Harbour Networks");
	check(nothing, FIELD_AS_NUMBER, enrich, "64500");
	check(nothing, FIELD_AS_ORG, NULL, "absent");
	check(own, FIELD_AS_ORG, NULL, "Own Name");
	check(nowhere, FIELD_AS_ORG, enrich, "absent");
}

static void own_places_count(void **state)
{
	(void)state;
	static const char own[] = HEAD "\"source\":{\"ip\":\"192.0.2.9\",\"geo\":{\"city_name\":\"Quay\","
				       "\"country_iso_code\":\"XX\"}}}";
	check(own, FIELD_CITY_NAME, enrich, "Quay");
	check(own, FIELD_COUNTRY_CODE, enrich, "XX");
	check(own, FIELD_COUNTRY_NAME, enrich, "absent");
}

static void fields_stand_nested_dotted_or_in_lists(void **state)
{
	(void)state;
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event.dataset\":\"aws.cloudtrail\",\"event.action\":[\"A\","
	      "\"B\"],"
	      "\"user.name\":\"dotted\",\"aws\":{\"cloudtrail.user_identity\":{\"type\":\"IAMUser\"}}}",
		FIELD_USER_NAME, NULL, "dotted");
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event.dataset\":\"aws.cloudtrail\",\"event.action\":[\"A\","
	      "\"B\"],"
	      "\"aws\":{\"cloudtrail.user_identity\":{\"type\":\"IAMUser\"}}}",
		FIELD_ACTION, NULL, "A");
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event.dataset\":\"aws.cloudtrail\",\"event.action\":\"A\","
	      "\"aws\":{\"cloudtrail.user_identity\":{\"type\":[\"IAMUser\"]}}}",
		FIELD_IDENTITY_TYPE, NULL, "IAMUser");
	check(HEAD "\"source\":{\"ip\":\"not an address\"}}", FIELD_ACTION, NULL, "A");
	/* Times as numbers, as Elasticsearch takes them. */
	check("{\"@timestamp\":1775116800000,\"event\":{\"dataset\":\"aws.cloudtrail\",\"action\":\"A\"}}",
		FIELD_ACTION, NULL, "A");
	/* The session's name is told where the pipeline does not keep it. */
	check(HEAD "\"aws\":{\"cloudtrail\":{\"user_identity\":{\"type\":\"AssumedRole\",\"arn\":"
		   "\"arn:aws:sts::1:assumed-role/R/build-7\"}}}}",
		FIELD_SESSION_NAME, NULL, "build-7");
}

static void other_data_sets_are_refused(void **state)
{
	(void)state;
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event\":{\"dataset\":\"aws.vpcflow\",\"action\":\"A\"},"
	      "\"source\":{\"ip\":\"192.0.2.9\"}}",
		FIELD_ACTION, NULL, NULL);
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event\":{\"module\":\"auditd\",\"action\":\"A\"},"
	      "\"source\":{\"ip\":\"192.0.2.9\"}}",
		FIELD_ACTION, NULL, NULL);
	check("{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"event\":{\"action\":\"A\"},\"source\":{\"ip\":\"192.0.2.9\"}"
	      "}",
		FIELD_ACTION, NULL, "A");
}

static void the_time_of_arrival_is_kept(void **state)
{
	(void)state;
	json_t *record = json_loads(HEAD "\"event.ingested\":\"2026-04-02T08:05:00Z\"}", 0, NULL);
	json_t *documents = map_document(record, ECS_COMPAT_8_9, NULL);
	json_t *event = json_object_get(json_array_get(documents, 0), "event");
	assert_string_equal(json_string_value(json_object_get(event, "ingested")), "2026-04-02T08:05:00Z");
	json_decref(documents);
	json_decref(record);
}

#define RAW \
	"{\\\"eventVersion\\\":\\\"1.08\\\",\\\"eventName\\\":\\\"A\\\",\\\"userIdentity\\\":{\\\"accountId\\\":" \
	"\\\"1\\\"}"

static void a_shipper_s_document_counts_around_a_record(void **state)
{
	(void)state;
	static const char with_account[] =
		"{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"cloud\":{\"account\":{\"id\":\"agent\"}},\"message\":\"" RAW
		",\\\"eventTime\\\":\\\"2026-04-02T07:00:00Z\\\"}\"}";
	static const char without_time[] = "{\"@timestamp\":\"2026-04-02T08:00:00Z\",\"message\":\"" RAW "}\"}";
	check(with_account, FIELD_ACCOUNT_ID, NULL, "agent");
	check(without_time, FIELD_ACCOUNT_ID, NULL, "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_networks_count),
		cmocka_unit_test(own_places_count),
		cmocka_unit_test(fields_stand_nested_dotted_or_in_lists),
		cmocka_unit_test(other_data_sets_are_refused),
		cmocka_unit_test(the_time_of_arrival_is_kept),
		cmocka_unit_test(a_shipper_s_document_counts_around_a_record),
	};
	return cmocka_run_group_tests(tests, make_database, remove_database);
}
