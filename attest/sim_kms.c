/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_kms.h"

#include "attest/ossl.h"
#include "chain/eth.h"
#include "verify/base/text.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#define AT "sim.kms"

static bool broken(struct fault *f)
{
	return fault_raise(
	    f, FAULT_INTERNAL, AT, "libsecp256k1 refused a derived key");
}

static void drop_ctx(secp256k1_context **ctx)
{
	secp256k1_context_destroy(*ctx);
}
#define CTX                      \
	AUTO(drop_ctx)           \
	secp256k1_context *ctx = \
	    secp256k1_context_create(SECP256K1_CONTEXT_NONE)

/* ---- secp256k1 ---------------------------------------------------------- */

static FALLIBLE compressed(
    const struct secret32 *key, uint8_t out[33], struct fault *f)
{
	CTX;
	secp256k1_pubkey pub;
	size_t n = 33;
	if (!secp256k1_ec_pubkey_create(ctx, &pub, key->b))
		return broken(f);
	secp256k1_ec_pubkey_serialize(
	    ctx, out, &n, &pub, SECP256K1_EC_COMPRESSED);
	return true;
}

/* r || s || 0 or 1. */
static FALLIBLE sign_recoverable(const struct secret32 *key,
    const struct keccak256 *digest, uint8_t out[65], struct fault *f)
{
	CTX;
	secp256k1_ecdsa_recoverable_signature sig;
	int recid = 0;
	if (!secp256k1_ecdsa_sign_recoverable(
		ctx, &sig, digest->b, key->b, NULL, NULL))
		return broken(f);
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
	    ctx, out, &recid, &sig);
	out[64] = (uint8_t)recid;
	return true;
}

/* ---- derivation --------------------------------------------------------- */

FALLIBLE sim_kms_derive(const struct secret32 *parent, struct span one,
    struct span two, struct secret32 *out, struct fault *f)
{
	uint8_t info[512];
	size_t n;
	struct wr w = wr_into(info, sizeof(info), AT, f);
	wr_span(&w, one);
	wr_span(&w, two);
	TRY(wr_done_into(&w, &n));
	return hkdf_sha256(span_text("RATLS"),
	    span_of(parent->b, sizeof(parent->b)), span_of(info, n), out->b,
	    sizeof(out->b), f);
}

/* "dstack-kms-issued:" || app id || compressed app key, by the root. */
static FALLIBLE issue(struct sim_kms *k, struct fault *f)
{
	uint8_t pub[33];
	TRY(compressed(&k->app, pub, f));
	const struct span parts[] = { span_text("dstack-kms-issued:"),
		span_of(k->app_id, sizeof(k->app_id)),
		span_of(pub, sizeof(pub)) };
	struct keccak256 digest = keccak256_of_parts(parts, COUNT(parts));
	return sign_recoverable(&k->root, &digest, k->root_signature, f);
}

FALLIBLE sim_kms_open(const struct secret32 *seed, bool has_root,
    const uint8_t app_id[SIM_KMS_APP_ID], struct sim_kms *out, struct fault *f)
{
	struct sim_kms k = { .has_root = has_root };
	const struct span none = { 0 };
	struct span id = span_of(k.app_id, sizeof(k.app_id));
	memcpy(k.app_id, app_id, sizeof(k.app_id));
	TRY(sim_kms_derive(seed, span_text("kms root"), none, &k.root, f));
	TRY(sim_kms_derive(seed, span_text("kms ca"), none, &k.ca, f));
	TRY(sim_kms_derive(&k.root, id, span_text("app-key"), &k.app, f));
	TRY(compressed(&k.root, k.root_public, f));
	TRY(issue(&k, f));
	*out = k;
	return true;
}

void sim_kms_wipe(struct sim_kms *k)
{
	secret_wipe_bytes(k, sizeof(*k));
}

static FALLIBLE ed25519_public(
    const struct secret32 *seed, uint8_t out[32], struct fault *f)
{
	size_t n = 32;
	AUTO(ossl_drop_key)
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed->b, sizeof(seed->b));
	if (!key || !EVP_PKEY_get_raw_public_key(key, out, &n))
		return ossl_broken(f, AT, "an ed25519 key");
	return true;
}

/* Both algorithms share the 32 bytes; the purpose is in the message only. */
FALLIBLE sim_kms_key(const struct sim_kms *k, const char *path,
    const char *purpose, enum sim_kms_algorithm algorithm,
    struct sim_kms_key *out, struct fault *f)
{
	struct sim_kms_key key = { .public_n = 33 };
	const struct span none = { 0 };
	char hex[HEX_SIZE(33)];
	TRY(sim_kms_derive(&k->app, span_text(path), none, &key.key, f));
	switch (algorithm) {
	case SIM_KMS_SECP256K1:
		TRY(compressed(&key.key, key.public_key, f));
		break;
	case SIM_KMS_ED25519:
		key.public_n = 32;
		TRY(ed25519_public(&key.key, key.public_key, f));
		break;
	}
	hex_encode(span_of(key.public_key, key.public_n), hex);
	const struct span parts[] = { span_text(purpose), span_text(":"),
		span_text(hex) };
	struct keccak256 digest = keccak256_of_parts(parts, COUNT(parts));
	TRY(sign_recoverable(&k->app, &digest, key.signature, f));
	*out = key;
	return true;
}

/* ---- P-256 -------------------------------------------------------------- */

static void drop_bn(BIGNUM **n)
{
	BN_clear_free(*n);
}
static void drop_group(EC_GROUP **g)
{
	EC_GROUP_free(*g);
}
static void drop_point(EC_POINT **p)
{
	EC_POINT_free(*p);
}
static void drop_build(OSSL_PARAM_BLD **b)
{
	OSSL_PARAM_BLD_free(*b);
}
static void drop_params(OSSL_PARAM **p)
{
	OSSL_PARAM_free(*p);
}

FALLIBLE sim_kms_p256(
    const struct secret32 *scalar, EVP_PKEY **out, struct fault *f)
{
	AUTO(drop_bn) BIGNUM *n = BN_bin2bn(scalar->b, 32, NULL);
	AUTO(drop_group)
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	AUTO(drop_point) EC_POINT *p = group ? EC_POINT_new(group) : NULL;
	AUTO(drop_build) OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	AUTO(ossl_drop_key_ctx)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	uint8_t pub[65];
	if (!n || !p || !b || !ctx ||
	    !EC_POINT_mul(group, p, n, NULL, NULL, NULL) ||
	    EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, pub,
		sizeof(pub), NULL) != sizeof(pub) ||
	    !OSSL_PARAM_BLD_push_utf8_string(
		b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) ||
	    !OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, n) ||
	    !OSSL_PARAM_BLD_push_octet_string(
		b, OSSL_PKEY_PARAM_PUB_KEY, pub, sizeof(pub)))
		return ossl_broken(f, AT, "a P-256 key");
	AUTO(drop_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, out, EVP_PKEY_KEYPAIR, params) != 1)
		return ossl_broken(f, AT, "a P-256 key");
	return true;
}

/* ---- Sign and Verify ---------------------------------------------------- */

static void drop_md(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static FALLIBLE sign_ed25519(const struct secret32 *seed, struct span message,
    uint8_t out[64], struct fault *f)
{
	AUTO(ossl_drop_key)
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed->b, sizeof(seed->b));
	AUTO(drop_md) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 64;
	if (!key || !ctx || !EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) ||
	    !EVP_DigestSign(ctx, out, &n, message.p, message.n))
		return ossl_broken(f, AT, "an ed25519 signature");
	return true;
}

FALLIBLE sim_kms_sign(const struct sim_kms_key *key,
    enum sim_kms_algorithm algorithm, struct span message, uint8_t out[64],
    struct fault *f)
{
	CTX;
	secp256k1_ecdsa_signature sig;
	if (algorithm == SIM_KMS_ED25519)
		return sign_ed25519(&key->key, message, out, f);
	if (message.n != 32 ||
	    !secp256k1_ecdsa_sign(ctx, &sig, message.p, key->key.b, NULL, NULL))
		return broken(f);
	secp256k1_ecdsa_signature_serialize_compact(ctx, out, &sig);
	return true;
}

bool sim_kms_verify(enum sim_kms_algorithm algorithm, struct span public_key,
    struct span message, const uint8_t sig[64])
{
	CTX;
	secp256k1_pubkey pub;
	secp256k1_ecdsa_signature s;
	if (algorithm == SIM_KMS_SECP256K1)
		return message.n == 32 &&
		    secp256k1_ec_pubkey_parse(
			ctx, &pub, public_key.p, public_key.n) &&
		    secp256k1_ecdsa_signature_parse_compact(ctx, &s, sig) &&
		    secp256k1_ecdsa_verify(ctx, &s, message.p, &pub);
	AUTO(ossl_drop_key)
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, public_key.p, public_key.n);
	AUTO(drop_md) EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = key && md &&
	    EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(md, sig, 64, message.p, message.n) == 1;
	ERR_clear_error();
	return good;
}
