/* SPDX-License-Identifier: Apache-2.0 */
#include "compose/demo/demo_ca.h"

#include "verify/base/file.h"
#include "verify/base/secret.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

struct demo_ca {
	struct demo_leaf root, intermediate, constrained;
	struct demo_log log[DEMO_LOGS];
};

void demo_leaf_drop(struct demo_leaf *l)
{
	X509_free(l->cert);
	EVP_PKEY_free(l->key);
	*l = (struct demo_leaf){ 0 };
}

static void drop_cert(X509 **c)
{
	X509_free(*c);
	*c = NULL;
}

static void drop_key(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
	*k = NULL;
}

static FALLIBLE failed(struct fault *f, const char *what)
{
	return fault_raise(
	    f, FAULT_SYSTEM, "demo.ca", "OpenSSL refused: %s", what);
}

/* ---- parts of a certificate --------------------------------------------- */

struct recipe {
	const char *cn;
	struct utc from, to;
	const char *basic, *usage;         /* in OpenSSL's configuration form */
	const char *sans;                  /* or NULL */
	const char *purpose;               /* of a leaf; NULL: serverAuth */
	const char *constraints, *feature; /* or NULL */
	const struct demo_leaf *issuer;    /* NULL: itself */
	const struct demo_log *stamps; /* DEMO_LOGS_KNOWN of them; or NULL */
	struct utc stamped;
};

static bool set_name(X509_NAME *name, const char *cn)
{
	return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
		   (const unsigned char *)"Affiant demo exchange", -1, -1,
		   0) == 1 &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)cn, -1, -1, 0) == 1;
}

static bool set_serial(X509 *cert)
{
	uint8_t bytes[16];
	ASN1_INTEGER *serial = X509_get_serialNumber(cert);

	if (!random_bytes(bytes, sizeof(bytes), NULL))
		return false;
	bytes[0] = (uint8_t)((bytes[0] & 0x3f) | 0x40); /* positive */
	return ASN1_STRING_set(serial, bytes, sizeof(bytes)) == 1;
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool ok;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool add_extensions(X509 *cert, X509 *issuer, const struct recipe *r)
{
	bool is_leaf = r->basic[0] == 'C';

	return add_extension(cert, issuer, NID_basic_constraints, r->basic) &&
	    add_extension(cert, issuer, NID_key_usage, r->usage) &&
	    add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
	    (issuer == cert ||
		add_extension(
		    cert, issuer, NID_authority_key_identifier, "keyid")) &&
	    (!is_leaf ||
		add_extension(cert, issuer, NID_ext_key_usage,
		    r->purpose != NULL ? r->purpose : "serverAuth")) &&
	    (r->constraints == NULL ||
		add_extension(
		    cert, issuer, NID_name_constraints, r->constraints)) &&
	    (r->feature == NULL ||
		add_extension(cert, issuer, NID_tlsfeature, r->feature)) &&
	    (r->sans == NULL ||
		add_extension(cert, issuer, NID_subject_alt_name, r->sans));
}

/* RFC 6962 3.3: an OCTET STRING inside the extension's own. */
static bool add_list(X509 *cert, struct span list)
{
	ASN1_OCTET_STRING *inner = ASN1_OCTET_STRING_new();
	ASN1_OCTET_STRING *outer = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = NULL;
	unsigned char *der = NULL;
	int n = -1;
	bool ok;

	if (inner != NULL && outer != NULL &&
	    ASN1_OCTET_STRING_set(inner, list.p, (int)list.n) == 1)
		n = i2d_ASN1_OCTET_STRING(inner, &der);
	if (n > 0 && ASN1_OCTET_STRING_set(outer, der, n) == 1)
		e = X509_EXTENSION_create_by_NID(
		    NULL, NID_ct_precert_scts, 0, outer);
	ok = e != NULL && X509_add_ext(cert, e, -1) == 1;
	X509_EXTENSION_free(e);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(inner);
	ASN1_OCTET_STRING_free(outer);
	return ok;
}

/* The logs see the certificate before their timestamps are put into it. */
static FALLIBLE stamp(X509 *cert, const struct recipe *r, struct fault *f)
{
	AUTO(blob_drop) struct blob elements = { 0 };
	AUTO(blob_drop) struct blob list = { 0 };
	struct wr w = wr_grow(4096, "demo.ca", f);

	for (size_t i = 0; i < DEMO_LOGS_KNOWN; i++)
		if (!demo_log_stamp(&r->stamps[i], cert, r->issuer->cert,
			r->stamped, &w, f)) {
			wr_drop(&w);
			return false;
		}
	TRY(wr_done(&w, &elements));
	TRY(demo_log_list(blob_span(&elements), &list, f));
	return add_list(cert, blob_span(&list)) || failed(f, "timestamps");
}

static FALLIBLE make(
    const struct recipe *r, struct demo_leaf *out, struct fault *f)
{
	AUTO(drop_cert) X509 *cert = X509_new();
	AUTO(drop_key) EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *issuer = r->issuer != NULL ? r->issuer->cert : cert;
	EVP_PKEY *signer = r->issuer != NULL ? r->issuer->key : key;

	if (cert == NULL || key == NULL)
		return failed(f, "a key");
	if (X509_set_version(cert, X509_VERSION_3) != 1 || !set_serial(cert) ||
	    !set_name(X509_get_subject_name(cert), r->cn) ||
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1 ||
	    X509_set_pubkey(cert, key) != 1)
		return failed(f, "a certificate");
	if (ASN1_TIME_set(X509_getm_notBefore(cert),
		(time_t)(r->from.ms / 1000)) == NULL ||
	    ASN1_TIME_set(
		X509_getm_notAfter(cert), (time_t)(r->to.ms / 1000)) == NULL)
		return failed(f, "a validity");
	if (!add_extensions(cert, issuer, r))
		return failed(f, "an extension");
	if (X509_sign(cert, signer, EVP_sha256()) <= 0)
		return failed(f, "a signature");
	if (r->stamps != NULL) {
		TRY(stamp(cert, r, f));
		if (X509_sign(cert, signer, EVP_sha256()) <= 0)
			return failed(f, "a signature");
	}
	*out = (struct demo_leaf){ cert, key };
	cert = NULL;
	key = NULL;
	return true;
}

/* ---- the authority ------------------------------------------------------ */

static FALLIBLE make_authority(
    struct demo_ca *ca, struct utc now, struct fault *f)
{
	struct recipe root = {
		.cn = "Affiant demo root, made for this run only",
		.from = { now.ms - DAY_MS },
		.to = { now.ms + 365 * DAY_MS },
		.basic = "critical,CA:TRUE",
		.usage = "critical,keyCertSign,cRLSign",
	};
	struct recipe intermediate = root;

	TRY(make(&root, &ca->root, f));
	intermediate.cn = "Affiant demo intermediate";
	intermediate.basic = "critical,CA:TRUE,pathlen:0";
	intermediate.issuer = &ca->root;
	TRY(make(&intermediate, &ca->intermediate, f));
	intermediate.cn = "Affiant demo intermediate for another domain";
	intermediate.constraints = "critical,permitted;DNS:elsewhere.invalid";
	return make(&intermediate, &ca->constrained, f);
}

FALLIBLE demo_ca_new(struct utc now, struct demo_ca **out, struct fault *f)
{
	struct demo_ca *ca = calloc(1, sizeof(*ca));

	if (ca == NULL)
		return fault_raise(f, FAULT_SYSTEM, "demo.ca", "out of memory");
	for (size_t i = 0; i < DEMO_LOGS; i++)
		if (!demo_log_make(&ca->log[i], f)) {
			demo_ca_free(ca);
			return false;
		}
	if (!make_authority(ca, now, f)) {
		demo_ca_free(ca);
		return false;
	}
	*out = ca;
	return true;
}

void demo_ca_free(struct demo_ca *ca)
{
	if (ca == NULL)
		return;
	demo_leaf_drop(&ca->root);
	demo_leaf_drop(&ca->intermediate);
	demo_leaf_drop(&ca->constrained);
	for (size_t i = 0; i < DEMO_LOGS; i++)
		demo_log_drop(&ca->log[i]);
	free(ca);
}

X509 *demo_ca_root(const struct demo_ca *ca)
{
	return ca->root.cert;
}

X509 *demo_ca_intermediate(const struct demo_ca *ca)
{
	return ca->intermediate.cert;
}

const struct demo_leaf *demo_ca_issuer(
    const struct demo_ca *ca, enum demo_leaf_kind kind)
{
	return kind == DEMO_LEAF_CONSTRAINED ? &ca->constrained
					     : &ca->intermediate;
}

const struct demo_log *demo_ca_log(const struct demo_ca *ca, size_t i)
{
	return &ca->log[i];
}

FALLIBLE demo_ca_issue(const struct demo_ca *ca, const char *host,
    const char *sans, enum demo_leaf_kind kind, struct utc now,
    struct demo_leaf *out, struct fault *f)
{
	struct recipe r = {
		.cn = host,
		.from = { now.ms - DAY_MS },
		.to = { now.ms + 29 * DAY_MS },
		.basic = "CA:FALSE",
		.usage = "critical,digitalSignature",
		.sans = sans,
		.issuer = demo_ca_issuer(ca, kind),
		.stamps = ca->log,
		.stamped = { now.ms - HOUR_MS },
	};

	switch (kind) {
	case DEMO_LEAF_GOOD:
		break;
	case DEMO_LEAF_EXPIRED:
		r.to.ms = now.ms - HOUR_MS;
		break;
	case DEMO_LEAF_NO_SAN:
		r.sans = NULL;
		break;
	case DEMO_LEAF_SELF_SIGNED:
		r.issuer = NULL;
		r.stamps = NULL;
		break;
	case DEMO_LEAF_UNSTAMPED:
		r.stamps = NULL;
		break;
	case DEMO_LEAF_MUST_STAPLE:
		r.feature = "status_request";
		break;
	case DEMO_LEAF_CONSTRAINED:
		break;
	case DEMO_LEAF_RESPONDER:
		r.purpose = "OCSPSigning";
		r.stamps = NULL;
		break;
	}
	return make(&r, out, f);
}

static FALLIBLE write_pem(
    X509 *cert, const char *dir, const char *name, struct fault *f)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char path[4096];
	char *pem = NULL;
	long n;
	bool ok;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path)) {
		BIO_free(mem);
		return fault_raise(f, FAULT_USAGE, "demo.dir",
		    "the folder's name is too long");
	}
	if (mem == NULL || PEM_write_bio_X509(mem, cert) != 1) {
		BIO_free(mem);
		return failed(f, "a PEM file");
	}
	n = BIO_get_mem_data(mem, &pem);
	ok = file_write(path, span_of(pem, (size_t)n), 0644, f);
	BIO_free(mem);
	return ok;
}

FALLIBLE demo_ca_write(
    const struct demo_ca *ca, const char *dir, struct fault *f)
{
	TRY(dir_make(dir, 0755, f));
	TRY(write_pem(ca->root.cert, dir, "ca.pem", f));
	return write_pem(ca->intermediate.cert, dir, "intermediate.pem", f);
}

FALLIBLE demo_ca_write_logs(
    const struct demo_ca *ca, const char *dir, struct fault *f)
{
	const struct demo_log *known[] = { &ca->log[0], &ca->log[1] };
	struct wr w = wr_grow(16384, "demo.ca", f);
	AUTO(blob_drop) struct blob text = { 0 };
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/ct_logs.json", dir) >=
	    (int)sizeof(path))
		return fault_raise(f, FAULT_USAGE, "demo.dir",
		    "the folder's name is too long");
	if (!demo_log_write_json(known, COUNT(known), &w, f)) {
		wr_drop(&w);
		return false;
	}
	TRY(wr_done(&w, &text));
	return file_write(path, blob_span(&text), 0644, f);
}
