/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed certificate timestamps (RFC 6962): the promises of public logs that
 * they have seen a certificate. They come inside the certificate, in a TLS
 * extension and in a stapled OCSP response; all three are counted together.
 */
#ifndef AFFIANT_TLS_SCT_H
#define AFFIANT_TLS_SCT_H

#include "verify/tls_chain.h"
#include "verify/tls_logs.h"

struct tls_scts {
	size_t seen;    /* timestamps, whatever they are worth */
	size_t unknown; /* of a log that is not listed, or of version 2 */
	size_t broken;  /* a listed log's, and it does not hold */
	size_t logs;    /* different logs whose timestamp holds */
	bool has_latest;
	struct utc latest; /* of those that hold */
};

/*
 * `extension` and `ocsp` are lists with their length in front, or empty. A
 * timestamp holds when its log is listed (and was not retired then), its
 * signature is that log's key's, and it is not from after `at`. `c` has been
 * verified. FORMAT and LIMIT at "tls.sct": a list that is none.
 */
FALLIBLE tls_sct_count(const struct tls_chain *c, struct span extension,
    struct span ocsp, const struct tls_logs *logs, struct utc at,
    struct tls_scts *out, struct fault *f);

/*
 * How many different logs browsers want to have stamped the leaf: two, and
 * three when it is valid for more than 180 days.
 */
size_t tls_sct_wanted(const struct tls_chain *c);

/*
 * What is missing, for a certificate that must have been stamped. CRYPTO at
 * "tls.sct" when fewer than `want` logs hold; the sentence says what came.
 */
FALLIBLE tls_sct_check(const struct tls_scts *s, size_t want, struct fault *f);

#endif
