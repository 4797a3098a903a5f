/* scan: the fast path. Pulls the fields of the mapping straight out of raw CloudTrail records, without building a tree:
 * one vector pass marks quotes, brackets and line ends, a scalar pass hops from key to key over the marks. It takes
 * only records whose meaning it is sure of; everything else is declined and read by the careful path, so the careful
 * path alone decides what odd input means.
 *
 * One difference is left, on purpose: what stands inside values that no field reads is only checked for balanced
 * brackets and quotes. */
#ifndef RARETRAIL_INGEST_SCAN_H
#define RARETRAIL_INGEST_SCAN_H

#include "memo.h"
#include "parts.h"

/* Zero bytes that must stand behind the data. */
#define SCAN_PADDING 128
/* Words of quotes behind the marks, so that a search ends there. */
#define SCAN_WALL 2
/* Places noted in one go; room that is needed behind those there are. */
#define SCAN_PLACES_AT_ONCE 8
/* Room for the raw values that together decide an entry. */
#define SCAN_KEY_BYTES 8192

/* Keys at the top of a record, in the order in which they usually stand. */
#define SCAN_KEYS(X) \
	X(eventVersion) \
	X(userIdentity) \
	X(eventTime) \
	X(eventSource) \
	X(eventName) \
	X(awsRegion) \
	X(sourceIPAddress) \
	X(userAgent) \
	X(errorCode) \
	X(errorMessage) \
	X(requestParameters) \
	X(responseElements) \
	X(additionalEventData) \
	X(requestID) \
	X(eventID) \
	X(readOnly) \
	X(resources) \
	X(eventType) \
	X(apiVersion) \
	X(managementEvent) \
	X(recipientAccountId) \
	X(sharedEventID) \
	X(vpcEndpointId) \
	X(vpcEndpointAccountId) \
	X(eventCategory) \
	X(serviceEventDetails) \
	X(edgeDeviceDetails) \
	X(addendum) \
	X(sessionCredentialFromConsole) \
	X(tlsDetails) \
	X(eventContext)

enum scan_key {
#define X(name) SCAN_##name,
	SCAN_KEYS(X)
#undef X
		SCAN_KEY_COUNT
};
/* Other keys that may be passed over take turns in these places behind the known ones. */
#define SCAN_OTHER_KEYS 8
#define SCAN_SLOT_COUNT (SCAN_KEY_COUNT + SCAN_OTHER_KEYS)

#define SCAN_PATTERN_SIZE 32
struct scan_pattern {
	char text[SCAN_PATTERN_SIZE]; /* "key": with its quotes and colon, padded with NUL */
	uint32_t mask; /* one bit per byte of the text */
	uint32_t length;
	uint32_t usual; /* from the opening to the closing quote of a value, where most have one length; else 1 */
	uint32_t key; /* enum scan_key, or the place of another key */
	const struct scan_pattern *follow[2]; /* which came last after it; two guesses */
};
extern const struct scan_pattern scan_patterns[SCAN_KEY_COUNT];
enum scan_key scan_key_find(const char *name, size_t length); /* SCAN_KEY_COUNT when unknown */

/* Places in the input, ascending; those before `next` are behind the record that is being read. */
struct scan_places {
	size_t *items;
	size_t count, next, capacity;
};

/* The values of one record as they stand in the input, strings with their quotes. */
struct scan_record {
	size_t start, end;
	uint64_t seen; /* a bit per key or other key */
	struct slice values[SCAN_SLOT_COUNT];
};

/* A key and its hash: made first, met later, so that memory answers in between. */
struct scan_lookup {
	struct slice key; /* data NULL: nothing to meet, entry 0 */
	uint64_t hash;
};

/* A record on its way: taken in one turn, kept at the end of the next. */
struct scan_turn {
	struct scan_record record;
	struct scan_lookup actor, source, call, agent;
	uint64_t content;
	char *call_key; /* SCAN_KEY_BYTES */
	/* Where scanning stood before it, to come back to when it is declined. */
	size_t end; /* of its line, or of itself in an array */
	size_t place; /* scan_places.next */
	bool is_behind_comma;
};

enum scan_mode {
	SCAN_LINES, /* a record a line */
	SCAN_ARRAY /* records between commas, up to a closing bracket */
};

enum scan_stop {
	SCAN_STOP_LIMIT, /* the next record would start at or behind the limit */
	SCAN_STOP_END, /* the data are used up */
	SCAN_STOP_CLOSED, /* SCAN_ARRAY: `at` is behind the closing bracket */
	SCAN_STOP_DECLINED, /* the record at `at` is for the careful path; it ends at `end` */
	SCAN_STOP_LOST /* the text at `at` is no record whose end can be told */
};

struct scanner {
	/* The input and how far it was marked. */
	const char *data;
	size_t length;
	uint64_t *quotes; /* a bit per byte from `base` on: unescaped quotes */
	size_t quote_capacity; /* words */
	size_t base, marked; /* bytes, multiples of 64 */
	struct scan_places places; /* of brackets outside strings, and of line ends anywhere */
	uint64_t carry_string, carry_escape, carry_after;
	size_t suspect; /* first byte behind a string that is no delimiter: quotes are out of step before it */
	struct scan_pattern patterns[SCAN_SLOT_COUNT + 1]; /* the known keys, then the others met, then the beginning */
	unsigned other_count; /* of these, over all turns */
	/* Where scanning stands. */
	size_t at, end;
	bool is_behind_comma; /* SCAN_ARRAY: another record must follow */
	/* What to keep. */
	struct chunk *chunk; /* always of the same lexicon: entries are remembered */
	uint64_t offset; /* of data[0] in the file */
	int64_t since, until;
	const struct sink *sink; /* for records outside since and until */
	uint64_t events; /* rows made */
	uint64_t records; /* taken, those outside since and until too */
	/* Memory for keys and decoded text. */
	struct scan_turn turns[2];
	struct memo memos[DIMENSION_COUNT];
	struct buf key;
	struct arena arena;
	struct json_lexer *lexer;
	char date[10];
	int64_t date_ms;
	enum scan_stop (*run)(struct scanner *scanner, enum scan_mode mode, size_t limit);
};

struct scanner *scanner_new(void) MUST_USE;
void scanner_free(struct scanner *scanner);
/* Names of the instruction sets this machine can run, best first; for tests and benchmarks. */
const char *const *scanner_variants(void);
bool scanner_use(struct scanner *scanner, const char *variant);

/* Begins new data. */
void scanner_start(struct scanner *scanner, const char *data, size_t length, uint64_t offset);
/* Marks anew from `at`, where no string is open: after damage. */
void scanner_restart(struct scanner *scanner, size_t at);
/* Goes on behind the declined line that ends at scanner->end. */
void scanner_skip_line(struct scanner *scanner);
/* Goes on behind the declined record of an array that ends at scanner->end. False: no comma or bracket follows. */
bool scanner_skip_element(struct scanner *scanner);
/* Takes records from scanner->at on, as long as they start before `limit`. */
enum scan_stop scanner_run(struct scanner *scanner, enum scan_mode mode, size_t limit);

/* ---- shared by the variants ---- */

enum scan_stop scan_run_portable(struct scanner *scanner, enum scan_mode mode, size_t limit);
enum scan_stop scan_run_sse2(struct scanner *scanner, enum scan_mode mode, size_t limit);
enum scan_stop scan_run_avx2(struct scanner *scanner, enum scan_mode mode, size_t limit);
enum scan_stop scan_run_avx512(struct scanner *scanner, enum scan_mode mode, size_t limit);

/* The place of a key that is no known one, if the mapping would pass it over; else SCAN_SLOT_COUNT: decline. */
unsigned scan_other_key(struct scanner *scanner, struct slice name);

/* Entries of raw values that were not met before. False: decline the record. */
bool scan_learn_actor(
	struct scanner *scanner, const struct scan_record *record, struct slice key, uint64_t hash, uint32_t *entry);
bool scan_learn_source(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry);
bool scan_learn_call(
	struct scanner *scanner, const struct scan_record *record, struct slice key, uint64_t hash, uint32_t *entry);
bool scan_learn_agent(struct scanner *scanner, struct slice raw, uint64_t hash, uint32_t *entry);
bool scan_learn_target(struct scanner *scanner, struct slice request, uint32_t *entry);
bool scan_learn_id(struct scanner *scanner, struct slice raw, uint64_t *high, uint64_t *low);
bool scan_learn_time(struct scanner *scanner, struct slice raw, int64_t *timestamp);

/* What an actor key stands for when the identity alone does not decide the entry. */
#define SCAN_ACTOR_ACCOUNT (MEMO_UNKNOWN - 1) /* with recipientAccountId it does */
#define SCAN_ACTOR_RECORD (MEMO_UNKNOWN - 2) /* only the whole record does */

#endif
