/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_ocsp.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

static void drop_basic(OCSP_BASICRESP **b)
{
	OCSP_BASICRESP_free(*b);
	*b = NULL;
}

static void drop_response(OCSP_RESPONSE **r)
{
	OCSP_RESPONSE_free(*r);
	*r = NULL;
}

static FALLIBLE failed(struct fault *f)
{
	return fault_raise(
	    f, FAULT_SYSTEM, "demo.ocsp", "OpenSSL refused to make a response");
}

static ASN1_GENERALIZEDTIME *time_of(struct utc t)
{
	return ASN1_GENERALIZEDTIME_set(NULL, (time_t)(t.ms / 1000));
}

/* RFC 6962 3.3 */
static bool add_scts(OCSP_SINGLERESP *single, struct span list)
{
	ASN1_OCTET_STRING *inner = ASN1_OCTET_STRING_new();
	ASN1_OCTET_STRING *outer = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = NULL;
	unsigned char *der = NULL;
	int n = -1;
	bool ok;

	if (inner != NULL && outer != NULL &&
	    ASN1_OCTET_STRING_set(inner, list.p, (int)list.n) == 1)
		n = i2d_ASN1_OCTET_STRING(inner, &der);
	ok = n > 0 && ASN1_OCTET_STRING_set(outer, der, n) == 1;
	if (ok)
		e = X509_EXTENSION_create_by_NID(
		    NULL, NID_ct_cert_scts, 0, outer);
	ok = e != NULL && OCSP_SINGLERESP_add_ext(single, e, -1) == 1;
	X509_EXTENSION_free(e);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(inner);
	ASN1_OCTET_STRING_free(outer);
	return ok;
}

static bool add_answer(OCSP_BASICRESP *basic, const struct demo_ocsp *o)
{
	static const int words[] = { [DEMO_OCSP_GOOD] = V_OCSP_CERTSTATUS_GOOD,
		[DEMO_OCSP_REVOKED] = V_OCSP_CERTSTATUS_REVOKED,
		[DEMO_OCSP_UNKNOWN] = V_OCSP_CERTSTATUS_UNKNOWN };
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), o->about, o->issuer);
	ASN1_GENERALIZEDTIME *from = time_of(o->from);
	ASN1_GENERALIZEDTIME *to = o->to.ms != 0 ? time_of(o->to) : NULL;
	OCSP_SINGLERESP *single = NULL;
	bool ok;

	if (id != NULL && from != NULL)
		single = OCSP_basic_add1_status(basic, id, words[o->word],
		    OCSP_REVOKED_STATUS_KEYCOMPROMISE,
		    o->word == DEMO_OCSP_REVOKED ? from : NULL, from, to);
	ok = single != NULL && (o->scts.n == 0 || add_scts(single, o->scts));
	OCSP_CERTID_free(id);
	ASN1_GENERALIZEDTIME_free(from);
	ASN1_GENERALIZEDTIME_free(to);
	return ok;
}

FALLIBLE demo_ocsp_make(
    const struct demo_ocsp *o, struct blob *out, struct fault *f)
{
	AUTO(drop_basic) OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	AUTO(drop_response) OCSP_RESPONSE *r = NULL;
	unsigned char *der = NULL;
	bool ok;
	int n;

	if (basic == NULL || !add_answer(basic, o) ||
	    OCSP_basic_sign(basic, o->signer->cert, o->signer->key,
		o->weak ? EVP_sha1() : EVP_sha256(), NULL,
		o->signer->cert == o->issuer ? OCSP_NOCERTS : 0) != 1)
		return failed(f);
	r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	n = r != NULL ? i2d_OCSP_RESPONSE(r, &der) : -1;
	if (n <= 0)
		return failed(f);
	ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}
