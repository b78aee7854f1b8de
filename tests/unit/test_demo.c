/* SPDX-License-Identifier: Apache-2.0 */
/* The demo exchange's own rules; its answers are tested through sources/. */
#include "compose/demo/demo_exchange.h"
#include "compose/demo/demo_mode.h"
#include "compose/demo/demo_request.h"
#include "tests/unit/check.h"
#include "verify/base/json.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* 2026-01-15T12:00:00Z */
static const struct utc noon = { INT64_C(1768478400000) };

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

static void market__is_a_function_of_time_that_moves_gently(void **state)
{
	int n_moved = 0;

	(void)state;
	for (int64_t s = 0; s < 2000; s++) {
		struct utc t = { noon.ms + s * 1000 };
		struct utc next = { t.ms + 1000 };
		int64_t a = demo_market_cents(false, t);
		int64_t b = demo_market_cents(false, next);
		assert_int_equal(a, demo_market_cents(false, t));
		assert_in_range(a, 9000000, 10500000);
		/* Within 0.1 % from second to second. */
		assert_true(distance(a, b) * 1000 < a);
		n_moved += a != b;
	}
	assert_true(n_moved > 1900);
	assert_in_range(demo_market_cents(true, noon), 300000, 380000);
}

static void market__bodies_are_json_of_both_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * demo_market_n_hosts; i++) {
		const struct demo_host *h = &demo_market_hosts[i / 2];
		const struct demo_host *found;
		AUTO(json_drop) struct json *doc = NULL;
		AUTO(blob_drop) struct blob body = { 0 };
		struct fault f = FAULT_INIT;
		struct wr w = wr_grow(65536, "test", &f);
		bool is_eth = i % 2 == 1;
		bool found_eth;

		h->write(h, is_eth, noon, DEMO_QUIRK_NONE, &w);
		assert_ok(wr_done(&w, &body), f);
		assert_ok(json_parse(blob_span(&body), &json_limits_default,
			      "test", &doc, &f),
		    f);
		found = demo_market_find_target(
		    is_eth ? h->eth : h->btc, &found_eth);
		assert_ptr_equal(found, h);
		assert_int_equal(found_eth, is_eth);
		assert_ptr_equal(demo_market_find(h->name), h);
	}
}

static void market__finds_targets_with_more_parameters_only(void **state)
{
	bool is_eth;

	(void)state;
	assert_non_null(demo_market_find_target(
	    "/api/v3/simple/price?ids=bitcoin&vs_currencies=usd&precision=full",
	    &is_eth));
	assert_non_null(
	    demo_market_find_target("/v1/pubticker/btcusd?x=1", &is_eth));
	assert_null(demo_market_find_target("/v1/pubticker/btcusdt", &is_eth));
	assert_null(demo_market_find_target("/", &is_eth));
}

static void modes__have_names_of_their_own_and_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < demo_mode_n_rows; i++) {
		assert_ptr_equal(
		    demo_mode_find(demo_mode_rows[i].id), &demo_mode_rows[i]);
		assert_true(strlen(demo_mode_rows[i].help) > 0);
	}
	assert_null(demo_mode_find("nonsense"));
	assert_string_equal(demo_mode_rows[0].id, "none");
}

/* What the exchange makes of bytes on a connection that then ends. */
static enum demo_request_end read_request(
    const char *bytes, size_t n, struct demo_request_head *out)
{
	int fds[2];
	struct demo_stream s;
	enum demo_request_end end;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	s = (struct demo_stream){ .fd = fds[0], .stop_fd = -1 };
	assert_int_equal(write(fds[1], bytes, n), n);
	close(fds[1]);
	end = demo_request_read(&s, out);
	close(fds[0]);
	return end;
}

static void request__is_read(void **state)
{
	static const char text[] = "GET /a?b=c HTTP/1.1\r\n"
				   "HOST: kraken.demo.localhost:4433\r\n"
				   "user-agent: x\r\n"
				   "Connection: close\r\n\r\n";
	struct demo_request_head h;

	(void)state;
	assert_int_equal(read_request(text, strlen(text), &h), DEMO_REQUEST_OK);
	assert_string_equal(h.method, "GET");
	assert_string_equal(h.target, "/a?b=c");
	assert_string_equal(h.host, "kraken.demo.localhost");
	assert_true(h.has_user_agent);
	assert_true(h.closes);
	assert_false(h.has_body);
	assert_string_equal(h.text, text);
}

static void request__body_is_read_as_long_as_declared(void **state)
{
	static const char post[] = "POST /rpc HTTP/1.1\r\n"
				   "Content-Length: 7\r\n\r\n";
	struct demo_request_head h;
	char text[128];

	(void)state;
	snprintf(text, sizeof(text), "%s{\"a\":1}", post);
	assert_int_equal(read_request(text, strlen(text), &h), DEMO_REQUEST_OK);
	assert_string_equal(h.method, "POST");
	assert_true(h.has_body);
	assert_int_equal(h.n_body, 7);
	assert_string_equal(h.body, "{\"a\":1}");
	assert_string_equal(h.text, text);
	assert_int_equal(
	    read_request(text, strlen(text) - 1, &h), DEMO_REQUEST_GONE);
	snprintf(text, sizeof(text), "%s{\"a\":1}G", post);
	assert_int_equal(
	    read_request(text, strlen(text), &h), DEMO_REQUEST_BAD);
	snprintf(text, sizeof(text),
	    "POST /rpc HTTP/1.1\r\nContent-Length: %d\r\n\r\n", DEMO_HEAD_MAX);
	assert_int_equal(
	    read_request(text, strlen(text), &h), DEMO_REQUEST_BAD);
}

static void request__that_is_none_is_refused(void **state)
{
	static const char *const bad[] = { "GET\r\n\r\n", "GET /\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n", "GET x HTTP/1.1\r\n\r\n",
		"\x16\x03\x01", "GET / HTTP/1.1 \r\n\r\n",
		"LONGMETHOD / HTTP/1.1\r\n\r\n" };
	struct demo_request_head h;
	char huge[DEMO_HEAD_MAX + 100];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    read_request(bad[i], strlen(bad[i]), &h), DEMO_REQUEST_BAD);
	memset(huge, 'A', sizeof(huge));
	assert_int_equal(
	    read_request(huge, sizeof(huge), &h), DEMO_REQUEST_BAD);
	assert_int_equal(
	    read_request("GET / HTTP/1.1\r\n", 16, &h), DEMO_REQUEST_GONE);
	assert_int_equal(read_request("", 0, &h), DEMO_REQUEST_GONE);
}

static void request__parameters_are_found_by_name(void **state)
{
	char out[8];

	(void)state;
	assert_true(demo_request_parameter("/x?a=1&bb=22", "bb", out, 8));
	assert_string_equal(out, "22");
	assert_true(demo_request_parameter("/x?a=1&bb=22", "a", out, 8));
	assert_string_equal(out, "1");
	assert_false(demo_request_parameter("/x?a=1&bb=22", "b", out, 8));
	assert_false(demo_request_parameter("/x", "a", out, 8));
	assert_false(demo_request_parameter("/x?a=12345678", "a", out, 8));
}

static void exchange__refuses_a_host_or_mode_it_has_not(void **state)
{
	char dir[] = "/tmp/affiant-demo-XXXXXX";
	char path[64];
	struct demo_options o = { .dir = dir };
	struct demo_exchange *d = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_ok(demo_exchange_start(&o, &d, &f), f);
	assert_refused(demo_exchange_misbehave(d, "h.example", "slow", &f), f,
	    FAULT_USAGE, "demo.host");
	assert_refused(
	    demo_exchange_misbehave(d, DEMO_CONTROL_HOST, "slow", &f), f,
	    FAULT_USAGE, "demo.host");
	assert_refused(
	    demo_exchange_misbehave(d, "kraken.demo.localhost", "slowly", &f),
	    f, FAULT_USAGE, "demo.mode");

	/* A port that is taken is said, and leaves nothing behind. */
	o.port = demo_exchange_port(d);
	{
		struct demo_exchange *second = NULL;
		assert_refused(demo_exchange_start(&o, &second, &f), f,
		    FAULT_SYSTEM, "demo.listen");
		assert_null(second);
	}
	demo_exchange_stop(d);
	snprintf(path, sizeof(path), "%s/ca.pem", dir);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/intermediate.pem", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    market__is_a_function_of_time_that_moves_gently),
		cmocka_unit_test(market__bodies_are_json_of_both_pairs),
		cmocka_unit_test(
		    market__finds_targets_with_more_parameters_only),
		cmocka_unit_test(modes__have_names_of_their_own_and_help),
		cmocka_unit_test(request__is_read),
		cmocka_unit_test(request__body_is_read_as_long_as_declared),
		cmocka_unit_test(request__that_is_none_is_refused),
		cmocka_unit_test(request__parameters_are_found_by_name),
		cmocka_unit_test(exchange__refuses_a_host_or_mode_it_has_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
