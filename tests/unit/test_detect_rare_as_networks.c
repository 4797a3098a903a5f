/* What rare-as shows around an alert: evidence by value, networks across identities, notices about labels; and odd
 * data sets: none, one instant, dates thousands of years apart. */
#include "rare_as_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- small stores made by hand ---- */

static const int64_t NOON = INT64_C(1767268800000);

struct line {
	const char *user, *organisation, *address, *action;
	unsigned times;
	int64_t at; /* ms after NOON; one a second from there */
};

static struct store *store_of(const struct line *lines, size_t count)
{
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct chunk *chunk = own_chunk();
	unsigned number = 0;
	for (size_t i = 0; i < count; i++)
		for (unsigned at = 0; at < lines[i].times; at++) {
			char id[16];
			snprintf(id, sizeof id, "%u", ++number);
			struct event event = {.timestamp = NOON + lines[i].at + at * SECOND_MS,
				.ingested = TIME_NONE,
				.id = slice_of(id),
				.offset = number,
				.content = number};
			event.fields[FIELD_USER_NAME] = slice_of(lines[i].user);
			event.fields[FIELD_AS_ORG] = slice_of(lines[i].organisation);
			event.fields[FIELD_SOURCE_ADDRESS] = event.fields[FIELD_SOURCE_IP] = slice_of(lines[i].address);
			event.fields[FIELD_ACTION] = slice_of(lines[i].action);
			event.fields[FIELD_OUTCOME] = slice_of("success");
			if (!lines[i].organisation)
				event.fields[FIELD_AS_NUMBER] = slice_of("64500");
			chunk_add(chunk, &event);
		}
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

static const struct line incident[] = {
	{"ci", "Amazon.com, Inc.", "52.0.0.1", "PutObject", 600, 0},
	{"ci", "Selectel Ltd.", "45.1.1.1", "GetCallerIdentity", 3, 700 * SECOND_MS},
	{"ci", "Selectel Ltd.", "45.1.1.2", "CreateAccessKey", 1, 800 * SECOND_MS},
	{"ci", "Selectel Ltd.", "45.1.1.2", "DescribeInstances", 2, 900 * SECOND_MS},
	{"dev", "Selectel Ltd.", "45.1.1.3", "GetObject", 50, 0},
	{"dev", "Amazon.com, Inc.", "52.0.0.2", "GetObject", 50, 60 * SECOND_MS},
	{"ops", "OVH SAS", "51.0.0.1", "GetObject", 7, 0},
};

static bool is_text(const struct store *store, uint32_t id, const char *text)
{
	return slice_equals(store_string(store, id), slice_of(text));
}

static void test_evidence_by_value(void **state)
{
	(void)state;
	struct store *store = store_of(incident, COUNT_OF(incident));
	struct rare_as *engine = rare_as_new(store);
	struct params params;
	params_init(&params);
	struct alerts alerts = {0};
	rare_as_replay(engine, &params.rare_as, &alerts);
	assert_int_equal(alerts.count, 1);
	const struct alert *alert = &alerts.items[0];
	assert_int_equal(alert->first_fired, NOON + HOUR_MS);
	assert_int_equal(alert->times_fired, 1);
	assert_int_equal(strlen(alert->id), ALERT_ID_SIZE - 1);

	struct row_list all =
		rare_as_evidence(engine, &params.rare_as, alert->rare_as.identity, alert->last_fired, false);
	struct row_list sensitive =
		rare_as_evidence(engine, &params.rare_as, alert->rare_as.identity, alert->last_fired, true);
	assert_int_equal(all.count, 6);
	assert_int_equal(sensitive.count, 4);
	for (size_t i = 0; i < all.count; i++) {
		assert_true(i == 0 || all.rows[i - 1] < all.rows[i]);
		assert_false(rare_as_is_trusted(engine, &params.rare_as, all.rows[i]));
	}
	struct breakdown actions = rows_breakdown(store, &sensitive, FIELD_ACTION);
	assert_int_equal(actions.count, 2);
	assert_true(is_text(store, actions.items[0].value, "GetCallerIdentity"));
	assert_int_equal(actions.items[0].count, 3);
	assert_int_equal(actions.items[0].first, NOON + 700 * SECOND_MS);
	assert_int_equal(actions.items[0].last, NOON + 702 * SECOND_MS);
	assert_true(is_text(store, actions.items[1].value, "CreateAccessKey"));
	assert_int_equal(actions.items[1].count, 1);
	struct breakdown addresses = rows_breakdown(store, &all, FIELD_SOURCE_ADDRESS);
	assert_int_equal(addresses.count, 2);
	assert_true(is_text(store, addresses.items[0].value, "45.1.1.1")); /* three each: by their bytes */
	struct breakdown agents = rows_breakdown(store, &all, FIELD_USER_AGENT);
	assert_int_equal(agents.count, 1);
	assert_int_equal(agents.items[0].value, 0);
	breakdown_free(&agents);
	breakdown_free(&addresses);
	breakdown_free(&actions);
	row_list_free(&sensitive);
	row_list_free(&all);
	alerts_free(&alerts);
	params_free(&params);
	rare_as_free(engine);
	store_free(store);
}

/* Values that several entries of a dimension share are one line; every row is counted once. */
static void test_breakdown_counts_every_row(void **state)
{
	(void)state;
	static const enum event_field fields[] = {
		FIELD_ACTION, FIELD_AS_ORG, FIELD_USER_NAME, FIELD_OUTCOME, FIELD_SOURCE_IP};
	static struct world world;
	for (uint64_t seed = 900; seed < 920; seed++) {
		world_make(&world, seed);
		struct store *store = world_store(&world);
		struct row_list all = {xcalloc(store->count + (size_t)1, sizeof *all.rows), 0};
		for (uint32_t row = 0; row < store->count; row++)
			if (world_pick(&world, 3) > 0)
				all.rows[all.count++] = row;
		for (size_t field = 0; field < COUNT_OF(fields); field++) {
			struct breakdown breakdown = rows_breakdown(store, &all, fields[field]);
			size_t counted = 0;
			for (size_t i = 0; i < breakdown.count; i++) {
				const struct breakdown_row *item = &breakdown.items[i];
				uint32_t count = 0, first = 0, last = 0;
				for (size_t at = 0; at < all.count; at++) {
					if (store_value(store, fields[field], all.rows[at]) != item->value)
						continue;
					first = count++ == 0 ? all.rows[at] : first;
					last = all.rows[at];
				}
				assert_int_equal(item->count, count);
				assert_int_equal(item->first, store->timestamp[first]);
				assert_int_equal(item->last, store->timestamp[last]);
				assert_true(i == 0 || item[-1].count >= item->count);
				assert_true(i == 0 || item[-1].value != item->value);
				counted += item->count;
			}
			assert_int_equal(counted, all.count);
			breakdown_free(&breakdown);
		}
		row_list_free(&all);
		store_free(store);
	}
}

static void test_networks_across_identities(void **state)
{
	(void)state;
	struct store *store = store_of(incident, COUNT_OF(incident));
	struct rare_as *engine = rare_as_new(store);
	struct params params;
	params_init(&params);
	struct networks networks;
	rare_as_networks(engine, &params.rare_as, &networks);
	assert_int_equal(networks.count, 3);
	assert_int_equal(networks.use_count, 5);
	const struct network *first = &networks.items[0];
	assert_true(is_text(store, first->organisation, "Selectel Ltd."));
	assert_int_equal(first->identities, 2);
	assert_int_equal(first->rare_for, 1);
	assert_int_equal(first->events, 56);
	assert_int_equal(first->trusted, 0);
	assert_int_equal(first->first, NOON);
	assert_int_equal(first->last, NOON + 901 * SECOND_MS);
	const struct network_use *use = &networks.uses[first->first_use];
	assert_true(use[0].is_rare);
	assert_true(is_text(store, store->identities[use[0].identity].user_name, "ci"));
	assert_int_equal(use[0].events, 6);
	assert_int_equal(use[0].identity_events, 606);
	assert_false(use[1].is_rare);
	assert_int_equal(use[1].events, 50);
	assert_true(use[1].share > 0.49 && use[1].share < 0.51);
	assert_true(is_text(store, networks.items[1].organisation, "OVH SAS"));
	assert_int_equal(networks.items[2].trusted, 650);
	assert_int_equal(networks.items[2].rare_for, 0);
	networks_free(&networks);
	params_free(&params);
	rare_as_free(engine);
	store_free(store);
}

/* ---- notices ---- */

static struct notices notices_of(const struct line *lines, size_t count, const char *assignment, struct store **store)
{
	struct params params;
	struct err err;
	params_init(&params);
	if (assignment)
		assert_int_equal(params_assign(&params, assignment, &err), 0);
	*store = store_of(lines, count);
	struct rare_as *engine = rare_as_new(*store);
	struct notices notices = {0};
	rare_as_notices(engine, &params.rare_as, &notices);
	rare_as_free(engine);
	params_free(&params);
	return notices;
}

static void test_labels_that_the_list_misses(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{"ci", "AMAZON-02", "52.0.0.1", "PutObject", 50, 0},
		{"ci", "AMAZON-AES", "52.0.0.1", "PutObject", 30, 0},
		{"ci", "GOOGLE", "8.0.0.1", "PutObject", 10, 0},
		{"ci", "MICROSOFT-CORP-MSN-AS-BLOCK", "20.0.0.1", "PutObject", 5, 0},
		{"ci", "Selectel Ltd.", "45.1.1.1", "PutObject", 5, 0},
	};
	struct store *store;
	struct notices notices = notices_of(lines, COUNT_OF(lines), NULL, &store);
	assert_int_equal(notices.count, 1);
	const struct notice *notice = &notices.items[0];
	assert_int_equal(notice->kind, NOTICE_FEW_TRUSTED);
	assert_int_equal(notice->events, 0);
	assert_int_equal(notice->label_count, 4);
	assert_true(is_text(store, notice->labels[0].organisation, "AMAZON-02"));
	assert_int_equal(notice->labels[0].events, 50);
	assert_int_equal(notice->entries.count, 3);
	assert_string_equal(notice->entries.items[0], "AMAZON-*");
	assert_string_equal(notice->entries.items[1], "GOOGLE");
	assert_string_equal(notice->entries.items[2], "MICROSOFT-*");
	assert_string_equal(notice->text, "The trusted list meets 0 of 100 events (0%), but these labels look like "
					  "what it means: AMAZON-02 (50%), "
					  "AMAZON-AES (30%), GOOGLE (10%), MICROSOFT-CORP-MSN-AS-BLOCK (5%). To trust "
					  "them, add `AMAZON-*`, `GOOGLE` "
					  "and `MICROSOFT-*`.");
	notices_free(&notices);
	store_free(store);

	/* once they are entered there is nothing more to say */
	notices = notices_of(lines, COUNT_OF(lines), "rare-as.trusted=AMAZON-*\nGOOGLE\nMICROSOFT-*", &store);
	assert_int_equal(notices.count, 0);
	notices_free(&notices);
	store_free(store);
}

static void test_labels_half_missed_or_taken_off(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{"ci", "Amazon.com, Inc.", "52.0.0.1", "PutObject", 70, 0},
		{"ci", "GOOGLE-CLOUD-PLATFORM", "34.0.0.1", "PutObject", 20, 0},
		{"ci", "Google LLC", "8.0.0.1", "PutObject", 10, 0},
	};
	struct store *store;
	struct notices notices = notices_of(lines, COUNT_OF(lines), "rare-as.trusted-=Google LLC", &store);
	assert_int_equal(notices.count, 1);
	assert_int_equal(notices.items[0].label_count, 1);
	assert_string_equal(notices.items[0].entries.items[0], "GOOGLE-*");
	notices_free(&notices);
	store_free(store);
}

static void test_entries_that_match_too_much(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{"ci", "Amazon.com, Inc.", "52.0.0.1", "PutObject", 90, 0},
		{"ci", "Amazonia Publicidade Ltda", "45.1.1.1", "PutObject", 10, 0},
		{"ci", NULL, "45.1.1.1", "PutObject", 4, 0},
	};
	struct store *store;
	struct notices notices = notices_of(lines, COUNT_OF(lines), NULL, &store);
	assert_int_equal(notices.count, 2);
	assert_int_equal(notices.items[0].kind, NOTICE_NO_NAME);
	assert_int_equal(notices.items[0].events, 4);
	assert_int_equal(notices.items[1].kind, NOTICE_ODD_MATCH);
	assert_string_equal(notices.items[1].entries.items[0], "Amazon*");
	assert_string_equal(notices.items[1].text, "The entry `Amazon*` also trusts Amazonia Publicidade Ltda (10%), "
						   "where the name goes on inside a word; is it "
						   "meant?");
	notices_free(&notices);
	store_free(store);
	notices = notices_of(lines, 1, "rare-as.max_rare_asn_ratio=0", &store);
	assert_int_equal(notices.count, 1);
	assert_int_equal(notices.items[0].kind, NOTICE_NEVER_FIRES);
	notices_free(&notices);
	store_free(store);
	notices = notices_of(lines + 2, 1, NULL, &store);
	assert_int_equal(notices.items[0].kind, NOTICE_NO_EVENTS);
	notices_free(&notices);
	store_free(store);
}

/* ---- odd data sets ---- */

static size_t replay_count(struct store *store, const char *assignment)
{
	struct params params;
	struct err err;
	params_init(&params);
	assert_int_equal(params_assign(&params, assignment, &err), 0);
	struct rare_as *engine = rare_as_new(store);
	struct alerts alerts = {0}, misses = {0};
	rare_as_replay(engine, &params.rare_as, &alerts);
	rare_as_near_misses(engine, &params.rare_as, TIME_NONE, &misses);
	size_t count = alerts.count;
	alerts_free(&alerts);
	alerts_free(&misses);
	params_free(&params);
	rare_as_free(engine);
	return count;
}

static void test_odd_data_sets(void **state)
{
	(void)state;
	struct store *empty = store_of(NULL, 0);
	assert_int_equal(replay_count(empty, "rare-as.max_age=1h"), 0);
	store_free(empty);

	/* all events at one whole hour: the execution after it sees them */
	static const struct line instant[] = {
		{"ci", "Selectel Ltd.", "45.1.1.1", "GetObject", 1, 0},
		{"ci", "Selectel Ltd.", "45.1.1.1", "ListBuckets", 1, 0},
		{"ci", "Google LLC", "8.0.0.1", "ListBuckets", 1, 0},
	};
	struct params params;
	params_init(&params);
	params.rare_as.max_rare_asn_ratio = 1;
	params.rare_as.min_trusted_cloud_event_count = 1;
	struct store *store = store_of(instant, COUNT_OF(instant));
	struct rare_as *engine = rare_as_new(store);
	struct alerts alerts = {0};
	rare_as_replay(engine, &params.rare_as, &alerts);
	assert_int_equal(alerts.count, 1);
	assert_int_equal(alerts.items[0].first_fired, NOON + HOUR_MS);
	alerts_free(&alerts);
	rare_as_free(engine);
	store_free(store);
	params_free(&params);

	/* a stray date makes a schedule of thousands of millions of executions, not of as many steps */
	const struct line strays[] = {
		{"ci", "Amazon.com, Inc.", "52.0.0.1", "PutObject", 600, 0},
		{"ci", "Selectel Ltd.", "45.1.1.1", "GetCallerIdentity", 1, 700 * SECOND_MS},
		{"ci", "Selectel Ltd.", "45.1.1.2", "CreateAccessKey", 1, 800 * SECOND_MS},
		{"old", "Selectel Ltd.", "45.1.1.2", "CreateAccessKey", 1, -NOON - 1969 * INT64_C(31556952000)},
		{"new", "Selectel Ltd.", "45.1.1.2", "CreateAccessKey", 1, 7900 * INT64_C(31556952000)},
	};
	store = store_of(strays, COUNT_OF(strays));
	assert_int_equal(replay_count(store, "rare-as.interval=1m"), 1);
	assert_int_equal(replay_count(store, "rare-as.interval=1h"), 1);
	store_free(store);
}

/* Another order of events in the input, another store, another list before: the same ids in the same order. */
static void test_ids_are_stable(void **state)
{
	(void)state;
	struct line turned[COUNT_OF(incident)];
	for (size_t i = 0; i < COUNT_OF(incident); i++)
		turned[i] = incident[COUNT_OF(incident) - 1 - i];
	char ids[2][ALERT_ID_SIZE];
	for (int round = 0; round < 2; round++) {
		struct store *store = store_of(round ? turned : incident, COUNT_OF(incident));
		struct rare_as *engine = rare_as_new(store);
		struct params params;
		params_init(&params);
		struct alerts alerts = {0};
		rare_as_replay(engine, &params.rare_as, &alerts);
		assert_int_equal(alerts.count, 1);
		memcpy(ids[round], alerts.items[0].id, ALERT_ID_SIZE);
		alerts_free(&alerts);
		params_free(&params);
		rare_as_free(engine);
		store_free(store);
	}
	assert_string_equal(ids[0], ids[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence_by_value),
		cmocka_unit_test(test_breakdown_counts_every_row),
		cmocka_unit_test(test_networks_across_identities),
		cmocka_unit_test(test_labels_that_the_list_misses),
		cmocka_unit_test(test_labels_half_missed_or_taken_off),
		cmocka_unit_test(test_entries_that_match_too_much),
		cmocka_unit_test(test_odd_data_sets),
		cmocka_unit_test(test_ids_are_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
