/* mmdb: one open MMDB file. Every value is checked (mmdb_check) before libmaxminddb reads it. */
#ifndef RARETRAIL_ENRICH_MMDB_H
#define RARETRAIL_ENRICH_MMDB_H

#include <maxminddb.h>

#include "mmdb_check.h"

struct mmdb {
	bool is_open;
	MMDB_s db;
	struct mmdb_layout layout; /* database_type borrows from db */
	char *path, *label;
};

/* On error *mmdb stays closed and `err` names the path and the reason. */
int mmdb_open(struct mmdb *mmdb, const char *path, struct err *err) MUST_USE;
void mmdb_close(struct mmdb *mmdb);
/* 1 found, 0 nothing known of this address, -1 damaged (err names the file). */
int mmdb_find(const struct mmdb *mmdb, const struct ip *ip, MMDB_entry_s *entry, struct err *err) MUST_USE;
/* Does any of its first records hold one of two keys (a map at the top)? When none does, `damage` says what is wrong
 * with the first unreadable one, if there is one. */
bool mmdb_holds_key(const struct mmdb *mmdb, const char *key, const char *other, struct err *damage);
/* The UTF-8 string at a path of keys (NULL-terminated array); absent when there is none. */
struct slice mmdb_string(MMDB_entry_s *entry, const char *const *path);
bool mmdb_number(MMDB_entry_s *entry, const char *const *path, uint32_t *out);
bool mmdb_double(MMDB_entry_s *entry, const char *const *path, double *out);

#endif
