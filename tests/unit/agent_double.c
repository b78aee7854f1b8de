/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/agent_double.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_MAX (64 * 1024)
#define CONNECTIONS_MAX 8

struct agent_double {
	int listener;
	atomic_bool stop;
	atomic_uint connections, requests;
	agent_double_fn *fn;
	void *user;
	pthread_t thread;
};

void agent_reply_text(struct agent_reply *out, unsigned status, const char *s)
{
	out->status = status;
	assert_true(blob_copy(span_text(s), &out->body, NULL));
}

void agent_reply_raw(struct agent_reply *out, const char *bytes)
{
	assert_true(blob_copy(span_text(bytes), &out->raw, NULL));
}

/* Readable within 20 ms steps; false when the double is to stop. */
static bool wait_for(struct agent_double *d, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (!atomic_load(&d->stop))
		if (poll(&p, 1, 20) > 0)
			return true;
	return false;
}

static void send_all(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		s.p += n;
		s.n -= (size_t)n;
	}
}

/* One whole request in buf; its length with the body, or 0 at the end. */
static size_t receive(struct agent_double *d, int fd, char *buf)
{
	size_t have = 0, want = 0;
	while (want == 0 || have < want) {
		if (have == REQUEST_MAX - 1 || !wait_for(d, fd))
			return 0;
		ssize_t n = recv(fd, buf + have, REQUEST_MAX - 1 - have, 0);
		if (n <= 0)
			return 0;
		have += (size_t)n;
		buf[have] = '\0';
		const char *end = strstr(buf, "\r\n\r\n");
		const char *length = strcasestr(buf, "content-length:");
		if (want == 0 && end)
			want = (size_t)(end + 4 - buf) +
			    (length ? strtoul(length + 15, NULL, 10) : 0);
	}
	return want;
}

/* False: the connection has ended. */
static bool answer(struct agent_double *d, int fd, char *buf, size_t n)
{
	struct agent_reply reply = { .status = 200 };
	char *body = strstr(buf, "\r\n\r\n") + 4, *path = strchr(buf, ' ') + 1;
	char head[128];
	*strchr(path, ' ') = '\0';
	const struct agent_request request = { path,
		span_of(body, n - (size_t)(body - buf)) };
	atomic_fetch_add(&d->requests, 1);
	d->fn(&request, &reply, d->user);
	if (reply.hangs) {
		/* The connection stays, and nothing comes. */
	} else if (reply.raw.n > 0) {
		send_all(fd, blob_span(&reply.raw));
	} else {
		int len = snprintf(head, sizeof(head),
		    "HTTP/1.1 %u x\r\nContent-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    reply.status, reply.body.n);
		send_all(fd, span_of(head, (size_t)len));
		send_all(fd, blob_span(&reply.body));
	}
	bool over = (reply.raw.n > 0 || reply.close) && !reply.hangs;
	blob_drop(&reply.body);
	blob_drop(&reply.raw);
	return !over;
}

/* The listener stands first; a slot of -1 is free. */
static void turn(struct agent_double *d, struct pollfd *p, char *buf)
{
	for (size_t i = 1; i <= CONNECTIONS_MAX; i++) {
		if (p[i].fd < 0 || !p[i].revents)
			continue;
		size_t n = receive(d, p[i].fd, buf);
		if (n > 0 && answer(d, p[i].fd, buf, n))
			continue;
		close(p[i].fd);
		p[i].fd = -1;
	}
	for (size_t i = 1; p[0].revents && i <= CONNECTIONS_MAX; i++) {
		if (p[i].fd >= 0)
			continue;
		p[i].fd = accept(d->listener, NULL, NULL);
		atomic_fetch_add(&d->connections, 1);
		break;
	}
}

static void *run(void *arg)
{
	struct agent_double *d = arg;
	struct pollfd p[1 + CONNECTIONS_MAX];
	char *buf = malloc(REQUEST_MAX);
	for (size_t i = 0; i < COUNT(p); i++)
		p[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	p[0].fd = d->listener;
	while (!atomic_load(&d->stop))
		if (poll(p, COUNT(p), 20) > 0)
			turn(d, p, buf);
	for (size_t i = 1; i < COUNT(p); i++)
		if (p[i].fd >= 0)
			close(p[i].fd);
	free(buf);
	return NULL;
}

struct agent_double *agent_double_start(
    const char *path, agent_double_fn *fn, void *user)
{
	struct agent_double *d = calloc(1, sizeof(*d));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	assert_non_null(d);
	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	(void)unlink(path);
	d->fn = fn;
	d->user = user;
	d->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(d->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(d->listener, 4), 0);
	assert_int_equal(pthread_create(&d->thread, NULL, run, d), 0);
	return d;
}

void agent_double_stop(struct agent_double *d)
{
	atomic_store(&d->stop, true);
	pthread_join(d->thread, NULL);
	close(d->listener);
	free(d);
}

unsigned agent_double_connections(const struct agent_double *d)
{
	return atomic_load(&d->connections);
}

unsigned agent_double_requests(const struct agent_double *d)
{
	return atomic_load(&d->requests);
}
