/* memory: allocation that cannot fail quietly, growing arrays, and the arena. */
#include "raretrail/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CACHE_LINE ((size_t)64)

static void (*abort_hook)(void);

void base_on_abort(void (*hook)(void))
{
	abort_hook = hook;
}

void base_before_end(void)
{
	if (abort_hook != NULL)
		abort_hook();
}

void base_abort(const char *format, ...)
{
	base_before_end();
	va_list args;
	va_start(args, format);
	fputs("raretrail: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

static void *checked(void *memory, size_t size)
{
	if (memory == NULL)
		base_abort("out of memory (%zu bytes wanted)", size);
	return memory;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1), size);
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *xrealloc(void *old, size_t size)
{
	return checked(realloc(old, size ? size : 1), size);
}

static size_t bytes_of(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		base_abort("out of memory (%zu items of %zu bytes wanted)", count, size);
	return bytes;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return xrealloc(old, bytes_of(count, size));
}

size_t huge_pages_size(size_t size, size_t unit)
{
	if (size % HUGE_PAGE > HUGE_PAGE / 2)
		unit = HUGE_PAGE;
	return (size + unit - 1) / unit * unit;
}

void *xmalloc_large(size_t size)
{
	/* A huge page costs as much as a hundred small ones: it is worth it where the greater part is used. */
	bool is_huge = size > HUGE_PAGE / 8 * 5;
	size_t kept = is_huge ? huge_pages_size(size, CACHE_LINE) : size;
	void *block = NULL;
	if (posix_memalign(&block, is_huge ? HUGE_PAGE : CACHE_LINE, kept ? kept : 1) != 0)
		base_abort("out of memory (%zu bytes wanted)", size);
	if (is_huge)
		(void)madvise(block, kept, MADV_HUGEPAGE); /* a wish */
	return block;
}

void *xcalloc_large(size_t count, size_t size)
{
	size_t bytes = bytes_of(count, size);
	void *block = xmalloc_large(bytes);
	explicit_bzero(block, bytes); /* a compiler makes calloc of malloc and memset */
	return block;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(xmalloc(size), text, size);
}

char *xvasprintf(const char *format, va_list arguments)
{
	char *text;
	if (vasprintf(&text, format, arguments) < 0)
		base_abort("out of memory (formatting)");
	return text;
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = xvasprintf(format, arguments);
	va_end(arguments);
	return text;
}

void *array_grow(void *items, size_t *capacity, size_t need, size_t item_size)
{
	if (need <= *capacity)
		return items;
	size_t wanted = *capacity + *capacity / 2;
	if (wanted < need)
		wanted = need;
	if (wanted < 8)
		wanted = 8;
	items = xreallocarray(items, wanted, item_size);
	*capacity = wanted;
	return items;
}
