/* Work beside the frame. A worker is one thread with a queue; the terminal thread posts tasks and collects finished
 * ones, and never waits for a lock: both ways are lock-free stacks, and a semaphore wakes the worker. */
#ifndef VIEW_TASK_H
#define VIEW_TASK_H

#include <stdatomic.h>

#include "raretrail/base.h"

struct app;
struct ui;

struct task {
	struct task *next;
	void (*run)(struct task *task); /* on the worker; may look at is_canceled */
	void (*done)(struct app *app, struct task *task); /* on the terminal thread; not called for canceled tasks */
	void (*discard)(struct task *task); /* frees the task with what it holds, always called last, terminal thread */
	atomic_bool is_canceled;
	atomic_uint progress; /* 0..100 */
};

struct worker;
struct worker *task_worker_new(struct ui *ui) MUST_USE; /* wakes ui after each task */
/* Begins no more tasks and wakes the ui no more, so that it may go. False: a task is being run, which may go on for
 * seconds. */
bool task_worker_stop(struct worker *worker) MUST_USE;
void task_worker_free(struct worker *worker); /* cancels, joins, discards */
void worker_post(struct worker *worker, struct task *task);
bool worker_is_idle(const struct worker *worker); /* nothing posted is still to be collected */
void worker_collect(struct worker *worker, struct app *app);
/* Calls drop(what) on the worker: giving back the memory of a snapshot takes longer than a frame may. */
void worker_drop(struct worker *worker, void (*drop)(void *what), void *what);

#endif
