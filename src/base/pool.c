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
	bool is_spread;
	cpu_set_t allowed; /* when spread: the processors of the caller */
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
	const struct pool *pool = worker->pool;
	if (pool->is_spread)
		pthread_setaffinity_np(pthread_self(), sizeof pool->allowed, &pool->allowed);
	work(worker->pool, worker->number);
	return NULL;
}

/* A new thread is often put in line behind its maker, though another processor has nothing to do, and that is noticed
 * milliseconds later: so it begins on another one, and may then go anywhere. */
static void spread(struct pool *pool, pthread_attr_t *attributes)
{
	cpu_set_t others;
	int here = sched_getcpu();
	if (here < 0 || here >= CPU_SETSIZE || sched_getaffinity(0, sizeof pool->allowed, &pool->allowed) != 0)
		return;
	others = pool->allowed;
	CPU_CLR((size_t)here, &others);
	pool->is_spread =
		CPU_COUNT(&others) > 0 && pthread_attr_setaffinity_np(attributes, sizeof others, &others) == 0;
}

void pool_run(unsigned threads, size_t count, void (*job)(void *context, size_t index, unsigned worker), void *context)
{
	struct pool pool = {.job = job, .context = context, .count = count};
	atomic_init(&pool.next, 0);
	if (threads > count)
		threads = (unsigned)count;
	struct worker *workers = xcalloc(threads, sizeof(*workers));
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	if (threads > 1)
		spread(&pool, &attributes);
	unsigned started = 1;
	for (; started < threads; started++) {
		workers[started] = (struct worker){.pool = &pool, .number = started};
		/* Fewer threads than asked for still do all the work. */
		pthread_t *thread = &workers[started].thread;
		if (pthread_create(thread, &attributes, thread_main, &workers[started]) != 0 &&
			pthread_create(thread, NULL, thread_main, &workers[started]) != 0)
			break;
	}
	pthread_attr_destroy(&attributes);
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
