/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/tls_cert.h"

#include "attest/ossl.h"
#include "verify/base/secret.h"

#include <stdio.h>
#include <string.h>

#define AT "tls.certificate"

static FALLIBLE take_der(
    uint8_t *der, int n, const char *what, struct blob *out, struct fault *f)
{
	if (n <= 0)
		return ossl_broken(f, AT, what);
	bool ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}

FALLIBLE tls_cert_spki(EVP_PKEY *key, struct blob *out, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	return take_der(der, n, "a public key in DER", out, f);
}

FALLIBLE tls_cert_der(X509 *cert, struct blob *out, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_X509(cert, &der);
	return take_der(der, n, "a certificate in DER", out, f);
}

/* ---- its parts ---------------------------------------------------------- */

static FALLIBLE add_words(X509 *x, int nid, const char *words, struct fault *f)
{
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, words);
	if (!ext || !X509_add_ext(x, ext, -1))
		return ossl_broken(f, AT, words);
	return true;
}

static FALLIBLE add_bytes(
    X509 *x, const struct tls_cert_ext *e, struct fault *f)
{
	AUTO(ossl_drop_object) ASN1_OBJECT *id = OBJ_txt2obj(e->oid, 1);
	AUTO(ossl_drop_octets)
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	if (!id || !octets ||
	    !ASN1_OCTET_STRING_set(octets, e->value.p, (int)e->value.n))
		return ossl_broken(f, AT, e->oid);
	/* Not critical: clients that do not know it may still connect. */
	AUTO(ossl_drop_ext)
	X509_EXTENSION *ext = X509_EXTENSION_create_by_OBJ(NULL, id, 0, octets);
	if (!ext || !X509_add_ext(x, ext, -1))
		return ossl_broken(f, AT, e->oid);
	return true;
}

static FALLIBLE add_extensions(
    X509 *x, const struct tls_cert_plan *p, struct fault *f)
{
	char name[300];
	int n = snprintf(name, sizeof(name), "DNS:%s", p->name);
	if (n < 0 || (size_t)n >= sizeof(name) || strpbrk(p->name, ",:\n"))
		return fault_raise(
		    f, FAULT_CONFIG, "tls.name", "that is no server's name");
	TRY(add_words(x, NID_basic_constraints,
	    p->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE", f));
	TRY(add_words(x, NID_key_usage, "critical,digitalSignature", f));
	TRY(add_words(x, NID_ext_key_usage, "serverAuth", f));
	TRY(add_words(x, NID_subject_alt_name, name, f));
	for (size_t i = 0; i < p->n_ext; i++)
		TRY(add_bytes(x, &p->ext[i], f));
	return true;
}

static FALLIBLE set_times(
    X509 *x, const struct tls_cert_plan *p, struct fault *f)
{
	AUTO(ossl_drop_time)
	ASN1_TIME *from =
	    ASN1_TIME_adj(NULL, (time_t)(p->from.ms / 1000), 0, 0);
	AUTO(ossl_drop_time)
	ASN1_TIME *to = ASN1_TIME_adj(NULL, (time_t)(p->to.ms / 1000), 0, 0);
	if (!from || !to || !X509_set1_notBefore(x, from) ||
	    !X509_set1_notAfter(x, to))
		return ossl_broken(f, AT, "a validity");
	return true;
}

/* 64 random bits, and a first byte that makes it positive and no shorter. */
static FALLIBLE set_serial(X509 *x, struct fault *f)
{
	uint8_t bytes[8];
	uint64_t n = 1;
	TRY(random_bytes(bytes, sizeof(bytes), f));
	for (size_t i = 1; i < sizeof(bytes); i++)
		n = n << 8 | bytes[i];
	AUTO(ossl_drop_integer) ASN1_INTEGER *serial = ASN1_INTEGER_new();
	if (!serial || !ASN1_INTEGER_set_uint64(serial, n) ||
	    !X509_set_serialNumber(x, serial))
		return ossl_broken(f, AT, "a serial number");
	return true;
}

static FALLIBLE set_names(
    X509 *x, const struct tls_cert_plan *p, struct fault *f)
{
	/* A common name has 64 characters at most; longer ones stand in the
	 * alternative name only. */
	const char *cn = strlen(p->name) <= 64 ? p->name : "affiant";
	X509_NAME *name = X509_get_subject_name(x);
	if (!X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_UTF8, (const uint8_t *)cn, -1, -1, 0) ||
	    !X509_set_issuer_name(x, name))
		return ossl_broken(f, AT, "a name");
	return true;
}

/* ---- the whole ---------------------------------------------------------- */

FALLIBLE tls_cert_make(EVP_PKEY *key, const struct tls_cert_plan *plan,
    X509 **out, struct fault *f)
{
	AUTO(ossl_drop_cert) X509 *x = X509_new();
	if (!x || !X509_set_version(x, X509_VERSION_3) ||
	    !X509_set_pubkey(x, key))
		return ossl_broken(f, AT, "a certificate");
	TRY(set_serial(x, f));
	TRY(set_names(x, plan, f));
	TRY(set_times(x, plan, f));
	TRY(add_extensions(x, plan, f));
	if (X509_sign(x, plan->signer ? plan->signer : key, EVP_sha256()) <= 0)
		return ossl_broken(f, AT, "signing a certificate");
	*out = x;
	x = NULL;
	return true;
}
