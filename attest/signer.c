/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement key. It lives in one locked page of memory, which is left out
 * of core dumps and wiped at the end, and sealed on disk, or derived by the
 * platform's key service. Few functions here see it: those that make it, open
 * it or take it over, and the one that signs; none returns it.
 */
#include "attest/provider.h"

#include "verify/base/canon.h"
#include "verify/base/file.h"

#include <errno.h>
#include <limits.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A sealed key is 82 bytes where the provider adds nothing. */
#define FILE_MAX_BYTES 8192

struct signer {
	struct secret32 key;
	secp256k1_context *ctx; /* const after prepare(): safe for threads */
	uint8_t xy[64];
	struct eth_addr address;
	uint8_t compressed[33];
	bool ephemeral;
	bool has_service;
	struct blob key_chain; /* canonical JSON, or empty */
};

/* ---- its memory --------------------------------------------------------- */

static size_t page_bytes(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return (sizeof(struct signer) + page - 1) / page * page;
}

static FALLIBLE signer_new(struct signer **out, struct fault *f)
{
	size_t n = page_bytes();
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return fault_raise(
		    f, FAULT_SYSTEM, "signer.memory", "no memory for the key");
	/* Best effort: a container may forbid locking. */
	(void)mlock(p, n);
	(void)madvise(p, n, MADV_DONTDUMP);
	*out = p;
	return true;
}

void signer_close(struct signer *s)
{
	if (!s)
		return;
	secp256k1_context_destroy(s->ctx);
	secret_wipe(&s->key);
	blob_drop(&s->key_chain);
	munmap(s, page_bytes());
}

void signer_drop(struct signer **s)
{
	signer_close(*s);
	*s = NULL;
}

/* ---- making and opening the key ----------------------------------------- */

/*
 * Everything that follows from the key, which is refused here if it is zero
 * or not below the group's order. The context's blinding is seeded freshly,
 * so that timing and power say less about the key.
 */
static FALLIBLE prepare(struct signer *s, struct fault *f)
{
	struct secret32 seed;
	s->ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	if (!s->ctx)
		return fault_raise(
		    f, FAULT_SYSTEM, "signer.memory", "no memory for the key");
	TRY(secret_random(&seed, f));
	int seeded = secp256k1_context_randomize(s->ctx, seed.b);
	secret_wipe(&seed);
	if (!seeded)
		return fault_raise(f, FAULT_INTERNAL, "signer.context",
		    "libsecp256k1 refused a seed");

	secp256k1_pubkey pub;
	if (!secp256k1_ec_pubkey_create(s->ctx, &pub, s->key.b))
		return fault_raise(f, FAULT_CRYPTO, "signer.key",
		    "this is no secp256k1 key: zero, or not below the order");
	uint8_t point[65];
	size_t n = sizeof(point);
	secp256k1_ec_pubkey_serialize(
	    s->ctx, point, &n, &pub, SECP256K1_EC_UNCOMPRESSED);
	memcpy(s->xy, point + 1, sizeof(s->xy));
	n = sizeof(s->compressed);
	secp256k1_ec_pubkey_serialize(
	    s->ctx, s->compressed, &n, &pub, SECP256K1_EC_COMPRESSED);
	s->address = eth_addr_from_public_key(s->xy);
	return true;
}

FALLIBLE signer_make(struct signer **out, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	TRY(signer_new(&s, f));
	/* One draw in 2^127 is no key; prepare() refuses it. */
	TRY(secret_random(&s->key, f));
	TRY(prepare(s, f));
	s->ephemeral = true; /* until it has been sealed */
	*out = s;
	s = NULL;
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

static FALLIBLE open_sealed(const struct sealing *seal, const char *path,
    struct signer **out, struct fault *f)
{
	AUTO(blob_drop) struct blob file = { 0 };
	AUTO(blob_wipe) struct blob plain = { 0 };
	AUTO(signer_drop) struct signer *s = NULL;
	TRY(file_read(path, FILE_MAX_BYTES, &file, f));
	TRY(seal_open(&seal->root, &seal->id, SIGNER_SEAL_ID, blob_span(&file),
	    &plain, f));
	if (plain.n != sizeof(struct secret32))
		return fault_raise(f, FAULT_CRYPTO, "signer.key",
		    "a key has 32 bytes, this has %zu", plain.n);
	TRY(signer_new(&s, f));
	memcpy(s->key.b, plain.p, plain.n);
	TRY(prepare(s, f));
	*out = s;
	s = NULL;
	return true;
}

static FALLIBLE make_sealed(const struct sealing *seal, const char *state_dir,
    const char *path, struct signer **out, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	AUTO(blob_drop) struct blob sealed = { 0 };
	TRY(signer_make(&s, f));
	TRY(seal_close(&seal->root, &seal->id, SIGNER_SEAL_ID,
	    (struct span){ 0 }, span_of(s->key.b, sizeof(s->key.b)), &sealed,
	    f));
	TRY(dir_make(state_dir, 0700, f));
	TRY(file_write(path, blob_span(&sealed), 0600, f));
	s->ephemeral = false;
	*out = s;
	s = NULL;
	return true;
}

/* The provider cannot seal: nothing is read and nothing is written. */
static FALLIBLE open_unsealed(struct attest *a, const char *path, bool fresh,
    struct signer **out, bool *made, struct fault *f)
{
	if (!fresh)
		return fault_raise(f, FAULT_CONFIG, "signer.provider",
		    "provider %.32s cannot seal, so the statement key %.90s "
		    "belongs to another provider: configure that one, or move "
		    "the file away",
		    attest_provider(a), path);
	TRY(signer_make(out, f));
	*made = true;
	return true;
}

/* ---- a key of the provider's key service -------------------------------- */

static void key_wipe(struct attest_key *k)
{
	secret_wipe(&k->key);
}

/* The members of FORMAT.evidence.md section 7. */
static FALLIBLE write_chain(
    struct signer *s, const struct attest_key *k, struct fault *f)
{
	AUTO(wr_drop) struct wr w = wr_grow(4096, "signer.chain", f);
	struct canon c = canon_to(&w);
	canon_object(&c, NULL);
	canon_hex(&c, "appId", span_of(k->app_id, sizeof(k->app_id)));
	canon_text(&c, "path", k->path);
	canon_hex(
	    &c, "publicKey", span_of(s->compressed, sizeof(s->compressed)));
	canon_text(&c, "purpose", k->purpose);
	canon_array(&c, "signatures");
	canon_hex(&c, NULL, span_of(k->signature[0], 65));
	canon_hex(&c, NULL, span_of(k->signature[1], k->has_service ? 65 : 0));
	canon_end(&c);
	canon_text(&c, "type", "dstack-getkey");
	canon_end(&c);
	return wr_done(&w, &s->key_chain);
}

/*
 * Whose signatures these are cannot be said here: recovery gives some key
 * always, and which root counts is the verifier's policy.
 */
static FALLIBLE open_derived(
    const struct attest_key *k, struct signer **out, struct fault *f)
{
	AUTO(signer_drop) struct signer *s = NULL;
	TRY(signer_new(&s, f));
	s->key = k->key;
	TRY(prepare(s, f));
	s->has_service = k->has_service;
	TRY(write_chain(s, k, f));
	*out = s;
	s = NULL;
	return true;
}

/* *found is false, without a fault, where there is no key service. */
static FALLIBLE try_derived(struct attest *a, const char *path, bool fresh,
    struct signer **out, bool *found, struct fault *f)
{
	AUTO(key_wipe) struct attest_key k = { .has_service = false };
	struct fault why = FAULT_INIT;
	*found = attest_derive(a, &k, &why);
	if (!*found && why.kind == FAULT_UNSUPPORTED)
		return true;
	if (!*found)
		return fault_raise(f, why.kind, why.at, "%s", why.text);
	if (!fresh)
		return fault_raise(f, FAULT_CONFIG, "signer.provider",
		    "provider %.32s derives the statement key, and %.90s holds "
		    "another one: configure the provider it belongs to, or "
		    "move the file away",
		    attest_provider(a), path);
	return open_derived(&k, out, f);
}

FALLIBLE signer_open(struct attest *a, const char *state_dir,
    struct signer **out, bool *made, struct fault *f)
{
	bool derived = false;
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/" SIGNER_FILE, state_dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fault_raise(f, FAULT_CONFIG, "signer.path",
		    "the state folder's path is too long");
	/* Only a file that is certainly not there makes room for a new key. */
	bool fresh = access(path, F_OK) != 0;
	if (fresh && errno != ENOENT)
		return fault_raise(f, FAULT_SYSTEM, "signer.path",
		    "cannot look at %.160s: %s", path, strerror(errno));

	TRY(try_derived(a, path, fresh, out, &derived, f));
	if (derived) {
		*made = false;
		return true;
	}

	AUTO(sealing_drop) struct sealing seal = { 0 };
	struct fault why = FAULT_INIT;
	if (!attest_seal_root(a, &seal.root, &seal.id, &why)) {
		if (why.kind != FAULT_UNSUPPORTED)
			return fault_raise(f, why.kind, why.at, "%s", why.text);
		return open_unsealed(a, path, fresh, out, made, f);
	}
	bool ok = fresh ? make_sealed(&seal, state_dir, path, out, f)
			: open_sealed(&seal, path, out, f);
	if (!ok)
		return fault_within(f,
		    fresh ? "making the statement key %.90s"
			  : "opening the statement key %.90s (move the file "
			    "away to have a new one made)",
		    path);
	*made = fresh;
	return true;
}

/* ---- using it ----------------------------------------------------------- */

const struct eth_addr *signer_address(const struct signer *s)
{
	return &s->address;
}

bool signer_is_ephemeral(const struct signer *s)
{
	return s->ephemeral;
}

struct span signer_key_chain(const struct signer *s)
{
	return blob_span(&s->key_chain);
}

bool signer_has_service(const struct signer *s)
{
	return s->has_service;
}

void signer_public_key(const struct signer *s, uint8_t xy[64])
{
	memcpy(xy, s->xy, sizeof(s->xy));
}

static FALLIBLE sign(const struct signer *s, const struct keccak256 *digest,
    struct eth_sig *out, struct fault *f)
{
	secp256k1_ecdsa_recoverable_signature sig;
	int recid = -1;
	/* The library's own nonce is that of RFC 6979, and its s is low. */
	if (!secp256k1_ecdsa_sign_recoverable(
		s->ctx, &sig, digest->b, s->key.b, NULL, NULL) ||
	    !secp256k1_ecdsa_recoverable_signature_serialize_compact(
		s->ctx, out->b, &recid, &sig))
		return fault_raise(f, FAULT_INTERNAL, "signer.sign",
		    "libsecp256k1 did not sign");
	/* 2 and 3 would mean an x beyond the order: one in 2^127. */
	if (recid != 0 && recid != 1)
		return fault_raise(f, FAULT_INTERNAL, "signer.sign",
		    "this signature has no v of 27 or 28");
	out->b[64] = (uint8_t)(27 + recid);
	return true;
}

FALLIBLE signer_sign_statement(const struct signer *s,
    const struct statement *st, struct span canonical, struct keccak256 *digest,
    struct eth_sig *out, struct fault *f)
{
	struct sha256 sha = sha256_of(canonical);
	struct keccak256 built;
	struct eth_sig sig;
	const char *type;
	if (!eth_addr_equal(&st->signer, &s->address))
		return fault_raise(f, FAULT_INTERNAL, "signer.statement",
		    "the statement names another signer than this key");
	TRY(statement_signing_digest(st, &sha, &built, &type, f));
	TRY(sign(s, &built, &sig, f));
	*digest = built;
	*out = sig;
	return true;
}
