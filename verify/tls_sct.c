/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tls_sct.h"

#include "verify/base/hash.h"

#include <openssl/x509v3.h>
#include <string.h>

#define AT "tls.sct"
#define MAX_SIGNATURE 1024
#define DAY_MS INT64_C(86400000)

/* RFC 6962 3.2: what was stamped. */
enum { ENTRY_X509 = 0, ENTRY_PRECERT = 1 };
/* RFC 5246 7.4.1.4.1 */
enum { HASH_SHA256 = 4, SIGNED_RSA = 1, SIGNED_ECDSA = 3 };

/* One timestamp as it came; views into the list. */
struct sct {
	uint8_t version;
	struct sha256 log;
	uint64_t timestamp; /* ms */
	struct span extensions;
	uint8_t hash, algorithm;
	struct span signature;
};

struct counting {
	const struct tls_chain *chain;
	const struct tls_logs *logs;
	struct utc at;
	struct tls_scts *out;
	struct sha256 held[3 * LIMIT_SCTS]; /* logs counted so far */
};

/* ---- what a log signed -------------------------------------------------- */

static void wr_u24be(struct wr *w, size_t n)
{
	wr_u8(w, (uint8_t)(n >> 16));
	wr_u16be(w, (uint16_t)(n & 0xffff));
}

/*
 * RFC 6962 3.2: the certificate as it was submitted: without the timestamps,
 * and with the hash of its issuer's key in front.
 */
static FALLIBLE write_precert(
    const struct tls_chain *c, struct wr *w, struct fault *f)
{
	X509_PUBKEY *key = X509_get_X509_PUBKEY(tls_chain_cert(c, 1));
	X509 *copy = X509_dup(tls_chain_cert(c, 0));
	unsigned char *spki = NULL, *tbs = NULL;
	int i, n_spki = i2d_X509_PUBKEY(key, &spki), n = -1;
	struct sha256 issuer =
	    sha256_of(span_of(spki, n_spki > 0 ? (size_t)n_spki : 0));

	i = copy != NULL ? X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1)
			 : -1;
	if (i >= 0) {
		X509_EXTENSION_free(X509_delete_ext(copy, i));
		n = i2d_re_X509_tbs(copy, &tbs);
	}
	if (n > 0) {
		wr_span(w, sha256_span(&issuer));
		wr_u24be(w, (size_t)n);
		wr_bytes(w, tbs, (size_t)n);
	}
	OPENSSL_free(spki);
	OPENSSL_free(tbs);
	X509_free(copy);
	x509_forget_errors();
	if (n <= 0)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the certificate cannot be written as it was stamped");
	return true;
}

/* RFC 6962 3.2: the struct under the signature. */
static FALLIBLE signed_bytes(const struct tls_chain *c, const struct sct *s,
    int entry, struct blob *out, struct fault *f)
{
	struct wr w = wr_grow(2 * LIMIT_CERT_BYTES + 65536, AT, f);
	struct span der = c->sent[0].der;
	bool ok = true;

	wr_u8(&w, s->version);
	wr_u8(&w, 0); /* certificate_timestamp */
	wr_u64be(&w, s->timestamp);
	wr_u16be(&w, (uint16_t)entry);
	if (entry == ENTRY_X509) {
		wr_u24be(&w, der.n);
		wr_span(&w, der);
	} else {
		ok = write_precert(c, &w, f);
	}
	wr_u16be(&w, (uint16_t)s->extensions.n);
	wr_span(&w, s->extensions);
	if (!ok) {
		wr_drop(&w);
		return false;
	}
	return wr_done(&w, out);
}

/* ---- one timestamp ------------------------------------------------------ */

static struct sct read_sct(struct rd *r)
{
	struct sct s = { 0 };

	s.version = rd_u8(r);
	if (s.version != 0) {
		rd_skip(r, rd_left(r)); /* another layout */
		return s;
	}
	rd_copy(r, s.log.b, sizeof(s.log.b));
	s.timestamp = rd_u64be(r);
	s.extensions = rd_span(r, rd_u16be(r));
	s.hash = rd_u8(r);
	s.algorithm = rd_u8(r);
	s.signature = rd_span(r, rd_u16be(r));
	return s;
}

static bool key_fits(const struct tls_log *log, const struct sct *s)
{
	if (s->hash != HASH_SHA256 || s->signature.n > MAX_SIGNATURE)
		return false;
	return (s->algorithm == SIGNED_ECDSA && x509_key_is_ec(&log->key)) ||
	    (s->algorithm == SIGNED_RSA && x509_key_is_rsa(&log->key));
}

static bool holds(const struct counting *k, const struct tls_log *log,
    const struct sct *s, int entry)
{
	AUTO(blob_drop) struct blob data = { 0 };
	struct fault why = FAULT_INIT;

	/* RFC 6962 5.2: none from the future. */
	if (s->timestamp > (uint64_t)k->at.ms ||
	    (log->until.ms != 0 && s->timestamp >= (uint64_t)log->until.ms))
		return false;
	return key_fits(log, s) &&
	    signed_bytes(k->chain, s, entry, &data, &why) &&
	    x509_key_verify_sha256(
		&log->key, s->signature, blob_span(&data), AT, &why);
}

static bool is_held(const struct counting *k, const struct sha256 *log)
{
	for (size_t i = 0; i < k->out->logs; i++)
		if (sha256_equal(&k->held[i], log))
			return true;
	return false;
}

static void weigh(struct counting *k, const struct sct *s, int entry)
{
	struct tls_scts *out = k->out;
	const struct tls_log *log =
	    s->version == 0 ? tls_logs_find(k->logs, &s->log) : NULL;

	out->seen++;
	if (log == NULL) {
		out->unknown++;
		return;
	}
	if (!holds(k, log, s, entry)) {
		out->broken++;
		return;
	}
	if (!out->has_latest || (int64_t)s->timestamp > out->latest.ms)
		out->latest.ms = (int64_t)s->timestamp;
	out->has_latest = true;
	if (!is_held(k, &s->log))
		k->held[out->logs++] = s->log;
}

/* ---- lists -------------------------------------------------------------- */

static FALLIBLE count_list(
    struct counting *k, struct span list, int entry, struct fault *f)
{
	struct rd r, all;
	size_t n = 0;

	if (list.n == 0)
		return true;
	if (list.n > LIMIT_SCT_LIST_BYTES)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "a list of timestamps has %zu bytes, at most %d are "
		    "allowed",
		    list.n, LIMIT_SCT_LIST_BYTES);
	r = rd_over(list, AT, f);
	all = rd_within(&r, rd_u16be(&r), AT);
	while (rd_left(&all) > 0 && n++ < LIMIT_SCTS) {
		struct rd one = rd_within(&all, rd_u16be(&all), AT);
		struct sct s = read_sct(&one);

		TRY(rd_end(&one));
		weigh(k, &s, entry);
	}
	if (rd_ok(&all) && rd_left(&all) > 0)
		return fault_raise(f, FAULT_LIMIT, AT,
		    "a list of more than %d timestamps", LIMIT_SCTS);
	TRY(rd_end(&all));
	return rd_end(&r);
}

/* RFC 6962 3.3: an OCTET STRING inside the extension's own. */
static FALLIBLE count_embedded(struct counting *k, struct fault *f)
{
	X509 *leaf = tls_chain_cert(k->chain, 0);
	int i = X509_get_ext_by_NID(leaf, NID_ct_precert_scts, -1);
	const ASN1_OCTET_STRING *value;
	const unsigned char *p;
	ASN1_OCTET_STRING *inner;
	bool ok;

	if (i < 0 || tls_chain_length(k->chain) < 2)
		return true;
	value = X509_EXTENSION_get_data(X509_get_ext(leaf, i));
	p = ASN1_STRING_get0_data(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, ASN1_STRING_length(value));
	x509_forget_errors();
	if (inner == NULL)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the timestamps in the certificate are unreadable");
	ok = count_list(k,
	    span_of(ASN1_STRING_get0_data(inner),
		(size_t)ASN1_STRING_length(inner)),
	    ENTRY_PRECERT, f);
	ASN1_OCTET_STRING_free(inner);
	return ok;
}

FALLIBLE tls_sct_count(const struct tls_chain *c, struct span extension,
    struct span ocsp, const struct tls_logs *logs, struct utc at,
    struct tls_scts *out, struct fault *f)
{
	struct tls_scts counted = { 0 };
	struct counting k = { c, logs, at, &counted, { { { 0 } } } };

	TRY(count_embedded(&k, f));
	TRY(count_list(&k, extension, ENTRY_X509, f));
	TRY(count_list(&k, ocsp, ENTRY_X509, f));
	*out = counted;
	return true;
}

/* ---- enough? ------------------------------------------------------------ */

size_t tls_sct_wanted(const struct tls_chain *c)
{
	const struct x509_cert *leaf = &c->sent[0];

	return leaf->to.ms - leaf->from.ms > 180 * DAY_MS ? 3 : 2;
}

FALLIBLE tls_sct_check(const struct tls_scts *s, size_t want, struct fault *f)
{
	if (s->logs >= want)
		return true;
	if (s->seen == 0)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "no log has stamped the certificate, %zu are wanted", want);
	return fault_raise(f, FAULT_CRYPTO, AT,
	    "the timestamps of %zu known logs hold, %zu are wanted; of %zu "
	    "that came, %zu are of unknown logs and %zu do not hold",
	    s->logs, want, s->seen, s->unknown, s->broken);
}
