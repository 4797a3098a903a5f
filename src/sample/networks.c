/* networks: who owns which addresses in the samples. The clouds bear their real names, because the rule's trusted list
 * does; everybody else is made up. Addresses: RFC 2544, RFC 3849, RFC 5737; numbers of the made-up: RFC 5398. */
#include "raretrail/sample.h"

static const struct network {
	const char *start, *end;
	unsigned number;
	const char *organization;
} networks[] = {
	{"192.0.2.0", "192.0.2.255", 64503, "Marlow Goods Office"},
	{"198.18.0.0", "198.18.127.255", 16509, "Amazon.com, Inc."},
	{"198.18.128.0", "198.18.255.255", 14618, "Amazon.com, Inc."},
	{"198.19.0.0", "198.19.63.255", 396982, "Google LLC"},
	{"198.19.64.0", "198.19.127.255", 8075, "Microsoft Corporation"},
	{"198.19.128.0", "198.19.159.255", 64496, "Larkspur Broadband Ltd"},
	{"198.19.160.0", "198.19.175.255", 64497, "Tunnelhaus VPN GmbH"},
	{"198.19.176.0", "198.19.183.255", 64498, "Nordwall Mobil AS"},
	{"198.19.184.0", "198.19.184.255", 64499, "Skyharbor Terminal WiFi"},
	{"198.19.185.0", "198.19.185.255", 64500, "Hotel Net Iberia S.L."},
	{"198.19.186.0", "198.19.186.255", 64501, "Kestrel Rail Onboard"},
	{"198.19.187.0", "198.19.187.255", 64505, "Campo Ferial \"Expo\" Redes"},
	{"198.19.192.0", "198.19.192.255", 64504, ""},
	{"198.51.100.0", "198.51.100.255", 64502, "Graywater Hosting S.R.L."},
	{"203.0.113.0", "203.0.113.255", 65551, "Vantreon Hosting B.V."},
	{"2001:db8:1000::", "2001:db8:1fff:ffff:ffff:ffff:ffff:ffff", 16509, "Amazon.com, Inc."},
	{"2001:db8:f000::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 64496, "Larkspur Broadband Ltd"},
};

void sample_asn_csv(struct buf *out)
{
	buf_add_text(out, "start,end,number,organisation\n");
	for (size_t i = 0; i < COUNT_OF(networks); i++) {
		buf_printf(out, "%s,%s,%u,\"", networks[i].start, networks[i].end, networks[i].number);
		for (const char *c = networks[i].organization; *c; c++) {
			if (*c == '"')
				buf_add_char(out, '"');
			buf_add_char(out, *c);
		}
		buf_add_text(out, "\"\n");
	}
}
