/* scan_mark: the scanner's first pass, some kilobytes ahead of the second: from bytes to a bit for every quote, and to
 * the places of brackets and line ends, which are few. What the second pass left behind is dropped as it goes, so
 * the marks stay in the nearest cache, however long the text is. */
#ifndef RARETRAIL_INGEST_SCAN_MARK_H
#define RARETRAIL_INGEST_SCAN_MARK_H

#include "scan.h"

#include <stdlib.h>

#define MARK_STEP ((size_t)16384)
/* A record that begins with as much marked before it seldom needs more. */
#define MARK_AHEAD ((size_t)4096)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* What goes on from word to word. Kept apart from the scanner while marking, so that it stays in registers. */
struct marking {
	uint64_t string; /* all ones inside a string */
	uint64_t escape, after; /* bit 0: the next byte is escaped; stands behind a closing quote */
	uint64_t *quotes;
	size_t *place; /* the next to note */
	struct strays strays;
};

/* Bytes that a backslash before them takes the meaning from. A run of backslashes escapes every second byte from its
 * start; runs that start on an odd place are found by letting an addition carry through them. */
static inline uint64_t escaped_bytes(uint64_t backslash, uint64_t *carry)
{
	if (LIKELY(backslash == 0)) {
		uint64_t escaped = *carry;
		*carry = 0;
		return escaped;
	}
	const uint64_t even = UINT64_C(0x5555555555555555);
	backslash &= ~*carry;
	uint64_t follows = backslash << 1 | *carry;
	uint64_t odd_starts = backslash & ~even & ~follows;
	uint64_t runs;
	*carry = __builtin_add_overflow(odd_starts, backslash, &runs);
	return (even ^ (runs << 1)) & follows;
}

static inline __attribute__((always_inline)) void mark_word(
	struct marking *marking, const char *data, size_t at, uint64_t valid)
{
	struct block_bits bits = classify_block(data + at);
	uint64_t quote = bits.quote & ~escaped_bytes(bits.backslash & valid, &marking->escape) & valid;
	uint64_t inside = prefix_xor(quote) ^ marking->string; /* from an opening quote up to its closing one */
	marking->string = 0 - (inside >> 63);
	uint64_t closing = quote & ~inside;
	look_behind(&marking->strays, &bits, (closing << 1 | marking->after) & valid);
	marking->after = closing >> 63;
	*marking->quotes++ = quote;
	uint64_t places = ((bits.bracket & ~inside) | bits.newline) & valid;
	note_places(marking->place, places, at);
	marking->place += __builtin_popcountll(places);
}

/* The bytes of a word that are in the text. */
static inline uint64_t valid_bits(const struct scanner *scanner, size_t word)
{
	size_t left = scanner->length - word * 64;
	return left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
}

/* The first byte behind a string in the words from `word` on that is no delimiter; there is one. */
static __attribute__((noinline)) size_t find_stray(const struct scanner *scanner, size_t word)
{
	uint64_t string = scanner->carry_string, after = scanner->carry_after;
	for (;; word++) {
		uint64_t quote = scanner->quotes[word - scanner->base / 64];
		uint64_t inside = prefix_xor(quote) ^ string, closing = quote & ~inside;
		for (uint64_t behind = closing << 1 | after; behind != 0; behind &= behind - 1) {
			size_t at = word * 64 + lowest_bit(behind);
			if (at < scanner->length && memchr(" \t\n\r,:]}", scanner->data[at], 8) == NULL)
				return at;
		}
		string = 0 - (inside >> 63);
		after = closing >> 63;
	}
}

/* Marks on to at least `wanted` (or the end). Behind the last word stand quotes that no search passes. */
static __attribute__((noinline)) void mark_more(struct scanner *scanner, size_t wanted)
{
	size_t stop = scanner->marked + MARK_STEP;
	if (stop < wanted)
		stop = wanted;
	size_t words = (scanner->length + 63) / 64, last = (stop + 63) / 64;
	if (last > words)
		last = words;
	size_t word = scanner->marked / 64, first = scanner->base / 64;
	if (last - first + SCAN_WALL > scanner->quote_capacity)
		scanner->quotes = array_grow(
			scanner->quotes, &scanner->quote_capacity, last - first + SCAN_WALL, sizeof(*scanner->quotes));
	struct scan_places *places = &scanner->places;
	size_t room = places->count + (last - word) * 64 + SCAN_PLACES_AT_ONCE;
	if (room > places->capacity)
		places->items = array_grow(places->items, &places->capacity, room, sizeof(*places->items));
	struct marking marking = {
		.string = scanner->carry_string,
		.escape = scanner->carry_escape,
		.after = scanner->carry_after,
		.quotes = scanner->quotes + (word - first),
		.place = places->items + places->count,
		.strays = NO_STRAYS,
	};
	const char *data = scanner->data;
	if (word < last && scanner->marked % 64 != 0) { /* after scanner_restart */
		uint64_t valid = UINT64_MAX << scanner->marked % 64 & valid_bits(scanner, word);
		mark_word(&marking, data, word++ * 64, valid);
	}
	for (; word < last && scanner->length - word * 64 >= 64; word++)
		mark_word(&marking, data, word * 64, UINT64_MAX);
	for (; word < last; word++)
		mark_word(&marking, data, word * 64, valid_bits(scanner, word));
	if (UNLIKELY(has_strays(&marking.strays)) && scanner->suspect == SIZE_MAX)
		scanner->suspect = find_stray(scanner, scanner->marked / 64);
	scanner->carry_string = marking.string;
	scanner->carry_escape = marking.escape;
	scanner->carry_after = marking.after;
	places->count = (size_t)(marking.place - places->items);
	scanner->marked = last * 64;
	for (unsigned i = 0; i < SCAN_WALL; i++)
		marking.quotes[i] = UINT64_MAX;
}

/* The first place that is not before `at`. */
static inline size_t next_place(struct scan_places *places, size_t at)
{
	while (places->next < places->count && places->items[places->next] < at)
		places->next++;
	return places->next;
}

/* At the start of a record: forgets the marks before it and marks on. */
static __attribute__((noinline)) void mark_ahead(struct scanner *scanner, size_t at)
{
	size_t from = at < scanner->marked ? at / 64 : scanner->marked / 64;
	size_t dropped = from - scanner->base / 64;
	size_t kept = scanner->marked / 64 - from;
	memmove(scanner->quotes, scanner->quotes + dropped, kept * sizeof(*scanner->quotes));
	scanner->base = from * 64;
	struct scan_places *places = &scanner->places;
	size_t next = next_place(places, at);
	places->count -= next;
	if (next > 0)
		memmove(places->items, places->items + next, places->count * sizeof(*places->items));
	places->next = 0;
	mark_more(scanner, at + MARK_AHEAD);
}

static inline bool is_mark_needed(const struct scanner *scanner, size_t at)
{
	return UNLIKELY(at + MARK_AHEAD > scanner->marked) && scanner->marked < scanner->length;
}

#endif
