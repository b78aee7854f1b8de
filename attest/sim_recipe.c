/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a simulated platform looks like when nothing is wrong with it. The
 * fixed values are listed for readers in SIMULATOR.md.
 */
#include "attest/sim.h"

#include "verify/simulator_oid.h"

#include <string.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define YEAR_MS (365 * DAY_MS)

static const char CA_USAGE[] = "critical,keyCertSign,cRLSign";
static const char SIGN_USAGE[] = "critical,digitalSignature,nonRepudiation";

static struct utc later(struct utc t, int64_t ms)
{
	return (struct utc){ .ms = t.ms + ms };
}

static void init_certs(struct sim_recipe *r, struct utc from)
{
	r->cert[SIM_ROOT] = (struct sim_cert){
		.cn = SIMULATOR_ROOT_CN,
		.issuer = SIM_ROOT,
		.signed_by = SIM_ROOT,
		.from = from,
		.to = later(from, 25 * YEAR_MS),
		.constraints = "critical,CA:TRUE,pathlen:1",
		.usage = CA_USAGE,
	};
	r->cert[SIM_PLATFORM_CA] = (struct sim_cert){
		.cn = "Intel SGX PCK Platform CA",
		.vendor_names = true,
		.issuer = SIM_ROOT,
		.signed_by = SIM_ROOT,
		.from = from,
		.to = later(from, 15 * YEAR_MS),
		.constraints = "critical,CA:TRUE,pathlen:0",
		.usage = CA_USAGE,
	};
	r->cert[SIM_TCB_SIGNER] = (struct sim_cert){
		.cn = "Intel SGX TCB Signing",
		.vendor_names = true,
		.issuer = SIM_ROOT,
		.signed_by = SIM_ROOT,
		.from = from,
		.to = later(from, 7 * YEAR_MS),
		.constraints = "critical,CA:FALSE",
		.usage = SIGN_USAGE,
	};
	r->cert[SIM_PCK] = (struct sim_cert){
		.cn = "Intel SGX PCK Certificate",
		.vendor_names = true,
		.issuer = SIM_PLATFORM_CA,
		.signed_by = SIM_PLATFORM_CA,
		.from = from,
		.to = later(from, 7 * YEAR_MS),
		.constraints = "critical,CA:FALSE",
		.usage = SIGN_USAGE,
	};
}

/* The vector of the highest level in sim_collateral.c. */
static void init_sgx(struct sim_sgx *sgx)
{
	static const uint8_t svn[16] = { 3, 3, 2, 2, 4, 1, 0, 5 };
	*sgx = (struct sim_sgx){
		.ppid = { 'S', 'I', 'M', 'U', 'L', 'A', 'T', 'E', 'D', ' ', 'P',
		    'P', 'I', 'D', ' ', ' ' },
		.pcesvn = 13,
		.pceid = { 0, 0 },
		.fmspc = { 0xaf, 0xf1, 0xa4, 0x00, 0x00, 0x00 },
		.type = 1,
		.instance = { 'S', 'I', 'M', 'U', 'L', 'A', 'T', 'E', 'D', ' ',
		    'H', 'O', 'S', 'T', ' ', ' ' },
	};
	for (size_t i = 0; i < sizeof(svn); i++)
		sgx->component[i] = svn[i];
	memcpy(sgx->cpusvn, svn, sizeof(svn));
}

/* A measurement that says what it is: SHA-384 of its label. */
static void measure(uint8_t out[48], const char *label)
{
	struct sha384 h = sha384_of(span_text(label));
	memcpy(out, h.b, sizeof(h.b));
}

static void init_quote(struct sim_quote *q)
{
	static const uint8_t qe_auth[32] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
		11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
		27, 28, 29, 30, 31 };
	*q = (struct sim_quote){
		.version = 4,
		.key_type = 2,
		.tee_type = 0x81,
		.vendor = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
		    0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07 },
		.user_data = { 'S', 'I', 'M', 'U', 'L', 'A', 'T', 'E', 'D', ' ',
		    'Q', 'E', ' ', ' ', ' ', ' ' },
		.tee_tcb_svn = { 6, 1, 3 },
		.td_attributes = 0x10000000, /* SEPT_VE_DISABLE */
		.xfam = 0x602e7,
		.signed_by = SIM_AK,
		.qe_cpusvn = { 'S', 'I', 'M' },
		.qe_flags = 0x15, /* INIT, MODE64BIT, PROVISION_KEY */
		.qe_xfrm = 0xe7,
		/* The signer of the real TD QE: the QE identity names it. */
		.qe_mr_signer = { 0xdc, 0x9e, 0x2a, 0x7c, 0x6f, 0x94, 0x8f,
		    0x17, 0x47, 0x4e, 0x34, 0xa7, 0xfc, 0x43, 0xed, 0x03, 0x0f,
		    0x7c, 0x15, 0x63, 0xf1, 0xba, 0xbd, 0xdf, 0x63, 0x40, 0xc8,
		    0x2e, 0x0e, 0x54, 0xa8, 0xc5 },
		.qe_prod_id = 2,
		.qe_svn = 4,
		.qe_auth = { qe_auth, sizeof(qe_auth) },
		.qe_signed_by = SIM_PCK,
		.outer_type = 6,
		.inner_type = 5,
		.chain = { SIM_PCK, SIM_PLATFORM_CA, SIM_ROOT },
		.n_chain = 3,
	};
	measure(q->mr_seam, "affiant simulator: MRSEAM");
	measure(q->mr_td, "affiant simulator: MRTD");
	measure(q->rtmr[0], "affiant simulator: RTMR0");
	measure(q->rtmr[1], "affiant simulator: RTMR1");
	measure(q->rtmr[2], "affiant simulator: RTMR2");
	measure(q->rtmr[3], "affiant simulator: RTMR3");
	struct sha256 qe = sha256_of(span_text("affiant simulator: TD QE"));
	memcpy(q->qe_mr_enclave, qe.b, sizeof(qe.b));
}

void sim_recipe_init(struct sim_recipe *r, struct utc now)
{
	/*
	 * A day old from the start, as what a vendor's service hands out
	 * usually is: a verifier whose clock is a little behind agrees. Whole
	 * seconds, because certificates know no others.
	 */
	struct utc from = { .ms = (now.ms / 1000) * 1000 - DAY_MS };
	struct utc to = later(from, 30 * DAY_MS);
	*r = (struct sim_recipe){
		.root_crl = { SIM_ROOT, SIM_ROOT, from, to, 0, 0 },
		.pck_crl = { SIM_PLATFORM_CA, SIM_PLATFORM_CA, from, to, 0, 0 },
		.tcb_info = {
		    .from = from,
		    .to = to,
		    .signed_by = SIM_TCB_SIGNER,
		    .chain = { SIM_TCB_SIGNER, SIM_ROOT },
		    .n_chain = 2,
		},
	};
	r->qe_identity = r->tcb_info;
	init_certs(r, from);
	init_sgx(&r->sgx);
	init_quote(&r->quote);
}
