/* scan_sse2: the scanner for any x86-64 machine, 16 bytes at a time. */
#include "scan.h"

#if defined(__SSE2__)

#include <emmintrin.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct block_bits {
	uint64_t quote, backslash, bracket, newline, delimiter;
};

static inline __m128i load_16(const char *text)
{
	return _mm_loadu_si128((const __m128i *)(const void *)text);
}

static inline __m128i equals(__m128i value, char wanted)
{
	return _mm_cmpeq_epi8(value, _mm_set1_epi8(wanted));
}

static inline uint64_t bits_of(__m128i bytes)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(bytes);
}

static inline struct block_bits classify_block(const char *text)
{
	struct block_bits bits = {0};
	for (unsigned at = 0; at < 64; at += 16) {
		__m128i value = load_16(text + at);
		__m128i folded = _mm_or_si128(value, _mm_set1_epi8(0x20));
		__m128i close = equals(folded, '}'), newline = equals(value, '\n');
		__m128i space = _mm_or_si128(_mm_or_si128(newline, equals(value, ' ')),
			_mm_or_si128(equals(value, '\r'), equals(value, '\t')));
		__m128i delimiter =
			_mm_or_si128(_mm_or_si128(close, space), _mm_or_si128(equals(value, ','), equals(value, ':')));
		bits.quote |= bits_of(equals(value, '"')) << at;
		bits.backslash |= bits_of(equals(value, '\\')) << at;
		bits.bracket |= bits_of(_mm_or_si128(close, equals(folded, '{'))) << at;
		bits.newline |= bits_of(newline) << at;
		bits.delimiter |= bits_of(delimiter) << at;
	}
	return bits;
}

static inline bool matches_pattern(const char *text, const struct scan_pattern *pattern)
{
	uint64_t low = bits_of(_mm_cmpeq_epi8(load_16(text), load_16(pattern->text)));
	uint64_t high = bits_of(_mm_cmpeq_epi8(load_16(text + 16), load_16(pattern->text + 16)));
	return (~(high << 16 | low) & pattern->mask) == 0;
}

#define SCAN_RUN scan_run_sse2
#include "scan_plain.h"
#include "scan_body.h"

#else
enum scan_stop scan_run_sse2(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return scan_run_portable(scanner, mode, limit);
}
#endif
