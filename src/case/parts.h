/* parts: the inside of a case. The journal is the truth; everything else is what replaying it gives. */
#ifndef RARETRAIL_CASE_PARTS_H
#define RARETRAIL_CASE_PARTS_H

#include "raretrail/case.h"

#include "journal.h"

struct entry {
	json_t *json;
	bool is_undoable, is_undone;
};

/* A finding and what leads to it. Lines and texts of entries borrow from the entries' JSON. */
struct dossier {
	struct finding finding;
	size_t line_capacity, tag_capacity, tick_capacity;
	uint32_t next; /* dossier of the same owner + 1, 0: none */
};

struct state {
	struct dossier *dossiers; /* in the order of first marking; never removed */
	size_t dossier_count, dossier_capacity;
	uint32_t *order; /* dossier numbers as people see them */
	size_t order_capacity;
	struct dict *ids, *owners; /* alert ids (old ones too); rule, user, type, action */
	uint32_t *id_dossier, *owner_dossier; /* [dictionary id] -> dossier number + 1; the newest of an owner */
	size_t id_capacity, owner_capacity;
	struct allow_entry *allow;
	size_t allow_count, allow_capacity;
	bool has_params;
	struct params params;
	struct case_context context; /* borrows from an entry */
};

struct casefile {
	struct journal journal;
	char *author;
	int64_t (*clock)(void);
	struct entry *entries;
	size_t entry_count, entry_capacity;
	uint64_t *undone; /* lines taken back, last one last: what redo brings back */
	size_t undone_count, undone_capacity;
	struct state state;
	struct finding *visible; /* findings that hold something, in order */
	size_t visible_count, visible_capacity;
	uint32_t last_allow_id;
	uint64_t generation;
	int64_t saved_at;
};

/* ---- operations: the vocabulary of the journal ---- */

/* id, word in the journal, undoable */
#define CASE_OPS(X) \
	X(OPEN, "open", false) \
	X(VERDICT, "verdict", true) \
	X(NOTE, "note", true) \
	X(TAG, "tag", true) \
	X(TICK, "tick", true) \
	X(TITLE, "title", true) \
	X(MOVE, "move", true) \
	X(ALLOW, "allow", true) \
	X(ALLOW_REMOVE, "allow-remove", true) \
	X(PARAMS, "params", true) \
	X(CONTEXT, "context", false) \
	X(UNDO, "undo", false) \
	X(REDO, "redo", false)
enum case_op {
#define X(id, word, undoable) CASE_OP_##id,
	CASE_OPS(X)
#undef X
		CASE_OP_COUNT
};
enum case_op case_op_find(const char *word); /* CASE_OP_COUNT when unknown */
/* {"at":…,"by":…,"op":…}, to be completed. */
json_t *case_entry_new(const struct casefile *casefile, enum case_op op) MUST_USE;
/* Takes the entry: appends it to the journal and to the state, or frees it and says why not. */
int case_commit(struct casefile *casefile, json_t *entry, struct err *err) MUST_USE;
/* What undo and redo say they did: "verdict benign", "allowlist entry user ci-*". */
void case_entry_say(struct buf *out, const json_t *entry);

/* ---- state ---- */

void state_init(struct state *state);
void state_free(struct state *state);
/* One entry that holds; its JSON must outlive the state. An error is one of form, before anything changed. */
int state_apply(struct state *state, const json_t *entry, struct err *err) MUST_USE;
struct dossier *state_find(const struct state *state, const struct case_subject *subject); /* NULL: none */
struct dossier *state_find_id(const struct state *state, const char *alert_id);
bool dossier_is_visible(const struct dossier *dossier);

/* allow.c */
int allow_apply(struct state *state, const json_t *entry, struct err *err) MUST_USE;
int allow_remove_apply(struct state *state, const json_t *entry, struct err *err) MUST_USE;
void allow_entry_free(struct allow_entry *entry);

/* subject.c */
/* All but the summary; case_subject_free. */
void subject_identify(struct case_subject *subject, const struct store *store, const struct alert *alert);
json_t *subject_to_json(const struct case_subject *subject) MUST_USE;
int subject_from_json(struct case_subject *subject, const json_t *json, struct err *err) MUST_USE;
void subject_owner(struct buf *out, const struct case_subject *subject);
/* Valid UTF-8 without NUL, as the journal needs it: the text itself, or what text_show makes of it; NULL stays NULL. */
char *text_keep(struct slice text) MUST_USE;
json_t *json_text(const char *text) MUST_USE; /* of such a text; NULL gives null */
json_t *json_time(int64_t time) MUST_USE; /* TIME_NONE gives null */
bool json_time_read(const json_t *json, int64_t *out);

#endif
