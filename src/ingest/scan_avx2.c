/* scan_avx2: the scanner for x86-64 machines with AVX2, 32 bytes at a time. */
#include "scan.h"

#if defined(__AVX2__)

#include <immintrin.h>

struct block_bits {
	uint64_t quote, backslash, bracket, newline, delimiter;
};

static inline uint64_t bits_of(__m256i low, __m256i high)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

static inline __m256i load_half(const char *text)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

static inline __m256i equals(__m256i value, char wanted)
{
	return _mm256_cmpeq_epi8(value, _mm256_set1_epi8(wanted));
}

/* What a byte is, one bit: its two nibbles share one in the two tables. 1, 2, 4: white space, a comma, a colon; 8: a
 * closing bracket; 16: an opening one. */
static inline __m256i classes_of(__m256i value)
{
	const __m256i low_table = _mm256_setr_epi8(
		2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 16, 2, 9, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 16, 2, 9, 0, 0);
	const __m256i high_table = _mm256_setr_epi8(
		1, 0, 2, 4, 0, 24, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 4, 0, 24, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(value, 4), _mm256_set1_epi8(15));
	return _mm256_and_si256(_mm256_shuffle_epi8(low_table, value), _mm256_shuffle_epi8(high_table, high));
}

static inline __m256i is_bracket(__m256i classes)
{
	return _mm256_cmpgt_epi8(classes, _mm256_set1_epi8(7));
}

static inline __m256i is_no_delimiter(__m256i classes)
{
	return _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8(15)), _mm256_setzero_si256());
}

static inline struct block_bits classify_block(const char *text)
{
	__m256i low = load_half(text), high = load_half(text + 32);
	__m256i low_classes = classes_of(low), high_classes = classes_of(high);
	return (struct block_bits){
		.quote = bits_of(equals(low, '"'), equals(high, '"')),
		.backslash = bits_of(equals(low, '\\'), equals(high, '\\')),
		.bracket = bits_of(is_bracket(low_classes), is_bracket(high_classes)),
		.newline = bits_of(equals(low, '\n'), equals(high, '\n')),
		.delimiter = ~bits_of(is_no_delimiter(low_classes), is_no_delimiter(high_classes)),
	};
}

static inline bool matches_pattern(const char *text, const struct scan_pattern *pattern)
{
	__m256i same = _mm256_cmpeq_epi8(load_half(text), load_half(pattern->text));
	return (~(uint32_t)_mm256_movemask_epi8(same) & pattern->mask) == 0;
}

static inline bool same_bytes(const char *one, const char *other, size_t length)
{
	for (; length > 32; length -= 32, one += 32, other += 32)
		if (_mm256_movemask_epi8(_mm256_cmpeq_epi8(load_half(one), load_half(other))) != -1)
			return false;
	uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load_half(one), load_half(other)));
	return _bzhi_u32(~same, (unsigned)length) == 0;
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
	__m256i name = _mm256_and_si256(_mm256_and_si256(equals(first, 's'), equals(load_half(text + 2), 'r')),
		equals(load_half(text + 3), 'N'));
	__m256i escape = _mm256_and_si256(equals(first, '\\'), equals(load_half(text + 1), 'u'));
	return _mm256_or_si256(name, escape);
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

#define SCAN_RUN scan_run_avx2
#include "scan_vector.h"
#include "scan_places.h"
#include "scan_body.h"

#else
enum scan_stop scan_run_avx2(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return scan_run_portable(scanner, mode, limit);
}
#endif
