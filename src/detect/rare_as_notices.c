/* rare_as_notices: labels are a trap. Network databases name the same company differently (Amazon.com, Inc. or
 * AMAZON-02), and the trusted list is made of names; so we say when the list hardly meets the data, what would meet it,
 * and when an entry meets more than it means. Nothing is changed here. */
#include "rare_as.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Below this share of trusted events the list is taken not to fit the data; from this share on, labels that look
 * trusted and are not are worth a line. */
static const double FEW = 0.1, SOME = 0.01;
enum { LABELS_SHOWN = 8 };

struct label_counts {
	uint64_t *events; /* [org] */
	uint64_t *trusted; /* [org] */
	uint64_t total, total_trusted;
};

/* ---- labels that look like what the rule trusts ---- */

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The length of the company's name that a label begins with, as a whole word in any case; 0 for none. */
static size_t company_length(struct slice label)
{
	static const char *const companies[] = {"amazon", "aws", "google", "microsoft", "mongodb"};
	for (size_t i = 0; i < COUNT_OF(companies); i++) {
		size_t length = strlen(companies[i]), at = 0;
		while (at < length && at < label.length && lower(label.data[at]) == companies[i][at])
			at++;
		if (at == length && (label.length == length || !is_letter_or_digit(label.data[length])))
			return length;
	}
	return 0;
}

/* The entry that would match a label: AMAZON-02 and its kin by `AMAZON-*`, every other label by itself. */
static char *entry_for(struct slice label)
{
	size_t company = company_length(label);
	struct buf out = BUF_EMPTY;
	bool is_family = company < label.length && label.data[company] == '-';
	for (size_t i = 0; i < (is_family ? company + 1 : label.length); i++) {
		if (strchr("*?\\", label.data[i]) && label.data[i])
			buf_add_char(&out, '\\');
		buf_add_char(&out, label.data[i]);
	}
	if (is_family)
		buf_add_char(&out, '*');
	return out.data;
}

/* ---- notices ---- */

static struct notice *push(struct notices *notices, enum notice_kind kind)
{
	notices->items = array_grow(notices->items, &notices->capacity, notices->count + 1, sizeof *notices->items);
	struct notice *notice = &notices->items[notices->count++];
	*notice = (struct notice){.kind = kind};
	return notice;
}

static void add_entry(struct string_list *list, char *entry)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], entry) == 0) {
			free(entry);
			return;
		}
	list->items = array_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
	list->items[list->count++] = entry;
}

static int compare_labels(const void *left, const void *right, void *context)
{
	const struct notice_label *a = left, *b = right;
	const struct store *store = context;
	if (a->events != b->events)
		return a->events > b->events ? -1 : 1;
	return slice_compare(store_string(store, a->organisation), store_string(store, b->organisation));
}

static void add_label(struct rare_as *engine, struct notice *notice, uint32_t org, const struct label_counts *counts)
{
	notice->labels = xreallocarray(notice->labels, notice->label_count + 1, sizeof *notice->labels);
	notice->labels[notice->label_count++] = (struct notice_label){
		engine->org_string[org], counts->events[org], (double)counts->events[org] / (double)counts->total};
}

static void sort_labels(const struct rare_as *engine, struct notice *notice)
{
	if (notice->label_count > 1)
		qsort_r(notice->labels, notice->label_count, sizeof *notice->labels, compare_labels, engine->store);
}

/* ---- sentences ---- */

static void say_share(struct buf *out, double share)
{
	char shown[NUMBER_TEXT_SIZE];
	double rounded = share >= 0.1 ? round(share * 1000) / 10 : round(share * 100000) / 1000;
	buf_printf(out, "%s%%", number_format(rounded, shown));
}

static void say_labels(struct buf *out, const struct rare_as *engine, const struct notice *notice)
{
	size_t shown = notice->label_count < LABELS_SHOWN ? notice->label_count : LABELS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		buf_add_text(out, i > 0 ? ", " : "");
		text_show(out, store_string(engine->store, notice->labels[i].organisation), TEXT_TERMINAL);
		buf_add_text(out, " (");
		say_share(out, notice->labels[i].share);
		buf_add_text(out, ")");
	}
	if (notice->label_count > shown)
		buf_printf(out, " and %zu more", notice->label_count - shown);
}

static void say_entries(struct buf *out, const struct string_list *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		buf_add_text(out, i == 0 ? "`" : i + 1 == entries->count ? " and `" : ", `");
		text_show(out, slice_of(entries->items[i]), TEXT_TERMINAL);
		buf_add_text(out, "`");
	}
}

/* ---- the list meets too little ---- */

/* Looks trusted and is not. A label that the rule's own list has was taken off on purpose. */
static bool is_alike(
	const struct rare_as *engine, const struct label_counts *counts, const struct params *defaults, uint32_t org)
{
	struct slice label = store_string(engine->store, engine->org_string[org]);
	return counts->events[org] > 0 && counts->trusted[org] == 0 && company_length(label) > 0 &&
	       !list_like(&defaults->rare_as.trusted, label);
}

static void notice_few_trusted(struct rare_as *engine, const struct rare_as_params *params,
	const struct label_counts *counts, struct notices *out)
{
	struct params defaults;
	params_init(&defaults);
	uint64_t alike = 0;
	for (uint32_t org = 1; org <= engine->org_count; org++)
		alike += is_alike(engine, counts, &defaults, org) ? counts->events[org] : 0;
	double share = (double)counts->total_trusted / (double)counts->total;
	if (share >= FEW && (double)alike < SOME * (double)counts->total) {
		params_free(&defaults);
		return;
	}
	struct notice *notice = push(out, NOTICE_FEW_TRUSTED);
	notice->events = counts->total_trusted;
	notice->share = share;
	for (uint32_t org = 1; org <= engine->org_count; org++)
		if (alike > 0 ? is_alike(engine, counts, &defaults, org)
			      : counts->events[org] > 0 && counts->trusted[org] == 0)
			add_label(engine, notice, org, counts);
	params_free(&defaults);
	sort_labels(engine, notice);
	for (size_t i = 0; alike > 0 && i < notice->label_count; i++)
		add_entry(&notice->entries, entry_for(store_string(engine->store, notice->labels[i].organisation)));
	struct buf text = BUF_EMPTY;
	buf_printf(&text, "The trusted list meets %" PRIu64 " of %" PRIu64 " events (", counts->total_trusted,
		counts->total);
	say_share(&text, share);
	buf_add_text(&text, alike > 0 ? "), but these labels look like what it means: " : "). Labels seen: ");
	say_labels(&text, engine, notice);
	if (alike > 0) {
		buf_add_text(&text, ". To trust them, add ");
		say_entries(&text, &notice->entries);
	}
	buf_add_text(&text, params->trusted.count == 0 ? ". The list is empty." : ".");
	notice->text = text.data;
}

/* ---- an entry meets too much ---- */

/* Does `Amazon*` match a label in the middle of a word? Only plain text with one star behind it is judged. */
static bool is_odd_match(const char *entry, struct slice label)
{
	size_t length = strcspn(entry, "*?\\");
	if (length == 0 || entry[length] != '*' || entry[length + 1] != 0 || label.length <= length)
		return false;
	return memcmp(entry, label.data, length) == 0 && is_letter_or_digit(entry[length - 1]) &&
	       is_letter_or_digit(label.data[length]);
}

static void notice_odd_matches(struct rare_as *engine, const struct rare_as_params *params,
	const struct label_counts *counts, struct notices *out)
{
	for (size_t i = 0; i < params->trusted.count; i++) {
		struct notice odd = {.kind = NOTICE_ODD_MATCH};
		for (uint32_t org = 1; org <= engine->org_count; org++)
			if (counts->events[org] > 0 && is_odd_match(params->trusted.items[i],
							       store_string(engine->store, engine->org_string[org]))) {
				add_label(engine, &odd, org, counts);
				odd.events += counts->events[org];
			}
		if (odd.label_count == 0)
			continue;
		sort_labels(engine, &odd);
		odd.share = (double)odd.events / (double)counts->total;
		add_entry(&odd.entries, xstrdup(params->trusted.items[i]));
		struct buf text = BUF_EMPTY;
		buf_add_text(&text, "The entry ");
		say_entries(&text, &odd.entries);
		buf_add_text(&text, " also trusts ");
		say_labels(&text, engine, &odd);
		buf_add_text(&text, ", where the name goes on inside a word; is it meant?");
		odd.text = text.data;
		*push(out, NOTICE_ODD_MATCH) = odd;
	}
}

/* ---- events that drop out ---- */

/* Counted once for a store: events by source entry, and those that only lack a network's name. */
static const struct label_facts *label_facts(struct rare_as *engine)
{
	const struct store *store = engine->store;
	struct label_facts *facts = &engine->label_facts;
	if (facts->source_events)
		return facts;
	facts->source_events =
		xcalloc(store->dimensions[DIMENSION_SOURCE].count + (size_t)1, sizeof *facts->source_events);
	for (uint32_t event = 0; event < engine->count; event++)
		facts->source_events[engine->source[event]]++;
	uint32_t success = dict_find(store->strings, slice_of("success"));
	for (uint32_t row = 0; row < store->count && success != 0; row++) {
		if (store_value(store, FIELD_OUTCOME, row) != success || store_value(store, FIELD_USER_NAME, row) == 0)
			continue;
		facts->candidates++;
		if (store_value(store, FIELD_AS_ORG, row) == 0)
			facts->numbered += store_value(store, FIELD_AS_NUMBER, row) != 0;
	}
	return facts;
}

static void notice_no_name(const struct rare_as *engine, const struct label_facts *facts, struct notices *out)
{
	if (engine->count == 0 && engine->store->count > 0) {
		struct notice *notice = push(out, NOTICE_NO_EVENTS);
		notice->events = facts->candidates;
		notice->text =
			facts->candidates == 0
				? xstrdup("No event can take part: none is a success with a user name.")
				: xasprintf("No event can take part: %" PRIu64
					    " succeeded with a user name, but none has a network name. Give an AS "
					    "database with --asn-db.",
					  facts->candidates);
	}
	if (facts->numbered == 0)
		return;
	struct notice *notice = push(out, NOTICE_NO_NAME);
	notice->events = facts->numbered;
	notice->share = (double)facts->numbered / (double)facts->candidates;
	notice->text =
		xasprintf("%" PRIu64 " of %" PRIu64 " events %s of the rule.", facts->numbered, facts->candidates,
			facts->numbered == 1 ? "has an AS number without a name; it drops out"
					     : "have an AS number without a name; they drop out");
}

void rare_as_notices(struct rare_as *engine, const struct rare_as_params *params, struct notices *out)
{
	const struct view *view = view_for(engine, params);
	const struct label_facts *facts = label_facts(engine);
	struct label_counts counts = {.events = xcalloc(engine->org_count + (size_t)1, sizeof *counts.events),
		.trusted = xcalloc(engine->org_count + (size_t)1, sizeof *counts.trusted),
		.total = engine->count};
	for (uint32_t source = 0; source < engine->store->dimensions[DIMENSION_SOURCE].count; source++) {
		uint32_t org = engine->source_org[source], events = facts->source_events[source];
		counts.events[org] += events;
		counts.trusted[org] += view->is_trusted[source] ? events : 0;
		counts.total_trusted += view->is_trusted[source] ? events : 0;
	}
	notice_no_name(engine, facts, out);
	struct buf reason = BUF_EMPTY;
	if (!rare_as_can_fire(params, &reason)) {
		reason.data[reason.length - 1] = 0; /* a notice is no line */
		push(out, NOTICE_NEVER_FIRES)->text = reason.data;
	}
	if (counts.total > 0) {
		notice_few_trusted(engine, params, &counts, out);
		notice_odd_matches(engine, params, &counts, out);
	}
	free(counts.events);
	free(counts.trusted);
}

void notices_free(struct notices *notices)
{
	for (size_t i = 0; i < notices->count; i++) {
		struct notice *notice = &notices->items[i];
		free(notice->text);
		free(notice->labels);
		for (size_t entry = 0; entry < notice->entries.count; entry++)
			free(notice->entries.items[entry]);
		free(notice->entries.items);
	}
	free(notices->items);
	*notices = (struct notices){0};
}
