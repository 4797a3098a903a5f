/* memo: the keys live in a ring: when it comes round, the oldest are forgotten, so memory is bounded whatever the
 * input. */
#include "memo.h"

#include <stdlib.h>

/* What an empty memo points to. */
static struct memo_slot free_pair[2];
static char no_keys[MEMO_PADDING];

void memo_init(struct memo *memo, size_t slots, size_t bytes)
{
	*memo = (struct memo){
		.slots = free_pair,
		.ring = no_keys,
		.units = (uint32_t)(bytes / MEMO_UNIT),
		.written = 1,
		.wanted_slots = slots,
	};
}

void memo_free(struct memo *memo)
{
	if (memo->ring == no_keys)
		return;
	free(memo->slots);
	free(memo->ring);
}

static void take_memory(struct memo *memo)
{
	memo->slots = xcalloc_large(memo->wanted_slots, sizeof(*memo->slots));
	memo->mask = memo->wanted_slots - 1;
	memo->ring = xmalloc_large((size_t)memo->units * MEMO_UNIT + MEMO_PADDING);
}

/* Before the count of units comes round, everything is forgotten: a place never means two keys. */
static void forget_all(struct memo *memo)
{
	memset(memo->slots, 0, (memo->mask + 1) * sizeof(*memo->slots));
	memo->written = 1;
}

void memo_put(struct memo *memo, struct slice key, uint64_t hash, uint32_t entry)
{
	if (key.length / MEMO_UNIT >= memo->units / 16)
		return;
	if (memo->ring == no_keys)
		take_memory(memo);
	uint32_t units = (uint32_t)((key.length + MEMO_UNIT - 1) / MEMO_UNIT);
	if (memo->written > UINT32_MAX - 2 * memo->units)
		forget_all(memo);
	/* A key does not wrap: the rest of the round is left empty. */
	uint32_t left = memo->units - (memo->written & (memo->units - 1));
	if (left < units)
		memo->written += left;
	struct memo_slot slot = {(uint32_t)(hash >> 32), memo->written, (uint32_t)key.length, entry};
	if (key.length > 0)
		memcpy(memo->ring + (size_t)(slot.place & (memo->units - 1)) * MEMO_UNIT, key.data, key.length);
	memo->written += units;
	size_t at = (size_t)hash & memo->mask;
	if (memo->slots[at].place > memo->slots[at ^ 1].place)
		at ^= 1; /* replace the older of the two */
	memo->slots[at] = slot;
}
