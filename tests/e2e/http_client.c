/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What curl does not do to a server:
 *
 *   http_client raw PORT [half] [after MS]
 *       sends standard input as it stands, in one piece, or each line after
 *       MS milliseconds; `half` then closes its half of the connection.
 *       Prints what comes back until the server closes.
 *   http_client crowd PORT silent|slow|idle N COMMAND...
 *       opens N connections that say nothing, stop in the middle of a
 *       request, or asked once and stay; runs COMMAND meanwhile and leaves
 *       with its exit code. Says how many there were.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void give_up(const char *what)
{
	perror(what);
	exit(99);
}

static int reach(const char *port)
{
	const struct timeval patience = { .tv_sec = 60 };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		give_up("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		give_up("connect");
	return fd;
}

/* A server that has answered and closed may refuse the rest: no error. */
static bool say(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static int raw(const char *port, bool half, unsigned after_ms)
{
	static char text[1024 * 1024];
	const struct timespec pause = { .tv_sec = after_ms / 1000,
		.tv_nsec = (long)(after_ms % 1000) * 1000000 };
	int fd = reach(port);
	ssize_t n;

	if (after_ms == 0) {
		size_t all = fread(text, 1, sizeof(text), stdin);

		say(fd, text, all);
	} else {
		while (fgets(text, sizeof(text), stdin) != NULL) {
			nanosleep(&pause, NULL);
			if (!say(fd, text, strlen(text)))
				break;
		}
	}
	if (half)
		shutdown(fd, SHUT_WR);
	while ((n = recv(fd, text, sizeof(text), 0)) > 0)
		fwrite(text, 1, (size_t)n, stdout);
	return 0;
}

static void hear_answer(int fd)
{
	char text[65536];

	/* The answer may come in several pieces; the rest does no harm. */
	if (recv(fd, text, sizeof(text), 0) <= 0)
		give_up("no answer");
}

static int crowd(const char *port, const char *kind, size_t n, char **command)
{
	static const char request[] =
	    "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
	struct rlimit files;
	int status = 0;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < n + 50)
		n = files.rlim_cur - 50;
	for (size_t i = 0; i < n; i++) {
		int fd = reach(port);

		if (strcmp(kind, "silent") == 0)
			continue;
		say(fd, request,
		    strcmp(kind, "slow") == 0 ? 20 : sizeof(request) - 1);
		if (strcmp(kind, "idle") == 0)
			hear_answer(fd);
	}
	fprintf(stderr, "%zu %s connections\n", n, kind);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(command[0], command);
		_exit(98);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("the command");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc >= 3 && strcmp(argv[1], "raw") == 0) {
		bool half = false;
		unsigned after_ms = 0;

		for (int i = 3; i < argc; i++) {
			if (strcmp(argv[i], "half") == 0)
				half = true;
			else if (strcmp(argv[i], "after") == 0 && i + 1 < argc)
				after_ms =
				    (unsigned)strtoul(argv[++i], NULL, 10);
		}
		return raw(argv[2], half, after_ms);
	}
	if (argc >= 6 && strcmp(argv[1], "crowd") == 0)
		return crowd(
		    argv[2], argv[3], strtoul(argv[4], NULL, 10), argv + 5);
	fprintf(stderr,
	    "usage: http_client raw PORT [half] [after MS]\n"
	    "       http_client crowd PORT silent|slow|idle N "
	    "COMMAND...\n");
	return 2;
}
