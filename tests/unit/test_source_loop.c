/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When sources are asked, how often, and at which addresses. The server here
 * says byte by byte what it is told to, one answer for each connection.
 */
#include "tests/unit/demo_fixture.h"
#include "verify/base/clock.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#define MS UINT64_C(1000000)
#define OK_BODY "{\"price\":\"97234.12\"}"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" OK_BODY

/* ---- a server by script ------------------------------------------------- */

/* What is said to the first connection, the second, ...; NULL: goodbye. The
 * last one is repeated. */
static const char *const *script;
static unsigned n_asked;
static int listener = -1;
static unsigned listener_port;
static pthread_t server;
static volatile bool server_stop;

static void answer(int fd)
{
	char head[4096];
	size_t n = 0;
	ssize_t got;
	const char *say;

	while (n < sizeof(head) - 1 &&
	    (got = recv(fd, head + n, sizeof(head) - 1 - n, 0)) > 0) {
		n += (size_t)got;
		head[n] = '\0';
		if (strstr(head, "\r\n\r\n") != NULL)
			break;
	}
	say = script[0];
	if (script[1] != NULL)
		script++;
	__atomic_fetch_add(&n_asked, 1, __ATOMIC_ACQ_REL);
	if (say[0] != '\0')
		(void)!send(fd, say, strlen(say), MSG_NOSIGNAL);
	/* (so that what was sent arrives in front of the end) */
	shutdown(fd, SHUT_WR);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (poll(&p, 1, 50) > 0 && recv(fd, head, sizeof(head), 0) > 0)
		;
	close(fd);
}

static void *serve(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&server_stop, __ATOMIC_ACQUIRE)) {
		struct pollfd p = { .fd = listener, .events = POLLIN };
		int fd;

		if (poll(&p, 1, 20) > 0 &&
		    (fd = accept(listener, NULL, NULL)) >= 0)
			answer(fd);
	}
	return NULL;
}

/* On 127.0.0.1, or on ::1 only. */
static bool server_open(bool v6, const char *const *says)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *a =
	    v6 ? (struct sockaddr *)&a6 : (struct sockaddr *)&a4;
	socklen_t n = v6 ? sizeof(a6) : sizeof(a4);

	script = says;
	n_asked = 0;
	server_stop = false;
	listener = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, a, n) != 0 ||
	    listen(listener, 16) != 0 || getsockname(listener, a, &n) != 0)
		return false;
	listener_port = ntohs(v6 ? a6.sin6_port : a4.sin_port);
	assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
	return true;
}

static unsigned server_close(void)
{
	__atomic_store_n(&server_stop, true, __ATOMIC_RELEASE);
	pthread_join(server, NULL);
	close(listener);
	return n_asked;
}

static struct source_config plain(char url[256], const char *host)
{
	struct source_config c;

	snprintf(url, 256, "http://%s:%u/", host, listener_port);
	c = demo_source(url, "/price");
	c.allow_http = true;
	c.timeout_ms = 2000;
	return c;
}

/* ---- attempts ------------------------------------------------------------ */

static void fetch__asks_again_where_that_is_worth_it(void **state)
{
	static const struct {
		const char *says[3];
		const char *reason; /* NULL: it is fine */
		unsigned n_asked;
		const char *body;
	} cases[] = {
		{ { OK }, NULL, 1, NULL },
		{ { "HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n", OK }, NULL,
		    2, NULL },
		{ { "", OK }, NULL, 2, NULL },
		{ { "HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n" }, "http", 2,
		    NULL },
		{ { "HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n", OK },
		    "http", 1, NULL },
		{ { "HTTP/1.1 200 OK\r\nContent-Le", OK }, "framing", 1, NULL },
		{ { "HTTP/1.1 503 no\r\nRetry-After: 1\r\n"
		    "Content-Length: 0\r\n\r\n",
		      OK },
		    "http", 1, NULL },
		/* What was sent may have been done. */
		{ { "HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n", OK },
		    "http", 1, "{}" },
		{ { "", OK }, "connect", 1, "{}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(source_set_drop) struct source_set *set = NULL;
		const struct source_result *r;
		char url[256];

		assert_true(server_open(false, cases[i].says));
		struct source_config c = plain(url, "127.0.0.1");
		c.body = cases[i].body;
		set = demo_open(&c, 1);
		r = source_set_fetch(set, NULL);
		unsigned n = server_close();
		if (cases[i].reason == NULL)
			assert_succeeded(r);
		else
			assert_failed(r, cases[i].reason);
		if (n != cases[i].n_asked)
			fail_msg("case %zu: asked %u times", i, n);
	}
}

static void fetch__leaves_a_host_alone_that_asked_for_it(void **state)
{
	static const char *const by_seconds[] = {
		"HTTP/1.1 429 no\r\nRetry-After: 1\r\nContent-Length: "
		"0\r\n\r\n",
		OK, NULL
	};
	static const char *const by_date[] = {
		"HTTP/1.1 503 no\r\nDate: Thu, 15 Jan 2026 00:00:00 GMT\r\n"
		"Retry-After: Thu, 15 Jan 2026 00:00:01 GMT\r\n"
		"Content-Length: 0\r\n\r\n",
		OK, NULL
	};
	static const char *const *const both[] = { by_seconds, by_date };

	(void)state;
	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(source_set_drop) struct source_set *set = NULL;
		const struct source_result *r;
		char url[256];

		assert_true(server_open(false, both[i]));
		struct source_config c = plain(url, "127.0.0.1");
		c.timeout_ms = 200;
		set = demo_open(&c, 1);
		r = source_set_fetch(set, NULL);
		assert_failed(r, "http");
		assert_int_equal(r->retry_after_s, 1);
		r = source_set_fetch(set, NULL);
		assert_failed(r, "wait");
		assert_non_null(strstr(r->fault.text, "1 s more"));
		assert_int_equal(
		    __atomic_load_n(&n_asked, __ATOMIC_ACQUIRE), 1);
		usleep(1100 * 1000);
		c.timeout_ms = 2000;
		assert_succeeded(source_set_fetch(set, NULL));
		assert_int_equal(server_close(), 2);
	}
}

/* ---- framing that libcurl alone would take ------------------------------- */

static void fetch__keeps_nothing_that_came_behind_an_answer(void **state)
{
	/* Another answer hides behind a body that is shorter than it is. */
	static const char *const says[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" OK_BODY
		"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"
		"{\"price\":\"666\"}",
		OK, NULL
	};
	AUTO(source_set_drop) struct source_set *set = NULL;
	char url[256];

	(void)state;
	assert_true(server_open(false, says));
	struct source_config c = plain(url, "127.0.0.1");
	set = demo_open(&c, 1);
	for (int i = 0; i < 2; i++) {
		const struct source_result *r = source_set_fetch(set, NULL);

		assert_succeeded(r);
		assert_span_text(r->source.value, "97234.12");
	}
	assert_int_equal(server_close(), 2);
}

static void fetch__does_not_unpack_what_it_did_not_ask_for(void **state)
{
	static const char *const says[] = {
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
		"Transfer-Encoding: chunked\r\n\r\n5\r\n\x1f\x8b\x08\x01\x01"
		"\r\n0\r\n\r\n",
		NULL
	};
	AUTO(source_set_drop) struct source_set *set = NULL;
	char url[256];

	(void)state;
	assert_true(server_open(false, says));
	struct source_config c = plain(url, "127.0.0.1");
	set = demo_open(&c, 1);
	assert_failed(source_set_fetch(set, NULL), "encoding");
	server_close();
}

/* ---- names and addresses ------------------------------------------------- */

static void fetch__reaches_a_host_that_has_ipv6_only(void **state)
{
	static const char *const says[] = { OK, NULL };
	/* (the name has 127.0.0.1 as well, where nobody listens) */
	static const char *const hosts[] = { "[::1]", "six.localhost" };

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		AUTO(source_set_drop) struct source_set *set = NULL;
		char url[256];

		if (!server_open(true, says)) {
			print_message("skipped: no IPv6 here\n");
			return;
		}
		struct source_config c = plain(url, hosts[i]);
		set = demo_open(&c, 1);
		assert_succeeded(source_set_fetch(set, NULL));
		source_set_drop(&set);
		c.allow_private = false;
		set = demo_open(&c, 1);
		assert_failed(source_set_fetch(set, NULL), "address");
		assert_int_equal(server_close(), 1);
	}
}

static void fetch__asks_no_address_that_is_not_of_the_internet(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "127.9.9.9",
		"any.localhost", "10.255.255.1", "169.254.169.254",
		"[::ffff:127.0.0.1]", "[fe80::1]" };
	static const char *const says[] = { OK, NULL };

	(void)state;
	assert_true(server_open(false, says));
	for (size_t i = 0; i < COUNT(hosts); i++) {
		AUTO(source_set_drop) struct source_set *set = NULL;
		char url[256];
		struct source_config c = plain(url, hosts[i]);

		c.allow_private = false;
		set = demo_open(&c, 1);
		assert_failed(source_set_fetch(set, NULL), "address");
	}
	assert_int_equal(server_close(), 0);
}

/* One that may go there has left a connection open. */
static void fetch__asks_none_over_a_connection_of_another_source(void **state)
{
	char a[256], b[256];
	struct source_config c[2] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(demo_url(b, COINBASE, COINBASE_TARGET), "/ask")
	};
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	c[1].allow_private = false;
	set = demo_open(c, 2);
	for (int i = 0; i < 3; i++) {
		uint64_t before = demo_exchange_n_requests(demo);

		r = source_set_fetch(set, NULL);
		assert_succeeded(&r[0]);
		assert_failed(&r[1], "address");
		assert_int_equal(demo_exchange_n_requests(demo), before + 1);
	}
}

static void fetch__says_that_a_name_does_not_resolve(void **state)
{
	struct source_config c =
	    demo_source("https://nobody.invalid/", "/price");
	AUTO(source_set_drop) struct source_set *set = NULL;
	const struct source_result *r;

	(void)state;
	set = demo_open(&c, 1);
	r = source_set_fetch(set, NULL);
	assert_failed(r, "connect");
	assert_non_null(strstr(r->fault.text, "does not resolve"));
}

/* ---- many on one loop ---------------------------------------------------- */

struct heard {
	unsigned n;
	uint64_t at_ns;
	bool ok[4];
	char reason[4][16];
	size_t n_sources;
};

static void hear(void *user, const struct source_result *results)
{
	struct heard *h = user;

	h->n++;
	h->at_ns = clock_monotonic_ns();
	for (size_t i = 0; i < h->n_sources; i++) {
		h->ok[i] = results[i].ok;
		snprintf(h->reason[i], sizeof(h->reason[i]), "%.*s",
		    (int)results[i].source.reason.n,
		    (const char *)results[i].source.reason.p);
	}
}

static struct source_loop *open_loop(uint32_t connections, uint32_t per_s)
{
	const struct source_limits limits = { .per_host_connections =
						  connections,
		.per_host_per_s = per_s,
		.connect_timeout_ms = 3000 };
	struct source_loop *loop = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(source_loop_open(&limits, &loop, &f), f);
	return loop;
}

static struct source_set *open_on(
    struct source_loop *loop, const struct source_config *c, size_t n)
{
	struct source_set *s = NULL;
	struct fault f = FAULT_INIT;

	assert_ok(source_set_open(loop, c, n, &s, &f), f);
	return s;
}

/* A round is closed at its deadline with what has come, and what it waited
 * for holds up nobody else. */
static void loop__lets_no_source_delay_another_set(void **state)
{
	char a[256], b[256];
	struct source_config slow[2] = {
		demo_source(demo_url(a, COINBASE, COINBASE_TARGET), "/price"),
		demo_source(
		    demo_url(b, BITSTAMP, "/api/v2/ticker/btcusd/"), "/last")
	};
	struct source_loop *loop = open_loop(6, 0);
	struct source_set *first = open_on(loop, slow, 2);
	struct source_set *second = open_on(loop, &slow[1], 1);
	struct heard one = { .n_sources = 2 }, other = { .n_sources = 1 };
	uint64_t began_ns;

	(void)state;
	demo_behave(COINBASE, "slow");
	began_ns = clock_monotonic_ns();
	source_set_start(first, 1500, hear, &one);
	source_set_start(second, 1500, hear, &other);
	assert_int_equal(one.n + other.n, 0);
	while (one.n == 0 || other.n == 0)
		source_loop_turn(loop, 100);
	demo_behave(COINBASE, "none");
	assert_true(other.ok[0]);
	assert_true(other.at_ns < one.at_ns);
	assert_false(one.ok[0]);
	assert_string_equal(one.reason[0], "timeout");
	assert_true(one.ok[1]);
	assert_in_range(
	    (one.at_ns - began_ns) / MS, 1499, 1499 + 3000 /* of ours */);
	source_set_close(second);
	source_set_close(first);
	source_loop_close(loop);
}

static void loop__asks_a_host_no_more_often_than_it_may(void **state)
{
	char url[256];
	struct source_config c[3] = { demo_source(
	    demo_url(url, COINBASE, COINBASE_TARGET), "/price") };
	struct source_loop *loop = open_loop(6, 2);
	struct heard h = { .n_sources = 3 };

	(void)state;
	c[1] = c[2] = c[0];
	c[0].timeout_ms = c[1].timeout_ms = 5000;
	c[2].timeout_ms = 300; /* its turn would come after half a second */
	struct source_set *set = open_on(loop, c, 3);
	source_set_start(set, 0, hear, &h);
	while (h.n == 0)
		source_loop_turn(loop, 100);
	assert_true(h.ok[0] && h.ok[1]);
	assert_string_equal(h.reason[2], "rate");
	source_set_close(set);
	source_loop_close(loop);
}

/* One connection for all: they take turns on it. */
static void loop__shares_connections_within_the_limit(void **state)
{
	char url[256];
	struct source_config c[4] = { demo_source(
	    demo_url(url, KRAKEN, "/0/public/Ticker?pair=XBTUSD"),
	    "/result/XXBTZUSD/c/0") };
	struct source_loop *loop = open_loop(1, 0);
	uint64_t before = demo_exchange_n_connections(demo);
	struct heard h = { .n_sources = 4 };

	(void)state;
	c[1] = c[2] = c[3] = c[0];
	struct source_set *set = open_on(loop, c, 4);
	source_set_start(set, 0, hear, &h);
	while (h.n == 0)
		source_loop_turn(loop, 100);
	for (size_t i = 0; i < 4; i++)
		assert_true(h.ok[i]);
	assert_int_equal(demo_exchange_n_connections(demo), before + 1);
	source_set_close(set);
	source_loop_close(loop);
}

/* Closing what is under way, in any order, leaves nothing behind. */
static void loop__can_be_left_at_any_moment(void **state)
{
	char url[256];
	struct source_config c =
	    demo_source(demo_url(url, COINBASE, COINBASE_TARGET), "/price");

	(void)state;
	for (int turns = 0; turns < 12; turns++) {
		struct source_loop *loop = open_loop(1, 0);
		struct source_set *a = open_on(loop, &c, 1);
		struct source_set *b = open_on(loop, &c, 1);
		struct heard h = { .n_sources = 1 }, g = { .n_sources = 1 };

		source_set_start(a, 0, hear, &h);
		source_set_start(b, 0, hear, &g);
		for (int i = 0; i < turns; i++)
			source_loop_turn(loop, 1);
		source_set_stop(a);
		assert_int_equal(h.n, 1);
		if (!h.ok[0])
			assert_string_equal(h.reason[0], "stopped");
		source_set_close(a);
		source_set_close(b);
		source_loop_close(loop);
	}
}

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return demo_start();
}

static int tear_down(void **state)
{
	(void)state;
	return demo_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetch__asks_again_where_that_is_worth_it),
		cmocka_unit_test(fetch__leaves_a_host_alone_that_asked_for_it),
		cmocka_unit_test(
		    fetch__keeps_nothing_that_came_behind_an_answer),
		cmocka_unit_test(
		    fetch__does_not_unpack_what_it_did_not_ask_for),
		cmocka_unit_test(fetch__reaches_a_host_that_has_ipv6_only),
		cmocka_unit_test(
		    fetch__asks_no_address_that_is_not_of_the_internet),
		cmocka_unit_test(
		    fetch__asks_none_over_a_connection_of_another_source),
		cmocka_unit_test(fetch__says_that_a_name_does_not_resolve),
		cmocka_unit_test(loop__lets_no_source_delay_another_set),
		cmocka_unit_test(loop__asks_a_host_no_more_often_than_it_may),
		cmocka_unit_test(loop__shares_connections_within_the_limit),
		cmocka_unit_test(loop__can_be_left_at_any_moment),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
