/* The store through its door: what is put in comes out, in one order, whatever the cut into chunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/store.h"
#include "own_chunk.h"

static struct event make_event(int64_t timestamp, const char *id, const char *user, const char *type)
{
	struct event event = {.timestamp = timestamp, .ingested = TIME_NONE, .id = slice_of(id), .length = 10};
	event.fields[FIELD_USER_NAME] = slice_of(user);
	event.fields[FIELD_IDENTITY_TYPE] = slice_of(type);
	event.content = (uint64_t)timestamp;
	return event;
}

static struct store *build(const struct event *events, size_t count, size_t chunk_size, struct builder_options options)
{
	struct builder *builder = builder_new(&options);
	struct lexicon *lexicons[3];
	for (unsigned i = 0; i < 3; i++)
		lexicons[i] = lexicon_new();
	for (size_t first = 0, turn = 0; first < count; first += chunk_size, turn++) {
		struct chunk *chunk = turn % 4 == 3 ? own_chunk() : chunk_new(lexicons[turn % 3]);
		for (size_t i = first; i < count && i < first + chunk_size; i++)
			chunk_add(chunk, &events[i]);
		builder_merge(builder, chunk);
	}
	struct store *store = builder_finish(builder, 2);
	for (unsigned i = 0; i < 3; i++)
		lexicon_free(lexicons[i]);
	builder_free(builder);
	return store;
}

static void assert_text(const struct store *store, enum event_field field, uint32_t row, const char *expected)
{
	struct slice text = store_text(store, field, row);
	if (expected == NULL)
		assert_null(text.data);
	else
		assert_true(slice_equals(text, slice_of(expected)));
}

static void finds_fields_by_name_and_alias(void **state)
{
	(void)state;
	assert_int_equal(event_field_find(slice_of("user.name")), FIELD_USER_NAME);
	assert_int_equal(event_field_find(slice_of("org")), FIELD_AS_ORG);
	assert_int_equal(event_field_find(slice_of("nothing")), FIELD_COUNT);
	assert_int_equal(event_fields[FIELD_SOURCE_IP].dimension, DIMENSION_SOURCE);
	assert_int_equal(event_fields[FIELD_SOURCE_IP].column, 1);
	assert_int_equal(event_fields[FIELD_CHANGES_NAME].column, 1);
	assert_int_equal(event_fields[FIELD_AS_NUMBER].kind, KIND_LONG);
}

static void keeps_every_field(void **state)
{
	(void)state;
	static char texts[FIELD_COUNT][16];
	struct event event = make_event(5, "x", NULL, NULL);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		texts[i][0] = 'v';
		texts[i][1] = (char)('A' + i);
		event.fields[i] = slice_of(texts[i]);
	}
	event.file = 7;
	event.offset = UINT64_C(1) << 40;
	struct store *store = build(&event, 1, 1, (struct builder_options){0});
	assert_int_equal(store->count, 1);
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		assert_text(store, (enum event_field)i, 0, texts[i]);
	assert_int_equal(store->file[0], 7);
	assert_true(store->offset[0] == UINT64_C(1) << 40);
	assert_int_equal(store->length[0], 10);
	assert_null(store->ingested);
	assert_true(store->id_key[0] == UINT64_C(0x78) << 56);
	store_free(store);
}

static void orders_by_time_id_and_place(void **state)
{
	(void)state;
	struct event events[] = {
		make_event(3000, "b", "u3b", NULL),
		make_event(1000, "c", "u1", NULL),
		make_event(3000, "a", "u3a", NULL),
		make_event(-5, NULL, "before", NULL),
		make_event(3000, NULL, "u3none", NULL),
	};
	struct store *store = build(events, COUNT_OF(events), 2, (struct builder_options){0});
	const char *expected[] = {"before", "u1", "u3none", "u3a", "u3b"};
	assert_int_equal(store->count, 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_text(store, FIELD_USER_NAME, i, expected[i]);
	struct event uuid = make_event(0, "293ba626-3be5-4a26-ab1b-0f4c54f49959", NULL, NULL);
	struct store *other = build(&uuid, 1, 1, (struct builder_options){0});
	assert_true(other->id_key[0] == UINT64_C(0x3239336261363236));
	store_free(other);
	assert_int_equal(store_lower_bound(store, 1000), 1);
	assert_int_equal(store_lower_bound(store, 1001), 2);
	assert_int_equal(store_lower_bound(store, 9999), 5);
	store_free(store);
}

static void groups_identities(void **state)
{
	(void)state;
	struct event events[] = {
		make_event(1, "1", "zoe", "IAMUser"),
		make_event(2, "2", "zoe", NULL),
		make_event(3, "3", NULL, "Root"),
		make_event(4, "4", "Ann", "IAMUser"),
		make_event(5, "5", "zoe", "IAMUser"),
	};
	struct store *store = build(events, COUNT_OF(events), 5, (struct builder_options){0});
	assert_int_equal(store->identity_count, 3);
	assert_true(slice_equals(store_string(store, store->identities[0].user_name), slice_of("Ann")));
	assert_int_equal(store->identities[1].type, 0);
	uint32_t zoe = store_identity_find(store, slice_of("zoe"), slice_of("IAMUser"));
	assert_int_equal(zoe, 2);
	assert_int_equal(store_identity_find(store, slice_of("zoe"), slice_of(NULL)), 1);
	assert_int_equal(store_identity_find(store, slice_of("bob"), slice_of(NULL)), UINT32_MAX);
	assert_int_equal(store->identities[zoe].count, 2);
	assert_int_equal(store->identity_rows[store->identities[zoe].first], 0);
	assert_int_equal(store->identity_rows[store->identities[zoe].first + 1], 4);
	assert_int_equal(store->actor_identity[store->entry[DIMENSION_ACTOR][4]], zoe);
	assert_int_equal(store->actor_identity[store->entry[DIMENSION_ACTOR][2]], UINT32_MAX);
	store_free(store);
}

struct told {
	unsigned count;
	char id[64];
	uint64_t offset;
};

static void hear_conflict(void *context, struct slice id, uint32_t file, uint64_t offset)
{
	(void)file;
	struct told *told = context;
	told->count++;
	memcpy(told->id, id.data, id.length);
	told->id[id.length] = '\0';
	told->offset = offset;
}

static void drops_duplicates_and_reports_conflicts(void **state)
{
	(void)state;
	const char *uuid = "293ba626-3be5-4a26-ab1b-0f4c54f49959";
	struct event events[] = {
		make_event(1, uuid, "first", NULL),
		make_event(1, uuid, "again", NULL),
		make_event(2, uuid, "other", NULL),
		make_event(1, uuid, "again", NULL),
		make_event(7, "odd", "odd", NULL),
		make_event(7, "odd", "odd", NULL),
		make_event(8, NULL, "no id", NULL),
		make_event(8, NULL, "no id", NULL),
	};
	for (unsigned i = 0; i < COUNT_OF(events); i++)
		events[i].offset = 100 * i;
	for (size_t chunk_size = 1; chunk_size < 9; chunk_size++) {
		struct told told = {0};
		struct builder_options options = {.conflict = hear_conflict, .conflict_context = &told};
		struct store *store = build(events, COUNT_OF(events), chunk_size, options);
		assert_int_equal(store->count, 5);
		assert_int_equal(store->duplicates, 3);
		assert_int_equal(store->conflicts, 1);
		assert_int_equal(told.count, 1);
		assert_string_equal(told.id, uuid);
		assert_int_equal(told.offset, 200);
		assert_text(store, FIELD_USER_NAME, 0, "first");
		store_free(store);
	}
	struct store *store = build(events, COUNT_OF(events), 3, (struct builder_options){.keep_duplicates = true});
	assert_int_equal(store->count, 8);
	assert_int_equal(store->duplicates, 0);
	store_free(store);
}

static unsigned asked;

static void answer(void *context, struct slice ip, struct slice fields[FIELD_COUNT])
{
	(void)context;
	asked++;
	if (!slice_equals(ip, slice_of("192.0.2.1")))
		return;
	fields[FIELD_AS_NUMBER] = slice_of("64500");
	fields[FIELD_AS_ORG] = slice_of("Example");
	fields[FIELD_CITY_NAME] = slice_of("Bern");
}

static void asks_once_for_an_address_and_fills_only_what_is_missing(void **state)
{
	(void)state;
	struct event events[4];
	for (unsigned i = 0; i < 4; i++) {
		events[i] = make_event(i, NULL, "u", NULL);
		events[i].fields[FIELD_SOURCE_ADDRESS] = slice_of(i == 3 ? "ec2.amazonaws.com" : "192.0.2.1");
		if (i < 3)
			events[i].fields[FIELD_SOURCE_IP] = slice_of("192.0.2.1");
	}
	events[1].fields[FIELD_AS_ORG] = slice_of("Own");
	asked = 0;
	struct store *store = build(events, 4, 2, (struct builder_options){.enrich = answer});
	assert_int_equal(asked, 1);
	assert_text(store, FIELD_AS_ORG, 0, "Example");
	assert_text(store, FIELD_AS_NUMBER, 0, "64500");
	assert_text(store, FIELD_AS_ORG, 1, "Own");
	assert_text(store, FIELD_AS_NUMBER, 1, NULL);
	assert_text(store, FIELD_CITY_NAME, 1, "Bern");
	assert_text(store, FIELD_CITY_NAME, 3, NULL);
	assert_int_equal(store->entry[DIMENSION_SOURCE][0], store->entry[DIMENSION_SOURCE][2]);
	store_free(store);
}

static void keeps_the_time_of_ingestion(void **state)
{
	(void)state;
	struct event events[3];
	for (unsigned i = 0; i < 3; i++)
		events[i] = make_event(i, NULL, "u", NULL);
	events[1].ingested = 77;
	struct store *store = build(events, 3, 1, (struct builder_options){0});
	assert_true(store->ingested[0] == TIME_NONE);
	assert_int_equal(store->ingested[1], 77);
	assert_true(store->ingested[2] == TIME_NONE);
	store_free(store);
}

static void snapshots_are_copies(void **state)
{
	(void)state;
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct store *empty = builder_publish(builder);
	assert_int_equal(empty->count, 0);
	struct event event = make_event(9, "1", "late", NULL);
	struct chunk *chunk = own_chunk();
	chunk_add(chunk, &event);
	builder_merge(builder, chunk);
	struct store *one = builder_publish(builder);
	event = make_event(3, "2", "early", NULL);
	chunk = own_chunk();
	chunk_add(chunk, &event);
	builder_merge(builder, chunk);
	struct store *two = builder_finish(builder, 1);
	builder_free(builder);
	assert_int_equal(one->count, 1);
	assert_text(one, FIELD_USER_NAME, 0, "late");
	assert_text(two, FIELD_USER_NAME, 0, "early");
	struct store *again = store_ref(two);
	store_free(two);
	assert_text(again, FIELD_USER_NAME, 1, "late");
	store_free(again);
	store_free(one);
	store_free(empty);
}

static void a_subset_outlives_its_parent(void **state)
{
	(void)state;
	struct event events[3] = {
		make_event(1, "1", "a", "T"), make_event(2, "2", "b", NULL), make_event(3, "3", "a", "T")};
	struct store *store = build(events, 3, 3, (struct builder_options){0});
	uint64_t keep = 5;
	struct store *subset = store_subset(store, &keep);
	store_free(store);
	assert_int_equal(subset->count, 2);
	assert_int_equal(subset->timestamp[1], 3);
	assert_int_equal(subset->identity_count, 1);
	assert_int_equal(subset->identities[0].count, 2);
	assert_text(subset, FIELD_USER_NAME, 1, "a");
	store_free(subset);
}

static void the_cut_into_chunks_does_not_show(void **state)
{
	(void)state;
	enum { COUNT = 20000 };
	struct event *events = calloc(COUNT, sizeof(*events));
	static char names[64][8], ids[COUNT][37];
	for (unsigned i = 0; i < 64; i++)
		snprintf(names[i], sizeof(names[i]), "n%u", i * 7919 % 64);
	uint64_t random = 1;
	for (unsigned i = 0; i < COUNT; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		unsigned pick = (unsigned)(random >> 33);
		snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-%012x", pick % 15000 * 2654435761u, pick % 15000);
		events[i] =
			make_event((int64_t)(i / 4 + pick % 50) * 1000, ids[i], names[pick % 64], names[pick / 64 % 3]);
		events[i].content = pick >> 24 & 1;
		events[i].file = i / 1000;
		events[i].offset = i % 1000;
		events[i].fields[FIELD_ACTION] = slice_of(names[pick / 256 % 64]);
	}
	struct store *expected = build(events, COUNT, COUNT, (struct builder_options){0});
	assert_true(expected->duplicates > 0 && expected->conflicts > 0);
	for (uint32_t i = 1; i < expected->count; i++)
		assert_true(expected->timestamp[i - 1] <= expected->timestamp[i]);
	for (size_t chunk_size = 1; chunk_size < COUNT; chunk_size = chunk_size * 3 + 1) {
		struct store *store = build(events, COUNT, chunk_size, (struct builder_options){0});
		assert_int_equal(store->count, expected->count);
		assert_int_equal(store->duplicates, expected->duplicates);
		assert_int_equal(store->conflicts, expected->conflicts);
		assert_int_equal(dict_count(store->strings), dict_count(expected->strings));
		assert_memory_equal(store->timestamp, expected->timestamp, store->count * sizeof(int64_t));
		assert_memory_equal(store->file, expected->file, store->count * sizeof(uint32_t));
		assert_memory_equal(store->offset, expected->offset, store->count * sizeof(uint64_t));
		assert_memory_equal(store->id_key, expected->id_key, store->count * sizeof(uint64_t));
		for (unsigned d = 0; d < DIMENSION_COUNT; d++)
			assert_memory_equal(store->entry[d], expected->entry[d], store->count * sizeof(uint32_t));
		assert_memory_equal(
			store->identities, expected->identities, store->identity_count * sizeof(struct identity));
		store_free(store);
	}
	store_free(expected);
	free(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_fields_by_name_and_alias),
		cmocka_unit_test(keeps_every_field),
		cmocka_unit_test(orders_by_time_id_and_place),
		cmocka_unit_test(groups_identities),
		cmocka_unit_test(drops_duplicates_and_reports_conflicts),
		cmocka_unit_test(asks_once_for_an_address_and_fills_only_what_is_missing),
		cmocka_unit_test(keeps_the_time_of_ingestion),
		cmocka_unit_test(snapshots_are_copies),
		cmocka_unit_test(a_subset_outlives_its_parent),
		cmocka_unit_test(the_cut_into_chunks_does_not_show),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
