/* SPDX-License-Identifier: Apache-2.0 */
/* The Nitro simulator's root on disk: key and certificate in one file, written
 * in one step, believed later only if they fit each other. */
#include "attest/ossl.h"
#include "attest/sim_nitro.h"
#include "verify/base/file.h"
#include "verify/base/limits.h"

#include <errno.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define AT "sim.state"

static FALLIBLE make(const char *path, struct utc now, struct fault *f)
{
	AUTO(sim_nitro_drop_keys) struct sim_nitro_keys keys = { 0 };
	AUTO(sim_nitro_drop_certs) struct sim_nitro_certs certs = { 0 };
	struct sim_nitro_recipe recipe;
	char *text = NULL;
	long n;

	sim_nitro_recipe_init(&recipe, now);
	TRY(sim_nitro_make_keys(&keys, f));
	TRY(sim_nitro_make_certs(&keys, &recipe, &certs, f));
	AUTO(ossl_drop_bio) BIO *bio = BIO_new(BIO_s_secmem());
	if (bio == NULL ||
	    PEM_write_bio_PrivateKey(bio, keys.key[SIM_NITRO_ROOT], NULL, NULL,
		0, NULL, NULL) != 1 ||
	    PEM_write_bio_X509(bio, certs.cert[SIM_NITRO_ROOT]) != 1)
		return ossl_broken(f, AT, "a root as PEM");
	n = BIO_get_mem_data(bio, &text);
	return file_write(path, span_of(text, (size_t)n), 0600, f);
}

/* Nobody is asked for a password: there is none. */
static int no_password(char *buf, int size, int writing, void *user)
{
	(void)buf, (void)size, (void)writing, (void)user;
	return -1;
}

static bool is_valid_at(const X509 *x, struct utc now)
{
	time_t t = (time_t)(now.ms / 1000);

	return X509_cmp_time(X509_get0_notBefore(x), &t) < 0 &&
	    X509_cmp_time(X509_get0_notAfter(x), &t) > 0;
}

static FALLIBLE load(const char *path, struct utc now, EVP_PKEY **key_out,
    X509 **cert_out, struct fault *f)
{
	AUTO(blob_wipe) struct blob pem = { 0 };
	char group[32] = "";

	TRY(file_read(path, LIMIT_PEM_BYTES, &pem, f));
	AUTO(ossl_drop_bio) BIO *first = BIO_new_mem_buf(pem.p, (int)pem.n);
	AUTO(ossl_drop_bio) BIO *second = BIO_new_mem_buf(pem.p, (int)pem.n);
	AUTO(ossl_drop_key)
	EVP_PKEY *key = first != NULL
	    ? PEM_read_bio_PrivateKey(first, NULL, no_password, NULL)
	    : NULL;
	AUTO(ossl_drop_cert)
	X509 *cert = second != NULL
	    ? PEM_read_bio_X509(second, NULL, no_password, NULL)
	    : NULL;
	if (key != NULL)
		(void)EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	bool ok = cert != NULL && strcmp(group, "secp384r1") == 0 &&
	    X509_check_private_key(cert, key) == 1 &&
	    X509_verify(cert, key) == 1 && is_valid_at(cert, now);

	ERR_clear_error();
	if (!ok)
		return fault_raise(f, FAULT_FORMAT, AT,
		    "the simulator's root in %.120s is unusable (delete the "
		    "file to start anew)",
		    path);
	*key_out = key;
	*cert_out = cert;
	key = NULL;
	cert = NULL;
	return true;
}

bool sim_nitro_root(const char *dir, struct utc now, EVP_PKEY **key,
    X509 **cert, struct fault *f)
{
	char path[PATH_MAX];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/root.pem", dir);

	if (n < 0 || n >= (int)sizeof(path))
		return fault_raise(
		    f, FAULT_CONFIG, AT, "the state folder's path is too long");
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return fault_raise(f, FAULT_SYSTEM, AT,
			    "cannot look at %.120s: %s", path, strerror(errno));
		TRY(dir_make(dir, 0700, f));
		TRY(make(path, now, f));
	}
	return load(path, now, key, cert, f);
}
