/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an attestation document: refused with a place, or fields that
 * lie inside of it; what would be signed is made anew from them.
 */
#include "tests/fuzz/must.h"
#include "verify/base/limits.h"
#include "verify/nitro_case.h"

static void is_inside(struct span part, const uint8_t *data, size_t size)
{
	MUST(part.p == NULL ||
	    (part.p >= data && part.p + part.n <= data + size));
}

static bool read(struct span in, struct nitro_envelope *e, struct nitro_doc *d)
{
	struct fault f = FAULT_INIT;
	struct nitro_items items;

	if (nitro_doc_envelope(in, e, &f) &&
	    nitro_doc_items(e->payload, &items, &f) &&
	    nitro_doc_fields(&items, d, &f))
		return true;
	MUST(fault_rejects(f.kind) || f.kind == FAULT_UNSUPPORTED);
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nitro_envelope e;
	struct nitro_doc d;
	struct fault f = FAULT_INIT;
	AUTO(blob_drop) struct blob text = { 0 };
	AUTO(nitro_chain_drop) struct nitro_chain chain = { 0 };
	struct wr w;

	if (!read(span_of(data, size), &e, &d))
		return 0;
	for (size_t i = 0; i < NITRO_PCRS; i++)
		is_inside(d.pcr[i], data, size);
	for (size_t i = 0; i < d.n_cabundle; i++)
		is_inside(d.cabundle[i], data, size);
	is_inside(d.user_data.value, data, size);
	is_inside(d.certificate, data, size);
	MUST(d.n_cabundle >= 1 && d.n_cabundle <= NITRO_CABUNDLE);
	MUST(nitro_doc_signed(&e, &text, &f));
	blob_drop(&text);
	w = wr_grow(LIMIT_RESPONSE_BYTES, "fuzz", &f);
	MUST(nitro_inspect(span_of(data, size), &w, &f));
	MUST(wr_done(&w, &text));
	if (nitro_chain_parse(&d, &chain, &f))
		(void)!nitro_chain_links(&chain, &f);
	return 0;
}
