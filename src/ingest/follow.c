/* follow: the thread that waits for what arrives after a load. It begins when the load has ended, looks through every
 * folder once that nothing is missing, and then reads in rounds what the watcher tells it of. */
#include "follow.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fast.h"
#include "inflate.h"

#define LOAD_LOOK_MS 20 /* how often a load that is under way is asked whether it has ended */
#define GATHER_US INT64_C(50000) /* what comes together is read together */
#define ROUND_SHARE 4 /* between rounds there is so many times the time that the last one took */
#define ROUND_WAIT_MAX_US INT64_C(10000000)

void follow_note(struct follow *follow, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = xvasprintf(format, arguments);
	va_end(arguments);
	pthread_mutex_lock(&follow->load->lock);
	follow->notes =
		array_grow(follow->notes, &follow->note_capacity, follow->note_count + 1, sizeof(*follow->notes));
	follow->notes[follow->note_count++] = text;
	pthread_mutex_unlock(&follow->load->lock);
}

void follow_keep(struct follow *follow, void *item, enum kept_kind kind)
{
	follow->kept_back = array_grow(
		follow->kept_back, &follow->kept_capacity, follow->kept_count + 1, sizeof(*follow->kept_back));
	follow->kept_back[follow->kept_count++] = (struct kept_back){kind, item};
}

bool follow_is_given(const struct follow *follow, const char *path)
{
	const struct load_options *options = &follow->load->options;
	for (size_t i = 0; i < options->path_count; i++)
		if (strcmp(options->paths[i], path) == 0)
			return true;
	return false;
}

/* ---- the thread ---- */

static void set_status(struct follow *follow, bool is_settled)
{
	pthread_mutex_lock(&follow->load->lock);
	follow->status.is_rescan = follow->watcher != NULL && watcher_is_rescan(follow->watcher);
	follow->status.is_settled = is_settled;
	pthread_mutex_unlock(&follow->load->lock);
}

static void rescan(struct follow *follow)
{
	watcher_rescan(follow->watcher);
	pthread_mutex_lock(&follow->load->lock);
	follow->status.rescans++;
	pthread_mutex_unlock(&follow->load->lock);
}

static bool is_loaded(struct load *load)
{
	struct load_progress progress;
	load_progress(load, &progress);
	return progress.is_finished;
}

/* Files that the load was stopped before stay out: only what arrives is asked for. */
static void begin(struct follow *follow)
{
	struct load *load = follow->load;
	pthread_mutex_lock(&load->lock);
	for (size_t i = 0; i < load->files.count; i++)
		if (load->files.sources[i].wrapping == NULL)
			load->files.sources[i].wrapping = "not read";
	pthread_mutex_unlock(&load->lock);
	atomic_store(&load->is_canceled, false); /* that was about the load */
	known_sync(&follow->known, &load->files);
	follow->watcher = watcher_new(follow, atomic_load(&follow->wants_rescan));
}

static void end(struct follow *follow)
{
	watcher_free(follow->watcher);
	follow->watcher = NULL;
	arrivals_free(&follow->arrivals);
	follow->wait_until_us = INT64_MAX;
}

/* Decides on every arrival and reads those that can be read. */
static void read_what_can_be(struct follow *follow)
{
	struct arrivals *arrivals = &follow->arrivals;
	struct job *jobs = NULL;
	size_t count = 0, capacity = 0;
	int64_t began = time_monotonic_us();
	follow->wait_until_us = INT64_MAX;
	for (size_t i = 0; i < arrivals->count && !atomic_load(&follow->is_ending); i++) {
		struct arrival *arrival = &arrivals->items[i];
		struct job job;
		if (arrival->is_done)
			continue;
		follow_decide(follow, arrival, &job);
		if (job.step == STEP_NOTHING) {
			arrivals_done(arrivals, arrival);
		} else if (job.step == STEP_WAIT_QUIET) {
			int64_t until = arrival->since_us + FOLLOW_QUIET_US;
			follow->wait_until_us = until < follow->wait_until_us ? until : follow->wait_until_us;
		} else if (job.step != STEP_WAIT) {
			jobs = array_grow(jobs, &capacity, count + 1, sizeof(*jobs));
			jobs[count++] = job;
		}
	}
	if (count > 0) {
		follow_read(follow, jobs, count);
		pthread_mutex_lock(&follow->load->lock);
		follow->status.files += count;
		pthread_mutex_unlock(&follow->load->lock);
	}
	free(jobs);
	if (arrivals->open == 0)
		arrivals_free(arrivals);
	else if (count > 0 && follow->wait_until_us == INT64_MAX)
		follow->wait_until_us = time_monotonic_us() + FOLLOW_QUIET_US; /* what was touched meanwhile */
	follow->round_us = time_monotonic_us();
	follow->round_cost_us = count > 0 ? follow->round_us - began : 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Waits for an event, or until `until_us`; true when the system has something to tell. */
static bool wait_until(struct follow *follow, int64_t until_us)
{
	int64_t left = until_us - time_monotonic_us();
	int timeout = until_us == INT64_MAX ? -1 : left <= 0 ? 0 : left > 600000000 ? 600000 : (int)(left / 1000) + 1;
	struct pollfd files[] = {
		{follow->wake, POLLIN, 0}, {follow->watcher != NULL ? watcher_file(follow->watcher) : -1, POLLIN, 0}};
	(void)poll(files, COUNT_OF(files), timeout);
	uint64_t count;
	if (files[0].revents & POLLIN)
		(void)!read(follow->wake, &count, sizeof(count));
	return files[1].revents & POLLIN;
}

/* Looks, collects, reads, once. */
static void step(struct follow *follow)
{
	struct watcher *watcher = follow->watcher;
	int64_t pause = follow->round_cost_us * ROUND_SHARE;
	int64_t next_round = follow->round_us + earlier(pause, ROUND_WAIT_MAX_US);
	bool has_news = wait_until(follow, earlier(watcher_due_us(watcher), follow->wait_until_us));
	if (has_news) {
		/* Writers often do several things in a row. */
		set_status(follow, false);
		watcher_collect(watcher);
		int64_t until = time_monotonic_us() + GATHER_US;
		until = until > next_round ? until : next_round;
		while (atomic_load(&follow->is_wanted) && !atomic_load(&follow->is_ending) &&
			time_monotonic_us() < until)
			if (wait_until(follow, until))
				watcher_collect(watcher);
	}
	if (time_monotonic_us() >= watcher_due_us(watcher))
		rescan(follow);
	watcher_collect(watcher);
	if (follow->arrivals.open > 0)
		set_status(follow, false);
	if (watcher_due_us(watcher) != 0 && !atomic_load(&follow->is_ending))
		read_what_can_be(follow);
	set_status(follow, follow->arrivals.open == 0 && watcher_due_us(watcher) != 0);
}

static void *run(void *context)
{
	struct follow *follow = context;
	bool has_load = false;
	if (follow->load->options.gives_way)
		thread_give_way();
	while (!atomic_load(&follow->is_ending)) {
		if (!atomic_load(&follow->is_wanted)) {
			if (follow->watcher != NULL)
				end(follow);
			wait_until(follow, INT64_MAX);
		} else if (!has_load && !(has_load = is_loaded(follow->load))) {
			wait_until(follow, time_monotonic_us() + LOAD_LOOK_MS * 1000);
		} else {
			if (follow->watcher == NULL)
				begin(follow);
			step(follow);
		}
	}
	end(follow);
	return NULL;
}

/* ---- the door ---- */

static struct follow *follow_new(struct load *load)
{
	struct follow *follow = xcalloc(1, sizeof(*follow));
	follow->load = load;
	follow->wait_until_us = INT64_MAX;
	follow->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	known_init(&follow->known);
	return follow;
}

static void wake(struct follow *follow)
{
	uint64_t one = 1;
	(void)!write(follow->wake, &one, sizeof(one));
}

static bool has_path(const struct load_options *options)
{
	for (size_t i = 0; i < options->path_count; i++)
		if (strcmp(options->paths[i], "-") != 0)
			return true;
	return false;
}

int load_follow(struct load *load, enum follow_way way, struct err *err)
{
	if (!load->options.can_follow)
		return err_set(err, ERR_USAGE, "this load was not started to be followed");
	if (!has_path(&load->options))
		return err_set(
			err, ERR_USAGE, "standard input is read once, to its end; name a file or a folder to follow");
	if (load->follow == NULL)
		load->follow = follow_new(load);
	struct follow *follow = load->follow;
	atomic_store(&follow->wants_rescan, way == FOLLOW_RESCAN);
	atomic_store(&follow->is_wanted, true);
	pthread_mutex_lock(&load->lock);
	follow->status.is_on = true;
	follow->status.is_settled = false;
	pthread_mutex_unlock(&load->lock);
	if (!follow->has_thread) {
		if (follow->wake < 0 || pthread_create(&follow->thread, NULL, run, follow) != 0) {
			load_unfollow(load);
			return err_set(err, ERR_IO, "cannot start a thread that follows");
		}
		follow->has_thread = true;
	}
	wake(follow);
	return 0;
}

void load_unfollow(struct load *load)
{
	struct follow *follow = load->follow;
	if (follow == NULL)
		return;
	atomic_store(&follow->is_wanted, false);
	pthread_mutex_lock(&load->lock);
	follow->status.is_on = false;
	pthread_mutex_unlock(&load->lock);
	wake(follow);
}

void load_follow_status(struct load *load, struct follow_status *out)
{
	*out = (struct follow_status){0};
	if (load->follow == NULL)
		return;
	pthread_mutex_lock(&load->lock);
	*out = load->follow->status;
	pthread_mutex_unlock(&load->lock);
}

char *load_follow_note(struct load *load)
{
	struct follow *follow = load->follow;
	if (follow == NULL)
		return NULL;
	char *note = NULL;
	pthread_mutex_lock(&load->lock);
	if (follow->note_count > 0) {
		note = follow->notes[0];
		follow->note_count--;
		memmove(follow->notes, follow->notes + 1, follow->note_count * sizeof(*follow->notes));
	}
	pthread_mutex_unlock(&load->lock);
	return note;
}

void follow_free(struct follow *follow)
{
	if (follow == NULL)
		return;
	atomic_store(&follow->is_ending, true);
	if (follow->has_thread) {
		wake(follow);
		pthread_join(follow->thread, NULL);
	}
	if (follow->wake >= 0)
		close(follow->wake);
	arrivals_free(&follow->arrivals);
	known_free(&follow->known);
	if (follow->reader != NULL)
		reader_free(follow->reader);
	for (size_t i = 0; i < follow->kept_count; i++) {
		if (follow->kept_back[i].kind == KEPT_CHECKPOINTS)
			checkpoints_free(follow->kept_back[i].item);
		else
			free(follow->kept_back[i].item);
	}
	free(follow->kept_back);
	for (size_t i = 0; i < follow->note_count; i++)
		free(follow->notes[i]);
	free(follow->notes);
	free(follow);
}
