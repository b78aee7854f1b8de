/* SPDX-License-Identifier: Apache-2.0 */
#include "attest/held_key.h"

#include "verify/base/file.h"
#include "verify/base/seal.h"

#include <errno.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A sealed key is 82 bytes where the provider adds nothing. */
#define FILE_MAX_BYTES 8192

struct held_key {
	struct secret32 key;
	const struct held_key_kind *kind;
	secp256k1_context *ctx; /* const after prepare(): safe for threads */
	uint8_t xy[64];
	uint8_t compressed[33];
	struct eth_addr address;
	bool ephemeral;
};

/* ---- its memory --------------------------------------------------------- */

static size_t page_bytes(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return (sizeof(struct held_key) + page - 1) / page * page;
}

static FALLIBLE key_new(
    const struct held_key_kind *kind, struct held_key **out, struct fault *f)
{
	size_t n = page_bytes();
	struct held_key *k = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (k == MAP_FAILED)
		return fault_raise(
		    f, FAULT_SYSTEM, kind->at_memory, "no memory for the key");
	/* Best effort: a container may forbid locking. */
	(void)mlock(k, n);
	(void)madvise(k, n, MADV_DONTDUMP);
	k->kind = kind;
	*out = k;
	return true;
}

void held_key_close(struct held_key *k)
{
	if (!k)
		return;
	secp256k1_context_destroy(k->ctx);
	secret_wipe(&k->key);
	munmap(k, page_bytes());
}

void held_key_drop(struct held_key **k)
{
	held_key_close(*k);
	*k = NULL;
}

/* ---- making and opening it ---------------------------------------------- */

/*
 * Everything that follows from the key, which is refused here if it is zero
 * or not below the group's order. The context's blinding is seeded freshly,
 * so that timing and power say less about the key.
 */
static FALLIBLE prepare(struct held_key *k, struct fault *f)
{
	struct secret32 seed;
	k->ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	if (!k->ctx)
		return fault_raise(f, FAULT_SYSTEM, k->kind->at_memory,
		    "no memory for the key");
	TRY(secret_random(&seed, f));
	int seeded = secp256k1_context_randomize(k->ctx, seed.b);
	secret_wipe(&seed);
	if (!seeded)
		return fault_raise(f, FAULT_INTERNAL, k->kind->at_sign,
		    "libsecp256k1 refused a seed");

	secp256k1_pubkey pub;
	if (!secp256k1_ec_pubkey_create(k->ctx, &pub, k->key.b))
		return fault_raise(f, FAULT_CRYPTO, k->kind->at_key,
		    "this is no secp256k1 key: zero, or not below the order");
	uint8_t point[65];
	size_t n = sizeof(point);
	secp256k1_ec_pubkey_serialize(
	    k->ctx, point, &n, &pub, SECP256K1_EC_UNCOMPRESSED);
	memcpy(k->xy, point + 1, sizeof(k->xy));
	n = sizeof(k->compressed);
	secp256k1_ec_pubkey_serialize(
	    k->ctx, k->compressed, &n, &pub, SECP256K1_EC_COMPRESSED);
	k->address = eth_addr_from_public_key(k->xy);
	return true;
}

FALLIBLE held_key_make(
    const struct held_key_kind *kind, struct held_key **out, struct fault *f)
{
	AUTO(held_key_drop) struct held_key *k = NULL;
	TRY(key_new(kind, &k, f));
	/* One draw in 2^127 is no key; prepare() refuses it. */
	TRY(secret_random(&k->key, f));
	TRY(prepare(k, f));
	k->ephemeral = true; /* until it has been sealed */
	*out = k;
	k = NULL;
	return true;
}

FALLIBLE held_key_take(const struct held_key_kind *kind,
    const struct secret32 *key, struct held_key **out, struct fault *f)
{
	AUTO(held_key_drop) struct held_key *k = NULL;
	TRY(key_new(kind, &k, f));
	k->key = *key;
	TRY(prepare(k, f));
	*out = k;
	k = NULL;
	return true;
}

struct sealing {
	struct secret32 root;
	struct seal_id id;
};

static void sealing_drop(struct sealing *s)
{
	secret_wipe(&s->root);
}

static FALLIBLE open_sealed(const struct held_key_kind *kind,
    const struct sealing *seal, const char *path, struct held_key **out,
    struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	AUTO(held_key_drop) struct held_key *k = NULL;
	TRY(file_read(path, FILE_MAX_BYTES, &file, f));
	TRY(seal_open(&seal->root, &seal->id, kind->seal_id, blob_span(&file),
	    &plain, f));
	if (plain.n != sizeof(struct secret32))
		return fault_raise(f, FAULT_CRYPTO, kind->at_key,
		    "a key has 32 bytes, this has %zu", plain.n);
	TRY(key_new(kind, &k, f));
	memcpy(k->key.b, plain.p, plain.n);
	TRY(prepare(k, f));
	*out = k;
	k = NULL;
	return true;
}

static FALLIBLE make_sealed(const struct held_key_kind *kind,
    const struct sealing *seal, const char *state_dir, const char *path,
    struct held_key **out, struct fault *f)
{
	AUTO(held_key_drop) struct held_key *k = NULL;
	AUTO(blob_drop) struct blob sealed = { 0 };
	TRY(held_key_make(kind, &k, f));
	TRY(seal_close(&seal->root, &seal->id, kind->seal_id,
	    (struct span){ 0 }, span_of(k->key.b, sizeof(k->key.b)), &sealed,
	    f));
	TRY(dir_make(state_dir, 0700, f));
	TRY(file_write(path, blob_span(&sealed), 0600, f));
	k->ephemeral = false;
	*out = k;
	k = NULL;
	return true;
}

/* The provider cannot seal: nothing is read and nothing is written. */
static FALLIBLE open_unsealed(const struct held_key_kind *kind,
    struct attest *a, const struct held_key_place *place, struct held_key **out,
    struct fault *f)
{
	if (!place->fresh)
		return fault_raise(f, FAULT_CONFIG, kind->at_provider,
		    "provider %.32s cannot seal, so the %s %.90s belongs to "
		    "another provider: configure that one, or move the file "
		    "away",
		    attest_provider(a), kind->name, place->path);
	return held_key_make(kind, out, f);
}

FALLIBLE held_key_find(const struct held_key_kind *kind, const char *state_dir,
    struct held_key_place *out, struct fault *f)
{
	int n = snprintf(
	    out->path, sizeof(out->path), "%s/%s", state_dir, kind->file);
	if (n < 0 || (size_t)n >= sizeof(out->path))
		return fault_raise(f, FAULT_CONFIG, kind->at_path,
		    "the state folder's path is too long");
	/* Only a file that is certainly not there makes room for a new key. */
	out->fresh = access(out->path, F_OK) != 0;
	if (out->fresh && errno != ENOENT)
		return fault_raise(f, FAULT_SYSTEM, kind->at_path,
		    "cannot look at %.160s: %s", out->path, strerror(errno));
	return true;
}

FALLIBLE held_key_open(const struct held_key_kind *kind, struct attest *a,
    const char *state_dir, const struct held_key_place *place,
    struct held_key **out, bool *made, struct fault *f)
{
	AUTO(sealing_drop) struct sealing seal = { 0 };
	struct fault why = FAULT_INIT;
	if (!attest_seal_root(a, &seal.root, &seal.id, &why)) {
		if (why.kind != FAULT_UNSUPPORTED)
			return fault_raise(f, why.kind, why.at, "%s", why.text);
		TRY(open_unsealed(kind, a, place, out, f));
		*made = true;
		return true;
	}
	bool ok = place->fresh
	    ? make_sealed(kind, &seal, state_dir, place->path, out, f)
	    : open_sealed(kind, &seal, place->path, out, f);
	if (!ok)
		return fault_within(f,
		    place->fresh ? "making the %s %.90s"
				 : "opening the %s %.90s (move the file away "
				   "to have a new one made)",
		    kind->name, place->path);
	*made = place->fresh;
	return true;
}

/* ---- using it ----------------------------------------------------------- */

const struct eth_addr *held_key_address(const struct held_key *k)
{
	return &k->address;
}

bool held_key_is_ephemeral(const struct held_key *k)
{
	return k->ephemeral;
}

const uint8_t *held_key_xy(const struct held_key *k)
{
	return k->xy;
}

const uint8_t *held_key_compressed(const struct held_key *k)
{
	return k->compressed;
}

FALLIBLE held_key_sign(const struct held_key *k, const struct keccak256 *digest,
    struct eth_sig *out, struct fault *f)
{
	secp256k1_ecdsa_recoverable_signature sig;
	int recid = -1;
	/* The library's own nonce is that of RFC 6979, and its s is low. */
	if (!secp256k1_ecdsa_sign_recoverable(
		k->ctx, &sig, digest->b, k->key.b, NULL, NULL) ||
	    !secp256k1_ecdsa_recoverable_signature_serialize_compact(
		k->ctx, out->b, &recid, &sig))
		return fault_raise(f, FAULT_INTERNAL, k->kind->at_sign,
		    "libsecp256k1 did not sign");
	/* 2 and 3 would mean an x beyond the order: one in 2^127. */
	if (recid != 0 && recid != 1)
		return fault_raise(f, FAULT_INTERNAL, k->kind->at_sign,
		    "this signature has no v of 27 or 28");
	out->b[64] = (uint8_t)(27 + recid);
	return true;
}
