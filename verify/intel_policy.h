/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's object of an Intel platform ("tdx", "sgx"), the rows that
 * judge by it, and the claims. All members are optional.
 *
 *   tcbStatus                    array of Intel's status words; default
 *                                ["UpToDate"]
 *   advisoryIds                  array of advisories that are tolerated
 *   minTcbEvaluationDataNumber   integer
 *   minTcbDate                   "YYYY-MM-DDThh:mm:ssZ"
 *   allowAttributes              array of findings that are forgiven:
 *                                "debug", ... (intel_attributes.c)
 *   refuseAttributes             array of findings that are only reported
 *                                otherwise: "pks", "kl", "perfmon", ...
 *   mrtd, rtmr0 ... mrseam       array of measurements, hexadecimal (tdx)
 *   mrenclave, mrsigner          the same (sgx)
 *   isvprodid                    array of integers (sgx)
 *   minIsvSvn                    integer (sgx)
 *
 * An array that is there and empty accepts nothing.
 */
#ifndef AFFIANT_INTEL_POLICY_H
#define AFFIANT_INTEL_POLICY_H

#include "verify/intel_attributes.h"
#include "verify/intel_case.h"

/* A measurement that a policy can list, and where it stands in a case. */
struct intel_measurement {
	const char *member; /* "mrtd"; the claim is "measurements.mrtd" */
	const char *claim;
	size_t bytes;
	/* Empty when this body has no such field. */
	struct span (*of)(const struct intel_case *k);
};
struct intel_measurements {
	const struct intel_measurement *v; /* sorted by member */
	size_t n;
};

/* The form of the object; unknown members are refused. */
FALLIBLE intel_policy_form(const struct json_node *object,
    const struct intel_measurements *m, bool is_tdx, struct fault *f);

/* The platform's object in the policy given, or NULL. */
const struct json_node *intel_policy_of(const struct tee_case *c);

/* L06 to L08. */
intel_check intel_policy_status, intel_policy_advisories,
    intel_policy_evaluation, intel_policy_date;
/* A01 to A08: one finding must be absent or allowed. */
FALLIBLE intel_policy_finding(
    struct tee_case *c, enum intel_finding finding, struct fault *f);
/* A11: none of those that the policy refuses by name. */
intel_check intel_policy_features;
/* A09: one measurement against its list; skipped without a list. */
FALLIBLE intel_policy_measurement(
    struct tee_case *c, const struct intel_measurement *m, struct fault *f);
/* Whether the policy has a list of this name, and its value is in it. */
bool intel_policy_lists(const struct tee_case *c, const char *member);
bool intel_policy_matches(
    const struct tee_case *c, const struct intel_measurement *m);

/* Claims and the link of the hardware, for both TEEs. */
void intel_policy_claim(const struct tee_case *c,
    const struct intel_measurements *m, struct verdict *v);
/* The object that this evidence would satisfy, canonical, braces included. */
FALLIBLE intel_policy_write(const struct tee_case *c,
    const struct intel_measurements *m, struct wr *w, struct fault *f);

#endif
