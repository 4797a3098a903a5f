/* Bytes from a terminal: whatever comes, decoding goes on, takes no more than there is, and leaves nothing undecided
 * once time is up. */
#include "../../src/tui/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[UI_KEY_TEXT_SIZE];
	for (size_t at = 0; at < size;) {
		struct ui_event event = {0};
		size_t left = size - at, used = key_decode(data + at, left, false, &event);
		if (used == 0) { /* wants more: with time up it must decide, and not before it has everything */
			used = key_decode(data + at, left, true, &event);
			if (used == 0)
				abort();
		}
		if (used > left)
			abort();
		if (event.type == UI_EVENT_MOUSE && (event.x < 0 || event.y < 0))
			abort();
		if (event.type == UI_EVENT_KEY && event.key != UI_NO_KEY) {
			ui_key_format(event.key, text);
			if (strlen(text) == 0)
				abort();
		}
		at += used;
	}
	return 0;
}
