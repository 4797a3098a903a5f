/* What the findings of this session stand on: the list of input files with its digest, for the case. Made once after the
 * load, on the scanner's thread, as lists of files can be long. */
#include <stdlib.h>

#include "app.h"
#include "say.h"

struct note_task {
	struct task task;
	struct load *load;
	char *text;
};

static void note_run(struct task *task)
{
	struct note_task *job = (struct note_task *)task;
	struct buf list = BUF_EMPTY;
	char digest[SHA256_HEX_SIZE], count[COUNT_TEXT_SIZE];
	uint32_t files = load_file_count(job->load);

	buf_reserve(&list, 1);
	for (uint32_t i = 0; i < files; i++) {
		struct load_file file;

		if (load_file_info(job->load, i, &file))
			buf_printf(&list, "%s\t%llu\t%llu\n", file.name, (unsigned long long)file.bytes,
				(unsigned long long)file.events);
	}
	sha256_hex(list.data, list.length, digest);
	job->text =
		xasprintf("%s %s, list sha256 %s", count_text(files, count), plural(files, "file", "files"), digest);
	buf_free(&list);
}

static void note_done(struct app *app, struct task *task)
{
	struct note_task *job = (struct note_task *)task;

	free(app->input_note);
	app->input_note = job->text;
	job->text = NULL;
}

static void note_discard(struct task *task)
{
	free(((struct note_task *)task)->text);
	free(task);
}

void input_note_start(struct app *app)
{
	struct note_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = note_run, .done = note_done, .discard = note_discard};
	job->load = app->load;
	worker_post(app->scanner, &job->task);
}
