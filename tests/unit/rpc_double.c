/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rpc_double.h"

#include "tests/unit/rpc_control.h"
#include "tests/unit/rpc_face.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_REQUEST (3u << 20)
#define MAX_FAULTS 64
#define MAX_CONNECTIONS 256

struct planned {
	size_t face;
	char method[48]; /* "": any */
	enum rpc_double_mode mode;
	unsigned count;
	uint64_t value;
};

struct counter {
	char method[48];
	unsigned n;
};

struct face {
	struct rpc_double *owner;
	size_t number;
	int fd;
	uint16_t port;
	char url[48];
	uint64_t lag;
	pthread_t thread;
	struct counter counters[32];
	unsigned n_requests;
};

struct connection {
	struct face *face;
	int fd;
	bool is_over; /* its thread has nothing left to do */
	pthread_t thread;
};

struct rpc_double {
	pthread_mutex_t lock;
	struct rpc_world world;
	struct face faces[RPC_DOUBLE_FACES];
	size_t n_faces;
	struct planned planned[MAX_FAULTS];
	size_t n_planned;
	struct connection connections[MAX_CONNECTIONS];
	size_t n_connections; /* slots in use; those that are over are reused */
	int stop_fd;
	unsigned mine_ms;
	pthread_t miner;
};

static const char *const mode_names[] = { "timeout", "refuse", "disconnect",
	"half", "garbage", "oversize", "429", "500", "html", "limit", "error",
	"wrong-id", "wrong-hash", "twice", "wrong-chain", "lying-fees", "null",
	"forge", "other", "low-nonce" };

const char *rpc_double_mode_name(enum rpc_double_mode mode)
{
	_Static_assert(COUNT(mode_names) == RPC_DOUBLE_MODES, "one name each");
	return mode < RPC_DOUBLE_MODES ? mode_names[mode] : NULL;
}

/* ---- the wire ----------------------------------------------------------- */

static void send_all(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t done = send(fd, from, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		from += done;
		n -= (size_t)done;
	}
}

/* One request of a kept-alive connection; *body is within `in`. */
static bool read_request(int fd, char *in, struct span *body)
{
	size_t n = 0;

	for (;;) {
		char *end = n > 0 ? memmem(in, n, "\r\n\r\n", 4) : NULL;

		if (end != NULL) {
			char *field = strcasestr(in, "content-length:");
			size_t head = (size_t)(end - in) + 4;
			size_t length = field != NULL && field < end
			    ? strtoul(field + 15, NULL, 10)
			    : 0;

			if (head + length > MAX_REQUEST)
				return false;
			if (n >= head + length) {
				*body = span_of(in + head, length);
				return true;
			}
		}
		ssize_t got = recv(fd, in + n, MAX_REQUEST - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		in[n] = '\0';
	}
}

static void send_answer(int fd, const char *status, const char *type,
    const char *header, struct span body, size_t n_sent)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
	    "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
	    status, type, body.n, header);

	send_all(fd, head, (size_t)n);
	send_all(fd, body.p, n_sent);
}

/* ---- faults ------------------------------------------------------------- */

static enum rpc_double_mode next_fault(
    struct face *face, const char *method, uint64_t *value)
{
	struct rpc_double *d = face->owner;

	for (size_t i = 0; i < d->n_planned; i++) {
		struct planned *p = &d->planned[i];

		if (p->face != face->number || p->count == 0 ||
		    (p->method[0] != '\0' && strcmp(p->method, method) != 0))
			continue;
		if (p->count != UINT_MAX)
			p->count--;
		*value = p->value;
		return p->mode;
	}
	return RPC_DOUBLE_MODES;
}

static void count_request(struct face *face, const char *method)
{
	face->n_requests++;
	for (size_t i = 0; i < COUNT(face->counters); i++) {
		struct counter *c = &face->counters[i];

		if (c->method[0] == '\0')
			snprintf(c->method, sizeof(c->method), "%s", method);
		if (strcmp(c->method, method) == 0) {
			c->n++;
			return;
		}
	}
}

/* Until the double is stopped. */
static void wait_for_stop(const struct rpc_double *d)
{
	struct pollfd p = { .fd = d->stop_fd, .events = POLLIN };

	(void)poll(&p, 1, -1);
}

/* ---- answering ---------------------------------------------------------- */

/* What happens to a finished answer on its way; false closes. */
static bool deliver(
    int fd, enum rpc_double_mode mode, uint64_t value, struct span body)
{
	static const char json[] = "application/json";
	char header[64] = "";

	switch ((int)mode) {
	case RPC_DOUBLE_DISCONNECT:
		return false;
	case RPC_DOUBLE_HALF:
		send_answer(fd, "200 OK", json, "", body, body.n / 2);
		return false;
	case RPC_DOUBLE_GARBAGE:
		body = span_text("<<<");
		break;
	case RPC_DOUBLE_OVERSIZE: {
		char *spaces = malloc(2u << 20);

		if (spaces == NULL)
			abort();
		memset(spaces, ' ', 2u << 20);
		send_answer(fd, "200 OK", json, "", span_of(spaces, 2u << 20),
		    2u << 20);
		free(spaces);
		return false;
	}
	case RPC_DOUBLE_STATUS_429:
		if (value > 0)
			snprintf(header, sizeof(header),
			    "Retry-After: %llu\r\n", (unsigned long long)value);
		send_answer(fd, "429 Too Many Requests", json, header,
		    span_text("{}"), 2);
		return true;
	case RPC_DOUBLE_STATUS_500:
		send_answer(fd, "500 Oops", json, "", span_text("{}"), 2);
		return true;
	case RPC_DOUBLE_HTML:
		send_answer(fd, "200 OK", "text/html", "", body, body.n);
		return true;
	default:
		break;
	}
	send_answer(fd, "200 OK", json, "", body, body.n);
	return true;
}

static bool answer_call(
    struct face *face, int fd, const struct json *doc, const char *method)
{
	struct rpc_double *d = face->owner;
	const struct json_node *root = json_root(doc);
	struct fault f = FAULT_INIT;
	AUTO(wr_drop) struct wr out = wr_grow(8u << 20, "double", &f);
	struct rpc_face_ask ask = {
		.world = &d->world,
		.method = method,
		.params = json_find(root, "params"),
		.id = json_source(doc, json_find(root, "id")),
	};

	(void)pthread_mutex_lock(&d->lock);
	count_request(face, method);
	ask.lag = face->lag;
	ask.mode = next_fault(face, method, &ask.value);
	bool is_done = ask.mode != RPC_DOUBLE_TIMEOUT &&
	    ask.mode != RPC_DOUBLE_REFUSE &&
	    ask.mode != RPC_DOUBLE_STATUS_429 &&
	    ask.mode != RPC_DOUBLE_STATUS_500;
	if (is_done)
		rpc_face_answer(&ask, &out);
	if (ask.mode == RPC_DOUBLE_TWICE)
		rpc_face_answer(&ask, &out);
	(void)pthread_mutex_unlock(&d->lock);
	if (!is_done && ask.mode == RPC_DOUBLE_TIMEOUT)
		wait_for_stop(d);
	if (ask.mode == RPC_DOUBLE_TIMEOUT || ask.mode == RPC_DOUBLE_REFUSE)
		return false;
	return deliver(fd, ask.mode, ask.value, wr_view(&out));
}

/* False closes the connection. */
static bool answer(struct face *face, int fd, struct span body)
{
	const struct json_limits limits = { MAX_REQUEST, 16, 100000 };
	AUTO(json_drop) struct json *doc = NULL;
	struct fault f = FAULT_INIT;
	const struct json_node *method;

	if (!json_parse(body, &limits, "double", &doc, &f))
		return false;
	method = json_find(json_root(doc), "method");
	if (method == NULL)
		return false;
	if (strncmp(json_text(method), "mock_", 5) == 0) {
		AUTO(wr_drop) struct wr out = wr_grow(64u << 20, "double", &f);

		rpc_control_answer(face->owner, doc, &out);
		return deliver(fd, RPC_DOUBLE_MODES, 0, wr_view(&out));
	}
	return answer_call(face, fd, doc, json_text(method));
}

/* ---- threads ------------------------------------------------------------ */

static void *serve(void *user)
{
	struct connection *c = user;
	char *in = malloc(MAX_REQUEST + 1);
	struct span body;

	if (in == NULL)
		abort();
	while (read_request(c->fd, in, &body) && answer(c->face, c->fd, body))
		;
	free(in);
	(void)shutdown(c->fd, SHUT_RDWR);
	__atomic_store_n(&c->is_over, true, __ATOMIC_RELEASE);
	return NULL;
}

static void reap(struct connection *c)
{
	(void)pthread_join(c->thread, NULL);
	(void)close(c->fd);
}

/* Daemons that are killed leave many of them behind. NULL: no room. */
static struct connection *free_slot(struct rpc_double *d)
{
	for (size_t i = 0; i < d->n_connections; i++) {
		struct connection *c = &d->connections[i];

		if (__atomic_load_n(&c->is_over, __ATOMIC_ACQUIRE)) {
			reap(c);
			return c;
		}
	}
	return d->n_connections < MAX_CONNECTIONS
	    ? &d->connections[d->n_connections++]
	    : NULL;
}

static void take_connection(struct rpc_double *d, struct face *face, int fd)
{
	(void)pthread_mutex_lock(&d->lock);
	struct connection *c = free_slot(d);
	if (c != NULL) {
		*c = (struct connection){ .face = face, .fd = fd };
		if (pthread_create(&c->thread, NULL, serve, c) != 0)
			abort();
	}
	(void)pthread_mutex_unlock(&d->lock);
	if (c == NULL)
		(void)close(fd);
}

static void *listen_on(void *user)
{
	struct face *face = user;
	struct pollfd p[2] = { { .fd = face->fd, .events = POLLIN },
		{ .fd = face->owner->stop_fd, .events = POLLIN } };

	while (poll(p, 2, -1) >= 0 && p[1].revents == 0) {
		int fd = accept(face->fd, NULL, NULL);

		if (fd < 0)
			continue;
		/* Head and body are two writes: neither waits for the other. */
		(void)setsockopt(
		    fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		take_connection(face->owner, face, fd);
	}
	return NULL;
}

static bool has_pool(const struct rpc_world *w)
{
	for (size_t i = 0; i < w->n_txs; i++) {
		if (w->txs[i]->in_pool)
			return true;
	}
	return false;
}

static void *mine(void *user)
{
	struct rpc_double *d = user;
	struct pollfd p = { .fd = d->stop_fd, .events = POLLIN };

	for (;;) {
		unsigned ms = __atomic_load_n(&d->mine_ms, __ATOMIC_ACQUIRE);

		if (poll(&p, 1, ms > 0 ? (int)ms : 20) != 0)
			return NULL;
		if (ms == 0)
			continue;
		(void)pthread_mutex_lock(&d->lock);
		/* Confirmations need blocks behind the last transaction. */
		if (has_pool(&d->world) || d->world.n_txs > 0)
			rpc_world_mine(&d->world);
		(void)pthread_mutex_unlock(&d->lock);
	}
}

static void open_face(struct rpc_double *d, uint16_t port)
{
	struct face *face = &d->faces[d->n_faces];
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int yes = 1;

	face->owner = d;
	face->number = d->n_faces;
	face->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(face->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(face->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(face->fd, 64) != 0 ||
	    getsockname(face->fd, (struct sockaddr *)&at, &n) != 0) {
		perror("rpc double");
		abort();
	}
	face->port = ntohs(at.sin_port);
	snprintf(
	    face->url, sizeof(face->url), "http://127.0.0.1:%u/", face->port);
	if (pthread_create(&face->thread, NULL, listen_on, face) != 0)
		abort();
	d->n_faces++;
}

struct rpc_double *rpc_double_start(uint64_t chain_id, uint16_t port)
{
	struct rpc_double *d = calloc(1, sizeof(*d));

	if (d == NULL || pthread_mutex_init(&d->lock, NULL) != 0)
		abort();
	rpc_world_init(&d->world, chain_id);
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	open_face(d, port);
	if (pthread_create(&d->miner, NULL, mine, d) != 0)
		abort();
	return d;
}

void rpc_double_stop(struct rpc_double *d)
{
	uint64_t one = 1;

	if (write(d->stop_fd, &one, sizeof(one)) != sizeof(one))
		abort();
	for (size_t i = 0; i < d->n_faces; i++) {
		(void)pthread_join(d->faces[i].thread, NULL);
		(void)close(d->faces[i].fd);
	}
	(void)pthread_join(d->miner, NULL);
	for (size_t i = 0; i < d->n_connections; i++) {
		(void)shutdown(d->connections[i].fd, SHUT_RDWR);
		reap(&d->connections[i]);
	}
	rpc_world_drop(&d->world);
	(void)close(d->stop_fd);
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
}

/* ---- for tests ---------------------------------------------------------- */

size_t rpc_double_add_face(struct rpc_double *d)
{
	open_face(d, 0);
	return d->n_faces - 1;
}

uint16_t rpc_double_port(const struct rpc_double *d, size_t face)
{
	return d->faces[face].port;
}

const char *rpc_double_url(const struct rpc_double *d, size_t face)
{
	return d->faces[face].url;
}

struct rpc_world *rpc_double_lock(struct rpc_double *d)
{
	(void)pthread_mutex_lock(&d->lock);
	return &d->world;
}

void rpc_double_unlock(struct rpc_double *d)
{
	(void)pthread_mutex_unlock(&d->lock);
}

void rpc_double_fail(struct rpc_double *d, size_t face, const char *method,
    enum rpc_double_mode mode, unsigned count, uint64_t value)
{
	(void)pthread_mutex_lock(&d->lock);
	if (d->n_planned == MAX_FAULTS)
		abort();
	struct planned *p = &d->planned[d->n_planned++];
	*p = (struct planned){
		.face = face, .mode = mode, .count = count, .value = value
	};
	if (method != NULL)
		snprintf(p->method, sizeof(p->method), "%s", method);
	(void)pthread_mutex_unlock(&d->lock);
}

void rpc_double_heal(struct rpc_double *d)
{
	(void)pthread_mutex_lock(&d->lock);
	d->n_planned = 0;
	for (size_t i = 0; i < d->n_faces; i++)
		d->faces[i].lag = 0;
	(void)pthread_mutex_unlock(&d->lock);
}

void rpc_double_lag(struct rpc_double *d, size_t face, uint64_t blocks)
{
	(void)pthread_mutex_lock(&d->lock);
	d->faces[face].lag = blocks;
	(void)pthread_mutex_unlock(&d->lock);
}

void rpc_double_mine_every(struct rpc_double *d, unsigned ms)
{
	__atomic_store_n(&d->mine_ms, ms, __ATOMIC_RELEASE);
}

void rpc_double_mine(struct rpc_double *d, unsigned n)
{
	(void)pthread_mutex_lock(&d->lock);
	while (n-- > 0)
		rpc_world_mine(&d->world);
	(void)pthread_mutex_unlock(&d->lock);
}

unsigned rpc_double_count(struct rpc_double *d, size_t face, const char *method)
{
	unsigned n = 0;

	(void)pthread_mutex_lock(&d->lock);
	if (method == NULL)
		n = d->faces[face].n_requests;
	for (size_t i = 0; method != NULL && i < COUNT(d->faces[0].counters);
	     i++) {
		const struct counter *c = &d->faces[face].counters[i];

		if (strcmp(c->method, method) == 0)
			n = c->n;
	}
	(void)pthread_mutex_unlock(&d->lock);
	return n;
}

static bool same_update(const struct rpc_world_tx *a,
    const struct rpc_feed_update *x, const struct rpc_world_tx *b,
    const struct rpc_feed_update *y)
{
	return eth_addr_equal(&a->tx.to, &b->tx.to) &&
	    memcmp(x->feed, y->feed, 32) == 0 &&
	    x->timestamp_ms == y->timestamp_ms;
}

/* How often this update, or an equal one that comes before it, stands. */
static size_t count_before(const struct rpc_world *w, size_t i, size_t k)
{
	const struct rpc_world_tx *t = w->txs[i];
	size_t n = 0;

	for (size_t j = 0; j <= i; j++) {
		const struct rpc_world_tx *o = w->txs[j];

		for (size_t l = 0; o->is_mined && l < o->n_updates; l++)
			n += (j < i || l < k) &&
			    same_update(t, &t->updates[k], o, &o->updates[l]);
	}
	return n;
}

size_t rpc_double_repeated(struct rpc_double *d, size_t *n_all)
{
	size_t repeated = 0;

	*n_all = 0;
	(void)pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->world.n_txs; i++) {
		const struct rpc_world_tx *t = d->world.txs[i];

		for (size_t k = 0; t->is_mined && k < t->n_updates; k++) {
			(*n_all)++;
			repeated += count_before(&d->world, i, k) > 0;
		}
	}
	(void)pthread_mutex_unlock(&d->lock);
	return repeated;
}
