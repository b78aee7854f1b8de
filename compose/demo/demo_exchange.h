/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo exchange: a small TLS server of our own with several host names,
 * which answers in the exact shapes of well-known public APIs and can be told
 * to misbehave. Tests run it in their own process; affiant-demo-exchange is a
 * thin program around it. It listens on 127.0.0.1 only.
 *
 * Host names end in .localhost: libcurl resolves those to loopback by itself
 * (7.88 does; RFC 6761 6.3), the C library does not.
 */
#ifndef AFFIANT_DEMO_EXCHANGE_H
#define AFFIANT_DEMO_EXCHANGE_H

#include "verify/base/hash.h"
#include "verify/base/utc.h"

/* Has every host's targets; redirects lead here. */
#define DEMO_MOVED_HOST "moved.demo.localhost"
/* Answers out of a file (demo_shapes.h). */
#define DEMO_SHAPES_HOST "shapes.demo.localhost"
/* Never misbehaves; also localhost and 127.0.0.1. For the control route. */
#define DEMO_CONTROL_HOST "demo.localhost"

struct demo_exchange;

struct demo_options {
	uint16_t port;      /* of TLS; 0: any */
	uint16_t http_port; /* plain HTTP, for refusals; 0: any */
	const char *dir;    /* ca.pem and intermediate.pem go there */
	const char *shapes; /* of DEMO_SHAPES_HOST, or NULL; borrowed */
};

/* Ready to serve when it returns. */
FALLIBLE demo_exchange_start(
    const struct demo_options *o, struct demo_exchange **out, struct fault *f);
/* Closes every connection and waits for their threads. */
void demo_exchange_stop(struct demo_exchange *d);

uint16_t demo_exchange_port(const struct demo_exchange *d);
uint16_t demo_exchange_http_port(const struct demo_exchange *d);

/*
 * From now on `host` behaves as `mode` (demo_mode.h) says; "none" ends it.
 * Connections that are open stay open, with the certificate they have.
 * USAGE for an unknown host or mode.
 */
FALLIBLE demo_exchange_misbehave(struct demo_exchange *d, const char *host,
    const char *mode, struct fault *f);
/* Closes every connection there is. */
void demo_exchange_disconnect(struct demo_exchange *d);

/* What a well-behaved host shows to new connections. */
FALLIBLE demo_exchange_leaf(struct demo_exchange *d, const char *host,
    struct sha256 *leaf, struct sha256 *spki, struct fault *f);
/* Of the root and the intermediate. */
/* ct_logs.json, as browsers publish such lists, to a folder. */
FALLIBLE demo_exchange_write_logs(
    const struct demo_exchange *d, const char *dir, struct fault *f);
struct sha256 demo_exchange_root(const struct demo_exchange *d);
struct sha256 demo_exchange_intermediate(const struct demo_exchange *d);

/* Accepted connections and answered requests so far. */
uint64_t demo_exchange_n_connections(struct demo_exchange *d);
uint64_t demo_exchange_n_requests(struct demo_exchange *d);
/* Head of the last request to a host as it came; cap bytes with NUL. */
void demo_exchange_last_head(
    struct demo_exchange *d, const char *host, char *out, size_t cap);

#endif
