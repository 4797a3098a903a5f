/* checksum: see checksum.h. Where the processor multiplies four pairs of polynomials at once, a text is folded: 64 bytes
 * times what lies between them and the bytes farther on are added to those, which leaves the remainder what it was. The
 * 16 bytes that are left in the end, and every text on other processors, are libdeflate's. */
#include "checksum.h"

#include <libdeflate.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512vl,pclmul,vpclmulqdq")))
#define BLOCK ((size_t)64)
#define STEP (4 * BLOCK)

/* To move 16 bytes by so many bits: x^(bits + 32) mod P for their first half and x^(bits - 32) mod P for the second, where
 * P is the polynomial of the CRC; with the lowest power in the highest of 33 bits, as the CRC has its bits. */
#define BY_128_BITS 0x1751997d0, 0x0ccaa009e
#define BY_512_BITS 0x154442bd4, 0x1c6e41596
#define BY_2048_BITS 0x11542778a, 0x1322d1430

WIDE static inline __m512i by(long long first, long long second)
{
	return _mm512_broadcast_i32x4(_mm_set_epi64x(second, first));
}

WIDE static inline __m512i fold(__m512i value, __m512i by_bits, __m512i onto)
{
	__m512i first = _mm512_clmulepi64_epi128(value, by_bits, 0x00);
	__m512i second = _mm512_clmulepi64_epi128(value, by_bits, 0x11);
	return _mm512_ternarylogic_epi64(first, second, onto, 0x96); /* all three added */
}

WIDE static inline __m512i block_at(const char *data)
{
	return _mm512_loadu_si512(data);
}

/* `length` is at least a step. */
WIDE static uint32_t crc32_wide(const char *data, size_t length)
{
	const __m512i by_step = by(BY_2048_BITS), by_block = by(BY_512_BITS);
	__m512i a = block_at(data), b = block_at(data + BLOCK);
	__m512i c = block_at(data + 2 * BLOCK), d = block_at(data + 3 * BLOCK);
	a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128(-1)));
	for (data += STEP, length -= STEP; length >= STEP; data += STEP, length -= STEP) {
		a = fold(a, by_step, block_at(data));
		b = fold(b, by_step, block_at(data + BLOCK));
		c = fold(c, by_step, block_at(data + 2 * BLOCK));
		d = fold(d, by_step, block_at(data + 3 * BLOCK));
	}
	d = fold(fold(fold(a, by_block, b), by_block, c), by_block, d);
	__m128i lanes[4], left, by_lane = _mm512_castsi512_si128(by(BY_128_BITS));
	_mm512_storeu_si512(lanes, d);
	left = lanes[0];
	for (size_t i = 1; i < 4; i++)
		left = _mm_xor_si128(lanes[i], _mm_xor_si128(_mm_clmulepi64_si128(left, by_lane, 0x00),
						       _mm_clmulepi64_si128(left, by_lane, 0x11)));
	/* The library turns all bits of what it begins with, and again at the end: this way it begins with nothing. */
	return libdeflate_crc32(libdeflate_crc32(UINT32_MAX, &left, sizeof(left)), data, length);
}

static bool can_be_wide(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("vpclmulqdq");
}

uint32_t checksum_crc32(const char *data, size_t length)
{
	return length >= STEP && can_be_wide() ? crc32_wide(data, length) : libdeflate_crc32(0, data, length);
}

#else
uint32_t checksum_crc32(const char *data, size_t length)
{
	return libdeflate_crc32(0, data, length);
}
#endif
