/* scene: what a sample incident is made of: a cast, the calls they know, and the records they leave. */
#ifndef RARETRAIL_SAMPLE_SCENE_H
#define RARETRAIL_SAMPLE_SCENE_H

#include "raretrail/base.h"

#define CALL_READ 1u /* changes nothing */
#define CALL_DATA 2u /* a data event */
#define CALL_GLOBAL 4u /* recorded in us-east-1 */

/* In the JSON templates ' stands for ", # for a random hex digit, ^ for a random decimal digit, $A for the account, $R
 * for the region, $U for the user or role. NULL is null. */
struct call {
	const char *service; /* "s3": eventSource without .amazonaws.com */
	const char *name;
	unsigned flags;
	const char *request, *response, *resources;
};

/* id, service, name, flags, request, response, resources */
#define CALLS(X) \
	X(GET_CALLER_IDENTITY, "sts", "GetCallerIdentity", CALL_READ, NULL, NULL, NULL) \
	X(ASSUME_ROLE, "sts", "AssumeRole", CALL_READ, \
		"{'roleArn':'arn:aws:iam::$A:role/" \
		"deploy-target','roleSessionName':'run-^^^^^^^^','durationSeconds':3600}", \
		"{'credentials':{'accessKeyId':'ASIAEXAMPLE^^^^^^^^^'}," \
		"'assumedRoleUser':{'assumedRoleId':'AROAEXAMPLEDEPLOYTARG:run','arn':" \
		"'arn:aws:sts::$A:assumed-role/deploy-target/run'}}", \
		"[{'accountId':'$A','type':'AWS::IAM::Role','ARN':'arn:aws:iam::$A:role/deploy-target'}]") \
	X(GET_OBJECT, "s3", "GetObject", CALL_READ | CALL_DATA, \
		"{'bucketName':'marlow-artifacts','Host':'marlow-artifacts.s3.$R.amazonaws.com','key':'builds/##/" \
		"^^^^^.tgz'}", \
		NULL, \
		"[{'type':'AWS::S3::Object','ARN':'arn:aws:s3:::marlow-artifacts/builds'},{'accountId':'$A','type':" \
		"'AWS::S3::Bucket','ARN':'arn:aws:s3:::marlow-artifacts'}]") \
	X(PUT_OBJECT, "s3", "PutObject", CALL_DATA, \
		"{'bucketName':'marlow-artifacts','Host':'marlow-artifacts.s3.$R.amazonaws.com','key':'builds/##/" \
		"^^^^^.tgz'," \
		"'x-amz-server-side-encryption':'aws:kms'}", \
		"{'x-amz-server-side-encryption':'aws:kms'}", \
		"[{'type':'AWS::S3::Object','ARN':'arn:aws:s3:::marlow-artifacts/builds'},{'accountId':'$A','type':" \
		"'AWS::S3::Bucket','ARN':'arn:aws:s3:::marlow-artifacts'}]") \
	X(LIST_BUCKETS, "s3", "ListBuckets", CALL_READ | CALL_GLOBAL, "{'Host':'s3.amazonaws.com'}", NULL, NULL) \
	X(LIST_OBJECTS, "s3", "ListObjects", CALL_READ | CALL_DATA, \
		"{'bucketName':'marlow-customer-exports','prefix':'','encoding-type':'url'}", NULL, \
		"[{'accountId':'$A','type':'AWS::S3::Bucket','ARN':'arn:aws:s3:::marlow-customer-exports'}]") \
	X(GET_EXPORT, "s3", "GetObject", CALL_READ | CALL_DATA, \
		"{'bucketName':'marlow-customer-exports','key':'2026/05/customers-^^^.parquet'}", NULL, \
		"[{'accountId':'$A','type':'AWS::S3::Bucket','ARN':'arn:aws:s3:::marlow-customer-exports'}]") \
	X(GET_BUCKET_LOCATION, "s3", "GetBucketLocation", CALL_READ, \
		"{'bucketName':'marlow-artifacts','location':''}", NULL, NULL) \
	X(GET_AUTHORIZATION_TOKEN, "ecr", "GetAuthorizationToken", CALL_READ, "{}", NULL, NULL) \
	X(BATCH_CHECK_LAYERS, "ecr", "BatchCheckLayerAvailability", CALL_READ, \
		"{'registryId':'$A','repositoryName':'shop/web','layerDigests':['sha256:################']}", NULL, \
		NULL) \
	X(PUT_IMAGE, "ecr", "PutImage", 0, \
		"{'registryId':'$A','repositoryName':'shop/web','imageTag':'main-#######'}", \
		"{'image':{'registryId':'$A','repositoryName':'shop/web'}}", NULL) \
	X(BATCH_GET_IMAGE, "ecr", "BatchGetImage", CALL_READ, \
		"{'registryId':'$A','repositoryName':'shop/web','imageIds':[{'imageTag':'main-#######'}]}", NULL, \
		NULL) \
	X(REGISTER_TASK, "ecs", "RegisterTaskDefinition", 0, "{'family':'web','cpu':'512','memory':'1024'}", \
		"{'taskDefinition':{'taskDefinitionArn':'arn:aws:ecs:$R:$A:task-definition/web:^^^','revision':1^^}}", \
		NULL) \
	X(UPDATE_SERVICE, "ecs", "UpdateService", 0, \
		"{'cluster':'shop','service':'web','taskDefinition':'web:^^^','desiredCount':6}", \
		"{'service':{'status':'ACTIVE','desiredCount':6}}", NULL) \
	X(DESCRIBE_SERVICES, "ecs", "DescribeServices", CALL_READ, "{'cluster':'shop','services':['web']}", NULL, \
		NULL) \
	X(DESCRIBE_INSTANCES, "ec2", "DescribeInstances", CALL_READ, "{'instancesSet':{},'filterSet':{}}", NULL, NULL) \
	X(DESCRIBE_SECURITY_GROUPS, "ec2", "DescribeSecurityGroups", CALL_READ, \
		"{'securityGroupSet':{},'filterSet':{}}", NULL, NULL) \
	X(DESCRIBE_SUBNETS, "ec2", "DescribeSubnets", CALL_READ, "{'subnetSet':{},'filterSet':{}}", NULL, NULL) \
	X(RUN_INSTANCES, "ec2", "RunInstances", 0, \
		"{'instancesSet':{'items':[{'imageId':'ami-0#######','minCount':1,'maxCount':1}]},'instanceType':'t3." \
		"large'}", \
		"{'instancesSet':{'items':[{'instanceId':'i-0################'}]}}", NULL) \
	X(CREATE_TAGS, "ec2", "CreateTags", 0, \
		"{'resourcesSet':{'items':[{'resourceId':'i-0################'}]},'tagSet':{'items':[{'key':'team'," \
		"'value':'shop'}]}}", \
		"{'_return':true}", NULL) \
	X(GET_ROLE, "iam", "GetRole", CALL_READ | CALL_GLOBAL, "{'roleName':'deploy-target'}", NULL, NULL) \
	X(GET_USER, "iam", "GetUser", CALL_READ | CALL_GLOBAL, NULL, NULL, NULL) \
	X(LIST_USERS, "iam", "ListUsers", CALL_READ | CALL_GLOBAL, NULL, NULL, NULL) \
	X(LIST_ROLES, "iam", "ListRoles", CALL_READ | CALL_GLOBAL, NULL, NULL, NULL) \
	X(LIST_ACCESS_KEYS, "iam", "ListAccessKeys", CALL_READ | CALL_GLOBAL, "{'userName':'$U'}", NULL, NULL) \
	X(CREATE_ACCESS_KEY, "iam", "CreateAccessKey", CALL_GLOBAL, "{'userName':'$U'}", \
		"{'accessKey':{'accessKeyId':'AKIAEXAMPLENEWKEY^^^','status':'Active','userName':'$U'}}", NULL) \
	X(ATTACH_USER_POLICY, "iam", "AttachUserPolicy", CALL_GLOBAL, \
		"{'userName':'$U','policyArn':'arn:aws:iam::aws:policy/AdministratorAccess'}", NULL, NULL) \
	X(CREATE_USER, "iam", "CreateUser", CALL_GLOBAL, "{'userName':'svc-backup2'}", \
		"{'user':{'userName':'svc-backup2','userId':'AIDAEXAMPLE##########','arn':'arn:aws:iam::$A:user/" \
		"svc-backup2'}}", \
		NULL) \
	X(DECRYPT, "kms", "Decrypt", CALL_READ, "{'encryptionAlgorithm':'SYMMETRIC_DEFAULT'}", NULL, \
		"[{'accountId':'$A','type':'AWS::KMS::Key','ARN':'arn:aws:kms:$R:$A:key/" \
		"5f0c1a44-1111-4222-8333-444455556666'}]") \
	X(GENERATE_DATA_KEY, "kms", "GenerateDataKey", CALL_READ, "{'keyId':'alias/artifacts','keySpec':'AES_256'}", \
		NULL, NULL) \
	X(GET_SECRET_VALUE, "secretsmanager", "GetSecretValue", CALL_READ, "{'secretId':'prod/shop/db'}", NULL, NULL) \
	X(LIST_SECRETS, "secretsmanager", "ListSecrets", CALL_READ, NULL, NULL, NULL) \
	X(DESCRIBE_SECRET, "secretsmanager", "DescribeSecret", CALL_READ, "{'secretId':'prod/shop/db'}", NULL, NULL) \
	X(GET_PARAMETER, "ssm", "GetParameter", CALL_READ, "{'name':'/shop/feature-flags','withDecryption':false}", \
		NULL, NULL) \
	X(GET_PARAMETERS_BY_PATH, "ssm", "GetParametersByPath", CALL_READ, \
		"{'path':'/shop/','recursive':true,'withDecryption':true}", NULL, NULL) \
	X(UPDATE_FUNCTION_CODE, "lambda", "UpdateFunctionCode20150331v2", 0, \
		"{'functionName':'checkout','publish':true,'dryRun':false}", \
		"{'functionName':'checkout','version':'^^^'}", NULL) \
	X(GET_FUNCTION, "lambda", "GetFunction20150331v2", CALL_READ, "{'functionName':'checkout'}", NULL, NULL) \
	X(LIST_FUNCTIONS, "lambda", "ListFunctions20150331", CALL_READ, NULL, NULL, NULL) \
	X(DESCRIBE_STACKS, "cloudformation", "DescribeStacks", CALL_READ, "{'stackName':'shop-^'}", NULL, NULL) \
	X(CREATE_CHANGE_SET, "cloudformation", "CreateChangeSet", 0, \
		"{'stackName':'shop-^','changeSetName':'run-^^^^^','changeSetType':'UPDATE'}", \
		"{'stackId':'arn:aws:cloudformation:$R:$A:stack/shop'}", NULL) \
	X(DESCRIBE_LOG_GROUPS, "logs", "DescribeLogGroups", CALL_READ, "{'logGroupNamePrefix':'/shop'}", NULL, NULL) \
	X(CREATE_LOG_STREAM, "logs", "CreateLogStream", 0, \
		"{'logGroupName':'/shop/web','logStreamName':'web/##########'}", NULL, NULL) \
	X(FILTER_LOG_EVENTS, "logs", "FilterLogEvents", CALL_READ, \
		"{'logGroupName':'/shop/web','filterPattern':'ERROR'}", NULL, NULL) \
	X(GET_METRIC_DATA, "monitoring", "GetMetricData", CALL_READ, "{'scanBy':'TimestampDescending'}", NULL, NULL) \
	X(DESCRIBE_ALARMS, "monitoring", "DescribeAlarms", CALL_READ, "{'stateValue':'ALARM'}", NULL, NULL) \
	X(DESCRIBE_DB_INSTANCES, "rds", "DescribeDBInstances", CALL_READ, NULL, NULL, NULL) \
	X(DELETE_SNAPSHOT, "ec2", "DeleteSnapshot", 0, "{'snapshotId':'snap-0################','force':false}", \
		"{'_return':true}", NULL) \
	X(DESCRIBE_TABLE, "dynamodb", "DescribeTable", CALL_READ, "{'tableName':'carts'}", NULL, NULL) \
	X(GET_QUEUE_ATTRIBUTES, "sqs", "GetQueueAttributes", CALL_READ, \
		"{'queueUrl':'https://sqs.$R.amazonaws.com/$A/orders','attributeNames':['All']}", NULL, NULL) \
	X(START_JOB_RUN, "glue", "StartJobRun", 0, "{'jobName':'orders-to-parquet'}", \
		"{'jobRunId':'jr_################'}", NULL) \
	X(GET_JOB_RUN, "glue", "GetJobRun", CALL_READ, \
		"{'jobName':'orders-to-parquet','runId':'jr_################'}", NULL, NULL) \
	X(START_QUERY, "athena", "StartQueryExecution", 0, "{'workGroup':'primary','queryString':'***'}", \
		"{'queryExecutionId':'########-####-4###-8###-############'}", NULL) \
	X(CONSOLE_LOGIN, "signin", "ConsoleLogin", 0, NULL, "{'ConsoleLogin':'Success'}", NULL)

enum call_id {
#define X(id, ...) CALL_##id,
	CALLS(X)
#undef X
		CALL_COUNT
};
extern const struct call calls[CALL_COUNT];

enum identity_kind { IDENTITY_USER, IDENTITY_ROLE, IDENTITY_SERVICE, IDENTITY_UNTYPED };

struct actor {
	enum identity_kind kind;
	const char *name; /* user, role, or for a service its host name */
	const char *account;
	const char *session; /* template of a role's session name, NULL otherwise */
	const char *mfa; /* "true": a console session with MFA; NULL otherwise */
};

/* One call of one actor. Addresses may end in ^: the last part is then a number of 1 or 2 digits. */
struct act {
	const struct actor *actor;
	enum call_id call;
	const char *ip, *agent, *region;
	const char *error; /* errorCode, or NULL */
	const char *access_key; /* NULL: the actor's own */
	int64_t time;
};

/* How somebody works day by day. Weights are relative. */
struct weighted_call {
	enum call_id call;
	unsigned weight;
};
struct place {
	const char *ip; /* as in struct act */
	const char *agent;
	unsigned weight;
};
struct habit {
	const struct actor *actor;
	const struct weighted_call *calls; /* ends with weight 0 */
	const struct place *places; /* ends with weight 0 */
	const char *const *regions; /* ends with NULL; the first is the usual one */
	unsigned weekday, weekend; /* calls a day */
	unsigned first_hour, hours; /* of the day, UTC */
	unsigned error_per_mille;
};

struct record {
	int64_t time;
	uint32_t sequence; /* order of making: settles equal times */
	uint32_t length;
	size_t offset; /* in the scene's text */
	const char *account, *region;
};

struct scene {
	uint64_t seed;
	struct buf text;
	struct record *records;
	size_t count, capacity;
};

int64_t scene_time(const char *iso); /* aborts on what is no time: the scripts are ours */
uint32_t scene_random(struct scene *scene, uint32_t limit); /* 0 .. limit-1 */
void scene_act(struct scene *scene, const struct act *act);
/* Every day from first to before last (ms, midnights). */
void scene_live(struct scene *scene, const struct habit *habit, int64_t first, int64_t last);
void scene_free(struct scene *scene);

/* ---- writing ---- */

struct tree_options {
	const char *folder; /* AWSLogs goes below it */
	int64_t slot; /* ms of log in one file */
	int64_t from, until; /* records in [from, until) only */
};
struct tree_report {
	uint64_t files, events;
	char *first_path; /* of the first file, for the deliberate duplicate; the caller frees it */
	char *last_path; /* of the last one of another region, for the deliberate damage; the caller frees it */
};
/* Sorts the records by time and writes AWSLogs/ACCOUNT/CloudTrail/REGION/Y/M/D/….json.gz. */
int tree_write(
	struct scene *scene, const struct tree_options *options, struct tree_report *report, struct err *err) MUST_USE;
int file_write(const char *path, const char *data, size_t length, struct err *err) MUST_USE; /* makes its folders */
int file_write_gzip(const char *path, const char *data, size_t length, struct err *err) MUST_USE;

/* ---- the incidents ---- */

int ci_key_write(const char *folder, uint64_t *files, uint64_t *events, struct err *err) MUST_USE;
int first_key_write(const char *folder, uint64_t *files, uint64_t *events, struct err *err) MUST_USE;
extern const char ci_key_story[], first_key_story[];

#endif
