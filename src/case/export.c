/* export: the case for the next shift, the ticket, the report: Markdown to read, JSON to work with. */
#include "parts.h"

#include <stdlib.h>

/* ---- Markdown ---- */

static void markdown_add(struct buf *out, const char *text)
{
	text_show(out, slice_of(text ? text : ""), TEXT_MARKDOWN);
}

/* Several lines of a note stay one cell of a table. */
static void cell_add(struct buf *out, const char *text)
{
	for (const char *line = text ? text : ""; *line;) {
		size_t length = strcspn(line, "\r\n");
		text_show(out, (struct slice){line, length}, TEXT_MARKDOWN);
		line += length;
		if (*line)
			buf_add_text(out, "<br>");
		line += strspn(line, "\r\n");
	}
}

static void time_add(struct buf *out, int64_t time)
{
	char text[TIME_TEXT_SIZE];
	if (time == TIME_NONE)
		buf_add_text(out, "never");
	else
		buf_printf(out, "%.10s %.8sZ", time_format_iso(time, text), text + 11);
}

static void field_add(struct buf *out, const char *name, const char *text)
{
	if (!text)
		return;
	buf_printf(out, "- %s: ", name);
	markdown_add(out, text);
	buf_add_char(out, '\n');
}

static void words_add(struct buf *out, const char *name, char *const *words, size_t count)
{
	if (count == 0)
		return;
	buf_printf(out, "- %s: ", name);
	for (size_t i = 0; i < count; i++) {
		buf_add_text(out, i ? ", " : "");
		markdown_add(out, words[i]);
	}
	buf_add_char(out, '\n');
}

static void finding_add(struct buf *out, size_t number, const struct finding *finding)
{
	const struct case_subject *subject = &finding->subject;
	buf_printf(out, "## %zu. ", number);
	if (finding->title) {
		markdown_add(out, finding->title);
	} else {
		markdown_add(out, subject->user);
		buf_printf(out, ": %s", rules[subject->rule].name);
	}
	buf_printf(out, "\n\n- verdict: **%s**\n- rule: %s (%s)\n", verdicts[finding->verdict].word,
		rules[subject->rule].name, rules[subject->rule].rule_id);
	field_add(out, "user.name", subject->user);
	field_add(out, "aws.cloudtrail.user_identity.type", subject->type);
	field_add(out, "event.action", subject->action);
	buf_add_text(out, "- fired: ");
	time_add(out, subject->first);
	buf_add_text(out, " to ");
	time_add(out, subject->last);
	buf_add_char(out, '\n');
	field_add(out, "figures", subject->summary);
	words_add(out, "tags", finding->tags, finding->tag_count);
	words_add(out, "guide steps done", finding->ticks, finding->tick_count);
	buf_printf(out, "- alert id: %s\n\n", subject->id);
	buf_add_text(out, "| when | who | what |\n|---|---|---|\n");
	for (size_t i = 0; i < finding->line_count; i++) {
		buf_add_text(out, "| ");
		time_add(out, finding->lines[i].at);
		buf_add_text(out, " | ");
		cell_add(out, finding->lines[i].by);
		buf_add_text(out, " | ");
		cell_add(out, finding->lines[i].text);
		buf_add_text(out, " |\n");
	}
	buf_add_char(out, '\n');
}

static void allowlist_add(struct buf *out, const struct allow_entry *entries, size_t count)
{
	if (count == 0)
		return;
	buf_add_text(out, "## Allowlist\n\n| on | kind | match | rules | reason | by | since | until |\n"
			  "|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		const struct allow_entry *entry = &entries[i];
		buf_printf(out, "| %s | %s | ", entry->is_on ? "yes" : "no", allow_kind_names[entry->kind]);
		cell_add(out, entry->match);
		buf_add_text(out, " | ");
		for (enum rule rule = 0; rule < RULE_COUNT; rule++)
			if (entry->rules & 1U << rule)
				buf_printf(out, "%s ", rules[rule].key);
		buf_add_text(out, "| ");
		cell_add(out, entry->reason);
		buf_add_text(out, " | ");
		cell_add(out, entry->author);
		buf_add_text(out, " | ");
		time_add(out, entry->created);
		buf_add_text(out, " | ");
		time_add(out, entry->expires);
		buf_add_text(out, " |\n");
	}
	buf_add_char(out, '\n');
}

/* As a block of code, by indentation: no text in it can end it. */
static void params_add(struct buf *out, const struct params *params)
{
	struct buf text = BUF_EMPTY;
	params_write(&text, params, true);
	buf_add_text(out, "## Parameters that differ from Elastic's\n\n");
	if (text.length == 0)
		buf_add_text(out, "none\n");
	for (size_t at = 0; at < text.length;) {
		const char *end = memchr(text.data + at, '\n', text.length - at);
		size_t length = end ? (size_t)(end - text.data) - at : text.length - at;
		buf_add_text(out, "    ");
		text_show(out, (struct slice){text.data + at, length}, TEXT_TERMINAL);
		buf_add_char(out, '\n');
		at += length + 1;
	}
	buf_free(&text);
}

void case_export_markdown(const struct casefile *casefile, struct buf *out)
{
	const struct case_context *context = &casefile->state.context;
	const char *slash = strrchr(casefile->journal.path, '/');
	buf_add_text(out, "# Case ");
	markdown_add(out, casefile->journal.path[0] ? (slash ? slash + 1 : casefile->journal.path) : "in memory");
	buf_printf(out, "\n\n- findings: %zu\n- journal: %zu entries, the last one of ", casefile->visible_count,
		casefile->entry_count);
	time_add(out, casefile->saved_at);
	buf_printf(out, ", checksum %s\n", casefile->journal.sum);
	field_add(out, "input", context->input);
	field_add(out, "AS database", context->database);
	field_add(out, "raretrail", context->version);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < casefile->visible_count; i++)
		finding_add(out, i + 1, &casefile->visible[i]);
	allowlist_add(out, casefile->state.allow, casefile->state.allow_count);
	if (casefile->state.has_params)
		params_add(out, &casefile->state.params);
}

/* ---- JSON ---- */

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
	/* ASCII only: controls and bidirectional marks are escapes, whoever looks at the file */
	char *dumped = json_dumps(json, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	if (!dumped)
		base_abort("a case cannot be written as JSON");
	buf_add_text(out, dumped);
	buf_add_char(out, '\n');
	free(dumped);
	json_decref(json);
}
