/* generate: CloudTrail-like data for the benchmarks, the same bytes on every machine. Made-up accounts and addresses of
 * documentation ranges and cloud-like ranges; sizes, key order and repetition follow real logs.
 *
 *   generate ndjson EVENTS FILE            one record a line
 *   generate records EVENTS PER_FILE DIR   {"Records":[…]} in DIR/NNNN/ as gz files */
#include <errno.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "raretrail/base.h"

#define SPAN_SECONDS (21 * 86400)
#define ROLES 240
#define USERS 60
#define ADDRESSES 4000
#define FIRST_SECOND INT64_C(1777593600) /* 2026-05-01 */

static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) * below >> 32);
}

/* Small numbers far more often than large ones, as accounts, roles and calls are used. */
static uint32_t draw_skewed(uint32_t below)
{
	uint64_t a = draw(below), b = draw(below);
	return (uint32_t)(a * b / below);
}

static const struct call {
	const char *source, *name, *request, *response, *agent;
	bool is_read;
} calls[] = {
	{"s3", "GetObject",
		"{\"bucketName\":\"data-lake-%u\",\"Host\":\"data-lake.s3.eu-west-1.amazonaws.com\",\"key\":\"year="
		"2026/month=05/part-%u.parquet\"}",
		NULL,
		"[aws-sdk-java/1.12.261 Linux/5.10.186 OpenJDK_64-Bit_Server_VM/17.0.8+7-LTS java/17.0.8 "
		"vendor/Amazon.com_Inc.]",
		true},
	{"s3", "ListObjects",
		"{\"list-type\":\"2\",\"bucketName\":\"logs-%u\",\"encoding-type\":\"url\",\"prefix\":\"AWSLogs/%u/"
		"\",\"delimiter\":\"/\",\"Host\":\"logs.s3.amazonaws.com\"}",
		NULL, "[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165]", true},
	{"s3", "PutObject",
		"{\"bucketName\":\"artifacts-%u\",\"Host\":\"artifacts.s3.amazonaws.com\",\"key\":\"build/%u.tar.gz\"}",
		"{\"x-amz-server-side-encryption\":\"AES256\"}",
		"aws-cli/2.13.0 Python/3.11.4 Linux/5.15.0 exe/x86_64.ubuntu.22 prompt/off command/s3.cp", false},
	{"sts", "AssumeRole",
		"{\"roleArn\":\"arn:aws:iam::111122223333:role/"
		"service-%u\",\"roleSessionName\":\"i-0%u\",\"durationSeconds\":3600}",
		"{\"credentials\":{\"accessKeyId\":\"ASIAQ3EGQRZ7EXAMPLE1\",\"sessionToken\":"
		"\"IQoJb3JpZ2luX2VjEDoaCXVzLWVhc3QtMSJHMEUCIQDdY0Zs8mUxFz0GcYVmEXAMPLE\",\"expiration\":\"May 1, 2026, "
		"1:00:00 "
		"PM\"},\"assumedRoleUser\":{\"assumedRoleId\":\"AROAQ3EGQRZ7EXAMPLE:session\",\"arn\":\"arn:aws:sts::"
		"111122223333:assumed-role/service/session\"}}",
		"aws-sdk-go-v2/1.21.0 os/linux lang/go#1.20.7 md/GOOS#linux md/GOARCH#amd64 api/sts#1.21.5", true},
	{"sts", "GetCallerIdentity", NULL, NULL,
		"Terraform/1.5.6 (+https://www.terraform.io) terraform-provider-aws/5.14.0 aws-sdk-go/1.44.328 "
		"(go1.20.7; linux; amd64)",
		true},
	{"ec2", "DescribeInstances",
		"{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0a%u\"},{\"instanceId\":\"i-0b%u\"}]},\"filterSet\":"
		"{}}",
		NULL, "autoscaling.amazonaws.com", true},
	{"ec2", "DescribeNetworkInterfaces",
		"{\"networkInterfaceIdSet\":{},\"filterSet\":{\"items\":[{\"name\":\"attachment.instance-id\","
		"\"valueSet\":{\"items\":[{\"value\":\"i-%u\"}]}}]},\"maxResults\":%u}",
		NULL,
		"Boto3/1.28.17 md/Botocore#1.31.17 ua/2.0 os/linux#5.10.186-179.751.amzn2.x86_64 md/arch#x86_64 "
		"lang/python#3.9.17",
		true},
	{"ec2", "RunInstances",
		"{\"instancesSet\":{\"items\":[{\"imageId\":\"ami-0%u\",\"minCount\":1,\"maxCount\":1}]},"
		"\"instanceType\":\"m5.large\",\"blockDeviceMapping\":{},\"tenancy\":\"default\",\"monitoring\":{"
		"\"enabled\":false},\"disableApiTermination\":false,\"clientToken\":\"fleet-%u\"}",
		"{\"requestId\":\"0b3e2a1c-1111-4222-8333-444455556666\",\"reservationId\":\"r-0a1b2c3d\",\"ownerId\":"
		"\"111122223333\",\"groupSet\":{},\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0a1b2c3d4e5f\","
		"\"imageId\":\"ami-0\",\"instanceState\":{\"code\":0,\"name\":\"pending\"},\"privateDnsName\":\"ip-10-"
		"0-0-1.eu-west-1.compute.internal\",\"instanceType\":\"m5.large\",\"launchTime\":1777593600000,"
		"\"placement\":{\"availabilityZone\":\"eu-west-1a\",\"tenancy\":\"default\"}}]}}",
		"autoscaling.amazonaws.com", false},
	{"kms", "Decrypt",
		"{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::"
		"data-lake-%u/part-%u\"}}",
		NULL, "fas.s3.amazonaws.com", true},
	{"kms", "GenerateDataKey",
		"{\"keySpec\":\"AES_256\",\"encryptionContext\":{\"aws:ebs:id\":\"vol-0%u\"},\"keyId\":\"arn:aws:kms:"
		"eu-west-1:111122223333:key/%u\"}",
		NULL, "ebs.amazonaws.com", true},
	{"logs", "CreateLogStream",
		"{\"logStreamName\":\"2026/05/01/[$LATEST]%u\",\"logGroupName\":\"/aws/lambda/worker-%u\"}", NULL,
		"awslambda-worker", false},
	{"monitoring", "DescribeAlarms", "{\"alarmNamePrefix\":\"TargetTracking-%u\",\"maxRecords\":%u}", NULL,
		"application-autoscaling.amazonaws.com", true},
	{"dynamodb", "DescribeTable", "{\"tableName\":\"sessions-%u\"}", NULL, "dax.amazonaws.com", true},
	{"secretsmanager", "GetSecretValue", "{\"secretId\":\"prod/db-%u\",\"versionStage\":\"AWSCURRENT\"}", NULL,
		"aws-sdk-nodejs/2.1438.0 linux/v18.17.1 exec-env/AWS_Lambda_nodejs18.x promise", true},
	{"ssm", "GetParameter", "{\"name\":\"/app/config/%u\",\"withDecryption\":true}", NULL,
		"aws-sdk-go/1.44.328 (go1.20.7; linux; amd64) amazon-ssm-agent/3.2.1297.0", true},
	{"ssm", "UpdateInstanceInformation",
		"{\"instanceId\":\"i-0%u\",\"agentVersion\":\"3.2.1297.0\",\"agentStatus\":\"Active\",\"platformType\":"
		"\"Linux\",\"platformName\":\"Amazon "
		"Linux\",\"platformVersion\":\"2\",\"iPAddress\":\"10.0.%u.7\",\"computerName\":\"ip-10-0-0-7.eu-west-"
		"1.compute.internal\"}",
		NULL, "aws-sdk-go/1.44.328 (go1.20.7; linux; amd64) amazon-ssm-agent/3.2.1297.0", false},
	{"iam", "GetRole", "{\"roleName\":\"service-%u\"}", NULL,
		"Terraform/1.5.6 (+https://www.terraform.io) terraform-provider-aws/5.14.0 aws-sdk-go/1.44.328 "
		"(go1.20.7; linux; amd64)",
		true},
	{"iam", "CreateAccessKey", "{\"userName\":\"svc-%u\"}",
		"{\"accessKey\":{\"accessKeyId\":\"AKIAQ3EGQRZ7EXAMPLE2\",\"status\":\"Active\",\"userName\":\"svc\","
		"\"createDate\":\"May 1, 2026, 12:00:00 PM\"}}",
		"console.amazonaws.com", false},
	{"iam", "PutRolePolicy",
		"{\"roleName\":\"service-%u\",\"policyName\":\"inline\",\"policyDocument\":\"{\\\"Version\\\":\\\"2012-"
		"10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":[\\\"s3:GetObject\\\","
		"\\\"s3:PutObject\\\"],\\\"Resource\\\":\\\"arn:aws:s3:::bucket-%u/*\\\"}]}\"}",
		NULL,
		"aws-cli/2.13.0 Python/3.11.4 Linux/5.15.0 exe/x86_64.ubuntu.22 prompt/off command/iam.put-role-policy",
		false},
	{"ecr", "BatchGetImage",
		"{\"registryId\":\"111122223333\",\"repositoryName\":\"app-%u\",\"imageIds\":[{\"imageDigest\":"
		"\"sha256:%u\"}],\"acceptedMediaTypes\":[\"application/vnd.docker.distribution.manifest.v2+json\"]}",
		NULL, "containerd/1.6.19", true},
	{"eks", "DescribeCluster", "{\"name\":\"prod-%u\"}", NULL,
		"aws-sdk-go/1.44.210 (go1.19.6; linux; amd64) kubelet", true},
	{"lambda", "ListFunctions20150331", "{\"maxItems\":%u}", NULL,
		"Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165", true},
};

static const char *const regions[] = {"eu-west-1", "us-east-1", "eu-central-1", "us-west-2", "ap-southeast-2"};

static void add_hex(struct buf *out, unsigned count)
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < count; i++)
		buf_add_char(out, digits[draw(16)]);
}

static void add_key_id(struct buf *out, const char *prefix, uint32_t seed)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	buf_add_text(out, prefix);
	uint64_t bits = (seed + 1) * UINT64_C(0xD1342543DE82EF95);
	for (unsigned i = 0; i < 16; i++, bits = bits * UINT64_C(0xD1342543DE82EF95) + 1)
		buf_add_char(out, letters[bits >> 59]);
}

static void add_uuid(struct buf *out)
{
	static const unsigned parts[] = {8, 4, 4, 4, 12};
	for (unsigned i = 0; i < COUNT_OF(parts); i++) {
		if (i > 0)
			buf_add_char(out, '-');
		add_hex(out, parts[i]);
	}
}

static void add_time(struct buf *out, int64_t second)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso(second * SECOND_MS, text);
	buf_add(out, text, 19);
	buf_add_char(out, 'Z');
}

static void add_address(struct buf *out, uint32_t number)
{
	uint32_t mixed = number * 2654435761u;
	static const unsigned firsts[] = {3, 18, 34, 52, 54, 35, 20, 89};
	buf_printf(out, "%u.%u.%u.%u", firsts[mixed % 8], mixed >> 8 & 255, mixed >> 16 & 255, (mixed >> 24) % 254 + 1);
}

/* A role's session lasts six hours and has its own key; half of the roles are called from a handful of addresses. */
static void add_role(struct buf *out, uint32_t role, int64_t second, uint32_t *address)
{
	unsigned account = role % 7;
	uint32_t session = role * 128 + (uint32_t)((second - FIRST_SECOND) / 21600);
	int64_t created = second / 21600 * 21600 + role % 60;
	*address = role * 13 % ADDRESSES + draw(role % 2 ? 3 : 12);
	buf_printf(out, "{\"type\":\"AssumedRole\",\"principalId\":\"");
	add_key_id(out, "AROA", role);
	buf_printf(out,
		":session-%u\",\"arn\":\"arn:aws:sts::1111222%05u:assumed-role/service-role-%u/"
		"session-%u\",\"accountId\":\"1111222%05u\",",
		role % 40, 33330u + account, role, role % 40, 33330u + account);
	buf_add_text(out, "\"accessKeyId\":\"");
	add_key_id(out, "ASIA", session);
	buf_add_text(out, "\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"");
	add_key_id(out, "AROA", role);
	buf_printf(out,
		"\",\"arn\":\"arn:aws:iam::1111222%05u:role/"
		"service-role-%u\",\"accountId\":\"1111222%05u\",\"userName\":\"service-role-%u\"},\"attributes\":{"
		"\"creationDate\":\"",
		33330u + account, role, 33330u + account, role);
	add_time(out, created);
	buf_add_text(out, "\",\"mfaAuthenticated\":\"false\"}}}");
}

static void add_user(struct buf *out, uint32_t user, uint32_t *address)
{
	*address = user * 29 % ADDRESSES + draw(4);
	buf_add_text(out, "{\"type\":\"IAMUser\",\"principalId\":\"");
	add_key_id(out, "AIDA", user);
	buf_printf(out,
		"\",\"arn\":\"arn:aws:iam::111122223333:user/people/"
		"user-%u\",\"accountId\":\"111122223333\",\"accessKeyId\":\"",
		user);
	add_key_id(out, "AKIA", user);
	buf_printf(out, "\",\"userName\":\"user-%u\"}", user);
}

static void add_record(struct buf *out, int64_t second)
{
	const struct call *call = &calls[draw_skewed(COUNT_OF(calls))];
	const char *region = regions[draw_skewed(COUNT_OF(regions))];
	uint32_t kind = draw(100), address = 0, first = draw(100000), more = draw(1000);
	buf_add_text(out, "{\"eventVersion\":\"1.08\",\"userIdentity\":");
	const char *service = NULL;
	if (kind < 78) {
		add_role(out, draw_skewed(ROLES), second, &address);
	} else if (kind < 92) {
		add_user(out, draw_skewed(USERS), &address);
	} else {
		service = call->source;
		buf_printf(out, "{\"type\":\"AWSService\",\"invokedBy\":\"%s.amazonaws.com\"}", service);
	}
	buf_add_text(out, ",\"eventTime\":\"");
	add_time(out, second);
	buf_printf(out,
		"\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\",\"awsRegion\":\"%s\",\"sourceIPAddress\":"
		"\"",
		call->source, call->name, region);
	if (service != NULL)
		buf_printf(out, "%s.amazonaws.com", service);
	else
		add_address(out, address % ADDRESSES);
	buf_printf(out, "\",\"userAgent\":\"%s\",", call->agent);
	bool is_error = draw(100) < 6;
	if (is_error)
		buf_printf(out,
			"\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User: "
			"arn:aws:sts::111122223333:assumed-role/x is not authorized to perform: %s:%s on resource: "
			"item-%u because no identity-based policy allows the action\",",
			call->source, call->name, first);
	buf_add_text(out, "\"requestParameters\":");
	if (call->request == NULL)
		buf_add_text(out, "null");
	else
		buf_printf(out, call->request, first, more);
	buf_printf(out, ",\"responseElements\":%s,", call->response != NULL && !is_error ? call->response : "null");
	if (strcmp(call->source, "s3") == 0) {
		buf_printf(out, "\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"ECDHE-RSA-"
				"AES128-GCM-SHA256\",\"bytesTransferredIn\":0,\"AuthenticationMethod\":\"AuthHeader\","
				"\"x-amz-id-2\":\"");
		add_hex(out, 76);
		buf_printf(out, "\",\"bytesTransferredOut\":%u},", first);
	}
	buf_add_text(out, "\"requestID\":\"");
	add_uuid(out);
	buf_add_text(out, "\",\"eventID\":\"");
	add_uuid(out);
	buf_printf(out, "\",\"readOnly\":%s,", call->is_read ? "true" : "false");
	if (strcmp(call->source, "s3") == 0)
		buf_printf(out,
			"\"resources\":[{\"accountId\":\"111122223333\",\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:"
			"s3:::data-lake-%u/"
			"part-%u\"},{\"accountId\":\"111122223333\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3::"
			":data-lake-%u\"}],",
			first, more, first);
	buf_printf(out,
		"\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"1111222%05u\","
		"\"eventCategory\":\"Management\"",
		33330u + draw_skewed(7));
	if (draw(100) < 35)
		buf_printf(out,
			",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.2\",\"cipherSuite\":\"ECDHE-RSA-AES128-GCM-SHA256\","
			"\"clientProvidedHostHeader\":\"%s.%s.amazonaws.com\"}",
			call->source, region);
	buf_add_char(out, '}');
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t second_of(uint64_t event, uint64_t events)
{
	/* In order but for the minutes by which regions are late. */
	return FIRST_SECOND + (int64_t)(event * SPAN_SECONDS / events) + draw(90);
}

static void write_ndjson(uint64_t events, const char *path)
{
	FILE *file = fopen(path, "we");
	if (file == NULL)
		fail(path);
	struct buf text = BUF_EMPTY;
	for (uint64_t i = 0; i < events; i++) {
		add_record(&text, second_of(i, events));
		buf_add_char(&text, '\n');
		if (text.length > 1 << 20 || i + 1 == events) {
			if (fwrite(text.data, 1, text.length, file) != text.length)
				fail(path);
			text.length = 0;
		}
	}
	if (fclose(file) != 0)
		fail(path);
	buf_free(&text);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		fail(path);
}

static void write_gzip(struct libdeflate_compressor *compressor, const struct buf *text, const char *path)
{
	size_t room = libdeflate_gzip_compress_bound(compressor, text->length);
	char *packed = xmalloc(room);
	size_t length = libdeflate_gzip_compress(compressor, text->data, text->length, packed, room);
	FILE *file = fopen(path, "we");
	if (file == NULL || fwrite(packed, 1, length, file) != length || fclose(file) != 0)
		fail(path);
	free(packed);
}

static void write_records(uint64_t events, uint64_t per_file, const char *folder)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	struct buf text = BUF_EMPTY;
	make_folder(folder);
	for (uint64_t i = 0, files = 0; i < events; files++) {
		text.length = 0;
		buf_add_text(&text, "{\"Records\":[");
		for (uint64_t k = 0; k < per_file && i < events; k++, i++) {
			if (k > 0)
				buf_add_char(&text, ',');
			add_record(&text, second_of(i, events));
		}
		buf_add_text(&text, "]}");
		char *inner = xasprintf("%s/%04u", folder, (unsigned)(files / 1000));
		if (files % 1000 == 0)
			make_folder(inner);
		char *path = xasprintf("%s/111122223333_CloudTrail_eu-west-1_202605%02uT%02u%02uZ_%016llx.json.gz",
			inner, (unsigned)(i * 21 / (events + 1)) + 1, (unsigned)(files / 60 % 24),
			(unsigned)(files % 60), (unsigned long long)files * UINT64_C(0x9E3779B97F4A7C15));
		write_gzip(compressor, &text, path);
		free(path);
		free(inner);
	}
	libdeflate_free_compressor(compressor);
	buf_free(&text);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "ndjson") == 0)
		write_ndjson(strtoull(argv[2], NULL, 10), argv[3]);
	else if (argc == 5 && strcmp(argv[1], "records") == 0)
		write_records(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv[4]);
	else
		return fputs("usage: generate ndjson EVENTS FILE | generate records EVENTS PER_FILE DIR\n", stderr) < 0
			       ? 1
			       : 2;
	return 0;
}
