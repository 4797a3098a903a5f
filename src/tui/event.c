/* event: the one place where the terminal thread sleeps: keys, signals, other threads, time. */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static void drain_pipe(struct ui *ui)
{
	char bytes[64];
	while (read(ui->wake_read, bytes, sizeof bytes) > 0)
		continue;
}

/* Returns false when the terminal is gone. */
static bool read_input(struct ui *ui)
{
	if (ui->input_length == INPUT_SIZE)
		return true;
	ssize_t count = read(ui->in_fd, ui->input + ui->input_length, INPUT_SIZE - ui->input_length);
	if (count > 0) {
		ui->input_length += (size_t)count;
		ui->input_time_us = time_monotonic_us();
	}
	return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

static void drop_input(struct ui *ui, size_t used)
{
	ui->input_length -= used;
	memmove(ui->input, ui->input + used, ui->input_length);
}

static bool take_key(struct ui *ui, bool is_final, struct ui_event *event)
{
	while (ui->input_length > 0) {
		size_t used = key_decode(ui->input, ui->input_length, is_final, event);
		if (used == 0)
			return false;
		drop_input(ui, used);
		if (event->type == UI_EVENT_MOUSE || event->key != UI_NO_KEY)
			return true;
	}
	return false;
}

static bool take_signal(struct ui *ui, struct ui_event *event)
{
	int number;
	if (signals_take_quit(&number)) {
		event->type = UI_EVENT_QUIT;
		event->signal = number;
		return true;
	}
	if (signals_take_stop()) {
		ui_suspend(ui);
		event->type = UI_EVENT_RESIZE;
		return true;
	}
	bool is_continued = signals_take_continue();
	if (is_continued || signals_take_resize()) {
		signals_take_resize();
		terminal_resume(ui);
		event->type = UI_EVENT_RESIZE;
		return true;
	}
	return false;
}

static int remaining_ms(int64_t deadline_us)
{
	int64_t left = deadline_us - time_monotonic_us();
	return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

void ui_wait(struct ui *ui, int timeout_ms, struct ui_event *event)
{
	*event = (struct ui_event){.type = UI_EVENT_TIMEOUT};
	int64_t deadline = time_monotonic_us() + (int64_t)(timeout_ms < 0 ? 0 : timeout_ms) * 1000;
	for (;;) {
		/* What came may be half a sequence, or a lone ESC: only time can tell. */
		int64_t settled = ui->input_time_us + ESCAPE_WAIT_MS * 1000;
		bool is_final = ui->input_length > 0 && time_monotonic_us() >= settled;
		if (take_signal(ui, event) || take_key(ui, is_final, event))
			return;
		if (ui->has_wake) {
			ui->has_wake = false;
			event->type = UI_EVENT_WAKE;
			return;
		}
		int wait = timeout_ms < 0 ? -1 : remaining_ms(deadline);
		if (ui->input_length > 0 && (wait < 0 || wait > remaining_ms(settled)))
			wait = remaining_ms(settled);
		struct pollfd fds[2] = {{.fd = ui->in_fd, .events = POLLIN}, {.fd = ui->wake_read, .events = POLLIN}};
		int ready = poll(fds, COUNT_OF(fds), wait);
		if (ready < 0)
			continue;
		if (fds[1].revents != 0) {
			drain_pipe(ui);
			if (atomic_exchange(&ui->is_woken, false))
				ui->has_wake = true;
		}
		if (fds[0].revents != 0 && !read_input(ui)) {
			if (!take_signal(ui, event)) /* most often SIGHUP came first */
				event->type = UI_EVENT_QUIT;
			return;
		}
		bool is_over =
			timeout_ms == 0 || (timeout_ms > 0 && ui->input_length == 0 && remaining_ms(deadline) == 0);
		if (ready == 0 && is_over) {
			*event = (struct ui_event){.type = UI_EVENT_TIMEOUT};
			return;
		}
	}
}

/* Only a key that can be taken at once counts: half a sequence, or one that means nothing, would leave the caller
 * waiting. */
bool ui_has_input(struct ui *ui)
{
	struct pollfd fd = {.fd = ui->in_fd, .events = POLLIN};
	if (poll(&fd, 1, 0) > 0 && !read_input(ui))
		return true; /* the next ui_wait tells that the terminal is gone */
	while (ui->input_length > 0) {
		struct ui_event event;
		size_t used = key_decode(ui->input, ui->input_length, false, &event);
		if (used == 0)
			return false;
		if (event.type == UI_EVENT_MOUSE || event.key != UI_NO_KEY)
			return true;
		drop_input(ui, used);
	}
	return false;
}

void ui_wake(struct ui *ui)
{
	if (!atomic_exchange(&ui->is_woken, true)) {
		ssize_t ignored = write(ui->wake_write, "w", 1);
		(void)ignored;
	}
}
