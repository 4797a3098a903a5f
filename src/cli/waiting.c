/* waiting: see waiting.h. The main thread sleeps in load_wait(), so that a load is noticed the moment it ends; a second
 * thread draws and listens. */
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define FRAME_MS 100

enum { BYTE_STOP = 's', BYTE_END = 'e' };

static int signal_pipe[2];

struct watching {
	struct load *load;
	bool shows_progress;
	bool was_interrupted;
};

static void on_interrupt(int number)
{
	int saved = errno;
	char byte = BYTE_STOP;
	(void)!write(signal_pipe[1], &byte, 1);
	signal(number, SIG_DFL);
	errno = saved;
}

static void add_seconds(struct buf *line, double seconds)
{
	if (seconds < 90)
		buf_printf(line, "%.0f s left", seconds);
	else if (seconds < 5400)
		buf_printf(line, "%.0f min left", seconds / 60);
	else
		buf_printf(line, "%.1f h left", seconds / 3600);
}

static void draw(struct load *load)
{
	struct load_progress progress;
	load_progress(load, &progress);
	struct buf line = BUF_EMPTY;
	double seconds = (double)progress.elapsed_us / 1e6;
	double done = progress.bytes_total ? (double)progress.bytes_done / (double)progress.bytes_total : 0;
	buf_printf(&line, "\rloading %3.0f%%  %llu/%llu files  %llu events", done * 100,
		(unsigned long long)progress.files_done, (unsigned long long)progress.files_total,
		(unsigned long long)progress.events);
	if (seconds > 0.5)
		buf_printf(&line, "  %.0f/s", (double)progress.events / seconds);
	if (seconds > 1 && done > 0.02 && done < 1) {
		buf_add_text(&line, "  ");
		add_seconds(&line, seconds * (1 - done) / done);
	}
	if (progress.skipped)
		buf_printf(&line, "  %llu skipped", (unsigned long long)progress.skipped);
	buf_add_text(&line, "\033[K");
	fwrite(line.data, 1, line.length, stderr);
	fflush(stderr);
	buf_free(&line);
}

static void *watch(void *context)
{
	struct watching *watching = context;
	struct pollfd source = {.fd = signal_pipe[0], .events = POLLIN};
	bool has_drawn = false;
	for (;;) {
		int ready = poll(&source, 1, watching->shows_progress ? FRAME_MS : -1);
		if (ready < 0)
			continue;
		if (ready == 0) {
			draw(watching->load);
			has_drawn = true;
			continue;
		}
		char byte = BYTE_END;
		(void)!read(signal_pipe[0], &byte, 1);
		if (byte == BYTE_END)
			break;
		watching->was_interrupted = true;
		load_cancel(watching->load);
	}
	if (has_drawn)
		fputs("\r\033[K", stderr);
	return NULL;
}

bool wait_for_load(struct load *load, bool shows_progress)
{
	struct watching watching = {load, shows_progress, false};
	pthread_t thread;
	if (pipe2(signal_pipe, O_CLOEXEC) != 0) {
		load_wait(load);
		return false;
	}
	if (pthread_create(&thread, NULL, watch, &watching) != 0) {
		load_wait(load);
	} else {
		struct sigaction action = {.sa_handler = on_interrupt}, before;
		sigaction(SIGINT, &action, &before);
		load_wait(load);
		sigaction(SIGINT, &before, NULL);
		char byte = BYTE_END;
		(void)!write(signal_pipe[1], &byte, 1);
		pthread_join(thread, NULL);
	}
	close(signal_pipe[0]);
	close(signal_pipe[1]);
	return watching.was_interrupted;
}
