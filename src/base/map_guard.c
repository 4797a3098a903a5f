/* map_guard: mapped files that may be cut short while they are read. The fault comes to the thread that reads, so each
 * thread keeps the list of what it guards, and the handler needs no lock. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raretrail/base.h"

static _Thread_local struct map_guard *volatile innermost;
static struct sigaction before;
static size_t page_size;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool put_zeros(struct map_guard *guard, const char *at)
{
	size_t from = (size_t)(at - guard->data) / page_size * page_size;
	void *place = (void *)(uintptr_t)(guard->data + from);
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
	if (mmap(place, guard->length - from, PROT_READ, flags, -1, 0) == MAP_FAILED)
		return false;
	if (from < guard->sound)
		guard->sound = from;
	return true;
}

/* Only calls that a handler may make: mmap is a system call and nothing else. */
static void on_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	int kept = errno;
	const char *at = info->si_addr;
	bool is_fault = info->si_code > 0; /* not sent by somebody */
	struct map_guard *guard = info->si_code == BUS_ADRERR ? innermost : NULL;
	while (guard != NULL && (at < guard->data || at >= guard->data + guard->length))
		guard = guard->outer;
	if (guard != NULL && put_zeros(guard, at)) {
		errno = kept;
		return;
	}
	/* Not ours: as if it had never come here. The instruction faults again on return. */
	base_before_end();
	sigaction(number, &before, NULL);
	if (!is_fault)
		raise(number);
	errno = kept;
}

static void take_signal(void)
{
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, NULL, &before);
	sigaction(SIGBUS, &action, NULL);
}

void map_guard_prepare(void)
{
	pthread_once(&once, take_signal);
}

void map_guard_begin(struct map_guard *guard, const void *data, size_t length)
{
	map_guard_prepare();
	size_t pages =
		(length + page_size - 1) / page_size * page_size; /* reading may go on to the end of the last one */
	*guard = (struct map_guard){innermost, data, pages, length};
	innermost = guard;
	atomic_signal_fence(memory_order_seq_cst);
}

void map_guard_end(struct map_guard *guard)
{
	atomic_signal_fence(memory_order_seq_cst);
	innermost = guard->outer;
}

size_t map_guard_sound(const struct map_guard *guard)
{
	atomic_signal_fence(memory_order_seq_cst);
	return guard->sound;
}
