/* scan_avx512: the scanner for x86-64 machines with AVX-512 (BW, VL, VBMI2), 64 bytes at a time, comparisons straight into bits. */
#include "scan.h"

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VBMI2__)

#include <immintrin.h>

struct block_bits {
	uint64_t quote, backslash, bracket, newline;
	__m512i classes;
};

static inline uint64_t equals(__m512i value, char wanted)
{
	return _mm512_cmpeq_epi8_mask(value, _mm512_set1_epi8(wanted));
}

/* What a byte is, one bit: its two nibbles share one in the two tables. 1: an opening bracket; the delimiters are above:
 * 2, 4, 16: a space or comma, a colon, other white space; 8: a closing bracket. */
static inline __m512i classes_of(__m512i value)
{
	const __m512i low_table =
		_mm512_broadcast_i32x4(_mm_setr_epi8(2, 0, 0, 0, 0, 0, 0, 0, 0, 16, 20, 1, 2, 24, 0, 0));
	const __m512i high_table =
		_mm512_broadcast_i32x4(_mm_setr_epi8(16, 0, 2, 4, 0, 9, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0));
	__m512i high = _mm512_and_si512(_mm512_srli_epi16(value, 4), _mm512_set1_epi8(15));
	return _mm512_and_si512(_mm512_shuffle_epi8(low_table, value), _mm512_shuffle_epi8(high_table, high));
}

static inline struct block_bits classify_block(const char *text)
{
	__m512i value = _mm512_loadu_si512(text);
	__m512i classes = classes_of(value);
	return (struct block_bits){
		.quote = equals(value, '"'),
		.backslash = equals(value, '\\'),
		.bracket = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(9)),
		.newline = equals(value, '\n'),
		.classes = classes,
	};
}

/* Bytes behind strings that are no delimiters: the least class of all that stand behind one. */
struct strays {
	__m512i least;
};
#define NO_STRAYS ((struct strays){_mm512_set1_epi8(-1)})

static inline void look_behind(struct strays *strays, const struct block_bits *bits, uint64_t behind)
{
	strays->least = _mm512_mask_min_epu8(strays->least, behind, strays->least, bits->classes);
}

static inline bool has_strays(const struct strays *strays)
{
	return _mm512_cmplt_epu8_mask(strays->least, _mm512_set1_epi8(2)) != 0;
}

static inline __m256i load_half(const char *text)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

static inline bool matches_pattern(const char *text, const struct scan_pattern *pattern)
{
	return _mm256_mask_cmpneq_epi8_mask(pattern->mask, load_half(text), load_half(pattern->text)) == 0;
}

static inline bool same_bytes(const char *one, const char *other, size_t length)
{
	for (; length > 64; length -= 64, one += 64, other += 64)
		if (_mm512_cmpneq_epi8_mask(_mm512_loadu_si512(one), _mm512_loadu_si512(other)) != 0)
			return false;
	__mmask64 kept = _bzhi_u64(UINT64_MAX, (unsigned)length);
	return _mm512_mask_cmpneq_epi8_mask(kept, _mm512_loadu_si512(one), _mm512_loadu_si512(other)) == 0;
}

static inline void copy_short(char *to, const char *from, size_t length)
{
	_mm256_storeu_si256((__m256i *)(void *)to, load_half(from));
	for (size_t done = 32; done < length; done += 32)
		_mm256_storeu_si256((__m256i *)(void *)(to + done), load_half(from + done));
}

/* May the text hold a key userName or newUserName? True also for escapes that could spell one. Looks for "serN" (without
 * its e) and \\u. */
static inline bool may_name_user(const char *text, size_t length)
{
	for (size_t at = 0; at < length; at += 64) {
		__m512i first = _mm512_loadu_si512(text + at);
		uint64_t name = equals(first, 's') & equals(_mm512_loadu_si512(text + at + 2), 'r') &
				equals(_mm512_loadu_si512(text + at + 3), 'N');
		uint64_t escape = equals(first, '\\') & equals(_mm512_loadu_si512(text + at + 1), 'u');
		uint64_t kept = length - at < 64 ? _bzhi_u64(UINT64_MAX, (unsigned)(length - at)) : UINT64_MAX;
		if (__builtin_expect(((name | escape) & kept) != 0, 0))
			return true;
	}
	return false;
}

#define SCAN_RUN scan_run_avx512
#include "scan_vector.h"

/* Notes the places of the set bits: eight always, so that no branch depends on how many there are. */
static inline void note_places(size_t *next, uint64_t bits, size_t at)
{
	static const char numbers[64] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
		48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
	__m512i set = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(numbers));
	__m512i places = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(set));
	_mm512_storeu_si512(next, _mm512_add_epi64(places, _mm512_set1_epi64((long long)at)));
	if (__builtin_expect(__builtin_popcountll(bits) > 8, 0)) {
		for (unsigned i = 0; i < 8; i++)
			bits &= bits - 1;
		for (next += 8; bits != 0; bits &= bits - 1)
			*next++ = at + lowest_bit(bits);
	}
}

#include "scan_body.h"

#else
enum scan_stop scan_run_avx512(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return scan_run_portable(scanner, mode, limit);
}
#endif
