/* run_events: what was loaded, and what one user did, printed. */
#include "run.h"

#include "output.h"
#include "session.h"

#include <stdlib.h>

/* From the options to a loaded session and an open output. */
static int begin(struct session *session, const struct arguments *arguments, size_t first_path, struct output *output,
	struct err *err)
{
	if (session_start(session, arguments, arguments->items + first_path, arguments->item_count - first_path, err) !=
		0)
		return -1;
	int result = session_finish_load(session, err);
	if (result == 0) {
		session_tell(session);
		result = output_open(output, arguments->last[OPTION_OUTPUT], err);
	}
	if (result != 0)
		session_close(session);
	return result;
}

static int end(struct session *session, struct output *output, int result, struct err *err)
{
	result = output_end(output, result, err);
	if (result == 0)
		result = (int)session_status(session, false);
	session_close(session);
	return result;
}

#define MOST_PROBLEMS_TOLD 5

static void tell_problem(void *context, const char *text)
{
	unsigned *told = context;
	if (++*told <= MOST_PROBLEMS_TOLD)
		say("%s", text);
}

int run_events(const struct arguments *arguments, struct err *err)
{
	struct session session;
	struct output output;
	if (begin(&session, arguments, 0, &output, err) != 0)
		return -1;
	struct report_input input = session_input(&session);
	uint64_t missing = 0;
	unsigned told = 0;
	int result =
		report_events(output.file, session.format, &session.look, &input, tell_problem, &told, &missing, err);
	if (missing > 0) {
		say("%llu events could not be read back from their files", (unsigned long long)missing);
		session.is_incomplete = true;
	}
	return end(&session, &output, result, err);
}

/* A name that is not there: most likely mistyped. */
static void tell_unknown_user(const struct session *session, const char *user)
{
	const struct store *store = session->matched;
	if (store_identity_find(store, slice_of(user), (struct slice){0}) != UINT32_MAX)
		return;
	const char **names = xreallocarray(NULL, (size_t)store->identity_count + 1, sizeof *names);
	size_t count = 0;
	bool is_known = false;
	for (uint32_t i = 0; i < store->identity_count; i++) {
		names[count++] = store_string(store, store->identities[i].user_name).data;
		is_known |= strcmp(names[count - 1], user) == 0;
	}
	const char *nearest = is_known ? NULL : text_nearest(user, names, count);
	if (!is_known)
		say("no event of user.name \"%s\"%s%s", user, nearest ? ", the nearest name is " : "",
			nearest ? nearest : "");
	free(names);
}

int run_profile(const struct arguments *arguments, struct err *err)
{
	struct session session;
	struct output output;
	if (begin(&session, arguments, 1, &output, err) != 0)
		return -1;
	const char *user = arguments->items[0];
	tell_unknown_user(&session, user);
	struct report_input input = session_input(&session);
	int result = report_profile(
		output.file, session.format, &session.look, &input, &session.config.params, slice_of(user), err);
	return end(&session, &output, result, err);
}
