/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A demo exchange in the test's own process, and sources that ask it. For
 * tests of sources/; one exchange per test program.
 */
#ifndef AFFIANT_TEST_DEMO_FIXTURE_H
#define AFFIANT_TEST_DEMO_FIXTURE_H

#include "compose/demo/demo_exchange.h"
#include "compose/demo/demo_market.h"
#include "sources/sources.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <unistd.h>

#define COINBASE "coinbase.demo.localhost"
#define KRAKEN "kraken.demo.localhost"
#define BITSTAMP "bitstamp.demo.localhost"
#define COINBASE_TARGET "/products/BTC-USD/ticker"

static struct demo_exchange *demo;
static char demo_dir[] = "/tmp/affiant-demo-XXXXXX";
static char demo_ca[64], demo_intermediate[64];

static int demo_start(void)
{
	struct fault f = FAULT_INIT;
	struct demo_options o = { .dir = demo_dir };

	if (mkdtemp(demo_dir) == NULL || !sources_init(&f) ||
	    !demo_exchange_start(&o, &demo, &f)) {
		print_error("%s\n", f.text);
		return -1;
	}
	snprintf(demo_ca, sizeof(demo_ca), "%s/ca.pem", demo_dir);
	snprintf(demo_intermediate, sizeof(demo_intermediate),
	    "%s/intermediate.pem", demo_dir);
	return 0;
}

static int demo_stop(void)
{
	demo_exchange_stop(demo);
	sources_exit();
	unlink(demo_ca);
	unlink(demo_intermediate);
	return rmdir(demo_dir);
}

/* "https://host:port/target" in memory of the caller. */
static const char *demo_url(char url[256], const char *host, const char *target)
{
	snprintf(url, 256, "https://%s:%u%s", host, demo_exchange_port(demo),
	    target);
	return url;
}

static struct source_config demo_source(const char *url, const char *pick)
{
	return (struct source_config){
		.kind = "http-json",
		.url = url,
		.rule.pick = pick,
		.ca_file = demo_ca,
		.allow_private = true, /* loopback */
		.timeout_ms = 10000,
		.max_bytes = 65536,
		.rule.is_number = true,
		.rule.must_be_positive = true,
		.rule.decimals = 8,
		.rule.rounding = DEC_HALF_EVEN,
	};
}

static struct source_set *demo_open(const struct source_config *c, size_t n)
{
	struct fault f = FAULT_INIT;
	struct source_set *s = NULL;

	assert_ok(source_set_open(NULL, c, n, &s, &f), f);
	return s;
}

static void demo_behave(const char *host, const char *mode)
{
	struct fault f = FAULT_INIT;

	assert_ok(demo_exchange_misbehave(demo, host, mode, &f), f);
}

static void assert_succeeded(const struct source_result *r)
{
	if (!r->ok)
		fail_msg("failed: %s: %s", r->fault.at, r->fault.text);
}

static void assert_failed(const struct source_result *r, const char *word)
{
	if (r->ok || !r->source.failed)
		fail_msg("succeeded, want %s", word);
	if (!span_equal_text(r->source.reason, word))
		fail_msg(
		    "want %s, got %s: %s", word, r->fault.at, r->fault.text);
}

#define assert_hash(got, want) assert_memory_equal((got).b, (want).b, 32)

#endif
