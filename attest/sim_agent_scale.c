/* SPDX-License-Identifier: Apache-2.0 */
/* Version 0 of the attestation: SCALE, kind tdx (dstack section 15.1). */
#include "attest/sim_agent_parts.h"

#include <string.h>

#define RUNTIME_EVENT 0x08000001u

/* "Low two bits 00: 6-bit, 01: 14-bit, 10: 30-bit." */
static void compact(struct wr *w, size_t n)
{
	if (n < 64)
		wr_u8(w, (uint8_t)(n << 2));
	else if (n < 16384)
		wr_u16le(w, (uint16_t)(n << 2 | 1));
	else
		wr_u32le(w, (uint32_t)(n << 2 | 2));
}

static void bytes(struct wr *w, struct span s)
{
	compact(w, s.n);
	wr_span(w, s);
}

static void event(struct wr *w, const struct sim_event *e)
{
	wr_u32le(w, e->imr);
	wr_u32le(w, e->type);
	bytes(w, span_of(e->digest.b, e->type == RUNTIME_EVENT ? 0 : 48));
	bytes(w, span_text(e->name));
	bytes(w, blob_span(&e->payload));
}

FALLIBLE sim_scale_attestation(const struct sim_guest *g, struct span quote,
    const uint8_t report_data[REPORT_DATA_BYTES], struct span vm_config,
    struct blob *out, struct fault *f)
{
	size_t runtime = 0;
	AUTO(wr_drop) struct wr w = wr_grow(LIMIT_AGENT_BYTES, "sim.scale", f);
	wr_u8(&w, 0);
	wr_u8(&w, 0);
	bytes(&w, quote);
	compact(&w, g->n_events);
	for (size_t i = 0; i < g->n_events; i++) {
		event(&w, &g->event[i]);
		runtime += g->event[i].type == RUNTIME_EVENT;
	}
	compact(&w, runtime);
	for (size_t i = 0; i < g->n_events; i++) {
		if (g->event[i].type != RUNTIME_EVENT)
			continue;
		bytes(&w, span_text(g->event[i].name));
		bytes(&w, blob_span(&g->event[i].payload));
	}
	wr_bytes(&w, report_data, REPORT_DATA_BYTES);
	bytes(&w, vm_config);
	return wr_done(&w, out);
}
