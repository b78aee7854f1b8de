/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's keys and certificates on disk: one folder, made in one step
 * at first start, and believed later only if every file fits the others.
 */
#include "attest/sim.h"

#include "attest/ossl.h"
#include "verify/base/file.h"
#include "verify/base/limits.h"
#include "verify/base/secret.h"
#include "verify/base/text.h"

#include <errno.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT "sim.state"

static const char *const key_files[SIM_ROLES] = {
	[SIM_ROOT] = "root.key",
	[SIM_PLATFORM_CA] = "platform_ca.key",
	[SIM_TCB_SIGNER] = "tcb_signer.key",
	[SIM_PCK] = "pck.key",
	[SIM_AK] = "attestation.key",
};
static const char *const cert_files[SIM_CERTS] = {
	[SIM_ROOT] = "root.pem",
	[SIM_PLATFORM_CA] = "platform_ca.pem",
	[SIM_TCB_SIGNER] = "tcb_signer.pem",
	[SIM_PCK] = "pck.pem",
};

static FALLIBLE path_of(
    const char *dir, const char *file, char out[PATH_MAX], struct fault *f)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, file);
	if (n < 0 || n >= PATH_MAX)
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	return true;
}

/* ---- writing ------------------------------------------------------------ */

static FALLIBLE write_key(
    const char *dir, const char *file, EVP_PKEY *key, struct fault *f)
{
	char path[PATH_MAX], *text = NULL;
	TRY(path_of(dir, file, path, f));
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_secmem());
	if (!bio ||
	    !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		return ossl_broken(f, AT, "a key as PEM");
	long n = BIO_get_mem_data(bio, &text);
	return file_write(path, span_of(text, (size_t)n), 0600, f);
}

static FALLIBLE write_cert(const char *dir, const struct sim_certs *certs,
    enum sim_role who, struct fault *f)
{
	char path[PATH_MAX];
	AUTO(blob_drop) struct blob pem = { 0 };
	TRY(path_of(dir, cert_files[who], path, f));
	TRY(sim_pki_chain(certs, &who, 1, &pem, f));
	return file_write(path, blob_span(&pem), 0644, f);
}

static FALLIBLE write_all(const char *dir, const struct sim_keys *keys,
    const struct sim_certs *certs, struct fault *f)
{
	for (size_t i = 0; i < SIM_ROLES; i++)
		TRY(write_key(dir, key_files[i], keys->key[i], f));
	for (size_t i = 0; i < SIM_CERTS; i++)
		TRY(write_cert(dir, certs, (enum sim_role)i, f));
	return true;
}

/* Best effort: what is left of a folder that did not get its name. */
static void discard(const char *dir)
{
	struct fault ignored = FAULT_INIT;
	char path[PATH_MAX];
	for (size_t i = 0; i < SIM_ROLES; i++)
		if (path_of(dir, key_files[i], path, &ignored))
			(void)unlink(path);
	for (size_t i = 0; i < SIM_CERTS; i++)
		if (path_of(dir, cert_files[i], path, &ignored))
			(void)unlink(path);
	(void)rmdir(dir);
}

/* The folder that `path` stands in. */
static FALLIBLE make_parent(const char *path, struct fault *f)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (!slash || slash == path)
		return true;
	int n =
	    snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	if (n < 0 || (size_t)n >= sizeof(parent))
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	return dir_make(parent, 0700, f);
}

/*
 * A folder beside the final one is filled and then renamed, so the final name
 * never holds half of the files. If another process was quicker, its folder
 * stands and ours goes; the caller loads what stands there.
 */
static FALLIBLE make_folder(const char *dir, struct utc now, struct fault *f)
{
	AUTO(sim_pki_drop_keys) struct sim_keys keys = { 0 };
	AUTO(sim_pki_drop_certs) struct sim_certs certs = { 0 };
	struct sim_recipe recipe;
	sim_recipe_init(&recipe, now);
	TRY(sim_pki_make_keys(&keys, f));
	TRY(sim_pki_make_certs(&keys, &recipe, &certs, f));

	char fresh[PATH_MAX];
	TRY(make_parent(dir, f));
	int n = snprintf(fresh, sizeof(fresh), "%s.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(fresh) || !mkdtemp(fresh))
		return fault_raise(f, FAULT_SYSTEM, AT,
		    "cannot make the folder %.120s: %s", dir, strerror(errno));
	bool ok = write_all(fresh, &keys, &certs, f);
	if (ok && rename(fresh, dir) == 0)
		return true;
	int why = errno;
	discard(fresh);
	if (ok && why != EEXIST && why != ENOTEMPTY)
		return fault_raise(f, FAULT_SYSTEM, AT,
		    "cannot make the folder %.120s: %s", dir, strerror(why));
	return ok;
}

/* ---- reading ------------------------------------------------------------ */

/* No file of this folder has a password; nobody is asked for one. */
static int no_password(char *buf, int size, int writing, void *user)
{
	(void)buf, (void)size, (void)writing, (void)user;
	return -1;
}

static FALLIBLE read_key(
    const char *dir, const char *file, EVP_PKEY **out, struct fault *f)
{
	char path[PATH_MAX];
	AUTO(blob_wipe) struct blob pem = { 0 };
	TRY(path_of(dir, file, path, f));
	TRY(file_read(path, LIMIT_PEM_BYTES, &pem, f));
	AUTO(ossl_drop_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	AUTO(ossl_drop_key)
	EVP_PKEY *key =
	    bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	char group[32] = "";
	if (key)
		(void)EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	ERR_clear_error();
	if (strcmp(group, "prime256v1") != 0)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "it holds no P-256 key");
	*out = key;
	key = NULL;
	return true;
}

static FALLIBLE read_cert(
    const char *dir, const char *file, X509 **out, struct fault *f)
{
	char path[PATH_MAX];
	AUTO(blob_drop) struct blob pem = { 0 };
	TRY(path_of(dir, file, path, f));
	TRY(file_read(path, LIMIT_PEM_BYTES, &pem, f));
	AUTO(ossl_drop_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	*out = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
	ERR_clear_error();
	if (!*out)
		return fault_raise(
		    f, FAULT_FORMAT, AT, "it holds no certificate");
	return true;
}

static FALLIBLE to_utc(const ASN1_TIME *t, struct utc *out, struct fault *f)
{
	struct tm tm;
	if (!ASN1_TIME_to_tm(t, &tm))
		return fault_raise(f, FAULT_FORMAT, AT, "its dates are wrong");
	return utc_from_calendar(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, out, AT, f);
}

static FALLIBLE check_cert(const struct sim_keys *keys, X509 *cert,
    enum sim_role who, enum sim_role issuer, struct utc now, struct fault *f)
{
	int fits = X509_check_private_key(cert, keys->key[who]);
	int holds = X509_verify(cert, keys->key[issuer]);
	ERR_clear_error();
	if (fits != 1)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "it does not fit the key in %s", key_files[who]);
	if (holds != 1)
		return fault_raise(f, FAULT_CRYPTO, AT,
		    "it is not signed with %s", key_files[issuer]);
	struct utc from, to;
	TRY(to_utc(X509_get0_notBefore(cert), &from, f));
	TRY(to_utc(X509_get0_notAfter(cert), &to, f));
	char a[UTC_TEXT_SIZE], b[UTC_TEXT_SIZE], c[UTC_TEXT_SIZE];
	if (now.ms < from.ms || now.ms > to.ms)
		return fault_raise(f, FAULT_SYSTEM, AT,
		    "it is valid from %s to %s, and the clock says %s",
		    utc_format(from, a), utc_format(to, b), utc_format(now, c));
	return true;
}

static FALLIBLE named(
    struct fault *f, const char *dir, const char *file, bool ok)
{
	if (ok)
		return true;
	/* Whichever layer noticed: the remedy is the same. */
	f->at = AT;
	return fault_within(f,
	    "the simulator's file %s is unusable (delete the folder %.80s to "
	    "start anew)",
	    file, dir);
}

static FALLIBLE load(const char *dir, struct utc now, struct sim_keys *keys,
    struct sim_certs *certs, struct fault *f)
{
	struct sim_recipe recipe; /* says who issues whom */
	sim_recipe_init(&recipe, now);
	for (size_t i = 0; i < SIM_ROLES; i++)
		TRY(named(f, dir, key_files[i],
		    read_key(dir, key_files[i], &keys->key[i], f)));
	for (size_t i = 0; i < SIM_CERTS; i++) {
		X509 **cert = &certs->cert[i];
		TRY(named(f, dir, cert_files[i],
		    read_cert(dir, cert_files[i], cert, f) &&
			check_cert(keys, *cert, (enum sim_role)i,
			    recipe.cert[i].issuer, now, f)));
	}
	return true;
}

FALLIBLE sim_state_open(const char *dir, struct utc now, struct sim_keys *keys,
    struct sim_certs *certs, struct fault *f)
{
	struct stat st;
	if (stat(dir, &st) != 0) {
		if (errno != ENOENT)
			return fault_raise(f, FAULT_SYSTEM, AT,
			    "cannot look at %.120s: %s", dir, strerror(errno));
		TRY(make_folder(dir, now, f));
	}
	AUTO(sim_pki_drop_keys) struct sim_keys k = { 0 };
	AUTO(sim_pki_drop_certs) struct sim_certs c = { 0 };
	TRY(load(dir, now, &k, &c, f));
	*keys = k;
	*certs = c;
	k = (struct sim_keys){ 0 };
	c = (struct sim_certs){ 0 };
	return true;
}

/* ---- the UUID ----------------------------------------------------------- */

#define UUID_TEXT 36

static FALLIBLE uuid_parse(struct span text, uint8_t uuid[16], struct fault *f)
{
	char digits[32];
	size_t n = 0;
	if (text.n == UUID_TEXT + 1 && text.p[UUID_TEXT] == '\n')
		text.n--;
	bool ok = text.n == UUID_TEXT;
	for (size_t i = 0; ok && i < UUID_TEXT; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash)
			ok = text.p[i] == '-';
		else
			digits[n++] = (char)text.p[i];
	}
	if (!ok)
		return fault_raise(f, FAULT_FORMAT, AT, "it holds no UUID");
	ok = hex_decode(span_of(digits, n), uuid, 16, AT, f);
	secret_wipe_bytes(digits, sizeof(digits));
	return ok;
}

/* A random UUID (RFC 9562, version 4). */
static FALLIBLE uuid_make(const char *path, struct fault *f)
{
	uint8_t u[16];
	char hex[HEX_SIZE(16)], text[UUID_TEXT + 2];
	TRY(random_bytes(u, sizeof(u), f));
	u[6] = (uint8_t)((u[6] & 0x0f) | 0x40);
	u[8] = (uint8_t)((u[8] & 0x3f) | 0x80);
	hex_encode(span_of(u, sizeof(u)), hex);
	(void)snprintf(text, sizeof(text), "%.8s-%.4s-%.4s-%.4s-%.12s\n", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
	TRY(make_parent(path, f));
	bool ok = file_write(path, span_text(text), 0600, f);
	secret_wipe_bytes(u, sizeof(u));
	secret_wipe_bytes(hex, sizeof(hex));
	secret_wipe_bytes(text, sizeof(text));
	return ok;
}

FALLIBLE sim_state_uuid(const char *path, uint8_t uuid[16], struct fault *f)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return fault_raise(f, FAULT_SYSTEM, AT,
			    "cannot look at %.120s: %s", path, strerror(errno));
		TRY(uuid_make(path, f));
	}
	AUTO(blob_wipe) struct blob text = { 0 };
	if (file_read(path, 64, &text, f) &&
	    uuid_parse(blob_span(&text), uuid, f))
		return true;
	f->at = AT;
	return fault_within(f, "reading the simulator's UUID in %.80s", path);
}
