/* resume: the command line of a session that was left behind, and that of this one for the next time. */
#ifndef RARETRAIL_CLI_RESUME_H
#define RARETRAIL_CLI_RESUME_H

#include "options.h"
#include "raretrail/view.h"

/* For --resume. Without PATH *out becomes the session's files and options with those of this command line over them (free
 * it with arguments_free); else a copy of `arguments`. *session stays NULL where there is nothing to resume, and then,
 * with a PATH, *told says why: the console opens anyway. */
int resume_arguments(const struct arguments *arguments, struct arguments *out, struct view_session **session,
	struct err *told, struct err *err) MUST_USE;
/* What the console is to be opened with the next time; names of files absolute. */
struct view_given *resume_given(const struct arguments *arguments, size_t *count) MUST_USE;
void resume_given_free(struct view_given *given, size_t count);

#endif
