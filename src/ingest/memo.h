/* memo: raw bytes to dimension entries, for a reader that meets the same bytes again and again: a key is any byte string
 * that alone decides the entry (the raw userIdentity object, say). Keys are forgotten when there are too many, so an
 * unknown one is not necessarily new; forgetting costs time, never truth. */
#ifndef RARETRAIL_INGEST_MEMO_H
#define RARETRAIL_INGEST_MEMO_H

#include "raretrail/base.h"

#define MEMO_UNKNOWN UINT32_MAX
/* So many bytes behind a remembered key may be read, whatever they are. */
#define MEMO_PADDING 64
#define MEMO_UNIT 64 /* a line of the cache: a key lies on no more of them than it must */

struct memo_slot {
	uint32_t tag; /* the upper half of the hash */
	uint32_t place; /* of the key, in units counted over all rounds of the ring; 0: free */
	uint32_t length;
	uint32_t entry;
};

struct memo {
	struct memo_slot *slots; /* pairs of two: a key sits in either place of its pair */
	size_t mask; /* slots - 1 */
	char *ring;
	uint32_t units; /* of the ring, a power of two */
	uint32_t written; /* over all rounds */
	size_t wanted_slots;
};

/* Powers of two. The memory is taken when there is something to remember. */
void memo_init(struct memo *memo, size_t slots, size_t bytes);
void memo_free(struct memo *memo);
void memo_put(struct memo *memo, struct slice key, uint64_t hash, uint32_t entry);

/* Hints: the first fetches where a key would be noted; the second, some time later, the key itself. */
static inline void memo_expect(const struct memo *memo, uint64_t hash)
{
	__builtin_prefetch(&memo->slots[(size_t)hash & memo->mask]);
}

static inline const char *memo_key(const struct memo *memo, const struct memo_slot *slot)
{
	return memo->ring + (size_t)(slot->place & (memo->units - 1)) * MEMO_UNIT;
}

static inline void memo_expect_key(const struct memo *memo, uint64_t hash)
{
	size_t at = (size_t)hash & memo->mask;
	const struct memo_slot *slot = &memo->slots[at ^ (memo->slots[at].tag != hash >> 32)];
	const char *key = memo_key(memo, slot);
	for (size_t i = 0; i < slot->length && i < 512; i += 64)
		__builtin_prefetch(key + i);
}

/* The entry of a key, or MEMO_UNKNOWN. The bytes are compared, so a hash alone never decides; `same` may read
 * MEMO_PADDING bytes behind both. */
static inline uint32_t memo_find(const struct memo *memo, struct slice key, uint64_t hash,
	bool (*same)(const char *one, const char *other, size_t length))
{
	size_t at = (size_t)hash & memo->mask;
	for (unsigned turn = 0; turn < 2; turn++, at ^= 1) {
		const struct memo_slot *slot = &memo->slots[at];
		if (slot->tag == hash >> 32 && slot->length == key.length && slot->place != 0 &&
			memo->written - slot->place <= memo->units && same(memo_key(memo, slot), key.data, key.length))
			return slot->entry;
	}
	return MEMO_UNKNOWN;
}

#endif
