/* document: the whole ECS document of one record, nested as Elasticsearch stores it: the fields of the mapping, and
 * what the pipeline keeps beside them (request and response, resources, digests, insights, TLS details). */
#include "map.h"

json_t *document_text(struct slice text)
{
	return text.data ? json_stringn_nocheck(text.data, text.length) : NULL;
}

void document_set(json_t *document, const char *path, json_t *value)
{
	if (!value)
		return;
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		size_t length = (size_t)(dot - path);
		json_t *inner = json_object_getn(document, path, length);
		if (!json_is_object(inner)) {
			inner = json_object();
			json_object_setn_new_nocheck(document, path, length, inner);
		}
		document = inner;
	}
	json_object_set_new_nocheck(document, path, value);
}

static void set_time(json_t *document, const char *path, struct slice text)
{
	int64_t ms;
	char shown[TIME_TEXT_SIZE];
	if (text.data && time_parse_iso(text, &ms))
		document_set(document, path, json_string_nocheck(time_format_iso(ms, shown)));
}

/* Where a raw value goes as it is, below aws.cloudtrail. */
static const struct {
	const char *from, *to;
} copies[] = {
	{"eventVersion", "aws.cloudtrail.event_version"},
	{"errorMessage", "aws.cloudtrail.error_message"},
	{"requestID", "aws.cloudtrail.request_id"},
	{"apiVersion", "aws.cloudtrail.api_version"},
	{"readOnly", "aws.cloudtrail.read_only"},
	{"recipientAccountId", "aws.cloudtrail.recipient_account_id"},
	{"sharedEventID", "aws.cloudtrail.shared_event_id"},
	{"vpcEndpointId", "aws.cloudtrail.vpc_endpoint_id"},
	{"vpcEndpointAccountId", "aws.cloudtrail.vpc_endpoint_account_id"},
	{"sessionCredentialFromConsole", "aws.cloudtrail.session_credential_from_console"},
	{"edgeDeviceDetails", "aws.cloudtrail.edge_device_details"},
	{"addendum", "aws.cloudtrail.addendum"},
	{"requestParameters", "aws.cloudtrail.flattened.request_parameters"},
	{"responseElements", "aws.cloudtrail.flattened.response_elements"},
	{"additionalEventData", "aws.cloudtrail.flattened.additional_eventdata"},
	{"serviceEventDetails", "aws.cloudtrail.flattened.service_event_details"},
	{"insightDetails", "aws.cloudtrail.flattened.insight_details"},
	{"logFiles", "aws.cloudtrail.flattened.digest.log_files"},
	{"digestS3Bucket", "aws.cloudtrail.flattened.digest.s3_bucket"},
	{"previousDigestS3Bucket", "aws.cloudtrail.flattened.digest.previous_s3_bucket"},
	{"previousDigestHashAlgorithm", "aws.cloudtrail.flattened.digest.previous_hash_algorithm"},
	{"previousDigestHashValue", "aws.cloudtrail.flattened.digest.previous_hash_value"},
	{"digestPublicKeyFingerprint", "aws.cloudtrail.flattened.digest.public_key_fingerprint"},
	{"digestSignatureAlgorithm", "aws.cloudtrail.flattened.digest.signature_algorithm"},
	{"digestS3Object", "file.path"},
};

static const struct {
	const char *from, *to;
} times[] = {
	{"digestStartTime", "aws.cloudtrail.flattened.digest.start_time"},
	{"digestEndTime", "aws.cloudtrail.flattened.digest.end_time"},
	{"newestEventTime", "aws.cloudtrail.flattened.digest.newest_event_time"},
	{"oldestEventTime", "aws.cloudtrail.flattened.digest.oldest_event_time"},
};

static const json_t *child(const json_t *object, const char *key, enum ecs_compat compat)
{
	const json_t *value = json_object_get(object, key);
	return prune_is_empty(value, compat) ? NULL : value;
}

static void set_identity(json_t *document, const json_t *record, enum ecs_compat compat, struct arena *arena)
{
	const json_t *identity = child(record, "userIdentity", compat);
	const json_t *session = child(identity, "sessionContext", compat);
	const json_t *issuer = child(session, "sessionIssuer", compat);
	set_time(document, "aws.cloudtrail.user_identity.session_context.creation_date",
		scalar_text(child(child(session, "attributes", compat), "creationDate", compat), arena));
	static const struct {
		const char *from, *to;
	} parts[] = {
		{"type", "aws.cloudtrail.user_identity.session_context.session_issuer.type"},
		{"principalId", "aws.cloudtrail.user_identity.session_context.session_issuer.principal_id"},
		{"accountId", "aws.cloudtrail.user_identity.session_context.session_issuer.account_id"},
	};
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		document_set(
			document, parts[i].to, document_text(scalar_text(child(issuer, parts[i].from, compat), arena)));
}

/* ARN and accountId get their ECS spelling. */
static void set_resources(json_t *document, const json_t *record, enum ecs_compat compat)
{
	json_t *resources = prune_copy(json_object_get(record, "resources"), compat);
	for (size_t i = 0; i < json_array_size(resources); i++) {
		json_t *resource = json_array_get(resources, i);
		static const char *const renames[][2] = {{"ARN", "arn"}, {"accountId", "account_id"}};
		for (size_t r = 0; json_is_object(resource) && r < COUNT_OF(renames); r++) {
			json_t *value = json_incref(json_object_get(resource, renames[r][0]));
			if (!value)
				continue;
			json_object_del(resource, renames[r][0]);
			json_object_set_new_nocheck(resource, renames[r][1], value);
		}
	}
	document_set(document, "aws.cloudtrail.resources", resources);
}

static json_t *yes_or_no(const json_t *value)
{
	return value ? json_boolean(!json_is_string(value) || strcmp(json_string_value(value), "No") != 0) : NULL;
}

static void set_console_login(json_t *document, const json_t *record, enum ecs_compat compat)
{
	const json_t *more = child(record, "additionalEventData", compat);
	document_set(document, "aws.cloudtrail.console_login.additional_eventdata.mfa_used",
		yes_or_no(child(more, "MFAUsed", compat)));
	document_set(document, "aws.cloudtrail.console_login.additional_eventdata.mobile_version",
		yes_or_no(child(more, "MobileVersion", compat)));
	document_set(document, "aws.cloudtrail.console_login.additional_eventdata.login_to",
		prune_copy(child(more, "LoginTo", compat), compat));
}

/* "TLSv1.2" -> protocol tls, version 1.2. */
static void set_tls(json_t *document, const json_t *record, enum ecs_compat compat, struct arena *arena)
{
	const json_t *details = child(record, "tlsDetails", compat);
	struct slice version = scalar_text(child(details, "tlsVersion", compat), arena);
	if (version.length > 4 && memcmp(version.data, "TLSv", 4) == 0) {
		document_set(document, "tls.version_protocol", json_string_nocheck("tls"));
		document_set(
			document, "tls.version", document_text((struct slice){version.data + 4, version.length - 4}));
	}
	document_set(document, "tls.cipher", document_text(scalar_text(child(details, "cipherSuite", compat), arena)));
	document_set(document, "tls.client.server_name",
		document_text(scalar_text(child(details, "clientProvidedHostHeader", compat), arena)));
}

static void set_cloud_service(json_t *document, struct slice provider)
{
	static const char suffix[] = ".amazonaws.com";
	document_set(document, "cloud.provider", json_string_nocheck("aws"));
	const char *found = provider.data ? memmem(provider.data, provider.length, suffix, sizeof suffix - 1) : NULL;
	if (found && found > provider.data)
		document_set(document, "cloud.service.name",
			document_text((struct slice){provider.data, (size_t)(found - provider.data)}));
}

static json_t *related_users(const struct mapping *mapping)
{
	if (mapping->related_user_count == 0)
		return NULL;
	json_t *users = json_array();
	for (size_t i = 0; i < mapping->related_user_count; i++)
		json_array_append_new(users, document_text(mapping->related_user[i]));
	return users;
}

static void set_mapping(json_t *document, const struct mapping *mapping, enum ecs_compat compat)
{
	char shown[TIME_TEXT_SIZE];
	if (mapping->timestamp != TIME_NONE)
		document_set(document, "@timestamp", json_string_nocheck(time_format_iso(mapping->timestamp, shown)));
	if (mapping->ingested != TIME_NONE)
		document_set(
			document, "event.ingested", json_string_nocheck(time_format_iso(mapping->ingested, shown)));
	document_set(document, "event.dataset", json_string_nocheck("aws.cloudtrail"));
	document_set(document, "event.module", json_string_nocheck("aws"));
	document_set(document, "event.id", document_text(mapping->id));
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		document_set(document, event_fields[f].name, document_text(mapping->fields[f]));
	document_set(document, "user.email", document_text(mapping->user_email));
	document_set(document, "user.target.id", document_text(mapping->target_id));
	document_set(document, "related.user", related_users(mapping));
	if (compat == ECS_COMPAT_8_9) {
		document_set(document, "service.name", document_text(mapping->service_name));
		set_cloud_service(document, mapping->fields[FIELD_PROVIDER]);
		struct slice address = mapping->fields[FIELD_SOURCE_ADDRESS], ip = mapping->fields[FIELD_SOURCE_IP];
		if (address.data)
			document_set(document, ip.data ? "related.ip" : "related.hosts",
				json_pack("[o]", document_text(address)));
	}
}

json_t *document_from_cloudtrail(
	const json_t *record, const json_t *around, enum ecs_compat compat, const struct enrich *enrich)
{
	struct arena arena;
	arena_init(&arena);
	struct mapping mapping;
	map_cloudtrail(record, around, compat, &arena, &mapping);
	json_t *document = json_object();
	set_mapping(document, &mapping, compat);
	for (size_t i = 0; i < COUNT_OF(copies); i++)
		document_set(document, copies[i].to, prune_copy(json_object_get(record, copies[i].from), compat));
	for (size_t i = 0; i < COUNT_OF(times); i++)
		set_time(document, times[i].to, scalar_text(child(record, times[i].from, compat), &arena));
	const json_t *management = child(record, "managementEvent", compat);
	document_set(document, "aws.cloudtrail.management_event", document_text(scalar_text(management, &arena)));
	set_identity(document, record, compat, &arena);
	set_resources(document, record, compat);
	if (slice_equals(mapping.fields[FIELD_ACTION], slice_of("ConsoleLogin")))
		set_console_login(document, record, compat);
	set_tls(document, record, compat, &arena);
	document_enrich(document, enrich);
	arena_free(&arena);
	return document;
}
