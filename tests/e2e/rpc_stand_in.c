/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chain with JSON-RPC (tests/unit/rpc_double.h) as a program, until SIGTERM.
 *
 *   rpc_stand_in CHAIN_ID PORT FACES [CONTRACT...]
 *
 * Port 0 takes free ones. Prints "ready" and the URL of each face. Controlled
 * by the methods of tests/unit/rpc_control.h.
 */
#include "tests/unit/rpc_double.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int serve(struct rpc_double *d, const sigset_t *stops, size_t n_faces)
{
	int signal_number;

	printf("ready");
	for (size_t i = 0; i < n_faces; i++)
		printf(" %s", rpc_double_url(d, i));
	printf("\n");
	fflush(stdout);
	sigwait(stops, &signal_number);
	rpc_double_stop(d);
	return 0;
}

int main(int argc, char **argv)
{
	struct fault f = FAULT_INIT;
	struct eth_addr contract;
	sigset_t stops;

	if (argc < 4) {
		fprintf(stderr,
		    "usage: rpc_stand_in CHAIN_ID PORT FACES "
		    "[CONTRACT...]\n");
		return 2;
	}
	/* Blocked before the first thread, so that sigwait gets it. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	struct rpc_double *d = rpc_double_start(
	    strtoull(argv[1], NULL, 10), (uint16_t)strtoul(argv[2], NULL, 10));
	size_t n_faces = strtoul(argv[3], NULL, 10);
	for (size_t i = 1; i < n_faces && i < RPC_DOUBLE_FACES; i++)
		(void)rpc_double_add_face(d);
	for (int i = 4; i < argc; i++) {
		if (!eth_addr_parse(span_text(argv[i]), &contract, &f)) {
			fprintf(stderr, "rpc_stand_in: %s\n", f.text);
			return 2;
		}
		(void)rpc_world_contract(rpc_double_lock(d), &contract, true);
		rpc_double_unlock(d);
	}
	return serve(d, &stops, n_faces);
}
