/* base: what every room stands on. Memory, strings, time, errors, hashing, safe
 * display text, threads. No I/O policy, no global state, no knowledge of logs.
 *
 * Ownership, stated once: a function named *_new or *_init gives the caller an
 * object to release with *_free; a `struct slice` borrows and never frees; text
 * returned as `const char *` belongs to the object it came from. Running out of
 * memory aborts (after the hook of base_on_abort has restored the terminal). */
#ifndef RARETRAIL_BASE_H
#define RARETRAIL_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PRINTF_LIKE(format_index, args_index) __attribute__((format(printf, format_index, args_index)))
#define MUST_USE __attribute__((warn_unused_result))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- errors: 0 or -1, and the caller's struct err says what and where ---- */

enum err_code {
	ERR_NONE,
	ERR_USAGE, /* the caller or the command line asked for something impossible */
	ERR_IO, /* the system refused: open, read, write */
	ERR_FORMAT, /* bytes that are not what they should be */
	ERR_LIMIT, /* a cap was reached: memory, depth, ratio */
	ERR_CANCELED /* the user stopped it */
};

struct err {
	enum err_code code;
	char text[512]; /* one line, no final stop, says what to do where it can */
	uint64_t offset; /* byte or column the text speaks of; 0 when none */
};

/* Fills *err (NULL is allowed) and returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same, with strerror(errno) appended after ": ". */
int err_set_errno(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- memory ---- */

void *xmalloc(size_t size) MUST_USE __attribute__((returns_nonnull));
void *xcalloc(size_t count, size_t size) MUST_USE __attribute__((returns_nonnull));
void *xrealloc(void *old, size_t size) MUST_USE __attribute__((returns_nonnull));
void *xreallocarray(void *old, size_t count, size_t size) MUST_USE __attribute__((returns_nonnull));
/* For blocks that will be filled from end to end: begins with a line of the cache, and lies in huge pages where it is long
 * enough and the system has them, since to be given small pages one by one takes longer than to fill them. */
void *xmalloc_large(size_t size) MUST_USE __attribute__((returns_nonnull));
/* Zero bytes for a table that will be written all over in no order, and read before it is written: its pages are there at
 * once. From xcalloc each would be taken twice, first to be read, then to be written, and the second time stops every
 * thread. */
void *xcalloc_large(size_t count, size_t size) MUST_USE __attribute__((returns_nonnull));
#define HUGE_PAGE ((size_t)2 << 20) /* bytes */
/* What to take for so many bytes in huge pages: up to the end of the last one where more than half of it is used, else a
 * multiple of `unit`. */
size_t huge_pages_size(size_t size, size_t unit);
char *xstrdup(const char *text) MUST_USE __attribute__((returns_nonnull));
char *xasprintf(const char *format, ...) MUST_USE PRINTF_LIKE(1, 2);
char *xvasprintf(const char *format, va_list arguments) MUST_USE PRINTF_LIKE(1, 0);

/* What must happen before a broken invariant or exhausted memory aborts: restore the terminal. */
void base_on_abort(void (*hook)(void));
_Noreturn void base_abort(const char *format, ...) PRINTF_LIKE(1, 2);
/* Runs that hook, for what ends the program in another way. */
void base_before_end(void);

/* Reading a mapped file ends the program (SIGBUS) when somebody cuts the file short meanwhile, or its disk fails. While
 * the calling thread guards the mapping, zero bytes stand in such a place instead, and behind it. Guards are of one
 * thread and end in the reverse of the order in which they began. What faults elsewhere ends the program as ever. */
struct map_guard {
	struct map_guard *outer;
	const char *data;
	size_t length;
	volatile size_t sound;
};
/* `data` is where the mapping begins, a whole page. */
void map_guard_begin(struct map_guard *guard, const void *data, size_t length);
void map_guard_end(struct map_guard *guard);
/* How many bytes could be read so far as they were: `length` unless some were missing. */
size_t map_guard_sound(const struct map_guard *guard);
/* Takes the signal now, for who wants to take it too: the program's own handlers then leave it alone. */
void map_guard_prepare(void);

/* Makes room for `need` items in an array of *capacity items of item_size bytes; grows by half. */
void *array_grow(void *items, size_t *capacity, size_t need, size_t item_size) MUST_USE;

/* An arena hands out memory that is released all at once. Not thread-safe. */
struct arena {
	struct arena_block *head;
	size_t used; /* bytes handed out */
	size_t reserved; /* bytes held from the system */
};
void arena_init(struct arena *arena);
void arena_free(struct arena *arena);
void arena_reset(struct arena *arena); /* keeps the newest block for reuse */
void *arena_alloc(struct arena *arena, size_t size) MUST_USE __attribute__((returns_nonnull)); /* 16-byte aligned */
char *arena_copy(struct arena *arena, const char *data, size_t length) MUST_USE; /* adds a NUL behind */

/* ---- strings ---- */

struct slice {
	const char *data; /* NULL: absent (not the same as empty) */
	size_t length;
};
static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, text ? strlen(text) : 0};
}
static inline bool slice_equals(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}
/* Byte order, shorter first where one is a prefix: the order of every sorted output. */
int slice_compare(struct slice a, struct slice b);
/* ES|QL LIKE and KQL wildcards: `*` any run, `?` one UTF-8 character, backslash escapes; the whole text must match. */
bool slice_like(struct slice text, struct slice pattern, bool ignore_case);
/* The known word that a mistyped one most likely meant, the first of equals; NULL when none is near. Borrows from known. */
const char *text_nearest(const char *word, const char *const *known, size_t count);

/* A growing string, NUL-terminated once room was reserved or something was added. */
struct buf {
	char *data;
	size_t length, capacity;
};
#define BUF_EMPTY ((struct buf){0})
void buf_free(struct buf *buf);
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const char *data, size_t length);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- numbers and addresses ---- */

#define NUMBER_TEXT_SIZE 32
bool number_parse(const char *text, double *out) MUST_USE; /* plain decimal, whatever the locale; finite */
const char *number_format(
	double value, char out[NUMBER_TEXT_SIZE]); /* shortest decimal that reads back as the same double */

/* An IPv4 address is kept in its IPv6-mapped form (::ffff:a.b.c.d). */
struct ip {
	uint8_t bytes[16];
};
struct cidr {
	struct ip base; /* bits behind the prefix are 0 */
	unsigned bits; /* prefix length in the IPv6 form: an IPv4 /8 is 104 */
};
bool ip_parse(struct slice text, struct ip *out) MUST_USE; /* the whole text; no leading zeros, no mask, no zone */
bool ip_is_v4(const struct ip *ip);
int ip_compare(const struct ip *a, const struct ip *b);
int cidr_parse(struct slice text, struct cidr *out, struct err *err) MUST_USE; /* an address alone is a block of one */
bool cidr_contains(const struct cidr *cidr, const struct ip *ip);

/* ---- files ---- */

enum path_kind { PATH_CONFIG, PATH_STATE };
/* "$XDG_CONFIG_HOME/program/rest" or "~/.config/program/rest" (state: XDG_STATE_HOME, ~/.local/state); NULL without a
 * home. Free it. */
char *path_user(enum path_kind kind, const char *program, const char *rest) MUST_USE;
void path_make_parents(const char *path); /* private folders, as far as they are missing */
/* The whole file, of at most `most` bytes, added to out. errno of the system is in err's text, ERR_IO. */
int file_load(const char *path, size_t most, struct buf *out, struct err *err) MUST_USE;
/* Writes a file whole or not at all, readable by the owner alone, and makes the folders it stands in. */
int file_save(const char *path, struct slice text, struct err *err) MUST_USE;

/* Writes every byte to an open file, over short writes and interrupts; on -1 errno says why. The caller syncs. */
int write_whole(int file, const char *data, size_t length) MUST_USE;

/* ---- hashing ---- */

uint64_t hash_bytes(const void *data, size_t length); /* fast, stable within one run */
#define SHA256_HEX_SIZE 65
void sha256_hex(const void *data, size_t length, char out[SHA256_HEX_SIZE]); /* lower case, NUL-terminated */

/* A dictionary gives each distinct string a dense id from 1; id 0 means absent.
 * Strings live in the dictionary's arena until dict_free. Not thread-safe. */
struct dict;
struct dict *dict_new(void) MUST_USE;
void dict_free(struct dict *dict);
uint32_t dict_intern(struct dict *dict, struct slice text); /* absent slice -> 0 */
void dict_intern_all(
	struct dict *dict, const struct slice *texts, size_t count, uint32_t *ids); /* one after the other */
uint32_t dict_find(const struct dict *dict, struct slice text); /* 0 when unknown */
struct slice dict_get(const struct dict *dict, uint32_t id); /* id 0 -> absent slice; NUL-terminated otherwise */
uint32_t dict_count(const struct dict *dict); /* ids run 1..count */
size_t dict_bytes(const struct dict *dict); /* resident size */

/* ---- UTF-8 and safe text ---- */

/* Decodes one character at text[0..length). Returns its byte length, or 0 when the bytes are not valid UTF-8. */
size_t utf8_decode(const char *text, size_t length, uint32_t *code_point);
size_t utf8_encode(uint32_t code_point, char out[4]);
int utf8_width(uint32_t code_point); /* terminal cells: 0, 1 or 2; independent of the locale */

/* text_show is the only road from data to screen, CSV, HTML, Markdown and clipboard. It appends to out a text that
 * holds no control, bidi, zero-width or tag characters (shown as <ESC>, <U+202E>), no invalid UTF-8 (shown as \xNN)
 * and no run of more than 4 combining marks, then applies the escaping that the target needs. */
enum text_target {
	TEXT_TERMINAL, /* nothing more */
	TEXT_ASCII, /* every other character outside ASCII becomes <U+XXXX> */
	TEXT_CSV, /* quoted as RFC 4180 asks; a leading = + - @ gets a quote before it */
	TEXT_HTML, /* & < > " ' become entities */
	TEXT_MARKDOWN /* characters with a meaning get a backslash; | too */
};
unsigned text_show(struct buf *out, struct slice text, enum text_target target); /* number of characters made visible */
size_t text_width(struct slice shown); /* cells of a text that came from text_show */
/* The longest prefix of a shown text that fits in `cells`; its width is stored when width is not NULL. */
size_t text_fit(struct slice shown, size_t cells, size_t *width);

/* ---- time: int64 milliseconds since 1970-01-01T00:00:00Z ---- */

#define TIME_NONE INT64_MIN
#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define TIME_TEXT_SIZE 32

/* ISO 8601: date, date and time (T or space), fraction of any length (cut to ms), Z, +hh:mm, +hhmm or no offset (UTC);
 * also basic 20131102T010628Z. Years 0000 to 9999. No libc time zone is consulted. */
bool time_parse_iso(struct slice text, int64_t *ms) MUST_USE;
/* What a person types: ISO, or relative to `now`: -2h, +15m, now. */
int time_parse_user(const char *text, int64_t now, int64_t *ms, struct err *err) MUST_USE;
/* 90s, 15m, 1h, 7d, 250ms; several may follow each other (1h30m). */
int duration_parse(const char *text, int64_t *ms, struct err *err) MUST_USE;
int size_parse(const char *text, uint64_t *bytes, struct err *err) MUST_USE; /* 512M, 2G; powers of 1024 */
const char *time_format_iso(int64_t ms, char out[TIME_TEXT_SIZE]); /* 2026-05-07T22:36:10.000Z */
const char *duration_format(int64_t ms, char out[TIME_TEXT_SIZE]); /* 7d, 1h, 90s: the shortest exact form */
int64_t time_now(void); /* wall clock, ms */
int64_t time_monotonic_us(void); /* for measuring only */
int64_t time_floor(int64_t ms, int64_t step); /* multiple of step at or below, also before 1970 */
int64_t time_ceil(int64_t ms, int64_t step);

/* ---- threads ---- */

/* Runs job(context, index, worker) for index in [0, count) on up to `threads` workers and waits for all.
 * Indexes are handed out in ascending order. worker is in [0, threads). */
void pool_run(unsigned threads, size_t count, void (*job)(void *context, size_t index, unsigned worker), void *context);
unsigned pool_default_threads(void); /* cores this process may use */
/* The calling thread, and those it starts from now on, give way to threads that somebody waits for. Results never
 * depend on it. */
void thread_give_way(void);

#endif
