/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/intel_world.h"

#include "tests/unit/check.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>

const char *const intel_file_names[INTEL_FILES] = {
	[INTEL_QUOTE] = "quote.bin",
	[INTEL_TCB_INFO] = "tcb_info.json",
	[INTEL_QE_IDENTITY] = "qe_identity.json",
	[INTEL_PCK_CRL] = "pck_crl.der",
	[INTEL_ROOT_CRL] = "root_ca_crl.der",
	[INTEL_PCK_CRL_CHAIN] = "pck_crl_issuer_chain.pem",
	[INTEL_TCB_CHAIN] = "tcb_info_issuer_chain.pem",
	[INTEL_QE_CHAIN] = "qe_identity_issuer_chain.pem",
	[INTEL_PCK_CHAIN] = "pck_chain.pem",
};

void intel_world_drop(struct intel_world *w)
{
	for (size_t i = 0; i < INTEL_FILES; i++)
		blob_drop(&w->file[i]);
	blob_drop(&w->root);
}

enum intel_file intel_world_index(const char *name)
{
	if (strcmp(name, "quote") == 0)
		return INTEL_QUOTE;
	for (size_t i = 0; i < INTEL_FILES; i++)
		if (strcmp(name, intel_file_names[i]) == 0)
			return (enum intel_file)i;
	fail_msg("no file is named %s", name);
	return INTEL_FILES;
}

struct blob intel_world_copy(struct span s)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };

	assert_ok(blob_copy(s, &out, &f), f);
	return out;
}

void intel_world_load(struct intel_world *w, enum intel_file which,
    const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "intel/%s/%s", dir, name);
	blob_drop(&w->file[which]);
	w->file[which] = vectors_file(path);
}

void intel_world_load_set(struct intel_world *w, const char *dir)
{
	char path[256];

	for (size_t i = INTEL_TCB_INFO; i <= INTEL_QE_CHAIN; i++)
		intel_world_load(
		    w, (enum intel_file)i, dir, intel_file_names[i]);
	snprintf(path, sizeof(path), "intel/%s/pck_chain.pem", dir);
	if (vectors_has(path))
		intel_world_load(w, INTEL_PCK_CHAIN, dir, "pck_chain.pem");
	snprintf(path, sizeof(path), "intel/%s/root_ca.der", dir);
	if (vectors_has(path)) {
		blob_drop(&w->root);
		w->root = vectors_file(path);
	}
}

void intel_outcome_drop(struct intel_outcome *o)
{
	verdict_drop(&o->verdict);
}

static struct span part(const struct intel_world *w, enum intel_file i)
{
	return blob_span(&w->file[i]);
}

static bool walk(
    struct tee_case *c, const struct tee_platform *p, struct intel_outcome *out)
{
	for (size_t i = 0; i < p->n_checks; i++) {
		out->info = p->checks[i].info;
		out->fault = FAULT_INIT;
		if (!p->checks[i].run(c, &out->fault)) {
			assert_int_not_equal(out->fault.kind, FAULT_NONE);
			assert_non_null(out->fault.at);
			return false;
		}
		assert_int_equal(out->fault.kind, FAULT_NONE);
	}
	return true;
}

void intel_world_judge(const struct intel_world *w, const struct policy *policy,
    struct intel_outcome *out)
{
	const struct tee_platform *p = w->is_tdx ? &tee_tdx : &tee_sgx;
	const struct verify_options opt = {
		.at = w->at,
		.policy = policy,
		.trust_root = blob_span(&w->root),
	};
	const struct collateral parts = {
		.pck_chain = part(w, INTEL_PCK_CHAIN),
		.pck_crl = part(w, INTEL_PCK_CRL),
		.pck_crl_issuer_chain = part(w, INTEL_PCK_CRL_CHAIN),
		.qe_identity = part(w, INTEL_QE_IDENTITY),
		.qe_identity_issuer_chain = part(w, INTEL_QE_CHAIN),
		.root_ca_crl = part(w, INTEL_ROOT_CRL),
		.tcb_info = part(w, INTEL_TCB_INFO),
		.tcb_info_issuer_chain = part(w, INTEL_TCB_CHAIN),
	};
	struct tee_case c = { .quote = part(w, INTEL_QUOTE), .opt = &opt };
	struct fault f = FAULT_INIT;

	memset(out, 0, sizeof(*out));
	assert_ok(p->open(&c, &f), f);
	intel_case_use(&c, &parts);
	out->authentic = walk(&c, p, out);
	out->simulated = c.simulated;
	if (out->authentic)
		p->claim(&c, &out->verdict);
	p->close(&c);
}

const char *intel_outcome_claim(const struct intel_outcome *o, const char *name)
{
	for (size_t i = 0; i < o->verdict.n_claims; i++)
		if (strcmp(o->verdict.claims[i].name, name) == 0)
			return o->verdict.claims[i].value;
	return NULL;
}
