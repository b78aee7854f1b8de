/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One accepted connection, TLS or plain, blocking, with a way to wait that
 * ends when the exchange stops.
 */
#ifndef AFFIANT_DEMO_STREAM_H
#define AFFIANT_DEMO_STREAM_H

#include "verify/base/bytes.h"

#include <openssl/ssl.h>

struct demo_stream {
	int fd;
	int stop_fd; /* readable when the exchange stops */
	SSL *ssl;    /* NULL: plain */
};

/* Bytes read, 0 at the end or on any error. */
size_t demo_stream_read(struct demo_stream *s, void *p, size_t n);
/* All of it, or false. */
bool demo_stream_write(struct demo_stream *s, const void *p, size_t n);
/* False when the exchange stops or the peer has gone meanwhile. */
bool demo_stream_wait(struct demo_stream *s, unsigned ms);

#endif
