/* Any text is either refused with a line, leaving the parameters as they were, or gives parameters that survive being
 * written and read again. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "raretrail/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct params params, before, again;
	struct err err = {0};
	params_init(&params);
	params_copy(&before, &params);
	if (params_read(&params, "profile", (struct slice){(const char *)data, size}, NULL, NULL, &err) != 0) {
		assert(strncmp(err.text, "profile:", strlen("profile:")) == 0);
		assert(params_equal(&params, &before));
	} else {
		struct buf text = BUF_EMPTY;
		params_write(&text, &params, false);
		params_init(&again);
		if (params_read(&again, "written", (struct slice){text.data, text.length}, NULL, NULL, &err) != 0)
			abort();
		assert(params_equal(&params, &again));
		params_free(&again);
		buf_free(&text);
	}
	params_free(&params);
	params_free(&before);
	return 0;
}
