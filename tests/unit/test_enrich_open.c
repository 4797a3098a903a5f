/* Databases of others: real ones answer, damaged ones give one clear reason and never a crash. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "raretrail/enrich.h"

static char *shared(const char *name)
{
	const char *folder = getenv("RARETRAIL_SHARED");
	if (!folder || !folder[0]) {
		print_message("RARETRAIL_SHARED is not set: skipped\n");
		skip();
	}
	return xasprintf("%s/asn/%s", folder, name);
}

static struct enrich *open_good(const char *asn, const char *city)
{
	struct enrich *enrich;
	struct err err = {0};
	if (enrich_open(&(struct enrich_options){asn, city}, &enrich, &err))
		fail_msg("%s", err.text);
	return enrich;
}

static void real_networks(void **state)
{
	(void)state;
	char *path = shared("GeoLite2-ASN.mmdb");
	struct enrich *enrich = open_good(path, NULL);
	struct enrich_answer answer;
	struct err err = {0};
	assert_string_equal(enrich_asn_label(enrich), "GeoLite2-ASN 2019-05-13");
	assert_string_equal(enrich_asn_path(enrich), path);
	assert_true(enrich_has_asn(enrich));
	assert_int_equal(enrich_lookup(enrich, slice_of("54.239.28.85"), &answer, &err), 0);
	assert_true(answer.has_as_number);
	assert_int_equal(answer.as_number, 16509);
	assert_true(slice_equals(answer.as_organization, slice_of("Amazon.com, Inc.")));
	assert_int_equal(enrich_lookup(enrich, slice_of("8.8.8.8"), &answer, &err), 0);
	assert_true(slice_equals(answer.as_organization, slice_of("Google LLC")));
	assert_int_equal(enrich_lookup(enrich, slice_of("::ffff:8.8.8.8"), &answer, &err), 0);
	assert_true(slice_equals(answer.as_organization, slice_of("Google LLC")));
	assert_int_equal(enrich_lookup(enrich, slice_of("10.0.0.1"), &answer, &err), 0);
	assert_false(answer.has_as_number);
	assert_null(answer.as_organization.data);
	assert_int_equal(enrich_lookup(enrich, slice_of("8.8.8.08"), &answer, &err), 0);
	assert_false(answer.has_as_number);
	enrich_free(enrich);
	free(path);
}

static void number_without_name(void **state)
{
	(void)state;
	char *path = shared("GeoLite2-ASN-Test.mmdb"), *isp = shared("GeoIP2-ISP-Test.mmdb");
	struct enrich *enrich = open_good(path, NULL);
	struct enrich_answer answer;
	struct err err = {0};
	assert_int_equal(enrich_lookup(enrich, slice_of("216.160.83.56"), &answer, &err), 0);
	assert_true(answer.has_as_number);
	assert_int_equal(answer.as_number, 209);
	assert_null(answer.as_organization.data);
	enrich_free(enrich);
	enrich = open_good(isp, NULL);
	assert_int_equal(enrich_lookup(enrich, slice_of("1.128.0.0"), &answer, &err), 0);
	assert_int_equal(answer.as_number, 1221);
	assert_true(slice_equals(answer.as_organization, slice_of("Telstra Pty Ltd")));
	enrich_free(enrich);
	free(path);
	free(isp);
}

static void places(void **state)
{
	(void)state;
	char *asn = shared("GeoLite2-ASN.mmdb"), *city = shared("GeoLite2-City-Test.mmdb");
	char *country = shared("GeoLite2-Country-Test.mmdb");
	struct enrich *enrich = open_good(asn, city);
	struct enrich_answer answer;
	struct err err = {0};
	assert_int_equal(enrich_lookup(enrich, slice_of("2.125.160.216"), &answer, &err), 0);
	assert_true(slice_equals(answer.continent_name, slice_of("Europe")));
	assert_true(slice_equals(answer.country_iso_code, slice_of("GB")));
	assert_true(slice_equals(answer.country_name, slice_of("United Kingdom")));
	assert_true(slice_equals(answer.region_iso_code, slice_of("GB-WBK")));
	assert_true(slice_equals(answer.region_name, slice_of("West Berkshire")));
	assert_true(slice_equals(answer.city_name, slice_of("Boxford")));
	assert_true(answer.has_location);
	assert_true(answer.latitude == 51.75 && answer.longitude == -1.25);
	enrich_free(enrich);
	enrich = open_good(asn, country);
	assert_int_equal(enrich_lookup(enrich, slice_of("2.125.160.216"), &answer, &err), 0);
	assert_true(slice_equals(answer.country_iso_code, slice_of("GB")));
	assert_null(answer.city_name.data);
	assert_false(answer.has_location);
	enrich_free(enrich);
	/* one in the place of the other is said, not used */
	assert_int_equal(enrich_open(&(struct enrich_options){city, asn}, &enrich, &err), -1);
	assert_non_null(strstr(err.text, "names an autonomous system"));
	assert_non_null(strstr(err.text, "names a place"));
	assert_false(enrich_has_asn(enrich));
	assert_int_equal(enrich_lookup(enrich, slice_of("8.8.8.8"), &answer, &err), 0);
	enrich_free(enrich);
	free(asn);
	free(city);
	free(country);
}

/* Every address that could lead into a damaged corner: the first bits in all combinations, and the edges. */
static void poke(struct enrich *enrich)
{
	struct enrich_answer answer;
	struct err err;
	char text[48];
	for (unsigned i = 0; i < 4096; i++) {
		(void)snprintf(text, sizeof text, "%u.%u.%u.%u", i >> 4, (i & 15) * 17, i % 7, i % 251);
		(void)!enrich_lookup(enrich, slice_of(text), &answer, &err);
		(void)snprintf(text, sizeof text, "%x::%x", i * 16, i);
		(void)!enrich_lookup(enrich, slice_of(text), &answer, &err);
		(void)snprintf(text, sizeof text, "::1.1.1.%u", i & 255);
		(void)!enrich_lookup(enrich, slice_of(text), &answer, &err);
		(void)snprintf(text, sizeof text, "1.1.1.%u", i & 255);
		if (enrich_lookup(enrich, slice_of(text), &answer, &err)) {
			assert_true(err.text[0]);
			assert_false(answer.has_as_number);
			assert_null(answer.as_organization.data);
		}
	}
}

static unsigned damaged; /* refusals that name the damage */

static unsigned try_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned refused = 0;
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		char *path = xasprintf("%s/%s", folder, entry->d_name);
		struct stat status;
		assert_int_equal(stat(path, &status), 0);
		if (S_ISDIR(status.st_mode)) {
			refused += try_folder(path);
			free(path);
			continue;
		}
		struct enrich *enrich;
		struct err err = {0};
		if (enrich_open(&(struct enrich_options){path, path}, &enrich, &err)) {
			assert_true(err.text[0]);
			assert_non_null(strstr(err.text, entry->d_name));
			refused++;
			damaged += strstr(err.text, "damaged: ") != NULL;
		}
		poke(enrich);
		enrich_free(enrich);
		free(path);
	}
	(void)closedir(dir);
	return refused;
}

static void damaged_files(void **state)
{
	(void)state;
	char *path = shared("bad-data"), *all = shared("");
	/* each of the 21 and their README serves at most one of the two purposes, so each is refused with a reason */
	assert_int_equal(try_folder(path), 22);
	assert_int_equal(damaged, 20); /* all but the README and a sound file with an absurd date */
	assert_true(try_folder(all) > 22);
	free(path);
	free(all);
}

/* Cut and flipped copies of a good database: libmaxminddb must never see what is outside its sections. */
static void mutations(void **state)
{
	(void)state;
	char *path = shared("GeoLite2-City-Test.mmdb");
	FILE *file = fopen(path, "r");
	static char good[32768], bad[32768];
	size_t length = fread(good, 1, sizeof good, file);
	(void)fclose(file);
	assert_true(length > 10000 && length < sizeof good);
	char name[] = "/tmp/raretrail-mutant-XXXXXX";
	int scratch = mkstemp(name);
	assert_true(scratch >= 0);
	uint64_t seed = 7;
	for (unsigned round = 0; round < 300; round++) {
		memcpy(bad, good, length);
		size_t size = length;
		for (unsigned flips = 0; flips < 1 + round % 20; flips++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size_t tail = round % 2 ? 1000 : length; /* every other round in the metadata */
			bad[length - 1 - (size_t)((seed >> 33) % tail)] = (char)(seed >> 25);
		}
		if (round % 5 == 0)
			size = (size_t)(seed >> 33) % length;
		assert_int_equal(ftruncate(scratch, 0), 0);
		assert_int_equal(pwrite(scratch, bad, size, 0), size);
		struct enrich *enrich;
		struct err err = {0};
		(void)!enrich_open(&(struct enrich_options){name, name}, &enrich, &err);
		poke(enrich);
		enrich_free(enrich);
	}
	(void)close(scratch);
	(void)unlink(name);
	free(path);
}

static void not_databases(void **state)
{
	(void)state;
	static const struct {
		const char *path, *says;
	} cases[] = {
		{"/nonexistent/x.mmdb", "No such file"}, {"/tmp", "is a folder"}, {"/dev/null", "not a regular file"}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct enrich *enrich;
		struct err err = {0};
		assert_int_equal(enrich_open(&(struct enrich_options){.asn_db = cases[i].path}, &enrich, &err), -1);
		assert_non_null(strstr(err.text, cases[i].path));
		assert_non_null(strstr(err.text, cases[i].says));
		assert_string_equal(enrich_asn_label(enrich), "");
		enrich_free(enrich);
	}
}

static void search_order(void **state)
{
	(void)state;
	char *good = shared("GeoLite2-ASN-Test.mmdb"),
	     *bad = shared("bad-data/libmaxminddb/libmaxminddb-metadata-marker-only.mmdb");
	char *other = shared("GeoLite2-City-Test.mmdb");
	char home[] = "/tmp/raretrail-home-XXXXXX";
	assert_non_null(mkdtemp(home));
	char *folder = xasprintf("%s/raretrail", home);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(setenv("XDG_DATA_HOME", home, 1), 0);
	assert_int_equal(unsetenv("RARETRAIL_ASN_DB"), 0);
	struct buf places = BUF_EMPTY;
	enrich_search_paths(&places);
	char *expected = xasprintf("%s\n/usr/share/GeoIP\n/var/lib/GeoIP\n/usr/local/share/GeoIP\n", folder);
	assert_string_equal(places.data, expected);

	char *first = xasprintf("%s/asn.mmdb", folder), *second = xasprintf("%s/b.mmdb", folder);
	char *city = xasprintf("%s/a.mmdb", folder);
	struct enrich *enrich;
	struct err err = {0};
	assert_int_equal(symlink(good, second), 0);
	assert_int_equal(symlink(other, city), 0);
	enrich = open_good(NULL, NULL); /* the City database beside it is no fault */
	assert_string_equal(enrich_asn_path(enrich), second);
	enrich_free(enrich);
	assert_int_equal(symlink(bad, first), 0);
	assert_int_equal(enrich_open(&(struct enrich_options){0}, &enrich, &err), -1);
	assert_non_null(strstr(err.text, "asn.mmdb"));
	assert_string_equal(enrich_asn_path(enrich), second);
	enrich_free(enrich);
	/* a named one comes before all, and is not replaced in silence */
	assert_int_equal(setenv("RARETRAIL_ASN_DB", good, 1), 0);
	enrich = open_good(NULL, NULL);
	assert_string_equal(enrich_asn_path(enrich), good);
	enrich_free(enrich);
	assert_int_equal(setenv("RARETRAIL_ASN_DB", bad, 1), 0);
	assert_int_equal(enrich_open(&(struct enrich_options){0}, &enrich, &err), -1);
	assert_false(enrich_has_asn(enrich));
	enrich_free(enrich);
	assert_int_equal(unsetenv("RARETRAIL_ASN_DB"), 0);

	char **paths[] = {&first, &second, &city};
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		(void)unlink(*paths[i]);
		free(*paths[i]);
	}
	(void)rmdir(folder);
	(void)rmdir(home);
	buf_free(&places);
	free(expected);
	free(folder);
	free(good);
	free(bad);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_networks),
		cmocka_unit_test(number_without_name),
		cmocka_unit_test(places),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(mutations),
		cmocka_unit_test(not_databases),
		cmocka_unit_test(search_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
