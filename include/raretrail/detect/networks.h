/* What rare-as knows of networks: which are rare for whom, and whether the labels of the data are those that the trusted
 * list means. */
#ifndef RARETRAIL_DOOR_DETECT_NETWORKS_H
#define RARETRAIL_DOOR_DETECT_NETWORKS_H

#include "raretrail/detect/rare_as.h"

/* ---- networks across identities: which are rare for whom, and who uses one ---- */

/* One identity on one network, over all events that the rule can see. */
struct network_use {
	uint32_t identity; /* number in the store */
	uint64_t events, trusted; /* trusted of them */
	uint64_t identity_events; /* of the identity on all networks */
	double share; /* events / identity_events */
	bool is_rare; /* has untrusted events, and their share is at most max_rare_asn_ratio */
	int64_t first, last; /* @timestamp */
};
struct network {
	uint32_t organisation; /* string id */
	uint64_t events, trusted;
	uint32_t identities, rare_for; /* how many use it; for how many of them it is rare */
	int64_t first, last;
	size_t first_use; /* its uses are uses[first_use .. first_use + identities), rare ones first, then most events */
};
struct networks {
	struct network *items; /* rare for most identities first, then fewest events, then by the name's bytes */
	size_t count;
	struct network_use *uses;
	size_t use_count;
};
void rare_as_networks(struct rare_as *engine, const struct rare_as_params *params, struct networks *out);
void networks_free(struct networks *networks);

/* ---- notices: the labels of the data against the trusted list; nothing is ever changed by itself ---- */

enum notice_kind {
	NOTICE_NO_EVENTS, /* nothing that the rule can see */
	NOTICE_NO_NAME, /* events with an AS number but no name, which drop out of the rule */
	NOTICE_FEW_TRUSTED, /* the list meets few events, or misses labels that look like what it means */
	NOTICE_ODD_MATCH, /* an entry matches a label that goes on where a word should end: Amazonia */
	NOTICE_NEVER_FIRES /* rare_as_can_fire says no */
};
struct notice_label {
	uint32_t organisation; /* string id */
	uint64_t events;
	double share; /* of the events that the rule can see */
};
struct notice {
	enum notice_kind kind;
	char *text; /* one or two sentences, safe to show; owned */
	uint64_t events;
	double share; /* of trusted events, or of the events spoken of */
	struct notice_label *labels; /* the labels spoken of, most events first */
	size_t label_count;
	struct string_list entries; /* FEW_TRUSTED: entries that would match; ODD_MATCH: the entry that matched */
};
struct notices {
	struct notice *items;
	size_t count, capacity;
};
void rare_as_notices(struct rare_as *engine, const struct rare_as_params *params, struct notices *out);
void notices_free(struct notices *notices);

#endif
