/* enrich: the open databases behind the door, and what a lookup reads from them. */
#include "raretrail/enrich.h"

#include <pthread.h>
#include <stdlib.h>

#include "mmdb.h"
#include "search.h"

struct enrich {
	struct mmdb asn, city;
	/* "US-CA": joined from two strings of the database, so it needs a home of its own */
	pthread_mutex_t region_lock;
	struct dict *regions;
};

static const char *const asn_number_key[] = {"autonomous_system_number", NULL};
static const char *const asn_organization_key[] = {"autonomous_system_organization", NULL};

/* Opens a file that must speak of one of two keys; `what` names them for people. */
static int purpose_open(
	struct mmdb *mmdb, const char *path, const char *key, const char *other, const char *what, struct err *err)
{
	struct err damage;
	if (mmdb_open(mmdb, path, err))
		return -1;
	if (mmdb_holds_key(mmdb, key, other, &damage))
		return 0;
	if (damage.code != ERR_NONE)
		err_set(err, damage.code, "%s: %s", path, damage.text);
	else
		err_set(err, ERR_USAGE, "%s: none of its networks names %s (%s)", path, what, mmdb->label);
	mmdb_close(mmdb);
	return -1;
}

static int asn_open(struct mmdb *mmdb, const char *path, struct err *err)
{
	return purpose_open(mmdb, path, asn_organization_key[0], asn_number_key[0], "an autonomous system", err);
}

static int city_open(struct mmdb *mmdb, const char *path, struct err *err)
{
	return purpose_open(mmdb, path, "country", "city", "a place", err);
}

/* Files passed over because they are damaged are worth a word even when another one serves. */
static int asn_search(struct mmdb *mmdb, struct err *err)
{
	struct search_folders folders;
	struct err first = {0};
	search_folders_init(&folders);
	for (size_t i = 0; i < folders.count && !mmdb->is_open; i++) {
		size_t count;
		char **files = search_folder_files(folders.paths[i], &count);
		for (size_t f = 0; f < count; f++) {
			struct err why = {0};
			/* ERR_USAGE: sound, only of another kind, a City database beside it */
			if (!mmdb->is_open && asn_open(mmdb, files[f], &why) && why.code != ERR_USAGE &&
				first.code == ERR_NONE)
				first = why;
			free(files[f]);
		}
		free(files);
	}
	search_folders_free(&folders);
	if (mmdb->is_open && first.code == ERR_NONE) {
		return 0;
	}
	if (mmdb->is_open) {
		return err_set(err, first.code, "%.200s; using %.200s", first.text, mmdb->path);
	}
	struct buf lines = BUF_EMPTY, places = BUF_EMPTY;
	enrich_search_paths(&lines);
	for (const char *line = lines.data; *line; line += strcspn(line, "\n") + 1) {
		buf_add_text(&places, places.length ? ", " : "");
		buf_add(&places, line, strcspn(line, "\n"));
	}
	buf_free(&lines);
	err_set(err, ERR_IO, "no AS database found in %s%s%.200s; name one with --asn-db or put it there", places.data,
		first.text[0] ? "; passed over " : "", first.text);
	buf_free(&places);
	return -1;
}

int enrich_open(const struct enrich_options *options, struct enrich **out, struct err *err)
{
	struct enrich *enrich = xcalloc(1, sizeof *enrich);
	const char *named = options->asn_db ? options->asn_db : getenv("RARETRAIL_ASN_DB");
	struct err city_err = {0};
	int result;
	enrich->regions = dict_new();
	(void)pthread_mutex_init(&enrich->region_lock, NULL);
	if (named && named[0]) {
		result = asn_open(&enrich->asn, named, err);
	} else {
		result = asn_search(&enrich->asn, err);
	}
	if (options->city_db && city_open(&enrich->city, options->city_db, &city_err)) {
		struct err both = err && result ? *err : (struct err){0};
		result = both.text[0] ? err_set(err, city_err.code, "%.240s; %.240s", city_err.text, both.text)
				      : err_set(err, city_err.code, "%s", city_err.text);
	}
	*out = enrich;
	return result;
}

void enrich_free(struct enrich *enrich)
{
	if (!enrich) {
		return;
	}
	mmdb_close(&enrich->asn);
	mmdb_close(&enrich->city);
	dict_free(enrich->regions);
	(void)pthread_mutex_destroy(&enrich->region_lock);
	free(enrich);
}

bool enrich_has_asn(const struct enrich *enrich)
{
	return enrich && enrich->asn.is_open;
}

const char *enrich_asn_label(const struct enrich *enrich)
{
	return enrich_has_asn(enrich) ? enrich->asn.label : "";
}

const char *enrich_asn_path(const struct enrich *enrich)
{
	return enrich_has_asn(enrich) ? enrich->asn.path : "";
}

bool enrich_is_ip(struct slice text)
{
	struct ip ip;
	return ip_parse(text, &ip);
}

static struct slice region_code(struct enrich *enrich, struct slice country, struct slice subdivision)
{
	if (!country.data || !subdivision.data) {
		return (struct slice){0};
	}
	struct buf joined = BUF_EMPTY;
	buf_add(&joined, country.data, country.length);
	buf_add_char(&joined, '-');
	buf_add(&joined, subdivision.data, subdivision.length);
	(void)pthread_mutex_lock(&enrich->region_lock);
	struct slice code =
		dict_get(enrich->regions, dict_intern(enrich->regions, (struct slice){joined.data, joined.length}));
	(void)pthread_mutex_unlock(&enrich->region_lock);
	buf_free(&joined);
	return code;
}

/* The most specific subdivision, the last one, is the region: that is what Elasticsearch takes. */
static const char *last_subdivision(MMDB_entry_s *entry)
{
	static const char *const indexes[] = {"7", "6", "5", "4", "3", "2", "1", "0"};
	for (size_t i = 0; i < COUNT_OF(indexes); i++) {
		const char *const path[] = {"subdivisions", indexes[i], NULL};
		MMDB_entry_data_s value;
		if (MMDB_aget_value(entry, &value, path) == MMDB_SUCCESS && value.has_data) {
			return indexes[i];
		}
	}
	return NULL;
}

static void place_read(struct enrich *enrich, MMDB_entry_s *entry, struct enrich_answer *answer)
{
	answer->continent_name = mmdb_string(entry, (const char *const[]){"continent", "names", "en", NULL});
	answer->country_iso_code = mmdb_string(entry, (const char *const[]){"country", "iso_code", NULL});
	answer->country_name = mmdb_string(entry, (const char *const[]){"country", "names", "en", NULL});
	answer->city_name = mmdb_string(entry, (const char *const[]){"city", "names", "en", NULL});
	const char *region = last_subdivision(entry);
	if (region) {
		answer->region_name =
			mmdb_string(entry, (const char *const[]){"subdivisions", region, "names", "en", NULL});
		answer->region_iso_code = region_code(enrich, answer->country_iso_code,
			mmdb_string(entry, (const char *const[]){"subdivisions", region, "iso_code", NULL}));
	}
	answer->has_location =
		mmdb_double(entry, (const char *const[]){"location", "latitude", NULL}, &answer->latitude) &&
		mmdb_double(entry, (const char *const[]){"location", "longitude", NULL}, &answer->longitude);
}

int enrich_lookup(const struct enrich *enrich, struct slice ip, struct enrich_answer *answer, struct err *err)
{
	struct ip address;
	MMDB_entry_s entry;
	*answer = (struct enrich_answer){0};
	if (!enrich || !ip_parse(ip, &address)) {
		return 0;
	}
	int asn = enrich->asn.is_open ? mmdb_find(&enrich->asn, &address, &entry, err) : 0;
	if (asn == 1) {
		answer->has_as_number = mmdb_number(&entry, asn_number_key, &answer->as_number);
		answer->as_organization = mmdb_string(&entry, asn_organization_key);
	}
	int city = enrich->city.is_open ? mmdb_find(&enrich->city, &address, &entry, err) : 0;
	if (city == 1) {
		/* only the region dictionary changes, under its own lock */
		place_read((struct enrich *)(uintptr_t)enrich, &entry, answer);
	}
	return asn < 0 || city < 0 ? -1 : 0;
}
