/* scan_keep: from the values of a record to a row: which entries they stand for, by their raw bytes. Each record is met
 * in two steps with the next one's first step between them, so that what it needs from memory has come by then. */
#ifndef RARETRAIL_INGEST_SCAN_KEEP_H
#define RARETRAIL_INGEST_SCAN_KEEP_H

#include "content.h"
#include "scan_hop.h"

static inline bool has(const struct scan_record *record, enum scan_key key)
{
	return record->seen >> key & 1;
}

static inline bool is_text(struct slice value)
{
	return value.data[0] == '"';
}

static inline bool is_null(struct slice value)
{
	return value.length == 4 && memcmp(value.data, "null", 4) == 0;
}

/* 2026-05-07T22:36:10Z with its quotes; the day is remembered from the record before. */
static inline bool read_time(struct scanner *scanner, struct slice raw, int64_t *timestamp)
{
	const char *text = raw.data + 1;
	if (LIKELY(raw.length == 22 && memcmp(text, scanner->date, sizeof(scanner->date)) == 0)) {
		uint64_t clock; /* THH:MM:S */
		memcpy(&clock, text + 10, sizeof(clock));
		unsigned second = (unsigned)(unsigned char)text[18] - '0';
		const uint64_t fixed = UINT64_C(0x3A00003A000054), digits = UINT64_C(0x3000303000303000);
		uint64_t value = clock - digits - fixed;
		/* A byte that was no digit, or below its character, leaves a high nibble or a carry behind. */
		bool is_digits = ((clock & UINT64_C(0xF0FFF0F0FFF0F0FF)) == (digits | fixed)) &&
				 (((value + UINT64_C(0x0600060600060600)) & UINT64_C(0xF000F0F000F0F000)) == 0);
		unsigned hour = (unsigned)((value >> 8 & 15) * 10 + (value >> 16 & 15));
		unsigned minute = (unsigned)((value >> 32 & 15) * 10 + (value >> 40 & 15));
		second += (unsigned)(value >> 56 & 15) * 10;
		if (LIKELY(is_digits && (unsigned)(unsigned char)text[18] - '0' < 10u && text[19] == 'Z' && hour < 24 &&
			    minute < 60 && second < 60)) {
			*timestamp = scanner->date_ms + ((int64_t)hour * 60 + minute) * MINUTE_MS + second * SECOND_MS;
			return true;
		}
	}
	return scan_learn_time(scanner, raw, timestamp);
}

static inline bool read_id(struct scanner *scanner, const struct scan_record *record, uint64_t *high, uint64_t *low)
{
	if (!has(record, SCAN_eventID))
		return true;
	struct slice raw = record->values[SCAN_eventID];
	if (LIKELY(raw.length == 38 && is_text(raw) && read_uuid(raw.data + 1, high, low)))
		return true;
	return scan_learn_id(scanner, raw, high, low);
}

/* ---- the first step: keys and hashes ---- */

static inline struct scan_lookup look_up(struct scanner *scanner, enum event_dimension dimension, struct slice key)
{
	struct scan_lookup lookup = {key, hash_key(key.data, key.length)};
	memo_expect(&scanner->memos[dimension], lookup.hash);
	return lookup;
}

static inline struct scan_lookup look_up_text(
	struct scanner *scanner, const struct scan_record *record, enum scan_key key, enum event_dimension dimension)
{
	if (!has(record, key) || is_null(record->values[key]))
		return (struct scan_lookup){{NULL, 0}, 0};
	return look_up(scanner, dimension, record->values[key]);
}

/* The raw userIdentity; nothing for null. */
static inline bool look_up_actor(struct scanner *scanner, struct scan_turn *turn)
{
	static const char nothing[MEMO_PADDING];
	struct slice identity = {nothing, 0};
	if (!has(&turn->record, SCAN_userIdentity)) /* rare, and perhaps written out with dots: "userIdentity.type" */
		return false;
	if (!is_null(turn->record.values[SCAN_userIdentity])) {
		identity = turn->record.values[SCAN_userIdentity];
		if (identity.data[0] != '{')
			return false;
	}
	turn->actor = look_up(scanner, DIMENSION_ACTOR, identity);
	return true;
}

static const uint8_t call_keys[] = {SCAN_eventName, SCAN_eventSource, SCAN_awsRegion, SCAN_readOnly, SCAN_eventType,
	SCAN_eventCategory, SCAN_errorCode};

static inline char *add_value(char *out, struct slice raw)
{
	copy_short(out, raw.data, raw.length);
	return out + raw.length;
}

/* The raw values that decide the entry, one after the other; each ends in a way that no other one begins. Zero when they
 * are too long. */
static inline size_t write_call_key(struct scan_turn *turn)
{
	const struct scan_record *record = &turn->record;
	struct slice message = {"", 0};
	bool has_message = has(record, SCAN_errorMessage);
	if (has_message)
		message = record->values[SCAN_errorMessage];
	/* Only whether there is a message matters; a short one may be one of the words that mean nothing. */
	if (message.length > 32 && is_text(message))
		message = (struct slice){"\r", 1};
	size_t length = message.length;
	for (unsigned i = 0; i < COUNT_OF(call_keys); i++)
		length += has(record, call_keys[i]) ? record->values[call_keys[i]].length : 0;
	if (UNLIKELY(length > SCAN_KEY_BYTES - 2 * SCAN_PADDING))
		return 0;
	char *out = turn->call_key;
	for (unsigned i = 0; i < COUNT_OF(call_keys); i++) {
		*out++ = '\n';
		if (has(record, call_keys[i]))
			out = add_value(out, record->values[call_keys[i]]);
	}
	if (has_message) {
		*out++ = '\n';
		memcpy(out, message.data, message.length);
		out += message.length;
	}
	return (size_t)(out - turn->call_key);
}

static inline bool open_turn(struct scanner *scanner, struct scan_turn *turn)
{
	const struct scan_record *record = &turn->record;
	const uint64_t needed =
		UINT64_C(1) << SCAN_eventTime | UINT64_C(1) << SCAN_eventName | UINT64_C(1) << SCAN_eventSource;
	if (UNLIKELY((record->seen & needed) != needed))
		return false;
	size_t length = record->end - record->start;
	if (UNLIKELY(length > UINT32_MAX))
		return false;
	size_t call_length = write_call_key(turn);
	if (UNLIKELY(call_length == 0) || UNLIKELY(!look_up_actor(scanner, turn)))
		return false;
	turn->source = look_up_text(scanner, record, SCAN_sourceIPAddress, DIMENSION_SOURCE);
	turn->agent = look_up_text(scanner, record, SCAN_userAgent, DIMENSION_AGENT);
	turn->content = content_hash(scanner->data + record->start, length);
	turn->call = look_up(scanner, DIMENSION_CALL, (struct slice){turn->call_key, call_length});
	memo_expect_key(&scanner->memos[DIMENSION_ACTOR], turn->actor.hash);
	memo_expect_key(&scanner->memos[DIMENSION_SOURCE], turn->source.hash);
	memo_expect_key(&scanner->memos[DIMENSION_AGENT], turn->agent.hash);
	memo_expect_key(&scanner->memos[DIMENSION_CALL], turn->call.hash);
	return true;
}

/* ---- the second step: entries ---- */

static inline uint32_t recall(
	const struct scanner *scanner, enum event_dimension dimension, const struct scan_lookup *lookup)
{
	return memo_find(&scanner->memos[dimension], lookup->key, lookup->hash, same_bytes);
}

/* An identity without an account of its own is met together with the record's. */
static __attribute__((noinline)) bool meet_actor_of_account(
	struct scanner *scanner, const struct scan_turn *turn, uint32_t *entry)
{
	scanner->key.length = 0;
	buf_add(&scanner->key, turn->actor.key.data, turn->actor.key.length);
	/* Without an account, too, another key than the identity alone. */
	buf_add_char(&scanner->key, '|');
	if (has(&turn->record, SCAN_recipientAccountId)) {
		struct slice account = turn->record.values[SCAN_recipientAccountId];
		buf_add(&scanner->key, account.data, account.length);
	}
	buf_reserve(&scanner->key, MEMO_PADDING);
	struct scan_lookup lookup = {{scanner->key.data, scanner->key.length}, 0};
	lookup.hash = hash_key(lookup.key.data, lookup.key.length);
	*entry = recall(scanner, DIMENSION_ACTOR, &lookup);
	return *entry < SCAN_ACTOR_RECORD || scan_learn_actor(scanner, &turn->record, lookup.key, lookup.hash, entry);
}

static inline bool meet_actor(struct scanner *scanner, const struct scan_turn *turn, uint32_t *entry)
{
	*entry = recall(scanner, DIMENSION_ACTOR, &turn->actor);
	if (LIKELY(*entry < SCAN_ACTOR_RECORD))
		return true;
	if (*entry == SCAN_ACTOR_ACCOUNT)
		return meet_actor_of_account(scanner, turn, entry);
	return scan_learn_actor(scanner, &turn->record, turn->actor.key, turn->actor.hash, entry);
}

static inline bool meet_text(struct scanner *scanner, enum event_dimension dimension, const struct scan_lookup *lookup,
	uint32_t *entry, bool (*learn)(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry))
{
	*entry = 0;
	if (lookup->key.data == NULL)
		return true;
	*entry = recall(scanner, dimension, lookup);
	return LIKELY(*entry != MEMO_UNKNOWN) || learn(scanner, lookup->key, lookup->hash, entry);
}

static inline bool meet_call(struct scanner *scanner, const struct scan_turn *turn, uint32_t *entry)
{
	*entry = recall(scanner, DIMENSION_CALL, &turn->call);
	return LIKELY(*entry != MEMO_UNKNOWN) ||
	       scan_learn_call(scanner, &turn->record, turn->call.key, turn->call.hash, entry);
}

/* user.target.name and user.changes.name stand in requestParameters; most have neither, which one look tells. */
static inline bool read_target(struct scanner *scanner, const struct scan_record *record, uint32_t *entry)
{
	*entry = 0;
	if (!has(record, SCAN_requestParameters) || record->values[SCAN_requestParameters].data[0] != '{')
		return true;
	struct slice request = record->values[SCAN_requestParameters];
	if (LIKELY(!may_name_user(request.data, request.length)))
		return true;
	return scan_learn_target(scanner, request, entry);
}

static inline bool close_turn(struct scanner *scanner, const struct scan_turn *turn)
{
	const struct scan_record *record = &turn->record;
	/* Filled where it stays: to copy it would wait for what was written last. */
	struct chunk_row *row = chunk_room(scanner->chunk, 1);
	row->id_high = UINT64_MAX;
	row->id_low = 0;
	row->content = turn->content;
	row->offset = scanner->offset + record->start;
	row->length = (uint32_t)(record->end - record->start);
	if (!read_time(scanner, record->values[SCAN_eventTime], &row->timestamp) ||
		!read_target(scanner, record, &row->entry[DIMENSION_TARGET]) ||
		!read_id(scanner, record, &row->id_high, &row->id_low) ||
		!meet_actor(scanner, turn, &row->entry[DIMENSION_ACTOR]) ||
		!meet_text(
			scanner, DIMENSION_SOURCE, &turn->source, &row->entry[DIMENSION_SOURCE], scan_learn_source) ||
		!meet_call(scanner, turn, &row->entry[DIMENSION_CALL]) ||
		!meet_text(scanner, DIMENSION_AGENT, &turn->agent, &row->entry[DIMENSION_AGENT], scan_learn_agent))
		return false;
	scanner->records++;
	if (UNLIKELY(row->timestamp < scanner->since || row->timestamp > scanner->until)) {
		scanner->sink->skip(scanner->sink->context, SKIP_PRUNED_TIME, row->offset, row->length, 1, NULL);
		return true;
	}
	chunk_claim(scanner->chunk, 1);
	scanner->events++;
	return true;
}

#endif
