/* A worker thread behind two lock-free stacks: the terminal thread pushes tasks on one and takes finished ones from
 * the other. Stacks are taken whole and turned round, so tasks run and finish in the order they were posted. */
#include "task.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

#include "raretrail/tui.h"

struct worker {
	struct ui *ui;
	pthread_t thread;
	sem_t posted_count;
	_Atomic(struct task *) posted;
	_Atomic(struct task *) finished;
	size_t under_way; /* posted, not collected; the terminal thread's */
	atomic_bool is_running, is_waking, is_stopping;
};

static void stack_push(_Atomic(struct task *) *stack, struct task *task)
{
	task->next = atomic_load(stack);
	while (!atomic_compare_exchange_weak(stack, &task->next, task))
		;
}

/* Everything on the stack, oldest first. */
static struct task *stack_take(_Atomic(struct task *) *stack)
{
	struct task *newest = atomic_exchange(stack, NULL), *oldest = NULL;

	while (newest) {
		struct task *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	return oldest;
}

static void *worker_loop(void *context)
{
	struct worker *worker = context;
	struct task *queue = NULL;

	thread_give_way(); /* to the terminal */
	for (;;) {
		while (sem_wait(&worker->posted_count) != 0)
			;
		if (atomic_load(&worker->is_stopping))
			break;
		if (!queue)
			queue = stack_take(&worker->posted);
		while (queue) {
			struct task *task = queue;

			queue = task->next;
			atomic_store(&worker->is_running, true);
			if (!atomic_load(&task->is_canceled) && !atomic_load(&worker->is_stopping))
				task->run(task);
			atomic_store(&worker->is_running, false);
			stack_push(&worker->finished, task);
			atomic_store(&worker->is_waking, true);
			if (!atomic_load(&worker->is_stopping))
				ui_wake(worker->ui);
			atomic_store(&worker->is_waking, false);
		}
	}
	return NULL;
}

struct worker *task_worker_new(struct ui *ui)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));
	sigset_t all, old;

	worker->ui = ui;
	sem_init(&worker->posted_count, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&worker->thread, NULL, worker_loop, worker) != 0)
		base_abort("cannot start a thread");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return worker;
}

static void discard_all(struct task *task)
{
	while (task) {
		struct task *next = task->next;

		task->discard(task);
		task = next;
	}
}

bool task_worker_stop(struct worker *worker)
{
	atomic_store(&worker->is_stopping, true);
	while (atomic_load(&worker->is_waking))
		sched_yield();
	return !atomic_load(&worker->is_running);
}

void task_worker_free(struct worker *worker)
{
	if (!worker)
		return;
	atomic_store(&worker->is_stopping, true);
	sem_post(&worker->posted_count);
	pthread_join(worker->thread, NULL);
	discard_all(stack_take(&worker->posted));
	discard_all(stack_take(&worker->finished));
	sem_destroy(&worker->posted_count);
	free(worker);
}

void worker_post(struct worker *worker, struct task *task)
{
	worker->under_way++;
	stack_push(&worker->posted, task);
	sem_post(&worker->posted_count);
}

bool worker_is_idle(const struct worker *worker)
{
	return worker->under_way == 0;
}

void worker_collect(struct worker *worker, struct app *app)
{
	struct task *task = stack_take(&worker->finished);

	while (task) {
		struct task *next = task->next;

		worker->under_way--;
		if (!atomic_load(&task->is_canceled))
			task->done(app, task);
		task->discard(task);
		task = next;
	}
}

struct drop_task {
	struct task task;
	void (*drop)(void *what);
	void *what; /* NULL once dropped */
};

static void drop_run(struct task *task)
{
	struct drop_task *job = (struct drop_task *)task;

	job->drop(job->what);
	job->what = NULL;
}

static void drop_done(struct app *app, struct task *task)
{
	(void)app;
	(void)task;
}

static void drop_discard(struct task *task)
{
	struct drop_task *job = (struct drop_task *)task;

	if (job->what)
		job->drop(job->what);
	free(job);
}

void worker_drop(struct worker *worker, void (*drop)(void *what), void *what)
{
	struct drop_task *job;

	if (!what)
		return;
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = drop_run, .done = drop_done, .discard = drop_discard};
	job->drop = drop;
	job->what = what;
	worker_post(worker, &job->task);
}
