/* events: the events themselves: whole ECS documents read back from their files, or the main columns. */
#include "detection.h"

#include <stdlib.h>

/* Documents are read and written out as text in the order of files and offsets, batch by batch and by several threads;
 * the texts then go out in the order of rows. So a compressed file is not inflated again for every row of it. */
#define BATCH_ROWS 4096
#define JOB_ROWS 32
#define BATCH_JOBS (BATCH_ROWS / JOB_ROWS)

struct batch {
	uint32_t first, count; /* rows */
	uint32_t order[BATCH_ROWS]; /* the rows by file and offset */
	struct piece {
		uint32_t job;
		size_t start, length; /* in the job's text; length 0: no document */
		char *problem; /* then why */
	} pieces[BATCH_ROWS];
	char *texts[BATCH_JOBS];
};

struct documents {
	const struct report_input *input;
	void (*problem)(void *context, const char *text);
	void *context;
	uint64_t *missing;
	struct batch *batch;
};

static int compare_places(const void *a, const void *b, void *context)
{
	const struct store *store = ((const struct store *const *)context)[0];
	const uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
	if (store->file[first] != store->file[second])
		return store->file[first] < store->file[second] ? -1 : 1;
	if (store->offset[first] != store->offset[second])
		return store->offset[first] < store->offset[second] ? -1 : 1;
	return first < second ? -1 : first > second;
}

static void write_rows(void *context, size_t index, unsigned worker)
{
	struct documents *documents = context;
	struct batch *batch = documents->batch;
	size_t size;
	(void)worker;
	FILE *text = open_memstream(&batch->texts[index], &size);
	if (!text)
		base_abort("out of memory");
	struct json json;
	json_init(&json, text, false);
	for (uint32_t i = (uint32_t)index * JOB_ROWS; i < batch->count && i < (uint32_t)(index + 1) * JOB_ROWS; i++) {
		uint32_t row = batch->order[i];
		struct piece *piece = &batch->pieces[row - batch->first];
		struct err err = {0};
		json_t *document = load_document(documents->input->load, documents->input->matched, row, &err);
		*piece = (struct piece){.job = (uint32_t)index, .start = (size_t)ftello(text)};
		if (document) {
			json_put_value(&json, NULL, document);
			json.has_items[0] = false;
			json_decref(document);
		} else {
			piece->problem = xstrdup(err.text);
		}
		piece->length = (size_t)ftello(text) - piece->start;
	}
	if (fclose(text) != 0)
		base_abort("out of memory");
}

static void make_batch(struct documents *documents, unsigned threads)
{
	const struct store *store = documents->input->matched;
	struct batch *batch = documents->batch;
	for (uint32_t i = 0; i < batch->count; i++)
		batch->order[i] = batch->first + i;
	qsort_r(batch->order, batch->count, sizeof *batch->order, compare_places, &store);
	pool_run(threads, (batch->count + JOB_ROWS - 1) / JOB_ROWS, write_rows, documents);
}

static void put_documents(FILE *out, struct documents *documents, bool is_array, unsigned threads)
{
	const struct store *store = documents->input->matched;
	struct batch *batch = documents->batch = xcalloc(1, sizeof *batch);
	bool is_first = true;
	fputs(is_array ? "[" : "", out);
	for (; batch->first < store->count && !ferror(out); batch->first += batch->count) {
		uint32_t left = store->count - batch->first;
		batch->count = left < BATCH_ROWS ? left : BATCH_ROWS;
		make_batch(documents, threads);
		for (uint32_t i = 0; i < batch->count; i++) {
			struct piece *piece = &batch->pieces[i];
			if (piece->problem) {
				++*documents->missing;
				if (documents->problem)
					documents->problem(documents->context, piece->problem);
				free(piece->problem);
				continue;
			}
			if (is_array)
				fputs(is_first ? "\n" : ",\n", out);
			is_first = false;
			fwrite(batch->texts[piece->job] + piece->start, 1, piece->length, out);
			if (!is_array)
				putc('\n', out);
		}
		for (size_t job = 0; job < BATCH_JOBS; job++) {
			free(batch->texts[job]);
			batch->texts[job] = NULL;
		}
	}
	fputs(is_array ? "\n]\n" : "", out);
	free(batch);
}

static const struct {
	struct doc_column column;
	enum event_field field;
} columns[] = {
	{{"user.name", false, false}, FIELD_USER_NAME},
	{{"event.action", false, false}, FIELD_ACTION},
	{{"source.address", false, false}, FIELD_SOURCE_ADDRESS},
	{{"source.as.organization.name", false, false}, FIELD_AS_ORG},
	{{"source.geo.country_iso_code", false, false}, FIELD_COUNTRY_CODE},
	{{"event.provider", false, false}, FIELD_PROVIDER},
	{{"cloud.region", false, false}, FIELD_CLOUD_REGION},
	{{"event.outcome", false, false}, FIELD_OUTCOME},
	{{"aws.cloudtrail.error_code", false, false}, FIELD_ERROR_CODE},
	{{"aws.cloudtrail.user_identity.type", false, false}, FIELD_IDENTITY_TYPE},
	{{"aws.cloudtrail.user_identity.access_key_id", false, false}, FIELD_ACCESS_KEY},
	{{"user_agent.original", false, true}, FIELD_USER_AGENT},
};

/* On a terminal short names: the ECS names alone would fill the line. */
static void put_table(FILE *out, enum report_format format, const struct report_look *look, const struct store *store)
{
	struct doc doc;
	struct doc_column heads[COUNT_OF(columns) + 1] = {{"@timestamp", false, false}};
	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		heads[i + 1] = columns[i].column;
		if (format == REPORT_TABLE)
			heads[i + 1].name = event_fields[columns[i].field].alias;
	}
	doc_begin(&doc, out, format, look, "raretrail: events");
	doc_table(&doc, heads, COUNT_OF(heads));
	for (uint32_t row = 0; row < store->count && !ferror(out); row++) {
		char time[TIME_TEXT_SIZE];
		doc_cell(&doc, DOC_PLAIN, slice_of(time_format_iso(store->timestamp[row], time)));
		for (size_t i = 0; i < COUNT_OF(columns); i++)
			doc_cell(&doc, columns[i].field == FIELD_ERROR_CODE ? DOC_BAD : DOC_PLAIN,
				store_text(store, columns[i].field, row));
	}
	doc_table_end(&doc);
	doc_end(&doc);
}

int report_events(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, void (*problem)(void *context, const char *text), void *context,
	uint64_t *missing, struct err *err)
{
	*missing = 0;
	struct documents documents = {.input = input, .problem = problem, .context = context, .missing = missing};
	if (format == REPORT_JSON || format == REPORT_NDJSON)
		put_documents(out, &documents, format == REPORT_JSON,
			input->threads ? input->threads : pool_default_threads());
	else
		put_table(out, format, look, input->matched);
	return report_finish(out, err);
}
