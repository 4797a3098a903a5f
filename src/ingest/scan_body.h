/* scan_body: the scanner itself, compiled once per instruction set. The including file defines SCAN_RUN (the name of
 * the entry point), struct block with load_block/block_equals/…, and the hash. */
#ifndef RARETRAIL_INGEST_SCAN_BODY_H
#define RARETRAIL_INGEST_SCAN_BODY_H

#include "scan.h"

#include <stdlib.h>

#define MARK_STEP ((size_t)16384)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* ---- marking ---- */

/* Bytes that a backslash before them takes the meaning from. A run of backslashes escapes every second byte from its
 * start; runs that start on an odd place are found by letting an addition carry through them. */
static inline uint64_t escaped_bytes(uint64_t backslash, uint64_t *carry)
{
	if (LIKELY(backslash == 0)) {
		uint64_t escaped = *carry;
		*carry = 0;
		return escaped;
	}
	const uint64_t even = UINT64_C(0x5555555555555555);
	backslash &= ~*carry;
	uint64_t follows = backslash << 1 | *carry;
	uint64_t odd_starts = backslash & ~even & ~follows;
	uint64_t runs;
	*carry = __builtin_add_overflow(odd_starts, backslash, &runs);
	return (even ^ (runs << 1)) & follows;
}

static inline void mark_block(
	struct scanner *scanner, const char *text, uint64_t valid, struct scan_marks *marks, size_t position)
{
	struct block_bits bits = classify_block(text);
	uint64_t quote = bits.quote & ~escaped_bytes(bits.backslash & valid, &scanner->carry_escape) & valid;
	uint64_t inside = prefix_xor(quote) ^ scanner->carry_string; /* from an opening quote up to its closing one */
	scanner->carry_string = 0 - (inside >> 63);
	uint64_t closing = quote & ~inside;
	uint64_t after = closing << 1 | scanner->carry_after;
	scanner->carry_after = closing >> 63;
	uint64_t wrong = after & ~bits.delimiter & valid;
	if (UNLIKELY(wrong != 0) && scanner->suspect == SIZE_MAX)
		scanner->suspect = position + (size_t)__builtin_ctzll(wrong);
	marks->quote = quote;
	marks->open = bits.open & ~inside & valid;
	marks->close = bits.close & ~inside & valid;
	marks->newline = bits.newline & valid;
}

/* Marks on to at least `wanted` (or the end). Behind the last word stand two that no search passes. */
static __attribute__((noinline)) void mark_more(struct scanner *scanner, size_t wanted)
{
	size_t stop = scanner->marked + MARK_STEP;
	if (stop < wanted)
		stop = wanted;
	size_t words = (scanner->length + 63) / 64;
	size_t last = (stop + 63) / 64;
	if (last > words)
		last = words;
	if (last + 2 > scanner->mark_capacity)
		scanner->marks = array_grow(scanner->marks, &scanner->mark_capacity, last + 2, sizeof(*scanner->marks));
	size_t word = scanner->marked / 64;
	uint64_t valid = UINT64_MAX << scanner->marked % 64; /* less than a word after scanner_restart */
	for (; word < last; word++, valid = UINT64_MAX) {
		if (UNLIKELY(scanner->length - word * 64 < 64))
			valid &= (UINT64_C(1) << (scanner->length - word * 64)) - 1;
		mark_block(scanner, scanner->data + word * 64, valid, &scanner->marks[word], word * 64);
	}
	scanner->marked = last * 64;
	const struct scan_marks wall = {UINT64_MAX, 0, 0, UINT64_MAX};
	scanner->marks[last] = wall;
	scanner->marks[last + 1] = wall;
}

/* ---- hopping over the marks; every search ends at `length` at the latest ---- */

static inline size_t next_quote(struct scanner *scanner, size_t at)
{
	for (;;) {
		size_t word = at / 64;
		uint64_t bits = scanner->marks[word].quote >> at % 64;
		if (LIKELY(bits != 0)) {
			at += (size_t)__builtin_ctzll(bits);
		} else {
			do
				bits = scanner->marks[++word].quote;
			while (bits == 0);
			at = word * 64 + (size_t)__builtin_ctzll(bits);
		}
		if (LIKELY(at < scanner->marked))
			return at;
		if (scanner->marked >= scanner->length)
			return scanner->length;
		at = scanner->marked;
		mark_more(scanner, at + 1);
	}
}

static inline size_t next_newline(struct scanner *scanner, size_t at)
{
	for (;;) {
		size_t word = at / 64;
		uint64_t bits = scanner->marks[word].newline >> at % 64;
		if (bits != 0) {
			at += (size_t)__builtin_ctzll(bits);
		} else {
			do
				bits = scanner->marks[++word].newline;
			while (bits == 0);
			at = word * 64 + (size_t)__builtin_ctzll(bits);
		}
		if (LIKELY(at < scanner->marked))
			return at;
		if (scanner->marked >= scanner->length)
			return scanner->length;
		at = scanner->marked;
		mark_more(scanner, at + 1);
	}
}

/* The byte behind the bracket that closes the one at `at`; SIZE_MAX when it does not close, or is too deep. */
static inline size_t skip_container(struct scanner *scanner, size_t at)
{
	size_t word = at / 64;
	uint64_t from = UINT64_MAX << at % 64;
	uint64_t open = scanner->marks[word].open & from, close = scanner->marks[word].close & from;
	unsigned depth = 0;
	for (;;) {
		unsigned opened = (unsigned)__builtin_popcountll(open), closed = (unsigned)__builtin_popcountll(close);
		if (closed >= depth && closed > 0) {
			unsigned count = 0;
			for (uint64_t rest = close; rest != 0; rest &= rest - 1) {
				uint64_t below = (rest & -rest) - 1;
				if (depth + (unsigned)__builtin_popcountll(open & below) == ++count)
					return word * 64 + (size_t)__builtin_ctzll(rest) + 1;
			}
		}
		if (UNLIKELY(depth + opened > RECORD_MAX_DEPTH - 2))
			return SIZE_MAX;
		depth += opened - closed;
		word++;
		if (UNLIKELY(word * 64 >= scanner->marked)) {
			if (scanner->marked >= scanner->length)
				return SIZE_MAX;
			mark_more(scanner, word * 64 + 1);
		}
		open = scanner->marks[word].open;
		close = scanner->marks[word].close;
	}
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static __attribute__((noinline)) size_t skip_space_slowly(struct scanner *scanner, size_t at)
{
	while (at < scanner->length && is_space(scanner->data[at]))
		at++;
	if (at >= scanner->marked && scanner->marked < scanner->length)
		mark_more(scanner, at + 1);
	return at;
}

static inline size_t skip_space(struct scanner *scanner, size_t at)
{
	return LIKELY((unsigned char)scanner->data[at] > ' ') ? at : skip_space_slowly(scanner, at);
}

/* true, false, null or a plain integer; what is rarer is declined. */
static inline size_t skip_word(const struct scanner *scanner, size_t at)
{
	const char *text = scanner->data + at;
	if (memcmp(text, "true", 4) == 0 || memcmp(text, "null", 4) == 0)
		return at + 4;
	if (memcmp(text, "false", 5) == 0)
		return at + 5;
	size_t first = at;
	while ((unsigned)(scanner->data[at] - '0') < 10u)
		at++;
	bool is_plain = at - first == 1 || (at > first && scanner->data[first] != '0');
	return is_plain ? at : SIZE_MAX;
}

/* ---- one record ---- */

static __attribute__((noinline)) size_t find_key(
	struct scanner *scanner, size_t at, unsigned previous, enum scan_key *key)
{
	const char *data = scanner->data;
	if (at >= scanner->length || data[at] != '"')
		return SIZE_MAX;
	size_t quote = next_quote(scanner, at + 1);
	*key = scan_key_find(data + at + 1, quote - at - 1);
	if (quote >= scanner->length || *key == SCAN_KEY_COUNT)
		return SIZE_MAX;
	size_t colon = skip_space(scanner, quote + 1);
	if (colon >= scanner->length || data[colon] != ':')
		return SIZE_MAX;
	if (scanner->follow[previous][0] != *key) {
		scanner->follow[previous][1] = scanner->follow[previous][0];
		scanner->follow[previous][0] = (uint8_t)*key;
	}
	return colon + 1;
}

/* Characters of values that nearly always have one length; of others, a length that is hardly ever right. */
static const uint32_t usual_lengths[SCAN_KEY_COUNT] = {
	[SCAN_eventVersion] = 4,
	[SCAN_eventTime] = 20,
	[SCAN_awsRegion] = 9,
	[SCAN_requestID] = 36,
	[SCAN_eventID] = 36,
	[SCAN_eventType] = 10,
	[SCAN_apiVersion] = 10,
	[SCAN_recipientAccountId] = 12,
	[SCAN_sharedEventID] = 36,
	[SCAN_vpcEndpointAccountId] = 12,
	[SCAN_eventCategory] = 10,
};

/* Hops over the record at `at` (an opening brace) and notes its values. False: not a record the scanner is sure of. */
static inline bool hop_record(struct scanner *scanner, size_t at)
{
	struct scan_record *record = &scanner->record;
	const char *data = scanner->data;
	record->start = at;
	record->seen = 0;
	unsigned previous = SCAN_KEY_COUNT;
	at = skip_space(scanner, at + 1);
	for (;;) {
		if (UNLIKELY(at + SCAN_PATTERN_SIZE + 1 >= scanner->marked) && scanner->marked < scanner->length)
			mark_more(scanner, at + SCAN_PATTERN_SIZE + 2);
		enum scan_key key = (enum scan_key)scanner->follow[previous][0];
		if (LIKELY(matches_pattern(data + at, &scan_patterns[key]))) {
			at += scan_patterns[key].length;
		} else if (key = (enum scan_key)scanner->follow[previous][1],
			matches_pattern(data + at, &scan_patterns[key])) {
			at += scan_patterns[key].length;
		} else {
			at = find_key(scanner, at, previous, &key);
			if (at == SIZE_MAX)
				return false;
		}
		at = skip_space(scanner, at);
		size_t value = at;
		char c = data[at];
		if (LIKELY(c == '"')) {
			/* Where the usual length is right, the next step need not wait for the search that proves it. */
			size_t usual = at + 1 + usual_lengths[key];
			size_t quote = next_quote(scanner, at + 1);
			if (quote == usual) {
				__asm__("" : "+r"(usual)); /* else the compiler would use `quote` again */
				at = usual + 1;
			} else {
				at = quote + 1;
			}
		} else {
			at = (c | 0x20) == '{' ? skip_container(scanner, at) : skip_word(scanner, at);
			if (at == SIZE_MAX)
				return false;
		}
		if (UNLIKELY(at > scanner->length) || UNLIKELY(record->seen >> key & 1))
			return false;
		record->seen |= UINT64_C(1) << key;
		record->values[key] = (struct slice){data + value, at - value};
		previous = key;
		at = skip_space(scanner, at);
		if (LIKELY(data[at] == ',')) {
			at = skip_space(scanner, at + 1);
			continue;
		}
		if (data[at] != '}' || at >= scanner->length)
			return false;
		record->end = at + 1;
		return record->end <= scanner->suspect;
	}
}

/* ---- its fields ---- */

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
/* A key and its hash: made first, met later, so that memory answers in between. */
struct lookup {
	struct slice key; /* data NULL: nothing to meet, entry 0 */
	uint64_t hash;
};

static inline struct lookup look_up(struct scanner *scanner, enum event_dimension dimension, struct slice key)
{
	struct lookup lookup = {key, hash_key(key.data, key.length)};
	chunk_prefetch(scanner->chunk, dimension, lookup.hash);
	return lookup;
}

static inline struct lookup look_up_text(
	struct scanner *scanner, const struct scan_record *record, enum scan_key key, enum event_dimension dimension)
{
	if (!has(record, key) || is_null(record->values[key]))
		return (struct lookup){{NULL, 0}, 0};
	return look_up(scanner, dimension, record->values[key]);
}

/* The raw userIdentity; "" without one. */
static inline bool look_up_actor(struct scanner *scanner, const struct scan_record *record, struct lookup *lookup)
{
	struct slice identity = {"", 0};
	if (!has(record, SCAN_userIdentity)) /* rare, and perhaps written out with dots: "userIdentity.type" */
		return false;
	if (!is_null(record->values[SCAN_userIdentity])) {
		identity = record->values[SCAN_userIdentity];
		if (identity.data[0] != '{')
			return false;
	}
	*lookup = look_up(scanner, DIMENSION_ACTOR, identity);
	return true;
}

/* The raw values that decide the entry, one after the other; each ends in a way that no other one begins. */
static inline bool look_up_call(struct scanner *scanner, const struct scan_record *record, struct lookup *lookup)
{
	static const uint8_t keys[] = {SCAN_eventName, SCAN_eventSource, SCAN_awsRegion, SCAN_readOnly, SCAN_eventType,
		SCAN_eventCategory, SCAN_errorCode};
	char *out = scanner->call_key;
	size_t left = SCAN_KEY_BYTES - 2 * SCAN_PADDING;
	for (unsigned i = 0; i < COUNT_OF(keys); i++) {
		*out++ = '\n';
		if (!has(record, keys[i]))
			continue;
		struct slice raw = record->values[keys[i]];
		if (UNLIKELY(raw.length > left))
			return false;
		copy_short(out, raw.data, raw.length);
		out += raw.length;
		left -= raw.length;
	}
	/* Only whether there is a message matters; a short one may be one of the words that mean nothing. */
	if (has(record, SCAN_errorMessage)) {
		struct slice message = record->values[SCAN_errorMessage];
		*out++ = '\n';
		if (message.length > 32 && is_text(message)) {
			*out++ = '\r';
		} else {
			if (UNLIKELY(message.length > left))
				return false;
			copy_short(out, message.data, message.length);
			out += message.length;
		}
	}
	*lookup =
		look_up(scanner, DIMENSION_CALL, (struct slice){scanner->call_key, (size_t)(out - scanner->call_key)});
	return true;
}

static inline bool meet_actor(
	struct scanner *scanner, const struct scan_record *record, struct lookup lookup, uint32_t *entry)
{
	uint32_t known = chunk_recall(scanner->chunk, DIMENSION_ACTOR, lookup.key, lookup.hash);
	if (LIKELY(known < SCAN_ACTOR_RECORD)) {
		*entry = known;
		return true;
	}
	if (known == SCAN_ACTOR_ACCOUNT) {
		scanner->key.length = 0;
		buf_add(&scanner->key, lookup.key.data, lookup.key.length);
		/* Without an account, too, another key than the identity alone. */
		buf_add_char(&scanner->key, '|');
		if (has(record, SCAN_recipientAccountId)) {
			struct slice account = record->values[SCAN_recipientAccountId];
			buf_add(&scanner->key, account.data, account.length);
		}
		lookup.key = (struct slice){scanner->key.data, scanner->key.length};
		lookup.hash = hash_key(lookup.key.data, lookup.key.length);
		known = chunk_recall(scanner->chunk, DIMENSION_ACTOR, lookup.key, lookup.hash);
		if (known < SCAN_ACTOR_RECORD) {
			*entry = known;
			return true;
		}
	}
	return scan_learn_actor(scanner, record, lookup.key, lookup.hash, entry);
}

static inline bool meet_text(struct scanner *scanner, enum event_dimension dimension, struct lookup lookup,
	uint32_t *entry, bool (*learn)(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry))
{
	*entry = 0;
	if (lookup.key.data == NULL)
		return true;
	*entry = chunk_recall(scanner->chunk, dimension, lookup.key, lookup.hash);
	return LIKELY(*entry != CHUNK_UNKNOWN) || learn(scanner, lookup.key, lookup.hash, entry);
}

static inline bool meet_call(
	struct scanner *scanner, const struct scan_record *record, struct lookup lookup, uint32_t *entry)
{
	*entry = chunk_recall(scanner->chunk, DIMENSION_CALL, lookup.key, lookup.hash);
	return LIKELY(*entry != CHUNK_UNKNOWN) || scan_learn_call(scanner, record, lookup.key, lookup.hash, entry);
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

static inline bool keep_record(struct scanner *scanner)
{
	const struct scan_record *record = &scanner->record;
	const uint64_t needed =
		UINT64_C(1) << SCAN_eventTime | UINT64_C(1) << SCAN_eventName | UINT64_C(1) << SCAN_eventSource;
	if (UNLIKELY((record->seen & needed) != needed))
		return false;
	size_t length = record->end - record->start;
	if (UNLIKELY(length > UINT32_MAX))
		return false;
	struct lookup actor, call;
	if (!look_up_actor(scanner, record, &actor) || !look_up_call(scanner, record, &call))
		return false;
	struct lookup source = look_up_text(scanner, record, SCAN_sourceIPAddress, DIMENSION_SOURCE);
	struct lookup agent = look_up_text(scanner, record, SCAN_userAgent, DIMENSION_AGENT);
	struct chunk_row row = {
		.id_high = UINT64_MAX,
		.content = hash_key(scanner->data + record->start, length),
		.offset = scanner->offset + record->start,
		.length = (uint32_t)length,
	};
	chunk_prefetch_key(scanner->chunk, DIMENSION_ACTOR, actor.hash);
	chunk_prefetch_key(scanner->chunk, DIMENSION_CALL, call.hash);
	chunk_prefetch_key(scanner->chunk, DIMENSION_AGENT, agent.hash);
	if (!read_time(scanner, record->values[SCAN_eventTime], &row.timestamp) ||
		!read_target(scanner, record, &row.entry[DIMENSION_TARGET]) ||
		(has(record, SCAN_eventID) &&
			!scan_learn_id(scanner, record->values[SCAN_eventID], &row.id_high, &row.id_low)) ||
		!meet_actor(scanner, record, actor, &row.entry[DIMENSION_ACTOR]) ||
		!meet_text(scanner, DIMENSION_SOURCE, source, &row.entry[DIMENSION_SOURCE], scan_learn_source) ||
		!meet_call(scanner, record, call, &row.entry[DIMENSION_CALL]) ||
		!meet_text(scanner, DIMENSION_AGENT, agent, &row.entry[DIMENSION_AGENT], scan_learn_agent))
		return false;
	scanner->records++;
	if (UNLIKELY(row.timestamp < scanner->since || row.timestamp > scanner->until)) {
		scanner->sink->skip(scanner->sink->context, SKIP_PRUNED_TIME, row.offset, length, 1, NULL);
		return true;
	}
	*chunk_room(scanner->chunk, 1) = row;
	chunk_claim(scanner->chunk, 1);
	scanner->events++;
	return true;
}

/* ---- many records ---- */

static enum scan_stop run_lines(struct scanner *scanner, size_t limit)
{
	size_t at = scanner->at;
	for (;;) {
		if (at >= scanner->length || at >= limit) {
			scanner->at = at;
			return at >= scanner->length ? SCAN_STOP_END : SCAN_STOP_LIMIT;
		}
		if (UNLIKELY(at + 64 >= scanner->marked) && scanner->marked < scanner->length)
			mark_more(scanner, at + 65);
		size_t newline = next_newline(scanner, at);
		size_t first = at;
		while (first < newline && is_space(scanner->data[first]))
			first++;
		if (first == newline) {
			at = newline + 1;
			continue;
		}
		scanner->end = newline;
		bool is_kept =
			scanner->data[first] == '{' && hop_record(scanner, first) && scanner->record.end <= newline;
		for (size_t i = is_kept ? scanner->record.end : newline; i < newline && is_kept; i++)
			is_kept = is_space(scanner->data[i]);
		if (UNLIKELY(!is_kept) || UNLIKELY(!keep_record(scanner))) {
			scanner->at = first;
			return SCAN_STOP_DECLINED;
		}
		at = newline + 1;
	}
}

static enum scan_stop run_array(struct scanner *scanner, size_t limit)
{
	size_t at = scanner->at;
	for (;;) {
		if (UNLIKELY(at + 64 >= scanner->marked) && scanner->marked < scanner->length)
			mark_more(scanner, at + 65);
		at = skip_space(scanner, at);
		scanner->at = at;
		if (at >= scanner->length)
			return SCAN_STOP_END;
		if (scanner->data[at] == ']' && !scanner->is_behind_comma) {
			scanner->at = at + 1;
			return SCAN_STOP_CLOSED;
		}
		if (at >= limit)
			return SCAN_STOP_LIMIT;
		if (scanner->data[at] != '{')
			return SCAN_STOP_LOST;
		bool is_kept = hop_record(scanner, at);
		size_t end = is_kept ? scanner->record.end : skip_container(scanner, at);
		if (end > scanner->suspect || end >= scanner->length)
			return SCAN_STOP_LOST;
		size_t next = skip_space(scanner, end);
		if (scanner->data[next] != ',' && scanner->data[next] != ']')
			return SCAN_STOP_LOST;
		scanner->end = end;
		if (UNLIKELY(!is_kept) || UNLIKELY(!keep_record(scanner)))
			return SCAN_STOP_DECLINED;
		scanner->is_behind_comma = scanner->data[next] == ',';
		at = next + scanner->is_behind_comma;
	}
}

enum scan_stop SCAN_RUN(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return mode == SCAN_LINES ? run_lines(scanner, limit) : run_array(scanner, limit);
}

#endif
