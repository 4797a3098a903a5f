/* pool: a job over a range of indexes on several threads, and back. The caller works too, as worker 0. */
#include "raretrail/base.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct pool {
	void (*job)(void *context, size_t index, unsigned worker);
	void *context;
	size_t count;
	atomic_size_t next;
};

struct worker {
	struct pool *pool;
	unsigned number;
	pthread_t thread;
};

static void work(struct pool *pool, unsigned number)
{
	for (;;) {
		size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
		if (index >= pool->count)
			return;
		pool->job(pool->context, index, number);
	}
}

static void *thread_main(void *argument)
{
	struct worker *worker = argument;
	work(worker->pool, worker->number);
	return NULL;
}

void pool_run(unsigned threads, size_t count, void (*job)(void *context, size_t index, unsigned worker), void *context)
{
	struct pool pool = {.job = job, .context = context, .count = count};
	atomic_init(&pool.next, 0);
	if (threads > count)
		threads = (unsigned)count;
	struct worker *workers = xcalloc(threads, sizeof(*workers));
	unsigned started = 1;
	for (; started < threads; started++) {
		workers[started] = (struct worker){.pool = &pool, .number = started};
		/* Fewer threads than asked for still do all the work. */
		if (pthread_create(&workers[started].thread, NULL, thread_main, &workers[started]) != 0)
			break;
	}
	work(&pool, 0);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	free(workers);
}

unsigned pool_default_threads(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int count = CPU_COUNT(&set);
	return count > 0 ? (unsigned)count : 1;
}

/* Nice is a matter of each thread here, and handed down. SCHED_IDLE would go further, but then a load beside any other
 * busy program would never end. */
#define WAY_GIVEN 5

void thread_give_way(void)
{
	int before = getpriority(PRIO_PROCESS, (id_t)gettid());
	if (before < WAY_GIVEN)
		setpriority(PRIO_PROCESS, (id_t)gettid(), WAY_GIVEN);
}
