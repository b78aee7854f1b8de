/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_attestation_parts.h"

#include "verify/base/hash.h"
#include "verify/dstack_log.h"
#include "verify/intel_quote.h"
#include "verify/nitro_doc.h"

#include <stdlib.h>
#include <string.h>

#define SCALE_VERSION 0x00
/* A map of the three members that version 1 has. */
#define MSGPACK_MAP_OF_3 0x83

/* AMD's report, revision 5 of its ABI: fixed offsets. */
#define SNP_REPORT_BYTES 1184
#define SNP_REPORT_DATA 0x50

void dstack_attestation_drop(struct dstack_attestation *a)
{
	blob_drop(&a->log);
	blob_drop(&a->bytes);
}

bool dstack_attestation_is(struct span in)
{
	return in.n > 0 &&
	    (in.p[0] == SCALE_VERSION || in.p[0] == MSGPACK_MAP_OF_3);
}

const char *dstack_attestation_platform(const struct dstack_attestation *a)
{
	switch (a->kind) {
	case DSTACK_ATTESTATION_TDX:
		return "tdx";
	case DSTACK_ATTESTATION_NITRO:
		return "nitro";
	case DSTACK_ATTESTATION_SNP:
		return "snp";
	}
	return "";
}

/* ---- events -------------------------------------------------------------- */

/* So that two lists can be compared: lengths in front, nothing ambiguous. */
static void put_comparable(struct wr *w, const struct attestation_event *e)
{
	wr_u64le(w, e->version);
	wr_u64le(w, e->name.n);
	wr_span(w, e->name);
	wr_u64le(w, e->payload.n);
	wr_span(w, e->payload);
}

void attestation_put_event(
    struct attestation_reader *a, const struct attestation_event *e)
{
	canon_object(&a->canon, NULL);
	canon_hex(&a->canon, "digest", e->digest);
	canon_text_span(&a->canon, "event", e->name);
	canon_hex(&a->canon, "event_payload", e->payload);
	canon_u64(&a->canon, "event_type", e->type);
	canon_u64(&a->canon, "imr", e->imr);
	if (e->has_preimage)
		canon_hex(&a->canon, "preimage", e->preimage);
	if (e->version != 1)
		canon_u64(&a->canon, "version", e->version);
	canon_end(&a->canon);
	if (e->type == DSTACK_RUNTIME_EVENT)
		put_comparable(&a->in_log, e);
}

void attestation_put_runtime(
    struct attestation_reader *a, const struct attestation_event *e)
{
	put_comparable(&a->beside, e);
}

void attestation_put_cert(struct attestation_reader *a, struct span cert)
{
	if (a->out->n_certs == LIMIT_ATTESTATION_CERTS)
		rd_fail(&a->r, FAULT_LIMIT, "more than %d certificates",
		    LIMIT_ATTESTATION_CERTS);
	else
		a->out->cert[a->out->n_certs++] = cert;
}

/* ---- what stands twice --------------------------------------------------- */

static FALLIBLE find_report_data(
    const struct dstack_attestation *a, struct span *out, struct fault *f)
{
	struct nitro_envelope envelope;
	struct nitro_items items;
	struct nitro_doc doc;
	struct intel_quote quote;

	switch (a->kind) {
	case DSTACK_ATTESTATION_TDX:
		TRY(intel_quote_parse(a->evidence, &quote, f));
		if (quote.body_type == INTEL_BODY_SGX)
			return fault_raise(f, FAULT_FORMAT, "attestation.form",
			    "an enclave's quote stands for a guest's");
		*out = quote.td.report_data;
		return true;
	case DSTACK_ATTESTATION_NITRO:
		TRY(nitro_doc_envelope(a->evidence, &envelope, f));
		TRY(nitro_doc_items(envelope.payload, &items, f));
		TRY(nitro_doc_fields(&items, &doc, f));
		*out = doc.user_data.value;
		return true;
	case DSTACK_ATTESTATION_SNP:
		if (a->evidence.n != SNP_REPORT_BYTES)
			return fault_raise(f, FAULT_FORMAT, "attestation.form",
			    "a report of %zu bytes; it has %d", a->evidence.n,
			    SNP_REPORT_BYTES);
		*out =
		    span_of(a->evidence.p + SNP_REPORT_DATA, REPORT_DATA_BYTES);
		return true;
	}
	return false;
}

static FALLIBLE check_report_data(
    const struct dstack_attestation *a, struct fault *f)
{
	struct span inner = { 0 };

	TRY(find_report_data(a, &inner, f));
	if (!span_equal(inner, span_of(a->report_data, REPORT_DATA_BYTES)))
		return fault_raise(f, FAULT_CRYPTO, "attestation.report-data",
		    "the blob's report data is not the evidence's");
	return true;
}

static FALLIBLE check_events(const struct attestation_reader *a)
{
	if (a->out->kind != DSTACK_ATTESTATION_TDX ||
	    span_equal(wr_view(&a->in_log), wr_view(&a->beside)))
		return true;
	return fault_raise(a->r.f, FAULT_FORMAT, "attestation.events",
	    "the runtime events beside the log are not those in it");
}

/* ---- the whole ------------------------------------------------------------ */

static FALLIBLE read_all(struct attestation_reader *a, struct span in)
{
	canon_array(&a->canon, NULL);
	if (in.p[0] == SCALE_VERSION) {
		rd_skip(&a->r, 1);
		attestation_read_scale(a);
	} else {
		attestation_read_msgpack(a);
	}
	canon_end(&a->canon);
	TRY(rd_end(&a->r));
	if (!wr_ok(&a->log) || !wr_ok(&a->in_log) || !wr_ok(&a->beside))
		return false;
	TRY(check_events(a));
	if (a->out->kind == DSTACK_ATTESTATION_TDX)
		return wr_done(&a->log, &a->out->log);
	return true;
}

FALLIBLE dstack_attestation_decode(
    struct span in, struct dstack_attestation *out, struct fault *f)
{
	static const char at[] = "attestation.form";
	AUTO(dstack_attestation_drop) struct dstack_attestation a = { 0 };
	struct attestation_reader reader = { .out = &a };
	bool ok;

	if (in.n > LIMIT_ATTESTATION_BYTES)
		return fault_raise(f, FAULT_LIMIT, at, "more than %d bytes",
		    LIMIT_ATTESTATION_BYTES);
	if (in.n == 0 || (in.p[0] != SCALE_VERSION && (in.p[0] & 0xf0) != 0x80))
		return fault_raise(f, FAULT_FORMAT, at,
		    "this is no attestation of version 0 or 1");
	/* Room for what is decoded from text or numbers: never more than in. */
	a.bytes.p = malloc(in.n);
	if (a.bytes.p == NULL)
		return fault_raise(f, FAULT_SYSTEM, at, "no memory");
	reader.r = rd_over(in, at, f);
	reader.log = wr_grow(LIMIT_EVENT_LOG_BYTES, at, f);
	reader.in_log = wr_grow(LIMIT_ATTESTATION_BYTES, at, f);
	reader.beside = wr_grow(LIMIT_ATTESTATION_BYTES, at, f);
	reader.canon = canon_to(&reader.log);
	ok = read_all(&reader, in) && check_report_data(&a, f);
	wr_drop(&reader.log);
	wr_drop(&reader.in_log);
	wr_drop(&reader.beside);
	if (!ok)
		return false;
	*out = a;
	a = (struct dstack_attestation){ 0 };
	return true;
}
