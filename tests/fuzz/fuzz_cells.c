/* Text on its way to the terminal: nothing that could move a cursor is left, every byte has its flag, every character
 * its cell, and the C library agrees on the width of each. */
#include "../../src/tui/internal.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct ui *ui, struct slice text)
{
	struct buf shown = BUF_EMPTY, flags = BUF_EMPTY;
	buf_add_text(&shown, "");
	shown_text(ui, &shown, &flags, text);
	if (flags.length != shown.length)
		abort();
	size_t at = 0;
	int cells;
	for (size_t length; (length = cluster_next((struct slice){shown.data, shown.length}, at, &cells)) > 0;
		at += length)
		if (cells < 1 || cells > 2)
			abort();
	if (at != shown.length)
		abort();
	for (at = 0; at < shown.length;) {
		uint32_t c;
		size_t length = utf8_decode(shown.data + at, shown.length - at, &c);
		if (length == 0 || c < 0x20 || (c >= 0x7F && c < 0xA0) || (!ui->is_utf8 && c > 0x7E))
			abort();
		if (ui->is_utf8 && wcwidth((wchar_t)c) != utf8_width(c))
			abort();
		at += length;
	}
	buf_free(&shown);
	buf_free(&flags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool has_locale;
	if (!has_locale)
		has_locale = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	struct ui ui = {.is_utf8 = has_locale};
	struct slice text = {(const char *)data, size};
	check(&ui, text);
	ui.is_utf8 = false;
	check(&ui, text);
	return 0;
}
