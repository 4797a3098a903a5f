/* document_ecs: the document of an event that came as ECS, with its dotted keys made nested; and the completion of
 * source.as and source.geo from the databases, which serves both kinds of documents. */
#include "map.h"

#include <stdlib.h>

static void nest(json_t *into, const json_t *from, int depth)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)from, key, value)
	{
		if (json_is_null(value))
			continue;
		json_t *target = into;
		const char *name = key;
		for (const char *dot; (dot = strchr(name, '.')); name = dot + 1) {
			json_t *inner = json_object_getn(target, name, (size_t)(dot - name));
			if (!json_is_object(inner)) {
				inner = json_object();
				json_object_setn_new_nocheck(target, name, (size_t)(dot - name), inner);
			}
			target = inner;
		}
		json_t *old = json_object_get(target, name);
		if (json_is_object(value) && depth < 64) {
			if (!json_is_object(old)) {
				old = json_object();
				json_object_set_new_nocheck(target, name, old);
			}
			nest(old, value, depth + 1);
		} else {
			json_object_set_new_nocheck(target, name, json_deep_copy(value));
		}
	}
}

/* A field that holds one value, given as a list (as the "fields" of a search do): its value. */
static void single_out(json_t *document, const char *path)
{
	json_t *list = ecs_find(document, path);
	if (!json_is_array(list))
		return;
	json_t *only = ecs_first(list);
	if (only && !json_is_object(only))
		document_set(document, path, json_incref(only));
}

void document_nest(json_t *into, const json_t *from)
{
	nest(into, from, 0);
}

json_t *document_from_ecs(const json_t *source, const struct enrich *enrich)
{
	json_t *document = json_object();
	document_nest(document, source);
	struct arena arena;
	arena_init(&arena);
	struct mapping mapping;
	map_ecs(source, &arena, &mapping);
	char shown[TIME_TEXT_SIZE];
	if (mapping.timestamp != TIME_NONE)
		document_set(document, "@timestamp", json_string_nocheck(time_format_iso(mapping.timestamp, shown)));
	document_set(document, "aws.cloudtrail.session_name", document_text(mapping.fields[FIELD_SESSION_NAME]));
	document_set(document, "event.dataset", json_string_nocheck("aws.cloudtrail"));
	document_set(document, "event.module", json_string_nocheck("aws"));
	arena_free(&arena);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		single_out(document, event_fields[f].name);
	single_out(document, "event.id");
	/* The record as it came is for the raw view alone. */
	json_object_del(json_object_get(document, "event"), "original");
	document_enrich(document, enrich);
	return document;
}

static void fill(json_t *document, const char *path, json_t *value)
{
	if (ecs_find(document, path))
		json_decref(value);
	else
		document_set(document, path, value);
}

static void fill_text(json_t *document, const char *path, struct slice text)
{
	if (text.data)
		fill(document, path, document_text(text));
}

/* Does a document that names its network or country itself mean another one than the database? */
static bool contradicts(const json_t *document, const char *path, struct slice found)
{
	struct arena arena;
	arena_init(&arena);
	struct slice own = scalar_text(ecs_find(document, path), &arena);
	bool is_other = own.data && found.data && !slice_equals(own, found);
	arena_free(&arena);
	return is_other;
}

void document_enrich(json_t *document, const struct enrich *enrich)
{
	const json_t *ip = ecs_find(document, "source.ip");
	if (json_is_array(ip))
		ip = json_array_get(ip, 0);
	struct enrich_answer answer;
	struct slice text = {json_string_value(ip), json_string_length(ip)};
	json_t *number = ecs_find(document, "source.as.number");
	if (json_is_string(number)) /* source.as.number is a long */
		document_set(document, "source.as.number", json_integer(strtoll(json_string_value(number), NULL, 10)));
	if (!enrich || !text.data || enrich_lookup(enrich, text, &answer, NULL) != 0)
		return;
	if (!ecs_find(document, "source.as.organization.name")) {
		json_t *own = ecs_find(document, "source.as.number");
		bool is_other = answer.has_as_number && json_is_integer(own) &&
				json_integer_value(own) != (json_int_t)answer.as_number;
		if (answer.has_as_number)
			fill(document, "source.as.number", json_integer((json_int_t)answer.as_number));
		if (!is_other)
			fill_text(document, "source.as.organization.name", answer.as_organization);
	}
	if (contradicts(document, "source.geo.country_iso_code", answer.country_iso_code))
		return;
	fill_text(document, "source.geo.continent_name", answer.continent_name);
	fill_text(document, "source.geo.country_iso_code", answer.country_iso_code);
	fill_text(document, "source.geo.country_name", answer.country_name);
	fill_text(document, "source.geo.region_iso_code", answer.region_iso_code);
	fill_text(document, "source.geo.region_name", answer.region_name);
	fill_text(document, "source.geo.city_name", answer.city_name);
	if (answer.has_location && !ecs_find(document, "source.geo.location")) {
		document_set(document, "source.geo.location.lat", json_real(answer.latitude));
		document_set(document, "source.geo.location.lon", json_real(answer.longitude));
	}
}
