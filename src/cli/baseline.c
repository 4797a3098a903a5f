/* baseline: what rare-method learned from older logs: --baseline reads them, --model reads what `model save` kept. */
#include "session.h"

#include <stdlib.h>
#include <unistd.h>

#include "waiting.h"

/* The older logs are read with the same databases and formats, but whole: --since, --until and --filter speak of the
 * logs to be judged. */
static int train(struct session *session, const char *const *paths, size_t count, struct err *err)
{
	struct load_options older = session->load_options;
	older.paths = paths;
	older.path_count = count;
	older.since = older.until = TIME_NONE;
	struct load *load;
	if (load_start(&older, &load, err) != 0)
		return -1;
	wait_for_load(load, !session->is_quiet && isatty(STDERR_FILENO));
	struct store *store = load_snapshot(load);
	struct load_progress progress;
	load_progress(load, &progress);
	int result = 0;
	if (store->count == 0) {
		result = err_set(err, ERR_USAGE, "--baseline: no event was found in %s", paths[0]);
	} else {
		struct rare_model *before = session->baseline;
		session->baseline = rare_model_train(store, &session->config.params.rare_method, before, TIME_NONE);
		rare_model_free(before);
		if (progress.skipped > 0)
			report_notice(&session->notices, "baseline: %llu records could not be used",
				(unsigned long long)progress.skipped);
	}
	store_free(store);
	load_free(load);
	return result;
}

int session_read_baseline(struct session *session, struct err *err)
{
	const struct arguments *arguments = session->arguments;
	const char *model = arguments->last[OPTION_MODEL];
	if (model && rare_model_load(model, &session->baseline, err) != 0)
		return -1;
	if (model && rare_model_fits(session->baseline, &session->config.params.rare_method, err) != 0)
		return -1;
	const char **paths = xreallocarray(NULL, arguments->given_count + 1, sizeof *paths);
	size_t count = 0;
	for (size_t i = 0; i < arguments->given_count; i++)
		if (arguments->given[i].option == OPTION_BASELINE)
			paths[count++] = arguments->given[i].value;
	int result = count > 0 ? train(session, paths, count, err) : 0;
	free(paths);
	return result;
}
