/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_address.h"

#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

static const struct {
	const char *address, *word; /* NULL: of the internet */
} cases[] = {
	{ "1.1.1.1", NULL },
	{ "9.255.255.255", NULL },
	{ "11.0.0.0", NULL },
	{ "100.63.255.255", NULL },
	{ "100.128.0.0", NULL },
	{ "126.255.255.255", NULL },
	{ "128.0.0.0", NULL },
	{ "169.253.255.255", NULL },
	{ "169.255.0.0", NULL },
	{ "172.15.255.255", NULL },
	{ "172.32.0.0", NULL },
	{ "192.167.255.255", NULL },
	{ "192.169.0.0", NULL },
	{ "198.17.255.255", NULL },
	{ "198.20.0.0", NULL },
	{ "223.255.255.255", NULL },

	{ "0.0.0.0", "unspecified" },
	{ "0.1.2.3", "unspecified" },
	{ "10.0.0.1", "private" },
	{ "100.64.0.1", "shared" },
	{ "100.127.255.255", "shared" },
	{ "100.100.100.200", "metadata" },
	{ "127.0.0.1", "loopback" },
	{ "127.255.255.255", "loopback" },
	{ "168.63.129.16", "metadata" },
	{ "169.254.169.254", "link-local" },
	{ "172.16.0.1", "private" },
	{ "172.31.255.255", "private" },
	{ "192.0.0.192", "reserved" },
	{ "192.0.2.1", "reserved" },
	{ "192.88.99.1", "reserved" },
	{ "192.168.1.1", "private" },
	{ "198.18.0.1", "reserved" },
	{ "198.19.255.255", "reserved" },
	{ "198.51.100.7", "reserved" },
	{ "203.0.113.7", "reserved" },
	{ "224.0.0.251", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "240.0.0.1", "reserved" },
	{ "255.255.255.255", "reserved" },

	{ "2606:4700:4700::1111", NULL },
	{ "2001:4860:4860::8888", NULL },
	{ "2001:200::1", NULL },
	{ "3fff:1000::1", NULL },
	{ "::", "unspecified" },
	{ "::1", "loopback" },
	{ "::127.0.0.1", "reserved" }, /* IPv4-compatible: given up */
	{ "::2", "reserved" },
	{ "100::1", "reserved" },
	{ "2001::1", "reserved" }, /* Teredo */
	{ "2001:db8::1", "reserved" },
	{ "3fff::1", "reserved" },
	{ "4000::1", "reserved" },
	{ "fc00::1", "private" },
	{ "fd00:ec2::254", "private" },
	{ "fe80::1", "link-local" },
	{ "febf::1", "link-local" },
	{ "fec0::1", "private" },
	{ "ff02::1", "multicast" },

	{ "::ffff:8.8.8.8", NULL },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "::ffff:169.254.169.254", "link-local" },
	{ "::ffff:10.1.2.3", "private" },
	{ "64:ff9b::8.8.8.8", NULL },
	{ "64:ff9b::10.0.0.1", "private" },
	{ "64:ff9b:1::10.0.0.1", "reserved" },
	{ "2002:0808:0808::1", NULL },
	{ "2002:7f00:0001::1", "loopback" },

	{ "localhost", "unknown" },
	{ "127.1", "unknown" },
	{ "", "unknown" },
};

static const char *special(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return source_address_special((struct sockaddr *)&v4);
	if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
		return source_address_special((struct sockaddr *)&v6);
	return "unknown";
}

static void same(const char *address, const char *found, const char *want)
{
	if ((found == NULL) != (want == NULL) ||
	    (found != NULL && strcmp(found, want) != 0))
		fail_msg("%s: want %s, got %s", address,
		    want != NULL ? want : "none",
		    found != NULL ? found : "none");
}

static void special__knows_every_range_and_its_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		same(cases[i].address,
		    source_address_special_text(cases[i].address),
		    cases[i].word);
		same(
		    cases[i].address, special(cases[i].address), cases[i].word);
	}
}

static void special__trusts_no_family_that_it_does_not_know(void **state)
{
	const struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)state;
	assert_string_equal(
	    source_address_special((const struct sockaddr *)&a), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special__knows_every_range_and_its_ends),
		cmocka_unit_test(
		    special__trusts_no_family_that_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
