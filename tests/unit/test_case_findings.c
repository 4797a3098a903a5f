/* What people decide: undo and redo of all of it against a plain model, verdicts that survive a re-tune, allowlist
 * entries at work, exports that no text of a log can break. */
#include <jansson.h>

#include "case_world.h"
#include "rare_as_world.h"
#include "own_chunk.h"
#include "store_of.h"

/* ---- undo and redo against a model: a list of changes and how many of them hold ---- */

enum { SUBJECTS = 5, CHANGES = 4000 };
struct change {
	unsigned kind, subject;
	unsigned value;
};
struct model {
	struct change changes[CHANGES];
	size_t done, count;
};

static void model_check(const struct model *model, const struct casefile *casefile)
{
	unsigned verdict[SUBJECTS] = {0}, notes[SUBJECTS] = {0}, tagged[SUBJECTS] = {0}, allow = 0;
	double ratio = -1;
	for (size_t i = 0; i < model->done; i++) {
		const struct change *change = &model->changes[i];
		switch (change->kind) {
		case 0: verdict[change->subject] = change->value; break;
		case 1: notes[change->subject]++; break;
		case 2: tagged[change->subject] = change->value; break;
		case 3: ratio = change->value / 100.0; break;
		default: allow++; break;
		}
	}
	size_t count, visible = 0;
	for (unsigned i = 0; i < SUBJECTS; i++) {
		struct case_subject subject = subject_of(i);
		const struct finding *finding = case_find_id(casefile, subject.id);
		bool is_there = verdict[i] || notes[i] || tagged[i];
		visible += is_there;
		assert_int_equal(finding != NULL, is_there);
		if (!finding)
			continue;
		assert_int_equal(finding->verdict, verdict[i]);
		assert_int_equal(finding->note_count, notes[i]);
		assert_int_equal(finding_has_tag(finding, "T1552"), tagged[i]);
	}
	case_findings(casefile, &count);
	assert_int_equal(count, visible);
	case_allowlist(casefile, &count);
	assert_int_equal(count, allow);
	const struct params *params = case_params(casefile);
	assert_int_equal(params != NULL, ratio >= 0);
	if (params)
		assert_true(params->rare_as.max_rare_asn_ratio == ratio);
	assert_int_equal(case_can_undo(casefile), model->done > 0);
}

static void change_make(struct world *world, struct model *model, struct casefile *casefile)
{
	struct change change = {world_pick(world, 5), world_pick(world, SUBJECTS), world_pick(world, VERDICT_COUNT)};
	struct case_subject subject = subject_of(change.subject);
	struct err err;
	int result = -1;
	if (change.kind == 0) {
		result = case_mark(casefile, &subject, 1, (enum verdict)change.value, &err);
	} else if (change.kind == 1) {
		result = case_note(casefile, &subject, 1, "note", &err);
	} else if (change.kind == 2) {
		change.value &= 1;
		result = case_tag(casefile, &subject, 1, "T1552", change.value, &err);
	} else if (change.kind == 3) {
		struct params params;
		params_init(&params);
		params.rare_as.max_rare_asn_ratio = change.value / 100.0;
		result = case_apply_params(casefile, &params, &err);
		params_free(&params);
	} else {
		char match[] = "user-*", reason[] = "ticket";
		struct allow_entry entry = {.kind = ALLOW_USER,
			.match = match,
			.rules = 3,
			.reason = reason,
			.expires = TIME_NONE,
			.is_on = true};
		uint32_t id = 0;
		result = case_allow(casefile, &entry, &id, &err);
		assert_true(id > 0);
	}
	if (result)
		fail_msg("%s", err.text);
	model->changes[model->done++] = change;
	model->count = model->done;
}

static void undo_and_redo(void **state)
{
	(void)state;
	static struct model model;
	struct world world = {.seed = 11};
	struct casefile *casefile = open_case(path, false);
	struct err err;
	for (unsigned step = 0; step < 600; step++) {
		unsigned draw = world_pick(&world, 10);
		if (draw < 5) {
			change_make(&world, &model, casefile);
		} else if (draw < 8) {
			assert_int_equal(case_undo(casefile, NULL, &err), model.done ? 0 : -1);
			model.done -= model.done > 0;
		} else {
			assert_int_equal(case_redo(casefile, NULL, &err), model.done < model.count ? 0 : -1);
			model.done += model.done < model.count;
		}
		model_check(&model, casefile);
		if (step % 40 == 0) { /* the same from the disk, redo included */
			struct buf before = BUF_EMPTY, after = BUF_EMPTY;
			case_export_json(casefile, &before);
			case_close(casefile);
			casefile = open_case(path, false);
			case_export_json(casefile, &after);
			assert_string_equal(before.data, after.data);
			model_check(&model, casefile);
			buf_free(&before);
			buf_free(&after);
		}
	}
	case_close(casefile);
}

static void words_of_undo(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(NULL, false);
	struct case_subject subjects[2] = {subject_of(1), subject_of(2)};
	struct buf what = BUF_EMPTY;
	struct err err = {0};
	assert_int_equal(case_undo(casefile, &what, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_int_equal(case_mark(casefile, subjects, 2, VERDICT_BENIGN, &err), 0);
	assert_int_equal(case_undo(casefile, &what, &err), 0);
	assert_string_equal(what.data, "verdict benign (2 alerts)");
	assert_null(case_find_id(casefile, subjects[0].id));
	assert_null(case_find_id(casefile, subjects[1].id)); /* one change, however many alerts */
	what.length = 0;
	assert_int_equal(case_note(casefile, subjects, 1, "a\x1b[2J", &err), 0);
	assert_int_equal(case_redo(casefile, NULL, &err), -1); /* a new change ends redo */
	assert_int_equal(case_undo(casefile, &what, &err), 0);
	assert_string_equal(what.data, "note a<ESC>[2J");
	buf_free(&what);
	case_close(casefile);
}

/* ---- findings ---- */

static void order_and_title(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(NULL, false);
	struct err err;
	size_t count;
	for (unsigned i = 0; i < 4; i++) {
		struct case_subject subject = subject_of(i);
		assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_BENIGN, &err), 0);
	}
	struct case_subject subject = subject_of(3), hidden = subject_of(1);
	assert_int_equal(case_mark(casefile, &hidden, 1, VERDICT_OPEN, &err), 0); /* nothing left of it */
	assert_int_equal(case_move(casefile, subject.id, 1, &err), 0);
	assert_int_equal(case_title(casefile, &subject, "new hire", &err), 0);
	assert_int_equal(case_tick(casefile, &subject, "source addresses", true, &err), 0);
	assert_int_equal(case_move(casefile, hidden.id, 0, &err), -1);
	const struct finding *findings = case_findings(casefile, &count);
	assert_int_equal(count, 3);
	assert_string_equal(findings[0].subject.id, subject_of(0).id);
	assert_string_equal(findings[1].subject.id, subject.id);
	assert_string_equal(findings[2].subject.id, subject_of(2).id);
	assert_string_equal(findings[1].title, "new hire");
	assert_true(finding_has_tick(&findings[1], "source addresses"));
	assert_int_equal(case_move(casefile, subject.id, 99, &err), 0);
	findings = case_findings(casefile, &count);
	assert_string_equal(findings[2].subject.id, subject.id);
	case_close(casefile);
}

/* A looser limit makes an alert begin earlier, so it has another id: its verdict is found all the same. */
static void survives_a_retune(void **state)
{
	(void)state;
	size_t moved = 0, found = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct world world;
		struct params params;
		struct alerts before = {0}, after = {0};
		struct err err;
		world_make(&world, seed);
		params_init(&params);
		params.rare_as.min_trusted_cloud_event_count = 3;
		params.rare_as.max_rare_asn_ratio = 0.3;
		params.rare_as.min_unique_action_from_untrusted_asn = 1;
		params.rare_as.max_count_distinct_asns = 12;
		struct store *store = world_store(&world);
		struct rare_as *engine = rare_as_new(store);
		struct casefile *casefile = open_case(NULL, false);
		rare_as_replay(engine, &params.rare_as, &before);
		params.rare_as.max_rare_asn_ratio = 0.6;
		params.rare_as.max_age = 30 * HOUR_MS;
		rare_as_replay(engine, &params.rare_as, &after);
		for (size_t i = 0; i < before.count; i += 2) { /* every other one, so that ids go astray */
			struct case_subject subject;
			case_subject_init(&subject, store, &params, &before.items[i]);
			assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_TRUE_POSITIVE, &err), 0);
			case_subject_free(&subject);
		}
		struct case_lookup lookup = {casefile, store};
		for (size_t i = 0; i < after.count; i++) {
			const struct alert *alert = &after.items[i];
			bool overlaps = false;
			for (size_t j = 0; j < before.count; j += 2)
				overlaps = overlaps || (before.items[j].rare_as.identity == alert->rare_as.identity &&
							       before.items[j].first_fired <= alert->last_fired &&
							       alert->first_fired <= before.items[j].last_fired);
			assert_int_equal(case_verdict(&lookup, alert), overlaps ? VERDICT_TRUE_POSITIVE : VERDICT_OPEN);
			moved += overlaps && !case_find_id(casefile, alert->id);
			found += overlaps;
		}
		alerts_free(&before);
		alerts_free(&after);
		case_close(casefile);
		rare_as_free(engine);
		store_free(store);
		params_free(&params);
	}
	print_message("%zu verdicts found again, %zu of them under another id\n", found, moved);
	assert_true(moved > 20 && found > moved);
}

/* ---- the allowlist ---- */

static int try_entry(struct casefile *casefile, enum allow_kind kind, const char *match, unsigned rule_bits,
	const char *reason, struct err *err)
{
	struct allow_entry entry = {.kind = kind,
		.match = (char *)(uintptr_t)match,
		.rules = rule_bits,
		.reason = (char *)(uintptr_t)reason,
		.expires = TIME_NONE,
		.is_on = true};
	return case_allow(casefile, &entry, NULL, err);
}

static void entries_are_checked(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(NULL, false);
	struct err err;
	assert_int_equal(try_entry(casefile, ALLOW_USER, "ci-*", 3, " ", &err), -1);
	assert_non_null(strstr(err.text, "reason"));
	assert_int_equal(try_entry(casefile, ALLOW_USER, "", 3, "r", &err), -1);
	assert_int_equal(try_entry(casefile, ALLOW_USER, "a\nb", 3, "r", &err), -1);
	assert_int_equal(try_entry(casefile, ALLOW_USER, "a ", 3, "r", &err), -1);
	assert_int_equal(try_entry(casefile, ALLOW_USER, "a", 0, "r", &err), -1);
	assert_int_equal(try_entry(casefile, ALLOW_CIDR, "10.0.0.0/33", 3, "r", &err), -1);
	assert_int_equal(try_entry(casefile, ALLOW_ORGANIZATION, "Acme*", 3, "r", &err), -1);
	assert_int_equal(case_entries(casefile), 1);
	assert_int_equal(try_entry(casefile, ALLOW_ORGANIZATION, "Acme*", 1, "r", &err), 0);
	assert_int_equal(try_entry(casefile, ALLOW_CIDR, "2001:db8::/32", 3, "r", &err), 0);
	size_t count;
	struct allow_entry changed = case_allowlist(casefile, &count)[0];
	assert_int_equal(count, 2);
	assert_int_equal(changed.created, fixed_clock());
	assert_string_equal(changed.author, "ak");
	changed.is_on = false;
	assert_int_equal(case_allow(casefile, &changed, NULL, &err), 0);
	assert_false(case_allowlist(casefile, &count)[0].is_on);
	assert_int_equal(case_allow_remove(casefile, 2, &err), 0);
	assert_int_equal(case_allow_remove(casefile, 2, &err), -1);
	uint32_t id;
	char match[] = "Acme*", reason[] = "r";
	changed.id = 0;
	changed.match = match;
	changed.reason = reason;
	assert_int_equal(case_allow(casefile, &changed, &id, &err), 0);
	assert_int_equal(id, 3); /* never a number that was used */
	case_close(casefile);
}

static void entries_compile(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(NULL, false);
	struct err err;
	struct params base, out, expected;
	size_t count;
	assert_int_equal(try_entry(casefile, ALLOW_ORGANIZATION, "Acme*", 1, "r", &err), 0);
	assert_int_equal(try_entry(casefile, ALLOW_CIDR, "10.0.0.0/8", 3, "r", &err), 0);
	assert_int_equal(try_entry(casefile, ALLOW_USER, "ci-*", 2, "r", &err), 0);
	assert_int_equal(try_entry(casefile, ALLOW_ACTION, "Get*", 1, "r", &err), 0);
	char match[] = "off", reason[] = "r";
	struct allow_entry entry = {
		.kind = ALLOW_USER, .match = match, .rules = 3, .reason = reason, .expires = TIME_NONE};
	assert_int_equal(case_allow(casefile, &entry, NULL, &err), 0); /* off */
	entry.is_on = true;
	entry.expires = 1000;
	assert_int_equal(case_allow(casefile, &entry, NULL, &err), 0);
	const struct allow_entry *entries = case_allowlist(casefile, &count);
	params_init(&base);
	params_copy(&expected, &base);
	static const char *const assignments[] = {"rare-as.trusted+=Acme*", "rare-as.trusted_cidr+=10.0.0.0/8",
		"rare-method.ignored_cidr+=10.0.0.0/8", "rare-method.ignored_users+=ci-*",
		"rare-as.ignored_actions+=Get*"};
	for (size_t i = 0; i < COUNT_OF(assignments); i++)
		assert_int_equal(params_assign(&expected, assignments[i], &err), 0);
	allow_compile(&base, entries, count, 1000, &out);
	assert_true(params_equal(&out, &expected));
	params_free(&out);
	allow_compile(&base, entries, count, 999, &out); /* not yet expired */
	assert_int_equal(params_assign(&expected, "rare-as.ignored_users+=off", &err), 0);
	assert_int_equal(params_assign(&expected, "rare-method.ignored_users+=off", &err), 0);
	assert_true(params_equal(&out, &expected));
	params_free(&out);
	params_free(&base);
	params_free(&expected);
	case_close(casefile);
}

static void hits_and_effects(void **state)
{
	(void)state;
	static const struct {
		enum allow_kind kind;
		char match[32];
	} tries[] = {{ALLOW_USER, "ci-*"}, {ALLOW_ACTION, "*Object"}, {ALLOW_ORGANIZATION, "Selectel*"},
		{ALLOW_CIDR, "192.0.2.0/29"}};
	size_t silenced = 0;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct world world;
		struct params params;
		world_make(&world, seed);
		params_init(&params);
		params.rare_as.min_trusted_cloud_event_count = 1;
		params.rare_as.max_rare_asn_ratio = 1;
		params.rare_as.min_unique_action_from_untrusted_asn = 1;
		params.rare_as.max_count_distinct_asns = 12;
		struct store *store = world_store(&world);
		struct tune *tune =
			tune_new(&(struct tune_setup){.store = store, .rules = 1, .now = TIME_NONE}, &params);
		for (size_t i = 0; i < COUNT_OF(tries); i++) {
			char match[32], reason[] = "r";
			memcpy(match, tries[i].match, sizeof match);
			struct allow_entry entry = {.kind = tries[i].kind,
				.match = match,
				.rules = 1,
				.reason = reason,
				.expires = TIME_NONE};
			uint64_t expected = 0;
			for (unsigned e = 0; e < world.count; e++) {
				const struct world_event *event = &world.events[e];
				const char *action = world_actions[event->action], *org = world_orgs[event->org];
				switch (entry.kind) {
				case ALLOW_USER: expected += event->has_user && event->user == 0; break;
				case ALLOW_ACTION: expected += action && strcmp(action, "GetObject") == 0; break;
				case ALLOW_ORGANIZATION: expected += org && strncmp(org, "Selectel", 8) == 0; break;
				default: expected += event->address == 0; break;
				}
			}
			assert_int_equal(allow_hits(store, &entry), expected);
			struct tune_diff diff;
			allow_effect(tune, &params, NULL, 0, &entry, 0, &diff);
			assert_true(params_equal(tune_applied(tune), &params));
			for (size_t c = 0; c < diff.count; c++) {
				if (diff.changes[c].fate != TUNE_LOST)
					continue;
				silenced++;
				assert_true(diff.changes[c].reason != PARAMETER_TOTAL);
				if (entry.kind == ALLOW_USER)
					assert_int_equal(diff.changes[c].reason, PARAMETER_AS_IGNORED_USERS);
			}
			tune_diff_free(&diff);
		}
		tune_free(tune);
		store_free(store);
		params_free(&params);
	}
	print_message("%zu alerts silenced\n", silenced);
	assert_true(silenced > 50);
}

/* ---- export ---- */

static void exports_are_safe(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(NULL, false);
	struct case_subject subject = subject_of(1);
	struct err err;
	char user[] = "a|b\x1b[2J`<script>\xe2\x80\xae", summary[] = "## no heading\n| no row |";
	subject.user = user;
	subject.summary = summary;
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_TRUE_POSITIVE, &err), 0);
	assert_int_equal(case_note(casefile, &subject, 1, "one | two\nthree \x07", &err), 0);
	assert_int_equal(case_tag(casefile, &subject, 1, "#T1552", true, &err), 0);
	assert_int_equal(try_entry(casefile, ALLOW_USER, "x|y*", 3, "because | so", &err), 0);
	struct params params;
	params_init(&params);
	params.rare_as.max_rare_asn_ratio = 0.5;
	assert_int_equal(case_apply_params(casefile, &params, &err), 0);
	params_free(&params);
	const struct case_context context = {"3 files", "sample 2026-05-01", "0.1.0"};
	assert_int_equal(case_set_context(casefile, &context, &err), 0);
	uint64_t entries = case_entries(casefile);
	assert_int_equal(case_set_context(casefile, &context, &err), 0);
	assert_int_equal(case_entries(casefile), entries); /* only when it changed */

	struct buf text = BUF_EMPTY;
	case_export_json(casefile, &text);
	for (size_t i = 0; i < text.length; i++)
		assert_true(((uint8_t)text.data[i] >= 0x20 && (uint8_t)text.data[i] < 0x7f) || text.data[i] == '\n');
	json_t *json = json_loads(text.data, 0, NULL);
	assert_non_null(json);
	json_t *finding = json_array_get(json_object_get(json, "findings"), 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(finding, "alert"), "user")), user);
	assert_int_equal(json_array_size(json_object_get(finding, "history")), 2);
	json_decref(json);
	buf_free(&text);
	case_close(casefile);
}

/* Names that are no UTF-8 come from CSV and broken logs; a verdict on them is kept and found like any other. */
static void odd_names(void **state)
{
	(void)state;
	struct chunk *chunk = own_chunk();
	struct event event = {.timestamp = 0, .ingested = TIME_NONE, .id = slice_of("e"), .length = 1};
	event.fields[FIELD_USER_NAME] = (struct slice){"a\xff\0b", 4};
	chunk_add(chunk, &event);
	struct store *store = store_of(chunk);
	struct alert alert = {.rule = RULE_RARE_AS, .first_fired = 0, .last_fired = 1};
	memset(alert.id, 'a', ALERT_ID_SIZE - 1);
	alert.rare_as.user_name = store->identities[0].user_name;
	(void)unlink(path);
	struct casefile *casefile = open_case(path, false);
	struct case_subject subject;
	struct params params;
	struct err err;
	params_init(&params);
	case_subject_init(&subject, store, &params, &alert);
	assert_string_equal(subject.user, "a\\xFF<NUL>b");
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_SUSPICIOUS, &err), 0);
	case_close(casefile);
	casefile = open_case(path, false);
	struct case_lookup lookup = {casefile, store};
	memset(alert.id, 'b', ALERT_ID_SIZE - 1); /* another id, the same owner and time */
	assert_int_equal(case_verdict(&lookup, &alert), VERDICT_SUSPICIOUS);
	alert.first_fired = alert.last_fired = 2;
	assert_int_equal(case_verdict(&lookup, &alert), VERDICT_OPEN);
	case_subject_free(&subject);
	params_free(&params);
	case_close(casefile);
	store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undo_and_redo),
		cmocka_unit_test(words_of_undo),
		cmocka_unit_test(order_and_title),
		cmocka_unit_test(survives_a_retune),
		cmocka_unit_test(entries_are_checked),
		cmocka_unit_test(entries_compile),
		cmocka_unit_test(hits_and_effects),
		cmocka_unit_test(exports_are_safe),
		cmocka_unit_test(odd_names),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
