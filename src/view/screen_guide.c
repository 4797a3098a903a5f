/* The investigation guide of a rule, live: every step has the figure that answers it and a key to its evidence, and can
 * be ticked; ticks are kept in the case. */
#include <stdio.h>
#include <stdlib.h>

#include "alert_doc.h"
#include "app.h"
#include "heatmap.h"
#include "say.h"

struct state {
	struct app *app;
	char id[ALERT_ID_SIZE];
	uint32_t alert;
	struct sheet doc;
	struct pager pager;
	int width;
	struct facts *facts;
	struct task *task;
};

/* Step names are what the case keeps; they must not change. */
static const char *const rare_as_steps[] = {"networks-and-agents", "expected-addresses", "key-activity",
	"automation-or-human", "sensitive-actions", "other-identities"};
static const char *const rare_method_steps[] = {"who", "where-from", "when", "history", "parameters"};

static void step(struct state *state, const char *name, const char *question)
{
	struct app *app = state->app;
	const struct finding *finding =
		case_find(app->verdicts.casefile, app->results->store, &app->results->alerts.items[state->alert]);
	bool is_ticked = finding && finding_has_tick(finding, name);
	struct sheet_link *link;

	sheet_line(&state->doc);
	link = sheet_line(&state->doc);
	link->kind = LINK_KEY;
	link->text = name;
	sheet_printf(&state->doc, is_ticked ? ROLE_GOOD : ROLE_WARN, " [%c] ", is_ticked ? 'x' : ' ');
	sheet_add(&state->doc, ROLE_STRONG, slice_of(question));
}

static void say(struct state *state, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(struct state *state, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		base_abort("out of memory");
	va_end(arguments);
	sheet_wrap(&state->doc, ROLE_TEXT, 5, slice_of(text));
	free(text);
}

/* A line with a query behind it: Enter opens those events. */
static void evidence(struct state *state, const char *words, const char *query, uint64_t count)
{
	struct sheet_link *link = sheet_line(&state->doc);
	char number[COUNT_TEXT_SIZE];

	link->kind = LINK_QUERY;
	link->text = sheet_keep(&state->doc, slice_of(query));
	sheet_printf(&state->doc, ROLE_HINT_KEY, "     Enter ");
	sheet_printf(&state->doc, ROLE_TEXT, "%s", words);
	if (count != UINT64_MAX)
		sheet_printf(&state->doc, ROLE_NUMBER, " (%s)", count_text(count, number));
}

static void query_user(const struct state *state, struct buf *query)
{
	const struct results *results = state->app->results;

	buf_reserve(query, 1);
	query->length = 0;
	term_format(query, FIELD_USER_NAME, store_string(results->store, results->views[state->alert].user));
}

static void query_and(struct buf *query, enum event_field field, struct slice value)
{
	buf_add_text(query, " and ");
	term_format(query, field, value);
}

static void query_around(struct buf *query, int64_t from, int64_t to)
{
	char text[TIME_TEXT_SIZE];

	buf_printf(query, " and @timestamp >= \"%s\"", time_format_iso(from, text));
	buf_printf(query, " and @timestamp <= \"%s\"", time_format_iso(to, text));
}

static uint32_t first_row(const struct state *state)
{
	const struct alert_view *view = &state->app->results->views[state->alert];

	return view->evidence.count ? view->evidence.rows[view->evidence.count - 1] : UINT32_MAX;
}

/* Do the agents and the hours look like a machine? */
static void automation(struct state *state)
{
	const struct facts *facts = state->facts;
	unsigned nights = 0, days = 0, weekend = 0, total = 0;
	const struct store *store = state->app->results->store;
	uint32_t row = first_row(state);
	struct slice mfa = row == UINT32_MAX ? (struct slice){0} : store_text(store, FIELD_MFA, row);

	for (unsigned d = 0; d < 7; d++)
		for (unsigned h = 0; h < 24; h++) {
			unsigned events = facts->week[d][h];

			total += events;
			weekend += d >= 5 ? events : 0;
			if (h < 6)
				nights += events;
			else if (h >= 8 && h < 18)
				days += events;
		}
	total = total ? total : 1;
	say(state, "%u%% of its events fall between 08 and 18 UTC, %u%% between 00 and 06, %u%% on weekends: %s",
		days * 100 / total, nights * 100 / total, weekend * 100 / total,
		nights * 100 / total >= 15 && weekend * 100 / total >= 15 ? "round the clock, like automation"
									  : "like a person's day");
	say(state, "%zu user agents; MFA in the newest evidence: %.*s", facts->agents.count,
		(int)(mfa.data ? mfa.length : 9), mfa.data ? mfa.data : "not known");
}

static void networks_and_agents(struct state *state)
{
	struct app *app = state->app;
	const struct facts *facts = state->facts;
	struct buf query = BUF_EMPTY;

	sheet_tally(app, &state->doc, facts->results->store, "     net", &facts->networks, NULL, 5);
	sheet_tally(app, &state->doc, facts->results->store, "     agent", &facts->agents, NULL, 4);
	query_user(state, &query);
	query_and(&query, FIELD_AS_ORG, store_string(app->results->store, app->results->views[state->alert].network));
	evidence(state, "events of this identity from the rare network", query.data, UINT64_MAX);
	buf_free(&query);
}

static void key_activity(struct state *state)
{
	struct app *app = state->app;
	const struct store *store = app->results->store;
	uint32_t row = first_row(state);
	struct slice key = row == UINT32_MAX ? (struct slice){0} : store_text(store, FIELD_ACCESS_KEY, row);
	struct buf query = BUF_EMPTY;
	int64_t seen = app->results->views[state->alert].seen;

	if (!key.data) {
		say(state, "the evidence carries no access key");
		return;
	}
	term_format(&query, FIELD_ACCESS_KEY, key);
	query_around(&query, seen - HOUR_MS, seen + HOUR_MS);
	say(state, "%u events of the evidence's keys within an hour of the newest one", state->facts->key_events);
	evidence(state, "every event of the newest key in that time", query.data, UINT64_MAX);
	query.length = 0;
	term_format(&query, FIELD_ACCESS_KEY, key);
	buf_add_text(&query,
		" and (provider: iam.amazonaws.com or provider: sts.amazonaws.com or provider: s3.amazonaws.com or "
		"provider: secretsmanager.amazonaws.com)");
	evidence(state, "IAM, STS, S3 and Secrets Manager first", query.data, UINT64_MAX);
	buf_free(&query);
}

static void sensitive_actions(struct state *state)
{
	static const char *const discovery[] = {"GetCallerIdentity", "GetAccountSummary", "ListAccountAliases",
		"ListSecrets", "DescribeSecret", "ListBuckets", "ListObjects", "ListObjectsV2"};
	static const char *const change[] = {"AttachUserPolicy", "AttachRolePolicy", "PutUserPolicy", "PutRolePolicy",
		"CreateAccessKey", "UpdateAccessKey", "CreateUser", "CreateLoginProfile", "UpdateLoginProfile",
		"AddUserToGroup", "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"};
	const struct results *results = state->app->results;
	const struct alert_view *view = &results->views[state->alert];
	unsigned found = 0, changing = 0, data = 0;

	for (size_t i = 0; i < view->evidence.count; i++) {
		struct slice action = store_text(results->store, FIELD_ACTION, view->evidence.rows[i]);
		bool is_known = false;

		for (size_t k = 0; k < COUNT_OF(discovery); k++)
			is_known |= slice_equals(action, slice_of(discovery[k]));
		found += is_known;
		for (size_t k = 0; k < COUNT_OF(change); k++)
			if (slice_equals(action, slice_of(change[k]))) {
				changing++;
				is_known = true;
			}
		data += !is_known;
	}
	say(state, "%u discovery, %u privilege-changing, %u data-reading%s", found, changing, data,
		changing ? ": look at what was changed first" : "");
	evidence(state, "all of them", "", view->evidence.count);
}

static void others(struct state *state)
{
	const struct facts *facts = state->facts;
	struct buf query = BUF_EMPTY;
	const struct results *results = state->app->results;
	uint32_t row = first_row(state);

	if (facts->others_on_address)
		say(state, "%u other %s used the evidence's addresses", facts->others_on_address,
			plural(facts->others_on_address, "identity", "identities"));
	else
		say(state, "nobody else used the evidence's addresses");
	if (row == UINT32_MAX)
		return;
	term_format(&query, FIELD_SOURCE_ADDRESS, store_text(results->store, FIELD_SOURCE_ADDRESS, row));
	evidence(state, "everything from the newest address", query.data, UINT64_MAX);
	buf_free(&query);
}

/* Where the evidence itself came from; all other addresses are in the profile. */
static void evidence_addresses(struct state *state)
{
	const struct results *results = state->app->results;
	const struct alert_view *view = &results->views[state->alert];
	struct breakdown from = rows_breakdown(results->store, &view->evidence, FIELD_SOURCE_ADDRESS);
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];

	for (size_t i = 0; i < from.count && i < 6; i++) {
		struct sheet_link *link = sheet_line(&state->doc);

		link->kind = LINK_QUERY;
		link->field = FIELD_SOURCE_ADDRESS;
		link->value = store_string(results->store, from.items[i].value);
		sheet_printf(&state->doc, ROLE_TEXT, "     ");
		sheet_fit(&state->doc, ROLE_RARE, 18, ALIGN_LEFT, link->value);
		sheet_printf(&state->doc, ROLE_NUMBER, "%6u  ", from.items[i].count);
		sheet_printf(&state->doc, ROLE_TIME, "%s to %s",
			app_time(state->app, from.items[i].first, TIME_SHORT, first),
			app_time(state->app, from.items[i].last, TIME_CLOCK, last));
	}
	say(state, "of %zu addresses in the window", state->facts->addresses.count);
	breakdown_free(&from);
}

static void build_rare_as(struct state *state)
{
	step(state, rare_as_steps[0], "Which networks, and with which agents?");
	networks_and_agents(state);
	step(state, rare_as_steps[1], "Are the source addresses expected: admins, pipelines, offices, VPN?");
	evidence_addresses(state);
	step(state, rare_as_steps[2], "What did the same access key do around the newest rare event?");
	key_activity(state);
	step(state, rare_as_steps[3], "Automation or human?");
	automation(state);
	step(state, rare_as_steps[4], "Discovery, or already changing privileges?");
	sensitive_actions(state);
	step(state, rare_as_steps[5], "Who else came from there?");
	others(state);
	sheet_line(&state->doc);
	say(state, "Often innocent: VPN, split DNS, proxies, carrier rebrands, hotspots, travel, break-glass from "
		   "home, multi-region "
		   "runners. If not: rotate the credentials, prefer OIDC or short-lived keys, tighten IAM.");
}

static void build_rare_method(struct state *state)
{
	struct app *app = state->app;
	const struct results *results = app->results;
	const struct rare_method_record *record = &results->alerts.items[state->alert].rare_method;
	const struct facts *facts = state->facts;
	uint32_t row = first_row(state);
	struct buf query = BUF_EMPTY;

	step(state, rare_method_steps[0], "Is the command part of this identity's work: which key, which agent?");
	sheet_tally(app, &state->doc, facts->results->store, "     key", &facts->keys, NULL, 3);
	sheet_tally(app, &state->doc, facts->results->store, "     agent", &facts->agents, NULL, 4);
	step(state, rare_method_steps[1], "From where: an address of ours, an EC2 instance, somewhere new?");
	if (row != UINT32_MAX) {
		struct slice network = row_network(results->store, row),
			     city = store_text(results->store, FIELD_CITY_NAME, row);
		struct slice address = store_text(results->store, FIELD_SOURCE_ADDRESS, row);

		say(state, "%.*s, %.*s%s%.*s; %s", (int)address.length, address.data ? address.data : "",
			(int)network.length, network.data ? network.data : "", city.data ? ", " : "", (int)city.length,
			city.data ? city.data : "",
			network.length >= 6 && memcmp(network.data, "Amazon", 6) == 0 ? "an AWS address, EC2 perhaps"
										      : "not an AWS address");
	}
	sheet_tally(app, &state->doc, facts->results->store, "     from", &facts->addresses, NULL, 4);
	step(state, rare_method_steps[2], "At an hour this person works?");
	sheet_heatmap(&state->doc, facts->week, facts->is_week);
	step(state, rare_method_steps[3], "First ever, or housekeeping with a cadence?");
	if (facts->has_explanation && facts->explanation.own.buckets > 1)
		say(state, "in %u buckets of this user so far", facts->explanation.own.buckets);
	else
		say(state, "never before by this user");
	query_user(state, &query);
	query_and(&query, FIELD_ACTION, store_string(results->store, record->action));
	evidence(state, "every time this user called it", query.data, UINT64_MAX);
	query.length = 0;
	term_format(&query, FIELD_ACTION, store_string(results->store, record->action));
	evidence(state, "every time anybody called it", query.data, UINT64_MAX);
	step(state, rare_method_steps[4], "What was asked for: the request parameters?");
	evidence(state, "the events; r shows the record with its requestParameters", "",
		results->views[state->alert].evidence.count);
	sheet_line(&state->doc);
	say(state, "Often innocent: troubleshooting by hand, changed scripts, new services.");
	buf_free(&query);
}

static void build(struct state *state, int width)
{
	sheet_begin(&state->doc, state->app->ui, width);
	if (state->alert == UINT32_MAX) {
		sheet_line(&state->doc);
		sheet_printf(&state->doc, ROLE_WARN, " This alert no longer fires; u undoes the last change.");
	} else if (!state->facts || state->facts->results != state->app->results) {
		sheet_line(&state->doc);
		sheet_printf(&state->doc, ROLE_DIM, " gathering the figures ...");
	} else if (state->app->results->alerts.items[state->alert].rule == RULE_RARE_AS) {
		build_rare_as(state);
	} else {
		build_rare_method(state);
	}
	sheet_pager(&state->doc, &state->pager);
	state->width = width;
}

static void facts_ready(struct app *app, void *owner, struct facts *facts)
{
	struct state *state = owner;

	(void)app;
	state->task = NULL;
	facts_free(state->facts);
	state->facts = facts;
	state->width = 0;
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	if (change & CHANGED_RESULTS) {
		if (state->task)
			atomic_store(&state->task->is_canceled, true);
		state->task = NULL;
		state->alert = results_find(app->results, state->id);
		if (state->alert != UINT32_MAX)
			state->task = facts_start(app, state->alert, state, facts_ready);
	}
	state->width = 0;
}

static void open_guide(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	memcpy(state->id, target->alert, sizeof(state->id));
	update(app, state, CHANGED_RESULTS);
	state->pager.cursor = 1;
}

static void close_guide(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	facts_free(state->facts);
	sheet_free(&state->doc);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (state->width != body.width)
		build(state, body.width);
	state->pager.pattern = app->search;
	pager_draw(&state->pager, body, true);
}

static unsigned move(struct app *app, void *context, enum ui_motion motion)
{
	(void)app;
	return pager_move(&((struct state *)context)->pager, motion);
}

static const struct sheet_link *here(struct state *state)
{
	return sheet_link_at(&state->doc, state->pager.cursor);
}

/* The step a line belongs to: the nearest one above. */
static const char *step_here(struct state *state)
{
	for (size_t line = state->pager.cursor + 1; line-- > 0;) {
		const struct sheet_link *link = sheet_link_at(&state->doc, line);

		if (link && link->kind == LINK_KEY)
			return link->text;
	}
	return state->app->results->alerts.items[state->alert].rule == RULE_RARE_AS ? rare_as_steps[0]
										    : rare_method_steps[0];
}

static unsigned tick(struct app *app, struct state *state)
{
	const char *name;
	const struct alert *alert;
	const struct finding *finding;
	struct case_subject subject;
	struct err err;
	bool is_on;

	if (state->alert == UINT32_MAX)
		return UI_HANDLED;
	name = step_here(state);
	alert = &app->results->alerts.items[state->alert];
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	is_on = !finding || !finding_has_tick(finding, name);
	case_subject_init(&subject, app->results->store, alert);
	if (case_tick(app->verdicts.casefile, &subject, name, is_on, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, is_on ? "step ticked" : "tick taken away", false);
	case_subject_free(&subject);
	return UI_REDRAW;
}

static unsigned open_line(struct app *app, struct state *state)
{
	const struct sheet_link *link = here(state);
	struct target target;
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	if (link && link->kind == LINK_KEY)
		return tick(app, state);
	target_init(&target);
	if (link && link->kind == LINK_QUERY && link->field != FIELD_COUNT) {
		query_user(state, &query);
		query_and(&query, link->field, link->value);
		target.query = target.label = query.data;
	} else if (link && link->kind == LINK_QUERY && *link->text) {
		target.query = target.label = (char *)(uintptr_t)link->text;
	} else {
		memcpy(target.alert, state->id, sizeof(target.alert));
		target.is_evidence = true;
		target.label = (char *)(uintptr_t) "evidence";
	}
	reaction = app_open(app, SCREEN_EVENTS, &target);
	buf_free(&query);
	return reaction;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	switch (what) {
	case ACT_OPEN: return open_line(app, state);
	case ACT_SELECT: return tick(app, state);
	case ACT_RAW:
		if (state->alert == UINT32_MAX)
			return UI_HANDLED;
		state->pager.cursor = 0;
		open_line(app, state);
		return app_act(app, ACT_RAW, "");
	case ACT_TAB:
	case ACT_BACKTAB:
		for (size_t i = 1; i < state->doc.count; i++) {
			size_t count = state->doc.count, at = state->pager.cursor;
			size_t next = what == ACT_TAB ? (at + i) % count : (at + count - i) % count;
			const struct sheet_link *link = sheet_link_at(&state->doc, next);

			if (link && link->kind == LINK_KEY) {
				pager_goto(&state->pager, next);
				break;
			}
		}
		return UI_REDRAW;
	default: return UI_NONE;
	}
}

static bool value(struct app *app, void *context, struct value *out)
{
	const struct sheet_link *link = here(context);

	(void)app;
	if (!link || link->field == FIELD_COUNT)
		return false;
	*out = (struct value){link->field, link->value};
	return true;
}

static size_t chosen(struct app *app, void *context, uint32_t *out, size_t max)
{
	struct state *state = context;

	(void)app;
	if (state->alert == UINT32_MAX || !max)
		return 0;
	out[0] = state->alert;
	return 1;
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	if (state->alert == UINT32_MAX)
		return false;
	*user = store_string(app->results->store, app->results->views[state->alert].user);
	*type = store_string(app->results->store, app->results->views[state->alert].type);
	return true;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct finding *finding = state->alert == UINT32_MAX
						? NULL
						: case_find(app->verdicts.casefile, app->results->store,
							  &app->results->alerts.items[state->alert]);
	bool is_as = state->alert != UINT32_MAX && app->results->alerts.items[state->alert].rule == RULE_RARE_AS;

	buf_printf(left, "%zu of %zu steps ticked  Tab next step, Space ticks",
		finding ? finding->tick_count : (size_t)0,
		is_as ? COUNT_OF(rare_as_steps) : COUNT_OF(rare_method_steps));
	buf_printf(right, "%d%%", pager_percent(&state->pager));
}

static struct pager *pager_of(struct app *app, void *context)
{
	(void)app;
	return &((struct state *)context)->pager;
}

static const char *const hints[] = {
	"open", "select", "pane", "keep", "mark", "comment", "profile", "raw", "undo", "back", "help"};

const struct screen screen_guide = {
	.id = SCREEN_GUIDE,
	.state_size = sizeof(struct state),
	.open = open_guide,
	.close = close_guide,
	.update = update,
	.draw = draw,
	.move = move,
	.status = status,
	.value = value,
	.act = act,
	.pager = pager_of,
	.alerts = chosen,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
