/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates of the simulator: the shapes of section 5, under a
 * root of our own that says so.
 */
#include "attest/sim.h"

#include "attest/ossl.h"
#include "verify/simulator_oid.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <string.h>

#define AT "sim.pki"

static bool broken(struct fault *f, const char *what)
{
	return ossl_broken(f, AT, what);
}

static void drop_sig(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

/* ---- keys --------------------------------------------------------------- */

FALLIBLE sim_pki_make_keys(struct sim_keys *out, struct fault *f)
{
	struct sim_keys keys = { 0 };
	for (size_t i = 0; i < SIM_ROLES; i++) {
		keys.key[i] = EVP_EC_gen("P-256");
		if (!keys.key[i]) {
			sim_pki_drop_keys(&keys);
			return broken(f, "making a P-256 key");
		}
	}
	*out = keys;
	return true;
}

void sim_pki_drop_keys(struct sim_keys *k)
{
	for (size_t i = 0; i < SIM_ROLES; i++) {
		EVP_PKEY_free(k->key[i]);
		k->key[i] = NULL;
	}
}

FALLIBLE sim_pki_sign(
    EVP_PKEY *key, struct span bytes, uint8_t rs[64], struct fault *f)
{
	struct sha256 digest = sha256_of(bytes);
	uint8_t der[80];
	size_t n = sizeof(der);
	AUTO(ossl_drop_key_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	if (!ctx || EVP_PKEY_sign_init(ctx) <= 0 ||
	    EVP_PKEY_sign(ctx, der, &n, digest.b, sizeof(digest.b)) <= 0)
		return broken(f, "signing");
	const uint8_t *p = der;
	AUTO(drop_sig) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, 32) != 32 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + 32, 32) != 32)
		return broken(f, "a signature as r and s");
	return true;
}

FALLIBLE sim_pki_public(EVP_PKEY *key, uint8_t xy[64], struct fault *f)
{
	uint8_t point[65];
	size_t n = 0;
	if (EVP_PKEY_get_octet_string_param(
		key, "pub", point, sizeof(point), &n) <= 0 ||
	    n != sizeof(point) || point[0] != 4)
		return broken(f, "a public key as X and Y");
	memcpy(xy, point + 1, 64);
	return true;
}

/* ---- one certificate ---------------------------------------------------- */

static FALLIBLE set_name(
    X509_NAME *name, const struct sim_cert *cert, struct fault *f)
{
	/* Order and string types as in the vendor's certificates. */
	const char *const parts[][2] = {
		{ "CN", cert->cn },
		{ "O", "Intel Corporation" },
		{ "L", "Santa Clara" },
		{ "ST", "CA" },
		{ "C", "US" },
	};
	size_t n = cert->vendor_names ? COUNT(parts) : 1;
	for (size_t i = 0; i < n; i++)
		if (!X509_NAME_add_entry_by_txt(name, parts[i][0],
			MBSTRING_UTF8, (const uint8_t *)parts[i][1], -1, -1, 0))
			return broken(f, "a name");
	return true;
}

static FALLIBLE set_times(X509 *x, const struct sim_cert *cert, struct fault *f)
{
	AUTO(ossl_drop_time)
	ASN1_TIME *from =
	    ASN1_TIME_adj(NULL, (time_t)(cert->from.ms / 1000), 0, 0);
	AUTO(ossl_drop_time)
	ASN1_TIME *to = ASN1_TIME_adj(NULL, (time_t)(cert->to.ms / 1000), 0, 0);
	if (!from || !to || !X509_set1_notBefore(x, from) ||
	    !X509_set1_notAfter(x, to))
		return broken(f, "a validity");
	return true;
}

/* SHA-1 of the public key, as RFC 5280 4.2.1.2 (1) and the vendor have it. */
static FALLIBLE key_id(const X509 *x, uint8_t id[20], struct fault *f)
{
	unsigned n = 0;
	if (!X509_pubkey_digest(x, EVP_sha1(), id, &n) || n != 20)
		return broken(f, "a key identifier");
	return true;
}

static FALLIBLE add_words(X509 *x, int nid, const char *words, struct fault *f)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext = X509V3_EXT_nconf_nid(NULL, &ctx, nid, words);
	if (!ext || !X509_add_ext(x, ext, -1))
		return broken(f, words);
	return true;
}

/* An extension that OpenSSL does not know, by its OID in digits. */
static FALLIBLE add_bytes(
    X509 *x, const char *oid, bool critical, struct span value, struct fault *f)
{
	AUTO(ossl_drop_object) ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	AUTO(ossl_drop_octets)
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	if (!object || !octets ||
	    !ASN1_OCTET_STRING_set(octets, value.p, (int)value.n))
		return broken(f, oid);
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext =
	    X509_EXTENSION_create_by_OBJ(NULL, object, critical, octets);
	if (!ext || !X509_add_ext(x, ext, -1))
		return broken(f, oid);
	return true;
}

static FALLIBLE add_subject_key_id(X509 *x, struct fault *f)
{
	uint8_t id[20];
	TRY(key_id(x, id, f));
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	if (!s || !ASN1_OCTET_STRING_set(s, id, sizeof(id)) ||
	    !X509_add1_ext_i2d(x, NID_subject_key_identifier, s, 0, 0))
		return broken(f, "a subject key identifier");
	return true;
}

static FALLIBLE add_authority_key_id(
    X509 *x, const X509 *issuer, unsigned flaws, struct fault *f)
{
	uint8_t id[20];
	TRY(key_id(issuer, id, f));
	if (flaws & SIM_CERT_OTHER_AKI)
		id[0] ^= 1;
	AUTHORITY_KEYID aki = { 0 };
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	aki.keyid = s;
	if (!s || !ASN1_OCTET_STRING_set(s, id, sizeof(id)) ||
	    !X509_add1_ext_i2d(x, NID_authority_key_identifier, &aki, 0, 0))
		return broken(f, "an authority key identifier");
	return true;
}

static FALLIBLE add_sgx(X509 *x, const struct sim_sgx *sgx, struct fault *f)
{
	if (sgx->flaws & SIM_SGX_ABSENT)
		return true;
	uint8_t buf[1024];
	struct wr w = wr_into(buf, sizeof(buf), "sim.sgx", f);
	TRY(sim_sgx_encode(sgx, &w, f));
	return add_bytes(x, "1.2.840.113741.1.13.1", false, wr_view(&w), f);
}

static FALLIBLE add_extensions(X509 *x, enum sim_role who, const X509 *issuer,
    const struct sim_recipe *r, struct fault *f)
{
	static const uint8_t mark[] = { SIMULATOR_EXT_DER };
	static const uint8_t null[] = { 5, 0 };
	const struct sim_cert *cert = &r->cert[who];

	bool key_ids = !(cert->flaws & SIM_CERT_NO_KEY_IDS);

	/* In the vendor's order. */
	if (key_ids)
		TRY(add_authority_key_id(x, issuer, cert->flaws, f));
	/* A name that can never resolve (RFC 2606). */
	TRY(add_words(x, NID_crl_distribution_points,
	    "URI:https://simulator.invalid/crl.der", f));
	if (key_ids)
		TRY(add_subject_key_id(x, f));
	if (cert->usage)
		TRY(add_words(x, NID_key_usage, cert->usage, f));
	if (cert->constraints)
		TRY(add_words(x, NID_basic_constraints, cert->constraints, f));
	if (who == SIM_PCK)
		TRY(add_sgx(x, &r->sgx, f));
	if (who == SIM_ROOT && !(cert->flaws & SIM_CERT_NO_SIM_MARK))
		TRY(add_bytes(x, SIMULATOR_OID_TEXT, false,
		    span_of(mark, sizeof(mark)), f));
	/* An arc of our own below the simulator's that nobody knows. */
	if (cert->flaws & (SIM_CERT_CRITICAL | SIM_CERT_EXTRA))
		TRY(add_bytes(x, SIMULATOR_OID_TEXT ".1",
		    (cert->flaws & SIM_CERT_CRITICAL) != 0,
		    span_of(null, sizeof(null)), f));
	return true;
}

/* The serial is the key's identifier, as in the vendor's CA certificates. */
static FALLIBLE set_serial(X509 *x, struct fault *f)
{
	uint8_t id[20];
	TRY(key_id(x, id, f));
	BIGNUM *bn = BN_bin2bn(id, sizeof(id), NULL);
	bool ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));
	BN_free(bn);
	return ok ? true : broken(f, "a serial number");
}

static FALLIBLE make_cert(const struct sim_keys *keys,
    const struct sim_certs *made, const struct sim_recipe *r, enum sim_role who,
    X509 **out, struct fault *f)
{
	const struct sim_cert *cert = &r->cert[who];
	AUTO(ossl_drop_cert) X509 *x = X509_new();
	if (!x || !X509_set_version(x, X509_VERSION_3) ||
	    !X509_set_pubkey(x, keys->key[who]))
		return broken(f, "a certificate");
	X509 *issuer = cert->issuer == who ? x : made->cert[cert->issuer];
	if (!issuer)
		return fault_raise(f, FAULT_USAGE, AT,
		    "a certificate's issuer comes after it");
	X509_NAME *subject = X509_get_subject_name(x);
	TRY(set_name(subject, cert, f));
	if (!X509_set_issuer_name(x, X509_get_subject_name(issuer)))
		return broken(f, "an issuer's name");
	TRY(set_serial(x, f));
	TRY(set_times(x, cert, f));
	TRY(add_extensions(x, who, issuer, r, f));
	const EVP_MD *md =
	    cert->flaws & SIM_CERT_SHA384 ? EVP_sha384() : EVP_sha256();
	if (!X509_sign(x, keys->key[cert->signed_by], md))
		return broken(f, "signing a certificate");
	*out = x;
	x = NULL;
	return true;
}

FALLIBLE sim_pki_make_certs(const struct sim_keys *keys,
    const struct sim_recipe *r, struct sim_certs *out, struct fault *f)
{
	AUTO(sim_pki_drop_certs) struct sim_certs certs = { 0 };
	for (size_t i = 0; i < SIM_CERTS; i++)
		TRY(make_cert(
		    keys, &certs, r, (enum sim_role)i, &certs.cert[i], f));
	*out = certs;
	certs = (struct sim_certs){ 0 };
	return true;
}

void sim_pki_drop_certs(struct sim_certs *c)
{
	for (size_t i = 0; i < SIM_CERTS; i++) {
		X509_free(c->cert[i]);
		c->cert[i] = NULL;
	}
}

/* ---- certificates as bytes ---------------------------------------------- */

FALLIBLE sim_pki_chain(const struct sim_certs *certs, const enum sim_role *who,
    size_t n, struct blob *out, struct fault *f)
{
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_mem());
	if (!bio)
		return broken(f, "memory");
	for (size_t i = 0; i < n; i++)
		if (!PEM_write_bio_X509(bio, certs->cert[who[i]]))
			return broken(f, "a certificate as PEM");
	char *text = NULL;
	long text_n = BIO_get_mem_data(bio, &text);
	return blob_copy(span_of(text, (size_t)text_n), out, f);
}

FALLIBLE sim_pki_cert_der(const struct sim_certs *certs, enum sim_role who,
    struct blob *out, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_X509(certs->cert[who], &der);
	if (n <= 0)
		return broken(f, "a certificate as DER");
	bool ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}
