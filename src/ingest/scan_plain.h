/* scan_plain: what the variants of the scanner without AVX share beside its body. */
#ifndef RARETRAIL_INGEST_SCAN_PLAIN_H
#define RARETRAIL_INGEST_SCAN_PLAIN_H

static inline uint64_t prefix_xor(uint64_t bits)
{
	for (unsigned shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static inline uint64_t hash_key(const char *key, size_t length)
{
	return XXH3_64bits(key, length);
}

/* The number of the lowest bit that is set; any number without one. */
static inline size_t lowest_bit(uint64_t bits)
{
	return (size_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
}

#include "scan_places.h"

/* The store reads ids fast enough. */
static inline bool read_uuid(const char *text, uint64_t *high, uint64_t *low)
{
	(void)text, (void)high, (void)low;
	return false;
}

static inline bool same_bytes(const char *one, const char *other, size_t length)
{
	return memcmp(one, other, length) == 0;
}

static inline void copy_short(char *to, const char *from, size_t length)
{
	memcpy(to, from, length);
}

/* May the text hold a key userName or newUserName? True also for escapes that could spell one. */
static inline bool may_name_user(const char *text, size_t length)
{
	if (memmem(text, length, "serName\"", 8) != NULL)
		return true;
	for (const char *end = text + length; (text = memchr(text, '\\', (size_t)(end - text))) != NULL; text += 2) {
		if (text + 1 >= end || text[1] == 'u')
			return true;
		if (text + 2 >= end)
			return false;
	}
	return false;
}

#endif
