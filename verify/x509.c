/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/x509.h"

#include "verify/base/limits.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string.h>
#include <time.h>

void x509_forget_errors(void)
{
	ERR_clear_error();
}

/*
 * ASN1_TIME_to_tm also reads forms that DER does not know (offsets, missing
 * seconds), so the form is held against DER first.
 */
FALLIBLE x509_time(
    const ASN1_STRING *t, struct utc *out, const char *at, struct fault *f)
{
	int type = ASN1_STRING_type(t);
	int n = ASN1_STRING_length(t);
	const unsigned char *p = ASN1_STRING_get0_data(t);
	struct tm tm;

	if (!(type == V_ASN1_UTCTIME && n == 13) &&
	    !(type == V_ASN1_GENERALIZEDTIME && n == 15))
		return fault_raise(
		    f, FAULT_FORMAT, at, "a time has not the form of DER");
	for (int i = 0; i < n; i++)
		if (i == n - 1 ? p[i] != 'Z' : p[i] < '0' || p[i] > '9')
			return fault_raise(f, FAULT_FORMAT, at,
			    "a time has not the form of DER");
	if (ASN1_TIME_to_tm(t, &tm) != 1) {
		x509_forget_errors();
		return fault_raise(
		    f, FAULT_FORMAT, at, "a time names no real date");
	}
	return utc_from_calendar(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, out, at, f);
}

static bool algorithm_is(const X509_ALGOR *a, int nid)
{
	const ASN1_OBJECT *oid;
	const void *value;
	int type;

	X509_ALGOR_get0(&oid, &type, &value, a);
	return OBJ_obj2nid(oid) == nid && type == V_ASN1_UNDEF;
}

bool x509_algorithm_is_ecdsa_sha256(const X509_ALGOR *a)
{
	return algorithm_is(a, NID_ecdsa_with_SHA256);
}

/* The same inside and outside. */
static bool is_signed_with(const X509 *x, int nid)
{
	const X509_ALGOR *outer;

	X509_get0_signature(NULL, &outer, x);
	return algorithm_is(outer, nid) &&
	    algorithm_is(X509_get0_tbs_sigalg(x), nid);
}

/* RFC 5480: id-ecPublicKey with the OID of the curve as its parameters. */
static bool key_is_on(const X509 *x, int curve_nid, int point_bytes)
{
	ASN1_OBJECT *oid;
	const ASN1_OBJECT *curve;
	const unsigned char *point;
	const void *value;
	X509_ALGOR *algorithm;
	int n, type;

	if (X509_PUBKEY_get0_param(
		&oid, &point, &n, &algorithm, X509_get_X509_PUBKEY(x)) != 1)
		return false;
	if (OBJ_obj2nid(oid) != NID_X9_62_id_ecPublicKey)
		return false;
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type != V_ASN1_OBJECT)
		return false;
	curve = value;
	return OBJ_obj2nid(curve) == curve_nid && n == point_bytes &&
	    point[0] == 4 && X509_get0_pubkey(x) != NULL;
}

static struct span string_span(const ASN1_STRING *s)
{
	if (s == NULL)
		return span_of(NULL, 0);
	return span_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static struct span name_span(const X509_NAME *name)
{
	const unsigned char *p;
	size_t n;

	if (X509_NAME_get0_der(name, &p, &n) != 1)
		return span_of(NULL, 0);
	return span_of(p, n);
}

static void read_extensions(struct x509_cert *c)
{
	X509 *x = c->x;
	uint32_t flags = X509_get_extension_flags(x);
	int n = X509_get_ext_count(x);

	c->has_bad_extension = (flags & EXFLAG_INVALID) != 0;
	c->has_basic = (flags & EXFLAG_BCONS) != 0;
	c->is_ca = (flags & EXFLAG_CA) != 0;
	c->path_length = X509_get_pathlen(x);
	c->has_usage = (flags & EXFLAG_KUSAGE) != 0;
	c->usage = c->has_usage ? X509_get_key_usage(x) : 0;
	c->ski = string_span(X509_get0_subject_key_id(x));
	c->aki = string_span(X509_get0_authority_key_id(x));
	for (int i = 0; i < n; i++) {
		X509_EXTENSION *e = X509_get_ext(x, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));

		if (!X509_EXTENSION_get_critical(e))
			continue;
		if (nid == NID_basic_constraints)
			c->basic_is_critical = true;
		else if (nid == NID_key_usage)
			c->usage_is_critical = true;
		else
			c->has_unknown_critical = true;
	}
}

/* What i2d writes is what came in: no BER, nothing behind it. */
static bool is_exact(X509 *x, struct span der)
{
	unsigned char *again = NULL;
	int n = i2d_X509(x, &again);
	bool same = n > 0 && span_equal(span_of(again, (size_t)n), der);

	OPENSSL_free(again);
	return same;
}

FALLIBLE x509_cert_parse(
    struct span der, struct x509_cert *out, const char *at, struct fault *f)
{
	AUTO(x509_cert_drop) struct x509_cert c = { .der = der };
	const unsigned char *p = der.p;
	const ASN1_INTEGER *serial;

	if (der.n == 0)
		return fault_raise(f, FAULT_FORMAT, at, "certificate is empty");
	if (der.n > LIMIT_CERT_BYTES)
		return fault_raise(f, FAULT_LIMIT, at,
		    "certificate has %zu bytes, the limit is %d", der.n,
		    LIMIT_CERT_BYTES);
	c.x = d2i_X509(NULL, &p, (long)der.n);
	if (c.x == NULL || !is_exact(c.x, der)) {
		x509_forget_errors();
		return fault_raise(f, FAULT_FORMAT, at,
		    "not one certificate in DER, and nothing else");
	}
	serial = X509_get0_serialNumber(c.x);
	c.serial = string_span(serial);
	c.serial_is_negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
	c.subject = name_span(X509_get_subject_name(c.x));
	c.issuer = name_span(X509_get_issuer_name(c.x));
	TRY(x509_time(X509_get0_notBefore(c.x), &c.from, at, f));
	TRY(x509_time(X509_get0_notAfter(c.x), &c.to, at, f));
	c.is_v3 = X509_get_version(c.x) == X509_VERSION_3;
	c.is_p256 = key_is_on(c.x, NID_X9_62_prime256v1, 65);
	c.is_p384 = key_is_on(c.x, NID_secp384r1, 97);
	c.is_ecdsa_sha256 = is_signed_with(c.x, NID_ecdsa_with_SHA256);
	c.is_ecdsa_sha384 = is_signed_with(c.x, NID_ecdsa_with_SHA384);
	read_extensions(&c);
	x509_forget_errors();
	*out = c;
	c.x = NULL;
	return true;
}

void x509_cert_drop(struct x509_cert *c)
{
	X509_free(c->x);
	c->x = NULL;
}

struct x509_key x509_cert_key(const struct x509_cert *c)
{
	return (struct x509_key){ .p = X509_get0_pubkey(c->x) };
}

struct x509_key x509_cert_key_own(const struct x509_cert *c)
{
	struct x509_key key = x509_cert_key(c);

	if (key.p != NULL && EVP_PKEY_up_ref(key.p) != 1)
		key.p = NULL;
	return key;
}

struct span x509_cert_cn(const struct x509_cert *c)
{
	const X509_NAME *name = X509_get_subject_name(c->x);
	const ASN1_STRING *text;
	int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

	if (i < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, i) >= 0)
		return span_of(NULL, 0);
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
	if (ASN1_STRING_type(text) != V_ASN1_UTF8STRING &&
	    ASN1_STRING_type(text) != V_ASN1_PRINTABLESTRING)
		return span_of(NULL, 0);
	return string_span(text);
}

bool x509_cert_has_cn(const struct x509_cert *c, const char *cn)
{
	struct span text = x509_cert_cn(c);

	return text.p != NULL && span_equal(text, span_text(cn));
}

size_t x509_cert_extension(
    const struct x509_cert *c, struct span oid_der, struct span *value_out)
{
	int n = X509_get_ext_count(c->x);
	size_t found = 0;

	for (int i = 0; i < n; i++) {
		X509_EXTENSION *e = X509_get_ext(c->x, i);
		const ASN1_OBJECT *oid = X509_EXTENSION_get_object(e);

		/* Short form of the length: OIDs here are below 128 bytes. */
		if (oid_der.n < 2 || OBJ_length(oid) != oid_der.n - 2 ||
		    memcmp(OBJ_get0_data(oid), oid_der.p + 2, oid_der.n - 2) !=
			0)
			continue;
		*value_out = string_span(X509_EXTENSION_get_data(e));
		found++;
	}
	return found;
}

FALLIBLE x509_cert_signed_by(const struct x509_cert *c,
    const struct x509_key *issuer, const char *at, struct fault *f)
{
	int ok = issuer->p == NULL ? 0 : X509_verify(c->x, issuer->p);

	x509_forget_errors();
	if (ok != 1)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the certificate's signature is not by its issuer's key");
	return true;
}
