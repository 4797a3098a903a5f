/* bench_rare_as: rare-as at 2,000,000 events of 5,000 identities over 90 days, one core: building the engine, one as-of
 * evaluation after each kind of parameter change, the whole replay (2,160 executions). Prints one line of JSON. */
#include "raretrail/detect.h"

#include <stdio.h>

#include "made.h"

enum { EVENTS = 2000000, IDENTITIES = 5000, DAYS = 90, REPEATS = 9 };
static const int64_t START = INT64_C(1767225600000);

/* ---- the data: ten busy identities make two fifths of the events; one in five comes from elsewhere now and then ---- */

static const char *const clouds[] = {
	"Amazon.com, Inc.", "Amazon Data Services UK", "Google LLC", "Microsoft Corporation"};
static const char *const actions[] = {"DescribeInstances", "GetObject", "PutObject", "ListBuckets", "GetSecretValue",
	"AssumeRole", "CreateLogStream", "PutLogEvents", "GetCallerIdentity", "Decrypt", "GenerateDataKey",
	"ListUsers"};
static const char *const agents[] = {"aws-cli/2.15.0", "Boto3/1.34.0", "aws-sdk-go/1.50.0", "Terraform/1.7", "console"};

static void add_event(struct making *making, int64_t timestamp)
{
	char user[32], address[32], org[32];
	uint64_t identity = made_below(10) < 4 ? made_below(10) : made_below(IDENTITIES);
	bool is_roaming = identity % 5 == 0 && made_below(100) == 0;
	snprintf(user, sizeof user, "role-%u", (unsigned)identity);
	if (is_roaming) {
		uint64_t network = made_below(3) * 97 + identity % 300;
		snprintf(org, sizeof org, "Provider %u", (unsigned)network);
		snprintf(address, sizeof address, "203.%u.%u.7", (unsigned)(network % 200), (unsigned)(identity % 250));
	} else {
		unsigned cloud = (unsigned)(identity + made_below(10) / 9) % COUNT_OF(clouds);
		snprintf(org, sizeof org, "%s", clouds[cloud]);
		snprintf(address, sizeof address, "52.%u.%u.%u", cloud, (unsigned)(identity % 250),
			(unsigned)made_below(4));
	}
	struct event event = {.timestamp = timestamp};
	event.fields[FIELD_USER_NAME] = slice_of(user);
	event.fields[FIELD_IDENTITY_TYPE] = slice_of("AssumedRole");
	event.fields[FIELD_SOURCE_ADDRESS] = event.fields[FIELD_SOURCE_IP] = slice_of(address);
	event.fields[FIELD_AS_ORG] = slice_of(org);
	event.fields[FIELD_ACTION] = slice_of(actions[made_below(COUNT_OF(actions))]);
	event.fields[FIELD_OUTCOME] = slice_of(made_below(20) ? "success" : "failure");
	event.fields[FIELD_USER_AGENT] = slice_of(agents[(identity + made_below(2)) % COUNT_OF(agents)]);
	making_add(making, &event, (unsigned)identity);
}

static struct store *make_store(void)
{
	struct making making;
	made_seed(42);
	making_begin(&making);
	while (making.count < EVENTS)
		add_event(&making, START + (int64_t)made_below((uint64_t)DAYS * DAY_MS));
	return making_end(&making);
}

/* ---- measuring ---- */

static size_t found;

static double once(struct rare_as *engine, const struct rare_as_params *params, int64_t now)
{
	struct alerts alerts = {0};
	double start = made_wall_ms();
	if (now == TIME_NONE)
		rare_as_replay(engine, params, &alerts);
	else
		rare_as_at(engine, params, now, &alerts);
	double ms = made_wall_ms() - start;
	found = alerts.count;
	alerts_free(&alerts);
	return ms;
}

/* The median over repeats of one evaluation directly after a change; between them the defaults are evaluated, and two
 * other lists, so that nothing the engine keeps can answer. */
static double after_change(struct rare_as *engine, const char *change, int64_t now)
{
	struct params defaults, changed, other;
	struct err err;
	double ms[REPEATS];
	params_init(&defaults);
	params_init(&changed);
	params_init(&other);
	char text[512];
	snprintf(text, sizeof text, "%s", change);
	for (char *rest = text, *one; (one = strsep(&rest, ";"));)
		if (params_assign(&changed, one, &err) != 0)
			base_abort("%s: %s", one, err.text);
	for (int i = 0; i < REPEATS; i++) {
		for (int flush = 0; flush < 3; flush++) {
			char entry[64];
			snprintf(entry, sizeof entry, "rare-as.trusted+=flush %d %d", i, flush);
			if (params_assign(&other, entry, &err) != 0)
				base_abort("%s: %s", entry, err.text);
			once(engine, &other.rare_as, now);
		}
		once(engine, &defaults.rare_as, now);
		ms[i] = once(engine, &changed.rare_as, now);
	}
	params_free(&defaults);
	params_free(&changed);
	params_free(&other);
	return made_median(ms, REPEATS);
}

static const struct change {
	const char *name, *assignment;
} changes[] = {
	{"none", "rare-as.min_untrusted_event_count=1"},
	{"ratio", "rare-as.max_rare_asn_ratio=0.05"},
	{"max_age", "rare-as.max_age=7d"},
	{"window", "rare-as.window=90d"},
	{"trusted_add", "rare-as.trusted+=Provider 7*"},
	{"trusted_remove", "rare-as.trusted-=Amazon*"},
	{"trusted_empty", "rare-as.trusted="},
	{"cidr", "rare-as.trusted_cidr+=203.7.0.0/16"},
	{"sensitive", "rare-as.sensitive_actions+=Decrypt"},
	{"ignored_user", "rare-as.ignored_users+=role-1*"},
	{"lax", "rare-as.max_rare_asn_ratio=1;rare-as.min_trusted_cloud_event_count=0;rare-as.max_count_distinct_asns="
		"1000;"
		"rare-as.min_unique_action_from_untrusted_asn=1"},
	{"lax_90_days", "rare-as.max_rare_asn_ratio=1;rare-as.min_trusted_cloud_event_count=0;rare-as.max_count_"
			"distinct_asns=1000;"
			"rare-as.min_unique_action_from_untrusted_asn=1;rare-as.window=90d;rare-as.max_age=90d"},
};

int main(void)
{
	double start = made_wall_ms();
	struct store *store = make_store();
	double store_ms = made_wall_ms() - start;
	start = made_wall_ms();
	struct rare_as *engine = rare_as_new(store);
	double engine_ms = made_wall_ms() - start;

	struct params defaults;
	params_init(&defaults);
	int64_t now = START + 60 * DAY_MS + 12345678;
	double first_at = once(engine, &defaults.rare_as, now);
	double first_replay = once(engine, &defaults.rare_as, TIME_NONE);
	size_t replay_alerts = found;
	printf("{\"bench\":\"rare_as\",\"events\":%d,\"identities\":%d,\"days\":%d,\"store_ms\":%.1f,\"engine_ms\":%."
	       "1f,"
	       "\"first_as_of_ms\":%.2f,\"first_replay_ms\":%.2f,\"replay_alerts\":%zu",
		EVENTS, IDENTITIES, DAYS, store_ms, engine_ms, first_at, first_replay, replay_alerts);
	double worst_at = 0, worst_replay = 0;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		double ms = after_change(engine, changes[i].assignment, now);
		printf(",\"as_of_after_%s_ms\":%.2f", changes[i].name, ms);
		worst_at = ms > worst_at ? ms : worst_at;
	}
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		double ms = after_change(engine, changes[i].assignment, TIME_NONE);
		printf(",\"replay_after_%s_ms\":%.2f,\"replay_alerts_%s\":%zu", changes[i].name, ms, changes[i].name,
			found);
		worst_replay = ms > worst_replay ? ms : worst_replay;
	}
	start = made_wall_ms();
	struct alerts misses = {0};
	rare_as_near_misses(engine, &defaults.rare_as, TIME_NONE, &misses);
	double near_ms = made_wall_ms() - start;
	start = made_wall_ms();
	struct networks networks;
	rare_as_networks(engine, &defaults.rare_as, &networks);
	double networks_ms = made_wall_ms() - start;
	printf(",\"near_misses_ms\":%.2f,\"near_misses\":%zu,\"networks_ms\":%.2f,\"worst_as_of_ms\":%.2f,"
	       "\"worst_replay_ms\":%.2f}\n",
		near_ms, misses.count, networks_ms, worst_at, worst_replay);
	alerts_free(&misses);
	networks_free(&networks);
	params_free(&defaults);
	rare_as_free(engine);
	store_free(store);
	return 0;
}
