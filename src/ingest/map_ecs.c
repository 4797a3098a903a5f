/* map_ecs: a document that went through Elastic's pipeline already. Its fields are taken as they are, wherever they
 * stand: nested, under dotted keys, or both; of an array the first value counts. */
#include "map.h"

#include <stdlib.h>

/* Arrays stand for their first value that is there. */
json_t *ecs_first(json_t *value)
{
	for (int depth = 0; json_is_array(value) && depth < 8; depth++) {
		json_t *first = NULL;
		for (size_t i = 0; i < json_array_size(value) && !first; i++) {
			json_t *member = json_array_get(value, i);
			first = prune_is_empty(member, ECS_COMPAT_5_2) ? NULL : member;
		}
		value = first;
	}
	return value;
}

static json_t *find(json_t *object, const char *path, size_t length)
{
	if (!json_is_object(object))
		return NULL;
	json_t *value = json_object_getn(object, path, length);
	if (value && !prune_is_empty(value, ECS_COMPAT_5_2))
		return value;
	for (size_t dot = length; dot-- > 0;) {
		if (path[dot] != '.')
			continue;
		json_t *inner = ecs_first(json_object_getn(object, path, dot));
		value = inner ? find(inner, path + dot + 1, length - dot - 1) : NULL;
		if (value)
			return value;
	}
	return NULL;
}

json_t *ecs_find(const json_t *document, const char *path)
{
	return find((json_t *)document, path, strlen(path));
}

/* ISO text, or milliseconds since 1970 as a number, as Elasticsearch's date fields take them. */
static int64_t time_of(const json_t *value, struct arena *arena, struct slice *bad)
{
	int64_t ms;
	if (json_is_integer(value))
		return json_integer_value(value);
	struct slice text = scalar_text(value, arena);
	if (!text.data)
		return TIME_NONE;
	if (time_parse_iso(text, &ms))
		return ms;
	char *rest;
	long long number = strtoll(text.data, &rest, 10);
	if (*rest == 0 && text.length >= 11)
		return number;
	if (bad)
		*bad = text;
	return TIME_NONE;
}

void map_ecs(const json_t *document, struct arena *arena, struct mapping *out)
{
	*out = (struct mapping){0};
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		out->fields[f] = scalar_text(ecs_first(ecs_find(document, event_fields[f].name)), arena);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (out->fields[f].length == 0)
			out->fields[f] = (struct slice){0};
	}
	out->fields[FIELD_SOURCE_IP] = address_ip(out->fields[FIELD_SOURCE_IP]);
	if (!out->fields[FIELD_SESSION_NAME].data)
		out->fields[FIELD_SESSION_NAME] =
			session_name(out->fields[FIELD_IDENTITY_TYPE], out->fields[FIELD_IDENTITY_ARN]);
	out->id = scalar_text(ecs_first(ecs_find(document, "event.id")), arena);
	out->timestamp = time_of(ecs_first(ecs_find(document, "@timestamp")), arena, &out->bad_time);
	out->ingested = time_of(ecs_first(ecs_find(document, "event.ingested")), arena, NULL);
}
