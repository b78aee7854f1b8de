/* SPDX-License-Identifier: Apache-2.0 */
/* Q01 to Q11: the layout, and which chain and root it is to be judged with. */
#include "verify/base/limits.h"
#include "verify/intel_case.h"

bool intel_check_quote_length(struct tee_case *c, struct fault *f)
{
	return intel_quote_length(&intel_case_of(c)->q, f);
}

bool intel_check_quote_version(struct tee_case *c, struct fault *f)
{
	return intel_quote_version(&intel_case_of(c)->q, f);
}

bool intel_check_quote_key(struct tee_case *c, struct fault *f)
{
	return intel_quote_key(&intel_case_of(c)->q, f);
}

bool intel_check_quote_tee(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	TRY(intel_quote_tee(&k->q, f));
	if ((k->q.tee == INTEL_TEE_TDX) != k->is_tdx)
		return fault_raise_at(f, FAULT_FORMAT, "intel.quote.tee", 4,
		    "this is a quote of %s, judged as one of %s",
		    k->is_tdx ? "SGX" : "TDX", k->is_tdx ? "TDX" : "SGX");
	return true;
}

bool intel_check_quote_vendor(struct tee_case *c, struct fault *f)
{
	return intel_quote_vendor(&intel_case_of(c)->q, f);
}

bool intel_check_quote_body(struct tee_case *c, struct fault *f)
{
	return intel_quote_body(&intel_case_of(c)->q, f);
}

bool intel_check_quote_auth(struct tee_case *c, struct fault *f)
{
	return intel_quote_auth(&intel_case_of(c)->q, f);
}

bool intel_check_quote_tail(struct tee_case *c, struct fault *f)
{
	return intel_quote_tail(&intel_case_of(c)->q, f);
}

bool intel_check_quote_auth_size(struct tee_case *c, struct fault *f)
{
	return intel_quote_auth_size(&intel_case_of(c)->q, f);
}

bool intel_check_quote_wrapper(struct tee_case *c, struct fault *f)
{
	return intel_quote_wrapper(&intel_case_of(c)->q, f);
}

bool intel_check_quote_parts(struct tee_case *c, struct fault *f)
{
	return intel_quote_parts(&intel_case_of(c)->q, f);
}

/*
 * The bundle is read here once, because the chain may be in it and a
 * simulator's root can only be seen at a chain's end. Its absence is a
 * failure of intel_check_quote_collateral, which comes next.
 */
static FALLIBLE open_bundle(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	if (k->known->has_collateral || c->collateral.n == 0)
		return true;
	TRY(collateral_decode(
	    c->collateral, &k->known->col, &k->known->doc, f));
	k->known->has_collateral = true;
	return true;
}

/* "If the bundle has a chain and the quote is of type 5, use the quote's." */
static FALLIBLE choose_chain(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);
	struct intel_known *n = k->known;

	if (k->q.cert_type == INTEL_CERT_PCK_CHAIN)
		n->pck_text = k->q.cert_data;
	else
		n->pck_text = c->opt->pck_chain;
	/* Without a chain by now the bundle must have it. */
	if (n->pck_text.n > 0 && intel_case_recall(c))
		return true;
	TRY(open_bundle(c, f));
	if (n->pck_text.n == 0)
		n->pck_text = n->col.pck_chain;
	if (n->pck_text.n == 0)
		return fault_raise(f, FAULT_FORMAT, "intel.quote.certification",
		    "the quote does not carry its certificate chain (type %u) "
		    "and none was given",
		    k->q.cert_type);
	return true;
}

/*
 * A chain that ends in a simulator's root is judged under that root, as
 * simulated, also when the caller named that root himself: trusting it makes
 * no hardware of it. Any other root stays what it is: P02 compares.
 */
static void choose_root(struct tee_case *c)
{
	struct intel_case *k = intel_case_of(c);
	struct intel_root other;
	struct span last;

	if (k->known->pck_pem.n == 0)
		return;
	last = blob_span(&k->known->pck_pem.der[k->known->pck_pem.n - 1]);
	if (span_equal(last, k->known->root.der)) {
		c->simulated = k->known->root.is_simulator;
		return;
	}
	if (c->root_replaced || !intel_root_simulated(last, &other))
		return;
	intel_root_drop(&k->known->root);
	k->known->root = other;
	c->simulated = true;
}

bool intel_check_quote_certification(struct tee_case *c, struct fault *f)
{
	struct intel_case *k = intel_case_of(c);

	TRY(intel_quote_certification(&k->q, f));
	TRY(choose_chain(c, f));
	if (k->known->is_complete)
		return true;
	/* Whether it is PEM at all is P01's answer, in its place. */
	if (x509_pem_read(k->known->pck_text, true, &k->known->pck_pem,
		"intel.pck.chain", &k->known->pck_fault))
		choose_root(c);
	return true;
}

/*
 * "No check may be skipped because an input is absent." But for a simulator's
 * quote, which somebody has asked to be taken: nothing is lost there. Whoever
 * names a root wants everything under it to be there.
 */
bool intel_check_quote_collateral(struct tee_case *c, struct fault *f)
{
	if (intel_case_of(c)->known->has_collateral)
		return true;
	if (!c->simulated || c->root_replaced || !c->opt->allow_simulated)
		return fault_raise(f, FAULT_USAGE, "intel.collateral",
		    "no collateral: pass --collateral, or ask the oracle with "
		    "?evidence=full");
	c->unendorsed = true;
	return tee_skip(f,
	    "not checked: collateral (none was given; pass --collateral, or "
	    "ask the oracle with ?evidence=full)");
}
