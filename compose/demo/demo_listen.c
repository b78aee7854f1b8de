/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_listen.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A client that says nothing for so long is gone. */
#define SILENCE_S 120

FALLIBLE demo_listen_open(
    uint16_t wanted, int *fd_out, uint16_t *port_out, struct fault *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(wanted),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (const struct sockaddr *)&at, n) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
		if (fd >= 0)
			close(fd);
		return fault_raise(f, FAULT_SYSTEM, "demo.listen",
		    "cannot listen on 127.0.0.1:%u", wanted);
	}
	*fd_out = fd;
	*port_out = ntohs(at.sin_port);
	return true;
}

int demo_listen_accept(int fd)
{
	const struct timeval silence = { .tv_sec = SILENCE_S };
	int one = 1;
	int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	if (c < 0)
		return -1;
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence));
	setsockopt(c, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof(silence));
	return c;
}
