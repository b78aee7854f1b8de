/* SPDX-License-Identifier: Apache-2.0 */
/* Version 0 of the attestation: SCALE (dstack section 15.1). */
#include "verify/base/rd_scale.h"
#include "verify/dstack_attestation_parts.h"
#include "verify/dstack_log.h"

/* u32 imr, u32 type, digest, name, payload; of version 1, always. */
static void read_event(struct attestation_reader *a)
{
	struct attestation_event e = { .version = 1 };

	e.imr = rd_u32le(&a->r);
	e.type = rd_u32le(&a->r);
	e.digest = rd_scale_bytes(&a->r);
	e.name = rd_scale_text(&a->r);
	e.payload = rd_scale_bytes(&a->r);
	if (rd_ok(&a->r))
		attestation_put_event(a, &e);
}

static void read_tdx(struct attestation_reader *a)
{
	a->out->kind = DSTACK_ATTESTATION_TDX;
	a->out->evidence = rd_scale_bytes(&a->r);
	for (uint32_t n = rd_scale_compact(&a->r); n > 0 && rd_ok(&a->r); n--)
		read_event(a);
}

static void read_snp(struct attestation_reader *a)
{
	a->out->kind = DSTACK_ATTESTATION_SNP;
	a->out->evidence = rd_scale_bytes(&a->r);
	for (uint32_t n = rd_scale_compact(&a->r); n > 0 && rd_ok(&a->r); n--)
		attestation_put_cert(a, rd_scale_bytes(&a->r));
	a->out->mr_config = rd_scale_text(&a->r);
}

static void read_platform(struct attestation_reader *a)
{
	uint8_t kind = rd_u8(&a->r);

	if (!rd_ok(&a->r))
		return;
	switch (kind) {
	case 0:
		read_tdx(a);
		return;
	case 2:
		a->out->kind = DSTACK_ATTESTATION_NITRO;
		a->out->evidence = rd_scale_bytes(&a->r);
		return;
	case 3:
		read_snp(a);
		return;
	case 1: /* TDX with a TPM of Google's */
	case 4: /* a TPM of Amazon's */
		fault_raise(a->r.f, FAULT_UNSUPPORTED, "attestation.kind",
		    "evidence that rests on a cloud's TPM is not judged here");
		return;
	default:
		fault_raise(a->r.f, FAULT_UNSUPPORTED, "attestation.kind",
		    "platform %u is unknown", kind);
		return;
	}
}

void attestation_read_scale(struct attestation_reader *a)
{
	read_platform(a);
	for (uint32_t n = rd_scale_compact(&a->r); n > 0 && rd_ok(&a->r); n--) {
		struct attestation_event e = { .version = 1 };

		e.name = rd_scale_text(&a->r);
		e.payload = rd_scale_bytes(&a->r);
		attestation_put_runtime(a, &e);
	}
	rd_copy(&a->r, a->out->report_data, REPORT_DATA_BYTES);
	a->out->config = rd_scale_text(&a->r);
}
