/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP responses to staple, of every quality. */
#ifndef AFFIANT_DEMO_OCSP_H
#define AFFIANT_DEMO_OCSP_H

#include "compose/demo/demo_ca.h"

enum demo_ocsp_word { DEMO_OCSP_GOOD, DEMO_OCSP_REVOKED, DEMO_OCSP_UNKNOWN };

struct demo_ocsp {
	enum demo_ocsp_word word;
	X509 *about, *issuer; /* the certificate asked for, and its issuer */
	/* Who signs: the issuer, or somebody whose certificate comes along. */
	const struct demo_leaf *signer;
	struct utc from, to; /* thisUpdate, nextUpdate; to 0: absent */
	struct span scts;    /* a list of timestamps; or empty */
	bool weak;           /* with SHA-1 */
};

FALLIBLE demo_ocsp_make(
    const struct demo_ocsp *o, struct blob *out, struct fault *f);

#endif
