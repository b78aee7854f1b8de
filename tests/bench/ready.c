/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From exec to the first 200 of /readyz, in milliseconds:
 *
 *   bench_ready PORT PROGRAM ARGS...
 *
 * Asks every millisecond, then ends the program.
 */
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool is_ready(uint16_t port)
{
	static const char request[] =
	    "GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n";
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char answer[12] = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ready = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
	    send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0 &&
	    recv(fd, answer, sizeof(answer), MSG_WAITALL) ==
		(ssize_t)sizeof(answer) &&
	    memcmp(answer, "HTTP/1.1 200", sizeof(answer)) == 0;

	if (fd >= 0)
		close(fd);
	return ready;
}

int main(int argc, char **argv)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	struct fault f = FAULT_INIT;
	uint64_t port = 0;
	int status;

	if (argc < 3 || !u64_parse(span_text(argv[1]), &port, "ready", &f)) {
		fprintf(stderr, "usage: bench_ready PORT PROGRAM ARGS...\n");
		return 2;
	}
	uint64_t began_ns = clock_monotonic_ns();
	pid_t pid = fork();
	if (pid == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	while (!is_ready((uint16_t)port)) {
		if (waitpid(pid, &status, WNOHANG) != 0 ||
		    clock_monotonic_ns() - began_ns > 30000000000u)
			return 1;
		nanosleep(&ms, NULL);
	}
	printf("ready_ms=%llu\n",
	    (unsigned long long)((clock_monotonic_ns() - began_ns) / 1000000));
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return 0;
}
