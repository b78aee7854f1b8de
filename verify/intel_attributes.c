/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_attributes.h"

#define BIT(n) (UINT64_C(1) << (n))
#define BITS(low, high) ((BIT((high) - (low) + 1) - 1) << (low))

/* TDATTRIBUTES. */
#define TD_DEBUG BIT(0)
#define TD_TUD BITS(1, 7) /* the rest of "TD under debug" */
#define TD_ICSSD BIT(16)
#define TD_LASS BIT(27)
#define TD_SEPT_VE_DISABLE BIT(28)
#define TD_MIGRATABLE BIT(29)
#define TD_PKS BIT(30)
#define TD_KL BIT(31)
#define TD_TPA BIT(62)
#define TD_PERFMON BIT(63)
/* 1 to 3 and 7 are unnamed bits of the debug group: both rules see them. */
#define TD_RESERVED \
	(BITS(1, 3) | BIT(7) | BITS(8, 15) | BITS(17, 26) | BITS(32, 61))

const struct intel_finding_info intel_finding_infos[INTEL_FINDING_COUNT] = {
	[INTEL_FINDING_DEBUG] = { "debug", "A01", "A07",
	    "debug mode: the host can read and write it", true },
	[INTEL_FINDING_TUD] = { "tud", "A02", NULL,
	    "a profiling bit of the debug group is set", true },
	[INTEL_FINDING_RESERVED] = { "reserved", "A03", NULL,
	    "a reserved bit is set", true },
	[INTEL_FINDING_NO_SEPT_VE_DISABLE] = { "no-sept-ve-disable", "A04",
	    NULL,
	    "SEPT_VE_DISABLE is clear: the host can inject exceptions on "
	    "memory access",
	    true },
	[INTEL_FINDING_MIGRATABLE] = { "migratable", "A05", NULL,
	    "the TD can be migrated", true },
	[INTEL_FINDING_MRSERVICETD] = { "mrservicetd", "A06", NULL,
	    "a service TD can act on this TD", true },
	[INTEL_FINDING_NOT_INIT] = { "not-init", NULL, "A08",
	    "the enclave is not initialised", true },
	[INTEL_FINDING_ICSSD] = { "icssd", "A11", NULL, "ICSSD is set", false },
	[INTEL_FINDING_LASS] = { "lass", "A11", NULL,
	    "linear address space separation is on", false },
	[INTEL_FINDING_PKS] = { "pks", "A11", NULL,
	    "supervisor protection keys are on", false },
	[INTEL_FINDING_KL] = { "kl", "A11", NULL, "key locker is on", false },
	[INTEL_FINDING_TPA] = { "tpa", "A11", NULL,
	    "the TD may be assigned devices (TPA)", false },
	[INTEL_FINDING_PERFMON] = { "perfmon", "A11", NULL,
	    "performance counters are on", false },
};

static uint32_t when(bool is_so, enum intel_finding finding)
{
	return is_so ? UINT32_C(1) << finding : 0;
}

uint32_t intel_attributes_td(const struct intel_td *td)
{
	uint64_t a = td->flags;

	return when((a & TD_DEBUG) != 0, INTEL_FINDING_DEBUG) |
	    when((a & TD_TUD) != 0, INTEL_FINDING_TUD) |
	    when((a & TD_RESERVED) != 0, INTEL_FINDING_RESERVED) |
	    when((a & TD_SEPT_VE_DISABLE) == 0,
		INTEL_FINDING_NO_SEPT_VE_DISABLE) |
	    when((a & TD_MIGRATABLE) != 0, INTEL_FINDING_MIGRATABLE) |
	    when(td->is_15 && !span_is_zero(td->mrservicetd),
		INTEL_FINDING_MRSERVICETD) |
	    when((a & TD_ICSSD) != 0, INTEL_FINDING_ICSSD) |
	    when((a & TD_LASS) != 0, INTEL_FINDING_LASS) |
	    when((a & TD_PKS) != 0, INTEL_FINDING_PKS) |
	    when((a & TD_KL) != 0, INTEL_FINDING_KL) |
	    when((a & TD_TPA) != 0, INTEL_FINDING_TPA) |
	    when((a & TD_PERFMON) != 0, INTEL_FINDING_PERFMON);
}

uint32_t intel_attributes_sgx(const struct intel_report *report)
{
	return when((report->flags & INTEL_SGX_DEBUG) != 0,
		   INTEL_FINDING_DEBUG) |
	    when((report->flags & INTEL_SGX_INIT) == 0, INTEL_FINDING_NOT_INIT);
}
