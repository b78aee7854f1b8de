/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/source_tls.h"

#include "sources/source_pins.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

void source_tls_drop(struct source_tls *t)
{
	source_wire_release(t->wire);
	*t = (struct source_tls){ 0 };
}

/* ---- what stays with a connection --------------------------------------- */

/* Kept in its SSL, and freed with it. */
struct grip {
	struct blob stamps; /* of the TLS extension */
	bool too_long;
	struct source_wire *wire; /* NULL until the first answer */
	char host[256];           /* that the leaf is known to be for */
	/* By whose logs the stamps were counted last. */
	const struct tls_logs *logs;
	struct tls_scts counted;
	size_t wanted;
};

static int grip_index = -1;
static pthread_once_t grip_once = PTHREAD_ONCE_INIT;

static void free_grip(
    void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct grip *g = ptr;

	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	if (g == NULL)
		return;
	blob_drop(&g->stamps);
	source_wire_release(g->wire);
	free(g);
}

static void make_index(void)
{
	grip_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_grip);
}

/* NULL without memory. */
static struct grip *grip_of(SSL *ssl)
{
	struct grip *g;

	pthread_once(&grip_once, make_index);
	g = SSL_get_ex_data(ssl, grip_index);
	if (g != NULL)
		return g;
	g = calloc(1, sizeof(*g));
	if (g != NULL && SSL_set_ex_data(ssl, grip_index, g) != 1) {
		free(g);
		return NULL;
	}
	return g;
}

/* ---- before the handshake ----------------------------------------------- */

/* RFC 6962 3.3.1: with the leaf; certificates above it may bring theirs. */
static int on_stamps(SSL *ssl, unsigned type, unsigned context,
    const unsigned char *in, size_t n, X509 *x, size_t chain_index, int *alert,
    void *user)
{
	struct grip *g = grip_of(ssl);

	(void)type;
	(void)context;
	(void)x;
	(void)user;
	*alert = SSL_AD_INTERNAL_ERROR;
	if (g == NULL)
		return 0;
	if (chain_index != 0)
		return 1;
	g->too_long = n > LIMIT_SCT_LIST_BYTES;
	blob_drop(&g->stamps);
	return n == 0 || g->too_long ||
	    blob_copy(span_of(in, n), &g->stamps, NULL);
}

bool source_tls_prepare(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* libcurl would honour SSLKEYLOGFILE: whoever reads those keys could
	 * write the answer as well. */
	SSL_CTX_set_keylog_callback(ctx, NULL);
	/* Asked for here: libcurl's own option would refuse every server that
	 * staples nothing. */
	SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
	/* By hand and not by OpenSSL's own support, which keeps no bytes. */
	return SSL_CTX_add_custom_ext(ctx,
		   TLSEXT_TYPE_signed_certificate_timestamp,
		   SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
		       SSL_EXT_TLS1_3_CERTIFICATE,
		   NULL, NULL, NULL, on_stamps, NULL) == 1;
}

/* ---- with each answer --------------------------------------------------- */

static FALLIBLE bad(struct fault *f, const char *sentence)
{
	return fault_raise(f, FAULT_REMOTE, "source.tls", "%s", sentence);
}

static FALLIBLE check_session(SSL *ssl, struct fault *f)
{
	int version;

	if (ssl == NULL)
		return bad(f, "the answer came over no TLS connection");
	if (SSL_session_reused(ssl))
		return bad(f,
		    "the TLS session was resumed, without a proof "
		    "of the certificate");
	if (SSL_get_verify_result(ssl) != X509_V_OK)
		return bad(f, tls_chain_why(SSL_get_verify_result(ssl)));
	version = SSL_version(ssl);
	if (version != TLS1_2_VERSION && version != TLS1_3_VERSION)
		return bad(f, "the connection is older than TLS 1.2");
	if (SSL_get0_peer_certificate(ssl) == NULL)
		return bad(f, "the server sent no certificate, or too many");
	return true;
}

/* The handshake was looked at once; time goes on for a kept-alive one. */
static FALLIBLE check_time(
    const struct source_wire *w, struct utc now, struct fault *f)
{
	if (now.ms < w->from.ms || now.ms > w->to.ms)
		return bad(f, "the certificate is not valid at this time");
	if (w->ocsp.status != TLS_OCSP_NONE && now.ms > w->ocsp.next_update.ms)
		return fault_raise(f, FAULT_REMOTE, "source.ocsp",
		    "the response that was stapled to this connection has "
		    "expired");
	return true;
}

static FALLIBLE check_staple(
    const struct source_wire *w, const struct source_config *c, struct fault *f)
{
	switch (w->ocsp.status) {
	case TLS_OCSP_GOOD:
		return true;
	case TLS_OCSP_REVOKED:
		return fault_raise(f, FAULT_REMOTE, "source.ocsp",
		    "the certificate has been revoked");
	case TLS_OCSP_UNKNOWN:
		return fault_raise(f, FAULT_REMOTE, "source.ocsp",
		    "its own authority does not know the certificate");
	case TLS_OCSP_NONE:
		break;
	}
	if (w->demands_staple)
		return fault_raise(f, FAULT_REMOTE, "source.ocsp",
		    "the certificate demands a stapled response, and none "
		    "came");
	if (c->ocsp == SOURCE_MUST)
		return fault_raise(
		    f, FAULT_REMOTE, "source.ocsp", "no response was stapled");
	return true;
}

static FALLIBLE check_stamps(struct grip *g, const struct source_config *c,
    struct utc now, struct tls_evidence *e, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (c->logs == NULL)
		return true;
	if (g->logs != c->logs) {
		TRY(source_wire_count(
		    g->wire, c->logs, now, &g->counted, &g->wanted, f));
		g->logs = c->logs;
	}
	e->has_scts = true;
	e->scts = g->counted.logs;
	if (c->ct == SOURCE_MUST &&
	    !tls_sct_check(&g->counted, g->wanted, &why))
		return fault_raise(
		    f, FAULT_REMOTE, "source.ct", "%s", why.text);
	return true;
}

/* Asked once for each host: as a rule there is one for a connection. */
static FALLIBLE check_host(
    SSL *ssl, const char *host, struct grip *g, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (g->host[0] != '\0' && strcmp(g->host, host) == 0)
		return true;
	if (!tls_leaf_check_name(
		SSL_get0_peer_certificate(ssl), span_text(host), &why))
		return bad(f, why.text);
	/* Shorter: longer ones are no host's name (tls_leaf.h). */
	memcpy(g->host, host, strlen(host) + 1);
	return true;
}

static FALLIBLE get_wire(SSL *ssl, const char *host, struct utc now,
    struct grip **out, struct fault *f)
{
	struct grip *g = grip_of(ssl);

	if (g == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "source.internal", "out of memory");
	TRY(check_host(ssl, host, g, f));
	if (g->too_long)
		return fault_raise(f, FAULT_REMOTE, "source.limit",
		    "the list of timestamps is longer than %d bytes",
		    LIMIT_SCT_LIST_BYTES);
	if (g->wire == NULL)
		TRY(source_wire_make(
		    ssl, blob_span(&g->stamps), now, &g->wire, f));
	*out = g;
	return true;
}

static struct utc vouched_at(const struct grip *g, const struct tls_logs *logs)
{
	struct utc at = { 0 };

	if (g->wire->ocsp.status == TLS_OCSP_GOOD)
		at = g->wire->ocsp.this_update;
	if (logs != NULL && g->counted.has_latest &&
	    g->counted.latest.ms > at.ms)
		at = g->counted.latest;
	return at;
}

FALLIBLE source_tls_capture(SSL *ssl, const char *host,
    const struct source_config *c, struct utc now, struct source_tls *out,
    struct fault *f)
{
	struct tls_evidence e;
	struct grip *g;

	TRY(check_session(ssl, f));
	TRY(get_wire(ssl, host, now, &g, f));
	TRY(check_time(g->wire, now, f));
	e = g->wire->evidence;
	TRY(source_pins_match(&c->pins, &e, f));
	TRY(check_staple(g->wire, c, f));
	TRY(check_stamps(g, c, now, &e, f));
	*out = (struct source_tls){ e, source_wire_hold(g->wire),
		vouched_at(g, c->logs) };
	return true;
}
