/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/collateral.h"

#include "verify/base/canon.h"
#include "verify/base/text.h"

#include <string.h>

const struct collateral_file collateral_files[] = {
	{ "pck_chain.pem", offsetof(struct collateral, pck_chain),
	    LIMIT_PEM_BYTES },
	{ "pck_crl.der", offsetof(struct collateral, pck_crl),
	    LIMIT_CRL_BYTES },
	{ "pck_crl_issuer_chain.pem",
	    offsetof(struct collateral, pck_crl_issuer_chain),
	    LIMIT_PEM_BYTES },
	{ "qe_identity.json", offsetof(struct collateral, qe_identity),
	    LIMIT_COLLATERAL_JSON },
	{ "qe_identity_issuer_chain.pem",
	    offsetof(struct collateral, qe_identity_issuer_chain),
	    LIMIT_PEM_BYTES },
	{ "root_ca_crl.der", offsetof(struct collateral, root_ca_crl),
	    LIMIT_CRL_BYTES },
	{ "tcb_info.json", offsetof(struct collateral, tcb_info),
	    LIMIT_COLLATERAL_JSON },
	{ "tcb_info_issuer_chain.pem",
	    offsetof(struct collateral, tcb_info_issuer_chain),
	    LIMIT_PEM_BYTES },
};
const size_t n_collateral_files = COUNT(collateral_files);

void collateral_doc_drop(struct collateral_doc *d)
{
	json_drop(&d->json);
	blob_drop(&d->pck_crl);
	blob_drop(&d->root_ca_crl);
}

static void put_text(struct canon *c, const char *name, struct span s)
{
	if (s.n > 0)
		canon_text_span(c, name, s);
}

static void put_base64(struct canon *c, const char *name, struct span s)
{
	if (s.n > 0)
		canon_base64(c, name, s);
}

FALLIBLE collateral_encode(
    const struct collateral *c, struct wr *w, struct fault *f)
{
	struct canon to = canon_to(w);

	canon_object(&to, NULL);
	put_text(&to, "pckChain", c->pck_chain);
	put_base64(&to, "pckCrl", c->pck_crl);
	put_text(&to, "pckCrlIssuerChain", c->pck_crl_issuer_chain);
	put_text(&to, "qeIdentity", c->qe_identity);
	put_text(&to, "qeIdentityIssuerChain", c->qe_identity_issuer_chain);
	put_base64(&to, "rootCaCrl", c->root_ca_crl);
	put_text(&to, "tcbInfo", c->tcb_info);
	put_text(&to, "tcbInfoIssuerChain", c->tcb_info_issuer_chain);
	canon_text(&to, "type", COLLATERAL_TYPE);
	canon_end(&to);
	if (!wr_ok(w))
		return fault_raise(
		    f, w->f->kind, "collateral.encode", "%s", w->f->text);
	return true;
}

static FALLIBLE take_text(const char *text, size_t max, struct span *out,
    const char *at, struct fault *f)
{
	if (text == NULL)
		return true;
	*out = span_text(text);
	if (out->n == 0)
		return fault_raise(f, FAULT_FORMAT, at,
		    "is empty; what is not there is left out");
	if (out->n > max)
		return fault_raise(f, FAULT_LIMIT, at,
		    "has %zu bytes, at most %zu are allowed", out->n, max);
	return true;
}

static FALLIBLE take_base64(const char *text, size_t max, struct blob *memory,
    struct span *out, const char *at, struct fault *f)
{
	if (text == NULL)
		return true;
	TRY(base64_decode(span_text(text), max, memory, at, f));
	*out = blob_span(memory);
	if (out->n == 0)
		return fault_raise(f, FAULT_FORMAT, at,
		    "is empty; what is not there is left out");
	return true;
}

static FALLIBLE decode(struct span in, struct collateral *c,
    struct collateral_doc *doc, struct fault *f)
{
	const struct json_limits limits = {
		.max_bytes = LIMIT_RESPONSE_BYTES,
		.max_depth = 1,
		.max_values = 16,
	};
	const char *type = NULL, *pck_chain = NULL, *pck_crl = NULL;
	const char *pck_crl_chain = NULL, *qe_identity = NULL;
	const char *qe_chain = NULL, *root_crl = NULL, *tcb_info = NULL;
	const char *tcb_chain = NULL;
	const struct json_field fields[] = {
		{ "pckChain", JSON_WANT_TEXT, true, &pck_chain },
		{ "pckCrl", JSON_WANT_TEXT, true, &pck_crl },
		{ "pckCrlIssuerChain", JSON_WANT_TEXT, true, &pck_crl_chain },
		{ "qeIdentity", JSON_WANT_TEXT, true, &qe_identity },
		{ "qeIdentityIssuerChain", JSON_WANT_TEXT, true, &qe_chain },
		{ "rootCaCrl", JSON_WANT_TEXT, true, &root_crl },
		{ "tcbInfo", JSON_WANT_TEXT, true, &tcb_info },
		{ "tcbInfoIssuerChain", JSON_WANT_TEXT, true, &tcb_chain },
		{ "type", JSON_WANT_TEXT, false, &type },
	};

	TRY(json_parse(in, &limits, "collateral.json", &doc->json, f));
	TRY(json_read(json_root(doc->json), fields, COUNT(fields),
	    "collateral.members", f));
	if (strcmp(type, COLLATERAL_TYPE) != 0)
		return fault_raise(f, FAULT_UNSUPPORTED, "collateral.type",
		    "is not %s, the only type known here", COLLATERAL_TYPE);
	TRY(take_text(pck_chain, LIMIT_PEM_BYTES, &c->pck_chain,
	    "collateral.pckChain", f));
	TRY(take_base64(pck_crl, LIMIT_CRL_BYTES, &doc->pck_crl, &c->pck_crl,
	    "collateral.pckCrl", f));
	TRY(take_text(pck_crl_chain, LIMIT_PEM_BYTES, &c->pck_crl_issuer_chain,
	    "collateral.pckCrlIssuerChain", f));
	TRY(take_text(qe_identity, LIMIT_COLLATERAL_JSON, &c->qe_identity,
	    "collateral.qeIdentity", f));
	TRY(take_text(qe_chain, LIMIT_PEM_BYTES, &c->qe_identity_issuer_chain,
	    "collateral.qeIdentityIssuerChain", f));
	TRY(take_base64(root_crl, LIMIT_CRL_BYTES, &doc->root_ca_crl,
	    &c->root_ca_crl, "collateral.rootCaCrl", f));
	TRY(take_text(tcb_info, LIMIT_COLLATERAL_JSON, &c->tcb_info,
	    "collateral.tcbInfo", f));
	return take_text(tcb_chain, LIMIT_PEM_BYTES, &c->tcb_info_issuer_chain,
	    "collateral.tcbInfoIssuerChain", f);
}

FALLIBLE collateral_decode(struct span in, struct collateral *out,
    struct collateral_doc *doc, struct fault *f)
{
	AUTO(collateral_doc_drop) struct collateral_doc mine = { 0 };
	struct collateral c = { 0 };

	TRY(decode(in, &c, &mine, f));
	*out = c;
	*doc = mine;
	mine = (struct collateral_doc){ 0 };
	return true;
}
