/* first_key: eleven weeks of a billing service that does the same twelve things every hour, then a thirteenth. Its
 * network never changes, so only the habit gives the intruder away. Long and narrow on purpose: the second rule needs
 * about 2,000 active buckets' worth of habit before a new action can reach 75. */
#include "scene.h"

#include <stdlib.h>

#define BILLING "222233334444"
#define JAVA "aws-sdk-java/2.25.11 Linux/6.1.79 OpenJDK_64-Bit_Server_VM/21.0.2 Java/21.0.2"
#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0"
#define CURL_SDK "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79-99.164.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off"
#define BOTO "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#6.6.15-amd64 md/arch#x86_64 lang/python#3.11.8"

static const struct actor invoice = {IDENTITY_ROLE, "svc-invoice", BILLING, "i-0################", NULL};
static const struct actor report = {IDENTITY_USER, "svc-report", BILLING, NULL, NULL};
static const struct actor ola = {IDENTITY_USER, "ola.berg", BILLING, NULL, "true"};

static const enum call_id every_hour[] = {CALL_GET_SECRET_VALUE, CALL_DECRYPT, CALL_GENERATE_DATA_KEY,
	CALL_GET_QUEUE_ATTRIBUTES, CALL_DESCRIBE_TABLE, CALL_GET_PARAMETER, CALL_PUT_OBJECT, CALL_GET_OBJECT,
	CALL_CREATE_LOG_STREAM, CALL_GET_METRIC_DATA, CALL_START_QUERY, CALL_DESCRIBE_DB_INSTANCES};

static const char *const regions[] = {"eu-west-1", NULL};
static const struct habit others[] = {
	{&report,
		(const struct weighted_call[]){
			{CALL_START_QUERY, 3}, {CALL_GET_OBJECT, 4}, {CALL_PUT_OBJECT, 2}, {0, 0}},
		(const struct place[]){{"198.18.101.20", BOTO, 1}, {0}}, regions, 18, 0, 4, 3, 0},
	{&ola,
		(const struct weighted_call[]){{CALL_DESCRIBE_ALARMS, 4}, {CALL_FILTER_LOG_EVENTS, 5},
			{CALL_DESCRIBE_DB_INSTANCES, 2}, {CALL_LIST_ACCESS_KEYS, 1}, {0, 0}},
		(const struct place[]){{"192.0.2.31", FIREFOX, 1}, {0}}, regions, 14, 0, 7, 9, 5},
};

static void act(struct scene *scene, const char *time, const struct actor *actor, enum call_id call, const char *ip,
	const char *agent, const char *key)
{
	scene_act(scene, &(struct act){actor, call, ip, agent, "eu-west-1", NULL, key, scene_time(time)});
}

/* Every action once an hour, at its own minute with a little jitter. */
static void habit_live(struct scene *scene, int64_t first, int64_t last)
{
	for (int64_t hour = first; hour < last; hour += HOUR_MS) {
		for (size_t i = 0; i < COUNT_OF(every_hour); i++) {
			int64_t second = (int64_t)i * 290 + scene_random(scene, 60);
			scene_act(scene, &(struct act){&invoice, every_hour[i], "198.18.100.14", JAVA, "eu-west-1",
						 NULL, NULL, hour + second * SECOND_MS});
		}
	}
}

int first_key_write(const char *folder, uint64_t *files, uint64_t *count, struct err *err)
{
	struct scene scene = {.seed = 20260617};
	int64_t first = scene_time("2026-04-01"), incident = scene_time("2026-06-16"), last = scene_time("2026-06-19");
	habit_live(&scene, first, last);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		scene_live(&scene, &others[i], first, last);
	/* housekeeping on Sunday nights: rare, and with a cadence */
	for (int64_t sunday = scene_time("2026-04-05T03:10:00"); sunday < last; sunday += 7 * DAY_MS)
		scene_act(&scene, &(struct act){&invoice, CALL_DELETE_SNAPSHOT, "198.18.100.14", JAVA, "eu-west-1",
					  NULL, NULL, sunday});
	/* the one person whose job it is made a key once, in the light of day */
	act(&scene, "2026-04-22T09:31:00", &ola, CALL_CREATE_ACCESS_KEY, "192.0.2.31", FIREFOX, NULL);
	/* the incident, on the service's own machine */
	act(&scene, "2026-06-17T02:14:37", &invoice, CALL_CREATE_ACCESS_KEY, "198.18.100.14", CURL_SDK, NULL);
	act(&scene, "2026-06-17T02:40:10", &report, CALL_GET_CALLER_IDENTITY, "203.0.113.140", BOTO,
		"AKIAEXAMPLENEWKEY862");
	act(&scene, "2026-06-17T02:41:22", &report, CALL_LIST_BUCKETS, "203.0.113.140", BOTO, "AKIAEXAMPLENEWKEY862");
	act(&scene, "2026-06-17T02:44:05", &report, CALL_GET_EXPORT, "203.0.113.140", BOTO, "AKIAEXAMPLENEWKEY862");

	const struct {
		const char *name;
		int64_t from, until;
	} parts[] = {{"baseline", first, incident}, {"incident", incident, last}};
	int result = 0;
	*files = *count = 0;
	for (size_t i = 0; i < COUNT_OF(parts) && result == 0; i++) {
		char *path = xasprintf("%s/%s", folder, parts[i].name);
		struct tree_report tree;
		result = tree_write(
			&scene, &(struct tree_options){path, DAY_MS, parts[i].from, parts[i].until}, &tree, err);
		*files += tree.files;
		*count += tree.events;
		free(tree.first_path);
		free(tree.last_path);
		free(path);
	}
	scene_free(&scene);
	return result;
}
