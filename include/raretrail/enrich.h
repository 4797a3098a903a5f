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

/* Always gives an object (possibly with no database). When a named file cannot be used, or none was found, `err` says
 * what was looked for and where; the return value is then -1, and *out is still usable. */
int enrich_open(const struct enrich_options *options, struct enrich **out, struct err *err) MUST_USE;
void enrich_free(struct enrich *enrich);
bool enrich_has_asn(const struct enrich *enrich);
bool enrich_has_city(const struct enrich *enrich);
/* "GeoLite2-ASN 2019-05-14" for status lines and findings; "" without a database. */
const char *enrich_asn_label(const struct enrich *enrich);
const char *enrich_asn_path(const struct enrich *enrich);
/* The places searched for an AS database, in order, one a line. */
void enrich_search_paths(struct buf *out);

/* ip is an IPv4 or IPv6 literal. Damaged records inside a database are reported through err (-1) and leave *answer empty. */
int enrich_lookup(const struct enrich *enrich, struct slice ip, struct enrich_answer *answer, struct err *err) MUST_USE;
/* The rule of source.ip: is the whole string a valid IPv4 or IPv6 literal (no leading zeros, no mask, no zone)? */
bool enrich_is_ip(struct slice text);

/* Writes an MMDB (type "raretrail-ASN") from CSV rows start,end,number,organisation; later rows win where ranges
 * overlap. Rows that cannot be used are counted in *skipped and named by `problem` (line number, reason). */
struct mmdb_write_report {
	uint64_t rows, skipped, networks;
};
int mmdb_write_asn(FILE *const *csv, const char *const *names, size_t count, const char *output, int64_t build_time,
        void (*problem)(void *context, const char *name, uint64_t line, const char *reason), void *context,
        struct mmdb_write_report *report, struct err *err) MUST_USE;

#endif
