/* The fast path against the careful reader: valid, odd, mutated and random texts read by both. They must agree on every
 * event, every field, every ledger entry, in every variant of the scanner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scan_compare.h"

static uint64_t state = 88172645463325252u;

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 33) % below);
}

static const char *one_of(const char *const *words, unsigned count)
{
	return words[draw(count)];
}
#define ONE_OF(...) one_of((const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))

static const char *odd_value(void)
{
	return ONE_OF("null", "\"\"", "\"-\"", "\"none\"", "true", "false", "12", "-1.5e3", "{}", "[]", "{\"a\":\"-\"}",
		"[1,\"x\"]", "\"caf\xc3\xa9\"", "\"a\\u0041\\n\\\"q\\\"\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
		"\"\\u0000\"", "\"bad\xff\"", "\"\\u002d\"", "\"n\\u006fne\"", "\"tab\there\"",
		"12345678901234567890123", "\"\\\\\"", "\"\xe2\x80\xaf\"", "1e999", "\"{\\\"userName\\\":\\\"t\\\"}\"",
		"\"[1]\"", "\"\\u007b}\"");
}

static const char *maybe_odd(const char *usual)
{
	return draw(25) == 0 ? odd_value() : usual;
}

static void add_member(struct buf *out, const char *key, const char *value)
{
	static const char *const gaps[] = {"", "", "", "", "", "", " ", "  ", "\t"};
	if (out->data[out->length - 1] != '{')
		buf_add_text(out, draw(20) == 0 ? ", " : ",");
	buf_printf(out, "\"%s\"%s:%s%s", key, draw(40) == 0 ? " " : "", gaps[draw(COUNT_OF(gaps))], value);
}

static void add_identity(struct buf *out)
{
	static const char *const arns[] = {"\"arn:aws:sts::111122223333:assumed-role/app/session-1\"",
		"\"arn:aws:iam::111122223333:user/people/ann\"",
		"\"arn:aws-us-gov:sts::111122223333:federated-user/bob@example.com\"",
		"\"arn:aws:sts::111122223333:assumed-role/app/\"", "\"arn:aws:iam::111122223333:root\""};
	buf_add_char(out, '{');
	if (draw(12) != 0)
		add_member(out, "type",
			ONE_OF("\"AssumedRole\"", "\"IAMUser\"", "\"Root\"", "\"FederatedUser\"", "\"AWSService\"",
				"\"AWSAccount\"", "\"WebIdentityUser\"", "\"SAMLUser\"", "\"IdentityCenterUser\"",
				"\"Unknown\"", "\"Role\""));
	if (draw(6) != 0)
		add_member(out, "principalId",
			maybe_odd(ONE_OF("\"AROAEXAMPLE:session-1\"", "\"AIDAEXAMPLE\"", "\"111122223333\"")));
	if (draw(6) != 0)
		add_member(out, "arn", maybe_odd(one_of(arns, COUNT_OF(arns))));
	if (draw(4) != 0)
		add_member(out, "accountId", maybe_odd(ONE_OF("\"111122223333\"", "\"anonymous\"")));
	if (draw(3) != 0)
		add_member(out, "accessKeyId", maybe_odd(ONE_OF("\"AKIAEXAMPLE\"", "\"ASIAEXAMPLE\"", "\"\"")));
	if (draw(3) == 0)
		add_member(out, "userName",
			maybe_odd(ONE_OF("\"ann\"", "\"HIDDEN_DUE_TO_SECURITY_REASONS\"", "\"a@example.com\"")));
	if (draw(4) == 0)
		add_member(out, "invokedBy",
			maybe_odd(ONE_OF("\"ec2.amazonaws.com\"", "\"AWS Internal\"", "\"signin.amazonaws.com\"")));
	if (draw(8) == 0)
		add_member(out, "onBehalfOf",
			maybe_odd("{\"userId\":\"544894e8-80c1-707f-60e3-3ba6510dfac1\",\"identityStoreArn\":\"x\"}"));
	if (draw(2) == 0) {
		struct buf session = BUF_EMPTY;
		buf_add_char(&session, '{');
		if (draw(5) != 0)
			add_member(&session, "sessionIssuer",
				maybe_odd(ONE_OF(
					"{\"type\":\"Role\",\"arn\":\"arn:aws:iam::1:role/app\",\"userName\":\"app\"}",
					"{}",
					"{\"arn\":\"arn:aws:iam::1:role/aws-service-role/autoscaling.amazonaws.com/"
					"X\",\"userName\":\"X\"}",
					"{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:root\"}",
					"{\"userName\":\"none\"}")));
		if (draw(3) != 0)
			add_member(&session, "attributes",
				maybe_odd(ONE_OF(
					"{\"mfaAuthenticated\":\"false\",\"creationDate\":\"2026-01-01T00:00:00Z\"}",
					"{\"creationDate\":\"x\",\"mfaAuthenticated\":\"true\"}",
					"{\"mfaAuthenticated\":true}")));
		buf_add_char(&session, '}');
		add_member(out, "sessionContext", session.data);
		buf_free(&session);
	}
	if (draw(60) == 0)
		add_member(out, "type", "\"IAMUser\""); /* twice */
	buf_add_char(out, '}');
}

static void add_record(struct buf *out)
{
	char text[64];
	struct buf identity = BUF_EMPTY;
	add_identity(&identity);
	buf_add_char(out, '{');
	if (draw(20) != 0)
		add_member(out, "eventVersion", maybe_odd("\"1.08\""));
	if (draw(20) != 0)
		add_member(out, "userIdentity", maybe_odd(identity.data));
	buf_free(&identity);
	/* Mostly one day: the scanner remembers the last one. */
	unsigned month = draw(4) ? 5 : draw(14), day = draw(4) ? 7 : draw(33);
	snprintf(text, sizeof(text), "\"2026-%02u-%02uT%02u:%02u:%02uZ\"", month, day, draw(25), draw(61), draw(61));
	if (draw(20) == 0)
		text[12 + draw(8)] = (char)(0x29 + draw(0x20)); /* about the digits and the colon */
	if (draw(40) != 0)
		add_member(out, "eventTime",
			maybe_odd(draw(8) ? text
					  : ONE_OF("\"2026-05-07T22:36:10.123Z\"", "\"20131102T010628Z\"",
						    "\"2026-05-07\"", "\"2026-05-07T22:36:10+02:00\"")));
	add_member(out, "eventSource",
		maybe_odd(ONE_OF(
			"\"s3.amazonaws.com\"", "\"iam.amazonaws.com\"", "\"signin.amazonaws.com\"", "\"aws:s3\"")));
	if (draw(40) != 0)
		add_member(out, "eventName",
			maybe_odd(ONE_OF(
				"\"GetObject\"", "\"ConsoleLogin\"", "\"CreateUser\"", "\"UserAuthentication\"")));
	add_member(out, "awsRegion", maybe_odd("\"eu-west-1\""));
	add_member(out, "sourceIPAddress",
		maybe_odd(ONE_OF("\"192.0.2.7\"", "\"2001:db8::1\"", "\"08.1.250.216\"", "\"ec2.amazonaws.com\"",
			"\"AWS Internal\"", "\"30.*.0.210\"")));
	if (draw(10) != 0)
		add_member(out, "userAgent",
			maybe_odd(ONE_OF(
				"\"aws-cli/2.13\"", "\"[S3Console/0.4, \\\"x\\\"]\"", "\"agent {with} [brackets]\"")));
	if (draw(6) == 0)
		add_member(
			out, "errorCode", maybe_odd(ONE_OF("\"AccessDenied\"", "\"Client.DryRunOperation\"", "\"\"")));
	if (draw(6) == 0)
		add_member(out, "errorMessage",
			maybe_odd(ONE_OF("\"No\"", "\"a message that is longer than any word that means nothing\"",
				"\"none\"")));
	add_member(out, "requestParameters",
		maybe_odd(ONE_OF("null", "{\"bucketName\":\"b\",\"key\":\"a\\\\b\"}", "{\"userName\":\"svc\"}",
			"{\"newUserName\":\"n2\",\"userName\":\"n1\"}",
			"{\"policyDocument\":\"{\\\"Version\\\":\\\"2012\\\"}\"}", "{\"x\":{\"userName\":\"inner\"}}",
			"{\"\\u0075serName\":\"escaped\"}", "{\"userName\":7}", "{\"userName\":\"\"}",
			"{\"userName\":\"a\",\"userName\":\"b\"}", "{\"userName\":\"\\u00e9\"}")));
	add_member(out, "responseElements",
		maybe_odd(ONE_OF("null", "{\"ConsoleLogin\":\"Success\"}", "{\"ConsoleLogin\":\"Failure\"}",
			"{\"user\":{\"userId\":\"AIDA\"}}")));
	if (draw(4) == 0)
		add_member(out, "additionalEventData",
			maybe_odd(ONE_OF("{\"MFAUsed\":\"Yes\"}", "{\"UserName\":\"ann\"}", "{\"n\":-0.5e-7}")));
	add_member(out, "requestID", maybe_odd("\"1d7c9b20-0000-4000-8000-000000000000\""));
	snprintf(text, sizeof(text), "\"%08x-0000-4000-8000-%012x\"", draw(1000), draw(3));
	if (draw(20) != 0)
		add_member(out, "eventID",
			maybe_odd(draw(10) ? text
					   : ONE_OF("\"NOT-A-UUID\"", "\"293BA626-3BE5-4A26-AB1B-0F4C54F49959\"",
						     "\"\\u0061b\"")));
	if (draw(10) != 0)
		add_member(out, "readOnly", maybe_odd(ONE_OF("true", "false")));
	if (draw(5) == 0)
		add_member(out, "resources", maybe_odd("[{\"ARN\":\"arn:aws:s3:::b\",\"type\":\"AWS::S3::Bucket\"}]"));
	add_member(out, "eventType",
		maybe_odd(ONE_OF("\"AwsApiCall\"", "\"AwsConsoleSignIn\"", "\"AwsCloudTrailInsight\"")));
	if (draw(3) == 0)
		add_member(out, "managementEvent", maybe_odd("true"));
	if (draw(5) != 0)
		add_member(out, "recipientAccountId", maybe_odd(ONE_OF("\"444455556666\"", "\"111122223333\"")));
	if (draw(3) == 0)
		add_member(out, "eventCategory", maybe_odd(ONE_OF("\"Management\"", "\"Data\"", "\"Insight\"")));
	/* Keys that no field reads, more than the scanner remembers at once. */
	for (unsigned more = draw(4) == 0 ? draw(5) : 0; more > 0; more--) {
		snprintf(text, sizeof(text), "newKey_%u", draw(12));
		add_member(out, text, maybe_odd("{\"x\":[{\"y\":\"}\"}]}"));
	}
	if (draw(30) == 0)
		add_member(out,
			ONE_OF("unknownKey", "cloud.account.id", "@timestamp", "event", "detail", "errorCode",
				"digestEndTime", "Records", "awsAccountId", "cloud", "fields", "message", "eventJson",
				"aws", "new\\u004bey", "new Key", "index"),
			odd_value());
	buf_add_char(out, '}');
}

static void mutate(struct buf *text)
{
	static const char bytes[] = "\"\\{}[],: \n\r\tn0-e\x01\xff/u";
	for (unsigned i = draw(3) + 1; i > 0 && text->length > 1; i--) {
		size_t at = draw((unsigned)text->length);
		switch (draw(4)) {
		case 0: text->data[at] = bytes[draw(sizeof(bytes))]; break;
		case 1:
			memmove(text->data + at, text->data + at + 1, text->length - at - 1);
			text->length--;
			break;
		case 2: text->length = at + 1; break;
		default: {
			char byte = bytes[draw(sizeof(bytes))];
			buf_add_char(text, ' ');
			memmove(text->data + at + 1, text->data + at, text->length - at - 1);
			text->data[at] = byte;
		}
		}
	}
}

static unsigned garbage;

static void check(const struct buf *text, enum input_format format)
{
	for (const char *const *variant = scanner_variants(); *variant != NULL; variant++) {
		const char *difference = compare_readings(text->data, text->length, *variant, format, &garbage);
		if (difference != NULL) {
			fprintf(stderr, "%s, %s: %.*s\n", *variant, difference, (int)text->length, text->data);
			fail_msg("the readings differ in %s", difference);
		}
	}
}

static void single_records(void **unused)
{
	(void)unused;
	struct buf text = BUF_EMPTY;
	for (unsigned i = 0; i < 6000; i++) {
		text.length = 0;
		add_record(&text);
		check(&text, INPUT_AUTO);
	}
	buf_free(&text);
}

static void mutated_records(void **unused)
{
	(void)unused;
	struct buf text = BUF_EMPTY;
	for (unsigned i = 0; i < 6000; i++) {
		text.length = 0;
		add_record(&text);
		mutate(&text);
		check(&text, INPUT_AUTO);
	}
	buf_free(&text);
	/* Damage where no field looks is rare enough to be no way around the careful reader. */
	assert_true(garbage > 0 && garbage < 2000);
}

static void add_several(struct buf *text, const char *open, const char *between, const char *close)
{
	buf_add_text(text, open);
	for (unsigned i = draw(9); i > 0; i--) {
		size_t from = text->length;
		add_record(text);
		if (draw(25) == 0) {
			struct buf tail = BUF_EMPTY;
			buf_add(&tail, text->data + from, text->length - from);
			mutate(&tail);
			text->length = from;
			buf_add(text, tail.data, tail.length);
			buf_free(&tail);
		}
		if (i > 1)
			buf_add_text(text, between);
	}
	buf_add_text(text, close);
}

static void whole_texts(void **unused)
{
	(void)unused;
	struct buf text = BUF_EMPTY;
	static const enum input_format formats[] = {
		INPUT_AUTO, INPUT_AUTO, INPUT_AUTO, INPUT_NDJSON, INPUT_RECORDS, INPUT_ARRAY};
	for (unsigned i = 0; i < 4000; i++) {
		text.length = 0;
		buf_add_text(&text, draw(10) ? "" : "\xef\xbb\xbf");
		for (unsigned part = draw(3) + 1; part > 0; part--) {
			switch (draw(5)) {
			case 0: add_several(&text, "{\"Records\":[", ",", "]}"); break;
			case 1: add_several(&text, "[\n", ",\n", "\n]\n"); break;
			case 2: add_several(&text, "{ \"Records\" : [ ", " , ", "], \"more\": 1 }"); break;
			default: add_several(&text, "", "\n", "\n"); break;
			}
			if (draw(8) == 0)
				buf_add_text(&text,
					ONE_OF("garbage\n", "{\n \"eventName\": \"X\",\n \"eventVersion\":\"1\"\n}\n",
						"\n\n", ",", "{\"a\":1}\n", "\xef\xbb\xbf"));
		}
		if (draw(5) == 0)
			mutate(&text);
		check(&text, formats[draw(COUNT_OF(formats))]);
	}
	buf_free(&text);
}

/* Every bracket among plain records, replaced by every other one. */
static void every_bracket(void **unused)
{
	(void)unused;
#define PLAIN \
	"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"accountId\":\"1\"}," \
	"\"eventTime\":\"2026-05-07T22:36:10Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"A\"," \
	"\"requestParameters\":{\"a\":[1,{}]}}"
	static const char *const shapes[] = {PLAIN "\n" PLAIN "\n" PLAIN "\n",
		"{\"Records\":[" PLAIN "," PLAIN "," PLAIN "]}", "[" PLAIN "," PLAIN "]"};
#undef PLAIN
	static const char brackets[] = "{}[]";
	struct buf text = BUF_EMPTY;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		text.length = 0;
		buf_add_text(&text, shapes[i]);
		for (size_t at = 0; at < text.length; at++) {
			if (strchr(brackets, shapes[i][at]) == NULL)
				continue;
			for (const char *other = brackets; *other != '\0'; other++) {
				text.data[at] = *other;
				check(&text, INPUT_AUTO);
			}
			text.data[at] = shapes[i][at];
		}
	}
	buf_free(&text);
}

/* Every byte of a time, replaced by every byte about the digits, behind a good time of the same day. */
static void every_time(void **unused)
{
	(void)unused;
	struct buf text = BUF_EMPTY;
	for (unsigned at = 0; at < 20; at++) {
		for (unsigned byte = 0x20; byte < 0x7f; byte++) {
			char time[] = "2026-05-07T12:34:56Z";
			for (unsigned turn = 0; turn < 2; turn++) {
				buf_printf(&text, "{\"eventTime\":\"%s\",\"eventName\":\"A\",\"eventSource\":\"b\"}\n",
					time);
				time[at] = (char)byte;
			}
		}
	}
	check(&text, INPUT_AUTO);
	buf_free(&text);
}

static void random_bytes(void **unused)
{
	(void)unused;
	static const char *const words[] = {"{", "}", "[", "]", ",", ":", "\"", "\\", "\n", " ", "\"Records\"",
		"\"eventName\"", "\"eventTime\"", "\"eventSource\"", "\"x\"", "null", "1", "\"2026-01-01T00:00:00Z\"",
		"\"userIdentity\"", "\"none\""};
	struct buf text = BUF_EMPTY;
	for (unsigned i = 0; i < 20000; i++) {
		text.length = 0;
		buf_add_text(&text, ONE_OF("{", "{\"Records\":[{", "[{", ""));
		for (unsigned k = draw(40); k > 0; k--)
			buf_add_text(&text, one_of(words, COUNT_OF(words)));
		check(&text, INPUT_AUTO);
	}
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_records),
		cmocka_unit_test(mutated_records),
		cmocka_unit_test(whole_texts),
		cmocka_unit_test(every_bracket),
		cmocka_unit_test(every_time),
		cmocka_unit_test(random_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
