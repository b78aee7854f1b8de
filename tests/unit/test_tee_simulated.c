/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One input for every check of TDX that is right in all but one place and
 * fails exactly there. The simulator mints them honestly signed, so checks
 * behind signatures are reached too.
 */
#include "tests/unit/check.h"
#include "tests/unit/sim_world.h"
#include "verify/tee_platforms.h"

#include <stdlib.h>

static struct sim_keys keys;

/* ---- changes of a recipe ------------------------------------------------------ */

/* One edit at a time; a recipe borrows it. */
static void edit(struct sim_json *j, const char *from, const char *to)
{
	static struct sim_edit one;

	one = (struct sim_edit){ from, to };
	j->edits = &one;
	j->n_edits = 1;
}

#define LEVEL_ONE "]},\"tcbDate\":\"2025-05-14T00:00:00Z\",\"tcbStatus\":"

/* Neither X nor Y of any point: (1, 1). */
static const uint8_t no_point[64] = { [31] = 1, [63] = 1 };

/*
 * A change of the recipe for each row that one reaches, by the row's id
 * without "tdx.".
 */
#define CHANGES(CHANGE)                                                        \
	CHANGE(quote_version, "quote.version", r->quote.version = 6)           \
	CHANGE(quote_key, "quote.key-type", r->quote.key_type = 3)             \
	CHANGE(quote_tee, "quote.tee", r->quote.tee_type = 0x82)               \
	CHANGE(quote_vendor, "quote.vendor", r->quote.vendor[15] ^= 1)         \
	CHANGE(quote_wrapper, "quote.wrapper", r->quote.outer_type = 5)        \
	CHANGE(quote_inner, "quote.certification", r->quote.inner_type = 3)    \
	CHANGE(root_crl_issuer, "crl.root.issuer",                             \
	    r->root_crl.issuer = SIM_PLATFORM_CA)                              \
	CHANGE(root_crl_signer, "crl.root.signature",                          \
	    r->root_crl.signed_by = SIM_PLATFORM_CA)                           \
	CHANGE(                                                                \
	    root_crl_old, "crl.root.time", r->root_crl.to = r->root_crl.from)  \
	CHANGE(root_crl_future, "crl.root.time",                               \
	    r->root_crl.from.ms = sim_world_now.ms + 1000)                     \
	CHANGE(root_crl_no_next, "crl.root.time",                              \
	    r->root_crl.flaws = SIM_CRL_NO_NEXT_UPDATE)                        \
	CHANGE(root_crl_delta, "crl.root.extensions",                          \
	    r->root_crl.flaws = SIM_CRL_DELTA)                                 \
	CHANGE(root_crl_critical, "crl.root.extensions",                       \
	    r->root_crl.flaws = SIM_CRL_CRITICAL)                              \
	CHANGE(root_revoked, "crl.root.self",                                  \
	    r->root_crl.revoked = 1u << SIM_ROOT)                              \
	CHANGE(signer_name, "tcb.signer.chain",                                \
	    r->cert[SIM_TCB_SIGNER].cn = "Intel SGX TCB Signing 2")            \
	CHANGE(signer_link, "tcb.signer.link",                                 \
	    r->cert[SIM_TCB_SIGNER].signed_by = SIM_PLATFORM_CA)               \
	CHANGE(signer_aki, "tcb.signer.link",                                  \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_OTHER_AKI)                \
	CHANGE(signer_issuer, "tcb.signer.link",                               \
	    r->cert[SIM_TCB_SIGNER].issuer = SIM_PLATFORM_CA)                  \
	CHANGE(signer_ca, "tcb.signer.usage",                                  \
	    r->cert[SIM_TCB_SIGNER].constraints = "critical,CA:TRUE")          \
	CHANGE(signer_critical, "tcb.signer.usage",                            \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_CRITICAL)                 \
	CHANGE(signer_no_ids, "tcb.signer.usage",                              \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_NO_KEY_IDS)               \
	CHANGE(signer_usage, "tcb.signer.usage",                               \
	    r->cert[SIM_TCB_SIGNER].usage = "critical,keyAgreement")           \
	CHANGE(signer_not_critical, "tcb.signer.usage",                        \
	    r->cert[SIM_TCB_SIGNER].constraints = "CA:FALSE")                  \
	CHANGE(signer_sha384, "tcb.signer.algorithm",                          \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_SHA384)                   \
	CHANGE(signer_old, "tcb.signer.time",                                  \
	    r->cert[SIM_TCB_SIGNER].to = r->cert[SIM_TCB_SIGNER].from)         \
	CHANGE(signer_revoked, "tcb.signer.revoked",                           \
	    r->root_crl.revoked = 1u << SIM_TCB_SIGNER)                        \
	CHANGE(tcb_twice, "tcb.duplicates",                                    \
	    edit(                                                              \
		&r->tcb_info, "\"version\":3", "\"version\":3,\"version\":3")) \
	CHANGE(tcb_signer, "tcb.signature", r->tcb_info.signed_by = SIM_PCK)   \
	CHANGE(tcb_member, "tcb.members",                                      \
	    edit(&r->tcb_info, "\"tdxModule\":", "\"tdxModul\":"))             \
	CHANGE(tcb_version, "tcb.version",                                     \
	    edit(&r->tcb_info, "\"version\":3", "\"version\":4"))              \
	CHANGE(tcb_id, "tcb.version",                                          \
	    edit(&r->tcb_info, "\"id\":\"TDX\"", "\"id\":\"SGX\""))            \
	CHANGE(tcb_type, "tcb.type",                                           \
	    edit(&r->tcb_info, "\"tcbType\":0", "\"tcbType\":1"))              \
	CHANGE(tcb_old, "tcb.time", r->tcb_info.to = r->tcb_info.from)         \
	CHANGE(qe_twice, "qe.duplicates",                                      \
	    edit(&r->qe_identity, "\"version\":2",                             \
		"\"version\":2,\"version\":2"))                                \
	CHANGE(qe_signer, "qe.signature", r->qe_identity.signed_by = SIM_PCK)  \
	CHANGE(qe_member, "qe.members",                                        \
	    edit(&r->qe_identity, "\"miscselect\":", "\"miscselec\":"))        \
	CHANGE(qe_id, "qe.version",                                            \
	    edit(&r->qe_identity, "\"id\":\"TD_QE\"", "\"id\":\"QE\""))        \
	CHANGE(qe_old, "qe.time", r->qe_identity.to = r->qe_identity.from)     \
	CHANGE(evaluation, "evaluation",                                       \
	    edit(&r->qe_identity, "DataNumber\":18", "DataNumber\":-1"))       \
	CHANGE(pck_name, "pck.names",                                          \
	    r->cert[SIM_PCK].cn = "Intel SGX PCK Certificate 2")               \
	CHANGE(ca_name, "pck.names",                                           \
	    r->cert[SIM_PLATFORM_CA].cn = "Intel SGX PCK Platform CA 2")       \
	CHANGE(pck_link, "pck.links", r->cert[SIM_PCK].signed_by = SIM_AK)     \
	CHANGE(                                                                \
	    pck_aki, "pck.links", r->cert[SIM_PCK].flaws = SIM_CERT_OTHER_AKI) \
	CHANGE(pck_issuer, "pck.links", r->cert[SIM_PCK].issuer = SIM_ROOT)    \
	CHANGE(                                                                \
	    ca_link, "pck.links", r->cert[SIM_PLATFORM_CA].signed_by = SIM_AK) \
	CHANGE(pck_critical, "pck.usage",                                      \
	    r->cert[SIM_PCK].flaws = SIM_CERT_CRITICAL)                        \
	CHANGE(pck_ca, "pck.usage",                                            \
	    r->cert[SIM_PCK].constraints = "critical,CA:TRUE")                 \
	CHANGE(pck_usage, "pck.usage",                                         \
	    r->cert[SIM_PCK].usage = "critical,keyCertSign")                   \
	CHANGE(ca_path, "pck.usage",                                           \
	    r->cert[SIM_PLATFORM_CA].constraints =                             \
		"critical,CA:TRUE,pathlen:1")                                  \
	CHANGE(ca_no_ca, "pck.usage",                                          \
	    r->cert[SIM_PLATFORM_CA].constraints = "critical,CA:FALSE")        \
	CHANGE(ca_usage, "pck.usage",                                          \
	    r->cert[SIM_PLATFORM_CA].usage = "critical,keyCertSign")           \
	CHANGE(pck_sha384, "pck.algorithm",                                    \
	    r->cert[SIM_PCK].flaws = SIM_CERT_SHA384)                          \
	CHANGE(ca_sha384, "pck.algorithm",                                     \
	    r->cert[SIM_PLATFORM_CA].flaws = SIM_CERT_SHA384)                  \
	CHANGE(                                                                \
	    pck_old, "pck.time", r->cert[SIM_PCK].to = r->cert[SIM_PCK].from)  \
	CHANGE(ca_future, "pck.time",                                          \
	    r->cert[SIM_PLATFORM_CA].from.ms = sim_world_now.ms + 1000)        \
	CHANGE(root_old, "pck.time",                                           \
	    r->cert[SIM_ROOT].to = r->cert[SIM_ROOT].from)                     \
	CHANGE(pck_crl_issuer, "crl.pck.issuer", r->pck_crl.issuer = SIM_ROOT) \
	CHANGE(pck_crl_signer, "crl.pck.signature",                            \
	    r->pck_crl.signed_by = SIM_ROOT)                                   \
	CHANGE(pck_crl_old, "crl.pck.time", r->pck_crl.to = r->pck_crl.from)   \
	CHANGE(pck_crl_delta, "crl.pck.extensions",                            \
	    r->pck_crl.flaws = SIM_CRL_DELTA)                                  \
	CHANGE(ca_revoked, "pck.ca.revoked",                                   \
	    r->root_crl.revoked = 1u << SIM_PLATFORM_CA)                       \
	CHANGE(pck_revoked, "pck.revoked", r->pck_crl.revoked = 1u << SIM_PCK) \
	CHANGE(sgx_absent, "pck.extension", r->sgx.flaws = SIM_SGX_ABSENT)     \
	CHANGE(sgx_trailing, "pck.extension", r->sgx.flaws = SIM_SGX_TRAILING) \
	CHANGE(sgx_twice, "pck.extension", r->sgx.flaws = SIM_SGX_FMSPC_TWICE) \
	CHANGE(sgx_missing, "pck.extension",                                   \
	    r->sgx.flaws = SIM_SGX_NO_COMPONENT7)                              \
	CHANGE(sgx_short, "pck.extension", r->sgx.flaws = SIM_SGX_FMSPC_SHORT) \
	CHANGE(sgx_range, "pck.extension", r->sgx.component[4] = 256)          \
	CHANGE(sgx_pcesvn, "pck.extension", r->sgx.pcesvn = 65536)             \
	CHANGE(sgx_type, "pck.extension", r->sgx.type = 3)                     \
	CHANGE(sgx_cpusvn, "pck.cpusvn", r->sgx.cpusvn[15] ^= 1)               \
	CHANGE(fmspc, "tcb.fmspc", r->sgx.fmspc[5] = 1)                        \
	CHANGE(pceid, "tcb.pceid", r->sgx.pceid[1] = 1)                        \
	CHANGE(qe_report, "qe.report", r->quote.qe_signed_by = SIM_AK)         \
	CHANGE(ak_tail, "quote.key", r->quote.qe_data_tail[31] = 1)            \
	CHANGE(ak_point, "quote.key.point", r->quote.ak = no_point)            \
	CHANGE(quote_signer, "quote.signature", r->quote.signed_by = SIM_PCK)  \
	CHANGE(qe_mrsigner, "qe.mrsigner", r->quote.qe_mr_signer[0] ^= 1)      \
	CHANGE(qe_prodid, "qe.isvprodid", r->quote.qe_prod_id = 1)             \
	CHANGE(qe_misc, "qe.miscselect", r->quote.qe_miscselect = 1)           \
	CHANGE(qe_attributes, "qe.attributes", r->quote.qe_flags = 5)          \
	CHANGE(qe_svn, "qe.isvsvn", r->quote.qe_svn = 0)                       \
	CHANGE(levels, "tcb.levels",                                           \
	    edit(&r->tcb_info, "\"pcesvn\":13", "\"pcesvn\":65536"))           \
	CHANGE(level_twice, "tcb.levels",                                      \
	    edit(&r->tcb_info, "\"isvsvn\":2", "\"isvsvn\":4"))                \
	CHANGE(module_unknown, "module.identity", r->quote.tee_tcb_svn[1] = 2) \
	CHANGE(                                                                \
	    module_signer, "module.mrsigner", r->quote.mr_signer_seam[47] = 1) \
	CHANGE(module_attributes, "module.attributes",                         \
	    r->quote.seam_attributes = 1)                                      \
	CHANGE(level_sgx, "level.sgx",                                         \
	    (r->sgx.component[0] = 0, r->sgx.cpusvn[0] = 0))                   \
	CHANGE(level_pcesvn, "level.sgx", r->sgx.pcesvn = 4)                   \
	CHANGE(level_tdx, "level.tdx", r->quote.tee_tcb_svn[2] = 0)            \
	CHANGE(module_svn, "module.isvsvn", r->quote.tee_tcb_svn[0] = 0)       \
	CHANGE(qe_revoked, "level.revoked", r->quote.qe_svn = 1)               \
	CHANGE(module_revoked, "level.revoked", r->quote.tee_tcb_svn[0] = 1)

#define DEFINE(name, id, statement)                     \
	static void change_##name(struct sim_recipe *r) \
	{                                               \
		statement;                              \
	}
CHANGES(DEFINE)
#undef DEFINE

struct change {
	const char *name, *id;
	void (*make)(struct sim_recipe *r);
};
#define ENTRY(name, id, statement) { #name, "tdx." id, change_##name },
static const struct change changes[] = { CHANGES(ENTRY) };
#undef ENTRY

static void expect(
    const struct intel_world *w, const char *name, const char *id)
{
	struct intel_outcome o;

	intel_world_judge(w, NULL, &o);
	if (o.authentic || strcmp(o.info.id, id) != 0) {
		print_error("%s: want %s, got %s (%s)\n", name, id,
		    o.authentic ? "authentic" : o.info.id, o.fault.text);
		fail();
	}
	assert_true(fault_rejects(o.fault.kind));
	intel_outcome_drop(&o);
}

static void tdx__every_check_refuses_what_is_wrong_only_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct sim_recipe r;

		sim_recipe_init(&r, sim_world_now);
		changes[i].make(&r);
		AUTO(intel_world_drop)
		struct intel_world w = sim_world_mint(&keys, &r);
		expect(&w, changes[i].name, changes[i].id);
	}
}

/* ---- changes of bytes ------------------------------------------------------------ */

static struct intel_world honest(void)
{
	struct sim_recipe r;

	sim_recipe_init(&r, sim_world_now);
	return sim_world_mint(&keys, &r);
}

static void cut(struct intel_world *w, enum intel_file i, size_t n)
{
	assert_true(n <= w->file[i].n);
	w->file[i].n = n;
}

static void append(struct intel_world *w, enum intel_file i, uint8_t c)
{
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(LIMIT_RESPONSE_BYTES, "test", &f);

	wr_span(&out, blob_span(&w->file[i]));
	wr_u8(&out, c);
	blob_drop(&w->file[i]);
	assert_ok(wr_done(&out, &w->file[i]), f);
}

#define BYTES(name, id, statement)                                      \
	static void bytes__##name(void **state)                         \
	{                                                               \
		AUTO(intel_world_drop) struct intel_world w = honest(); \
		uint8_t *q = w.file[INTEL_QUOTE].p;                     \
		(void)state;                                            \
		(void)q;                                                \
		statement;                                              \
		expect(&w, #name, "tdx." id);                           \
	}
BYTES(a_short_quote_is_refused, "quote.length", cut(&w, INTEL_QUOTE, 635))
BYTES(an_unknown_body_is_refused, "quote.body", (q[0] = 5, q[48] = 9))
BYTES(auth_len_beyond_the_end_is_refused, "quote.auth", q[635] = 0xff)
BYTES(a_tail_is_refused, "quote.tail", append(&w, INTEL_QUOTE, 1))
BYTES(short_auth_data_are_refused, "quote.auth-size",
    (q[632] = 133, q[633] = 0, cut(&w, INTEL_QUOTE, 636 + 133)))
BYTES(parts_that_do_not_fit_are_refused, "quote.parts", q[1219] = 0xff)
BYTES(a_cut_root_crl_is_refused, "crl.root",
    cut(&w, INTEL_ROOT_CRL, w.file[INTEL_ROOT_CRL].n - 1))
BYTES(a_byte_behind_the_root_crl_is_refused, "crl.root",
    append(&w, INTEL_ROOT_CRL, 0))
BYTES(a_byte_behind_the_pck_crl_is_refused, "crl.pck",
    append(&w, INTEL_PCK_CRL, 0))
BYTES(text_behind_tcb_info_is_refused, "tcb.grammar",
    append(&w, INTEL_TCB_INFO, 'x'))
BYTES(text_behind_qe_identity_is_refused, "qe.grammar",
    append(&w, INTEL_QE_IDENTITY, 'x'))
BYTES(another_envelope_of_tcb_info_is_refused, "tcb.envelope",
    w.file[INTEL_TCB_INFO].p[2] = 'T')
BYTES(another_envelope_of_qe_identity_is_refused, "qe.envelope",
    w.file[INTEL_QE_IDENTITY].p[2] = 'E')
BYTES(a_nul_behind_the_signers_chain_is_refused, "tcb.signer.chain",
    append(&w, INTEL_TCB_CHAIN, 0))
BYTES(a_missing_chain_of_the_qe_signer_is_refused, "qe.signer.chain",
    cut(&w, INTEL_QE_CHAIN, 0))
#undef BYTES

static void tdx__quote_of_an_sgx_enclave_is_refused_as_tdx(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = honest();
	struct intel_outcome o;

	(void)state;
	w.is_tdx = false;
	intel_world_judge(&w, NULL, &o);
	assert_false(o.authentic);
	assert_string_equal(o.info.id, "sgx.quote.tee");
	intel_outcome_drop(&o);
}

/* ---- the other signer --------------------------------------------------------------- */

/*
 * QE identity under a signer of its own, wrong in one place: certificates are
 * minted again and put next to the root that everything else has.
 */
static struct intel_world other_qe_signer(
    struct sim_recipe *r, void (*make)(struct sim_recipe *))
{
	const enum sim_role chain[] = { SIM_TCB_SIGNER, SIM_ROOT };
	AUTO(sim_pki_drop_certs) struct sim_certs others = { 0 };
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct intel_world w = sim_world_mint(&keys, r);
	struct fault f = FAULT_INIT;
	const unsigned char *der;

	make(r);
	assert_ok(sim_pki_make_certs(&keys, r, &others, &f), f);
	assert_ok(x509_pem_read(blob_span(&w.file[INTEL_TCB_CHAIN]), false,
		      &pem, "test", &f),
	    f);
	der = pem.der[1].p;
	X509_free(others.cert[SIM_ROOT]);
	others.cert[SIM_ROOT] = d2i_X509(NULL, &der, (long)pem.der[1].n);
	blob_drop(&w.file[INTEL_QE_CHAIN]);
	assert_ok(
	    sim_pki_chain(&others, chain, 2, &w.file[INTEL_QE_CHAIN], &f), f);
	return w;
}

#define SIGNERS(CHANGE)                                             \
	CHANGE(qs_name, "qe.signer.chain",                          \
	    r->cert[SIM_TCB_SIGNER].cn = "Intel SGX TCB Signing 2") \
	CHANGE(qs_link, "qe.signer.link",                           \
	    r->cert[SIM_TCB_SIGNER].signed_by = SIM_AK)             \
	CHANGE(qs_aki, "qe.signer.link",                            \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_OTHER_AKI)     \
	CHANGE(qs_usage, "qe.signer.usage",                         \
	    r->cert[SIM_TCB_SIGNER].usage = "critical,cRLSign")     \
	CHANGE(qs_sha384, "qe.signer.algorithm",                    \
	    r->cert[SIM_TCB_SIGNER].flaws = SIM_CERT_SHA384)        \
	CHANGE(qs_old, "qe.signer.time",                            \
	    r->cert[SIM_TCB_SIGNER].to = r->cert[SIM_TCB_SIGNER].from)
#define DEFINE(name, id, statement)                     \
	static void change_##name(struct sim_recipe *r) \
	{                                               \
		statement;                              \
	}
SIGNERS(DEFINE)
#undef DEFINE
#define ENTRY(name, id, statement) { #name, "tdx." id, change_##name },
static const struct change signers[] = { SIGNERS(ENTRY) };
#undef ENTRY

static void tdx__the_qe_identity_has_a_signer_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(signers); i++) {
		struct sim_recipe r;

		sim_recipe_init(&r, sim_world_now);
		AUTO(intel_world_drop)
		struct intel_world w = other_qe_signer(&r, signers[i].make);
		expect(&w, signers[i].name, signers[i].id);
	}
}

/* The TCB info's signer gets another serial number; the other is listed. */
static void tdx__the_qe_identitys_signer_may_be_the_revoked_one(void **state)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct fault f = FAULT_INIT;
	struct sim_certs certs = { 0 };
	const enum sim_role chain[] = { SIM_TCB_SIGNER, SIM_ROOT };
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.root_crl.revoked = 1u << SIM_TCB_SIGNER;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	assert_ok(x509_pem_read(blob_span(&w.file[INTEL_TCB_CHAIN]), false,
		      &pem, "test", &f),
	    f);
	for (size_t i = 0; i < 2; i++) {
		const unsigned char *der = pem.der[i].p;

		certs.cert[chain[i]] = d2i_X509(NULL, &der, (long)pem.der[i].n);
	}
	assert_int_equal(
	    ASN1_INTEGER_set(
		X509_get_serialNumber(certs.cert[SIM_TCB_SIGNER]), 77),
	    1);
	assert_true(X509_sign(certs.cert[SIM_TCB_SIGNER], keys.key[SIM_ROOT],
			EVP_sha256()) > 0);
	blob_drop(&w.file[INTEL_TCB_CHAIN]);
	assert_ok(
	    sim_pki_chain(&certs, chain, 2, &w.file[INTEL_TCB_CHAIN], &f), f);
	expect(&w, "revoked signer", "tdx.qe.signer.revoked");
	sim_pki_drop_certs(&certs);
}

/* ---- what two edits need --------------------------------------------------------------- */

static void tdx__a_debug_quoting_enclave_is_refused_whatever_the_mask(
    void **state)
{
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.qe_flags |= 2;
	edit(&r.qe_identity, "\"attributesMask\":\"FB",
	    "\"attributesMask\":\"F9");
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	expect(&w, "qe debug", "tdx.qe.debug");
}

static void tdx__a_revoked_platform_is_refused_whatever_the_td_says(
    void **state)
{
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.tee_tcb_svn[2] = 2;
	edit(&r.tcb_info, LEVEL_ONE "\"UpToDate\"", LEVEL_ONE "\"Revoked\"");
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	expect(&w, "revoked platform", "tdx.level.sgx.revoked");
}

/* 10.9: "find the identity for U[1] (missing: reject)". */
static void tdx__relaunch_under_an_unknown_module_is_refused(void **state)
{
	static const uint8_t svn2[16] = { 9, 7, 3 }, none[48];
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.tee_tcb_svn[0] = 3; /* module OutOfDate */
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	sim_world_make_15(&w, &keys, svn2, none);
	expect(&w, "relaunch", "tdx.level.merged");
}

static void tdx__relaunch_is_advised_when_the_module_was_updated(void **state)
{
	static const uint8_t svn2[16] = { 4, 1, 3 }, none[48];
	struct intel_outcome o;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.tee_tcb_svn[0] = 3;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	sim_world_make_15(&w, &keys, svn2, none);
	intel_world_judge(&w, NULL, &o);
	assert_true(o.authentic);
	assert_string_equal(
	    intel_outcome_claim(&o, "tcbStatus"), "TDRelaunchAdvised");
	intel_outcome_drop(&o);
}

/* ---- roots --------------------------------------------------------------------------------- */

static void root_of(struct intel_world *w)
{
	AUTO(x509_pem_drop) struct x509_pem pem = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(x509_pem_read(blob_span(&w->file[INTEL_TCB_CHAIN]), false,
		      &pem, "test", &f),
	    f);
	w->root = intel_world_copy(blob_span(&pem.der[pem.n - 1]));
}

static void simulated__evidence_passes_and_is_called_simulated(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = honest();
	struct intel_outcome o;

	(void)state;
	intel_world_judge(&w, NULL, &o);
	if (!o.authentic)
		print_error("%s: %s\n", o.info.id, o.fault.text);
	assert_true(o.authentic);
	assert_true(o.simulated);
	assert_string_equal(intel_outcome_claim(&o, "root"), "simulator");
	assert_string_equal(intel_outcome_claim(&o, "tcbStatus"), "UpToDate");
	assert_string_equal(
	    intel_outcome_claim(&o, "validTo"), "2026-02-13T00:00:00Z");
	assert_int_equal(
	    o.verdict.links[LINK_HARDWARE].state, LINK_NOT_CHECKED);
	intel_outcome_drop(&o);
}

/* A root that only looks like a simulator's is none: Intel's root judges. */
static void simulated__root_without_its_mark_is_no_root_at_all(void **state)
{
	struct intel_outcome o;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.cert[SIM_ROOT].flaws = SIM_CERT_NO_SIM_MARK;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	intel_world_judge(&w, NULL, &o);
	assert_false(o.authentic);
	assert_false(o.simulated);
	assert_string_equal(o.info.id, "tdx.crl.root.issuer");
	intel_outcome_drop(&o);
}

static void simulated__root_with_another_name_is_no_root_at_all(void **state)
{
	struct intel_outcome o;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.cert[SIM_ROOT].cn = "Intel SGX Root CA";
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	intel_world_judge(&w, NULL, &o);
	assert_false(o.authentic);
	assert_false(o.simulated);
	intel_outcome_drop(&o);
}

static void simulated__root_that_another_key_signed_is_none(void **state)
{
	struct intel_outcome o;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.cert[SIM_ROOT].signed_by = SIM_AK;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	intel_world_judge(&w, NULL, &o);
	assert_false(o.authentic);
	assert_false(o.simulated);
	intel_outcome_drop(&o);
}

static void root__given_by_the_caller_replaces_the_others(void **state)
{
	struct intel_outcome o;
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.cert[SIM_ROOT].flaws = SIM_CERT_NO_SIM_MARK;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	root_of(&w);
	intel_world_judge(&w, NULL, &o);
	assert_true(o.authentic);
	assert_false(o.simulated);
	assert_string_equal(
	    intel_outcome_claim(&o, "root"), "given by the caller");
	intel_outcome_drop(&o);
}

static void root__of_a_simulator_stays_one_when_the_caller_gives_it(
    void **state)
{
	AUTO(intel_world_drop) struct intel_world w = honest();
	struct intel_outcome o;

	(void)state;
	root_of(&w);
	intel_world_judge(&w, NULL, &o);
	assert_true(o.authentic);
	assert_true(o.simulated);
	assert_string_equal(intel_outcome_claim(&o, "root"), "simulator");
	intel_outcome_drop(&o);
}

static void root__at_the_end_of_the_chain_must_be_the_one_that_judges(
    void **state)
{
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.chain[2] = SIM_PLATFORM_CA;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	root_of(&w);
	expect(&w, "other root", "tdx.pck.root");
}

static void chain__of_two_certificates_is_refused(void **state)
{
	struct sim_recipe r;

	(void)state;
	sim_recipe_init(&r, sim_world_now);
	r.quote.n_chain = 2;
	AUTO(intel_world_drop) struct intel_world w = sim_world_mint(&keys, &r);
	root_of(&w);
	expect(&w, "short chain", "tdx.pck.chain");
}

/* ---- chains that are given apart ------------------------------------------------------------- */

/* A quote with certification data of this type and nothing but its leaf. */
static struct intel_world with_leaf_alone(uint16_t type)
{
	struct sim_recipe r;

	sim_recipe_init(&r, sim_world_now);
	r.quote.inner_type = type;
	r.quote.n_chain = 1;
	return sim_world_mint(&keys, &r);
}

/* The leaf in the quote, and what its CA's list came with. */
static struct blob chain_of(const struct intel_world *w)
{
	struct fault f = FAULT_INIT;
	struct wr out = wr_grow(LIMIT_PEM_BYTES, "test", &f);
	struct blob chain = { 0 };
	struct intel_quote q;

	assert_ok(
	    intel_quote_parse(blob_span(&w->file[INTEL_QUOTE]), &q, &f), f);
	/* Without the NUL behind it. */
	wr_bytes(&out, q.cert_data.p, q.cert_data.n - 1);
	wr_span(&out, blob_span(&w->file[INTEL_PCK_CRL_CHAIN]));
	assert_ok(wr_done(&out, &chain), f);
	return chain;
}

static void chain__given_apart_completes_a_certificate_in_the_quote(
    void **state)
{
	AUTO(intel_world_drop) struct intel_world w = with_leaf_alone(4);
	struct intel_outcome o;

	(void)state;
	expect(&w, "no chain", "tdx.quote.certification");
	w.file[INTEL_PCK_CHAIN] = chain_of(&w);
	intel_world_judge(&w, NULL, &o);
	assert_true(o.authentic);
	intel_outcome_drop(&o);
}

static void chain__given_apart_does_not_replace_the_quotes_certificate(
    void **state)
{
	AUTO(intel_world_drop) struct intel_world w = with_leaf_alone(4);
	AUTO(intel_world_drop) struct intel_world other = with_leaf_alone(4);

	(void)state;
	/* The same names and keys, another signature by the CA. */
	w.file[INTEL_PCK_CHAIN] = chain_of(&other);
	root_of(&other);
	w.root = blob_move(&other.root);
	for (size_t i = INTEL_TCB_INFO; i <= INTEL_QE_CHAIN; i++) {
		blob_drop(&w.file[i]);
		w.file[i] = blob_move(&other.file[i]);
	}
	expect(&w, "other leaf", "tdx.pck.chain");
}

static void chain__given_apart_is_not_looked_at_beside_the_quotes(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = honest();
	struct intel_outcome o;

	(void)state;
	w.file[INTEL_PCK_CHAIN] = intel_world_copy(span_text("no chain"));
	intel_world_judge(&w, NULL, &o);
	assert_true(o.authentic);
	intel_outcome_drop(&o);
}

static void certification__of_an_encrypted_ppid_has_one_length(void **state)
{
	static const uint16_t types[] = { 2, 3 };
	AUTO(intel_world_drop) struct intel_world good = with_leaf_alone(4);

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		AUTO(intel_world_drop)
		struct intel_world w = with_leaf_alone(types[i]);

		w.file[INTEL_PCK_CHAIN] = chain_of(&good);
		expect(&w, "length", "tdx.quote.certification");
	}
}

/* ---- absent collateral ----------------------------------------------------------------------- */

static void collateral__that_is_absent_leaves_it_unjudged(void **state)
{
	AUTO(intel_world_drop) struct intel_world w = honest();
	const struct verify_options opt = { .at = w.at };
	struct tee_case c = { .quote = blob_span(&w.file[INTEL_QUOTE]),
		.opt = &opt };
	struct fault f = FAULT_INIT;
	size_t i = 0;

	(void)state;
	assert_ok(tee_tdx.open(&c, &f), f);
	while (i < tee_tdx.n_checks && tee_tdx.checks[i].run(&c, &f))
		i++;
	assert_string_equal(tee_tdx.checks[i].info.id, "tdx.collateral");
	assert_false(fault_rejects(f.kind));
	assert_true(c.simulated);
	tee_tdx.close(&c);
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
		    simulated__evidence_passes_and_is_called_simulated),
		cmocka_unit_test(
		    tdx__every_check_refuses_what_is_wrong_only_there),
		cmocka_unit_test(bytes__a_short_quote_is_refused),
		cmocka_unit_test(bytes__an_unknown_body_is_refused),
		cmocka_unit_test(bytes__auth_len_beyond_the_end_is_refused),
		cmocka_unit_test(bytes__a_tail_is_refused),
		cmocka_unit_test(bytes__short_auth_data_are_refused),
		cmocka_unit_test(bytes__parts_that_do_not_fit_are_refused),
		cmocka_unit_test(bytes__a_cut_root_crl_is_refused),
		cmocka_unit_test(bytes__a_byte_behind_the_root_crl_is_refused),
		cmocka_unit_test(bytes__a_byte_behind_the_pck_crl_is_refused),
		cmocka_unit_test(bytes__text_behind_tcb_info_is_refused),
		cmocka_unit_test(bytes__text_behind_qe_identity_is_refused),
		cmocka_unit_test(
		    bytes__another_envelope_of_tcb_info_is_refused),
		cmocka_unit_test(
		    bytes__another_envelope_of_qe_identity_is_refused),
		cmocka_unit_test(
		    bytes__a_nul_behind_the_signers_chain_is_refused),
		cmocka_unit_test(
		    bytes__a_missing_chain_of_the_qe_signer_is_refused),
		cmocka_unit_test(
		    tdx__quote_of_an_sgx_enclave_is_refused_as_tdx),
		cmocka_unit_test(tdx__the_qe_identity_has_a_signer_of_its_own),
		cmocka_unit_test(
		    tdx__the_qe_identitys_signer_may_be_the_revoked_one),
		cmocka_unit_test(
		    tdx__a_debug_quoting_enclave_is_refused_whatever_the_mask),
		cmocka_unit_test(
		    tdx__a_revoked_platform_is_refused_whatever_the_td_says),
		cmocka_unit_test(
		    tdx__relaunch_under_an_unknown_module_is_refused),
		cmocka_unit_test(
		    tdx__relaunch_is_advised_when_the_module_was_updated),
		cmocka_unit_test(
		    simulated__root_without_its_mark_is_no_root_at_all),
		cmocka_unit_test(
		    simulated__root_with_another_name_is_no_root_at_all),
		cmocka_unit_test(
		    simulated__root_that_another_key_signed_is_none),
		cmocka_unit_test(root__given_by_the_caller_replaces_the_others),
		cmocka_unit_test(
		    root__of_a_simulator_stays_one_when_the_caller_gives_it),
		cmocka_unit_test(
		    root__at_the_end_of_the_chain_must_be_the_one_that_judges),
		cmocka_unit_test(chain__of_two_certificates_is_refused),
		cmocka_unit_test(
		    chain__given_apart_completes_a_certificate_in_the_quote),
		cmocka_unit_test(
		    chain__given_apart_does_not_replace_the_quotes_certificate),
		cmocka_unit_test(
		    chain__given_apart_is_not_looked_at_beside_the_quotes),
		cmocka_unit_test(
		    certification__of_an_encrypted_ppid_has_one_length),
		cmocka_unit_test(collateral__that_is_absent_leaves_it_unjudged),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
