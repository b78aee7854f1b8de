/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/nitro_chain.h"

#include "verify/known_keys.h"
#include "verify/simulator_root.h"

#define CHAIN "nitro.cert.chain"

void nitro_chain_drop(struct nitro_chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		x509_cert_drop(&c->cert[i]);
	c->n = 0;
}

const struct x509_cert *nitro_chain_leaf(const struct nitro_chain *c)
{
	return &c->cert[c->n - 1];
}

bool nitro_chain_parse(
    const struct nitro_doc *d, struct nitro_chain *out, struct fault *f)
{
	AUTO(nitro_chain_drop) struct nitro_chain c = { 0 };

	for (size_t i = 0; i <= d->n_cabundle; i++) {
		struct span der =
		    i < d->n_cabundle ? d->cabundle[i] : d->certificate;

		TRY(x509_cert_parse(der, &c.cert[i], "nitro.cert.parse", f));
		c.n++;
	}
	*out = c;
	c = (struct nitro_chain){ 0 };
	return true;
}

/* ---- the root ------------------------------------------------------------ */

bool nitro_chain_root(const struct nitro_chain *c, struct span given,
    bool *simulated, struct fault *f)
{
	static const struct sha256 pinned = { NITRO_ROOT_SHA256 };
	const struct x509_cert *root = &c->cert[0];
	const struct sha256 hash = sha256_of(root->der);
	const char *whose = known_key_find(sha256_span(&hash));

	*simulated = simulator_root_is(root);
	if (whose != NULL)
		return fault_raise(f, FAULT_CRYPTO, "nitro.cert.root",
		    "the root is %s: its key is published", whose);
	if (given.n > 0 ? span_equal(root->der, given)
			: sha256_equal(&hash, &pinned) || *simulated)
		return true;
	return fault_raise(f, FAULT_CRYPTO, "nitro.cert.root",
	    given.n > 0 ? "the first certificate is not the root given"
			: "the first certificate is not AWS's root");
}

/* ---- the links ----------------------------------------------------------- */

static bool refuse(size_t i, const char *why, struct fault *f)
{
	return fault_raise(
	    f, FAULT_CRYPTO, CHAIN, "certificate %zu %s", i, why);
}

static FALLIBLE check_ca(const struct nitro_chain *c, size_t i, struct fault *f)
{
	const struct x509_cert *x = &c->cert[i];
	long below = (long)(c->n - 2 - i); /* CAs under it */

	if (!x->has_basic || !x->basic_is_critical || !x->is_ca)
		return refuse(i, "is no CA", f);
	if (!x->has_usage || !x->usage_is_critical ||
	    (x->usage & X509_USE_CERT_SIGN) == 0)
		return refuse(i, "may not sign certificates", f);
	if (x->path_length >= 0 && x->path_length < below)
		return refuse(i, "has more CAs below it than it allows", f);
	return true;
}

static FALLIBLE check_leaf(
    const struct nitro_chain *c, size_t i, struct fault *f)
{
	const struct x509_cert *x = &c->cert[i];

	if (!x->has_basic || x->is_ca)
		return refuse(i, "signs documents and is a CA", f);
	if (!x->has_usage || (x->usage & X509_USE_DIGITAL_SIGNATURE) == 0)
		return refuse(i, "may not sign", f);
	return true;
}

static FALLIBLE check_issuer(
    const struct nitro_chain *c, size_t i, struct fault *f)
{
	const struct x509_cert *x = &c->cert[i], *issuer = &c->cert[i - 1];
	const struct x509_key key = x509_cert_key(issuer);

	if (!span_equal(x->issuer, issuer->subject))
		return refuse(i, "names another issuer", f);
	/* The leaf has none. */
	if (x->aki.p != NULL && !span_equal(x->aki, issuer->ski))
		return refuse(i, "names another key of its issuer", f);
	return x509_cert_signed_by(x, &key, CHAIN, f);
}

bool nitro_chain_links(const struct nitro_chain *c, struct fault *f)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct x509_cert *x = &c->cert[i];

		if (!x->is_v3 || x->has_bad_extension ||
		    x->has_unknown_critical)
			return refuse(
			    i, "has extensions that are wrong or unknown", f);
		if (!x->is_p384 || !x->is_ecdsa_sha384)
			return refuse(
			    i, "is not of P-384, signed with SHA-384", f);
		TRY(i + 1 < c->n ? check_ca(c, i, f) : check_leaf(c, i, f));
		if (i > 0)
			TRY(check_issuer(c, i, f));
	}
	return true;
}

bool nitro_chain_time(
    const struct nitro_chain *c, struct utc at, struct fault *f)
{
	char text[UTC_TEXT_SIZE];

	for (size_t i = 0; i < c->n; i++) {
		const struct x509_cert *x = &c->cert[i];

		if (at.ms < x->from.ms)
			return fault_raise(f, FAULT_CRYPTO, "nitro.cert.time",
			    "certificate %zu is not valid before %s", i,
			    utc_format(x->from, text));
		if (at.ms > x->to.ms)
			return fault_raise(f, FAULT_CRYPTO, "nitro.cert.time",
			    "certificate %zu ended at %s", i,
			    utc_format(x->to, text));
	}
	return true;
}
