/* readback: from a row of the store back to the bytes it came from, and to its whole document. Files that were
 * decompressed for it are kept for a while, the newest few. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "inflate.h"
#include "load.h"
#include "map.h"
#include "unwrap.h"
#include "walk.h"

#define KEPT_FILES 4

/* The header of a table, with what may stand before it, is not longer. */
#define HEADER_SIZE ((size_t)1 << 17)

struct readback {
	pthread_mutex_t lock;
	struct kept {
		uint32_t file;
		uint64_t used; /* 0: free */
		struct buf bytes;
	} kept[KEPT_FILES];
	uint64_t clock;
};

struct readback *readback_new(void)
{
	struct readback *readback = xcalloc(1, sizeof *readback);
	pthread_mutex_init(&readback->lock, NULL);
	return readback;
}

void readback_free(struct readback *readback)
{
	if (!readback)
		return;
	for (size_t i = 0; i < KEPT_FILES; i++)
		buf_free(&readback->kept[i].bytes);
	pthread_mutex_destroy(&readback->lock);
	free(readback);
}

/* The decompressed bytes of a file, from the newest few or read again; NULL when they cannot be. The lock is held by the
 * caller. */
static const struct buf *inflated(struct readback *readback, uint32_t number, int file, const struct source *source,
	enum compression compression, struct err *err)
{
	struct kept *oldest = &readback->kept[0];
	for (size_t i = 0; i < KEPT_FILES; i++) {
		struct kept *kept = &readback->kept[i];
		if (kept->used && kept->file == number) {
			kept->used = ++readback->clock;
			return &kept->bytes;
		}
		if (kept->used < oldest->used)
			oldest = kept;
	}
	struct buf stored = BUF_EMPTY;
	if (files_read(file, source, 0, (size_t)source->size, &stored, err) != 0) {
		buf_free(&stored);
		return NULL;
	}
	buf_free(&oldest->bytes);
	oldest->file = number;
	oldest->used = ++readback->clock;
	enum skip_reason why;
	uint64_t at;
	const char *detail;
	/* A damaged stream gives the bytes before its damage, as it did while loading. */
	bool is_whole = decompress(stored.data, stored.length, compression, 0, &oldest->bytes, &why, &at, &detail);
	(void)is_whole;
	buf_free(&stored);
	return &oldest->bytes;
}

void readback_forget(struct readback *readback, uint32_t file)
{
	pthread_mutex_lock(&readback->lock);
	for (size_t i = 0; i < KEPT_FILES; i++)
		if (readback->kept[i].file == file)
			readback->kept[i].used = 0;
	pthread_mutex_unlock(&readback->lock);
}

/* The record alone, out of a stream too large to hold. False: not such a stream, or not a record that stands by itself
 * (a row of a table needs its header). */
static bool extract(int file, const struct source *source, enum compression compression, const struct store *store,
	uint32_t row, struct buf *out)
{
	bool is_good = source->checkpoints &&
		       inflate_extract(file, source->base, source->size, compression, source->checkpoints,
			       store->offset[row], store->length[row], out, NULL) == 0;
	is_good = is_good && out->length > 0 && out->data[0] == '{';
	if (!is_good)
		buf_free(out);
	return is_good;
}

/* The record out of a file that is not compressed, and before it the beginning of the file: of a table so much that its
 * header is there. *offset becomes where the record stands. */
static int read_plain(
	int file, const struct source *source, uint64_t *offset, size_t length, struct buf *out, struct err *err)
{
	char first = 0;
	ssize_t got = pread(file, &first, 1, (off_t)source->base);
	size_t most = got == 1 && (first == '{' || first == '[') ? 1 : HEADER_SIZE;
	size_t header = *offset < most ? (size_t)*offset : most;
	if (files_read(file, source, 0, header, out, err) != 0 ||
		files_read(file, source, *offset, length, out, err) != 0)
		return -1;
	*offset = header;
	return 0;
}

static enum compression compression_of(int file, const struct source *source)
{
	char head[4];
	size_t length = source->size < sizeof(head) ? (size_t)source->size : sizeof(head);
	ssize_t got = pread(file, head, length, (off_t)source->base);
	return compression_recognise(head, got > 0 ? (size_t)got : 0);
}

/* Runs `use` over the bytes of the row's file, with the row's extent. */
static int with_bytes(struct load *load, const struct store *store, uint32_t row,
	int (*use)(void *context, const char *data, size_t size, uint64_t offset, size_t length, struct err *err),
	void *context, struct err *err)
{
	uint32_t file = store->file[row];
	/* Files that arrive may move the list, and a file that is read anew changes its entry. */
	pthread_mutex_lock(&load->lock);
	bool is_known = file < load->files.count;
	const struct source source = is_known ? load->files.sources[file] : (struct source){0};
	const struct files spool = {.spool = load->files.spool};
	pthread_mutex_unlock(&load->lock);
	if (!is_known)
		return err_set(err, ERR_IO, "the row belongs to no file of this load");
	int stored;
	if (files_open(&spool, &source, &stored, err) != 0)
		return -1;
	struct readback *readback = load->readback;
	pthread_mutex_lock(&readback->lock);
	uint64_t offset = store->offset[row];
	size_t length = store->length[row];
	struct buf part = BUF_EMPTY;
	const struct buf *bytes;
	enum compression compression = compression_of(stored, &source);
	if (compression == COMPRESSION_NONE) {
		bytes = read_plain(stored, &source, &offset, length, &part, err) == 0 ? &part : NULL;
	} else if (extract(stored, &source, compression, store, row, &part)) {
		bytes = &part;
		offset = 0;
	} else {
		bytes = inflated(readback, file, stored, &source, compression, err);
	}
	int result = -1;
	if (bytes != NULL && (offset > bytes->length || length > bytes->length - offset))
		result = err_set(err, ERR_IO, "%s has changed since it was read; load it again", source.name);
	else if (bytes != NULL)
		result = use(context, bytes->data, bytes->length, offset, length, err);
	buf_free(&part);
	pthread_mutex_unlock(&readback->lock);
	files_close(&source, stored);
	return result;
}

static int copy_raw(void *context, const char *data, size_t size, uint64_t offset, size_t length, struct err *err)
{
	(void)size;
	(void)err;
	buf_add(context, data + offset, length);
	return 0;
}

int load_read_raw(struct load *load, const struct store *store, uint32_t row, struct buf *out, struct err *err)
{
	return with_bytes(load, store, row, copy_raw, out, err);
}

/* ---- documents ---- */

struct wanted {
	struct load *load;
	const struct store *store;
	uint32_t row;
	struct arena arena;
	json_t *document;
	bool is_exact;
};

/* One extent can hold several records (a message with a list inside): the one that gave this row is wanted. */
static bool is_row(const struct wanted *wanted, const struct mapping *mapping)
{
	if (mapping->timestamp != wanted->store->timestamp[wanted->row])
		return false;
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (event_fields[f].dimension == DIMENSION_SOURCE && f != FIELD_SOURCE_ADDRESS)
			continue; /* completed from the databases */
		if (!slice_equals(mapping->fields[f], store_text(wanted->store, (enum event_field)f, wanted->row)))
			return false;
	}
	return true;
}

static void take(void *context, const struct found *found)
{
	struct wanted *wanted = context;
	if (wanted->is_exact || found->shape == SHAPE_DIGEST || found->shape == SHAPE_INSIGHT)
		return;
	const struct load_options *options = &wanted->load->options;
	struct mapping mapping;
	if (found->shape == SHAPE_ECS)
		map_ecs(found->record, &wanted->arena, &mapping);
	else
		map_cloudtrail(found->record, found->around, options->compat, &wanted->arena, &mapping);
	wanted->is_exact = is_row(wanted, &mapping);
	if (wanted->document && !wanted->is_exact)
		return;
	json_decref(wanted->document);
	wanted->document = found->shape == SHAPE_ECS ? document_from_ecs(found->record, options->enrich)
						     : document_from_cloudtrail(found->record, found->around,
							       options->compat, options->enrich);
}

/* What has to be done while the bytes are there: a row of a table needs its header, the rest is only copied. */
struct fetched {
	const struct load_options *options;
	json_t *table_row;
	struct buf text;
};

static int fetch(void *context, const char *data, size_t size, uint64_t offset, size_t length, struct err *err)
{
	struct fetched *fetched = context;
	const char *end = data + size, *at = data + offset;
	const char *text = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? data + 3 : data;
	(void)err;
	if (fetched->options->format == INPUT_CSV || csv_recognise(text, end))
		fetched->table_row = csv_read_row(text, end, at, at + length);
	else
		buf_add(&fetched->text, at, length);
	return 0;
}

json_t *load_document(struct load *load, const struct store *store, uint32_t row, struct err *err)
{
	struct fetched fetched = {.options = &load->options};
	if (with_bytes(load, store, row, fetch, &fetched, err) != 0) {
		buf_free(&fetched.text);
		return NULL;
	}
	/* Parsing and mapping, which is most of the work, goes on beside other threads. */
	json_t *value = fetched.table_row ? fetched.table_row : json_parse_text(fetched.text.data, fetched.text.length);
	if (!value)
		value = json_parse_damaged(fetched.text.data, fetched.text.length);
	struct wanted wanted = {.load = load, .store = store, .row = row};
	arena_init(&wanted.arena);
	if (value)
		unwrap_value(value, load->options.format, take, &wanted, NULL);
	if (value && !wanted.document) /* what gave --input-format its right stood around the record */
		unwrap_value(value, INPUT_AUTO, take, &wanted, NULL);
	json_decref(value);
	arena_free(&wanted.arena);
	buf_free(&fetched.text);
	if (!wanted.document)
		err_set(err, ERR_FORMAT, "the record cannot be read again");
	return wanted.document;
}
