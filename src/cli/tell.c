/* tell: what the person at the terminal must know beside the data: notices, and one line for each reason why something
 * was not used, with the first place and what can be done. */
#include "session.h"

struct reason_sum {
	uint64_t count, files;
	uint32_t last_file;
	const struct skip *first;
};

static const char *advice(enum skip_reason reason)
{
	switch (reason) {
	case SKIP_UNREADABLE: return "check the path and its permissions";
	case SKIP_TRUNCATED:
	case SKIP_CORRUPT: return "fetch the file again; what came before is kept";
	case SKIP_RATIO: return "raise --max-mem if the file is to be trusted";
	case SKIP_BAD_JSON:
	case SKIP_TRUNCATED_JSON: return "the records around it are kept";
	case SKIP_MEMORY: return "raise --max-mem, or narrow --since and --until";
	case SKIP_NOT_CLOUDTRAIL: return "name only CloudTrail logs, or force --input-format";
	case SKIP_EMPTY_FILE: return "check that the copy is complete";
	default: return NULL;
	}
}

static void tell_reason(const struct session *session, enum skip_reason reason, const struct reason_sum *sum)
{
	struct buf line = BUF_EMPTY;
	bool is_file_name_safe = sum->first->file < load_file_count(session->load);
	const char *file = is_file_name_safe ? load_file_name(session->load, sum->first->file) : "";
	buf_printf(&line, "%s %llu: %s", skip_reason_is_incomplete(reason) ? "skipped" : "left out",
		(unsigned long long)sum->count, skip_reason_text(reason));
	if (sum->files > 1)
		buf_printf(&line, " (%llu files, first ", (unsigned long long)sum->files);
	else
		buf_add_text(&line, " (");
	buf_add_text(&line, file);
	if (sum->first->offset > 0)
		buf_printf(&line, " at byte %llu", (unsigned long long)sum->first->offset);
	const char *detail = sum->first->detail ? sum->first->detail : "";
	/* What the system says of a file begins with its name, which stands here already. */
	if (file[0] && strncmp(detail, file, strlen(file)) == 0 && strncmp(detail + strlen(file), ": ", 2) == 0)
		detail += strlen(file) + 2;
	if (detail[0] && strcmp(detail, skip_reason_text(reason)) != 0)
		buf_printf(&line, ": %s", detail);
	buf_add_text(&line, ")");
	if (advice(reason))
		buf_printf(&line, "; %s", advice(reason));
	say("%s", line.data);
	buf_free(&line);
}

void session_tell(const struct session *session)
{
	if (session->is_quiet)
		return;
	for (size_t i = 0; i < session->notices.count; i++)
		say("%s", session->notices.items[i]);
	struct reason_sum sums[SKIP_REASON_COUNT] = {0};
	for (size_t i = 0; i < session->skip_count; i++) {
		const struct skip *skip = &session->skips[i];
		struct reason_sum *sum = &sums[skip->reason];
		if (!sum->first)
			sum->first = skip;
		if (sum->files == 0 || sum->last_file != skip->file)
			sum->files++;
		sum->last_file = skip->file;
		sum->count += skip->count;
	}
	for (enum skip_reason reason = 0; reason < SKIP_REASON_COUNT; reason++)
		if (sums[reason].first)
			tell_reason(session, reason, &sums[reason]);
}
