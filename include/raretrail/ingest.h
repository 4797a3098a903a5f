/* ingest: bytes in, events out. Finds the files, opens their wrappings, maps each record to ECS (spec: Elastic's
 * aws.cloudtrail integration 8.9), fills the store, and keeps the ledger of every byte range that could not be used.
 * Knows nothing of terminals, rules or reports.
 *
 * A load runs in the background. Everything it gives out is either a copy or an immutable snapshot with a reference. */
#ifndef RARETRAIL_INGEST_H
#define RARETRAIL_INGEST_H

#include <jansson.h>

#include "raretrail/base.h"
#include "raretrail/enrich.h"
#include "raretrail/store.h"

/* ---- the ledger: what was not used, and why ---- */

/* Reason, the word shown, whether it makes the input incomplete (exit status 3) or is only worth knowing. */
#define SKIP_REASONS(X) \
	X(UNREADABLE, "cannot be read", true) \
	X(EMPTY_FILE, "empty file", false) \
	X(TRUNCATED, "truncated compression", true) \
	X(CORRUPT, "corrupt compression", true) \
	X(RATIO, "decompression cap reached", true) \
	X(BAD_JSON, "invalid JSON", true) \
	X(TRUNCATED_JSON, "JSON ends early", true) \
	X(UTF16, "UTF-16 text, convert to UTF-8", true) \
	X(BINARY, "not text", true) \
	X(TOO_DEEP, "nested too deeply", true) \
	X(TOO_LONG, "record too long", true) \
	X(NO_TIME, "no usable time", true) \
	X(BAD_TIME, "unparsable time", true) \
	X(NOT_CLOUDTRAIL, "JSON, but not CloudTrail", true) \
	X(BAD_CSV, "unusable CSV row", true) \
	X(BAD_MEMBER, "unusable archive member", true) \
	X(MEMORY, "memory budget reached", true) \
	X(CANCELED, "load stopped", true) \
	X(DIGEST, "CloudTrail digest file", false) \
	X(INSIGHT, "CloudTrail Insight event", false) \
	X(OTHER_FILE, "not a log file", false) \
	X(PRUNED_KEY, "outside --since/--until by file name", false) \
	X(PRUNED_TIME, "outside --since/--until by time", false)

enum skip_reason {
#define X(id, text, incomplete) SKIP_##id,
	SKIP_REASONS(X)
#undef X
		SKIP_REASON_COUNT
};
const char *skip_reason_text(enum skip_reason reason);
bool skip_reason_is_incomplete(enum skip_reason reason);

/* Consecutive skips of one reason in one file share an entry: the first offset, the number, the bytes. A file that
 * alternates between reasons gets a bounded number of entries. Neighbouring files left out by name share one, too. */
struct skip {
	uint32_t file;
	uint64_t offset;
	uint64_t length; /* bytes covered by all of `count`; 0 when unknown */
	enum skip_reason reason;
	uint64_t count;
	char *detail; /* what the parser said of the first one, or NULL */
};

/* ---- loading ---- */

/* The wrapping of a file, recognised from content; --input-format names one. */
#define INPUT_FORMATS(X) \
	X(AUTO, "auto") \
	X(RECORDS, "records") \
	X(ARRAY, "array") \
	X(NDJSON, "ndjson") \
	X(EVENTBRIDGE, "eventbridge") \
	X(CLOUDWATCH, "cloudwatch") \
	X(LOOKUP_EVENTS, "lookup-events") \
	X(ELASTICSEARCH, "elasticsearch") \
	X(ECS, "ecs") \
	X(CSV, "csv")
enum input_format {
#define X(id, name) INPUT_##id,
	INPUT_FORMATS(X)
#undef X
};

enum ecs_compat { ECS_COMPAT_8_9, ECS_COMPAT_5_2 };

struct load_options {
	const char *const *paths; /* files, folders (recursive, names in byte order), pipes, "-" */
	size_t path_count;
	unsigned threads; /* 0: all cores */
	enum input_format format;
	enum ecs_compat compat;
	/* TIME_NONE: open; both ends inclusive. An S3 object whose key tells its time is taken to hold events from 24 hours
	 * before it to 1 hour after it, and is not opened when all of that lies outside. */
	int64_t since, until;
	bool keep_duplicates;
	/* Bytes of the index, and of any text that must be held whole; other buffers come on top. 0: no limit. */
	uint64_t max_memory;
	const struct enrich *enrich; /* must outlive the load; may be NULL */
	bool can_follow; /* keeps what load_follow needs, 24 bytes an event */
	bool gives_way; /* somebody works at a terminal meanwhile: the load's threads let that go first */
	size_t chunk_size; /* bytes of input a worker takes at once; 0: default. Results never depend on it. */
};

struct load_progress {
	bool is_finished;
	bool is_partial; /* stopped early (cancel, memory), or still running */
	uint64_t files_done, files_total;
	uint64_t bytes_done, bytes_total; /* as stored on disk */
	uint64_t events;
	uint64_t skipped; /* ledger entries that make the input incomplete, counted singly */
	size_t memory;
	int64_t started_us, elapsed_us;
};

struct load;
int load_start(const struct load_options *options, struct load **out, struct err *err) MUST_USE;
void load_wait(struct load *load);
void load_cancel(struct load *load); /* keeps what is in; returns at once */
void load_progress(struct load *load, struct load_progress *out);
struct store *load_snapshot(struct load *load) MUST_USE; /* newest; the caller frees it with store_free */
uint64_t load_generation(struct load *load); /* grows with each new snapshot */
void load_free(struct load *load); /* cancels, waits, removes spooled input */

/* File names by number ("dir/a.zip!b.json" for archive members, "<stdin>"). The text lives as long as the load. */
uint32_t load_file_count(struct load *load);
const char *load_file_name(struct load *load, uint32_t file);
/* What a file turned out to be ("records", "eventbridge", "archive") and how many events came from it; for the sources screen. */
struct load_file {
	const char *name;
	const char *wrapping; /* NULL while unread */
	uint64_t bytes, events;
};
bool load_file_info(struct load *load, uint32_t file, struct load_file *out);

/* A copy of the ledger in file and offset order; release with ledger_free. */
struct skip *load_ledger(struct load *load, size_t *count) MUST_USE;
void ledger_free(struct skip *skips, size_t count);

/* Records that have their event id in common with an earlier record of other content, in file order; all are kept as
 * events. Only the first CONFLICTS_LISTED are listed (the store counts all), and only once the load has finished. Copies;
 * release with conflicts_free. */
#define CONFLICTS_LISTED 1000
struct load_conflict {
	char *id;
	uint32_t file;
	uint64_t offset;
};
struct load_conflict *load_conflicts(struct load *load, size_t *count) MUST_USE;
void conflicts_free(struct load_conflict *conflicts, size_t count);

/* ---- following: what arrives after the load ----
 * New files in the folders (and those below them, new ones too), files moved there, and files that grow. A file is read
 * once its writer has closed it; of one that grows line by line, complete lines are read at once. What arrives goes the
 * way of the rest: ledger, duplicates, snapshots, a growing generation; its files stand behind those already there. A
 * file that was cut or written over is read as a new one, and what it held before stays. */

enum follow_way {
	FOLLOW_WATCH, /* the system tells what changes; where it cannot, as below */
	FOLLOW_RESCAN /* the folders are looked through every 2 seconds */
};
/* Begins when the load has ended; asked of one that was started with can_follow and names a file or a folder. */
int load_follow(struct load *load, enum follow_way way, struct err *err) MUST_USE;
void load_unfollow(struct load *load); /* returns at once; what is being read is still published */

struct follow_status {
	bool is_on;
	bool is_rescan; /* the folders are looked through again and again */
	bool is_settled; /* everything was looked through, and nothing that was noticed waits to be read */
	uint64_t files; /* that arrived, or arrived in part */
	uint64_t rescans; /* times that every folder was looked through */
};
void load_follow_status(struct load *load, struct follow_status *out);
/* What is worth telling, oldest first: the caller frees it; NULL when there is nothing new. */
char *load_follow_note(struct load *load) MUST_USE;

/* ---- reading back ---- */

/* The raw record of a row, exactly as it stands in its file (gz, zst, archive members and spooled input too).
 * A file that changed since is an error that names it. */
int load_read_raw(
	struct load *load, const struct store *store, uint32_t row, struct buf *out, struct err *err) MUST_USE;
/* The same, but of a document that kept the record it was made from (event.original) that record. For the raw view. */
int load_read_original(
	struct load *load, const struct store *store, uint32_t row, struct buf *out, struct err *err) MUST_USE;
/* The whole ECS document of a row (every field of the mapping, nested); the caller owns it. NULL on error. Several
 * threads may ask at once. */
json_t *load_document(struct load *load, const struct store *store, uint32_t row, struct err *err) MUST_USE;

#endif
