/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP/1.1 request: method, target, the headers the exchange looks at, and
 * a body of declared length. It lives on loopback and is still read like any bytes
 * from outside.
 */
#ifndef AFFIANT_DEMO_REQUEST_H
#define AFFIANT_DEMO_REQUEST_H

#include "compose/demo/demo_stream.h"

#define DEMO_HEAD_MAX 16384

struct demo_request_head {
	char text[DEMO_HEAD_MAX + 1]; /* as it came, body included */
	char method[8];
	char target[2049];
	char host[254]; /* of the Host header, without port; "" if none */
	bool has_user_agent;
	bool closes; /* Connection: close */
	bool has_body;
	uint64_t n_body;  /* Content-Length */
	const char *body; /* within `text` */
};

enum demo_request_end {
	DEMO_REQUEST_OK,
	DEMO_REQUEST_GONE, /* no further request */
	DEMO_REQUEST_BAD   /* to be answered with 400 */
};
/* Waits for the next request of a kept-alive connection. */
enum demo_request_end demo_request_read(
    struct demo_stream *s, struct demo_request_head *out);

/* The value of a query's parameter, not decoded; false: not there, too long. */
bool demo_request_parameter(
    const char *target, const char *name, char *out, size_t cap);

#endif
