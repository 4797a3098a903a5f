/* map: one record to ECS fields. The reading of the field table of Elastic's aws.cloudtrail integration (class 8.9, or
 * 5.2) that struct event and the whole document share, so that the two can never disagree. */
#ifndef RARETRAIL_INGEST_MAP_H
#define RARETRAIL_INGEST_MAP_H

#include <jansson.h>

#include "raretrail/ingest.h"

#define RELATED_USERS_MAX 9

/* What one record means. Slices borrow from the record or from the arena. */
struct mapping {
	int64_t timestamp; /* TIME_NONE: none that can be used */
	int64_t ingested;
	struct slice bad_time; /* the text that could not be read as a time; absent when there was none */
	struct slice id;
	struct slice fields[FIELD_COUNT];
	struct slice service_name, user_email, target_id;
	struct slice related_user[RELATED_USERS_MAX];
	size_t related_user_count;
};

/* A raw CloudTrail record. `around` is the document it stood in (agent metadata such as cloud.account.id wins), or
 * NULL. */
void map_cloudtrail(
	const json_t *record, const json_t *around, enum ecs_compat compat, struct arena *arena, struct mapping *out);
/* A document that is ECS already, keys nested or dotted. */
void map_ecs(const json_t *document, struct arena *arena, struct mapping *out);

/* The event's part of a mapping; file, offset, length and content are left alone. */
void mapping_to_event(const struct mapping *mapping, struct event *event);

/* The whole ECS document of a record; `enrich` (may be NULL) fills what is missing of source.as and source.geo. */
json_t *document_from_cloudtrail(
	const json_t *record, const json_t *around, enum ecs_compat compat, const struct enrich *enrich) MUST_USE;
json_t *document_from_ecs(const json_t *document, const struct enrich *enrich) MUST_USE;

/* ---- shared by the files of the mapping ---- */

/* Pruning of arrivals: null, "", {} and [] count as absent at every depth; from 7.4 on also "-" and "none". */
bool prune_is_empty(const json_t *value, enum ecs_compat compat);
json_t *prune_copy(const json_t *value, enum ecs_compat compat) MUST_USE; /* NULL when nothing is left */
/* A scalar as keyword text: strings as they are, numbers and booleans as JSON writes them. Else absent. */
struct slice scalar_text(const json_t *value, struct arena *arena);
/* A number as the shortest text that reads back the same. */
struct slice real_text(double value, struct arena *arena);
/* "a.b.c" in a document whose keys may be nested, dotted or both; absent values (null, "", {}, []) give NULL. */
json_t *ecs_find(const json_t *document, const char *path);
json_t *ecs_first(json_t *value); /* of a list the first value that is there; else the value itself */
/* The session's name of an assumed role, federated user or Identity Center user: what follows the last / of its ARN. */
struct slice session_name(struct slice identity_type, struct slice arn);
/* Who a userIdentity speaks of, by its type, from texts already pruned: user.name, user.id, and the service where the
 * actor is one (then the first two are absent). sign_in_name: additionalEventData.UserName of a UserAuthentication. */
struct identity_texts {
	struct slice type, user_name, issuer_name, issuer_arn, principal_id, behalf_user_id, invoked_by, sign_in_name;
};
struct identity_user {
	struct slice name, id, service;
};
struct identity_user identity_user(const struct identity_texts *texts, enum ecs_compat compat);
/* source.ip of a source.address. */
struct slice address_ip(struct slice address);
/* Sets object["a"]["b"]["c"] for path "a.b.c"; takes over the value; NULL does nothing. */
void document_set(json_t *document, const char *path, json_t *value);
/* Adds `from` to `into`, keys split at their dots; null members are left out. */
void document_nest(json_t *into, const json_t *from);
json_t *document_text(struct slice text); /* a new string, or NULL when absent */
/* Completes source.as.* and source.geo.* of a document from the databases, absent fields only. */
void document_enrich(json_t *document, const struct enrich *enrich);

#endif
