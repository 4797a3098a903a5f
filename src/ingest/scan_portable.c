/* scan_portable: the scanner for any machine, eight bytes at a time in ordinary registers. */
#include "scan.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

struct block_bits {
	uint64_t quote, backslash, bracket, newline, delimiter;
};

static inline uint64_t load_word(const char *text)
{
	uint64_t word;
	memcpy(&word, text, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* The high bit of every byte that equals the wanted one. */
static inline uint64_t equal_bytes(uint64_t word, uint8_t wanted)
{
	uint64_t difference = word ^ EACH(wanted);
	return ~(((difference & EACH(0x7F)) + EACH(0x7F)) | difference | EACH(0x7F));
}

/* The eight high bits, side by side. */
static inline uint64_t gather(uint64_t high_bits)
{
	return (high_bits >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline struct block_bits classify_block(const char *text)
{
	struct block_bits bits = {0};
	for (unsigned i = 0; i < 8; i++) {
		uint64_t word = load_word(text + i * 8);
		uint64_t folded = word | EACH(0x20);
		uint64_t close = equal_bytes(folded, '}'), newline = equal_bytes(word, '\n');
		uint64_t delimiter = close | newline | equal_bytes(word, ',') | equal_bytes(word, ':') |
				     equal_bytes(word, ' ') | equal_bytes(word, '\r') | equal_bytes(word, '\t');
		bits.quote |= gather(equal_bytes(word, '"')) << i * 8;
		bits.backslash |= gather(equal_bytes(word, '\\')) << i * 8;
		bits.bracket |= gather(close | equal_bytes(folded, '{')) << i * 8;
		bits.newline |= gather(newline) << i * 8;
		bits.delimiter |= gather(delimiter) << i * 8;
	}
	return bits;
}

static inline bool matches_pattern(const char *text, const struct scan_pattern *pattern)
{
	uint64_t difference = 0;
	for (unsigned i = 0; i < SCAN_PATTERN_SIZE; i += 8) {
		uint64_t bytes = pattern->length >= i + 8 ? UINT64_MAX
				 : pattern->length > i    ? (UINT64_C(1) << (pattern->length - i) * 8) - 1
							  : 0;
		difference |= (load_word(text + i) ^ load_word(pattern->text + i)) & bytes;
	}
	return difference == 0;
}

#define SCAN_RUN scan_run_portable
#include "scan_plain.h"
#include "scan_body.h"
