/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/x509_crl.h"

#include "verify/base/limits.h"
#include "verify/base/rd_der.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define TAG_KEY_IDENTIFIER 0x80 /* [0] IMPLICIT OCTET STRING */

/* Extensions that change what the list covers, critical or not. */
static bool narrows_the_list(int nid)
{
	return nid == NID_delta_crl || nid == NID_issuing_distribution_point ||
	    nid == NID_certificate_issuer;
}

static void read_extensions(struct x509_crl *c)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(c->x);
	int n = X509_CRL_get_ext_count(c->x);

	for (int i = 0; i < n; i++) {
		X509_EXTENSION *e = X509_CRL_get_ext(c->x, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));

		if (narrows_the_list(nid))
			c->is_delta_or_indirect = true;
		else if (X509_EXTENSION_get_critical(e))
			c->has_unknown_critical = true;
	}
	n = sk_X509_REVOKED_num(entries);
	c->n_entries = n > 0 ? (size_t)n : 0;
	for (int i = 0; i < n; i++) {
		X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);
		int m = X509_REVOKED_get_ext_count(entry);

		for (int j = 0; j < m; j++) {
			X509_EXTENSION *e = X509_REVOKED_get_ext(entry, j);
			int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));

			if (narrows_the_list(nid))
				c->is_delta_or_indirect = true;
			else if (X509_EXTENSION_get_critical(e))
				c->has_unknown_critical = true;
		}
	}
}

/*
 * The authority's key identifier: a view into the extension's own bytes, as
 * X509_CRL has no accessor for it. AuthorityKeyIdentifier is a SEQUENCE whose
 * first member is [0] keyIdentifier. (RFC 5280 4.2.1.1.)
 */
static struct span read_aki(const X509_CRL *x)
{
	int i = X509_CRL_get_ext_by_NID(x, NID_authority_key_identifier, -1);
	const ASN1_OCTET_STRING *value;
	struct fault f = FAULT_INIT;
	struct rd r, list;
	struct span key;

	if (i < 0)
		return span_of(NULL, 0);
	value = X509_EXTENSION_get_data(X509_CRL_get_ext(x, i));
	r = rd_over(span_of(ASN1_STRING_get0_data(value),
			(size_t)ASN1_STRING_length(value)),
	    "x509.crl.aki", &f);
	list = rd_der_enter(&r, DER_SEQUENCE, "x509.crl.aki");
	key = rd_der_value(&list, TAG_KEY_IDENTIFIER);
	return rd_ok(&r) && key.n > 0 ? key : span_of(NULL, 0);
}

/*
 * X509_CRL_verify does not hold the algorithm inside the signed part against
 * the one outside, and 3.0 has no accessor for it: both are cut from the DER.
 */
static bool same_algorithm_inside(struct span der)
{
	struct fault f = FAULT_INIT;
	struct rd r = rd_over(der, "x509.crl", &f);
	struct rd list = rd_der_enter(&r, DER_SEQUENCE, "x509.crl");
	struct rd tbs = rd_der_enter(&list, DER_SEQUENCE, "x509.crl.tbs");
	struct span inside;

	if (rd_der_peek(&tbs) == DER_INTEGER)
		(void)rd_der_element(&tbs);
	inside = rd_der_element(&tbs);
	return span_equal(inside, rd_der_element(&list)) && rd_ok(&r);
}

static bool is_exact(X509_CRL *x, struct span der)
{
	unsigned char *again = NULL;
	int n = i2d_X509_CRL(x, &again);
	bool same = n > 0 && span_equal(span_of(again, (size_t)n), der);

	OPENSSL_free(again);
	return same;
}

FALLIBLE x509_crl_parse(
    struct span der, struct x509_crl *out, const char *at, struct fault *f)
{
	AUTO(x509_crl_drop) struct x509_crl c = { 0 };
	const unsigned char *p = der.p, *name;
	const X509_ALGOR *outer;
	size_t n;

	if (der.n == 0)
		return fault_raise(
		    f, FAULT_FORMAT, at, "the revocation list is empty");
	if (der.n > LIMIT_CRL_BYTES)
		return fault_raise(f, FAULT_LIMIT, at,
		    "revocation list has %zu bytes, the limit is %d", der.n,
		    LIMIT_CRL_BYTES);
	c.x = d2i_X509_CRL(NULL, &p, (long)der.n);
	if (c.x == NULL || !is_exact(c.x, der)) {
		x509_forget_errors();
		return fault_raise(f, FAULT_FORMAT, at,
		    "not one revocation list in DER, and nothing else");
	}
	if (X509_NAME_get0_der(X509_CRL_get_issuer(c.x), &name, &n) == 1)
		c.issuer = span_of(name, n);
	TRY(x509_time(X509_CRL_get0_lastUpdate(c.x), &c.from, at, f));
	c.has_to = X509_CRL_get0_nextUpdate(c.x) != NULL;
	if (c.has_to)
		TRY(x509_time(X509_CRL_get0_nextUpdate(c.x), &c.to, at, f));
	c.is_v2 = X509_CRL_get_version(c.x) == X509_CRL_VERSION_2;
	c.aki = read_aki(c.x);
	X509_CRL_get0_signature(c.x, NULL, &outer);
	c.is_ecdsa_sha256 =
	    x509_algorithm_is_ecdsa_sha256(outer) && same_algorithm_inside(der);
	read_extensions(&c);
	x509_forget_errors();
	*out = c;
	c.x = NULL;
	return true;
}

void x509_crl_drop(struct x509_crl *c)
{
	X509_CRL_free(c->x);
	c->x = NULL;
}

FALLIBLE x509_crl_signed_by(const struct x509_crl *c,
    const struct x509_key *issuer, const char *at, struct fault *f)
{
	int ok = issuer->p == NULL ? 0 : X509_CRL_verify(c->x, issuer->p);

	x509_forget_errors();
	if (ok != 1)
		return fault_raise(f, FAULT_CRYPTO, at,
		    "the revocation list is not signed by its issuer's key");
	return true;
}

bool x509_crl_lists(const struct x509_crl *c, struct span serial)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(c->x);
	int n = sk_X509_REVOKED_num(entries);

	/* A walk of our own: the library's look-up sorts the list in place. */
	for (int i = 0; i < n; i++) {
		const ASN1_INTEGER *s = X509_REVOKED_get0_serialNumber(
		    sk_X509_REVOKED_value(entries, i));

		if (span_equal(span_of(ASN1_STRING_get0_data(s),
				   (size_t)ASN1_STRING_length(s)),
			serial))
			return true;
	}
	return false;
}
