/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of the Nitro simulator: the five levels of nitro
 * section 4, under a root that says what it is. */
#include "attest/ossl.h"
#include "attest/sim_nitro.h"
#include "verify/simulator_oid.h"

#include <openssl/ec.h>
#include <openssl/x509v3.h>
#include <string.h>

#define AT "sim.nitro"
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define MODULE "i-0aff1a47000000000"
#define ENCLAVE "enc0000000000000001"

/* ---- the recipe ---------------------------------------------------------- */

void sim_nitro_recipe_init(struct sim_nitro_recipe *r, struct utc now)
{
	static const char *const names[SIM_NITRO_ROLES] = { SIMULATOR_ROOT_CN,
		"affiant-simulator.aws.nitro-enclaves",
		"affiant-simulator.zonal.aws.nitro-enclaves",
		MODULE ".affiant-simulator.aws.nitro-enclaves",
		MODULE "-" ENCLAVE ".affiant-simulator.aws" };
	static const char *const constraints[SIM_NITRO_ROLES] = {
		"critical,CA:TRUE", "critical,CA:TRUE,pathlen:2",
		"critical,CA:TRUE,pathlen:1", "critical,CA:TRUE,pathlen:0",
		"critical,CA:FALSE"
	};
	static const int64_t lives_ms[SIM_NITRO_ROLES] = { 3650 * DAY_MS,
		20 * DAY_MS, 6 * DAY_MS, DAY_MS, 3 * HOUR_MS };

	*r = (struct sim_nitro_recipe){
		.module_id = MODULE "-" ENCLAVE,
		.digest = "SHA384",
		.timestamp = now,
		.n_cabundle = SIM_NITRO_LEAF,
		.indefinite = true,
	};
	for (unsigned i = 0; i < SIM_NITRO_ROLES; i++) {
		unsigned issuer = i == 0 ? 0 : i - 1;

		r->cert[i] = (struct sim_nitro_cert){
			.cn = names[i],
			.issuer = (enum sim_nitro_role)issuer,
			.signed_by = (enum sim_nitro_role)issuer,
			.from = { now.ms - 60000 },
			.to = { now.ms - 60000 + lives_ms[i] },
			.constraints = constraints[i],
			.usage = i < SIM_NITRO_LEAF
			    ? "critical,keyCertSign,cRLSign"
			    : "digitalSignature,nonRepudiation",
		};
		if (i < SIM_NITRO_LEAF)
			r->cabundle[i] = (enum sim_nitro_role)i;
	}
	/* An image of its own kind; what a genuine document has zero is zero. */
	for (unsigned i = 0; i < 16; i++)
		r->has_pcr[i] = true;
	for (unsigned i = 0; i < 3; i++)
		memset(r->pcr[i], (int)(0x50 + i), sizeof(r->pcr[i]));
}

/* ---- keys ---------------------------------------------------------------- */

bool sim_nitro_make_keys(struct sim_nitro_keys *k, struct fault *f)
{
	for (size_t i = 0; i < SIM_NITRO_ROLES; i++) {
		if (k->key[i] == NULL)
			k->key[i] = EVP_EC_gen("P-384");
		if (k->key[i] == NULL)
			return ossl_broken(f, AT, "making a P-384 key");
	}
	return true;
}

void sim_nitro_drop_keys(struct sim_nitro_keys *k)
{
	for (size_t i = 0; i < SIM_NITRO_ROLES; i++) {
		EVP_PKEY_free(k->key[i]);
		k->key[i] = NULL;
	}
}

/* ---- certificates -------------------------------------------------------- */

static FALLIBLE add_words(
    X509 *x, X509 *issuer, int nid, const char *words, struct fault *f)
{
	X509V3_CTX ctx;

	if (words == NULL)
		return true;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext = X509V3_EXT_nconf_nid(NULL, &ctx, nid, words);
	if (ext == NULL || X509_add_ext(x, ext, -1) != 1)
		return ossl_broken(f, AT, words);
	return true;
}

static FALLIBLE add_bytes(
    X509 *x, const char *oid, bool critical, struct span value, struct fault *f)
{
	AUTO(ossl_drop_object) ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	AUTO(ossl_drop_octets)
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();

	if (object == NULL || octets == NULL ||
	    ASN1_OCTET_STRING_set(octets, value.p, (int)value.n) != 1)
		return ossl_broken(f, AT, oid);
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext =
	    X509_EXTENSION_create_by_OBJ(NULL, object, critical, octets);
	if (ext == NULL || X509_add_ext(x, ext, -1) != 1)
		return ossl_broken(f, AT, oid);
	return true;
}

static FALLIBLE set_frame(
    X509 *x, const struct sim_nitro_cert *c, struct fault *f)
{
	AUTO(ossl_drop_time)
	ASN1_TIME *from =
	    ASN1_TIME_adj(NULL, (time_t)(c->from.ms / 1000), 0, 0);
	AUTO(ossl_drop_time)
	ASN1_TIME *to = ASN1_TIME_adj(NULL, (time_t)(c->to.ms / 1000), 0, 0);
	unsigned char id[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	X509_NAME *name = X509_get_subject_name(x);

	if (from == NULL || to == NULL || X509_set1_notBefore(x, from) != 1 ||
	    X509_set1_notAfter(x, to) != 1 ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const uint8_t *)c->cn, -1, -1, 0) != 1 ||
	    X509_pubkey_digest(x, EVP_sha1(), id, &n) != 1)
		return ossl_broken(f, AT, "a certificate's frame");
	/* The serial is the key's. */
	BIGNUM *bn = BN_bin2bn(id, (int)n, NULL);
	bool ok = bn != NULL &&
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;

	BN_free(bn);
	return ok || ossl_broken(f, AT, "a serial number");
}

static FALLIBLE add_extensions(X509 *x, X509 *issuer, size_t who,
    const struct sim_nitro_cert *c, struct fault *f)
{
	static const uint8_t mark[] = { SIMULATOR_EXT_DER };
	static const uint8_t null[] = { 5, 0 };

	TRY(add_words(x, issuer, NID_basic_constraints, c->constraints, f));
	TRY(add_words(x, issuer, NID_key_usage, c->usage, f));
	/* Genuine leaves have neither identifier. */
	if (who != SIM_NITRO_LEAF)
		TRY(add_words(
		    x, issuer, NID_subject_key_identifier, "hash", f));
	if (who != SIM_NITRO_LEAF && who != SIM_NITRO_ROOT)
		TRY(add_words(
		    x, issuer, NID_authority_key_identifier, "keyid", f));
	if (who == SIM_NITRO_ROOT)
		TRY(add_bytes(x, SIMULATOR_OID_TEXT, false,
		    span_of(mark, sizeof(mark)), f));
	if (c->critical)
		TRY(add_bytes(x, SIMULATOR_OID_TEXT ".1", true,
		    span_of(null, sizeof(null)), f));
	return true;
}

static FALLIBLE make_cert(const struct sim_nitro_keys *keys,
    const struct sim_nitro_certs *made, const struct sim_nitro_recipe *r,
    size_t who, X509 **out, struct fault *f)
{
	const struct sim_nitro_cert *c = &r->cert[who];
	AUTO(ossl_drop_cert) X509 *x = X509_new();
	X509 *issuer;

	if (x == NULL || X509_set_version(x, X509_VERSION_3) != 1 ||
	    X509_set_pubkey(x, keys->key[who]) != 1)
		return ossl_broken(f, AT, "a certificate");
	TRY(set_frame(x, c, f));
	issuer = c->issuer == who ? x : made->cert[c->issuer];
	if (issuer == NULL ||
	    X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1)
		return ossl_broken(f, AT, "an issuer's name");
	TRY(add_extensions(x, issuer, who, c, f));
	if (X509_sign(x, keys->key[c->signed_by],
		c->sha256 ? EVP_sha256() : EVP_sha384()) <= 0)
		return ossl_broken(f, AT, "signing a certificate");
	*out = x;
	x = NULL;
	return true;
}

bool sim_nitro_make_certs(const struct sim_nitro_keys *keys,
    const struct sim_nitro_recipe *r, struct sim_nitro_certs *c,
    struct fault *f)
{
	for (size_t i = 0; i < SIM_NITRO_ROLES; i++)
		if (c->cert[i] == NULL)
			TRY(make_cert(keys, c, r, i, &c->cert[i], f));
	return true;
}

void sim_nitro_drop_certs(struct sim_nitro_certs *c)
{
	for (size_t i = 0; i < SIM_NITRO_ROLES; i++) {
		X509_free(c->cert[i]);
		c->cert[i] = NULL;
	}
}
