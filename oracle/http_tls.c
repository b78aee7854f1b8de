/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/http_tls.h"

#include "attest/tls_identity.h"
#include "oracle/log.h"
#include "verify/base/clock.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define RETRY_S 60

struct http_tls {
	struct attest *attest;
	struct tls_identity_plan plan;
	pthread_t thread;
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t stop;
	bool stopping;
	struct tls_identity now;
};

bool http_tls_is_possible(void)
{
#ifdef AFFIANT_CIVETWEB_TLS
	return true;
#else
	return false;
#endif
}

/* ---- in a handshake ----------------------------------------------------- */

/* The connection takes its own share of key and certificate. */
static int choose(SSL *ssl, void *user)
{
	struct http_tls *t = user;

	pthread_mutex_lock(&t->lock);
	int ok = SSL_use_certificate(ssl, t->now.cert) == 1 &&
	    SSL_use_PrivateKey(ssl, t->now.key) == 1;
	pthread_mutex_unlock(&t->lock);
	ERR_clear_error();
	return ok;
}

FALLIBLE http_tls_use(
    struct http_tls *t, struct ssl_ctx_st *ctx, struct fault *f)
{
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    /* Each connection shows the certificate of its own time. */
	    SSL_CTX_set_num_tickets(ctx, 0) != 1) {
		ERR_clear_error();
		return fault_raise(f, FAULT_SYSTEM, "http.tls",
		    "OpenSSL cannot be set up for TLS 1.3");
	}
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_cert_cb(ctx, choose, t);
	return true;
}

/* ---- making it anew ----------------------------------------------------- */

/* Seconds until two thirds of the certificate's time are over. */
static int64_t rest_s(const struct http_tls *t)
{
	int64_t due = t->now.to.ms - (int64_t)t->plan.valid_s * 1000 / 3;
	int64_t left = (due - clock_now().ms) / 1000;

	return left > 1 ? left : 1;
}

/* Under the lock, which is given up while the quote is made. */
static bool renew(struct http_tls *t)
{
	struct tls_identity_plan plan = t->plan;
	struct tls_identity next = { 0 };
	struct fault f = FAULT_INIT;

	plan.now = clock_now();
	pthread_mutex_unlock(&t->lock);
	bool ok = tls_identity_make(t->attest, &plan, &next, &f);
	pthread_mutex_lock(&t->lock);
	if (!ok) {
		log_event(LOG_WARN, "tls",
		    { "message", LOG_S("no new certificate yet") },
		    { "at", LOG_S(f.at) }, { "text", LOG_S(f.text) });
		return false;
	}
	tls_identity_drop(&t->now);
	t->now = next;
	log_event(LOG_INFO, "tls", { "message", LOG_S("a new certificate") });
	return true;
}

static void *keep(void *user)
{
	struct http_tls *t = user;
	int64_t wait_s;

	pthread_mutex_lock(&t->lock);
	wait_s = rest_s(t);
	while (!t->stopping) {
		struct timespec until = { 0 };

		until.tv_sec = (time_t)(clock_monotonic_ns() / 1000000000) +
		    (time_t)wait_s + 1;
		while (!t->stopping &&
		    pthread_cond_timedwait(&t->stop, &t->lock, &until) !=
			ETIMEDOUT)
			;
		if (!t->stopping)
			wait_s = renew(t) ? rest_s(t) : RETRY_S;
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

/* ---- opening and closing ------------------------------------------------ */

static bool start(struct http_tls *t)
{
	pthread_condattr_t attr;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->stop, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&t->thread, NULL, keep, t) == 0)
		return true;
	pthread_cond_destroy(&t->stop);
	pthread_mutex_destroy(&t->lock);
	return false;
}

FALLIBLE http_tls_open(const struct tls_config *config, struct attest *attest,
    struct http_tls **out, struct fault *f)
{
	struct http_tls *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return fault_raise(
		    f, FAULT_SYSTEM, "http.tls", "no memory for TLS");
	t->attest = attest;
	t->plan = (struct tls_identity_plan){ .form = config->form,
		.name = config->name,
		.valid_s = config->valid_s,
		.now = clock_now() };
	if (!tls_identity_make(attest, &t->plan, &t->now, f)) {
		free(t);
		return false;
	}
	if (!start(t)) {
		tls_identity_drop(&t->now);
		free(t);
		return fault_raise(
		    f, FAULT_SYSTEM, "http.tls", "no thread for TLS");
	}
	*out = t;
	return true;
}

void http_tls_close(struct http_tls *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->stopping = true;
	pthread_cond_signal(&t->stop);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->stop);
	pthread_mutex_destroy(&t->lock);
	tls_identity_drop(&t->now);
	free(t);
}
