/* scan_vector: what the AVX variants of the scanner share beside its body. */
#ifndef RARETRAIL_INGEST_SCAN_VECTOR_H
#define RARETRAIL_INGEST_SCAN_VECTOR_H

/* Each bit becomes the parity of itself and all below: a carry-less product with all ones. */
static inline uint64_t prefix_xor(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

/* The number of the lowest bit that is set, 64 without one. */
static inline size_t lowest_bit(uint64_t bits)
{
	return (size_t)_tzcnt_u64(bits);
}

static inline __m128i load_16(const char *text)
{
	return _mm_loadu_si128((const __m128i *)(const void *)text);
}

/* Four lanes of AES rounds over 64 bytes at a time. For tables of one run: what it gives means nothing elsewhere. Reads up
 * to 64 bytes behind the key. */
static inline uint64_t hash_key(const char *key, size_t length)
{
	static const char ones_then_zeros[128] = {[0 ... 63] = -1};
	const __m128i seed = _mm_set_epi64x(0x243F6A8885A308D3, 0x13198A2E03707344);
	__m128i a = _mm_xor_si128(seed, _mm_set1_epi64x((long long)length)), b = seed, c = seed, d = seed;
	size_t left = length;
	for (; left > 64; left -= 64, key += 64) {
		a = _mm_aesenc_si128(a, load_16(key));
		b = _mm_aesenc_si128(b, load_16(key + 16));
		c = _mm_aesenc_si128(c, load_16(key + 32));
		d = _mm_aesenc_si128(d, load_16(key + 48));
	}
	const char *keep = ones_then_zeros + 64 - left;
	a = _mm_aesenc_si128(a, _mm_and_si128(load_16(key), load_16(keep)));
	b = _mm_aesenc_si128(b, _mm_and_si128(load_16(key + 16), load_16(keep + 16)));
	c = _mm_aesenc_si128(c, _mm_and_si128(load_16(key + 32), load_16(keep + 32)));
	d = _mm_aesenc_si128(d, _mm_and_si128(load_16(key + 48), load_16(keep + 48)));
	a = _mm_aesenc_si128(_mm_aesenc_si128(a, seed), b);
	c = _mm_aesenc_si128(_mm_aesenc_si128(c, seed), d);
	a = _mm_aesenc_si128(_mm_aesenc_si128(_mm_aesenc_si128(a, c), seed), seed);
	return (uint64_t)_mm_cvtsi128_si64(a);
}

/* 36 characters as a lower-case UUID, in two halves; false when they are none. */
static inline bool read_uuid(const char *text, uint64_t *high, uint64_t *low)
{
	const char no = -1;
	const __m128i dashes = _mm_cmpeq_epi8(load_16(text + 8), _mm_set1_epi8('-'));
	/* The digits side by side: the last ones of each half stand beyond 16 bytes. */
	__m128i first =
		_mm_shuffle_epi8(load_16(text), _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, no, no));
	first = _mm_blend_epi16(first, load_16(text + 2), 0x80);
	__m128i second = _mm_shuffle_epi8(
		load_16(text + 19), _mm_setr_epi8(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, no));
	second = _mm_blendv_epi8(
		second, load_16(text + 20), _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, no));
	__m256i digits = _mm256_set_m128i(second, first);
	__m256i number = _mm256_sub_epi8(digits, _mm256_set1_epi8('0'));
	__m256i letter = _mm256_sub_epi8(digits, _mm256_set1_epi8('a'));
	__m256i is_number = _mm256_cmpeq_epi8(_mm256_min_epu8(number, _mm256_set1_epi8(9)), number);
	__m256i is_letter = _mm256_cmpeq_epi8(_mm256_min_epu8(letter, _mm256_set1_epi8(5)), letter);
	__m256i value = _mm256_blendv_epi8(_mm256_add_epi8(letter, _mm256_set1_epi8(10)), number, is_number);
	__m256i bytes = _mm256_maddubs_epi16(value, _mm256_set1_epi16(0x0110)); /* two digits are a byte */
	bytes = _mm256_packus_epi16(bytes, bytes);
	*high = __builtin_bswap64((uint64_t)_mm256_extract_epi64(bytes, 0));
	*low = __builtin_bswap64((uint64_t)_mm256_extract_epi64(bytes, 2));
	return _mm256_movemask_epi8(_mm256_or_si256(is_number, is_letter)) == -1 &&
	       (_mm_movemask_epi8(dashes) & 0x8421) == 0x8421 && *high != UINT64_MAX;
}

#endif
