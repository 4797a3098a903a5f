/* signals: what the outside tells a program that owns a terminal. Handlers only set flags and wake the loop; fatal
 * ones, and a later SIGTERM when the loop did not answer the first, give the terminal back with the few calls a handler
 * may make. */
#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <term.h>
#include <time.h>
#include <unistd.h>

#define RESTORE_SIZE 512
#define QUIT_PATIENCE_SECONDS 3

static volatile sig_atomic_t quit_signal, quit_since, resize_flag, stop_flag, continue_flag;
static volatile sig_atomic_t wake_fd = -1;

static struct {
	volatile sig_atomic_t is_ready;
	char bytes[RESTORE_SIZE];
	size_t length;
	int out_fd, in_fd;
	struct termios cooked;
} restore;

static struct {
	int number;
	struct sigaction before;
} installed[16];
static size_t installed_count;

static void give_terminal_back(void)
{
	if (!restore.is_ready)
		return;
	restore.is_ready = 0;
	size_t sent = 0;
	while (sent < restore.length) {
		ssize_t count = write(restore.out_fd, restore.bytes + sent, restore.length - sent);
		if (count <= 0)
			break;
		sent += (size_t)count;
	}
	tcsetattr(restore.in_fd, TCSANOW, &restore.cooked);
}

static void wake_loop(void)
{
	int kept = errno;
	if (wake_fd >= 0) {
		ssize_t ignored = write(wake_fd, "s", 1);
		(void)ignored;
	}
	errno = kept;
}

static sig_atomic_t seconds_now(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (sig_atomic_t)now.tv_sec;
}

/* A broken connection sends SIGHUP twice and SIGTERM behind it: only one that comes after time to save is meant so. */
static void on_quit(int number)
{
	quit_signal = number;
	if (quit_since == 0) {
		quit_since = seconds_now();
	} else if (seconds_now() - quit_since >= QUIT_PATIENCE_SECONDS) {
		give_terminal_back();
		_exit(128 + number);
	}
	wake_loop();
}

static void on_note(int number)
{
	if (number == SIGWINCH)
		resize_flag = 1;
	else if (number == SIGTSTP)
		stop_flag = 1;
	else if (number == SIGCONT)
		continue_flag = 1;
	wake_loop();
}

static void on_fatal(int number)
{
	give_terminal_back();
	signal(number, SIG_DFL);
	raise(number);
}

static void install(int number, void (*handler)(int), bool only_if_default)
{
	struct sigaction action = {0};
	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	action.sa_flags = handler == on_fatal ? (int)SA_NODEFER : SA_RESTART;
	struct sigaction before;
	if (sigaction(number, NULL, &before) != 0)
		return;
	if (only_if_default && ((before.sa_flags & SA_SIGINFO) || before.sa_handler != SIG_DFL))
		return;
	if (sigaction(number, &action, NULL) != 0)
		return;
	installed[installed_count].number = number;
	installed[installed_count].before = before;
	installed_count++;
}

void signals_install(struct ui *ui)
{
	static const int fatal[] = {SIGSEGV, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	quit_signal = quit_since = resize_flag = stop_flag = continue_flag = 0;
	wake_fd = ui->wake_write;
	installed_count = 0;
	install(SIGINT, SIG_IGN, false);
	install(SIGPIPE, SIG_IGN, false);
	install(SIGTERM, on_quit, false);
	install(SIGHUP, on_quit, false);
	install(SIGWINCH, on_note, false);
	install(SIGTSTP, on_note, false);
	install(SIGCONT, on_note, false);
	for (size_t i = 0; i < COUNT_OF(fatal); i++)
		install(fatal[i], on_fatal, true); /* sanitizers have their own */
	base_on_abort(give_terminal_back);
	map_guard_prepare(); /* SIGBUS: it may be meant for a file that was cut short */
}

void signals_remove(void)
{
	base_on_abort(NULL);
	restore.is_ready = 0;
	while (installed_count > 0) {
		installed_count--;
		sigaction(installed[installed_count].number, &installed[installed_count].before, NULL);
	}
	wake_fd = -1;
}

static int add_byte(int byte)
{
	if (restore.length < RESTORE_SIZE)
		restore.bytes[restore.length++] = (char)byte;
	return byte;
}

static void add_capability(const char *name)
{
	char *text = tigetstr(name);
	if (text != NULL && text != (char *)-1)
		tputs(text, 1, add_byte);
}

void signals_prepare_restore(const struct ui *ui)
{
	static const char mouse_off[] = "\033[?1006l\033[?1000l";
	restore.is_ready = 0;
	restore.length = 0;
	if (ui->has_mouse)
		for (const char *c = mouse_off; *c != '\0'; c++)
			add_byte(*c);
	char *move = tigetstr("cup");
	if (move != NULL && move != (char *)-1)
		tputs(tiparm(move, LINES - 1, 0), 1, add_byte);
	add_capability("rmacs");
	add_capability("sgr0");
	add_capability("op");
	add_capability("el");
	add_capability("rmcup");
	add_capability("cnorm");
	add_byte('\r');
	restore.out_fd = ui->out_fd;
	restore.in_fd = ui->in_fd;
	restore.is_ready = 1;
}

void signals_remember_cooked(const struct termios *cooked)
{
	restore.cooked = *cooked;
}

static bool take(volatile sig_atomic_t *flag)
{
	bool was_set = *flag != 0;
	*flag = 0;
	return was_set;
}

bool signals_take_quit(int *signal_number)
{
	if (quit_signal == 0)
		return false;
	*signal_number = quit_signal;
	quit_signal = 0;
	return true;
}
bool signals_take_resize(void)
{
	return take(&resize_flag);
}
bool signals_take_stop(void)
{
	return take(&stop_flag);
}
bool signals_take_continue(void)
{
	return take(&continue_flag);
}
