/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for dstack's key service and the keys under it (dstack section
 * 10), for the stand-in agent. It proves nothing: whoever has the seed has
 * every key. HKDF is with the salt "RATLS", as theirs.
 */
#ifndef AFFIANT_SIM_KMS_H
#define AFFIANT_SIM_KMS_H

#include "verify/base/hash.h"
#include "verify/base/secret.h"

#include <openssl/evp.h>

#define SIM_KMS_APP_ID 20

struct sim_kms {
	bool has_root; /* false: key provider "none", chains end early */
	struct secret32 root, ca, app;
	uint8_t app_id[SIM_KMS_APP_ID];
	uint8_t root_public[33];    /* compressed */
	uint8_t root_signature[65]; /* over the app's key */
};

/*
 * The service's keys follow from the seed, the app's from them and its id; two
 * agents with one seed are two replicas.
 */
FALLIBLE sim_kms_open(const struct secret32 *seed, bool has_root,
    const uint8_t app_id[SIM_KMS_APP_ID], struct sim_kms *out, struct fault *f);
void sim_kms_wipe(struct sim_kms *k);

enum sim_kms_algorithm { SIM_KMS_SECP256K1, SIM_KMS_ED25519 };

/* GetKey: the key of a path, and both signatures. */
struct sim_kms_key {
	struct secret32 key;
	uint8_t public_key[33];
	size_t public_n; /* 33, or 32 of ed25519 */
	uint8_t signature[65];
};
FALLIBLE sim_kms_key(const struct sim_kms *k, const char *path,
    const char *purpose, enum sim_kms_algorithm algorithm,
    struct sim_kms_key *out, struct fault *f);

/* Sign and Verify: r || s over 32 bytes, or ed25519 over any. */
FALLIBLE sim_kms_sign(const struct sim_kms_key *key,
    enum sim_kms_algorithm algorithm, struct span message, uint8_t out[64],
    struct fault *f);
bool sim_kms_verify(enum sim_kms_algorithm algorithm, struct span public_key,
    struct span message, const uint8_t sig[64]);

/* HKDF over a key of this service and some context. */
FALLIBLE sim_kms_derive(const struct secret32 *parent, struct span one,
    struct span two, struct secret32 *out, struct fault *f);
/* A P-256 key from its scalar (10.4). */
FALLIBLE sim_kms_p256(
    const struct secret32 *scalar, EVP_PKEY **out, struct fault *f);

#endif
