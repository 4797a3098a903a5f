/* write: all of the bytes, however many calls the system makes of it. */
#include "raretrail/base.h"

#include <errno.h>
#include <unistd.h>

int write_whole(int file, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(file, data, length);
		if (wrote < 0 && errno != EINTR)
			return -1;
		if (wrote > 0) {
			data += wrote;
			length -= (size_t)wrote;
		}
	}
	return 0;
}
