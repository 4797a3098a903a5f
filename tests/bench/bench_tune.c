/* bench_tune: from a key to the updated difference at 2,000,000 events of 5,000 identities over 90 days: one draft after
 * another, each a key further, compared with the applied parameters; then the sweep of each condition. One line of JSON. */
#include "raretrail/tune.h"

#include <stdio.h>

#include "made.h"

enum { EVENTS = 2000000, IDENTITIES = 5000, DAYS = 90 };

static void event_add(struct making *making)
{
	static const char *const clouds[] = {"Amazon.com, Inc.", "Google LLC", "Microsoft Corporation"};
	static const char *const actions[] = {"DescribeInstances", "GetObject", "PutObject", "ListBuckets",
		"GetSecretValue", "AssumeRole", "PutLogEvents", "GetCallerIdentity", "Decrypt", "ListUsers"};
	char user[24], ip[24], org[24];
	uint32_t identity = (uint32_t)made_below(IDENTITIES);
	bool is_rare = identity % 4 == 0 && made_below(300) == 0;
	(void)snprintf(user, sizeof user, "role-%u", identity);
	(void)snprintf(ip, sizeof ip, "198.18.%u.%u", identity % 200, is_rare ? 9 : 1);
	(void)snprintf(org, sizeof org, "Provider %u", identity % 50);
	struct event event = {.timestamp = INT64_C(1767225600000) + (int64_t)made_below(DAYS * 86400) * SECOND_MS};
	event.fields[FIELD_USER_NAME] = slice_of(user);
	event.fields[FIELD_IDENTITY_TYPE] = slice_of("AssumedRole");
	event.fields[FIELD_SOURCE_IP] = event.fields[FIELD_SOURCE_ADDRESS] = slice_of(ip);
	event.fields[FIELD_AS_ORG] = slice_of(is_rare ? org : clouds[identity % COUNT_OF(clouds)]);
	event.fields[FIELD_ACTION] = slice_of(actions[made_below(COUNT_OF(actions))]);
	event.fields[FIELD_OUTCOME] = slice_of("success");
	making_add(making, &event, identity);
}

static struct store *store_make(void)
{
	struct making making;
	made_seed(7);
	making_begin(&making);
	while (making.count < EVENTS)
		event_add(&making);
	return making_end(&making);
}

int main(void)
{
	static const char *const keys[] = {"rare-as.max_rare_asn_ratio=0.02", "rare-as.max_rare_asn_ratio=0.03",
		"rare-as.max_rare_asn_ratio=0.04", "rare-as.min_trusted_cloud_event_count=20",
		"rare-as.min_trusted_cloud_event_count=10", "rare-as.min_unique_action_from_untrusted_asn=1",
		"rare-as.max_count_distinct_asns=4", "rare-as.max_age=2h", "rare-as.max_age=3h",
		"rare-as.trusted+=Provider 1*", "rare-as.trusted+=Provider 2*", "rare-as.ignored_users+=role-1*",
		"rare-as.sensitive_actions+=Decrypt", "rare-as.window=14d", "rare-as.window=30d",
		"rare-method.anomaly_threshold=60", "rare-method.anomaly_threshold=40",
		"rare-method.ignored_users+=role-2*", "rare-method.max_alerts=10"};
	struct params applied, draft;
	struct err err;
	params_init(&applied);
	/* looser than the default, so that there are hundreds of alerts to compare */
	if (params_assign(&applied, "rare-as.max_rare_asn_ratio=0.05", &err) ||
		params_assign(&applied, "rare-as.min_trusted_cloud_event_count=5", &err) ||
		params_assign(&applied, "rare-as.min_unique_action_from_untrusted_asn=1", &err) ||
		params_assign(&applied, "rare-method.anomaly_threshold=50", &err))
		base_abort("%s", err.text);
	struct store *store = store_make();
	double start = made_wall_ms();
	struct tune *tune = tune_new(&(struct tune_setup){.store = store, .rules = 3, .now = TIME_NONE}, &applied);
	double new_ms = made_wall_ms() - start, worst = 0;
	printf("{\"bench\":\"tune\",\"events\":%d,\"new_ms\":%.1f", EVENTS, new_ms);
	params_copy(&draft, &applied);
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct tune_diff diff;
		if (params_assign(&draft, keys[i], &err))
			base_abort("%s", err.text);
		tune_compare(tune, &draft, &diff);
		double ms = (double)diff.elapsed_us / 1000;
		worst = ms > worst ? ms : worst;
		printf(",\"%s\":{\"ms\":%.2f,\"before\":%zu,\"lost\":%zu,\"gained\":%zu}", keys[i], ms,
			diff.before_count, diff.total.lost, diff.total.gained);
		tune_diff_free(&diff);
	}
	double worst_sweep = 0;
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		struct tune_sweep sweep;
		if (parameter > PARAMETER_MAX_AGE && parameter != PARAMETER_THRESHOLD)
			continue;
		start = made_wall_ms();
		if (tune_sweep(tune, &applied, parameter, &sweep, &err))
			base_abort("%s", err.text);
		double ms = made_wall_ms() - start;
		worst_sweep = ms > worst_sweep ? ms : worst_sweep;
		printf(",\"sweep_%s_ms\":%.2f", parameters[parameter].key, ms);
		tune_sweep_free(&sweep);
	}
	printf(",\"worst_draft_ms\":%.2f,\"worst_sweep_ms\":%.2f}\n", worst, worst_sweep);
	tune_free(tune);
	params_free(&applied);
	params_free(&draft);
	store_free(store);
	return 0;
}
