/* load_merge: pieces in the order of the input into the builder and the ledger. Only one thread is here at a time. */
#include "load.h"

#define PUBLISH_EVERY_US 500000
#define PUBLISH_SHARE 10 /* publishing takes at most one part in so many of the time */

/* Rows to expect, from the sizes and what records usually take; only memory that is used is paid for. */
#define BYTES_PER_EVENT 800
#define COMPRESSED_BYTES_PER_EVENT 100
#define MAX_EXPECTED (UINT64_C(8) << 20)

static uint64_t expect_rows(const struct files *files)
{
	uint64_t rows = 0;
	for (size_t i = 0; i < files->count && rows < MAX_EXPECTED; i++) {
		const char *name = files->sources[i].name;
		size_t length = strlen(name);
		bool is_packed =
			length > 4 && (strcmp(name + length - 3, ".gz") == 0 || strcmp(name + length - 4, ".zst") == 0);
		rows += files->sources[i].size / (is_packed ? COMPRESSED_BYTES_PER_EVENT : BYTES_PER_EVENT);
	}
	return rows < MAX_EXPECTED ? rows : MAX_EXPECTED;
}

static void keep_conflict(void *context, struct slice id, uint32_t file, uint64_t offset)
{
	struct load *load = context;
	pthread_mutex_lock(&load->lock);
	if (load->conflict_count < CONFLICTS_LISTED) {
		load->conflicts = array_grow(
			load->conflicts, &load->conflict_capacity, load->conflict_count + 1, sizeof *load->conflicts);
		load->conflicts[load->conflict_count++] =
			(struct load_conflict){xasprintf("%.*s", (int)id.length, id.data ? id.data : ""), file, offset};
	}
	pthread_mutex_unlock(&load->lock);
}

struct builder_options load_builder_options(struct load *load)
{
	struct builder_options options = {.keep_duplicates = load->options.keep_duplicates,
		.can_resume = load->options.can_follow,
		.conflict = keep_conflict,
		.conflict_context = load};
	if (load->options.enrich != NULL) {
		options.enrich = load_enrich;
		options.enrich_context = (void *)(uintptr_t)load->options.enrich;
	}
	return options;
}

void merger_init(struct merger *merger, struct load *load)
{
	struct builder_options options = load_builder_options(load);
	*merger = (struct merger){.load = load, .builder = builder_new(&options), .published_us = time_monotonic_us()};
	builder_expect(merger->builder, expect_rows(&load->files));
}

static void settle_file(struct merger *merger, uint32_t file, const char *wrapping, uint64_t events)
{
	struct load *load = merger->load;
	struct source *source = &load->files.sources[file];
	pthread_mutex_lock(&load->lock);
	source->wrapping = wrapping;
	source->events = events;
	load->progress.files_done++;
	pthread_mutex_unlock(&load->lock);
}

static void settle_bytes(struct merger *merger, uint64_t bytes, uint64_t events)
{
	struct load *load = merger->load;
	pthread_mutex_lock(&load->lock);
	load->progress.bytes_done += bytes;
	load->progress.events += events;
	load->progress.memory = builder_bytes(merger->builder);
	pthread_mutex_unlock(&load->lock);
}

static void add_skips(struct merger *merger, struct piece *piece, uint32_t file, size_t *next)
{
	for (; *next < piece->skip_count && piece->skips[*next].file == file; ++*next)
		ledger_add(merger->load->ledger, &piece->skips[*next]);
}

/* ---- files read whole ---- */

static void take_files(struct merger *merger, struct piece *piece)
{
	size_t next_skip = 0;
	uint64_t bytes = 0, events = 0;
	for (uint32_t file = piece->first; file < piece->end; file++) {
		struct piece_file *result = &piece->files[file - piece->first];
		if (result->wrapping == NULL)
			continue; /* settled while listing */
		add_skips(merger, piece, file, &next_skip);
		if (result->pruned.count > 0)
			ledger_add(merger->load->ledger, &result->pruned);
		settle_file(merger, file, result->wrapping, result->events);
		bytes += merger->load->files.sources[file].size;
		events += result->events;
	}
	builder_merge(merger->builder, piece->chunk);
	piece->chunk = NULL;
	settle_bytes(merger, bytes, events);
	merger->file = piece->end;
}

/* ---- ranges ---- */

static void join_pruned(struct skip *all, const struct skip *later)
{
	if (later->count == 0)
		return;
	if (all->count == 0)
		*all = *later;
	else {
		all->count += later->count;
		all->length += later->length;
	}
}

static void finish_ranges(struct merger *merger)
{
	struct skip fault = {.file = merger->file};
	char detail[FAST_DETAIL_SIZE];
	if (fast_state_fault(&merger->state, &fault, detail))
		ledger_add(merger->load->ledger, &fault);
	if (merger->pruned.count > 0)
		ledger_add(merger->load->ledger, &merger->pruned);
	settle_file(merger, merger->file, fast_state_wrapping(&merger->state), merger->events);
	merger->in_ranges = false;
	merger->file++;
}

/* A value of the range before went on into this one: what was read of it is read again, from where that one stopped. */
static void reread(struct merger *merger, struct piece *piece)
{
	chunk_rewind(piece->chunk, &(struct chunk_mark){0, 0});
	builder_merge(merger->builder, piece->chunk); /* for what its lexicon has learned */
	piece->chunk = NULL;
	if (merger->rereader == NULL)
		merger->rereader = worker_new(merger->load);
	worker_reread(merger->rereader, piece, merger->stopped);
}

static void take_range(struct merger *merger, struct piece *piece)
{
	if (!merger->in_ranges) {
		merger->in_ranges = true;
		merger->file = piece->first;
		merger->stopped = piece->began;
		merger->events = 0;
		merger->pruned = (struct skip){0};
		merger->state = (struct fast_state){0};
	}
	if (piece->began != merger->stopped && piece->began != piece->stopped)
		reread(merger, piece);
	size_t next_skip = 0;
	add_skips(merger, piece, piece->first, &next_skip);
	builder_merge(merger->builder, piece->chunk);
	piece->chunk = NULL;
	if (piece->stopped > merger->stopped)
		merger->stopped = piece->stopped;
	fast_state_join(&merger->state, &piece->state);
	join_pruned(&merger->pruned, &piece->files[0].pruned);
	merger->events += piece->files[0].events;
	settle_bytes(merger, piece->to - piece->from, piece->files[0].events);
	if (piece->to == merger->load->files.sources[piece->first].size)
		finish_ranges(merger);
}

/* ---- publishing ---- */

static void publish_if_due(struct merger *merger)
{
	int64_t now = time_monotonic_us();
	int64_t wait = merger->publish_cost_us * PUBLISH_SHARE;
	if (wait < PUBLISH_EVERY_US)
		wait = PUBLISH_EVERY_US;
	uint64_t count = builder_count(merger->builder);
	bool is_first = merger->published_count == 0;
	if (count == merger->published_count || (!is_first && now - merger->published_us < wait) ||
		!atomic_exchange(&merger->load->is_asked, false))
		return;
	load_publish(merger->load, builder_publish(merger->builder), builder_bytes(merger->builder));
	merger->published_us = time_monotonic_us();
	merger->publish_cost_us = merger->published_us - now;
	merger->published_count = count;
}

void merger_take(struct merger *merger, struct piece *piece)
{
	if (piece->is_range)
		take_range(merger, piece);
	else
		take_files(merger, piece);
	uint64_t limit = merger->load->options.max_memory;
	merger->is_full = limit > 0 && builder_bytes(merger->builder) > limit;
	publish_if_due(merger);
}

bool merger_finish(struct merger *merger)
{
	struct load *load = merger->load;
	uint32_t rest = 0;
	if (merger->in_ranges) {
		struct skip skip = {merger->file, merger->stopped,
			load->files.sources[merger->file].size - merger->stopped,
			merger->is_full ? SKIP_MEMORY : SKIP_CANCELED, 1, "the file was not read from here on"};
		finish_ranges(merger);
		ledger_add(load->ledger, &skip);
		rest = 1;
	}
	uint32_t first = merger->file, unread = 0;
	for (uint32_t file = first; file < load->files.count; file++)
		unread += load->files.sources[file].wrapping == NULL;
	if (unread > 0) {
		while (load->files.sources[first].wrapping != NULL)
			first++;
		struct skip skip = {first, 0, 0, merger->is_full ? SKIP_MEMORY : SKIP_CANCELED, unread,
			"files from here on were not read"};
		ledger_add(load->ledger, &skip);
	}
	if (merger->rereader != NULL)
		worker_free(merger->rereader);
	struct store *store = builder_finish(merger->builder, load->options.threads);
	builder_free(merger->builder);
	load_publish(load, store, store->bytes);
	return rest + unread > 0 || load->files.is_cut;
}
