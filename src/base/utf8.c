/* utf8: strict decoding (no overlong forms, no surrogates, nothing above U+10FFFF), encoding, width in cells. */
#include "raretrail/base.h"

#include <utf8proc.h>

size_t utf8_decode(const char *text, size_t length, uint32_t *code_point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	if (length == 0)
		return 0;
	if (bytes[0] < 0x80) {
		*code_point = bytes[0];
		return 1;
	}
	size_t size = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
	if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length < size)
		return 0;
	uint32_t value = bytes[0] & (0xFFu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3Fu);
	}
	if ((size == 3 && value < 0x800) || (size == 4 && value < 0x10000) || value > 0x10FFFF ||
		(value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*code_point = value;
	return size;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point, (utf8proc_uint8_t *)out);
}

int utf8_width(uint32_t code_point)
{
	return utf8proc_charwidth((utf8proc_int32_t)code_point);
}
