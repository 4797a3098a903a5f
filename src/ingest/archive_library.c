/* archive_library: see archive_library.h. Once loaded it stays. */
#include "archive_library.h"

#include <dlfcn.h>
#include <pthread.h>

/* Of every libarchive 3. */
#define LIBRARY "libarchive.so.13"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct archive_library library;
static bool is_loaded;

static void load(void)
{
	static const char *const names[] = {
#define X(name) #name,
		ARCHIVE_CALLS(X)
#undef X
	};
	void *calls[COUNT_OF(names)];
	_Static_assert(sizeof(calls) == sizeof(library), "a call is a pointer");
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if ((calls[i] = dlsym(handle, names[i])) == NULL)
			return;
	memcpy(&library, calls, sizeof(library));
	is_loaded = true;
}

const struct archive_library *archive_library(struct err *err)
{
	pthread_once(&once, load);
	if (is_loaded)
		return &library;
	err_set(err, ERR_IO, "cannot be unpacked: " LIBRARY " is missing; install libarchive");
	return NULL;
}
