/* map_cloudtrail: a raw CloudTrail record to ECS fields, rule by rule as Elastic's pipeline derives them: pruning
 * first, then the moves in the order of its table, where the first writer of a field wins. */
#include "map.h"

static const struct slice absent = {0};

struct source {
	const json_t *record, *identity;
	enum ecs_compat compat;
	struct arena *arena;
};

static const json_t *child(const struct source *source, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return prune_is_empty(value, source->compat) ? NULL : value;
}

static struct slice text(const struct source *source, const json_t *object, const char *key)
{
	return scalar_text(child(source, object, key), source->arena);
}

static struct slice lower_case(struct slice value, struct arena *arena)
{
	char *copy = arena_copy(arena, value.data, value.length);
	for (size_t i = 0; i < value.length; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	}
	return (struct slice){copy, value.length};
}

static bool equals(struct slice value, const char *word)
{
	return value.data && slice_equals(value, slice_of(word));
}

struct slice session_name(struct slice type, struct slice arn)
{
	if (!equals(type, "AssumedRole") && !equals(type, "FederatedUser") && !equals(type, "IdentityCenterUser"))
		return absent;
	if (!arn.data || arn.length < 4 || memcmp(arn.data, "arn:", 4) != 0)
		return absent;
	const char *end = arn.data + arn.length;
	const char *service = memchr(arn.data + 4, ':', arn.length - 4);
	if (!service || end - service < 5 || memcmp(service, ":sts:", 5) != 0)
		return absent;
	const char *slash = memrchr(service, '/', (size_t)(end - service));
	if (!slash || slash + 1 == end)
		return absent;
	return (struct slice){slash + 1, (size_t)(end - slash - 1)};
}

struct slice address_ip(struct slice address)
{
	return address.data && enrich_is_ip(address) ? address : absent;
}

/* The service behind a service actor: an AWSService that says on whose behalf, or a service-linked role. */
static struct slice service_actor(struct slice type, struct slice invoked_by, struct slice issuer_arn)
{
	if (equals(type, "AWSService"))
		return invoked_by;
	static const char marker[] = ":role/aws-service-role/";
	if (!equals(type, "AssumedRole") || !issuer_arn.data)
		return absent;
	const char *found = memmem(issuer_arn.data, issuer_arn.length, marker, sizeof marker - 1);
	if (!found)
		return absent;
	if (invoked_by.data)
		return invoked_by;
	const char *name = found + sizeof marker - 1;
	const char *end = issuer_arn.data + issuer_arn.length;
	const char *slash = memchr(name, '/', (size_t)(end - name));
	return (struct slice){name, (size_t)((slash ? slash : end) - name)};
}

struct identity_user identity_user(const struct identity_texts *texts, enum ecs_compat compat)
{
	struct identity_user user = {texts->user_name, texts->principal_id, absent};
	if (texts->issuer_name.data && (equals(texts->type, "AssumedRole") || equals(texts->type, "FederatedUser")))
		user.name = texts->issuer_name;
	if (equals(texts->type, "IdentityCenterUser")) {
		user.name = texts->sign_in_name;
		if (!user.id.data)
			user.id = texts->behalf_user_id;
	}
	struct slice service = service_actor(texts->type, texts->invoked_by, texts->issuer_arn);
	if (compat == ECS_COMPAT_8_9 && service.data) {
		user.service = service.length ? service : absent;
		user.name = user.id = absent;
	}
	return user;
}

static void map_user(const struct source *source, struct mapping *out)
{
	struct slice *fields = out->fields;
	const json_t *issuer = child(source, child(source, source->identity, "sessionContext"), "sessionIssuer");
	const json_t *more = child(source, source->record, "additionalEventData");
	bool is_sign_in = equals(fields[FIELD_ACTION], "UserAuthentication");
	struct identity_user user = identity_user(
		&(struct identity_texts){
			.type = fields[FIELD_IDENTITY_TYPE],
			.user_name = text(source, source->identity, "userName"),
			.issuer_name = text(source, issuer, "userName"),
			.issuer_arn = fields[FIELD_ISSUER_ARN],
			.principal_id = text(source, source->identity, "principalId"),
			.behalf_user_id = text(source, child(source, source->identity, "onBehalfOf"), "userId"),
			.invoked_by = fields[FIELD_INVOKED_BY],
			.sign_in_name = is_sign_in ? text(source, more, "UserName") : absent,
		},
		source->compat);
	out->service_name = user.service;
	fields[FIELD_USER_NAME] = user.name;
	fields[FIELD_USER_ID] = user.id;
}

static void map_identity(const struct source *source, struct mapping *out)
{
	struct slice *fields = out->fields;
	const json_t *identity = source->identity;
	const json_t *session = child(source, identity, "sessionContext");
	fields[FIELD_IDENTITY_TYPE] = text(source, identity, "type");
	fields[FIELD_IDENTITY_ARN] = text(source, identity, "arn");
	fields[FIELD_ACCESS_KEY] = text(source, identity, "accessKeyId");
	fields[FIELD_INVOKED_BY] = text(source, identity, "invokedBy");
	fields[FIELD_ISSUER_ARN] = text(source, child(source, session, "sessionIssuer"), "arn");
	fields[FIELD_MFA] = text(source, child(source, session, "attributes"), "mfaAuthenticated");
	fields[FIELD_SESSION_NAME] = session_name(fields[FIELD_IDENTITY_TYPE], fields[FIELD_IDENTITY_ARN]);
	map_user(source, out);
}

static void map_account(const struct source *source, const json_t *around, struct mapping *out)
{
	struct slice account = absent;
	if (around)
		account = scalar_text(ecs_find(around, "cloud.account.id"), source->arena);
	if (!account.data)
		account = text(source, source->identity, "accountId");
	if (!account.data)
		account = text(source, source->record, "recipientAccountId");
	if (!account.data)
		account = text(source, source->record, "awsAccountId");
	out->fields[FIELD_ACCOUNT_ID] = account;
}

static void map_outcome(const struct source *source, struct mapping *out)
{
	bool is_error = child(source, source->record, "errorCode") || child(source, source->record, "errorMessage");
	struct slice outcome = slice_of(is_error ? "failure" : "success");
	if (equals(out->fields[FIELD_ACTION], "ConsoleLogin")) {
		const json_t *response = child(source, source->record, "responseElements");
		struct slice said = text(source, response, "ConsoleLogin");
		if (said.data)
			outcome = lower_case(said, source->arena);
	}
	out->fields[FIELD_OUTCOME] = outcome;
}

static void add_related(struct mapping *out, struct slice user)
{
	if (!user.data || user.length == 0)
		return;
	for (size_t i = 0; i < out->related_user_count; i++) {
		if (slice_equals(out->related_user[i], user))
			return;
	}
	out->related_user[out->related_user_count++] = user;
}

/* The part before the first @ (possibly empty), or absent without one. */
static struct slice before_at(struct slice value)
{
	const char *at = value.length ? memchr(value.data, '@', value.length) : NULL;
	return at ? (struct slice){value.data, (size_t)(at - value.data)} : absent;
}

static void map_targets(const struct source *source, struct mapping *out)
{
	struct slice *fields = out->fields;
	const json_t *request = child(source, source->record, "requestParameters");
	const json_t *response = child(source, source->record, "responseElements");
	struct slice session = fields[FIELD_SESSION_NAME];
	struct slice new_name = text(source, request, "newUserName");
	bool is_old = source->compat == ECS_COMPAT_5_2;
	fields[FIELD_TARGET_NAME] = text(source, request, "userName");
	fields[FIELD_CHANGES_NAME] = new_name.data || !is_old ? new_name : session;
	out->target_id = text(source, child(source, response, "user"), "userId");

	struct slice session_user = before_at(session), name_user = before_at(fields[FIELD_USER_NAME]);
	if (session_user.data)
		out->user_email = session;
	else if (name_user.length)
		out->user_email = fields[FIELD_USER_NAME];

	if (!is_old) {
		add_related(out, session);
		add_related(out, session_user);
	}
	add_related(out, fields[FIELD_TARGET_NAME]);
	add_related(out, new_name);
	add_related(out, out->target_id);
	add_related(out, fields[FIELD_USER_ID]);
	add_related(out, fields[FIELD_USER_NAME]);
	add_related(out, fields[FIELD_CHANGES_NAME]);
	if (!is_old)
		add_related(out, text(source, child(source, source->identity, "onBehalfOf"), "userId"));
}

/* @timestamp: eventTime; the arrival's own @timestamp where that is missing or unreadable; a digest's end. */
static void map_time(const struct source *source, const json_t *around, struct mapping *out)
{
	struct slice tried[] = {
		text(source, source->record, "digestEndTime"),
		text(source, source->record, "eventTime"),
		text(source, source->record, "@timestamp"),
		around ? scalar_text(ecs_find(around, "@timestamp"), source->arena) : absent,
	};
	out->timestamp = TIME_NONE;
	for (size_t i = 0; i < COUNT_OF(tried) && out->timestamp == TIME_NONE; i++) {
		if (!tried[i].data)
			continue;
		if (!time_parse_iso(tried[i], &out->timestamp)) {
			out->timestamp = TIME_NONE;
			if (!out->bad_time.data)
				out->bad_time = tried[i];
		}
	}
	struct slice ingested = around ? scalar_text(ecs_find(around, "event.ingested"), source->arena) : absent;
	if (!ingested.data || !time_parse_iso(ingested, &out->ingested))
		out->ingested = TIME_NONE;
}

void map_cloudtrail(
	const json_t *record, const json_t *around, enum ecs_compat compat, struct arena *arena, struct mapping *out)
{
	*out = (struct mapping){0};
	struct source source = {record, NULL, compat, arena};
	source.identity = child(&source, record, "userIdentity");
	/* A record that carries agent metadata beside the CloudTrail keys is its own surroundings. */
	if (!around)
		around = record;
	struct slice *fields = out->fields;
	static const struct {
		enum event_field field;
		const char *key;
	} moves[] = {
		{FIELD_ACTION, "eventName"},
		{FIELD_PROVIDER, "eventSource"},
		{FIELD_CLOUD_REGION, "awsRegion"},
		{FIELD_SOURCE_ADDRESS, "sourceIPAddress"},
		{FIELD_USER_AGENT, "userAgent"},
		{FIELD_ERROR_CODE, "errorCode"},
		{FIELD_READ_ONLY, "readOnly"},
		{FIELD_EVENT_TYPE, "eventType"},
		{FIELD_EVENT_CATEGORY, "eventCategory"},
	};
	for (size_t i = 0; i < COUNT_OF(moves); i++)
		fields[moves[i].field] = text(&source, record, moves[i].key);
	fields[FIELD_SOURCE_IP] = address_ip(fields[FIELD_SOURCE_ADDRESS]);
	out->id = text(&source, record, "eventID");
	map_time(&source, around, out);
	map_identity(&source, out);
	map_account(&source, around, out);
	map_outcome(&source, out);
	map_targets(&source, out);
}

void mapping_to_event(const struct mapping *mapping, struct event *event)
{
	event->timestamp = mapping->timestamp;
	event->ingested = mapping->ingested;
	event->id = mapping->id;
	memcpy(event->fields, mapping->fields, sizeof event->fields);
}
