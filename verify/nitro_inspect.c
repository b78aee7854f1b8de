/* SPDX-License-Identifier: Apache-2.0 */
/* An attestation document for a person; nothing of it is believed. */
#include "verify/base/text.h"
#include "verify/nitro_case.h"

static void line(struct wr *w, const char *name, struct span v)
{
	char text[HEX_SIZE(NITRO_PCR_BYTES)];
	size_t n = v.n < NITRO_PCR_BYTES ? v.n : NITRO_PCR_BYTES;

	hex_encode(span_of(v.p, n), text);
	wr_printf(w, "  %-12s %s%s\n", name, text, n < v.n ? "..." : "");
}

static void optional(
    struct wr *w, const char *name, const struct nitro_bytes *b)
{
	if (!b->is_there) {
		wr_printf(w, "  %-12s null\n", name);
		return;
	}
	wr_printf(w, "  %-12s %zu bytes\n", name, b->value.n);
	if (b->value.n > 0)
		line(w, "", b->value);
}

static const char *meaning_of(size_t pcr)
{
	static const char *const meanings[] = { "enclave image file",
		"kernel and boot ramdisk", "application",
		"IAM role of the parent", "instance id of the parent" };

	if (pcr < COUNT(meanings))
		return meanings[pcr];
	if (pcr == 8)
		return "certificate that signed the image";
	return pcr == 16 ? "on Marlin: initialisation parameters" : "";
}

static void pcrs(struct wr *w, const struct nitro_doc *d)
{
	for (size_t i = 0; i < NITRO_PCRS; i++) {
		char text[HEX_SIZE(NITRO_PCR_BYTES)];

		if (d->pcr[i].p == NULL)
			continue;
		if (span_is_zero(d->pcr[i])) {
			wr_printf(w, "  PCR%-9zu zero\n", i);
			continue;
		}
		hex_encode(d->pcr[i], text);
		wr_printf(w, "  PCR%-9zu %s  (%s)\n", i, text, meaning_of(i));
	}
}

static void certificate(struct wr *w, struct span der)
{
	AUTO(x509_cert_drop) struct x509_cert c = { 0 };
	struct fault f = FAULT_INIT;
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];
	struct span cn;

	if (!x509_cert_parse(der, &c, "nitro.cert.parse", &f)) {
		wr_printf(w, "  does not parse: %s\n", f.text);
		return;
	}
	cn = x509_cert_cn(&c);
	wr_text(w, "  ");
	for (size_t i = 0; i < cn.n; i++)
		wr_u8(w, cn.p[i] >= 0x20 && cn.p[i] < 0x7f ? cn.p[i] : '?');
	wr_printf(
	    w, ", %s to %s\n", utc_format(c.from, from), utc_format(c.to, to));
}

bool nitro_inspect(struct span document, struct wr *w, struct fault *f)
{
	struct nitro_envelope e;
	struct nitro_items items;
	struct nitro_doc d;
	char time[UTC_TEXT_SIZE];

	TRY(nitro_doc_envelope(document, &e, f));
	TRY(nitro_doc_items(e.payload, &items, f));
	TRY(nitro_doc_fields(&items, &d, f));
	wr_printf(w, "Nitro attestation document, %zu bytes\n", document.n);
	/* UTF-8, and nothing that a terminal obeys. */
	wr_text(w, "  module       ");
	for (size_t i = 0; i < d.module_id.n; i++)
		wr_u8(w,
		    d.module_id.p[i] >= 0x20 && d.module_id.p[i] < 0x7f
			? d.module_id.p[i]
			: '?');
	wr_printf(w, "\n  time         %s\n", utc_format(d.timestamp, time));
	pcrs(w, &d);
	optional(w, "public_key", &d.public_key);
	optional(w, "user_data", &d.user_data);
	optional(w, "nonce", &d.nonce);
	wr_text(w, "Certificates, root first\n");
	for (size_t i = 0; i < d.n_cabundle; i++)
		certificate(w, d.cabundle[i]);
	certificate(w, d.certificate);
	return wr_ok(w);
}
