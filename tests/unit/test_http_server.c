/* SPDX-License-Identifier: Apache-2.0 */
/* The server over real sockets: what clients can do to it and to each other. */
#include "oracle/http_server.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle_double.h"
#include "verify/base/clock.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS 8
#define BODY "{\"btc\":1}"

static struct attest attest;
static struct signer signer;
static struct quoter *quoter;
static struct recent *recent;
static struct config config;
static struct feed_config feed_configs[1];
static struct feed feed;
static struct feed *feed_list[1] = { &feed };
static struct http_server *server;

static struct http_deps deps_of(void)
{
	return (struct http_deps){
		.config = &config,
		.feeds = feed_list,
		.n_feeds = 1,
		.signer = &signer,
		.attest = &attest,
		.quoter = quoter,
		.recent = recent,
	};
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	attest_double_init(&attest);
	config = (struct config){ .listen = "127.0.0.1:0",
		.threads = THREADS,
		.feeds = feed_configs,
		.n_feeds = 1 };
	config.feeds[0] = (struct feed_config){
		.id = "BTC/USD",
		.path = "/price",
		.kind = statement_kind_find(span_text("price")),
		.interval_ms = 5000,
		.n_sources = 1,
	};
	feed = (struct feed){ .config = &config.feeds[0] };
	if (!board_new(&feed.board, &f) || !quoter_open(&attest, &quoter, &f) ||
	    !recent_new(16, 65536, &recent, &f))
		return -1;
	feed.quoter = quoter;
	const struct publication p = {
		.body = span_text(BODY),
		.statement = sha256_of(span_text(BODY)),
		.valid_until = { clock_now().ms + 600000 },
		.interval_ms = 5000,
	};
	const struct http_deps deps = deps_of();
	return board_publish(feed.board, &p, &f) &&
		http_server_start(&deps, &server, &f)
	    ? 0
	    : -1;
}

static int tear_down(void **state)
{
	(void)state;
	http_server_stop(server);
	server = NULL;
	quoter_close(quoter);
	recent_free(recent);
	board_free(feed.board);
	attest_double_drop(&attest);
	return 0;
}

/* ---- a client ----------------------------------------------------------- */

static int open_connection(void)
{
	const struct timeval patience = { .tv_sec = 30 };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(http_server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			     sizeof(patience)),
	    0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say_bytes(int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
}

static void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text));
}

/* One answer as text, head and body; what follows stays in the socket. */
static char heard[65536];

static size_t hear_until(int fd, size_t n, size_t want)
{
	assert_true(want < sizeof(heard));
	while (n < want) {
		ssize_t got = recv(fd, heard + n, want - n, 0);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	heard[n] = '\0';
	return n;
}

static int hear_method(int fd, bool is_head)
{
	const char *length;
	size_t n = 0;

	heard[0] = '\0';
	while (strstr(heard, "\r\n\r\n") == NULL) {
		size_t before = n;

		n = hear_until(fd, n, n + 1);
		if (n == before)
			return 0;
	}
	length = strstr(heard, "\r\nContent-Length: ");
	if (!is_head && length != NULL)
		n = hear_until(fd, n, n + strtoul(length + 18, NULL, 10));
	assert_memory_equal(heard, "HTTP/1.1 ", 9);
	return (int)strtol(heard + 9, NULL, 10);
}

static int hear(int fd)
{
	return hear_method(fd, false);
}

/* Nothing more comes: the server has closed the connection. */
static void expect_end(int fd)
{
	char c;

	assert_true(recv(fd, &c, 1, 0) <= 0);
	close(fd);
}

static void expect_heard(const char *part)
{
	if (strstr(heard, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, heard);
}

#define GET_PRICE "GET /price HTTP/1.1\r\nHost: x\r\n\r\n"
#define LAST_PRICE "GET /price HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void expect_price(void)
{
	int fd = open_connection();

	say(fd, LAST_PRICE);
	assert_int_equal(hear(fd), 200);
	expect_heard("\r\n\r\n" BODY);
	expect_end(fd);
}

/* ---- ordinary traffic --------------------------------------------------- */

static void server__keeps_a_connection_alive(void **state)
{
	int fd = open_connection();

	(void)state;
	for (int i = 0; i < 3; i++) {
		say(fd, GET_PRICE);
		assert_int_equal(hear(fd), 200);
		expect_heard("\r\nConnection: keep-alive\r\n");
		expect_heard("\r\n\r\n" BODY);
	}
	say(fd, LAST_PRICE);
	assert_int_equal(hear(fd), 200);
	expect_heard("\r\nConnection: close\r\n");
	expect_end(fd);
}

static void server__answers_pipelined_requests_in_order(void **state)
{
	int fd = open_connection();

	(void)state;
	say(fd,
	    "HEAD /price HTTP/1.1\r\n\r\n"
	    "GET /nothing HTTP/1.1\r\n\r\n" GET_PRICE LAST_PRICE);
	assert_int_equal(hear_method(fd, true), 200);
	assert_int_equal(hear(fd), 404);
	assert_int_equal(hear(fd), 200);
	assert_int_equal(hear(fd), 200);
	expect_end(fd);
}

static void server__answers_a_client_that_has_closed_its_half(void **state)
{
	int fd = open_connection();

	(void)state;
	say(fd, GET_PRICE);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_int_equal(hear(fd), 200);
	expect_heard("\r\n\r\n" BODY);
	expect_end(fd);
}

static void server__closes_after_http_1_0(void **state)
{
	int fd = open_connection();

	(void)state;
	say(fd, "GET /price HTTP/1.0\r\n\r\n");
	assert_int_equal(hear(fd), 200);
	expect_heard("\r\nConnection: close\r\n");
	expect_end(fd);
	fd = open_connection();
	say(fd, "GET /price HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_int_equal(hear(fd), 200);
	expect_heard("\r\nConnection: keep-alive\r\n");
	close(fd);
}

static void server__reads_the_headers_it_needs(void **state)
{
	int fd = open_connection();

	(void)state;
	say(fd, "GET /price HTTP/1.1\r\nIF-NONE-MATCH: *\r\n\r\n");
	assert_int_equal(hear(fd), 304);
	say(fd, "GET / HTTP/1.1\r\naccept: text/html\r\nHost: me:1\r\n\r\n");
	assert_int_equal(hear(fd), 200);
	expect_heard("<!doctype html>");
	expect_heard("http://me:1/price\n");
	say(fd, "GET /price?nonce=00ff HTTP/1.1\r\n\r\n");
	assert_int_equal(hear(fd), 200);
	expect_heard("\"nonce\":\"00ff\"");
	close(fd);
}

/* ---- requests that are refused ------------------------------------------ */

static void server__refuses_what_is_not_http(void **state)
{
	static const struct {
		const char *request;
		int status;
	} cases[] = {
		{ "HELLO\r\n\r\n", 400 },
		{ "GET /price\r\n\r\n", 400 },
		{ "GET /price FTP/1.1\r\n\r\n", 400 },
		{ "BREW /price HTTP/1.1\r\n\r\n", 400 },
		{ "GET http://a:99999/ HTTP/1.1\r\n\r\n", 400 },
		{ "GET \x01 HTTP/1.1\r\n\r\n", 400 },
		{ "GET /price HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400 },
		{ "GET /price HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
		    400 },
		{ "GET /price HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "0\r\n\r\n",
		    400 },
		{ "GET /price HTTP/2.0\r\n\r\n", 505 },
		{ "POST /price HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405 },
		/* A body that is wanted, and is none of the gateway's. */
		{ "POST /gateway HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		    400 },
		{ "POST /gateway HTTP/1.1\r\nConnection: close\r\n\r\n", 400 },
		{ "POST /gateway HTTP/1.1\r\nContent-Length: 1025\r\n\r\n",
		    413 },
		{ "POST /gateway HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
		  "\r\n0\r\n\r\n",
		    413 },
		{ "POST /gateway HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}",
		    408 },
		{ "DELETE /price HTTP/1.1\r\nConnection: close\r\n\r\n", 405 },
		{ "GET /%2e%2e/etc/passwd HTTP/1.1\r\nConnection: close\r\n"
		  "\r\n",
		    404 },
		{ "GET /../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n",
		    404 },
		{ "GET // HTTP/1.1\r\nConnection: close\r\n\r\n", 404 },
		{ "GET /%zz HTTP/1.1\r\nConnection: close\r\n\r\n", 400 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = open_connection();

		say(fd, cases[i].request);
		int status = hear(fd);
		if (status != cases[i].status)
			fail_msg("%d for %s", status, cases[i].request);
		expect_heard("\r\nContent-Type: application/problem+json\r\n");
		expect_heard("\r\nConnection: close\r\n");
		expect_end(fd);
	}
	expect_price();
}

/* Sends a line of n times the letter a in the middle of a request. */
static int ask_with_long(const char *before, size_t n, const char *after)
{
	char *text = malloc(n);
	int fd = open_connection(), status;

	assert_non_null(text);
	memset(text, 'a', n);
	say(fd, before);
	/* The server may have answered and closed in the middle of it. */
	(void)send(fd, text, n, MSG_NOSIGNAL);
	(void)send(fd, after, strlen(after), MSG_NOSIGNAL);
	free(text);
	status = hear(fd);
	close(fd);
	return status;
}

static void server__bounds_head_and_query(void **state)
{
	(void)state;
	assert_int_equal(
	    ask_with_long("GET /price HTTP/1.1\r\nX: ", 10000, "\r\n\r\n"),
	    200);
	assert_int_equal(
	    ask_with_long("GET /price HTTP/1.1\r\nX: ", 100000, "\r\n\r\n"),
	    400);
	expect_heard("\"urn:affiant:problem:bad-request\"");
	expect_heard("longer than 16384 bytes");
	assert_int_equal(
	    ask_with_long("GET /price?nonce=", 3000, " HTTP/1.1\r\n\r\n"), 414);
	assert_int_equal(
	    ask_with_long("GET /price?nonce=", 100000, " HTTP/1.1\r\n\r\n"),
	    400);
	assert_int_equal(
	    ask_with_long("GET /price?nonce=", 80, " HTTP/1.1\r\n\r\n"), 400);
	expect_heard("\"urn:affiant:problem:bad-nonce\"");
	expect_price();
}

static void server__gives_a_late_head_408(void **state)
{
	int fd = open_connection();

	(void)state;
	say(fd, "GET /price HT");
	assert_int_equal(hear(fd), 408);
	expect_heard("\"urn:affiant:problem:timeout\"");
	expect_end(fd);

	/* Neither does one in the middle of a connection hold a thread. */
	fd = open_connection();
	say(fd, GET_PRICE);
	assert_int_equal(hear(fd), 200);
	say(fd, "GET /pri");
	assert_int_equal(hear(fd), 408);
	expect_end(fd);
}

/* ---- clients against each other ----------------------------------------- */

/* As many as the system lets one process have, 1000 at most. */
static size_t many_connections(void)
{
	struct rlimit files;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_NOFILE, &files);
	return files.rlim_cur > 2200 ? 1000 : (files.rlim_cur - 200) / 2;
}

/* A thousand over eight threads, three seconds each, would be six minutes. */
static void server__is_not_stopped_by_silent_connections(void **state)
{
	static int silent[1000];
	size_t n = many_connections();

	(void)state;
	for (size_t i = 0; i < n; i++)
		silent[i] = open_connection();
	for (int i = 0; i < 10; i++)
		expect_price();
	/* One of them wakes up. */
	say(silent[n / 2], LAST_PRICE);
	assert_int_equal(hear(silent[n / 2]), 200);
	for (size_t i = 0; i < n; i++)
		close(silent[i]);
	expect_price();
}

static void server__ends_idle_connections_when_threads_run_short(void **state)
{
	int idle[THREADS];
	bool closed = false;

	(void)state;
	for (size_t i = 0; i < THREADS; i++) {
		idle[i] = open_connection();
		say(idle[i], GET_PRICE);
		assert_int_equal(hear(idle[i]), 200);
		if (strstr(heard, "Connection: close") != NULL)
			closed = true;
	}
	assert_true(closed);
	expect_price();
	for (size_t i = 0; i < THREADS; i++)
		close(idle[i]);
}

static void server__comes_through_slow_heads(void **state)
{
	int slow[3 * THREADS];

	(void)state;
	for (size_t i = 0; i < COUNT(slow); i++) {
		slow[i] = open_connection();
		say(slow[i], "GET /price HTTP/1.1\r\nX: ");
	}
	expect_price();
	for (size_t i = 0; i < COUNT(slow); i++)
		close(slow[i]);
}

static void server__answers_others_while_nonces_wait(void **state)
{
	int waiting[THREADS];

	(void)state;
	attest_double_gate(&attest);
	for (size_t i = 0; i < THREADS - 1; i++) {
		waiting[i] = open_connection();
		say(waiting[i], "GET /price?nonce=00 HTTP/1.1\r\n\r\n");
		/* The first one's quote is under way before others come. */
		attest_double_wait_begun(&attest, 1);
	}
	while (quoter_stats_of(quoter).waiting < THREADS - 2)
		usleep(1000);
	for (int i = 0; i < 10; i++)
		expect_price();
	/* The last thread is never given to one more that would wait. */
	int fd = open_connection();
	say(fd, "GET /price?nonce=01 HTTP/1.1\r\n\r\n");
	assert_int_equal(hear(fd), 503);
	expect_heard("\"urn:affiant:problem:busy\"");
	close(fd);
	attest_double_allow(&attest, 2);
	for (size_t i = 0; i < THREADS - 1; i++) {
		assert_int_equal(hear(waiting[i]), 200);
		close(waiting[i]);
	}
}

/* ---- starting and stopping ---------------------------------------------- */

static void server_start__names_an_address_in_use(void **state)
{
	struct fault f = FAULT_INIT;
	struct http_server *second = NULL;
	char listen[32];

	(void)state;
	snprintf(
	    listen, sizeof(listen), "127.0.0.1:%u", http_server_port(server));
	config.listen = listen;
	const struct http_deps deps = deps_of();
	assert_false(http_server_start(&deps, &second, &f));
	assert_non_null(strstr(f.text, listen));
	assert_non_null(strstr(f.text, "in use"));
	assert_fault(f, FAULT_CONFIG, "http.listen");
	assert_null(second);
	expect_price();
}

static void server_start__refuses_other_forms_of_address(void **state)
{
	static const char *const forms[] = { "", "8080", ":8080", "host",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
		"127.0.0.1:80a", "127.0.0.1:0,127.0.0.1:0", "127.0.0.1:0s",
		"127.0.0.1:0r", "[::1]:8080", "+8080", "x/tmp/socket:1" };
	struct http_server *second = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		config.listen = forms[i];
		const struct http_deps deps = deps_of();
		if (http_server_start(&deps, &second, &f))
			fail_msg("took %s", forms[i]);
		assert_non_null(strstr(f.text, "HOST:PORT"));
		assert_fault(f, FAULT_CONFIG, "http.listen");
	}
}

static void server_start__refuses_hosts_that_are_none(void **state)
{
	static const char *const hosts[] = { "256.0.0.1:0",
		"no-such-host.invalid:0", "192.0.2.1:0" };
	struct http_server *second = NULL;
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		config.listen = hosts[i];
		const struct http_deps deps = deps_of();
		if (http_server_start(&deps, &second, &f))
			fail_msg("took %s", hosts[i]);
		assert_non_null(strstr(f.text, hosts[i]));
		assert_fault(f, FAULT_CONFIG, "http.listen");
	}
}

static void server_start__takes_every_address_and_a_name(void **state)
{
	static const char *const forms[] = { "0.0.0.0:0", "localhost:0" };

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct http_server *second = NULL;
		struct fault f = FAULT_INIT;

		config.listen = forms[i];
		const struct http_deps deps = deps_of();
		assert_ok(http_server_start(&deps, &second, &f), f);
		assert_int_not_equal(http_server_port(second), 0);
		assert_int_not_equal(
		    http_server_port(second), http_server_port(server));
		http_server_stop(second);
	}
}

static void *ask_for_nonce(void *arg)
{
	int *status = arg, fd = open_connection();

	say(fd, "GET /price?nonce=00 HTTP/1.1\r\n\r\n");
	*status = hear(fd);
	close(fd);
	return NULL;
}

static void *stop_server(void *arg)
{
	http_server_stop(arg);
	return NULL;
}

static void server_stop__waits_for_requests_under_way(void **state)
{
	struct http_server *stopping = server;
	pthread_t client, stopper;
	int status = 0;

	(void)state;
	attest_double_gate(&attest);
	assert_int_equal(
	    pthread_create(&client, NULL, ask_for_nonce, &status), 0);
	attest_double_wait_begun(&attest, 1);
	server = NULL;
	assert_int_equal(
	    pthread_create(&stopper, NULL, stop_server, stopping), 0);
	/* Longer than a plain answer may hold up the end. */
	usleep(2500 * 1000);
	attest_double_allow(&attest, 1);
	pthread_join(stopper, NULL);
	pthread_join(client, NULL);
	assert_int_equal(status, 200);
}

/* Idle and slow clients do not hold up the end (civetweb: 2 to 3 s). */
static void server_stop__hangs_up_on_idle_clients(void **state)
{
	int idle = open_connection(), slow = open_connection();

	(void)state;
	say(idle, GET_PRICE);
	assert_int_equal(hear(idle), 200);
	say(slow, "GET /pri");
	http_server_stop(server);
	server = NULL;
	expect_end(idle);
	close(slow);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(server__keeps_a_connection_alive),
		CASE(server__answers_pipelined_requests_in_order),
		CASE(server__answers_a_client_that_has_closed_its_half),
		CASE(server__closes_after_http_1_0),
		CASE(server__reads_the_headers_it_needs),
		CASE(server__refuses_what_is_not_http),
		CASE(server__bounds_head_and_query),
		CASE(server__gives_a_late_head_408),
		CASE(server__is_not_stopped_by_silent_connections),
		CASE(server__ends_idle_connections_when_threads_run_short),
		CASE(server__comes_through_slow_heads),
		CASE(server__answers_others_while_nonces_wait),
		CASE(server_start__names_an_address_in_use),
		CASE(server_start__refuses_other_forms_of_address),
		CASE(server_start__refuses_hosts_that_are_none),
		CASE(server_start__takes_every_address_and_a_name),
		CASE(server_stop__waits_for_requests_under_way),
		CASE(server_stop__hangs_up_on_idle_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
