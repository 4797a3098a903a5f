/* Two readings of one record must agree: the columns of the store (the scanner's reading where it could) and the whole
 * document (the careful one). Random records, with every way to say nothing at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/ingest.h"

static uint64_t seed = 1;

static unsigned below(unsigned limit)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % limit;
}

static const char *const nothing[] = {
	"null", "\"\"", "\"-\"", "\"none\"", "{}", "[]", "{\"a\":null}", "[\"\",[]]", "[{\"b\":\"none\"}]"};
static const char *const odd[] = {"true", "false", "0", "-1", "12345678901234567890", "1.5", "1.68E9", "\"a\\u0000b\"",
	"\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"tab\\tline\\n\"", "\"\\u003d\"", "\"Zo\xc3\xab\"", "\"\xff\"",
	"[\"x\"]", "{\"x\":1}", "\"none \"", "\"--\"", "\"\\u002d\"", "\"n\\u006fne\"", "\"none\\u0000\"", "\" \""};

static const char *const types[] = {"\"Root\"", "\"IAMUser\"", "\"AssumedRole\"", "\"FederatedUser\"", "\"AWSAccount\"",
	"\"AWSService\"", "\"WebIdentityUser\"", "\"IdentityCenterUser\"", "\"Unknown\""};
static const char *const names[] = {"\"ada\"", "\"brix\"", "\"dana@example.com\"", "\"@lead\"", "\"x\\/y\""};
static const char *const arns[] = {"\"arn:aws:sts::1:assumed-role/Admin/ada\"",
	"\"arn:aws-us-gov:sts::1:assumed-role/R/i-0\\u0061\"", "\"arn:aws:iam::1:user/ada\"",
	"\"arn:aws:sts::1:assumed-role/R/\"", "\"arn:aws:iam::1:role/aws-service-role/ssm.amazonaws.com/S\"",
	"\"arn:aws:iam::1:role/Admin\""};
static const char *const addresses[] = {"\"192.0.2.7\"", "\"2001:db8::1\"", "\"08.1.2.3\"", "\"AWS Internal\"",
	"\"ec2.amazonaws.com\"", "\"192.0.2.7 \"", "\"1.2.3.4\\u0000\""};
static const char *const actions[] = {
	"\"ConsoleLogin\"", "\"UserAuthentication\"", "\"GetObject\"", "\"consoleLogin\""};
static const char *const outcomes[] = {"\"Success\"", "\"FAILURE\"", "\"\\u0046ailure\"", "7"};
static const char *const plain[] = {"\"one\"", "\"two\"", "\"a \\\"quoted\\\" one\""};
static const char *const flags[] = {"true", "false", "\"true\"", "\"false\""};

#define PICK(words) words, COUNT_OF(words)

static void space(struct buf *out)
{
	static const char *const spaces[] = {"", "", "", " ", "\n  ", "\t", " \r\n"};
	buf_add_text(out, spaces[below(COUNT_OF(spaces))]);
}

static void member(struct buf *out, const char *key, const char *const *values, size_t count)
{
	if (below(8) == 0)
		return;
	buf_printf(out, out->length && strchr("{[", out->data[out->length - 1]) ? "\"%s\"" : ",\"%s\"", key);
	space(out);
	buf_add_char(out, ':');
	space(out);
	unsigned kind = below(16);
	if (kind == 0)
		buf_add_text(out, nothing[below(COUNT_OF(nothing))]);
	else if (kind == 1)
		buf_add_text(out, odd[below(COUNT_OF(odd))]);
	else
		buf_add_text(out, values[below((unsigned)count)]);
	if (below(64) == 0) { /* the last of two equal keys counts */
		buf_printf(out, ",\"%s\":", key);
		buf_add_text(out, values[below((unsigned)count)]);
	}
}

static void open_member(struct buf *out, const char *key)
{
	buf_printf(out, out->data[out->length - 1] == '{' ? "\"%s\":{" : ",\"%s\":{", key);
}

static void identity(struct buf *out)
{
	open_member(out, "userIdentity");
	member(out, "type", PICK(types));
	member(out, "principalId", PICK(plain));
	member(out, "arn", PICK(arns));
	member(out, "accountId", PICK(plain));
	member(out, "accessKeyId", PICK(plain));
	member(out, "userName", PICK(names));
	if (below(3)) {
		open_member(out, "sessionContext");
		if (below(4)) {
			open_member(out, "sessionIssuer");
			member(out, "type", PICK(types));
			member(out, "arn", PICK(arns));
			member(out, "userName", PICK(names));
			buf_add_char(out, '}');
		}
		if (below(4)) {
			open_member(out, "attributes");
			member(out, "mfaAuthenticated", PICK(flags));
			member(out, "creationDate", PICK(plain));
			buf_add_char(out, '}');
		}
		buf_add_char(out, '}');
	}
	member(out, "invokedBy", PICK(plain));
	if (below(4) == 0) {
		open_member(out, "onBehalfOf");
		member(out, "userId", PICK(plain));
		buf_add_char(out, '}');
	}
	buf_add_char(out, '}');
}

static void record(struct buf *out, unsigned number)
{
	buf_printf(out, "{\"eventVersion\":\"1.08\",\"eventID\":\"e-%06u\",\"eventTime\":\"2026-04-0%uT0%u:00:00Z\"",
		number, 1 + below(9), below(10));
	for (unsigned part = below(6), parts = 0; parts < 6; parts++, part = (part + 1) % 6) {
		switch (part) {
		case 0:
			if (below(12))
				identity(out);
			break;
		case 1:
			member(out, "eventSource", PICK(plain));
			member(out, "eventName", PICK(actions));
			member(out, "awsRegion", PICK(plain));
			break;
		case 2:
			member(out, "sourceIPAddress", PICK(addresses));
			member(out, "userAgent", PICK(plain));
			break;
		case 3:
			if (below(3) == 0)
				member(out, "errorCode", PICK(plain));
			if (below(4) == 0)
				member(out, "errorMessage", PICK(plain));
			member(out, "readOnly", PICK(flags));
			break;
		case 4:
			if (below(3)) {
				open_member(out, "requestParameters");
				member(out, "userName", PICK(names));
				member(out, "newUserName", PICK(names));
				buf_add_char(out, '}');
			} else {
				member(out, "requestParameters", PICK(nothing));
			}
			open_member(out, "responseElements");
			member(out, "ConsoleLogin", PICK(outcomes));
			buf_add_char(out, '}');
			break;
		default:
			open_member(out, "additionalEventData");
			member(out, "UserName", PICK(names));
			buf_add_char(out, '}');
			member(out, "eventType", PICK(plain));
			member(out, "eventCategory", PICK(plain));
			member(out, "recipientAccountId", PICK(plain));
		}
	}
	buf_add_char(out, '}');
}

static json_t *at_path(json_t *document, const char *path)
{
	for (const char *dot; document && (dot = strchr(path, '.')); path = dot + 1)
		document = json_object_getn(document, path, (size_t)(dot - path));
	return json_object_get(document, path);
}

static bool says(const json_t *value, struct slice text)
{
	if (json_is_boolean(value))
		return slice_equals(text, slice_of(json_is_true(value) ? "true" : "false"));
	if (json_is_number(value)) /* only the text form is defined */
		return text.data != NULL;
	if (!json_is_string(value)) /* a structure where a word belongs */
		return !text.data;
	return text.data && slice_equals(text, (struct slice){json_string_value(value), json_string_length(value)});
}

static void compare(const char *text, size_t length, unsigned records, enum ecs_compat compat)
{
	char path[] = "/tmp/raretrail-agree-XXXXXX";
	int file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, length), (ssize_t)length);
	close(file);
	const char *const paths[] = {path};
	struct load_options options = {
		.paths = paths, .path_count = 1, .compat = compat, .since = TIME_NONE, .until = TIME_NONE};
	struct load *load;
	struct err err;
	assert_int_equal(load_start(&options, &load, &err), 0);
	load_wait(load);
	struct store *store = load_snapshot(load);
	assert_int_equal(store->count, records);
	unsigned wrong = 0;
	for (uint32_t row = 0; row < store->count; row++) {
		json_t *document = load_document(load, store, row, &err);
		assert_non_null(document);
		for (unsigned f = 0; f < FIELD_COUNT; f++) {
			struct slice have = store_text(store, (enum event_field)f, row);
			if (says(at_path(document, event_fields[f].name), have))
				continue;
			if (++wrong > 10)
				continue;
			struct buf raw = BUF_EMPTY;
			assert_int_equal(load_read_raw(load, store, row, &raw, &err), 0);
			print_error("%s is %.*s in the store: %.*s\n", event_fields[f].name,
				have.data ? (int)have.length : 6, have.data ? have.data : "absent", (int)raw.length,
				raw.data);
			buf_free(&raw);
		}
		json_decref(document);
	}
	store_free(store);
	load_free(load);
	unlink(path);
	assert_int_equal(wrong, 0);
}

static void columns_and_documents_agree(void **state)
{
	(void)state;
	for (int wrapping = 0; wrapping < 3; wrapping++) {
		struct buf text = BUF_EMPTY;
		static const unsigned records = 4000;
		if (wrapping)
			buf_add_text(&text, wrapping == 1 ? "{\"Records\":[" : "[");
		for (unsigned i = 0; i < records; i++) {
			if (i)
				buf_add_text(&text, wrapping ? "," : "\n");
			record(&text, i);
		}
		if (wrapping)
			buf_add_text(&text, wrapping == 1 ? "]}" : "]");
		compare(text.data, text.length, records, wrapping == 2 ? ECS_COMPAT_5_2 : ECS_COMPAT_8_9);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(columns_and_documents_agree)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
