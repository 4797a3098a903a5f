/* load_run: the workers. Each takes the next pieces, reads them, and leaves each at its place in a ring; the worker whose
 * piece completes the row merges what is ready. Nobody runs further ahead than the ring is long, which bounds memory. */
#include "load.h"

#include <stdlib.h>

/* Pieces that a worker takes at once: what stands near each other has much in common, and what one worker has learned
 * from one piece it need not learn from the next. Towards the end they are fewer, so that all workers end together. */
#define TURN_PIECES 16
#define TURNS_LEFT 4

struct turn {
	struct piece pieces[TURN_PIECES];
	size_t next, count;
};

struct run {
	struct load *load;
	pthread_mutex_t lock; /* guards what follows, but the merger while is_merging */
	pthread_cond_t advanced;
	struct plan plan;
	struct merger merger;
	bool is_merging, is_stopped;
	struct piece *ring; /* [number % size]; ready when `chunk` is set */
	uint64_t size;
	uint64_t merged; /* pieces with lower numbers are merged */
};

/* Called with the lock held, and returns with it held. */
static void merge_ready(struct run *run)
{
	if (run->is_merging)
		return;
	run->is_merging = true;
	for (;;) {
		struct piece *slot = &run->ring[run->merged % run->size];
		if (slot->chunk == NULL || run->is_stopped)
			break;
		struct piece piece = *slot;
		*slot = (struct piece){0};
		pthread_mutex_unlock(&run->lock);
		merger_take(&run->merger, &piece);
		piece_free(&piece);
		pthread_mutex_lock(&run->lock);
		run->merged++;
		run->is_stopped |= run->merger.is_full || atomic_load(&run->load->is_canceled);
		pthread_cond_broadcast(&run->advanced);
	}
	run->is_merging = false;
	pthread_cond_broadcast(&run->advanced);
}

static void take_part(void *context, struct piece *part)
{
	struct run *run = context;
	if (!run->merger.is_full)
		merger_take(&run->merger, part);
	if (run->merger.is_full)
		atomic_store(&run->load->is_canceled, true);
}

/* A stream is merged while it is read: its worker is the merger as long as it lasts. Called and left with the lock. */
static void stream_piece(struct run *run, struct worker *worker, const struct piece *piece)
{
	while (!run->is_stopped && (run->is_merging || run->merged != piece->number))
		pthread_cond_wait(&run->advanced, &run->lock);
	if (run->is_stopped)
		return;
	run->is_merging = true;
	pthread_mutex_unlock(&run->lock);
	worker_stream(worker, piece, take_part, run);
	pthread_mutex_lock(&run->lock);
	run->merged++;
	run->is_merging = false;
	run->is_stopped |= run->merger.is_full || atomic_load(&run->load->is_canceled);
	pthread_cond_broadcast(&run->advanced);
	merge_ready(run);
}

static size_t turn_length(const struct run *run)
{
	uint64_t left = run->load->progress.bytes_total - run->plan.bytes;
	uint64_t share = left / run->load->piece_size / (TURNS_LEFT * (uint64_t)run->load->options.threads);
	return share < 1 ? 1 : share > TURN_PIECES ? TURN_PIECES : (size_t)share;
}

/* A stream is a turn of its own: until it has been read, nothing behind it is merged. */
static bool take_turn(struct run *run, struct worker *worker, struct turn *turn)
{
	while (!run->is_stopped && run->plan.number >= run->merged + run->size)
		pthread_cond_wait(&run->advanced, &run->lock);
	size_t length = turn_length(run);
	*turn = (struct turn){0};
	while (!run->is_stopped && !atomic_load(&run->load->is_canceled) && turn->count < length &&
		run->plan.number < run->merged + run->size &&
		plan_next(&run->plan, worker_reader(worker), &turn->pieces[turn->count]))
		if (turn->pieces[turn->count++].is_stream)
			break;
	return turn->count > 0;
}

static bool take_piece(struct run *run, struct worker *worker, struct turn *turn, struct piece *piece)
{
	if (turn->next == turn->count && !take_turn(run, worker, turn))
		return false;
	if (run->is_stopped || atomic_load(&run->load->is_canceled)) {
		/* What is left of the turn is never merged: nobody may wait for it. */
		run->is_stopped = true;
		pthread_cond_broadcast(&run->advanced);
		return false;
	}
	*piece = turn->pieces[turn->next++];
	return true;
}

static void work(void *context, size_t index, unsigned thread)
{
	(void)index;
	(void)thread;
	struct run *run = context;
	struct worker *worker = worker_new(run->load);
	struct turn turn = {.count = 0};
	struct piece piece;
	pthread_mutex_lock(&run->lock);
	while (take_piece(run, worker, &turn, &piece)) {
		if (piece.is_stream) {
			stream_piece(run, worker, &piece);
			continue;
		}
		pthread_mutex_unlock(&run->lock);
		worker_read(worker, &piece);
		pthread_mutex_lock(&run->lock);
		run->ring[piece.number % run->size] = piece;
		merge_ready(run);
	}
	pthread_mutex_unlock(&run->lock);
	worker_free(worker);
}

void load_run(struct load *load)
{
	unsigned threads = load->options.threads;
	struct run run = {.load = load, .size = (2 * (uint64_t)threads + 2) * TURN_PIECES, .plan = {.load = load}};
	run.ring = xcalloc(run.size, sizeof(*run.ring));
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.advanced, NULL);
	merger_init(&run.merger, load);
	pool_run(threads, threads, work, &run);
	for (uint64_t i = 0; i < run.size; i++)
		piece_free(&run.ring[i]);
	free(run.ring);
	bool is_partial = merger_finish(&run.merger);
	pthread_cond_destroy(&run.advanced);
	pthread_mutex_destroy(&run.lock);
	pthread_mutex_lock(&load->lock);
	load->progress.is_finished = true;
	load->progress.is_partial = is_partial;
	load->progress.elapsed_us = time_monotonic_us() - load->progress.started_us;
	pthread_mutex_unlock(&load->lock);
}
