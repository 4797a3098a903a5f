/* sample: incidents that come with the program, so that it can be tried, taught and tested without anybody's logs. They
 * are written, not stored: the same bytes every time. Everybody in them is made up, and every address lies in the
 * ranges that are reserved for documentation and benchmarks. */
#ifndef RARETRAIL_SAMPLE_H
#define RARETRAIL_SAMPLE_H

#include "raretrail/base.h"

enum sample { SAMPLE_CI_KEY, SAMPLE_FIRST_KEY, SAMPLE_COUNT };

struct sample_info {
	const char *name; /* "ci-key" */
	const char *title; /* one line */
	const char *story; /* the whole README.txt */
	/* What to load, relative to the folder; baseline is NULL when there is none. */
	const char *logs, *baseline;
};
extern const struct sample_info samples[SAMPLE_COUNT];
enum sample sample_find(const char *name); /* SAMPLE_COUNT when unknown */

#define SAMPLE_ASN_DB "sample-asn.mmdb" /* the AS database in every sample's folder */

struct sample_report {
	uint64_t files, events; /* log files written; records in them, without the deliberate duplicates */
};
/* Writes README.txt, SAMPLE_ASN_DB and the logs in CloudTrail's S3 layout. The folder is made if needed; one that holds
 * anything but the same sample written earlier is refused. That one is replaced file by file. report may be NULL. */
int sample_write(enum sample sample, const char *folder, struct sample_report *report, struct err *err) MUST_USE;
/* The ranges of SAMPLE_ASN_DB as CSV, as `asn import` takes them. */
void sample_asn_csv(struct buf *out);

#endif
