/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate transparency logs that somebody trusts: their keys, found by
 * the log id that a timestamp carries (SHA-256 of the key, RFC 6962 section
 * 3.2). From a policy, or from a list as browsers publish it.
 */
#ifndef AFFIANT_TLS_LOGS_H
#define AFFIANT_TLS_LOGS_H

#include "verify/base/hash.h"
#include "verify/base/json.h"
#include "verify/base/utc.h"
#include "verify/x509.h"

struct tls_log {
	struct sha256 id;
	struct x509_key key;
	/* A retired log counts for what it stamped before; 0: not retired. */
	struct utc until;
};

struct tls_logs; /* no two of one id */
void tls_logs_free(struct tls_logs *l);
void tls_logs_drop(struct tls_logs **l); /* for AUTO */
size_t tls_logs_count(const struct tls_logs *l);
const struct tls_log *tls_logs_find(
    const struct tls_logs *l, const struct sha256 *id);

/*
 * A list of log keys in the browsers' JSON (version 3): `operators`, each with
 * `logs` and perhaps `tiled_logs`; of a log `key`, `log_id` and `state`. Logs
 * that are usable, qualified or readonly count, retired ones for what they
 * stamped before; pending and rejected ones do not; one without a state
 * counts. Other members are the publisher's business.
 * FORMAT, LIMIT, CRYPTO at "ct_logs"; a list in which nothing counts is
 * FORMAT too.
 */
FALLIBLE tls_logs_read(
    struct span json, struct tls_logs **out, struct fault *f);

/*
 * A policy's `ctLogs`: an array of keys, SubjectPublicKeyInfo in base64. At
 * most LIMIT_CT_LOGS; none twice; may be empty. Faults at "policy.ctLogs".
 */
FALLIBLE tls_logs_of_policy(
    const struct json_node *array, struct tls_logs **out, struct fault *f);

#endif
