/* bench_rare_method: the rare-method model over 2,000,000 events of 5,000 users in 60 days, one core, once with the
 * events of an hour's work together and once scattered: the whole model, a changed threshold, the explanation of a
 * record, every user's horizon. Prints one line of JSON. */
#include "raretrail/detect.h"

#include <stdio.h>

#include "made.h"

enum { EVENTS = 2000000, USERS = 5000, DAYS = 60, ACTIONS = 240, REPEATS = 7 };
static const int64_t START = INT64_C(1767225600000);

/* Few users are busy, most are not; each has a habit of 4 to 43 actions, the first ones most; rarely something else. */
struct hour {
	unsigned user;
	int64_t start;
};

static struct hour pick_hour(void)
{
	double skew = (double)made_below(1 << 30) / (1 << 30);
	unsigned user = (unsigned)(USERS * skew * skew);
	uint64_t day = made_below(DAYS), hour = user % 3 == 0 ? made_below(24) : 8 + made_below(10);
	return (struct hour){user, START + (int64_t)day * DAY_MS + (int64_t)hour * HOUR_MS};
}

static void add_event(struct making *making, const struct hour *hour)
{
	unsigned user = hour->user, kinds = 4 + user % 40;
	uint64_t rank = made_below(kinds) * made_below(kinds) / kinds;
	uint64_t action = made_below(3000) == 0 ? made_below(ACTIONS) : (user * 7 + rank * rank) % ACTIONS;
	char name[32], arn[64], address[32], city[32], verb[32];
	snprintf(name, sizeof name, "user-%u", user);
	snprintf(arn, sizeof arn, "arn:aws:iam::123456789012:user/user-%u", user);
	snprintf(address, sizeof address, "198.18.%u.%u", user % 200, (unsigned)made_below(4));
	snprintf(city, sizeof city, "City %u", user % 200 / 2);
	snprintf(verb, sizeof verb, "Action%u", (unsigned)action);
	struct event event = {.timestamp = hour->start + (int64_t)made_below(HOUR_MS)};
	event.fields[FIELD_USER_NAME] = slice_of(name);
	event.fields[FIELD_IDENTITY_ARN] = slice_of(arn);
	event.fields[FIELD_SOURCE_IP] = event.fields[FIELD_SOURCE_ADDRESS] = slice_of(address);
	event.fields[FIELD_CITY_NAME] = slice_of(city);
	event.fields[FIELD_ACTION] = slice_of(verb);
	making_add(making, &event, user);
}

/* Up to so many events of a user in an hour of work: 1 scatters them, the worst there is for the model. */
static struct store *make_store(unsigned together)
{
	struct making making;
	making_begin(&making);
	while (making.count < EVENTS) {
		struct hour hour = pick_hour();
		for (uint64_t left = 1 + made_below(together); left > 0 && making.count < EVENTS; left--)
			add_event(&making, &hour);
	}
	return making_end(&making);
}

static void measure(const char *name, unsigned together)
{
	struct store *store = make_store(together);
	struct params params;
	params_init(&params);
	double build[REPEATS], both[REPEATS], threshold[REPEATS], explain[REPEATS], outlook[REPEATS];
	struct rare_method *engine = NULL;
	for (int i = 0; i < REPEATS; i++) {
		rare_method_free(engine);
		double start = made_cpu_ms();
		engine = rare_method_new(store, &params.rare_method, NULL, 1);
		build[i] = made_cpu_ms() - start;
		start = made_wall_ms();
		rare_method_free(rare_method_new(store, &params.rare_method, NULL, 2));
		both[i] = made_wall_ms() - start;
	}
	size_t records, alerts = 0;
	const struct rare_method_record *all = rare_method_records(engine, &records);
	for (int i = 0; i < REPEATS; i++) {
		struct alerts out = {0};
		params.rare_method.anomaly_threshold = 60 + 2 * i;
		double start = made_cpu_ms();
		rare_method_alerts(engine, &params.rare_method, &out);
		threshold[i] = made_cpu_ms() - start;
		if (out.count > alerts)
			alerts = out.count;
		alerts_free(&out);
		struct method_explanation why;
		start = made_cpu_ms();
		rare_method_explain(engine, &all[records / REPEATS * (size_t)i], &why);
		explain[i] = made_cpu_ms() - start;
		rare_method_explanation_free(&why);
		struct method_outlook ahead;
		start = made_cpu_ms();
		rare_method_outlook(engine, &params.rare_method, &ahead);
		outlook[i] = made_cpu_ms() - start;
		method_outlook_free(&ahead);
	}
	printf("\"%s\": {\"records\": %zu, \"model_cpu_ms\": %.1f, \"model_2_threads_ms\": %.1f, \"threshold_cpu_ms\": "
	       "%.3f, "
	       "\"alerts_at_60\": %zu, \"explain_cpu_ms\": %.3f, \"outlook_cpu_ms\": %.1f}",
		name, records, made_median(build, REPEATS), made_median(both, REPEATS), made_median(threshold, REPEATS),
		alerts, made_median(explain, REPEATS), made_median(outlook, REPEATS));
	rare_method_free(engine);
	params_free(&params);
	store_free(store);
}

int main(void)
{
	made_seed(42);
	printf("{\"bench\": \"rare-method\", \"events\": %d, \"users\": %d, ", EVENTS, USERS);
	measure("working_hours", 15);
	printf(", ");
	measure("scattered", 1);
	printf("}\n");
	return 0;
}
