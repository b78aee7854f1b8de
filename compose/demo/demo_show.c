/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_show.h"

#include "compose/demo/demo_ocsp.h"

#define HOUR_MS INT64_C(3600000)

FALLIBLE demo_show_staple(
    const struct demo_show *s, struct blob *out, struct fault *f)
{
	const struct demo_leaf *issuer = demo_ca_issuer(s->ca, s->kind);
	struct demo_ocsp o = {
		.about = s->leaf->cert,
		.issuer = issuer->cert,
		.signer = issuer,
		.from = { s->now.ms - 48 * HOUR_MS },
		.to = { s->now.ms + 48 * HOUR_MS },
	};

	switch (s->mode->staple) {
	case DEMO_STAPLE_NONE:
		return true;
	case DEMO_STAPLE_GOOD:
		break;
	case DEMO_STAPLE_REVOKED:
		o.word = DEMO_OCSP_REVOKED;
		break;
	case DEMO_STAPLE_EXPIRED:
		o.to.ms = s->now.ms - HOUR_MS;
		break;
	case DEMO_STAPLE_OTHER:
		o.about = s->other->cert;
		break;
	case DEMO_STAPLE_FORGED:
		o.signer = s->leaf;
		break;
	}
	return demo_ocsp_make(&o, out, f);
}

FALLIBLE demo_show_stamps(
    const struct demo_show *s, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(4096, "demo.show", f);
	AUTO(blob_drop) struct blob elements = { 0 };
	size_t first = 0, n = DEMO_LOGS_KNOWN;

	switch (s->mode->stamps) {
	case DEMO_STAMPS_NONE:
		return true;
	case DEMO_STAMPS_GOOD:
	case DEMO_STAMPS_BROKEN:
		break;
	case DEMO_STAMPS_UNKNOWN:
		first = DEMO_LOGS_KNOWN;
		n = DEMO_LOGS - DEMO_LOGS_KNOWN;
		break;
	}
	for (size_t i = first; i < first + n; i++)
		if (!demo_log_stamp(demo_ca_log(s->ca, i), s->leaf->cert, NULL,
			(struct utc){ s->now.ms - HOUR_MS }, &w, f)) {
			wr_drop(&w);
			return false;
		}
	TRY(wr_done(&w, &elements));
	/* The last byte of a signature; the others hold. */
	if (s->mode->stamps == DEMO_STAMPS_BROKEN)
		elements.p[elements.n - 1] ^= 1;
	return demo_log_list(blob_span(&elements), out, f);
}
