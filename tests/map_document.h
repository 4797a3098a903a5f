/* map_document: ECS documents of a JSON value, for tests that have a record and no file. */
#ifndef MAP_DOCUMENT_H
#define MAP_DOCUMENT_H

#include "../src/ingest/map.h"
#include "../src/ingest/unwrap.h"

struct documents {
	json_t *all;
	enum ecs_compat compat;
	const struct enrich *enrich;
};

static inline void add_document(void *context, const struct found *found)
{
	struct documents *documents = context;
	json_array_append_new(documents->all,
		found->shape == SHAPE_ECS
			? document_from_ecs(found->record, documents->enrich)
			: document_from_cloudtrail(found->record, found->around, documents->compat, documents->enrich));
}

/* An array of documents, for a value of any accepted shape; the caller owns it. */
static inline json_t *map_document(const json_t *record, enum ecs_compat compat, const struct enrich *enrich)
{
	struct documents documents = {json_array(), compat, enrich};
	/* An arrival without any field is still a document for the pipeline: outcome success, and nothing else. */
	bool is_blank = json_is_object(record) && json_object_size(record) == 0;
	if (is_blank)
		add_document(&documents, &(struct found){.shape = SHAPE_CLOUDTRAIL, .record = record});
	else
		unwrap_value(record, INPUT_AUTO, add_document, &documents, NULL);
	return documents.all;
}

#endif
