/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers' certificates for tests of the verifier: an authority made here, a
 * leaf of every kind, and what such a server would staple and stamp. The time
 * is that of the statements (statements.h).
 */
#ifndef AFFIANT_TEST_TLS_WORLD_H
#define AFFIANT_TEST_TLS_WORLD_H

#include "compose/demo/demo_ca.h"
#include "compose/demo/demo_ocsp.h"
#include "verify/tls_bundle.h"
#include "verify/tls_chain.h"
#include "verify/tls_logs.h"

#define TLS_WORLD_HOST "exchange.example"
#define TLS_WORLD_DAY INT64_C(86400000)

struct tls_world {
	struct demo_ca *ca;
	struct utc now;
	struct demo_leaf leaf[DEMO_LEAF_KINDS];
	struct blob leaf_der[DEMO_LEAF_KINDS];
	struct blob intermediate, constrained, root;
	struct tls_logs *logs; /* the two that are known */
};
void tls_world_open(struct tls_world *w, struct utc now);
void tls_world_close(struct tls_world *w);

/* The caller drops them. */
struct blob tls_world_der(X509 *cert);
/* Parsed, not verified: leaf and its issuer, and our root. */
struct tls_chain tls_world_chain(
    const struct tls_world *w, enum demo_leaf_kind kind);
/* A good staple for a leaf of this kind, from two hours ago for seven days;
 * whoever asks may bend it before demo_ocsp_make. */
struct demo_ocsp tls_world_staple(
    const struct tls_world *w, enum demo_leaf_kind kind);
struct blob tls_world_make_staple(const struct demo_ocsp *o);
/* A list with one timestamp of each of the first n logs, for a leaf as it is
 * (as in the TLS extension). */
struct blob tls_world_scts(const struct tls_world *w, enum demo_leaf_kind kind,
    size_t n, struct utc at);

/* What a connection to a server with this leaf leaves in a statement. */
struct tls_evidence tls_world_evidence(
    const struct tls_world *w, enum demo_leaf_kind kind);
/* Its certificates, for evidence. */
void tls_world_add(const struct tls_world *w, enum demo_leaf_kind kind,
    struct tls_bundle_maker *m);

#endif
