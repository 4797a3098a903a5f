/* plan: a query against one store. Each term is decided once per entry of its dimension; parts of the tree that speak of
 * one dimension melt into one bitmap over its entries, so what is left per row is a handful of bit tests. */
#include "node.h"

#include <stdlib.h>

enum step_kind { STEP_CONSTANT, STEP_DIMENSION, STEP_TIME, STEP_AND, STEP_OR, STEP_NOT };

struct step {
	enum step_kind kind;
	bool holds; /* CONSTANT */
	enum event_dimension dimension; /* DIMENSION */
	uint64_t *entries;
	const int64_t *times; /* TIME: from <= times[row] < until */
	int64_t from, until;
	struct step *left, *right;
};

struct query_plan {
	struct store *store;
	struct step *root;
};

static size_t words_of(uint32_t count)
{
	return ((size_t)count + 63) / 64;
}

static void step_free(struct step *step)
{
	while (step) {
		struct step *right = step->right;
		step_free(step->left);
		free(step->entries);
		free(step);
		step = right;
	}
}

static struct step *step_new(enum step_kind kind)
{
	struct step *step = xcalloc(1, sizeof *step);
	step->kind = kind;
	return step;
}

static struct step *step_constant(bool holds)
{
	struct step *step = step_new(STEP_CONSTANT);
	step->holds = holds;
	return step;
}

/* ---- one term over the values of one field ---- */

static bool compares(enum comparison op, int order)
{
	switch (op) {
	case COMPARE_IS: return order == 0;
	case COMPARE_LESS: return order < 0;
	case COMPARE_LESS_EQUAL: return order <= 0;
	case COMPARE_GREATER: return order > 0;
	case COMPARE_GREATER_EQUAL: return order >= 0;
	}
	return false;
}

static bool value_matches(const struct term *term, struct slice text)
{
	struct slice wanted = {term->text, term->length};
	struct ip ip;
	switch (term->kind) {
	case VALUE_EXISTS: return true;
	case VALUE_LITERAL: return compares(term->op, slice_compare(text, wanted));
	case VALUE_PATTERN: return slice_like(text, wanted, false);
	case VALUE_CIDR: return (ip_parse(text, &ip) && cidr_contains(&term->cidr, &ip)) || slice_equals(text, wanted);
	case VALUE_IP: return ip_parse(text, &ip) && compares(term->op, ip_compare(&ip, &term->cidr.base));
	case VALUE_NUMBER: {
		char copy[NUMBER_TEXT_SIZE];
		double number;
		if (text.length >= sizeof copy)
			return false;
		memcpy(copy, text.data, text.length);
		copy[text.length] = 0;
		return number_parse(copy, &number) &&
		       compares(term->op, (number > term->number) - (number < term->number));
	}
	case VALUE_TIME: break;
	}
	return false;
}

static struct step *field_step(const struct store *store, const struct term *term, enum event_field field)
{
	const struct event_field_info *info = &event_fields[field];
	const struct dimension *dimension = &store->dimensions[info->dimension];
	const uint32_t *column = dimension->columns[info->column];
	struct step *step = step_new(STEP_DIMENSION);
	step->dimension = info->dimension;
	step->entries = xcalloc(words_of(dimension->count) + 1, sizeof *step->entries);
	bool is_literal = term->kind == VALUE_LITERAL && term->op == COMPARE_IS;
	uint32_t wanted = is_literal ? dict_find(store->strings, (struct slice){term->text, term->length}) : 0;
	if (is_literal && wanted == 0)
		return step;
	/* Neighbouring entries often share the value. */
	uint32_t last = 0;
	bool last_matches = false;
	for (uint32_t entry = 0; entry < dimension->count; entry++) {
		uint32_t value = column[entry];
		if (value == 0)
			continue;
		if (value != last) {
			last = value;
			last_matches = is_literal ? value == wanted : value_matches(term, store_string(store, value));
		}
		if (last_matches)
			step->entries[entry / 64] |= UINT64_C(1) << entry % 64;
	}
	return step;
}

/* ---- the tree ---- */

static struct step *invert(const struct store *store, struct step *step)
{
	if (step->kind == STEP_CONSTANT) {
		step->holds = !step->holds;
		return step;
	}
	if (step->kind == STEP_DIMENSION) {
		size_t words = words_of(store->dimensions[step->dimension].count);
		for (size_t i = 0; i < words; i++)
			step->entries[i] = ~step->entries[i];
		return step;
	}
	struct step *outer = step_new(STEP_NOT);
	outer->left = step;
	return outer;
}

static struct step *join(const struct store *store, enum step_kind kind, struct step *left, struct step *right)
{
	/* The constant operand, if any, decides or disappears. */
	for (int i = 0; i < 2; i++) {
		struct step *constant = i == 0 ? left : right, *other = i == 0 ? right : left;
		if (constant->kind != STEP_CONSTANT)
			continue;
		bool decides = constant->holds == (kind == STEP_OR);
		step_free(decides ? other : constant);
		return decides ? constant : other;
	}
	if (left->kind == STEP_DIMENSION && right->kind == STEP_DIMENSION && left->dimension == right->dimension) {
		size_t words = words_of(store->dimensions[left->dimension].count);
		for (size_t i = 0; i < words; i++)
			left->entries[i] = kind == STEP_AND ? left->entries[i] & right->entries[i]
							    : left->entries[i] | right->entries[i];
		step_free(right);
		return left;
	}
	/* `a or b or c`: melt into the neighbour that speaks of the same dimension. */
	if (left->kind == kind && right->kind == STEP_DIMENSION && left->right->kind == STEP_DIMENSION &&
		left->right->dimension == right->dimension) {
		left->right = join(store, kind, left->right, right);
		return left;
	}
	struct step *step = step_new(kind);
	step->left = left;
	step->right = right;
	return step;
}

static struct step *time_step(const struct store *store, const struct term *term)
{
	const int64_t *times = term->target == TARGET_TIMESTAMP ? store->timestamp : store->ingested;
	if (!times)
		return step_constant(false);
	struct step *step = step_new(STEP_TIME);
	step->times = times;
	step->from = TIME_NONE + 1; /* no time at all is never inside */
	step->until = INT64_MAX;
	if (term->kind == VALUE_EXISTS)
		return step;
	int64_t end;
	if (__builtin_add_overflow(term->time, term->precision, &end))
		end = INT64_MAX;
	switch (term->op) {
	case COMPARE_IS:
		step->from = term->time;
		step->until = end;
		break;
	case COMPARE_LESS: step->until = term->time; break;
	case COMPARE_LESS_EQUAL: step->until = end; break;
	case COMPARE_GREATER: step->from = end; break;
	case COMPARE_GREATER_EQUAL: step->from = term->time; break;
	}
	return step;
}

static struct step *term_step(const struct store *store, const struct term *term)
{
	switch (term->target) {
	case TARGET_CONSTANT: return step_constant(term->holds);
	case TARGET_TIMESTAMP:
	case TARGET_INGESTED: return time_step(store, term);
	case TARGET_FIELD: return field_step(store, term, term->field);
	case TARGET_ANY: break;
	}
	struct step *any = field_step(store, term, 0);
	for (enum event_field field = 1; field < FIELD_COUNT; field++)
		any = join(store, STEP_OR, any, field_step(store, term, field));
	return any;
}

static struct step *node_step(const struct store *store, const struct node *node)
{
	switch (node->kind) {
	case NODE_TERM: return term_step(store, &node->term);
	case NODE_NOT: return invert(store, node_step(store, node->left));
	case NODE_AND: return join(store, STEP_AND, node_step(store, node->left), node_step(store, node->right));
	case NODE_OR: break;
	}
	return join(store, STEP_OR, node_step(store, node->left), node_step(store, node->right));
}

struct query_plan *query_plan_new(const struct query *query, const struct store *store)
{
	struct query_plan *plan = xcalloc(1, sizeof *plan);
	plan->store = store_ref(store);
	plan->root = query->root ? node_step(store, query->root) : step_constant(true);
	return plan;
}

void query_plan_free(struct query_plan *plan)
{
	if (!plan)
		return;
	step_free(plan->root);
	store_free(plan->store);
	free(plan);
}

/* ---- rows ---- */

static bool step_match(const struct step *step, const struct store *store, uint32_t row)
{
	switch (step->kind) {
	case STEP_CONSTANT: return step->holds;
	case STEP_DIMENSION: {
		uint32_t entry = store->entry[step->dimension][row];
		return step->entries[entry / 64] >> entry % 64 & 1;
	}
	case STEP_TIME: return step->times[row] >= step->from && step->times[row] < step->until;
	case STEP_AND: return step_match(step->left, store, row) && step_match(step->right, store, row);
	case STEP_OR: return step_match(step->left, store, row) || step_match(step->right, store, row);
	case STEP_NOT: break;
	}
	return !step_match(step->left, store, row);
}

/* 64 rows at once: bits of [first, first + count). Only the bits in `wanted` need to be right. */
static uint64_t step_word(
	const struct step *step, const struct store *store, uint32_t first, unsigned count, uint64_t wanted)
{
	uint64_t bits = 0;
	if (wanted == 0)
		return 0;
	switch (step->kind) {
	case STEP_CONSTANT: return step->holds ? wanted : 0;
	case STEP_DIMENSION: {
		const uint32_t *entry = store->entry[step->dimension] + first;
		for (unsigned i = 0; i < count; i++)
			bits |= (step->entries[entry[i] / 64] >> entry[i] % 64 & 1) << i;
		return bits & wanted;
	}
	case STEP_TIME:
		for (unsigned i = 0; i < count; i++)
			bits |= (uint64_t)(step->times[first + i] >= step->from && step->times[first + i] < step->until)
				<< i;
		return bits & wanted;
	case STEP_AND:
		bits = step_word(step->left, store, first, count, wanted);
		return step_word(step->right, store, first, count, bits);
	case STEP_OR:
		bits = step_word(step->left, store, first, count, wanted);
		return bits | step_word(step->right, store, first, count, wanted & ~bits);
	case STEP_NOT: break;
	}
	return wanted & ~step_word(step->left, store, first, count, wanted);
}

bool query_plan_match(const struct query_plan *plan, uint32_t row)
{
	return step_match(plan->root, plan->store, row);
}

uint64_t *query_run(const struct query *query, const struct store *store, uint32_t *matched)
{
	struct query_plan *plan = query_plan_new(query, store);
	size_t words = words_of(store->count);
	uint64_t *bits = xcalloc(words + 1, sizeof *bits);
	uint32_t total = 0;
	for (size_t i = 0; i < words; i++) {
		uint32_t first = (uint32_t)(i * 64);
		unsigned count = store->count - first < 64 ? store->count - first : 64;
		uint64_t wanted = count == 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
		bits[i] = step_word(plan->root, store, first, count, wanted);
		total += (uint32_t)__builtin_popcountll(bits[i]);
	}
	if (matched)
		*matched = total;
	query_plan_free(plan);
	return bits;
}
