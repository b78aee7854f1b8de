/* SPDX-License-Identifier: Apache-2.0 */
/* Intel TDX on the judging side: quote versions 4 and 5. */
#include "verify/intel_inspect.h"
#include "verify/intel_policy.h"
#include "verify/tee_platforms.h"

#include <string.h>

/* ---- authenticity ---------------------------------------------------------- */

#define ROW(id, ref, clause, explain, run) \
	{ { "tdx." id, ref, clause, explain, STAGE_AUTHENTIC }, run, false },
#define ENDORSED(id, ref, clause, explain, run) \
	{ { "tdx." id, ref, clause, explain, STAGE_AUTHENTIC }, run, true },
#define ENDORSED_TDX ENDORSED
static const struct tee_check checks[] = {
#include "verify/intel_rows.h"
};

static FALLIBLE open_case(struct tee_case *c, struct fault *f)
{
	return intel_case_open(c, true, f);
}

/* ---- measurements ------------------------------------------------------------ */

#define FIELD(name, place)                                       \
	static struct span name##_of(const struct intel_case *k) \
	{                                                        \
		return k->q.td.place;                            \
	}
FIELD(mrconfigid, mrconfigid)
FIELD(mrowner, mrowner)
FIELD(mrownerconfig, mrownerconfig)
FIELD(mrseam, mrseam)
FIELD(mrservicetd, mrservicetd)
FIELD(mrsignerseam, mrsignerseam)
FIELD(mrtd, mrtd)
FIELD(rtmr0, rtmr[0])
FIELD(rtmr1, rtmr[1])
FIELD(rtmr2, rtmr[2])
FIELD(rtmr3, rtmr[3])
#undef FIELD

enum {
	MRCONFIGID,
	MROWNER,
	MROWNERCONFIG,
	MRSEAM,
	MRSERVICETD,
	MRSIGNERSEAM,
	MRTD,
	RTMR0,
	RTMR1,
	RTMR2,
	RTMR3
};

/* Sorted by member: the policy is written in this order. */
static const struct intel_measurement measurement[] = {
	[MRCONFIGID] = { "mrconfigid", "measurements.mrconfigid", 48,
	    mrconfigid_of },
	[MROWNER] = { "mrowner", "measurements.mrowner", 48, mrowner_of },
	[MROWNERCONFIG] = { "mrownerconfig", "measurements.mrownerconfig", 48,
	    mrownerconfig_of },
	[MRSEAM] = { "mrseam", "measurements.mrseam", 48, mrseam_of },
	[MRSERVICETD] = { "mrservicetd", "measurements.mrservicetd", 48,
	    mrservicetd_of },
	[MRSIGNERSEAM] = { "mrsignerseam", "measurements.mrsignerseam", 48,
	    mrsignerseam_of },
	[MRTD] = { "mrtd", "measurements.mrtd", 48, mrtd_of },
	[RTMR0] = { "rtmr0", "measurements.rtmr0", 48, rtmr0_of },
	[RTMR1] = { "rtmr1", "measurements.rtmr1", 48, rtmr1_of },
	[RTMR2] = { "rtmr2", "measurements.rtmr2", 48, rtmr2_of },
	[RTMR3] = { "rtmr3", "measurements.rtmr3", 48, rtmr3_of },
};
static const struct intel_measurements measurements = { measurement,
	COUNT(measurement) };

static struct span field(const struct tee_case *c, const char *name)
{
	for (size_t i = 0; i < COUNT(measurement); i++)
		if (strcmp(measurement[i].member, name) == 0)
			return measurement[i].of(intel_case_of(c));
	return span_of(NULL, 0);
}

/* ---- policy ------------------------------------------------------------------- */

#define FINDING(name, finding)                                \
	static bool name(struct tee_case *c, struct fault *f) \
	{                                                     \
		return intel_policy_finding(c, finding, f);   \
	}
FINDING(policy_debug, INTEL_FINDING_DEBUG)
FINDING(policy_tud, INTEL_FINDING_TUD)
FINDING(policy_reserved, INTEL_FINDING_RESERVED)
FINDING(policy_sept, INTEL_FINDING_NO_SEPT_VE_DISABLE)
FINDING(policy_migratable, INTEL_FINDING_MIGRATABLE)
#undef FINDING

/* A06: "zero, or pinned". */
static bool policy_service_td(struct tee_case *c, struct fault *f)
{
	if (intel_policy_lists(c, "mrservicetd"))
		return intel_policy_measurement(
		    c, &measurement[MRSERVICETD], f);
	return intel_policy_finding(c, INTEL_FINDING_MRSERVICETD, f);
}

#define MEASURED(name, which)                                               \
	static bool name(struct tee_case *c, struct fault *f)               \
	{                                                                   \
		return intel_policy_measurement(c, &measurement[which], f); \
	}
MEASURED(policy_mrtd, MRTD)
MEASURED(policy_rtmr0, RTMR0)
MEASURED(policy_rtmr1, RTMR1)
MEASURED(policy_rtmr2, RTMR2)
MEASURED(policy_rtmr3, RTMR3)
MEASURED(policy_mrconfigid, MRCONFIGID)
MEASURED(policy_mrowner, MROWNER)
MEASURED(policy_mrownerconfig, MROWNERCONFIG)
MEASURED(policy_mrseam, MRSEAM)
MEASURED(policy_mrsignerseam, MRSIGNERSEAM)
MEASURED(policy_mrservicetd, MRSERVICETD)
#undef MEASURED

#define POLICY(id, ref, clause, explain, run, endorsed)                        \
	{                                                                      \
		{ "tdx.policy." id, ref, clause, explain, STAGE_POLICY }, run, \
		    endorsed                                                   \
	}
static const struct tee_check policy_checks[] = {
	POLICY("tcb-status", "L06", "policy: tcbStatus",
	    "The merged TCB status is one that the policy accepts; without a "
	    "word from the policy only UpToDate is. The machine's operator "
	    "has updates to install.",
	    intel_policy_status, false),
	POLICY("advisories", "L07", "policy: advisoryIds",
	    "Every advisory that Intel names for this status is one that the "
	    "policy tolerates.",
	    intel_policy_advisories, true),
	POLICY("evaluation", "L08", "policy: minTcbEvaluationDataNumber",
	    "The collateral is not older than the policy wants: an old set "
	    "can be replayed until it expires.",
	    intel_policy_evaluation, true),
	POLICY("tcb-date", "L08", "policy: minTcbDate",
	    "The TCB levels matched are not older than the policy wants.",
	    intel_policy_date, true),
	POLICY("debug", "A01", "TDATTRIBUTES bit 0",
	    "The TD is not in debug mode: of a debug TD the host can read and "
	    "write everything.",
	    policy_debug, false),
	POLICY("tud", "A02", "TDATTRIBUTES bits 1 to 7",
	    "No other bit of the debug group is set.", policy_tud, false),
	POLICY("reserved", "A03", "TDATTRIBUTES reserved bits",
	    "No reserved bit is set: nobody knows what it would mean.",
	    policy_reserved, false),
	POLICY("sept-ve-disable", "A04", "TDATTRIBUTES bit 28",
	    "SEPT_VE_DISABLE is set: the host cannot inject exceptions on "
	    "memory access.",
	    policy_sept, false),
	POLICY("migratable", "A05", "TDATTRIBUTES bit 29",
	    "The TD cannot be migrated.", policy_migratable, false),
	POLICY("service-td", "A06", "MRSERVICETD",
	    "No service TD can act on this TD, or it is one that the policy "
	    "lists (mrservicetd).",
	    policy_service_td, false),
	POLICY("features", "A11", "TDATTRIBUTES feature bits",
	    "No feature is on that the policy refuses by name.",
	    intel_policy_features, false),
	POLICY("mrtd", "A09", "policy: mrtd",
	    "The initial memory (firmware) is one that the policy lists.",
	    policy_mrtd, false),
	POLICY("rtmr0", "A09", "policy: rtmr0",
	    "The firmware's configuration is one that the policy lists.",
	    policy_rtmr0, false),
	POLICY("rtmr1", "A09", "policy: rtmr1",
	    "Kernel and boot loader are ones that the policy lists.",
	    policy_rtmr1, false),
	POLICY("rtmr2", "A09", "policy: rtmr2",
	    "Initrd, command line and operating system are ones that the "
	    "policy lists.",
	    policy_rtmr2, false),
	POLICY("rtmr3", "A09", "policy: rtmr3",
	    "The application is one that the policy lists.", policy_rtmr3,
	    false),
	POLICY("mrconfigid", "A09", "policy: mrconfigid",
	    "The configuration that the host set is one that the policy "
	    "lists.",
	    policy_mrconfigid, false),
	POLICY("mrowner", "A09", "policy: mrowner",
	    "The owner that the host set is one that the policy lists.",
	    policy_mrowner, false),
	POLICY("mrownerconfig", "A09", "policy: mrownerconfig",
	    "The owner's configuration that the host set is one that the "
	    "policy lists.",
	    policy_mrownerconfig, false),
	POLICY("mrseam", "A09", "policy: mrseam",
	    "The TDX module is one that the policy lists.", policy_mrseam,
	    false),
	POLICY("mrsignerseam", "A09", "policy: mrsignerseam",
	    "The TDX module's signer is one that the policy lists.",
	    policy_mrsignerseam, false),
	POLICY("mrservicetd", "A09", "policy: mrservicetd",
	    "The service TDs bound to this TD are ones that the policy "
	    "lists.",
	    policy_mrservicetd, false),
};

static FALLIBLE policy_form(const struct json_node *object, struct fault *f)
{
	return intel_policy_form(object, &measurements, true, f);
}

/* A register of software that is in use and not in the policy, or NULL. */
static const char *unnamed_code(const struct tee_case *c)
{
	static const int software[] = { RTMR2, RTMR3 };

	for (size_t i = 0; i < COUNT(software); i++) {
		const struct intel_measurement *m = &measurement[software[i]];

		if (!intel_policy_lists(c, m->member) &&
		    !span_is_zero(m->of(intel_case_of(c))))
			return m->member;
	}
	return NULL;
}

/*
 * Firmware alone is not the code: a policy names the TD's code when it lists
 * MRTD and what that firmware starts, RTMR1. The registers above it add to
 * that and cannot stand for it: whatever kernel was started may extend RTMR2
 * and RTMR3 with the very values that another one would have.
 */
static void claim_code(const struct tee_case *c, struct verdict *v)
{
	static const int code[] = { MRTD, RTMR0, RTMR1, RTMR2, RTMR3 };
	const char *unnamed = unnamed_code(c);

	for (size_t i = 0; i < COUNT(code); i++) {
		const struct intel_measurement *m = &measurement[code[i]];

		if (!intel_policy_lists(c, m->member) ||
		    intel_policy_matches(c, m))
			continue;
		verdict_link(v, LINK_CODE, LINK_REFUTED,
		    "%s is not one that the policy lists", m->member);
		return;
	}
	if (!intel_policy_lists(c, "mrtd") || !intel_policy_lists(c, "rtmr1"))
		verdict_link(v, LINK_CODE, LINK_NOT_CHECKED,
		    "the policy does not list mrtd together with rtmr1: the "
		    "registers above say only what some kernel put there");
	else if (unnamed != NULL)
		verdict_link(v, LINK_CODE, LINK_NOT_CHECKED,
		    "the policy does not list %s, and something was measured "
		    "there: another initrd or application would pass too",
		    unnamed);
	else
		verdict_link(v, LINK_CODE, LINK_PROVED,
		    "the measurements that the policy lists are those of the "
		    "quote");
}

static void claim(const struct tee_case *c, struct verdict *v)
{
	intel_policy_claim(c, &measurements, v);
	claim_code(c, v);
}

static FALLIBLE policy_of(
    const struct tee_case *c, struct wr *w, struct fault *f)
{
	return intel_policy_write(c, &measurements, w, f);
}

const struct tee_platform tee_tdx = {
	.id = "tdx",
	.aliases = { "intel-tdx", NULL },
	.help = "Intel TDX, quote versions 4 and 5",
	.open = open_case,
	.close = intel_case_close,
	.checks = checks,
	.n_checks = COUNT(checks),
	.policy_checks = policy_checks,
	.n_policy_checks = COUNT(policy_checks),
	.claim = claim,
	.policy_form = policy_form,
	.inspect = intel_inspect,
	.field = field,
	.policy_of = policy_of,
};
