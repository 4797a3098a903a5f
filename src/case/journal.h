/* journal: a file of JSON lines that only grows. Each line ends in a checksum of itself and names that of the line before,
 * so a damaged, missing or exchanged line is found. A line is either on the disk or not there at all. */
#ifndef RARETRAIL_CASE_JOURNAL_H
#define RARETRAIL_CASE_JOURNAL_H

#include <jansson.h>

#include "raretrail/base.h"

#define JOURNAL_SUM_SIZE 17

struct journal {
	int file; /* -1: in memory only */
	char *path;
	uint64_t length; /* bytes that are ours */
	uint64_t lines;
	char sum[JOURNAL_SUM_SIZE]; /* of the last line */
	bool is_read_only;
	char *notice; /* what was repaired; NULL nothing */
};

/* Called for each line in order (owned by the journal for the call); -1 stops the reading with its error. */
typedef int journal_reader(void *context, uint64_t line, json_t *entry, struct err *err);
int journal_open(struct journal *journal, const char *path, bool is_read_only, journal_reader *reader, void *context,
	struct err *err) MUST_USE;
void journal_close(struct journal *journal);
/* Adds "n", "prev" and the checksum to the entry (its other members come first) and returns when it is on the disk. On
 * error the file is as it was. */
int journal_append(struct journal *journal, json_t *entry, struct err *err) MUST_USE;

#endif
