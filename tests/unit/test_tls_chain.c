/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of servers, and what a statement says of their leaves. */
#include "tests/unit/check.h"
#include "tests/unit/tls_world.h"
#include "verify/tls_leaf.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static struct tls_world w;
static const struct utc now = { INT64_C(1767225600000) };

static void refuses_chain(struct tls_chain *c, struct utc at, const char *said)
{
	struct fault f = FAULT_INIT;

	assert_false(tls_chain_verify(c, at, &f));
	assert_non_null(strstr(f.text, said));
	assert_fault(f, FAULT_CRYPTO, "tls.chain");
	assert_int_equal(tls_chain_length(c), 0);
}

static void chain__leads_from_the_leaf_to_the_root(void **state)
{
	AUTO(tls_chain_drop)
	struct tls_chain c = tls_world_chain(&w, DEMO_LEAF_GOOD);
	struct fault f = FAULT_INIT;
	struct utc from, to;

	(void)state;
	assert_ok(tls_chain_verify(&c, now, &f), f);
	assert_int_equal(tls_chain_length(&c), 3);
	assert_int_equal(
	    X509_cmp(tls_chain_cert(&c, 2), demo_ca_root(w.ca)), 0);
	assert_ok(tls_chain_validity(&c, &from, &to, &f), f);
	assert_int_equal(from.ms, now.ms - TLS_WORLD_DAY);
	assert_int_equal(to.ms, now.ms + 29 * TLS_WORLD_DAY);
	/* Again, at another time: the path is made anew. */
	to.ms -= 1000;
	assert_ok(tls_chain_verify(&c, to, &f), f);
}

static void chain__holds_within_its_validity_only(void **state)
{
	AUTO(tls_chain_drop)
	struct tls_chain c = tls_world_chain(&w, DEMO_LEAF_GOOD);

	(void)state;
	refuses_chain(
	    &c, (struct utc){ now.ms - TLS_WORLD_DAY - 1000 }, "not valid yet");
	refuses_chain(
	    &c, (struct utc){ now.ms + 29 * TLS_WORLD_DAY + 1000 }, "expired");
}

static void chain__refuses_each_wrong_leaf(void **state)
{
	static const struct {
		enum demo_leaf_kind kind;
		const char *said;
	} cases[] = {
		{ DEMO_LEAF_EXPIRED, "expired" },
		{ DEMO_LEAF_SELF_SIGNED, "unknown root" },
		{ DEMO_LEAF_CONSTRAINED, "name constraints" },
		{ DEMO_LEAF_RESPONDER, "purpose" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(tls_chain_drop)
		struct tls_chain c = tls_world_chain(&w, cases[i].kind);

		refuses_chain(&c, now, cases[i].said);
	}
}

static void chain__needs_its_intermediate_and_its_own_root(void **state)
{
	struct span leaf = blob_span(&w.leaf_der[DEMO_LEAF_GOOD]);
	struct span both[] = { leaf, blob_span(&w.intermediate) };
	struct span twice[] = { leaf, blob_span(&w.root),
		blob_span(&w.intermediate), blob_span(&w.constrained) };
	AUTO(tls_chain_drop) struct tls_chain alone = { 0 };
	AUTO(tls_chain_drop) struct tls_chain partial = { 0 };
	AUTO(tls_chain_drop) struct tls_chain other = { 0 };
	AUTO(tls_chain_drop) struct tls_chain any = { 0 };
	struct tls_world elsewhere;
	struct fault f = FAULT_INIT;

	(void)state;
	tls_world_open(&elsewhere, now);
	assert_ok(tls_chain_parse(both, 1, blob_span(&w.root), &alone, &f), f);
	refuses_chain(&alone, now, "intermediate may be missing");
	/* An intermediate is no anchor. */
	assert_ok(
	    tls_chain_parse(both, 1, blob_span(&w.intermediate), &partial, &f),
	    f);
	refuses_chain(&partial, now, "intermediate may be missing");
	/* A root of the same name, with another key. */
	assert_ok(
	    tls_chain_parse(both, 2, blob_span(&elsewhere.root), &other, &f),
	    f);
	assert_false(tls_chain_verify(&other, now, &f));
	assert_fault(f, FAULT_CRYPTO, "tls.chain");
	/* Order and surplus are the server's to choose. */
	assert_ok(
	    tls_chain_parse(twice, COUNT(twice), blob_span(&w.root), &any, &f),
	    f);
	assert_ok(tls_chain_verify(&any, now, &f), f);
	tls_world_close(&elsewhere);
}

/* ---- weak ones, made here ----------------------------------------------- */

static X509 *reissue(EVP_PKEY *key, const EVP_MD *md)
{
	const struct demo_leaf *issuer = demo_ca_issuer(w.ca, DEMO_LEAF_GOOD);
	X509 *copy = X509_dup(w.leaf[DEMO_LEAF_UNSTAMPED].cert);

	assert_int_equal(X509_set_pubkey(copy, key), 1);
	assert_true(X509_sign(copy, issuer->key, md) > 0);
	return copy;
}

static void refuses_weak(X509 *cert, const char *said)
{
	AUTO(blob_drop) struct blob der = tls_world_der(cert);
	struct span sent[] = { blob_span(&der), blob_span(&w.intermediate) };
	AUTO(tls_chain_drop) struct tls_chain c = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(tls_chain_parse(sent, 2, blob_span(&w.root), &c, &f), f);
	refuses_chain(&c, now, said);
	X509_free(cert);
}

static void chain__refuses_weak_signatures_and_keys(void **state)
{
	EVP_PKEY *rsa = EVP_RSA_gen(1024), *ec = EVP_EC_gen("P-256");

	(void)state;
	refuses_weak(reissue(ec, EVP_sha1()), "too weak");
	refuses_weak(reissue(rsa, EVP_sha256()), "too weak");
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}

static void chain__refuses_every_flipped_bit_of_the_leaf(void **state)
{
	struct blob *der = &w.leaf_der[DEMO_LEAF_UNSTAMPED];
	struct span sent[] = { blob_span(der), blob_span(&w.intermediate) };

	(void)state;
	for (size_t bit = 0; bit < 8 * der->n; bit += 3) {
		AUTO(tls_chain_drop) struct tls_chain c = { 0 };
		struct fault f = FAULT_INIT;

		der->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (tls_chain_parse(sent, 2, blob_span(&w.root), &c, &f))
			assert_false(tls_chain_verify(&c, now, &f));
		assert_string_equal(f.at, "tls.chain");
		der->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void parse__wants_certificates_and_nothing_else(void **state)
{
	AUTO(blob_drop) struct blob longer = { 0 };
	struct span many[LIMIT_CHAIN_CERTS + 1];
	struct tls_chain c;
	struct fault f = FAULT_INIT;
	struct span root = blob_span(&w.root);

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = blob_span(&w.leaf_der[0]);
	assert_refused(tls_chain_parse(many, 0, root, &c, &f), f, FAULT_LIMIT,
	    "tls.chain");
	assert_refused(tls_chain_parse(many, COUNT(many), root, &c, &f), f,
	    FAULT_LIMIT, "tls.chain");
	/* One byte behind it: blob_copy leaves a NUL there. */
	assert_ok(blob_copy(many[0], &longer, &f), f);
	longer.n++;
	many[0] = blob_span(&longer);
	assert_refused(tls_chain_parse(many, 1, root, &c, &f), f, FAULT_FORMAT,
	    "tls.chain");
	assert_refused(tls_chain_parse(many + 1, 1, span_of("x", 1), &c, &f), f,
	    FAULT_FORMAT, "tls.chain");
}

/* ---- the leaf ----------------------------------------------------------- */

static void compare__names_the_member_that_is_another(void **state)
{
	AUTO(tls_leaf_drop) struct tls_leaf leaf = { 0 };
	const struct tls_evidence right =
	    tls_world_evidence(&w, DEMO_LEAF_GOOD);
	struct fault f = FAULT_INIT;
	struct tls_evidence bad[6];
	static const char *const members[] = { "tlsFingerprint", "tlsSpki",
		"tlsIssuer", "tlsSubject", "tlsValidFrom", "tlsValidTo" };

	(void)state;
	assert_ok(tls_leaf_read(w.leaf[DEMO_LEAF_GOOD].cert, &leaf, &f), f);
	assert_ok(tls_leaf_compare(&leaf, &right, &f), f);
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = right;
	bad[0].leaf.b[0] ^= 1;
	bad[1].spki.b[31] ^= 1;
	bad[2].issuer = span_text("CN=somebody else");
	bad[3].subject = span_of(NULL, 0);
	bad[4].valid_from.ms -= 1000;
	bad[5].valid_to.ms += 1000;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(tls_leaf_compare(&leaf, &bad[i], &f));
		assert_non_null(strstr(f.text, members[i]));
		assert_fault(f, FAULT_CRYPTO, "tls.leaf");
	}
}

static void name__is_the_san_and_nothing_else(void **state)
{
	static const char *const bad[] = { "other.example",
		"x.exchange.example", "example", "", "127.0.0.1", "[::1]" };
	struct fault f = FAULT_INIT;

	(void)state;
	assert_ok(tls_leaf_check_name(w.leaf[DEMO_LEAF_GOOD].cert,
		      span_text(TLS_WORLD_HOST), &f),
	    f);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(tls_leaf_check_name(w.leaf[DEMO_LEAF_GOOD].cert,
				   span_text(bad[i]), &f),
		    f, FAULT_CRYPTO, "tls.name");
	assert_refused(tls_leaf_check_name(w.leaf[DEMO_LEAF_NO_SAN].cert,
			   span_text(TLS_WORLD_HOST), &f),
	    f, FAULT_CRYPTO, "tls.name");
}

static void why__has_a_sentence_for_every_code(void **state)
{
	(void)state;
	for (long code = 0; code < 100; code++)
		assert_true(strlen(tls_chain_why(code)) > 0);
	assert_non_null(
	    strstr(tls_chain_why(X509_V_ERR_CERT_HAS_EXPIRED), "expired"));
}

static int set_up(void **state)
{
	(void)state;
	tls_world_open(&w, now);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tls_world_close(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain__leads_from_the_leaf_to_the_root),
		cmocka_unit_test(chain__holds_within_its_validity_only),
		cmocka_unit_test(chain__refuses_each_wrong_leaf),
		cmocka_unit_test(
		    chain__needs_its_intermediate_and_its_own_root),
		cmocka_unit_test(chain__refuses_weak_signatures_and_keys),
		cmocka_unit_test(chain__refuses_every_flipped_bit_of_the_leaf),
		cmocka_unit_test(parse__wants_certificates_and_nothing_else),
		cmocka_unit_test(compare__names_the_member_that_is_another),
		cmocka_unit_test(name__is_the_san_and_nothing_else),
		cmocka_unit_test(why__has_a_sentence_for_every_code),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
