/* unwrap: looks at one JSON value, decides by its keys what it is, and opens envelope after envelope until the record
 * itself is reached. */
#include "unwrap.h"

#include <stdio.h>
#include <stdlib.h>

#include "json_text.h"
#include "map.h"

#define MAX_ENVELOPES 8

const char *const unwrap_list_keys[] = {"Records", "records", "Events", "events", "logEvents", "hits",
	"QueryResultRows", "data", "results", "Messages", NULL};

static const char *const record_keys[] = {"eventVersion", "userIdentity", "eventTime", "eventSource", "eventName",
	"awsRegion", "sourceIPAddress", "userAgent", "requestParameters", "responseElements", "requestID", "eventID",
	"eventType", "recipientAccountId", "eventCategory", "readOnly", "managementEvent", "additionalEventData",
	"errorCode", "errorMessage", "apiVersion", "sharedEventID", NULL};

/* Envelopes around one record: the key, and what the envelope is called. A string is JSON inside a string. */
static const struct envelope {
	const char *key;
	enum input_format format;
	const char *name;
	bool is_shipped; /* the document around it is the shipper's, whose metadata count */
} envelopes[] = {
	{"detail", INPUT_EVENTBRIDGE, "eventbridge", false},
	{"_source", INPUT_ELASTICSEARCH, "elasticsearch hits", false},
	{"CloudTrailEvent", INPUT_LOOKUP_EVENTS, "lookup-events", false},
	{"message", INPUT_CLOUDWATCH, "messages", true},
	{"@message", INPUT_CLOUDWATCH, "messages", false},
	{"Message", INPUT_CLOUDWATCH, "notifications", false},
	{"event.original", INPUT_CLOUDWATCH, "messages", true},
	{"attributes", INPUT_AUTO, "datadog", false},
	{"content", INPUT_AUTO, "datadog", false},
	{"result", INPUT_AUTO, "splunk", false},
	{"_raw", INPUT_AUTO, "splunk", false},
	{"event", INPUT_AUTO, "splunk", false},
	{"eventJson", INPUT_AUTO, "cloudtrail lake", false},
	{"Sns", INPUT_AUTO, "notifications", false},
	{"Body", INPUT_AUTO, "queue messages", false},
	{"body", INPUT_AUTO, "queue messages", false},
	{"log", INPUT_AUTO, "messages", false},
};

static bool is_among(const char *const *words, const char *key, size_t length)
{
	for (; *words; words++) {
		if (strlen(*words) == length && memcmp(*words, key, length) == 0)
			return true;
	}
	return false;
}

bool unwrap_is_list_key(const char *key, size_t length)
{
	return is_among(unwrap_list_keys, key, length);
}

bool unwrap_is_record_key(const char *key, size_t length)
{
	return is_among(record_keys, key, length);
}

bool unwrap_is_envelope_key(const char *key, size_t length)
{
	static const char *const more[] = {"aws", "cloudtrail", "aws.cloudtrail", "Result", "ResultSet", NULL};
	if (is_among(more, key, length) || unwrap_is_list_key(key, length))
		return true;
	for (size_t e = 0; e < COUNT_OF(envelopes); e++) {
		if (strlen(envelopes[e].key) == length && memcmp(envelopes[e].key, key, length) == 0)
			return true;
	}
	return false;
}

struct walk {
	enum input_format format;
	void (*each)(void *context, const struct found *found);
	void *context;
	struct unwrap_reason *why;
	size_t count;
	uint64_t refused; /* members of lists, and values inside strings, that held no record */
};

struct surroundings {
	const json_t *around;
	const char *wrapping;
	struct slice text; /* see struct found */
	bool is_row; /* columns were made a record */
	bool is_nested; /* dotted keys were made nested */
	bool is_open; /* the envelope that `format` asks for has been opened */
	int depth;
};

static void refuse(struct walk *walk, enum skip_reason reason, const char *text)
{
	if (!walk->why || walk->why->text[0])
		return;
	walk->why->reason = reason;
	snprintf(walk->why->text, sizeof walk->why->text, "%s", text);
}

static void deliver(struct walk *walk, enum shape shape, const json_t *record, const struct surroundings *in)
{
	struct found found = {shape, record, in->around, in->wrapping, in->text};
	walk->count++;
	walk->each(walk->context, &found);
}

static size_t count_record_keys(const json_t *object)
{
	size_t count = 0;
	for (const char *const *key = record_keys; *key; key++)
		count += json_object_get(object, *key) != NULL;
	return count;
}

/* Is the object itself a CloudTrail record? S3 notifications look alike, but come from "aws:s3". */
static bool is_record(const json_t *object)
{
	if (!json_object_get(object, "eventName") && !json_object_get(object, "eventVersion") &&
		!json_object_get(object, "eventSource") && !json_object_get(object, "userIdentity"))
		return false;
	return count_record_keys(object) >= 2;
}

static bool text_is(const json_t *value, const char *word)
{
	return json_is_string(value) && strcmp(json_string_value(value), word) == 0;
}

static bool is_insight(const json_t *record)
{
	return text_is(json_object_get(record, "eventCategory"), "Insight") ||
	       text_is(json_object_get(record, "eventType"), "AwsCloudTrailInsight");
}

static bool is_digest(const json_t *object)
{
	return json_object_get(object, "digestEndTime") && json_object_get(object, "digestStartTime");
}

static bool is_notification(const json_t *record)
{
	const char *source = json_string_value(json_object_get(record, "eventSource"));
	return source && strncmp(source, "aws:", 4) == 0;
}

/* The dataset a document names itself: "aws.cloudtrail", another one, or NULL when it names none. */
static const char *dataset_of(const json_t *object)
{
	static const char *const paths[] = {"event.dataset", "data_stream.dataset"};
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		json_t *value = ecs_find(object, paths[i]);
		if (json_is_array(value))
			value = json_array_get(value, 0);
		if (json_is_string(value))
			return json_string_value(value);
	}
	return NULL;
}

/* A document that names no data set and no AWS field, but tells who did what from where: the data set is a constant of
 * the index, which a document need not repeat. */
static bool is_plain_ecs(const json_t *object)
{
	const json_t *module = ecs_find(object, "event.module");
	return ecs_find(object, "event.action") && ecs_find(object, "@timestamp") &&
	       (!module || text_is(module, "aws")) &&
	       (ecs_find(object, "user.name") || ecs_find(object, "source.ip") || ecs_find(object, "source.address"));
}

static bool is_ecs(const json_t *object)
{
	bool is_mapped = ecs_find(object, "event.action") || ecs_find(object, "event.outcome") ||
			 ecs_find(object, "event.provider") || ecs_find(object, "aws.cloudtrail.user_identity");
	if (!is_mapped)
		return false;
	if (dataset_of(object) || ecs_find(object, "aws.cloudtrail"))
		return true;
	json_t *provider = ecs_find(object, "event.provider");
	const char *text = json_string_value(json_is_array(provider) ? json_array_get(provider, 0) : provider);
	return text ? strstr(text, ".amazonaws.com") != NULL : is_plain_ecs(object);
}

static void walk_value(struct walk *walk, const json_t *value, struct surroundings in);

static void walk_text(struct walk *walk, const json_t *string, struct surroundings in)
{
	const char *text = json_string_value(string);
	size_t length = json_string_length(string);
	const char *at = json_skip_space(text, text + length);
	if (at == text + length || (*at != '{' && *at != '['))
		return;
	struct json_lexer *lexer = xmalloc(sizeof *lexer);
	for (const char *end = text + length; at < end; at = json_skip_space(at, end)) {
		const char *behind = json_lex_value(lexer, at, end);
		json_t *inner = behind ? json_parse_text(at, (size_t)(behind - at)) : NULL;
		if (!inner) {
			refuse(walk, SKIP_BAD_JSON, "the JSON inside the string is invalid");
			walk->refused++;
			break;
		}
		in.text = (struct slice){at, (size_t)(behind - at)};
		walk_value(walk, inner, in);
		json_decref(inner);
		at = behind;
	}
	free(lexer);
}

static bool try_envelope(
	struct walk *walk, const json_t *object, const struct envelope *envelope, struct surroundings in)
{
	json_t *inner = json_object_get(object, envelope->key);
	if (!inner && strchr(envelope->key, '.'))
		inner = ecs_find(object, envelope->key);
	if (!json_is_object(inner) && !json_is_array(inner) && !json_is_string(inner))
		return false;
	if (envelope->is_shipped)
		in.around = object;
	if (!in.wrapping || envelope->format != INPUT_AUTO)
		in.wrapping = envelope->name;
	in.is_open = in.is_open || envelope->format == walk->format;
	in.depth++;
	size_t before = walk->count;
	uint64_t refused = walk->refused;
	if (json_is_string(inner))
		walk_text(walk, inner, in);
	else
		walk_value(walk, inner, in);
	if (walk->count == before) /* something else of the object may be the envelope */
		walk->refused = refused;
	return walk->count > before;
}

/* Rows of query results: [{"eventName":"X"},{"eventTime":"…"}] or [{"field":"@message","value":"…"}]. */
static json_t *merge_row(const json_t *array)
{
	json_t *row = NULL;
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *cell = json_array_get(array, i);
		const char *field = json_string_value(json_object_get(cell, "field"));
		json_t *value = json_object_get(cell, "value");
		if (field && !value)
			continue;
		if (!field && json_object_size(cell) == 1) {
			void *only = json_object_iter(cell);
			field = json_object_iter_key(only);
			value = json_object_iter_value(only);
		}
		if (!field || !json_is_string(value)) {
			json_decref(row);
			return NULL;
		}
		if (!row)
			row = json_object();
		json_object_set_nocheck(row, field, value);
	}
	return row;
}

/* An object whose keys are the columns of an export. */
static bool try_row(struct walk *walk, const json_t *object, struct surroundings in)
{
	const char *export;
	json_t *record = in.is_row ? NULL : table_object(object, &export);
	if (!record)
		return false;
	in.wrapping = export;
	in.is_row = true;
	in.depth++;
	size_t before = walk->count;
	walk_value(walk, record, in);
	json_decref(record);
	return walk->count > before;
}

static void walk_array(struct walk *walk, const json_t *array, struct surroundings in)
{
	json_t *row = merge_row(array);
	size_t before = walk->count;
	if (row && json_array_size(array) > 1 && !try_row(walk, row, in))
		walk_value(walk, row, in);
	json_decref(row);
	if (walk->count > before)
		return;
	in.depth++;
	in.text = (struct slice){0};
	for (size_t i = 0; i < json_array_size(array); i++) {
		before = walk->count;
		walk_value(walk, json_array_get(array, i), in);
		if (walk->count > before)
			continue;
		refuse(walk, SKIP_NOT_CLOUDTRAIL, "a member of a list is no record");
		walk->refused++;
	}
}

/* Athena's get-query-results: the first row holds the column names. */
static bool try_result_set(struct walk *walk, const json_t *object, struct surroundings in)
{
	const json_t *rows = json_object_get(json_object_get(object, "ResultSet"), "Rows");
	const json_t *head = json_object_get(json_array_get(rows, 0), "Data");
	size_t count = json_array_size(head), before = walk->count;
	for (size_t r = 1; count && r < json_array_size(rows); r++) {
		const json_t *cells = json_object_get(json_array_get(rows, r), "Data");
		json_t *row = json_object();
		for (size_t c = 0; c < count; c++) {
			const char *name = json_string_value(json_object_get(json_array_get(head, c), "VarCharValue"));
			json_t *value = json_object_get(json_array_get(cells, c), "VarCharValue");
			if (name && value)
				json_object_set_nocheck(row, name, value);
		}
		try_row(walk, row, in);
		json_decref(row);
	}
	return walk->count > before;
}

static void walk_record(struct walk *walk, const json_t *record, const struct surroundings *in)
{
	if (is_notification(record))
		refuse(walk, SKIP_NOT_CLOUDTRAIL, "an S3, SQS or stream notification, not a CloudTrail record");
	else
		deliver(walk, is_insight(record) ? SHAPE_INSIGHT : SHAPE_CLOUDTRAIL, record, in);
}

static bool walk_ecs(struct walk *walk, const json_t *object, struct surroundings in)
{
	const char *dataset = dataset_of(object);
	if (dataset && strcmp(dataset, "aws.cloudtrail") != 0) {
		char text[120];
		snprintf(text, sizeof text, "an ECS document of %s", dataset);
		refuse(walk, SKIP_NOT_CLOUDTRAIL, text);
		return false;
	}
	if (!in.wrapping)
		in.wrapping = "ecs documents";
	deliver(walk, SHAPE_ECS, object, &in);
	return true;
}

/* Keys of an object, for the message that says what it is instead. */
static void refuse_object(struct walk *walk, const json_t *object)
{
	char text[140] = "an object without keys";
	size_t length = 0;
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)object, key, value)
	{
		int more =
			snprintf(text + length, sizeof text - length, "%s%.40s", length ? ", " : "an object of ", key);
		length += more > 0 ? (size_t)more : 0;
		if (length > 80)
			break;
	}
	refuse(walk, SKIP_NOT_CLOUDTRAIL, text);
}

/* May a record without (further) envelope be taken, when one envelope was asked for? */
static bool is_accepted(const struct walk *walk, const struct surroundings *in)
{
	switch (walk->format) {
	case INPUT_EVENTBRIDGE:
	case INPUT_CLOUDWATCH:
	case INPUT_LOOKUP_EVENTS:
	case INPUT_ELASTICSEARCH: return in->is_open;
	default: return true;
	}
}

/* The action lines of an Elasticsearch bulk file stand between the documents; they are no data. */
static bool is_bulk_action(const json_t *object)
{
	return json_object_size(object) == 1 &&
	       (json_is_object(json_object_get(object, "index")) || json_is_object(json_object_get(object, "create")));
}

/* Records whose keys were all written out with dots ("aws.cloudtrail.eventName", "detail.userIdentity.type"). */
static bool walk_dotted(struct walk *walk, const json_t *object, struct surroundings in)
{
	const char *key;
	json_t *value;
	bool has_dots = false;
	json_object_foreach((json_t *)object, key, value) has_dots = has_dots || strstr(key, ".event") ||
								     strstr(key, ".userIdentity") ||
								     strncmp(key, "userIdentity.", 13) == 0;
	if (!has_dots || in.is_nested)
		return false;
	json_t *nested = json_object();
	document_nest(nested, object);
	in.is_nested = true;
	size_t before = walk->count;
	walk_value(walk, nested, in);
	json_decref(nested);
	return walk->count > before;
}

/* A record whose structures are strings, as tables keep them. */
static bool holds_text(const json_t *record)
{
	static const char *const structures[] = {"userIdentity", "requestParameters", "responseElements",
		"additionalEventData", "serviceEventDetails", "resources", "tlsDetails", "eventJson"};
	for (size_t i = 0; i < COUNT_OF(structures); i++) {
		const char *text = json_string_value(json_object_get(record, structures[i]));
		if (text && (*text == '{' || *text == '['))
			return true;
	}
	return false;
}

static bool walk_object(struct walk *walk, const json_t *object, struct surroundings in)
{
	if (is_bulk_action(object)) {
		refuse(walk, SKIP_REASON_COUNT, "a bulk action");
		return false;
	}
	bool is_ecs_asked = walk->format == INPUT_ECS;
	if (!is_ecs_asked && is_accepted(walk, &in)) {
		if (is_record(object)) {
			if (!json_object_get(object, "userIdentity") && walk_dotted(walk, object, in))
				return true;
			if (!holds_text(object) || !try_row(walk, object, in))
				walk_record(walk, object, &in);
			return true;
		}
		if (is_digest(object)) {
			deliver(walk, SHAPE_DIGEST, object, &in);
			return true;
		}
		json_t *inside = ecs_find(object, "aws.cloudtrail");
		if (json_is_object(inside) && is_record(inside)) {
			in.wrapping = in.wrapping ? in.wrapping : "aws.cloudtrail objects";
			walk_record(walk, inside, &in);
			return true;
		}
	}
	if (is_accepted(walk, &in) && (is_ecs(object) || (is_ecs_asked && ecs_find(object, "@timestamp") &&
								 !json_object_get(object, "_source"))))
		return walk_ecs(walk, object, in);
	for (size_t e = 0; e < COUNT_OF(envelopes); e++) {
		if (try_envelope(walk, object, &envelopes[e], in))
			return true;
	}
	json_t *fields = json_object_get(object, "fields"); /* a hit without _source */
	if (json_is_object(fields) && is_ecs(fields))
		return walk_ecs(walk, fields, in);
	if (try_result_set(walk, object, in))
		return true;
	size_t before = walk->count;
	for (const char *const *key = unwrap_list_keys; *key; key++) {
		json_t *list = json_object_get(object, *key);
		if (json_is_array(list) || json_is_object(list)) {
			struct surroundings inner = in;
			inner.depth++;
			walk_value(walk, list, inner);
		}
	}
	if (walk->count == before && is_accepted(walk, &in) && !try_row(walk, object, in))
		walk_dotted(walk, object, in);
	return walk->count > before;
}

static void walk_value(struct walk *walk, const json_t *value, struct surroundings in)
{
	if (in.depth > MAX_ENVELOPES)
		return;
	size_t before = walk->count;
	if (json_is_object(value)) {
		if (!walk_object(walk, value, in) && walk->count == before && in.depth == 0)
			refuse_object(walk, value);
	} else if (json_is_array(value)) {
		walk_array(walk, value, in);
	} else if (json_is_string(value)) {
		in.depth++;
		walk_text(walk, value, in);
	} else {
		refuse(walk, SKIP_NOT_CLOUDTRAIL, "a value that is no object");
	}
}

size_t unwrap_value(const json_t *value, enum input_format format,
	void (*each)(void *context, const struct found *found), void *context, struct unwrap_reason *why)
{
	struct walk walk = {.format = format, .each = each, .context = context, .why = why};
	if (why)
		*why = (struct unwrap_reason){SKIP_NOT_CLOUDTRAIL, "", 0};
	walk_value(&walk, value, (struct surroundings){0});
	if (why && !walk.count && !why->text[0])
		refuse(&walk, SKIP_NOT_CLOUDTRAIL, "no CloudTrail record inside");
	if (why)
		why->refused = walk.refused;
	return walk.count;
}
