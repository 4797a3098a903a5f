/* The journal: what a call reported saved is there after any end of the program; damage is found, said, and never made
 * worse. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "case_world.h"

static int fresh(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

static struct buf bytes_of(const char *name)
{
	struct buf bytes = BUF_EMPTY;
	FILE *file = fopen(name, "r");
	assert_non_null(file);
	for (int c; (c = getc(file)) != EOF;)
		buf_add_char(&bytes, (char)c);
	(void)fclose(file);
	return bytes;
}

static void write_bytes(const char *name, const char *data, size_t length)
{
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* The bytes of a case with three verdicts on one alert. */
static struct buf three_verdicts(void)
{
	struct casefile *casefile = open_case(path, false);
	struct case_subject subject = subject_of(1);
	struct err err;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(case_mark(casefile, &subject, 1, (enum verdict)(1 + i), &err), 0);
	case_close(casefile);
	return bytes_of(path);
}

static void comes_back(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(path, false);
	struct case_subject subjects[2] = {subject_of(1), subject_of(2)};
	struct err err;
	assert_int_equal(case_entries(casefile), 1);
	assert_int_equal(case_mark(casefile, subjects, 2, VERDICT_TRUE_POSITIVE, &err), 0);
	assert_int_equal(case_note(casefile, subjects, 1, "key disabled\n\x1b[2J", &err), 0);
	assert_int_equal(case_mark(casefile, subjects, 0, VERDICT_BENIGN, &err), -1);
	assert_int_equal(case_note(casefile, subjects, 1, " \n", &err), -1);
	case_close(casefile);
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	casefile = open_case(path, false);
	assert_string_equal(case_notice(casefile), "");
	assert_int_equal(case_entries(casefile), 3);
	assert_int_equal(case_saved_at(casefile), fixed_clock());
	const struct finding *finding = case_find_id(casefile, subjects[0].id);
	assert_non_null(finding);
	assert_int_equal(finding->verdict, VERDICT_TRUE_POSITIVE);
	assert_int_equal(finding->line_count, 2);
	assert_string_equal(finding->lines[0].text, "verdict: true positive");
	assert_string_equal(finding->lines[1].text, "key disabled\n\x1b[2J");
	assert_string_equal(finding->lines[1].by, "ak");
	assert_non_null(case_find_id(casefile, subjects[1].id));
	case_close(casefile);
}

/* Every length that a torn write can leave: the sound entries are there, the rest is cut off and said. */
static void torn_tails(void **state)
{
	(void)state;
	struct case_subject subject = subject_of(1);
	struct err err;
	struct buf whole = three_verdicts();
	for (size_t length = 0; length <= whole.length; length++) {
		size_t lines = 0, sound = 0;
		for (size_t i = 0; i < length; i++) {
			if (whole.data[i] == '\n') {
				lines++;
				sound = i + 1;
			}
		}
		write_bytes(path, whole.data, length);
		struct casefile *casefile = open_case(path, true);
		assert_int_equal(case_entries(casefile), lines);
		assert_int_equal(case_notice(casefile)[0] != 0, length > sound);
		case_close(casefile);
		struct buf untouched = bytes_of(path);
		assert_int_equal(untouched.length, length);
		buf_free(&untouched);
		if (length % 41 && length - sound > 2) /* writing waits for the disk, so not at every length */
			continue;
		casefile = open_case(path, false);
		assert_int_equal(case_entries(casefile), lines ? lines : 1);
		if (length > sound)
			assert_non_null(strstr(case_notice(casefile), "cut off"));
		assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_BENIGN, &err), 0);
		case_close(casefile);
		casefile = open_case(path, false);
		assert_string_equal(case_notice(casefile), "");
		assert_int_equal(case_find_id(casefile, subject.id)->verdict, VERDICT_BENIGN);
		case_close(casefile);
	}
	buf_free(&whole);
}

static void expect_refused(const struct buf *bytes, const char *says)
{
	struct casefile *casefile;
	struct err err = {0};
	write_bytes(path, bytes->data, bytes->length);
	assert_int_equal(case_open(&(struct case_options){.path = path}, &casefile, &err), -1);
	assert_null(casefile);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" lacks \"%s\"", err.text, says);
	struct buf after = bytes_of(path);
	assert_int_equal(after.length, bytes->length);
	assert_memory_equal(after.data, bytes->data, after.length);
	buf_free(&after);
}

/* Damage before the end is never cut off, whatever byte it is in. */
static void damage_is_refused(void **state)
{
	(void)state;
	struct case_subject subject = subject_of(1);
	struct err err;
	struct buf whole = three_verdicts();
	size_t first = (size_t)(strchr(whole.data, '\n') - whole.data) + 1;
	size_t second = (size_t)(strchr(whole.data + first, '\n') - whole.data) + 1;
	for (size_t at = first; at < second; at++) {
		char old = whole.data[at];
		whole.data[at] ^= 1;
		expect_refused(&whole, ":2: ");
		whole.data[at] = old;
	}
	/* a line taken out, two exchanged */
	struct buf less = BUF_EMPTY;
	buf_add(&less, whole.data, first);
	buf_add(&less, whole.data + second, whole.length - second);
	expect_refused(&less, "missing");
	buf_free(&less);
	/* a line of another case with the same number, sound in itself */
	(void)unlink(path);
	struct casefile *casefile = open_case(path, false);
	assert_int_equal(case_note(casefile, &subject, 1, "planted", &err), 0);
	case_close(casefile);
	struct buf other = bytes_of(path), planted = BUF_EMPTY;
	const char *line = strchr(other.data, '\n') + 1;
	buf_add(&planted, whole.data, first);
	buf_add(&planted, line, strlen(line));
	buf_add(&planted, whole.data + second, whole.length - second);
	expect_refused(&planted, "missing");
	buf_free(&other);
	buf_free(&planted);
	struct buf foreign = BUF_EMPTY;
	buf_add_text(&foreign, "{\"Records\":[]}");
	expect_refused(&foreign, "is not a case file");
	foreign.length = 0;
	buf_add_text(&foreign, "evidence\nmore evidence\n");
	expect_refused(&foreign, "is not a case file");
	buf_free(&foreign);
	buf_free(&whole);
}

static void one_at_a_time(void **state)
{
	(void)state;
	struct casefile *casefile = open_case(path, false), *other;
	struct case_subject subject = subject_of(1);
	struct err err = {0};
	assert_int_equal(case_open(&(struct case_options){.path = path}, &other, &err), -1);
	assert_non_null(strstr(err.text, "another raretrail"));
	other = open_case(path, true);
	assert_int_equal(case_mark(other, &subject, 1, VERDICT_BENIGN, &err), -1);
	case_close(other);
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_BENIGN, &err), 0);
	/* somebody appends behind our back: not saved, and said */
	FILE *file = fopen(path, "a");
	assert_non_null(file);
	assert_true(fputs("x", file) >= 0);
	assert_int_equal(fclose(file), 0);
	uint64_t generation = case_generation(casefile);
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_SUSPICIOUS, &err), -1);
	assert_non_null(strstr(err.text, "not saved"));
	assert_int_equal(case_find_id(casefile, subject.id)->verdict, VERDICT_BENIGN);
	assert_int_equal(case_generation(casefile), generation);
	case_close(casefile);
}

/* A disk that is full: the file and what is known stay as they were. */
static void full_disk(void **state)
{
	(void)state;
	struct casefile *casefile;
	struct err err = {0};
	assert_int_equal(case_open(&(struct case_options){.path = "/dev/full"}, &casefile, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(case_open(&(struct case_options){.path = "/nonexistent/case"}, &casefile, &err), -1);
	casefile = open_case(path, false);
	struct case_subject subject = subject_of(1);
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_BENIGN, &err), 0);
	struct buf before = bytes_of(path);
	struct rlimit old, small = {before.length + 40, RLIM_INFINITY}; /* stands in for the full disk */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int result = case_mark(casefile, &subject, 1, VERDICT_SUSPICIOUS, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(result, -1);
	assert_non_null(strstr(err.text, "not saved"));
	assert_int_equal(case_find_id(casefile, subject.id)->verdict, VERDICT_BENIGN);
	struct buf after = bytes_of(path);
	assert_int_equal(after.length, before.length);
	assert_memory_equal(after.data, before.data, after.length);
	/* and when there is room again, it goes on */
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_SUSPICIOUS, &err), 0);
	case_close(casefile);
	casefile = open_case(path, false);
	assert_int_equal(case_find_id(casefile, subject.id)->verdict, VERDICT_SUSPICIOUS);
	case_close(casefile);
	buf_free(&before);
	buf_free(&after);
}

/* ---- killed ---- */

/* The child marks alert after alert and reports each one that was saved; then it is killed in the middle of it. */
static void killed(void **state)
{
	(void)state;
	unsigned next = 1, rounds_with_work = 0;
	for (unsigned round = 0; round < 25; round++) {
		int report[2];
		assert_int_equal(pipe(report), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			struct casefile *casefile;
			struct err err;
			(void)close(report[0]);
			if (case_open(&(struct case_options){.path = path, .author = "child"}, &casefile, &err))
				_exit(1);
			for (unsigned number = next;; number++) {
				struct case_subject subject = subject_of(number);
				if (case_mark(casefile, &subject, 1, VERDICT_SUSPICIOUS, &err) ||
					write(report[1], &number, sizeof number) != sizeof number)
					_exit(1);
			}
		}
		(void)close(report[1]);
		/* the kill comes after so many reports, at whatever point the child has reached by then */
		unsigned last = next - 1, number, wanted = 1 + (round * 7) % 23;
		while (wanted-- > 0 && read(report[0], &number, sizeof number) == sizeof number)
			last = number;
		assert_int_equal(kill(child, SIGKILL), 0);
		while (read(report[0], &number, sizeof number) == sizeof number)
			last = number;
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		(void)close(report[0]);
		struct casefile *casefile = open_case(path, false);
		for (unsigned i = 1; i <= last; i++) {
			struct case_subject subject = subject_of(i);
			const struct finding *finding = case_find_id(casefile, subject.id);
			assert_non_null(finding);
			assert_int_equal(finding->verdict, VERDICT_SUSPICIOUS);
		}
		case_close(casefile);
		rounds_with_work += last >= next;
		next = last + 1;
	}
	assert_int_equal(rounds_with_work, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(comes_back, fresh),
		cmocka_unit_test_setup(torn_tails, fresh),
		cmocka_unit_test_setup(damage_is_refused, fresh),
		cmocka_unit_test_setup(one_at_a_time, fresh),
		cmocka_unit_test_setup(full_disk, fresh),
		cmocka_unit_test_setup(killed, fresh),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
