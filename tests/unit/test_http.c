/* SPDX-License-Identifier: Apache-2.0 */
/* Routes and handlers without a socket: a request goes in, bytes come out. */
#include "oracle/collateral_keeper.h"
#include "oracle/http_page.h"
#include "oracle/http_problem.h"
#include "oracle/http_routes.h"
#include "oracle/http_uri.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"
#include "verify/base/clock.h"
#include "verify/base/json.h"
#include "verify/base/text.h"

#include <stdlib.h>
#include <unistd.h>

static const struct utc now = { 1703347200000 };

static struct attest attest;
static struct signer signer;
static struct quoter *quoter;
static struct recent *recent;
static struct config config;
static struct feed_config feed_configs[3];
static struct feed feeds[3];
static struct feed *feed_list[3];
static struct http_site site;

static void publish(struct feed *feed, const char *body)
{
	struct fault f = FAULT_INIT;
	const struct publication p = {
		.body = span_text(body),
		.statement = sha256_of(span_text(body)),
		.timestamp = now,
		.valid_until = { now.ms + 30000 },
		.interval_ms = 5000,
	};

	assert_ok(board_publish(feed->board, &p, &f), f);
	feed->status.has_value = true;
	memcpy(feed->status.value, "97234.12", 9);
	feed->status.timestamp = (struct utc){ now.ms - 3000 };
	feed->status.round = 42;
	feed->status.used = 3;
}

static int set_up(void **state)
{
	static const char *const ids[] = { "BTC/USD", "ETH/USD", "odd<id>" };
	static const char *const paths[] = { "/price", "/eth", NULL };
	struct fault f = FAULT_INIT;

	(void)state;
	attest_double_init(&attest);
	signer = (struct signer){ .address = { { 0xab } } };
	config = (struct config){ .feeds = feed_configs, .n_feeds = 3 };
	for (size_t i = 0; i < 3; i++) {
		config.feeds[i] = (struct feed_config){
			.id = ids[i],
			.path = paths[i],
			.kind = statement_kind_find(span_text("price")),
			.decimals = 8,
			.interval_ms = 5000,
			.n_sources = 5,
		};
		feeds[i] = (struct feed){ .config = &config.feeds[i] };
		feed_list[i] = &feeds[i];
		if (!board_new(&feeds[i].board, &f))
			return -1;
	}
	if (!quoter_open(&attest, &quoter, &f) ||
	    !recent_new(16, 65536, &recent, &f))
		return -1;
	for (size_t i = 0; i < 3; i++)
		feeds[i].quoter = quoter;
	const struct http_deps deps = {
		.config = &config,
		.feeds = feed_list,
		.n_feeds = 3,
		.signer = &signer,
		.attest = &attest,
		.quoter = quoter,
		.recent = recent,
	};
	return http_site_init(&site, &deps, 2, &f) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	http_site_drop(&site);
	quoter_close(quoter);
	recent_free(recent);
	for (size_t i = 0; i < 3; i++)
		board_free(feeds[i].board);
	attest_double_drop(&attest);
	return 0;
}

/* ---- asking ------------------------------------------------------------- */

struct answer {
	int status;
	char text[32768]; /* the whole; the head ends with NUL */
	char *body;
	unsigned writes;
};

static void take(void *to, struct span bytes)
{
	struct answer *a = to;

	assert_in_range(bytes.n, 1, sizeof(a->text) - 1);
	memcpy(a->text, bytes.p, bytes.n);
	a->text[bytes.n] = '\0';
	a->writes++;
}

static struct answer last;

static int ask_with(struct http_request r, const char *uri)
{
	char path[8192], *query;

	assert_in_range(strlen(uri), 1, sizeof(path) - 1);
	memcpy(path, uri, strlen(uri) + 1);
	query = strchr(path, '?');
	if (query != NULL)
		*query++ = '\0';
	r.path = path;
	r.query = query;
	if (r.method == 0)
		r.method = HTTP_GET;
	if (r.now.ms == 0)
		r.now = now;
	memset(&last, 0, sizeof(last));
	last.status = http_routes_serve(&site, &r, take, &last);
	assert_int_equal(last.writes, 1);
	last.body = strstr(last.text, "\r\n\r\n");
	assert_non_null(last.body);
	last.body[2] = '\0';
	last.body += 4;

	char first[16];
	snprintf(first, sizeof(first), "HTTP/1.1 %d ", last.status);
	assert_memory_equal(last.text, first, strlen(first));
	return last.status;
}

static int ask(const char *uri)
{
	return ask_with((struct http_request){ .method = HTTP_GET }, uri);
}

static void expect_head(const char *line)
{
	if (strstr(last.text, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, last.text);
}

static void expect_body(const char *part)
{
	if (strstr(last.body, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, last.body);
}

static void expect_no(const char *part)
{
	if (strstr(last.body, part) != NULL)
		fail_msg("\"%s\" in:\n%s", part, last.body);
}

/* The last answer is this problem, as RFC 9457 wants it. */
static void expect_problem(enum problem p)
{
	const struct problem_row *row = http_problem_row(p);
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;
	const struct json_node *root, *v;

	assert_int_equal(last.status, row->status);
	expect_head("\r\nContent-Type: application/problem+json\r\n");
	expect_head("\r\nCache-Control: no-store\r\n");
	assert_ok(json_parse(span_text(last.body), &json_limits_default,
		      "test.problem", &doc, &f),
	    f);
	root = json_root(doc);
	v = json_find(root, "type");
	assert_non_null(v);
	assert_string_equal(json_text(v), row->type);
	assert_string_equal(json_text(json_find(root, "title")), row->title);
	assert_int_equal(
	    strtol(json_number(json_find(root, "status")), NULL, 10),
	    row->status);
	json_free(doc);
}

/* ---- the latest response ------------------------------------------------ */

static void price__is_the_board_of_its_feed(void **state)
{
	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	publish(&feeds[1], "{\"eth\":1}");
	assert_int_equal(ask("/price"), 200);
	assert_string_equal(last.body, "{\"btc\":1}");
	assert_int_equal(ask("/eth"), 200);
	assert_string_equal(last.body, "{\"eth\":1}");
	assert_int_equal(ask("/price?feed=ETH/USD"), 200);
	assert_string_equal(last.body, "{\"eth\":1}");
	assert_int_equal(ask("/eth?feed=BTC%2FUSD&evidence=full"), 200);
	assert_string_equal(last.body, "{\"btc\":1}");
	assert_int_equal(ask("/%70rice"), 200);
	assert_int_equal(ask("/price?"), 200);
}

static void price__is_503_without_a_fresh_value(void **state)
{
	(void)state;
	ask("/price");
	expect_problem(PROBLEM_STARTING);
	publish(&feeds[0], "{}");
	ask_with((struct http_request){ .now = { now.ms + 30001 } }, "/price");
	expect_problem(PROBLEM_STALE);
}

static void price__without_a_feed_of_its_own(void **state)
{
	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	config.feeds[0].path = "/elsewhere";
	ask("/price");
	expect_problem(PROBLEM_NO_FEED);
	expect_body("\"feeds\":[\"BTC/USD\",\"ETH/USD\",\"odd<id>\"]");
	assert_int_equal(ask("/price?feed=BTC/USD"), 200);
	/* With a single feed there is nothing to choose. */
	site.deps.n_feeds = 1;
	assert_int_equal(ask("/price"), 200);
	ask("/price?feed=ETH/USD");
	expect_problem(PROBLEM_NO_FEED);
}

static void price__honours_head_close_and_etag(void **state)
{
	char tag[HEX_SIZE(32) + 2];
	struct sha256 sha = sha256_of(span_text("{\"btc\":1}"));

	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	ask_with((struct http_request){ .method = HTTP_HEAD }, "/price");
	assert_string_equal(last.body, "");
	expect_head("\r\nContent-Length: 9\r\n");
	expect_head("\r\nConnection: keep-alive\r\n");
	ask_with((struct http_request){ .close = true }, "/price");
	expect_head("\r\nConnection: close\r\n");
	tag[0] = '"';
	hex_encode(sha256_span(&sha), tag + 1);
	memcpy(tag + HEX_SIZE(32), "\"", 2);
	ask_with((struct http_request){ .if_none_match = tag }, "/price");
	assert_int_equal(last.status, 304);
}

/* ---- nonces ------------------------------------------------------------- */

static void nonce__makes_a_response_of_its_own(void **state)
{
	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	assert_int_equal(ask("/price?nonce=00fF"), 200);
	assert_string_equal(
	    last.body, "{\"detail\":\"quote\",\"nonce\":\"00ff\"}");
	expect_head("\r\nCache-Control: no-store\r\n");
	ask("/price?evidence=signature&nonce=01");
	expect_body("\"detail\":\"signature\"");
	ask("/v1/feeds/ETH/USD?nonce=01&evidence=full");
	expect_body("\"detail\":\"full\"");
	/* 32 bytes are the most. */
	assert_int_equal(ask("/price?nonce=000102030405060708090a0b0c0d0e0f"
			     "101112131415161718191a1b1c1d1e1f"),
	    200);
}

static void nonce__is_refused_when_it_is_none(void **state)
{
	static const struct {
		const char *uri, *detail;
	} cases[] = {
		{ "/price?nonce=", "empty" },
		{ "/price?nonce", "empty" },
		{ "/price?nonce=abc", "odd number of digits: 3" },
		{ "/price?nonce=0g", NULL },
		{ "/price?nonce=%20%20", NULL },
		{ "/price?nonce=0x", NULL },
		{ "/price?nonce=000102030405060708090a0b0c0d0e0f"
		  "101112131415161718191a1b1c1d1e1f20",
		    "33 bytes" },
		{ "/v1/feeds/BTC%2FUSD?nonce=abc", "odd" },
		{ "/v1/attestation?nonce=abc", "odd" },
		{ "/v1/attestation", "needs ?nonce" },
	};

	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(cases[i].uri);
		expect_problem(PROBLEM_BAD_NONCE);
		if (cases[i].detail != NULL)
			expect_body(cases[i].detail);
	}
	assert_int_equal(attest.begun, 0);
}

static void query__is_refused_when_it_is_unknown_or_double(void **state)
{
	static const struct {
		const char *uri, *detail;
	} cases[] = {
		{ "/price?foo=1", "'foo'" },
		{ "/price?Nonce=00", "'Nonce'" },
		{ "/price?nonce=00&", "''" },
		{ "/price?&nonce=00", "''" },
		{ "/price?nonce=00&nonce=00", "nonce is given twice" },
		{ "/price?evidence=full&evidence=full", "given twice" },
		{ "/price?%6eonce=00&nonce=00", "given twice" },
		{ "/price?evidence=all", "'all'" },
		{ "/price?evidence=", "evidence is" },
		{ "/price?feed=", "1 to 32 characters" },
		{ "/price?feed=123456789012345678901234567890123",
		    "1 to 32 characters" },
		{ "/price?nonce=%0", "%" },
		{ "/price?nonce=%zz", "%" },
		{ "/price?feed=%00", "printable" },
		{ "/price?feed=%c3%a9", "printable" },
		{ "/v1/feeds?nonce=00", "'nonce'" },
		{ "/v1/feeds/BTC%2FUSD?feed=ETH/USD", "'feed'" },
		{ "/healthz?x", "'x'" },
		{ "/v1/key?nonce=00", "'nonce'" },
	};

	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(cases[i].uri);
		expect_problem(PROBLEM_BAD_QUERY);
		expect_body(cases[i].detail);
	}
	assert_int_equal(attest.begun, 0);
}

static void nonce__on_a_stale_feed_is_what_the_board_says(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(board_fail(feeds[0].board,
		      span_text("{\"detail\":\"kraken: http 500\"}"), &f),
	    f);
	feeds[0].stale = true;
	assert_int_equal(ask("/price?nonce=00"), 503);
	assert_string_equal(last.body, "{\"detail\":\"kraken: http 500\"}");
	/* The board may still be fresh when the observations are not. */
	publish(&feeds[0], "{\"btc\":1}");
	ask("/price?nonce=00");
	expect_problem(PROBLEM_STALE);
	expect_body("there is no fresh quorum");
}

static void nonce__says_what_failed(void **state)
{
	(void)state;
	attest_double_fail(&attest, true);
	ask("/price?nonce=00");
	expect_problem(PROBLEM_QUOTE);
	expect_body("the device does not answer");
	attest_double_fail(&attest, false);
	feeds[0].internal = true;
	ask("/price?nonce=00");
	expect_problem(PROBLEM_INTERNAL);
	feeds[0].internal = false;
	atomic_store(&site.stopping, true);
	ask("/price?nonce=00");
	expect_problem(PROBLEM_STOPPING);
	atomic_store(&site.stopping, false);
	assert_int_equal(ask("/price?nonce=00"), 200);
	assert_int_equal(atomic_load(&site.waiting), 0);
}

static void take_nothing(void *to, struct span bytes)
{
	(void)to;
	(void)bytes;
}

static void *wait_for_quote(void *arg)
{
	const struct http_request r = { .method = HTTP_GET,
		.path = "/price",
		.query = "nonce=00",
		.now = now };

	(void)arg;
	http_routes_serve(&site, &r, take_nothing, NULL);
	return NULL;
}

static void nonce__is_refused_when_too_many_wait(void **state)
{
	static const char *const uris[] = { "/price?nonce=00",
		"/v1/attestation?nonce=00", "/v1/key", "/v1/collateral" };
	pthread_t waiting[2];

	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	attest_double_gate(&attest);
	for (size_t i = 0; i < COUNT(waiting); i++)
		assert_int_equal(
		    pthread_create(&waiting[i], NULL, wait_for_quote, NULL), 0);
	while (atomic_load(&site.waiting) < COUNT(waiting))
		usleep(1000);
	for (size_t i = 0; i < COUNT(uris); i++) {
		ask(uris[i]);
		expect_problem(PROBLEM_BUSY);
		expect_head("\r\nRetry-After: 1\r\n");
	}
	/* Nobody else is held up. */
	assert_int_equal(ask("/price"), 200);
	attest_double_allow(&attest, 2);
	for (size_t i = 0; i < COUNT(waiting); i++)
		pthread_join(waiting[i], NULL);
	assert_int_equal(atomic_load(&site.waiting), 0);
}

/* ---- other routes ------------------------------------------------------- */

static void feeds__answer_by_id(void **state)
{
	(void)state;
	publish(&feeds[1], "{\"eth\":1}");
	publish(&feeds[2], "{\"odd\":1}");
	assert_int_equal(ask("/v1/feeds/ETH%2FUSD"), 200);
	assert_string_equal(last.body, "{\"eth\":1}");
	assert_int_equal(ask("/v1/feeds/ETH/USD"), 200);
	assert_int_equal(ask("/v1/feeds/odd%3Cid%3E"), 200);
	ask("/v1/feeds/XRP/USD");
	expect_problem(PROBLEM_NO_FEED);
	ask("/v1/feeds/ETH");
	expect_problem(PROBLEM_NO_FEED);
	ask("/v1/feeds/");
	expect_problem(PROBLEM_NOT_FOUND);
}

static void feeds__are_listed(void **state)
{
	(void)state;
	publish(&feeds[0], "{\"btc\":1}");
	memcpy(feeds[1].status.last_fault, "no quorum", 10);
	assert_int_equal(ask("/v1/feeds"), 200);
	expect_head("\r\nContent-Type: application/json\r\n");
	expect_body("{\"decimals\":8,\"fresh\":true,\"id\":\"BTC/USD\","
		    "\"intervalMs\":5000,\"kind\":\"price\","
		    "\"links\":{\"latest\":\"/v1/feeds/BTC%2FUSD\","
		    "\"path\":\"/price\"},\"rejected\":0,\"round\":42,"
		    "\"roundsFailed\":0,\"roundsOk\":0,\"sources\":5,"
		    "\"timestamp\":1703347197000,\"used\":3,"
		    "\"value\":\"97234.12\"}");
	expect_body("\"fresh\":false,\"id\":\"ETH/USD\"");
	expect_body("\"lastFault\":\"no quorum\"");
	expect_body("\"latest\":\"/v1/feeds/odd%3Cid%3E\"}");
}

static void statements__are_found_by_their_hash(void **state)
{
	const uint8_t nonce[] = { 0x12, 0x34 };
	struct sha256 sha = sha256_of(span_of(nonce, sizeof(nonce)));
	char uri[128] = "/v1/statements/", tag[HEX_SIZE(32) + 2] = "\"";
	char *hex = uri + strlen(uri);

	(void)state;
	hex_encode(sha256_span(&sha), hex);
	ask(uri);
	expect_problem(PROBLEM_NO_STATEMENT);
	ask("/price?nonce=1234");
	assert_int_equal(ask(uri), 200);
	expect_body("\"nonce\":\"1234\"");
	expect_head("\r\nCache-Control: public, max-age=31536000, immutable");
	memcpy(tag + 1, hex, 64);
	memcpy(tag + 65, "\"", 2);
	expect_head(tag);
	ask_with((struct http_request){ .if_none_match = tag }, uri);
	assert_int_equal(last.status, 304);
	assert_string_equal(last.body, "");
	hex[63] = 'g';
	ask(uri);
	expect_problem(PROBLEM_BAD_PATH);
	hex[63] = '\0';
	ask(uri);
	expect_problem(PROBLEM_BAD_PATH);
}

/* A response that proves less is not kept in place of one that proves more. */
static void statements__are_not_kept_without_their_quote(void **state)
{
	(void)state;
	ask("/price?nonce=1234&evidence=signature");
	assert_int_equal(recent_stats_of(recent).entries, 0);
	ask("/price?nonce=1234");
	assert_int_equal(recent_stats_of(recent).entries, 1);
}

static void key__is_quoted_once_a_minute(void **state)
{
	const struct http_request later = { .now = { now.ms + 60001 } };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask("/v1/key"), 200);
	assert_int_equal(attest.taken, 1);
	expect_body("\"nonce\":\"\"");
	expect_head("\r\nETag: \"");
	assert_int_equal(ask_with(later, "/v1/key"), 200);
	assert_int_equal(attest.taken, 2);
}

static void key__says_what_failed(void **state)
{
	(void)state;
	attest_double_fail(&attest, true);
	ask("/v1/key");
	expect_problem(PROBLEM_QUOTE);
	attest_double_fail(&attest, false);
	assert_int_equal(ask("/v1/key"), 200);
}

static void attestation__is_bound_to_the_nonce(void **state)
{
	(void)state;
	assert_int_equal(ask("/v1/attestation?nonce=beef&evidence=full"), 200);
	assert_string_equal(
	    last.body, "{\"detail\":\"full\",\"nonce\":\"beef\"}");
	expect_head("\r\nCache-Control: no-store\r\n");
}

static void collateral__is_what_the_provider_has(void **state)
{
	(void)state;
	attest.has_collateral = false;
	ask("/v1/collateral");
	expect_problem(PROBLEM_UNSUPPORTED);
	attest.has_collateral = true;
	assert_int_equal(ask("/v1/collateral"), 200);
	assert_string_equal(last.body, "{\"made\":\"up\"}");
}

/* Of a service: the script is the bundle, NULL a failure. */
static const char *service_bundle;

static bool obtain(void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f)
{
	(void)user;
	(void)stop;
	if (service_bundle == NULL)
		return fault_raise(
		    f, FAULT_REMOTE, "source.http", "TCB info: status 500 <&>");
	*facts = (struct collateral_facts){
		.from = { now.ms - 1000 },
		.to = { now.ms + 30000 },
		.evaluation = 18,
		.ends = "pckCrl",
	};
	return blob_copy(span_text(service_bundle), bundle, f);
}

static void collateral__is_kept_where_the_provider_has_none(void **state)
{
	const struct collateral_keeper_config config_of_keeper = {
		.obtain = obtain,
		.refresh_s = 86400,
	};
	struct collateral_keeper *keeper = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	clock_set_for_test(&now);
	service_bundle = NULL;
	assert_ok(collateral_keeper_new(&config_of_keeper, &keeper, &f), f);
	site.deps.collateral = keeper;
	attest.has_collateral = false;

	collateral_keeper_refresh(keeper);
	ask("/v1/collateral");
	expect_problem(PROBLEM_COLLATERAL);
	assert_non_null(strstr(last.body, "TCB info: status 500"));
	assert_int_equal(ask("/"), 200);
	assert_non_null(strstr(last.body,
	    "{\"collateral\":{\"failed\":1,\"fresh\":false,"
	    "\"lastFault\":\"TCB info: status 500 <&>\",\"obtained\":0},"));
	/* Whether feeds are ready is another matter. */
	for (size_t i = 0; i < 3; i++)
		publish(&feeds[i], "{}");
	assert_int_equal(ask("/readyz"), 200);

	service_bundle = "{\"from\":\"a service\"}";
	collateral_keeper_refresh(keeper);
	assert_int_equal(ask("/v1/collateral"), 200);
	assert_string_equal(last.body, service_bundle);
	assert_int_equal(ask("/"), 200);
	assert_non_null(strstr(last.body,
	    "\"evaluationDataNumber\":18,\"failed\":1,\"fresh\":true,"
	    "\"obtained\":1,\"validTo\":\"2023-12-23T16:00:30Z\""));

	/* Answers are served again for a minute, but not beyond its end. */
	const struct utc end = { now.ms + 30000 }, over = { now.ms + 30001 };
	clock_set_for_test(&end);
	ask_with((struct http_request){ .now = end }, "/v1/collateral");
	assert_int_equal(last.status, 200);
	clock_set_for_test(&over);
	ask_with((struct http_request){ .now = over }, "/v1/collateral");
	expect_problem(PROBLEM_COLLATERAL);
	assert_non_null(strstr(last.body, "ended at 2023-12-23T16:00:30Z"));

	clock_set_for_test(NULL);
	site.deps.collateral = NULL;
	attest.has_collateral = true;
	collateral_keeper_free(keeper);
}

static void health__tells_alive_from_ready(void **state)
{
	(void)state;
	publish(&feeds[0], "{}");
	publish(&feeds[1], "{}");
	assert_int_equal(ask("/healthz"), 200);
	assert_string_equal(last.body, "{\"status\":\"ok\"}");
	ask("/readyz");
	expect_problem(PROBLEM_NOT_READY);
	expect_body("\"feeds\":[{\"id\":\"odd<id>\",\"why\":\"the first round "
		    "has not finished yet\"}]");
	publish(&feeds[2], "{}");
	assert_int_equal(ask("/readyz"), 200);
	assert_string_equal(last.body, "{\"status\":\"ready\"}");
}

static void health__is_not_ready_with_a_clock_that_is_not_believed(void **state)
{
	const struct time_config demanding = {
		.min_sources = 1, .tolerance_ms = 60000, .require = true
	};
	struct fault f = FAULT_INIT;

	(void)state;
	AUTO(trusted_time_drop) struct trusted_time *time = NULL;
	assert_ok(trusted_time_new(&demanding, &time, &f), f);
	for (size_t i = 0; i < 3; i++)
		publish(&feeds[i], "{}");
	assert_int_equal(ask("/readyz"), 200);
	site.deps.time = time;
	ask("/readyz");
	site.deps.time = NULL;
	expect_problem(PROBLEM_NOT_READY);
	expect_body("nothing vouches for our clock: 0 hosts of 1");
	expect_body("\"feeds\":[]");
}

/* ---- refusals ----------------------------------------------------------- */

static void paths__lead_nowhere_but_to_routes(void **state)
{
	static const char *const uris[] = {
		"/nothing",
		"//",
		"//price",
		"/price/",
		"/PRICE",
		"/../etc/passwd",
		"/%2e%2e/etc/passwd",
		"/..%2fetc%2fpasswd",
		"/price/../price",
		"/./price",
		"/v1",
		"/v1/",
		"/v1/key/",
		"/v1/statements",
		"/healthz.html",
		"price",
		"/etc/passwd",
		"/\\..\\etc",
	};

	(void)state;
	publish(&feeds[0], "{}");
	for (size_t i = 0; i < COUNT(uris); i++) {
		ask(uris[i]);
		expect_problem(PROBLEM_NOT_FOUND);
	}
}

static void paths__are_refused_when_badly_encoded(void **state)
{
	static const char *const uris[] = { "/%", "/%0", "/%zz", "/%00",
		"/price%00", "/%0d%0aX", "/\x7f", "/\xc3\xa9", "/%C3%A9" };

	(void)state;
	for (size_t i = 0; i < COUNT(uris); i++) {
		ask(uris[i]);
		expect_problem(PROBLEM_BAD_PATH);
	}
}

static void http_uri_decode__refuses_what_does_not_fit(void **state)
{
	struct fault f = FAULT_INIT;
	char out[4];

	(void)state;
	assert_ok(
	    http_uri_decode(span_text("a%62c"), out, sizeof(out), "test", &f),
	    f);
	assert_string_equal(out, "abc");
	assert_refused_at(http_uri_decode(span_text("a%62cd"), out, sizeof(out),
			      "test.uri", &f),
	    f, FAULT_LIMIT, "test.uri", 5);
}

static void uris__are_bounded(void **state)
{
	char uri[2 * LIMIT_URL_BYTES];

	(void)state;
	memset(uri, 'a', sizeof(uri));
	uri[0] = '/';
	uri[LIMIT_URL_BYTES + 1] = '\0';
	ask(uri);
	expect_problem(PROBLEM_URI_TOO_LONG);
	uri[LIMIT_URL_BYTES] = '\0';
	ask(uri);
	expect_problem(PROBLEM_NOT_FOUND);
	memcpy(uri, "/price?nonce=", 13);
	uri[LIMIT_URL_BYTES] = 'a';
	uri[LIMIT_URL_BYTES + 1] = 'a';
	uri[LIMIT_URL_BYTES + 2] = '\0';
	ask(uri);
	expect_problem(PROBLEM_URI_TOO_LONG);
}

static void methods__that_do_not_fit_are_named(void **state)
{
	(void)state;
	ask_with((struct http_request){ .method = HTTP_OTHER }, "/price");
	expect_problem(PROBLEM_METHOD);
	expect_head("\r\nAllow: GET, HEAD, OPTIONS\r\n");
	ask_with((struct http_request){ .method = HTTP_OTHER }, "/nothing");
	expect_problem(PROBLEM_NOT_FOUND);
	ask_with((struct http_request){ .has_body = true }, "/price");
	expect_problem(PROBLEM_BAD_REQUEST);
}

static void options__answers_a_preflight(void **state)
{
	(void)state;
	ask_with((struct http_request){ .method = HTTP_OPTIONS }, "/price");
	assert_int_equal(last.status, 204);
	expect_head("\r\nAllow: GET, HEAD, OPTIONS\r\n");
	expect_head("\r\nAccess-Control-Allow-Origin: *\r\n");
	expect_head("\r\nAccess-Control-Allow-Methods: GET, HEAD\r\n");
	assert_string_equal(last.body, "");
	assert_null(strstr(last.text, "Content-Length"));
	ask_with((struct http_request){ .method = HTTP_OPTIONS }, "/nothing");
	expect_problem(PROBLEM_NOT_FOUND);
}

static void head__of_every_route_has_no_body(void **state)
{
	static const char *const uris[] = { "/", "/v1/feeds", "/v1/key",
		"/healthz", "/readyz", "/nothing", "/price", "/price?x" };

	(void)state;
	for (size_t i = 0; i < COUNT(uris); i++) {
		ask_with((struct http_request){ .method = HTTP_HEAD }, uris[i]);
		assert_string_equal(last.body, "");
		expect_head("\r\nContent-Length: ");
	}
}

/* ---- the page ----------------------------------------------------------- */

static void page__is_for_who_asks_for_html(void **state)
{
	static const struct {
		const char *accept;
		bool html;
	} cases[] = {
		{ NULL, false },
		{ "*/*", false },
		{ "application/json", false },
		{ "text/html", true },
		{ "TEXT/HTML, */*", true },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,"
		  "*/*;q=0.8",
		    true },
		{ "application/json, text/html;q=0.5", false },
		{ "text/html, application/json", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    http_page_is_wanted(cases[i].accept), cases[i].html);
}

static void root__is_json_for_a_program(void **state)
{
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;

	(void)state;
	publish(&feeds[0], "{}");
	assert_int_equal(ask("/"), 200);
	expect_head("\r\nContent-Type: application/json\r\n");
	expect_head("\r\nVary: Accept\r\n");
	assert_ok(json_parse(span_text(last.body), &json_limits_default, "test",
		      &doc, &f),
	    f);
	assert_true(json_bool(json_find(json_root(doc), "simulated")));
	assert_string_equal(
	    json_text(json_find(json_root(doc), "platform")), "tdx");
	assert_int_equal(json_count(json_find(json_root(doc), "feeds")), 3);
	json_free(doc);
}

static void page__shows_the_oracle_and_escapes_everything(void **state)
{
	const struct http_request browser = { .accept = "text/html",
		.host = "oracle.example:8080" };
	char address[ETH_ADDR_TEXT_SIZE];

	(void)state;
	publish(&feeds[0], "{}");
	memcpy(feeds[0].status.value, "<b>1</b>", 9);
	assert_int_equal(ask_with(browser, "/"), 200);
	expect_head("\r\nContent-Type: text/html; charset=utf-8\r\n");
	expect_head("\r\nContent-Security-Policy: default-src 'none'; ");
	expect_body("&lt;b&gt;1&lt;/b&gt;");
	expect_body("odd&lt;id&gt;");
	expect_body("double&lt;&amp;&gt;");
	expect_body(eth_addr_format(&signer.address, address));
	expect_body("curl -s -o response.json "
		    "http://oracle.example:8080/price\n");
	expect_body("affiant-verify --policy policy.json --allow-simulated");
	expect_body("not served:");
	expect_no("<b>1");
	expect_no("<script");
	expect_no("src=");
	expect_no("@import");
}

static void page__says_simulated_exactly_when_it_is(void **state)
{
	const struct http_request browser = { .accept = "text/html" };

	(void)state;
	ask_with(browser, "/");
	expect_body("SIMULATED");
	attest.simulated = false;
	ask_with(browser, "/");
	expect_no("imulated");
	ask("/");
	expect_body("\"simulated\":false");
}

static void page__says_when_the_key_does_not_outlive_the_start(void **state)
{
	const struct http_request browser = { .accept = "text/html" };

	(void)state;
	ask_with(browser, "/");
	expect_no("until the next start");
	ask("/");
	expect_body("\"signerEphemeral\":false");
	signer.ephemeral = true;
	ask_with(browser, "/");
	expect_body("until the next start");
	ask("/");
	expect_body("\"signerEphemeral\":true");
}

static void root__has_what_clients_of_the_sample_oracle_read(void **state)
{
	char address[ETH_ADDR_TEXT_SIZE], want[80];

	(void)state;
	eth_addr_format(&signer.address, address);
	snprintf(want, sizeof(want), "\"signerAddress\":\"%s\"", address);
	ask("/");
	expect_body(want);
	expect_body("\"derivedPubkey\":\"0x0202");
	expect_no("appId");
	signer.has_app = true;
	ask("/");
	expect_body("\"appId\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"");
	signer.has_app = false;
}

/* The command is there to be copied into a shell. */
static void page__shows_no_host_that_is_none(void **state)
{
	static const char *const hosts[] = { NULL, "", "a;rm -rf /", "$(id)",
		"a\"b", "a b", "a/b" };

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		ask_with((struct http_request){ .accept = "text/html",
			     .host = hosts[i] },
		    "/");
		expect_body("http://HOST/price\n");
	}
}

/* ---- tables ------------------------------------------------------------- */

static void problems__have_stable_types_of_their_own(void **state)
{
	static const char prefix[] = "urn:affiant:problem:";

	(void)state;
	for (enum problem i = 0; i < PROBLEM_COUNT; i++) {
		const struct problem_row *a = http_problem_row(i);

		assert_memory_equal(a->type, prefix, sizeof(prefix) - 1);
		assert_in_range(a->status, 400, 599);
		for (enum problem j = 0; j < i; j++)
			assert_string_not_equal(
			    a->type, http_problem_row(j)->type);
	}
}

static void problem__takes_members_in_canonical_order_only(void **state)
{
	const struct problem_member ext[] = { { "a", { (const void *)"1", 1 } },
		{ "feed", { (const void *)"2", 1 } },
		{ "sources", { (const void *)"[]", 2 } },
		{ "zz", { (const void *)"3", 1 } } };
	const struct problem_member wrong[] = { ext[1], ext[0] };
	struct fault f = FAULT_INIT;
	char text[512];
	struct wr w = wr_into(text, sizeof(text), "test", &f);

	(void)state;
	assert_ok(
	    http_problem_encode(PROBLEM_STALE, "why", ext, COUNT(ext), &w, &f),
	    f);
	assert_span_text(wr_view(&w),
	    "{\"a\":1,\"detail\":\"why\",\"feed\":2,\"sources\":[],"
	    "\"status\":503,\"title\":\"There is no fresh value\","
	    "\"type\":\"urn:affiant:problem:stale\",\"zz\":3}");
	w = wr_into(text, sizeof(text), "test", &f);
	assert_false(http_problem_encode(
	    PROBLEM_STALE, "why", wrong, COUNT(wrong), &w, &f));
	assert_int_equal(f.kind, FAULT_INTERNAL);
}

static void routes__are_known_to_the_configuration(void **state)
{
	(void)state;
	assert_true(http_routes_has("/healthz"));
	assert_true(http_routes_has("/"));
	assert_true(http_routes_has("/v1/feeds/anything"));
	/* This one is for a feed to have. */
	assert_false(http_routes_has("/price"));
	assert_false(http_routes_has("/eth"));
	for (const struct http_route *r = http_routes; r->path != NULL; r++)
		assert_true(r->help != NULL && *r->help != '\0');
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(price__is_the_board_of_its_feed),
		CASE(price__is_503_without_a_fresh_value),
		CASE(price__without_a_feed_of_its_own),
		CASE(price__honours_head_close_and_etag),
		CASE(nonce__makes_a_response_of_its_own),
		CASE(nonce__is_refused_when_it_is_none),
		CASE(query__is_refused_when_it_is_unknown_or_double),
		CASE(nonce__on_a_stale_feed_is_what_the_board_says),
		CASE(nonce__says_what_failed),
		CASE(nonce__is_refused_when_too_many_wait),
		CASE(feeds__answer_by_id),
		CASE(feeds__are_listed),
		CASE(statements__are_found_by_their_hash),
		CASE(statements__are_not_kept_without_their_quote),
		CASE(key__is_quoted_once_a_minute),
		CASE(key__says_what_failed),
		CASE(attestation__is_bound_to_the_nonce),
		CASE(collateral__is_what_the_provider_has),
		CASE(collateral__is_kept_where_the_provider_has_none),
		CASE(health__tells_alive_from_ready),
		CASE(health__is_not_ready_with_a_clock_that_is_not_believed),
		CASE(paths__lead_nowhere_but_to_routes),
		CASE(paths__are_refused_when_badly_encoded),
		CASE(http_uri_decode__refuses_what_does_not_fit),
		CASE(uris__are_bounded),
		CASE(methods__that_do_not_fit_are_named),
		CASE(options__answers_a_preflight),
		CASE(head__of_every_route_has_no_body),
		CASE(page__is_for_who_asks_for_html),
		CASE(root__is_json_for_a_program),
		CASE(page__shows_the_oracle_and_escapes_everything),
		CASE(page__says_simulated_exactly_when_it_is),
		CASE(page__says_when_the_key_does_not_outlive_the_start),
		CASE(root__has_what_clients_of_the_sample_oracle_read),
		CASE(page__shows_no_host_that_is_none),
		CASE(problems__have_stable_types_of_their_own),
		CASE(problem__takes_members_in_canonical_order_only),
		CASE(routes__are_known_to_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
