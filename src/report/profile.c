/* profile: one user.name: what it used, how often, how often in vain, first and last. */
#include "detection.h"

#include <stdlib.h>

static const struct {
	enum event_field field;
	const char *key, *title;
} sections[] = {
	{FIELD_IDENTITY_TYPE, "types", "Identity types"},
	{FIELD_ACCOUNT_ID, "accounts", "Accounts"},
	{FIELD_AS_ORG, "networks", "Networks"},
	{FIELD_SOURCE_ADDRESS, "addresses", "Addresses"},
	{FIELD_COUNTRY_CODE, "countries", "Countries"},
	{FIELD_USER_AGENT, "agents", "User agents"},
	{FIELD_ACTION, "actions", "Actions"},
	{FIELD_ERROR_CODE, "errors", "Errors"},
	{FIELD_ACCESS_KEY, "keys", "Access keys"},
	{FIELD_SESSION_NAME, "sessions", "Sessions"},
	{FIELD_CLOUD_REGION, "regions", "Regions"},
};

struct profile {
	const struct store *store;
	const struct params *params;
	struct slice user_name;
	struct row_list rows, failures;
};

/* No error is not an error: there the rows without a value are left out. */
static bool is_listed(enum event_field field, uint32_t value)
{
	return value != 0 || field != FIELD_ERROR_CODE;
}

static void find_rows(struct profile *profile)
{
	const struct store *store = profile->store;
	uint32_t wanted = dict_find(store->strings, profile->user_name);
	uint32_t failure = dict_find(store->strings, slice_of("failure"));
	profile->rows.rows = xreallocarray(NULL, (size_t)store->count + 1, sizeof *profile->rows.rows);
	profile->failures.rows = xreallocarray(NULL, (size_t)store->count + 1, sizeof *profile->failures.rows);
	for (uint32_t row = 0; row < store->count && wanted; row++) {
		if (store_value(store, FIELD_USER_NAME, row) != wanted)
			continue;
		profile->rows.rows[profile->rows.count++] = row;
		if (failure && store_value(store, FIELD_OUTCOME, row) == failure)
			profile->failures.rows[profile->failures.count++] = row;
	}
}

static int compare_values(const void *a, const void *b)
{
	uint32_t first = ((const struct breakdown_row *)a)->value, second = ((const struct breakdown_row *)b)->value;
	return (first > second) - (first < second);
}

/* The same field over the failures, in the order of values, to be looked up. */
static struct breakdown failures_by(const struct profile *profile, enum event_field field)
{
	struct breakdown failures = rows_breakdown(profile->store, &profile->failures, field);
	if (failures.count > 1)
		qsort(failures.items, failures.count, sizeof *failures.items, compare_values);
	return failures;
}

static uint32_t failures_of(const struct breakdown *failures, uint32_t value)
{
	struct breakdown_row wanted = {.value = value}, *found = NULL;
	if (failures->count > 0)
		found = bsearch(&wanted, failures->items, failures->count, sizeof wanted, compare_values);
	return found ? found->count : 0;
}

/* What a section says of a value besides its figures: is the network trusted? */
static const char *remark(const struct profile *profile, enum event_field field, struct slice value)
{
	if (field != FIELD_AS_ORG || !value.data)
		return NULL;
	return network_is_trusted(profile->params, value) ? "trusted" : "other";
}

static void put_json(FILE *out, const struct profile *profile, bool is_pretty)
{
	const struct store *store = profile->store;
	const struct row_list *rows = &profile->rows;
	struct json json;
	json_init(&json, out, is_pretty);
	json_open(&json, NULL, '{');
	json_put_text(&json, "user.name", profile->user_name);
	json_put_whole(&json, "events", rows->count);
	json_put_whole(&json, "failures", profile->failures.count);
	json_put_time(&json, "first", rows->count ? store->timestamp[rows->rows[0]] : TIME_NONE);
	json_put_time(&json, "last", rows->count ? store->timestamp[rows->rows[rows->count - 1]] : TIME_NONE);
	for (size_t section = 0; section < COUNT_OF(sections); section++) {
		struct breakdown all = rows_breakdown(store, rows, sections[section].field);
		struct breakdown failed = failures_by(profile, sections[section].field);
		json_open(&json, sections[section].key, '[');
		for (size_t i = 0; i < all.count; i++) {
			if (!is_listed(sections[section].field, all.items[i].value))
				continue;
			struct slice value = store_string(store, all.items[i].value);
			const char *said = remark(profile, sections[section].field, value);
			json_open(&json, NULL, '<');
			json_put_text(&json, event_fields[sections[section].field].name, value);
			json_put_whole(&json, "events", all.items[i].count);
			json_put_whole(&json, "failures", failures_of(&failed, all.items[i].value));
			json_put_time(&json, "first", all.items[i].first);
			json_put_time(&json, "last", all.items[i].last);
			if (said)
				json_put_bool(&json, "trusted", said[0] == 't');
			json_close(&json, '}');
		}
		json_close(&json, ']');
		breakdown_free(&all);
		breakdown_free(&failed);
	}
	json_close(&json, '}');
	json_end_line(&json);
}

static const struct doc_column csv_columns[] = {{"field", false, false}, {"value", false, false},
	{"events", true, false}, {"failures", true, false}, {"first", false, false}, {"last", false, false},
	{"remark", false, false}};
static const struct doc_column table_columns[] = {{"events", true, false}, {"share", true, false},
	{"failures", true, false}, {"first", false, false}, {"last", false, false}, {"value", false, true}};

static void put_value(struct doc *doc, const struct profile *profile, enum event_field field,
	const struct breakdown_row *row, uint32_t failures)
{
	char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE], grouped[GROUPED_SIZE];
	struct slice value = store_string(profile->store, row->value);
	const char *said = remark(profile, field, value);
	time_format_iso(row->first, first);
	time_format_iso(row->last, last);
	if (doc->format == REPORT_CSV) {
		doc_cell(doc, DOC_PLAIN, slice_of(event_fields[field].name));
		doc_cell(doc, DOC_PLAIN, value);
		doc_cellf(doc, DOC_PLAIN, "%u", row->count);
		doc_cellf(doc, DOC_PLAIN, "%u", failures);
		doc_cell(doc, DOC_PLAIN, slice_of(first));
		doc_cell(doc, DOC_PLAIN, slice_of(last));
		doc_cell(doc, DOC_PLAIN, slice_of(said));
		return;
	}
	struct buf share = BUF_EMPTY, name = BUF_EMPTY;
	percent_format(&share, (double)row->count / (double)profile->rows.count);
	doc_cell(doc, DOC_PLAIN, slice_of(number_grouped(row->count, grouped)));
	doc_cell(doc, DOC_PLAIN, slice_of(share.data));
	doc_cell(doc, failures ? DOC_BAD : DOC_DIM, slice_of(number_grouped(failures, grouped)));
	doc_cell(doc, DOC_PLAIN, slice_of(first));
	doc_cell(doc, DOC_PLAIN, slice_of(last));
	bool is_other = said && said[0] == 'o';
	if (!value.data) {
		doc_cell(doc, DOC_DIM, slice_of("(none)"));
	} else if (is_other) {
		buf_add(&name, value.data, value.length);
		buf_add_text(&name, " (not trusted)");
		doc_cell(doc, DOC_HIGH, (struct slice){name.data, name.length});
	} else {
		doc_cell(doc, DOC_PLAIN, value);
	}
	buf_free(&share);
	buf_free(&name);
}

#define MOST_ON_TERMINAL 20

static void put_sections(struct doc *doc, const struct profile *profile)
{
	bool is_csv = doc->format == REPORT_CSV;
	if (is_csv)
		doc_table(doc, csv_columns, COUNT_OF(csv_columns));
	for (size_t section = 0; section < COUNT_OF(sections); section++) {
		enum event_field field = sections[section].field;
		struct breakdown all = rows_breakdown(profile->store, &profile->rows, field);
		struct breakdown failed = failures_by(profile, field);
		size_t known = 0;
		for (size_t i = 0; i < all.count; i++)
			known += all.items[i].value != 0;
		if (known > 0 && !is_csv) {
			char *title = xasprintf("%s (%zu)", sections[section].title, known);
			doc_heading(doc, 2, slice_of(title));
			doc_table(doc, table_columns, COUNT_OF(table_columns));
			free(title);
		}
		size_t listed =
			doc->format == REPORT_TABLE && all.count > MOST_ON_TERMINAL ? MOST_ON_TERMINAL : all.count;
		for (size_t i = 0; known > 0 && i < listed; i++)
			if (is_listed(field, all.items[i].value))
				put_value(doc, profile, field, &all.items[i], failures_of(&failed, all.items[i].value));
		if (known > 0 && !is_csv)
			doc_table_end(doc);
		if (listed < all.count)
			doc_linef(doc, DOC_DIM, "and %zu more; --format csv lists them all", all.count - listed);
		breakdown_free(&all);
		breakdown_free(&failed);
	}
	if (is_csv)
		doc_table_end(doc);
}

static void put_document(
	FILE *out, enum report_format format, const struct report_look *look, const struct profile *profile)
{
	struct doc doc;
	char events[GROUPED_SIZE], failures[GROUPED_SIZE], first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
	const struct row_list *rows = &profile->rows;
	doc_begin(&doc, out, format, look, "raretrail: profile");
	doc_heading(&doc, format == REPORT_TABLE ? 1 : 2, profile->user_name);
	if (rows->count == 0)
		doc_line(&doc, DOC_PLAIN, slice_of("no event of this user.name"));
	else
		doc_linef(&doc, DOC_PLAIN, "%s events, %s failed, %s to %s", number_grouped(rows->count, events),
			number_grouped(profile->failures.count, failures),
			time_format_iso(profile->store->timestamp[rows->rows[0]], first),
			time_format_iso(profile->store->timestamp[rows->rows[rows->count - 1]], last));
	put_sections(&doc, profile);
	doc_end(&doc);
}

int report_profile(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, const struct params *params, struct slice user_name, struct err *err)
{
	struct profile profile = {.store = input->matched, .params = params, .user_name = user_name};
	find_rows(&profile);
	if (format == REPORT_JSON || format == REPORT_NDJSON)
		put_json(out, &profile, format == REPORT_JSON);
	else
		put_document(out, format, look, &profile);
	row_list_free(&profile.rows);
	row_list_free(&profile.failures);
	return report_finish(out, err);
}
