/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* So that one write of 16 MiB is seen to fail early. */
#define MAX_WRITE 65536

size_t demo_stream_read(struct demo_stream *s, void *p, size_t n)
{
	size_t got = 0;
	ssize_t r;

	if (s->ssl != NULL)
		return SSL_read_ex(s->ssl, p, n, &got) == 1 ? got : 0;
	do {
		r = recv(s->fd, p, n, 0);
	} while (r < 0 && errno == EINTR);
	return r > 0 ? (size_t)r : 0;
}

static size_t write_some(struct demo_stream *s, const uint8_t *p, size_t n)
{
	size_t put = 0;
	ssize_t r;

	if (s->ssl != NULL)
		return SSL_write_ex(s->ssl, p, n, &put) == 1 ? put : 0;
	do {
		r = send(s->fd, p, n, MSG_NOSIGNAL);
	} while (r < 0 && errno == EINTR);
	return r > 0 ? (size_t)r : 0;
}

bool demo_stream_write(struct demo_stream *s, const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t done = 0; done < n;) {
		size_t part = n - done < MAX_WRITE ? n - done : MAX_WRITE;
		size_t put = write_some(s, &bytes[done], part);
		if (put == 0)
			return false;
		done += put;
	}
	return true;
}

bool demo_stream_wait(struct demo_stream *s, unsigned ms)
{
	/* POLLRDHUP: the client hung up. What it may still send is not read
	 * here. */
	struct pollfd fds[] = { { .fd = s->stop_fd, .events = POLLIN },
		{ .fd = s->fd, .events = POLLRDHUP } };
	int n;

	do {
		n = poll(fds, COUNT(fds), (int)ms);
	} while (n < 0 && errno == EINTR);
	return n == 0;
}
