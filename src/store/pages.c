/* pages: memory for columns. Large blocks come straight from the system in huge pages where it has them: a column is
 * filled once from end to end, and page by page that costs more than the filling. Growing moves pages, not bytes. */
#include "store_parts.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SMALL ((size_t)1 << 20)

static size_t mapped_size(size_t bytes)
{
	return huge_pages_size(bytes, (size_t)sysconf(_SC_PAGESIZE));
}

/* Where a huge page begins, so that there is room for as many as can be. */
static void *map(size_t bytes)
{
	size_t kept = mapped_size(bytes), reserved = kept + HUGE_PAGE;
	char *space = mmap(NULL, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED)
		base_abort("out of memory (%zu bytes wanted)", bytes);
	size_t before = (HUGE_PAGE - (uintptr_t)space % HUGE_PAGE) % HUGE_PAGE;
	char *block = space + before, *behind = block + kept;
	if (before > 0)
		munmap(space, before);
	if (behind < space + reserved)
		munmap(behind, (size_t)(space + reserved - behind));
	(void)madvise(block, kept, MADV_HUGEPAGE); /* a wish */
	return block;
}

void *pages_alloc(size_t bytes)
{
	return bytes < SMALL ? xmalloc(bytes) : map(bytes);
}

void pages_free(void *block, size_t bytes)
{
	if (block == NULL || bytes < SMALL)
		free(block);
	else
		munmap(block, mapped_size(bytes));
}

void *pages_resize(void *block, size_t old, size_t bytes)
{
	if (block == NULL)
		return pages_alloc(bytes);
	if (old < SMALL && bytes < SMALL)
		return xrealloc(block, bytes);
	if (old >= SMALL && bytes >= SMALL) {
		void *moved = mremap(block, mapped_size(old), mapped_size(bytes), MREMAP_MAYMOVE);
		if (moved == MAP_FAILED)
			base_abort("out of memory (%zu bytes wanted)", bytes);
		return moved;
	}
	void *copy = pages_alloc(bytes);
	memcpy(copy, block, old < bytes ? old : bytes);
	pages_free(block, old);
	return copy;
}
