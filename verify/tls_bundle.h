/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `evidence.tls`: the bytes behind the hashes of a statement's tls members
 * (FORMAT.evidence.md section 8), written and read here. An element counts
 * because somebody asks for it by its SHA-256; nothing else names it.
 */
#ifndef AFFIANT_TLS_BUNDLE_H
#define AFFIANT_TLS_BUNDLE_H

#include "verify/statement.h"

/* What a list holds; the order is that of the members. */
enum tls_item_kind { TLS_ITEM_CERT, TLS_ITEM_OCSP, TLS_ITEM_SCTS };
#define TLS_ITEM_KINDS 3

struct tls_item {
	struct sha256 hash;
	struct span bytes;
};

struct tls_list {
	struct tls_item *item; /* ascending by hash, each once */
	size_t n;
};

/* ---- writing ------------------------------------------------------------ */

/*
 * Collects what connections carried; each element once, however often it is
 * added. Borrows the bytes until it is written. A zeroed one is empty.
 */
struct tls_bundle_maker {
	struct tls_list list[TLS_ITEM_KINDS]; /* sorted when written */
	size_t cap[TLS_ITEM_KINDS];
	size_t bytes; /* of all elements */
};
void tls_bundle_maker_drop(struct tls_bundle_maker *m);
/* LIMIT at "tls.bundle" beyond a maximum, SYSTEM without memory. */
FALLIBLE tls_bundle_add(struct tls_bundle_maker *m, enum tls_item_kind kind,
    const struct sha256 *hash, struct span bytes, struct fault *f);
/* The object. */
FALLIBLE tls_bundle_write(
    struct tls_bundle_maker *m, struct wr *w, struct fault *f);

/* ---- reading ------------------------------------------------------------ */

struct tls_bundle {
	struct tls_list list[TLS_ITEM_KINDS];
	struct blob *own; /* what the items' bytes point into */
	size_t n_own;
};
void tls_bundle_drop(struct tls_bundle *b);
/*
 * All three members, elements ascending and each once, within their limits.
 * FORMAT and LIMIT at "tls.evidence".
 */
FALLIBLE tls_bundle_read(
    struct span json, struct tls_bundle *out, struct fault *f);
/* NULL when it is not there. */
const struct tls_item *tls_bundle_find(const struct tls_bundle *b,
    enum tls_item_kind kind, const struct sha256 *hash);

#endif
