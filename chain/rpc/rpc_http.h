/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One POST after another to one endpoint, over libcurl: TLS 1.2 or later with
 * chain and name checked, no proxy, no netrc, no cookies, no redirects, no
 * compression, a bounded body. What comes back is somebody's JSON and no more.
 */
#ifndef AFFIANT_RPC_HTTP_H
#define AFFIANT_RPC_HTTP_H

#include "chain/rpc.h"

struct rpc_http_config {
	const char *url;     /* copied */
	const char *ca_file; /* NULL: the system's roots; borrowed */
	bool allow_http;
	const volatile bool *stop; /* may be NULL */
};

/* A handle with its kept-alive connection, for one thread at a time. */
struct rpc_http;
/* CONFIG at "rpc.config" (the URL) and "rpc.ca_file". */
FALLIBLE rpc_http_open(
    const struct rpc_http_config *c, struct rpc_http **out, struct fault *f);
void rpc_http_close(struct rpc_http *h);

struct rpc_http_ask {
	struct span body; /* JSON */
	size_t max_bytes; /* of the answer */
	uint32_t timeout_ms;
};
struct rpc_http_got {
	struct blob body;
	/* Of a 429, also when the call failed: seconds, 0 when not said. */
	uint64_t retry_after_s;
};

/*
 * The JSON body of a 200. REMOTE faults of chain/rpc.h up to "rpc.size", and
 * "rpc.limit" for a 429; SYSTEM at "rpc.internal". out->retry_after_s is set
 * in any case; the body is the caller's on success only.
 */
FALLIBLE rpc_http_post(struct rpc_http *h, const struct rpc_http_ask *ask,
    struct rpc_http_got *out, struct fault *f);

#endif
