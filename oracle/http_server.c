/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_server.h"

#include "oracle/http_answer.h"
#include "oracle/http_options.h"
#include "oracle/http_routes.h"
#include "oracle/http_tls.h"
#include "oracle/log.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <civetweb.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

/* How long the kernel keeps a connection that has sent nothing. */
#define SILENT_S 600

/* What a thread knows of the connection it serves. */
struct worker {
	uint64_t head_due_ns; /* when the head is late */
};

struct http_server {
	struct mg_context *ctx;
	struct http_tls *tls; /* NULL: plain HTTP */
	struct http_site site;
	unsigned threads;
	int listener; /* civetweb's; only ever shut down here */
	uint16_t port;
	struct worker *workers;
	atomic_uint n_workers;
	pthread_t starter;
	struct fault not_started; /* civetweb's reason */
};

static struct http_server *server_of(const struct mg_connection *conn)
{
	return mg_get_user_data(mg_get_context(conn));
}

/* ---- requests ----------------------------------------------------------- */

static enum http_method method_of(const char *name)
{
	if (strcmp(name, "GET") == 0)
		return HTTP_GET;
	if (strcmp(name, "HEAD") == 0)
		return HTTP_HEAD;
	if (strcmp(name, "OPTIONS") == 0)
		return HTTP_OPTIONS;
	if (strcmp(name, "POST") == 0)
		return HTTP_POST;
	return HTTP_OTHER;
}

/*
 * civetweb's own rule for when a connection goes on, so that what the answer
 * says is what happens. One more reason to end it: three quarters of the
 * threads are taken, and whoever waits for one goes first.
 */
static bool ends_here(const struct http_server *s,
    const struct mg_request_info *ri, const char *connection)
{
	if (atomic_load(&s->site.load.connections) * 4 > s->threads * 3 ||
	    atomic_load(&s->site.stopping))
		return true;
	if (connection != NULL)
		return strcasestr(connection, "keep-alive") == NULL;
	return strcmp(ri->http_version, "1.1") != 0;
}

static void read_request(const struct http_server *s,
    const struct mg_request_info *ri, struct http_request *out)
{
	const char *connection = NULL;

	*out = (struct http_request){
		.method = method_of(ri->request_method),
		.path = ri->local_uri_raw,
		.query = ri->query_string,
		.has_body = ri->content_length > 0,
		.now = clock_now(),
	};
	for (int i = 0; i < ri->num_headers; i++) {
		const char *name = ri->http_headers[i].name;
		const char *value = ri->http_headers[i].value;

		if (strcasecmp(name, "Host") == 0)
			out->host = value;
		else if (strcasecmp(name, "Accept") == 0)
			out->accept = value;
		else if (strcasecmp(name, "If-None-Match") == 0)
			out->if_none_match = value;
		else if (strcasecmp(name, "Transfer-Encoding") == 0)
			out->has_body = true;
		else if (strcasecmp(name, "Connection") == 0 &&
		    connection == NULL)
			connection = value;
	}
	/* A body is refused unread, so nothing can follow it. */
	out->close = out->has_body || ends_here(s, ri, connection);
}

/* How long a body may take to arrive, from the end of its head. */
#define BODY_MS 2000

/* Whether its body is one to be read: wanted, of a known and small size. */
static bool is_readable(
    const struct mg_request_info *ri, const struct http_request *r)
{
	return r->method == HTTP_POST && r->path != NULL &&
	    http_routes_takes_body(r->path) && ri->content_length > 0 &&
	    ri->content_length <= LIMIT_HTTP_BODY_BYTES;
}

/*
 * Exactly n bytes, or false. civetweb waits for each read anew, so whoever
 * sends a byte every two seconds would hold a thread for as long as he likes:
 * a byte at a time (they stand in its buffer mostly) we look at the clock.
 */
static bool read_body(struct mg_connection *conn, uint8_t *out, size_t n)
{
	const uint64_t due = clock_monotonic_ns() + BODY_MS * UINT64_C(1000000);

	for (size_t i = 0; i < n; i++) {
		if (mg_read(conn, out + i, 1) != 1 ||
		    clock_monotonic_ns() > due)
			return false;
	}
	return true;
}

static void send_answer(void *to, struct span answer)
{
	/* Short when the client has gone or takes nothing for 3 s; civetweb
	 * then ends the connection, and nobody is there to be told. */
	(void)mg_write(to, answer.p, answer.n);
}

/* Reads the body where there is one that somebody wants, and answers. */
static int serve_request(struct http_server *s, struct http_request *request,
    struct mg_connection *conn)
{
	const struct mg_request_info *ri = mg_get_request_info(conn);
	uint8_t body[LIMIT_HTTP_BODY_BYTES];
	struct http_exchange late = { .request = request,
		.site = &s->site,
		.send = send_answer,
		.to = conn };

	if (is_readable(ri, request)) {
		if (!read_body(conn, body, (size_t)ri->content_length)) {
			http_answer_problem(&late, PROBLEM_TIMEOUT,
			    "the body of the request did not arrive in time");
			return late.status;
		}
		request->has_body = false;
		request->body = span_of(body, (size_t)ri->content_length);
	}
	return http_routes_serve(&s->site, request, send_answer, conn);
}

static int on_request(struct mg_connection *conn)
{
	struct http_server *s = server_of(conn);
	struct worker *worker = mg_get_thread_pointer(conn);
	struct http_request request;

	atomic_fetch_add(&s->site.load.answering, 1);
	read_request(s, mg_get_request_info(conn), &request);
	if (request.close)
		mg_disable_connection_keep_alive(conn);
	int status = serve_request(s, &request, conn);
	atomic_fetch_sub(&s->site.load.answering, 1);
	worker->head_due_ns =
	    clock_monotonic_ns() + HTTP_NEXT_HEAD_MS * UINT64_C(1000000);
	return status;
}

/*
 * civetweb could not read a request. It says 400 for a head that is late, too
 * long or not HTTP; the clock tells the first of these apart.
 */
static int on_error(struct mg_connection *conn, int status, const char *text)
{
	const struct worker *worker = mg_get_thread_pointer(conn);
	bool late = clock_monotonic_ns() >= worker->head_due_ns;
	struct http_request request = {
		.method = HTTP_GET, .close = true, .now = clock_now()
	};
	struct http_exchange x = { .request = &request,
		.site = &server_of(conn)->site,
		.send = send_answer,
		.to = conn };

	(void)text;
	if (status == 505)
		http_answer_problem(&x, PROBLEM_HTTP_VERSION, NULL);
	else if (status == 413)
		http_answer_problem(&x, PROBLEM_TOO_LARGE, NULL);
	else if (status >= 500)
		http_answer_problem(&x, PROBLEM_INTERNAL, NULL);
	else if (late)
		http_answer_problem(&x, PROBLEM_TIMEOUT,
		    "the head of the request did not arrive in time");
	else
		http_answer_problem(&x, PROBLEM_BAD_REQUEST,
		    "the head of the request is not HTTP/1.1, or is longer "
		    "than 16384 bytes");
	return 0;
}

/* ---- connections and threads -------------------------------------------- */

static int on_connection(const struct mg_connection *conn, void **data)
{
	struct worker *worker = mg_get_thread_pointer(conn);

	(void)data;
	worker->head_due_ns =
	    clock_monotonic_ns() + HTTP_FIRST_HEAD_MS * UINT64_C(1000000);
	atomic_fetch_add(&server_of(conn)->site.load.connections, 1);
	return 0;
}

static void on_close(const struct mg_connection *conn)
{
	atomic_fetch_sub(&server_of(conn)->site.load.connections, 1);
}

/* One struct worker for each thread that civetweb starts, its master too. */
static void *on_thread(const struct mg_context *ctx, int type)
{
	struct http_server *s = mg_get_user_data(ctx);

	(void)type;
	return &s->workers[atomic_fetch_add(&s->n_workers, 1)];
}

/* While it starts: why it does not. Later: what clients did wrong. */
static int on_message(const struct mg_connection *conn, const char *message)
{
	struct http_server *s = server_of(conn);

	if (pthread_equal(pthread_self(), s->starter) && s->ctx == NULL)
		fault_raise(
		    &s->not_started, FAULT_SYSTEM, "http.start", "%s", message);
	else
		log_event(LOG_DEBUG, "http", { "message", LOG_S(message) });
	return 1;
}

/* ---- starting and stopping ---------------------------------------------- */

/*
 * civetweb would take a list, names of its own and flags ("80,443s"); we take
 * one IPv4 address or host name and one port.
 */
static FALLIBLE check_listen(const char *listen, struct fault *f)
{
	static const char host_chars[] = "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789.-";
	size_t host_n = strspn(listen, host_chars);
	struct fault bad = FAULT_INIT;
	uint64_t port;

	if (host_n == 0 || listen[host_n] != ':' ||
	    !u64_parse(
		span_text(listen + host_n + 1), &port, "http.listen", &bad) ||
	    port > 65535)
		return fault_raise(f, FAULT_CONFIG, "http.listen",
		    "\"listen\" is HOST:PORT, as in 127.0.0.1:8080, not '%s'",
		    listen);
	return true;
}

/*
 * civetweb does not say which descriptors are its own; they are the sockets
 * with the server's port on our side. Calls `visit` for each until it says
 * true.
 */
static bool each_socket(uint16_t port, bool listens,
    bool (*visit)(int fd, struct http_server *s), struct http_server *s)
{
	struct rlimit files = { .rlim_cur = 1024 };

	getrlimit(RLIMIT_NOFILE, &files);
	for (int fd = 0; (rlim_t)fd < files.rlim_cur && fd < 65536; fd++) {
		struct sockaddr_in addr = { 0 };
		socklen_t addr_n = sizeof(addr), accepts_n = sizeof(int);
		int accepts = 0;

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts,
			&accepts_n) == 0 &&
		    (accepts != 0) == listens &&
		    getsockname(fd, (struct sockaddr *)&addr, &addr_n) == 0 &&
		    addr.sin_family == AF_INET &&
		    ntohs(addr.sin_port) == port && visit(fd, s))
			return true;
	}
	return false;
}

/*
 * A connection takes a thread from the moment it is accepted. So the kernel
 * is told to keep those that have sent nothing to itself: a thousand silent
 * ones then cost no thread. civetweb has no option for it.
 */
static bool defer(int fd, struct http_server *s)
{
	const int seconds = SILENT_S;

	s->listener = fd;
	return setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
		   sizeof(seconds)) == 0;
}

static bool hang_up(int fd, struct http_server *s)
{
	(void)s;
	shutdown(fd, SHUT_RDWR);
	return false;
}

/* civetweb made a context; 1: it has what it needs, -1: do not start. */
static int on_tls(void *ctx, void *user)
{
	struct http_server *s = user;

	return http_tls_use(s->tls, ctx, &s->not_started) ? 1 : -1;
}

static FALLIBLE start_civetweb(
    struct http_server *s, const char *listen, struct fault *f)
{
	const struct mg_callbacks callbacks = {
		.begin_request = on_request,
		.http_error = on_error,
		.init_connection = on_connection,
		.connection_close = on_close,
		.init_thread = on_thread,
		.log_message = on_message,
		.init_ssl = s->tls != NULL ? on_tls : NULL,
	};
	struct http_options options;
	char port[72];

	/* civetweb's flag for TLS stands behind the port. */
	snprintf(port, sizeof(port), "%s%s", listen, s->tls != NULL ? "s" : "");
	http_options_fill(&options, port, s->threads);
	s->starter = pthread_self();
	struct mg_context *ctx = mg_start(&callbacks, s, options.list);
	if (ctx == NULL) {
		bool address = strstr(s->not_started.text, "bind") != NULL ||
		    strstr(s->not_started.text, "listen") != NULL ||
		    strstr(s->not_started.text, "port") != NULL;

		return fault_raise(f, address ? FAULT_CONFIG : FAULT_SYSTEM,
		    address ? "http.listen" : "http.start",
		    "cannot listen on %s: %s", listen, s->not_started.text);
	}
	s->ctx = ctx;
	return true;
}

static void server_free(struct http_server *s)
{
	http_tls_close(s->tls);
	http_site_drop(&s->site);
	free(s->workers);
	free(s);
}

static FALLIBLE start(
    struct http_server *s, const struct http_deps *deps, struct fault *f)
{
	const unsigned kept_free = s->threads < 8 ? 1 : s->threads / 8;
	struct mg_server_port port;

	TRY(check_listen(deps->config->listen, f));
	s->workers = calloc(s->threads + 1, sizeof(*s->workers));
	if (s->workers == NULL)
		return fault_raise(f, FAULT_SYSTEM, "http.start",
		    "no memory for %u threads", s->threads);
	TRY(http_site_init(&s->site, deps, s->threads - kept_free, f));
	s->site.load.threads = s->threads;
	if (deps->config->tls.mode != NULL)
		TRY(http_tls_open(
		    &deps->config->tls, deps->attest, &s->tls, f));
	/* The first feature is one that the library always has, and switches
	 * nothing on: without any it answers 0, good or bad. */
	const unsigned features =
	    MG_FEATURES_FILES | (s->tls != NULL ? MG_FEATURES_TLS : 0u);
	if ((mg_init_library(features) & features) != features)
		return fault_raise(f, FAULT_SYSTEM, "http.start",
		    "the HTTP library does not start");
	if (!start_civetweb(s, deps->config->listen, f)) {
		mg_exit_library();
		return false;
	}
	if (mg_get_server_ports(s->ctx, 1, &port) == 1)
		s->port = (uint16_t)port.port;
	if (!each_socket(s->port, true, defer, s))
		log_event(LOG_WARN, "http",
		    { "message",
			LOG_S("silent connections will each take a thread") });
	return true;
}

FALLIBLE http_server_start(
    const struct http_deps *deps, struct http_server **out, struct fault *f)
{
	struct http_server *s = calloc(1, sizeof(*s));
	uint64_t threads = deps->config->threads;

	if (s == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "http.start", "no memory for the server");
	if (threads == 0)
		threads = HTTP_THREADS_DEFAULT;
	if (threads < 2)
		threads = 2;
	if (threads > LIMIT_HTTP_THREADS)
		threads = LIMIT_HTTP_THREADS;
	s->threads = (unsigned)threads;
	s->listener = -1;
	s->not_started = FAULT_INIT;
	atomic_init(&s->n_workers, 0);
	if (!start(s, deps, f)) {
		server_free(s);
		return false;
	}
	*out = s;
	return true;
}

static void wait_until_zero(atomic_uint *counter, unsigned max_ms)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	for (; atomic_load(counter) > 0 && max_ms > 0; max_ms--)
		nanosleep(&ms, NULL);
}

/*
 * Once civetweb is told to stop it sends nothing more, so what is under way
 * is waited for first: quotes for as long as they take, plain answers not for
 * longer than a client that reads nothing could hold them up.
 */
void http_server_stop(struct http_server *s)
{
	if (s == NULL)
		return;
	atomic_store(&s->site.stopping, true);
	wait_until_zero(&s->site.waiting, UINT_MAX);
	/* No new connections. This also wakes civetweb's master, which else
	 * sleeps for up to two seconds. */
	if (s->listener >= 0)
		shutdown(s->listener, SHUT_RDWR);
	wait_until_zero(&s->site.load.answering, 1000);
	/* The rest is idle, or reads nothing. civetweb's threads would look
	 * up in two seconds. */
	each_socket(s->port, false, hang_up, s);
	mg_stop(s->ctx);
	mg_exit_library();
	server_free(s);
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}
