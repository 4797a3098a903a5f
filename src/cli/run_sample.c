/* run_sample: the incidents that come with the program: listed, or written to a folder. */
#include "run.h"

#include <stdio.h>

#include "output.h"
#include "raretrail/sample.h"
#include "session.h"

static int list_samples(struct err *err)
{
	struct output output;
	if (output_open(&output, NULL, err) != 0)
		return -1;
	for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++)
		fprintf(output.file, "%-12s %s\n", samples[sample].name, samples[sample].title);
	return output_close(&output, true, err);
}

int run_sample(const struct arguments *arguments, struct err *err)
{
	if (arguments->item_count == 0) {
		if (arguments->last[OPTION_OUTPUT])
			return err_set(err, ERR_USAGE, "name the sample to write: raretrail sample NAME --output DIR");
		return list_samples(err);
	}
	const char *name = arguments->items[0];
	enum sample sample = sample_find(name);
	if (sample == SAMPLE_COUNT) {
		const char *names[SAMPLE_COUNT];
		for (enum sample i = 0; i < SAMPLE_COUNT; i++)
			names[i] = samples[i].name;
		const char *nearest = text_nearest(name, names, SAMPLE_COUNT);
		return err_set(err, ERR_USAGE, "no sample \"%s\"%s%s; `raretrail sample` lists them", name,
			nearest ? ", the nearest one is " : "", nearest ? nearest : "");
	}
	const char *folder = arguments->last[OPTION_OUTPUT] ? arguments->last[OPTION_OUTPUT] : name;
	struct sample_report report;
	if (sample_write(sample, folder, &report, err) != 0)
		return -1;
	if (!arguments->last[OPTION_QUIET]) {
		say("%s: %llu events in %llu files; read %s/README.txt, then run", folder,
			(unsigned long long)report.events, (unsigned long long)report.files, folder);
		const char *baseline = samples[sample].baseline;
		struct buf command = BUF_EMPTY;
		buf_printf(&command, "raretrail --asn-db %s/%s", folder, SAMPLE_ASN_DB);
		if (baseline)
			buf_printf(&command, " --baseline %s/%s", folder, baseline);
		say("  %s %s/%s", command.data, folder, samples[sample].logs);
		buf_free(&command);
	}
	return EXIT_NOTHING;
}
