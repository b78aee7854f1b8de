/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a bundle of collateral is one that a verifier could use: its parts
 * have the form they should have and belong to one platform. Nothing is
 * authenticated and no clock is read: judgement is the verifier's. (intel-dcap
 * sections 5 to 8.)
 */
#ifndef AFFIANT_COLLATERAL_CHECK_H
#define AFFIANT_COLLATERAL_CHECK_H

#include "verify/base/utc.h"
#include "verify/collateral.h"

#define COLLATERAL_FMSPC_BYTES 6

/* Which platform collateral is about. */
struct collateral_platform {
	uint8_t fmspc[COLLATERAL_FMSPC_BYTES];
	bool is_tdx;       /* else SGX */
	bool is_processor; /* PCKs come from the Processor CA, else Platform */
};

/* What a bundle says of itself. */
struct collateral_facts {
	struct collateral_platform platform;
	uint64_t evaluation; /* the lower one of TCB info and QE identity */
	/* All windows together: certificates, CRLs, signed JSON; inclusive. */
	struct utc from, to;
	const char *ends; /* the member whose end `to` is: "tcbInfo" */
};

/*
 * All members but pckChain must be there. FORMAT or LIMIT at
 * "collateral.MEMBER", and at "collateral.window" when there is no moment at
 * which all of it is valid.
 */
FALLIBLE collateral_check_read(
    const struct collateral *c, struct collateral_facts *out, struct fault *f);
/* The same for a bundle in its text form. */
FALLIBLE collateral_check_bundle(
    struct span bundle, struct collateral_facts *out, struct fault *f);
/*
 * It is about this platform: FORMAT at "collateral.tcbInfo.fmspc",
 * "collateral.tcbInfo.id" or "collateral.pckCrl.ca".
 */
FALLIBLE collateral_check_for(const struct collateral_facts *facts,
    const struct collateral_platform *want, struct fault *f);

/*
 * An issuer chain: two certificates, leaf first, the last one self-issued.
 * `at` is a literal.
 */
FALLIBLE collateral_check_chain(
    struct span pem, const char *at, struct fault *f);

#endif
