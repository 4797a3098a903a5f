/* ci_key: three weeks of a shop's account, and one evening in which somebody else holds the key of its pipeline. Around
 * it, everybody who looks a little like that and is not: each fails another condition of the rule. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOP "111122223333"
#define STAGING "444455556666"

static const struct actor ci_deploy = {IDENTITY_USER, "ci-deploy", SHOP, NULL, NULL};
static const struct actor terraform = {IDENTITY_ROLE, "terraform", STAGING, "plan-^^^^^^", NULL};
static const struct actor etl = {IDENTITY_ROLE, "etl-nightly", SHOP, "glue-^^^^^^", NULL};
static const struct actor frontend = {IDENTITY_ROLE, "web-frontend", SHOP, "i-0################", NULL};
static const struct actor monitor = {IDENTITY_USER, "svc-monitor", SHOP, NULL, NULL};
static const struct actor dana = {IDENTITY_USER, "dana.reyes", SHOP, NULL, "true"};
static const struct actor maria = {IDENTITY_USER, "maria.lindqvist", SHOP, NULL, "true"};
static const struct actor qa = {IDENTITY_USER, "qa-runner", STAGING, NULL, NULL};
static const struct actor operations = {
	IDENTITY_ROLE, "AWSReservedSSO_Operations_5d1f0c2ab94e", SHOP, "ola.berg@marlow.example", "true"};
static const struct actor break_glass = {IDENTITY_USER, "break-glass", SHOP, NULL, "true"};
static const struct actor legacy = {IDENTITY_UNTYPED, "legacy-sync", SHOP, NULL, NULL};
static const struct actor autoscaling = {IDENTITY_SERVICE, "autoscaling.amazonaws.com", SHOP, NULL, NULL};

#define CLI "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79-99.164.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off"
#define BOTO "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#6.5.0-1018-aws md/arch#x86_64 lang/python#3.11.8"
#define TERRAFORM "APN/1.0 HashiCorp/1.0 Terraform/1.7.5 terraform-provider-aws/5.43.0 aws-sdk-go-v2/1.26.0 os/linux"
#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0"
#define MAC_CLI "aws-cli/2.15.28 Python/3.11.6 Darwin/23.4.0 exe/x86_64 prompt/off"
#define JAVA "aws-sdk-java/2.25.11 Linux/6.1.79 OpenJDK_64-Bit_Server_VM/21.0.2 Java/21.0.2"
#define INTRUDER "aws-cli/2.15.17 Python/3.11.8 Linux/6.6.15-amd64 source/x86_64.kali.2024 prompt/off"

static const char *const shop_regions[] = {"eu-west-1", "us-east-1", "us-west-2", NULL};
static const char *const staging_regions[] = {"eu-west-1", "us-west-2", NULL};
static const char *const one_region[] = {"eu-west-1", NULL};

static const struct habit habits[] = {
	{&ci_deploy,
		(const struct weighted_call[]){{CALL_GET_CALLER_IDENTITY, 10}, {CALL_GET_OBJECT, 20},
			{CALL_PUT_OBJECT, 16}, {CALL_GET_AUTHORIZATION_TOKEN, 8}, {CALL_BATCH_CHECK_LAYERS, 14},
			{CALL_PUT_IMAGE, 6}, {CALL_DESCRIBE_SERVICES, 9}, {CALL_REGISTER_TASK, 4},
			{CALL_UPDATE_SERVICE, 4}, {CALL_ASSUME_ROLE, 6}, {CALL_UPDATE_FUNCTION_CODE, 2},
			{CALL_GET_FUNCTION, 3}, {CALL_GET_PARAMETER, 5}, {0, 0}},
		(const struct place[]){{"198.18.12.^", CLI, 46}, {"198.18.40.^", BOTO, 30}, {"198.18.140.^", BOTO, 18},
			{"198.19.8.^", CLI, 6}, {0}},
		shop_regions, 480, 330, 0, 24, 12},
	{&terraform,
		(const struct weighted_call[]){{CALL_DESCRIBE_INSTANCES, 8}, {CALL_DESCRIBE_SECURITY_GROUPS, 8},
			{CALL_DESCRIBE_SUBNETS, 8}, {CALL_GET_ROLE, 6}, {CALL_LIST_ROLES, 2},
			{CALL_GET_BUCKET_LOCATION, 5}, {CALL_DESCRIBE_STACKS, 3}, {CALL_DESCRIBE_TABLE, 5},
			{CALL_CREATE_TAGS, 2}, {CALL_GET_CALLER_IDENTITY, 2}, {CALL_DESCRIBE_DB_INSTANCES, 4}, {0, 0}},
		(const struct place[]){{"198.19.70.^", TERRAFORM, 70}, {"198.18.60.^", TERRAFORM, 30}, {0}},
		staging_regions, 170, 30, 6, 13, 6},
	{&etl,
		(const struct weighted_call[]){{CALL_START_JOB_RUN, 4}, {CALL_GET_JOB_RUN, 20}, {CALL_GET_EXPORT, 10},
			{CALL_PUT_OBJECT, 12}, {CALL_DECRYPT, 10}, {CALL_GENERATE_DATA_KEY, 8}, {CALL_START_QUERY, 3},
			{0, 0}},
		(const struct place[]){{"198.18.90.^", BOTO, 60}, {"198.18.91.^", JAVA, 40}, {0}}, one_region, 280, 280,
		0, 6, 4},
	{&frontend,
		(const struct weighted_call[]){{CALL_GET_SECRET_VALUE, 6}, {CALL_DECRYPT, 12}, {CALL_DESCRIBE_TABLE, 6},
			{CALL_GET_QUEUE_ATTRIBUTES, 12}, {CALL_CREATE_LOG_STREAM, 8}, {CALL_GET_PARAMETERS_BY_PATH, 6},
			{0, 0}},
		(const struct place[]){{"198.18.20.^", JAVA, 70}, {"198.18.150.^", JAVA, 30}, {0}}, one_region, 260,
		240, 0, 24, 2},
	{&monitor,
		(const struct weighted_call[]){{CALL_GET_METRIC_DATA, 30}, {CALL_DESCRIBE_ALARMS, 10},
			{CALL_DESCRIBE_INSTANCES, 8}, {CALL_DESCRIBE_LOG_GROUPS, 6}, {CALL_FILTER_LOG_EVENTS, 6},
			{0, 0}},
		(const struct place[]){{"198.18.77.9", BOTO, 1}, {0}}, shop_regions, 160, 160, 0, 24, 5},
	{&dana,
		(const struct weighted_call[]){{CALL_LIST_BUCKETS, 3}, {CALL_GET_OBJECT, 4},
			{CALL_DESCRIBE_INSTANCES, 8}, {CALL_FILTER_LOG_EVENTS, 12}, {CALL_GET_FUNCTION, 5},
			{CALL_GET_CALLER_IDENTITY, 3}, {CALL_GET_PARAMETER, 3}, {CALL_CONSOLE_LOGIN, 1}, {0, 0}},
		(const struct place[]){{"198.19.130.44", FIREFOX, 40}, {"2001:db8:f000:a1::7", MAC_CLI, 12},
			{"198.19.161.^", MAC_CLI, 18}, {"198.18.30.^", CLI, 30}, {0}},
		shop_regions, 64, 4, 7, 10, 15},
	{&maria,
		(const struct weighted_call[]){{CALL_DESCRIBE_INSTANCES, 10}, {CALL_DESCRIBE_ALARMS, 6},
			{CALL_GET_METRIC_DATA, 12}, {CALL_DESCRIBE_STACKS, 6}, {CALL_FILTER_LOG_EVENTS, 9},
			{CALL_GET_QUEUE_ATTRIBUTES, 4}, {0, 0}},
		(const struct place[]){{"198.18.31.17", FIREFOX, 3}, {"2001:db8:1000:77::31", MAC_CLI, 1}, {0}},
		shop_regions, 160, 0, 6, 11, 0},
	{&qa,
		(const struct weighted_call[]){{CALL_DESCRIBE_SERVICES, 5}, {CALL_GET_OBJECT, 4},
			{CALL_GET_QUEUE_ATTRIBUTES, 3}, {CALL_GET_CALLER_IDENTITY, 1}, {0, 0}},
		(const struct place[]){{"198.18.61.^", CLI, 1}, {0}}, staging_regions, 27, 0, 5, 4, 0},
	{&operations,
		(const struct weighted_call[]){{CALL_DESCRIBE_INSTANCES, 9}, {CALL_DESCRIBE_ALARMS, 9},
			{CALL_LIST_USERS, 2}, {CALL_DESCRIBE_DB_INSTANCES, 5}, {CALL_FILTER_LOG_EVENTS, 8},
			{CALL_GET_CALLER_IDENTITY, 2}, {0, 0}},
		(const struct place[]){{"192.0.2.^", FIREFOX, 5}, {"198.19.161.^", FIREFOX, 2}, {0}}, shop_regions, 55,
		6, 6, 12, 10},
	{&legacy, (const struct weighted_call[]){{CALL_PUT_OBJECT, 8}, {CALL_GET_BUCKET_LOCATION, 2}, {0, 0}},
		(const struct place[]){{"198.18.5.5", JAVA, 1}, {0}}, one_region, 60, 60, 0, 24, 0},
	{&autoscaling, (const struct weighted_call[]){{CALL_RUN_INSTANCES, 1}, {CALL_CREATE_TAGS, 2}, {0, 0}},
		(const struct place[]){{"autoscaling.amazonaws.com", "autoscaling.amazonaws.com", 1}, {0}}, one_region,
		45, 30, 0, 24, 0},
};

/* What does not happen every day. Times are UTC; error NULL is success. */
struct event_line {
	const char *time;
	const struct actor *actor;
	enum call_id call;
	const char *ip, *agent, *error, *access_key;
};

#define THIEF &ci_deploy
#define NEW_KEY "AKIAEXAMPLENEWKEY417"
#define HOSTILE "python-requests/2.31\\u001b[2J\\u202egpj.exe"

static const struct event_line events[] = {
	/* the incident: the key of the pipeline, used from a hosting network that nobody here knows */
	{"2026-05-07T22:31:02", THIEF, CALL_GET_CALLER_IDENTITY, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T22:31:09", THIEF, CALL_LIST_BUCKETS, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T22:31:40", THIEF, CALL_LIST_USERS, "203.0.113.77", INTRUDER, "AccessDenied", NULL},
	{"2026-05-07T22:32:05", THIEF, CALL_LIST_SECRETS, "203.0.113.77", INTRUDER, "AccessDenied", NULL},
	{"2026-05-07T22:32:31", THIEF, CALL_GET_PARAMETERS_BY_PATH, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T22:33:51", THIEF, CALL_LIST_OBJECTS, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T22:34:20", THIEF, CALL_GET_SECRET_VALUE, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T22:35:12", THIEF, CALL_ATTACH_USER_POLICY, "203.0.113.77", INTRUDER, "AccessDenied", NULL},
	{"2026-05-07T22:35:40", THIEF, CALL_CREATE_USER, "203.0.113.77", INTRUDER, "AccessDenied", NULL},
	{"2026-05-07T22:36:10", THIEF, CALL_CREATE_ACCESS_KEY, "203.0.113.77", INTRUDER, NULL, NULL},
	{"2026-05-07T23:12:44", THIEF, CALL_GET_CALLER_IDENTITY, "203.0.113.91", INTRUDER, NULL, NEW_KEY},
	{"2026-05-07T23:13:20", THIEF, CALL_GET_EXPORT, "203.0.113.91", INTRUDER, NULL, NEW_KEY},
	{"2026-05-07T23:13:26", THIEF, CALL_GET_EXPORT, "203.0.113.91", INTRUDER, NULL, NEW_KEY},
	{"2026-05-07T23:13:33", THIEF, CALL_GET_EXPORT, "203.0.113.91", INTRUDER, NULL, NEW_KEY},
	/* near miss: four rare events, but a single sensitive action (a contractor's debugging session) */
	{"2026-05-05T14:02:10", &etl, CALL_GET_EXPORT, "198.19.163.5", BOTO, NULL, NULL},
	{"2026-05-05T14:02:58", &etl, CALL_GET_EXPORT, "198.19.163.5", BOTO, NULL, NULL},
	{"2026-05-05T14:05:31", &etl, CALL_GET_JOB_RUN, "198.19.163.5", BOTO, NULL, NULL},
	{"2026-05-05T14:09:47", &etl, CALL_GET_EXPORT, "198.19.163.5", BOTO, NULL, NULL},
	/* near miss: two sensitive actions, but their share is over one per cent */
	{"2026-05-06T10:20:00", &qa, CALL_GET_CALLER_IDENTITY, "198.19.130.9", MAC_CLI, NULL, NULL},
	{"2026-05-06T10:21:30", &qa, CALL_LIST_BUCKETS, "198.19.130.9", MAC_CLI, NULL, NULL},
	/* near miss: a traveller on five networks, so too many for the rule */
	{"2026-05-05T05:40:11", &maria, CALL_DESCRIBE_ALARMS, "198.19.184.20", MAC_CLI, NULL, NULL},
	{"2026-05-05T11:15:02", &maria, CALL_DESCRIBE_ALARMS, "198.19.186.77", MAC_CLI, NULL, NULL},
	{"2026-05-05T20:48:30", &maria, CALL_GET_CALLER_IDENTITY, "198.19.185.140", MAC_CLI, NULL, NULL},
	{"2026-05-06T07:05:55", &maria, CALL_DESCRIBE_STACKS, "198.19.177.3", MAC_CLI, NULL, NULL},
	{"2026-05-06T19:30:41", &maria, CALL_LIST_BUCKETS, "198.19.187.61", MAC_CLI, NULL, NULL},
	/* failures only: a leaked read-only key that opens nothing any more; its tool's name is hostile text */
	{"2026-05-06T03:11:00", &monitor, CALL_LIST_BUCKETS, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	{"2026-05-06T03:11:04", &monitor, CALL_LIST_USERS, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	{"2026-05-06T03:11:09", &monitor, CALL_GET_SECRET_VALUE, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	{"2026-05-06T03:11:13", &monitor, CALL_LIST_SECRETS, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	{"2026-05-06T03:11:20", &monitor, CALL_CREATE_USER, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	{"2026-05-06T03:11:26", &monitor, CALL_CREATE_ACCESS_KEY, "198.51.100.23", HOSTILE, "AccessDenied", NULL},
	/* an emergency account used from a sofa: never seen from a cloud */
	{"2026-04-29T02:07:12", &break_glass, CALL_CONSOLE_LOGIN, "198.19.131.200", FIREFOX, NULL, NULL},
	{"2026-04-29T02:09:30", &break_glass, CALL_LIST_USERS, "198.19.131.200", FIREFOX, NULL, NULL},
	{"2026-04-29T02:11:01", &break_glass, CALL_GET_SECRET_VALUE, "198.19.131.200", FIREFOX, NULL, NULL},
	{"2026-04-29T02:12:44", &break_glass, CALL_DESCRIBE_DB_INSTANCES, "198.19.131.200", FIREFOX, NULL, NULL},
	{"2026-04-29T02:30:00", &break_glass, CALL_LIST_BUCKETS, "198.19.131.200", FIREFOX, NULL, NULL},
	/* an identity without a type, seen twice from an office, doing nothing sensitive */
	{"2026-05-04T09:14:00", &legacy, CALL_PUT_OBJECT, "192.0.2.80", JAVA, NULL, NULL},
	{"2026-05-04T09:16:00", &legacy, CALL_GET_BUCKET_LOCATION, "192.0.2.80", JAVA, NULL, NULL},
	/* a network that has a number and no name: such events drop out of the rule */
	{"2026-05-03T16:00:00", &frontend, CALL_GET_SECRET_VALUE, "198.19.192.7", JAVA, NULL, NULL},
	{"2026-05-03T16:00:05", &frontend, CALL_LIST_BUCKETS, "198.19.192.7", JAVA, NULL, NULL},
	/* an event that only AWS itself can have made */
	{"2026-05-02T08:00:00", &frontend, CALL_DECRYPT, "AWS Internal", "AWS Internal", NULL, NULL},
};

static int file_copy(const char *from, const char *to, unsigned per_cent, struct err *err)
{
	FILE *file = fopen(from, "re");
	if (!file)
		return err_set_errno(err, "%s: cannot be read", from);
	struct buf bytes = BUF_EMPTY;
	for (int c; (c = getc(file)) != EOF;)
		buf_add_char(&bytes, (char)c);
	(void)fclose(file);
	int result = file_write(to, bytes.data, bytes.length * per_cent / 100, err);
	buf_free(&bytes);
	return result;
}

/* A file delivered twice, one cut short, and a digest beside the logs: what real folders hold. */
static int imperfections_add(const char *folder, const struct tree_report *tree, struct err *err)
{
	static const char digest[] =
		"{\"awsAccountId\":\"" SHOP "\",\"digestStartTime\":\"2026-05-07T11:00:00Z\",\"digestEndTime\":"
		"\"2026-05-07T12:00:00Z\",\"digestS3Bucket\":\"marlow-trail\",\"digestS3Object\":\"AWSLogs/" SHOP
		"/CloudTrail-Digest/eu-west-1/2026/05/07/digest.json.gz\",\"digestPublicKeyFingerprint\":"
		"\"31e8b5433410dfb61a9dc45cc65b22ff\",\"digestSignatureAlgorithm\":\"SHA256withRSA\","
		"\"newestEventTime\":null,"
		"\"oldestEventTime\":null,\"previousDigestS3Bucket\":null,\"previousDigestSignature\":null,"
		"\"logFiles\":[]}";
	char *twin = xstrdup(tree->first_path);
	memcpy(twin + strlen(twin) - strlen("XXXX.json.gz"), "Twin", 4);
	char *digest_path =
		xasprintf("%s/AWSLogs/%s/CloudTrail-Digest/eu-west-1/2026/05/07/%s_CloudTrail-Digest_eu-west-1_"
			  "trail_eu-west-1_20260507T120000Z.json.gz",
			folder, SHOP, SHOP);
	int result = file_copy(tree->first_path, twin, 100, err);
	if (result == 0)
		result = file_copy(tree->last_path, tree->last_path, 60, err);
	if (result == 0)
		result = file_write_gzip(digest_path, digest, sizeof digest - 1, err);
	free(twin);
	free(digest_path);
	return result;
}

int ci_key_write(const char *folder, uint64_t *files, uint64_t *count, struct err *err)
{
	struct scene scene = {.seed = 20260507};
	struct tree_report tree;
	int64_t first = scene_time("2026-04-17"), last = scene_time("2026-05-08");
	for (size_t i = 0; i < COUNT_OF(habits); i++)
		scene_live(&scene, &habits[i], first, last);
	/* two hours of the next day, so that the hour after the incident is seen too */
	for (int64_t minute = 0; minute < 120; minute += 3)
		scene_act(&scene, &(struct act){&ci_deploy, minute % 2 ? CALL_GET_OBJECT : CALL_BATCH_CHECK_LAYERS,
					  "198.18.12.^", CLI, "eu-west-1", NULL, NULL, last + minute * MINUTE_MS});
	for (size_t i = 0; i < COUNT_OF(events); i++) {
		const struct event_line *line = &events[i];
		scene_act(&scene, &(struct act){line->actor, line->call, line->ip, line->agent, "eu-west-1",
					  line->error, line->access_key, scene_time(line->time)});
	}
	const struct tree_options options = {folder, 6 * HOUR_MS, INT64_MIN, INT64_MAX};
	int result = tree_write(&scene, &options, &tree, err);
	if (result == 0)
		result = imperfections_add(folder, &tree, err);
	*files = tree.files + 2;
	*count = tree.events;
	free(tree.first_path);
	free(tree.last_path);
	scene_free(&scene);
	return result;
}
