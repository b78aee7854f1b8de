/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/collateral_check.h"

#include "verify/base/text.h"
#include "verify/intel_json.h"
#include "verify/intel_tcb.h"
#include "verify/x509_crl.h"
#include "verify/x509_pem.h"

#include <string.h>

/* ---- small helpers ------------------------------------------------------ */

/* Another module's fault, told at our place. */
static bool because(struct fault *f, const char *at, const struct fault *why)
{
	return fault_raise(f, why->kind, at, "%s", why->text);
}

static void narrow(struct collateral_facts *facts, struct utc from,
    struct utc to, const char *member)
{
	if (facts->ends == NULL || from.ms > facts->from.ms)
		facts->from = from;
	if (facts->ends == NULL || to.ms < facts->to.ms) {
		facts->to = to;
		facts->ends = member;
	}
}

static FALLIBLE present(struct span s, const char *at, struct fault *f)
{
	if (s.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "is missing");
	return true;
}

/* ---- issuer chains ------------------------------------------------------ */

struct chain {
	struct x509_pem pem;
	struct x509_cert leaf, root;
};

static void chain_drop(struct chain *c)
{
	x509_cert_drop(&c->leaf);
	x509_cert_drop(&c->root);
	x509_pem_drop(&c->pem);
}

static FALLIBLE chain_read(
    struct span pem, struct chain *c, const char *at, struct fault *f)
{
	struct fault why = FAULT_INIT;

	TRY(present(pem, at, f));
	if (!x509_pem_read(pem, false, &c->pem, at, &why))
		return because(f, at, &why);
	if (c->pem.n != 2)
		return fault_raise(f, FAULT_FORMAT, at,
		    "want two certificates, found %zu", c->pem.n);
	if (!x509_cert_parse(blob_span(&c->pem.der[0]), &c->leaf, at, &why) ||
	    !x509_cert_parse(blob_span(&c->pem.der[1]), &c->root, at, &why))
		return because(f, at, &why);
	if (!span_equal(c->leaf.issuer, c->root.subject) ||
	    !span_equal(c->root.issuer, c->root.subject))
		return fault_raise(f, FAULT_FORMAT, at,
		    "is no chain: want the leaf first and its self-issued "
		    "root behind it");
	return true;
}

FALLIBLE collateral_check_chain(
    struct span pem, const char *at, struct fault *f)
{
	AUTO(chain_drop) struct chain c = { 0 };

	return chain_read(pem, &c, at, f);
}

static FALLIBLE read_chain(struct collateral_facts *facts, struct span pem,
    const char *member, const char *at, struct fault *f)
{
	AUTO(chain_drop) struct chain c = { 0 };

	TRY(chain_read(pem, &c, at, f));
	narrow(facts, c.leaf.from, c.leaf.to, member);
	narrow(facts, c.root.from, c.root.to, member);
	return true;
}

/* ---- CRLs --------------------------------------------------------------- */

static void narrow_to_crl(struct collateral_facts *facts,
    const struct x509_crl *crl, const char *member)
{
	narrow(facts, crl->from, crl->to, member);
}

static FALLIBLE crl_read(
    struct span der, struct x509_crl *crl, const char *at, struct fault *f)
{
	struct fault why = FAULT_INIT;

	TRY(present(der, at, f));
	if (!x509_crl_parse(der, crl, at, &why))
		return because(f, at, &why);
	if (!crl->has_to)
		return fault_raise(
		    f, FAULT_FORMAT, at, "says not how long it is valid");
	return true;
}

/* The PCK CRL and its issuer's chain say which CA this is about. */
static FALLIBLE read_pck_crl(
    struct collateral_facts *facts, const struct collateral *c, struct fault *f)
{
	static const char at_chain[] = "collateral.pckCrlIssuerChain";
	AUTO(x509_crl_drop) struct x509_crl crl = { 0 };
	AUTO(chain_drop) struct chain chain = { 0 };

	TRY(chain_read(c->pck_crl_issuer_chain, &chain, at_chain, f));
	TRY(crl_read(c->pck_crl, &crl, "collateral.pckCrl", f));
	if (x509_cert_has_cn(&chain.leaf, "Intel SGX PCK Processor CA"))
		facts->platform.is_processor = true;
	else if (!x509_cert_has_cn(&chain.leaf, "Intel SGX PCK Platform CA"))
		return fault_raise(f, FAULT_FORMAT, at_chain,
		    "its leaf is neither Platform nor Processor CA");
	if (!span_equal(crl.issuer, chain.leaf.subject))
		return fault_raise(f, FAULT_FORMAT, "collateral.pckCrl",
		    "its issuer is not the leaf of its chain");
	narrow_to_crl(facts, &crl, "pckCrl");
	narrow(facts, chain.leaf.from, chain.leaf.to, "pckCrlIssuerChain");
	narrow(facts, chain.root.from, chain.root.to, "pckCrlIssuerChain");
	return true;
}

static FALLIBLE read_root_crl(
    struct collateral_facts *facts, const struct collateral *c, struct fault *f)
{
	AUTO(x509_crl_drop) struct x509_crl crl = { 0 };

	TRY(crl_read(c->root_ca_crl, &crl, "collateral.rootCaCrl", f));
	narrow_to_crl(facts, &crl, "rootCaCrl");
	return true;
}

/* ---- signed JSON -------------------------------------------------------- */

static FALLIBLE open_json(struct span body, const char *member,
    struct intel_json *j, struct fault *why)
{
	bool duplicate;

	return intel_json_parse(body, j, &duplicate, why) &&
	    intel_json_envelope(j, body, member, why);
}

static FALLIBLE read_fmspc(const struct json_node *inner,
    uint8_t fmspc[COLLATERAL_FMSPC_BYTES], struct fault *f)
{
	static const char at[] = "collateral.tcbInfo.fmspc";
	const struct json_node *v = json_find(inner, "fmspc");

	if (v == NULL || json_kind_of(v) != JSON_TEXT)
		return fault_raise(
		    f, FAULT_FORMAT, at, "is missing or no text");
	return hex_decode(
	    span_text(json_text(v)), fmspc, COLLATERAL_FMSPC_BYTES, at, f);
}

static FALLIBLE read_tcb_info(
    struct collateral_facts *facts, const struct collateral *c, struct fault *f)
{
	static const char at[] = "collateral.tcbInfo";
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct fault why = FAULT_INIT;
	struct intel_tcb t;

	TRY(present(c->tcb_info, at, f));
	if (!open_json(c->tcb_info, "tcbInfo", &j, &why) ||
	    !intel_tcb_members(j.inner, &t, &why))
		return because(f, at, &why);
	facts->platform.is_tdx = t.id != NULL && strcmp(t.id, "TDX") == 0;
	if (!intel_tcb_version(&t, facts->platform.is_tdx, &why) ||
	    !intel_tcb_type(&t, &why) || !intel_tcb_dates(&t, &why) ||
	    !intel_tcb_evaluation(&t, &why) || !intel_tcb_levels(&t, &why))
		return because(f, at, &why);
	TRY(read_fmspc(j.inner, facts->platform.fmspc, f));
	facts->evaluation = t.evaluation;
	narrow(facts, t.from, t.to, "tcbInfo");
	return true;
}

static FALLIBLE read_identity(
    struct collateral_facts *facts, const struct collateral *c, struct fault *f)
{
	static const char at[] = "collateral.qeIdentity";
	AUTO(intel_json_drop) struct intel_json j = { 0 };
	struct fault why = FAULT_INIT;
	struct intel_identity id;

	TRY(present(c->qe_identity, at, f));
	if (!open_json(c->qe_identity, "enclaveIdentity", &j, &why) ||
	    !intel_identity_members(j.inner, &id, &why) ||
	    !intel_identity_version(&id, facts->platform.is_tdx, &why) ||
	    !intel_identity_dates(&id, &why) ||
	    !intel_identity_evaluation(&id, &why) ||
	    !intel_identity_levels(&id, &why))
		return because(f, at, &why);
	if (id.evaluation < facts->evaluation)
		facts->evaluation = id.evaluation;
	narrow(facts, id.from, id.to, "qeIdentity");
	return true;
}

/* ---- the whole ---------------------------------------------------------- */

/* "collateral.tcbInfo.fmspc" as the start of a sentence: "tcbInfo.fmspc". */
static bool within_member(struct fault *f)
{
	const char *dot = strchr(f->at, '.');

	return fault_within(f, "%s", dot != NULL ? dot + 1 : f->at);
}

static FALLIBLE read_all(
    struct collateral_facts *facts, const struct collateral *c, struct fault *f)
{
	TRY(read_tcb_info(facts, c, f));
	TRY(read_chain(facts, c->tcb_info_issuer_chain, "tcbInfoIssuerChain",
	    "collateral.tcbInfoIssuerChain", f));
	TRY(read_identity(facts, c, f));
	TRY(read_chain(facts, c->qe_identity_issuer_chain,
	    "qeIdentityIssuerChain", "collateral.qeIdentityIssuerChain", f));
	TRY(read_pck_crl(facts, c, f));
	TRY(read_root_crl(facts, c, f));
	if (facts->from.ms > facts->to.ms)
		return fault_raise(f, FAULT_FORMAT, "collateral.window",
		    "there is no moment at which all of it is valid: %s ends "
		    "before another part begins",
		    facts->ends);
	return true;
}

FALLIBLE collateral_check_read(
    const struct collateral *c, struct collateral_facts *out, struct fault *f)
{
	struct collateral_facts facts = { .ends = NULL };

	if (!read_all(&facts, c, f))
		return within_member(f);
	*out = facts;
	return true;
}

FALLIBLE collateral_check_bundle(
    struct span bundle, struct collateral_facts *out, struct fault *f)
{
	AUTO(collateral_doc_drop) struct collateral_doc doc = { 0 };
	struct collateral c;

	TRY(collateral_decode(bundle, &c, &doc, f));
	return collateral_check_read(&c, out, f);
}

static FALLIBLE compare(const struct collateral_facts *facts,
    const struct collateral_platform *want, struct fault *f)
{
	const struct collateral_platform *is = &facts->platform;
	char got[HEX_SIZE(COLLATERAL_FMSPC_BYTES)];
	char asked[HEX_SIZE(COLLATERAL_FMSPC_BYTES)];

	hex_encode(span_of(is->fmspc, sizeof(is->fmspc)), got);
	hex_encode(span_of(want->fmspc, sizeof(want->fmspc)), asked);
	if (is->is_tdx != want->is_tdx)
		return fault_raise(f, FAULT_FORMAT, "collateral.tcbInfo.id",
		    "is for %s, not %s", is->is_tdx ? "TDX" : "SGX",
		    want->is_tdx ? "TDX" : "SGX");
	if (strcmp(got, asked) != 0)
		return fault_raise(f, FAULT_FORMAT, "collateral.tcbInfo.fmspc",
		    "is for FMSPC %s, not %s", got, asked);
	if (is->is_processor != want->is_processor)
		return fault_raise(f, FAULT_FORMAT, "collateral.pckCrl.ca",
		    "is of the %s CA, not the %s CA",
		    is->is_processor ? "Processor" : "Platform",
		    want->is_processor ? "Processor" : "Platform");
	return true;
}

FALLIBLE collateral_check_for(const struct collateral_facts *facts,
    const struct collateral_platform *want, struct fault *f)
{
	if (!compare(facts, want, f))
		return within_member(f);
	return true;
}
