/* harness: starting, feeding and waiting for a program under a pty. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <utmp.h>
#include <unistd.h>

#define POLL_MS 20 /* how long one look at the terminal lasts at most; also how soon an exit is noticed */
#define FRAME_MS 2 /* so long without a byte: half a frame is not looked at */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct screen *screen = user;
	if (property == VTERM_PROP_ALTSCREEN)
		screen->is_alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		screen->is_cursor_visible = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		screen->has_mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static int on_bell(void *user)
{
	((struct screen *)user)->bells++;
	return 1;
}

static int on_scrolled(int columns, const VTermScreenCell *cells, void *user)
{
	(void)columns;
	(void)cells;
	((struct screen *)user)->scrolled++;
	return 1;
}

static int on_control(unsigned char control, void *user)
{
	if (control != 0 && control != 0x9C) /* padding; the end of a string that ended before, as in wrapped copies */
		buf_printf(&((struct screen *)user)->unknown, "control %02x\n", control);
	return 1;
}

/* Window titles and the Linux console's cursor form are known; this emulator just has none. */
static int on_csi(const char *leader, const long args[], int count, const char *intermediate, char command, void *user)
{
	(void)intermediate;
	if (command == 't' || (command == 'c' && leader != NULL && leader[0] == '?'))
		return 1;
	buf_printf(&((struct screen *)user)->unknown, "CSI %s%ld(%d)%c\n", leader != NULL ? leader : "",
		count > 0 ? args[0] : -1, count, command);
	return 1;
}

static int on_string(const char *command, size_t length, void *user)
{
	if (length >= 2 && (memcmp(command, "52", 2) == 0 || memcmp(command, "10", 2) == 0)) /* clipboard, colours */
		return 1;
	buf_printf(&((struct screen *)user)->unknown, "string %.*s\n", (int)(length < 20 ? length : 20), command);
	return 1;
}

static const VTermScreenCallbacks screen_callbacks = {
	.settermprop = on_property, .bell = on_bell, .sb_pushline = on_scrolled};
static const VTermParserCallbacks fallbacks = {
	.control = on_control, .csi = on_csi, .osc = on_string, .dcs = on_string};

static void set_environment(const struct screen_options *options)
{
	static const char *const unset[] = {
		"LINES", "COLUMNS", "NO_COLOR", "COLORTERM", "TMUX", "STY", "LANG", "LC_CTYPE"};
	for (size_t i = 0; i < COUNT_OF(unset); i++)
		unsetenv(unset[i]);
	setenv("TERM", options->term != NULL ? options->term : "xterm-256color", 1);
	setenv("LC_ALL", options->locale != NULL ? options->locale : "C.UTF-8", 1);
	setenv("INPUTRC", "/dev/null", 1);
	for (size_t i = 0; options->environment != NULL && options->environment[i] != NULL; i++) {
		const char *entry = options->environment[i], *equals = strchr(entry, '=');
		if (equals == NULL) {
			unsetenv(entry);
			continue;
		}
		char *name = xasprintf("%.*s", (int)(equals - entry), entry);
		setenv(name, equals + 1, 1);
		free(name);
	}
}

static _Noreturn void run_child(const struct screen_options *options, int slave)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (login_tty(slave) != 0)
		_exit(126);
	set_environment(options);
	execvp(options->argv[0], (char *const *)(uintptr_t)options->argv);
	fprintf(stderr, "%s: %s\n", options->argv[0], strerror(errno));
	_exit(127);
}

struct screen *screen_start(const struct screen_options *options, int64_t deadline_us, struct err *err)
{
	struct winsize size = {.ws_row = (unsigned short)options->rows, .ws_col = (unsigned short)options->columns};
	struct screen *screen = xcalloc(1, sizeof *screen);
	if (openpty(&screen->master, &screen->slave, NULL, NULL, &size) != 0) {
		err_set_errno(err, "no pty");
		free(screen);
		return NULL;
	}
	fcntl(screen->master, F_SETFD, FD_CLOEXEC);
	fcntl(screen->slave, F_SETFD, FD_CLOEXEC);
	tcgetattr(screen->slave, &screen->before);
	screen->rows = options->rows;
	screen->columns = options->columns;
	screen->deadline_us = deadline_us;
	screen->is_cursor_visible = true;
	screen->vterm = vterm_new(options->rows, options->columns);
	const char *locale = options->locale != NULL ? options->locale : "C.UTF-8";
	vterm_set_utf8(screen->vterm, strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL);
	screen->cells = vterm_obtain_screen(screen->vterm);
	vterm_screen_set_callbacks(screen->cells, &screen_callbacks, screen);
	vterm_screen_set_unrecognised_fallbacks(screen->cells, &fallbacks, screen);
	vterm_screen_enable_altscreen(screen->cells, 1);
	vterm_screen_reset(screen->cells, 1);
	buf_add_text(&screen->sent, "");
	buf_add_text(&screen->unknown, "");

	screen->child = fork();
	if (screen->child == 0)
		run_child(options, screen->slave);
	screen->is_running = screen->child > 0;
	if (!screen->is_running) {
		err_set_errno(err, "no process");
		screen_end(screen);
		return NULL;
	}
	return screen;
}

static void note_exit(struct screen *screen, int status)
{
	screen->is_running = false;
	screen->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void screen_end(struct screen *screen)
{
	if (screen == NULL)
		return;
	if (screen->is_running) {
		int status;
		kill(screen->child, SIGKILL);
		waitpid(screen->child, &status, 0);
	}
	if (screen->master >= 0)
		close(screen->master);
	close(screen->slave);
	vterm_free(screen->vterm);
	buf_free(&screen->unknown);
	buf_free(&screen->sent);
	free(screen);
}

/* Reads once, at most wait_ms long. Returns whether something came. */
static bool take_in(struct screen *screen, int wait_ms)
{
	char bytes[65536];
	struct pollfd fd = {.fd = screen->master, .events = POLLIN};
	if (poll(&fd, 1, wait_ms) <= 0)
		return false;
	ssize_t count = read(screen->master, bytes, sizeof bytes);
	if (count <= 0)
		return false;
	buf_add(&screen->sent, bytes, (size_t)count);
	vterm_input_write(screen->vterm, bytes, (size_t)count);
	vterm_screen_flush_damage(screen->cells);
	return true;
}

bool screen_wait(struct screen *screen, bool (*check)(struct screen *screen, void *context), void *context)
{
	for (;;) {
		while (take_in(screen, FRAME_MS))
			continue;
		if (check(screen, context)) {
			screen->has_lone_escape = false;
			return true;
		}
		if (time_monotonic_us() >= screen->deadline_us)
			return false;
		int status;
		bool was_running = screen->is_running;
		if (was_running && waitpid(screen->child, &status, WNOHANG) == screen->child)
			note_exit(screen, status);
		if (!take_in(screen, screen->is_running ? POLL_MS : 0) && !was_running)
			return false;
	}
}

void screen_hang_up(struct screen *screen)
{
	close(screen->master);
	screen->master = -1;
}

static bool has_exited(struct screen *screen, void *context)
{
	(void)context;
	return !screen->is_running;
}

bool screen_wait_exit(struct screen *screen)
{
	/* What the program wrote may still be on its way through the pty: a mark sent after it tells that all has
	 * come. */
	static const char mark[] = {0, 0, 0};
	if (!screen_wait(screen, has_exited, NULL))
		return false;
	if (screen->master < 0)
		return true;
	if (write(screen->slave, mark, sizeof mark) != sizeof mark)
		return false;
	while (screen->sent.length < sizeof mark ||
		memcmp(screen->sent.data + screen->sent.length - sizeof mark, mark, sizeof mark) != 0)
		if (!take_in(screen, POLL_MS) && time_monotonic_us() >= screen->deadline_us)
			return false;
	return true;
}

void screen_type(struct screen *screen, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(screen->master, bytes, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return;
		bytes += count;
		length -= (size_t)count;
		take_in(screen, 0);
	}
}

int screen_type_key(struct screen *screen, const char *key)
{
	static const struct {
		const char *name, *bytes;
	} named[] = {
		{"Up", "\033[A"},
		{"Down", "\033[B"},
		{"Right", "\033[C"},
		{"Left", "\033[D"},
		{"Home", "\033[H"},
		{"End", "\033[F"},
		{"PgUp", "\033[5~"},
		{"PgDn", "\033[6~"},
		{"Ins", "\033[2~"},
		{"Del", "\033[3~"},
		{"Enter", "\r"},
		{"Tab", "\t"},
		{"S-Tab", "\033[Z"},
		{"Esc", "\033"},
		{"Bksp", "\177"},
		{"Space", " "},
		{"F1", "\033OP"},
		{"F2", "\033OQ"},
		{"F3", "\033OR"},
		{"F4", "\033OS"},
		{"F5", "\033[15~"},
	};
	char bytes[8];
	if (screen->has_lone_escape)
		return -1;
	for (size_t i = 0; i < COUNT_OF(named); i++) {
		if (strcmp(named[i].name, key) == 0) {
			screen_type(screen, named[i].bytes, strlen(named[i].bytes));
			screen->has_lone_escape = strcmp(key, "Esc") == 0;
			return 0;
		}
	}
	if (strncmp(key, "M-", 2) == 0 && key[2] != '\0') {
		snprintf(bytes, sizeof bytes, "\033%s", key + 2);
		screen_type(screen, bytes, strlen(bytes));
		return 0;
	}
	if (strncmp(key, "C-", 2) == 0 && key[2] != '\0' && key[3] == '\0') {
		bytes[0] = (char)(key[2] & 0x1F);
		screen_type(screen, bytes, 1);
		return 0;
	}
	uint32_t c;
	size_t length = strlen(key);
	if (length == 0 || utf8_decode(key, length, &c) != length)
		return -1;
	screen_type(screen, key, length);
	return 0;
}

void screen_resize(struct screen *screen, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	while (take_in(screen, 0)) /* what was drawn for the old size belongs to the old size */
		continue;
	screen->rows = rows;
	screen->columns = columns;
	if (!screen->is_resizing)
		screen->scrolled_before = screen->scrolled;
	screen->is_resizing = true;
	screen->resized_at = screen->sent.length;
	vterm_set_size(screen->vterm, rows, columns); /* a smaller screen pushes lines off: not the program's doing */
	ioctl(screen->master, TIOCSWINSZ, &size);
}

void screen_settled(struct screen *screen)
{
	const char *since = screen->sent.data + screen->resized_at;
	size_t length = screen->sent.length - screen->resized_at;
	if (!screen->is_resizing || (!memmem(since, length, "\033[J", 3) && !memmem(since, length, "\033[2J", 4)))
		return;
	screen->scrolled = screen->scrolled_before;
	screen->is_resizing = false;
}
