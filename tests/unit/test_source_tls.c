/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence from handshakes in memory, under a CA made here. */
#include "sources/source_tls.h"

#include "compose/demo/demo_ca.h"
#include "tests/unit/check.h"
#include "verify/base/clock.h"
#include "verify/base/text.h"

#include <openssl/x509v3.h>

#define HOST "api.example"

static struct demo_ca *ca;
static struct demo_leaf leaf;
static struct utc now;
static const struct source_config plain;

/* ---- two ends in memory ------------------------------------------------- */

struct pair {
	SSL_CTX *client_ctx, *server_ctx;
	SSL *client, *server;
};

static void pair_drop(struct pair *p)
{
	SSL_free(p->client);
	SSL_free(p->server);
	SSL_CTX_free(p->client_ctx);
	SSL_CTX_free(p->server_ctx);
	*p = (struct pair){ 0 };
}

static struct pair contexts_for(const struct demo_leaf *shown)
{
	struct pair p = {
		.client_ctx = SSL_CTX_new(TLS_client_method()),
		.server_ctx = SSL_CTX_new(TLS_server_method()),
	};
	X509_STORE *store = SSL_CTX_get_cert_store(p.client_ctx);

	assert_int_equal(X509_STORE_add_cert(store, demo_ca_root(ca)), 1);
	SSL_CTX_set_verify(p.client_ctx, SSL_VERIFY_PEER, NULL);
	assert_int_equal(SSL_CTX_use_certificate(p.server_ctx, shown->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(p.server_ctx, shown->key), 1);
	assert_int_equal(
	    SSL_CTX_add1_chain_cert(p.server_ctx, demo_ca_intermediate(ca)), 1);
	return p;
}

/* Until both ends are done; then a byte each way, which carries tickets. */
static void connect_both(struct pair *p, SSL_SESSION *resume)
{
	BIO *a = NULL, *b = NULL;
	char byte = 'x';

	/* Freed without a goodbye, a session would not be resumed. */
	if (p->client != NULL) {
		SSL_set_shutdown(
		    p->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
		SSL_set_shutdown(
		    p->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	}
	SSL_free(p->client);
	SSL_free(p->server);
	p->client = SSL_new(p->client_ctx);
	p->server = SSL_new(p->server_ctx);
	assert_int_equal(BIO_new_bio_pair(&a, 65536, &b, 65536), 1);
	SSL_set_bio(p->client, a, a);
	SSL_set_bio(p->server, b, b);
	SSL_set_connect_state(p->client);
	SSL_set_accept_state(p->server);
	if (resume != NULL)
		assert_int_equal(SSL_set_session(p->client, resume), 1);
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(p->client);
		SSL_do_handshake(p->server);
	}
	assert_true(SSL_is_init_finished(p->client));
	assert_int_equal(SSL_write(p->server, &byte, 1), 1);
	assert_int_equal(SSL_read(p->client, &byte, 1), 1);
}

static struct pair connected_to(const struct demo_leaf *shown)
{
	struct pair p = contexts_for(shown);

	connect_both(&p, NULL);
	return p;
}

static struct sha256 hash_of(X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	struct sha256 h = sha256_of(span_of(der, (size_t)n));

	OPENSSL_free(der);
	return h;
}

#define assert_hash(got, want) assert_memory_equal((got).b, (want).b, 32)

/* ---- the leaf ----------------------------------------------------------- */

static void read_leaf__says_what_openssl_says(void **state)
{
	AUTO(tls_leaf_drop) struct tls_leaf t = { 0 };
	struct fault f = FAULT_INIT;
	struct sha256 spki;
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(leaf.key, &der);

	(void)state;
	spki = sha256_of(span_of(der, (size_t)n));
	OPENSSL_free(der);
	assert_ok(tls_leaf_read(leaf.cert, &t, &f), f);
	assert_hash(t.evidence.leaf, hash_of(leaf.cert));
	assert_hash(t.evidence.spki, spki);
	assert_span_text(
	    t.evidence.subject, "CN=" HOST ",O=Affiant demo exchange");
	assert_span_text(t.evidence.issuer,
	    "CN=Affiant demo intermediate,O=Affiant demo exchange");
	assert_int_equal(t.evidence.valid_from.ms,
	    (now.ms - 24 * INT64_C(3600000)) / 1000 * 1000);
	assert_int_equal(t.evidence.valid_to.ms,
	    (now.ms + 29 * 24 * INT64_C(3600000)) / 1000 * 1000);
}

static void read_leaf__escapes_what_a_name_may_hold(void **state)
{
	AUTO(tls_leaf_drop) struct tls_leaf t = { 0 };
	AUTO(demo_leaf_drop) struct demo_leaf odd = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(demo_ca_issue(
		      ca, "a,b\n\"\xe9", NULL, DEMO_LEAF_NO_SAN, now, &odd, &f),
	    f);
	assert_ok(tls_leaf_read(odd.cert, &t, &f), f);
	assert_span_text(t.evidence.subject,
	    "CN=a\\,b\\0A\\\"\\C3\\A9,O=Affiant demo exchange");
	assert_true(ascii_is_printable(t.evidence.subject));
}

/* A copy of the leaf with `n` further organisations in its subject. */
static X509 *with_long_subject(int n)
{
	static const unsigned char o[] = "an organisation with a long, long "
					 "name that goes on for 60 chars";
	X509 *copy = X509_dup(leaf.cert);
	X509_NAME *name = X509_get_subject_name(copy);

	for (int i = 0; i < n; i++)
		assert_int_equal(
		    X509_NAME_add_entry_by_NID(
			name, NID_organizationName, MBSTRING_ASC, o, -1, -1, 0),
		    1);
	return copy;
}

static void read_leaf__limits_names(void **state)
{
	AUTO(tls_leaf_drop) struct tls_leaf t = { 0 };
	struct fault f = FAULT_INIT;
	X509 *fits = with_long_subject(20);
	X509 *too_long = with_long_subject(40);

	(void)state;
	assert_ok(tls_leaf_read(fits, &t, &f), f);
	tls_leaf_drop(&t);
	assert_refused(
	    tls_leaf_read(too_long, &t, &f), f, FAULT_LIMIT, "tls.leaf");
	X509_free(fits);
	X509_free(too_long);
}

static void read_leaf__takes_no_empty_issuer(void **state)
{
	struct tls_leaf t = { 0 };
	struct fault f = FAULT_INIT;
	X509 *copy = X509_dup(leaf.cert);
	X509_NAME *empty = X509_NAME_new();

	(void)state;
	assert_int_equal(X509_set_issuer_name(copy, empty), 1);
	assert_refused(
	    tls_leaf_read(copy, &t, &f), f, FAULT_FORMAT, "tls.leaf");
	X509_NAME_free(empty);
	X509_free(copy);
}

static void read_leaf__takes_no_time_before_1970(void **state)
{
	struct tls_leaf t = { 0 };
	struct fault f = FAULT_INIT;
	X509 *copy = X509_dup(leaf.cert);

	(void)state;
	assert_int_equal(
	    ASN1_TIME_set_string(X509_getm_notBefore(copy), "19620101000000Z"),
	    1);
	assert_refused(
	    tls_leaf_read(copy, &t, &f), f, FAULT_FORMAT, "tls.leaf");
	X509_free(copy);
}

/* ---- the connection ----------------------------------------------------- */

static void capture__describes_the_connection(void **state)
{
	static const struct {
		int version;
		const char *name, *ciphers, *cipher;
	} cases[] = {
		{ TLS1_2_VERSION, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384",
		    "ECDHE-ECDSA-AES256-GCM-SHA384" },
		{ TLS1_3_VERSION, "TLSv1.3", NULL, "TLS_AES_256_GCM_SHA384" },
	};
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(source_tls_drop) struct source_tls t = { 0 };
		AUTO(pair_drop) struct pair p = contexts_for(&leaf);
		SSL_CTX_set_max_proto_version(p.client_ctx, cases[i].version);
		if (cases[i].ciphers != NULL)
			SSL_CTX_set_cipher_list(p.client_ctx, cases[i].ciphers);
		connect_both(&p, NULL);
		assert_ok(
		    source_tls_capture(p.client, HOST, &plain, now, &t, &f), f);
		assert_span_text(t.evidence.version, cases[i].name);
		assert_span_text(t.evidence.cipher, cases[i].cipher);
		assert_span_text(t.evidence.group, "x25519");
		assert_int_equal(t.evidence.n_chain, 2);
		assert_hash(t.evidence.leaf, hash_of(leaf.cert));
		assert_hash(t.evidence.chain[0], t.evidence.leaf);
		assert_hash(
		    t.evidence.chain[1], hash_of(demo_ca_intermediate(ca)));
		/* The root was not sent, and is still what it ends in. */
		assert_hash(t.evidence.root, hash_of(demo_ca_root(ca)));
		assert_false(t.evidence.plain_http);
		assert_span_text(t.evidence.ocsp, "none");
		assert_false(t.evidence.has_scts);
	}
}

static void capture__refuses_a_resumed_session(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct fault f = FAULT_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(versions); i++) {
		AUTO(pair_drop) struct pair p = contexts_for(&leaf);
		struct source_tls t = { 0 };
		SSL_SESSION *session;
		SSL_CTX_set_max_proto_version(p.client_ctx, versions[i]);
		connect_both(&p, NULL);
		session = SSL_get1_session(p.client);
		connect_both(&p, session);
		SSL_SESSION_free(session);
		assert_true(SSL_session_reused(p.client));
		assert_false(
		    source_tls_capture(p.client, HOST, &plain, now, &t, &f));
		assert_non_null(strstr(f.text, "resumed"));
		assert_fault(f, FAULT_REMOTE, "source.tls");
	}
}

static void prepare__asks_for_no_ticket_and_no_renegotiation(void **state)
{
	AUTO(pair_drop) struct pair p = contexts_for(&leaf);
	SSL_SESSION *session;

	(void)state;
	SSL_CTX_set_max_proto_version(p.client_ctx, TLS1_2_VERSION);
	SSL_CTX_set_keylog_callback(
	    p.client_ctx, (SSL_CTX_keylog_cb_func)(void (*)(void))abort);
	assert_true(source_tls_prepare(p.client_ctx));
	/* The key log would have aborted here. */
	connect_both(&p, NULL);
	session = SSL_get1_session(p.client);
	assert_false(SSL_SESSION_has_ticket(session));
	SSL_SESSION_free(session);
	assert_true((SSL_get_options(p.client) & SSL_OP_NO_RENEGOTIATION) != 0);
	assert_int_equal(SSL_renegotiate(p.client), 0);
}

static void capture__wants_the_host_in_the_san(void **state)
{
	AUTO(demo_leaf_drop) struct demo_leaf no_san = { 0 };
	AUTO(demo_leaf_drop) struct demo_leaf wild = { 0 };
	AUTO(pair_drop) struct pair a = connected_to(&leaf);
	AUTO(pair_drop) struct pair b = { 0 };
	AUTO(pair_drop) struct pair c = { 0 };
	struct source_tls t = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_refused(
	    source_tls_capture(a.client, "other.example", &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
	assert_refused(
	    source_tls_capture(a.client, "127.0.0.2", &plain, now, &t, &f), f,
	    FAULT_REMOTE, "source.tls");

	/* The CN has the very name, and that is not enough. */
	assert_ok(
	    demo_ca_issue(ca, HOST, NULL, DEMO_LEAF_NO_SAN, now, &no_san, &f),
	    f);
	b = connected_to(&no_san);
	assert_refused(source_tls_capture(b.client, HOST, &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");

	assert_ok(
	    demo_ca_issue(ca, HOST, "DNS:*.sub.example,IP:127.0.0.1,IP:::1",
		DEMO_LEAF_GOOD, now, &wild, &f),
	    f);
	c = connected_to(&wild);
	for (size_t i = 0; i < 3; i++) {
		static const char *const good[] = { "x.sub.example",
			"127.0.0.1", "[::1]" };
		assert_ok(
		    source_tls_capture(c.client, good[i], &plain, now, &t, &f),
		    f);
		source_tls_drop(&t);
	}
	assert_refused(source_tls_capture(
			   c.client, "a.x.sub.example", &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
}

static void capture__wants_the_leaf_valid_now(void **state)
{
	AUTO(pair_drop) struct pair p = connected_to(&leaf);
	struct source_tls t = { 0 };
	struct fault f = FAULT_INIT;
	const int64_t day = 24 * INT64_C(3600000);

	(void)state;
	assert_refused(source_tls_capture(p.client, HOST, &plain,
			   (struct utc){ now.ms + 29 * day + 1 }, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
	assert_refused(source_tls_capture(p.client, HOST, &plain,
			   (struct utc){ now.ms - day - 1000 }, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
	assert_ok(source_tls_capture(p.client, HOST, &plain,
		      (struct utc){ now.ms + 28 * day }, &t, &f),
	    f);
	source_tls_drop(&t);
}

static void capture__refuses_what_was_not_verified(void **state)
{
	AUTO(pair_drop) struct pair p = contexts_for(&leaf);
	struct source_tls t = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	/* A client that looks away, and trusts nobody. */
	SSL_CTX_set_verify(p.client_ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_cert_store(p.client_ctx, X509_STORE_new());
	connect_both(&p, NULL);
	assert_refused(source_tls_capture(p.client, HOST, &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
	assert_refused(source_tls_capture(NULL, HOST, &plain, now, &t, &f), f,
	    FAULT_REMOTE, "source.tls");
}

static void capture__refuses_versions_before_tls_1_2(void **state)
{
	AUTO(pair_drop) struct pair p = contexts_for(&leaf);
	struct source_tls t = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	SSL_CTX_set_security_level(p.client_ctx, 0);
	SSL_CTX_set_security_level(p.server_ctx, 0);
	SSL_CTX_set_min_proto_version(p.client_ctx, TLS1_VERSION);
	SSL_CTX_set_min_proto_version(p.server_ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(p.client_ctx, TLS1_1_VERSION);
	connect_both(&p, NULL);
	assert_refused(source_tls_capture(p.client, HOST, &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
}

static void capture__refuses_a_chain_beyond_its_limit(void **state)
{
	AUTO(pair_drop) struct pair p = contexts_for(&leaf);
	AUTO(pair_drop) struct pair q = contexts_for(&leaf);
	AUTO(source_tls_drop) struct source_tls t = { 0 };
	struct fault f = FAULT_INIT;

	(void)state;
	/* The leaf and the intermediate are there already. */
	for (int i = 2; i < LIMIT_CHAIN_CERTS; i++)
		SSL_CTX_add1_chain_cert(p.server_ctx, demo_ca_intermediate(ca));
	for (int i = 2; i < LIMIT_CHAIN_CERTS + 1; i++)
		SSL_CTX_add1_chain_cert(q.server_ctx, demo_ca_intermediate(ca));
	connect_both(&p, NULL);
	connect_both(&q, NULL);
	assert_ok(source_tls_capture(p.client, HOST, &plain, now, &t, &f), f);
	assert_int_equal(t.evidence.n_chain, LIMIT_CHAIN_CERTS);
	source_tls_drop(&t);
	assert_refused(source_tls_capture(q.client, HOST, &plain, now, &t, &f),
	    f, FAULT_REMOTE, "source.tls");
}

static int set_up(void **state)
{
	struct fault f = FAULT_INIT;

	(void)state;
	now = clock_now();
	return demo_ca_new(now, &ca, &f) &&
		demo_ca_issue(
		    ca, HOST, "DNS:" HOST, DEMO_LEAF_GOOD, now, &leaf, &f)
	    ? 0
	    : -1;
}

static int tear_down(void **state)
{
	(void)state;
	demo_leaf_drop(&leaf);
	demo_ca_free(ca);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_leaf__says_what_openssl_says),
		cmocka_unit_test(read_leaf__escapes_what_a_name_may_hold),
		cmocka_unit_test(read_leaf__limits_names),
		cmocka_unit_test(read_leaf__takes_no_empty_issuer),
		cmocka_unit_test(read_leaf__takes_no_time_before_1970),
		cmocka_unit_test(capture__describes_the_connection),
		cmocka_unit_test(capture__refuses_a_resumed_session),
		cmocka_unit_test(
		    prepare__asks_for_no_ticket_and_no_renegotiation),
		cmocka_unit_test(capture__wants_the_host_in_the_san),
		cmocka_unit_test(capture__wants_the_leaf_valid_now),
		cmocka_unit_test(capture__refuses_what_was_not_verified),
		cmocka_unit_test(capture__refuses_versions_before_tls_1_2),
		cmocka_unit_test(capture__refuses_a_chain_beyond_its_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
