/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TDX quote of version 4, field by field (sections 2 to 4): header 48, TD
 * report 584, length 4, then the authentication data with the QE report and
 * the PCK chain inside.
 */
#include "attest/sim.h"

#include "verify/base/limits.h"

#include <string.h>

#define AT "sim.quote"
#define SIGNED_BYTES 632 /* header and body */
#define REPORT_BYTES 384 /* an SGX enclave report */

/* ---- the QE report and what follows ------------------------------------- */

static FALLIBLE attestation_key(const struct sim_keys *keys,
    const struct sim_quote *q, uint8_t xy[64], struct fault *f)
{
	if (!q->ak)
		return sim_pki_public(keys->key[SIM_AK], xy, f);
	memcpy(xy, q->ak, 64);
	return true;
}

static void write_qe_report(
    struct wr *w, const struct sim_quote *q, const struct sha256 *bound)
{
	wr_bytes(w, q->qe_cpusvn, sizeof(q->qe_cpusvn));
	wr_u32le(w, q->qe_miscselect);
	wr_zero(w, 28);
	wr_u64le(w, q->qe_flags);
	wr_u64le(w, q->qe_xfrm);
	wr_bytes(w, q->qe_mr_enclave, sizeof(q->qe_mr_enclave));
	wr_zero(w, 32);
	wr_bytes(w, q->qe_mr_signer, sizeof(q->qe_mr_signer));
	wr_zero(w, 96);
	wr_u16le(w, q->qe_prod_id);
	wr_u16le(w, q->qe_svn);
	wr_zero(w, 60);
	wr_bytes(w, bound->b, sizeof(bound->b));
	wr_bytes(w, q->qe_data_tail, sizeof(q->qe_data_tail));
}

FALLIBLE sim_tdx_quote_tail(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_quote *q, struct blob *out,
    struct fault *f)
{
	uint8_t ak[64], report[REPORT_BYTES], rs[64];
	size_t report_n;
	TRY(attestation_key(keys, q, ak, f));
	const struct span bound[] = { { ak, sizeof(ak) }, q->qe_auth };
	struct sha256 binding = sha256_of_parts(bound, COUNT(bound));
	struct wr in = wr_into(report, sizeof(report), AT, f);
	write_qe_report(&in, q, &binding);
	TRY(wr_done_into(&in, &report_n));
	TRY(sim_pki_sign(
	    keys->key[q->qe_signed_by], span_of(report, report_n), rs, f));

	AUTO(blob_drop) struct blob chain = { 0 };
	if (q->chain_text.n)
		TRY(blob_copy(q->chain_text, &chain, f));
	else
		TRY(sim_pki_chain(certs, q->chain, q->n_chain, &chain, f));
	/* Blobs have one NUL behind their text, and so do real chains. */
	size_t chain_n = chain.n + (q->chain_text.n ? 0 : 1);

	struct wr w = wr_grow(LIMIT_QUOTE_BYTES, AT, f);
	wr_u16le(&w, q->outer_type);
	size_t length = wr_hold(&w, 4);
	size_t start = w.n;
	wr_bytes(&w, report, report_n);
	wr_bytes(&w, rs, sizeof(rs));
	wr_u16le(&w, (uint16_t)q->qe_auth.n);
	wr_span(&w, q->qe_auth);
	wr_u16le(&w, q->inner_type);
	wr_u32le(&w, (uint32_t)chain_n);
	wr_bytes(&w, chain.p, chain_n);
	wr_fill_u32le(&w, length, (uint32_t)(w.n - start));
	return wr_done(&w, out);
}

/* ---- the quote ---------------------------------------------------------- */

static void write_header(struct wr *w, const struct sim_quote *q)
{
	wr_u16le(w, q->version);
	wr_u16le(w, q->key_type);
	wr_u32le(w, q->tee_type);
	wr_zero(w, 4);
	wr_bytes(w, q->vendor, sizeof(q->vendor));
	wr_bytes(w, q->user_data, sizeof(q->user_data));
}

static void write_report(struct wr *w, const struct sim_quote *q,
    const uint8_t report_data[REPORT_DATA_BYTES])
{
	wr_bytes(w, q->tee_tcb_svn, sizeof(q->tee_tcb_svn));
	wr_bytes(w, q->mr_seam, sizeof(q->mr_seam));
	wr_bytes(w, q->mr_signer_seam, sizeof(q->mr_signer_seam));
	wr_u64le(w, q->seam_attributes);
	wr_u64le(w, q->td_attributes);
	wr_u64le(w, q->xfam);
	wr_bytes(w, q->mr_td, sizeof(q->mr_td));
	wr_bytes(w, q->mr_config_id, sizeof(q->mr_config_id));
	wr_bytes(w, q->mr_owner, sizeof(q->mr_owner));
	wr_bytes(w, q->mr_owner_config, sizeof(q->mr_owner_config));
	for (size_t i = 0; i < COUNT(q->rtmr); i++)
		wr_bytes(w, q->rtmr[i], sizeof(q->rtmr[i]));
	wr_bytes(w, report_data, REPORT_DATA_BYTES);
}

FALLIBLE sim_tdx_quote_make(const struct sim_keys *keys,
    const struct sim_quote *q, struct span tail,
    const uint8_t report_data[REPORT_DATA_BYTES], struct blob *out,
    struct fault *f)
{
	uint8_t prefix[SIGNED_BYTES], ak[64], rs[64];
	size_t n;
	struct wr in = wr_into(prefix, sizeof(prefix), AT, f);
	write_header(&in, q);
	write_report(&in, q, report_data);
	TRY(wr_done_into(&in, &n));
	TRY(attestation_key(keys, q, ak, f));
	TRY(sim_pki_sign(keys->key[q->signed_by], span_of(prefix, n), rs, f));

	struct wr w = wr_grow(LIMIT_QUOTE_BYTES, AT, f);
	wr_bytes(&w, prefix, n);
	wr_u32le(&w, (uint32_t)(sizeof(rs) + sizeof(ak) + tail.n));
	wr_bytes(&w, rs, sizeof(rs));
	wr_bytes(&w, ak, sizeof(ak));
	wr_span(&w, tail);
	wr_zero(&w, q->zero_tail);
	return wr_done(&w, out);
}
