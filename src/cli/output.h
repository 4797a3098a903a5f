/* output: where the data go: standard output, or a file that appears whole or not at all. */
#ifndef RARETRAIL_CLI_OUTPUT_H
#define RARETRAIL_CLI_OUTPUT_H

#include <stdio.h>

#include "raretrail/base.h"

struct output {
	FILE *file;
	char *path, *temporary; /* NULL for standard output */
};

/* path NULL or "-": standard output. A device or pipe is written as it is. */
int output_open(struct output *output, const char *path, struct err *err) MUST_USE;
/* Flushes; moves the file into place when all went well, else removes it. -1 when writing had failed. */
int output_close(struct output *output, bool is_complete, struct err *err) MUST_USE;
/* The end of a command: `result` of the writing, then that of closing; the first failure is the one told. */
int output_end(struct output *output, int result, struct err *err) MUST_USE;
/* Standard output was a pipe whose reader left: not worth a word. */
bool output_reader_left(void);

#endif
