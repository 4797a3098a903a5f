/* What the writer of AS databases puts in, libmaxminddb gives back: at every boundary, for both families, against a
 * naive oracle over random overlapping ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include "raretrail/enrich.h"

#define OUTPUT "test_enrich_write.mmdb"

static char *folder;

static int folder_make(void **state)
{
	(void)state;
	folder = xstrdup("/tmp/raretrail-enrich-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	(void)state;
	char *path = xasprintf("%s/" OUTPUT, folder);
	(void)unlink(path);
	free(path);
	int result = rmdir(folder); /* fails when a draft was left behind */
	free(folder);
	return result;
}

struct problems {
	unsigned count;
	uint64_t lines[64];
	char last[128];
};

static void note_problem(void *context, const char *name, uint64_t line, const char *reason)
{
	struct problems *problems = context;
	assert_string_equal(name, "test.csv");
	problems->lines[problems->count++ % 64] = line;
	(void)snprintf(problems->last, sizeof problems->last, "%s", reason);
}

static struct enrich *import(const char *csv, struct problems *problems, struct mmdb_write_report *report)
{
	char *path = xasprintf("%s/" OUTPUT, folder);
	FILE *file = fmemopen((void *)(uintptr_t)csv, strlen(csv), "r");
	struct err err = {0};
	const char *const name = "test.csv";
	struct mmdb_write_report unused;
	if (mmdb_write_asn(&file, &name, 1, path, 1767225600000, problems ? note_problem : NULL, problems,
		    report ? report : &unused, &err))
		fail_msg("%s", err.text);
	(void)fclose(file);
	struct enrich *enrich;
	if (enrich_open(&(struct enrich_options){.asn_db = path}, &enrich, &err))
		fail_msg("%s", err.text);
	free(path);
	return enrich;
}

static void expect(struct enrich *enrich, const char *ip, int64_t number, const char *organization)
{
	struct enrich_answer answer;
	struct err err = {0};
	if (enrich_lookup(enrich, slice_of(ip), &answer, &err))
		fail_msg("%s: %s", ip, err.text);
	if (answer.has_as_number != (number >= 0) || (number >= 0 && answer.as_number != number))
		fail_msg("%s: AS%u (%d), expected %ld", ip, answer.as_number, answer.has_as_number, (long)number);
	if (!slice_equals(answer.as_organization, slice_of(organization)))
		fail_msg("%s: \"%.*s\", expected \"%s\"", ip, (int)answer.as_organization.length,
			answer.as_organization.data ? answer.as_organization.data : "",
			organization ? organization : "");
}

static void rows_come_back(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct mmdb_write_report report;
	struct enrich *enrich = import("\xef\xbb\xbf"
				       "start,end,number,organisation\r\n"
				       "# a comment\r\n"
				       "192.0.2.0,192.0.2.255,64500,\"Example, \"\"Quoted\"\" Hosting\"\r\n"
				       "\r\n"
				       "198.51.100.7,198.51.100.7,AS64501,One Address\r\n"
				       "203.0.113.0,203.0.113.127,64502,\r\n"
				       "203.0.113.128,203.0.113.255,,Name Only\r\n"
				       "2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64503,Six\r\n"
				       "2001:db8:1::/48,4294967295,Block\r\n"
				       "192.0.2.16,192.0.2.31,64504,Later Wins",
		&problems, &report);
	assert_int_equal(problems.count, 0);
	assert_int_equal(report.rows, 7);
	assert_int_equal(report.skipped, 0);
	assert_string_equal(enrich_asn_label(enrich), "raretrail-ASN 2026-01-01");
	expect(enrich, "192.0.1.255", -1, NULL);
	expect(enrich, "192.0.2.0", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "192.0.2.15", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "192.0.2.16", 64504, "Later Wins");
	expect(enrich, "192.0.2.31", 64504, "Later Wins");
	expect(enrich, "192.0.2.32", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "192.0.2.255", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "192.0.3.0", -1, NULL);
	expect(enrich, "198.51.100.6", -1, NULL);
	expect(enrich, "198.51.100.7", 64501, "One Address");
	expect(enrich, "203.0.113.127", 64502, NULL);
	expect(enrich, "203.0.113.128", -1, "Name Only");
	expect(enrich, "2001:db7:ffff::", -1, NULL);
	expect(enrich, "2001:db8::", 64503, "Six");
	expect(enrich, "2001:db8:1:ffff::", 4294967295, "Block");
	expect(enrich, "2001:db8:2::", -1, NULL);
	expect(enrich, "::ffff:192.0.2.1", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "::192.0.2.1", 64500, "Example, \"Quoted\" Hosting");
	expect(enrich, "not an address", -1, NULL);
	enrich_free(enrich);
}

/* Our own lookups turn ::ffff:192.0.2.1 into IPv4 first; other readers of the file walk the tree. */
static void mapped_addresses_lead_to_ipv4(void **state)
{
	(void)state;
	enrich_free(import("192.0.2.0/24,64500,Four\n2001:db8::/32,64501,Six\n", NULL, NULL));
	char *path = xasprintf("%s/" OUTPUT, folder);
	MMDB_s db;
	assert_int_equal(MMDB_open(path, MMDB_MODE_MMAP, &db), MMDB_SUCCESS);
	static const struct {
		const char *ip;
		bool found;
	} cases[] = {{"::ffff:192.0.2.9", true}, {"::192.0.2.9", true}, {"::ffff:192.0.3.9", false},
		{"2001:db8::9", true}, {"::fffe:192.0.2.9", false}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct ip ip;
		struct sockaddr_in6 address = {.sin6_family = AF_INET6};
		int status;
		assert_true(ip_parse(slice_of(cases[i].ip), &ip));
		memcpy(&address.sin6_addr, ip.bytes, 16);
		MMDB_lookup_result_s result = MMDB_lookup_sockaddr(&db, (struct sockaddr *)&address, &status);
		assert_int_equal(status, MMDB_SUCCESS);
		assert_int_equal(result.found_entry, cases[i].found);
	}
	MMDB_close(&db);
	free(path);
}

static void bad_rows_are_named(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct mmdb_write_report report;
	struct enrich *enrich = import("192.0.2.0,192.0.2.255,1,Good\n"
				       "192.0.2.300,192.0.2.255,1,x\n"
				       "192.0.02.0,192.0.2.255,1,x\n"
				       "192.0.2.9,192.0.2.1,1,x\n"
				       "192.0.2.9,2001:db8::,1,x\n"
				       "192.0.2.0,192.0.2.255,4294967296,x\n"
				       "192.0.2.0,192.0.2.255,,\n"
				       "192.0.2.0,192.0.2.255,1,Not, Quoted\n"
				       "192.0.2.0,192.0.2.255,1,\"Open\n"
				       "192.0.2.0,192.0.2.255,1,\"a\"b\n"
				       "192.0.2.0,192.0.2.255\n"
				       "192.0.2.0/33,1,x\n"
				       "192.0.2.0,192.0.2.255,1,\xff\n"
				       "198.51.100.0/24,2,Last\n",
		&problems, &report);
	assert_int_equal(report.rows, 14);
	assert_int_equal(report.skipped, 12);
	assert_int_equal(problems.count, 12);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(problems.lines[i], i + 2);
	assert_string_equal(problems.last, "the organisation is not clean UTF-8 text");
	expect(enrich, "192.0.2.1", 1, "Good");
	expect(enrich, "198.51.100.255", 2, "Last");
	enrich_free(enrich);
}

static void nothing_usable_writes_nothing(void **state)
{
	(void)state;
	char csv[] = "start,end,number,organisation\nnonsense\n";
	FILE *file = fmemopen(csv, sizeof csv - 1, "r");
	char *path = xasprintf("%s/none.mmdb", folder);
	const char *const name = "test.csv";
	struct err err = {0};
	assert_int_equal(mmdb_write_asn(&file, &name, 1, path, 0, NULL, NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_int_equal(access(path, F_OK), -1);
	(void)fclose(file);
	free(path);
}

static void whole_space(void **state)
{
	(void)state;
	struct enrich *enrich = import("::/0,7,Everything\n::ffff:0:0/96,8,Fourth\n", NULL, NULL);
	expect(enrich, "1.2.3.4", 8, "Fourth");
	expect(enrich, "::ffff:1.2.3.4", 8, "Fourth");
	expect(enrich, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 7, "Everything");
	expect(enrich, "8000::", 7, "Everything");
	enrich_free(enrich);
	enrich = import("::/80,9,Low\n10.0.0.0/8,8,Fourth\n", NULL, NULL);
	expect(enrich, "10.1.2.3", 8, "Fourth");
	expect(enrich, "11.1.2.3", 9, "Low");
	expect(enrich, "::1:2:3", 9, "Low");
	expect(enrich, "::1:0:0:0", -1, NULL);
	enrich_free(enrich);
	enrich = import("::/0,7,Everything\n", NULL, NULL);
	expect(enrich, "1.2.3.4", 7, "Everything");
	expect(enrich, "7fff::", 7, "Everything");
	enrich_free(enrich);
}

/* ---- random ranges against an oracle that walks all rows backwards ---- */

struct row {
	struct ip start, end;
	uint32_t number;
};

static uint64_t seed = 20260507;
static uint32_t random_below(uint32_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % limit);
}

static void random_ip(bool is_v4, struct ip *ip)
{
	memset(ip, 0, sizeof *ip);
	if (is_v4) {
		ip->bytes[10] = ip->bytes[11] = 0xff;
		ip->bytes[12] = 10;
		for (unsigned i = 13; i < 16; i++)
			ip->bytes[i] = (uint8_t)random_below(i == 15 ? 256 : 4);
	} else {
		ip->bytes[0] = 0x20;
		ip->bytes[1] = 0x01;
		for (unsigned i = 2; i < 16; i++)
			ip->bytes[i] =
				(uint8_t)(random_below(3) == 0 ? random_below(256) : (random_below(2) ? 0 : 255));
	}
}

static void ip_text(const struct ip *ip, char out[48])
{
	if (ip_is_v4(ip)) {
		(void)snprintf(out, 48, "%u.%u.%u.%u", ip->bytes[12], ip->bytes[13], ip->bytes[14], ip->bytes[15]);
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		(void)snprintf(out + 5 * i, 6, "%02x%02x%s", ip->bytes[2 * i], ip->bytes[2 * i + 1], i < 7 ? ":" : "");
}

static bool ip_step(struct ip *ip, int by)
{
	for (unsigned i = 16; i-- > (ip_is_v4(ip) ? 12u : 0u);) {
		ip->bytes[i] = (uint8_t)(ip->bytes[i] + by);
		if (ip->bytes[i] != (by > 0 ? 0 : 255))
			return true;
	}
	return false;
}

static void compare_at(struct enrich *enrich, const struct row *rows, size_t count, const struct ip *ip)
{
	char text[48], name[32];
	ip_text(ip, text);
	for (size_t i = count; i-- > 0;) {
		if (ip_compare(&rows[i].start, ip) <= 0 && ip_compare(ip, &rows[i].end) <= 0) {
			(void)snprintf(name, sizeof name, "Net %u", rows[i].number);
			expect(enrich, text, rows[i].number, name);
			return;
		}
	}
	expect(enrich, text, -1, NULL);
}

static void random_ranges(void **state)
{
	(void)state;
	enum { ROWS = 120 };
	for (unsigned round = 0; round < 60; round++) {
		struct row rows[ROWS];
		size_t count = 1 + random_below(ROWS);
		struct buf csv = BUF_EMPTY;
		for (size_t i = 0; i < count; i++) {
			char start[48], end[48];
			bool is_v4 = random_below(3) != 0;
			random_ip(is_v4, &rows[i].start);
			random_ip(is_v4, &rows[i].end);
			if (ip_compare(&rows[i].start, &rows[i].end) > 0) {
				struct ip swap = rows[i].start;
				rows[i].start = rows[i].end;
				rows[i].end = swap;
			}
			rows[i].number = random_below(round % 2 ? 4 : 100000);
			ip_text(&rows[i].start, start);
			ip_text(&rows[i].end, end);
			buf_printf(&csv, "%s,%s,%u,Net %u\n", start, end, rows[i].number, rows[i].number);
		}
		struct enrich *enrich = import(csv.data, NULL, NULL);
		for (size_t i = 0; i < count; i++) {
			struct ip probe = rows[i].start;
			compare_at(enrich, rows, count, &probe);
			if (ip_step(&probe, -1))
				compare_at(enrich, rows, count, &probe);
			probe = rows[i].end;
			compare_at(enrich, rows, count, &probe);
			if (ip_step(&probe, 1))
				compare_at(enrich, rows, count, &probe);
			random_ip(i % 2 == 0, &probe);
			compare_at(enrich, rows, count, &probe);
		}
		enrich_free(enrich);
		buf_free(&csv);
	}
}

/* Enough distinct names for pointers of every length and records beyond the first size of the data section. */
static void many_names(void **state)
{
	(void)state;
	enum { COUNT = 40000 };
	struct buf csv = BUF_EMPTY;
	for (uint32_t i = 0; i < COUNT; i++)
		buf_printf(&csv, "10.%u.%u.0,10.%u.%u.255,%u,Network number %u with a name of some length\n",
			i >> 8 & 255, i & 255, i >> 8 & 255, i & 255, i % 1000 * 77, i / 4);
	struct enrich *enrich = import(csv.data, NULL, NULL);
	for (uint32_t i = 0; i < COUNT; i += 7) {
		char ip[32], name[80];
		(void)snprintf(ip, sizeof ip, "10.%u.%u.9", i >> 8 & 255, i & 255);
		(void)snprintf(name, sizeof name, "Network number %u with a name of some length", i / 4);
		expect(enrich, ip, i % 1000 * 77, name);
	}
	enrich_free(enrich);
	buf_free(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back),
		cmocka_unit_test(mapped_addresses_lead_to_ipv4),
		cmocka_unit_test(bad_rows_are_named),
		cmocka_unit_test(nothing_usable_writes_nothing),
		cmocka_unit_test(whole_space),
		cmocka_unit_test(random_ranges),
		cmocka_unit_test(many_names),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
