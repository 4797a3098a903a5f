/* lists: what an entry of a list parameter matches: LIKE patterns over a text, CIDR blocks over an address. */
#include "parts.h"

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
