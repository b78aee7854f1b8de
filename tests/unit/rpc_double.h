/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC endpoints over a chain in memory (rpc_world.h): plain HTTP on
 * loopback, threads of its own, and every way of behaving badly that a test
 * asks for. One chain may have several faces, each on its port, each with its
 * own faults and its own lag.
 */
#ifndef AFFIANT_TEST_RPC_DOUBLE_H
#define AFFIANT_TEST_RPC_DOUBLE_H

#include "tests/unit/rpc_world.h"

#define RPC_DOUBLE_FACES 4

enum rpc_double_mode {
	RPC_DOUBLE_TIMEOUT,    /* accepts, does nothing, answers nothing */
	RPC_DOUBLE_REFUSE,     /* closes before it does anything */
	RPC_DOUBLE_DISCONNECT, /* does it, and closes without an answer */
	RPC_DOUBLE_HALF,       /* does it, half a body, and closes */
	RPC_DOUBLE_GARBAGE,    /* 200 and no JSON */
	RPC_DOUBLE_OVERSIZE,   /* an answer of two megabytes */
	RPC_DOUBLE_STATUS_429, /* with Retry-After: value, when that is not 0 */
	RPC_DOUBLE_STATUS_500,
	RPC_DOUBLE_HTML,        /* 200, text/html */
	RPC_DOUBLE_ERROR_LIMIT, /* error -32005 */
	RPC_DOUBLE_ERROR,       /* error -32000 "something" */
	RPC_DOUBLE_WRONG_ID,
	RPC_DOUBLE_WRONG_HASH,  /* eth_sendRawTransaction: done, other hash */
	RPC_DOUBLE_TWICE,       /* the answer twice in one body */
	RPC_DOUBLE_WRONG_CHAIN, /* eth_chainId: value */
	RPC_DOUBLE_LYING_FEES,  /* fees times value */
	RPC_DOUBLE_NULL,        /* result null: "I do not know it" */
	RPC_DOUBLE_FORGE,     /* a receipt, in the head, of what is not mined */
	RPC_DOUBLE_OTHER,     /* another block, transaction or receipt */
	RPC_DOUBLE_LOW_NONCE, /* counts less value */
	RPC_DOUBLE_MODES
};
/* "timeout", "refuse", ...: for programs. */
const char *rpc_double_mode_name(enum rpc_double_mode mode);

struct rpc_double;

/* Port 0 takes a free one. A failure ends the test. */
struct rpc_double *rpc_double_start(uint64_t chain_id, uint16_t port);
void rpc_double_stop(struct rpc_double *d);
/* Another face; returns its number. The first is number 0. */
size_t rpc_double_add_face(struct rpc_double *d);
uint16_t rpc_double_port(const struct rpc_double *d, size_t face);
/* "http://127.0.0.1:PORT/" */
const char *rpc_double_url(const struct rpc_double *d, size_t face);

/* The chain, for this thread alone until it is given back. */
struct rpc_world *rpc_double_lock(struct rpc_double *d);
void rpc_double_unlock(struct rpc_double *d);

/* The next `count` requests of this method (NULL: any) go wrong. */
void rpc_double_fail(struct rpc_double *d, size_t face, const char *method,
    enum rpc_double_mode mode, unsigned count, uint64_t value);
void rpc_double_heal(struct rpc_double *d); /* no faults any more, no lag */
void rpc_double_lag(struct rpc_double *d, size_t face, uint64_t blocks);
/* A block each so many milliseconds, only with what to mine; 0: on demand. */
void rpc_double_mine_every(struct rpc_double *d, unsigned ms);
void rpc_double_mine(struct rpc_double *d, unsigned n);
/* Requests of this method (NULL: any) that arrived at a face. */
unsigned rpc_double_count(
    struct rpc_double *d, size_t face, const char *method);
/*
 * Stored updates by contract, feed and timestamp, which are two or more of the
 * same: 0 when none was repeated. *n_all: how many there are.
 */
size_t rpc_double_repeated(struct rpc_double *d, size_t *n_all);

#endif
