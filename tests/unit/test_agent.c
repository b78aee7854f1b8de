/* SPDX-License-Identifier: Apache-2.0 */
/* The client of agents, against everything that can be behind a socket. */
#include "attest/agent.h"

#include "tests/unit/agent_double.h"
#include "tests/unit/state_dir.h"
#include "verify/base/clock.h"
#include "verify/base/limits.h"

#include <sys/socket.h>
#include <sys/un.h>

static struct state_dir dir;

static int make_dir(void **state)
{
	(void)state;
	dir = state_dir_new();
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	state_dir_drop(&dir);
	return 0;
}

static const char *socket_path(void)
{
	return state_dir_file(&dir, "a.sock");
}

static struct agent *opened(const char *endpoint, uint32_t timeout_ms)
{
	const struct agent_config c = { endpoint, timeout_ms };
	struct agent *a = NULL;
	struct fault f = FAULT_INIT;
	assert_ok(agent_open(&c, &a, &f), f);
	return a;
}

static bool ask(struct agent *a, struct json **out, struct fault *f)
{
	return agent_call(a, "/Info", span_text("{}"), out, f);
}

/* What the double answers next. */
static struct {
	unsigned status;
	const char *text, *raw;
	bool close, hangs;
	size_t padding; /* spaces behind the text */
} next;

static void say(
    const struct agent_request *request, struct agent_reply *out, void *user)
{
	(void)user;
	assert_string_equal(request->path, "/Info");
	assert_span_text(request->body, "{}");
	out->close = next.close;
	out->hangs = next.hangs;
	if (next.hangs)
		return;
	if (next.raw) {
		agent_reply_raw(out, next.raw);
		return;
	}
	struct wr w = wr_grow(16 * 1024 * 1024, "test", NULL);
	struct fault f = FAULT_INIT;
	w.f = &f;
	wr_text(&w, next.text);
	char space[1024];
	memset(space, ' ', sizeof(space));
	for (size_t n = next.padding; n > 0;) {
		size_t part = n < sizeof(space) ? n : sizeof(space);
		wr_bytes(&w, space, part);
		n -= part;
	}
	assert_ok(wr_done(&w, &out->body), f);
	out->status = next.status;
}

static void assert_call_refused(enum fault_kind kind, const char *at)
{
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 400);
	struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	bool ok = ask(a, &doc, &f);
	agent_double_stop(d);
	assert_false(ok);
	assert_null(doc);
	assert_fault(f, kind, at);
}

/* ---- going well --------------------------------------------------------- */

static void call__takes_any_object_over_one_connection(void **state)
{
	(void)state;
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 2000);
	struct fault f = FAULT_INIT;
	memset(&next, 0, sizeof(next));
	next.status = 200;
	next.text = " {\"unknown\":[1],\"app_id\":\"x\"}\n";
	for (int i = 0; i < 3; i++) {
		AUTO(json_drop) struct json *doc = NULL;
		assert_ok(ask(a, &doc, &f), f);
		assert_non_null(json_find(json_root(doc), "app_id"));
	}
	assert_int_equal(agent_double_requests(d), 3);
	assert_int_equal(agent_double_connections(d), 1);
	agent_double_stop(d);
}

static void call__survives_an_agent_that_restarts(void **state)
{
	(void)state;
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 2000);
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;
	memset(&next, 0, sizeof(next));
	next.status = 200;
	next.text = "{}";
	assert_ok(ask(a, &doc, &f), f);
	json_drop(&doc);
	/* The socket's file is still there, and nobody listens. */
	agent_double_stop(d);
	assert_refused(
	    ask(a, &doc, &f), f, FAULT_REMOTE, "agent.socket.refused");
	d = agent_double_start(socket_path(), say, NULL);
	assert_ok(ask(a, &doc, &f), f);
	json_drop(&doc);
	/* One that ends the connection behind each answer is asked anew. */
	next.close = true;
	for (int i = 0; i < 3; i++) {
		assert_ok(ask(a, &doc, &f), f);
		json_drop(&doc);
	}
	agent_double_stop(d);
}

static void call__reads_chunks_and_unknown_headers(void **state)
{
	(void)state;
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 2000);
	struct fault f = FAULT_INIT;
	AUTO(json_drop) struct json *doc = NULL;
	memset(&next, 0, sizeof(next));
	next.raw = "HTTP/1.1 200 OK\r\nX-Anything: \x01\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n"
		   "4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n";
	assert_ok(ask(a, &doc, &f), f);
	assert_non_null(json_find(json_root(doc), "a"));
	agent_double_stop(d);
}

/* ---- what can be at the path -------------------------------------------- */

static void open__wants_a_path_or_a_url(void **state)
{
	(void)state;
	const char *const bad[] = { "dstack.sock", "unix:/run/dstack.sock",
		"ftp://x/", "" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct agent_config c = { bad[i], 100 };
		struct agent *a = NULL;
		struct fault f = FAULT_INIT;
		assert_refused(
		    agent_open(&c, &a, &f), f, FAULT_CONFIG, "agent.endpoint");
	}
	agent_close(opened("http://127.0.0.1:9/", 100));
}

static void call__names_what_is_wrong_with_the_socket(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;
	AUTO(agent_drop)
	struct agent *missing = opened(state_dir_file(&dir, "none"), 400);
	assert_refused(
	    ask(missing, &doc, &f), f, FAULT_SYSTEM, "agent.socket.missing");

	AUTO(agent_drop) struct agent *folder = opened(dir.path, 400);
	assert_refused(
	    ask(folder, &doc, &f), f, FAULT_SYSTEM, "agent.socket.kind");
	assert_ok(
	    file_write(state_dir_file(&dir, "file"), span_text("x"), 0600, &f),
	    f);
	AUTO(agent_drop)
	struct agent *file = opened(state_dir_file(&dir, "file"), 400);
	assert_refused(
	    ask(file, &doc, &f), f, FAULT_SYSTEM, "agent.socket.kind");

	/* Bound once, and nobody listens. */
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = state_dir_file(&dir, "dead");
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	AUTO(agent_drop) struct agent *dead = opened(path, 400);
	assert_refused(
	    ask(dead, &doc, &f), f, FAULT_REMOTE, "agent.socket.refused");
	close(fd);

	/* A port where nobody listens, in the form of an override. */
	AUTO(agent_drop) struct agent *port = opened("http://127.0.0.1:1", 400);
	assert_refused(
	    ask(port, &doc, &f), f, FAULT_REMOTE, "agent.socket.refused");
	assert_null(doc);
}

/* ---- what can come back ------------------------------------------------- */

static void call__ends_in_time_when_the_agent_hangs(void **state)
{
	(void)state;
	uint64_t from = clock_monotonic_ns();
	memset(&next, 0, sizeof(next));
	next.hangs = true;
	assert_call_refused(FAULT_REMOTE, "agent.timeout");
	assert_true(clock_monotonic_ns() - from < UINT64_C(5000000000));
}

static void call__passes_on_the_agents_own_words(void **state)
{
	(void)state;
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 2000);
	struct fault f = FAULT_INIT;
	struct json *doc = NULL;
	memset(&next, 0, sizeof(next));
	next.status = 400;
	next.text = "{\"error\":\"no\\u0007such \\n method\"}";
	assert_false(ask(a, &doc, &f));
	assert_non_null(strstr(f.text, "such"));
	assert_null(strchr(f.text, '\a'));
	assert_null(strchr(f.text, '\n'));
	assert_fault(f, FAULT_REMOTE, "agent.refused");
	/* No JSON, none with words, words of another kind: refused all the
	 * same. */
	const char *const bodies[] = { "", "nope", "{}", "{\"error\":7}",
		"[\"error\"]" };
	for (size_t i = 0; i < COUNT(bodies); i++) {
		next.text = bodies[i];
		assert_refused(
		    ask(a, &doc, &f), f, FAULT_REMOTE, "agent.refused");
	}
	agent_double_stop(d);
}

static void call__refuses_what_is_no_json_object(void **state)
{
	(void)state;
	const char *const bodies[] = { "", "x", "[]", "7", "\"{}\"", "{} {}",
		"{\"a\":1,\"a\":2}", "{\"quote\":\"00", "\xff{}" };
	for (size_t i = 0; i < COUNT(bodies); i++) {
		memset(&next, 0, sizeof(next));
		next.status = 200;
		next.text = bodies[i];
		assert_call_refused(FAULT_REMOTE, "agent.json");
	}
}

static void call__refuses_half_an_answer(void **state)
{
	(void)state;
	const char *const halves[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":",
		("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "8\r\n{\"a\""),
	};
	for (size_t i = 0; i < COUNT(halves); i++) {
		memset(&next, 0, sizeof(next));
		next.raw = halves[i];
		assert_call_refused(FAULT_REMOTE, "agent.cut");
	}
	/* With no declared end a cut shows in the JSON only. */
	memset(&next, 0, sizeof(next));
	next.raw = "HTTP/1.1 200 OK\r\n\r\n{\"a\":";
	assert_call_refused(FAULT_REMOTE, "agent.json");
}

static void call__refuses_what_is_no_agents_http(void **state)
{
	(void)state;
	const char *const heads[] = {
		"SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 204 None\r\n\r\n",
		("HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\n"
		 "Content-Length: 2\r\n\r\n{}"),
	};
	for (size_t i = 0; i < COUNT(heads); i++) {
		memset(&next, 0, sizeof(next));
		next.raw = heads[i];
		assert_call_refused(FAULT_REMOTE, "agent.http");
	}
}

static void call__refuses_an_answer_without_end(void **state)
{
	(void)state;
	struct fault f = FAULT_INIT;
	memset(&next, 0, sizeof(next));
	next.status = 200;
	next.text = "{}";
	next.padding = LIMIT_AGENT_BYTES - 1;
	assert_call_refused(FAULT_REMOTE, "agent.limit");

	AUTO(blob_drop) struct blob head = { 0 };
	struct wr w = wr_grow(1024 * 1024, "test", &f);
	wr_text(&w, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 700; i++)
		wr_printf(&w, "X-%d: %0100d\r\n", i, i);
	wr_text(&w, "\r\n{}");
	assert_ok(wr_done(&w, &head), f);
	memset(&next, 0, sizeof(next));
	next.raw = (const char *)head.p;
	assert_call_refused(FAULT_REMOTE, "agent.limit");
}

static void call__takes_an_answer_at_the_limit(void **state)
{
	(void)state;
	struct agent_double *d = agent_double_start(socket_path(), say, NULL);
	AUTO(agent_drop) struct agent *a = opened(socket_path(), 5000);
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	memset(&next, 0, sizeof(next));
	next.status = 200;
	next.text = "{}";
	next.padding = LIMIT_AGENT_BYTES - 2;
	assert_ok(ask(a, &doc, &f), f);
	agent_double_stop(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call__takes_any_object_over_one_connection),
		cmocka_unit_test(call__survives_an_agent_that_restarts),
		cmocka_unit_test(call__reads_chunks_and_unknown_headers),
		cmocka_unit_test(open__wants_a_path_or_a_url),
		cmocka_unit_test(call__names_what_is_wrong_with_the_socket),
		cmocka_unit_test(call__ends_in_time_when_the_agent_hangs),
		cmocka_unit_test(call__passes_on_the_agents_own_words),
		cmocka_unit_test(call__refuses_what_is_no_json_object),
		cmocka_unit_test(call__refuses_half_an_answer),
		cmocka_unit_test(call__refuses_what_is_no_agents_http),
		cmocka_unit_test(call__refuses_an_answer_without_end),
		cmocka_unit_test(call__takes_an_answer_at_the_limit),
	};
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
