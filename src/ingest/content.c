/* content: which hash a record's bytes get. Both readers ask here, so that they agree on every machine. Where the processor
 * has them, wide AES instructions take 256 bytes at a time: sixteen lanes of 16 bytes. Two rounds part what enters a lane
 * from what enters it next, so that one change never undoes another by a few bits. */
#include "content.h"

#include "raretrail/base.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

#define WIDE __attribute__((target("avx512f,avx512bw,vaes,aes")))

WIDE static inline __m512i seed(long long number)
{
	const __m512i digits = _mm512_set_epi64(0x243F6A8885A308D3, 0x13198A2E03707344, 0x4A4093822299F31D,
		0x082EFA98EC4E6C89, 0x452821E638D01377, 0x3E5466CF34E90C6C, 0x40AC29B7C97C50DD, 0x3F84D5B5B5470917);
	return _mm512_add_epi64(digits, _mm512_set1_epi64(number));
}

WIDE static inline __m512i enter(__m512i lanes, __m512i text)
{
	return _mm512_aesenc_epi128(_mm512_aesenc_epi128(lanes, text), seed(0));
}

WIDE static inline __m512i load_up_to(const char *text, size_t length)
{
	return _mm512_maskz_loadu_epi8(length < 64 ? ((uint64_t)1 << length) - 1 : UINT64_MAX, text);
}

WIDE static inline size_t beyond(size_t length, size_t places)
{
	return length > places ? length - places : 0;
}

WIDE static uint64_t hash_wide(const char *text, size_t length)
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

/* Not every compiler knows wide AES by name: bit 9 of ECX in leaf 7 (Intel's manual, CPUID). */
static bool has_wide_aes(void)
{
	unsigned a, b, c, d;
	return __builtin_cpu_supports("avx512bw") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 9 & 1) != 0;
}

uint64_t content_hash(const char *text, size_t length)
{
	enum { UNKNOWN, PLAIN, BY_WIDE_AES };
	static atomic_int known; /* the machine is asked once: to ask takes long; the answer is always the same */
	int way = atomic_load_explicit(&known, memory_order_relaxed);
	if (__builtin_expect(way == UNKNOWN, 0)) {
		way = has_wide_aes() ? BY_WIDE_AES : PLAIN;
		atomic_store_explicit(&known, way, memory_order_relaxed);
	}
	return way == BY_WIDE_AES ? hash_wide(text, length) : hash_bytes(text, length);
}

#else
uint64_t content_hash(const char *text, size_t length)
{
	return hash_bytes(text, length);
}
#endif
