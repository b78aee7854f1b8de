/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the oracle of a configuration how it is, from beside it: the image
 * holds no shell and no other program that a health check could run.
 */
#include "oracle/cmd.h"
#include "verify/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* An oracle that needs longer is not well. */
#define HEALTH_SECONDS 4
/* "HTTP/1.1 200" */
#define STATUS_LINE_BYTES 12

enum { OPTION_CONFIG, OPTION_READY };

static const struct cmd_option options[] = {
	[OPTION_CONFIG] = { "config", "FILE", "the one that is served" },
	[OPTION_READY] = { "ready", NULL,
	    "ask whether its feeds have values, not just whether it lives" },
};

/*
 * HOST:PORT of "listen" as an address to call; 0.0.0.0 answers on the loopback
 * interface too.
 */
static FALLIBLE find_address(
    const char *listen, struct sockaddr_in *out, struct fault *f)
{
	const struct addrinfo want = { .ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[256];
	const char *colon = strrchr(listen, ':');
	uint64_t port;

	if (colon == NULL || (size_t)(colon - listen) >= sizeof(host))
		return fault_raise(f, FAULT_CONFIG, "health.listen",
		    "\"listen\" is HOST:PORT, as in 127.0.0.1:8080");
	TRY(u64_parse(span_text(colon + 1), &port, "health.listen", f));
	/* Whoever chose 0 let the kernel choose; nobody outside knows it. */
	if (port == 0 || port > 65535)
		return fault_raise(f, FAULT_CONFIG, "health.listen",
		    "\"listen\" names no port to ask at");
	snprintf(host, sizeof(host), "%.*s", (int)(colon - listen), listen);
	if (getaddrinfo(host, NULL, &want, &found) != 0)
		return fault_raise(f, FAULT_SYSTEM, "health.listen",
		    "the host of \"listen\" has no address");
	memcpy(out, found->ai_addr, sizeof(*out));
	freeaddrinfo(found);
	out->sin_port = htons((uint16_t)port);
	if (out->sin_addr.s_addr == htonl(INADDR_ANY))
		out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return true;
}

/* A connected socket, with TLS over it where the oracle serves that. */
struct wire {
	int fd;
	SSL *ssl; /* or NULL */
};

static ssize_t wire_send(const struct wire *w, const char *p, size_t n)
{
	return w->ssl != NULL ? SSL_write(w->ssl, p, (int)n)
			      : send(w->fd, p, n, MSG_NOSIGNAL);
}

static ssize_t wire_recv(const struct wire *w, char *p, size_t n)
{
	return w->ssl != NULL ? SSL_read(w->ssl, p, (int)n)
			      : recv(w->fd, p, n, 0);
}

/* The start of an answer to GET `path`. */
static FALLIBLE ask_over(const struct wire *w, const char *path,
    char line[STATUS_LINE_BYTES + 1], struct fault *f)
{
	char request[96];
	int n = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	    path);
	size_t got = 0;

	if (wire_send(w, request, (size_t)n) != n)
		return fault_raise(f, FAULT_REMOTE, "health.send",
		    "the oracle takes no request");
	while (got < STATUS_LINE_BYTES) {
		ssize_t k = wire_recv(w, line + got, STATUS_LINE_BYTES - got);

		if (k < 0 && w->ssl == NULL && errno == EINTR)
			continue;
		if (k <= 0)
			return fault_raise(f, FAULT_REMOTE, "health.answer",
			    "the oracle does not answer within %d s",
			    HEALTH_SECONDS);
		got += (size_t)k;
	}
	line[STATUS_LINE_BYTES] = '\0';
	return true;
}

/*
 * Nobody is authenticated: a health check is asked from beside the oracle, and
 * says nothing to anybody else.
 */
static FALLIBLE ask_over_tls(
    int fd, const char *path, char line[STATUS_LINE_BYTES + 1], struct fault *f)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct wire w = { fd, ctx != NULL ? SSL_new(ctx) : NULL };
	bool ok;

	if (w.ssl == NULL || SSL_set_fd(w.ssl, fd) != 1 ||
	    SSL_connect(w.ssl) != 1)
		ok = fault_raise(f, FAULT_REMOTE, "health.tls",
		    "the oracle does not finish a TLS handshake");
	else
		ok = ask_over(&w, path, line, f);
	SSL_free(w.ssl);
	SSL_CTX_free(ctx);
	return ok;
}

static FALLIBLE ask(const struct sockaddr_in *address, bool tls,
    const char *path, char line[STATUS_LINE_BYTES + 1], struct fault *f)
{
	const struct timeval limit = { .tv_sec = HEALTH_SECONDS };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = false;

	if (fd < 0)
		return fault_raise(f, FAULT_SYSTEM, "health.socket",
		    "no socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) !=
	    0)
		ok = fault_raise(f, FAULT_REMOTE, "health.connect",
		    "nobody listens on port %u: %s", ntohs(address->sin_port),
		    strerror(errno));
	else if (tls)
		ok = ask_over_tls(fd, path, line, f);
	else
		ok = ask_over(&(const struct wire){ fd, NULL }, path, line, f);
	close(fd);
	return ok;
}

static int run(const struct cmd_args *args)
{
	AUTO(config_drop) struct config *config = NULL;
	const char *path =
	    args->option[OPTION_READY] != NULL ? "/readyz" : "/healthz";
	char line[STATUS_LINE_BYTES + 1];
	struct sockaddr_in address;
	struct fault f = FAULT_INIT;

	if (args->option[OPTION_CONFIG] == NULL) {
		fprintf(stderr, "affiantd health: needs --config FILE\n");
		return CMD_USAGE;
	}
	config = cmd_open_config(args->option[OPTION_CONFIG]);
	if (config == NULL)
		return CMD_FAILED;
	if (!find_address(config->listen, &address, &f) ||
	    !ask(&address, config->tls.mode != NULL, path, line, &f))
		return cmd_open_failed(&f);
	if (memcmp(line, "HTTP/1.", 7) != 0 ||
	    memcmp(line + 9, "200", 3) != 0) {
		fprintf(stderr, "affiantd: %s does not answer 200\n", path);
		return CMD_FAILED;
	}
	printf("%s: ok\n", path);
	return CMD_OK;
}

const struct cmd cmd_health = {
	.name = "health",
	.help = "ask the oracle that serves a configuration how it is",
	.options = options,
	.n_options = COUNT(options),
	.run = run,
};
