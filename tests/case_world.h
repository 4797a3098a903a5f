/* case_world: a case file in a folder of its own, a clock that stands still, and alerts on paper to give verdicts on. */
#ifndef CASE_WORLD_H
#define CASE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/case.h"

static char case_folder[] = "/tmp/raretrail-case-XXXXXX";
static char *path; /* of the case in it */

static inline int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(case_folder))
		return -1;
	path = xasprintf("%s/case.jsonl", case_folder);
	return 0;
}

static inline int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	free(path);
	return rmdir(case_folder);
}

static inline int64_t fixed_clock(void)
{
	return INT64_C(1778193067000);
}

/* name NULL: in memory only. */
static inline struct casefile *open_case(const char *name, bool is_read_only)
{
	struct case_options options = {
		.path = name, .author = "ak", .clock = fixed_clock, .is_read_only = is_read_only};
	struct casefile *casefile;
	struct err err;
	if (case_open(&options, &casefile, &err))
		fail_msg("%s", err.text);
	return casefile;
}

static inline struct case_subject subject_of(unsigned number)
{
	struct case_subject subject = {.rule = RULE_RARE_AS, .first = number * HOUR_MS, .last = number * HOUR_MS + 1};
	(void)snprintf(subject.id, sizeof subject.id, "%032u", number);
	subject.user = (char *)(uintptr_t) "ci-deploy";
	return subject;
}

#endif
