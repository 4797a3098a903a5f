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
static __attribute__((noinline)) bool see_more(struct scanner *scanner, struct view *view, size_t at)
{
	if (view->marked >= view->length)
		return false;
	mark_more(scanner, at + 1);
	*view = view_of(scanner);
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

static inline size_t next_quote(struct scanner *scanner, struct view *view, size_t at)
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
		if (!see_more(scanner, view, at))
			return view->length;
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
	size_t next = places->next, depth = 1;
	while (depth > 0) {
		if (UNLIKELY(next == places->count)) {
			if (scanner->marked >= scanner->length)
				return SIZE_MAX;
			mark_more(scanner, scanner->marked + 1);
			continue;
		}
		at = places->items[next++];
		unsigned char c = (unsigned char)scanner->data[at];
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

/* Behind a value: passes space and a comma. False where neither a comma nor the end of the record follows. */
static __attribute__((noinline)) bool find_comma(struct scanner *scanner, size_t *at, bool *is_end)
{
	*at = skip_space_slowly(scanner, *at);
	*is_end = scanner->data[*at] == '}';
	*at += !*is_end;
	return *is_end || scanner->data[*at - 1] == ',';
}

/* Another key than the one that was expected behind `previous`, perhaps with space before it or before its colon. Returns
 * the byte behind the colon, or SIZE_MAX. */
static __attribute__((noinline)) size_t find_key(struct scanner *scanner, size_t at, unsigned previous, unsigned *key)
{
	const char *data = scanner->data;
	struct view view = view_of(scanner);
	at = skip_space(scanner, at);
	if (at >= scanner->length || data[at] != '"')
		return SIZE_MAX;
	size_t quote = next_quote(scanner, &view, at + 1);
	if (quote >= scanner->length)
		return SIZE_MAX;
	*key = scan_key_find(data + at + 1, quote - at - 1);
	if (*key == SCAN_KEY_COUNT)
		*key = scan_other_key(scanner, (struct slice){data + at + 1, quote - at - 1});
	if (*key == SCAN_SLOT_COUNT)
		return SIZE_MAX;
	size_t colon = skip_space(scanner, quote + 1);
	if (colon >= scanner->length || data[colon] != ':')
		return SIZE_MAX;
	if (scanner->follow[previous][0] != *key) {
		scanner->follow[previous][1] = scanner->follow[previous][0];
		scanner->follow[previous][0] = (uint8_t)*key;
	}
	return colon + 1;
}

/* Characters of values that nearly always have one length; of others, a length that is hardly ever right. */
static const uint32_t usual_lengths[SCAN_SLOT_COUNT] = {
	[SCAN_eventVersion] = 4,
	[SCAN_eventTime] = 20,
	[SCAN_awsRegion] = 9,
	[SCAN_requestID] = 36,
	[SCAN_eventID] = 36,
	[SCAN_eventType] = 10,
	[SCAN_apiVersion] = 10,
	[SCAN_recipientAccountId] = 12,
	[SCAN_sharedEventID] = 36,
	[SCAN_vpcEndpointAccountId] = 12,
	[SCAN_eventCategory] = 10,
};

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
	uint64_t seen = 0, twice = 0;
	unsigned previous = SCAN_SLOT_COUNT;
	record->start = at;
	if (!take_bracket(&scanner->places, at, mode))
		return false;
	for (at++;;) {
		if (UNLIKELY(at + SCAN_PATTERN_SIZE + 1 >= view.marked))
			(void)see_more(scanner, &view, at + SCAN_PATTERN_SIZE + 1);
		unsigned key = scanner->follow[previous][0];
		if (LIKELY(matches_pattern(data + at, &scanner->patterns[key]))) {
			at += scanner->patterns[key].length;
		} else if (key = scanner->follow[previous][1], matches_pattern(data + at, &scanner->patterns[key])) {
			at += scanner->patterns[key].length;
		} else {
			at = find_key(scanner, at, previous, &key);
			if (at == SIZE_MAX)
				return false;
			view = view_of(scanner);
		}
		if (UNLIKELY((unsigned char)data[at] <= ' ')) {
			at = skip_space_slowly(scanner, at);
			view = view_of(scanner);
		}
		size_t value = at;
		char c = data[at];
		if (LIKELY(c == '"')) {
			if (is_structure_text(data + at, key))
				return false;
			/* Where the usual length is right, the next step need not wait for the search that proves it. */
			size_t usual = at + 1 + usual_lengths[key];
			size_t quote = next_quote(scanner, &view, at + 1);
			if (quote == usual) {
				__asm__("" : "+r"(usual)); /* else the compiler would use `quote` again */
				at = usual + 1;
			} else {
				at = quote + 1;
			}
		} else if ((c | 0x20) == '{') {
			at = skip_container(scanner, at, mode);
			view.marked = scanner->marked;
			view.quotes = scanner->quotes;
		} else {
			at = skip_word(scanner, at);
		}
		if (UNLIKELY(at > length))
			return false;
		twice |= seen & UINT64_C(1) << key;
		seen |= UINT64_C(1) << key;
		record->values[key] = (struct slice){data + value, at - value};
		previous = key;
		bool is_end = data[at] == '}';
		if (LIKELY(data[at] == ',')) {
			at++;
			continue;
		}
		if (!is_end && !find_comma(scanner, &at, &is_end))
			return false;
		if (!is_end) {
			view = view_of(scanner);
			continue;
		}
		record->seen = seen;
		record->end = at + 1;
		return at < length && twice == 0 && record->end <= scanner->suspect &&
		       take_bracket(&scanner->places, at, mode);
	}
}

#endif
