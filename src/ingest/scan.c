/* scan: the scanner's memory, its choice of instruction set, and the tables its variants share. */
#include "scan.h"

#include <stdlib.h>

#include "json_text.h"
#include "unwrap.h"

#define PATTERN(name) "\"" #name "\":"
#define PATTERN_LENGTH(name) (sizeof(PATTERN(name)) - 1)
const struct scan_pattern scan_patterns[SCAN_KEY_COUNT] = {
#define X(name) \
	{.text = PATTERN(name), \
		.mask = (uint32_t)((UINT64_C(1) << PATTERN_LENGTH(name)) - 1), \
		.length = PATTERN_LENGTH(name), \
		.key = SCAN_##name},
	SCAN_KEYS(X)
#undef X
};
#define X(name) _Static_assert(PATTERN_LENGTH(name) <= SCAN_PATTERN_SIZE, "the key is too long for a pattern");
SCAN_KEYS(X)
#undef X
_Static_assert(SCAN_SLOT_COUNT < 64, "a record notes its keys in 64 bits");

/* Characters of values that nearly always have one length; of others, a length that is hardly ever right. */
static const uint8_t usual_lengths[SCAN_SLOT_COUNT] = {
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

enum scan_key scan_key_find(const char *name, size_t length)
{
	for (unsigned key = 0; key < SCAN_KEY_COUNT; key++)
		if (scan_patterns[key].length == length + 3 && memcmp(scan_patterns[key].text + 1, name, length) == 0)
			return (enum scan_key)key;
	return SCAN_KEY_COUNT;
}

/* Keys of which the mapping, or the decision what the object is, makes something: an account, a time, an envelope. */
static bool is_heeded(struct slice name)
{
	static const char *const heeded[] = {"awsAccountId", "digestEndTime", "digestStartTime", "cloud", "fields"};
	for (size_t i = 0; i < COUNT_OF(heeded); i++)
		if (slice_equals(name, slice_of(heeded[i])))
			return true;
	return unwrap_is_envelope_key(name.data, name.length);
}

/* Letters, digits and _ only: a dot makes a path of a key, an escape spells another one. */
unsigned scan_other_key(struct scanner *scanner, struct slice name)
{
	if (name.length == 0 || name.length + 3 >= SCAN_PATTERN_SIZE)
		return SCAN_SLOT_COUNT;
	for (size_t i = 0; i < name.length; i++) {
		char c = name.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return SCAN_SLOT_COUNT;
	}
	for (unsigned key = SCAN_KEY_COUNT; key < SCAN_SLOT_COUNT; key++)
		if (scanner->patterns[key].length == name.length + 3 &&
			memcmp(scanner->patterns[key].text + 1, name.data, name.length) == 0)
			return key;
	if (is_heeded(name))
		return SCAN_SLOT_COUNT;
	unsigned key = SCAN_KEY_COUNT + scanner->other_count++ % SCAN_OTHER_KEYS;
	struct scan_pattern *pattern = &scanner->patterns[key];
	memset(pattern->text, 0, sizeof(pattern->text));
	pattern->text[0] = '"';
	memcpy(pattern->text + 1, name.data, name.length);
	memcpy(pattern->text + 1 + name.length, "\":", 2);
	pattern->length = (uint32_t)name.length + 3;
	pattern->mask = (uint32_t)((UINT64_C(1) << pattern->length) - 1);
	return key;
}

/* ---- variants ---- */

static const char *const variant_names[] = {"avx512", "avx2", "sse2", "portable", NULL};

static bool can_run_avx2(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes");
#else
	return false;
#endif
}

static bool can_run_avx512(void)
{
#if defined(__x86_64__)
	return can_run_avx2() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512vbmi2");
#else
	return false;
#endif
}

const char *const *scanner_variants(void)
{
#if defined(__SSE2__)
	return can_run_avx512() ? variant_names : can_run_avx2() ? variant_names + 1 : variant_names + 2;
#else
	return variant_names + 3;
#endif
}

bool scanner_use(struct scanner *scanner, const char *variant)
{
	const char *const *known = scanner_variants();
	while (*known != NULL && strcmp(*known, variant) != 0)
		known++;
	if (*known == NULL)
		return false;
	scanner->run = *known == variant_names[0]   ? scan_run_avx512
		       : *known == variant_names[1] ? scan_run_avx2
		       : *known == variant_names[2] ? scan_run_sse2
						    : scan_run_portable;
	return true;
}

/* ---- life ---- */

/* Slots and bytes of remembered keys. Actors are long and many; an address or an agent string is short; targets are
 * rare and read each time. */
static const struct {
	size_t slots, bytes;
} memo_sizes[DIMENSION_COUNT] = {
	[DIMENSION_ACTOR] = {16384, 4 << 20},
	[DIMENSION_SOURCE] = {16384, 1 << 20},
	[DIMENSION_CALL] = {8192, 1 << 20},
	[DIMENSION_AGENT] = {4096, 1 << 20},
	[DIMENSION_TARGET] = {2, 1024},
};

struct scanner *scanner_new(void)
{
	struct scanner *scanner = xcalloc(1, sizeof(*scanner));
	scanner->lexer = xmalloc(sizeof(*scanner->lexer));
	buf_reserve(&scanner->key, SCAN_KEY_BYTES);
	for (unsigned i = 0; i < COUNT_OF(scanner->turns); i++)
		scanner->turns[i].call_key = xmalloc(SCAN_KEY_BYTES);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		memo_init(&scanner->memos[i], memo_sizes[i].slots, memo_sizes[i].bytes);
	scanner->quote_capacity = SCAN_WALL;
	scanner->quotes = xcalloc(SCAN_WALL, sizeof(*scanner->quotes));
	arena_init(&scanner->arena);
	scanner->date[0] = '"'; /* no text begins so: no day is remembered yet */
	scanner->since = INT64_MIN;
	scanner->until = INT64_MAX;
	memcpy(scanner->patterns, scan_patterns, sizeof(scan_patterns));
	for (unsigned key = 0; key <= SCAN_SLOT_COUNT; key++) {
		struct scan_pattern *pattern = &scanner->patterns[key];
		pattern->key = key;
		if (key >= SCAN_KEY_COUNT)
			pattern->mask = 1; /* matches nothing: no text begins so */
		pattern->usual = 1 + (key < SCAN_SLOT_COUNT ? usual_lengths[key] : 0u);
		/* The keys stand in the vocabulary as they follow each other in most records. */
		for (unsigned guess = 0; guess < 2; guess++)
			pattern->follow[guess] =
				&scanner->patterns[(key < SCAN_KEY_COUNT ? key + 1 + guess : guess) % SCAN_KEY_COUNT];
	}
	(void)scanner_use(scanner, scanner_variants()[0]);
	return scanner;
}

void scanner_free(struct scanner *scanner)
{
	if (scanner == NULL)
		return;
	free(scanner->quotes);
	free(scanner->places.items);
	free(scanner->lexer);
	buf_free(&scanner->key);
	for (unsigned i = 0; i < COUNT_OF(scanner->turns); i++)
		free(scanner->turns[i].call_key);
	for (unsigned i = 0; i < DIMENSION_COUNT; i++)
		memo_free(&scanner->memos[i]);
	arena_free(&scanner->arena);
	free(scanner);
}

/* The marks begin in the word of `at`; what stands before it in that word counts as blank. */
void scanner_restart(struct scanner *scanner, size_t at)
{
	scanner->at = at;
	scanner->marked = at;
	scanner->base = at / 64 * 64;
	for (unsigned i = 0; i < SCAN_WALL; i++)
		scanner->quotes[i] = UINT64_MAX;
	scanner->places.count = scanner->places.next = 0;
	scanner->carry_string = scanner->carry_escape = scanner->carry_after = 0;
	scanner->suspect = SIZE_MAX;
}

void scanner_start(struct scanner *scanner, const char *data, size_t length, uint64_t offset)
{
	scanner->data = data;
	scanner->length = length;
	scanner->offset = offset;
	scanner->end = 0;
	scanner->is_behind_comma = false;
	scanner_restart(scanner, 0);
}

enum scan_stop scanner_run(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return scanner->run(scanner, mode, limit);
}

/* Only a line that opens a string without closing it, or closes one oddly, puts the marks behind it in doubt. */
void scanner_skip_line(struct scanner *scanner)
{
	size_t line_end = scanner->end;
	unsigned quotes = 0;
	for (size_t word = scanner->at / 64; word * 64 < line_end && word * 64 < scanner->marked; word++) {
		uint64_t bits = scanner->quotes[word - scanner->base / 64];
		if (word == scanner->at / 64)
			bits &= UINT64_MAX << scanner->at % 64;
		if (line_end - word * 64 < 64)
			bits &= (UINT64_C(1) << (line_end - word * 64)) - 1;
		quotes += (unsigned)__builtin_popcountll(bits);
	}
	size_t next = line_end < scanner->length ? line_end + 1 : scanner->length;
	if (quotes % 2 != 0 || scanner->suspect <= next)
		scanner_restart(scanner, next);
	else
		scanner->at = next;
}

bool scanner_skip_element(struct scanner *scanner)
{
	size_t at = scanner->end;
	while (at < scanner->length && strchr(" \t\r\n", scanner->data[at]) != NULL && scanner->data[at] != '\0')
		at++;
	if (at >= scanner->length || (scanner->data[at] != ',' && scanner->data[at] != ']'))
		return false;
	scanner->is_behind_comma = scanner->data[at] == ',';
	scanner->at = at + scanner->is_behind_comma;
	return true;
}
