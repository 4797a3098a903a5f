/* arena: many small allocations, one release. Blocks double up to a limit, so a small arena stays small. */
#include "raretrail/base.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_FIRST ((size_t)4096)
#define BLOCK_LIMIT ((size_t)1 << 20)

struct arena_block {
	struct arena_block *previous;
	size_t used, size; /* of data */
	alignas(16) char data[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *previous = block->previous;
		free(block);
		block = previous;
	}
}

void arena_free(struct arena *arena)
{
	free_blocks(arena->head);
	arena_init(arena);
}

void arena_reset(struct arena *arena)
{
	if (arena->head == NULL)
		return;
	free_blocks(arena->head->previous);
	arena->head->previous = NULL;
	arena->head->used = 0;
	arena->used = 0;
	arena->reserved = sizeof(struct arena_block) + arena->head->size;
}

static void add_block(struct arena *arena, size_t need)
{
	size_t size = arena->head == NULL ? BLOCK_FIRST : arena->head->size * 2;
	if (size > BLOCK_LIMIT)
		size = BLOCK_LIMIT;
	if (size < need)
		size = need;
	struct arena_block *block = xmalloc(sizeof(*block) + size);
	block->previous = arena->head;
	block->used = 0;
	block->size = size;
	arena->head = block;
	arena->reserved += sizeof(*block) + size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		base_abort("out of memory (%zu bytes wanted)", size);
	size_t rounded = (size + 15) & ~(size_t)15;
	if (arena->head == NULL || arena->head->size - arena->head->used < rounded)
		add_block(arena, rounded);
	void *memory = arena->head->data + arena->head->used;
	arena->head->used += rounded;
	arena->used += rounded;
	return memory;
}

char *arena_copy(struct arena *arena, const char *data, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);
	if (length > 0)
		memcpy(copy, data, length);
	copy[length] = '\0';
	return copy;
}
