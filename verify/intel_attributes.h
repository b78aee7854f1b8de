/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the attributes of a TD or an enclave mean. A debug TD passes every
 * signature check and can be up to date: attributes are the only thing that
 * stops it. (intel-dcap section 11.)
 */
#ifndef AFFIANT_INTEL_ATTRIBUTES_H
#define AFFIANT_INTEL_ATTRIBUTES_H

#include "verify/intel_quote.h"

/* A finding is one bit or group that the default policy has a word on. */
enum intel_finding {
	INTEL_FINDING_DEBUG,              /* A01, A07 */
	INTEL_FINDING_TUD,                /* A02 */
	INTEL_FINDING_RESERVED,           /* A03 */
	INTEL_FINDING_NO_SEPT_VE_DISABLE, /* A04 */
	INTEL_FINDING_MIGRATABLE,         /* A05 */
	INTEL_FINDING_MRSERVICETD,        /* A06 */
	INTEL_FINDING_NOT_INIT,           /* A08 */
	/* Reported; refused when the policy names them (A11). */
	INTEL_FINDING_ICSSD,
	INTEL_FINDING_LASS,
	INTEL_FINDING_PKS,
	INTEL_FINDING_KL,
	INTEL_FINDING_TPA,
	INTEL_FINDING_PERFMON,
	INTEL_FINDING_COUNT
};

struct intel_finding_info {
	const char *name; /* "debug": the word in a policy */
	/* Rule number for a TD and for an enclave; NULL where it has none. */
	const char *tdx_ref, *sgx_ref;
	const char *meaning;
	bool is_refused; /* by default */
};
extern const struct intel_finding_info intel_finding_infos[INTEL_FINDING_COUNT];

/* A set of findings: bit i is enum intel_finding i. */
uint32_t intel_attributes_td(const struct intel_td *td);
uint32_t intel_attributes_sgx(const struct intel_report *report);

#endif
