/* Facts about an alert that take a walk over rows: the networks and agents of its identity, the habit of its user, who
 * else used the action or the address, when. Gathered on the scanner's thread, kept by the screens that show the alert. */
#ifndef VIEW_FACTS_H
#define VIEW_FACTS_H

#include "results.h"
#include "tally.h"

struct app;
struct task;

#define PEERS_SHOWN 6
struct facts {
	struct results *results; /* what they were gathered from */
	char alert[ALERT_ID_SIZE];
	struct tally networks, agents, addresses, keys; /* of the identity in the window */

	bool has_explanation; /* rare-method only */
	struct method_explanation explanation;
	struct method_facts words;

	uint32_t week[7][24]; /* events of the user, Monday first, UTC */
	bool is_week[7][24]; /* evidence fell there */
	uint32_t others_on_address; /* users beside this one on the evidence's addresses */
	uint32_t other_names[PEERS_SHOWN];
	uint32_t other_count;
	uint32_t key_events; /* events of the evidence's access keys within an hour of it, not in the evidence */
};

void facts_free(struct facts *facts);

/* The facts a screen asks for: one gathering at a time, what was found last is kept until the next has come. */
struct facts_wanted {
	struct facts *newest; /* NULL: none yet; may be of older results or of another alert */
	bool is_new; /* they came since the owner took this mark away */
	struct task *task;
};
void facts_want(struct app *app, struct facts_wanted *wanted, uint32_t alert); /* UINT32_MAX: nothing any more */
void facts_wanted_free(struct facts_wanted *wanted);

#endif
