/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load client: one thread, epoll, N connections that each ask again as soon
 * as they have been answered.
 *
 *   bench_load --port N --path PATH --connections N --ms N [--nonce]
 *
 * Prints one line: requests, per second, latency in microseconds (half,
 * 99 %, longest), answers other than 200, connections that had to be made
 * anew. --nonce appends ?nonce=HEX, another one each time.
 */
#include "verify/base/bytes.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024
#define MAX_SAMPLES (8u * 1000 * 1000)

struct connection {
	int fd;
	uint64_t asked_ns;
	bool has_head, closes;
	size_t head_n; /* of what is in `head` */
	uint64_t body_left;
	char head[4096];
};

static struct connection connections[MAX_CONNECTIONS];
static uint32_t *samples; /* latency in microseconds */
static size_t n_samples, n_other, n_anew;
static uint64_t n_nonces;
static struct sockaddr_in server;
static const char *path;
static bool with_nonce;
static int poller;

static void give_up(const char *what)
{
	fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void ask(struct connection *c)
{
	char request[1024];
	int n;

	if (with_nonce)
		n = snprintf(request, sizeof(request),
		    "GET %s?nonce=%016llx HTTP/1.1\r\nHost: bench\r\n\r\n",
		    path, (unsigned long long)++n_nonces);
	else
		n = snprintf(request, sizeof(request),
		    "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", path);
	c->has_head = false;
	c->head_n = 0;
	c->asked_ns = clock_monotonic_ns();
	if (send(c->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		give_up("send");
}

static void reach(struct connection *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	const int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0)
		give_up("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(c->fd, (struct sockaddr *)&server, sizeof(server)) != 0)
		give_up("connect");
	if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) != 0)
		give_up("epoll_ctl");
	ask(c);
}

/* True when the whole head is there; what follows it counts as body. */
static bool take_head(struct connection *c, const char *data, size_t n)
{
	size_t room = sizeof(c->head) - 1 - c->head_n;
	size_t take = n < room ? n : room;
	uint64_t length = 0;
	struct fault f = FAULT_INIT;

	memcpy(c->head + c->head_n, data, take);
	c->head[c->head_n + take] = '\0';
	char *end = strstr(c->head, "\r\n\r\n");
	if (end == NULL) {
		c->head_n += take;
		if (c->head_n == sizeof(c->head) - 1)
			give_up("a head beyond 4 KB");
		return false;
	}
	size_t in_head = (size_t)(end + 4 - c->head) - c->head_n;
	const char *text = strstr(c->head, "\r\nContent-Length: ");
	if (text == NULL)
		give_up("an answer without Content-Length");
	text += 18;
	if (!u64_parse(
		span_of(text, strspn(text, "0123456789")), &length, "load", &f))
		give_up("Content-Length");
	if (strncmp(c->head, "HTTP/1.1 200", 12) != 0 && n_other++ == 0)
		fprintf(
		    stderr, "bench_load: %.64s\n%.512s\n", c->head, end + 4);
	c->closes = strstr(c->head, "\r\nConnection: close") != NULL;
	c->has_head = true;
	if (n - in_head > length)
		give_up("more than was asked for");
	c->body_left = length - (n - in_head);
	return true;
}

static void answered(struct connection *c)
{
	uint64_t took_us = (clock_monotonic_ns() - c->asked_ns) / 1000;

	if (n_samples < MAX_SAMPLES)
		samples[n_samples++] = (uint32_t)took_us;
	if (c->closes) {
		close(c->fd);
		n_anew++;
		reach(c);
	} else {
		ask(c);
	}
}

static void take(struct connection *c)
{
	static char data[256 * 1024];
	ssize_t n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 && errno != ECONNRESET)
		give_up("recv");
	if (n <= 0) {
		/* The server let an idle connection go. */
		close(c->fd);
		n_anew++;
		reach(c);
		return;
	}
	if (!c->has_head) {
		if (!take_head(c, data, (size_t)n))
			return;
	} else {
		c->body_left -= (uint64_t)n;
	}
	if (c->body_left == 0)
		answered(c);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

static uint64_t number(const char *text)
{
	struct fault f = FAULT_INIT;
	uint64_t v = 0;

	if (!u64_parse(span_text(text), &v, "load", &f)) {
		fprintf(stderr, "bench_load: %s\n", f.text);
		exit(2);
	}
	return v;
}

int main(int argc, char **argv)
{
	struct epoll_event events[256];
	uint64_t port = 0, n_connections = 1, ms = 1000;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--nonce") == 0) {
			with_nonce = true;
			continue;
		}
		if (strcmp(argv[i], "--port") == 0)
			port = number(value);
		else if (strcmp(argv[i], "--path") == 0)
			path = value;
		else if (strcmp(argv[i], "--connections") == 0)
			n_connections = number(value);
		else if (strcmp(argv[i], "--ms") == 0)
			ms = number(value);
		i++;
	}
	if (path == NULL || port == 0 || port > 65535 || n_connections == 0 ||
	    n_connections > MAX_CONNECTIONS) {
		fprintf(stderr,
		    "usage: bench_load --port N --path PATH "
		    "--connections N --ms N [--nonce]\n");
		return 2;
	}
	server = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	samples = calloc(MAX_SAMPLES, sizeof(*samples));
	poller = epoll_create1(0);
	if (samples == NULL || poller < 0)
		give_up("start");

	uint64_t began_ns = clock_monotonic_ns(), now_ns = began_ns;
	for (uint64_t i = 0; i < n_connections; i++)
		reach(&connections[i]);
	while (now_ns - began_ns < ms * 1000000) {
		int n = epoll_wait(poller, events, (int)COUNT(events), 100);

		for (int i = 0; i < n; i++)
			take(events[i].data.ptr);
		now_ns = clock_monotonic_ns();
	}
	if (n_samples == 0)
		give_up("no answer");
	uint64_t took_ms = (now_ns - began_ns) / 1000000;
	qsort(samples, n_samples, sizeof(*samples), by_size);
	printf("requests=%zu per_second=%llu p50_us=%u p99_us=%u max_us=%u "
	       "other=%zu anew=%zu\n",
	    n_samples, (unsigned long long)(n_samples * 1000 / took_ms),
	    samples[n_samples / 2], samples[n_samples - 1 - n_samples / 100],
	    samples[n_samples - 1], n_other, n_anew);
	return 0;
}
