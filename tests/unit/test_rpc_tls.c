/* SPDX-License-Identifier: Apache-2.0 */
/* Whose certificates an endpoint may have, and what else it may not be. */
#include "chain/rpc.h"

#include "compose/demo/demo_exchange.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <unistd.h>

#define HOST "coinbase.demo.localhost"

static struct demo_exchange *demo;
static char dir[] = "/tmp/affiant-rpc-XXXXXX";
static char ca[64], intermediate[64];

static int start(void **state)
{
	(void)state;
	struct demo_options o = { .dir = dir };
	struct fault f = FAULT_INIT;

	if (mkdtemp(dir) == NULL || !demo_exchange_start(&o, &demo, &f))
		return -1;
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(
	    intermediate, sizeof(intermediate), "%s/intermediate.pem", dir);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	demo_exchange_stop(demo);
	unlink(ca);
	unlink(intermediate);
	return rmdir(dir);
}

/* The exchange speaks no JSON-RPC: where TLS holds, that is what is told. */
static void assert_told(
    const char *host, uint16_t port, const char *ca_file, const char *at)
{
	AUTO(rpc_chain_drop) struct rpc_chain *chain = NULL;
	struct fault f = FAULT_INIT;
	char url[128];

	snprintf(url, sizeof(url), "https://%s:%u/v2/se-cr-et", host, port);
	const struct rpc_endpoint_config e = { url, "https://x/v2/${KEY}" };
	const struct rpc_config c = { .chain_id = 1,
		.endpoints = &e,
		.n_endpoints = 1,
		.ca_file = ca_file };
	assert_ok(rpc_chain_open(&c, &chain, &f), f);
	assert_false(rpc_chain_check(chain, &f));
	assert_null(strstr(f.text, "se-cr-et"));
	assert_non_null(strstr(f.text, "${KEY}"));
	assert_fault(f, FAULT_REMOTE, at);
}

static void behave(const char *mode)
{
	struct fault f = FAULT_INIT;

	assert_ok(demo_exchange_misbehave(demo, HOST, mode, &f), f);
}

static void certificate__of_a_trusted_root_is_taken(void **state)
{
	(void)state;
	assert_told(HOST, demo_exchange_port(demo), ca, "rpc.http");
}

static void certificate__of_another_root_is_refused(void **state)
{
	(void)state;
	assert_told(HOST, demo_exchange_port(demo), NULL, "rpc.tls");
}

static void certificate__of_another_name_is_refused(void **state)
{
	(void)state;
	assert_told("other.localhost", demo_exchange_port(demo), ca, "rpc.tls");
}

static void handshakes__that_are_not_sound_are_refused(void **state)
{
	(void)state;
	static const char *const modes[] = { "wrong-certificate",
		"expired-certificate", "other-hosts-certificate",
		"no-intermediate", "old-tls" };

	for (size_t i = 0; i < COUNT(modes); i++) {
		behave(modes[i]);
		assert_told(HOST, demo_exchange_port(demo), ca, "rpc.tls");
		behave("none");
	}
}

static void redirects__are_not_followed(void **state)
{
	(void)state;
	behave("redirect");
	assert_told(HOST, demo_exchange_port(demo), ca, "rpc.http");
	behave("none");
}

static void intermediate__in_the_file_is_no_root(void **state)
{
	(void)state;
	assert_told(HOST, demo_exchange_port(demo), intermediate, "rpc.tls");
}

static void plain_http__does_not_pass_for_tls(void **state)
{
	(void)state;
	assert_told(HOST, demo_exchange_http_port(demo), ca, "rpc.tls");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate__of_a_trusted_root_is_taken),
		cmocka_unit_test(certificate__of_another_root_is_refused),
		cmocka_unit_test(certificate__of_another_name_is_refused),
		cmocka_unit_test(handshakes__that_are_not_sound_are_refused),
		cmocka_unit_test(redirects__are_not_followed),
		cmocka_unit_test(intermediate__in_the_file_is_no_root),
		cmocka_unit_test(plain_http__does_not_pass_for_tls),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
