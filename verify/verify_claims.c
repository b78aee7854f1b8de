/* SPDX-License-Identifier: Apache-2.0 */
/* What a relying party may take from an authentic statement. */
#include "verify/base/canon.h"
#include "verify/base/text.h"
#include "verify/verify_case.h"

#include <string.h>

/* A view as text; what does not fit in LIMIT_TEXT was refused before. */
static void claim_span(struct verdict *v, const char *name, struct span s)
{
	char text[LIMIT_TEXT + 1];

	if (s.n >= sizeof(text))
		return;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	verdict_claim_text(v, name, text);
}

static void claim_address(
    struct verdict *v, const char *name, const struct eth_addr *a)
{
	char text[2 + HEX_SIZE(20)] = "0x";

	hex_encode(span_of(a->b, sizeof(a->b)), text + 2);
	verdict_claim_text(v, name, text);
}

static void write_hosts(struct canon *c, const struct statement *s)
{
	canon_array(c, NULL);
	for (size_t i = 0; i < s->n_sources; i++)
		if (s->source[i].used)
			canon_text_span(c, NULL, s->source[i].host);
	canon_end(c);
}

static void write_round(struct canon *c, const struct statement *s)
{
	canon_u64(c, NULL, s->round);
}

static void write_timestamp(struct canon *c, const struct statement *s)
{
	canon_u64(c, NULL, (uint64_t)s->timestamp.ms);
}

static void claim_json(struct verdict *v, const char *name,
    void (*put)(struct canon *, const struct statement *),
    const struct statement *s)
{
	struct fault f = FAULT_INIT;
	char text[16 * 1024];
	struct wr w = wr_into(text, sizeof(text) - 1, "claims", &f);
	struct canon c = canon_to(&w);
	size_t n = 0;

	put(&c, s);
	if (!wr_done_into(&w, &n))
		return;
	text[n] = '\0';
	verdict_claim_json(v, name, text);
}

/* What a client pins, or compares with its connection's. */
static void claim_certificate(const struct verify_case *c, struct verdict *v)
{
	struct sha256 spki = sha256_of(blob_span(&c->cert_spki));
	struct sha256 whole = sha256_of(blob_span(&c->cert_der));
	char text[UTC_TEXT_SIZE];

	verdict_claim_hex(v, "certificate.sha256", sha256_span(&whole));
	verdict_claim_hex(v, "certificate.spki", sha256_span(&spki));
	verdict_claim_text(
	    v, "certificate.notAfter", utc_format(c->cert.to, text));
}

void verify_claims_add(const struct verify_case *c)
{
	const struct statement *s = c->statement;
	struct verdict *v = c->v;

	verdict_claim_hex(v, "reportData",
	    span_of(c->tee.report_data, sizeof(c->tee.report_data)));
	if (c->is_cert)
		claim_certificate(c, v);
	if (s == NULL)
		return;
	verdict_claim_hex(v, "statement.config", sha256_span(&s->config));
	verdict_claim_text(v, "statement.kind", s->kind->id);
	verdict_claim_hex(v, "statement.sha256", sha256_span(&c->hash));
	claim_address(v, "statement.signer", &s->signer);
	claim_json(v, "statement.timestamp", write_timestamp, s);
	if (s->nonce.n > 0)
		verdict_claim_hex(v, "statement.nonce", s->nonce);
	if (!s->kind->has_sources)
		return;
	claim_span(v, "statement.feed", s->feed);
	claim_json(v, "statement.round", write_round, s);
	claim_json(v, "statement.sources", write_hosts, s);
	claim_span(v, "statement.value", s->value);
	if (s->kind->has_unit)
		claim_span(v, "statement.unit", s->unit);
}
