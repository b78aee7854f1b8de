/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judgement: a response (or a bare quote), a policy and a time in; a verdict
 * out. No network, no clock, no files, no global state.
 */
#ifndef AFFIANT_VERIFY_H
#define AFFIANT_VERIFY_H

#include "verify/evidence.h"
#include "verify/policy.h"
#include "verify/verdict.h"

struct tee_memory; /* tee_memory.h */

struct verify_options {
	struct utc at;               /* the time to judge at */
	const struct policy *policy; /* NULL: none given, exit 3 at best */
	bool allow_simulated;
	struct span nonce; /* raw bytes the statement must carry; or empty */
	struct span
	    trust_root; /* DER that replaces the pinned root; or empty */
	/* Bundle JSON (collateral.h) that wins over the response's. */
	struct span collateral;
	struct span pck_chain; /* PEM, where the quote carries none */
	/* What came beside a bare quote (event log, app-compose, key chain);
	 * or NULL. A response carries its own, and this is not looked at. */
	const struct evidence *beside;
	/* For many quotes of one machine, one after the other; or NULL. */
	struct tee_memory *memory;
};

/* Judges a response. Never fails: what cannot be judged is in the verdict. */
void verify_response(
    struct span in, const struct verify_options *opt, struct verdict *out);
/*
 * Judges a bare quote of a named platform. expected_report_data is 64 bytes,
 * or empty when the caller has no expectation (then that check is not run).
 */
void verify_quote(const char *platform, struct span quote,
    struct span expected_report_data, const struct verify_options *opt,
    struct verdict *out);

/*
 * Judges a certificate that carries evidence (FORMAT.ratls.md), DER or PEM,
 * and that its quote binds its key. opt->beside gives what the certificate
 * has no room for. Whoever is at the other end of a connection has shown to
 * have the key by the handshake, and not by this.
 */
void verify_certificate(
    struct span in, const struct verify_options *opt, struct verdict *out);

/*
 * Judges (a response, or with `platform` a bare quote) and writes the policy
 * that this evidence would satisfy, canonical, for a person to review: what is
 * pinned is what is trusted. Only what is authentic is taken, whatever policy
 * says of its age or status: else the fault of the check that failed, at
 * "policy.forged" or "policy.unjudged". *out is written always.
 */
FALLIBLE verify_suggest_policy(struct span in, const char *platform,
    const struct verify_options *opt, struct verdict *out, struct wr *w,
    struct fault *f);

/*
 * Every check there is, in the order of belief, those of all platforms
 * included; NULL behind the last. For `explain`.
 */
const struct check_info *verify_check_info(size_t i);

#endif
