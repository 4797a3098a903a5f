/* follow_read: a round. What can be read is put behind the files of the load, or taken out of the store to be read anew,
 * and goes through the same readers and the same merge as everything before it. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "follow.h"

struct round {
	struct follow *follow;
	struct load *load;
	struct job *jobs;
	size_t count;
	bool *is_gone; /* [file]: its rows are taken out */
	size_t gone_size;
	bool has_gone;
	struct merger merger;
	struct worker *worker;
};

/* ---- taking out ---- */

/* Forgets all that a file gave. */
static void take_out(struct round *round, uint32_t file)
{
	struct load *load = round->load;
	struct source *source = &load->files.sources[file];
	round->is_gone[file] = round->has_gone = true;
	ledger_forget(load->ledger, file);
	readback_forget(load->readback, file);
	round->follow->known.traces[file].lines = LINES_UNKNOWN;
	round->follow->known.traces[file].is_unsound = false;
	if (source->checkpoints != NULL)
		follow_keep(round->follow, source->checkpoints, KEPT_CHECKPOINTS);
	pthread_mutex_lock(&load->lock);
	source->checkpoints = NULL;
	load->progress.events -= source->events;
	source->events = 0;
	pthread_mutex_unlock(&load->lock);
}

/* An archive's members stand behind it. */
static void take_out_archive(struct round *round, uint32_t file)
{
	struct load *load = round->load;
	size_t length = strlen(load->files.sources[file].name);
	for (uint32_t i = file; i < load->files.count; i++) {
		struct source *source = &load->files.sources[i];
		bool is_member =
			source->path == NULL && strncmp(source->name, load->files.sources[file].name, length) == 0;
		if (i > file && !is_member)
			break;
		take_out(round, i);
		pthread_mutex_lock(&load->lock);
		source->wrapping = "replaced";
		source->has_mark = false;
		pthread_mutex_unlock(&load->lock);
	}
}

static void prepare_anew(struct round *round, struct job *job)
{
	struct load *load = round->load;
	struct source *source = &load->files.sources[job->file];
	bool was_archive = source->wrapping != NULL && strcmp(source->wrapping, "archive") == 0;
	if (was_archive || files_holds_others(source->path)) {
		take_out_archive(round, job->file);
		job->step = STEP_NEW;
		return;
	}
	take_out(round, job->file);
	pthread_mutex_lock(&load->lock);
	load->progress.bytes_total += job->end;
	if (load->progress.files_done > 0)
		load->progress.files_done--;
	source->wrapping = NULL;
	source->size = job->end;
	source->modified = files_modified(&job->info);
	source->mark = job->mark;
	source->has_mark = job->has_mark;
	pthread_mutex_unlock(&load->lock);
}

/* ---- new files ---- */

static void list_new(struct round *round, struct files *fresh, struct ledger *ledger)
{
	uint32_t base = (uint32_t)round->load->files.count;
	for (size_t i = 0; i < round->count; i++) {
		struct job *job = &round->jobs[i];
		if (job->step != STEP_NEW)
			continue;
		if (job->is_replaced)
			follow_note(round->follow,
				"%s was cut or written over: it is read as a new file, and what it held before stays",
				job->arrival->path);
		size_t at = fresh->count;
		files_list(fresh, &round->load->options, ledger, job->arrival->path, &job->info,
			follow_is_given(round->follow, job->arrival->path));
		struct source *source = &fresh->sources[at];
		if (source->wrapping == NULL)
			source->size = job->end;
		source->mark = job->mark;
		source->has_mark = job->has_mark;
		job->file = base + (uint32_t)at;
	}
}

/* The new sources behind the old ones, under the lock: readers may be looking. */
static void add_sources(struct load *load, struct files *fresh)
{
	struct files *files = &load->files;
	pthread_mutex_lock(&load->lock);
	files->sources =
		array_grow(files->sources, &files->capacity, files->count + fresh->count, sizeof(*files->sources));
	for (size_t i = 0; i < fresh->count; i++) {
		const struct source *source = &fresh->sources[i];
		files->sources[files->count++] = *source;
		load->progress.files_total += source->wrapping == NULL;
		load->progress.bytes_total += source->wrapping == NULL ? source->size : 0;
	}
	files->spool = fresh->spool;
	files->spool_size = fresh->spool_size;
	pthread_mutex_unlock(&load->lock);
	free(fresh->sources);
}

static void take_new(struct round *round)
{
	struct load *load = round->load;
	uint32_t base = (uint32_t)load->files.count;
	struct files fresh = {.spool = load->files.spool, .spool_size = load->files.spool_size};
	struct ledger *ledger = ledger_new();
	list_new(round, &fresh, ledger);
	add_sources(load, &fresh);
	size_t count;
	struct skip *skips = ledger_copy(ledger, &count);
	for (size_t i = 0; i < count; i++) {
		skips[i].file += base;
		ledger_add(load->ledger, &skips[i]);
	}
	ledger_free(skips, count);
	ledger_delete(ledger);
	struct known *known = &round->follow->known;
	known_sync(known, &load->files);
	for (size_t i = 0; i < round->count; i++)
		if (round->jobs[i].step == STEP_NEW || round->jobs[i].step == STEP_ANEW)
			known_identify(known, round->jobs[i].file, &round->jobs[i].info);
}

/* ---- reading ---- */

static bool is_going_on(const struct round *round)
{
	return !round->merger.is_full && !atomic_load(&round->follow->is_ending);
}

static void take_part(void *context, struct piece *part)
{
	struct round *round = context;
	if (is_going_on(round))
		merger_take(&round->merger, part);
	else
		load_cancel(round->load); /* ends the stream */
}

static void read_files(struct round *round)
{
	struct plan plan = {.load = round->load};
	struct piece piece;
	while (is_going_on(round) && plan_next(&plan, worker_reader(round->worker), &piece)) {
		if (piece.is_stream) {
			worker_stream(round->worker, &piece, take_part, round);
			continue;
		}
		worker_read(round->worker, &piece);
		merger_take(&round->merger, &piece);
		piece_free(&piece);
	}
}

static const char *joined_wrapping(const char *before, const struct fast_state *state)
{
	if (state->wrapping == NULL || strcmp(before, state->wrapping) == 0)
		return strcmp(before, "object") == 0 ? "ndjson" : before;
	bool had_none = strcmp(before, "object") == 0 || strcmp(before, "ndjson") == 0 || strcmp(before, "array") == 0;
	return had_none ? state->wrapping : "several wrappings";
}

static void settle_append(struct round *round, struct job *job, struct piece *piece)
{
	struct load *load = round->load;
	struct source *source = &load->files.sources[job->file];
	const struct piece_file *result = &piece->files[0];
	for (size_t i = 0; i < piece->skip_count; i++)
		ledger_add(load->ledger, &piece->skips[i]);
	if (result->pruned.count > 0)
		ledger_add(load->ledger, &result->pruned);
	pthread_mutex_lock(&load->lock);
	source->wrapping = joined_wrapping(source->wrapping, &piece->state);
	source->events += result->events;
	source->mark = job->mark;
	source->has_mark = job->has_mark;
	load->progress.events += result->events;
	load->progress.bytes_done += piece->to - piece->from;
	load->progress.bytes_total += piece->to - piece->from;
	pthread_mutex_unlock(&load->lock);
}

/* What the lines behind the old end say depends on those before it only when something is broken. */
static bool is_sound(const struct piece *piece)
{
	bool is_good = !piece->state.has_fault && piece->stopped == piece->to;
	for (size_t i = 0; i < piece->skip_count; i++)
		is_good &= piece->skips[i].reason != SKIP_TRUNCATED_JSON && piece->skips[i].reason != SKIP_UNREADABLE;
	return is_good;
}

static void resize(struct load *load, uint32_t file, uint64_t size, int64_t modified)
{
	pthread_mutex_lock(&load->lock);
	load->files.sources[file].size = size;
	load->files.sources[file].modified = modified;
	pthread_mutex_unlock(&load->lock);
}

static void read_append(struct round *round, struct job *job)
{
	const struct source *source = &round->load->files.sources[job->file];
	uint64_t from = source->size;
	int64_t modified = source->modified;
	struct piece piece = {.first = job->file, .end = job->file + 1, .is_range = true, .from = from, .to = job->end};
	resize(round->load, job->file, job->end, files_modified(&job->info));
	worker_reread(round->worker, &piece, from);
	bool is_good = is_sound(&piece);
	if (is_good) {
		settle_append(round, job, &piece);
	} else {
		chunk_rewind(piece.chunk, &(struct chunk_mark){0, 0});
		resize(round->load, job->file, from, modified);
		round->follow->known.traces[job->file].is_unsound = true;
	}
	builder_merge(round->merger.builder, piece.chunk);
	piece.chunk = NULL;
	piece_free(&piece);
}

/* ---- afterwards ---- */

/* Was what was read there from before to after? If not, it is read anew. */
static void check_mark(struct round *round, struct job *job)
{
	struct load *load = round->load;
	struct source *source = &load->files.sources[job->file];
	if (round->follow->known.traces[job->file].is_unsound) {
		arrivals_done(&round->follow->arrivals, job->arrival);
		arrivals_touch(&round->follow->arrivals, job->arrival->path, TOUCH_FOUND);
		return;
	}
	uint64_t mark = 0;
	int file = open(job->arrival->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool is_good = job->has_mark && file >= 0 && files_mark(file, job->end, &mark) && mark == job->mark;
	struct stat info;
	bool is_gone = file < 0 || fstat(file, &info) != 0;
	if (file >= 0)
		close(file);
	arrivals_done(&round->follow->arrivals, job->arrival);
	if (is_good || is_gone)
		return;
	pthread_mutex_lock(&load->lock);
	source->has_mark = false;
	pthread_mutex_unlock(&load->lock);
	arrivals_touch(&round->follow->arrivals, job->arrival->path, TOUCH_FOUND);
}

static void stop_when_full(struct round *round)
{
	struct load *load = round->load;
	if (!round->merger.is_full)
		return;
	follow_note(round->follow, "the memory budget is reached: following has stopped");
	load_unfollow(load);
	for (uint32_t file = 0; file < load->files.count; file++) {
		if (load->files.sources[file].wrapping != NULL)
			continue;
		struct skip skip = {file, 0, load->files.sources[file].size, SKIP_MEMORY, 1, "not read"};
		ledger_add(load->ledger, &skip);
	}
	pthread_mutex_lock(&load->lock);
	for (uint32_t file = 0; file < load->files.count; file++)
		if (load->files.sources[file].wrapping == NULL)
			load->files.sources[file].wrapping = "not read";
	load->progress.is_partial = true;
	pthread_mutex_unlock(&load->lock);
}

static int compare_conflicts(const void *a, const void *b)
{
	const struct load_conflict *left = a, *right = b;
	if (left->file != right->file)
		return left->file < right->file ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

/* The last publication tells all conflicts again. */
static struct store *finish(struct load *load, struct builder *builder)
{
	pthread_mutex_lock(&load->lock);
	conflicts_free(load->conflicts, load->conflict_count);
	load->conflicts = NULL;
	load->conflict_count = load->conflict_capacity = 0;
	pthread_mutex_unlock(&load->lock);
	struct store *store = builder_finish(builder, load->options.threads);
	pthread_mutex_lock(&load->lock);
	if (load->conflict_count > 1)
		qsort(load->conflicts, load->conflict_count, sizeof(*load->conflicts), compare_conflicts);
	pthread_mutex_unlock(&load->lock);
	return store;
}

static void publish(struct round *round, uint64_t count_before)
{
	struct load *load = round->load;
	struct builder *builder = round->merger.builder;
	if (round->has_gone || builder_count(builder) != count_before) {
		struct store *store = finish(load, builder);
		load_publish(load, store, store->bytes);
	}
	builder_free(builder);
}

void follow_read(struct follow *follow, struct job *jobs, size_t count)
{
	struct load *load = follow->load;
	struct round round = {.follow = follow, .load = load, .jobs = jobs, .count = count};
	round.gone_size = load->files.count;
	round.is_gone = xcalloc(round.gone_size, sizeof(*round.is_gone));
	for (size_t i = 0; i < count; i++)
		if (jobs[i].step == STEP_ANEW)
			prepare_anew(&round, &jobs[i]);
	take_new(&round);
	struct builder_options options = load_builder_options(load);
	struct store *store = load_snapshot(load);
	struct builder *builder = builder_resume(store, &options);
	store_free(store);
	uint64_t count_before = builder_count(builder);
	if (round.has_gone)
		builder_forget(builder, round.is_gone, round.gone_size);
	round.merger = (struct merger){
		.load = load, .builder = builder, .published_us = time_monotonic_us(), .published_count = count_before};
	round.worker = worker_new(load);
	read_files(&round);
	for (size_t i = 0; i < count && is_going_on(&round); i++)
		if (jobs[i].step == STEP_APPEND)
			read_append(&round, &jobs[i]);
	if (round.merger.rereader != NULL)
		worker_free(round.merger.rereader);
	worker_free(round.worker);
	publish(&round, count_before);
	for (size_t i = 0; i < count; i++)
		check_mark(&round, &jobs[i]);
	stop_when_full(&round);
	free(round.is_gone);
}
