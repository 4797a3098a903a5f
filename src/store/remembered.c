/* remembered: raw bytes to dimension entries. The keys live in a ring: when it comes round, the oldest are forgotten,
 * so memory is bounded whatever the input; a key is compared byte by byte, so a hash alone never decides. */
#include "store_parts.h"

#include <stdlib.h>

struct memory {
	uint64_t hash;
	uint64_t position; /* of the key, counted over all rounds of the ring; 0: free */
	uint32_t length;
	uint32_t entry;
};

struct remembered {
	struct memory *slots; /* pairs of two: a key sits in either place of its pair */
	size_t mask; /* slots - 1 */
	char *ring;
	size_t ring_size; /* a power of two */
	uint64_t written; /* over all rounds */
};

struct remembered *remembered_new(size_t slots, size_t bytes)
{
	struct remembered *remembered = xcalloc(1, sizeof(*remembered));
	remembered->mask = slots - 1;
	remembered->slots = xcalloc(slots, sizeof(*remembered->slots));
	remembered->ring_size = bytes;
	remembered->ring = xmalloc(bytes);
	remembered->written = 1;
	return remembered;
}

void remembered_free(struct remembered *remembered)
{
	if (remembered == NULL)
		return;
	free(remembered->slots);
	free(remembered->ring);
	free(remembered);
}

size_t remembered_bytes(const struct remembered *remembered)
{
	size_t ring = remembered->written < remembered->ring_size ? (size_t)remembered->written : remembered->ring_size;
	return sizeof(*remembered) + ring + (remembered->mask + 1) * sizeof(*remembered->slots);
}

static bool is_key(const struct remembered *remembered, const struct memory *memory, struct slice key, uint64_t hash)
{
	return memory->hash == hash && memory->length == key.length && memory->position != 0 &&
	       memory->position + remembered->ring_size >= remembered->written &&
	       memcmp(remembered->ring + (memory->position & (remembered->ring_size - 1)), key.data, key.length) == 0;
}

uint32_t remembered_find(const struct remembered *remembered, struct slice key, uint64_t hash)
{
	size_t at = (size_t)hash & remembered->mask;
	if (is_key(remembered, &remembered->slots[at], key, hash))
		return remembered->slots[at].entry;
	if (is_key(remembered, &remembered->slots[at ^ 1], key, hash))
		return remembered->slots[at ^ 1].entry;
	return CHUNK_UNKNOWN;
}

void remembered_prefetch(const struct remembered *remembered, uint64_t hash)
{
	__builtin_prefetch(&remembered->slots[(size_t)hash & remembered->mask]);
}

void remembered_prefetch_key(const struct remembered *remembered, uint64_t hash)
{
	size_t at = (size_t)hash & remembered->mask;
	const struct memory *memory =
		remembered->slots[at].hash == hash ? &remembered->slots[at] : &remembered->slots[at ^ 1];
	const char *key = remembered->ring + (memory->position & (remembered->ring_size - 1));
	for (size_t i = 0; i < memory->length && i < 512; i += 64)
		__builtin_prefetch(key + i);
}

void remembered_put(struct remembered *remembered, struct slice key, uint64_t hash, uint32_t entry)
{
	if (key.length > remembered->ring_size / 16)
		return;
	/* A key does not wrap: the rest of the round is left empty. */
	size_t left = remembered->ring_size - (size_t)(remembered->written & (remembered->ring_size - 1));
	if (left < key.length)
		remembered->written += left;
	uint64_t position = remembered->written;
	if (key.length > 0)
		memcpy(remembered->ring + (position & (remembered->ring_size - 1)), key.data, key.length);
	remembered->written += key.length;
	size_t at = (size_t)hash & remembered->mask;
	if (remembered->slots[at].position > remembered->slots[at ^ 1].position)
		at ^= 1; /* replace the older of the two */
	remembered->slots[at] = (struct memory){hash, position, (uint32_t)key.length, entry};
}
