/* The dialogue that writes an allowlist entry: see allow_write.h. */
#include "allow_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "reach.h"

static void give_up(struct app *app)
{
	struct allowlist *list = allowlist_here(app);

	if (list)
		allow_entry_drop(&list->candidate);
	app_say(app, MESSAGE_INFO, "nothing was written");
}

static unsigned write_entry(struct app *app, struct allowlist *list)
{
	struct err err;
	char what[96];

	if (case_allow(app->verdicts.casefile, &list->candidate, NULL, &err) != 0) {
		app_fail(app, &err);
		return UI_REDRAW;
	}
	snprintf(what, sizeof(what), "allowlist: %s %.50s", allow_kind_names[list->candidate.kind],
		list->candidate.match);
	allow_entry_drop(&list->candidate);
	case_changed(app, what, true);
	return UI_REDRAW;
}

static unsigned confirmed(struct app *app, int id)
{
	struct allowlist *list = allowlist_here(app);

	if (!list || !id) {
		give_up(app);
		return UI_REDRAW;
	}
	return write_entry(app, list);
}

/* Typing can be faster than counting. */
static bool is_counted(const struct allowlist *list)
{
	const struct allow_entry *counted = &list->figures.candidate.entry, *asked = &list->candidate;

	return list->figures.has_diff && counted->match && counted->kind == asked->kind &&
	       counted->rules == asked->rules && strcmp(counted->match, asked->match) == 0;
}

static bool reason_done(struct app *app, const char *text, struct err *err)
{
	struct allowlist *list = allowlist_here(app);

	if (!list)
		return true;
	if (text[strspn(text, " \t")] == '\0') {
		err_set(err, ERR_USAGE, "a reason is needed: who will know in a month why this is trusted?");
		return false;
	}
	free(list->candidate.reason);
	list->candidate.reason = xstrdup(text);
	if (allow_check(&list->candidate, err) != 0)
		return false;
	if (!is_counted(list) || list->figures.diff.by_verdict[VERDICT_TRUE_POSITIVE].lost) {
		app_choose(app, is_counted(list) ? "silences a TRUE POSITIVE" : "what it silences is not counted yet",
			confirmed);
		app_choose_watching(app, give_up);
		app_choice(app, 'n', "do not write it", 0, true);
		app_choice(app, 'w', "write it anyway", 1, false);
		return true;
	}
	write_entry(app, list);
	return true;
}

static void ask_reason(struct app *app)
{
	app_ask(app, "3/3 reason: ", "reason", NULL, reason_done);
	app_ask_watching(app, NULL, give_up);
}

static bool expiry_done(struct app *app, const char *text, struct err *err)
{
	struct allowlist *list = allowlist_here(app);
	int64_t period;

	if (!list)
		return true;
	list->candidate.expires = TIME_NONE;
	if (*text && strcmp(text, "never") != 0) {
		if (duration_parse(text, &period, err) != 0)
			return false;
		list->candidate.expires = time_now() + period;
	}
	ask_reason(app);
	return true;
}

static bool match_done(struct app *app, const char *text, struct err *err)
{
	struct allowlist *list = allowlist_here(app);
	struct allow_entry trial;

	if (!list)
		return true;
	free(list->candidate.match);
	list->candidate.match = xstrdup(text);
	trial = list->candidate;
	trial.reason = (char *)(uintptr_t) "not yet given";
	if (allow_check(&trial, err) != 0)
		return false;
	allowlist_count(list);
	app_ask(app, "2/3 expires in (30d; empty: never): ", "expiry", NULL, expiry_done);
	app_ask_watching(app, NULL, give_up);
	return true;
}

static void ask_match(struct app *app, const struct allowlist *list)
{
	app_ask(app, "1/3 match: ", "match", list->candidate.match, match_done);
	app_ask_watching(app, NULL, give_up);
}

static unsigned scope_chosen(struct app *app, int id)
{
	struct allowlist *list = allowlist_here(app);

	if (!list)
		return UI_REDRAW;
	list->candidate.rules = (unsigned)id;
	ask_match(app, list);
	return UI_REDRAW;
}

static unsigned begin(struct app *app, enum allow_kind kind, const char *match)
{
	struct allowlist *list = allowlist_here(app);
	char title[64];

	if (!list)
		return UI_REDRAW;
	allow_entry_drop(&list->candidate);
	list->candidate.kind = kind;
	list->candidate.match = xstrdup(match);
	list->candidate.is_on = true;
	if (kind == ALLOW_ORGANIZATION)
		return scope_chosen(app, 1 << RULE_RARE_AS);
	snprintf(title, sizeof(title), "%s, for which rule?", allow_kind_names[kind]);
	app_choose(app, title, scope_chosen);
	app_choose_watching(app, give_up);
	app_choice(app, 'b', "both", (1 << RULE_RARE_AS) | (1 << RULE_RARE_METHOD), true);
	app_choice(app, 'a', "ASN", 1 << RULE_RARE_AS, false);
	app_choice(app, 'r', "RARE", 1 << RULE_RARE_METHOD, false);
	return UI_REDRAW;
}

static unsigned kind_chosen(struct app *app, int id)
{
	return begin(app, (enum allow_kind)id, "");
}

unsigned allow_write_new(struct app *app)
{
	app_choose(app, "new entry", kind_chosen);
	app_choice(app, 'o', "organisation", ALLOW_ORGANIZATION, false);
	app_choice(app, 'c', "cidr", ALLOW_CIDR, false);
	app_choice(app, 'u', "user", ALLOW_USER, false);
	app_choice(app, 'a', "action", ALLOW_ACTION, false);
	return UI_REDRAW;
}

unsigned allow_write_edit(struct app *app, const struct allow_entry *entry)
{
	struct allowlist *list = allowlist_here(app);

	allow_entry_drop(&list->candidate);
	allow_entry_copy(&list->candidate, entry);
	ask_match(app, list);
	return UI_REDRAW;
}

/* From any value: the entry that would speak of it. */
unsigned do_allow(void *context, const char *arguments)
{
	struct app *app = context;
	struct value value;
	enum allow_kind kind;
	char *match;
	unsigned reaction;

	(void)arguments;
	if (!value_here(app, &value) || !value.text.data) {
		app_say(app, MESSAGE_INFO, "no value is under the cursor; h and l choose a cell, 6 i writes an entry");
		return UI_REDRAW;
	}
	switch (value.field) {
	case FIELD_AS_ORG: kind = ALLOW_ORGANIZATION; break;
	case FIELD_SOURCE_ADDRESS:
	case FIELD_SOURCE_IP: kind = ALLOW_CIDR; break;
	case FIELD_USER_NAME: kind = ALLOW_USER; break;
	case FIELD_ACTION: kind = ALLOW_ACTION; break;
	default:
		app_say(app, MESSAGE_INFO,
			"entries speak of networks, addresses, users and actions; move to one of these");
		return UI_REDRAW;
	}
	match = xasprintf("%.*s", (int)value.text.length, value.text.data);
	app_open(app, SCREEN_ALLOWLIST, NULL);
	reaction = begin(app, kind, match);
	free(match);
	return reaction;
}
