/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_ocsp.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>

#define AT "tls.ocsp"
/* RFC 7633: the TLS extension that must come back. */
#define STATUS_REQUEST 5

const char *tls_ocsp_word(enum tls_ocsp_status status)
{
	switch (status) {
	case TLS_OCSP_NONE:
		return "none";
	case TLS_OCSP_GOOD:
		return "good";
	case TLS_OCSP_REVOKED:
		return "revoked";
	case TLS_OCSP_UNKNOWN:
		return "unknown";
	}
	return "";
}

void tls_ocsp_drop(struct tls_ocsp *o)
{
	blob_drop(&o->scts);
	*o = (struct tls_ocsp){ 0 };
}

/* ---- the document ------------------------------------------------------- */

static void drop_response(OCSP_RESPONSE **r)
{
	OCSP_RESPONSE_free(*r);
	*r = NULL;
}

static void drop_basic(OCSP_BASICRESP **b)
{
	OCSP_BASICRESP_free(*b);
	*b = NULL;
}

/* What OpenSSL would write is what came: no BER, nothing behind it. */
static bool is_exact(OCSP_RESPONSE *r, struct span der)
{
	unsigned char *again = NULL;
	int n = i2d_OCSP_RESPONSE(r, &again);
	bool same = n > 0 && span_equal(span_of(again, (size_t)n), der);

	OPENSSL_free(again);
	return same;
}

/* The same for what is inside, which is the end of the whole: the signature
 * is over what OpenSSL writes, so nothing else may have come. */
static bool ends_exactly(OCSP_BASICRESP *basic, struct span der)
{
	unsigned char *again = NULL;
	int n = i2d_OCSP_BASICRESP(basic, &again);
	bool same = n > 0 && (size_t)n <= der.n &&
	    memcmp(again, der.p + der.n - (size_t)n, (size_t)n) == 0;

	OPENSSL_free(again);
	return same;
}

static FALLIBLE parse(struct span der, OCSP_BASICRESP **out, struct fault *f)
{
	const unsigned char *p = der.p;
	AUTO(drop_response) OCSP_RESPONSE *r = NULL;

	if (der.n == 0 || der.n > LIMIT_OCSP_BYTES)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "a stapled response has 1 to %d bytes", LIMIT_OCSP_BYTES);
	r = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	if (r == NULL || !is_exact(r, der))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the staple is not one OCSP response in DER");
	if (OCSP_response_status(r) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the stapled response says that it is none (%d)",
		    OCSP_response_status(r));
	*out = OCSP_response_get1_basic(r);
	if (*out == NULL)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "the stapled response is of no kind known here");
	if (!ends_exactly(*out, der))
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the staple is not one OCSP response in DER");
	return true;
}

/* ---- whose certificate -------------------------------------------------- */

/* The one answer about the leaf, by the hash that the responder chose. */
static OCSP_SINGLERESP *find_single(
    OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer, int *n_out)
{
	OCSP_SINGLERESP *found = NULL;

	*n_out = 0;
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		/* The accessors want a pointer that is not const. */
		OCSP_CERTID *id =
		    (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single);
		ASN1_OBJECT *oid = NULL;
		const EVP_MD *md;
		OCSP_CERTID *ours;

		if (OCSP_id_get0_info(NULL, &oid, NULL, NULL, id) != 1)
			continue;
		md = EVP_get_digestbyobj(oid);
		ours = md != NULL ? OCSP_cert_to_id(md, leaf, issuer) : NULL;
		if (ours != NULL && OCSP_id_cmp(ours, id) == 0) {
			found = single;
			(*n_out)++;
		}
		OCSP_CERTID_free(ours);
	}
	return found;
}

static FALLIBLE read_status(
    OCSP_SINGLERESP *single, struct utc at, struct tls_ocsp *o, struct fault *f)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
	int reason,
	    status =
		OCSP_single_get0_status(single, &reason, &revoked, &from, &to);

	TRY(x509_time(from, &o->this_update, AT, f));
	if (o->this_update.ms > at.ms + TLS_OCSP_SKEW_MS)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response is not valid yet");
	/* RFC 6960 4.2.2.1: without, there is always a newer one. */
	if (to == NULL)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response does not say until when it is good");
	TRY(x509_time(to, &o->next_update, AT, f));
	if (o->next_update.ms < at.ms)
		return fault_raise(
		    f, FAULT_CRYPTO, AT, "the stapled response has expired");
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		o->status = TLS_OCSP_GOOD;
		return true;
	case V_OCSP_CERTSTATUS_REVOKED:
		o->status = TLS_OCSP_REVOKED;
		return true;
	default:
		o->status = TLS_OCSP_UNKNOWN;
		return true;
	}
}

/* RFC 6962 3.3: an OCTET STRING with the list, inside the extension's own. */
static FALLIBLE read_scts(
    OCSP_SINGLERESP *single, struct blob *out, struct fault *f)
{
	int i = OCSP_SINGLERESP_get_ext_by_NID(single, NID_ct_cert_scts, -1);
	const ASN1_OCTET_STRING *value;
	const unsigned char *p;
	ASN1_OCTET_STRING *inner;
	bool ok;

	if (i < 0)
		return true;
	value = X509_EXTENSION_get_data(OCSP_SINGLERESP_get_ext(single, i));
	p = ASN1_STRING_get0_data(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, ASN1_STRING_length(value));
	if (inner == NULL)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the timestamps in the stapled response are unreadable");
	ok = blob_copy(span_of(ASN1_STRING_get0_data(inner),
			   (size_t)ASN1_STRING_length(inner)),
	    out, f);
	ASN1_OCTET_STRING_free(inner);
	return ok;
}

/* ---- whose word --------------------------------------------------------- */

/* The name or key that the response gives for its signer, among the issuer
 * and what came with it; believed only when its signature holds. */
static X509 *find_signer(OCSP_BASICRESP *basic, X509 *issuer)
{
	STACK_OF(X509) *trusted = sk_X509_new_null();
	X509 *signer = NULL;

	if (trusted == NULL || sk_X509_push(trusted, issuer) <= 0 ||
	    OCSP_resp_get0_signer(basic, &signer, trusted) != 1)
		signer = NULL;
	sk_X509_free(trusted);
	return signer;
}

/* RFC 6960 4.2.2.2: a certificate of the issuer's own, for this purpose. */
static FALLIBLE check_delegate(
    X509 *signer, X509 *issuer, struct utc at, struct fault *f)
{
	uint32_t flags = X509_get_extension_flags(signer);
	struct utc from, to;

	if (X509_check_issued(issuer, signer) != X509_V_OK ||
	    X509_verify(signer, X509_get0_pubkey(issuer)) != 1)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response is signed by somebody whom the "
		    "certificate's issuer did not appoint");
	if ((flags & EXFLAG_INVALID) != 0 || (flags & EXFLAG_XKUSAGE) == 0 ||
	    (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) == 0 ||
	    ((flags & EXFLAG_KUSAGE) != 0 &&
		(X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE) == 0))
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response is signed by a certificate that "
		    "is not for signing them");
	TRY(x509_time(X509_get0_notBefore(signer), &from, AT, f));
	TRY(x509_time(X509_get0_notAfter(signer), &to, AT, f));
	if (at.ms < from.ms || at.ms > to.ms)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the certificate that signed the stapled response was "
		    "not valid then");
	return true;
}

/* As for chains: no digest below 112 bits. */
static bool is_strong(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *oid;
	int digest = NID_undef, key = NID_undef;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	if (OBJ_find_sigid_algs(OBJ_obj2nid(oid), &digest, &key) != 1)
		return false;
	/* RSA-PSS and EdDSA name their digest elsewhere or nowhere; their
	 * parameters are OpenSSL's to refuse. */
	return digest == NID_undef || digest == NID_sha256 ||
	    digest == NID_sha384 || digest == NID_sha512;
}

static FALLIBLE check_signature(
    OCSP_BASICRESP *basic, X509 *issuer, struct utc at, struct fault *f)
{
	const X509_ALGOR *algorithm = OCSP_resp_get0_tbs_sigalg(basic);
	X509 *signer = find_signer(basic, issuer);

	if (signer == NULL)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response does not come with its signer");
	if (signer != issuer)
		TRY(check_delegate(signer, issuer, at, f));
	if (!is_strong(algorithm))
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response is signed with a weak digest");
	if (ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), algorithm,
		OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic),
		X509_get0_pubkey(signer)) != 1)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the signature of the stapled response does not hold");
	return true;
}

/* ---- all of it ---------------------------------------------------------- */

static FALLIBLE verify(struct span response, const struct tls_chain *c,
    struct utc at, struct tls_ocsp *o, struct fault *f)
{
	AUTO(drop_basic) OCSP_BASICRESP *basic = NULL;
	OCSP_SINGLERESP *single;
	X509 *issuer;
	int n;

	if (tls_chain_length(c) < 2)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "nobody issued the certificate that a response was "
		    "stapled for");
	issuer = tls_chain_cert(c, 1);
	TRY(parse(response, &basic, f));
	single = find_single(basic, tls_chain_cert(c, 0), issuer, &n);
	if (n != 1)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "the stapled response is %s",
		    n == 0 ? "about another certificate"
			   : "about the certificate more than once");
	TRY(check_signature(basic, issuer, at, f));
	TRY(read_status(single, at, o, f));
	return read_scts(single, &o->scts, f);
}

FALLIBLE tls_ocsp_verify(struct span response, const struct tls_chain *c,
    struct utc at, struct tls_ocsp *out, struct fault *f)
{
	AUTO(tls_ocsp_drop) struct tls_ocsp o = { 0 };
	bool ok = verify(response, c, at, &o, f);

	x509_forget_errors();
	if (!ok)
		return false;
	*out = o;
	o = (struct tls_ocsp){ 0 };
	return true;
}

bool tls_ocsp_is_required(const struct tls_chain *c)
{
	TLS_FEATURE *features =
	    X509_get_ext_d2i(c->sent[0].x, NID_tlsfeature, NULL, NULL);
	bool required = false;

	for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
		required |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(
				features, i)) == STATUS_REQUEST;
	sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
	x509_forget_errors();
	return required;
}
