/* scan_learn: raw values that the scanner meets for the first time. Here they are read with all the rules of the
 * mapping; the entry they give is remembered for the raw bytes. Whatever is unusual is declined. */
#include "scan.h"

#include "json_text.h"
#include "map.h"
#include "scan_identity.h"

/* ---- scalars ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX, alone or as a surrogate pair; returns the bytes consumed, 0 for what the careful path must judge. */
static size_t unescape_unicode(struct slice text, size_t at, char *out, size_t *size)
{
	uint32_t units[2] = {0};
	size_t used = 0;
	for (unsigned unit = 0; unit < 2; unit++, used += 6) {
		if (text.length - at < used + 6 || text.data[at + used] != '\\' || text.data[at + used + 1] != 'u')
			return 0;
		for (size_t i = 2; i < 6; i++) {
			int digit = hex_digit(text.data[at + used + i]);
			if (digit < 0)
				return 0;
			units[unit] = units[unit] << 4 | (uint32_t)digit;
		}
		if (unit == 0 && (units[0] < 0xD800 || units[0] > 0xDFFF)) {
			*size = utf8_encode(units[0], out);
			return units[0] == 0 ? 0 : 6;
		}
	}
	if (units[0] > 0xDBFF || units[1] < 0xDC00 || units[1] > 0xDFFF)
		return 0;
	*size = utf8_encode(0x10000 + ((units[0] & 0x3FF) << 10) + (units[1] & 0x3FF), out);
	return 12;
}

/* The text of a raw string without its quotes. False: damaged, or better left to the careful path. */
static bool unescape(struct arena *arena, struct slice text, struct slice *out)
{
	static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char *copy = NULL;
	size_t length = 0;
	if (scan_is_plain(text)) {
		*out = text;
		return true;
	}
	for (size_t at = 0; at < text.length;) {
		unsigned char c = (unsigned char)text.data[at];
		uint32_t code_point;
		size_t used = 1;
		char bytes[4] = {(char)c};
		size_t size = 1;
		if (c < 0x20)
			return false;
		if (c == '\\') {
			if (copy == NULL) {
				copy = arena_alloc(arena, text.length + 1);
				memcpy(copy, text.data, at);
				length = at;
			}
			const char *name =
				at + 1 < text.length ? memchr(names, text.data[at + 1], sizeof(names) - 1) : NULL;
			if (name != NULL) {
				bytes[0] = meanings[name - names];
				used = 2;
			} else {
				used = unescape_unicode(text, at, bytes, &size);
			}
		} else if (c >= 0x80) {
			used = size = utf8_decode(text.data + at, text.length - at, &code_point);
			if (used > 0)
				memcpy(bytes, text.data + at, used);
		}
		if (used == 0)
			return false;
		if (copy != NULL) {
			memcpy(copy + length, bytes, size);
			length += size;
		}
		at += used;
	}
	*out = copy != NULL ? (struct slice){copy, length} : text;
	return true;
}

static inline __attribute__((always_inline)) bool is_word(struct slice raw, const char *word)
{
	size_t length = __builtin_strlen(word);
	return raw.length == length && memcmp(raw.data, word, length) == 0;
}

/* A raw value where a keyword is expected: null and what counts as empty are absent. Containers and numbers are left to
 * the careful path. */
static bool read_scalar_of(struct scanner *scanner, struct slice raw, bool is_plain, struct slice *out)
{
	*out = (struct slice){NULL, 0};
	if (raw.length == 0 || is_word(raw, "null"))
		return true;
	if (is_word(raw, "true") || is_word(raw, "false")) {
		*out = raw;
		return true;
	}
	if (raw.length < 2 || raw.data[0] != '"' || raw.data[raw.length - 1] != '"')
		return false;
	struct slice text = {raw.data + 1, raw.length - 2};
	if (is_plain)
		*out = text;
	else if (!unescape(&scanner->arena, text, out))
		return false;
	if (out->length == 0 || is_word(*out, "-") || is_word(*out, "none"))
		*out = (struct slice){NULL, 0};
	return true;
}

static bool read_scalar(struct scanner *scanner, struct slice raw, struct slice *out)
{
	return read_scalar_of(scanner, raw, false, out);
}

static struct slice value_of(const struct scan_record *record, enum scan_key key)
{
	return record->seen >> key & 1 ? record->values[key] : (struct slice){"", 0};
}

static bool is_object(struct slice raw)
{
	return raw.length > 0 && raw.data[0] == '{';
}

/* ---- the members of a small object ---- */

struct member {
	struct slice key;
	struct slice raw; /* length 0: not there */
};
#define MEMBER(text) \
	{ \
		{text, sizeof(text) - 1}, \
		{ \
			NULL, 0 \
		} \
	}

/* Finds members of an object by key. False when the object is damaged, has a key with an escape, or one of the sought
 * keys twice. */
static bool find_members(struct scanner *scanner, struct slice object, struct member *members, size_t count)
{
	const char *end = object.data + object.length;
	for (size_t i = 0; i < count; i++)
		members[i].raw = (struct slice){"", 0};
	const char *at = json_skip_space(object.data + 1, end);
	if (at < end && *at == '}')
		return true;
	for (;;) {
		const char *key = at;
		const char *behind = json_lex_string(key, end);
		if (behind == NULL)
			return false;
		struct slice name = {key + 1, (size_t)(behind - key) - 2};
		if (memchr(name.data, '\\', name.length) != NULL)
			return false;
		at = json_skip_space(behind, end);
		if (at >= end || *at != ':')
			return false;
		const char *value = json_skip_space(at + 1, end);
		if (value >= end || (at = json_lex_value(scanner->lexer, value, end)) == NULL)
			return false;
		for (size_t i = 0; i < count; i++) {
			if (name.length != members[i].key.length || *name.data != *members[i].key.data ||
				memcmp(name.data, members[i].key.data, name.length) != 0)
				continue;
			if (members[i].raw.length > 0)
				return false;
			members[i].raw = (struct slice){value, (size_t)(at - value)};
		}
		at = json_skip_space(at, end);
		if (at < end && *at == '}')
			return true;
		if (at >= end || *at != ',')
			return false;
		at = json_skip_space(at + 1, end);
	}
}

/* The same for a value that may also be absent or null; anything else is left to the careful path. */
static bool find_in(struct scanner *scanner, struct slice raw, struct member *members, size_t count)
{
	if (is_object(raw))
		return find_members(scanner, raw, members, count);
	for (size_t i = 0; i < count; i++)
		members[i].raw = (struct slice){"", 0};
	return raw.length == 0 || is_word(raw, "null");
}

/* ---- actors ---- */

struct identity_values {
	struct identity_texts texts;
	struct slice arn, account, access_key, mfa;
};

static bool read_identity(struct scanner *scanner, struct slice raw, struct identity_values *out)
{
	struct slice texts[IDENTITY_PART_COUNT] = {0};
	struct identity_parts parts;
	if (is_object(raw)) {
		if (!scan_identity(scanner, raw, &parts))
			return false;
		for (unsigned i = IDENTITY_TYPE; i < IDENTITY_PART_COUNT; i++)
			if (parts.raw[i].length > 0 &&
				!read_scalar_of(scanner, parts.raw[i], parts.is_plain, &texts[i]))
				return false;
	} else if (raw.length > 0 && !is_word(raw, "null")) {
		return false;
	}
	*out = (struct identity_values){
		.texts =
			{
				.type = texts[IDENTITY_TYPE],
				.user_name = texts[IDENTITY_USER_NAME],
				.issuer_name = texts[IDENTITY_ISSUER_NAME],
				.issuer_arn = texts[IDENTITY_ISSUER_ARN],
				.principal_id = texts[IDENTITY_PRINCIPAL_ID],
				.behalf_user_id = texts[IDENTITY_BEHALF_USER_ID],
				.invoked_by = texts[IDENTITY_INVOKED_BY],
			},
		.arn = texts[IDENTITY_ARN],
		.account = texts[IDENTITY_ACCOUNT_ID],
		.access_key = texts[IDENTITY_ACCESS_KEY_ID],
		.mfa = texts[IDENTITY_MFA],
	};
	return true;
}

/* The name an Identity Center user signed in with; absent for every other event. */
static bool read_sign_in_name(struct scanner *scanner, const struct scan_record *record, struct slice *out)
{
	struct slice action;
	struct member more[] = {MEMBER("UserName")};
	*out = (struct slice){NULL, 0};
	if (!read_scalar(scanner, value_of(record, SCAN_eventName), &action))
		return false;
	if (!is_word(action, "UserAuthentication"))
		return true;
	return find_in(scanner, value_of(record, SCAN_additionalEventData), more, COUNT_OF(more)) &&
	       read_scalar(scanner, more[0].raw, out);
}

bool scan_learn_actor(
	struct scanner *scanner, const struct scan_record *record, struct slice key, uint64_t hash, uint32_t *entry)
{
	arena_reset(&scanner->arena);
	struct identity_values identity;
	struct slice raw = value_of(record, SCAN_userIdentity);
	if (!read_identity(scanner, raw, &identity))
		return false;
	struct slice fields[FIELD_COUNT] = {0};
	fields[FIELD_IDENTITY_TYPE] = identity.texts.type;
	fields[FIELD_IDENTITY_ARN] = identity.arn;
	fields[FIELD_ACCESS_KEY] = identity.access_key;
	fields[FIELD_INVOKED_BY] = identity.texts.invoked_by;
	fields[FIELD_ISSUER_ARN] = identity.texts.issuer_arn;
	fields[FIELD_MFA] = identity.mfa;
	fields[FIELD_SESSION_NAME] = session_name(identity.texts.type, identity.arn);
	fields[FIELD_ACCOUNT_ID] = identity.account;
	if (identity.account.data == NULL &&
		!read_scalar(scanner, value_of(record, SCAN_recipientAccountId), &fields[FIELD_ACCOUNT_ID]))
		return false;
	if (!read_sign_in_name(scanner, record, &identity.texts.sign_in_name))
		return false;
	struct identity_user user = identity_user(&identity.texts, ECS_COMPAT_8_9);
	fields[FIELD_USER_NAME] = user.name;
	fields[FIELD_USER_ID] = user.id;
	*entry = chunk_entry(scanner->chunk, DIMENSION_ACTOR, fields);
	if (is_word(identity.texts.type, "IdentityCenterUser"))
		return true;
	if (identity.account.data != NULL) {
		memo_put(&scanner->memos[DIMENSION_ACTOR], key, hash, *entry);
		return true;
	}
	/* `key` is the identity alone at the first meeting, identity and account at the second. */
	bool is_alone = key.data != scanner->key.data;
	memo_put(&scanner->memos[DIMENSION_ACTOR], key, hash, is_alone ? SCAN_ACTOR_ACCOUNT : *entry);
	return true;
}

/* ---- the other dimensions ---- */

bool scan_learn_source(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry)
{
	arena_reset(&scanner->arena);
	struct slice fields[FIELD_COUNT] = {0};
	if (!read_scalar(scanner, raw, &fields[FIELD_SOURCE_ADDRESS]))
		return false;
	fields[FIELD_SOURCE_IP] = address_ip(fields[FIELD_SOURCE_ADDRESS]);
	*entry = chunk_entry(scanner->chunk, DIMENSION_SOURCE, fields);
	memo_put(&scanner->memos[DIMENSION_SOURCE], raw, hash, *entry);
	return true;
}

bool scan_learn_agent(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry)
{
	arena_reset(&scanner->arena);
	struct slice fields[FIELD_COUNT] = {0};
	if (!read_scalar(scanner, raw, &fields[FIELD_USER_AGENT]))
		return false;
	*entry = chunk_entry(scanner->chunk, DIMENSION_AGENT, fields);
	memo_put(&scanner->memos[DIMENSION_AGENT], raw, hash, *entry);
	return true;
}

/* What a console login says of itself, lower-cased, overrides the outcome. */
static bool read_login(struct scanner *scanner, const struct scan_record *record, struct slice *outcome)
{
	struct member response[] = {MEMBER("ConsoleLogin")};
	struct slice said;
	if (!find_in(scanner, value_of(record, SCAN_responseElements), response, COUNT_OF(response)) ||
		!read_scalar(scanner, response[0].raw, &said))
		return false;
	if (said.data == NULL)
		return true;
	char *copy = arena_copy(&scanner->arena, said.data, said.length);
	for (size_t i = 0; i < said.length; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	*outcome = (struct slice){copy, said.length};
	return true;
}

bool scan_learn_call(
	struct scanner *scanner, const struct scan_record *record, struct slice key, uint64_t hash, uint32_t *entry)
{
	static const struct {
		enum event_field field;
		enum scan_key key;
	} moves[] = {
		{FIELD_ACTION, SCAN_eventName},
		{FIELD_PROVIDER, SCAN_eventSource},
		{FIELD_CLOUD_REGION, SCAN_awsRegion},
		{FIELD_ERROR_CODE, SCAN_errorCode},
		{FIELD_READ_ONLY, SCAN_readOnly},
		{FIELD_EVENT_TYPE, SCAN_eventType},
		{FIELD_EVENT_CATEGORY, SCAN_eventCategory},
	};
	arena_reset(&scanner->arena);
	struct slice fields[FIELD_COUNT] = {0}, message;
	for (size_t i = 0; i < COUNT_OF(moves); i++)
		if (!read_scalar(scanner, value_of(record, moves[i].key), &fields[moves[i].field]))
			return false;
	/* Insights, and the notifications of S3 that look alike, are none of the scanner's business. */
	struct slice provider = fields[FIELD_PROVIDER];
	if (is_word(fields[FIELD_EVENT_CATEGORY], "Insight") ||
		is_word(fields[FIELD_EVENT_TYPE], "AwsCloudTrailInsight") ||
		(provider.length >= 4 && memcmp(provider.data, "aws:", 4) == 0))
		return false;
	struct slice raw_message = value_of(record, SCAN_errorMessage);
	if (raw_message.length > 32 && raw_message.data[0] == '"')
		message = raw_message; /* too long to be one of the words that count as empty */
	else if (!read_scalar(scanner, raw_message, &message))
		return false;
	bool is_error = fields[FIELD_ERROR_CODE].data != NULL || message.data != NULL;
	fields[FIELD_OUTCOME] = slice_of(is_error ? "failure" : "success");
	bool is_login = is_word(fields[FIELD_ACTION], "ConsoleLogin");
	if (is_login && !read_login(scanner, record, &fields[FIELD_OUTCOME]))
		return false;
	*entry = chunk_entry(scanner->chunk, DIMENSION_CALL, fields);
	if (!is_login)
		memo_put(&scanner->memos[DIMENSION_CALL], key, hash, *entry);
	return true;
}

bool scan_learn_target(struct scanner *scanner, struct slice request, uint32_t *entry)
{
	arena_reset(&scanner->arena);
	struct member members[] = {MEMBER("userName"), MEMBER("newUserName")};
	struct slice fields[FIELD_COUNT] = {0};
	if (!find_members(scanner, request, members, COUNT_OF(members)) ||
		!read_scalar(scanner, members[0].raw, &fields[FIELD_TARGET_NAME]) ||
		!read_scalar(scanner, members[1].raw, &fields[FIELD_CHANGES_NAME]))
		return false;
	*entry = chunk_entry(scanner->chunk, DIMENSION_TARGET, fields);
	return true;
}

/* ---- what is no dimension ---- */

bool scan_learn_id(struct scanner *scanner, struct slice raw, uint64_t *high, uint64_t *low)
{
	if (raw.length == 38 && raw.data[0] == '"') {
		chunk_id(scanner->chunk, (struct slice){raw.data + 1, 36}, high, low);
		if (*high != UINT64_MAX)
			return true;
	}
	arena_reset(&scanner->arena);
	struct slice id;
	if (!read_scalar(scanner, raw, &id))
		return false;
	chunk_id(scanner->chunk, id, high, low);
	return true;
}

bool scan_learn_time(struct scanner *scanner, struct slice raw, int64_t *timestamp)
{
	arena_reset(&scanner->arena);
	struct slice text;
	if (!read_scalar(scanner, raw, &text) || text.data == NULL || !time_parse_iso(text, timestamp))
		return false;
	if (text.length == 20 && text.data[4] == '-' && text.data[7] == '-' && text.data[19] == 'Z') {
		memcpy(scanner->date, text.data, sizeof(scanner->date));
		scanner->date_ms = time_floor(*timestamp, DAY_MS);
	}
	return true;
}
