/* store: events in columns, strings as ids, and the rollup that both detections read.
 *
 * A `struct store` is an immutable snapshot: any thread may read it, nobody changes it. It is reference-counted
 * (store_ref, store_free). Rows are ordered by (@timestamp, event.id, file, offset), so a row number is also a
 * position in time, and every list that keeps row order is deterministic.
 *
 * A row does not hold its strings. It holds one id per *dimension*, and a dimension entry is a distinct combination of
 * field values that occur together (an actor is a userIdentity, a source is an address with its network and place).
 * So a filter is decided once per entry, not once per event, and a row costs a few dozen bytes.
 *
 * Raw JSON is never kept: a row knows the file, offset and length to read it back from (room ingest). */
#ifndef RARETRAIL_STORE_H
#define RARETRAIL_STORE_H

#include "raretrail/base.h"

/* The vocabulary of event fields that the store keeps: id, ECS name, short alias for prompts, dimension, kind.
 * The order inside a dimension is the order of its columns. */
#define EVENT_FIELDS(X) \
	X(USER_NAME, "user.name", "user", ACTOR, KEYWORD) \
	X(IDENTITY_TYPE, "aws.cloudtrail.user_identity.type", "type", ACTOR, KEYWORD) \
	X(USER_ID, "user.id", "uid", ACTOR, KEYWORD) \
	X(IDENTITY_ARN, "aws.cloudtrail.user_identity.arn", "arn", ACTOR, KEYWORD) \
	X(ACCOUNT_ID, "cloud.account.id", "account", ACTOR, KEYWORD) \
	X(ACCESS_KEY, "aws.cloudtrail.user_identity.access_key_id", "key", ACTOR, KEYWORD) \
	X(SESSION_NAME, "aws.cloudtrail.session_name", "session", ACTOR, KEYWORD) \
	X(ISSUER_ARN, "aws.cloudtrail.user_identity.session_context.session_issuer.arn", "issuer", ACTOR, KEYWORD) \
	X(MFA, "aws.cloudtrail.user_identity.session_context.mfa_authenticated", "mfa", ACTOR, KEYWORD) \
	X(INVOKED_BY, "aws.cloudtrail.user_identity.invoked_by", "invoked_by", ACTOR, KEYWORD) \
	X(SOURCE_ADDRESS, "source.address", "address", SOURCE, KEYWORD) \
	X(SOURCE_IP, "source.ip", "ip", SOURCE, IP) \
	X(AS_NUMBER, "source.as.number", "asn", SOURCE, LONG) \
	X(AS_ORG, "source.as.organization.name", "org", SOURCE, KEYWORD) \
	X(COUNTRY_CODE, "source.geo.country_iso_code", "country", SOURCE, KEYWORD) \
	X(COUNTRY_NAME, "source.geo.country_name", "country_name", SOURCE, KEYWORD) \
	X(REGION_NAME, "source.geo.region_name", "geo_region", SOURCE, KEYWORD) \
	X(CITY_NAME, "source.geo.city_name", "city", SOURCE, KEYWORD) \
	X(ACTION, "event.action", "action", CALL, KEYWORD) \
	X(PROVIDER, "event.provider", "provider", CALL, KEYWORD) \
	X(OUTCOME, "event.outcome", "outcome", CALL, KEYWORD) \
	X(ERROR_CODE, "aws.cloudtrail.error_code", "error", CALL, KEYWORD) \
	X(CLOUD_REGION, "cloud.region", "region", CALL, KEYWORD) \
	X(READ_ONLY, "aws.cloudtrail.read_only", "read_only", CALL, KEYWORD) \
	X(EVENT_TYPE, "aws.cloudtrail.event_type", "event_type", CALL, KEYWORD) \
	X(EVENT_CATEGORY, "aws.cloudtrail.event_category", "category", CALL, KEYWORD) \
	X(USER_AGENT, "user_agent.original", "agent", AGENT, KEYWORD) \
	X(TARGET_NAME, "user.target.name", "target", TARGET, KEYWORD) \
	X(CHANGES_NAME, "user.changes.name", "changes", TARGET, KEYWORD)

/* Dimensions in row order. */
#define EVENT_DIMENSIONS(X) X(ACTOR) X(SOURCE) X(CALL) X(AGENT) X(TARGET)

enum event_field {
#define X(id, name, alias, dimension, kind) FIELD_##id,
	EVENT_FIELDS(X)
#undef X
		FIELD_COUNT
};

enum event_dimension {
#define X(id) DIMENSION_##id,
	EVENT_DIMENSIONS(X)
#undef X
		DIMENSION_COUNT
};

enum field_kind { KIND_KEYWORD, KIND_IP, KIND_LONG };

struct event_field_info {
	const char *name; /* ECS */
	const char *alias; /* short, for prompts and narrow columns */
	enum event_dimension dimension;
	unsigned column; /* within the dimension */
	enum field_kind kind;
};
extern const struct event_field_info event_fields[FIELD_COUNT];
/* By ECS name or alias, exact; FIELD_COUNT when unknown. */
enum event_field event_field_find(struct slice name);

/* One event with ECS meaning, on its way in. Every slice borrows (from the input or from the reader's arena) and
 * needs to live only until chunk_add returns. An absent field is an absent slice; an empty one never occurs. */
struct event {
	int64_t timestamp; /* @timestamp; TIME_NONE is not allowed in the store: such events go to the ledger */
	int64_t ingested; /* event.ingested, or TIME_NONE */
	struct slice id; /* event.id */
	struct slice fields[FIELD_COUNT];
	uint32_t file; /* number of its file in the load's source list */
	uint64_t offset; /* of its raw bytes in the (decompressed) file */
	uint32_t length;
	uint64_t
		content; /* hash of the record without its envelope: with the id it tells a duplicate from a conflict */
};

/* ---- reading ---- */

#define DIMENSION_MAX_COLUMNS 10
struct dimension {
	uint32_t count; /* entries; entry 0 is "every field absent" */
	const uint32_t *columns[DIMENSION_MAX_COLUMNS]; /* [column][entry] -> string id */
};

/* A user.name with its aws.cloudtrail.user_identity.type (0: null): the group of rule rare-as.
 * Ordered by user.name, then type, as bytes, a null type first. Rows without user.name belong to none. */
struct identity {
	uint32_t user_name; /* string id, never 0 */
	uint32_t type; /* string id, 0 for null */
	uint32_t first; /* its rows are identity_rows[first .. first + count), ascending */
	uint32_t count;
};

struct store {
	uint32_t count; /* events */
	const int64_t *timestamp; /* ascending */
	const int64_t *ingested; /* NULL when no event carries event.ingested */
	const uint32_t *entry[DIMENSION_COUNT]; /* [dimension][row] -> entry of that dimension */
	const uint32_t *file;
	const uint64_t *offset;
	const uint32_t *length;
	const uint64_t *id_key; /* order-preserving first bytes of event.id; ties are settled by file and offset */
	struct dimension dimensions[DIMENSION_COUNT];
	const struct dict *strings;

	uint32_t identity_count;
	const struct identity *identities;
	const uint32_t *identity_rows;
	const uint32_t *actor_identity; /* [actor entry] -> identity number, or UINT32_MAX without user.name */

	uint64_t duplicates; /* same id and same content, counted once */
	uint64_t conflicts; /* same id, other content: kept, reported */
	size_t bytes; /* resident size of all of the above, dictionaries included */
};

struct store *store_ref(const struct store *store);
void store_free(const struct store *store);

/* String id of a field of a row or of a dimension entry; 0 when absent. */
static inline uint32_t store_entry_value(const struct store *store, enum event_field field, uint32_t entry)
{
	const struct event_field_info *info = &event_fields[field];
	return store->dimensions[info->dimension].columns[info->column][entry];
}
static inline uint32_t store_value(const struct store *store, enum event_field field, uint32_t row)
{
	return store_entry_value(store, field, store->entry[event_fields[field].dimension][row]);
}
static inline struct slice store_string(const struct store *store, uint32_t id)
{
	return dict_get(store->strings, id);
}
static inline struct slice store_text(const struct store *store, enum event_field field, uint32_t row)
{
	return store_string(store, store_value(store, field, row));
}
/* First row at or after a time (count when none): rows are in time order. */
uint32_t store_lower_bound(const struct store *store, int64_t timestamp);
/* Identity by name and type (absent slice: null); UINT32_MAX when there is none. */
uint32_t store_identity_find(const struct store *store, struct slice user_name, struct slice type);
/* A store of only the rows whose bit is set (keep[row / 64] >> row % 64); shares strings and dimensions. */
struct store *store_subset(const struct store *store, const uint64_t *keep) MUST_USE;

/* ---- writing ---- */

/* A lexicon is the dictionaries of a worker that fills many chunks: what one chunk learned, the next one knows. Chunks
 * of one lexicon are filled one after the other and merged in that order; each keeps it alive. A chunk is sealed by the
 * thread that filled it before another thread merges it. */
struct lexicon;
struct lexicon *lexicon_new(void) MUST_USE;
void lexicon_free(struct lexicon *lexicon);

/* A chunk is one worker's private part: no locks. */
struct chunk;
struct chunk *chunk_new(struct lexicon *lexicon) MUST_USE;
void chunk_free(struct chunk *chunk);
void chunk_add(struct chunk *chunk, const struct event *event);
void chunk_seal(struct chunk *chunk);

/* The entry of the dimension's fields; other fields are not looked at. */
uint32_t chunk_entry(struct chunk *chunk, enum event_dimension dimension, const struct slice fields[FIELD_COUNT]);

/* A row with its entries known. */
struct chunk_row {
	int64_t timestamp;
	uint64_t id_high, id_low; /* from chunk_id */
	uint64_t content;
	uint64_t offset;
	uint32_t length;
	uint32_t entry[DIMENSION_COUNT];
};
void chunk_id(struct chunk *chunk, struct slice id, uint64_t *high, uint64_t *low);
/* The rows that follow come from this file. */
void chunk_file(struct chunk *chunk, uint32_t file);
/* Room for `more` rows after the last; what was filled is then claimed with chunk_claim. */
struct chunk_row *chunk_room(struct chunk *chunk, size_t more) MUST_USE;
void chunk_claim(struct chunk *chunk, size_t rows);
/* A place to come back to while the file is the same: rows added since are taken out again. */
struct chunk_mark {
	size_t count, ingested_count;
};
struct chunk_mark chunk_mark(const struct chunk *chunk);
void chunk_rewind(struct chunk *chunk, const struct chunk_mark *mark);

/* The builder takes chunks in file order and publishes snapshots; the result does not depend on how the events were
 * cut into chunks. Not thread-safe: one merging thread. */
struct builder;
struct builder_options {
	bool keep_duplicates; /* --no-dedupe */
	bool can_resume; /* builder_finish keeps what builder_resume needs: 24 bytes an event more */
	/* Completes a source entry (absent fields only): called once for each distinct address that has an IP literal
	 * and lacks the network or the place. NULL: nothing to ask. */
	void (*enrich)(void *context, struct slice ip, struct slice fields[FIELD_COUNT]);
	void *enrich_context;
	/* A conflict (same id, other content) met, told by builder_finish in file order; NULL: only counted. */
	void (*conflict)(void *context, struct slice id, uint32_t file, uint64_t offset);
	void *conflict_context;
};
struct builder *builder_new(const struct builder_options *options) MUST_USE;
void builder_free(struct builder *builder);
void builder_merge(struct builder *builder, struct chunk *chunk); /* consumes the chunk */
/* What has been merged so far, copied; may be called again. */
struct store *builder_publish(struct builder *builder) MUST_USE;
/* The last one: takes everything over, so memory peaks little above what the store keeps; the builder is empty after. */
struct store *builder_finish(struct builder *builder, unsigned threads) MUST_USE;
void builder_expect(struct builder *builder, uint64_t rows); /* a guess: saves moving columns while they grow */
/* A builder that goes on where a store was finished, with copies of all it holds, so that what comes later is merged as
 * if it had come behind the rest. NULL when the store was not finished with can_resume. */
struct builder *builder_resume(const struct store *store, const struct builder_options *options) MUST_USE;
/* Takes the rows of some files out again (is_gone[file], of `count` files): they will be read anew. */
void builder_forget(struct builder *builder, const bool *is_gone, size_t count);
size_t builder_bytes(const struct builder *builder);
uint64_t builder_count(const struct builder *builder); /* rows merged, duplicates included */

#endif
