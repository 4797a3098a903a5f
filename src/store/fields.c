/* fields: the table of event fields, expanded from the vocabulary in the door. */
#include "store_parts.h"

/* A field's column is its distance from the first field of its dimension: the vocabulary lists a dimension's fields
 * together, which table_check below holds it to. */
enum first_field {
	FIRST_ACTOR = FIELD_USER_NAME,
	FIRST_SOURCE = FIELD_SOURCE_ADDRESS,
	FIRST_CALL = FIELD_ACTION,
	FIRST_AGENT = FIELD_USER_AGENT,
	FIRST_TARGET = FIELD_TARGET_NAME
};

const struct event_field_info event_fields[FIELD_COUNT] = {
#define X(id, name, alias, dimension, kind) \
	{name, alias, DIMENSION_##dimension, FIELD_##id - FIRST_##dimension, KIND_##kind},
	EVENT_FIELDS(X)
#undef X
};

const struct dimension_fields dimension_fields[DIMENSION_COUNT] = {
	[DIMENSION_ACTOR] = {FIRST_ACTOR, FIRST_SOURCE - FIRST_ACTOR},
	[DIMENSION_SOURCE] = {FIRST_SOURCE, FIRST_CALL - FIRST_SOURCE},
	[DIMENSION_CALL] = {FIRST_CALL, FIRST_AGENT - FIRST_CALL},
	[DIMENSION_AGENT] = {FIRST_AGENT, FIRST_TARGET - FIRST_AGENT},
	[DIMENSION_TARGET] = {FIRST_TARGET, FIELD_COUNT - FIRST_TARGET},
};

/* table_check: fails to compile when a field stands outside the block of its dimension. */
#define BLOCK_ACTOR(id) ((int)FIELD_##id < (int)FIRST_SOURCE)
#define BLOCK_SOURCE(id) ((int)FIELD_##id >= (int)FIRST_SOURCE && (int)FIELD_##id < (int)FIRST_CALL)
#define BLOCK_CALL(id) ((int)FIELD_##id >= (int)FIRST_CALL && (int)FIELD_##id < (int)FIRST_AGENT)
#define BLOCK_AGENT(id) ((int)FIELD_##id >= (int)FIRST_AGENT && (int)FIELD_##id < (int)FIRST_TARGET)
#define BLOCK_TARGET(id) ((int)FIELD_##id >= (int)FIRST_TARGET)
#define X(id, name, alias, dimension, kind) _Static_assert(BLOCK_##dimension(id), name " stands outside " #dimension);
EVENT_FIELDS(X)
#undef X
_Static_assert((int)FIRST_SOURCE - (int)FIRST_ACTOR <= DIMENSION_MAX_COLUMNS, "too many columns");

enum event_field event_field_find(struct slice name)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		if (slice_equals(name, slice_of(event_fields[i].name)) ||
			slice_equals(name, slice_of(event_fields[i].alias)))
			return (enum event_field)i;
	return FIELD_COUNT;
}
