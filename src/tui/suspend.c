/* suspend: giving the terminal back to the shell, until the program is continued. */
#include "internal.h"

#include <signal.h>

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
