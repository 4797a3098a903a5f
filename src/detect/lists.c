/* lists: the entries of list parameters, and what they match: LIKE patterns over a text, CIDR blocks over an address. */
#include "parts.h"

#include <stdlib.h>

size_t string_list_index(const struct string_list *list, const char *text)
{
	size_t i = 0;
	while (i < list->count && strcmp(list->items[i], text) != 0)
		i++;
	return i;
}

void string_list_add(struct string_list *list, const char *text)
{
	if (string_list_index(list, text) < list->count)
		return;
	list->items = array_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = xstrdup(text);
}

void string_list_remove(struct string_list *list, size_t index)
{
	free(list->items[index]);
	list->count--;
	memmove(list->items + index, list->items + index + 1, (list->count - index) * sizeof *list->items);
}

void string_list_free(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct string_list){0};
}

void string_list_copy(struct string_list *to, const struct string_list *from)
{
	*to = (struct string_list){0};
	to->items = array_grow(NULL, &to->capacity, from->count, sizeof *to->items);
	for (; to->count < from->count; to->count++)
		to->items[to->count] = xstrdup(from->items[to->count]);
}

bool string_list_equal(const struct string_list *a, const struct string_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

/* ---- matching ---- */

bool list_like(const struct string_list *list, struct slice text)
{
	if (!text.data)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (slice_like(text, slice_of(list->items[i]), false))
			return true;
	return false;
}

struct cidr *list_blocks(const struct string_list *list, size_t *count)
{
	struct cidr *blocks = xcalloc(list->count + 1, sizeof *blocks);
	*count = 0;
	for (size_t i = 0; i < list->count; i++)
		if (cidr_parse(slice_of(list->items[i]), &blocks[*count], NULL) == 0)
			++*count;
	return blocks;
}

bool blocks_contain(const struct cidr *blocks, size_t count, const struct ip *ip)
{
	for (size_t i = 0; i < count; i++)
		if (cidr_contains(&blocks[i], ip))
			return true;
	return false;
}
