/* What each step of a guide says: see guide_doc.h. A step is a function that writes its lines under its question. */
#include "guide_doc.h"

#include <stdlib.h>

#include "alert_doc.h"
#include "app.h"
#include "heatmap.h"
#include "say.h"

struct guide {
	struct app *app;
	struct sheet *doc;
	uint32_t alert;
	const struct facts *facts; /* of that alert */
};

/* The case keeps ticks by these names; they must not change. */
static const char *const rare_as_steps[] = {"networks-and-agents", "expected-addresses", "key-activity",
	"automation-or-human", "sensitive-actions", "other-identities"};
static const char *const rare_method_steps[] = {"who", "where-from", "when", "history", "parameters"};
const struct guide_steps guide_steps[RULE_COUNT] = {
	[RULE_RARE_AS] = {rare_as_steps, COUNT_OF(rare_as_steps)},
	[RULE_RARE_METHOD] = {rare_method_steps, COUNT_OF(rare_method_steps)},
};

static void step(const struct guide *guide, const char *name, const char *question)
{
	struct app *app = guide->app;
	const struct finding *finding =
		case_find(app->verdicts.casefile, app->results->store, &app->results->alerts.items[guide->alert]);
	bool is_ticked = finding && finding_has_tick(finding, name);
	struct sheet_link *link;

	sheet_line(guide->doc);
	link = sheet_line(guide->doc);
	link->kind = LINK_KEY;
	link->text = name;
	sheet_printf(guide->doc, is_ticked ? ROLE_GOOD : ROLE_WARN, " [%c] ", is_ticked ? 'x' : ' ');
	sheet_add(guide->doc, ROLE_STRONG, slice_of(question));
}

static void say(const struct guide *guide, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(const struct guide *guide, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = xvasprintf(format, arguments);
	va_end(arguments);
	sheet_wrap(guide->doc, ROLE_TEXT, 5, slice_of(text));
	free(text);
}

/* A line with a query behind it: Enter opens those events. */
static void evidence(const struct guide *guide, const char *words, const char *query, uint64_t count)
{
	struct sheet_link *link = sheet_line(guide->doc);
	char number[COUNT_TEXT_SIZE];

	link->kind = LINK_QUERY;
	link->text = sheet_keep(guide->doc, slice_of(query));
	sheet_printf(guide->doc, ROLE_HINT_KEY, "     Enter ");
	sheet_printf(guide->doc, ROLE_TEXT, "%s", words);
	if (count != UINT64_MAX)
		sheet_printf(guide->doc, ROLE_NUMBER, " (%s)", count_text(count, number));
}

static void query_around(struct buf *query, int64_t from, int64_t to)
{
	char text[TIME_TEXT_SIZE];

	buf_printf(query, " and @timestamp >= \"%s\"", time_format_iso(from, text));
	buf_printf(query, " and @timestamp <= \"%s\"", time_format_iso(to, text));
}

static struct slice user_of(const struct guide *guide)
{
	const struct results *results = guide->app->results;

	return store_string(results->store, results->views[guide->alert].user);
}

static uint32_t first_row(const struct guide *guide)
{
	const struct alert_view *view = &guide->app->results->views[guide->alert];

	return view->evidence.count ? view->evidence.rows[view->evidence.count - 1] : UINT32_MAX;
}

/* Do the agents and the hours look like a machine? */
static void automation(const struct guide *guide)
{
	const struct facts *facts = guide->facts;
	unsigned nights = 0, days = 0, weekend = 0, total = 0;
	const struct store *store = guide->app->results->store;
	uint32_t row = first_row(guide);
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
	say(guide, "%u%% of its events fall between 08 and 18 UTC, %u%% between 00 and 06, %u%% on weekends: %s",
		days * 100 / total, nights * 100 / total, weekend * 100 / total,
		nights * 100 / total >= 15 && weekend * 100 / total >= 15 ? "round the clock, like automation"
									  : "like a person's day");
	say(guide, "%zu user agents; MFA in the newest evidence: %.*s", facts->agents.count,
		(int)(mfa.data ? mfa.length : 9), mfa.data ? mfa.data : "not known");
}

static void networks_and_agents(const struct guide *guide)
{
	struct app *app = guide->app;
	const struct facts *facts = guide->facts;
	struct buf query = BUF_EMPTY;

	sheet_tally(app, guide->doc, facts->results->store, "     net", &facts->networks, NULL, 5);
	sheet_tally(app, guide->doc, facts->results->store, "     agent", &facts->agents, NULL, 4);
	say(guide, "of the window's calls that succeeded; Enter opens all there are");
	term_and(&query, FIELD_USER_NAME, user_of(guide));
	term_and(&query, FIELD_AS_ORG, store_string(app->results->store, app->results->views[guide->alert].network));
	evidence(guide, "events of this identity from the rare network", query.data, UINT64_MAX);
	buf_free(&query);
}

static void key_activity(const struct guide *guide)
{
	struct app *app = guide->app;
	const struct store *store = app->results->store;
	uint32_t row = first_row(guide);
	struct slice key = row == UINT32_MAX ? (struct slice){0} : store_text(store, FIELD_ACCESS_KEY, row);
	struct buf query = BUF_EMPTY;
	int64_t seen = app->results->views[guide->alert].seen;

	if (!key.data) {
		say(guide, "the evidence carries no access key");
		return;
	}
	term_format(&query, FIELD_ACCESS_KEY, key);
	query_around(&query, seen - HOUR_MS, seen + HOUR_MS);
	say(guide, "%u events of the evidence's keys within an hour of the newest one", guide->facts->key_events);
	evidence(guide, "every event of the newest key in that time", query.data, UINT64_MAX);
	query.length = 0;
	term_format(&query, FIELD_ACCESS_KEY, key);
	buf_add_text(&query,
		" and (provider: iam.amazonaws.com or provider: sts.amazonaws.com or provider: s3.amazonaws.com or "
		"provider: secretsmanager.amazonaws.com)");
	evidence(guide, "IAM, STS, S3 and Secrets Manager first", query.data, UINT64_MAX);
	buf_free(&query);
}

static void sensitive_actions(const struct guide *guide)
{
	static const char *const discovery[] = {"GetCallerIdentity", "GetAccountSummary", "ListAccountAliases",
		"ListSecrets", "DescribeSecret", "ListBuckets", "ListObjects", "ListObjectsV2"};
	static const char *const change[] = {"AttachUserPolicy", "AttachRolePolicy", "PutUserPolicy", "PutRolePolicy",
		"CreateAccessKey", "UpdateAccessKey", "CreateUser", "CreateLoginProfile", "UpdateLoginProfile",
		"AddUserToGroup", "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"};
	const struct results *results = guide->app->results;
	const struct alert_view *view = &results->views[guide->alert];
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
	say(guide, "%u discovery, %u privilege-changing, %u data-reading%s", found, changing, data,
		changing ? ": look at what was changed first" : "");
	evidence(guide, "all of them", "", view->evidence.count);
}

static void others(const struct guide *guide)
{
	const struct facts *facts = guide->facts;
	struct buf query = BUF_EMPTY;
	const struct results *results = guide->app->results;
	uint32_t row = first_row(guide);

	if (facts->others_on_address)
		say(guide, "%u other %s used the evidence's addresses", facts->others_on_address,
			plural(facts->others_on_address, "identity", "identities"));
	else
		say(guide, "nobody else used the evidence's addresses");
	if (row == UINT32_MAX)
		return;
	term_format(&query, FIELD_SOURCE_ADDRESS, store_text(results->store, FIELD_SOURCE_ADDRESS, row));
	evidence(guide, "everything from the newest address", query.data, UINT64_MAX);
	buf_free(&query);
}

/* Where the evidence itself came from; all other addresses are in the profile. */
static void evidence_addresses(const struct guide *guide)
{
	const struct results *results = guide->app->results;
	const struct alert_view *view = &results->views[guide->alert];
	struct breakdown from = rows_breakdown(results->store, &view->evidence, FIELD_SOURCE_ADDRESS);
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];

	for (size_t i = 0; i < from.count && i < 6; i++) {
		struct sheet_link *link = sheet_line(guide->doc);

		link->kind = LINK_QUERY;
		link->field = FIELD_SOURCE_ADDRESS;
		link->value = store_string(results->store, from.items[i].value);
		sheet_printf(guide->doc, ROLE_TEXT, "     ");
		sheet_fit(guide->doc, ROLE_RARE, 18, ALIGN_LEFT, link->value);
		sheet_printf(guide->doc, ROLE_NUMBER, "%6u  ", from.items[i].count);
		sheet_printf(guide->doc, ROLE_TIME, "%s to %s",
			app_time(guide->app, from.items[i].first, TIME_SHORT, first),
			app_time(guide->app, from.items[i].last, TIME_CLOCK, last));
	}
	say(guide, "of %zu addresses in the window", guide->facts->addresses.count);
	breakdown_free(&from);
}

static void build_rare_as(const struct guide *guide)
{
	step(guide, rare_as_steps[0], "Which networks, and with which agents?");
	networks_and_agents(guide);
	step(guide, rare_as_steps[1], "Are the source addresses expected: admins, pipelines, offices, VPN?");
	evidence_addresses(guide);
	step(guide, rare_as_steps[2], "What did the same access key do around the newest rare event?");
	key_activity(guide);
	step(guide, rare_as_steps[3], "Automation or human?");
	automation(guide);
	step(guide, rare_as_steps[4], "Discovery, or already changing privileges?");
	sensitive_actions(guide);
	step(guide, rare_as_steps[5], "Who else came from there?");
	others(guide);
	sheet_line(guide->doc);
	say(guide, "Often innocent: VPN, split DNS, proxies, carrier rebrands, hotspots, travel, break-glass from "
		   "home, multi-region runners. If not: rotate the credentials, prefer OIDC or short-lived keys, "
		   "tighten IAM.");
}

static void build_rare_method(const struct guide *guide)
{
	struct app *app = guide->app;
	const struct results *results = app->results;
	const struct rare_method_record *record = &results->alerts.items[guide->alert].rare_method;
	const struct facts *facts = guide->facts;
	uint32_t row = first_row(guide);
	struct buf query = BUF_EMPTY;

	step(guide, rare_method_steps[0], "Is the command part of this identity's work: which key, which agent?");
	sheet_tally(app, guide->doc, facts->results->store, "     key", &facts->keys, NULL, 3);
	sheet_tally(app, guide->doc, facts->results->store, "     agent", &facts->agents, NULL, 4);
	step(guide, rare_method_steps[1], "From where: an address of ours, an EC2 instance, somewhere new?");
	if (row != UINT32_MAX) {
		struct slice network = row_network(results->store, row),
			     city = store_text(results->store, FIELD_CITY_NAME, row);
		struct slice address = store_text(results->store, FIELD_SOURCE_ADDRESS, row);

		say(guide, "%.*s, %.*s%s%.*s; %s", (int)address.length, address.data ? address.data : "",
			(int)network.length, network.data ? network.data : "", city.data ? ", " : "", (int)city.length,
			city.data ? city.data : "",
			network.length >= 6 && memcmp(network.data, "Amazon", 6) == 0 ? "an AWS address, EC2 perhaps"
										      : "not an AWS address");
	}
	sheet_tally(app, guide->doc, facts->results->store, "     from", &facts->addresses, NULL, 4);
	step(guide, rare_method_steps[2], "At an hour this person works?");
	sheet_heatmap(guide->doc, facts->has_explanation ? facts->explanation.week : facts->week, facts->is_week);
	step(guide, rare_method_steps[3], "First ever, or housekeeping with a cadence?");
	if (facts->has_explanation && facts->explanation.own.buckets > 1)
		say(guide, "in %u buckets of this user so far", facts->explanation.own.buckets);
	else
		say(guide, "never before by this user");
	term_and(&query, FIELD_USER_NAME, user_of(guide));
	term_and(&query, FIELD_ACTION, store_string(results->store, record->action));
	evidence(guide, "every time this user called it", query.data, UINT64_MAX);
	query.length = 0;
	term_format(&query, FIELD_ACTION, store_string(results->store, record->action));
	evidence(guide, "every time anybody called it", query.data, UINT64_MAX);
	step(guide, rare_method_steps[4], "What was asked for: the request parameters?");
	evidence(guide, "the events; r shows the record with its requestParameters", "",
		results->views[guide->alert].evidence.count);
	sheet_line(guide->doc);
	say(guide, "Often innocent: troubleshooting by hand, changed scripts, new services.");
	buf_free(&query);
}

void guide_doc(struct app *app, struct sheet *doc, uint32_t alert, const struct facts *facts, int width)
{
	struct guide guide = {app, doc, alert, facts};

	sheet_begin(doc, app->ui, width);
	if (alert == UINT32_MAX) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_WARN, " This alert no longer fires; u undoes the last change.");
	} else if (!facts || facts->results != app->results) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, " gathering the figures ...");
	} else if (app->results->alerts.items[alert].rule == RULE_RARE_AS) {
		build_rare_as(&guide);
	} else {
		build_rare_method(&guide);
	}
}
