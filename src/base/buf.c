/* buf: a growing string. */
#include "raretrail/base.h"

#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = BUF_EMPTY;
}

void buf_reserve(struct buf *buf, size_t more)
{
	size_t need;
	if (__builtin_add_overflow(buf->length, more, &need) || need == SIZE_MAX)
		base_abort("out of memory (a string of %zu bytes wanted)", more);
	buf->data = array_grow(buf->data, &buf->capacity, need + 1, 1);
	buf->data[buf->length] = '\0';
}

void buf_add(struct buf *buf, const char *data, size_t length)
{
	buf_reserve(buf, length);
	if (length > 0)
		memcpy(buf->data + buf->length, data, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		base_abort("a text could not be formatted");
	buf_reserve(buf, (size_t)length);
	vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
	va_end(again);
	buf->length += (size_t)length;
}
