/* format: a field and a value as query text, quoted so that parsing gives the same value back and a prompt can hold it. */
#include "raretrail/query.h"

void query_format_term(struct buf *out, enum event_field field, struct slice value)
{
	if (!value.data) {
		buf_printf(out, "not %s: *", event_fields[field].name);
		return;
	}
	buf_printf(out, "%s: \"", event_fields[field].name);
	for (size_t i = 0; i < value.length;) {
		uint32_t c;
		size_t bytes = utf8_decode(value.data + i, value.length - i, &c);
		if (bytes == 0)
			buf_printf(out, "\\x%02x", (unsigned char)value.data[i]);
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (int)c);
		else if (c == '\n' || c == '\t' || c == '\r')
			buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, value.data + i, bytes);
		i += bytes ? bytes : 1;
	}
	buf_add_char(out, '"');
}
