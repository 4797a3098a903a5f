/* load: one background thread reads the sources in order, publishes snapshots as it goes, and can be stopped at any
 * time with everything so far kept. */
#include "load.h"

#include <stdlib.h>

#include "decompress.h"

#define X(id, name) name,
const char *const input_format_names[INPUT_FORMAT_COUNT] = {INPUT_FORMATS(X)};
#undef X

#define PUBLISH_EVERY_US 500000

struct reading {
	struct load *load;
	struct builder *builder;
	struct chunk *chunk;
	uint32_t file;
	uint64_t events; /* of this file */
	struct skip pruned; /* of this file, by event time */
};

static bool is_canceled(struct load *load)
{
	pthread_mutex_lock(&load->lock);
	bool is_canceled = load->is_canceled;
	pthread_mutex_unlock(&load->lock);
	return is_canceled;
}

static void take_event(void *context, struct event *event)
{
	struct reading *reading = context;
	const struct load_options *options = &reading->load->options;
	bool is_outside = (options->since != TIME_NONE && event->timestamp < options->since) ||
			  (options->until != TIME_NONE && event->timestamp > options->until);
	if (is_outside) {
		if (reading->pruned.count == 0)
			reading->pruned.offset = event->offset;
		reading->pruned.count++;
		reading->pruned.length += event->length;
		return;
	}
	event->file = reading->file;
	chunk_add(reading->chunk, event);
	reading->events++;
}

static void take_skip(
	void *context, enum skip_reason reason, uint64_t offset, uint64_t length, uint64_t count, const char *detail)
{
	struct reading *reading = context;
	const struct source *source = &reading->load->files.sources[reading->file];
	if (reason == SKIP_OTHER_FILE && source->is_expected)
		reason = SKIP_BAD_JSON;
	struct skip skip = {reading->file, offset, length, reason, count, (char *)detail};
	ledger_add(reading->load->ledger, &skip);
}

static const char *read_bytes(struct reading *reading, struct careful *careful, const char *data, size_t length)
{
	const struct sink sink = {reading, take_event, take_skip};
	enum compression compression = compression_recognise(data, length);
	if (compression == COMPRESSION_NONE)
		return careful_file(careful, data, length, 0, &sink);
	struct buf plain = BUF_EMPTY;
	enum skip_reason why;
	uint64_t at;
	const char *detail;
	bool is_good =
		decompress(data, length, compression, reading->load->options.max_memory, &plain, &why, &at, &detail);
	const char *wrapping = compression == COMPRESSION_GZIP ? "gzip" : "zstd";
	if (plain.length || is_good)
		wrapping = careful_file(careful, plain.data ? plain.data : "", plain.length, 0, &sink);
	if (!is_good)
		take_skip(reading, why, plain.length, 0, 1, detail);
	buf_free(&plain);
	return wrapping;
}

static void read_source(struct reading *reading, struct careful *careful)
{
	struct load *load = reading->load;
	struct source *source = &load->files.sources[reading->file];
	reading->events = 0;
	reading->pruned = (struct skip){.file = reading->file, .reason = SKIP_PRUNED_TIME};
	const char *wrapping = source->wrapping;
	struct file_view view;
	struct err err;
	if (!wrapping && files_view(&load->files, source, &view, &err) != 0) {
		wrapping = "cannot be read";
		take_skip(reading, SKIP_UNREADABLE, 0, source->size, 1, err.text);
	} else if (!wrapping) {
		wrapping = read_bytes(reading, careful, view.data ? view.data : "", view.length);
		files_view_free(&view);
	}
	if (reading->pruned.count)
		ledger_add(load->ledger, &reading->pruned);
	pthread_mutex_lock(&load->lock);
	source->wrapping = wrapping;
	source->events = reading->events;
	load->progress.files_done++;
	load->progress.bytes_done += source->size;
	load->progress.events += reading->events;
	pthread_mutex_unlock(&load->lock);
}

static void publish(struct load *load, struct store *store, size_t memory)
{
	pthread_mutex_lock(&load->lock);
	struct store *old = load->snapshot;
	load->snapshot = store;
	load->generation++;
	load->progress.memory = memory;
	pthread_mutex_unlock(&load->lock);
	store_free(old);
}

static void *run(void *context)
{
	struct load *load = context;
	struct builder_options options = {.keep_duplicates = load->options.keep_duplicates};
	if (load->options.enrich) {
		options.enrich = load_enrich;
		options.enrich_context = (void *)load->options.enrich;
	}
	struct reading reading = {.load = load, .builder = builder_new(&options)};
	struct careful *careful = careful_new(load->options.format, load->options.compat);
	int64_t published = time_monotonic_us();
	bool is_partial = false;
	for (uint32_t file = 0; file < load->files.count && !is_partial; file++) {
		reading.file = file;
		reading.chunk = chunk_new();
		read_source(&reading, careful);
		builder_merge(reading.builder, reading.chunk);
		size_t memory = builder_bytes(reading.builder);
		bool is_over = load->options.max_memory && memory > load->options.max_memory;
		is_partial = file + 1 < load->files.count && (is_over || is_canceled(load));
		if (is_partial) {
			struct skip skip = {file + 1, 0, 0, is_over ? SKIP_MEMORY : SKIP_CANCELED,
				load->files.count - file - 1, "files from here on were not read"};
			ledger_add(load->ledger, &skip);
		}
		if (time_monotonic_us() - published > PUBLISH_EVERY_US) {
			publish(load, builder_publish(reading.builder), memory);
			published = time_monotonic_us();
		}
	}
	careful_free(careful);
	struct store *store = builder_finish(reading.builder, load->options.threads);
	builder_free(reading.builder);
	publish(load, store, store->bytes);
	pthread_mutex_lock(&load->lock);
	load->progress.is_finished = true;
	load->progress.is_partial = is_partial;
	load->progress.elapsed_us = time_monotonic_us() - load->progress.started_us;
	pthread_mutex_unlock(&load->lock);
	return NULL;
}

int load_start(const struct load_options *options, struct load **out, struct err *err)
{
	struct load *load = xcalloc(1, sizeof *load);
	load->options = *options;
	load->options.paths = NULL;
	if (load->options.threads == 0)
		load->options.threads = pool_default_threads();
	pthread_mutex_init(&load->lock, NULL);
	load->ledger = ledger_new();
	load->readback = readback_new();
	load->progress.started_us = time_monotonic_us();
	load->progress.is_partial = true;
	if (files_expand(&load->files, options, load->ledger, err) != 0) {
		load_free(load);
		return -1;
	}
	load->progress.files_total = load->files.count - load->files.pruned;
	load->progress.files_pruned = load->files.pruned;
	for (size_t i = 0; i < load->files.count; i++)
		load->progress.bytes_total += load->files.sources[i].size;
	struct builder *empty = builder_new(&(struct builder_options){0});
	load->snapshot = builder_publish(empty);
	builder_free(empty);
	if (pthread_create(&load->thread, NULL, run, load) != 0) {
		load_free(load);
		return err_set(err, ERR_IO, "cannot start a thread");
	}
	load->has_thread = true;
	*out = load;
	return 0;
}

void load_wait(struct load *load)
{
	if (load->has_thread)
		pthread_join(load->thread, NULL);
	load->has_thread = false;
}

void load_cancel(struct load *load)
{
	pthread_mutex_lock(&load->lock);
	load->is_canceled = true;
	pthread_mutex_unlock(&load->lock);
}

void load_free(struct load *load)
{
	if (!load)
		return;
	load_cancel(load);
	load_wait(load);
	store_free(load->snapshot);
	readback_free(load->readback);
	files_free(&load->files);
	ledger_delete(load->ledger);
	pthread_mutex_destroy(&load->lock);
	free(load);
}

void load_progress(struct load *load, struct load_progress *out)
{
	pthread_mutex_lock(&load->lock);
	*out = load->progress;
	pthread_mutex_unlock(&load->lock);
	out->skipped = ledger_incomplete(load->ledger);
	if (!out->is_finished)
		out->elapsed_us = time_monotonic_us() - out->started_us;
}

struct store *load_snapshot(struct load *load)
{
	pthread_mutex_lock(&load->lock);
	struct store *store = store_ref(load->snapshot);
	pthread_mutex_unlock(&load->lock);
	return store;
}

uint64_t load_generation(struct load *load)
{
	pthread_mutex_lock(&load->lock);
	uint64_t generation = load->generation;
	pthread_mutex_unlock(&load->lock);
	return generation;
}

uint32_t load_file_count(struct load *load)
{
	return (uint32_t)load->files.count;
}

const char *load_file_name(struct load *load, uint32_t file)
{
	return file < load->files.count ? load->files.sources[file].name : "";
}

bool load_file_info(struct load *load, uint32_t file, struct load_file *out)
{
	if (file >= load->files.count)
		return false;
	const struct source *source = &load->files.sources[file];
	pthread_mutex_lock(&load->lock);
	*out = (struct load_file){source->name, source->wrapping, source->size, source->events};
	pthread_mutex_unlock(&load->lock);
	return true;
}

struct skip *load_ledger(struct load *load, size_t *count)
{
	return ledger_copy(load->ledger, count);
}
