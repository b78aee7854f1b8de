/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secp256k1 key that is held: in one locked page of memory, which is left
 * out of core dumps and wiped at the end, and sealed on disk where the
 * provider can seal. Few functions see it: those that make it, open it or
 * take it over, and the one that signs; none returns it. For signer.c and
 * payer.c, which build what is signed: outside of attest/ nobody asks for a
 * signature over a digest.
 */
#ifndef AFFIANT_HELD_KEY_H
#define AFFIANT_HELD_KEY_H

#include "attest/attest.h"
#include "verify/base/secret.h"

struct held_key;

/* Which key: where it lies, and what faults call it and its places. */
struct held_key_kind {
	const char *file; /* in the state folder */
	const char *seal_id;
	const char *name;        /* "statement key" */
	const char *at_key;      /* CRYPTO: what was sealed is no key */
	const char *at_memory;   /* SYSTEM */
	const char *at_path;     /* CONFIG, SYSTEM: the file's path */
	const char *at_provider; /* CONFIG: a file of another provider */
	const char *at_sign;     /* INTERNAL */
};

/* Lives in memory only: held_key_is_ephemeral. */
FALLIBLE held_key_make(
    const struct held_key_kind *kind, struct held_key **out, struct fault *f);
/* Takes over a key that the platform derives: not ephemeral, in no file. */
FALLIBLE held_key_take(const struct held_key_kind *kind,
    const struct secret32 *key, struct held_key **out, struct fault *f);

/* Where the file of this kind is. *fresh when there certainly is none. */
struct held_key_place {
	char path[4096];
	bool fresh;
};
FALLIBLE held_key_find(const struct held_key_kind *kind, const char *state_dir,
    struct held_key_place *out, struct fault *f);
/* Opens what lies there, or makes and seals it: as attest.h says of the
 * signer. *made: there was none. */
FALLIBLE held_key_open(const struct held_key_kind *kind, struct attest *a,
    const char *state_dir, const struct held_key_place *place,
    struct held_key **out, bool *made, struct fault *f);

void held_key_close(struct held_key *k); /* wipes; NULL is accepted */
void held_key_drop(struct held_key **k);

const struct eth_addr *held_key_address(const struct held_key *k);
bool held_key_is_ephemeral(const struct held_key *k);
const uint8_t *held_key_xy(const struct held_key *k);         /* 64 bytes */
const uint8_t *held_key_compressed(const struct held_key *k); /* 33 bytes */

/* RFC 6979, low s, v 27 or 28. Any number of threads at once. */
FALLIBLE held_key_sign(const struct held_key *k, const struct keccak256 *digest,
    struct eth_sig *out, struct fault *f);

#endif
