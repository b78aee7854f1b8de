/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed blobs, format "OSB1": AES-256-GCM
 * under a key derived by HKDF-SHA256 from a root secret that the platform
 * gives, with platform, provider and key id in the derivation, so that no
 * simulated blob opens on hardware and none the other way round.
 *
 *   "OSB1" | platform u8 | provider u8 | flags u16be | epoch u32be |
 *   counter u64be | n u16be | provider data n | nonce 12 | ciphertext m |
 *   tag 16
 *
 * AAD is everything in front of the nonce, then the key id.
 */
#ifndef AFFIANT_SEAL_H
#define AFFIANT_SEAL_H

#include "verify/base/secret.h"

#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES 16
#define SEAL_SIMULATED 0x80 /* added to platform; flag bit 0 set as well */

/*
 * Numbers of the header; the names (1..255 bytes) go into the key derivation.
 * A name that starts with "sim:" and SEAL_SIMULATED in platform_no go
 * together; anything else is USAGE at "seal.id".
 */
struct seal_id {
	const char *platform; /* "tdx", "snp", ..., or "sim:tdx" */
	const char *provider; /* "dstack-kms", "sim", ... */
	uint8_t platform_no;  /* 1 tdx 2 snp 3 nitro 4 tpm 5 azure, | 0x80 */
	uint8_t provider_no;  /* 1..5, 0x80 sim */
	uint32_t epoch;
	uint64_t counter; /* 0 when unused; not looked at when opening */
};

/* What a blob says of itself. Nothing of it is believed yet. */
struct seal_header {
	uint8_t platform_no;
	uint8_t provider_no;
	uint16_t flags;
	uint32_t epoch;
	uint64_t counter;
	struct span provider_data; /* borrowed from the blob */
};

/*
 * Only the form ("seal.form"): for the provider data that a provider needs to
 * give its root, and for epoch and counter after seal_open has succeeded.
 */
FALLIBLE seal_parse(
    struct span sealed, struct seal_header *out, struct fault *f);

/*
 * Key of section 2: HKDF(salt "oracle-seal-v1", root, info). key_id is 1..128
 * bytes of printable ASCII, else USAGE at "seal.key_id". A root whose bytes are
 * all equal is refused: CRYPTO at "seal.root".
 */
FALLIBLE seal_key(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct secret32 *out, struct fault *f);

/*
 * plain.n <= 1 MiB, provider_data.n <= 4096, else LIMIT at "seal.size". A fresh
 * random nonce each time.
 */
FALLIBLE seal_close(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct span provider_data, struct span plain,
    struct blob *out, struct fault *f);
/*
 * Checks in the order of section 7: FORMAT at "seal.form"; POLICY at
 * "seal.platform", "seal.simulated", "seal.provider"; CRYPTO at "seal.root",
 * "seal.tag". A wrong key id, platform, epoch or changed header that passes the
 * readable checks gives one and the same fault ("seal.tag"). The caller judges
 * the counter, with seal_parse. *out is for blob_wipe.
 */
FALLIBLE seal_open(const struct secret32 *root, const struct seal_id *id,
    const char *key_id, struct span sealed, struct blob *out, struct fault *f);

/* The bare core: nonce 12 | ciphertext | tag 16, AAD empty. */
FALLIBLE seal_close_raw(const struct secret32 *key, struct span plain,
    struct blob *out, struct fault *f);
FALLIBLE seal_open_raw(const struct secret32 *key, struct span sealed,
    struct blob *out, struct fault *f);

/* Known-answer tests only: seal with a given nonce. */
FALLIBLE seal_close_with_nonce(const struct secret32 *root,
    const struct seal_id *id, const char *key_id, struct span provider_data,
    struct span plain, const uint8_t nonce[SEAL_NONCE_BYTES], struct blob *out,
    struct fault *f);

#endif
