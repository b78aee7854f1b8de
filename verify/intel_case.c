/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_case.h"

#include <stdlib.h>
#include <string.h>

struct intel_case *intel_case_of(const struct tee_case *c)
{
	return c->state;
}

/* ---- what is known -------------------------------------------------------- */

static void free_known(void *kept)
{
	struct intel_known *n = kept;

	if (n == NULL)
		return;
	intel_json_drop(&n->tcb_json);
	intel_json_drop(&n->qe_json);
	x509_cert_drop(&n->tcb_signer.own);
	x509_cert_drop(&n->qe_signer.own);
	x509_pem_drop(&n->tcb_signer.pem);
	x509_pem_drop(&n->qe_signer.pem);
	x509_crl_drop(&n->root_crl);
	x509_crl_drop(&n->pck_crl);
	x509_cert_drop(&n->pck);
	x509_cert_drop(&n->ca);
	x509_pem_drop(&n->pck_pem);
	collateral_doc_drop(&n->doc);
	intel_root_drop(&n->root);
	blob_drop(&n->trust_root);
	blob_drop(&n->bundle);
	blob_drop(&n->chain);
	free(n);
}

static FALLIBLE new_known(
    struct span trust_root, struct intel_known **out, struct fault *f)
{
	struct intel_known *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return fault_raise(f, FAULT_SYSTEM, "intel.case", "no memory");
	n->pck_fault = FAULT_INIT;
	n->tcb_fault = FAULT_INIT;
	n->qe_fault = FAULT_INIT;
	if (trust_root.n > 0 ? intel_root_given(trust_root, &n->root, f)
			     : intel_root_pinned(&n->root, f)) {
		*out = n;
		return true;
	}
	free_known(n);
	return false;
}

static bool same_parts(const struct collateral *a, const struct collateral *b)
{
	return span_equal(a->pck_crl, b->pck_crl) &&
	    span_equal(a->pck_crl_issuer_chain, b->pck_crl_issuer_chain) &&
	    span_equal(a->qe_identity, b->qe_identity) &&
	    span_equal(
		a->qe_identity_issuer_chain, b->qe_identity_issuer_chain) &&
	    span_equal(a->root_ca_crl, b->root_ca_crl) &&
	    span_equal(a->tcb_info, b->tcb_info) &&
	    span_equal(a->tcb_info_issuer_chain, b->tcb_info_issuer_chain);
}

/* ---- the case --------------------------------------------------------------- */

FALLIBLE intel_case_open(struct tee_case *c, bool is_tdx, struct fault *f)
{
	struct intel_case *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return fault_raise(f, FAULT_SYSTEM, "intel.case", "no memory");
	c->state = k;
	k->is_tdx = is_tdx;
	k->q.raw = c->quote;
	k->window.from = (struct utc){ .ms = INT64_MIN };
	k->window.to = (struct utc){ .ms = INT64_MAX };
	c->root_replaced = c->opt->trust_root.n > 0;
	if (new_known(c->opt->trust_root, &k->known, f))
		return true;
	intel_case_close(c);
	return false;
}

/* Copies of what it is recognised by; without memory it is not kept. */
static bool make_keepable(const struct tee_case *c, struct intel_known *n)
{
	struct span bundle =
	    n->doc.json != NULL ? c->collateral : span_of(NULL, 0);

	if (n->is_keepable)
		return true;
	n->is_keepable = blob_copy(n->pck_text, &n->chain, NULL) &&
	    blob_copy(c->opt->trust_root, &n->trust_root, NULL) &&
	    blob_copy(bundle, &n->bundle, NULL);
	n->pck_text = blob_span(&n->chain);
	return n->is_keepable;
}

void intel_case_close(struct tee_case *c)
{
	struct intel_case *k = c->state;
	struct tee_memory *m = c->opt->memory;

	if (k == NULL)
		return;
	x509_key_drop(&k->ak);
	if (m != NULL && k->known != NULL && k->known->is_complete &&
	    make_keepable(c, k->known)) {
		tee_memory_drop(m);
		m->owner = k->is_tdx ? "tdx" : "sgx";
		m->kept = k->known;
		m->free = free_known;
	} else {
		free_known(k->known);
	}
	free(k);
	c->state = NULL;
}

void intel_case_use(struct tee_case *c, const struct collateral *parts)
{
	struct intel_case *k = intel_case_of(c);

	k->known->col = *parts;
	k->known->has_collateral = true;
}

bool intel_case_recall(struct tee_case *c)
{
	struct intel_case *k = intel_case_of(c);
	struct tee_memory *m = c->opt->memory;
	struct intel_known *n;

	if (m == NULL || m->kept == NULL || m->free != free_known ||
	    strcmp(m->owner, k->is_tdx ? "tdx" : "sgx") != 0)
		return false;
	n = m->kept;
	if (!span_equal(c->opt->trust_root, blob_span(&n->trust_root)) ||
	    !span_equal(k->known->pck_text, n->pck_text))
		return false;
	if (k->known->has_collateral
		? n->bundle.n > 0 || !same_parts(&k->known->col, &n->col)
		: n->bundle.n == 0 ||
		    !span_equal(c->collateral, blob_span(&n->bundle)))
		return false;
	*m = (struct tee_memory){ 0 };
	free_known(k->known);
	k->known = n;
	c->simulated = n->root.is_simulator;
	return true;
}

bool intel_case_is_known(const struct tee_case *c)
{
	return intel_case_of(c)->known->is_complete;
}

void intel_case_complete(struct tee_case *c)
{
	intel_case_of(c)->known->is_complete = true;
}

/* "Both ends inclusive." (Section 12.) */
FALLIBLE intel_case_within(struct tee_case *c, struct utc from, struct utc to,
    const char *what, const char *at, struct fault *f)
{
	struct intel_window *w = &intel_case_of(c)->window;
	char text[UTC_TEXT_SIZE];
	int64_t t = c->opt->at.ms;

	if (t < from.ms)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s is not valid before %s", what, utc_format(from, text));
	if (t > to.ms)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "%s is not valid after %s", what, utc_format(to, text));
	if (from.ms > w->from.ms) {
		w->from = from;
		w->from_by = what;
	}
	if (to.ms < w->to.ms) {
		w->to = to;
		w->to_by = what;
	}
	return true;
}
