/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources to poll, by the thousand: one TLS server, one thread, epoll, any
 * name below farm.localhost, one answer.
 *
 *   bench_farm DIR
 *
 * Writes DIR/ca.pem, prints "ready PORT", and serves until SIGTERM; then one
 * line: requests, connections, milliseconds of processor time.
 */
#include "compose/demo/demo_ca.h"
#include "compose/demo/demo_listen.h"
#include "verify/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Some real ones have 10 to 40 header lines. */
static const char answer[] = "HTTP/1.1 200 OK\r\n"
			     "Content-Type: application/json\r\n"
			     "Cache-Control: no-store\r\n"
			     "X-Request-Id: 4f1c1f0a-7a4f-4f4e-9d9c\r\n"
			     "Content-Length: 63\r\n"
			     "\r\n"
			     "{\"ask\":\"97234.13\",\"bid\":\"97234.11\","
			     "\"price\":\"97234.12\",\"v\":\"12\"}";

struct visitor {
	SSL *ssl;
	int fd;
	size_t n; /* of the end of what came, for the empty line */
	char tail[4];
};

static SSL_CTX *ctx;
static int poller, listener;
static size_t n_requests, n_connections;

static void give_up(const char *what)
{
	fprintf(stderr, "bench_farm: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void welcome(void)
{
	struct visitor *v = calloc(1, sizeof(*v));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = v };
	const int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 || v == NULL) {
		free(v);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	v->fd = fd;
	v->ssl = SSL_new(ctx);
	if (v->ssl == NULL || SSL_set_fd(v->ssl, fd) != 1 ||
	    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0)
		give_up("a connection");
	SSL_set_accept_state(v->ssl);
	n_connections++;
}

static void leave(struct visitor *v)
{
	SSL_free(v->ssl);
	close(v->fd);
	free(v);
}

/* One answer for each empty line: requests have no body. */
static void serve(struct visitor *v, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memmove(v->tail, v->tail + 1, 3);
		v->tail[3] = data[i];
		if (memcmp(v->tail, "\r\n\r\n", 4) != 0)
			continue;
		n_requests++;
		if (SSL_write(v->ssl, answer, sizeof(answer) - 1) <= 0)
			return;
	}
}

static void take(struct visitor *v)
{
	char data[4096];
	int n;

	while ((n = SSL_read(v->ssl, data, sizeof(data))) > 0)
		serve(v, data, (size_t)n);
	n = SSL_get_error(v->ssl, n);
	if (n != SSL_ERROR_WANT_READ && n != SSL_ERROR_WANT_WRITE)
		leave(v);
}

static void open_tls(const char *dir)
{
	struct demo_leaf leaf = { 0 };
	struct demo_ca *ca = NULL;
	struct fault f = FAULT_INIT;
	struct utc now = clock_now();

	if (!demo_ca_new(now, &ca, &f) ||
	    !demo_ca_issue(ca, "farm.localhost", "DNS:*.farm.localhost",
		DEMO_LEAF_GOOD, now, &leaf, &f) ||
	    !demo_ca_write(ca, dir, &f)) {
		fprintf(stderr, "bench_farm: %s\n", f.text);
		exit(2);
	}
	ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL || SSL_CTX_use_certificate(ctx, leaf.cert) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, leaf.key) != 1 ||
	    SSL_CTX_add1_chain_cert(ctx, demo_ca_intermediate(ca)) != 1)
		give_up("TLS");
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	demo_leaf_drop(&leaf);
	demo_ca_free(ca);
}

static int signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void watch(int *fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = fd };

	if (epoll_ctl(poller, EPOLL_CTL_ADD, *fd, &event) != 0)
		give_up("epoll_ctl");
}

int main(int argc, char **argv)
{
	struct epoll_event events[256];
	struct rlimit files;
	struct rusage used;
	struct fault f = FAULT_INIT;
	uint16_t port;
	int stop = signals();
	bool stopping = false;

	if (argc != 2) {
		fprintf(stderr, "usage: bench_farm DIR\n");
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	open_tls(argv[1]);
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (!demo_listen_open(0, &listener, &port, &f) ||
	    listen(listener, 4096) != 0)
		give_up("listen");
	watch(&listener);
	watch(&stop);
	printf("ready %u\n", port);
	fflush(stdout);
	while (!stopping) {
		int n = epoll_wait(poller, events, (int)COUNT(events), -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &listener)
				welcome();
			else if (events[i].data.ptr == &stop)
				stopping = true;
			else
				take(events[i].data.ptr);
		}
	}
	getrusage(RUSAGE_SELF, &used);
	printf("requests=%zu connections=%zu cpu_ms=%lld\n", n_requests,
	    n_connections,
	    (long long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
		(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
	return 0;
}
