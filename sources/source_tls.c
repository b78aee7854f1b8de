/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_tls.h"

#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

void source_tls_drop(struct source_tls *t)
{
	blob_drop(&t->issuer);
	blob_drop(&t->subject);
	*t = (struct source_tls){ 0 };
}

void source_tls_harden(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* libcurl would honour SSLKEYLOGFILE: whoever reads those keys could
	 * write the answer as well. */
	SSL_CTX_set_keylog_callback(ctx, NULL);
}

/* ---- the leaf ----------------------------------------------------------- */

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

static FALLIBLE bad(struct fault *f, const char *sentence)
{
	return fault_raise(f, FAULT_REMOTE, "source.tls", "%s", sentence);
}

/* RFC 2253 text; its escapes leave printable ASCII only. */
static FALLIBLE name_text(
    const X509_NAME *name, struct blob *out, struct fault *f)
{
	AUTO(drop_bio) BIO *mem = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n;

	if (mem == NULL ||
	    X509_NAME_print_ex(mem, name, 0, XN_FLAG_RFC2253) < 0)
		return bad(f, "a name in the certificate cannot be printed");
	n = BIO_get_mem_data(mem, &text);
	if (n < 0 || n > LIMIT_TEXT)
		return bad(f, "a name in the certificate is too long");
	return blob_copy(span_of(text, (size_t)n), out, f);
}

static FALLIBLE time_of(const ASN1_TIME *t, struct utc *out, struct fault *f)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1 ||
	    !utc_from_calendar(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec, out, "source.tls", NULL))
		return bad(f, "a time in the certificate is unreadable");
	return true;
}

static FALLIBLE hash_cert(X509 *cert, struct sha256 *out, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);

	if (n <= 0)
		return bad(f, "a certificate cannot be encoded");
	if (n > LIMIT_CERT_BYTES)
		return bad(f, "a certificate is larger than 32 KiB");
	*out = sha256_of(span_of(der, (size_t)n));
	return true;
}

static FALLIBLE hash_spki(X509 *cert, struct sha256 *out, struct fault *f)
{
	AUTO(drop_der) unsigned char *der = NULL;
	X509_PUBKEY *key = X509_get_X509_PUBKEY(cert);
	int n = key != NULL ? i2d_X509_PUBKEY(key, &der) : 0;

	if (n <= 0)
		return bad(f, "the certificate's key cannot be encoded");
	*out = sha256_of(span_of(der, (size_t)n));
	return true;
}

FALLIBLE source_tls_read_leaf(
    X509 *leaf, struct source_tls *out, struct fault *f)
{
	AUTO(source_tls_drop) struct source_tls t = { 0 };
	struct tls_evidence *e = &t.evidence;

	TRY(hash_cert(leaf, &e->leaf, f));
	TRY(hash_spki(leaf, &e->spki, f));
	TRY(name_text(X509_get_issuer_name(leaf), &t.issuer, f));
	TRY(name_text(X509_get_subject_name(leaf), &t.subject, f));
	TRY(time_of(X509_get0_notBefore(leaf), &e->valid_from, f));
	TRY(time_of(X509_get0_notAfter(leaf), &e->valid_to, f));
	/* RFC 5280 4.1.2.4: never empty. */
	if (t.issuer.n == 0)
		return bad(f, "the certificate does not name its issuer");
	e->issuer = blob_span(&t.issuer);
	e->subject = blob_span(&t.subject);
	*out = t;
	t = (struct source_tls){ 0 };
	return true;
}

/* ---- the connection ----------------------------------------------------- */

/*
 * libcurl falls back to the CN of a leaf without SAN; RFC 9525 2 does not.
 * This asks OpenSSL once more, with the subject excluded.
 */
static FALLIBLE check_name(X509 *leaf, const char *host, struct fault *f)
{
	size_t n = strlen(host);
	char ip[64];
	int match;

	if (n > 2 && host[0] == '[' && host[n - 1] == ']' &&
	    n - 2 < sizeof(ip)) {
		memcpy(ip, host + 1, n - 2);
		ip[n - 2] = '\0';
		match = X509_check_ip_asc(leaf, ip, 0);
	} else {
		match = X509_check_ip_asc(leaf, host, 0);
		/* -2: not an address, so it is a name. */
		if (match == -2)
			match = X509_check_host(leaf, host, n,
			    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
				X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
			    NULL);
	}
	if (match != 1)
		return bad(f, "the certificate's SAN does not name the host");
	return true;
}

static FALLIBLE read_chain(SSL *ssl, struct tls_evidence *e, struct fault *f)
{
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
	STACK_OF(X509) *verified = SSL_get0_verified_chain(ssl);
	int n = sk_X509_num(sent), n_verified = sk_X509_num(verified);

	if (n < 1 || n > LIMIT_CHAIN_CERTS)
		return bad(f, "the server sent no certificate, or too many");
	/* Empty after a resumption, which was refused before; never guess. */
	if (n_verified < 1)
		return bad(f, "the connection has no verified chain");
	for (int i = 0; i < n; i++)
		TRY(hash_cert(sk_X509_value(sent, i), &e->chain[i], f));
	e->n_chain = (size_t)n;
	return hash_cert(sk_X509_value(verified, n_verified - 1), &e->root, f);
}

FALLIBLE source_tls_capture(SSL *ssl, const char *host, struct utc now,
    struct source_tls *out, struct fault *f)
{
	AUTO(source_tls_drop) struct source_tls t = { 0 };
	struct tls_evidence *e = &t.evidence;
	X509 *leaf;
	int version;

	if (ssl == NULL)
		return bad(f, "the answer came over no TLS connection");
	if (SSL_session_reused(ssl))
		return bad(f,
		    "the TLS session was resumed, without a proof "
		    "of the certificate");
	if (SSL_get_verify_result(ssl) != X509_V_OK)
		return bad(f, source_tls_why(SSL_get_verify_result(ssl)));
	version = SSL_version(ssl);
	if (version != TLS1_2_VERSION && version != TLS1_3_VERSION)
		return bad(f, "the connection is older than TLS 1.2");
	leaf = SSL_get0_peer_certificate(ssl);
	if (leaf == NULL)
		return bad(f, "the server sent no certificate, or too many");
	TRY(source_tls_read_leaf(leaf, &t, f));
	TRY(check_name(leaf, host, f));
	TRY(read_chain(ssl, e, f));
	/* OpenSSL looked at the clock once, when the connection was made. */
	if (now.ms < e->valid_from.ms || now.ms > e->valid_to.ms)
		return bad(f, "the certificate is not valid at this time");
	e->version = span_text(SSL_get_version(ssl));
	e->cipher = span_text(SSL_get_cipher_name(ssl));
	*out = t;
	t = (struct source_tls){ 0 };
	return true;
}

/* ---- words -------------------------------------------------------------- */

const char *source_tls_why(long verify_result)
{
	switch (verify_result) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "the certificate, or one it depends on, has expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "the certificate, or one it depends on, is not valid "
		       "yet";
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return "the certificate is signed by itself or by an unknown "
		       "root";
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return "the certificate does not chain to a root of the CA "
		       "file (an intermediate may be missing)";
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return "a signature in the certificate chain does not hold";
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "the certificate is not for this host";
	default:
		/* Static texts of OpenSSL's own; no input in them. */
		return X509_verify_cert_error_string(verify_result);
	}
}
