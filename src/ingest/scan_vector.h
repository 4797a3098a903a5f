/* scan_vector: what the x86 variants of the scanner share beside its body. */
#ifndef RARETRAIL_INGEST_SCAN_VECTOR_H
#define RARETRAIL_INGEST_SCAN_VECTOR_H

/* Each bit becomes the parity of itself and all below: a carry-less product with all ones. */
static inline uint64_t prefix_xor(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

static inline uint64_t hash_key(const void *data, size_t length)
{
	return XXH3_64bits(data, length);
}

/* May the text hold a key userName or newUserName? True also for escapes that could spell one. */
static inline bool may_name_user(const char *text, size_t length)
{
	for (size_t at = 0; at < length; at += 32) {
		uint32_t marks = (uint32_t)_mm256_movemask_epi8(user_marks(text + at));
		if (__builtin_expect(marks != 0, 0) &&
			(at + 32 <= length || (marks & ((1u << (length - at)) - 1)) != 0))
			return true;
	}
	return false;
}

#endif
