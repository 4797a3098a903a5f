/* content_wide: the hash of a record on wide AES instructions, 256 bytes at a time: sixteen lanes of 16 bytes. Two rounds
 * part what enters a lane from what enters it next, so that one change never undoes another by a few bits. */
#include "content.h"

#if defined(__AVX512BW__) && defined(__VAES__)

#include <immintrin.h>

static inline __m512i seed(long long number)
{
	const __m512i digits = _mm512_set_epi64(0x243F6A8885A308D3, 0x13198A2E03707344, 0x4A4093822299F31D,
		0x082EFA98EC4E6C89, 0x452821E638D01377, 0x3E5466CF34E90C6C, 0x40AC29B7C97C50DD, 0x3F84D5B5B5470917);
	return _mm512_add_epi64(digits, _mm512_set1_epi64(number));
}

static inline __m512i enter(__m512i lanes, __m512i text)
{
	return _mm512_aesenc_epi128(_mm512_aesenc_epi128(lanes, text), seed(0));
}

static inline __m512i load_up_to(const char *text, size_t length)
{
	return _mm512_maskz_loadu_epi8(length < 64 ? ((uint64_t)1 << length) - 1 : UINT64_MAX, text);
}

static inline size_t beyond(size_t length, size_t places)
{
	return length > places ? length - places : 0;
}

uint64_t content_hash_wide(const char *text, size_t length)
{
	__m512i a = seed((long long)length), b = seed(1), c = seed(2), d = seed(3);
	for (; length >= 256; text += 256, length -= 256) {
		a = enter(a, _mm512_loadu_si512(text));
		b = enter(b, _mm512_loadu_si512(text + 64));
		c = enter(c, _mm512_loadu_si512(text + 128));
		d = enter(d, _mm512_loadu_si512(text + 192));
	}
	a = enter(a, load_up_to(text, length));
	b = enter(b, load_up_to(text + 64, beyond(length, 64)));
	c = enter(c, load_up_to(text + 128, beyond(length, 128)));
	d = enter(d, load_up_to(text + 192, beyond(length, 192)));
	a = enter(enter(a, b), enter(c, d));
	__m256i half = _mm256_aesenc_epi128(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
	half = _mm256_aesenc_epi128(half, _mm512_castsi512_si256(seed(0)));
	__m128i lane = _mm_aesenc_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
	const __m128i last = _mm512_castsi512_si128(seed(4));
	lane = _mm_aesenc_si128(_mm_aesenc_si128(_mm_aesenc_si128(lane, last), last), last);
	return (uint64_t)_mm_cvtsi128_si64(lane);
}

#else

/* Never asked: content.c looks at the machine. */
uint64_t content_hash_wide(const char *text, size_t length)
{
	return (void)text, length;
}

#endif
