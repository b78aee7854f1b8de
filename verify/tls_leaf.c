/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_leaf.h"

#include "verify/x509.h"

#include <openssl/x509v3.h>
#include <string.h>

#define AT "tls.leaf"

void tls_leaf_drop(struct tls_leaf *l)
{
	blob_drop(&l->issuer);
	blob_drop(&l->subject);
	*l = (struct tls_leaf){ 0 };
}

static void drop_bio(BIO **b)
{
	BIO_free(*b);
	*b = NULL;
}

static void drop_der(unsigned char **der)
{
	OPENSSL_free(*der);
	*der = NULL;
}

/* ---- reading ------------------------------------------------------------ */

/* RFC 2253 text; its escapes leave printable ASCII only. */
static FALLIBLE name_text(
    const X509_NAME *name, struct blob *out, struct fault *f)
{
	AUTO(drop_bio) BIO *mem = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n;

	if (mem == NULL ||
	    X509_NAME_print_ex(mem, name, 0, XN_FLAG_RFC2253) < 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "a name in the certificate cannot be printed");
	n = BIO_get_mem_data(mem, &text);
	if (n < 0 || n > LIMIT_TEXT)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "a name in the certificate is too long");
	return blob_copy(span_of(text, (size_t)n), out, f);
}

static FALLIBLE hash_cert(X509 *cert, struct sha256 *out, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);

	if (n <= 0)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "the certificate cannot be encoded");
	if (n > LIMIT_CERT_BYTES)
		return fault_raise(
		    f, FAULT_LIMIT, AT, "a certificate is larger than 32 KiB");
	*out = sha256_of(span_of(der, (size_t)n));
	return true;
}

static FALLIBLE hash_spki(X509 *cert, struct sha256 *out, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	X509_PUBKEY *key = X509_get_X509_PUBKEY(cert);
	int n = key != NULL ? i2d_X509_PUBKEY(key, &der) : 0;

	if (n <= 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the certificate's key cannot be encoded");
	*out = sha256_of(span_of(der, (size_t)n));
	return true;
}

static FALLIBLE read_members(X509 *leaf, struct tls_leaf *l, struct fault *f)
{
	struct tls_evidence *e = &l->evidence;

	TRY(hash_cert(leaf, &e->leaf, f));
	TRY(hash_spki(leaf, &e->spki, f));
	TRY(name_text(X509_get_issuer_name(leaf), &l->issuer, f));
	TRY(name_text(X509_get_subject_name(leaf), &l->subject, f));
	TRY(x509_time(X509_get0_notBefore(leaf), &e->valid_from, AT, f));
	TRY(x509_time(X509_get0_notAfter(leaf), &e->valid_to, AT, f));
	/* RFC 5280 4.1.2.4: never empty. */
	if (l->issuer.n == 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the certificate does not name its issuer");
	e->issuer = blob_span(&l->issuer);
	e->subject = blob_span(&l->subject);
	return true;
}

FALLIBLE tls_leaf_read(X509 *leaf, struct tls_leaf *out, struct fault *f)
{
	AUTO(tls_leaf_drop) struct tls_leaf l = { 0 };
	bool ok = read_members(leaf, &l, f);

	x509_forget_errors();
	if (!ok)
		return false;
	*out = l;
	l = (struct tls_leaf){ 0 };
	return true;
}

/* ---- comparing ---------------------------------------------------------- */

static FALLIBLE another(const char *member, struct fault *f)
{
	return fault_raise(
	    f, FAULT_CRYPTO, AT, "%s is not that of the certificate", member);
}

FALLIBLE tls_leaf_compare(
    const struct tls_leaf *l, const struct tls_evidence *said, struct fault *f)
{
	const struct tls_evidence *is = &l->evidence;

	if (!sha256_equal(&is->leaf, &said->leaf))
		return another("tlsFingerprint", f);
	if (!sha256_equal(&is->spki, &said->spki))
		return another("tlsSpki", f);
	if (!span_equal(is->issuer, said->issuer))
		return another("tlsIssuer", f);
	if (!span_equal(is->subject, said->subject))
		return another("tlsSubject", f);
	if (is->valid_from.ms != said->valid_from.ms)
		return another("tlsValidFrom", f);
	if (is->valid_to.ms != said->valid_to.ms)
		return another("tlsValidTo", f);
	return true;
}

/* ---- the host ----------------------------------------------------------- */

static bool matches(X509 *leaf, const char *host, size_t n)
{
	char ip[64];
	int match;

	if (n > 2 && host[0] == '[' && host[n - 1] == ']' &&
	    n - 2 < sizeof(ip)) {
		memcpy(ip, host + 1, n - 2);
		ip[n - 2] = '\0';
		return X509_check_ip_asc(leaf, ip, 0) == 1;
	}
	match = X509_check_ip_asc(leaf, host, 0);
	/* -2: not an address, so it is a name. */
	if (match == -2)
		match = X509_check_host(leaf, host, n,
		    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
			X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
		    NULL);
	return match == 1;
}

FALLIBLE tls_leaf_check_name(X509 *leaf, struct span host, struct fault *f)
{
	char text[256];
	bool ok = false;

	if (host.n > 0 && host.n < sizeof(text) &&
	    memchr(host.p, '\0', host.n) == NULL) {
		memcpy(text, host.p, host.n);
		text[host.n] = '\0';
		ok = matches(leaf, text, host.n);
	}
	x509_forget_errors();
	if (!ok)
		return fault_raise(f, FAULT_CRYPTO, "tls.name",
		    "the certificate's SAN does not name the host");
	return true;
}
