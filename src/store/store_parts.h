/* store_parts: what the files of this room share: the row on its way in, the table of distinct value combinations,
 * and what stands behind a published store. */
#ifndef RARETRAIL_STORE_PARTS_H
#define RARETRAIL_STORE_PARTS_H

#include <stdatomic.h>

#include "raretrail/store.h"

struct dimension_fields {
	unsigned first; /* enum event_field */
	unsigned columns; /* fields from there on */
};
extern const struct dimension_fields dimension_fields[DIMENSION_COUNT];

/* ---- pages: blocks that know their size by their owner ---- */

void *pages_alloc(size_t bytes) MUST_USE;
void *pages_resize(void *block, size_t old, size_t bytes) MUST_USE;
void pages_free(void *block, size_t bytes);

struct block {
	void *memory; /* from pages_alloc, or NULL */
	size_t bytes;
};

/* ---- tuples: distinct combinations of string ids, numbered from 0; entry 0 is "all absent" ---- */

struct tuple_slot {
	uint32_t tag; /* the upper half of the hash */
	uint32_t entry; /* and one; 0: free */
};
struct tuples {
	unsigned columns;
	uint32_t count;
	size_t capacity;
	uint32_t *column[DIMENSION_MAX_COLUMNS]; /* [column][entry] */
	struct tuple_slot *slots;
	size_t mask;
};
void tuples_init(struct tuples *tuples, unsigned columns);
void tuples_free(struct tuples *tuples);
uint32_t tuples_intern(struct tuples *tuples, const uint32_t *values);
size_t tuples_bytes(const struct tuples *tuples);

/* ---- lexicon: one worker's strings and combinations, shared by the chunks it fills one after the other ---- */

/* The reader of the chunks (the builder) keeps here what each local id became, so that a string is looked up in the
 * common dictionary once per worker and not once per chunk. Only the merging thread touches it. */
enum lexicon_dict { LEXICON_VALUES, LEXICON_ODD_IDS, LEXICON_DICTS };
struct remap {
	uint32_t *strings[LEXICON_DICTS]; /* [local string id] -> the builder's, REMAP_OPEN when not yet asked for */
	size_t string_capacity[LEXICON_DICTS];
	uint32_t *entries[DIMENSION_COUNT]; /* [dimension][local entry] */
	size_t entry_capacity[DIMENSION_COUNT];
};
#define REMAP_OPEN UINT32_MAX

struct lexicon {
	atomic_uint references; /* its owner and its chunks */
	struct dict *strings[LEXICON_DICTS]; /* values of fields; ids that are no UUIDs */
	struct tuples tuples[DIMENSION_COUNT];
	uint32_t told_strings[LEXICON_DICTS]; /* ids up to here were handed over in sealed chunks */
	uint32_t told_entries[DIMENSION_COUNT];
	struct remap remap;
	size_t usual_rows; /* of a chunk, with some more */
};

/* ---- chunk ---- */

/* Rows in the order of the input, all from one file while a run lasts. */
struct file_run {
	uint32_t first; /* row */
	uint32_t file;
};

struct chunk {
	struct lexicon *lexicon;
	bool is_sealed;
	struct chunk_row *rows;
	size_t count, capacity;
	struct file_run *runs;
	size_t run_count, run_capacity;
	int64_t *ingested; /* [row], or NULL while no row has one */
	size_t ingested_count, ingested_capacity;
	/* Sealed: what the lexicon learned since its last chunk was sealed. */
	uint32_t first_string[LEXICON_DICTS];
	struct slice *strings[LEXICON_DICTS];
	size_t string_count[LEXICON_DICTS];
	uint32_t first_entry[DIMENSION_COUNT], entry_count[DIMENSION_COUNT];
	uint32_t *entries[DIMENSION_COUNT]; /* [column * entry_count + entry - first_entry] */
};

/* ---- event ids: a lower-case UUID is its 16 bytes, another text a number in a side dictionary ---- */

#define ODD_ID UINT64_MAX /* `high` of an id that is no UUID; `low` is its string id, 0 for no id */
#define EVENT_ID_TEXT 36
void event_id_pack(struct slice id, uint64_t *high, uint64_t *low); /* high = ODD_ID, low = 0: not packed */
void event_id_unpack(uint64_t high, uint64_t low, char out[EVENT_ID_TEXT]);
uint64_t event_id_key(struct slice id); /* the first 8 bytes, big-endian, zero-padded */
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
/* event_id_key of a UUID: eight nibbles apart, one to a byte; then all become digits or letters at once. */
static inline uint64_t event_id_packed_key(uint64_t high)
{
	uint64_t value = high >> 32;
	value = (value | value << 16) & UINT64_C(0x0000FFFF0000FFFF);
	value = (value | value << 8) & UINT64_C(0x00FF00FF00FF00FF);
	value = (value | value << 4) & EACH_BYTE(0x0F);
	uint64_t letter = ((value + EACH_BYTE(6)) >> 4) & EACH_BYTE(1);
	return value + EACH_BYTE(0x30) + letter * ('a' - '0' - 10);
}

/* ---- rows of the builder and of a store, column by column ---- */

struct rows {
	size_t count, capacity;
	int64_t *timestamp;
	int64_t *ingested; /* NULL: none so far */
	uint32_t *entry[DIMENSION_COUNT];
	uint32_t *file;
	uint64_t *offset;
	uint32_t *length;
	uint64_t *id_high, *id_low;
	uint64_t *content;
};
void rows_free(struct rows *rows);
void rows_reserve(struct rows *rows, size_t more);
size_t rows_bytes(const struct rows *rows);

/* The key of a row's id, for order. Without odd ids the column id_low may be gone: what is no UUID is no id then. */
static inline uint64_t row_key(const struct rows *rows, const struct dict *odd_ids, size_t row)
{
	if (rows->id_high[row] != ODD_ID)
		return event_id_packed_key(rows->id_high[row]);
	return rows->id_low != NULL ? event_id_key(dict_get(odd_ids, (uint32_t)rows->id_low[row])) : 0;
}
/* For tables of ids; its upper and its lower half are both well mixed. */
static inline uint64_t row_id_hash(const struct rows *rows, size_t row)
{
	uint64_t hash = rows->id_high[row] ^ (rows->id_low[row] << 32 | rows->id_low[row] >> 32);
	hash *= UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 32;
}
static inline bool row_has_id(const struct rows *rows, size_t row)
{
	return rows->id_high[row] != ODD_ID || rows->id_low[row] != 0;
}

/* ---- sieve: the rows whose id may have been met in a row before; surely all of those, and few others ---- */

#define SIEVE_ROWS_PER_WORD 16 /* at least half as many */

struct sieve {
	uint64_t *words; /* NULL: no rows yet */
	size_t count; /* of words; a power of two */
	uint32_t *repeats; /* rows, ascending */
	size_t repeat_count, repeat_capacity;
};
void sieve_free(struct sieve *sieve);
void sieve_add(struct sieve *sieve, const struct rows *rows, size_t from, size_t end); /* the rows next in line */

/* Fills order with the numbers of all rows, sorted by (timestamp, key, row number). */
void order_by_time(uint32_t *order, const struct rows *rows, const struct dict *odd_ids, unsigned threads);
/* Sorts by (first, second, row); the same order whatever the input's. */
struct keyed {
	uint64_t first, second;
	uint32_t row;
};
void keyed_sort(struct keyed *items, size_t count);

/* Drops what was met before: keep[i / 64] >> i % 64 says whether row i stays. Conflicts are told in row order. */
struct dedupe_result {
	uint64_t duplicates, conflicts;
};
struct dedupe_result dedupe_rows(const struct rows *rows, const struct sieve *sieve, uint64_t *keep,
	void (*conflict)(void *context, uint32_t row), void *context);

/* ---- a published store and what it owns ---- */

struct store_body {
	struct store store; /* first: a store is its body */
	atomic_uint references;
	const struct store *parent; /* a subset borrows strings and dimensions from here */
	struct block owned[64];
	unsigned owned_count;
	struct dict *strings;
	/* Of a store that can be gone on with: what tells its rows apart, and what it left out. */
	struct {
		const uint64_t *id_high, *id_low, *content;
		struct dict *odd_ids; /* NULL: it cannot */
		const uint32_t *dropped; /* the file of every duplicate */
		size_t dropped_count;
	} rest;
};
struct store_body *store_body_new(void) MUST_USE;
void *store_own(struct store_body *body, void *block, size_t bytes); /* from pages_alloc; freed with the store */
/* Fills identities, identity_rows and actor_identity from the actors of the rows. May take `room` for them. */
void identities_build(struct store_body *body, struct block *room);

#endif
