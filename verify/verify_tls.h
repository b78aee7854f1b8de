/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of verify*.c: the connections of a statement whose certificates came
 * with the evidence, as far as they have been verified again. Filled row by
 * row by verify_tls.c; read by who judges policy, links and time.
 */
#ifndef AFFIANT_VERIFY_TLS_H
#define AFFIANT_VERIFY_TLS_H

#include "verify/tls_bundle.h"
#include "verify/tls_ocsp.h"
#include "verify/tls_sct.h"
#include "verify/verify_case.h"

#define VERIFY_TLS_NO_EVIDENCE "no certificates in evidence"

/* One connection over TLS of a value used: its own, or a redirect before. */
struct verify_connection {
	const struct tls_evidence *said; /* in the statement */
	struct span host;
	struct utc at; /* when the answer came */
	struct tls_chain chain;
	bool has_ocsp;
	struct tls_ocsp ocsp; /* once verified */
};

struct verify_tls {
	struct tls_bundle bundle;
	size_t n;
	bool verified; /* every row of authenticity passed */
	struct verify_connection connection[];
};

/* NULL is allowed. */
void verify_tls_free(struct verify_tls *t);

/* Whether the policy names the root of the connection, for its host or for
 * everybody. */
bool verify_tls_root_is_named(
    const struct verify_case *c, const struct verify_connection *k);

/*
 * The claim timeInterval: the moments between which the answers came, by all
 * that others signed (verify_time.c).
 */
void verify_time_claim(const struct verify_case *c);

#endif
