/* help: what the tables say, for people, shells and the manual page. */
#ifndef RARETRAIL_CLI_HELP_H
#define RARETRAIL_CLI_HELP_H

#include <stdio.h>

#include "options.h"

void help_overview(FILE *out);
void help_command(FILE *out, enum command command);
/* `raretrail help [COMMAND]`, --man, --completion. */
int help_run(const struct arguments *arguments, FILE *out, struct err *err) MUST_USE;
/* One table of the manual page as roff. */
int help_man(FILE *out, const char *table, struct err *err) MUST_USE;
int help_completion(FILE *out, const char *shell, struct err *err) MUST_USE;

#endif
