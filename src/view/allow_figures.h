/* What each allowlist entry hits and silences, and what a new one would: counted on the evaluator's thread. */
#ifndef VIEW_ALLOW_FIGURES_H
#define VIEW_ALLOW_FIGURES_H

#include "raretrail/case.h"
#include "results.h"

struct app;
struct task;

/* An entry in the list as shown: first the rule's own trusted networks, then the entries of the case. */
struct allow_line {
	struct allow_entry entry; /* owned copies */
	bool is_own; /* a trusted network of the rule's parameters, not an entry of the case */
	bool has_figures;
	uint64_t hits;
	size_t silenced;
};

struct allow_figures {
	struct allow_line *lines;
	size_t count;
	struct allow_line candidate; /* match NULL: none */
	bool has_diff;
	struct tune_diff diff; /* what the candidate would change */
	struct results *results; /* they were counted in */
	struct task *task;
};

/* Takes the lines anew from the case and counts. `candidate` (copied; NULL: none) is compared too. */
void allow_figures_ask(struct app *app, struct allow_figures *figures, const struct allow_entry *candidate, void *owner,
	void (*ready)(struct app *app, void *owner));
void allow_figures_free(struct allow_figures *figures);
void allow_entry_copy(struct allow_entry *to, const struct allow_entry *from);
void allow_entry_drop(struct allow_entry *entry);

#endif
