/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/base/seal.h"

#include "verify/base/hash.h"
#include "verify/base/limits.h"
#include "verify/base/text.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "oracle-seal-v1"
#define MAGIC "OSB1"
#define FLAG_SIMULATED 0x0001
/* Header without provider data: magic, 1, 1, 2, 4, 8, 2. */
#define HEADER_BYTES 22

/* ---- AES-256-GCM -------------------------------------------------------- */

/* AAD in two parts: header and key id. */
struct gcm {
	const struct secret32 *key;
	const uint8_t *nonce; /* SEAL_NONCE_BYTES */
	struct span aad[2];
};

static void ctx_drop(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}

static void cipher_drop(EVP_CIPHER **cipher)
{
	EVP_CIPHER_free(*cipher);
}

static bool gcm_start(EVP_CIPHER_CTX *ctx, const struct gcm *g, int encrypt)
{
	AUTO(cipher_drop)
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	int n;

	/* The nonce of GCM in OpenSSL is 12 bytes unless told otherwise. */
	if (ctx == NULL || cipher == NULL ||
	    EVP_CipherInit_ex2(
		ctx, cipher, g->key->b, g->nonce, encrypt, NULL) != 1)
		return false;
	for (size_t i = 0; i < COUNT(g->aad); i++) {
		if (g->aad[i].n > 0 &&
		    EVP_CipherUpdate(
			ctx, NULL, &n, g->aad[i].p, (int)g->aad[i].n) != 1)
			return false;
	}
	return true;
}

/* `out` takes plain.n + SEAL_TAG_BYTES bytes. */
static bool gcm_seal(
    const struct gcm *g, struct span plain, uint8_t *out, struct fault *f)
{
	AUTO(ctx_drop) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, rest = 0;

	if (!gcm_start(ctx, g, 1) ||
	    (plain.n > 0 &&
		EVP_CipherUpdate(ctx, out, &n, plain.p, (int)plain.n) != 1) ||
	    EVP_CipherFinal_ex(ctx, out + n, &rest) != 1 ||
	    (size_t)(n + rest) != plain.n ||
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, out + plain.n) != 1)
		return fault_raise(f, FAULT_INTERNAL, "seal.cipher",
		    "AES-256-GCM does not work");
	return true;
}

/* `in` is ciphertext and tag; `out` takes in.n - SEAL_TAG_BYTES bytes. */
static bool gcm_open(
    const struct gcm *g, struct span in, uint8_t *out, struct fault *f)
{
	AUTO(ctx_drop) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t n_text = in.n - SEAL_TAG_BYTES;
	uint8_t tag[SEAL_TAG_BYTES];
	int n = 0, rest = 0;

	memcpy(tag, in.p + n_text, sizeof(tag));
	if (!gcm_start(ctx, g, 0) ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) !=
		1 ||
	    (n_text > 0 &&
		EVP_CipherUpdate(ctx, out, &n, in.p, (int)n_text) != 1))
		return fault_raise(f, FAULT_INTERNAL, "seal.cipher",
		    "AES-256-GCM does not work");
	if (EVP_CipherFinal_ex(ctx, out + n, &rest) != 1 ||
	    (size_t)(n + rest) != n_text)
		return fault_raise(f, FAULT_CRYPTO, "seal.tag",
		    "does not open: changed, or sealed under another key id, "
		    "platform or epoch");
	return true;
}

/* Into memory of its own; *out only if the tag holds. */
static bool gcm_open_blob(
    const struct gcm *g, struct span in, struct blob *out, struct fault *f)
{
	AUTO(blob_wipe) struct blob plain = { 0 };

	plain.p = malloc(in.n + 1);
	if (plain.p == NULL)
		return fault_raise(f, FAULT_SYSTEM, "seal.memory",
		    "no memory for %zu bytes", in.n);
	plain.n = in.n - SEAL_TAG_BYTES;
	TRY(gcm_open(g, in, plain.p, f));
	plain.p[plain.n] = 0;
	*out = blob_move(&plain);
	return true;
}

/* ---- the bare core ------------------------------------------------------ */

static bool check_plain_size(struct span plain, struct fault *f)
{
	if (plain.n > LIMIT_SEAL_PLAIN)
		return fault_raise(f, FAULT_LIMIT, "seal.size",
		    "%zu bytes to seal; the limit is %d", plain.n,
		    LIMIT_SEAL_PLAIN);
	return true;
}

/* Writes nonce, ciphertext and tag. */
static bool write_core(const struct gcm *g, struct span plain, struct wr *w)
{
	size_t offset;

	wr_bytes(w, g->nonce, SEAL_NONCE_BYTES);
	offset = wr_hold(w, plain.n + SEAL_TAG_BYTES);
	return wr_ok(w) && gcm_seal(g, plain, w->p + offset, w->f);
}

FALLIBLE seal_close_raw(const struct secret32 *key, struct span plain,
    struct blob *out, struct fault *f)
{
	AUTO(wr_drop)
	struct wr w =
	    wr_grow(SEAL_NONCE_BYTES + LIMIT_SEAL_PLAIN + SEAL_TAG_BYTES,
		"seal.size", f);
	uint8_t nonce[SEAL_NONCE_BYTES];
	struct gcm g = { .key = key, .nonce = nonce };

	TRY(check_plain_size(plain, f));
	TRY(random_bytes(nonce, sizeof(nonce), f));
	TRY(write_core(&g, plain, &w));
	return wr_done(&w, out);
}

/* Nonce and the rest, of which the length has been checked. */
static struct span read_core(struct rd *r, uint8_t nonce[SEAL_NONCE_BYTES])
{
	rd_copy(r, nonce, SEAL_NONCE_BYTES);
	if (rd_ok(r) && rd_left(r) < SEAL_TAG_BYTES)
		rd_fail(r, FAULT_FORMAT, "the tag is truncated");
	if (rd_ok(r) && rd_left(r) > LIMIT_SEAL_PLAIN + SEAL_TAG_BYTES)
		rd_fail(r, FAULT_FORMAT, "more than %d bytes are sealed",
		    LIMIT_SEAL_PLAIN);
	return rd_span(r, rd_left(r));
}

FALLIBLE seal_open_raw(const struct secret32 *key, struct span sealed,
    struct blob *out, struct fault *f)
{
	struct rd r = rd_over(sealed, "seal.form", f);
	uint8_t nonce[SEAL_NONCE_BYTES];
	struct gcm g = { .key = key, .nonce = nonce };
	struct span core = read_core(&r, nonce);

	TRY(rd_end(&r));
	return gcm_open_blob(&g, core, out, f);
}

/* ---- the key ------------------------------------------------------------ */

static bool is_simulated(const struct seal_id *id)
{
	return (id->platform_no & SEAL_SIMULATED) != 0;
}

static bool check_id(
    const struct seal_id *id, const char *key_id, struct fault *f)
{
	size_t n_platform = strlen(id->platform);
	size_t n_provider = strlen(id->provider);
	struct span key = span_text(key_id);

	if (n_platform == 0 || n_platform > UINT8_MAX || n_provider == 0 ||
	    n_provider > UINT8_MAX)
		return fault_raise(f, FAULT_USAGE, "seal.id",
		    "names of platform and provider have 1 to 255 bytes");
	if ((strncmp(id->platform, "sim:", 4) == 0) != is_simulated(id))
		return fault_raise(f, FAULT_USAGE, "seal.id",
		    "platform %.32s does not go with number 0x%02x",
		    id->platform, id->platform_no);
	if (key.n == 0 || key.n > LIMIT_SEAL_KEY_ID || !ascii_is_printable(key))
		return fault_raise(f, FAULT_USAGE, "seal.key_id",
		    "a key id is 1 to %d characters of printable ASCII",
		    LIMIT_SEAL_KEY_ID);
	return true;
}

/* Firmware has been seen to answer "failed" with 32 zero bytes. */
static bool check_root(const struct secret32 *root, struct fault *f)
{
	uint8_t differs = 0;

	for (size_t i = 1; i < sizeof(root->b); i++)
		differs |= root->b[i] ^ root->b[0];
	if (differs == 0)
		return fault_raise(f, FAULT_CRYPTO, "seal.root",
		    "the platform gave no secret: all bytes are equal");
	return true;
}

/* Section 2. Every part of variable length has its length in front. */
static void write_info(
    struct wr *w, const struct seal_id *id, const char *key_id)
{
	wr_text(w, DOMAIN);
	wr_u8(w, 0);
	wr_u8(w, (uint8_t)strlen(id->platform));
	wr_text(w, id->platform);
	wr_u16be(w, (uint16_t)strlen(key_id));
	wr_text(w, key_id);
	wr_u8(w, (uint8_t)strlen(id->provider));
	wr_text(w, id->provider);
	wr_u32be(w, id->epoch);
}

FALLIBLE seal_key(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct secret32 *out, struct fault *f)
{
	uint8_t info[sizeof(DOMAIN) + 1 + UINT8_MAX + 2 + LIMIT_SEAL_KEY_ID +
	    1 + UINT8_MAX + 4];
	struct wr w = wr_into(info, sizeof(info), "seal.info", f);

	TRY(check_id(id, key_id, f));
	TRY(check_root(root, f));
	write_info(&w, id, key_id);
	TRY(wr_ok(&w));
	return hkdf_sha256(span_text(DOMAIN), span_of(root->b, sizeof(root->b)),
	    wr_view(&w), out->b, sizeof(out->b), f);
}

/* ---- the blob ----------------------------------------------------------- */

FALLIBLE seal_close_with_nonce(const struct secret32 *root,
    const struct seal_id *id, const char *key_id, struct span provider_data,
    struct span plain, const uint8_t nonce[SEAL_NONCE_BYTES], struct blob *out,
    struct fault *f)
{
	AUTO(secret_wipe) struct secret32 key = { 0 };
	AUTO(wr_drop)
	struct wr w = wr_grow(HEADER_BYTES + LIMIT_SEAL_PROVIDER_DATA +
		SEAL_NONCE_BYTES + LIMIT_SEAL_PLAIN + SEAL_TAG_BYTES,
	    "seal.size", f);
	uint8_t header[HEADER_BYTES + LIMIT_SEAL_PROVIDER_DATA];
	struct wr h = wr_into(header, sizeof(header), "seal.size", f);
	struct gcm g = { .key = &key, .nonce = nonce };

	TRY(check_plain_size(plain, f));
	if (provider_data.n > LIMIT_SEAL_PROVIDER_DATA)
		return fault_raise(f, FAULT_LIMIT, "seal.size",
		    "%zu bytes of provider data; the limit is %d",
		    provider_data.n, LIMIT_SEAL_PROVIDER_DATA);
	TRY(seal_key(root, id, key_id, &key, f));

	wr_text(&h, MAGIC);
	wr_u8(&h, id->platform_no);
	wr_u8(&h, id->provider_no);
	wr_u16be(&h, is_simulated(id) ? FLAG_SIMULATED : 0);
	wr_u32be(&h, id->epoch);
	wr_u64be(&h, id->counter);
	wr_u16be(&h, (uint16_t)provider_data.n);
	wr_span(&h, provider_data);
	g.aad[0] = wr_view(&h);
	g.aad[1] = span_text(key_id);

	wr_span(&w, wr_view(&h));
	TRY(write_core(&g, plain, &w));
	return wr_done(&w, out);
}

FALLIBLE seal_close(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct span provider_data, struct span plain,
    struct blob *out, struct fault *f)
{
	uint8_t nonce[SEAL_NONCE_BYTES];

	/* Random, never a counter: two instances may share a key. */
	TRY(random_bytes(nonce, sizeof(nonce), f));
	return seal_close_with_nonce(
	    root, id, key_id, provider_data, plain, nonce, out, f);
}

/* Header, nonce and core; not one byte may be left over. */
static bool parse(struct span sealed, struct seal_header *h, size_t *n_header,
    uint8_t nonce[SEAL_NONCE_BYTES], struct span *core, struct fault *f)
{
	struct rd r = rd_over(sealed, "seal.form", f);
	size_t n;

	if (!span_equal_text(rd_span(&r, 4), MAGIC))
		rd_fail(&r, FAULT_FORMAT, "does not start with OSB1");
	h->platform_no = rd_u8(&r);
	h->provider_no = rd_u8(&r);
	h->flags = rd_u16be(&r);
	if ((h->flags & ~FLAG_SIMULATED) != 0)
		rd_fail(&r, FAULT_FORMAT, "unknown flags 0x%04x", h->flags);
	h->epoch = rd_u32be(&r);
	h->counter = rd_u64be(&r);
	n = rd_u16be(&r);
	if (n > LIMIT_SEAL_PROVIDER_DATA)
		rd_fail(&r, FAULT_FORMAT, "%zu bytes of provider data", n);
	h->provider_data = rd_span(&r, n);
	*n_header = rd_offset(&r);
	*core = read_core(&r, nonce);
	return rd_end(&r);
}

FALLIBLE seal_parse(
    struct span sealed, struct seal_header *out, struct fault *f)
{
	uint8_t nonce[SEAL_NONCE_BYTES];
	struct seal_header h;
	struct span core;
	size_t n_header;

	TRY(parse(sealed, &h, &n_header, nonce, &core, f));
	*out = h;
	return true;
}

/* What can be read before there is a key: section 7, checks 2 to 4. */
static bool check_header(
    const struct seal_header *h, const struct seal_id *id, struct fault *f)
{
	bool simulated = (h->platform_no & SEAL_SIMULATED) != 0;

	if ((h->platform_no & ~SEAL_SIMULATED) !=
	    (id->platform_no & ~SEAL_SIMULATED))
		return fault_raise(f, FAULT_POLICY, "seal.platform",
		    "sealed on platform %d, this is %d",
		    h->platform_no & ~SEAL_SIMULATED,
		    id->platform_no & ~SEAL_SIMULATED);
	if (simulated != ((h->flags & FLAG_SIMULATED) != 0))
		return fault_raise(f, FAULT_POLICY, "seal.simulated",
		    "the header contradicts itself about simulation");
	if (simulated != is_simulated(id))
		return fault_raise(f, FAULT_POLICY, "seal.simulated",
		    simulated ? "sealed by a simulator, this is hardware"
			      : "sealed on hardware, this is a simulator");
	if (h->provider_no != id->provider_no)
		return fault_raise(f, FAULT_POLICY, "seal.provider",
		    "sealed by provider %d, this is %d", h->provider_no,
		    id->provider_no);
	return true;
}

FALLIBLE seal_open(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct span sealed, struct blob *out, struct fault *f)
{
	AUTO(secret_wipe) struct secret32 key = { 0 };
	uint8_t nonce[SEAL_NONCE_BYTES];
	struct gcm g = { .key = &key, .nonce = nonce };
	struct seal_header h;
	struct span core;
	size_t n_header;

	TRY(parse(sealed, &h, &n_header, nonce, &core, f));
	TRY(check_header(&h, id, f));
	TRY(seal_key(root, id, key_id, &key, f));
	g.aad[0] = span_of(sealed.p, n_header);
	g.aad[1] = span_text(key_id);
	return gcm_open_blob(&g, core, out, f);
}
