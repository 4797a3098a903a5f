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

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* The slot that holds the text, or the free one where it belongs. */
static struct dict_slot *find_slot(const struct dict *dict, struct slice text, uint32_t tag)
{
	for (size_t at = tag & dict->mask;; at = (at + 1) & dict->mask) {
		struct dict_slot *slot = &dict->slots[at];
		if (slot->id == 0 || (slot->tag == tag && slice_equals(dict->strings[slot->id - 1], text)))
			return slot;
	}
}

/* The tag decides the place, so growing does not look at the strings. */
static void grow(struct dict *dict)
{
	size_t mask = dict->mask * 2 + 1;
	struct dict_slot *slots = xcalloc_large(mask + 1, sizeof(*slots));
	for (size_t i = 0; i <= dict->mask; i++) {
		if (dict->slots[i].id == 0)
			continue;
		size_t at = dict->slots[i].tag & mask;
		while (slots[at].id != 0)
			at = (at + 1) & mask;
		slots[at] = dict->slots[i];
	}
	free(dict->slots);
	dict->slots = slots;
	dict->mask = mask;
}

static uint32_t intern(struct dict *dict, struct slice text, uint32_t tag)
{
	struct dict_slot *slot = find_slot(dict, text, tag);
	if (slot->id != 0)
		return slot->id;
	if (dict->count == UINT32_MAX - 1)
		base_abort("more than %u distinct strings", dict->count);
	if ((size_t)dict->count + 1 > (dict->mask + 1) / 4 * 3) {
		grow(dict);
		slot = find_slot(dict, text, tag);
	}
	dict->strings = array_grow(dict->strings, &dict->capacity, (size_t)dict->count + 1, sizeof(*dict->strings));
	dict->strings[dict->count] = (struct slice){arena_copy(&dict->arena, text.data, text.length), text.length};
	*slot = (struct dict_slot){tag, ++dict->count};
	return dict->count;
}

uint32_t dict_intern(struct dict *dict, struct slice text)
{
	return text.data == NULL ? 0 : intern(dict, text, tag_of(hash_bytes(text.data, text.length)));
}

/* All hashes first, so that the slots have come from memory when they are looked at. */
void dict_intern_all(struct dict *dict, const struct slice *texts, size_t count, uint32_t *ids)
{
	enum { AT_ONCE = 16 };
	uint32_t tags[AT_ONCE];
	for (; count > 0;) {
		size_t some = count < AT_ONCE ? count : AT_ONCE;
		for (size_t i = 0; i < some; i++) {
			if (texts[i].data == NULL)
				continue;
			tags[i] = tag_of(hash_bytes(texts[i].data, texts[i].length));
			__builtin_prefetch(&dict->slots[tags[i] & dict->mask]);
		}
		for (size_t i = 0; i < some; i++)
			ids[i] = texts[i].data == NULL ? 0 : intern(dict, texts[i], tags[i]);
		texts += some;
		ids += some;
		count -= some;
	}
}

uint32_t dict_find(const struct dict *dict, struct slice text)
{
	return text.data == NULL ? 0 : find_slot(dict, text, tag_of(hash_bytes(text.data, text.length)))->id;
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
