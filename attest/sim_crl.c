/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's CRLs (section 7): v2, ecdsa-with-SHA256, cRLNumber 1 and
 * authority key identifier, neither critical.
 */
#include "attest/sim.h"

#include "attest/ossl.h"
#include "verify/simulator_oid.h"

#define AT "sim.crl"

static bool broken(struct fault *f, const char *what)
{
	return ossl_broken(f, AT, what);
}

static FALLIBLE add_revoked(
    X509_CRL *crl, const X509 *cert, const ASN1_TIME *when, struct fault *f)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	if (entry &&
	    X509_REVOKED_set_serialNumber(
		entry, (ASN1_INTEGER *)X509_get0_serialNumber(cert)) &&
	    X509_REVOKED_set_revocationDate(entry, (ASN1_TIME *)when) &&
	    X509_CRL_add0_revoked(crl, entry))
		return true;
	X509_REVOKED_free(entry);
	return broken(f, "a revoked entry");
}

static FALLIBLE add_unknown_critical(X509_CRL *crl, struct fault *f)
{
	static const uint8_t null[] = { 5, 0 };
	AUTO(ossl_drop_object)
	ASN1_OBJECT *object = OBJ_txt2obj(SIMULATOR_OID_TEXT ".1", 1);
	AUTO(ossl_drop_octets)
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	if (!object || !octets || !ASN1_OCTET_STRING_set(octets, null, 2))
		return broken(f, "an extension");
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext =
	    X509_EXTENSION_create_by_OBJ(NULL, object, 1, octets);
	if (!ext || !X509_CRL_add_ext(crl, ext, -1))
		return broken(f, "an extension");
	return true;
}

static FALLIBLE add_extensions(
    X509_CRL *crl, const X509 *issuer, unsigned flaws, struct fault *f)
{
	AUTO(ossl_drop_integer) ASN1_INTEGER *one = ASN1_INTEGER_new();
	AUTHORITY_KEYID aki = { 0 };
	/* The issuer's own key identifier. */
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	uint8_t sha1[20];
	unsigned n = 0;
	if (!one || !id || !ASN1_INTEGER_set(one, 1) ||
	    !X509_pubkey_digest(issuer, EVP_sha1(), sha1, &n) ||
	    !ASN1_OCTET_STRING_set(id, sha1, (int)n))
		return broken(f, "a key identifier");
	aki.keyid = id;
	if (!X509_CRL_add1_ext_i2d(crl, NID_crl_number, one, 0, 0) ||
	    !X509_CRL_add1_ext_i2d(
		crl, NID_authority_key_identifier, &aki, 0, 0))
		return broken(f, "extensions");
	if ((flaws & SIM_CRL_DELTA) &&
	    !X509_CRL_add1_ext_i2d(crl, NID_delta_crl, one, 1, 0))
		return broken(f, "a delta indicator");
	if (flaws & SIM_CRL_CRITICAL)
		TRY(add_unknown_critical(crl, f));
	return true;
}

static FALLIBLE as_der(X509_CRL *crl, struct blob *out, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_X509_CRL(crl, &der);
	if (n <= 0)
		return broken(f, "a CRL as DER");
	bool ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}

FALLIBLE sim_crl_make(const struct sim_keys *keys,
    const struct sim_certs *certs, const struct sim_crl *recipe,
    struct blob *out, struct fault *f)
{
	const X509 *issuer = certs->cert[recipe->issuer];
	AUTO(ossl_drop_crl) X509_CRL *crl = X509_CRL_new();
	AUTO(ossl_drop_time)
	ASN1_TIME *from =
	    ASN1_TIME_adj(NULL, (time_t)(recipe->from.ms / 1000), 0, 0);
	AUTO(ossl_drop_time)
	ASN1_TIME *to =
	    ASN1_TIME_adj(NULL, (time_t)(recipe->to.ms / 1000), 0, 0);
	if (!crl || !from || !to ||
	    !X509_CRL_set_version(crl, X509_CRL_VERSION_2) ||
	    !X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) ||
	    !X509_CRL_set1_lastUpdate(crl, from))
		return broken(f, "a CRL");
	if (!(recipe->flaws & SIM_CRL_NO_NEXT_UPDATE) &&
	    !X509_CRL_set1_nextUpdate(crl, to))
		return broken(f, "nextUpdate");
	for (size_t i = 0; i < SIM_CERTS; i++)
		if (recipe->revoked & (1u << i))
			TRY(add_revoked(crl, certs->cert[i], from, f));
	TRY(add_extensions(crl, issuer, recipe->flaws, f));
	if (!X509_CRL_sort(crl) ||
	    !X509_CRL_sign(crl, keys->key[recipe->signed_by], EVP_sha256()))
		return broken(f, "signing a CRL");
	return as_der(crl, out, f);
}
