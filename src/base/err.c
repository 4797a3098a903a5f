/* err: filling the caller's error. One line of text, never printed here. */
#include "raretrail/base.h"

#include <errno.h>
#include <stdio.h>

PRINTF_LIKE(3, 0)
static void set(struct err *err, enum err_code code, const char *format, va_list args)
{
	if (err == NULL)
		return;
	err->code = code;
	err->offset = 0;
	vsnprintf(err->text, sizeof(err->text), format, args);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, code, format, args);
	va_end(args);
	return -1;
}

int err_set_errno(struct err *err, const char *format, ...)
{
	int saved = errno;
	va_list args;
	va_start(args, format);
	set(err, ERR_IO, format, args);
	va_end(args);
	if (err != NULL) {
		size_t length = strlen(err->text);
		snprintf(err->text + length, sizeof(err->text) - length, ": %s", strerrordesc_np(saved));
	}
	return -1;
}
