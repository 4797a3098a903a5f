/* ip: addresses and CIDR blocks, for filters and allowlists. An IPv4 address is kept in its IPv6-mapped form, as
 * Elasticsearch does, so one comparison serves both. */
#include "raretrail/base.h"

#include <arpa/inet.h>

bool ip_parse(struct slice text, struct ip *out)
{
	char copy[INET6_ADDRSTRLEN + 1];
	if (!text.data || text.length == 0 || text.length >= sizeof copy || memchr(text.data, 0, text.length))
		return false;
	memcpy(copy, text.data, text.length);
	copy[text.length] = 0;
	if (inet_pton(AF_INET6, copy, out->bytes) == 1)
		return true;
	memset(out->bytes, 0, 10);
	out->bytes[10] = out->bytes[11] = 0xff;
	return inet_pton(AF_INET, copy, out->bytes + 12) == 1;
}

bool ip_is_v4(const struct ip *ip)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

int cidr_parse(struct slice text, struct cidr *out, struct err *err)
{
	const char *slash = text.length ? memchr(text.data, '/', text.length) : NULL;
	size_t address_length = slash ? (size_t)(slash - text.data) : text.length;
	struct buf shown = BUF_EMPTY;
	text_show(&shown, text, TEXT_TERMINAL);
	int result = 0;
	if (!ip_parse((struct slice){text.data, address_length}, &out->base)) {
		result = err_set(err, ERR_USAGE, "\"%s\" is not an IPv4 or IPv6 address or CIDR block",
			shown.length ? shown.data : "");
		goto done;
	}
	bool is_v4 = memchr(text.data, ':', address_length) == NULL;
	unsigned most = is_v4 ? 32 : 128, bits = 0;
	size_t digits = slash ? text.length - address_length - 1 : 0;
	bool is_number = !slash || (digits >= 1 && digits <= 3);
	for (size_t i = 0; slash && is_number && i < digits; i++) {
		char c = slash[1 + i];
		is_number = c >= '0' && c <= '9';
		bits = bits * 10 + (unsigned)(c - '0');
	}
	if (!slash)
		bits = most;
	if (!is_number || bits > most) {
		result = err_set(err, ERR_USAGE, "\"%s\": the prefix length must be 0 to %u", shown.data, most);
		goto done;
	}
	out->bits = is_v4 ? bits + 96 : bits;
	for (unsigned bit = out->bits; bit < 128; bit++)
		out->base.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
done:
	buf_free(&shown);
	return result;
}

bool cidr_contains(const struct cidr *cidr, const struct ip *ip)
{
	unsigned whole = cidr->bits / 8, rest = cidr->bits % 8;
	if (memcmp(cidr->base.bytes, ip->bytes, whole) != 0)
		return false;
	return rest == 0 || ((cidr->base.bytes[whole] ^ ip->bytes[whole]) & (uint8_t)(0xff00U >> rest)) == 0;
}
