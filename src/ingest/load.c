/* load: the door's side of a load. It runs in the background, publishes snapshots as it goes, and can be stopped at any
 * time with everything so far kept. */
#include "load.h"

#include <stdlib.h>

#define PIECE_SIZE ((size_t)1 << 20)

void load_publish(struct load *load, struct store *store, size_t memory)
{
	pthread_mutex_lock(&load->lock);
	struct store *old = load->snapshot;
	load->snapshot = store;
	load->generation++;
	load->progress.memory = memory;
	pthread_mutex_unlock(&load->lock);
	store_free(old);
}

/* The list of files is the first thing to wait for, so it is made in the background too. */
static void list_files(struct load *load)
{
	files_expand(&load->files, &load->options, load->ledger, &load->is_canceled);
	pthread_mutex_lock(&load->lock);
	for (size_t i = 0; i < load->files.count; i++) {
		const struct source *source = &load->files.sources[i];
		load->progress.files_total += source->wrapping == NULL;
		load->progress.bytes_total += source->wrapping == NULL ? source->size : 0;
	}
	pthread_mutex_unlock(&load->lock);
	atomic_store(&load->is_listed, true);
}

static void *run(void *context)
{
	const struct load *load = context;
	if (load->options.gives_way)
		thread_give_way();
	list_files(context);
	load_run(context);
	return NULL;
}

int load_start(const struct load_options *options, struct load **out, struct err *err)
{
	struct load *load = xcalloc(1, sizeof *load);
	load->options = *options;
	load->paths = xcalloc(options->path_count, sizeof *load->paths);
	for (size_t i = 0; i < options->path_count; i++)
		load->paths[i] = xstrdup(options->paths[i]);
	load->options.paths = (const char *const *)load->paths;
	if (load->options.threads == 0)
		load->options.threads = pool_default_threads();
	load->piece_size = options->chunk_size > 0 ? options->chunk_size : PIECE_SIZE;
	load->files.spool = -1;
	pthread_mutex_init(&load->lock, NULL);
	load->ledger = ledger_new();
	load->readback = readback_new();
	load->progress.started_us = time_monotonic_us();
	load->progress.is_partial = true;
	struct builder *empty = builder_new(&(struct builder_options){0});
	load->snapshot = builder_finish(empty, 1);
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
	atomic_store(&load->is_canceled, true);
}

void load_free(struct load *load)
{
	if (!load)
		return;
	follow_free(load->follow);
	load_cancel(load);
	load_wait(load);
	store_free(load->snapshot);
	conflicts_free(load->conflicts, load->conflict_count);
	readback_free(load->readback);
	files_free(&load->files);
	ledger_delete(load->ledger);
	for (size_t i = 0; i < load->options.path_count; i++)
		free(load->paths[i]);
	free(load->paths);
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
	atomic_store(&load->is_asked, true);
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
	if (!atomic_load(&load->is_listed))
		return 0;
	pthread_mutex_lock(&load->lock);
	uint32_t count = (uint32_t)load->files.count;
	pthread_mutex_unlock(&load->lock);
	return count;
}

const char *load_file_name(struct load *load, uint32_t file)
{
	if (file >= load_file_count(load))
		return "";
	pthread_mutex_lock(&load->lock);
	const char *name = load->files.sources[file].name;
	pthread_mutex_unlock(&load->lock);
	return name;
}

bool load_file_info(struct load *load, uint32_t file, struct load_file *out)
{
	if (file >= load_file_count(load))
		return false;
	pthread_mutex_lock(&load->lock);
	const struct source *source = &load->files.sources[file];
	*out = (struct load_file){source->name, source->wrapping, source->size, source->events};
	pthread_mutex_unlock(&load->lock);
	return true;
}

struct load_conflict *load_conflicts(struct load *load, size_t *count)
{
	pthread_mutex_lock(&load->lock);
	struct load_conflict *copy = xcalloc(load->conflict_count + 1, sizeof *copy);
	*count = load->conflict_count;
	for (size_t i = 0; i < load->conflict_count; i++) {
		copy[i] = load->conflicts[i];
		copy[i].id = xstrdup(load->conflicts[i].id);
	}
	pthread_mutex_unlock(&load->lock);
	return copy;
}

void conflicts_free(struct load_conflict *conflicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(conflicts[i].id);
	free(conflicts);
}

struct skip *load_ledger(struct load *load, size_t *count)
{
	return ledger_copy(load->ledger, count);
}
