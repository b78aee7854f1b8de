/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo exchange's certificates: a root and an intermediate made at start,
 * whose keys never leave memory, and leaves of every quality.
 */
#ifndef AFFIANT_DEMO_CA_H
#define AFFIANT_DEMO_CA_H

#include "compose/demo/demo_log.h"

#include <openssl/x509.h>

struct demo_ca;

enum demo_leaf_kind {
	DEMO_LEAF_GOOD,        /* with the timestamps of two logs in it */
	DEMO_LEAF_EXPIRED,     /* an hour ago */
	DEMO_LEAF_NO_SAN,      /* the host stands in the CN only */
	DEMO_LEAF_SELF_SIGNED, /* by nobody's CA */
	DEMO_LEAF_UNSTAMPED,   /* good, but no log has seen it */
	DEMO_LEAF_MUST_STAPLE, /* good, and demands a staple (RFC 7633) */
	/* By an authority that may sign for another domain only. */
	DEMO_LEAF_CONSTRAINED,
	DEMO_LEAF_RESPONDER /* for signing OCSP responses, not for servers */
};
#define DEMO_LEAF_KINDS 8

/* A leaf with its key. */
struct demo_leaf {
	X509 *cert;
	EVP_PKEY *key;
};
void demo_leaf_drop(struct demo_leaf *l);

FALLIBLE demo_ca_new(struct utc now, struct demo_ca **out, struct fault *f);
void demo_ca_free(struct demo_ca *ca);
X509 *demo_ca_root(const struct demo_ca *ca);
X509 *demo_ca_intermediate(const struct demo_ca *ca);
/* Who signs leaves of this kind, certificate and key. */
const struct demo_leaf *demo_ca_issuer(
    const struct demo_ca *ca, enum demo_leaf_kind kind);
/* The first two are known to whoever reads ct_logs.json, the third is not. */
#define DEMO_LOGS 3
#define DEMO_LOGS_KNOWN 2
const struct demo_log *demo_ca_log(const struct demo_ca *ca, size_t i);

/*
 * A new leaf with a new key. `sans` is in OpenSSL's form ("DNS:a,IP:b"). Good
 * ones are valid from a day ago for 30 days.
 */
FALLIBLE demo_ca_issue(const struct demo_ca *ca, const char *host,
    const char *sans, enum demo_leaf_kind kind, struct utc now,
    struct demo_leaf *out, struct fault *f);

/* ca.pem (the root) and intermediate.pem in a folder that is made. */
FALLIBLE demo_ca_write(
    const struct demo_ca *ca, const char *dir, struct fault *f);
/* ct_logs.json beside them: the logs that are known. */
FALLIBLE demo_ca_write_logs(
    const struct demo_ca *ca, const char *dir, struct fault *f);

#endif
