/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_tls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

void demo_tls_look_drop(struct demo_tls_look *l)
{
	X509_free(l->leaf);
	X509_free(l->intermediate);
	EVP_PKEY_free(l->key);
	blob_drop(&l->staple);
	blob_drop(&l->stamps);
	*l = (struct demo_tls_look){ 0 };
}

/* RFC 6066 3: a list of names, of which the first host_name counts. */
static void read_server_name(SSL *ssl, char host[DEMO_HOST_MAX + 1])
{
	struct fault f = FAULT_INIT;
	const unsigned char *data;
	size_t n;
	struct rd r, list;
	struct span name;

	host[0] = '\0';
	if (SSL_client_hello_get0_ext(
		ssl, TLSEXT_TYPE_server_name, &data, &n) != 1)
		return;
	r = rd_over(span_of(data, n), "demo.sni", &f);
	list = rd_within(&r, rd_u16be(&r), "demo.sni.list");
	if (rd_u8(&list) != TLSEXT_NAMETYPE_host_name)
		return;
	name = rd_span(&list, rd_u16be(&list));
	if (!rd_ok(&list) || name.n > DEMO_HOST_MAX ||
	    memchr(name.p, 0, name.n) != NULL)
		return;
	memcpy(host, name.p, name.n);
	host[name.n] = '\0';
}

static bool show(SSL *ssl, const struct demo_tls_look *look)
{
	if (SSL_use_certificate(ssl, look->leaf) != 1 ||
	    SSL_use_PrivateKey(ssl, look->key) != 1)
		return false;
	if (look->intermediate != NULL &&
	    SSL_add1_chain_cert(ssl, look->intermediate) != 1)
		return false;
	if (look->face != DEMO_FACE_OLD_TLS)
		return true;
	/* Level 0: Debian's default refuses the signatures of TLS 1.1. */
	SSL_set_security_level(ssl, 0);
	return SSL_set_min_proto_version(ssl, TLS1_VERSION) == 1 &&
	    SSL_set_max_proto_version(ssl, TLS1_1_VERSION) == 1;
}

/* ---- beside the certificate ---------------------------------------------- */

static int stamps_index = -1;
static pthread_once_t stamps_once = PTHREAD_ONCE_INIT;

static void free_stamps(
    void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct blob *b = ptr;

	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	if (b != NULL)
		blob_drop(b);
	free(b);
}

static void make_index(void)
{
	stamps_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_stamps);
}

static bool keep_stamps(SSL *ssl, struct blob *stamps)
{
	struct blob *kept = malloc(sizeof(*kept));

	if (kept == NULL)
		return false;
	*kept = blob_move(stamps);
	return SSL_set_ex_data(ssl, stamps_index, kept) == 1;
}

static int add_stamps(SSL *ssl, unsigned type, unsigned context,
    const unsigned char **out, size_t *n, X509 *x, size_t chain_index,
    int *alert, void *user)
{
	const struct blob *b = SSL_get_ex_data(ssl, stamps_index);

	(void)type;
	(void)context;
	(void)x;
	(void)alert;
	(void)user;
	if (b == NULL || b->n == 0 || chain_index != 0)
		return 0;
	*out = b->p;
	*n = b->n;
	return 1;
}

static bool keep_staple(SSL *ssl, const struct blob *staple)
{
	unsigned char *p;

	if (staple->n == 0)
		return true;
	p = OPENSSL_memdup(staple->p, staple->n);
	/* It belongs to the connection from now on. */
	return p != NULL &&
	    SSL_set_tlsext_status_ocsp_resp(ssl, p, (long)staple->n) == 1;
}

static int on_status(SSL *ssl, void *user)
{
	unsigned char *p = NULL;

	(void)user;
	return SSL_get_tlsext_status_ocsp_resp(ssl, &p) > 0
	    ? SSL_TLSEXT_ERR_OK
	    : SSL_TLSEXT_ERR_NOACK;
}

static int on_hello(SSL *ssl, int *alert, void *user)
{
	const struct demo_tls *t = user;
	char host[DEMO_HOST_MAX + 1];
	AUTO(demo_tls_look_drop) struct demo_tls_look look = { 0 };

	read_server_name(ssl, host);
	if (!t->ask(t->user, host, &look)) {
		*alert = SSL_AD_UNRECOGNIZED_NAME;
		return SSL_CLIENT_HELLO_ERROR;
	}
	if (!show(ssl, &look) || !keep_staple(ssl, &look.staple) ||
	    !keep_stamps(ssl, &look.stamps)) {
		*alert = SSL_AD_INTERNAL_ERROR;
		return SSL_CLIENT_HELLO_ERROR;
	}
	return SSL_CLIENT_HELLO_SUCCESS;
}

FALLIBLE demo_tls_open(struct demo_tls *t, struct fault *f)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	/* Tickets stay on: a client that asks to resume must be seen to. */
	if (ctx == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(ctx);
		return fault_raise(
		    f, FAULT_SYSTEM, "demo.tls", "OpenSSL refused a context");
	}
	SSL_CTX_set_client_hello_cb(ctx, on_hello, t);
	SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY);
	pthread_once(&stamps_once, make_index);
	SSL_CTX_set_tlsext_status_cb(ctx, on_status);
	if (SSL_CTX_add_custom_ext(ctx,
		TLSEXT_TYPE_signed_certificate_timestamp,
		SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
		    SSL_EXT_TLS1_3_CERTIFICATE,
		add_stamps, NULL, NULL, NULL, NULL) != 1) {
		SSL_CTX_free(ctx);
		return fault_raise(f, FAULT_SYSTEM, "demo.tls",
		    "OpenSSL refused an extension");
	}
	t->ctx = ctx;
	return true;
}

void demo_tls_drop(struct demo_tls *t)
{
	SSL_CTX_free(t->ctx);
	t->ctx = NULL;
}
