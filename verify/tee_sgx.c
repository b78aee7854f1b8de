/* SPDX-License-Identifier: Apache-2.0 */
/* Intel SGX on the judging side: quote version 3. */
#include "verify/intel_inspect.h"
#include "verify/intel_policy.h"
#include "verify/tee_platforms.h"

/* ---- authenticity ---------------------------------------------------------- */

#define ROW(id, ref, clause, explain, run) \
	{ { "sgx." id, ref, clause, explain, STAGE_AUTHENTIC }, run, false },
#define ENDORSED(id, ref, clause, explain, run) \
	{ { "sgx." id, ref, clause, explain, STAGE_AUTHENTIC }, run, true },
#define ENDORSED_TDX(id, ref, clause, explain, run)
static const struct tee_check checks[] = {
#include "verify/intel_rows.h"
};

static FALLIBLE open_case(struct tee_case *c, struct fault *f)
{
	return intel_case_open(c, false, f);
}

/* ---- measurements ------------------------------------------------------------ */

static struct span mrenclave_of(const struct intel_case *k)
{
	return k->q.sgx.mrenclave;
}

static struct span mrsigner_of(const struct intel_case *k)
{
	return k->q.sgx.mrsigner;
}

enum { MRENCLAVE, MRSIGNER };

/* Sorted by member: the policy is written in this order. */
static const struct intel_measurement measurement[] = {
	[MRENCLAVE] = { "mrenclave", "measurements.mrenclave", 32,
	    mrenclave_of },
	[MRSIGNER] = { "mrsigner", "measurements.mrsigner", 32, mrsigner_of },
};
static const struct intel_measurements measurements = { measurement,
	COUNT(measurement) };

/* ---- policy ------------------------------------------------------------------- */

static bool policy_debug(struct tee_case *c, struct fault *f)
{
	return intel_policy_finding(c, INTEL_FINDING_DEBUG, f);
}

static bool policy_init(struct tee_case *c, struct fault *f)
{
	return intel_policy_finding(c, INTEL_FINDING_NOT_INIT, f);
}

static bool policy_mrenclave(struct tee_case *c, struct fault *f)
{
	return intel_policy_measurement(c, &measurement[MRENCLAVE], f);
}

static bool policy_mrsigner(struct tee_case *c, struct fault *f)
{
	return intel_policy_measurement(c, &measurement[MRSIGNER], f);
}

/* The form was checked when the policy was read. */
static bool lists_product(const struct tee_case *c)
{
	const struct json_node *list =
	    json_find(intel_policy_of(c), "isvprodid");
	uint64_t n;

	for (const struct json_node *e = json_first(list); e != NULL;
	     e = json_next(e))
		if (json_u64(e, UINT16_MAX, &n, "policy.isvprodid", NULL) &&
		    n == intel_case_of(c)->q.sgx.isv_prod_id)
			return true;
	return false;
}

static bool policy_isvprodid(struct tee_case *c, struct fault *f)
{
	if (!intel_policy_lists(c, "isvprodid"))
		return tee_skip(f, "the policy does not mention it");
	if (!lists_product(c))
		return fault_raise(f, FAULT_POLICY, "policy.isvprodid",
		    "product %u is not one that the policy lists",
		    intel_case_of(c)->q.sgx.isv_prod_id);
	return true;
}

static bool policy_isvsvn(struct tee_case *c, struct fault *f)
{
	const struct json_node *v = json_find(intel_policy_of(c), "minIsvSvn");
	unsigned have = intel_case_of(c)->q.sgx.isv_svn;
	uint64_t want;

	if (v == NULL)
		return tee_skip(f, "the policy does not mention it");
	TRY(json_u64(v, UINT16_MAX, &want, "policy.minIsvSvn", f));
	if (have < want)
		return fault_raise(f, FAULT_POLICY, "policy.minIsvSvn",
		    "the enclave's version is %u, at least %llu is wanted",
		    have, (unsigned long long)want);
	return true;
}

#define POLICY(id, ref, clause, explain, run, endorsed)                        \
	{                                                                      \
		{ "sgx.policy." id, ref, clause, explain, STAGE_POLICY }, run, \
		    endorsed                                                   \
	}
static const struct tee_check policy_checks[] = {
	POLICY("tcb-status", "L06", "policy: tcbStatus",
	    "The merged TCB status is one that the policy accepts; without a "
	    "word from the policy only UpToDate is.",
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
	POLICY("debug", "A07", "ATTRIBUTES bit 1",
	    "The enclave is not a debug enclave: of one the host can read and "
	    "write everything.",
	    policy_debug, false),
	POLICY("init", "A08", "ATTRIBUTES bit 0", "The enclave is initialised.",
	    policy_init, false),
	POLICY("mrenclave", "A09", "policy: mrenclave",
	    "The enclave's code is one that the policy lists.",
	    policy_mrenclave, false),
	POLICY("mrsigner", "A09", "policy: mrsigner",
	    "The enclave's signer is one that the policy lists.",
	    policy_mrsigner, false),
	POLICY("isvprodid", "A09", "policy: isvprodid",
	    "The signer's product number is one that the policy lists.",
	    policy_isvprodid, false),
	POLICY("isvsvn", "A09", "policy: minIsvSvn",
	    "The enclave's version is not below the policy's least.",
	    policy_isvsvn, false),
};

static FALLIBLE policy_form(const struct json_node *object, struct fault *f)
{
	return intel_policy_form(object, &measurements, false, f);
}

/* The code is named by MRENCLAVE, or by a signer and its product. */
static void claim_code(const struct tee_case *c, struct verdict *v)
{
	bool exact = intel_policy_lists(c, "mrenclave");
	bool signer = intel_policy_lists(c, "mrsigner");
	bool product = intel_policy_lists(c, "isvprodid");

	if ((exact && !intel_policy_matches(c, &measurement[MRENCLAVE])) ||
	    (signer && !intel_policy_matches(c, &measurement[MRSIGNER])) ||
	    (product && !lists_product(c)))
		verdict_link(v, LINK_CODE, LINK_REFUTED,
		    "the enclave is not one that the policy lists");
	else if (exact || (signer && product))
		verdict_link(v, LINK_CODE, LINK_PROVED,
		    "the enclave is one that the policy lists");
	else
		verdict_link(v, LINK_CODE, LINK_NOT_CHECKED,
		    "the policy lists neither mrenclave nor mrsigner with "
		    "isvprodid");
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

const struct tee_platform tee_sgx = {
	.id = "sgx",
	.aliases = { "intel-sgx", NULL },
	.help = "Intel SGX, quote version 3",
	.open = open_case,
	.close = intel_case_close,
	.checks = checks,
	.n_checks = COUNT(checks),
	.policy_checks = policy_checks,
	.n_policy_checks = COUNT(policy_checks),
	.claim = claim,
	.policy_form = policy_form,
	.inspect = intel_inspect,
	.policy_of = policy_of,
};
