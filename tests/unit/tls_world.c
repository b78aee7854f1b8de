/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tls_world.h"

#include "tests/unit/check.h"
#include "verify/tls_leaf.h"

#define HOUR_MS INT64_C(3600000)

struct blob tls_world_der(X509 *cert)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);

	assert_true(n > 0);
	assert_ok(blob_copy(span_of(der, (size_t)n), &out, &f), f);
	OPENSSL_free(der);
	return out;
}

static struct tls_logs *make_logs(const struct demo_ca *ca)
{
	const struct demo_log *known[] = { demo_ca_log(ca, 0),
		demo_ca_log(ca, 1) };
	struct fault f = FAULT_INIT;
	struct wr w = wr_grow(16384, "test.logs", &f);
	AUTO(blob_drop) struct blob text = { 0 };
	struct tls_logs *logs = NULL;

	assert_ok(demo_log_write_json(known, COUNT(known), &w, &f), f);
	assert_ok(wr_done(&w, &text), f);
	assert_ok(tls_logs_read(blob_span(&text), &logs, &f), f);
	return logs;
}

void tls_world_open(struct tls_world *w, struct utc now)
{
	struct fault f = FAULT_INIT;

	*w = (struct tls_world){ .now = now };
	assert_ok(demo_ca_new(now, &w->ca, &f), f);
	for (size_t k = 0; k < DEMO_LEAF_KINDS; k++) {
		assert_ok(
		    demo_ca_issue(w->ca, TLS_WORLD_HOST, "DNS:" TLS_WORLD_HOST,
			(enum demo_leaf_kind)k, now, &w->leaf[k], &f),
		    f);
		w->leaf_der[k] = tls_world_der(w->leaf[k].cert);
	}
	w->intermediate = tls_world_der(demo_ca_intermediate(w->ca));
	w->constrained =
	    tls_world_der(demo_ca_issuer(w->ca, DEMO_LEAF_CONSTRAINED)->cert);
	w->root = tls_world_der(demo_ca_root(w->ca));
	w->logs = make_logs(w->ca);
}

void tls_world_close(struct tls_world *w)
{
	for (size_t k = 0; k < DEMO_LEAF_KINDS; k++) {
		demo_leaf_drop(&w->leaf[k]);
		blob_drop(&w->leaf_der[k]);
	}
	blob_drop(&w->intermediate);
	blob_drop(&w->constrained);
	blob_drop(&w->root);
	tls_logs_free(w->logs);
	demo_ca_free(w->ca);
}

static struct span issuer_der(
    const struct tls_world *w, enum demo_leaf_kind kind)
{
	return blob_span(
	    kind == DEMO_LEAF_CONSTRAINED ? &w->constrained : &w->intermediate);
}

struct tls_chain tls_world_chain(
    const struct tls_world *w, enum demo_leaf_kind kind)
{
	struct span sent[] = { blob_span(&w->leaf_der[kind]),
		issuer_der(w, kind) };
	struct tls_chain c = { 0 };
	struct fault f = FAULT_INIT;

	assert_ok(
	    tls_chain_parse(sent, COUNT(sent), blob_span(&w->root), &c, &f), f);
	return c;
}

struct demo_ocsp tls_world_staple(
    const struct tls_world *w, enum demo_leaf_kind kind)
{
	const struct demo_leaf *issuer = demo_ca_issuer(w->ca, kind);

	return (struct demo_ocsp){
		.about = w->leaf[kind].cert,
		.issuer = issuer->cert,
		.signer = issuer,
		.from = { w->now.ms - 2 * HOUR_MS },
		.to = { w->now.ms + 7 * TLS_WORLD_DAY },
	};
}

struct blob tls_world_make_staple(const struct demo_ocsp *o)
{
	struct fault f = FAULT_INIT;
	struct blob out = { 0 };

	assert_ok(demo_ocsp_make(o, &out, &f), f);
	return out;
}

struct blob tls_world_scts(const struct tls_world *w, enum demo_leaf_kind kind,
    size_t n, struct utc at)
{
	struct fault f = FAULT_INIT;
	struct wr elements = wr_grow(4096, "test.scts", &f);
	AUTO(blob_drop) struct blob inner = { 0 };
	struct blob out = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_ok(demo_log_stamp(demo_ca_log(w->ca, i),
			      w->leaf[kind].cert, NULL, at, &elements, &f),
		    f);
	assert_ok(wr_done(&elements, &inner), f);
	assert_ok(demo_log_list(blob_span(&inner), &out, &f), f);
	return out;
}

struct tls_evidence tls_world_evidence(
    const struct tls_world *w, enum demo_leaf_kind kind)
{
	/* The names have to outlive this: a few for each test program. */
	static struct tls_leaf kept[64];
	static size_t n;
	struct fault f = FAULT_INIT;
	struct tls_evidence e;

	assert_true(n < COUNT(kept));
	assert_ok(tls_leaf_read(w->leaf[kind].cert, &kept[n], &f), f);
	e = kept[n++].evidence;
	e.chain[0] = e.leaf;
	e.chain[1] = sha256_of(issuer_der(w, kind));
	e.n_chain = 2;
	e.root = sha256_of(blob_span(&w->root));
	e.version = span_text("TLSv1.3");
	e.cipher = span_text("TLS_AES_256_GCM_SHA384");
	e.group = span_text("X25519");
	return e;
}

static void add_cert(struct tls_bundle_maker *m, struct span der)
{
	struct fault f = FAULT_INIT;
	struct sha256 hash = sha256_of(der);

	assert_ok(tls_bundle_add(m, TLS_ITEM_CERT, &hash, der, &f), f);
}

void tls_world_add(const struct tls_world *w, enum demo_leaf_kind kind,
    struct tls_bundle_maker *m)
{
	add_cert(m, blob_span(&w->leaf_der[kind]));
	add_cert(m, issuer_der(w, kind));
	add_cert(m, blob_span(&w->root));
}
