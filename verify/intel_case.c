/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/intel_case.h"

#include <stdlib.h>
#include <string.h>

struct intel_case *intel_case_of(const struct tee_case *c)
{
	return c->state;
}

FALLIBLE intel_case_open(struct tee_case *c, bool is_tdx, struct fault *f)
{
	struct intel_case *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return fault_raise(f, FAULT_SYSTEM, "intel.case", "no memory");
	c->state = k;
	k->is_tdx = is_tdx;
	k->q.raw = c->quote;
	k->pck_fault = FAULT_INIT;
	k->tcb_fault = FAULT_INIT;
	k->qe_fault = FAULT_INIT;
	k->window.from = (struct utc){ .ms = INT64_MIN };
	k->window.to = (struct utc){ .ms = INT64_MAX };
	c->root_replaced = c->opt->trust_root.n > 0;
	if (c->root_replaced ? intel_root_given(c->opt->trust_root, &k->root, f)
			     : intel_root_pinned(&k->root, f))
		return true;
	intel_case_close(c);
	return false;
}

void intel_case_close(struct tee_case *c)
{
	struct intel_case *k = c->state;

	if (k == NULL)
		return;
	x509_key_drop(&k->ak);
	intel_json_drop(&k->tcb_json);
	intel_json_drop(&k->qe_json);
	x509_cert_drop(&k->tcb_signer.own);
	x509_cert_drop(&k->qe_signer.own);
	x509_pem_drop(&k->tcb_signer.pem);
	x509_pem_drop(&k->qe_signer.pem);
	x509_crl_drop(&k->root_crl);
	x509_crl_drop(&k->pck_crl);
	x509_cert_drop(&k->pck);
	x509_cert_drop(&k->ca);
	x509_pem_drop(&k->pck_pem);
	collateral_doc_drop(&k->doc);
	intel_root_drop(&k->root);
	free(k);
	c->state = NULL;
}

void intel_case_use(struct tee_case *c, const struct collateral *parts)
{
	struct intel_case *k = intel_case_of(c);

	k->col = *parts;
	k->has_collateral = true;
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
