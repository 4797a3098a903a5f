/* findings: verdicts, notes, tags and the rest, given and looked up. */
#include "parts.h"

#include <stdlib.h>

const struct finding *case_findings(const struct casefile *casefile, size_t *count)
{
	*count = casefile->visible_count;
	return casefile->visible;
}

static const struct finding *shown(const struct dossier *dossier)
{
	return dossier && dossier_is_visible(dossier) ? &dossier->finding : NULL;
}

const struct finding *case_find_id(const struct casefile *casefile, const char *alert_id)
{
	return shown(state_find_id(&casefile->state, alert_id));
}

const struct finding *case_find(const struct casefile *casefile, const struct store *store, const struct alert *alert)
{
	const struct dossier *dossier = state_find_id(&casefile->state, alert->id);
	if (!dossier && casefile->state.dossier_count) {
		struct case_subject subject;
		subject_identify(&subject, store, alert);
		dossier = state_find(&casefile->state, &subject);
		case_subject_free(&subject);
	}
	return shown(dossier);
}

enum verdict case_verdict(void *lookup, const struct alert *alert)
{
	const struct case_lookup *of = lookup;
	const struct finding *finding = case_find(of->casefile, of->store, alert);
	return finding ? finding->verdict : VERDICT_OPEN;
}

static bool has_word(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

bool finding_has_tag(const struct finding *finding, const char *tag)
{
	return has_word(finding->tags, finding->tag_count, tag);
}

bool finding_has_tick(const struct finding *finding, const char *step)
{
	return has_word(finding->ticks, finding->tick_count, step);
}

/* ---- giving ---- */

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n")] == 0;
}

/* What reading the journal back would refuse is refused here, before it is written. */
static int subjects_add(json_t *entry, const struct case_subject *subjects, size_t count, struct err *err)
{
	json_t *alerts = json_array();
	(void)json_object_set_new(entry, "alerts", alerts);
	if (count == 0)
		return err_set(err, ERR_USAGE, "there is no alert to speak of");
	for (size_t i = 0; i < count; i++) {
		struct case_subject read;
		(void)json_array_append_new(alerts, subject_to_json(&subjects[i]));
		if (subject_from_json(&read, json_array_get(alerts, i), err))
			return -1;
		case_subject_free(&read);
	}
	return 0;
}

/* `is_on` is written for tags and ticks. */
static int alerts_commit(struct casefile *casefile, enum case_op op, const struct case_subject *subjects, size_t count,
	const char *text, bool is_on, struct err *err)
{
	json_t *entry = case_entry_new(casefile, op);
	char *kept = text_keep(slice_of(text));
	(void)json_object_set_new(entry, "text", json_text(kept));
	free(kept);
	if (op == CASE_OP_TAG || op == CASE_OP_TICK)
		(void)json_object_set_new(entry, "on", json_boolean(is_on));
	if (subjects_add(entry, subjects, count, err)) {
		json_decref(entry);
		return -1;
	}
	return case_commit(casefile, entry, err);
}

int case_mark(struct casefile *casefile, const struct case_subject *subjects, size_t count, enum verdict verdict,
	struct err *err)
{
	return alerts_commit(casefile, CASE_OP_VERDICT, subjects, count, verdicts[verdict].word, false, err);
}

int case_note(
	struct casefile *casefile, const struct case_subject *subjects, size_t count, const char *text, struct err *err)
{
	if (is_blank(text))
		return err_set(err, ERR_USAGE, "the note is empty");
	return alerts_commit(casefile, CASE_OP_NOTE, subjects, count, text, false, err);
}

int case_tag(struct casefile *casefile, const struct case_subject *subjects, size_t count, const char *tag, bool is_on,
	struct err *err)
{
	if (is_blank(tag))
		return err_set(err, ERR_USAGE, "the tag is empty");
	return alerts_commit(casefile, CASE_OP_TAG, subjects, count, tag, is_on, err);
}

int case_tick(
	struct casefile *casefile, const struct case_subject *subject, const char *step, bool is_on, struct err *err)
{
	if (is_blank(step))
		return err_set(err, ERR_USAGE, "there is no step to tick");
	return alerts_commit(casefile, CASE_OP_TICK, subject, 1, step, is_on, err);
}

int case_title(struct casefile *casefile, const struct case_subject *subject, const char *title, struct err *err)
{
	return alerts_commit(casefile, CASE_OP_TITLE, subject, 1, is_blank(title) ? "" : title, false, err);
}

int case_move(struct casefile *casefile, const char *alert_id, size_t place, struct err *err)
{
	if (!case_find_id(casefile, alert_id))
		return err_set(err, ERR_USAGE, "there is no such finding to move");
	json_t *entry = case_entry_new(casefile, CASE_OP_MOVE);
	(void)json_object_set_new(entry, "alert", json_text(alert_id));
	(void)json_object_set_new(entry, "place", json_integer((json_int_t)place));
	return case_commit(casefile, entry, err);
}

/* ---- parameters and surroundings ---- */

const struct params *case_params(const struct casefile *casefile)
{
	return casefile->state.has_params ? &casefile->state.params : NULL;
}

int case_apply_params(struct casefile *casefile, const struct params *params, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct params read;
	params_write(&text, params, true);
	char *kept = text_keep((struct slice){text.data ? text.data : "", text.length});
	buf_free(&text);
	params_init(&read);
	int result = params_read(&read, "parameters", slice_of(kept), NULL, NULL, err);
	params_free(&read);
	if (result == 0) {
		json_t *entry = case_entry_new(casefile, CASE_OP_PARAMS);
		(void)json_object_set_new(entry, "text", json_text(kept));
		result = case_commit(casefile, entry, err);
	}
	free(kept);
	return result;
}

static bool text_equals(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int case_set_context(struct casefile *casefile, const struct case_context *context, struct err *err)
{
	char *input = text_keep(slice_of(context->input)), *database = text_keep(slice_of(context->database));
	const struct case_context *old = &casefile->state.context;
	int result = 0;
	if (!text_equals(old->input, input) || !text_equals(old->database, database) ||
		!text_equals(old->version, context->version)) {
		json_t *entry = case_entry_new(casefile, CASE_OP_CONTEXT);
		(void)json_object_set_new(entry, "input", json_text(input));
		(void)json_object_set_new(entry, "database", json_text(database));
		(void)json_object_set_new(entry, "version", json_text(context->version));
		result = case_commit(casefile, entry, err);
	}
	free(input);
	free(database);
	return result;
}

const struct case_context *case_context(const struct casefile *casefile)
{
	return &casefile->state.context;
}
