/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of TLS: one context; a callback looks at the name that a
 * client hello asks for and shows the certificate that this host shows now.
 */
#ifndef AFFIANT_DEMO_TLS_H
#define AFFIANT_DEMO_TLS_H

#include "compose/demo/demo_ca.h"
#include "compose/demo/demo_mode.h"

#include <openssl/ssl.h>

#define DEMO_HOST_MAX 253

/* How a host shows itself at this moment. Counted references. */
struct demo_tls_look {
	enum demo_face face;
	X509 *leaf, *intermediate; /* intermediate NULL: none is sent */
	EVP_PKEY *key;
	struct blob staple, stamps; /* empty: none */
};
void demo_tls_look_drop(struct demo_tls_look *l);

struct demo_tls {
	/* Asked for every hello, by any thread; `host` is "" when the hello
	 * named none. False refuses it. */
	bool (*ask)(void *user, const char *host, struct demo_tls_look *out);
	void *user;
	SSL_CTX *ctx;
};

/* `ask` and `user` are set; *t stays where it is until dropped. */
FALLIBLE demo_tls_open(struct demo_tls *t, struct fault *f);
void demo_tls_drop(struct demo_tls *t);

#endif
