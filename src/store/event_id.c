/* event_id: an eventID in 16 bytes. Nearly all are lower-case UUIDs, which 16 bytes hold exactly; every other text is
 * kept beside and numbered. So ids are compared exactly and cost no string each. */
#include "store_parts.h"

#include <endian.h>

static uint64_t load_8(const char *text)
{
	uint64_t word;
	memcpy(&word, text, sizeof(word));
	return le64toh(word);
}

static uint64_t load_4_4(const char *first, const char *second)
{
	uint32_t low, high;
	memcpy(&low, first, sizeof(low));
	memcpy(&high, second, sizeof(high));
	return (uint64_t)le32toh(high) << 32 | le32toh(low);
}

/* Eight lower-case hex digits, all bytes at once. A letter has bit 6 set; value + 6 reaches 16 for letters only. */
static uint32_t decode_hex(uint64_t text, uint64_t *bad)
{
	uint64_t letter = (text >> 6) & EACH_BYTE(1);
	uint64_t value = (text & EACH_BYTE(0x0F)) + letter * 9;
	*bad |= (text & EACH_BYTE(0xF0)) ^ (EACH_BYTE(0x30) + letter * 0x30);
	*bad |= (((value + EACH_BYTE(6)) >> 4) & EACH_BYTE(1)) ^ letter;
	*bad |= value & EACH_BYTE(0xF0);
	value = (value << 4 | value >> 8) & UINT64_C(0x00FF00FF00FF00FF);
	value = (value | value >> 8) & UINT64_C(0x0000FFFF0000FFFF);
	return __builtin_bswap32((uint32_t)(value | value >> 16));
}

void event_id_pack(struct slice id, uint64_t *high, uint64_t *low)
{
	*high = ODD_ID;
	*low = 0;
	if (id.length != EVENT_ID_TEXT)
		return;
	const char *text = id.data;
	uint64_t bad = (uint64_t)((text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-'));
	uint64_t a = decode_hex(load_8(text), &bad);
	uint64_t b = decode_hex(load_4_4(text + 9, text + 14), &bad);
	uint64_t c = decode_hex(load_4_4(text + 19, text + 24), &bad);
	uint64_t d = decode_hex(load_8(text + 28), &bad);
	if (bad != 0 || (a << 32 | b) == ODD_ID)
		return;
	*high = a << 32 | b;
	*low = c << 32 | d;
}

void event_id_unpack(uint64_t high, uint64_t low, char out[EVENT_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0, at = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			out[at++] = '-';
		uint64_t half = i < 16 ? high : low;
		out[at++] = digits[half >> (60 - 4 * (i % 16)) & 15];
	}
}

uint64_t event_id_key(struct slice id)
{
	unsigned char bytes[8] = {0};
	if (id.length > 0)
		memcpy(bytes, id.data, id.length < sizeof(bytes) ? id.length : sizeof(bytes));
	uint64_t key;
	memcpy(&key, bytes, sizeof(key));
	return be64toh(key);
}
