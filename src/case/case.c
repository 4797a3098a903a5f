/* case: opening a journal, changing what is known by appending to it, taking changes back. */
#include "parts.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
	const char *word;
	bool is_undoable;
} ops[CASE_OP_COUNT] = {
#define X(id, word, undoable) {word, undoable},
	CASE_OPS(X)
#undef X
};

enum case_op case_op_find(const char *word)
{
	enum case_op op = 0;
	while (op < CASE_OP_COUNT && strcmp(ops[op].word, word) != 0)
		op++;
	return op;
}

static bool op_is_undoable(enum case_op op)
{
	return op < CASE_OP_COUNT && ops[op].is_undoable;
}

static enum case_op entry_op(const json_t *entry)
{
	const char *word = json_string_value(json_object_get(entry, "op"));
	return word ? case_op_find(word) : CASE_OP_COUNT;
}

json_t *case_entry_new(const struct casefile *casefile, enum case_op op)
{
	json_t *entry = json_object();
	(void)json_object_set_new(entry, "at", json_time(casefile->clock()));
	(void)json_object_set_new(entry, "by", json_text(casefile->author));
	(void)json_object_set_new(entry, "op", json_text(ops[op].word));
	return entry;
}

void case_entry_say(struct buf *out, const json_t *entry)
{
	const char *text = json_string_value(json_object_get(entry, "text"));
	size_t alerts = json_array_size(json_object_get(entry, "alerts"));
	enum case_op op = entry_op(entry);
	buf_add_text(out, op < CASE_OP_COUNT ? ops[op].word : "change");
	if (op == CASE_OP_ALLOW)
		text = json_string_value(json_object_get(entry, "match"));
	if (text && op != CASE_OP_PARAMS) {
		buf_add_char(out, ' ');
		struct buf shown = BUF_EMPTY;
		text_show(&shown, slice_of(text), TEXT_TERMINAL);
		buf_add(out, shown.data ? shown.data : "",
			text_fit((struct slice){shown.data, shown.length}, 40, NULL));
		buf_free(&shown);
	}
	if (alerts > 1)
		buf_printf(out, " (%zu alerts)", alerts);
}

/* ---- the state ---- */

static void visible_update(struct casefile *casefile)
{
	const struct state *state = &casefile->state;
	casefile->visible = array_grow(
		casefile->visible, &casefile->visible_capacity, state->dossier_count + 1, sizeof *casefile->visible);
	casefile->visible_count = 0;
	for (size_t i = 0; i < state->dossier_count; i++) {
		const struct dossier *dossier = &state->dossiers[state->order[i]];
		if (dossier_is_visible(dossier))
			casefile->visible[casefile->visible_count++] = dossier->finding;
	}
	casefile->generation++;
}

/* Everything again, without what was taken back. */
static int state_rebuild(struct casefile *casefile, struct err *err)
{
	state_free(&casefile->state);
	state_init(&casefile->state);
	for (size_t i = 0; i < casefile->entry_count; i++) {
		const struct entry *entry = &casefile->entries[i];
		if (!entry->is_undone && state_apply(&casefile->state, entry->json, err))
			return -1;
	}
	return 0;
}

static struct entry *entry_add(struct casefile *casefile, json_t *json)
{
	casefile->entries = array_grow(
		casefile->entries, &casefile->entry_capacity, casefile->entry_count + 1, sizeof *casefile->entries);
	struct entry *entry = &casefile->entries[casefile->entry_count++];
	enum case_op op = entry_op(json);
	*entry = (struct entry){.json = json, .is_undoable = op_is_undoable(op)};
	if (entry->is_undoable)
		casefile->undone_count = 0;
	if (op == CASE_OP_ALLOW) {
		json_int_t id = json_integer_value(json_object_get(json, "id"));
		if (id > (json_int_t)casefile->last_allow_id)
			casefile->last_allow_id = (uint32_t)id;
	}
	(void)json_time_read(json_object_get(json, "at"), &casefile->saved_at);
	return entry;
}

/* The line that the next undo takes back; 0: none. */
static uint64_t undo_target(const struct casefile *casefile)
{
	size_t line = casefile->entry_count;
	while (line > 0 && (!casefile->entries[line - 1].is_undoable || casefile->entries[line - 1].is_undone))
		line--;
	return line;
}

static uint64_t redo_target(const struct casefile *casefile)
{
	return casefile->undone_count ? casefile->undone[casefile->undone_count - 1] : 0;
}

/* An undo or redo entry at work on the flags; the state is rebuilt after. */
static int flags_apply(struct casefile *casefile, enum case_op op, uint64_t line, struct err *err)
{
	uint64_t expected = op == CASE_OP_UNDO ? undo_target(casefile) : redo_target(casefile);
	if (line == 0 || line != expected)
		return err_set(err, ERR_FORMAT, "it takes back an entry that it cannot");
	casefile->entries[line - 1].is_undone = op == CASE_OP_UNDO;
	if (op == CASE_OP_REDO) {
		casefile->undone_count--;
		return 0;
	}
	casefile->undone = array_grow(
		casefile->undone, &casefile->undone_capacity, casefile->undone_count + 1, sizeof *casefile->undone);
	casefile->undone[casefile->undone_count++] = line;
	return 0;
}

int case_commit(struct casefile *casefile, json_t *json, struct err *err)
{
	if (journal_append(&casefile->journal, json, err)) {
		json_decref(json);
		return -1;
	}
	enum case_op op = entry_op(json);
	struct err broken = {0};
	int result;
	entry_add(casefile, json);
	if (op == CASE_OP_UNDO || op == CASE_OP_REDO) {
		result =
			flags_apply(casefile, op, (uint64_t)json_integer_value(json_object_get(json, "line")), &broken);
		if (result == 0)
			result = state_rebuild(casefile, &broken);
	} else {
		result = state_apply(&casefile->state, json, &broken);
	}
	if (result)
		base_abort("a case does not take its own entry: %s", broken.text);
	visible_update(casefile);
	return 0;
}

/* ---- opening ---- */

static int line_read(void *context, uint64_t line, json_t *json, struct err *err)
{
	struct casefile *casefile = context;
	enum case_op op = entry_op(json);
	struct err why = {0};
	int result = 0;
	if (line == 1 && (op != CASE_OP_OPEN || json_integer_value(json_object_get(json, "schema")) != 1))
		result = err_set(&why, ERR_FORMAT, "it does not begin as a case of this version does");
	else if (op == CASE_OP_COUNT)
		result = err_set(&why, ERR_FORMAT, "its kind is not known to this version");
	entry_add(casefile, json_incref(json));
	if (result == 0 && (op == CASE_OP_UNDO || op == CASE_OP_REDO))
		result = flags_apply(casefile, op, (uint64_t)json_integer_value(json_object_get(json, "line")), &why);
	if (result)
		return err_set(
			err, why.code, "%s:%llu: %s", casefile->journal.path, (unsigned long long)line, why.text);
	return 0;
}

static char *login_name(void)
{
	const struct passwd *entry = getpwuid(getuid());
	if (entry && entry->pw_name[0])
		return text_keep(slice_of(entry->pw_name));
	return xasprintf("uid %ld", (long)getuid());
}

int case_open(const struct case_options *options, struct casefile **out, struct err *err)
{
	struct casefile *casefile = xcalloc(1, sizeof *casefile);
	struct err why = {0};
	casefile->author = options->author ? text_keep(slice_of(options->author)) : login_name();
	casefile->clock = options->clock ? options->clock : time_now;
	casefile->saved_at = TIME_NONE;
	casefile->journal.file = -1;
	state_init(&casefile->state);
	*out = NULL;
	int result = journal_open(&casefile->journal, options->path, options->is_read_only, line_read, casefile, err);
	if (result == 0 && state_rebuild(casefile, &why))
		result = err_set(err, why.code, "%s: an entry cannot be used: %s", casefile->journal.path, why.text);
	if (result == 0 && casefile->entry_count == 0 && !options->is_read_only) {
		json_t *entry = case_entry_new(casefile, CASE_OP_OPEN);
		(void)json_object_set_new(entry, "schema", json_integer(1));
		(void)json_object_set_new(entry, "raretrail", json_text(RARETRAIL_VERSION));
		result = case_commit(casefile, entry, err);
	}
	if (result) {
		case_close(casefile);
		return -1;
	}
	visible_update(casefile);
	*out = casefile;
	return 0;
}

void case_close(struct casefile *casefile)
{
	if (!casefile)
		return;
	journal_close(&casefile->journal);
	state_free(&casefile->state);
	for (size_t i = 0; i < casefile->entry_count; i++)
		json_decref(casefile->entries[i].json);
	free(casefile->entries);
	free(casefile->undone);
	free(casefile->visible);
	free(casefile->author);
	free(casefile);
}

const char *case_path(const struct casefile *casefile)
{
	return casefile->journal.path;
}

const char *case_notice(const struct casefile *casefile)
{
	return casefile->journal.notice ? casefile->journal.notice : "";
}

uint64_t case_entries(const struct casefile *casefile)
{
	return casefile->entry_count;
}

int64_t case_saved_at(const struct casefile *casefile)
{
	return casefile->saved_at;
}

const char *case_checksum(const struct casefile *casefile)
{
	return casefile->journal.sum;
}

uint64_t case_generation(const struct casefile *casefile)
{
	return casefile->generation;
}

/* ---- undo ---- */

static int undo_or_redo(struct casefile *casefile, enum case_op op, uint64_t line, struct buf *what,
	const char *nothing, struct err *err)
{
	if (line == 0)
		return err_set(err, ERR_USAGE, "%s", nothing);
	json_t *entry = case_entry_new(casefile, op);
	(void)json_object_set_new(entry, "line", json_integer((json_int_t)line));
	if (case_commit(casefile, entry, err))
		return -1;
	if (what)
		case_entry_say(what, casefile->entries[line - 1].json);
	return 0;
}

int case_undo(struct casefile *casefile, struct buf *what, struct err *err)
{
	return undo_or_redo(casefile, CASE_OP_UNDO, undo_target(casefile), what, "there is nothing to undo", err);
}

int case_redo(struct casefile *casefile, struct buf *what, struct err *err)
{
	return undo_or_redo(casefile, CASE_OP_REDO, redo_target(casefile), what, "there is nothing to redo", err);
}

bool case_can_undo(const struct casefile *casefile)
{
	return undo_target(casefile) != 0;
}
