/* output: see output.h. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT_BUFFER (1 << 18)

static bool has_reader_left;
/* For the signal handler: a half-written file must not outlive the program. */
static char *volatile unfinished;

bool output_reader_left(void)
{
	return has_reader_left;
}

static void on_signal(int number)
{
	if (unfinished)
		unlink(unfinished);
	signal(number, SIG_DFL);
	raise(number);
}

static bool is_regular_or_absent(const char *path)
{
	struct stat status;
	return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* What mkostemp denies to others, the umask may allow. */
static void set_usual_mode(int fd)
{
	mode_t mask = umask(0);
	umask(mask);
	(void)!fchmod(fd, 0666 & ~mask);
}

int output_open(struct output *output, const char *path, struct err *err)
{
	*output = (struct output){0};
	signal(SIGPIPE, SIG_IGN);
	if (!path || strcmp(path, "-") == 0) {
		output->file = stdout;
	} else if (!is_regular_or_absent(path)) {
		output->file = fopen(path, "we");
		if (!output->file)
			return err_set_errno(err, "cannot write %s", path);
		output->path = xstrdup(path);
	} else {
		char *target = realpath(path, NULL); /* through a link to the file itself */
		output->path = target ? target : xstrdup(path);
		output->temporary = xasprintf("%s.XXXXXX", output->path);
		int fd = mkostemp(output->temporary, O_CLOEXEC);
		if (fd < 0) {
			int result = err_set_errno(err, "cannot write %s", path);
			free(output->temporary);
			free(output->path);
			return result;
		}
		set_usual_mode(fd);
		unfinished = output->temporary;
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		signal(SIGHUP, on_signal);
		output->file = fdopen(fd, "w");
		if (!output->file)
			base_abort("fdopen: %s", strerror(errno));
	}
	setvbuf(output->file, NULL, _IOFBF, OUTPUT_BUFFER);
	return 0;
}

int output_close(struct output *output, bool is_complete, struct err *err)
{
	const char *name = output->path ? output->path : "standard output";
	int result = 0;
	errno = 0;
	if (fflush(output->file) != 0 || ferror(output->file)) {
		struct pollfd pipe_end = {.fd = fileno(output->file), .events = POLLOUT};
		has_reader_left = errno == EPIPE || (poll(&pipe_end, 1, 0) == 1 && (pipe_end.revents & POLLERR));
		result = errno ? err_set_errno(err, "writing %s", name)
			       : err_set(err, ERR_IO, "writing %s failed; is the disk full?", name);
	}
	errno = 0;
	if (output->file != stdout && fclose(output->file) != 0 && result == 0)
		result = err_set_errno(err, "writing %s", name);
	if (output->temporary) {
		if (result == 0 && is_complete && rename(output->temporary, output->path) != 0)
			result = err_set_errno(err, "cannot write %s", output->path);
		if (result != 0 || !is_complete)
			unlink(output->temporary);
		unfinished = NULL;
	}
	free(output->temporary);
	free(output->path);
	*output = (struct output){0};
	return result;
}

int output_end(struct output *output, int result, struct err *err)
{
	struct err close_err;
	if (output_close(output, result == 0, &close_err) == 0)
		return result;
	*err = close_err;
	return -1;
}
