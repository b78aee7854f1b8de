/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SGX extension of a PCK certificate from Platform CA, in DER: seven
 * entries { OID, value }, in the vendor's order (section 5).
 */
#include "attest/sim.h"

#include "verify/base/rd_der.h"

#define AT "sim.sgx"

/* Definite, minimal length; nothing here reaches 65536. */
static void tlv(struct wr *w, uint8_t tag, struct span value)
{
	wr_u8(w, tag);
	if (value.n >= 256) {
		wr_u8(w, 0x82);
		wr_u16be(w, (uint16_t)value.n);
	} else {
		if (value.n >= 128)
			wr_u8(w, 0x81);
		wr_u8(w, (uint8_t)value.n);
	}
	wr_span(w, value);
}

/* The shortest two's complement: 200 takes two bytes. */
static void integer(struct wr *w, uint8_t tag, int32_t v)
{
	uint8_t be[4] = { (uint8_t)((uint32_t)v >> 24),
		(uint8_t)((uint32_t)v >> 16), (uint8_t)((uint32_t)v >> 8),
		(uint8_t)v };
	size_t skip = 0;
	while (skip < 3 &&
	    ((be[skip] == 0x00 && be[skip + 1] < 0x80) ||
		(be[skip] == 0xff && be[skip + 1] >= 0x80)))
		skip++;
	tlv(w, tag, span_of(be + skip, sizeof(be) - skip));
}

/* An entry's OID: 1.2.840.113741.1.13.1 and one or two arcs below 128. */
static void oid(struct wr *w, uint8_t arc, uint8_t below)
{
	uint8_t o[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01,
		arc, below };
	tlv(w, DER_OID, span_of(o, sizeof(o) - (below ? 0 : 1)));
}

static void octets(struct wr *w, uint8_t arc, uint8_t below, struct span value)
{
	uint8_t buf[64];
	struct wr in = wr_into(buf, sizeof(buf), AT, w->f);
	oid(&in, arc, below);
	tlv(&in, DER_OCTET_STRING, value);
	tlv(w, DER_SEQUENCE, wr_view(&in));
}

static void number(
    struct wr *w, uint8_t tag, uint8_t arc, uint8_t below, int32_t v)
{
	uint8_t buf[32];
	struct wr in = wr_into(buf, sizeof(buf), AT, w->f);
	oid(&in, arc, below);
	integer(&in, tag, v);
	tlv(w, DER_SEQUENCE, wr_view(&in));
}

static void truth(struct wr *w, uint8_t arc, uint8_t below)
{
	static const uint8_t yes[] = { 0xff };
	uint8_t buf[32];
	struct wr in = wr_into(buf, sizeof(buf), AT, w->f);
	oid(&in, arc, below);
	tlv(&in, DER_BOOLEAN, span_of(yes, 1));
	tlv(w, DER_SEQUENCE, wr_view(&in));
}

/* An entry whose value is a SEQUENCE of entries. */
static void group(struct wr *w, uint8_t arc, struct span entries)
{
	uint8_t buf[512];
	struct wr in = wr_into(buf, sizeof(buf), AT, w->f);
	oid(&in, arc, 0);
	tlv(&in, DER_SEQUENCE, entries);
	tlv(w, DER_SEQUENCE, wr_view(&in));
}

static void tcb(struct wr *w, const struct sim_sgx *sgx)
{
	uint8_t buf[448];
	struct wr in = wr_into(buf, sizeof(buf), AT, w->f);
	for (uint8_t i = 0; i < 16; i++) {
		if (i == 6 && (sgx->flaws & SIM_SGX_NO_COMPONENT7))
			continue;
		number(
		    &in, DER_INTEGER, 2, (uint8_t)(i + 1), sgx->component[i]);
	}
	number(&in, DER_INTEGER, 2, 17, sgx->pcesvn);
	octets(&in, 2, 18, span_of(sgx->cpusvn, sizeof(sgx->cpusvn)));
	group(w, 2, wr_view(&in));
}

FALLIBLE sim_sgx_encode(
    const struct sim_sgx *sgx, struct wr *w, struct fault *f)
{
	size_t fmspc_n =
	    sizeof(sgx->fmspc) - (sgx->flaws & SIM_SGX_FMSPC_SHORT ? 1 : 0);
	struct span fmspc = span_of(sgx->fmspc, fmspc_n);
	uint8_t buf[960], three[96];
	struct wr in = wr_into(buf, sizeof(buf), AT, f);
	struct wr config = wr_into(three, sizeof(three), AT, f);

	octets(&in, 1, 0, span_of(sgx->ppid, sizeof(sgx->ppid)));
	tcb(&in, sgx);
	octets(&in, 3, 0, span_of(sgx->pceid, sizeof(sgx->pceid)));
	octets(&in, 4, 0, fmspc);
	number(&in, DER_ENUMERATED, 5, 0, sgx->type);
	octets(&in, 6, 0, span_of(sgx->instance, sizeof(sgx->instance)));
	truth(&config, 7, 1); /* dynamic platform */
	truth(&config, 7, 2); /* cached keys */
	truth(&config, 7, 3); /* SMT enabled */
	group(&in, 7, wr_view(&config));
	if (sgx->flaws & SIM_SGX_FMSPC_TWICE)
		octets(&in, 4, 0, fmspc);

	tlv(w, DER_SEQUENCE, wr_view(&in));
	if (sgx->flaws & SIM_SGX_TRAILING)
		wr_u8(w, 0);
	return wr_ok(w) && f->kind == FAULT_NONE;
}
