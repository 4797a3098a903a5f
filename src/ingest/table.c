/* table: exports of CloudTrail as tables. The console's "Event history" download, CloudTrail Lake and Athena results
 * (columns named as the record's keys, in any case, structures as JSON or in Presto's {a=b} form), and tables whose
 * columns are ECS fields. A row becomes a record, so that one mapping serves all. */
#include <stdlib.h>

#include "json_text.h"
#include "map.h"
#include "unwrap.h"

/* Columns, without case, spaces and punctuation, and the place in the record. */
static const struct column {
	const char *name, *path;
	enum { COLUMN_TEXT, COLUMN_BOOL, COLUMN_VALUE } kind;
} columns[] = {
	{"eventversion", "eventVersion", COLUMN_TEXT},
	{"eventtime", "eventTime", COLUMN_TEXT},
	{"eventsource", "eventSource", COLUMN_TEXT},
	{"eventname", "eventName", COLUMN_TEXT},
	{"awsregion", "awsRegion", COLUMN_TEXT},
	{"sourceipaddress", "sourceIPAddress", COLUMN_TEXT},
	{"useragent", "userAgent", COLUMN_TEXT},
	{"errorcode", "errorCode", COLUMN_TEXT},
	{"errormessage", "errorMessage", COLUMN_TEXT},
	{"requestid", "requestID", COLUMN_TEXT},
	{"eventid", "eventID", COLUMN_TEXT},
	{"readonly", "readOnly", COLUMN_BOOL},
	{"eventtype", "eventType", COLUMN_TEXT},
	{"apiversion", "apiVersion", COLUMN_TEXT},
	{"managementevent", "managementEvent", COLUMN_BOOL},
	{"recipientaccountid", "recipientAccountId", COLUMN_TEXT},
	{"sharedeventid", "sharedEventID", COLUMN_TEXT},
	{"vpcendpointid", "vpcEndpointId", COLUMN_TEXT},
	{"vpcendpointaccountid", "vpcEndpointAccountId", COLUMN_TEXT},
	{"eventcategory", "eventCategory", COLUMN_TEXT},
	{"sessioncredentialfromconsole", "sessionCredentialFromConsole", COLUMN_TEXT},
	{"username", "userIdentity.userName", COLUMN_TEXT},
	{"awsaccesskey", "userIdentity.accessKeyId", COLUMN_TEXT},
	{"accesskeyid", "userIdentity.accessKeyId", COLUMN_TEXT},
	{"useridentity", "userIdentity", COLUMN_VALUE},
	{"requestparameters", "requestParameters", COLUMN_VALUE},
	{"responseelements", "responseElements", COLUMN_VALUE},
	{"additionaleventdata", "additionalEventData", COLUMN_VALUE},
	{"serviceeventdetails", "serviceEventDetails", COLUMN_VALUE},
	{"resources", "resources", COLUMN_VALUE},
	{"tlsdetails", "tlsDetails", COLUMN_VALUE},
	{"addendum", "addendum", COLUMN_VALUE},
	{"insightdetails", "insightDetails", COLUMN_VALUE},
	{"edgedevicedetails", "edgeDeviceDetails", COLUMN_VALUE},
};

/* Keys below userIdentity, in their spelling. */
static const char *const identity_keys[] = {"type", "principalId", "arn", "accountId", "accessKeyId", "userName",
	"invokedBy", "sessionContext", "attributes", "mfaAuthenticated", "creationDate", "sessionIssuer",
	"webIdFederationData", "federatedProvider", "identityProvider", "onBehalfOf", "userId", "identityStoreArn",
	"credentialId", "ec2RoleDelivery", "sourceIdentity", "inScopeOf", "ARN", "tlsVersion", "cipherSuite",
	"clientProvidedHostHeader"};

#define NAME_SIZE 96

/* Lower case, letters and digits and dots only: "Source IP address" and "sourceIPAddress" are one. */
static void plain_name(struct slice name, char out[NAME_SIZE])
{
	size_t length = 0;
	for (size_t i = 0; i < name.length && length < NAME_SIZE - 1; i++) {
		char c = name.data[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.')
			out[length++] = c;
	}
	out[length] = 0;
}

static const struct column *column_find(struct slice name)
{
	char plain[NAME_SIZE];
	plain_name(name, plain);
	for (size_t c = 0; c < COUNT_OF(columns); c++) {
		if (strcmp(columns[c].name, plain) == 0)
			return &columns[c];
	}
	return NULL;
}

static bool is_ecs_column(struct slice name)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (slice_equals(name, slice_of(event_fields[f].name)))
			return true;
	}
	return slice_equals(name, slice_of("@timestamp")) || slice_equals(name, slice_of("event.id"));
}

const char *table_recognise(const struct slice *names, size_t count)
{
	size_t raw = 0, ecs = 0;
	bool has_action = false, has_access_key = false;
	for (size_t i = 0; i < count; i++) {
		const struct column *column = column_find(names[i]);
		raw += column != NULL;
		has_action = has_action || (column && strcmp(column->name, "eventname") == 0);
		has_access_key = has_access_key || (column && strcmp(column->name, "awsaccesskey") == 0);
		ecs += is_ecs_column(names[i]);
		if (slice_equals(names[i], slice_of("@message")) || slice_equals(names[i], slice_of("CloudTrailEvent")))
			return "message table";
		if (slice_equals(names[i], slice_of("_raw")))
			return "splunk table";
		if (slice_equals(names[i], slice_of("eventJson")) || slice_equals(names[i], slice_of("eventjson")))
			return "cloudtrail lake table";
	}
	if (has_action && raw >= 3)
		return has_access_key ? "event history table" : "cloudtrail table";
	return ecs >= 3 ? "ecs table" : NULL;
}

/* Athena writes keys in lower case; CloudTrail's spelling is restored. */
static const char *spelled(const char *key, size_t length)
{
	char plain[NAME_SIZE];
	plain_name((struct slice){key, length}, plain);
	for (size_t i = 0; i < COUNT_OF(identity_keys); i++) {
		char known[NAME_SIZE];
		plain_name(slice_of(identity_keys[i]), known);
		if (strcmp(plain, known) == 0)
			return identity_keys[i];
	}
	return NULL;
}

static void set_member(json_t *object, const char *key, size_t length, json_t *value)
{
	const char *known = spelled(key, length);
	if (known)
		json_object_set_new_nocheck(object, known, value);
	else
		json_object_setn_new_nocheck(object, key, length, value);
}

/* A cursor over Presto's text; maps may hold JSON as their values. */
struct presto {
	const char *at, *end;
	struct json_lexer *lexer;
	int depth;
	bool is_in_list; /* where every comma parts values */
};

static bool is_key_start(const char *at, const char *end)
{
	const char *from = at;
	while (at < end && ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
				   strchr("_.-:/", *at)))
		at++;
	return at > from && at < end && *at == '=';
}

static json_t *presto_value(struct presto *presto);

static void presto_skip(struct presto *presto)
{
	while (presto->at < presto->end && (*presto->at == ' ' || *presto->at == ','))
		presto->at++;
}

static bool presto_close(struct presto *presto, char close)
{
	if (presto->at == presto->end || *presto->at != close)
		return false;
	presto->at++;
	return true;
}

/* {a=b, c={d=e}}: Presto's way to print a row or a map. A comma ends a value only where a new key follows. */
static json_t *presto_object(struct presto *presto)
{
	json_t *object = json_object();
	presto->at++;
	for (presto_skip(presto); !presto_close(presto, '}') && is_key_start(presto->at, presto->end);
		presto_skip(presto)) {
		const char *key = presto->at;
		size_t length = 0;
		while (key[length] != '=')
			length++;
		presto->at += length + 1;
		json_t *value = presto_value(presto);
		if (value)
			set_member(object, key, length, value);
	}
	return object;
}

static json_t *presto_array(struct presto *presto)
{
	json_t *array = json_array();
	presto->at++;
	for (presto_skip(presto); presto->at < presto->end && !presto_close(presto, ']'); presto_skip(presto)) {
		const char *before = presto->at;
		json_t *value = presto_value(presto);
		if (value)
			json_array_append_new(array, value);
		if (presto->at == before)
			break;
	}
	return array;
}

/* JSON in the place of a value, when it is whole and ends where a value ends. */
static json_t *presto_json(struct presto *presto)
{
	const char *behind = json_lex_value(presto->lexer, presto->at, presto->end);
	if (!behind || (behind < presto->end && !strchr(",}]", *behind)))
		return NULL;
	json_t *value = json_parse_text(presto->at, (size_t)(behind - presto->at));
	if (value)
		presto->at = behind;
	return value;
}

static json_t *presto_text(struct presto *presto)
{
	const char *from = presto->at, *end = presto->end;
	while (presto->at < end && *presto->at != '}' && *presto->at != ']') {
		bool is_comma = *presto->at == ',' && presto->at + 1 < end && presto->at[1] == ' ';
		if (is_comma && (presto->is_in_list || is_key_start(presto->at + 2, end)))
			break;
		presto->at++;
	}
	size_t length = (size_t)(presto->at - from);
	if (length == 0 || (length == 4 && memcmp(from, "null", 4) == 0))
		return NULL;
	return json_stringn(from, length);
}

static json_t *presto_value(struct presto *presto)
{
	char first = presto->at < presto->end ? *presto->at : 0;
	if ((first != '{' && first != '[') || presto->depth >= 32)
		return presto_text(presto);
	json_t *value = presto_json(presto);
	if (value)
		return value;
	bool was_in_list = presto->is_in_list;
	presto->is_in_list = first == '[';
	presto->depth++;
	value = first == '{' ? presto_object(presto) : presto_array(presto);
	presto->depth--;
	presto->is_in_list = was_in_list;
	return value;
}

/* JSON that came with lower-case keys, as a row struct cast to JSON does. */
static json_t *respell(const json_t *value)
{
	if (!json_is_object(value))
		return json_incref((json_t *)value);
	json_t *copy = json_object();
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)value, key, member) set_member(copy, key, strlen(key), respell(member));
	return copy;
}

/* A cell that holds a structure. */
static json_t *structure(struct slice cell, bool is_identity)
{
	const char *at = cell.data, *end = cell.data + cell.length;
	at = json_skip_space(at, end);
	if (at == end || (*at != '{' && *at != '['))
		return NULL;
	struct presto presto = {at, end, xmalloc(sizeof *presto.lexer), 0, false};
	const char *behind = json_lex_value(presto.lexer, at, end);
	bool is_json = behind && json_skip_space(behind, end) == end;
	json_t *value = is_json ? json_parse_text(at, (size_t)(behind - at)) : presto_value(&presto);
	free(presto.lexer);
	if (is_json && is_identity && value) {
		json_t *known = respell(value);
		json_decref(value);
		return known;
	}
	return value;
}

json_t *table_cell(struct slice cell)
{
	json_t *value = json_stringn(cell.data, cell.length);
	if (value)
		return value;
	/* Not UTF-8: each such byte becomes U+FFFD, as in JSON input. */
	struct buf mended = BUF_EMPTY;
	for (size_t at = 0; at < cell.length;) {
		uint32_t code_point;
		size_t size = utf8_decode(cell.data + at, cell.length - at, &code_point);
		buf_add(&mended, size ? cell.data + at : "\xef\xbf\xbd", size ? size : 3);
		at += size ? size : 1;
	}
	value = json_stringn(mended.data, mended.length);
	buf_free(&mended);
	return value;
}

/* Seconds or milliseconds since 1970, as command line tools print times. */
static json_t *epoch_text(const json_t *number)
{
	double value = json_number_value(number);
	if (!(value > 0 && value < 1e13))
		return json_incref((json_t *)number);
	char text[TIME_TEXT_SIZE];
	return json_string(time_format_iso((int64_t)(value > 1e11 ? value : value * 1000), text));
}

/* What a cell says in its column. NULL: nothing. */
static json_t *column_value(const struct column *column, const json_t *cell)
{
	bool is_identity = strcmp(column->path, "userIdentity") == 0;
	if (json_is_number(cell) && strcmp(column->path, "eventTime") == 0)
		return epoch_text(cell);
	if (json_is_object(cell) && is_identity)
		return respell(cell);
	if (!json_is_string(cell))
		return is_identity ? NULL : json_incref((json_t *)cell);
	struct slice text = {json_string_value(cell), json_string_length(cell)};
	if (column->kind == COLUMN_BOOL) {
		char plain[NAME_SIZE];
		plain_name(text, plain);
		if (strcmp(plain, "true") == 0 || strcmp(plain, "false") == 0)
			return json_boolean(plain[0] == 't');
	}
	json_t *value = column->kind == COLUMN_VALUE ? structure(text, is_identity) : NULL;
	if (!value && is_identity)
		return NULL;
	return value ? value : json_incref((json_t *)cell);
}

/* "userIdentity.sessionContext.sessionIssuer.arn": a column that selects one part. */
static void set_part(json_t *row, const char *path, json_t *value)
{
	json_t *into = json_object_get(row, "userIdentity");
	if (!json_is_object(into)) {
		into = json_object();
		json_object_set_new_nocheck(row, "userIdentity", into);
	}
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		const char *known = spelled(path, (size_t)(dot - path));
		json_t *inner = known ? json_object_get(into, known) : NULL;
		if (!json_is_object(inner)) {
			inner = json_object();
			set_member(into, path, (size_t)(dot - path), inner);
		}
		into = inner;
	}
	set_member(into, path, strlen(path), value);
}

static bool is_blank(const json_t *cell)
{
	const char *text = json_string_value(cell);
	return !cell || json_is_null(cell) || (text && (!*text || strcmp(text, "null") == 0));
}

/* CloudTrail Lake and Splunk keep the record as it was in a column of its own. */
static json_t *whole_record(const struct slice *names, json_t *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char plain[NAME_SIZE];
		plain_name(names[i], plain);
		bool is_whole = strcmp(plain, "eventjson") == 0 || slice_equals(names[i], slice_of("_raw"));
		if (!is_whole || !json_is_string(cells[i]))
			continue;
		struct slice text = {json_string_value(cells[i]), json_string_length(cells[i])};
		json_t *record = structure(text, false);
		if (json_is_object(record))
			return record;
		json_decref(record);
	}
	return NULL;
}

json_t *table_row(const struct slice *names, json_t *const *cells, size_t count)
{
	json_t *row = whole_record(names, cells, count);
	if (row)
		return row;
	row = json_object();
	for (size_t i = 0; i < count; i++) {
		if (is_blank(cells[i]))
			continue;
		const struct column *column = column_find(names[i]);
		char plain[NAME_SIZE];
		plain_name(names[i], plain);
		if (column)
			document_set(row, column->path, column_value(column, cells[i]));
		else if (strncmp(plain, "useridentity.", 13) == 0)
			set_part(row, plain + 13, json_incref(cells[i]));
		else if (memchr(names[i].data, '.', names[i].length) && !is_ecs_column(names[i]))
			document_set(row, names[i].data, json_incref(cells[i]));
		else
			json_object_setn_nocheck(row, names[i].data, names[i].length, cells[i]);
	}
	return row;
}

#define MAX_MEMBERS 128

json_t *table_object(const json_t *object, const char **export)
{
	struct slice names[MAX_MEMBERS];
	json_t *cells[MAX_MEMBERS];
	size_t count = 0;
	const char *key;
	json_t *value;
	*export = NULL;
	if (json_object_size(object) > MAX_MEMBERS)
		return NULL;
	json_object_foreach((json_t *)object, key, value)
	{
		names[count] = slice_of(key);
		cells[count++] = value;
	}
	*export = table_recognise(names, count);
	return *export ? table_row(names, cells, count) : NULL;
}
