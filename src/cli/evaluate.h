/* evaluate: both engines over a loaded session, and what they say about their own reach. */
#ifndef RARETRAIL_CLI_EVALUATE_H
#define RARETRAIL_CLI_EVALUATE_H

#include "session.h"

struct evaluation {
	struct rare_as *rare_as; /* NULL: the rule was not asked for */
	struct rare_method *rare_method;
	struct alerts alerts; /* of both rules, in the order of batch output */
};

/* Adds notices to the session. */
void evaluate(struct session *session, struct evaluation *out);
void evaluation_free(struct evaluation *evaluation);

#endif
