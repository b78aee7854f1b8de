/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_chain.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define AT "tls.chain"
/* OpenSSL's scale: 112 bits. What Debian asks of a connection, too. */
#define AUTH_LEVEL 2

void tls_chain_drop(struct tls_chain *c)
{
	for (size_t i = 0; i < c->n_sent; i++)
		x509_cert_drop(&c->sent[i]);
	x509_cert_drop(&c->root);
	sk_X509_pop_free(c->path, X509_free);
	*c = (struct tls_chain){ 0 };
}

FALLIBLE tls_chain_parse(const struct span *sent, size_t n_sent,
    struct span root, struct tls_chain *out, struct fault *f)
{
	AUTO(tls_chain_drop) struct tls_chain c = { 0 };

	if (n_sent < 1 || n_sent > LIMIT_CHAIN_CERTS)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "the server sent no certificate, or too many");
	for (size_t i = 0; i < n_sent; i++) {
		TRY(x509_cert_parse(sent[i], &c.sent[i], AT, f));
		c.n_sent++;
	}
	TRY(x509_cert_parse(root, &c.root, AT, f));
	*out = c;
	c = (struct tls_chain){ 0 };
	return true;
}

/* ---- verifying ---------------------------------------------------------- */

/* What OpenSSL needs for one verification. */
struct work {
	X509_STORE *store;
	X509_STORE_CTX *ctx;
	STACK_OF(X509) * untrusted; /* borrows */
};

static void drop_work(struct work *w)
{
	X509_STORE_CTX_free(w->ctx);
	sk_X509_free(w->untrusted);
	X509_STORE_free(w->store);
}

static bool set_parameters(struct work *w, struct utc at)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(w->ctx);

	/* With a time of its own OpenSSL asks no clock. */
	X509_VERIFY_PARAM_set_time(param, (time_t)(at.ms / 1000));
	X509_VERIFY_PARAM_set_depth(param, LIMIT_CHAIN_CERTS);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	return X509_STORE_CTX_set_default(w->ctx, "ssl_server") == 1 &&
	    X509_STORE_CTX_set_purpose(w->ctx, X509_PURPOSE_SSL_SERVER) == 1;
}

static bool prepare(struct work *w, const struct tls_chain *c, struct utc at)
{
	w->store = X509_STORE_new();
	w->ctx = X509_STORE_CTX_new();
	w->untrusted = sk_X509_new_null();
	if (w->store == NULL || w->ctx == NULL || w->untrusted == NULL ||
	    X509_STORE_add_cert(w->store, c->root.x) != 1)
		return false;
	for (size_t i = 1; i < c->n_sent; i++)
		if (sk_X509_push(w->untrusted, c->sent[i].x) <= 0)
			return false;
	return X509_STORE_CTX_init(
		   w->ctx, w->store, c->sent[0].x, w->untrusted) == 1 &&
	    set_parameters(w, at);
}

FALLIBLE tls_chain_verify(struct tls_chain *c, struct utc at, struct fault *f)
{
	AUTO(drop_work) struct work w = { 0 };
	int result;

	if (!prepare(&w, c, at)) {
		x509_forget_errors();
		return fault_raise(
		    f, FAULT_SYSTEM, AT, "OpenSSL refused a verification");
	}
	result = X509_verify_cert(w.ctx);
	x509_forget_errors();
	if (result != 1)
		return fault_raise(f, FAULT_CRYPTO, AT, "%s",
		    tls_chain_why(X509_STORE_CTX_get_error(w.ctx)));
	sk_X509_pop_free(c->path, X509_free);
	c->path = X509_STORE_CTX_get1_chain(w.ctx);
	if (c->path == NULL)
		return fault_raise(f, FAULT_SYSTEM, AT, "out of memory");
	return true;
}

/* ---- questions ---------------------------------------------------------- */

size_t tls_chain_length(const struct tls_chain *c)
{
	return c->path == NULL ? 0 : (size_t)sk_X509_num(c->path);
}

X509 *tls_chain_cert(const struct tls_chain *c, size_t i)
{
	return sk_X509_value(c->path, (int)i);
}

FALLIBLE tls_chain_validity(const struct tls_chain *c, struct utc *from_out,
    struct utc *to_out, struct fault *f)
{
	struct utc from = { INT64_MIN }, to = { INT64_MAX };

	for (size_t i = 0; i < tls_chain_length(c); i++) {
		X509 *x = tls_chain_cert(c, i);
		struct utc a, b;

		TRY(x509_time(X509_get0_notBefore(x), &a, AT, f));
		TRY(x509_time(X509_get0_notAfter(x), &b, AT, f));
		from.ms = a.ms > from.ms ? a.ms : from.ms;
		to.ms = b.ms < to.ms ? b.ms : to.ms;
	}
	*from_out = from;
	*to_out = to;
	return true;
}

const char *tls_chain_why(long verify_result)
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
		return "the certificate does not chain to a trusted root (an "
		       "intermediate may be missing)";
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return "a signature in the certificate chain does not hold";
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
		return "a name is outside of the name constraints of an "
		       "authority above it";
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "the certificate is not for this host";
	default:
		/* Static texts of OpenSSL's own; no input in them. */
		return X509_verify_cert_error_string(verify_result);
	}
}
