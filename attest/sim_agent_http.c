/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stand-in agent on a unix socket: HTTP/1.1, a thread for each connection,
 * kept for 10 s (dstack section 1). Enough HTTP for the clients of agents, and
 * bounded, because anybody's program may talk to it.
 */
#include "attest/sim_agent.h"

#include "attest/sim_agent_marlin.h"

#include "verify/base/canon.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define AT "sim.socket"
#define CONNECTIONS 32
#define KEEP_S 10
#define BODY_MAX (10 * 1024 * 1024) /* the agent's own limit */

struct connection {
	struct sim_agent_server *server;
	pthread_t thread;
	int fd;       /* -1: the slot is free, or its thread has ended */
	bool started; /* and is to be joined */
};

struct sim_agent_server {
	struct sim_agent *agent; /* NULL: marlin's */
	enum sim_agent_api api;
	struct sim_marlin *marlin;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int listener;
	pthread_t thread;
	pthread_mutex_t lock; /* of the slots */
	bool stopping;
	struct connection connection[CONNECTIONS];
};

/* ---- a request ---------------------------------------------------------- */

struct request {
	char *head; /* owned; cut into the next two */
	const char *method, *target;
	bool is_json, ends;
	struct blob body;
};

static void request_drop(struct request *r)
{
	free(r->head);
	blob_drop(&r->body);
}

/* The value of a header, in *out without spaces in front. */
static bool header(const char *head, const char *name, char *out, size_t n)
{
	size_t name_n = strlen(name);
	for (const char *line = strstr(head, "\r\n"); line;
	     line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, name_n) != 0 || line[name_n] != ':')
			continue;
		const char *value = line + name_n + 1;
		value += strspn(value, " \t");
		size_t value_n = strcspn(value, "\r\n");
		if (value_n >= n)
			return false;
		memcpy(out, value, value_n);
		out[value_n] = '\0';
		return true;
	}
	return false;
}

/* Up to the empty line; what came behind it stays in *rest. */
static char *read_head(int fd, struct blob *rest)
{
	struct fault f = FAULT_INIT;
	char *buf = malloc(LIMIT_HTTP_HEAD_BYTES + 1);
	size_t have = 0;
	while (buf && have < LIMIT_HTTP_HEAD_BYTES) {
		ssize_t n =
		    recv(fd, buf + have, LIMIT_HTTP_HEAD_BYTES - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
		buf[have] = '\0';
		char *end = strstr(buf, "\r\n\r\n");
		if (!end)
			continue;
		end += 4;
		if (!blob_copy(
			span_of(end, have - (size_t)(end - buf)), rest, &f))
			break;
		*end = '\0';
		return buf;
	}
	free(buf);
	return NULL;
}

static bool read_body(int fd, struct blob *rest, uint64_t n, struct blob *out)
{
	uint8_t part[16384];
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr w = wr_grow(BODY_MAX, AT, &f);
	wr_bytes(&w, rest->p, rest->n < n ? rest->n : (size_t)n);
	while (wr_ok(&w) && wr_view(&w).n < n) {
		size_t want = (size_t)n - wr_view(&w).n;
		ssize_t got = recv(
		    fd, part, want < sizeof(part) ? want : sizeof(part), 0);
		if (got <= 0)
			return false;
		wr_bytes(&w, part, (size_t)got);
	}
	return wr_done(&w, out);
}

/* "METHOD target HTTP/1.1" */
static bool cut_line(struct request *r)
{
	char *target = strchr(r->head, ' ');
	char *version = target ? strchr(target + 1, ' ') : NULL;
	if (!version || strncmp(version + 1, "HTTP/1.", 7) != 0)
		return false;
	*target = *version = '\0';
	r->method = r->head;
	r->target = target + 1;
	return true;
}

static bool read_request(int fd, struct request *r)
{
	AUTO(blob_drop) struct blob rest = { 0 };
	char value[256];
	uint64_t n = 0;
	r->head = read_head(fd, &rest);
	if (!r->head)
		return false;
	if (header(r->head, "Content-Length", value, sizeof(value)) &&
	    (!u64_parse(span_text(value), &n, AT, NULL) || n > BODY_MAX))
		return false;
	r->is_json = header(r->head, "Content-Type", value, sizeof(value)) &&
	    strncasecmp(value, "application/json", 16) == 0;
	r->ends = header(r->head, "Connection", value, sizeof(value)) &&
	    strcasestr(value, "close");
	/* Nobody who asks agents sends the next request before the answer. */
	r->ends |= rest.n > n;
	return read_body(fd, &rest, n, &r->body) && cut_line(r);
}

/* ---- an answer ---------------------------------------------------------- */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

/* In place; a + is a space. */
static void unescape(char *s)
{
	char *to = s;
	for (; *s; s++) {
		int high = *s == '%' ? digit(s[1]) : -1;
		int low = high >= 0 ? digit(s[2]) : -1;
		if (low >= 0) {
			*to++ = (char)(high << 4 | low);
			s += 2;
		} else {
			*to++ = *s == '+' ? ' ' : *s;
		}
	}
	*to = '\0';
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "GET with the fields as query parameters": texts only. */
static FALLIBLE body_of_query(
    const char *query, struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob copy = { 0 };
	char *fields[16];
	size_t n = 0;
	char *save = NULL;
	TRY(blob_copy(span_text(query), &copy, f));
	for (char *p = (char *)copy.p; p && *p && n < COUNT(fields); p = save) {
		save = strchr(p, '&');
		if (save)
			*save++ = '\0';
		if (strchr(p, '='))
			fields[n++] = p;
	}
	qsort(fields, n, sizeof(*fields), by_name);
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, AT, f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	for (size_t i = 0; i < n; i++) {
		char *value = strchr(fields[i], '=');
		*value++ = '\0';
		unescape(value);
		canon_text(&c, fields[i], value);
	}
	canon_end(&c);
	return wr_done(&w, out);
}

static unsigned answer(
    struct sim_agent_server *s, struct request *r, struct blob *out)
{
	AUTO(blob_drop) struct blob asked = { 0 };
	struct fault f = FAULT_INIT;
	char path[256];
	size_t n = strcspn(r->target, "?");
	const char *query = r->target[n] ? r->target + n + 1 : "";
	bool is_get = strcmp(r->method, "GET") == 0;
	(void)snprintf(path, sizeof(path), "%.*s", (int)n, r->target);
	if (!is_get && strcmp(r->method, "POST") != 0)
		return blob_copy(
			   span_text("{\"error\":\"GET or POST\"}"), out, &f)
		    ? 400
		    : 500;
	if (s->marlin && is_get && body_of_query(query, &asked, &f))
		return sim_marlin_answer(
		    s->marlin, path, blob_span(&asked), out);
	if (s->marlin)
		return 405;
	if (is_get && body_of_query(query, &asked, &f))
		return sim_agent_answer(
		    s->agent, s->api, path, blob_span(&asked), out);
	/* What is not said to be JSON would be protobuf. */
	if (is_get || (!r->is_json && strstr(query, "json") == NULL))
		return blob_copy(
			   span_text("{\"error\":\"this stand-in speaks JSON: "
				     "say so in Content-Type\"}"),
			   out, &f)
		    ? 400
		    : 500;
	return sim_agent_answer(
	    s->agent, s->api, path, blob_span(&r->body), out);
}

static bool send_answer(int fd, unsigned status, const char *type,
    const struct blob *body, bool ends)
{
	struct fault f = FAULT_INIT;
	AUTO(blob_wipe) struct blob all = { 0 };
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES + 512, AT, &f);
	wr_printf(&w,
	    "HTTP/1.1 %u %s\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n%s\r\n",
	    status, status == 200 ? "OK" : "Bad Request", type, body->n,
	    ends ? "Connection: close\r\n" : "");
	wr_bytes(&w, body->p, body->n);
	if (!wr_done(&w, &all))
		return false;
	for (size_t sent = 0; sent < all.n;) {
		ssize_t n = send(fd, all.p + sent, all.n - sent, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return !ends;
}

/* One request; false when the connection is over. */
static bool serve_one(struct sim_agent_server *s, int fd)
{
	AUTO(request_drop) struct request r = { .head = NULL };
	AUTO(blob_wipe) struct blob body = { 0 };
	if (!read_request(fd, &r))
		return false;
	unsigned status = answer(s, &r, &body);
	return send_answer(fd, status,
	    s->marlin ? "application/octet-stream" : "application/json", &body,
	    r.ends);
}

/* ---- connections -------------------------------------------------------- */

static void *serve(void *arg)
{
	struct connection *c = arg;
	while (serve_one(c->server, c->fd))
		;
	pthread_mutex_lock(&c->server->lock);
	close(c->fd);
	c->fd = -1;
	pthread_mutex_unlock(&c->server->lock);
	return NULL;
}

/* Under the lock. A slot whose thread has ended is taken again. */
static struct connection *free_slot(struct sim_agent_server *s)
{
	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &s->connection[i];
		if (c->fd >= 0)
			continue;
		if (c->started)
			pthread_join(c->thread, NULL);
		c->started = false;
		return c;
	}
	return NULL;
}

static void take(struct sim_agent_server *s, int fd)
{
	const struct timeval keep = { .tv_sec = KEEP_S };
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &keep, sizeof(keep));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &keep, sizeof(keep));
	pthread_mutex_lock(&s->lock);
	struct connection *c = s->stopping ? NULL : free_slot(s);
	if (c) {
		c->server = s;
		c->fd = fd;
		c->started = pthread_create(&c->thread, NULL, serve, c) == 0;
		if (!c->started)
			c->fd = -1;
	}
	if (!c || !c->started)
		close(fd);
	pthread_mutex_unlock(&s->lock);
}

static void *accept_for_ever(void *arg)
{
	struct sim_agent_server *s = arg;
	for (;;) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			take(s, fd);
		else if (errno != EINTR && errno != ECONNABORTED &&
		    errno != EMFILE)
			return NULL; /* shut down */
	}
}

/* ---- starting and stopping ---------------------------------------------- */

#define LOOPBACK "127.0.0.1:"

static FALLIBLE listen_at_port(struct sim_agent_server *s, struct fault *f)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const int on = 1;
	uint64_t port;
	if (!u64_parse(
		span_text(s->path + strlen(LOOPBACK)), &port, AT, NULL) ||
	    port < 1 || port > UINT16_MAX)
		return fault_raise(
		    f, FAULT_USAGE, AT, "a port is 1 to %d", UINT16_MAX);
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 ||
	    setsockopt(
		s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(s->listener, (struct sockaddr *)&address, sizeof(address)) !=
		0 ||
	    listen(s->listener, CONNECTIONS) != 0)
		return fault_raise(f, FAULT_SYSTEM, AT,
		    "cannot listen at %.40s: %s", s->path, strerror(errno));
	return true;
}

static FALLIBLE listen_at(struct sim_agent_server *s, struct fault *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	memcpy(address.sun_path, s->path, sizeof(s->path));
	if (stat(s->path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 ||
	    bind(s->listener, (struct sockaddr *)&address, sizeof(address)) !=
		0 ||
	    listen(s->listener, CONNECTIONS) != 0)
		return fault_raise(f, FAULT_SYSTEM, AT,
		    "cannot listen at %.150s: %s", s->path, strerror(errno));
	return true;
}

static void server_free(struct sim_agent_server *s)
{
	if (s->listener >= 0)
		close(s->listener);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static FALLIBLE start(const struct sim_agent_server *what, const char *path,
    struct sim_agent_server **out, struct fault *f)
{
	struct sim_agent_server *s = calloc(1, sizeof(*s));
	if (!s || pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return fault_raise(f, FAULT_SYSTEM, AT, "no memory");
	}
	s->agent = what->agent;
	s->api = what->api;
	s->marlin = what->marlin;
	s->listener = -1;
	for (size_t i = 0; i < CONNECTIONS; i++)
		s->connection[i].fd = -1;
	bool ok = strlen(path) < sizeof(s->path) ||
	    fault_raise(f, FAULT_SYSTEM, AT,
		"the path of a socket has at most %zu characters",
		sizeof(s->path) - 1);
	if (ok)
		memcpy(s->path, path, strlen(path));
	if (ok && s->marlin &&
	    strncmp(s->path, LOOPBACK, strlen(LOOPBACK)) == 0)
		ok = listen_at_port(s, f);
	else
		ok = ok && listen_at(s, f);
	if (ok && pthread_create(&s->thread, NULL, accept_for_ever, s) != 0)
		ok = fault_raise(f, FAULT_SYSTEM, AT, "cannot start a thread");
	if (!ok) {
		server_free(s);
		return false;
	}
	*out = s;
	return true;
}

FALLIBLE sim_agent_serve(struct sim_agent *a, enum sim_agent_api api,
    const char *path, struct sim_agent_server **out, struct fault *f)
{
	const struct sim_agent_server what = { .agent = a, .api = api };
	return start(&what, path, out, f);
}

FALLIBLE sim_marlin_serve(struct sim_marlin *m, const char *path,
    struct sim_agent_server **out, struct fault *f)
{
	const struct sim_agent_server what = { .marlin = m };
	return start(&what, path, out, f);
}

void sim_agent_server_stop(struct sim_agent_server *s)
{
	if (!s)
		return;
	(void)unlink(s->path);
	(void)shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->connection[i].fd >= 0)
			(void)shutdown(s->connection[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->connection[i].started)
			pthread_join(s->connection[i].thread, NULL);
	server_free(s);
}
