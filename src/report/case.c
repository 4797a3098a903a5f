/* case: a case for people and scripts; the findings as rows. */
#include "case_parts.h"

void words_join(struct buf *out, char *const *words, size_t count, const char *between)
{
	for (size_t i = 0; i < count; i++) {
		buf_add_text(out, i ? between : "");
		buf_add_text(out, words[i]);
	}
}

static void add_words(struct cells *row, const char *name, char *const *words, size_t count)
{
	struct buf text = BUF_EMPTY;
	words_join(&text, words, count, " | ");
	cells_add_copy(row, name, &text);
	buf_free(&text);
}

static void add_notes(struct cells *row, const struct finding *finding)
{
	struct buf text = BUF_EMPTY;
	for (size_t i = 0; i < finding->line_count; i++)
		if (finding->lines[i].is_note)
			buf_printf(&text, "%s%s", text.length ? " | " : "", finding->lines[i].text);
	cells_add_copy(row, "notes", &text);
	buf_free(&text);
}

/* In the names of the JSON object; a zeroed one gives them. */
static void add_finding(struct cells *row, const struct finding *finding)
{
	const struct case_subject *subject = &finding->subject;
	cells_add_text(row, "verdict", slice_of(verdicts[finding->verdict].word));
	cells_add_text(row, "title", slice_of(finding->title));
	cells_add_text(row, "id", slice_of(subject->id));
	cells_add_text(row, "rule", slice_of(rules[subject->rule].key));
	cells_add_text(row, "user", slice_of(subject->user));
	cells_add_text(row, "type", slice_of(subject->type));
	cells_add_text(row, "action", slice_of(subject->action));
	cells_add_time(row, "first", subject->first);
	cells_add_time(row, "last", subject->last);
	cells_add_text(row, "summary", slice_of(subject->summary));
	add_words(row, "tags", finding->tags, finding->tag_count);
	add_words(row, "guide_steps_done", finding->ticks, finding->tick_count);
	add_notes(row, finding);
}

static void case_csv(FILE *out, const struct casefile *casefile)
{
	struct cells row;
	struct cells_csv csv;
	size_t count;
	const struct finding *findings = case_findings(casefile, &count);
	cells_init(&row, NULL);
	add_finding(&row, &(struct finding){.verdict = VERDICT_OPEN});
	cells_csv_begin(&csv, out, &row);
	for (size_t i = 0; i < count; i++) {
		add_finding(&row, &findings[i]);
		cells_csv_row(&csv, &row);
	}
	cells_csv_end(&csv);
	cells_free(&row);
}

int report_case(FILE *out, enum report_format format, const struct casefile *casefile, struct err *err)
{
	struct buf text = BUF_EMPTY;
	switch (format) {
	case REPORT_JSON: case_export_json(casefile, &text); break;
	case REPORT_NDJSON: case_export_ndjson(casefile, &text); break;
	case REPORT_CSV: case_csv(out, casefile); break;
	default: case_document(out, format, casefile);
	}
	if (text.length > 0)
		fwrite(text.data, 1, text.length, out);
	buf_free(&text);
	return report_finish(out, err);
}
