/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sim_world.h"

#include "tests/unit/check.h"

const struct utc sim_world_now = { .ms = 1768435200000 };
const uint8_t sim_world_report_data[REPORT_DATA_BYTES] = { 0xaa, 0xbb,
	0xcc, [63] = 0xdd };

struct intel_world sim_world_mint(
    const struct sim_keys *keys, const struct sim_recipe *r)
{
	struct intel_world w = { .at = sim_world_now, .is_tdx = true };
	AUTO(sim_pki_drop_certs) struct sim_certs certs = { 0 };
	AUTO(blob_drop) struct blob tail = { 0 };
	struct sim_collateral c = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(sim_pki_make_certs(keys, r, &certs, &f), f);
	assert_ok(sim_collateral_make(keys, &certs, r, &c, &f), f);
	assert_ok(sim_tdx_quote_tail(keys, &certs, &r->quote, &tail, &f), f);
	assert_ok(sim_tdx_quote_make(keys, &r->quote, blob_span(&tail),
		      sim_world_report_data, &w.file[INTEL_QUOTE], &f),
	    f);
	w.file[INTEL_QE_CHAIN] = blob_move(&c.qe_chain);
	w.file[INTEL_TCB_INFO] = blob_move(&c.tcb_info);
	w.file[INTEL_QE_IDENTITY] = blob_move(&c.qe_identity);
	w.file[INTEL_PCK_CRL] = blob_move(&c.pck_crl);
	w.file[INTEL_ROOT_CRL] = blob_move(&c.root_crl);
	w.file[INTEL_PCK_CRL_CHAIN] = blob_move(&c.pck_crl_chain);
	w.file[INTEL_TCB_CHAIN] = blob_move(&c.tcb_chain);
	sim_collateral_drop(&c);
	return w;
}

void sim_world_make_15(struct intel_world *w, const struct sim_keys *keys,
    const uint8_t svn2[16], const uint8_t mrservicetd[48])
{
	struct fault f = FAULT_INIT;
	struct span old = blob_span(&w->file[INTEL_QUOTE]);
	struct wr out = wr_grow(LIMIT_QUOTE_BYTES, "test", &f);
	struct blob made = { 0 };
	uint8_t rs[64];

	wr_u16le(&out, 5);
	wr_bytes(&out, old.p + 2, 46);
	wr_u16le(&out, INTEL_BODY_TD15);
	wr_u32le(&out, INTEL_TD15_BYTES);
	wr_bytes(&out, old.p + 48, INTEL_TD10_BYTES);
	wr_bytes(&out, svn2, 16);
	wr_bytes(&out, mrservicetd, 48);
	assert_ok(sim_pki_sign(keys->key[SIM_AK], wr_view(&out), rs, &f), f);
	wr_bytes(&out, old.p + 632, 4);
	wr_bytes(&out, rs, sizeof(rs));
	wr_bytes(&out, old.p + 700, old.n - 700);
	assert_ok(wr_done(&out, &made), f);
	blob_drop(&w->file[INTEL_QUOTE]);
	w->file[INTEL_QUOTE] = made;
}
