/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/sim_agent_parts.h"

#include "attest/ossl.h"
#include "verify/base/clock.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define AT "sim.tls"
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

/* ---- keys --------------------------------------------------------------- */

static FALLIBLE spki(EVP_PKEY *key, struct blob *out, struct fault *f)
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	if (n <= 0)
		return ossl_broken(f, AT, "a public key");
	bool ok = blob_copy(span_of(der, (size_t)n), out, f);
	OPENSSL_free(der);
	return ok;
}

FALLIBLE sim_tls_report_data(
    EVP_PKEY *key, uint8_t report_data[REPORT_DATA_BYTES], struct fault *f)
{
	AUTO(blob_drop) struct blob der = { 0 };
	TRY(spki(key, &der, f));
	const struct span parts[] = { span_text("ratls-cert:"),
		blob_span(&der) };
	struct sha512 h = sha512_of_parts(parts, COUNT(parts));
	memcpy(report_data, h.b, REPORT_DATA_BYTES);
	return true;
}

FALLIBLE sim_tls_ca(
    const struct sim_kms *kms, struct blob *der, struct fault *f)
{
	AUTO(ossl_drop_key) EVP_PKEY *ca = NULL;
	TRY(sim_kms_p256(&kms->ca, &ca, f));
	return spki(ca, der, f);
}

static FALLIBLE take_text(BIO *bio, struct blob *out, struct fault *f)
{
	char *text = NULL;
	long n = BIO_get_mem_data(bio, &text);
	return blob_copy(span_of(text, (size_t)n), out, f);
}

FALLIBLE sim_tls_key_pem(EVP_PKEY *key, struct blob *out, struct fault *f)
{
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_secmem());
	if (!bio ||
	    !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		return ossl_broken(f, AT, "a key as PEM");
	return take_text(bio, out, f);
}

/* ---- certificates ------------------------------------------------------- */

static FALLIBLE add_word(
    X509 *cert, int nid, const char *value, struct fault *f)
{
	AUTO(ossl_drop_ext)
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (!e || !X509_add_ext(cert, e, -1))
		return ossl_broken(f, AT, value);
	return true;
}

/* "A DER OCTET STRING wrapping the payload" (section 14). */
static FALLIBLE add_own(
    X509 *cert, const char *oid, struct span payload, struct fault *f)
{
	AUTO(ossl_drop_object) ASN1_OBJECT *id = OBJ_txt2obj(oid, 1);
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *in = ASN1_OCTET_STRING_new();
	AUTO(ossl_drop_octets) ASN1_OCTET_STRING *out = ASN1_OCTET_STRING_new();
	uint8_t *der = NULL;
	if (!id || !in || !out ||
	    !ASN1_OCTET_STRING_set(in, payload.p, (int)payload.n))
		return ossl_broken(f, AT, oid);
	int n = i2d_ASN1_OCTET_STRING(in, &der);
	bool ok = n > 0 && ASN1_OCTET_STRING_set(out, der, n);
	OPENSSL_free(der);
	AUTO(ossl_drop_ext)
	X509_EXTENSION *e =
	    ok ? X509_EXTENSION_create_by_OBJ(NULL, id, 0, out) : NULL;
	if (!e || !X509_add_ext(cert, e, -1))
		return ossl_broken(f, AT, oid);
	return true;
}

static bool set_time(ASN1_TIME *t, struct utc at)
{
	char text[UTC_TEXT_SIZE], form[16];
	utc_format(at, text);
	/* YYYYMMDDHHMMSSZ, out of YYYY-MM-DDThh:mm:ssZ. */
	(void)snprintf(form, sizeof(form), "%.4s%.2s%.2s%.2s%.2s%.2sZ", text,
	    text + 5, text + 8, text + 11, text + 14, text + 17);
	return ASN1_TIME_set_string_X509(t, form) == 1;
}

static FALLIBLE add_names(
    X509 *cert, const struct sim_tls_ask *ask, struct fault *f)
{
	char list[2048];
	size_t n;
	struct wr w = wr_into(list, sizeof(list), AT, f);
	for (size_t i = 0; i < ask->n_alt_names; i++) {
		/* What would be read as more than one name. */
		if (strpbrk(ask->alt_names[i], ",:\n"))
			return fault_raise(
			    f, FAULT_FORMAT, AT, "an alt name is no name");
		wr_text(&w, i ? ",DNS:" : "DNS:");
		wr_text(&w, ask->alt_names[i]);
	}
	wr_u8(&w, '\0');
	TRY(wr_done_into(&w, &n));
	return ask->n_alt_names == 0 ||
	    add_word(cert, NID_subject_alt_name, list, f);
}

static FALLIBLE add_leaf(
    X509 *cert, const struct sim_tls_ask *ask, struct fault *f)
{
	TRY(add_word(cert, NID_basic_constraints, "critical,CA:FALSE", f));
	TRY(add_names(cert, ask, f));
	if (ask->server || ask->client)
		TRY(add_word(cert, NID_ext_key_usage,
		    !ask->client       ? "serverAuth"
			: !ask->server ? "clientAuth"
				       : "serverAuth,clientAuth",
		    f));
	if (ask->quote.n) {
		TRY(add_own(cert, "1.3.6.1.4.1.62397.1.1", ask->quote, f));
		TRY(add_own(cert, "1.3.6.1.4.1.62397.1.2", ask->log, f));
	}
	return true;
}

struct parties {
	const char *cn, *issuer_cn;
	EVP_PKEY *key, *signer;
	struct utc from, to;
};

static void drop_cert(X509 **c)
{
	X509_free(*c);
}

static FALLIBLE make(const struct parties *p, const struct sim_tls_ask *leaf,
    struct span app_id, struct blob *pem, struct fault *f)
{
	AUTO(drop_cert) X509 *cert = X509_new();
	uint8_t serial[8];
	TRY(random_bytes(serial, sizeof(serial), f));
	AUTO(ossl_drop_integer) ASN1_INTEGER *number = ASN1_INTEGER_new();
	uint64_t n = 1;
	for (size_t i = 0; i < sizeof(serial) - 1; i++)
		n = n << 8 | serial[i];
	if (!cert || !number || !X509_set_version(cert, 2) ||
	    !ASN1_INTEGER_set_uint64(number, n) ||
	    !X509_set_serialNumber(cert, number) ||
	    !X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
		MBSTRING_UTF8, (const unsigned char *)p->cn, -1, -1, 0) ||
	    !X509_NAME_add_entry_by_txt(X509_get_issuer_name(cert), "CN",
		MBSTRING_UTF8, (const unsigned char *)p->issuer_cn, -1, -1,
		0) ||
	    !set_time(X509_getm_notBefore(cert), p->from) ||
	    !set_time(X509_getm_notAfter(cert), p->to) ||
	    !X509_set_pubkey(cert, p->key))
		return ossl_broken(f, AT, "a certificate");
	if (leaf)
		TRY(add_leaf(cert, leaf, f));
	else
		TRY(add_word(
		    cert, NID_basic_constraints, "critical,CA:TRUE", f));
	if (app_id.n)
		TRY(add_own(cert, "1.3.6.1.4.1.62397.1.3", app_id, f));
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_mem());
	if (X509_sign(cert, p->signer, EVP_sha256()) <= 0 || !bio ||
	    !PEM_write_bio_X509(bio, cert))
		return ossl_broken(f, AT, "signing a certificate");
	return take_text(bio, pem, f);
}

FALLIBLE sim_tls_chain(const struct sim_kms *kms, EVP_PKEY *key,
    const struct sim_tls_ask *ask, struct blob chain[3], struct fault *f)
{
	static const char ROOT[] = "Affiant stand-in KMS CA";
	static const char APP[] = "Affiant stand-in app CA";
	AUTO(ossl_drop_key) EVP_PKEY *root = NULL;
	AUTO(ossl_drop_key) EVP_PKEY *app = NULL;
	struct secret32 scalar;
	struct span id = span_of(kms->app_id, sizeof(kms->app_id));
	const struct span none = { 0 };
	const struct utc from = { clock_now().ms - DAY_MS };
	const struct utc to = { from.ms + 3650 * DAY_MS };
	TRY(sim_kms_p256(&kms->ca, &root, f));
	/* The app CA's context (10.4). */
	TRY(sim_kms_derive(&kms->ca, id, span_text("app-ca"), &scalar, f));
	bool ok = sim_kms_p256(&scalar, &app, f);
	secret_wipe(&scalar);
	TRY(ok);
	const struct parties parties[] = {
		{ ask->subject[0] ? ask->subject : "affiant stand-in", APP, key,
		    app, ask->from.ms ? ask->from : from,
		    ask->to.ms ? ask->to : to },
		{ APP, ROOT, app, root, from, to },
		{ ROOT, ROOT, root, root, from, to },
	};
	TRY(make(&parties[0], ask, id, &chain[0], f));
	TRY(make(&parties[1], NULL, id, &chain[1], f));
	return make(&parties[2], NULL, none, &chain[2], f);
}
