/* export: the case as JSON, to work with. */
#include "parts.h"

#include <stdlib.h>

static json_t *words_json(char *const *words, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_text(words[i]));
	return list;
}

static json_t *finding_json(const struct finding *finding)
{
	json_t *json = json_object(), *history = json_array();
	(void)json_object_set_new(json, "verdict", json_text(verdicts[finding->verdict].word));
	(void)json_object_set_new(json, "title", json_text(finding->title));
	(void)json_object_set_new(json, "alert", subject_to_json(&finding->subject));
	(void)json_object_set_new(json, "tags", words_json(finding->tags, finding->tag_count));
	(void)json_object_set_new(json, "guide_steps_done", words_json(finding->ticks, finding->tick_count));
	for (size_t i = 0; i < finding->line_count; i++) {
		const struct case_line *line = &finding->lines[i];
		json_t *item = json_object();
		(void)json_object_set_new(item, "at", json_time(line->at));
		(void)json_object_set_new(item, "by", json_text(line->by));
		(void)json_object_set_new(item, line->is_note ? "note" : "event", json_text(line->text));
		(void)json_array_append_new(history, item);
	}
	(void)json_object_set_new(json, "history", history);
	return json;
}

static json_t *allow_json(const struct allow_entry *entry)
{
	json_t *json = json_object(), *list = json_array();
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (entry->rules & 1U << rule)
			(void)json_array_append_new(list, json_text(rules[rule].key));
	(void)json_object_set_new(json, "on", json_boolean(entry->is_on));
	(void)json_object_set_new(json, "kind", json_text(allow_kind_names[entry->kind]));
	(void)json_object_set_new(json, "match", json_text(entry->match));
	(void)json_object_set_new(json, "rules", list);
	(void)json_object_set_new(json, "reason", json_text(entry->reason));
	(void)json_object_set_new(json, "author", json_text(entry->author));
	(void)json_object_set_new(json, "created", json_time(entry->created));
	(void)json_object_set_new(json, "expires", json_time(entry->expires));
	return json;
}

/* ASCII only: controls and bidirectional marks are escapes, whoever looks at the file */
static void dump(struct buf *out, json_t *json, size_t layout)
{
	char *dumped = json_dumps(json, layout | JSON_ENSURE_ASCII);
	if (!dumped)
		base_abort("a case cannot be written as JSON");
	buf_add_text(out, dumped);
	buf_add_char(out, '\n');
	free(dumped);
	json_decref(json);
}

void case_export_json(const struct casefile *casefile, struct buf *out)
{
	const struct case_context *context = &casefile->state.context;
	json_t *json = json_object(), *findings = json_array(), *allowlist = json_array();
	(void)json_object_set_new(json, "schema", json_integer(1));
	(void)json_object_set_new(json, "entries", json_integer((json_int_t)casefile->entry_count));
	(void)json_object_set_new(json, "saved_at", json_time(casefile->saved_at));
	(void)json_object_set_new(json, "checksum", json_text(casefile->journal.sum));
	(void)json_object_set_new(json, "input", json_text(context->input));
	(void)json_object_set_new(json, "database", json_text(context->database));
	(void)json_object_set_new(json, "raretrail", json_text(context->version));
	for (size_t i = 0; i < casefile->visible_count; i++)
		(void)json_array_append_new(findings, finding_json(&casefile->visible[i]));
	(void)json_object_set_new(json, "findings", findings);
	for (size_t i = 0; i < casefile->state.allow_count; i++)
		(void)json_array_append_new(allowlist, allow_json(&casefile->state.allow[i]));
	(void)json_object_set_new(json, "allowlist", allowlist);
	struct buf text = BUF_EMPTY;
	if (casefile->state.has_params)
		params_write(&text, &casefile->state.params, true);
	char *kept =
		casefile->state.has_params ? text_keep((struct slice){text.data ? text.data : "", text.length}) : NULL;
	(void)json_object_set_new(json, "parameters", json_text(kept));
	free(kept);
	buf_free(&text);
	dump(out, json, JSON_INDENT(2));
}

void case_export_ndjson(const struct casefile *casefile, struct buf *out)
{
	for (size_t i = 0; i < casefile->visible_count; i++)
		dump(out, finding_json(&casefile->visible[i]), JSON_COMPACT);
}
