/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway of EIP-3668 without a socket: calls go in, packed values out. */
#include "chain/rpc/feed_call.h"
#include "oracle/http_problem.h"
#include "oracle/http_routes.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"
#include "verify/base/text.h"

static const struct utc now = { 1703347200000 };

static struct attest attest;
static struct signer signer;
static struct quoter *quoter;
static struct recent *recent;
static struct config config;
static struct feed_config feed_configs[2];
static struct feed feeds[2];
static struct feed *feed_list[2] = { &feeds[0], &feeds[1] };
static struct http_site site;

/* What the example of the reference signs, so that its bytes are known. */
static struct feed_call call;

static int set_up(void **state)
{
	static const char *const ids[] = { "BTC/USD", "note" };
	static const char *const kinds[] = { "price", "text" };
	struct fault f = FAULT_INIT;

	(void)state;
	attest_double_init(&attest);
	config = (struct config){ .feeds = feed_configs, .n_feeds = 2 };
	for (size_t i = 0; i < 2; i++) {
		feed_configs[i] = (struct feed_config){
			.id = ids[i],
			.kind = statement_kind_find(span_text(kinds[i])),
			.interval_ms = 5000,
		};
		feeds[i] = (struct feed){ .config = &feed_configs[i] };
		assert_ok(board_new(&feeds[i].board, &f), f);
	}
	memset(&call, 0, sizeof(call));
	memcpy(call.statement.feed, "BTC/USD", 7);
	assert_ok(dec_parse(span_text("97234.12"), 8, DEC_EXACT,
		      &call.statement.value, &f),
	    f);
	call.statement.timestamp = 1760000000000;
	call.statement.round = 42;
	memset(call.statement.config.b, 0xc0, 32);
	memset(call.statement.statement.b, 0x57, 32);
	memset(call.signature.b, 0x11, 64);
	call.signature.b[64] = 28;
	feeds[0].call = &call;
	assert_ok(quoter_open(&attest, &quoter, &f), f);
	assert_ok(recent_new(4, 4096, &recent, &f), f);
	const struct http_deps deps = { .config = &config,
		.feeds = feed_list,
		.n_feeds = 2,
		.signer = &signer,
		.attest = &attest,
		.quoter = quoter,
		.recent = recent };
	assert_ok(http_site_init(&site, &deps, 2, &f), f);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	http_site_drop(&site);
	quoter_close(quoter);
	recent_free(recent);
	for (size_t i = 0; i < 2; i++)
		board_free(feeds[i].board);
	attest_double_drop(&attest);
	return 0;
}

/* ---- asking ------------------------------------------------------------- */

static char sent[8192];

static void take(void *to, struct span bytes)
{
	(void)to;
	assert_in_range(bytes.n, 1, sizeof(sent) - 1);
	memcpy(sent, bytes.p, bytes.n);
	sent[bytes.n] = '\0';
}

static int serve(struct http_request r)
{
	r.now = now;
	return http_routes_serve(&site, &r, take, NULL);
}

static int get(const char *path)
{
	return serve((struct http_request){ .method = HTTP_GET, .path = path });
}

static int post(const char *body)
{
	return serve((struct http_request){
	    .method = HTTP_POST, .path = "/gateway", .body = span_text(body) });
}

static void expect(const char *part)
{
	if (strstr(sent, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, sent);
}

static void expect_problem(int status, enum problem p)
{
	assert_int_equal(status, http_problem_row(p)->status);
	expect(http_problem_row(p)->type);
	expect("\r\nAccess-Control-Allow-Origin: *\r\n");
}

#define SENDER "0x00000000000000000000000000000000000000aa"
/* price(bytes32) of BTC/USD */
#define DATA "0x88f3543a" FEED "00"
#define FEED "4254432f555344" ZEROS
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define ZEROS "000000000000000000000000000000000000000000000000"

static void expect_packed(void)
{
	/* feed, value, decimals, time, round, config, statement, r, vs */
	expect("\r\n\r\n{\"data\":\"0x" FEED "00"
	       "000000000000000000000"
	       "8d7e884ad00"
	       "08"
	       "0199c82cc000"
	       "000000000000002a"
	       "c0c0");
	expect("5757" ONES "9111111111111111"
	       "111111111111111111111111"
	       "111111111111111111111111\"}");
	expect("\r\nContent-Type: application/json\r\n");
	expect("\r\nCache-Control: no-store\r\n");
	expect("\r\nAccess-Control-Allow-Origin: *\r\n");
}

/* ---- what it answers ------------------------------------------------------- */

static void gateway__answers_the_latest_packed(void **state)
{
	(void)state;
	assert_int_equal(get("/gateway/" SENDER "/" DATA ".json"), 200);
	expect_packed();
	assert_int_equal(
	    post("{\"data\":\"" DATA "\",\"sender\":\"" SENDER "\"}"), 200);
	expect_packed();
	assert_int_equal(serve((struct http_request){ .method = HTTP_HEAD,
			     .path = "/gateway/" SENDER "/" DATA ".json" }),
	    200);
	assert_null(strstr(sent, "\"data\""));
}

static void gateway__never_answers_what_is_stale(void **state)
{
	(void)state;
	feeds[0].stale = true;
	expect_problem(
	    get("/gateway/" SENDER "/" DATA ".json"), PROBLEM_STARTING);
	/* The board has a value still, the feed holds it back. */
	struct fault f = FAULT_INIT;
	const struct publication p = { .body = span_text("{}"),
		.timestamp = now,
		.valid_until = { now.ms + 30000 },
		.interval_ms = 5000 };
	assert_ok(board_publish(feeds[0].board, &p, &f), f);
	expect_problem(get("/gateway/" SENDER "/" DATA ".json"), PROBLEM_STALE);
}

static void gateway__has_no_text_and_no_wide_value(void **state)
{
	(void)state;
	expect_problem(
	    get("/gateway/" SENDER "/0x88f3543a6e6f7465" ZEROS "00000000.json"),
	    PROBLEM_UNSUPPORTED);
	call.statement.value.units.limb[2] = 1;
	expect_problem(
	    get("/gateway/" SENDER "/" DATA ".json"), PROBLEM_UNSUPPORTED);
}

static void gateway__refuses_other_calls(void **state)
{
	static const struct {
		const char *path;
		enum problem p;
	} rows[] = {
		{ "/gateway/" SENDER "/" DATA, PROBLEM_BAD_CALL },
		{ "/gateway/" SENDER, PROBLEM_BAD_CALL },
		{ "/gateway/" SENDER "/.json", PROBLEM_BAD_CALL },
		{ "/gateway//" DATA ".json", PROBLEM_BAD_CALL },
		{ "/gateway/0xaa/" DATA ".json", PROBLEM_BAD_CALL },
		/* A byte more, and one less. */
		{ "/gateway/" SENDER "/" DATA "00.json", PROBLEM_BAD_CALL },
		{ "/gateway/" SENDER "/0x88f3543a.json", PROBLEM_BAD_CALL },
		/* Another function; another feed; an id with a hole. */
		{ "/gateway/" SENDER "/0x88f3543b" FEED "00.json",
		    PROBLEM_BAD_CALL },
		{ "/gateway/" SENDER "/0x88f3543a4254432f555345" ZEROS
		  "00.json",
		    PROBLEM_NO_FEED },
		{ "/gateway/" SENDER "/0x88f3543a" FEED "01.json",
		    PROBLEM_NO_FEED },
		{ "/gateway/" SENDER "/" DATA ".json/x", PROBLEM_BAD_CALL },
		{ "/gateway/", PROBLEM_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_problem(get(rows[i].path), rows[i].p);
	expect_problem(serve((struct http_request){ .method = HTTP_GET,
			   .path = "/gateway/" SENDER "/" DATA ".json",
			   .query = "feed=BTC%2FUSD" }),
	    PROBLEM_BAD_QUERY);
}

static void gateway__refuses_other_bodies(void **state)
{
	static const char *const bodies[] = { "", "{", "[]", "{}",
		"{\"data\":\"" DATA "\"}",
		"{\"data\":\"" DATA "\",\"sender\":7}",
		"{\"data\":\"" DATA "\",\"sender\":\"0xaa\"}",
		"{\"data\":\"0x\",\"sender\":\"" SENDER "\"}",
		"{\"data\":\"" DATA "\",\"sender\":\"" SENDER "\",\"x\":1}",
		"{\"data\":\"" DATA "\",\"sender\":[[[]]]}" };

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++)
		expect_problem(post(bodies[i]), PROBLEM_BAD_CALL);
	/* What was not read was too long, or of unknown length. */
	expect_problem(
	    serve((struct http_request){
		.method = HTTP_POST, .path = "/gateway", .has_body = true }),
	    PROBLEM_TOO_LARGE);
}

static void gateway__names_the_methods_that_fit(void **state)
{
	(void)state;
	expect_problem(get("/gateway"), PROBLEM_METHOD);
	expect("\r\nAllow: POST, OPTIONS\r\n");
	expect_problem(serve((struct http_request){ .method = HTTP_POST,
			   .path = "/gateway/" SENDER "/" DATA ".json" }),
	    PROBLEM_METHOD);
	expect("\r\nAllow: GET, HEAD, OPTIONS\r\n");
	assert_int_equal(serve((struct http_request){
			     .method = HTTP_OPTIONS, .path = "/gateway" }),
	    204);
	expect("\r\nAccess-Control-Allow-Methods: POST\r\n");
	expect("\r\nAccess-Control-Allow-Headers: *\r\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(gateway__answers_the_latest_packed),
		CASE(gateway__never_answers_what_is_stale),
		CASE(gateway__has_no_text_and_no_wide_value),
		CASE(gateway__refuses_other_calls),
		CASE(gateway__refuses_other_bodies),
		CASE(gateway__names_the_methods_that_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
