/* scan_avx512: the scanner for x86-64 machines with AVX-512BW, 64 bytes at a time, comparisons straight into bits. */
#include "scan.h"

#if defined(__AVX512BW__) && defined(__AVX512VL__)

#include <immintrin.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct block_bits {
	uint64_t quote, backslash, open, close, newline, delimiter;
};

static inline uint64_t equals(__m512i value, char wanted)
{
	return _mm512_cmpeq_epi8_mask(value, _mm512_set1_epi8(wanted));
}

/* Set where a byte is one of , : ] } or white space: each such byte's two nibbles share a bit in the two tables. */
static inline uint64_t delimiters(__m512i value)
{
	const __m512i low_table = _mm512_broadcast_i32x4(_mm_setr_epi8(2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0, 2, 9, 0, 0));
	const __m512i high_table =
		_mm512_broadcast_i32x4(_mm_setr_epi8(1, 0, 2, 4, 0, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0));
	__m512i high = _mm512_and_si512(_mm512_srli_epi16(value, 4), _mm512_set1_epi8(15));
	return _mm512_test_epi8_mask(_mm512_shuffle_epi8(low_table, value), _mm512_shuffle_epi8(high_table, high));
}

static inline struct block_bits classify_block(const char *text)
{
	__m512i value = _mm512_loadu_si512(text);
	__m512i folded = _mm512_or_si512(value, _mm512_set1_epi8(0x20));
	return (struct block_bits){
		.quote = equals(value, '"'),
		.backslash = equals(value, '\\'),
		.open = equals(folded, '{'),
		.close = equals(folded, '}'),
		.newline = equals(value, '\n'),
		.delimiter = delimiters(value),
	};
}

static inline __m256i load_half(const char *text)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

static inline bool matches_pattern(const char *text, const struct scan_pattern *pattern)
{
	return _mm256_mask_cmpneq_epi8_mask(pattern->mask, load_half(text), load_half(pattern->text)) == 0;
}

static inline void copy_short(char *to, const char *from, size_t length)
{
	_mm256_storeu_si256((__m256i *)(void *)to, load_half(from));
	for (size_t done = 32; done < length; done += 32)
		_mm256_storeu_si256((__m256i *)(void *)(to + done), load_half(from + done));
}

/* Where "serN" or \u begins, in 32 bytes. */
static inline __m256i user_marks(const char *text)
{
	__m256i first = load_half(text);
	__m256i name = _mm256_and_si256(_mm256_and_si256(_mm256_cmpeq_epi8(first, _mm256_set1_epi8('s')),
						_mm256_cmpeq_epi8(load_half(text + 2), _mm256_set1_epi8('r'))),
		_mm256_cmpeq_epi8(load_half(text + 3), _mm256_set1_epi8('N')));
	__m256i escape = _mm256_and_si256(_mm256_cmpeq_epi8(first, _mm256_set1_epi8('\\')),
		_mm256_cmpeq_epi8(load_half(text + 1), _mm256_set1_epi8('u')));
	return _mm256_or_si256(name, escape);
}

#define SCAN_RUN scan_run_avx512
#include "scan_vector.h"
#include "scan_body.h"

#else
enum scan_stop scan_run_avx512(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return scan_run_portable(scanner, mode, limit);
}
#endif
