/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SGX extension of a PCK certificate (OID 1.2.840.113741.1.13.1): which
 * platform this is and which security versions Intel certified for it.
 * (intel-dcap section 5.)
 */
#ifndef AFFIANT_INTEL_PCK_H
#define AFFIANT_INTEL_PCK_H

#include "verify/base/bytes.h"

/* The extension's own OID, tag and length included. */
extern const uint8_t intel_pck_oid[11];

struct intel_pck {
	uint8_t ppid[16]; /* identifies the machine */
	uint8_t component[16];
	uint16_t pcesvn;
	uint8_t cpusvn[16];
	uint8_t pceid[2];
	uint8_t fmspc[6];
	uint8_t sgx_type; /* 0 standard, 1 scalable, 2 with integrity */
	bool has_platform_id;
	uint8_t platform_id[16];
	bool has_configuration;
	bool dynamic_platform, cached_keys, smt_enabled;
};

/* "standard", ...; sgx_type is within range by then. */
const char *intel_pck_type_name(uint8_t sgx_type);

/*
 * P08: definite and minimal lengths, no trailing bytes at any level, every
 * OID at most once, .1 to .5 and all 18 TCB entries present, in range.
 * `value` is the inside of the extension's OCTET STRING.
 */
FALLIBLE intel_pck_parse(
    struct span value, struct intel_pck *out, struct fault *f);
/* P09: CPUSVN bytes equal the 16 components. */
FALLIBLE intel_pck_consistent(const struct intel_pck *p, struct fault *f);

#endif
