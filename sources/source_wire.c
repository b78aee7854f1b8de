/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_wire.h"

#include <stdlib.h>

/* ---- sharing ------------------------------------------------------------ */

struct source_wire *source_wire_hold(struct source_wire *w)
{
	if (w != NULL)
		__atomic_add_fetch(&w->n_holders, 1, __ATOMIC_RELAXED);
	return w;
}

void source_wire_release(struct source_wire *w)
{
	if (w == NULL ||
	    __atomic_sub_fetch(&w->n_holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	tls_leaf_drop(&w->leaf);
	tls_ocsp_drop(&w->ocsp);
	for (size_t i = 0; i < LIMIT_CHAIN_CERTS; i++)
		blob_drop(&w->cert[i]);
	blob_drop(&w->root);
	blob_drop(&w->staple);
	blob_drop(&w->stamps);
	free(w);
}

FALLIBLE source_wire_add(
    const struct source_wire *w, struct tls_bundle_maker *m, struct fault *f)
{
	const struct tls_evidence *e = &w->evidence;

	for (size_t i = 0; i < e->n_chain; i++)
		TRY(tls_bundle_add(
		    m, TLS_ITEM_CERT, &e->chain[i], blob_span(&w->cert[i]), f));
	TRY(tls_bundle_add(m, TLS_ITEM_CERT, &e->root, blob_span(&w->root), f));
	if (e->has_ocsp_hash)
		TRY(tls_bundle_add(
		    m, TLS_ITEM_OCSP, &e->ocsp_hash, blob_span(&w->staple), f));
	return !e->has_scts_hash ||
	    tls_bundle_add(
		m, TLS_ITEM_SCTS, &e->scts_hash, blob_span(&w->stamps), f);
}

/* ---- making ------------------------------------------------------------- */

/* A refusal of the verifier's own functions, in the words of sources.h. */
static FALLIBLE refuse(const char *at, const struct fault *why, struct fault *f)
{
	return fault_raise(f,
	    why->kind == FAULT_SYSTEM ? FAULT_SYSTEM : FAULT_REMOTE, at, "%s",
	    why->text);
}

static FALLIBLE copy_cert(
    X509 *cert, struct blob *out, struct sha256 *hash, struct fault *f)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	bool ok;

	if (n <= 0 || n > LIMIT_CERT_BYTES) {
		OPENSSL_free(der);
		return fault_raise(f, FAULT_REMOTE, "source.tls",
		    "a certificate is larger than 32 KiB");
	}
	ok = blob_copy(span_of(der, (size_t)n), out, f);
	*hash = sha256_of(span_of(der, (size_t)n));
	OPENSSL_free(der);
	return ok;
}

static FALLIBLE copy_chain(SSL *ssl, struct source_wire *w, struct fault *f)
{
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
	STACK_OF(X509) *verified = SSL_get0_verified_chain(ssl);
	int n = sk_X509_num(sent), n_verified = sk_X509_num(verified);
	size_t bytes = 0;

	if (n < 1 || n > LIMIT_CHAIN_CERTS)
		return fault_raise(f, FAULT_REMOTE, "source.tls",
		    "the server sent no certificate, or too many");
	/* Empty after a resumption, which was refused before; never guess. */
	if (n_verified < 1)
		return fault_raise(f, FAULT_REMOTE, "source.tls",
		    "the connection has no verified chain");
	for (int i = 0; i < n; i++) {
		TRY(copy_cert(sk_X509_value(sent, i), &w->cert[i],
		    &w->evidence.chain[i], f));
		bytes += w->cert[i].n;
	}
	w->evidence.n_chain = (size_t)n;
	if (bytes > LIMIT_TLS_CHAIN_BYTES)
		return fault_raise(f, FAULT_REMOTE, "source.tls",
		    "the certificates have more than 64 KiB together");
	return copy_cert(sk_X509_value(verified, n_verified - 1), &w->root,
	    &w->evidence.root, f);
}

/* From the bytes that will be evidence, as the verifier will do it. */
static FALLIBLE verify_chain(const struct source_wire *w, struct utc now,
    struct tls_chain *out, struct fault *f)
{
	struct span sent[LIMIT_CHAIN_CERTS];
	struct fault why = FAULT_INIT;

	for (size_t i = 0; i < w->evidence.n_chain; i++)
		sent[i] = blob_span(&w->cert[i]);
	if (tls_chain_parse(
		sent, w->evidence.n_chain, blob_span(&w->root), out, &why) &&
	    tls_chain_verify(out, now, &why))
		return true;
	return refuse("source.tls", &why, f);
}

static FALLIBLE read_leaf(
    const struct tls_chain *c, struct source_wire *w, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct tls_evidence *e = &w->evidence;
	const struct tls_evidence *leaf = &w->leaf.evidence;

	if (!tls_leaf_read(c->sent[0].x, &w->leaf, &why) ||
	    !tls_chain_validity(c, &w->from, &w->to, &why))
		return refuse("source.tls", &why, f);
	e->leaf = leaf->leaf;
	e->spki = leaf->spki;
	e->issuer = leaf->issuer;
	e->subject = leaf->subject;
	e->valid_from = leaf->valid_from;
	e->valid_to = leaf->valid_to;
	return true;
}

static void read_session(SSL *ssl, struct tls_evidence *e)
{
	int group = (int)SSL_get_negotiated_group(ssl);
	const char *name = group > 0 ? SSL_group_to_name(ssl, group) : NULL;

	e->version = span_text(SSL_get_version(ssl));
	e->cipher = span_text(SSL_get_cipher_name(ssl));
	e->group = span_text(name);
}

static FALLIBLE read_staple(SSL *ssl, const struct tls_chain *c, struct utc now,
    struct source_wire *w, struct fault *f)
{
	struct tls_evidence *e = &w->evidence;
	unsigned char *p = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(ssl, &p);
	struct fault why = FAULT_INIT;

	w->demands_staple = tls_ocsp_is_required(c);
	e->ocsp = span_text(tls_ocsp_word(TLS_OCSP_NONE));
	if (n <= 0 || p == NULL)
		return true;
	if (!tls_ocsp_verify(span_of(p, (size_t)n), c, now, &w->ocsp, &why))
		return refuse("source.ocsp", &why, f);
	e->ocsp = span_text(tls_ocsp_word(w->ocsp.status));
	e->has_ocsp_hash = true;
	e->ocsp_hash = sha256_of(span_of(p, (size_t)n));
	return blob_copy(span_of(p, (size_t)n), &w->staple, f);
}

static FALLIBLE read_stamps(
    struct span stamps, struct source_wire *w, struct fault *f)
{
	if (stamps.n == 0)
		return true;
	w->evidence.has_scts_hash = true;
	w->evidence.scts_hash = sha256_of(stamps);
	return blob_copy(stamps, &w->stamps, f);
}

static void drop_wire(struct source_wire **w)
{
	source_wire_release(*w);
	*w = NULL;
}

FALLIBLE source_wire_make(SSL *ssl, struct span stamps, struct utc now,
    struct source_wire **out, struct fault *f)
{
	AUTO(drop_wire) struct source_wire *w = calloc(1, sizeof(*w));
	AUTO(tls_chain_drop) struct tls_chain chain = { 0 };

	if (w == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	w->n_holders = 1;
	TRY(copy_chain(ssl, w, f));
	TRY(verify_chain(w, now, &chain, f));
	TRY(read_leaf(&chain, w, f));
	read_session(ssl, &w->evidence);
	TRY(read_staple(ssl, &chain, now, w, f));
	TRY(read_stamps(stamps, w, f));
	*out = w;
	w = NULL;
	return true;
}

FALLIBLE source_wire_count(const struct source_wire *w,
    const struct tls_logs *logs, struct utc now, struct tls_scts *out,
    size_t *want_out, struct fault *f)
{
	AUTO(tls_chain_drop) struct tls_chain chain = { 0 };
	struct fault why = FAULT_INIT;

	TRY(verify_chain(w, now, &chain, f));
	if (!tls_sct_count(&chain, blob_span(&w->stamps),
		blob_span(&w->ocsp.scts), logs, now, out, &why))
		return refuse("source.ct", &why, f);
	*want_out = tls_sct_wanted(&chain);
	return true;
}
