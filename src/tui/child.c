/* child: lending the terminal: to the shell when suspended, to a pager or editor run by argv. */
#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void ui_suspend(struct ui *ui)
{
	struct sigaction plain = {0}, before;
	sigset_t stop, kept;
	plain.sa_handler = SIG_DFL;
	sigemptyset(&plain.sa_mask);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	terminal_pause(ui);
	/* SIGTSTP, not SIGSTOP: where no shell could continue the program the kernel ignores it. */
	sigaction(SIGTSTP, &plain, &before);
	sigprocmask(SIG_UNBLOCK, &stop, &kept);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &kept, NULL);
	sigaction(SIGTSTP, &before, NULL);
	signals_take_continue();
	terminal_resume(ui);
}

int ui_run(struct ui *ui, const char *const argv[], int *status, struct err *err)
{
	posix_spawnattr_t attributes;
	sigset_t defaults, none;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_t files;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ui->in_fd, STDIN_FILENO);

	terminal_pause(ui);
	pid_t child;
	int failure = posix_spawnp(&child, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv, environ);
	int raw_status = 0;
	if (failure == 0)
		while (waitpid(child, &raw_status, 0) < 0 && errno == EINTR)
			continue;
	terminal_resume(ui);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (failure != 0) {
		errno = failure;
		return err_set_errno(err, "%s cannot be run", argv[0]);
	}
	*status = WIFEXITED(raw_status) ? WEXITSTATUS(raw_status) : 128 + WTERMSIG(raw_status);
	return 0;
}
