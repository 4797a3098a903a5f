/* scan_hop: the scanner's second pass: from key to key of a record over the marks, noting where each value stands. A
 * value that no field reads is not looked into. */
#ifndef RARETRAIL_INGEST_SCAN_HOP_H
#define RARETRAIL_INGEST_SCAN_HOP_H

#include "scan_mark.h"

/* ---- searches; each ends at `length` at the latest ---- */

/* What the searches look at, apart from the scanner, so that it stays in registers while values are noted. */
struct view {
	const char *data;
	const uint64_t *quotes;
	size_t base, marked, length;
};

static inline struct view view_of(const struct scanner *scanner)
{
	return (struct view){scanner->data, scanner->quotes, scanner->base, scanner->marked, scanner->length};
}

/* Marks on to more than `at`; false at the end of the text. */
static __attribute__((noinline)) bool see_more(struct scanner *scanner, size_t at)
{
	if (scanner->marked >= scanner->length)
		return false;
	mark_more(scanner, at + 1);
	return true;
}

/* The quotes from `at` on, the first in bit 0: at least 57 of them. */
static inline uint64_t quotes_from(const struct view *view, size_t at)
{
	size_t bit = at - view->base;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t window;
	memcpy(&window, (const char *)view->quotes + bit / 8, sizeof(window));
	return window >> bit % 8;
#else
	const uint64_t *words = view->quotes + bit / 64;
	return words[0] >> bit % 64 | words[1] << 1 << (63 - bit % 64);
#endif
}

static inline __attribute__((always_inline)) size_t next_quote(struct scanner *scanner, struct view *view, size_t at)
{
	for (;;) {
		uint64_t window = quotes_from(view, at);
		if (LIKELY(window != 0)) {
			at += lowest_bit(window);
		} else {
			size_t word = (at - view->base) / 64;
			uint64_t bits = view->quotes[word] & UINT64_MAX << at % 64;
			while (bits == 0)
				bits = view->quotes[++word];
			at = view->base + word * 64 + lowest_bit(bits);
		}
		if (LIKELY(at < view->marked))
			return at;
		at = view->marked;
		if (!see_more(scanner, at))
			return view->length;
		*view = view_of(scanner);
	}
}

/* The next line end from `at` on. */
static __attribute__((noinline)) size_t next_line_end(struct scanner *scanner, size_t at)
{
	struct scan_places *places = &scanner->places;
	for (;;) {
		size_t next = next_place(places, at);
		if (next < places->count && scanner->data[places->items[next]] == '\n')
			return places->items[next];
		if (next < places->count)
			places->next++;
		else if (scanner->marked < scanner->length)
			mark_more(scanner, scanner->marked + 1);
		else
			return scanner->length;
	}
}

/* Takes the bracket at `at`: on a line it is the next place, for no line ends inside a record. */
static inline bool take_bracket(struct scan_places *places, size_t at, enum scan_mode mode)
{
	size_t next = mode == SCAN_LINES ? places->next : next_place(places, at);
	if (UNLIKELY(next == places->count) || UNLIKELY(places->items[next] != at))
		return false;
	places->next = next + 1;
	return true;
}

/* The byte behind the bracket that closes the one at `at`; SIZE_MAX when it does not close in time, or is too deep. In a
 * list of places the way through a record is the same wherever its bytes stand, which a branch predictor learns. */
static inline __attribute__((always_inline)) size_t skip_container(
	struct scanner *scanner, size_t at, enum scan_mode mode)
{
	struct scan_places *places = &scanner->places;
	if (!take_bracket(places, at, mode))
		return SIZE_MAX;
	const char *data = scanner->data;
	const size_t *items = places->items;
	size_t next = places->next, depth = 1, stop = places->count;
	while (depth > 0) {
		if (UNLIKELY(next == stop)) {
			if (scanner->marked >= scanner->length)
				return SIZE_MAX;
			mark_more(scanner, scanner->marked + 1);
			items = places->items;
			stop = places->count;
			continue;
		}
		at = items[next++];
		unsigned char c = (unsigned char)data[at];
		if (UNLIKELY(c == '\n')) {
			if (mode == SCAN_LINES)
				return SIZE_MAX;
			continue;
		}
		depth += 1 - (size_t)(c >> 1 & 2); /* { and [ lack the bit that } and ] have */
		if (UNLIKELY(depth > RECORD_MAX_DEPTH - 2))
			return SIZE_MAX;
	}
	places->next = next;
	return at + 1;
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static __attribute__((noinline)) size_t skip_space_slowly(struct scanner *scanner, size_t at)
{
	while (at < scanner->length && is_space(scanner->data[at]))
		at++;
	if (at >= scanner->marked && scanner->marked < scanner->length)
		mark_more(scanner, at + 1);
	return at;
}

static inline size_t skip_space(struct scanner *scanner, size_t at)
{
	return LIKELY((unsigned char)scanner->data[at] > ' ') ? at : skip_space_slowly(scanner, at);
}

/* true, false, null or a plain integer; what is rarer is declined. */
static inline size_t skip_word(const struct scanner *scanner, size_t at)
{
	const char *text = scanner->data + at;
	bool is_four = memcmp(text, "true", 4) == 0 || memcmp(text, "null", 4) == 0;
	bool is_five = memcmp(text, "fals", 4) == 0 && text[4] == 'e';
	size_t length = is_four * (size_t)4 + is_five * (size_t)5;
	if (LIKELY(length != 0))
		return at + length;
	size_t first = at;
	while ((unsigned)(scanner->data[at] - '0') < 10u)
		at++;
	bool is_plain = at - first == 1 || (at > first && scanner->data[first] != '0');
	return is_plain ? at : SIZE_MAX;
}

/* ---- one record ---- */

/* Behind a value and the space after it: the place of a comma or of the end of the record, or SIZE_MAX. */
static __attribute__((noinline)) size_t find_comma(struct scanner *scanner, size_t at)
{
	at = skip_space_slowly(scanner, at);
	return scanner->data[at] == ',' || scanner->data[at] == '}' ? at : SIZE_MAX;
}

struct found_key {
	const struct scan_pattern *pattern; /* NULL: none the scanner is sure of */
	size_t behind; /* its colon */
};

/* Another key than the ones expected behind `previous`, perhaps with space before it or before its colon. */
static __attribute__((noinline)) struct found_key find_key(
	struct scanner *scanner, size_t at, const struct scan_pattern *previous)
{
	const struct found_key none = {NULL, 0};
	const char *data = scanner->data;
	struct view view = view_of(scanner);
	at = skip_space(scanner, at);
	if (at >= scanner->length || data[at] != '"')
		return none;
	size_t quote = next_quote(scanner, &view, at + 1);
	if (quote >= scanner->length)
		return none;
	unsigned key = scan_key_find(data + at + 1, quote - at - 1);
	if (key == SCAN_KEY_COUNT)
		key = scan_other_key(scanner, (struct slice){data + at + 1, quote - at - 1});
	if (key == SCAN_SLOT_COUNT)
		return none;
	size_t colon = skip_space(scanner, quote + 1);
	if (colon >= scanner->length || data[colon] != ':')
		return none;
	struct scan_pattern *before = &scanner->patterns[previous->key], *found = &scanner->patterns[key];
	if (before->follow[0] != found) {
		before->follow[1] = before->follow[0];
		before->follow[0] = found;
	}
	return (struct found_key){found, colon + 1};
}

/* Where these are text that begins like JSON, the record is a row of a table, which is another reading. */
#define STRUCTURES \
	(UINT64_C(1) << SCAN_userIdentity | UINT64_C(1) << SCAN_requestParameters | \
		UINT64_C(1) << SCAN_responseElements | UINT64_C(1) << SCAN_additionalEventData | \
		UINT64_C(1) << SCAN_serviceEventDetails | UINT64_C(1) << SCAN_resources | \
		UINT64_C(1) << SCAN_tlsDetails)

static inline bool is_structure_text(const char *text, unsigned key)
{
	return UNLIKELY(STRUCTURES >> key & 1) && ((text[1] | 0x20) == '{' || text[1] == '\\');
}

/* Hops over the record at `at` (an opening brace) and notes its values. False: not a record the scanner is sure of. */
static inline __attribute__((always_inline)) bool hop_record(
	struct scanner *scanner, struct scan_record *record, size_t at, enum scan_mode mode)
{
	struct view view = view_of(scanner);
	const char *data = view.data;
	const size_t length = view.length;
	const struct scan_pattern *pattern = &scanner->patterns[SCAN_SLOT_COUNT];
	uint64_t seen = 0;
	int count = 0;
	record->start = at;
	if (!take_bracket(&scanner->places, at, mode))
		return false;
	for (at++;; at++) {
		if (UNLIKELY(at + SCAN_PATTERN_SIZE + 1 >= view.marked)) {
			(void)see_more(scanner, at + SCAN_PATTERN_SIZE + 1);
			view = view_of(scanner);
		}
		const struct scan_pattern *previous = pattern;
		pattern = previous->follow[0];
		if (LIKELY(matches_pattern(data + at, pattern))) {
			at += pattern->length;
		} else if (pattern = previous->follow[1], matches_pattern(data + at, pattern)) {
			at += pattern->length;
		} else {
			struct found_key found = find_key(scanner, at, previous);
			if (found.pattern == NULL)
				return false;
			pattern = found.pattern;
			at = found.behind;
			view = view_of(scanner);
		}
		if (UNLIKELY((unsigned char)data[at] <= ' ')) {
			at = skip_space_slowly(scanner, at);
			view = view_of(scanner);
		}
		size_t value = at;
		char c = data[at];
		if (LIKELY(c == '"')) {
			/* Where the usual length is right, the next step need not wait for the search that proves it. */
			size_t usual = at + pattern->usual;
			size_t quote = next_quote(scanner, &view, at + 1);
			if (quote == usual) {
				__asm__("" : "+r"(usual)); /* else the compiler would use `quote` again */
				at = usual + 1;
			} else {
				if (UNLIKELY(quote >= length) || is_structure_text(data + value, pattern->key))
					return false;
				at = quote + 1;
			}
		} else {
			if ((c | 0x20) == '{') {
				at = skip_container(scanner, at, mode);
				view = view_of(scanner);
			} else {
				at = skip_word(scanner, at);
			}
			if (UNLIKELY(at > length))
				return false;
		}
		seen |= UINT64_C(1) << pattern->key;
		count++;
		record->values[pattern->key] = (struct slice){data + value, at - value};
		if (LIKELY(data[at] == ','))
			continue;
		if (UNLIKELY(data[at] != '}')) {
			at = find_comma(scanner, at);
			if (at == SIZE_MAX)
				return false;
			view = view_of(scanner);
			if (data[at] == ',')
				continue;
		}
		record->seen = seen;
		record->end = at + 1;
		/* As many keys as values: none stood twice. */
		return at < length && __builtin_popcountll(seen) == count && record->end <= scanner->suspect &&
		       take_bracket(&scanner->places, at, mode);
	}
}

#endif
