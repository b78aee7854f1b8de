/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection carried besides answers: the certificates as sent, the
 * anchor they were verified to, the stapled response, the timestamps. Made
 * once per handshake, judged by the functions that the verifier uses, and
 * shared from then on by every answer of the connection; it never changes.
 */
#ifndef AFFIANT_SOURCE_WIRE_H
#define AFFIANT_SOURCE_WIRE_H

#include "sources/sources.h"
#include "verify/tls_chain.h"
#include "verify/tls_leaf.h"
#include "verify/tls_ocsp.h"
#include "verify/tls_sct.h"

#include <openssl/ssl.h>

struct source_wire {
	unsigned n_holders; /* atomic */
	/* All members but has_scts and scts, which depend on who asks. Names
	 * are static or those of `leaf`. */
	struct tls_evidence evidence;
	struct tls_leaf leaf;
	struct utc from, to; /* of every certificate in the path */
	struct blob cert[LIMIT_CHAIN_CERTS]; /* as sent */
	struct blob root;
	struct blob staple; /* OCSP response; empty: none */
	struct blob stamps; /* list of the TLS extension; empty: none */
	struct tls_ocsp ocsp;
	bool demands_staple; /* the leaf does */
};

/*
 * After a full handshake that OpenSSL verified. `stamps` is copied. One holder.
 * REMOTE at "source.tls" (certificates), "source.ocsp" (a staple that does not
 * hold) or "source.limit".
 */
FALLIBLE source_wire_make(SSL *ssl, struct span stamps, struct utc now,
    struct source_wire **out, struct fault *f);

/* How many of these logs stamped the leaf. "source.ct": a malformed list. */
FALLIBLE source_wire_count(const struct source_wire *w,
    const struct tls_logs *logs, struct utc now, struct tls_scts *out,
    size_t *want_out, struct fault *f);

#endif
