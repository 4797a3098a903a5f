/* state: what the entries of a journal add up to. Findings are found by alert id; an alert that was tuned into another
 * id is found by its owner and an overlapping time. */
#include "parts.h"

#include <stdlib.h>

void state_init(struct state *state)
{
	*state = (struct state){.ids = dict_new(), .owners = dict_new()};
}

static void dossier_free(struct dossier *dossier)
{
	struct finding *finding = &dossier->finding;
	case_subject_free(&finding->subject);
	free(finding->title);
	free(finding->lines);
	free(finding->tags);
	free(finding->ticks);
}

void state_free(struct state *state)
{
	for (size_t i = 0; i < state->dossier_count; i++)
		dossier_free(&state->dossiers[i]);
	for (size_t i = 0; i < state->allow_count; i++)
		allow_entry_free(&state->allow[i]);
	if (state->has_params)
		params_free(&state->params);
	free(state->dossiers);
	free(state->order);
	free(state->allow);
	free(state->id_dossier);
	free(state->owner_dossier);
	dict_free(state->ids);
	dict_free(state->owners);
	*state = (struct state){0};
}

/* ---- finding dossiers ---- */

static uint32_t *slot_for(uint32_t **slots, size_t *capacity, uint32_t id)
{
	size_t before = *capacity;
	*slots = array_grow(*slots, capacity, (size_t)id + 1, sizeof **slots);
	if (*capacity > before)
		memset(*slots + before, 0, (*capacity - before) * sizeof **slots);
	return &(*slots)[id];
}

struct dossier *state_find_id(const struct state *state, const char *alert_id)
{
	uint32_t id = dict_find(state->ids, slice_of(alert_id));
	return id ? &state->dossiers[state->id_dossier[id] - 1] : NULL;
}

static int verdict_weight(enum verdict verdict)
{
	static const int weights[VERDICT_COUNT] = {
		[VERDICT_TRUE_POSITIVE] = 3, [VERDICT_SUSPICIOUS] = 2, [VERDICT_BENIGN] = 1};
	return weights[verdict];
}

struct dossier *state_find(const struct state *state, const struct case_subject *subject)
{
	struct dossier *found = state_find_id(state, subject->id);
	struct buf owner = BUF_EMPTY;
	if (found)
		return found;
	subject_owner(&owner, subject);
	uint32_t id = dict_find(state->owners, (struct slice){owner.data, owner.length});
	buf_free(&owner);
	/* where an alert now covers several, the gravest verdict speaks for it */
	for (uint32_t at = id ? state->owner_dossier[id] : 0; at; at = state->dossiers[at - 1].next) {
		struct dossier *other = &state->dossiers[at - 1];
		const struct case_subject *theirs = &other->finding.subject;
		if (theirs->first > subject->last || subject->first > theirs->last)
			continue;
		if (!found || verdict_weight(other->finding.verdict) > verdict_weight(found->finding.verdict))
			found = other;
	}
	return found;
}

static void id_link(struct state *state, const char *alert_id, const struct dossier *dossier)
{
	uint32_t id = dict_intern(state->ids, slice_of(alert_id));
	*slot_for(&state->id_dossier, &state->id_capacity, id) = (uint32_t)(dossier - state->dossiers) + 1;
}

/* Takes the subject. */
static struct dossier *dossier_new(struct state *state, struct case_subject *subject)
{
	struct buf owner = BUF_EMPTY;
	state->dossiers = array_grow(
		state->dossiers, &state->dossier_capacity, state->dossier_count + 1, sizeof *state->dossiers);
	state->order = array_grow(state->order, &state->order_capacity, state->dossier_count + 1, sizeof *state->order);
	struct dossier *dossier = &state->dossiers[state->dossier_count];
	state->order[state->dossier_count] = (uint32_t)state->dossier_count;
	state->dossier_count++;
	*dossier = (struct dossier){.finding = {.subject = *subject}};
	subject_owner(&owner, subject);
	uint32_t id = dict_intern(state->owners, (struct slice){owner.data, owner.length});
	uint32_t *newest = slot_for(&state->owner_dossier, &state->owner_capacity, id);
	dossier->next = *newest;
	*newest = (uint32_t)state->dossier_count;
	buf_free(&owner);
	return dossier;
}

/* The dossier of a subject, made when there is none; takes the subject. The time of a known one grows, and it is found
 * under the new id too. */
static struct dossier *dossier_for(struct state *state, struct case_subject *subject)
{
	struct dossier *dossier = state_find(state, subject);
	char id[ALERT_ID_SIZE];
	memcpy(id, subject->id, sizeof id);
	if (!dossier) {
		dossier = dossier_new(state, subject);
	} else {
		struct case_subject *known = &dossier->finding.subject;
		known->first = subject->first < known->first ? subject->first : known->first;
		known->last = subject->last > known->last ? subject->last : known->last;
		case_subject_free(subject);
	}
	id_link(state, id, dossier);
	return dossier;
}

bool dossier_is_visible(const struct dossier *dossier)
{
	const struct finding *finding = &dossier->finding;
	return finding->verdict != VERDICT_OPEN || finding->note_count || finding->tag_count || finding->tick_count ||
	       finding->title;
}

/* ---- applying ---- */

static void line_add(struct dossier *dossier, const json_t *entry, const char *text, bool is_note)
{
	struct finding *finding = &dossier->finding;
	int64_t at = TIME_NONE;
	(void)json_time_read(json_object_get(entry, "at"), &at);
	finding->lines =
		array_grow(finding->lines, &dossier->line_capacity, finding->line_count + 1, sizeof *finding->lines);
	finding->lines[finding->line_count++] =
		(struct case_line){at, json_string_value(json_object_get(entry, "by")), text, is_note};
	finding->note_count += is_note;
}

static void word_set(char ***words, size_t *count, size_t *capacity, const char *word, bool is_on)
{
	size_t at = 0;
	while (at < *count && strcmp((*words)[at], word) != 0)
		at++;
	if (!is_on && at < *count) {
		memmove(*words + at, *words + at + 1, (*count - at - 1) * sizeof **words);
		--*count;
	} else if (is_on && at == *count) {
		*words = array_grow(*words, capacity, *count + 1, sizeof **words);
		(*words)[(*count)++] = (char *)(uintptr_t)word; /* lives in the entry's JSON */
	}
}

static const char *const verdict_lines[VERDICT_COUNT] = {
#define X(id, word, letter) "verdict: " word,
	VERDICTS(X)
#undef X
};

static int dossier_apply(struct dossier *dossier, enum case_op op, const json_t *entry)
{
	struct finding *finding = &dossier->finding;
	const char *text = json_string_value(json_object_get(entry, "text"));
	bool is_on = json_is_true(json_object_get(entry, "on"));
	enum verdict verdict = VERDICT_OPEN;
	switch (op) {
	case CASE_OP_VERDICT:
		while (verdict < VERDICT_COUNT && strcmp(verdicts[verdict].word, text) != 0)
			verdict++;
		if (verdict == VERDICT_COUNT)
			return -1;
		finding->verdict = verdict;
		line_add(dossier, entry, verdict_lines[verdict], false);
		break;
	case CASE_OP_NOTE: line_add(dossier, entry, text, true); break;
	case CASE_OP_TAG: word_set(&finding->tags, &finding->tag_count, &dossier->tag_capacity, text, is_on); break;
	case CASE_OP_TICK: word_set(&finding->ticks, &finding->tick_count, &dossier->tick_capacity, text, is_on); break;
	default:
		free(finding->title);
		finding->title = *text ? xstrdup(text) : NULL;
		break;
	}
	return 0;
}

static int alerts_apply(struct state *state, enum case_op op, const json_t *entry, struct err *err)
{
	const json_t *alerts = json_object_get(entry, "alerts");
	if (!json_is_string(json_object_get(entry, "text")) || json_array_size(alerts) == 0)
		return err_set(err, ERR_FORMAT, "it lacks its text or its alerts");
	for (size_t i = 0; i < json_array_size(alerts); i++) {
		struct case_subject subject;
		if (subject_from_json(&subject, json_array_get(alerts, i), err))
			return -1;
		if (dossier_apply(dossier_for(state, &subject), op, entry))
			return err_set(err, ERR_FORMAT, "its verdict is not known");
	}
	return 0;
}

/* Places count what people see. */
static int move_apply(struct state *state, const json_t *entry, struct err *err)
{
	const char *alert = json_string_value(json_object_get(entry, "alert"));
	const struct dossier *dossier = alert ? state_find_id(state, alert) : NULL;
	if (!dossier || !json_is_integer(json_object_get(entry, "place")))
		return err_set(err, ERR_FORMAT, "it moves a finding that is not there");
	json_int_t place = json_integer_value(json_object_get(entry, "place"));
	uint32_t number = (uint32_t)(dossier - state->dossiers);
	size_t from = 0, to = 0;
	while (state->order[from] != number)
		from++;
	memmove(state->order + from, state->order + from + 1, (state->dossier_count - from - 1) * sizeof *state->order);
	for (; to + 1 < state->dossier_count; to++) {
		bool is_visible = dossier_is_visible(&state->dossiers[state->order[to]]);
		if (is_visible && place-- <= 0)
			break;
	}
	memmove(state->order + to + 1, state->order + to, (state->dossier_count - to - 1) * sizeof *state->order);
	state->order[to] = number;
	return 0;
}

static int params_apply(struct state *state, const json_t *entry, struct err *err)
{
	const char *text = json_string_value(json_object_get(entry, "text"));
	struct params params;
	if (!text)
		return err_set(err, ERR_FORMAT, "it holds no parameters");
	params_init(&params);
	if (params_read(&params, "parameters", slice_of(text), NULL, NULL, err)) {
		params_free(&params);
		return -1;
	}
	if (state->has_params)
		params_free(&state->params);
	state->params = params;
	state->has_params = true;
	return 0;
}

int state_apply(struct state *state, const json_t *entry, struct err *err)
{
	const char *word = json_string_value(json_object_get(entry, "op"));
	enum case_op op = word ? case_op_find(word) : CASE_OP_COUNT;
	switch (op) {
	case CASE_OP_VERDICT:
	case CASE_OP_NOTE:
	case CASE_OP_TAG:
	case CASE_OP_TICK:
	case CASE_OP_TITLE: return alerts_apply(state, op, entry, err);
	case CASE_OP_MOVE: return move_apply(state, entry, err);
	case CASE_OP_ALLOW: return allow_apply(state, entry, err);
	case CASE_OP_ALLOW_REMOVE: return allow_remove_apply(state, entry, err);
	case CASE_OP_PARAMS: return params_apply(state, entry, err);
	case CASE_OP_CONTEXT:
		state->context = (struct case_context){json_string_value(json_object_get(entry, "input")),
			json_string_value(json_object_get(entry, "database")),
			json_string_value(json_object_get(entry, "version"))};
		return 0;
	case CASE_OP_OPEN:
	case CASE_OP_UNDO:
	case CASE_OP_REDO:
	case CASE_OP_COUNT: break;
	}
	return 0;
}
