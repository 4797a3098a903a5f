/* enrich: from an address to its network (AS) and its place, with MMDB files; and the writer that makes such a file.
 * The only room that knows <maxminddb.h>. Opening never fails the program: a broken file is an error with a reason,
 * and the caller goes on with what the documents carry. Lookups may come from several threads. */
#ifndef RARETRAIL_ENRICH_H
#define RARETRAIL_ENRICH_H

#include <stdio.h>

#include "raretrail/base.h"

struct enrich;

/* What a lookup found. Slices borrow from the open database; absent when unknown. A number can come without a name. */
struct enrich_answer {
	bool has_as_number;
	uint32_t as_number;
	struct slice as_organization;
	struct slice continent_name, country_iso_code, country_name, region_iso_code, region_name, city_name;
	bool has_location;
	double latitude, longitude;
};

struct enrich_options {
	const char *asn_db; /* a file that must be used, or NULL: search (see enrich_search_paths) */
	const char *city_db; /* a file, or NULL: none */
};

/* Always gives an object (possibly with no database). When a named file (asn_db, else $RARETRAIL_ASN_DB) cannot be used,
 * none was found, or a damaged one was passed over for another, `err` says what was looked for and where; the return
 * value is then -1, and *out is still usable. */
int enrich_open(const struct enrich_options *options, struct enrich **out, struct err *err) MUST_USE;
void enrich_free(struct enrich *enrich);
bool enrich_has_asn(const struct enrich *enrich);
/* "GeoLite2-ASN 2019-05-13" for status lines and findings; "" without a database. */
const char *enrich_asn_label(const struct enrich *enrich);
const char *enrich_asn_path(const struct enrich *enrich);
/* The places searched for an AS database, in order, one a line. */
void enrich_search_paths(struct buf *out);

/* ip is an IPv4 or IPv6 literal. A damaged record inside a database is reported through err (-1) and leaves
 * what that database would have said absent. */
int enrich_lookup(const struct enrich *enrich, struct slice ip, struct enrich_answer *answer, struct err *err) MUST_USE;
/* The rule of source.ip: is the whole string a valid IPv4 or IPv6 literal (no leading zeros, no mask, no zone)?
 * The same as ip_parse of base. */
bool enrich_is_ip(struct slice text);

/* Writes an MMDB (type "raretrail-ASN") from CSV rows start,end,number,organisation (or network,number,organisation
 * with CIDR blocks); later rows win where ranges overlap. IPv4 lies at ::/96 of one IPv6 tree. Rows that cannot be used
 * are counted in `skipped` and named by `problem` (may be NULL; line number, reason). build_time (ms; in the file it is
 * seconds, at least 1) is the date that readers show: the same rows and time give the same bytes. The output appears
 * whole or not at all; report may be NULL. */
struct mmdb_write_report {
	uint64_t rows; /* read, skipped ones too; without header, comments and blank lines */
	uint64_t skipped;
	uint64_t networks; /* prefixes that have an answer */
};
int mmdb_write_asn(FILE *const *csv, const char *const *names, size_t count, const char *output, int64_t build_time,
	void (*problem)(void *context, const char *name, uint64_t line, const char *reason), void *context,
	struct mmdb_write_report *report, struct err *err) MUST_USE;

#endif
