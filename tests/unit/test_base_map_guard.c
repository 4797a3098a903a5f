/* A mapped file that is cut short is read on as zeros while it is guarded, on any thread; without a guard it ends the
 * program, as does a signal that somebody sent. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/base.h"

#define PAGES 8

struct cut_file {
	const char *data;
	size_t page, length; /* as mapped; it ends inside its last page */
};

/* A file of eight pages of 'x', mapped, then cut to two pages and a half. */
static struct cut_file cut_file(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct cut_file file = {.page = page, .length = PAGES * page - 7};
	char path[] = "/tmp/raretrail-guard-XXXXXX";
	int number = mkstemp(path);
	assert_true(number >= 0);
	assert_int_equal(unlink(path), 0);
	char *text = xmalloc(file.length);
	memset(text, 'x', file.length);
	assert_int_equal(write(number, text, file.length), file.length);
	free(text);
	file.data = mmap(NULL, file.length, PROT_READ, MAP_PRIVATE, number, 0);
	assert_ptr_not_equal(file.data, MAP_FAILED);
	assert_int_equal(ftruncate(number, (off_t)(2 * page + page / 2)), 0);
	assert_int_equal(close(number), 0);
	return file;
}

static void unmap(const struct cut_file *file)
{
	assert_int_equal(munmap((void *)(uintptr_t)file->data, file->length), 0);
}

static void *read_guarded(void *unused)
{
	(void)unused;
	struct cut_file outer = cut_file(), inner = cut_file();
	struct map_guard outer_guard, inner_guard;
	map_guard_begin(&outer_guard, outer.data, outer.length);
	map_guard_begin(&inner_guard, inner.data, inner.length);
	assert_int_equal(map_guard_sound(&outer_guard), outer.length);
	assert_int_equal(outer.data[5 * outer.page + 1], 0);
	assert_int_equal(map_guard_sound(&outer_guard), 5 * outer.page);
	assert_int_equal(outer.data[outer.length - 1], 0);
	assert_int_equal(outer.data[3 * outer.page], 0);
	assert_int_equal(map_guard_sound(&outer_guard), 3 * outer.page);
	assert_int_equal(outer.data[2 * outer.page], 'x');
	assert_int_equal(map_guard_sound(&inner_guard), inner.length);
	assert_int_equal(memchr(inner.data, 0, inner.length) == NULL, 0);
	map_guard_end(&inner_guard);
	map_guard_end(&outer_guard);
	unmap(&inner);
	unmap(&outer);
	return NULL;
}

static void zeros_stand_for_what_is_gone(void **unused)
{
	pthread_t threads[4];
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_guarded, unused), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void say_so(void)
{
	ssize_t ignored = write(STDERR_FILENO, "hook\n", 5);
	(void)ignored;
}

/* Does the signal end a child that does this, and does the hook run first? */
static bool ends_badly(void (*act)(const struct cut_file *file))
{
	int ends[2], status;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		signal(SIGBUS, SIG_DFL); /* the frame of the tests takes it, and so does a sanitizer */
		base_on_abort(say_so);
		struct cut_file file = cut_file(), other = cut_file();
		struct map_guard guard;
		map_guard_begin(&guard, other.data, other.length);
		act(&file);
		_exit(0);
	}
	close(ends[1]);
	char told[6] = "";
	bool has_told = read(ends[0], told, 5) == 5 && strcmp(told, "hook\n") == 0;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return has_told && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS;
}

static void read_unguarded(const struct cut_file *file)
{
	(void)*(volatile const char *)(file->data + 4 * file->page);
}

static void send_signal(const struct cut_file *file)
{
	(void)file;
	kill(getpid(), SIGBUS);
}

static void others_end_the_program(void **unused)
{
	(void)unused;
	assert_true(ends_badly(read_unguarded));
	assert_true(ends_badly(send_signal));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_end_the_program), /* first: the signal is taken once only */
		cmocka_unit_test(zeros_stand_for_what_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
