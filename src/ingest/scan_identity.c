/* scan_identity: one walk over a userIdentity, as strict as the lexer. Nearly all are plain text, which one look over
 * the bytes tells; then a string needs no look of its own. */
#include "scan_identity.h"

#include "json_text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- plain text ---- */

#if defined(__SSE2__)
#define AT_ONCE 16
/* All bits of a byte are set where it is not plain; as numbers with a sign, bytes outside ASCII are small ones, too. */
static inline __m128i odd_bytes(const char *text)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
	return _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}

static inline bool is_plain_in_steps(struct slice text)
{
	__m128i found = odd_bytes(text.data + text.length - AT_ONCE);
	for (size_t at = 0; text.length - at > AT_ONCE; at += AT_ONCE)
		found = _mm_or_si128(found, odd_bytes(text.data + at));
	return _mm_movemask_epi8(found) == 0;
}
#else
#define AT_ONCE 8
/* The high bit of some byte is set where eight bytes are not all plain. */
static inline uint64_t odd_bytes(const char *text)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;
	memcpy(&word, text, sizeof(word));
	uint64_t backslash = word ^ (ones * '\\');
	return word | (word - ones * 0x20) | (backslash - ones);
}

static inline bool is_plain_in_steps(struct slice text)
{
	uint64_t found = odd_bytes(text.data + text.length - AT_ONCE);
	for (size_t at = 0; text.length - at > AT_ONCE; at += AT_ONCE)
		found |= odd_bytes(text.data + at);
	return (found & UINT64_C(0x8080808080808080)) == 0;
}
#endif

bool scan_is_plain(struct slice text)
{
	if (text.length >= AT_ONCE)
		return is_plain_in_steps(text);
	for (size_t at = 0; at < text.length; at++) {
		unsigned char c = (unsigned char)text.data[at];
		if (c < 0x20 || c >= 0x80 || c == '\\')
			return false;
	}
	return true;
}

/* ---- the walk ---- */

static const uint8_t part_within[IDENTITY_PART_COUNT] = {
#define X(id, within, key) [IDENTITY_##id] = IDENTITY_##within,
	IDENTITY_OBJECTS(X) IDENTITY_TEXTS(X)
#undef X
};

/* IDENTITY_WHOLE: no part. */
static inline enum identity_part part_of(enum identity_part within, struct slice key)
{
#define X(id, object, text) \
	if (within == IDENTITY_##object && key.length == sizeof(text) - 1 && \
		memcmp(key.data, text, sizeof(text) - 1) == 0) \
		return IDENTITY_##id;
	IDENTITY_TEXTS(X)
	IDENTITY_OBJECTS(X)
#undef X
	return IDENTITY_WHOLE;
}

static inline bool is_object_part(enum identity_part part)
{
	return part != IDENTITY_WHOLE && part < IDENTITY_TYPE;
}

/* The byte behind the string at `at`, or NULL when none is there that closes before `end`. */
static inline const char *pass_string(const struct scanner *scanner, const char *at, const char *end, bool is_plain)
{
	if (*at != '"')
		return NULL;
	if (!is_plain)
		return json_lex_string(at, end);
	size_t bit = (size_t)(at + 1 - scanner->data) - scanner->base, word = bit / 64;
	uint64_t quotes = scanner->quotes[word] & UINT64_MAX << bit % 64;
	while (quotes == 0)
		quotes = scanner->quotes[++word];
	at = scanner->data + scanner->base + word * 64 + (unsigned)__builtin_ctzll(quotes);
	return at < end ? at + 1 : NULL;
}

static inline const char *pass_space(const char *at, const char *end)
{
	return (unsigned char)*at > ' ' ? at : json_skip_space(at, end);
}

bool scan_identity(struct scanner *scanner, struct slice object, struct identity_parts *parts)
{
	const char *at = object.data, *end = at + object.length;
	*parts = (struct identity_parts){.is_plain = scan_is_plain(object)};
	enum identity_part within = IDENTITY_WHOLE;
	/* Here an object begins, or a comma parts its members. */
	while (at < end) {
		bool is_opening = *at == '{';
		at = pass_space(at + 1, end);
		if (!is_opening || *at != '}') {
			const char *key = at;
			if ((at = pass_string(scanner, key, end, parts->is_plain)) == NULL)
				return false;
			struct slice name = {key + 1, (size_t)(at - key) - 2};
			if (!parts->is_plain && memchr(name.data, '\\', name.length) != NULL)
				return false;
			at = pass_space(at, end);
			if (*at != ':')
				return false;
			const char *value = at = pass_space(at + 1, end);
			enum identity_part part = part_of(within, name);
			struct slice *raw = &parts->raw[part];
			if (part != IDENTITY_WHOLE && raw->length > 0)
				return false;
			if (is_object_part(part) && *value == '{') {
				raw->length = 1;
				within = part;
				continue;
			}
			if (value >= end)
				return false;
			at = *value == '"' ? pass_string(scanner, value, end, parts->is_plain)
					   : json_lex_value(scanner->lexer, value, end);
			if (at == NULL)
				return false;
			if (is_object_part(part) && *value != 'n')
				return false;
			*raw = (struct slice){value, (size_t)(at - value)};
			at = pass_space(at, end);
		}
		for (; *at == '}' && at < end; at = pass_space(at, end)) {
			at++;
			if (within == IDENTITY_WHOLE)
				return at == end;
			within = (enum identity_part)part_within[within];
		}
		if (*at != ',')
			return false;
	}
	return false;
}
