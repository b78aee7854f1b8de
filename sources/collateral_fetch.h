/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral from Intel's provisioning service (PCS) or from a caching service
 * with the same interface (PCCS), version 4 (intel-dcap section 6): TCB info,
 * QE identity, the two CRLs and the issuer chains of the first three.
 *
 * Transport adds nothing to authenticity: all of it is signed. It is held to
 * the rules of sources nevertheless (http_get.h), so that an old set is not
 * played back by whoever sits on the line.
 */
#ifndef AFFIANT_COLLATERAL_FETCH_H
#define AFFIANT_COLLATERAL_FETCH_H

#include "sources/collateral_check.h"

/* Intel's own service, and where it keeps what a PCCS has as /rootcacrl. */
#define COLLATERAL_INTEL_HOST "api.trustedservices.intel.com"
#define COLLATERAL_INTEL_ROOT_CRL \
	"https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"

#define COLLATERAL_TIMEOUT_MS 20000

struct collateral_service {
	/* "https://host[:port][/prefix]"; "/sgx/certification/v4" at its end,
	 * as Intel's own tools have it, is cut. May hold ${NAME}. */
	const char *url;
	/* NULL: Intel's for Intel's host, else below `url`. */
	const char *root_crl_url;
	const char *ca_file; /* NULL: the system's roots */
	bool allow_http;
	const char *update;  /* "standard", "early"; NULL: the service's own */
	uint32_t timeout_ms; /* of each request; 0: COLLATERAL_TIMEOUT_MS */
};

/*
 * The form of a service, with no request made. CONFIG at "/pccs", "/root_crl",
 * "/ca_file", "/update", "/timeout_ms".
 */
FALLIBLE collateral_fetch_check(
    const struct collateral_service *s, struct fault *f);

/* Where the root CRL will be asked for; ${NAME} stays as it is. */
FALLIBLE collateral_fetch_root_crl_url(const struct collateral_service *s,
    char url[LIMIT_URL_BYTES + 1], struct fault *f);

/* Told before each request; `url` is as it may be shown. May be NULL. */
typedef void collateral_progress(void *user, const char *what, const char *url);

/*
 * The bundle (FORMAT.evidence.md section 5) of a platform: bodies byte for
 * byte, CRLs as DER, chains as PEM. Its form has been checked, as has that it
 * is about this platform; nothing in it is authenticated.
 *
 * Faults name the request in their text. REMOTE at "source.WORD" (sources.h)
 * when no answer came that can be used; FORMAT or LIMIT at "collateral.MEMBER"
 * for what is wrong inside of one; CONFIG as above.
 */
FALLIBLE collateral_fetch(const struct collateral_service *s,
    const struct collateral_platform *p, collateral_progress *progress,
    void *user, const volatile bool *stop, struct blob *bundle,
    struct collateral_facts *facts, struct fault *f);

#endif
