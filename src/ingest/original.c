/* original: the record that a document of Elasticsearch was made from, when the document kept it (event.original). */
#include "map.h"
#include "unwrap.h"
#include "json_text.h"

static void take(void *context, const struct found *found)
{
	struct buf *out = context;
	const json_t *text = found->shape == SHAPE_ECS ? ecs_find(found->record, "event.original") : NULL;
	if (out->length == 0 && json_is_string(text))
		buf_add(out, json_string_value(text), json_string_length(text));
}

int load_read_original(struct load *load, const struct store *store, uint32_t row, struct buf *out, struct err *err)
{
	struct buf raw = BUF_EMPTY, original = BUF_EMPTY;
	if (load_read_raw(load, store, row, &raw, err) != 0) {
		buf_free(&raw);
		return -1;
	}
	json_t *value = json_parse_text(raw.data, raw.length);
	if (value)
		unwrap_value(value, INPUT_AUTO, take, &original, NULL);
	json_decref(value);
	const struct buf *shown = original.length ? &original : &raw;
	buf_add(out, shown->data, shown->length);
	buf_free(&original);
	buf_free(&raw);
	return 0;
}
