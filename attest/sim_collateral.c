/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's collateral: TCB info, QE identity, CRLs and their chains, as
 * the vendor's service would send them (sections 6 to 8).
 */
#include "attest/sim.h"

#include "verify/base/limits.h"
#include "verify/base/text.h"
#include "verify/collateral.h"

#include <string.h>

#define AT "sim.collateral"

#define ZERO_96                                            \
	"000000000000000000000000000000000000000000000000" \
	"000000000000000000000000000000000000000000000000"
#define TCB_DATE "2025-05-14T00:00:00Z"
#define OLD_DATE "2024-03-13T00:00:00Z"

/* ---- TCB info ----------------------------------------------------------- */

struct level {
	uint8_t sgx[16];
	uint16_t pcesvn;
	uint8_t tdx[16];
	const char *date, *status, *advisory;
};

/* The highest is what the default recipe's PCK certificate and TD report. */
static const struct level levels[] = {
	{ { 3, 3, 2, 2, 4, 1, 0, 5 }, 13, { 5, 0, 3 }, TCB_DATE, "UpToDate",
	    NULL },
	{ { 2, 2, 2, 2, 3, 1, 0, 5 }, 11, { 3, 0, 2 }, OLD_DATE, "OutOfDate",
	    "SIMULATED-SA-00001" },
	{ { 1, 1, 1, 1, 1, 0, 0, 1 }, 5, { 0, 0, 1 }, OLD_DATE, "Revoked",
	    "SIMULATED-SA-00002" },
};

static void write_components(
    struct wr *w, const char *name, const uint8_t svn[16])
{
	wr_printf(w, "\"%s\":[", name);
	for (size_t i = 0; i < 16; i++)
		wr_printf(w, "%s{\"svn\":%u}", i ? "," : "", svn[i]);
	wr_text(w, "]");
}

static void write_level(struct wr *w, const struct level *l)
{
	wr_text(w, "{\"tcb\":{");
	write_components(w, "sgxtcbcomponents", l->sgx);
	wr_printf(w, ",\"pcesvn\":%u,", l->pcesvn);
	write_components(w, "tdxtcbcomponents", l->tdx);
	wr_printf(
	    w, "},\"tcbDate\":\"%s\",\"tcbStatus\":\"%s\"", l->date, l->status);
	if (l->advisory)
		wr_printf(w, ",\"advisoryIDs\":[\"%s\"]", l->advisory);
	wr_text(w, "}");
}

/* One level of a module identity or of the QE identity. */
static void write_svn_level(
    struct wr *w, unsigned svn, const char *date, const char *status)
{
	wr_printf(w,
	    "{\"tcb\":{\"isvsvn\":%u},\"tcbDate\":\"%s\","
	    "\"tcbStatus\":\"%s\"}",
	    svn, date, status);
}

static void write_svn_levels(struct wr *w)
{
	wr_text(w, "\"tcbLevels\":[");
	write_svn_level(w, 4, TCB_DATE, "UpToDate");
	wr_text(w, ",");
	write_svn_level(w, 2, OLD_DATE, "OutOfDate");
	wr_text(w, ",");
	write_svn_level(w, 1, OLD_DATE, "Revoked");
	wr_text(w, "]");
}

static void write_head(struct wr *w, const char *id, unsigned version,
    const struct sim_json *recipe)
{
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];
	wr_printf(w,
	    "{\"id\":\"%s\",\"version\":%u,\"issueDate\":\"%s\","
	    "\"nextUpdate\":\"%s\",",
	    id, version, utc_format(recipe->from, from),
	    utc_format(recipe->to, to));
}

#define MODULE_MEMBERS                         \
	"\"mrsigner\":\"" ZERO_96 "\","        \
	"\"attributes\":\"0000000000000000\"," \
	"\"attributesMask\":\"FFFFFFFFFFFFFFFF\""

static void write_tcb_info(struct wr *w, const struct sim_recipe *r)
{
	/* The real platform's FMSPC, whatever the certificate's flaws. */
	char fmspc[HEX_SIZE(6)];
	hex_encode(span_of("\xaf\xf1\xa4\x00\x00\x00", 6), fmspc);

	write_head(w, "TDX", 3, &r->tcb_info);
	wr_printf(w,
	    "\"fmspc\":\"%s\",\"pceId\":\"0000\",\"tcbType\":0,"
	    "\"tcbEvaluationDataNumber\":18,"
	    "\"tdxModule\":{" MODULE_MEMBERS "},"
	    "\"tdxModuleIdentities\":[{\"id\":\"TDX_01\"," MODULE_MEMBERS ",",
	    fmspc);
	write_svn_levels(w);
	wr_text(w, "}],\"tcbLevels\":[");
	for (size_t i = 0; i < COUNT(levels); i++) {
		wr_text(w, i ? "," : "");
		write_level(w, &levels[i]);
	}
	wr_text(w, "]}");
}

/* ---- QE identity -------------------------------------------------------- */

static void write_qe_identity(struct wr *w, const struct sim_recipe *r)
{
	write_head(w, "TD_QE", 2, &r->qe_identity);
	wr_text(w,
	    "\"tcbEvaluationDataNumber\":18,"
	    "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
	    "\"attributes\":\"11000000000000000000000000000000\","
	    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\","
	    "\"mrsigner\":\"DC9E2A7C6F948F17474E34A7FC43ED03"
	    "0F7C1563F1BABDDF6340C82E0E54A8C5\","
	    "\"isvprodid\":2,");
	write_svn_levels(w);
	wr_text(w, "}");
}

/* ---- signing ------------------------------------------------------------ */

static FALLIBLE edit(
    struct blob *text, const struct sim_edit *e, struct fault *f)
{
	const char *all = (const char *)text->p;
	const char *place = strstr(all, e->from);
	if (!place)
		return fault_raise(f, FAULT_USAGE, AT,
		    "the text to edit does not stand in the JSON: %.80s",
		    e->from);
	size_t before = (size_t)(place - all);
	size_t after = before + strlen(e->from);
	struct wr w = wr_grow(LIMIT_COLLATERAL_JSON, AT, f);
	wr_bytes(&w, text->p, before);
	wr_text(&w, e->to);
	wr_bytes(&w, text->p + after, text->n - after);
	AUTO(blob_drop) struct blob edited = { 0 };
	TRY(wr_done(&w, &edited));
	blob_drop(text);
	*text = blob_move(&edited);
	return true;
}

/* {"NAME":<inner>,"signature":"..."} over the inner object's exact bytes. */
static FALLIBLE sign(const struct sim_keys *keys, const struct sim_json *recipe,
    const char *name, struct wr *w, struct blob *out, struct fault *f)
{
	AUTO(blob_drop) struct blob inner = { 0 };
	TRY(wr_done(w, &inner));
	for (size_t i = 0; i < recipe->n_edits; i++)
		TRY(edit(&inner, &recipe->edits[i], f));

	uint8_t rs[64];
	char hex[HEX_SIZE(64)];
	TRY(sim_pki_sign(
	    keys->key[recipe->signed_by], blob_span(&inner), rs, f));
	hex_encode(span_of(rs, sizeof(rs)), hex);
	struct wr body = wr_grow(LIMIT_COLLATERAL_JSON, AT, f);
	wr_printf(&body, "{\"%s\":", name);
	wr_span(&body, blob_span(&inner));
	wr_printf(&body, ",\"signature\":\"%s\"}", hex);
	return wr_done(&body, out);
}

static FALLIBLE chain(const struct sim_certs *certs,
    const struct sim_json *recipe, struct blob *out, struct fault *f)
{
	if (recipe->chain_text.n)
		return blob_copy(recipe->chain_text, out, f);
	return sim_pki_chain(certs, recipe->chain, recipe->n_chain, out, f);
}

FALLIBLE sim_collateral_make(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_recipe *r,
    struct sim_collateral *out, struct fault *f)
{
	static const enum sim_role ca_chain[] = { SIM_PLATFORM_CA, SIM_ROOT };
	AUTO(sim_collateral_drop) struct sim_collateral c = { 0 };

	struct wr tcb = wr_grow(LIMIT_COLLATERAL_JSON, AT, f);
	write_tcb_info(&tcb, r);
	TRY(sign(keys, &r->tcb_info, "tcbInfo", &tcb, &c.tcb_info, f));
	struct wr qe = wr_grow(LIMIT_COLLATERAL_JSON, AT, f);
	write_qe_identity(&qe, r);
	TRY(sign(
	    keys, &r->qe_identity, "enclaveIdentity", &qe, &c.qe_identity, f));
	TRY(sim_crl_make(keys, certs, &r->root_crl, &c.root_crl, f));
	TRY(sim_crl_make(keys, certs, &r->pck_crl, &c.pck_crl, f));
	TRY(chain(certs, &r->tcb_info, &c.tcb_chain, f));
	TRY(chain(certs, &r->qe_identity, &c.qe_chain, f));
	TRY(sim_pki_chain(
	    certs, ca_chain, COUNT(ca_chain), &c.pck_crl_chain, f));
	*out = c;
	c = (struct sim_collateral){ 0 };
	return true;
}

void sim_collateral_drop(struct sim_collateral *c)
{
	blob_drop(&c->tcb_info);
	blob_drop(&c->qe_identity);
	blob_drop(&c->pck_crl);
	blob_drop(&c->root_crl);
	blob_drop(&c->tcb_chain);
	blob_drop(&c->qe_chain);
	blob_drop(&c->pck_crl_chain);
}

FALLIBLE sim_collateral_bundle(
    const struct sim_collateral *c, struct blob *out, struct fault *f)
{
	const struct collateral bundle = {
		.pck_crl = blob_span(&c->pck_crl),
		.pck_crl_issuer_chain = blob_span(&c->pck_crl_chain),
		.qe_identity = blob_span(&c->qe_identity),
		.qe_identity_issuer_chain = blob_span(&c->qe_chain),
		.root_ca_crl = blob_span(&c->root_crl),
		.tcb_info = blob_span(&c->tcb_info),
		.tcb_info_issuer_chain = blob_span(&c->tcb_chain),
	};
	struct wr w = wr_grow(LIMIT_RESPONSE_BYTES, AT, f);
	if (!collateral_encode(&bundle, &w, f)) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}
