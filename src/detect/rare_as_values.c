/* rare_as_values: the distinct sources, agents and targets of a window, kept while it moves forward over the events of
 * one identity. */
#include "rare_as.h"

#include <stdlib.h>

static void tally_init(struct tally *tally, const struct store *store, enum event_dimension dimension)
{
	size_t count = store->dimensions[dimension].count + (size_t)1;
	*tally = (struct tally){.counts = xcalloc(count, sizeof *tally->counts),
		.places = xcalloc(count, sizeof *tally->places),
		.present = xcalloc(count, sizeof *tally->present)};
}

static void tally_free(struct tally *tally)
{
	free(tally->counts);
	free(tally->places);
	free(tally->present);
}

static void tally_clear(struct tally *tally)
{
	for (uint32_t at = 0; at < tally->present_count; at++)
		tally->counts[tally->present[at]] = 0;
	tally->present_count = 0;
}

static void tally_add(struct tally *tally, uint32_t entry)
{
	if (tally->counts[entry]++ > 0)
		return;
	tally->places[entry] = tally->present_count;
	tally->present[tally->present_count++] = entry;
}

static void tally_remove(struct tally *tally, uint32_t entry)
{
	if (--tally->counts[entry] > 0)
		return;
	uint32_t last = tally->present[--tally->present_count];
	tally->present[tally->places[entry]] = last;
	tally->places[last] = tally->places[entry];
}

void values_init(struct rare_as *engine)
{
	struct values *values = &engine->scratch.values;
	tally_init(&values->sources, engine->store, DIMENSION_SOURCE);
	tally_init(&values->agents, engine->store, DIMENSION_AGENT);
	tally_init(&values->targets, engine->store, DIMENSION_TARGET);
}

void values_free(struct values *values)
{
	tally_free(&values->sources);
	tally_free(&values->agents);
	tally_free(&values->targets);
}

void values_move(struct rare_as *engine, uint32_t begin, uint32_t end)
{
	struct values *values = &engine->scratch.values;
	const uint32_t *agents = engine->store->entry[DIMENSION_AGENT];
	const uint32_t *targets = engine->store->entry[DIMENSION_TARGET];
	/* Event numbers run on from one identity to the next, so a window that overlaps is one of the same identity. */
	if (begin < values->begin || begin >= values->end || end < values->end) {
		tally_clear(&values->sources);
		tally_clear(&values->agents);
		tally_clear(&values->targets);
		values->begin = values->end = begin;
	}
	for (; values->end < end; values->end++) {
		uint32_t row = rare_as_row(engine, values->end);
		if (values->end + AHEAD < end) {
			uint32_t ahead = rare_as_row(engine, values->end + AHEAD);
			__builtin_prefetch(&agents[ahead]);
			__builtin_prefetch(&targets[ahead]);
		}
		tally_add(&values->sources, engine->source[values->end]);
		tally_add(&values->agents, agents[row]);
		tally_add(&values->targets, targets[row]);
	}
	for (; values->begin < begin; values->begin++) {
		uint32_t row = rare_as_row(engine, values->begin);
		tally_remove(&values->sources, engine->source[values->begin]);
		tally_remove(&values->agents, agents[row]);
		tally_remove(&values->targets, targets[row]);
	}
}
