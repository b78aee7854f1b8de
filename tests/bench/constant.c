/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What GET /price is measured against: the same civetweb under the same
 * options, with a handler that writes one constant.
 *
 *   bench_constant PORT THREADS FILE    FILE is a whole HTTP answer
 *
 * Runs until it is ended.
 */
#include "oracle/http_options.h"
#include "verify/base/file.h"

#include <civetweb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct blob answer;

static int on_request(struct mg_connection *conn)
{
	(void)mg_write(conn, answer.p, answer.n);
	return 200;
}

int main(int argc, char **argv)
{
	const struct mg_callbacks callbacks = { .begin_request = on_request };
	struct http_options options;
	struct fault f = FAULT_INIT;
	char listen[32];
	sigset_t set;
	int signal_number;

	if (argc != 4 || !file_read(argv[3], 1024 * 1024, &answer, &f)) {
		fprintf(stderr, "usage: bench_constant PORT THREADS FILE: %s\n",
		    f.text);
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	snprintf(listen, sizeof(listen), "127.0.0.1:%s", argv[1]);
	http_options_fill(
	    &options, listen, (unsigned)strtoul(argv[2], NULL, 10));
	mg_init_library(0);
	struct mg_context *ctx = mg_start(&callbacks, NULL, options.list);
	struct mg_server_port port;
	if (ctx == NULL || mg_get_server_ports(ctx, 1, &port) != 1) {
		fprintf(stderr, "bench_constant: does not start\n");
		return 2;
	}
	printf("ready %d\n", port.port);
	fflush(stdout);
	sigwait(&set, &signal_number);
	_Exit(0);
}
