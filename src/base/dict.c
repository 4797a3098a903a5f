/* dict: strings to dense ids and back. Open addressing with linear probing; a slot holds an id and the top of the
 * hash, so a probe rarely touches a string that is not the one sought. */
#include "raretrail/base.h"

#include <stdlib.h>

struct dict_slot {
	uint32_t tag; /* high half of the hash */
	uint32_t id; /* 0: free */
};

struct dict {
	struct arena arena;
	struct slice *strings; /* [id - 1] */
	size_t capacity;
	uint32_t count;
	struct dict_slot *slots;
	size_t mask; /* slots - 1, a power of two minus one */
};

struct dict *dict_new(void)
{
	struct dict *dict = xcalloc(1, sizeof(*dict));
	arena_init(&dict->arena);
	dict->mask = 63;
	dict->slots = xcalloc(dict->mask + 1, sizeof(*dict->slots));
	return dict;
}

void dict_free(struct dict *dict)
{
	if (dict == NULL)
		return;
	arena_free(&dict->arena);
	free(dict->strings);
	free(dict->slots);
	free(dict);
}

/* The slot that holds the text, or the free one where it belongs. */
static struct dict_slot *find_slot(const struct dict *dict, struct slice text, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	for (size_t at = hash & dict->mask;; at = (at + 1) & dict->mask) {
		struct dict_slot *slot = &dict->slots[at];
		if (slot->id == 0 || (slot->tag == tag && slice_equals(dict->strings[slot->id - 1], text)))
			return slot;
	}
}

static void grow(struct dict *dict)
{
	size_t mask = dict->mask * 2 + 1;
	struct dict_slot *slots = xcalloc(mask + 1, sizeof(*slots));
	for (uint32_t id = 1; id <= dict->count; id++) {
		struct slice text = dict->strings[id - 1];
		uint64_t hash = hash_bytes(text.data, text.length);
		size_t at = hash & mask;
		while (slots[at].id != 0)
			at = (at + 1) & mask;
		slots[at] = (struct dict_slot){(uint32_t)(hash >> 32), id};
	}
	free(dict->slots);
	dict->slots = slots;
	dict->mask = mask;
}

uint32_t dict_intern(struct dict *dict, struct slice text)
{
	if (text.data == NULL)
		return 0;
	uint64_t hash = hash_bytes(text.data, text.length);
	struct dict_slot *slot = find_slot(dict, text, hash);
	if (slot->id != 0)
		return slot->id;
	if (dict->count == UINT32_MAX - 1)
		base_abort("more than %u distinct strings", dict->count);
	if ((size_t)dict->count + 1 > (dict->mask + 1) / 4 * 3) {
		grow(dict);
		slot = find_slot(dict, text, hash);
	}
	dict->strings = array_grow(dict->strings, &dict->capacity, (size_t)dict->count + 1, sizeof(*dict->strings));
	dict->strings[dict->count] = (struct slice){arena_copy(&dict->arena, text.data, text.length), text.length};
	*slot = (struct dict_slot){(uint32_t)(hash >> 32), ++dict->count};
	return dict->count;
}

uint32_t dict_find(const struct dict *dict, struct slice text)
{
	return text.data == NULL ? 0 : find_slot(dict, text, hash_bytes(text.data, text.length))->id;
}

struct slice dict_get(const struct dict *dict, uint32_t id)
{
	return id == 0 ? (struct slice){NULL, 0} : dict->strings[id - 1];
}

uint32_t dict_count(const struct dict *dict)
{
	return dict->count;
}

size_t dict_bytes(const struct dict *dict)
{
	return sizeof(*dict) + dict->arena.reserved + dict->capacity * sizeof(*dict->strings) +
	       (dict->mask + 1) * sizeof(*dict->slots);
}
