/* run_model: what rare-method learned, kept in a file, because a jump box rarely holds months of logs. */
#include "run.h"

#include <stdio.h>
#include <unistd.h>

#include "output.h"
#include "session.h"

static void print_model(FILE *out, const struct rare_model *model)
{
	struct rare_model_info info;
	char text[TIME_TEXT_SIZE];
	rare_model_info(model, &info);
	fprintf(out, "%llu events of %u users, %u actions\n", (unsigned long long)info.events, info.users,
		info.actions);
	fprintf(out, "first            %s\n", info.first == TIME_NONE ? "-" : time_format_iso(info.first, text));
	fprintf(out, "last             %s\n", info.last == TIME_NONE ? "-" : time_format_iso(info.last, text));
	fprintf(out, "bucket_span      %s\n", duration_format(info.bucket_span, text));
	fprintf(out, "partition_field  %s\n", info.partition_field == PARTITION_USER_ID ? "user.id" : "user.name");
}

/* The first path is written to: logs named there by mistake must not be lost. */
static int check_target(const char *path, struct err *err)
{
	struct rare_model *model;
	if (strcmp(path, "-") == 0)
		return err_set(err, ERR_USAGE, "a model cannot go to standard output, name a file");
	if (access(path, F_OK) != 0)
		return 0;
	if (rare_model_load(path, &model, NULL) != 0)
		return err_set(err, ERR_USAGE,
			"%s is there already and holds no model: name another file to keep it in", path);
	rare_model_free(model);
	return 0;
}

int run_model_save(const struct arguments *arguments, struct err *err)
{
	const char *path = arguments->last[OPTION_OUTPUT];
	size_t first = path ? 0 : 1;
	if (arguments->item_count <= first)
		return err_set(err, ERR_USAGE,
			"nothing to learn from, or no file to keep it in: raretrail model save FILE PATH...");
	if (!path)
		path = arguments->items[0];
	if (check_target(path, err) != 0)
		return -1;
	struct session session;
	if (session_start(&session, arguments, arguments->items + first, arguments->item_count - first, err) != 0)
		return -1;
	int result = session_finish_load(&session, err);
	struct rare_model *model = NULL;
	if (result == 0) {
		session_tell(&session);
		model = rare_model_train(
			session.matched, &session.config.params.rare_method, session.baseline, TIME_NONE);
		result = rare_model_save(model, path, err);
	}
	struct rare_model_info info;
	if (result == 0 && !session.is_quiet) {
		rare_model_info(model, &info);
		say("%s: %llu events of %u users", path, (unsigned long long)info.events, info.users);
	}
	if (result == 0)
		result = (int)session_status(&session, false);
	if (model)
		rare_model_free(model);
	session_close(&session);
	return result;
}

int run_model_load(const struct arguments *arguments, struct err *err)
{
	struct rare_model *model;
	struct output output;
	if (rare_model_load(arguments->items[0], &model, err) != 0)
		return -1;
	int result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	if (result == 0) {
		print_model(output.file, model);
		result = output_end(&output, 0, err);
	}
	rare_model_free(model);
	return result;
}
