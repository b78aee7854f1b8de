/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates that handshakes get, over a pair of sockets and without an
 * HTTP library: each is judged as a client would, and is made anew in time.
 */
#include "oracle/http_tls.h"
#include "tests/unit/check.h"
#include "tests/unit/state_dir.h"

#include "verify/base/clock.h"
#include "verify/verify.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static struct state_dir dir;
static struct attest *attest;

static int open_attest(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	dir = state_dir_new();
	return attest_open(&(const struct attest_config){ .simulate = "tdx",
			       .state_dir = dir.path },
		   &attest, &f)
	    ? 0
	    : 1;
}

static int close_attest(void **state)
{
	(void)state;
	attest_close(attest);
	state_dir_drop(&dir);
	return 0;
}

struct end {
	SSL_CTX *ctx;
	int fd;
};

static void *serve(void *user)
{
	const struct end *e = user;
	SSL *ssl = SSL_new(e->ctx);

	SSL_set_fd(ssl, e->fd);
	(void)SSL_accept(ssl);
	SSL_free(ssl);
	return NULL;
}

/* What a client gets; empty when there is no handshake. */
static struct blob shake_hands(SSL_CTX *server, int max_version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct blob der = { 0 };
	struct end e = { .ctx = server };
	struct fault f = FAULT_INIT;
	pthread_t thread;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	e.fd = fd[0];
	SSL_CTX_set_max_proto_version(ctx, max_version);
	SSL *ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd[1]);
	assert_int_equal(pthread_create(&thread, NULL, serve, &e), 0);
	if (SSL_connect(ssl) == 1) {
		X509 *x = SSL_get1_peer_certificate(ssl);
		uint8_t *p = NULL;
		int n = i2d_X509(x, &p);

		assert_true(n > 0);
		assert_ok(blob_copy(span_of(p, (size_t)n), &der, &f), f);
		OPENSSL_free(p);
		X509_free(x);
	}
	shutdown(fd[1], SHUT_RDWR);
	pthread_join(thread, NULL);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd[0]);
	close(fd[1]);
	return der;
}

static struct http_tls *open_tls(uint64_t valid_s, SSL_CTX **ctx)
{
	const struct tls_config config = { .mode = "ra-tls",
		.form = RATLS_AFFIANT,
		.name = "oracle.test",
		.valid_s = valid_s };
	struct http_tls *t = NULL;
	struct fault f = FAULT_INIT;

	*ctx = SSL_CTX_new(TLS_server_method());
	assert_ok(http_tls_open(&config, attest, &t, &f), f);
	assert_ok(http_tls_use(t, *ctx, &f), f);
	return t;
}

static void handshake__shows_a_certificate_that_is_authentic(void **state)
{
	AUTO(blob_drop) struct blob bundle = { 0 };
	struct fault f = FAULT_INIT;
	SSL_CTX *ctx;
	struct http_tls *t = open_tls(3600, &ctx);
	AUTO(blob_drop) struct blob der = shake_hands(ctx, TLS1_3_VERSION);
	struct verdict *v = calloc(1, sizeof(*v));

	(void)state;
	assert_non_null(v);
	assert_ok(attest_collateral(attest, &bundle, &f), f);
	const struct verify_options o = { .at = clock_now(),
		.allow_simulated = true,
		.collateral = blob_span(&bundle) };
	verify_certificate(blob_span(&der), &o, v);
	assert_int_equal(v->kind, VERDICT_AUTHENTIC);
	verdict_drop(v);
	free(v);
	http_tls_close(t);
	SSL_CTX_free(ctx);
}

static void handshake__is_tls_1_3_or_none(void **state)
{
	SSL_CTX *ctx;
	struct http_tls *t = open_tls(3600, &ctx);
	AUTO(blob_drop) struct blob der = shake_hands(ctx, TLS1_2_VERSION);

	(void)state;
	assert_int_equal(der.n, 0);
	http_tls_close(t);
	SSL_CTX_free(ctx);
}

static void certificate__is_made_anew_before_its_end(void **state)
{
	SSL_CTX *ctx;
	struct http_tls *t = open_tls(3, &ctx);
	AUTO(blob_drop) struct blob first = shake_hands(ctx, TLS1_3_VERSION);
	const struct timespec tenth = { .tv_nsec = 100000000 };
	bool renewed = false;

	(void)state;
	assert_true(first.n > 0);
	/* Two thirds of three seconds, on a machine that is busy. */
	for (int i = 0; i < 300 && !renewed; i++) {
		AUTO(blob_drop)
		struct blob next = shake_hands(ctx, TLS1_3_VERSION);

		renewed = next.n > 0 &&
		    !span_equal(blob_span(&next), blob_span(&first));
		nanosleep(&tenth, NULL);
	}
	assert_true(renewed);
	http_tls_close(t);
	SSL_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    handshake__shows_a_certificate_that_is_authentic),
		cmocka_unit_test(handshake__is_tls_1_3_or_none),
		cmocka_unit_test(certificate__is_made_anew_before_its_end),
	};

	return cmocka_run_group_tests(tests, open_attest, close_attest);
}
