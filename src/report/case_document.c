/* case_document: a case for the next shift, the ticket, the report: Markdown or HTML to read. */
#include "case_parts.h"

#include <stdlib.h>

static struct slice time_words(int64_t time, char text[TIME_TEXT_SIZE])
{
	if (time == TIME_NONE)
		return slice_of("never");
	/* 2026-05-07T22:00:00.000Z: without the T and the fraction */
	time_format_iso(time, text);
	text[10] = ' ';
	memcpy(text + 19, "Z", 2);
	return slice_of(text);
}

static void put_time(struct doc *doc, int64_t time)
{
	char text[TIME_TEXT_SIZE];
	doc_cell(doc, DOC_PLAIN, time_words(time, text));
}

static void put_text(struct doc *doc, const char *name, const char *text)
{
	if (text)
		doc_field(doc, name, DOC_PLAIN, slice_of(text));
}

static void put_words(struct doc *doc, const char *name, char *const *words, size_t count)
{
	struct buf text = BUF_EMPTY;
	words_join(&text, words, count, ", ");
	put_text(doc, name, text.data);
	buf_free(&text);
}

static void put_head(struct doc *doc, const struct casefile *casefile, size_t findings)
{
	const struct case_context *context = case_context(casefile);
	char time[TIME_TEXT_SIZE];
	doc_fieldf(doc, "findings", DOC_PLAIN, "%zu", findings);
	doc_fieldf(doc, "journal", DOC_PLAIN, "%llu entries, the last one of %s, checksum %s",
		(unsigned long long)case_entries(casefile), time_words(case_saved_at(casefile), time).data,
		case_checksum(casefile));
	put_text(doc, "input", context->input);
	put_text(doc, "AS database", context->database);
	put_text(doc, "raretrail", context->version);
}

static const enum doc_style verdict_styles[VERDICT_COUNT] = {[VERDICT_OPEN] = DOC_DIM,
	[VERDICT_TRUE_POSITIVE] = DOC_BAD,
	[VERDICT_SUSPICIOUS] = DOC_BAD,
	[VERDICT_BENIGN] = DOC_GOOD};

static void put_finding(struct doc *doc, size_t number, const struct finding *finding)
{
	static const struct doc_column columns[] = {
		{"when", false, false}, {"who", false, false}, {"what", false, true}};
	const struct case_subject *subject = &finding->subject;
	const struct rule_info *rule = &rules[subject->rule];
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	char *title = finding->title ? xasprintf("%zu. %s", number, finding->title)
				     : xasprintf("%zu. %s: %s", number, subject->user, rule->name);
	doc_heading(doc, 2, slice_of(title));
	free(title);
	doc_field(doc, "verdict", verdict_styles[finding->verdict], slice_of(verdicts[finding->verdict].word));
	doc_fieldf(doc, "rule", DOC_PLAIN, "%s (%s)", rule->name, rule->rule_id);
	put_text(doc, "user.name", subject->user);
	put_text(doc, "aws.cloudtrail.user_identity.type", subject->type);
	put_text(doc, "event.action", subject->action);
	doc_fieldf(doc, "fired", DOC_PLAIN, "%s to %s", time_words(subject->first, first).data,
		time_words(subject->last, last).data);
	put_text(doc, "figures", subject->summary);
	put_words(doc, "tags", finding->tags, finding->tag_count);
	put_words(doc, "guide steps done", finding->ticks, finding->tick_count);
	put_text(doc, "alert id", subject->id);
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < finding->line_count; i++) {
		put_time(doc, finding->lines[i].at);
		doc_cell_lines(doc, DOC_PLAIN, slice_of(finding->lines[i].by));
		doc_cell_lines(doc, DOC_PLAIN, slice_of(finding->lines[i].text));
	}
	doc_table_end(doc);
}

static void put_allowlist(struct doc *doc, const struct casefile *casefile)
{
	static const struct doc_column columns[] = {{"on", false, false}, {"kind", false, false},
		{"match", false, false}, {"rules", false, false}, {"reason", false, false}, {"by", false, false},
		{"since", false, false}, {"until", false, false}};
	size_t count;
	const struct allow_entry *entries = case_allowlist(casefile, &count);
	if (count == 0)
		return;
	doc_heading(doc, 2, slice_of("Allowlist"));
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < count; i++) {
		const struct allow_entry *entry = &entries[i];
		struct buf named = BUF_EMPTY;
		for (enum rule rule = 0; rule < RULE_COUNT; rule++)
			if (entry->rules & 1U << rule)
				buf_printf(&named, "%s%s", named.length ? ", " : "", rules[rule].key);
		doc_cell(doc, DOC_PLAIN, slice_of(entry->is_on ? "yes" : "no"));
		doc_cell(doc, DOC_PLAIN, slice_of(allow_kind_names[entry->kind]));
		doc_cell_lines(doc, DOC_PLAIN, slice_of(entry->match));
		doc_cell(doc, DOC_PLAIN, (struct slice){named.data, named.length});
		doc_cell_lines(doc, DOC_PLAIN, slice_of(entry->reason));
		doc_cell_lines(doc, DOC_PLAIN, slice_of(entry->author));
		put_time(doc, entry->created);
		put_time(doc, entry->expires);
		buf_free(&named);
	}
	doc_table_end(doc);
}

static void put_params(struct doc *doc, const struct params *params)
{
	struct buf text = BUF_EMPTY;
	params_write(&text, params, true);
	doc_heading(doc, 2, slice_of("Parameters that differ from Elastic's"));
	if (text.length > 0)
		doc_code(doc, (struct slice){text.data, text.length});
	else
		doc_line(doc, DOC_PLAIN, slice_of("none"));
	buf_free(&text);
}

void case_document(FILE *out, enum report_format format, const struct casefile *casefile)
{
	const struct report_look plain = {0};
	const char *path = case_path(casefile), *slash = strrchr(path, '/');
	char *title = xasprintf("Case %s", path[0] ? (slash ? slash + 1 : path) : "in memory");
	struct doc doc;
	size_t count;
	const struct finding *findings = case_findings(casefile, &count);
	doc_begin(&doc, out, format, &plain, title);
	free(title);
	put_head(&doc, casefile, count);
	for (size_t i = 0; i < count; i++)
		put_finding(&doc, i + 1, &findings[i]);
	put_allowlist(&doc, casefile);
	if (case_params(casefile))
		put_params(&doc, case_params(casefile));
	doc_end(&doc);
}
