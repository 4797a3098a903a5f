/* ahead: see ahead.h. A ring of blocks; the thread fills the one behind the last, the reader empties the first. */
#include "ahead.h"

#include <pthread.h>
#include <stdlib.h>

#define BLOCKS 8

struct block {
	struct buf bytes;
	uint64_t used; /* stored bytes up to its end */
};

struct ahead {
	struct inflate *stream;
	size_t block_size;
	bool is_threaded;
	pthread_t thread;
	uint64_t used;

	pthread_mutex_t lock; /* guards what follows; a block between `taken` and `filled` is the reader's */
	pthread_cond_t changed;
	struct block blocks[BLOCKS];
	uint64_t filled, taken; /* blocks so far */
	bool is_ended, is_stopped;
};

static void *fill_blocks(void *context)
{
	struct ahead *ahead = context;
	pthread_mutex_lock(&ahead->lock);
	for (;;) {
		while (!ahead->is_stopped && ahead->filled == ahead->taken + BLOCKS)
			pthread_cond_wait(&ahead->changed, &ahead->lock);
		if (ahead->is_stopped)
			break;
		struct block *block = &ahead->blocks[ahead->filled % BLOCKS];
		pthread_mutex_unlock(&ahead->lock);
		block->bytes.length = 0;
		bool has_more = inflate_read(ahead->stream, &block->bytes, ahead->block_size);
		block->used = inflate_used(ahead->stream);
		pthread_mutex_lock(&ahead->lock);
		ahead->filled += has_more;
		ahead->is_ended = !has_more;
		pthread_cond_broadcast(&ahead->changed);
		if (!has_more)
			break;
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

struct ahead *ahead_new(struct inflate *stream, size_t block, bool is_threaded)
{
	struct ahead *ahead = xcalloc(1, sizeof(*ahead));
	ahead->stream = stream;
	ahead->block_size = block;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	ahead->is_threaded = is_threaded && pthread_create(&ahead->thread, NULL, fill_blocks, ahead) == 0;
	return ahead;
}

void ahead_free(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->is_stopped = true;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	if (ahead->is_threaded)
		pthread_join(ahead->thread, NULL);
	for (size_t i = 0; i < BLOCKS; i++)
		buf_free(&ahead->blocks[i].bytes);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

uint64_t ahead_used(const struct ahead *ahead)
{
	return ahead->used;
}

bool ahead_read(struct ahead *ahead, struct buf *out)
{
	if (!ahead->is_threaded) {
		bool has_more = inflate_read(ahead->stream, out, ahead->block_size);
		ahead->used = inflate_used(ahead->stream);
		return has_more;
	}
	pthread_mutex_lock(&ahead->lock);
	while (ahead->taken == ahead->filled && !ahead->is_ended)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	bool has_more = ahead->taken < ahead->filled;
	struct block *block = &ahead->blocks[ahead->taken % BLOCKS];
	pthread_mutex_unlock(&ahead->lock);
	if (!has_more)
		return false;
	buf_add(out, block->bytes.data, block->bytes.length);
	ahead->used = block->used;
	pthread_mutex_lock(&ahead->lock);
	ahead->taken++;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	return true;
}
