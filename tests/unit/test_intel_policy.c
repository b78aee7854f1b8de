/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy of an Intel platform: every row by itself, on evidence that is
 * authentic.
 */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/base/text.h"
#include "verify/intel_policy.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>

static struct sim_keys keys;

enum answer { ACCEPTS, REFUSES, NOT_ASKED };

static struct policy read_policy(bool is_tdx, const char *object)
{
	char text[4096];
	struct policy p = { 0 };
	struct fault f = FAULT_INIT;

	snprintf(text, sizeof(text),
	    "{\"type\":\"affiant.policy.v1\",\"%s\":%s}",
	    is_tdx ? "tdx" : "sgx", object);
	assert_ok(policy_parse(span_text(text), &p, &f), f);
	return p;
}

/* An opened case of which every check passed. */
static void open_case(struct tee_case *c, const struct intel_world *w,
    const struct collateral *parts)
{
	const struct tee_platform *p = w->is_tdx ? &tee_tdx : &tee_sgx;
	struct fault f = FAULT_INIT;

	assert_ok(p->open(c, &f), f);
	intel_case_use(c, parts);
	for (size_t i = 0; i < p->n_checks; i++)
		assert_ok(p->checks[i].run(c, &f), f);
}

static struct collateral parts_of(const struct intel_world *w)
{
	return (struct collateral){
		.pck_crl = blob_span(&w->file[INTEL_PCK_CRL]),
		.qe_identity = blob_span(&w->file[INTEL_QE_IDENTITY]),
		.qe_identity_issuer_chain = blob_span(&w->file[INTEL_QE_CHAIN]),
		.root_ca_crl = blob_span(&w->file[INTEL_ROOT_CRL]),
		.tcb_info = blob_span(&w->file[INTEL_TCB_INFO]),
		.tcb_info_issuer_chain = blob_span(&w->file[INTEL_TCB_CHAIN]),
	};
}

/* What one row says under a policy ("" for none at all). */
static enum answer ask(
    const struct intel_world *w, const char *object, const char *id)
{
	const struct tee_platform *p = w->is_tdx ? &tee_tdx : &tee_sgx;
	AUTO(policy_drop) struct policy policy = { 0 };
	struct collateral parts = parts_of(w);
	struct verify_options opt = { .at = w->at,
		.trust_root = blob_span(&w->root) };
	struct tee_case c = { .quote = blob_span(&w->file[INTEL_QUOTE]),
		.opt = &opt };
	struct fault f = FAULT_INIT;
	enum answer out = NOT_ASKED;
	bool found = false;

	if (object[0] != '\0') {
		policy = read_policy(w->is_tdx, object);
		opt.policy = &policy;
	}
	open_case(&c, w, &parts);
	for (size_t i = 0; i < p->n_policy_checks; i++) {
		if (strcmp(p->policy_checks[i].info.id, id) != 0)
			continue;
		found = true;
		if (p->policy_checks[i].run(&c, &f))
			out = ACCEPTS;
		else
			out = f.kind == FAULT_NONE ? NOT_ASKED : REFUSES;
		if (out == REFUSES)
			assert_int_equal(f.kind, FAULT_POLICY);
	}
	assert_true(found);
	p->close(&c);
	return out;
}

static struct intel_world minted(void (*make)(struct sim_recipe *))
{
	struct sim_recipe r;

	sim_recipe_init(&r, sim_world_now);
	if (make != NULL)
		make(&r);
	return sim_world_mint(&keys, &r);
}

/* ---- status -------------------------------------------------------------------- */

/* The second level of the simulator's TCB info: OutOfDate, one advisory. */
static void out_of_date(struct sim_recipe *r)
{
	r->sgx.pcesvn = 11;
}

static void status__is_up_to_date_unless_the_policy_says_more(void **state)
{
	static const char id[] = "tdx.policy.tcb-status";
	AUTO(intel_world_drop) struct intel_world good = minted(NULL);
	AUTO(intel_world_drop) struct intel_world old = minted(out_of_date);

	(void)state;
	assert_int_equal(ask(&good, "", id), ACCEPTS);
	assert_int_equal(ask(&old, "", id), REFUSES);
	assert_int_equal(ask(&old, "{}", id), REFUSES);
	assert_int_equal(
	    ask(&old, "{\"tcbStatus\":[\"OutOfDate\"]}", id), ACCEPTS);
	assert_int_equal(
	    ask(&good, "{\"tcbStatus\":[\"OutOfDate\"]}", id), REFUSES);
	assert_int_equal(ask(&good, "{\"tcbStatus\":[]}", id), REFUSES);
}

static void advisories__are_weighed_as_soon_as_more_is_tolerated(void **state)
{
	static const char id[] = "tdx.policy.advisories";
	AUTO(intel_world_drop) struct intel_world good = minted(NULL);
	AUTO(intel_world_drop) struct intel_world old = minted(out_of_date);

	(void)state;
	assert_int_equal(ask(&old, "", id), NOT_ASKED);
	assert_int_equal(
	    ask(&old, "{\"tcbStatus\":[\"UpToDate\"]}", id), NOT_ASKED);
	assert_int_equal(
	    ask(&old, "{\"tcbStatus\":[\"OutOfDate\"]}", id), REFUSES);
	assert_int_equal(
	    ask(&old, "{\"tcbStatus\":[\"OutOfDate\"],\"advisoryIds\":[]}", id),
	    REFUSES);
	assert_int_equal(ask(&old, "{\"advisoryIds\":[\"X\"]}", id), REFUSES);
	assert_int_equal(
	    ask(&old, "{\"advisoryIds\":[\"X\",\"SIMULATED-SA-00001\"]}", id),
	    ACCEPTS);
	assert_int_equal(ask(&good, "{\"advisoryIds\":[]}", id), ACCEPTS);
}

static void evaluation__number_must_reach_the_least(void **state)
{
	static const char id[] = "tdx.policy.evaluation";
	AUTO(intel_world_drop) struct intel_world w = minted(NULL);

	(void)state;
	assert_int_equal(ask(&w, "{}", id), NOT_ASKED);
	assert_int_equal(
	    ask(&w, "{\"minTcbEvaluationDataNumber\":18}", id), ACCEPTS);
	assert_int_equal(
	    ask(&w, "{\"minTcbEvaluationDataNumber\":19}", id), REFUSES);
}

static void tcb_date__is_the_smallest_of_all_levels(void **state)
{
	static const char id[] = "tdx.policy.tcb-date";
	AUTO(intel_world_drop) struct intel_world good = minted(NULL);
	AUTO(intel_world_drop) struct intel_world old = minted(out_of_date);

	(void)state;
	assert_int_equal(ask(&good, "{}", id), NOT_ASKED);
	assert_int_equal(
	    ask(&good, "{\"minTcbDate\":\"2025-05-14T00:00:00Z\"}", id),
	    ACCEPTS);
	assert_int_equal(
	    ask(&good, "{\"minTcbDate\":\"2025-05-14T00:00:01Z\"}", id),
	    REFUSES);
	assert_int_equal(
	    ask(&old, "{\"minTcbDate\":\"2025-05-14T00:00:00Z\"}", id),
	    REFUSES);
}

/* ---- attributes ------------------------------------------------------------------ */

static void debug(struct sim_recipe *r)
{
	r->quote.td_attributes |= 1;
}

static void profiled(struct sim_recipe *r)
{
	r->quote.td_attributes |= 1u << 4;
}

static void reserved(struct sim_recipe *r)
{
	r->quote.td_attributes |= UINT64_C(1) << 40;
}

static void no_sept(struct sim_recipe *r)
{
	r->quote.td_attributes = 0;
}

static void migratable(struct sim_recipe *r)
{
	r->quote.td_attributes |= UINT64_C(1) << 29;
}

static void attributes__are_refused_unless_allowed_by_name(void **state)
{
	static const struct {
		void (*make)(struct sim_recipe *);
		const char *id, *word;
	} cases[] = {
		{ debug, "tdx.policy.debug", "debug" },
		{ profiled, "tdx.policy.tud", "tud" },
		{ reserved, "tdx.policy.reserved", "reserved" },
		{ no_sept, "tdx.policy.sept-ve-disable", "no-sept-ve-disable" },
		{ migratable, "tdx.policy.migratable", "migratable" },
	};
	AUTO(intel_world_drop) struct intel_world good = minted(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(intel_world_drop)
		struct intel_world w = minted(cases[i].make);
		char allow[80];

		snprintf(allow, sizeof(allow), "{\"allowAttributes\":[\"%s\"]}",
		    cases[i].word);
		assert_int_equal(ask(&good, "", cases[i].id), ACCEPTS);
		assert_int_equal(ask(&w, "", cases[i].id), REFUSES);
		assert_int_equal(
		    ask(&w, "{\"allowAttributes\":[]}", cases[i].id), REFUSES);
		assert_int_equal(ask(&w, allow, cases[i].id), ACCEPTS);
		/* Each row sees its own bit only. */
		for (size_t j = 0; j < COUNT(cases); j++)
			if (j != i)
				assert_int_equal(
				    ask(&w, "", cases[j].id), ACCEPTS);
	}
}

static void features(struct sim_recipe *r)
{
	r->quote.td_attributes |= UINT64_C(1) << 30;
}

static void features__are_refused_only_by_name(void **state)
{
	static const char id[] = "tdx.policy.features";
	AUTO(intel_world_drop) struct intel_world w = minted(features);

	(void)state;
	assert_int_equal(ask(&w, "", id), NOT_ASKED);
	assert_int_equal(
	    ask(&w, "{\"refuseAttributes\":[\"kl\"]}", id), ACCEPTS);
	assert_int_equal(
	    ask(&w, "{\"refuseAttributes\":[\"kl\",\"pks\"]}", id), REFUSES);
}

static void service_td__must_be_none_or_pinned(void **state)
{
	static const char id[] = "tdx.policy.service-td";
	static const char listed[] = "tdx.policy.mrservicetd";
	static const uint8_t svn2[16] = { 6, 1, 3 }, none[48];
	static const uint8_t bound[48] = { 0xab };
	AUTO(intel_world_drop) struct intel_world w10 = minted(NULL);
	AUTO(intel_world_drop) struct intel_world free = minted(NULL);
	AUTO(intel_world_drop) struct intel_world w = minted(NULL);
	char policy[160];

	(void)state;
	sim_world_make_15(&free, &keys, svn2, none);
	sim_world_make_15(&w, &keys, svn2, bound);
	snprintf(policy, sizeof(policy), "{\"mrservicetd\":[\"ab%094d\"]}", 0);
	assert_int_equal(ask(&w10, "", id), ACCEPTS);
	assert_int_equal(ask(&free, "", id), ACCEPTS);
	assert_int_equal(ask(&w, "", id), REFUSES);
	assert_int_equal(ask(&w, "{\"mrservicetd\":[]}", id), REFUSES);
	assert_int_equal(ask(&w, policy, id), ACCEPTS);
	assert_int_equal(ask(&w, policy, listed), ACCEPTS);
	assert_int_equal(ask(&free, policy, id), REFUSES);
	assert_int_equal(
	    ask(&w, "{\"allowAttributes\":[\"mrservicetd\"]}", id), ACCEPTS);
	/* A TD 1.0 report says nothing of service TDs: it cannot match. */
	assert_int_equal(ask(&w10, policy, listed), REFUSES);
}

/* ---- measurements ------------------------------------------------------------------ */

static void measurements__must_stand_in_the_lists_that_are_there(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* in the quote */
	} fields[] = {
		{ "mrseam", 64 },
		{ "mrsignerseam", 112 },
		{ "mrtd", 184 },
		{ "mrconfigid", 232 },
		{ "mrowner", 280 },
		{ "mrownerconfig", 328 },
		{ "rtmr0", 376 },
		{ "rtmr1", 424 },
		{ "rtmr2", 472 },
		{ "rtmr3", 520 },
	};
	AUTO(intel_world_drop) struct intel_world w = minted(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		char id[40], hex[HEX_SIZE(48)], policy[400];

		snprintf(id, sizeof(id), "tdx.policy.%s", fields[i].name);
		hex_encode(
		    span_of(w.file[INTEL_QUOTE].p + fields[i].at, 48), hex);
		assert_int_equal(ask(&w, "{}", id), NOT_ASKED);
		snprintf(policy, sizeof(policy), "{\"%s\":[]}", fields[i].name);
		assert_int_equal(ask(&w, policy, id), REFUSES);
		snprintf(policy, sizeof(policy), "{\"%s\":[\"%s\"]}",
		    fields[i].name, hex);
		assert_int_equal(ask(&w, policy, id), ACCEPTS);
		hex[95] = hex[95] == '0' ? '1' : '0';
		snprintf(policy, sizeof(policy), "{\"%s\":[\"%s\"]}",
		    fields[i].name, hex);
		assert_int_equal(ask(&w, policy, id), REFUSES);
	}
}

/* ---- the link of the code, and the policy that would be satisfied -------------------- */

static enum link_state code_link(
    const struct intel_world *w, const char *object)
{
	AUTO(policy_drop) struct policy policy = read_policy(w->is_tdx, object);
	struct intel_outcome o;
	enum link_state out;

	intel_world_judge(w, &policy, &o);
	assert_true(o.authentic);
	out = o.verdict.links[LINK_CODE].state;
	intel_outcome_drop(&o);
	return out;
}

static struct blob suggested(const struct intel_world *w)
{
	struct collateral parts = parts_of(w);
	struct verify_options opt = { .at = w->at };
	struct tee_case c = { .quote = blob_span(&w->file[INTEL_QUOTE]),
		.opt = &opt };
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(65536, "test", &f);
	struct blob b = { 0 };

	open_case(&c, w, &parts);
	assert_ok(tee_tdx.policy_of(&c, &out, &f), f);
	assert_ok(wr_done(&out, &b), f);
	tee_tdx.close(&c);
	return b;
}

static void code__is_proved_by_firmware_and_all_that_it_starts(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = minted(NULL);
	char mrtd[HEX_SIZE(48)], kernel[HEX_SIZE(48)], system[HEX_SIZE(48)];
	char rtmr[HEX_SIZE(48)], policy[600];

	(void)state;
	hex_encode(span_of(w.file[INTEL_QUOTE].p + 184, 48), mrtd);
	hex_encode(span_of(w.file[INTEL_QUOTE].p + 424, 48), kernel);
	hex_encode(span_of(w.file[INTEL_QUOTE].p + 472, 48), system);
	hex_encode(span_of(w.file[INTEL_QUOTE].p + 520, 48), rtmr);
	assert_int_equal(code_link(&w, "{}"), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy), "{\"mrtd\":[\"%s\"]}", mrtd);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy), "{\"rtmr3\":[\"%s\"]}", rtmr);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	/* Another kernel can extend these two with the same values. */
	snprintf(policy, sizeof(policy),
	    "{\"mrtd\":[\"%s\"],\"rtmr2\":[\"%s\"],\"rtmr3\":[\"%s\"]}", mrtd,
	    system, rtmr);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy), "{\"rtmr1\":[\"%s\"]}", kernel);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy),
	    "{\"mrtd\":[\"%s\"],\"rtmr1\":[\"%s\"]}", mrtd, kernel);
	/* Another initrd, and another application, would pass too. */
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy),
	    "{\"mrtd\":[\"%s\"],\"rtmr1\":[\"%s\"],\"rtmr2\":[\"%s\"]}", mrtd,
	    kernel, system);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy),
	    "{\"mrtd\":[\"%s\"],\"rtmr1\":[\"%s\"],\"rtmr2\":[\"%s\"],"
	    "\"rtmr3\":[\"%s\"]}",
	    mrtd, kernel, system, rtmr);
	assert_int_equal(code_link(&w, policy), LINK_PROVED);
	snprintf(policy, sizeof(policy),
	    "{\"mrtd\":[\"%s\"],\"rtmr3\":[\"%s\"],\"rtmr1\":[]}", mrtd, rtmr);
	assert_int_equal(code_link(&w, policy), LINK_REFUTED);
}

static void suggestion__is_canonical_and_satisfied_by_its_evidence(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = minted(out_of_date);
	AUTO(blob_drop) struct blob object = suggested(&w);

	(void)state;
	assert_int_equal(code_link(&w, (const char *)object.p), LINK_PROVED);
	for (size_t i = 0; i < tee_tdx.n_policy_checks; i++)
		assert_int_not_equal(ask(&w, (const char *)object.p,
					 tee_tdx.policy_checks[i].info.id),
		    REFUSES);
}

/* ---- SGX, from the synthetic world of the vectors -------------------------------------- */

static struct intel_world sgx_world(const char *name)
{
	struct intel_world w = { .at = sim_world_now };
	char dir[80];

	snprintf(dir, sizeof(dir), "synthetic/%s", name);
	intel_world_load_set(&w, "synthetic/base-sgx");
	intel_world_load(&w, INTEL_QUOTE, dir, "quote.bin");
	w.root = vectors_file("intel/synthetic/root_ca.der");
	return w;
}

static void sgx__debug_and_uninitialised_enclaves_are_refused(void **state)
{
	(void)state;
	if (!vectors_present())
		skip();
	AUTO(intel_world_drop) struct intel_world good = sgx_world("ok-sgx-v3");
	AUTO(intel_world_drop)
	struct intel_world bugged = sgx_world("attr-sgx-debug");
	AUTO(intel_world_drop)
	struct intel_world raw = sgx_world("attr-sgx-not-init");

	assert_int_equal(ask(&good, "", "sgx.policy.debug"), ACCEPTS);
	assert_int_equal(ask(&good, "", "sgx.policy.init"), ACCEPTS);
	assert_int_equal(ask(&bugged, "", "sgx.policy.debug"), REFUSES);
	assert_int_equal(ask(&bugged, "", "sgx.policy.init"), ACCEPTS);
	assert_int_equal(ask(&raw, "", "sgx.policy.init"), REFUSES);
	assert_int_equal(ask(&bugged, "{\"allowAttributes\":[\"debug\"]}",
			     "sgx.policy.debug"),
	    ACCEPTS);
	assert_int_equal(ask(&raw, "{\"allowAttributes\":[\"not-init\"]}",
			     "sgx.policy.init"),
	    ACCEPTS);
	assert_int_equal(ask(&good, "", "sgx.policy.tcb-status"), ACCEPTS);
}

static void sgx__enclave_signer_product_and_version_are_held_to_the_policy(
    void **state)
{
	char hex[HEX_SIZE(32)], policy[200];

	(void)state;
	if (!vectors_present())
		skip();
	AUTO(intel_world_drop) struct intel_world w = sgx_world("ok-sgx-v3");
	const uint8_t *body = w.file[INTEL_QUOTE].p + 48;
	unsigned product = body[256] | (unsigned)body[257] << 8;
	unsigned svn = body[258] | (unsigned)body[259] << 8;

	assert_int_equal(ask(&w, "{}", "sgx.policy.mrenclave"), NOT_ASKED);
	assert_int_equal(
	    ask(&w, "{\"mrenclave\":[]}", "sgx.policy.mrenclave"), REFUSES);
	hex_encode(span_of(body + 64, 32), hex);
	snprintf(policy, sizeof(policy), "{\"mrenclave\":[\"%s\"]}", hex);
	assert_int_equal(ask(&w, policy, "sgx.policy.mrenclave"), ACCEPTS);
	assert_int_equal(code_link(&w, policy), LINK_PROVED);
	hex_encode(span_of(body + 128, 32), hex);
	snprintf(policy, sizeof(policy), "{\"mrsigner\":[\"%s\"]}", hex);
	assert_int_equal(ask(&w, policy, "sgx.policy.mrsigner"), ACCEPTS);
	assert_int_equal(code_link(&w, policy), LINK_NOT_CHECKED);
	snprintf(policy, sizeof(policy),
	    "{\"mrsigner\":[\"%s\"],\"isvprodid\":[%u]}", hex, product);
	assert_int_equal(ask(&w, policy, "sgx.policy.isvprodid"), ACCEPTS);
	assert_int_equal(code_link(&w, policy), LINK_PROVED);
	snprintf(policy, sizeof(policy), "{\"isvprodid\":[%u]}", product + 1);
	assert_int_equal(ask(&w, policy, "sgx.policy.isvprodid"), REFUSES);
	assert_int_equal(code_link(&w, policy), LINK_REFUTED);
	snprintf(policy, sizeof(policy), "{\"minIsvSvn\":%u}", svn);
	assert_int_equal(ask(&w, policy, "sgx.policy.isvsvn"), ACCEPTS);
	snprintf(policy, sizeof(policy), "{\"minIsvSvn\":%u}", svn + 1);
	assert_int_equal(ask(&w, policy, "sgx.policy.isvsvn"), REFUSES);
}

/* ---- form ------------------------------------------------------------------------------ */

static void form__refuses_what_could_never_match(void **state)
{
	static const char *const bad[] = {
		"{\"mrt\":[]}",
		"{\"mrenclave\":[]}",
		"{\"isvprodid\":[1]}",
		"{\"mrtd\":\"00\"}",
		"{\"mrtd\":[\"00\"]}",
		"{\"mrtd\":[1]}",
		"{\"tcbStatus\":\"UpToDate\"}",
		"{\"tcbStatus\":[\"uptodate\"]}",
		"{\"tcbStatus\":[1]}",
		"{\"advisoryIds\":{}}",
		"{\"minTcbDate\":\"2025-05-14\"}",
		"{\"minTcbDate\":1}",
		"{\"minTcbEvaluationDataNumber\":-1}",
		"{\"minTcbEvaluationDataNumber\":\"1\"}",
		"{\"allowAttributes\":[\"pks\"]}",
		"{\"allowAttributes\":[\"not-init\"]}",
		"{\"refuseAttributes\":[\"debug\"]}",
		"{\"refuseAttributes\":[\"x\"]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[256];
		struct policy p = { 0 };
		struct fault f = FAULT_INIT;

		snprintf(text, sizeof(text),
		    "{\"type\":\"affiant.policy.v1\",\"tdx\":%s}", bad[i]);
		assert_refused(policy_parse(span_text(text), &p, &f), f,
		    FAULT_FORMAT, "policy.intel");
	}
}

static int make_keys(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	return sim_pki_make_keys(&keys, &f) ? 0 : -1;
}

static int drop_keys(void **state)
{
	(void)state;
	sim_pki_drop_keys(&keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    status__is_up_to_date_unless_the_policy_says_more),
		cmocka_unit_test(
		    advisories__are_weighed_as_soon_as_more_is_tolerated),
		cmocka_unit_test(evaluation__number_must_reach_the_least),
		cmocka_unit_test(tcb_date__is_the_smallest_of_all_levels),
		cmocka_unit_test(
		    attributes__are_refused_unless_allowed_by_name),
		cmocka_unit_test(features__are_refused_only_by_name),
		cmocka_unit_test(service_td__must_be_none_or_pinned),
		cmocka_unit_test(
		    measurements__must_stand_in_the_lists_that_are_there),
		cmocka_unit_test(
		    code__is_proved_by_firmware_and_all_that_it_starts),
		cmocka_unit_test(
		    suggestion__is_canonical_and_satisfied_by_its_evidence),
		cmocka_unit_test(
		    sgx__debug_and_uninitialised_enclaves_are_refused),
		cmocka_unit_test(
		    sgx__enclave_signer_product_and_version_are_held_to_the_policy),
		cmocka_unit_test(form__refuses_what_could_never_match),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
