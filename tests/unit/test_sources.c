/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching from the demo exchange: values, evidence, reuse, redirects. */
#include "sources/sources.h"

#include "tests/unit/demo_fixture.h"
#include "verify/base/file.h"

#include <pthread.h>
#include <signal.h>

static char keylog[64];

/* What a host's evidence must be, from the exchange's own mouth. */
static void check_evidence(const struct tls_evidence *e, const char *host)
{
	struct fault f = FAULT_INIT;
	struct sha256 leaf, spki;

	assert_ok(demo_exchange_leaf(demo, host, &leaf, &spki, &f), f);
	assert_false(e->plain_http);
	assert_hash(e->leaf, leaf);
	assert_hash(e->spki, spki);
	assert_int_equal(e->n_chain, 2);
	assert_hash(e->chain[0], leaf);
	assert_hash(e->chain[1], demo_exchange_intermediate(demo));
	assert_hash(e->root, demo_exchange_root(demo));
	assert_span_text(e->version, "TLSv1.3");
	assert_span_text(
	    e->issuer, "CN=Affiant demo intermediate,O=Affiant demo exchange");
	assert_int_equal(memcmp(e->subject.p, "CN=", 3), 0);
	assert_memory_equal(e->subject.p + 3, host, strlen(host));
}

/* What the daemon does with it: a statement of exactly this source. */
static void check_statement(const struct source_result *r)
{
	static uint8_t bytes[LIMIT_STATEMENT_BYTES];
	static struct statement again;
	static struct statement st;
	AUTO(statement_doc_drop) struct statement_doc doc = { 0 };
	struct fault f = FAULT_INIT;
	struct wr w = wr_into(bytes, sizeof(bytes), "test", &f);

	st = (struct statement){
		.kind = statement_kind_find(span_text("price")),
		.feed = span_text("BTC/USD"),
		.value = r->source.value,
		.decimals = 8,
		.round = 1,
		.signer.b = { 1 },
		.timestamp = r->observed_at,
		.n_sources = 1,
	};
	st.source[0] = r->source;
	assert_ok(statement_encode(&st, &w, &f), f);
	assert_ok(statement_decode(wr_view(&w), &again, &doc, &f), f);
	assert_hash(again.source[0].tls.leaf, r->source.tls.leaf);
	assert_int_equal(again.source[0].n_hops, r->source.n_hops);
}

/* ---- values and evidence ------------------------------------------------ */

static const struct {
	const char *host, *target, *pick;
} shapes[] = {
	{ COINBASE, COINBASE_TARGET, "/price" },
	{ KRAKEN, "/0/public/Ticker?pair=XBTUSD", "/result/XXBTZUSD/c/0" },
	{ BITSTAMP, "/api/v2/ticker/btcusd/", "/last" },
	{ "gemini.demo.localhost", "/v1/pubticker/btcusd", "/last" },
	{ "bitfinex.demo.localhost", "/v2/ticker/tBTCUSD", "/6" },
	{ "coingecko.demo.localhost",
	    "/api/v3/simple/price?ids=bitcoin&vs_currencies=usd",
	    "/bitcoin/usd" },
};

static void fetch__gives_value_and_evidence_of_every_shape(void **state)
{
	char urls[COUNT(shapes)][256];
	struct source_config c[COUNT(shapes)];
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++)
		c[i] = demo_source(
		    demo_url(urls[i], shapes[i].host, shapes[i].target),
		    shapes[i].pick);
	set = demo_open(c, COUNT(shapes));
	r = source_set_fetch(set, NULL);
	for (size_t i = 0; i < COUNT(shapes); i++) {
		char text[DEC_TEXT_SIZE];
		assert_succeeded(&r[i]);
		assert_span_text(r[i].source.host, shapes[i].host);
		assert_span_text(r[i].source.url, urls[i]);
		assert_int_equal(r[i].source.status, 200);
		assert_int_equal(r[i].source.n_hops, 0);
		assert_true(r[i].source.used);
		assert_false(r[i].source.failed);
		assert_true(r[i].has_server_date);
		assert_span_text(
		    r[i].source.value, dec_format(&r[i].number, text));
		/* Between 90 and 110 thousand dollars: it is a BTC price. */
		assert_in_range(
		    r[i].number.units.limb[0], 9000000000000, 11000000000000);
		check_evidence(&r[i].source.tls, shapes[i].host);
		check_statement(&r[i]);
	}
}

static void fetch__hashes_the_body_as_it_came(void **state)
{
	char url[256];
	struct source_config c;
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;
	/* The demo's maintenance page, byte for byte, is no JSON; the error
	 * report of CoinGecko is, and has two bytes. */
	const struct sha256 want = sha256_of(span_text("{}"));

	(void)state;
	demo_behave("coingecko.demo.localhost", "error-in-200");
	c = demo_source(demo_url(url, shapes[5].host, shapes[5].target), "");
	c.rule.is_number = false;
	set = demo_open(&c, 1);
	r = source_set_fetch(set, NULL);
	demo_behave("coingecko.demo.localhost", "none");
	assert_succeeded(r);
	assert_span_text(r->source.value, "{}");
	assert_hash(r->source.body, want);
}

static void fetch__takes_the_time_of_the_observation(void **state)
{
	char a[256], b[256];
	struct source_config c[2] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(demo_url(b, "gemini.demo.localhost",
				"/v1/pubticker/btcusd"),
		    "/last")
	};
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	c[1].rule.time_pick = "/volume/timestamp";
	c[1].rule.time_unit = "ms";
	set = demo_open(c, 2);
	r = source_set_fetch(set, NULL);
	assert_succeeded(&r[0]);
	assert_succeeded(&r[1]);
	assert_int_equal(r[1].observed_at.ms % 300000, 0);
	assert_true(r[1].observed_at.ms <= r[0].observed_at.ms);
	assert_int_equal(r[1].source.observed_at.ms, r[1].observed_at.ms);
}

/* ---- connections -------------------------------------------------------- */

/*
 * Two servers with different certificates behind one set, over many rounds on
 * kept-alive connections: each answer has its own server's evidence. One of
 * the two hosts has two sources, which share or take turns.
 */
static void reuse__never_swaps_evidence(void **state)
{
	char a[256], b[256];
	struct source_config c[3] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(
		    demo_url(b, KRAKEN, shapes[1].target), shapes[1].pick),
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/ask")
	};
	AUTO(source_set_drop) struct source_set *set = demo_open(c, 3);
	uint64_t before = demo_exchange_n_connections(demo);
	uint64_t requests = demo_exchange_n_requests(demo);

	(void)state;
	for (int round = 0; round < 20; round++) {
		const struct source_result *r = source_set_fetch(set, NULL);
		for (int i = 0; i < 3; i++)
			assert_succeeded(&r[i]);
		check_evidence(&r[0].source.tls, COINBASE);
		check_evidence(&r[1].source.tls, KRAKEN);
		check_evidence(&r[2].source.tls, COINBASE);
	}
	/* 60 answers over 3 connections: they were kept alive. */
	assert_int_equal(demo_exchange_n_requests(demo), requests + 60);
	assert_int_equal(demo_exchange_n_connections(demo), before + 3);
}

static void reuse__shows_the_certificate_of_its_own_handshake(void **state)
{
	char a[256], b[256];
	struct source_config c[2] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(
		    demo_url(b, KRAKEN, shapes[1].target), shapes[1].pick)
	};
	AUTO(source_set_drop) struct source_set *set = demo_open(c, 2);
	const struct source_result *r = source_set_fetch(set, NULL);
	struct sha256 old = r[0].source.tls.leaf;

	(void)state;
	assert_succeeded(&r[0]);
	check_evidence(&r[0].source.tls, COINBASE);

	/* Rotated between polls: the open connection still has the old one. */
	demo_behave(COINBASE, "new-leaf");
	r = source_set_fetch(set, NULL);
	assert_succeeded(&r[0]);
	assert_hash(r[0].source.tls.leaf, old);

	/* A new connection shows the new one, all of it, and the other host's
	 * stays what it was. */
	demo_exchange_disconnect(demo);
	r = source_set_fetch(set, NULL);
	assert_succeeded(&r[0]);
	assert_memory_not_equal(r[0].source.tls.leaf.b, old.b, 32);
	check_evidence(&r[0].source.tls, COINBASE);
	check_evidence(&r[1].source.tls, KRAKEN);
}

static void reuse__does_not_cross_ca_files(void **state)
{
	char url[256];
	struct source_config c[2];
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	/* Same host, same port; the first trusts only the system's roots, and
	 * finds the other's idle connection when its turn comes. */
	c[0] = demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	c[1] = c[0];
	c[0].ca_file = NULL;
	set = demo_open(c, 2);
	for (int round = 0; round < 3; round++) {
		r = source_set_fetch(set, NULL);
		assert_failed(&r[0], "tls");
		assert_succeeded(&r[1]);
	}
}

static void failure__leaves_nothing_of_the_round_before(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = demo_open(&c, 1);
	const struct source_result *r = source_set_fetch(set, NULL);

	(void)state;
	assert_succeeded(r);
	demo_behave(COINBASE, "wrong-certificate");
	demo_exchange_disconnect(demo);
	r = source_set_fetch(set, NULL);
	assert_failed(r, "tls");
	assert_int_equal(r->source.tls.n_chain, 0);
	assert_true(sha256_is_zero(&r->source.tls.leaf));
	assert_int_equal(r->source.value.n, 0);
	demo_behave(COINBASE, "none");
	r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	check_evidence(&r->source.tls, COINBASE);
}

static void trust__does_not_begin_at_an_intermediate(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;

	(void)state;
	c.ca_file = demo_intermediate;
	set = demo_open(&c, 1);
	assert_failed(source_set_fetch(set, NULL), "tls");
}

/* ---- requests ----------------------------------------------------------- */

static void request__has_what_hosts_want_and_nothing_else(void **state)
{
	char url[256], head[4096], want[4096];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = demo_open(&c, 1);

	(void)state;
	assert_succeeded(source_set_fetch(set, NULL));
	demo_exchange_last_head(demo, COINBASE, head, sizeof(head));
	snprintf(want, sizeof(want),
	    "GET " COINBASE_TARGET " HTTP/1.1\r\n"
	    "Host: " COINBASE ":%u\r\n"
	    "User-Agent: Affiant/" AFFIANT_VERSION "\r\n"
	    "Accept: application/json\r\n\r\n",
	    demo_exchange_port(demo));
	assert_string_equal(head, want);
}

/* ---- POST, and text ----------------------------------------------------- */

#define RPC "ethereum.demo.localhost"
#define CALL(key)                                                         \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"price\",\"params\":[" \
	"\"" key "\"]}"

static struct source_config rpc_source(const char *url)
{
	struct source_config c = demo_source(url, "/result");

	c.body = CALL("x");
	c.rule.form = "hex";
	c.rule.scale = -2;
	return c;
}

static void post__sends_its_body_and_reads_a_quantity(void **state)
{
	static const char *const forbidden[] = { "/error" };
	char url[256], head[4096], want[4096];
	struct source_config c = rpc_source(demo_url(url, RPC, "/rpc/btc"));
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	/* What a value must not do is end its text and add a member. */
	setenv("AFFIANT_TEST_KEY", "a\",\"b\\", 1);
	c.body = CALL("${AFFIANT_TEST_KEY}");
	c.rule.forbid = forbidden;
	c.rule.n_forbid = 1;
	set = demo_open(&c, 1);
	for (int i = 0; i < 2; i++) {
		r = source_set_fetch(set, NULL);
		assert_succeeded(r);
		assert_in_range(r->number.units.limb[0],
		    UINT64_C(8000000) * 1000000, UINT64_C(11000000) * 1000000);
		demo_exchange_last_head(demo, RPC, head, sizeof(head));
		snprintf(want, sizeof(want),
		    "POST /rpc/btc HTTP/1.1\r\n"
		    "Host: " RPC ":%u\r\n"
		    "User-Agent: Affiant/" AFFIANT_VERSION "\r\n"
		    "Accept: application/json\r\n"
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n%s",
		    demo_exchange_port(demo), strlen(CALL("a\\\",\\\"b\\\\")),
		    CALL("a\\\",\\\"b\\\\"));
		assert_string_equal(head, want);
	}
	/* An error comes with 200: the guard says so. */
	demo_behave(RPC, "error-in-200");
	assert_failed(source_set_fetch(set, NULL), "guard");
	demo_behave(RPC, "none");
}

static void post__keeps_the_configured_type_and_get_has_none(void **state)
{
	const struct request_header type = { "content-type", "application/x" };
	char url[256], head[4096];
	struct source_config c = rpc_source(demo_url(url, RPC, "/rpc/btc"));
	AUTO(source_set_drop) struct source_set *set = NULL;

	(void)state;
	c.headers = &type;
	c.n_headers = 1;
	set = demo_open(&c, 1);
	assert_succeeded(source_set_fetch(set, NULL));
	demo_exchange_last_head(demo, RPC, head, sizeof(head));
	assert_non_null(strstr(head, "\r\ncontent-type: application/x\r\n"));
	assert_null(strstr(head, "Content-Type"));
	source_set_drop(&set);
	c = rpc_source(url);
	c.body = NULL;
	set = demo_open(&c, 1);
	/* The node wants a call: what a GET gets has no result. */
	assert_failed(source_set_fetch(set, NULL), "pick");
	demo_exchange_last_head(demo, RPC, head, sizeof(head));
	assert_memory_equal(head, "GET ", 4);
	assert_null(strcasestr(head, "content-"));
}

static void text__is_asked_for_and_picked_by_line_or_match(void **state)
{
	char url[256], head[4096];
	struct source_config c[2] = { demo_source(
	    demo_url(url, "plain.demo.localhost", "/plain/btc"), NULL) };
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	c[0].kind = "http-text";
	c[0].rule.line = 1;
	c[1] = c[0];
	c[1].rule.line = 0;
	c[1].rule.match = "^([0-9]+[.][0-9]+)$";
	set = demo_open(c, 2);
	r = source_set_fetch(set, NULL);
	for (int i = 0; i < 2; i++) {
		assert_succeeded(&r[i]);
		assert_in_range(r[i].number.units.limb[0],
		    UINT64_C(8000000) * 1000000, UINT64_C(11000000) * 1000000);
	}
	demo_exchange_last_head(
	    demo, "plain.demo.localhost", head, sizeof(head));
	assert_non_null(strstr(head, "\r\nAccept: text/plain, */*;q=0.1\r\n"));
	demo_behave("plain.demo.localhost", "comma");
	r = source_set_fetch(set, NULL);
	assert_failed(&r[0], "value");
	assert_failed(&r[1], "pick");
	demo_behave("plain.demo.localhost", "none");
}

static void request__has_the_configured_headers(void **state)
{
	const struct request_header headers[] = {
		{ "User-Agent", "Other/1 (mail@h.example)" },
		{ "accept", "application/geo+json" },
		{ "X-Key", "k=${AFFIANT_TEST_SECRET}" },
	};
	char url[256], head[4096];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;

	(void)state;
	setenv("AFFIANT_TEST_SECRET", "hush", 1);
	c.headers = headers;
	c.n_headers = COUNT(headers);
	set = demo_open(&c, 1);
	/* Taken when the set was opened. */
	setenv("AFFIANT_TEST_SECRET", "later", 1);
	assert_succeeded(source_set_fetch(set, NULL));
	demo_exchange_last_head(demo, COINBASE, head, sizeof(head));
	assert_non_null(
	    strstr(head, "\r\nUser-Agent: Other/1 (mail@h.example)\r\n"));
	assert_non_null(strstr(head, "\r\naccept: application/geo+json\r\n"));
	assert_non_null(strstr(head, "\r\nX-Key: k=hush\r\n"));
	assert_null(strstr(head, "Affiant/"));
	assert_null(strstr(head, "application/json"));
}

static void secret__in_a_url_is_sent_and_never_shown(void **state)
{
	char url[256], head[4096];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE,
			    COINBASE_TARGET "?key=${AFFIANT_TEST_SECRET}"),
		"/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	setenv("AFFIANT_TEST_SECRET", "hu/sh", 1);
	set = demo_open(&c, 1);
	r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	assert_span_text(r->source.url, url);
	check_statement(r);
	demo_exchange_last_head(demo, COINBASE, head, sizeof(head));
	assert_non_null(strstr(head, "?key=hu%2Fsh HTTP/1.1\r\n"));

	demo_behave(COINBASE, "500");
	r = source_set_fetch(set, NULL);
	demo_behave(COINBASE, "none");
	assert_failed(r, "http");
	assert_span_text(r->source.url, url);
	assert_null(strstr(r->fault.text, "sh"));
}

static void environment__has_no_say(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	AUTO(blob_drop) struct blob log = { 0 };
	struct fault f = FAULT_INIT;
	static const char *const proxies[] = { "https_proxy", "HTTPS_PROXY",
		"http_proxy", "all_proxy", "ALL_PROXY" };

	(void)state;
	for (size_t i = 0; i < COUNT(proxies); i++)
		setenv(proxies[i], "http://127.0.0.1:1", 1);
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	set = demo_open(&c, 1);
	assert_succeeded(source_set_fetch(set, NULL));
	for (size_t i = 0; i < COUNT(proxies); i++)
		unsetenv(proxies[i]);
	unsetenv("SSL_CERT_FILE");
	/* SSLKEYLOGFILE was set before libcurl was initialised. */
	if (file_exists(keylog)) {
		assert_ok(file_read(keylog, 65536, &log, &f), f);
		assert_int_equal(log.n, 0);
	}
}

/* ---- redirects ---------------------------------------------------------- */

static void redirect__records_each_hop_with_its_evidence(void **state)
{
	const struct request_header headers[] = { { "X-Key",
	    "${AFFIANT_TEST_SECRET}" } };
	char url[256], moved[256], head[4096];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	setenv("AFFIANT_TEST_SECRET", "hush", 1);
	demo_url(moved, DEMO_MOVED_HOST, COINBASE_TARGET);
	demo_behave(COINBASE, "redirect");
	c.max_redirects = 1;
	c.headers = headers;
	c.n_headers = 1;
	set = demo_open(&c, 1);
	for (int round = 0; round < 3; round++) {
		r = source_set_fetch(set, NULL);
		assert_succeeded(r);
		assert_span_text(r->source.host, DEMO_MOVED_HOST);
		assert_span_text(r->source.url, moved);
		assert_int_equal(r->source.status, 200);
		check_evidence(&r->source.tls, DEMO_MOVED_HOST);
		assert_int_equal(r->source.n_hops, 1);
		assert_span_text(r->source.hops[0].host, COINBASE);
		assert_span_text(r->source.hops[0].url, url);
		assert_int_equal(r->source.hops[0].status, 301);
		check_evidence(&r->source.hops[0].tls, COINBASE);
		check_statement(r);
	}
	/* The key is for the configured origin only. */
	demo_exchange_last_head(demo, COINBASE, head, sizeof(head));
	assert_non_null(strstr(head, "X-Key: hush"));
	demo_exchange_last_head(demo, DEMO_MOVED_HOST, head, sizeof(head));
	assert_null(strstr(head, "X-Key"));
	assert_null(strstr(head, "hush"));
	assert_non_null(strstr(head, "User-Agent: Affiant/"));

	/* And when it stops redirecting, there are no hops left over. */
	demo_behave(COINBASE, "none");
	r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	assert_int_equal(r->source.n_hops, 0);
	assert_span_text(r->source.host, COINBASE);
	check_evidence(&r->source.tls, COINBASE);
}

static void redirect__checks_every_hops_certificate(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	c.max_redirects = 5;
	set = demo_open(&c, 1);
	demo_behave(COINBASE, "redirect");
	demo_behave(DEMO_MOVED_HOST, "no-san");
	r = source_set_fetch(set, NULL);
	demo_behave(DEMO_MOVED_HOST, "none");
	demo_behave(COINBASE, "none");
	assert_failed(r, "tls");
	/* A failure is that of the configured source. */
	assert_span_text(r->source.host, COINBASE);
	assert_span_text(r->source.url, url);
}

static void redirect__goes_no_further_than_configured(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");

	(void)state;
	demo_behave(COINBASE, "redirect-many");
	for (unsigned max = 0; max <= LIMIT_REDIRECTS; max++) {
		AUTO(source_set_drop) struct source_set *set = NULL;
		uint64_t before = demo_exchange_n_requests(demo);
		c.max_redirects = max;
		set = demo_open(&c, 1);
		assert_failed(source_set_fetch(set, NULL), "redirect");
		assert_int_equal(
		    demo_exchange_n_requests(demo), before + max + 1);
	}
	demo_behave(COINBASE, "none");
}

static void redirect__shows_no_secret_that_comes_back(void **state)
{
	char url[256], moved[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE,
			    COINBASE_TARGET "?key=${AFFIANT_TEST_SECRET}"),
		"/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	setenv("AFFIANT_TEST_SECRET", "hush", 1);
	demo_url(moved, DEMO_MOVED_HOST, COINBASE_TARGET);
	c.max_redirects = 1;
	set = demo_open(&c, 1);
	demo_behave(COINBASE, "redirect");
	r = source_set_fetch(set, NULL);
	demo_behave(COINBASE, "none");
	assert_succeeded(r);
	assert_span_text(r->source.hops[0].url, url);
	assert_span_text(r->source.url, moved);
	check_statement(r);
}

/* ---- plain HTTP --------------------------------------------------------- */

static void plain_http__is_said_in_the_evidence(void **state)
{
	char url[256];
	struct source_config c;
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	snprintf(url, sizeof(url), "http://" COINBASE ":%u" COINBASE_TARGET,
	    demo_exchange_http_port(demo));
	c = demo_source(url, "/price");
	c.allow_http = true;
	set = demo_open(&c, 1);
	r = source_set_fetch(set, NULL);
	assert_succeeded(r);
	assert_true(r->source.tls.plain_http);
	assert_int_equal(r->source.tls.n_chain, 0);
	assert_int_equal(r->source.tls.issuer.n, 0);
	check_statement(r);

	c.max_redirects = 3;
	demo_behave(COINBASE, "redirect");
	r = source_set_fetch(set, NULL);
	demo_behave(COINBASE, "none");
	assert_failed(r, "redirect");
}

static void https__to_a_server_without_tls_fails(void **state)
{
	char url[256];
	struct source_config c;
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	snprintf(url, sizeof(url), "https://" COINBASE ":%u/",
	    demo_exchange_http_port(demo));
	c = demo_source(url, "/price");
	set = demo_open(&c, 1);
	r = source_set_fetch(set, NULL);
	assert_failed(r, "tls");
	assert_non_null(strstr(r->fault.text, "does not speak TLS"));
}

/* ---- nobody there, stopping --------------------------------------------- */

static void connect__failing_is_said(void **state)
{
	struct source_config c[2] = { demo_source(
					  "https://127.0.0.1:1/", "/price"),
		demo_source("https://no-such-host.invalid/", "/price") };
	AUTO(source_set_drop) struct source_set *set = demo_open(c, 2);
	const struct source_result *r = source_set_fetch(set, NULL);

	(void)state;
	assert_failed(&r[0], "connect");
	assert_non_null(strstr(r[0].fault.text, "accepts"));
	assert_failed(&r[1], "connect");
	assert_non_null(strstr(r[1].fault.text, "resolve"));
}

static volatile bool stopping;

static void *stop_soon(void *arg)
{
	(void)arg;
	usleep(50000);
	__atomic_store_n(&stopping, true, __ATOMIC_RELAXED);
	return NULL;
}

static void stop__ends_the_wait(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;
	pthread_t thread;

	(void)state;
	c.timeout_ms = 15000;
	set = demo_open(&c, 1);
	demo_behave(COINBASE, "slow");
	stopping = false;
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, NULL), 0);
	r = source_set_fetch(set, &stopping);
	pthread_join(thread, NULL);
	demo_behave(COINBASE, "none");
	assert_failed(r, "stopped");

	/* Already stopping: nothing is begun. And it can go on afterwards. */
	assert_failed(source_set_fetch(set, &stopping), "stopped");
	stopping = false;
	assert_succeeded(source_set_fetch(set, &stopping));
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	snprintf(
	    keylog, sizeof(keylog), "/tmp/affiant-keylog-%ld", (long)getpid());
	setenv("SSLKEYLOGFILE", keylog, 1);
	return demo_start();
}

static int tear_down(void **state)
{
	(void)state;
	unlink(keylog);
	return demo_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    fetch__gives_value_and_evidence_of_every_shape),
		cmocka_unit_test(fetch__hashes_the_body_as_it_came),
		cmocka_unit_test(fetch__takes_the_time_of_the_observation),
		cmocka_unit_test(reuse__never_swaps_evidence),
		cmocka_unit_test(
		    reuse__shows_the_certificate_of_its_own_handshake),
		cmocka_unit_test(reuse__does_not_cross_ca_files),
		cmocka_unit_test(failure__leaves_nothing_of_the_round_before),
		cmocka_unit_test(trust__does_not_begin_at_an_intermediate),
		cmocka_unit_test(request__has_what_hosts_want_and_nothing_else),
		cmocka_unit_test(post__sends_its_body_and_reads_a_quantity),
		cmocka_unit_test(
		    post__keeps_the_configured_type_and_get_has_none),
		cmocka_unit_test(
		    text__is_asked_for_and_picked_by_line_or_match),
		cmocka_unit_test(request__has_the_configured_headers),
		cmocka_unit_test(secret__in_a_url_is_sent_and_never_shown),
		cmocka_unit_test(environment__has_no_say),
		cmocka_unit_test(redirect__records_each_hop_with_its_evidence),
		cmocka_unit_test(redirect__checks_every_hops_certificate),
		cmocka_unit_test(redirect__goes_no_further_than_configured),
		cmocka_unit_test(redirect__shows_no_secret_that_comes_back),
		cmocka_unit_test(plain_http__is_said_in_the_evidence),
		cmocka_unit_test(https__to_a_server_without_tls_fails),
		cmocka_unit_test(connect__failing_is_said),
		cmocka_unit_test(stop__ends_the_wait),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
