/* rare_method_runs: published runs of Elastic's detector, read for tests: tests/data/rare-method, one folder a run. */
#ifndef RARE_METHOD_RUNS_H
#define RARE_METHOD_RUNS_H

#include "raretrail/store.h"
#include "own_chunk.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS_FOLDER "tests/data/rare-method/"

/* A whole file, decompressed where its name ends in .xz. */
static inline char *run_text(const char *run, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, RUNS_FOLDER "%s/%s", run, name);
	struct archive *archive = archive_read_new();
	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	struct archive_entry *entry;
	if (archive_read_open_filename(archive, path, 65536) != ARCHIVE_OK ||
		archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		base_abort("%s: %s", path, archive_error_string(archive));
	struct buf text = BUF_EMPTY;
	char block[65536];
	for (la_ssize_t got; (got = archive_read_data(archive, block, sizeof block)) > 0;)
		buf_add(&text, block, (size_t)got);
	archive_read_free(archive);
	if (!text.data)
		base_abort("%s is empty", path);
	return text.data;
}

/* Splits the next line at commas; false at the end. No field of these files is quoted. */
static inline bool run_line(char **text, char *fields[], unsigned count)
{
	if (**text == 0)
		return false;
	char *line = *text, *end = strchr(line, '\n');
	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	if (end && end > line && end[-1] == '\r')
		end[-1] = 0;
	for (unsigned i = 0; i < count; i++) {
		char *comma = line ? strchr(line, ',') : NULL;
		if (comma)
			*comma = 0;
		fields[i] = line ? line : "";
		line = comma ? comma + 1 : NULL;
	}
	return true;
}

/* The run's input as a store, for one more field each: user.id and the ARN are made from the name, the city from the
 * address. Rows with an empty user are left out, as in the rule. */
static inline struct store *run_store(const char *run)
{
	char *text = run_text(run, "input.csv.xz"), *rest = text, *fields[4];
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct chunk *chunk = own_chunk();
	run_line(&rest, fields, 4);
	for (uint32_t number = 0; run_line(&rest, fields, 4); number++) {
		char id[16], city[32], arn[128], user_id[64];
		snprintf(id, sizeof id, "%08x", number);
		snprintf(city, sizeof city, "City of %.9s", fields[3]);
		snprintf(arn, sizeof arn, "arn:aws:iam::1:user/%s", fields[1]);
		snprintf(user_id, sizeof user_id, "AIDA%s", fields[1]);
		struct event event = {.timestamp = strtoll(fields[0], NULL, 10) * 1000,
			.ingested = TIME_NONE,
			.id = slice_of(id),
			.offset = number,
			.length = 1,
			.content = number};
		if (*fields[1]) {
			event.fields[FIELD_USER_NAME] = slice_of(fields[1]);
			event.fields[FIELD_USER_ID] = slice_of(user_id);
			event.fields[FIELD_IDENTITY_ARN] = slice_of(arn);
		}
		if (*fields[2])
			event.fields[FIELD_ACTION] = slice_of(fields[2]);
		if (*fields[3]) {
			event.fields[FIELD_SOURCE_IP] = event.fields[FIELD_SOURCE_ADDRESS] = slice_of(fields[3]);
			event.fields[FIELD_CITY_NAME] = slice_of(city);
		}
		event.fields[FIELD_OUTCOME] = slice_of(number % 3 ? "success" : "failure");
		chunk_add(chunk, &event);
	}
	free(text);
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

#endif
