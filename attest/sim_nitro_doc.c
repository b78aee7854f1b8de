/* SPDX-License-Identifier: Apache-2.0 */
/* An attestation document as bytes: CBOR, COSE, one ES384 signature. */
#include "attest/ossl.h"
#include "attest/sim_nitro.h"

#include <openssl/ec.h>
#include <string.h>

#define AT "sim.nitro"
#define DOC_MAX (32 * 1024)

/* ---- CBOR ---------------------------------------------------------------- */

static void head(struct wr *w, unsigned type, uint64_t n)
{
	uint8_t major = (uint8_t)(type << 5);

	if (n < 24) {
		wr_u8(w, (uint8_t)(major | n));
	} else if (n <= UINT8_MAX) {
		wr_u8(w, major | 24);
		wr_u8(w, (uint8_t)n);
	} else if (n <= UINT16_MAX) {
		wr_u8(w, major | 25);
		wr_u16be(w, (uint16_t)n);
	} else if (n <= UINT32_MAX) {
		wr_u8(w, major | 26);
		wr_u32be(w, (uint32_t)n);
	} else {
		wr_u8(w, major | 27);
		wr_u64be(w, n);
	}
}

static void bytes(struct wr *w, struct span s)
{
	head(w, 2, s.n);
	wr_span(w, s);
}

static void text(struct wr *w, const char *s)
{
	head(w, 3, strlen(s));
	wr_text(w, s);
}

static void optional(struct wr *w, const struct sim_nitro_bytes *b)
{
	if (b->is_there)
		bytes(w, b->value);
	else
		wr_u8(w, 0xf6);
}

/* ---- the payload --------------------------------------------------------- */

static void write_pcrs(struct wr *w, const struct sim_nitro_recipe *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SIM_NITRO_PCRS; i++)
		n += r->has_pcr[i];
	head(w, 5, n);
	for (unsigned i = 0; i < SIM_NITRO_PCRS; i++) {
		if (!r->has_pcr[i])
			continue;
		head(w, 0, i);
		bytes(w, span_of(r->pcr[i], sizeof(r->pcr[i])));
	}
}

static void write_cert(struct wr *w, X509 *x)
{
	uint8_t *der = NULL;
	int n = i2d_X509(x, &der);

	bytes(w, span_of(der, n > 0 ? (size_t)n : 0));
	OPENSSL_free(der);
}

static void write_member(struct wr *w, const char *name,
    const struct sim_nitro_certs *certs, const struct sim_nitro_recipe *r)
{
	text(w, name);
	if (strcmp(name, "module_id") == 0) {
		text(w, r->module_id);
	} else if (strcmp(name, "digest") == 0) {
		text(w, r->digest);
	} else if (strcmp(name, "timestamp") == 0) {
		head(w, 0, (uint64_t)r->timestamp.ms);
	} else if (strcmp(name, "pcrs") == 0) {
		write_pcrs(w, r);
	} else if (strcmp(name, "certificate") == 0) {
		write_cert(w, certs->cert[SIM_NITRO_LEAF]);
	} else if (strcmp(name, "cabundle") == 0) {
		head(w, 4, r->n_cabundle);
		for (size_t i = 0; i < r->n_cabundle; i++)
			write_cert(w, certs->cert[r->cabundle[i]]);
	} else if (strcmp(name, "public_key") == 0) {
		optional(w, &r->public_key);
	} else if (strcmp(name, "user_data") == 0) {
		optional(w, &r->user_data);
	} else {
		optional(w, &r->nonce);
	}
}

static void write_payload(struct wr *w, const struct sim_nitro_certs *certs,
    const struct sim_nitro_recipe *r)
{
	/* In the order of genuine documents. */
	static const char *const names[] = { "module_id", "digest", "timestamp",
		"pcrs", "certificate", "cabundle", "public_key", "user_data",
		"nonce" };
	unsigned n = (unsigned)COUNT(names) + r->n_more - (r->without != NULL);

	if (r->indefinite)
		wr_u8(w, 0xbf);
	else
		head(w, 5, n);
	for (size_t i = 0; i < COUNT(names); i++)
		if (r->without == NULL || strcmp(r->without, names[i]) != 0)
			write_member(w, names[i], certs, r);
	wr_span(w, r->more);
	if (r->indefinite)
		wr_u8(w, 0xff);
}

/* ---- the envelope -------------------------------------------------------- */

static void drop_sig(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

static FALLIBLE sign(EVP_PKEY *key, struct span data, bool swapped,
    uint8_t rs[96], struct fault *f)
{
	uint8_t der[128];
	size_t n = sizeof(der);
	const uint8_t *p = der;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, der, &n, data.p, data.n) == 1;

	EVP_MD_CTX_free(ctx);
	if (!ok)
		return ossl_broken(f, AT, "signing");
	AUTO(drop_sig) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	uint8_t *r = swapped ? rs + 48 : rs, *s = swapped ? rs : rs + 48;

	if (sig == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), r, 48) != 48 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), s, 48) != 48)
		return ossl_broken(f, AT, "a signature as r and s");
	return true;
}

bool sim_nitro_document(const struct sim_nitro_keys *keys,
    const struct sim_nitro_certs *certs, const struct sim_nitro_recipe *r,
    struct blob *out, struct fault *f)
{
	static const uint8_t es384[] = { 0xa1, 0x01, 0x38, 0x22 };
	const struct span header = r->protected_header.n > 0
	    ? r->protected_header
	    : span_of(es384, sizeof(es384));
	AUTO(blob_drop) struct blob payload = { 0 };
	AUTO(blob_drop) struct blob data = { 0 };
	struct wr p = wr_grow(DOC_MAX, AT, f), d = wr_grow(DOC_MAX, AT, f);
	struct wr w = wr_grow(DOC_MAX, AT, f);
	uint8_t rs[96] = { 0 };

	write_payload(&p, certs, r);
	bool ok = wr_done(&p, &payload);
	head(&d, 4, 4);
	text(&d, "Signature1");
	bytes(&d, header);
	bytes(&d, (struct span){ 0 });
	bytes(&d, blob_span(&payload));
	ok = wr_done(&d, &data) && ok &&
	    sign(
		keys->key[SIM_NITRO_LEAF], blob_span(&data), r->swapped, rs, f);
	if (r->tagged)
		wr_u8(&w, 0xd2);
	head(&w, 4, 4);
	bytes(&w, header);
	if (r->unprotected.n > 0)
		wr_span(&w, r->unprotected);
	else
		head(&w, 5, 0);
	bytes(&w, blob_span(&payload));
	bytes(&w, span_of(rs, sizeof(rs)));
	wr_span(&w, r->tail);
	if (!ok) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}
