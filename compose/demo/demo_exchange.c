/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_exchange.h"

#include "compose/demo/demo_answer.h"
#include "compose/demo/demo_listen.h"
#include "verify/base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* A thread each; more are closed at once. */
#define MAX_CONNECTIONS 128

struct demo_exchange {
	struct demo_floor *floor;
	const char *shapes;
	struct demo_tls tls;
	int tls_fd, http_fd, stop_fd;
	uint16_t port, http_port;
	pthread_t acceptor;
	bool accepting;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t idle;
	int connections[MAX_CONNECTIONS]; /* -1: free */
	size_t n_open;
	uint64_t n_accepted;
};

/* ---- one connection, one thread ----------------------------------------- */

struct visit {
	struct demo_exchange *d;
	size_t slot;
	bool is_tls;
	struct demo_stream stream;
};

static bool handshake(struct visit *v)
{
	v->stream.ssl = SSL_new(v->d->tls.ctx);
	return v->stream.ssl != NULL &&
	    SSL_set_fd(v->stream.ssl, v->stream.fd) == 1 &&
	    SSL_accept(v->stream.ssl) == 1;
}

static void leave(struct visit *v)
{
	struct demo_exchange *d = v->d;

	/* Whoever cut an answer short wants a plain end, no goodbye. */
	SSL_free(v->stream.ssl);
	pthread_mutex_lock(&d->lock);
	d->connections[v->slot] = -1;
	close(v->stream.fd);
	d->n_open--;
	pthread_cond_broadcast(&d->idle);
	pthread_mutex_unlock(&d->lock);
	free(v);
}

static void *visit_thread(void *arg)
{
	struct visit *v = arg;
	const struct demo_place here = { v->d->port, v->d->http_port,
		v->d->shapes };

	if (!v->is_tls || handshake(v))
		demo_answer_all(v->d->floor, &here, &v->stream);
	leave(v);
	return NULL;
}

/* ---- accepting ---------------------------------------------------------- */

/* Takes a free slot; MAX_CONNECTIONS when there is none. */
static size_t enter(struct demo_exchange *d, int fd)
{
	size_t slot = 0;

	pthread_mutex_lock(&d->lock);
	while (slot < MAX_CONNECTIONS && d->connections[slot] != -1)
		slot++;
	if (slot < MAX_CONNECTIONS) {
		d->connections[slot] = fd;
		d->n_open++;
		d->n_accepted++;
	}
	pthread_mutex_unlock(&d->lock);
	return slot;
}

static void welcome(struct demo_exchange *d, int fd, bool is_tls)
{
	struct visit *v = calloc(1, sizeof(*v));
	pthread_t thread;
	size_t slot = v != NULL ? enter(d, fd) : MAX_CONNECTIONS;

	if (slot == MAX_CONNECTIONS) {
		close(fd);
		free(v);
		return;
	}
	*v = (struct visit){ d, slot, is_tls, { fd, d->stop_fd, NULL } };
	if (pthread_create(&thread, NULL, visit_thread, v) != 0)
		leave(v);
	else
		pthread_detach(thread);
}

static void *accept_thread(void *arg)
{
	struct demo_exchange *d = arg;
	struct pollfd fds[] = { { .fd = d->stop_fd, .events = POLLIN },
		{ .fd = d->tls_fd, .events = POLLIN },
		{ .fd = d->http_fd, .events = POLLIN } };

	while (fds[0].revents == 0) {
		if (poll(fds, COUNT(fds), -1) < 0)
			continue;
		for (size_t i = 1; i < COUNT(fds); i++) {
			int fd = fds[i].revents != 0
			    ? demo_listen_accept(fds[i].fd)
			    : -1;
			if (fd >= 0)
				welcome(d, fd, i == 1);
		}
	}
	return NULL;
}

/* Threads of ours get no signals: SIGPIPE of a client that left stays out of
 * the program, and SIGTERM goes to whoever waits for it. */
static bool start_thread(struct demo_exchange *d)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	result = pthread_create(&d->acceptor, NULL, accept_thread, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result == 0;
}

/* ---- start and stop ----------------------------------------------------- */

static bool ask_floor(void *user, const char *host, struct demo_tls_look *out)
{
	struct demo_exchange *d = user;

	return demo_floor_look(d->floor, host, out);
}

static FALLIBLE start(
    struct demo_exchange *d, const struct demo_options *o, struct fault *f)
{
	TRY(demo_floor_open(clock_now(), o->dir, &d->floor, f));
	d->shapes = o->shapes;
	d->tls.ask = ask_floor;
	d->tls.user = d;
	TRY(demo_tls_open(&d->tls, f));
	TRY(demo_listen_open(o->port, &d->tls_fd, &d->port, f));
	TRY(demo_listen_open(o->http_port, &d->http_fd, &d->http_port, f));
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (d->stop_fd < 0 || !start_thread(d))
		return fault_raise(f, FAULT_SYSTEM, "demo.start",
		    "the system refused a thread");
	d->accepting = true;
	return true;
}

FALLIBLE demo_exchange_start(
    const struct demo_options *o, struct demo_exchange **out, struct fault *f)
{
	struct demo_exchange *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "demo.start", "out of memory");
	d->tls_fd = d->http_fd = d->stop_fd = -1;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		d->connections[i] = -1;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->idle, NULL);
	if (!start(d, o, f)) {
		demo_exchange_stop(d);
		return false;
	}
	*out = d;
	return true;
}

void demo_exchange_disconnect(struct demo_exchange *d)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		if (d->connections[i] != -1)
			shutdown(d->connections[i], SHUT_RDWR);
	}
	while (d->n_open > 0)
		pthread_cond_wait(&d->idle, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void demo_exchange_stop(struct demo_exchange *d)
{
	if (d == NULL)
		return;
	if (d->accepting) {
		eventfd_write(d->stop_fd, 1);
		pthread_join(d->acceptor, NULL);
		demo_exchange_disconnect(d);
	}
	close_fd(d->tls_fd);
	close_fd(d->http_fd);
	close_fd(d->stop_fd);
	demo_tls_drop(&d->tls);
	demo_floor_close(d->floor);
	pthread_cond_destroy(&d->idle);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

/* ---- questions ---------------------------------------------------------- */

uint16_t demo_exchange_port(const struct demo_exchange *d)
{
	return d->port;
}

uint16_t demo_exchange_http_port(const struct demo_exchange *d)
{
	return d->http_port;
}

FALLIBLE demo_exchange_misbehave(struct demo_exchange *d, const char *host,
    const char *mode, struct fault *f)
{
	return demo_floor_misbehave(d->floor, host, mode, clock_now(), f);
}

FALLIBLE demo_exchange_leaf(struct demo_exchange *d, const char *host,
    struct sha256 *leaf, struct sha256 *spki, struct fault *f)
{
	return demo_floor_leaf(d->floor, host, leaf, spki, f);
}

FALLIBLE demo_exchange_write_logs(
    const struct demo_exchange *d, const char *dir, struct fault *f)
{
	return demo_floor_write_logs(d->floor, dir, f);
}

struct sha256 demo_exchange_root(const struct demo_exchange *d)
{
	return demo_floor_root(d->floor);
}

struct sha256 demo_exchange_intermediate(const struct demo_exchange *d)
{
	return demo_floor_intermediate(d->floor);
}

uint64_t demo_exchange_n_connections(struct demo_exchange *d)
{
	uint64_t n;

	pthread_mutex_lock(&d->lock);
	n = d->n_accepted;
	pthread_mutex_unlock(&d->lock);
	return n;
}

uint64_t demo_exchange_n_requests(struct demo_exchange *d)
{
	return demo_floor_n_requests(d->floor);
}

void demo_exchange_last_head(
    struct demo_exchange *d, const char *host, char *out, size_t cap)
{
	demo_floor_last_head(d->floor, host, out, cap);
}
