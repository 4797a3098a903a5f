/* prune: what counts as absent. The pipeline removes empty values at every depth before it maps anything, so an
 * errorCode of "" is no error and a sessionIssuer of {} does not exist. */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>

bool prune_is_empty(const json_t *value, enum ecs_compat compat)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL: return true;
	case JSON_STRING: {
		size_t length = json_string_length(value);
		const char *text = json_string_value(value);
		if (length == 0)
			return true;
		return compat == ECS_COMPAT_8_9 &&
		       ((length == 1 && *text == '-') || (length == 4 && memcmp(text, "none", 4) == 0));
	}
	case JSON_OBJECT: {
		const char *key;
		json_t *member;
		json_object_foreach((json_t *)value, key, member)
		{
			if (!prune_is_empty(member, compat))
				return false;
		}
		return true;
	}
	case JSON_ARRAY:
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (!prune_is_empty(json_array_get(value, i), compat))
				return false;
		}
		return true;
	default: return false;
	}
}

json_t *prune_copy(const json_t *value, enum ecs_compat compat)
{
	if (prune_is_empty(value, compat))
		return NULL;
	if (json_is_object(value)) {
		json_t *copy = json_object();
		const char *key;
		json_t *member;
		json_object_foreach((json_t *)value, key, member)
		{
			json_t *kept = prune_copy(member, compat);
			if (kept)
				json_object_set_new_nocheck(copy, key, kept);
		}
		return copy;
	}
	if (json_is_array(value)) {
		json_t *copy = json_array();
		for (size_t i = 0; i < json_array_size(value); i++) {
			json_t *kept = prune_copy(json_array_get(value, i), compat);
			if (kept)
				json_array_append_new(copy, kept);
		}
		return copy;
	}
	return json_copy((json_t *)value);
}

struct slice real_text(double value, struct arena *arena)
{
	char text[40];
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*g", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	size_t length = strlen(text);
	bool is_plain = !strpbrk(text, ".e");
	char *copy = arena_alloc(arena, length + 3);
	memcpy(copy, text, length + 1);
	if (is_plain) {
		memcpy(copy + length, ".0", 3);
		length += 2;
	}
	return (struct slice){copy, length};
}

struct slice scalar_text(const json_t *value, struct arena *arena)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING: return (struct slice){json_string_value(value), json_string_length(value)};
	case JSON_TRUE: return slice_of("true");
	case JSON_FALSE: return slice_of("false");
	case JSON_REAL: return real_text(json_real_value(value), arena);
	case JSON_INTEGER: {
		char text[24];
		int length = snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return (struct slice){arena_copy(arena, text, (size_t)length), (size_t)length};
	}
	default: return (struct slice){0};
	}
}
