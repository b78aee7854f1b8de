/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_address.h"

#include "verify/base/fault.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint8_t prefix[16];
	unsigned bits;
	const char *word;
};

/* IANA's registry of special-purpose addresses (RFC 6890), multicast, and
 * what clouds serve their credentials from. The first row that fits. */
static const struct range v4_ranges[] = {
	{ { 0 }, 8, "unspecified" },
	{ { 10 }, 8, "private" },
	{ { 100, 100, 100, 200 }, 32, "metadata" },
	{ { 100, 64 }, 10, "shared" }, /* RFC 6598: behind a carrier's NAT */
	{ { 127 }, 8, "loopback" },
	{ { 168, 63, 129, 16 }, 32, "metadata" },
	{ { 169, 254 }, 16, "link-local" }, /* 169.254.169.254 among them */
	{ { 172, 16 }, 12, "private" },
	{ { 192, 0, 0 }, 24, "reserved" },
	{ { 192, 0, 2 }, 24, "reserved" },
	{ { 192, 88, 99 }, 24, "reserved" },
	{ { 192, 168 }, 16, "private" },
	{ { 198, 18 }, 15, "reserved" },
	{ { 198, 51, 100 }, 24, "reserved" },
	{ { 203, 0, 113 }, 24, "reserved" },
	{ { 224 }, 4, "multicast" },
	{ { 240 }, 4, "reserved" },
};

/* Of IPv6 only 2000::/3 has been given out; the rest has words where people
 * know one. */
static const struct range v6_ranges[] = {
	{ { 0 }, 128, "unspecified" },
	{ { [15] = 1 }, 128, "loopback" },
	{ { 0xfc }, 7, "private" }, /* fd00:ec2::254 among them */
	{ { 0xfe, 0x80 }, 10, "link-local" },
	{ { 0xfe, 0xc0 }, 10, "private" },
	{ { 0xff }, 8, "multicast" },
	{ { 0x20, 0x01, 0x00, 0x00 }, 23, "reserved" }, /* Teredo among them */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, "reserved" },
	{ { 0x3f, 0xff }, 20, "reserved" },
};
static const struct range v6_given_out = { { 0x20 }, 3, NULL };

/* Where an IPv4 address stands inside, and from which byte. */
static const struct {
	struct range range;
	size_t at;
} v6_carriers[] = {
	{ { { [10] = 0xff, [11] = 0xff }, 96, NULL }, 12 },
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96, NULL }, 12 },
	{ { { 0x20, 0x02 }, 16, NULL }, 2 },
};

static bool is_in(const uint8_t *address, const struct range *r)
{
	size_t whole = r->bits / 8;
	unsigned rest = r->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(address, r->prefix, whole) != 0)
		return false;
	return rest == 0 ||
	    (address[whole] & mask) == (r->prefix[whole] & mask);
}

static const char *find(
    const uint8_t *address, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_in(address, &ranges[i]))
			return ranges[i].word;
	}
	return NULL;
}

static const char *special_v4(const uint8_t *address)
{
	return find(address, v4_ranges, COUNT(v4_ranges));
}

static const char *special_v6(const uint8_t *address)
{
	const char *word;

	for (size_t i = 0; i < COUNT(v6_carriers); i++) {
		if (is_in(address, &v6_carriers[i].range))
			return special_v4(address + v6_carriers[i].at);
	}
	word = find(address, v6_ranges, COUNT(v6_ranges));
	if (word == NULL && !is_in(address, &v6_given_out))
		return "reserved";
	return word;
}

const char *source_address_special(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&v4, address, sizeof(v4));
		return special_v4((const uint8_t *)&v4.sin_addr);
	case AF_INET6:
		memcpy(&v6, address, sizeof(v6));
		return special_v6(v6.sin6_addr.s6_addr);
	default:
		return "unknown";
	}
}

const char *source_address_special_text(const char *address)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1)
		return special_v4(bytes);
	if (inet_pton(AF_INET6, address, bytes) == 1)
		return special_v6(bytes);
	return "unknown";
}
