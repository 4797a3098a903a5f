/* bench_rare_method: the rare-method model over 2,000,000 events of 5,000 users in 60 days, one core, once with the events
 * of an hour's work together and once scattered: the whole model, a changed threshold, the explanation of a record, every user's horizon. Prints one line of JSON. */
#include "raretrail/detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EVENTS = 2000000, USERS = 5000, DAYS = 60, ACTIONS = 240, REPEATS = 7 };
static const int64_t START = INT64_C(1767225600000);

static uint64_t seed = 42;
static uint64_t random_below(uint64_t limit)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15U);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (z ^ (z >> 31)) % limit;
}

/* Few users are busy, most are not; each has a habit of 4 to 43 actions, the first ones most; rarely something else. */
struct hour {
	unsigned user;
	int64_t start;
};

static struct hour pick_hour(void)
{
	double skew = (double)random_below(1 << 30) / (1 << 30);
	unsigned user = (unsigned)(USERS * skew * skew);
	uint64_t day = random_below(DAYS), hour = user % 3 == 0 ? random_below(24) : 8 + random_below(10);
	return (struct hour){user, START + (int64_t)day * DAY_MS + (int64_t)hour * HOUR_MS};
}

static void add_event(struct chunk *chunk, uint32_t number, const struct hour *hour)
{
	unsigned user = hour->user, kinds = 4 + user % 40;
	uint64_t rank = random_below(kinds) * random_below(kinds) / kinds;
	uint64_t action = random_below(3000) == 0 ? random_below(ACTIONS) : (user * 7 + rank * rank) % ACTIONS;
	char name[32], arn[64], address[32], city[32], verb[32], id[24];
	snprintf(name, sizeof name, "user-%u", user);
	snprintf(arn, sizeof arn, "arn:aws:iam::123456789012:user/user-%u", user);
	snprintf(address, sizeof address, "198.18.%u.%u", user % 200, (unsigned)random_below(4));
	snprintf(city, sizeof city, "City %u", user % 200 / 2);
	snprintf(verb, sizeof verb, "Action%u", (unsigned)action);
	snprintf(id, sizeof id, "%08x-%08x", number, user);
	struct event event = {.timestamp = hour->start + (int64_t)random_below(HOUR_MS),
		.ingested = TIME_NONE,
		.id = slice_of(id),
		.offset = number,
		.length = 1200,
		.content = number};
	event.fields[FIELD_USER_NAME] = slice_of(name);
	event.fields[FIELD_IDENTITY_ARN] = slice_of(arn);
	event.fields[FIELD_SOURCE_IP] = event.fields[FIELD_SOURCE_ADDRESS] = slice_of(address);
	event.fields[FIELD_CITY_NAME] = slice_of(city);
	event.fields[FIELD_ACTION] = slice_of(verb);
	chunk_add(chunk, &event);
}

/* Up to so many events of a user in an hour of work: 1 scatters them, the worst there is for the model. */
static struct store *make_store(unsigned together)
{
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct chunk *chunk = chunk_new();
	for (uint32_t i = 0; i < EVENTS;) {
		struct hour hour = pick_hour();
		for (uint64_t left = 1 + random_below(together); left > 0 && i < EVENTS; left--)
			add_event(chunk, i++, &hour);
		if (chunk_count(chunk) < 100000)
			continue;
		builder_merge(builder, chunk);
		chunk = chunk_new();
	}
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static double median(double *ms)
{
	qsort(ms, REPEATS, sizeof *ms, compare_doubles);
	return ms[REPEATS / 2];
}

/* Of this thread only, so that what else the machine does does not count. */
static double cpu_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void measure(const char *name, unsigned together)
{
	struct store *store = make_store(together);
	struct params params;
	params_init(&params);
	double build[REPEATS], threshold[REPEATS], explain[REPEATS], outlook[REPEATS];
	struct rare_method *engine = NULL;
	for (int i = 0; i < REPEATS; i++) {
		rare_method_free(engine);
		double start = cpu_ms();
		engine = rare_method_new(store, &params.rare_method);
		build[i] = cpu_ms() - start;
	}
	size_t records, alerts = 0;
	const struct rare_method_record *all = rare_method_records(engine, &records);
	for (int i = 0; i < REPEATS; i++) {
		struct alerts out = {0};
		params.rare_method.anomaly_threshold = 60 + 2 * i;
		double start = cpu_ms();
		rare_method_alerts(engine, &params.rare_method, &out);
		threshold[i] = cpu_ms() - start;
		if (out.count > alerts)
			alerts = out.count;
		alerts_free(&out);
		struct method_explanation why;
		start = cpu_ms();
		rare_method_explain(engine, &all[records / REPEATS * (size_t)i], &why);
		explain[i] = cpu_ms() - start;
		rare_method_explanation_free(&why);
		struct method_outlook ahead;
		start = cpu_ms();
		rare_method_outlook(engine, &params.rare_method, &ahead);
		outlook[i] = cpu_ms() - start;
		method_outlook_free(&ahead);
	}
	printf("\"%s\": {\"records\": %zu, \"model_cpu_ms\": %.1f, \"threshold_cpu_ms\": %.3f, "
	       "\"alerts_at_60\": %zu, \"explain_cpu_ms\": %.3f, \"outlook_cpu_ms\": %.1f}",
		name, records, median(build), median(threshold), alerts, median(explain), median(outlook));
	rare_method_free(engine);
	params_free(&params);
	store_free(store);
}

int main(void)
{
	printf("{\"bench\": \"rare-method\", \"events\": %d, \"users\": %d, ", EVENTS, USERS);
	measure("working_hours", 15);
	printf(", ");
	measure("scattered", 1);
	printf("}\n");
	return 0;
}
