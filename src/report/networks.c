/* networks: which networks are rare for whom, and who uses one: the same figures from both sides. */
#include "detection.h"

static void put_json(FILE *out, const struct store *store, const struct networks *networks, bool is_pretty)
{
	struct json json;
	json_init(&json, out, is_pretty);
	if (is_pretty)
		json_open(&json, NULL, '[');
	for (size_t i = 0; i < networks->count; i++) {
		const struct network *network = &networks->items[i];
		json_open(&json, NULL, '{');
		json_put_text(&json, "source.as.organization.name", store_string(store, network->organisation));
		json_put_whole(&json, "events", network->events);
		json_put_whole(&json, "trusted", network->trusted);
		json_put_whole(&json, "identities", network->identities);
		json_put_whole(&json, "rare_for", network->rare_for);
		json_put_time(&json, "first", network->first);
		json_put_time(&json, "last", network->last);
		json_open(&json, "uses", '[');
		for (size_t j = 0; j < network->identities; j++) {
			const struct network_use *use = &networks->uses[network->first_use + j];
			const struct identity *identity = &store->identities[use->identity];
			json_open(&json, NULL, '<');
			json_put_text(&json, "user.name", store_string(store, identity->user_name));
			json_put_text(&json, "aws.cloudtrail.user_identity.type", store_string(store, identity->type));
			json_put_whole(&json, "events", use->events);
			json_put_whole(&json, "trusted", use->trusted);
			json_put_number(&json, "share", use->share);
			json_put_bool(&json, "rare", use->is_rare);
			json_put_time(&json, "first", use->first);
			json_put_time(&json, "last", use->last);
			json_close(&json, '}');
		}
		json_close(&json, ']');
		json_close(&json, '}');
		if (!is_pretty)
			json_end_line(&json);
	}
	if (is_pretty) {
		json_close(&json, ']');
		json_end_line(&json);
	}
}

/* One row a use, for spreadsheets. */
static void put_uses(struct doc *doc, const struct store *store, const struct networks *networks)
{
	static const struct doc_column columns[] = {{"source.as.organization.name", false, false},
		{"user.name", false, false}, {"aws.cloudtrail.user_identity.type", false, false},
		{"events", true, false}, {"trusted", true, false}, {"share", true, false}, {"rare", false, false},
		{"first", false, false}, {"last", false, false}};
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < networks->count; i++)
		for (size_t j = 0; j < networks->items[i].identities; j++) {
			const struct network_use *use = &networks->uses[networks->items[i].first_use + j];
			const struct identity *identity = &store->identities[use->identity];
			char number[NUMBER_TEXT_SIZE], time[TIME_TEXT_SIZE];
			doc_cell(doc, DOC_PLAIN, store_string(store, networks->items[i].organisation));
			doc_cell(doc, DOC_PLAIN, store_string(store, identity->user_name));
			doc_cell(doc, DOC_PLAIN, store_string(store, identity->type));
			doc_cellf(doc, DOC_PLAIN, "%llu", (unsigned long long)use->events);
			doc_cellf(doc, DOC_PLAIN, "%llu", (unsigned long long)use->trusted);
			doc_cell(doc, DOC_PLAIN, slice_of(number_format(use->share, number)));
			doc_cell(doc, DOC_PLAIN, slice_of(use->is_rare ? "true" : "false"));
			doc_cell(doc, DOC_PLAIN, slice_of(time_format_iso(use->first, time)));
			doc_cell(doc, DOC_PLAIN, slice_of(time_format_iso(use->last, time)));
		}
	doc_table_end(doc);
}

#define MOST_NAMED 3

/* "ci-deploy 0.15%, alice 3.00% and 4 more": for whom a network is rare. */
static void name_rare(
	struct buf *out, const struct store *store, const struct networks *networks, const struct network *network)
{
	for (uint32_t j = 0; j < network->rare_for && j < MOST_NAMED; j++) {
		const struct network_use *use = &networks->uses[network->first_use + j];
		struct slice user = store_string(store, store->identities[use->identity].user_name);
		buf_add_text(out, j ? ", " : "");
		buf_add(out, user.data, user.length);
		buf_add_char(out, ' ');
		percent_format(out, use->share);
	}
	if (network->rare_for > MOST_NAMED)
		buf_printf(out, " and %u more", network->rare_for - MOST_NAMED);
}

static void put_networks(struct doc *doc, const struct store *store, const struct networks *networks)
{
	static const struct doc_column columns[] = {{"NETWORK", false, false}, {"TRUST", false, false},
		{"EVENTS", true, false}, {"IDENTITIES", true, false}, {"RARE FOR", true, false},
		{"FIRST UTC", false, false}, {"LAST UTC", false, false}, {"RARE FOR WHOM", false, true}};
	doc_table(doc, columns, COUNT_OF(columns));
	for (size_t i = 0; i < networks->count; i++) {
		const struct network *network = &networks->items[i];
		char grouped[GROUPED_SIZE];
		struct buf names = BUF_EMPTY;
		name_rare(&names, store, networks, network);
		doc_cell(doc, network->rare_for ? DOC_HIGH : DOC_PLAIN, store_string(store, network->organisation));
		doc_cell(doc, DOC_PLAIN,
			slice_of(network->trusted == 0                 ? "other"
				 : network->trusted == network->events ? "trusted"
								       : "partly"));
		doc_cell(doc, DOC_PLAIN, slice_of(number_grouped(network->events, grouped)));
		doc_cellf(doc, DOC_PLAIN, "%u", network->identities);
		doc_cellf(doc, DOC_PLAIN, "%u", network->rare_for);
		doc_time(doc, network->first);
		doc_time(doc, network->last);
		doc_cell(doc, DOC_PLAIN, (struct slice){names.data, names.length});
		buf_free(&names);
	}
	doc_table_end(doc);
}

int report_networks(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, const struct networks *networks, struct err *err)
{
	if (format == REPORT_JSON || format == REPORT_NDJSON) {
		put_json(out, input->matched, networks, format == REPORT_JSON);
		return report_finish(out, err);
	}
	struct doc doc;
	doc_begin(&doc, out, format, look, "raretrail: networks");
	if (format == REPORT_CSV)
		put_uses(&doc, input->matched, networks);
	else
		put_networks(&doc, input->matched, networks);
	doc_end(&doc);
	return report_finish(out, err);
}
