/* The published pairs of raw record and expected document, field by field. They live outside the tree; without
 * $RARETRAIL_SHARED the test skips. Each pair has a behaviour class; what changed after its class is not compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/ingest.h"
#include "map_document.h"

static const char *const compared[] = {"@timestamp", "aws.cloudtrail.error_code", "aws.cloudtrail.error_message",
	"aws.cloudtrail.user_identity.access_key_id", "aws.cloudtrail.user_identity.arn",
	"aws.cloudtrail.user_identity.session_context.creation_date",
	"aws.cloudtrail.user_identity.session_context.mfa_authenticated",
	"aws.cloudtrail.user_identity.session_context.session_issuer.account_id",
	"aws.cloudtrail.user_identity.session_context.session_issuer.arn",
	"aws.cloudtrail.user_identity.session_context.session_issuer.principal_id",
	"aws.cloudtrail.user_identity.session_context.session_issuer.type", "aws.cloudtrail.user_identity.type",
	"cloud.account.id", "cloud.region", "event.action", "event.outcome", "event.provider", "related.user",
	"source.address", "source.as.number", "source.as.organization.name", "source.geo.city_name",
	"source.geo.continent_name", "source.geo.country_iso_code", "source.geo.country_name",
	"source.geo.location.lat", "source.geo.location.lon", "source.geo.region_iso_code", "source.geo.region_name",
	"source.ip", "user.changes.name", "user.id", "user.name", "user.target.name", "user_agent.original"};

static struct enrich *enrich;

static int open_databases(void **state)
{
	(void)state;
	const char *shared = getenv("RARETRAIL_SHARED");
	char *asn = xasprintf("%s/asn/GeoLite2-ASN-Test.mmdb", shared);
	char *city = xasprintf("%s/asn/GeoLite2-City-Test.mmdb", shared);
	struct err err;
	int result = enrich_open(&(struct enrich_options){asn, city}, &enrich, &err);
	free(asn);
	free(city);
	return result;
}

static int close_databases(void **state)
{
	(void)state;
	enrich_free(enrich);
	return 0;
}

/* "a.b.c" in a nested document. */
static json_t *at_path(json_t *document, const char *path)
{
	for (const char *dot; document && (dot = strchr(path, '.')); path = dot + 1)
		document = json_object_getn(document, path, (size_t)(dot - path));
	return json_object_get(document, path);
}

/* Were the two behaviours different in the class of the pair? */
static bool is_stable(const char *field, const char *class, const json_t *raw)
{
	bool is_current = strcmp(class, "8.9") == 0 || strcmp(class, "7.4") == 0 || strcmp(class, "7.1") == 0;
	bool is_old = strcmp(class, "pre-3.8") == 0 || strcmp(class, "3.8") == 0 || strcmp(class, "4.2") == 0;
	const char *type = json_string_value(json_object_get(json_object_get(raw, "userIdentity"), "type"));
	if (is_current || (strcmp(class, "5.2") == 0))
		return true;
	if (strcmp(field, "related.user") == 0) /* user.id, user.name (3.8); session names (7.1) */
		return !is_old;
	if (strcmp(field, "user.id") == 0) /* onBehalfOf (5.2) */
		return !type || strcmp(type, "IdentityCenterUser") != 0;
	if (strcmp(field, "cloud.account.id") == 0 && strcmp(class, "pre-3.8") == 0) /* recipientAccountId (3.16) */
		return json_object_get(json_object_get(raw, "userIdentity"), "accountId") ||
		       json_object_get(raw, "awsAccountId");
	return true;
}

static bool is_skipped(json_t *pair, const char *field)
{
	json_t *skipped = json_object_get(pair, "skip_fields");
	for (size_t i = 0; i < json_array_size(skipped); i++) {
		if (strcmp(json_string_value(json_array_get(skipped, i)), field) == 0)
			return true;
	}
	/* Two pairs were made with other databases. */
	const char *commit = json_string_value(json_object_get(pair, "commit"));
	bool is_other_database = commit && strcmp(commit, "0f775e78") == 0;
	return is_other_database && (strncmp(field, "source.geo.", 11) == 0 || strncmp(field, "source.as.", 10) == 0);
}

static size_t compare_pair(json_t *pair, const char *name, size_t line)
{
	const char *class = json_string_value(json_object_get(pair, "pipeline_version"));
	json_t *raw = json_object_get(pair, "raw"), *expected = json_object_get(pair, "expected");
	enum ecs_compat compat = strcmp(class, "5.2") == 0 ? ECS_COMPAT_5_2 : ECS_COMPAT_8_9;
	json_t *documents = map_document(raw, compat, enrich);
	assert_int_equal(json_array_size(documents), 1);
	json_t *document = json_array_get(documents, 0);
	size_t wrong = 0;
	for (size_t f = 0; f < COUNT_OF(compared); f++) {
		json_t *want = json_object_get(expected, compared[f]), *have = at_path(document, compared[f]);
		if (is_skipped(pair, compared[f]) || !is_stable(compared[f], class, raw))
			continue;
		if ((!want && !have) || json_equal(want, have))
			continue;
		char *shown_want = want ? json_dumps(want, JSON_ENCODE_ANY) : xstrdup("absent");
		char *shown_have = have ? json_dumps(have, JSON_ENCODE_ANY) : xstrdup("absent");
		print_error(
			"%s:%zu (%s) %s: want %s, have %s\n", name, line, class, compared[f], shown_want, shown_have);
		free(shown_want);
		free(shown_have);
		wrong++;
	}
	json_decref(documents);
	return wrong;
}

static void compare_file(const char *name, size_t pairs)
{
	const char *shared = getenv("RARETRAIL_SHARED");
	char *path = xasprintf("%s/ecs/%s", shared, name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	free(path);
	char *line = NULL;
	size_t size = 0, number = 0, wrong = 0;
	while (getline(&line, &size, file) > 0) {
		json_t *pair = json_loads(line, 0, NULL);
		assert_non_null(pair);
		wrong += compare_pair(pair, name, ++number);
		json_decref(pair);
	}
	free(line);
	fclose(file);
	assert_int_equal(number, pairs);
	assert_int_equal(wrong, 0);
}

static void published_pairs(void **state)
{
	(void)state;
	compare_file("pairs.jsonl", 55);
}

static void derived_pairs(void **state)
{
	(void)state;
	compare_file("pairs_derived.jsonl", 22);
}

int main(void)
{
	const char *shared = getenv("RARETRAIL_SHARED");
	if (!shared || !*shared) {
		puts("the shared data folder is not there: no published pairs");
		return 77;
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(published_pairs), cmocka_unit_test(derived_pairs)};
	return cmocka_run_group_tests(tests, open_databases, close_databases);
}
