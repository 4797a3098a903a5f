/* case: what people decided about alerts, kept so that it can be defended: verdicts, notes, tags, ticked guide steps,
 * allowlist entries, parameters applied. An append-only journal of JSON lines; every line carries a checksum and names
 * the one before it; a call that returns 0 has put its line on the disk (fdatasync). Undo and redo are lines too.
 *
 * One thread uses a case. Everything returned by pointer belongs to the case and is valid until its next change. */
#ifndef RARETRAIL_CASE_H
#define RARETRAIL_CASE_H

#include "raretrail/base.h"
#include "raretrail/detect.h"
#include "raretrail/store.h"
#include "raretrail/tune.h"

struct casefile;

struct case_options {
	const char *path; /* NULL: in memory only, nothing is saved */
	const char *author; /* NULL: the name of the login, as the system tells it */
	int64_t (*clock)(void); /* ms; NULL: time_now */
	bool is_read_only; /* for reports: no lock, nothing is written, a torn tail is passed over */
};
/* Opens or makes a case. A last line that was never finished is cut off (case_notice says so); damage before the end is
 * an error, and so is a case that another program has open. */
int case_open(const struct case_options *options, struct casefile **out, struct err *err) MUST_USE;
void case_close(struct casefile *casefile);
const char *case_path(const struct casefile *casefile); /* "" in memory */
const char *case_notice(const struct casefile *casefile); /* what opening had to repair; "" nothing */
uint64_t case_entries(const struct casefile *casefile); /* lines of the journal */
int64_t case_saved_at(const struct casefile *casefile); /* time of the last line; TIME_NONE: none */
const char *case_checksum(const struct casefile *casefile); /* of the last line, and so of all before it */
/* Grows with every change. */
uint64_t case_generation(const struct casefile *casefile);

/* ---- findings: what is known of one alert ---- */

/* Who an alert is, without a store: it is found again by id, else by rule, partition and overlapping time. */
struct case_subject {
	char id[ALERT_ID_SIZE];
	enum rule rule;
	char *user, *type, *action; /* type and action may be NULL */
	int64_t first, last; /* firings; of rare-method the bucket's start and its end - 1 */
	char *summary; /* the figures when it was first marked, one line; text from logs, not yet shown */
};
/* params: those the alert was found with, for how its score is written. */
void case_subject_init(struct case_subject *subject, const struct store *store, const struct params *params,
	const struct alert *alert);
void case_subject_free(struct case_subject *subject);

struct case_line {
	int64_t at;
	const char *by;
	const char *text; /* a note, or "verdict: benign" and the like; text of people, not yet shown */
	bool is_note;
};

struct finding {
	struct case_subject subject;
	enum verdict verdict;
	char *title; /* NULL: none given */
	struct case_line *lines; /* verdicts and notes, oldest first */
	size_t line_count;
	size_t note_count;
	char **tags, **ticks; /* in the order given; ticks are names of guide steps */
	size_t tag_count, tick_count;
};
/* In the order people gave them (case_move), first marked first otherwise. Findings with nothing left are not there. */
const struct finding *case_findings(const struct casefile *casefile, size_t *count);
const struct finding *case_find(const struct casefile *casefile, const struct store *store, const struct alert *alert);
const struct finding *case_find_id(const struct casefile *casefile, const char *alert_id);
/* A verdict_of for tune; context is a struct case_lookup. */
struct case_lookup {
	const struct casefile *casefile;
	const struct store *store;
};
enum verdict case_verdict(void *lookup, const struct alert *alert);
bool finding_has_tag(const struct finding *finding, const char *tag);
bool finding_has_tick(const struct finding *finding, const char *step);

/* Each is one line of the journal and one step of undo, however many alerts it is about. -1: nothing changed. */
int case_mark(struct casefile *casefile, const struct case_subject *subjects, size_t count, enum verdict verdict,
	struct err *err) MUST_USE;
int case_note(struct casefile *casefile, const struct case_subject *subjects, size_t count, const char *text,
	struct err *err) MUST_USE;
int case_tag(struct casefile *casefile, const struct case_subject *subjects, size_t count, const char *tag, bool is_on,
	struct err *err) MUST_USE;
int case_tick(struct casefile *casefile, const struct case_subject *subject, const char *step, bool is_on,
	struct err *err) MUST_USE;
int case_title(
	struct casefile *casefile, const struct case_subject *subject, const char *title, struct err *err) MUST_USE;
/* Moves a finding to a place in the list (0 first). */
int case_move(struct casefile *casefile, const char *alert_id, size_t place, struct err *err) MUST_USE;

/* ---- the allowlist ---- */

/* id, word, what the match is compared with */
#define ALLOW_KINDS(X) \
	X(ORGANIZATION, "organisation", "a LIKE pattern over source.as.organization.name") \
	X(CIDR, "cidr", "a CIDR block of source.ip") \
	X(USER, "user", "a LIKE pattern over user.name") \
	X(ACTION, "action", "a LIKE pattern over event.action")
enum allow_kind {
#define X(id, word, help) ALLOW_##id,
	ALLOW_KINDS(X)
#undef X
		ALLOW_KIND_COUNT
};
extern const char *const allow_kind_names[ALLOW_KIND_COUNT];

struct allow_entry {
	uint32_t id; /* from 1, never used again */
	enum allow_kind kind;
	char *match;
	unsigned rules; /* 1 << RULE_...; organisations: rare-as only */
	char *reason; /* mandatory */
	char *author;
	int64_t created;
	int64_t expires; /* TIME_NONE: never */
	bool is_on;
};
const struct allow_entry *case_allowlist(const struct casefile *casefile, size_t *count); /* oldest first */
/* Checks what case_allow would check: match, reason, rules. */
int allow_check(const struct allow_entry *entry, struct err *err) MUST_USE;
/* entry->id 0 adds (author and created are set, *id gets the new one; id may be NULL); another id replaces. */
int case_allow(struct casefile *casefile, const struct allow_entry *entry, uint32_t *id, struct err *err) MUST_USE;
int case_allow_remove(struct casefile *casefile, uint32_t id, struct err *err) MUST_USE;
static inline bool allow_is_expired(const struct allow_entry *entry, int64_t now)
{
	return entry->expires != TIME_NONE && entry->expires <= now;
}
/* Base and every entry that is on and not expired at `now` (wall clock), compiled into the lists of the parameters.
 * `out` is uninitialised or freed. */
void allow_compile(
	const struct params *base, const struct allow_entry *entries, size_t count, int64_t now, struct params *out);
/* Events that an entry speaks of. */
uint64_t allow_hits(const struct store *store, const struct allow_entry *entry);
/* The difference that one entry makes (LOST: what it silences), whether it is in the list or a new one: compared are the
 * list without it and the list with it on. `base` as in allow_compile; `tune` keeps its applied parameters. */
void allow_effect(struct tune *tune, const struct params *base, const struct allow_entry *entries, size_t count,
	const struct allow_entry *entry, int64_t now, struct tune_diff *out);

/* ---- parameters and surroundings ---- */

/* The parameters applied last in this case, or NULL. The allowlist is not in them. */
const struct params *case_params(const struct casefile *casefile);
int case_apply_params(struct casefile *casefile, const struct params *params, struct err *err) MUST_USE;

/* What the findings were made on, so that they can be made again. Written only when it changed. */
struct case_context {
	const char *input; /* "3,980 files, list sha256 9f2c.." */
	const char *database; /* "GeoLite2-ASN 2019-05-13" */
	const char *version; /* of raretrail */
};
int case_set_context(struct casefile *casefile, const struct case_context *context, struct err *err) MUST_USE;
const struct case_context *case_context(const struct casefile *casefile); /* members may be NULL */

/* ---- undo ---- */

/* Takes back the last change that is not yet taken back, whatever it was; `what` (may be NULL) gets its words. ERR_USAGE
 * when there is none. Redo until the next change. */
int case_undo(struct casefile *casefile, struct buf *what, struct err *err) MUST_USE;
int case_redo(struct casefile *casefile, struct buf *what, struct err *err) MUST_USE;
bool case_can_undo(const struct casefile *casefile);

/* ---- export ---- */

/* Strings as they are, escaped. To read it, report_case. */
void case_export_json(const struct casefile *casefile, struct buf *out); /* one object */
void case_export_ndjson(const struct casefile *casefile, struct buf *out); /* the findings of that object, one a line */

#endif
